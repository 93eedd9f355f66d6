//! Slash commands, over both transports.

use std::time::Duration;

use kep_liaison::sandbox::slack::{Kind, Outcome, Wrong};
use serde_json::{Value, json};

use super::{
    app::{Answer, Endpoint, Socketeer},
    world,
};

fn says(reply: Value) -> impl Fn(&Value) -> Answer + Send + Sync {
    move |_| Answer::Say(reply.clone())
}

#[tokio::test]
async fn the_reply_is_for_the_asker_alone() {
    let world = world().await;
    let app = Socketeer::connect(&world, says(json!({"text": "KEP-5825"}))).await;
    let shown = world.sam.types(&world.sig_node, "/kep status 5825").await;
    assert_eq!(shown.error, None);
    assert_eq!(shown.words(), "KEP-5825");
    assert!(shown.said().is_ephemeral() && shown.took < Duration::from_secs(3));
    assert_eq!(world.sig_node.seen_by(&world.mike), []);
    let payload = &app.payloads("slash_commands")[0];
    assert_eq!(payload["command"], "/kep");
    assert_eq!(payload["text"], "status 5825");
    assert_eq!(payload["user_id"], world.sam.id());
    assert_eq!(payload["channel_name"], "sig-node");
    assert_eq!(payload["response_url"], shown.response_url());
    world.slack.nothing_was_wrong();
    world.workspace.nothing_more_was_said();
}

#[tokio::test]
async fn the_reply_is_for_all_when_it_says_so() {
    let world = world().await;
    let reply = json!({"text": "hello", "response_type": "in_channel"});
    let _app = Socketeer::connect(&world, says(reply)).await;
    world.workspace.private_channel("elsewhere");
    let shown = world.sam.types(&world.sig_node, "/kep status here").await;
    assert!(!shown.said().is_ephemeral());
    assert_eq!(world.sig_node.seen_by(&world.mike).len(), 1);
}

#[tokio::test]
async fn names_in_a_command_are_escaped_when_it_asks_for_it() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let words = "/kep shepherd 5825 @mikebrow #sig-node https://k8s.io/a?b&c <x>";
    world.sam.types(&world.sig_node, words).await;
    world.workspace.command("/kep", false);
    world.sam.types(&world.sig_node, words).await;
    let payloads = app.payloads("slash_commands");
    let (mike, channel) = (world.mike.id(), world.sig_node.id());
    let escaped = format!(
        "shepherd 5825 <@{mike}|mikebrow> <#{channel}|sig-node> <https://k8s.io/a?b&amp;c> &lt;x&gt;"
    );
    assert_eq!(payloads[0]["text"], escaped);
    assert_eq!(payloads[1]["text"], words.trim_start_matches("/kep "));
}

#[tokio::test]
async fn nobody_is_there() {
    let world = world().await;
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(shown.error.as_deref(), Some("dispatch_failed"));
    assert_eq!(world.scolded(), [Wrong::NotAcked]);
    let shown = world.sam.types(&world.sig_node, "/kip").await;
    assert_eq!(shown.error.as_deref(), Some("/kip is not a valid command."));
    assert_eq!(world.slack.attempts().len(), 1);
}

#[tokio::test]
async fn a_late_answer_is_an_error_and_the_command_does_not_come_again() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Nothing).await;
    let late = async {
        while app.payloads("slash_commands").is_empty() || world.clock.next_wake().is_none() {
            tokio::task::yield_now().await;
        }
        world.advance(3);
    };
    let (shown, ()) = tokio::join!(world.sam.types(&world.sig_node, "/kep"), late);
    assert_eq!(shown.error.as_deref(), Some("operation_timeout"));
    world.advance(600);
    assert_eq!(app.payloads("slash_commands").len(), 1);
    assert_eq!(world.scolded(), [Wrong::NotAcked]);
    assert_eq!(world.slack.attempts()[0].outcome, Some(Outcome::TimedOut));
}

#[tokio::test]
async fn a_reply_that_breaks_rules_is_an_error() {
    let world = world().await;
    let header = json!({"type": "header", "text": {"type": "plain_text", "text": "x".repeat(151)}});
    let _app = Socketeer::connect(&world, says(json!({"text": "x", "blocks": [header]}))).await;
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(shown.error.as_deref(), Some("invalid_command_response"));
    assert_eq!(world.sig_node.seen_by(&world.sam), []);
    assert_eq!(world.scolded(), [Wrong::BadAck]);
}

#[tokio::test]
async fn over_http_the_body_of_the_200_is_the_reply() {
    let world = world().await;
    let json_type = ("content-type", "application/json");
    let app = Endpoint::start(move |heard| match heard.body.as_str() {
        body if body.contains("text=plain") => (200, vec![], "a & b".to_owned()),
        body if body.contains("text=json") => {
            (200, vec![json_type], "{\"text\": \"hi\"}".to_owned())
        }
        body if body.contains("text=junk") => (200, vec![json_type], "{".to_owned()),
        body if body.contains("text=away") => (500, vec![], String::new()),
        body if body.contains("text=lost") => (404, vec![], String::new()),
        _ => (200, vec![], String::new()),
    })
    .await;
    world.workspace.deliver_to(&app.url);
    let mut seen = Vec::new();
    for word in ["plain", "json", "junk", "away", "lost", "nothing"] {
        let shown = world
            .sam
            .types(&world.sig_node, &format!("/kep {word}"))
            .await;
        seen.push((shown.error.clone(), shown.reply.map(|said| said.text)));
    }
    let error = |text: &str| (Some(text.to_owned()), None);
    let reply = |text: &str| (None, Some(text.to_owned()));
    assert_eq!(
        seen,
        [
            reply("a &amp; b"),
            reply("hi"),
            error("invalid_command_response"),
            error("http_service_error"),
            error("http_client_error"),
            (None, None),
        ]
    );
    assert_eq!(world.scolded(), [Wrong::BadAck; 3]);
    let heard = &app.heard()[0];
    assert_eq!(heard.path, "/slack/commands");
    assert_eq!(
        heard.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    assert!(heard.header("x-slack-signature").starts_with("v0="));
    assert_eq!(heard.header("x-slack-request-timestamp"), "1772442000");
    assert!(
        world
            .slack
            .attempts()
            .iter()
            .all(|attempt| attempt.kind == Kind::Command)
    );
}
