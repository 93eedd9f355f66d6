//! Who is told by the text of an enhancement issue: its KEP's shepherds, whom an edit of it names.

use std::time::Duration;

use kep_liaison::sandbox::github::Repository;

use super::{begin, begun, shown};
use crate::scenarios::{Scene, Transport, bridge::unstarted};

impl Scene {
    /// Somebody rewrites the text of the enhancement issue of KEP-5825, and the bot hears of it.
    async fn rewrites_the_text(&self, at: &Repository, text: &str, polled: bool) {
        self.pass(Duration::from_mins(5)).await;
        at.acting_as("author").edit_body(5825, text);
        if polled {
            self.github.take_deliveries();
            self.polls_all_turns().await;
        } else {
            self.deliver().await;
        }
        self.taken_in(5825, text).await;
    }

    async fn polls_all_turns(&self) {
        for _ in 0..4 {
            self.poll().await;
        }
    }
}

#[tokio::test]
async fn an_edit_of_an_enhancement_issues_text_tells_its_shepherds() {
    for polled in [false, true] {
        let scene = unstarted(Transport::Socket, "").await;
        let enhancements = scene.enhancement_issue();
        let old = "@samuelkarp, an old question.";
        enhancements.edit_body(5825, old);
        let scene = begin(scene).await;
        // Whatever it said when it was first seen.
        scene.polls_all_turns().await;
        scene.taken_in(5825, old).await;
        scene.nobody_is_told().await;
        let rewrite = async |text| scene.rewrites_the_text(&enhancements, text, polled).await;
        rewrite("Nobody need look.").await;
        scene.nobody_is_told().await;
        rewrite("@samuelkarp, @shepherd, @author: look.").await;
        let told = scene.told_once(&scene.sam).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(&told).lines().take(3).collect::<Vec<_>>().join("\n"));
        }
        // Who is named already hears no more of it, and sees what it says.
        rewrite("@samuelkarp, look here.").await;
        let edited = scene.told_once(&scene.sam).await;
        assert_eq!(edited.ts, told.ts);
        rewrite("Nothing.").await;
        let edited = scene.told_once(&scene.sam).await;
        assert!(
            edited.words().contains("mentions you no more"),
            "{}",
            edited.words()
        );
        scene.end().await;
    }
}

#[tokio::test]
async fn a_webhook_that_comes_before_a_text_was_seen_says_what_it_said() {
    let scene = begun().await;
    let enhancements = scene.enhancement_issue();
    enhancements.edit_body(5825, "Text.");
    scene.github.take_deliveries();
    enhancements.edit_body(5825, "Text, @samuelkarp.");
    let deliveries = scene.github.take_deliveries();
    for delivery in deliveries.iter().chain(&deliveries) {
        assert_eq!(scene.github.deliver(delivery).await, Some(200));
    }
    scene.taken_in(5825, "Text, @samuelkarp.").await;
    scene.told_once(&scene.sam).await;
    scene.polls_all_turns().await;
    scene.nobody_is_told().await;
    // One's own doing.
    scene.pass(Duration::from_mins(5)).await;
    for text in ["Text.", "Text, by @samuelkarp."] {
        enhancements.acting_as("samuelkarp").edit_body(5825, text);
        scene.deliver().await;
        scene.taken_in(5825, text).await;
        scene.sam.direct().look_at_all();
    }
    scene.polls_all_turns().await;
    scene.nobody_is_told().await;
    scene.end().await;
}
