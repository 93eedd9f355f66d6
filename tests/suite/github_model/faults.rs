//! What can go wrong on the way.

use http::Method;
use kep_liaison::sandbox::github::{Fault, Gate, On};
use serde_json::json;

use super::{CONTAINERD, World, http::Http, world};

/// What a `GET` of the repository gives: a status, or a broken connection.
async fn status(http: &Http) -> Option<u16> {
    let reply = http.try_send(Method::GET, CONTAINERD, None).await;
    reply.ok().map(|reply| reply.status)
}

fn struck(world: &World, fault: Fault) {
    world.github.fault(On::get(CONTAINERD), fault);
}

#[tokio::test]
async fn a_fault_strikes_the_next_request_that_fits() {
    let world = world().await;
    let http = world.anybody();
    struck(&world, Fault::Status(502));
    struck(&world, Fault::Status(503));
    world.github.fault(On::post(CONTAINERD), Fault::Drop);
    assert_eq!(http.get("/rate_limit").await.status, 200);
    assert_eq!(status(&http).await, Some(502));
    assert_eq!(status(&http).await, Some(503));
    assert_eq!(status(&http).await, Some(200));
}

#[tokio::test]
async fn faults_strike_by_count_and_by_chance() {
    let world = world().await;
    let http = world.anybody();
    let draw = async || {
        let mut statuses = Vec::new();
        for _ in 0..6 {
            statuses.push(http.get(CONTAINERD).await.status);
        }
        world.github.clear_faults();
        statuses
    };
    let fault = |on: On| world.github.fault(on, Fault::Status(500));
    fault(On::any().nth(2));
    assert_eq!(draw().await, [200, 500, 200, 200, 200, 200]);
    fault(On::any().first(2));
    assert_eq!(draw().await, [500, 500, 200, 200, 200, 200]);
    fault(On::any().every(3));
    assert_eq!(draw().await, [200, 200, 500, 200, 200, 500]);
    fault(On::any().chance(0.5, 7));
    let first = draw().await;
    fault(On::any().chance(0.5, 7));
    assert_eq!(draw().await, first);
    assert!(first.contains(&200) && first.contains(&500), "{first:?}");
    assert_eq!(draw().await, [200; 6]);
}

#[tokio::test]
async fn connections_drop() {
    let world = world().await;
    let http = world.anybody();
    struck(&world, Fault::Drop);
    struck(&world, Fault::DropAfter);
    // A client may try again by itself when a kept connection breaks, so each gets a new one.
    assert_eq!(status(&http).await, None);
    assert_eq!(status(&world.anybody()).await, None);
    let statuses: Vec<_> = world
        .github
        .requests()
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(statuses, [None, None]);
}

#[tokio::test]
async fn a_gate_holds_a_request_before_or_after_it_is_looked_at() {
    let world = world().await;
    let http = world.anybody();
    for (held, expected) in [
        (Fault::Held as fn(_) -> _, "new"),
        (Fault::HeldAfter, "old"),
    ] {
        let number = world.containerd.open_issue("dims", "old", "");
        let path = format!("{CONTAINERD}/issues/{number}");
        let gate = Gate::default();
        world.github.fault(On::get(&path), held(gate.clone()));
        let meanwhile = async {
            gate.arrived(1).await;
            world.containerd.edit_title(number, "new");
            gate.open();
        };
        let (reply, ()) = tokio::join!(http.get(&path), meanwhile);
        assert_eq!(reply.json()["title"], expected);
    }
}

#[tokio::test]
async fn a_hanging_request_ends_with_the_server() {
    let world = world().await;
    struck(&world, Fault::Hang);
    let http = world.anybody();
    let end = async {
        while world.github.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        world.github.stop();
    };
    assert_eq!(tokio::join!(status(&http), end).0, None);
}

#[tokio::test]
async fn bodies_are_cut_or_nonsense() {
    let world = world().await;
    for fault in [Fault::Cut, Fault::CutChunked] {
        struck(&world, fault);
        assert_eq!(status(&world.anybody()).await, None);
    }
    let http = world.anybody();
    for fault in [Fault::Garbage, Fault::Html] {
        struck(&world, fault);
        let reply = http.get(CONTAINERD).await;
        assert_eq!(reply.status, 200);
        assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
    }
    struck(&world, Fault::WrongShape);
    assert_eq!(
        http.get(CONTAINERD).await.json()["name"],
        serde_json::Value::Null
    );
    assert_eq!(http.get(CONTAINERD).await.json()["name"], "containerd");
}

#[tokio::test]
async fn a_tree_is_cut_short_on_demand() {
    let world = world().await;
    world.containerd.push(&[("a", "a"), ("b", "b")]);
    let path = format!("{CONTAINERD}/git/trees/main");
    world.github.fault(On::get(&path), Fault::TruncatedTree);
    let http = world.anybody();
    for (entries, truncated) in [(1, true), (2, false)] {
        let tree = http.get(&path).await.json();
        assert_eq!(tree["tree"].as_array().map(Vec::len), Some(entries));
        assert_eq!(tree["truncated"], truncated);
    }
}

#[tokio::test]
async fn limits_strike_on_demand_and_last() {
    let world = world().await;
    let http = world.anybody();
    struck(&world, Fault::TooManyRequests(5));
    let limited = http.get(CONTAINERD).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "5"));
    assert_eq!(http.get(CONTAINERD).await.status, 403);
    assert_eq!(world.github.violations(), 1);
    world.advance(5);

    for (wait, header) in [(Some(9), "9"), (None, "")] {
        struck(&world, Fault::SecondaryLimit(wait));
        let limited = http.get(CONTAINERD).await;
        assert_eq!(
            (limited.status, limited.header("retry-after")),
            (403, header)
        );
        world.advance(60);
    }
    struck(&world, Fault::PrimaryLimit);
    let limited = http.get(CONTAINERD).await;
    assert_eq!(
        (limited.status, limited.header("x-ratelimit-remaining")),
        (403, "0")
    );
    world.advance(600);
    assert_eq!(http.get(CONTAINERD).await.status, 403);
    world.advance(3_000);
    assert_eq!(http.get(CONTAINERD).await.status, 200);
}

#[tokio::test]
async fn repositories_are_matched_by_name_whatever_a_link_calls_them() {
    let world = world().await;
    let http = world.anybody();
    let id = http.get(CONTAINERD).await.json()["id"].clone();
    world
        .github
        .fault(On::get(&format!("{CONTAINERD}/issues")), Fault::Status(504));
    let reply = http.get(&format!("/repositories/{id}/issues?page=1")).await;
    assert_eq!(reply.status, 504);
    let log = world.github.requests();
    assert_eq!(log[1].path, format!("{CONTAINERD}/issues?page=1"));
}

#[tokio::test]
async fn a_write_may_have_happened_whatever_the_answer_says() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let path = format!("{CONTAINERD}/issues/1/comments");
    for (fault, status, comments) in [
        (Fault::Status(502), Some(502), 0),
        (Fault::StatusAfter(502), Some(502), 1),
        (Fault::Drop, None, 1),
        (Fault::DropAfter, None, 2),
        (Fault::Cut, None, 3),
    ] {
        world.github.fault(On::post(&path), fault.clone());
        let body = Some(json!({"body": "hello"}));
        let reply = world.anybody().try_send(Method::POST, &path, body).await;
        assert_eq!(reply.ok().map(|reply| reply.status), status, "{fault:?}");
        assert_eq!(world.containerd.comments_on(1).len(), comments, "{fault:?}");
    }
}

#[tokio::test]
async fn a_body_may_have_no_end() {
    let world = world().await;
    struck(&world, Fault::Endless);
    let megabyte = 1 << 20;
    assert!(world.anybody().read_at_most(CONTAINERD, megabyte).await >= megabyte);
    assert!(world.anybody().read_at_most(CONTAINERD, megabyte).await < megabyte);
}
