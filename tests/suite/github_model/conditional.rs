//! Conditional requests, and what they cost.

use super::{CONTAINERD, http::Reply, world};

fn remaining(reply: &Reply) -> usize {
    reply
        .header("x-ratelimit-remaining")
        .parse()
        .expect("a number")
}

#[tokio::test]
async fn who_has_this_version_is_told_so_for_free() {
    let world = world().await;
    world.containerd.open_issue("dims", "One", "");
    let http = world.anybody();
    let path = format!("{CONTAINERD}/issues");
    let first = http.get(&path).await;
    assert!(first.header("etag").starts_with("W/\""));

    let http = http.with("if-none-match", first.header("etag"));
    let again = http.get(&path).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(remaining(&again), remaining(&first));

    world.containerd.open_issue("dims", "Two", "");
    let changed = http.get(&path).await;
    assert_eq!(changed.each("title"), ["Two", "One"]);
    assert_eq!(remaining(&changed), remaining(&first) - 1);

    let log = world.github.requests();
    let log: Vec<_> = log
        .iter()
        .map(|entry| (entry.conditional, entry.status))
        .collect();
    assert_eq!(
        log,
        [(false, Some(200)), (true, Some(304)), (true, Some(200))]
    );
    assert_eq!(world.github.not_modified(), 1);
    assert_eq!(
        world.github.bytes(),
        (first.body.len() + changed.body.len()) as u64
    );
}

#[tokio::test]
async fn without_a_token_it_costs_as_much_as_any_other() {
    let world = world().await;
    let first = world.anonymous().get(CONTAINERD).await;
    let http = world
        .anonymous()
        .with("if-none-match", first.header("etag"));
    let again = http.get(CONTAINERD).await;
    assert_eq!(again.status, 304);
    assert_eq!(remaining(&again), remaining(&first) - 1);
}

#[tokio::test]
async fn a_tag_belongs_to_its_token_and_media_type() {
    let world = world().await;
    let first = world.anybody().get(CONTAINERD).await;
    let other = world.bearing(&world.github.token("other", &[]));
    let other = other.with("if-none-match", first.header("etag"));
    assert_eq!(other.get(CONTAINERD).await.status, 200);

    let path = format!("{CONTAINERD}/issues");
    let first = world.anonymous().get(&path).await;
    let http = world
        .anonymous()
        .with("if-none-match", first.header("etag"));
    let http = http.with("accept", "application/json");
    assert_eq!(http.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_plain_stand_in_has_no_tags() {
    let world = world().await;
    world.github.without_etags();
    assert_eq!(world.anonymous().get(CONTAINERD).await.header("etag"), "");
}
