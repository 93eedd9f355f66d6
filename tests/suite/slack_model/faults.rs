//! What can go wrong on the way.

use http::Method;
use kep_liaison::sandbox::slack::{Fault, Gate, Kind, On, Outcome, Wrong};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;

use super::{
    World,
    app::{Answer, Socketeer, link},
    world,
};

const POST: &str = "chat.postMessage";

async fn post(world: &World) -> Result<(u16, Result<Value, ()>), String> {
    // A client may try again by itself when a kept connection breaks, so each gets a new one.
    let http = world.http(&world.workspace.bot_token());
    let message = json!({"channel": world.channel(), "text": "hello"});
    let reply = http
        .try_send(Method::POST, "/chat.postMessage", Some(message))
        .await?;
    Ok((
        reply.status,
        serde_json::from_slice(&reply.body).map_err(|_| ()),
    ))
}

#[tokio::test]
async fn a_write_may_have_happened_whatever_the_answer_says() {
    let world = world().await;
    world.slack.without_limits();
    let error = |error: &str| Ok(json!({"ok": false, "error": error}));
    for (fault, answer, happened) in [
        (
            Fault::Error("internal_error"),
            Ok((200, error("internal_error"))),
            0,
        ),
        (
            Fault::TooManyRequests(7),
            Ok((429, error("ratelimited"))),
            0,
        ),
        (Fault::Status(503), Ok((503, Err(()))), 0),
        (Fault::StatusAfter(502), Ok((502, Err(()))), 1),
        (Fault::Drop, Err(()), 1),
        (Fault::DropAfter, Err(()), 2),
        (Fault::Cut, Err(()), 3),
        (Fault::Garbage, Ok((200, Err(()))), 4),
        (Fault::WrongShape, Ok((200, Ok(json!({"items": 17})))), 5),
        (Fault::Html, Ok((200, Err(()))), 6),
    ] {
        world.slack.fault(On::method(POST), fault.clone());
        assert_eq!(post(&world).await.map_err(|_| ()), answer, "{fault:?}");
        assert_eq!(world.sig_node.messages().len(), happened, "{fault:?}");
    }
    world
        .slack
        .fault(On::method("chat.update"), Fault::Status(500));
    assert_eq!(post(&world).await.map(|(status, _)| status), Ok(200));
    world.slack.clear_faults();
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn who_is_told_to_wait_must_wait() {
    let world = world().await;
    world.slack.fault(On::any(), Fault::TooManyRequests(7));
    assert_eq!(post(&world).await.map(|(status, _)| status), Ok(429));
    world.slack.nothing_was_wrong();
    world.advance(6);
    assert_eq!(post(&world).await.map(|(status, _)| status), Ok(429));
    assert_eq!(world.scolded(), [Wrong::DidNotWait]);
    world.advance(1);
    assert_eq!(post(&world).await.map(|(status, _)| status), Ok(200));
}

#[tokio::test]
async fn a_gate_holds_a_call_before_or_after_it_is_done() {
    let world = world().await;
    for (held, expected) in [(Fault::Held as fn(_) -> _, 0), (Fault::HeldAfter, 2)] {
        let gate = Gate::default();
        world.slack.fault(On::method(POST), held(gate.clone()));
        let meanwhile = async {
            gate.arrived(1).await;
            let count = world.sig_node.messages().len();
            gate.open();
            count
        };
        let (posted, count) = tokio::join!(post(&world), meanwhile);
        assert_eq!(posted.map(|(status, _)| status), Ok(200));
        assert_eq!(count, expected);
    }
}

#[tokio::test]
async fn a_connection_may_be_refused() {
    let world = world().await;
    world.slack.fault(On::connect(), Fault::Status(503));
    assert!(
        connect_async(link(&world, &world.workspace).await)
            .await
            .is_err()
    );
    world.slack.fault(On::connect(), Fault::Drop);
    assert!(
        connect_async(link(&world, &world.workspace).await)
            .await
            .is_err()
    );
    assert!(
        connect_async(link(&world, &world.workspace).await)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_envelope_may_be_lost_with_its_connection() {
    let world = world().await;
    let first = Socketeer::connect(&world, |_| Answer::Ack).await;
    world.slack.fault(On::envelope(Kind::Event), Fault::Drop);
    world.sam.says(&world.sig_node, "hello").await;
    world.workspace.connected(0).await;
    assert_eq!(first.events().len(), 0);
    let second = Socketeer::connect(&world, |_| Answer::Ack).await;
    while second.events().is_empty() {
        if let Some(wake) = world.clock.next_wake() {
            world.clock.set(wake);
        }
        tokio::task::yield_now().await;
    }
    let envelope = &second.heard()[1];
    assert!(envelope["retry_attempt"].as_u64() > Some(0), "{envelope}");
    let ids: Vec<Value> = world
        .slack
        .attempts()
        .iter()
        .map(|a| a.payload["event_id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[tokio::test]
async fn an_acknowledgement_may_be_lost_with_its_connection() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Say(json!({"text": "hi"}))).await;
    let gate = Gate::default();
    world
        .slack
        .fault(On::envelope(Kind::Command), Fault::Held(gate.clone()));
    let meanwhile = async {
        gate.arrived(1).await;
        assert_eq!(app.heard().len(), 1);
        gate.open();
    };
    let (shown, ()) = tokio::join!(world.sam.types(&world.sig_node, "/kep"), meanwhile);
    assert_eq!(shown.words(), "hi");

    world
        .slack
        .fault(On::envelope(Kind::Command), Fault::DropAfter);
    let late = async {
        world.workspace.connected(0).await;
        while world.clock.next_wake().is_none() {
            tokio::task::yield_now().await;
        }
        world.advance(3);
    };
    let (shown, ()) = tokio::join!(world.sam.types(&world.sig_node, "/kep"), late);
    assert_eq!(shown.error.as_deref(), Some("operation_timeout"));
    assert_eq!(world.slack.attempts()[1].outcome, Some(Outcome::TimedOut));
}
