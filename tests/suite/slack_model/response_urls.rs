//! `response_url`s.

use kep_liaison::sandbox::slack::Wrong;
use serde_json::{Value, json};

use super::{
    World,
    app::{Answer, Socketeer},
    world,
};
use crate::github_model::http::{Http, Reply};

async fn respond(url: &str, message: Value) -> Reply {
    let http = Http::new("", None).with("content-type", "application/json; charset=utf-8");
    http.post(url, message).await
}

/// Sam asks, and the app takes note.
async fn asked(world: &World) -> String {
    let _app = Socketeer::connect(world, |_| Answer::Ack).await;
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    shown.response_url().to_owned()
}

#[tokio::test]
async fn an_answer_is_for_one_person_unless_it_says_otherwise() {
    let world = world().await;
    world.sig_node.remove_bot();
    let url = asked(&world).await;
    let reply = respond(&url, json!({"text": "for you"})).await;
    assert_eq!((reply.status, &reply.body[..]), (200, &b"ok"[..]));
    respond(
        &url,
        json!({"text": "for all", "response_type": "in_channel"}),
    )
    .await;
    let texts = |said: Vec<kep_liaison::sandbox::slack::Said>| {
        said.into_iter().map(|said| said.text).collect::<Vec<_>>()
    };
    assert_eq!(
        texts(world.sig_node.seen_by(&world.sam)),
        ["for you", "for all"]
    );
    assert_eq!(texts(world.sig_node.seen_by(&world.mike)), ["for all"]);
    assert_eq!(world.sig_node.next().await.text, "for you");
    assert_eq!(world.slack.calls_of("response_url").len(), 2);
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn the_original_is_replaced_or_deleted() {
    let world = world().await;
    let url = asked(&world).await;
    respond(&url, json!({"text": "one"})).await;
    respond(&url, json!({"text": "two", "replace_original": true})).await;
    let seen = world.sig_node.seen_by(&world.sam);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].text, "two");
    respond(&url, json!({"delete_original": true})).await;
    assert_eq!(world.sig_node.seen_by(&world.sam), []);
}

#[tokio::test]
async fn it_is_good_five_times() {
    let world = world().await;
    let url = asked(&world).await;
    for _ in 0..5 {
        assert_eq!(respond(&url, json!({"text": "x"})).await.status, 200);
    }
    let reply = respond(&url, json!({"text": "x"})).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]),
        (404, &json!("used_url"))
    );
    assert_eq!(world.sig_node.seen_by(&world.sam).len(), 5);
    assert_eq!(world.scolded(), [Wrong::UsedUp]);
}

#[tokio::test]
async fn it_is_good_for_half_an_hour() {
    let world = world().await;
    let url = asked(&world).await;
    world.advance(30 * 60);
    assert_eq!(respond(&url, json!({"text": "x"})).await.status, 200);
    world.advance(1);
    let reply = respond(&url, json!({"text": "x"})).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]),
        (404, &json!("expired_url"))
    );
    let nowhere = url.replace("/hooks/", "/hooks/x");
    assert_eq!(respond(&nowhere, json!({"text": "x"})).await.status, 404);
    assert_eq!(world.scolded(), [Wrong::UsedUp; 2]);
}

#[tokio::test]
async fn a_bad_answer_is_refused_and_does_not_count() {
    let world = world().await;
    let url = asked(&world).await;
    for (message, error) in [
        (json!({}), "no_text"),
        (
            json!({"text": "x", "blocks": [{"type": "banner"}]}),
            "invalid_blocks",
        ),
        (
            json!({"text": "x", "response_type": "loud"}),
            "invalid_arguments",
        ),
    ] {
        let reply = respond(&url, message).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!(error)));
    }
    for _ in 0..5 {
        assert_eq!(respond(&url, json!({"text": "x"})).await.status, 200);
    }
}
