//! Webhooks and polling: each alone is enough, and both together tell nothing twice.

use super::{ISSUE, Scene, Transport, bridged, unstarted};

/// A day of an issue.
async fn day(scene: &Scene, mut next: impl AsyncFnMut(&Scene, usize)) {
    let containerd = scene.containerd();
    let comment = containerd.comment("samuelkarp", ISSUE, "The CRI part is in review.");
    next(scene, 2).await;
    containerd.edit_comment(comment, "The CRI part is merged.");
    next(scene, 1).await;
    containerd.close(ISSUE, "completed");
    next(scene, 2).await;
    containerd.reopen(ISSUE);
    next(scene, 2).await;
}

/// What stands in the channel in the end.
fn page(scene: &Scene) -> Vec<(Option<String>, String)> {
    let said = scene.sig_node.messages();
    let roots: Vec<String> = said.iter().map(|said| said.ts.clone()).collect();
    let place = |ts: &String| roots.iter().position(|root| root == ts);
    said.iter()
        .map(|said| {
            let root = said.thread.as_ref().and_then(place);
            (root.map(|at| at.to_string()), said.words())
        })
        .collect()
}

#[tokio::test]
async fn webhooks_and_polling_give_one_result() {
    let polling = bridged(Transport::Socket, "").await;
    day(&polling, async |scene, many| {
        scene.poll().await;
        assert_eq!(scene.all_said().await.len(), many);
    })
    .await;
    let told = bridged(Transport::Socket, "").await;
    told.hook();
    day(&told, async |scene, many| {
        scene.deliver().await;
        scene.hears_all(many).await;
        // The next poll has nothing to add.
        scene.poll().await;
    })
    .await;
    assert_eq!(page(&told), page(&polling));
    assert_eq!(page(&told).len(), 4);
    polling.end().await;
    told.end().await;
}

#[tokio::test]
async fn what_is_delivered_twice_or_too_late_is_told_once() {
    let scene = bridged(Transport::Socket, "").await;
    scene.hook();
    let containerd = scene.containerd();
    let comment = containerd.comment("samuelkarp", ISSUE, "It is in review.");
    containerd.edit_comment(comment, "It is merged.");
    let mut late = scene.github.take_deliveries();
    scene.poll().await;
    let said = scene.hears_all(2).await;
    assert!(said[1].words().contains("It is merged."));
    late.extend(late.clone());
    for delivery in late.iter().rev() {
        scene.github.deliver(delivery).await;
    }
    scene.poll().await;
    scene.end().await;
}

#[tokio::test]
async fn a_first_start_is_quiet() {
    let mut scene = unstarted(Transport::Socket, "comments = \"all\"").await;
    let containerd = scene.containerd();
    containerd.comment("samuelkarp", ISSUE, "It is in review.");
    containerd.comment("stranger", ISSUE, "Good.");
    containerd.close(ISSUE, "completed");
    containerd.reopen(ISSUE);
    scene.start().await;
    scene.synced().await;
    scene.poll().await;
    assert!(scene.all_said().await.is_empty());
    // What comes afterwards is told, and what is old is not told by an edit either.
    containerd.comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    let said = scene.hears_all(2).await;
    assert!(!said[1].words().contains("review"));
    scene.end().await;
}

#[tokio::test]
async fn what_happened_while_the_bot_was_away_is_told_when_it_is_back() {
    let mut scene = bridged(Transport::Socket, "").await;
    scene.stop().await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.start().await;
    scene.poll().await;
    let said = scene.hears_all(2).await;
    assert!(said[1].words().contains("It is merged."));
    scene.end().await;
}
