//! What the model sends by itself.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use http::{HeaderMap, StatusCode};
use kep_liaison::sandbox::github::{Openness, Repository, ReviewState};
use ring::hmac;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use super::{CONTAINERD, World, world};

const SECRET: &str = "between us";

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A server that keeps what it gets, and refuses pings.
struct Receiver {
    url: String,
    received: Received,
    task: AbortHandle,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    async fn start() -> Self {
        let received = Received::default();
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(received.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let serve = async move { axum::serve(listener, router).await };
        Self {
            url: format!("http://{address}/hook"),
            received,
            task: tokio::spawn(serve).abort_handle(),
        }
    }

    fn header(&self, name: &str) -> Vec<String> {
        let received = self.received.lock().expect("the receiver's lock");
        let header = |headers: &HeaderMap| headers[name].to_str().expect("text").to_owned();
        received
            .iter()
            .map(|(headers, _)| header(headers))
            .collect()
    }
}

async fn receive(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let is_ping = headers["x-github-event"] == "ping";
    received
        .lock()
        .expect("the receiver's lock")
        .push((headers, body));
    if is_ping {
        StatusCode::IM_A_TEAPOT
    } else {
        StatusCode::ACCEPTED
    }
}

/// Event and action of what one act makes the model want to send.
fn told(world: &World, act: impl FnOnce(&Repository)) -> Vec<String> {
    world.github.take_deliveries();
    act(&world.containerd);
    let deliveries = world.github.take_deliveries();
    let told = deliveries.iter().map(|delivery| match &delivery.action {
        Some(action) => format!("{} {action}", delivery.event),
        None => delivery.event.clone(),
    });
    told.collect()
}

#[tokio::test]
async fn deliveries_are_signed_and_say_what_they_are() {
    let world = world().await;
    let receiver = Receiver::start().await;
    world
        .github
        .webhook("containerd/containerd", &receiver.url, SECRET);
    world.containerd.open_issue("dims", "KEP-1", "");
    assert_eq!(world.github.deliver_all().await, [Some(418), Some(202)]);
    assert_eq!(receiver.header("x-github-event"), ["ping", "issues"]);
    assert_eq!(receiver.header("content-type"), ["application/json"; 2]);
    assert!(receiver.header("user-agent")[0].starts_with("GitHub-Hookshot/"));
    let hooks = receiver.header("x-github-hook-id");
    assert_eq!(hooks[0], hooks[1]);

    let kept = receiver.received.lock().expect("the receiver's lock");
    let (headers, body) = &kept[1];
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = headers["x-hub-signature-256"].to_str().expect("text");
    let digits = signature.strip_prefix("sha256=").expect("a SHA-256");
    let signature: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits"))
        .collect();
    hmac::verify(&key, body, &signature).expect("the right signature");
    let payload: Value = serde_json::from_slice(body).expect("JSON");
    assert_eq!(
        (&payload["action"], &payload["issue"]["number"]),
        (&json!("opened"), &json!(1))
    );
    assert_eq!(payload["sender"]["login"], "dims");
    assert_eq!(payload["repository"]["full_name"], "containerd/containerd");
}

#[tokio::test]
async fn without_a_hook_nothing_is_said_and_without_a_secret_nothing_is_signed() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    assert!(world.github.deliveries().is_empty());
    let receiver = Receiver::start().await;
    world.github.webhook("containerd/nri", &receiver.url, "");
    world.containerd.open_issue("dims", "KEP-2", "");
    assert_eq!(world.github.deliver_all().await.len(), 1);
    let kept = receiver.received.lock().expect("the receiver's lock");
    assert!(!kept[0].0.contains_key("x-hub-signature-256"));
}

#[tokio::test]
async fn deliveries_can_be_held_back_reordered_repeated_and_lost() {
    let world = world().await;
    let receiver = Receiver::start().await;
    world
        .github
        .webhook("containerd/containerd", &receiver.url, SECRET);
    world.github.take_deliveries();
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.edit_title(1, "KEP-2");
    world.containerd.close(1, "completed");
    let held = world.github.take_deliveries();
    assert_eq!(world.github.deliver_all().await, []);
    for delivery in [&held[2], &held[0], &held[2]] {
        assert_eq!(world.github.deliver(delivery).await, Some(202));
    }
    let ids = receiver.header("x-github-delivery");
    assert_eq!(
        ids,
        [&held[2].id, &held[0].id, &held[2].id].map(Clone::clone)
    );
    drop(receiver);
    while world.github.deliver(&held[1]).await.is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn each_act_is_told_by_its_event() {
    let world = world().await;
    world
        .github
        .webhook("containerd/containerd", "http://127.0.0.1:1/", SECRET);
    let nri = world.github.repository("containerd/nri");
    world
        .github
        .webhook("containerd/nri", "http://127.0.0.1:1/", SECRET);
    world.containerd.open_pull("dims", "Fix", "");
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.milestone("2.3", None, Openness::Open);
    world.containerd.create_label("kind/kep");
    let comment = world.containerd.comment("dims", 2, "x");
    let review = world
        .containerd
        .review("mike", 1, ReviewState::Approved, "");

    let told = |act: &dyn Fn(&Repository)| told(&world, act);
    assert_eq!(told(&|it| drop(it.push(&[("a", "b")]))), ["push"]);
    assert_eq!(told(&|it| it.release("v2.3.0")), ["release published"]);
    assert_eq!(told(&|it| it.create_label("new")), ["label created"]);
    assert_eq!(told(&|it| it.rename_label("new", "old")), ["label edited"]);
    assert_eq!(
        told(&|it| it.open_milestone(1, Openness::Closed)),
        ["milestone closed"]
    );
    assert_eq!(
        told(&|it| it.open_milestone(1, Openness::Open)),
        ["milestone opened"]
    );
    assert_eq!(told(&|it| it.set_due(1, None)), ["milestone edited"]);
    for (number, event) in [(1, "pull_request"), (2, "issues")] {
        let says = |action: &str| [format!("{event} {action}")];
        assert_eq!(told(&|it| it.edit_title(number, "KEP-2")), says("edited"));
        assert_eq!(told(&|it| it.edit_body(number, "text")), says("edited"));
        assert_eq!(told(&|it| it.label(number, "kind/kep")), says("labeled"));
        assert_eq!(told(&|it| it.label(number, "kind/kep")), [""; 0]);
        assert_eq!(
            told(&|it| it.unlabel(number, "kind/kep")),
            says("unlabeled")
        );
        assert_eq!(told(&|it| it.assign(number, "dims")), says("assigned"));
        assert_eq!(told(&|it| it.unassign(number, "dims")), says("unassigned"));
        assert_eq!(
            told(&|it| it.set_milestone(number, Some(1))),
            says("milestoned")
        );
        assert_eq!(
            told(&|it| it.set_milestone(number, None)),
            says("demilestoned")
        );
        assert_eq!(told(&|it| it.lock(number, None)), says("locked"));
        assert_eq!(told(&|it| it.unlock(number)), says("unlocked"));
        assert_eq!(told(&|it| it.close(number, "completed")), says("closed"));
        assert_eq!(told(&|it| it.reopen(number)), says("reopened"));
    }
    assert_eq!(told(&|it| it.set_type(2, "Feature")), ["issues typed"]);
    assert_eq!(
        told(&|it| it.edit_comment(comment, "y")),
        ["issue_comment edited"]
    );
    assert_eq!(
        told(&|it| it.delete_comment(comment)),
        ["issue_comment deleted"]
    );
    assert_eq!(
        told(&|it| it.edit_review(review, "z")),
        ["pull_request_review edited"]
    );
    assert_eq!(
        told(&|it| it.dismiss_review(review)),
        ["pull_request_review dismissed"]
    );
    let line = |it: &Repository| assert_ne!(it.review_comment("dims", 1, "a", "hm"), 0);
    assert_eq!(told(&line), ["pull_request_review_comment created"]);
    let line = world.containerd.review_comment("dims", 1, "a", "hm");
    world.github.take_deliveries();
    assert_eq!(
        told(&|it| it.delete_review_comment(line)),
        ["pull_request_review_comment deleted"]
    );
    assert_eq!(told(&|it| it.merge(1)), ["pull_request closed"]);
    let transfer = |it: &Repository| assert_ne!(it.transfer(2, &nri), 0);
    assert_eq!(told(&transfer), ["issues transferred", "issues opened"]);
    let open = |it: &Repository| assert_eq!(it.open_issue("dims", "KEP-3", ""), 3);
    assert_eq!(told(&open), ["issues opened"]);
    assert_eq!(told(&|it| it.delete_issue(3)), ["issues deleted"]);
}

#[tokio::test]
async fn writes_through_the_api_are_told_too() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    world
        .github
        .webhook("containerd/containerd", "http://127.0.0.1:1/", SECRET);
    world.github.take_deliveries();
    let path = format!("{CONTAINERD}/issues/1/comments");
    world.anybody().post(&path, json!({"body": "hello"})).await;
    let told = world.github.take_deliveries();
    assert_eq!(told.len(), 1);
    let payload: Value = serde_json::from_slice(&told[0].payload).expect("JSON");
    assert_eq!(payload["comment"]["body"], "hello");
    assert_eq!(payload["sender"]["login"], "anybody");
    assert_eq!(payload["issue"]["comments"], 1);
}
