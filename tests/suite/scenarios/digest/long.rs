//! A long digest: what does not fit into its first message stands in its thread, in order, once.

use std::time::Duration;

use kep_liaison::sandbox::slack::{Fault, On};

use super::{super::bridge::ISSUE, MONDAYS, Posted, Scene, at, posting};

const POST: &str = "chat.postMessage";
/// How much a shepherd has to say in a week, which is more than a message holds.
const REMARKS: usize = 120;

fn remark(nth: usize) -> String {
    format!("Remark {nth:03}: {}", "the streaming of lists ".repeat(6))
}

/// A bot that has much to tell on the thirteenth of July at eight.
async fn talkative() -> Scene {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    for nth in 1..=REMARKS {
        scene
            .containerd()
            .comment("samuelkarp", ISSUE, &remark(nth));
    }
    scene.it_is("2026-07-07T12:00").await;
    scene
}

/// All that was said stands in it, each remark once, in order.
fn is_whole(posted: &Posted) {
    assert!(posted.replies.len() > 2, "{} replies", posted.replies.len());
    let words = posted.words();
    let remarks = words.match_indices("Remark ");
    let numbers: Vec<usize> = remarks
        .filter_map(|(at, _)| words[at + 7..at + 10].parse().ok())
        .collect();
    assert_eq!(numbers, (1..=REMARKS).collect::<Vec<_>>());
    assert!(posted.root.words().contains("The rest is in the thread."));
}

#[tokio::test]
async fn what_is_long_stands_in_the_thread() {
    let scene = talkative().await;
    let words = scene
        .sam
        .types(&scene.sig_node, "/kep digest")
        .await
        .words();
    assert!(
        words.contains("More messages would stand in its thread."),
        "{words}"
    );
    scene.it_is("2026-07-13T08:00").await;
    is_whole(&scene.digest().await);
    scene.end().await;
}

#[tokio::test]
async fn it_is_whole_though_slack_answers_500_after_each_post() {
    let scene = talkative().await;
    scene
        .slack
        .fault(On::method(POST).every(1), Fault::StatusAfter(500));
    scene.it_is("2026-07-13T08:00").await;
    let posted = scene.digest().await;
    is_whole(&posted);
    // Each was tried once, and then found.
    assert_eq!(scene.slack.calls_of(POST).len(), 1 + posted.replies.len());
    scene.end().await;
}

#[tokio::test]
async fn it_goes_on_after_a_restart_in_the_middle() {
    let mut scene = talkative().await;
    scene.pause().await;
    scene.clock.set(at("2026-07-13T08:00"));
    let posted = || scene.slack.calls_of(POST).len() >= 2;
    scene.until("a reply", posted).await;
    scene.stop().await;
    let before = scene.workspace.unseen().len();
    scene.clock.advance(Duration::from_mins(3));
    scene.begins().await;
    let posted = scene.digest().await;
    assert!(before < 1 + posted.replies.len(), "it was over by then");
    is_whole(&posted);
    scene.end().await;
}
