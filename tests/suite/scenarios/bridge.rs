//! What is said on one side and stands on the other: relays to the tracking issues, and their news
//! in the KEP's thread.

use std::time::Duration;

use super::{BOTH, Scene, Transport};

const ISSUE: u64 = 1;

/// A bot that bridges `#sig-node`, and that has taken in what was there before.
async fn bridged(transport: Transport, more: &str) -> Scene {
    let mut scene = Scene::before_start(transport).await;
    let channel = format!(
        "[[channels]]\nworkspace = \"kubernetes\"\nid = \"{}\"\nbridge = \"both\"\n{more}\n",
        scene.sig_node.id()
    );
    scene.settings.push_str(&channel);
    scene.sam.invites_bot(&scene.sig_node).await;
    scene.start().await;
    scene.synced().await;
    scene
}

impl Scene {
    fn comments(&self) -> Vec<String> {
        let containerd = self.github.repository("containerd/containerd");
        containerd.comments_on(ISSUE)
    }

    /// Waits for a comment that holds some words.
    async fn commented(&self, words: &str) -> String {
        let holds = |comment: &String| comment.contains(words);
        let there = |_: &_| self.comments().iter().any(holds);
        self.workspace.until("a comment", there).await;
        self.comments()
            .into_iter()
            .find(holds)
            .expect("it is there")
    }
}

#[tokio::test]
async fn a_reaction_puts_a_message_on_the_tracking_issue() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let said = scene
            .sam
            .says(
                &scene.sig_node,
                "KEP-5825: *merged*, ships in 2.4. @everyone",
            )
            .await;
        scene.sam.reacts(&said, "satellite_antenna").await;
        let comment = scene.commented("merged").await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(comment);
        }
        let receipt = scene.sig_node.next().await;
        assert_eq!(receipt.thread.as_deref(), Some(&*said.ts));
        assert!(receipt.words().contains("KEP-5825"), "{}", receipt.words());
        scene.end().await;
    }
}
