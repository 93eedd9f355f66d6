//! Socket Mode: connections, envelopes, acknowledgements.

use futures::StreamExt as _;
use kep_liaison::sandbox::slack::Wrong;
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::{
    app::{Answer, Endpoint, Socketeer, link},
    world,
};

#[tokio::test]
async fn each_connection_is_greeted_and_gets_its_turn() {
    let world = world().await;
    let first = Socketeer::connect(&world, |_| Answer::Ack).await;
    let second = Socketeer::connect(&world, |_| Answer::Ack).await;
    assert_eq!(first.heard()[0]["num_connections"], 1);
    assert_eq!(second.heard()[0]["num_connections"], 2);
    assert_eq!(
        second.heard()[0]["connection_info"]["app_id"],
        world.workspace.app_id()
    );
    for _ in 0..4 {
        world.sam.types(&world.sig_node, "/kep").await;
    }
    assert_eq!(first.payloads("slash_commands").len(), 2);
    assert_eq!(second.payloads("slash_commands").len(), 2);
    drop(first);
    world.workspace.connected(1).await;
    world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(second.payloads("slash_commands").len(), 3);
}

#[tokio::test]
async fn a_ticket_is_good_once() {
    let world = world().await;
    let url = link(&world, &world.workspace).await;
    let (socket, _) = connect_async(&url).await.expect("a WebSocket");
    assert!(connect_async(&url).await.is_err());
    drop(socket);
    world.workspace.set_app_token_scopes(&[]);
    let http = world.http(&world.workspace.app_token());
    let answer = http.post("/apps.connections.open", json!({})).await.json();
    assert_eq!(answer["needed"], "connections:write");
    assert_eq!(
        world.error("apps.connections.open", json!({})).await,
        "not_allowed_token_type"
    );
}

#[tokio::test]
async fn there_are_ten_connections_at_most() {
    let world = world().await;
    world.slack.without_limits();
    let mut apps = Vec::new();
    for _ in 0..10 {
        apps.push(Socketeer::connect(&world, |_| Answer::Ack).await);
    }
    let eleventh = Socketeer::connect(&world, |_| Answer::Ack).await;
    let greeting = &eleventh.heard()[0];
    assert_eq!(
        (&greeting["type"], &greeting["reason"]),
        (&json!("disconnect"), &json!("too_many_websockets"))
    );
    assert_eq!(world.workspace.connections(), 10);
    assert_eq!(world.scolded(), [Wrong::TooManyConnections]);
}

#[tokio::test]
async fn an_app_is_on_socket_mode_or_on_request_urls() {
    let world = world().await;
    let app = Endpoint::start(|_| (200, vec![], String::new())).await;
    world.workspace.deliver_to(&app.url);
    let socket = Socketeer::connect(&world, |_| Answer::Ack).await;
    assert_eq!(socket.heard()[0]["reason"], "link_disabled");
    world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(app.heard().len(), 1);
}

#[tokio::test]
async fn an_app_is_asked_to_reconnect() {
    let world = world().await;
    let old = Socketeer::connect(&world, |_| Answer::Ack).await;
    world.workspace.ask_to_reconnect("refresh_requested");
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(shown.error.as_deref(), Some("dispatch_failed"));
    let new = Socketeer::connect(&world, |_| Answer::Ack).await;
    world.sam.types(&world.sig_node, "/kep").await;
    let reasons: Vec<Value> = old
        .heard()
        .iter()
        .map(|frame| frame["reason"].clone())
        .collect();
    assert_eq!(reasons, [Value::Null, json!("refresh_requested")]);
    assert_eq!(new.payloads("slash_commands").len(), 1);
    assert_eq!(old.payloads("slash_commands").len(), 0);
}

#[tokio::test]
async fn acknowledgements_must_be_good() {
    let world = world().await;
    let app = Socketeer::connect(&world, |envelope| {
        match envelope["payload"]["text"].as_str() {
            Some("stray") => Answer::Raw(json!({"envelope_id": "nobody's"}).to_string()),
            Some("junk") => Answer::Raw("pardon?".to_owned()),
            _ => Answer::Say(json!({"text": "hi"})),
        }
    })
    .await;
    for word in ["stray", "junk"] {
        let count = app.heard().len();
        let late = async {
            while app.heard().len() == count || world.clock.next_wake().is_none() {
                tokio::task::yield_now().await;
            }
            world
                .workspace
                .until("it is noted", |_| !world.slack.violations().is_empty())
                .await;
            world.advance(3);
        };
        let words = format!("/kep {word}");
        let (shown, ()) = tokio::join!(world.sam.types(&world.sig_node, &words), late);
        assert_eq!(shown.error.as_deref(), Some("operation_timeout"));
        assert_eq!(world.scolded(), [Wrong::StrayAck, Wrong::NotAcked]);
    }
    world.sam.says(&world.sig_node, "hello").await;
    assert_eq!(world.scolded(), [Wrong::BadAck]);
}

#[tokio::test]
async fn connections_are_pinged_and_dropped() {
    let world = world().await;
    let url = link(&world, &world.workspace).await;
    let (mut socket, _) = connect_async(&url).await.expect("a WebSocket");
    socket.next().await.expect("a frame").expect("a greeting");
    world.workspace.ping();
    let frame = socket.next().await.expect("a frame").expect("a ping");
    assert!(matches!(frame, Message::Ping(_)), "{frame:?}");
    world.workspace.drop_connections();
    assert!(socket.next().await.expect("an end").is_err());
    world.workspace.connected(0).await;
}
