//! Starting, losing and renewing connections, stopping.

use std::time::Duration;

use http::StatusCode;
use kep_liaison::sandbox::slack::{Fault, On, Workspace};

use super::{Scene, Transport};
use crate::github_model::http::Http;

impl Scene {
    /// What the operator's side answers.
    async fn admin(&self, path: &str) -> (u16, String) {
        let base = format!("http://{}", self.bot().admin_address());
        let reply = Http::new(&base, None).get(path).await;
        (
            reply.status,
            String::from_utf8_lossy(&reply.body).into_owned(),
        )
    }
}

#[tokio::test]
async fn slack_renews_connections_and_commands_go_on() {
    let scene = Scene::new(Transport::Socket).await;
    let types = async |when: &str| {
        let shown = scene.sam.types(&scene.sig_node, "/kep 5825").await;
        assert_eq!(shown.error, None, "{when}");
    };
    // Warned of the end, the bot has four connections for a second, and all of them answer.
    scene.workspace.ask_to_reconnect("warning");
    scene.workspace.connected(4).await;
    for _ in 0..4 {
        types("warned").await;
    }
    scene.clock.advance(Duration::from_secs(2));
    scene.workspace.connected(2).await;
    types("after the warning").await;
    scene.workspace.ask_to_reconnect("refresh_requested");
    scene.workspace.connected(2).await;
    types("refreshed").await;
    scene.workspace.close_connections();
    scene.workspace.connected(2).await;
    types("closed").await;
    scene.workspace.drop_connections();
    scene.workspace.connected(2).await;
    types("broken").await;
    scene.end().await;
}

#[tokio::test]
async fn a_slack_that_takes_connections_and_says_nothing_holds_none_for_long() {
    let scene = Scene::new(Transport::Socket).await;
    let opening = || On::method("apps.connections.open").first(2);
    scene.slack.fault(opening(), Fault::Hang);
    scene.workspace.drop_connections();
    let asked = |_: &Workspace| scene.slack.calls_of("apps.connections.open").len() == 4;
    scene.workspace.until("two more openings", asked).await;
    scene.clock.advance(Duration::from_mins(2));
    let reopened = async {
        while scene.workspace.connections() < 2 {
            scene.clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let reopened = tokio::time::timeout(Duration::from_secs(20), reopened).await;
    reopened.expect("two other connections");
    let shown = scene.sam.types(&scene.sig_node, "/kep 5825").await;
    assert_eq!(shown.error, None);
    scene.end().await;
}

#[tokio::test]
async fn it_is_ready_when_it_knows_keps_and_slack_is_connected() {
    let mut scene = Scene::before_start(Transport::Socket).await;
    scene.github.fault(
        kep_liaison::sandbox::github::On::any().every(1),
        kep_liaison::sandbox::github::Fault::Status(502),
    );
    scene.start().await;
    assert_eq!(scene.admin("/healthz").await.0, 200);
    let (status, missing) = scene.admin("/readyz").await;
    assert_eq!(status, 503);
    assert_eq!(missing, "no board is loaded yet: no KEP was fetched\n");
    scene.github.clear_faults();
    scene.next_poll().await;
    scene.synced().await;
    assert_eq!(scene.admin("/readyz").await, (200, "ready\n".to_owned()));
    let (_, metrics) = scene.admin("/metrics").await;
    assert!(metrics.contains("kep_liaison_github_requests_total"));
    scene.end().await;
}

#[tokio::test]
async fn an_answer_under_way_is_given_before_it_stops() {
    for transport in super::BOTH {
        let mut scene = Scene::new(transport).await;
        let gate = kep_liaison::sandbox::slack::Gate::default();
        scene
            .slack
            .fault(On::method("chat.postMessage"), Fault::Held(gate.clone()));
        scene.mike.says(&scene.sig_node, "@kep-liaison 5825").await;
        let bot = scene.bot.take().expect("the bot runs");
        let stopping = tokio::spawn(bot.stop());
        gate.open();
        scene.sig_node.next().await;
        stopping.await.expect("it stops");
        scene.end().await;
    }
}

#[tokio::test]
async fn a_workspace_by_socket_and_one_by_http() {
    let mut scene = Scene::before_start(Transport::Socket).await;
    let cncf = scene.slack.workspace("cncf");
    let fu = cncf.person("fuweid");
    let containerd = cncf.channel("containerd").with(&[&fu]);
    scene.settings += r#"
        [[workspaces]]
        name = "cncf"
        mode = "http"
        bot_token = "env:CNCF_BOT"
        signing_secret = "env:CNCF_SIGNING"
    "#;
    scene.tokens.extend([
        ("CNCF_BOT".to_owned(), cncf.bot_token()),
        ("CNCF_SIGNING".to_owned(), cncf.signing_secret()),
    ]);
    let bot = scene.try_start().await.expect("the bot starts");
    cncf.deliver_to(&format!("http://{}", bot.address()));
    scene.workspace.connected(2).await;
    scene.bot = Some(bot);
    scene.synced().await;
    for (person, channel) in [(&scene.sam, &scene.sig_node), (&fu, &containerd)] {
        let shown = person.types(channel, "/kep status 5825").await;
        assert_eq!(shown.error, None);
        person.says(channel, "@kep-liaison 5825").await;
        channel.next().await;
    }
    cncf.nothing_more_was_said();
    scene.end().await;
}

#[tokio::test]
async fn what_is_signed_by_another_app_is_refused() {
    let scene = Scene::new(Transport::Http).await;
    let url = format!("http://{}", scene.bot().address());
    let stranger = scene.slack.workspace("elsewhere");
    let eve = stranger.person("dims");
    let general = stranger.channel("general").with(&[&eve]);
    stranger.deliver_to(&url);
    let shown = eve.types(&general, "/kep status 5825").await;
    assert!(shown.error.is_some() && shown.reply.is_none(), "{shown:?}");
    let attempts = scene.slack.attempts();
    let last = attempts.last().expect("a try");
    assert!(
        format!("{last:?}").contains(&StatusCode::UNAUTHORIZED.as_u16().to_string()),
        "{last:?}"
    );
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn a_burst_of_commands_is_answered_over_two_connections() {
    let scene = Scene::new(Transport::Socket).await;
    let began = std::time::Instant::now();
    let typed = (0..1000).map(|_| scene.sam.types(&scene.sig_node, "/kep status 5825"));
    let shown = futures::future::join_all(typed).await;
    let took = began.elapsed();
    assert!(shown.iter().all(|shown| shown.error.is_none()));
    // The bound is for a release build; this one is some ten times slower.
    assert!(took < Duration::from_secs(20), "{took:?}");
    scene.end().await;
}
