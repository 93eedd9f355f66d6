//! Webhooks that come twice, late, in another order, or not at all; and how soon one is told of them.

use std::time::Duration;

use super::begun;
use crate::scenarios::{Scene, bridge::ISSUE};

impl Scene {
    /// Has GitHub deliver what waits, the newest first.
    pub(super) async fn deliver_backwards(&self) {
        for delivery in self.github.take_deliveries().iter().rev() {
            assert_eq!(self.github.deliver(delivery).await, Some(200));
        }
    }
}

#[tokio::test]
async fn who_is_told_twice_by_github_is_told_once() {
    let scene = begun().await;
    let text = "@samuelkarp, please look.";
    scene.containerd().comment("author", ISSUE, text);
    // By a webhook, by the same one once more, and by a poll.
    for delivery in scene.github.deliveries() {
        for _ in 0..2 {
            assert_eq!(scene.github.deliver(&delivery).await, Some(200));
        }
    }
    scene.github.take_deliveries();
    scene.poll().await;
    scene.told_once(&scene.sam).await;
    // And by a poll alone.
    scene.pass(Duration::from_mins(2)).await;
    scene.containerd().comment("author", ISSUE, text);
    scene.github.take_deliveries();
    scene.poll().await;
    scene.told_once(&scene.sam).await;
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn webhooks_in_any_order_tell_once() {
    let scene = begun().await;
    let containerd = scene.containerd();
    let comment = containerd.comment("author", ISSUE, "@samuelkarp, look.");
    scene.clock.advance(Duration::from_secs(1));
    containerd.edit_comment(comment, "@samuelkarp, look here.");
    scene.deliver_backwards().await;
    scene.taken_in(comment, "@samuelkarp, look here.").await;
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("look here."), "{}", told.words());
    // What was deleted before the bot heard that it was said.
    scene.pass(Duration::from_mins(2)).await;
    let comment = containerd.comment("author", ISSUE, "@samuelkarp, a secret.");
    scene.clock.advance(Duration::from_secs(1));
    containerd.delete_comment(comment);
    scene.deliver_backwards().await;
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn a_mention_is_told_within_two_seconds_of_its_webhook() {
    let scene = begun().await;
    let mut took = Vec::new();
    for nth in 0..3 {
        scene.pass(Duration::from_mins(2)).await;
        let text = format!("@samuelkarp, look, {nth}.");
        scene.containerd().comment("author", ISSUE, &text);
        let began = std::time::Instant::now();
        scene.deliver().await;
        let is_told = || {
            scene
                .workspace
                .unseen()
                .iter()
                .any(|it| it.words().contains(&text))
        };
        scene.until("a word to Sam", is_told).await;
        took.push(began.elapsed());
        scene.told_once(&scene.sam).await;
    }
    // By a real clock, and on a machine that is busy with other tests: the quickest of them.
    assert!(
        took.iter().min() < Some(&Duration::from_secs(2)),
        "{took:?}"
    );
    scene.end().await;
}
