//! Events: who is told of what, and how often.

use kep_liaison::sandbox::slack::{Outcome, Wrong};
use serde_json::{Value, json};

use super::{
    World,
    app::{Answer, Endpoint, Socketeer},
    world,
};

fn kinds(events: &[Value]) -> Vec<String> {
    let kind = |event: &Value| {
        let subtype = event["subtype"]
            .as_str()
            .map_or(String::new(), |s| format!("/{s}"));
        format!("{}{subtype}", event["type"].as_str().expect("a type"))
    };
    events.iter().map(kind).collect()
}

async fn listening(world: &World) -> Socketeer {
    Socketeer::connect(world, |_| Answer::Ack).await
}

#[tokio::test]
async fn a_mention_is_told_as_such_and_as_a_message() {
    let world = world().await;
    let app = listening(&world).await;
    let bot = world.workspace.bot_user();
    let said = world
        .sam
        .says(&world.sig_node, "@kep-liaison who shepherds 5825?")
        .await;
    assert_eq!(said.text, format!("<@{bot}> who shepherds 5825?"));
    let mut events = app.events();
    events.sort_by_key(|event| event["type"].to_string());
    assert_eq!(kinds(&events), ["app_mention", "message"]);
    for event in &events {
        assert_eq!(event["text"], said.text);
        assert_eq!(event["user"], world.sam.id());
        assert_eq!(event["channel"], world.sig_node.id());
        assert_eq!(event["ts"], said.ts);
    }
    assert_eq!(events[1]["channel_type"], "channel");
    let payload = &app.payloads("events_api")[0];
    assert_eq!(payload["type"], "event_callback");
    assert_eq!(payload["team_id"], world.workspace.id());
    assert_eq!(payload["authorizations"][0]["user_id"], bot);
}

#[tokio::test]
async fn direct_messages_are_told_and_never_as_mentions() {
    let world = world().await;
    let app = listening(&world).await;
    world
        .sam
        .says(&world.sam.direct(), "@kep-liaison hello")
        .await;
    let events = app.events();
    assert_eq!(kinds(&events), ["message"]);
    assert_eq!(events[0]["channel_type"], "im");
}

#[tokio::test]
async fn nothing_is_told_of_where_the_app_is_not() {
    let world = world().await;
    let app = listening(&world).await;
    world.sig_node.remove_bot();
    world.sam.says(&world.sig_node, "@kep-liaison hello").await;
    assert_eq!(app.events(), [] as [Value; 0]);
    world.workspace.subscribe(&["app_mention"]);
    world.sam.invites_bot(&world.sig_node).await;
    world.sam.says(&world.sig_node, "@kep-liaison hello").await;
    assert_eq!(kinds(&app.events()), ["app_mention"]);
}

#[tokio::test]
async fn the_app_hears_itself() {
    let world = world().await;
    let app = listening(&world).await;
    world.post("@kep-liaison, that is me").await;
    world
        .workspace
        .until("it is told", |_| !app.events().is_empty())
        .await;
    let events = app.events();
    assert_eq!(kinds(&events), ["message"]);
    assert!(events[0]["bot_id"].is_string(), "{events:?}");
}

#[tokio::test]
async fn the_home_tab_is_opened() {
    let world = world().await;
    let app = listening(&world).await;
    world.sam.opens_home().await;
    let view = json!({"type": "home", "blocks": [{"type": "divider"}]});
    let publish = json!({"user_id": world.sam.id(), "view": view});
    let answer = world.ok("views.publish", publish).await;
    world.sam.opens_home().await;
    let events = app.events();
    assert_eq!(kinds(&events), ["app_home_opened"; 2]);
    assert_eq!(events[0]["view"], Value::Null);
    assert_eq!(events[1]["view"]["id"], answer["view"]["id"]);
    assert_eq!(events[1]["channel"], world.sam.direct().id());
    assert_eq!(world.sam.home().expect("a home").kind, "home");
}

/// Lets the retries of an event come, one after the other; when each came.
async fn retried(world: &World, count: usize) -> Vec<(u32, i64)> {
    let start = world.slack.attempts()[0].at;
    while world.slack.attempts().len() < count {
        // While a try is under way its three seconds are slept for too.
        let is_idle = world.slack.attempts().iter().all(|a| a.outcome.is_some());
        if let Some(wake) = world.clock.next_wake().filter(|_| is_idle) {
            world.clock.set(wake);
        }
        tokio::task::yield_now().await;
    }
    let attempts = world.slack.attempts();
    let times = attempts
        .iter()
        .map(|a| (a.retry, (a.at - start).num_seconds()));
    times.collect()
}

#[tokio::test]
async fn an_event_comes_again_three_times() {
    let world = world().await;
    let app = Endpoint::start(|_| (503, vec![], String::new())).await;
    world.workspace.deliver_to(&app.url);
    world.sam.says(&world.sig_node, "hello").await;
    let times = retried(&world, 4).await;
    assert_eq!(times, [(0, 0), (1, 0), (2, 60), (3, 360)]);
    world
        .workspace
        .until("all are over", |_| {
            world
                .slack
                .attempts()
                .iter()
                .all(|a| a.outcome == Some(Outcome::Status(503)))
        })
        .await;
    world.advance(3600);
    let heard = app.heard();
    let headers: Vec<_> = heard
        .iter()
        .map(|heard| {
            (
                heard.header("x-slack-retry-num"),
                heard.header("x-slack-retry-reason"),
            )
        })
        .collect();
    assert_eq!(
        headers,
        [
            ("", ""),
            ("1", "http_error"),
            ("2", "http_error"),
            ("3", "http_error")
        ]
    );
    let id = |body: &str| serde_json::from_str::<Value>(body).expect("JSON")["event_id"].clone();
    assert!(
        heard
            .iter()
            .all(|again| id(&again.body) == id(&heard[0].body))
    );
    assert_eq!(world.scolded(), [Wrong::BadAck; 4]);
}

#[tokio::test]
async fn an_app_can_ask_for_no_more_tries() {
    let world = world().await;
    let app = Endpoint::start(|_| (500, vec![("x-slack-no-retry", "1")], String::new())).await;
    world.workspace.deliver_to(&app.url);
    world.sam.says(&world.sig_node, "hello").await;
    world.sam.says(&world.sig_node, "hello again").await;
    assert_eq!(app.heard().len(), 2);
    assert_eq!(world.clock.next_wake(), None);
}

#[tokio::test]
async fn a_request_url_is_verified() {
    let world = world().await;
    let honest = Endpoint::start(|heard| {
        let body: Value = serde_json::from_str(&heard.body).expect("JSON");
        let challenge = body["challenge"].as_str().expect("a challenge").to_owned();
        (200, vec![("content-type", "text/plain")], challenge)
    })
    .await;
    let other = Endpoint::start(|_| (200, vec![], "ok".to_owned())).await;
    for (app, verified) in [(&honest, true), (&other, false)] {
        world.workspace.deliver_to(&app.url);
        assert_eq!(world.workspace.verify_request_url().await, verified);
        assert_eq!(app.heard()[0].path, "/slack/events");
    }
}
