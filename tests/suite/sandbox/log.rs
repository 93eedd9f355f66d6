//! The log of calls, and being told of changes.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::config::WorkspaceMode;
use serde_json::{Value, json};

use super::{STATUS, Sandbox};

#[tokio::test]
async fn every_call_is_in_the_log() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let write = json!({"act": "writes", "channel": channel, "text": STATUS});
    sandbox.act("samuelkarp", write).await;
    // The bot may be asking for the weeks before.
    let calls = sandbox
        .eventually("as many calls as are counted", async || {
            let calls = sandbox.get("/api/calls").await.json();
            let calls = calls.as_array().expect("calls").clone();
            let state = sandbox.state("samuelkarp").await;
            (state["calls"] == calls.len()).then_some(calls)
        })
        .await;
    let one = |to: &str, what: &str| {
        let is = |call: &&Value| {
            call["to"] == to && call["what"].as_str().is_some_and(|w| w.starts_with(what))
        };
        let found = calls.iter().find(is);
        found.unwrap_or_else(|| panic!("no {what} to {to}")).clone()
    };
    for call in [
        one("GitHub", "GET /repos/containerd/containerd/issues"),
        one("Slack", "apps.connections.open"),
        one("bot", STATUS),
    ] {
        assert_eq!(call["ok"], true, "{call}");
        for number in ["ms", "bytes"] {
            assert!(call[number].as_f64().is_some_and(|n| n >= 0.0), "{call}");
        }
        let id = call["id"].as_str().expect("an id");
        let whole = sandbox.get(&format!("/api/call?id={id}")).await.json();
        assert!(!whole["answer"].is_null(), "{whole}");
    }
    let token = sandbox.town.workspace.bot_token();
    let all = sandbox.get("/api/calls").await.body;
    assert!(!all.contains(&token));
    let none = sandbox.get("/api/call?id=slack-9999").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    sandbox.end().await;
}

#[tokio::test]
async fn the_page_is_told_of_changes_until_the_end() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let address = format!("{}/api/changes", sandbox.origin());
    let request = Request::get(address)
        .body(Full::default())
        .expect("a request");
    let mut body = client
        .request(request)
        .await
        .expect("an answer")
        .into_body();
    let mut next = async || {
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await;
        let frame = frame.expect("in time")?.expect("a frame");
        let text = frame.into_data().expect("data");
        Some(String::from_utf8(text.into()).expect("text"))
    };
    let first = next().await.expect("the revision at first");
    let channel = sandbox.sig_node();
    let write = json!({"act": "writes", "channel": channel, "text": "hello"});
    sandbox.act("fuweid", write).await;
    let second = next().await.expect("another revision");
    assert!(
        first.starts_with("data:") && first != second,
        "{first} {second}"
    );
    sandbox.stop.cancel();
    while next().await.is_some() {}
    sandbox.end().await;
}
