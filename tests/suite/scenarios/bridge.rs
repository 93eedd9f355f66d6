//! What is said on one side and stands on the other: relays to the tracking issues, and their news
//! in the KEP's thread.

mod admins;
mod missed;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use kep_liaison::{
    ports::Clock as _,
    sandbox::slack::{Fault, Gate, On, Said, Slack},
};

use super::{BOTH, Scene, Transport};

const ISSUE: u64 = 1;

/// A bot that bridges `#sig-node`, and that has taken in what was there before.
async fn bridged(transport: Transport, more: &str) -> Scene {
    let mut scene = unstarted(transport, more).await;
    scene.start().await;
    scene.synced().await;
    scene
}

/// The same before the bot is started.
async fn unstarted(transport: Transport, more: &str) -> Scene {
    let mut scene = Scene::before_start(transport).await;
    let channel = format!(
        "[[channels]]\nworkspace = \"kubernetes\"\nid = \"{}\"\nbridge = \"both\"\n{more}\n",
        scene.sig_node.id()
    );
    scene.settings.push_str(&channel);
    scene.sam.invites_bot(&scene.sig_node).await;
    scene
}

impl Scene {
    fn comments(&self) -> Vec<String> {
        let containerd = self.github.repository("containerd/containerd");
        containerd.comments_on(ISSUE)
    }

    /// Lets time pass as far as somebody waits for it, half a minute at a time at most, until
    /// something is so.
    async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let wait = async {
            let mut moved = Instant::now();
            while !is_so() {
                for _ in 0..50 {
                    tokio::task::yield_now().await;
                }
                // Nothing is late by it; what hangs is waited for a second.
                let is_asking = || {
                    let (calls, now) = (self.slack.calls(), self.clock.now());
                    calls
                        .iter()
                        .any(|call| call.took.is_none() && call.at == now)
                };
                if moved.elapsed() < Duration::from_secs(1) && is_asking() {
                    continue;
                }
                if self
                    .slack
                    .attempts()
                    .iter()
                    .any(|one| one.outcome.is_none())
                {
                    continue;
                }
                let wake = self.clock.next_wake().map(|wake| wake - self.clock.now());
                if let Some(time) = wake.filter(|time| *time < TimeDelta::seconds(30)) {
                    self.clock.advance(time.to_std().unwrap_or_default());
                    moved = Instant::now();
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "{what}: not within twenty seconds");
    }

    /// The comment that holds some words.
    async fn commented(&self, words: &str) -> String {
        let holds = |comment: &String| comment.contains(words);
        self.until(words, || self.comments().iter().any(holds))
            .await;
        self.comments()
            .into_iter()
            .find(holds)
            .expect("it is there")
    }

    /// What is said next in the channel.
    async fn hears(&self) -> Said {
        let unseen = || !self.workspace.unseen().is_empty();
        self.until("something in the channel", unseen).await;
        self.sig_node.next().await
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
        let receipt = scene.hears().await;
        assert_eq!(receipt.thread.as_deref(), Some(&*said.ts));
        assert!(receipt.words().contains("KEP-5825"), "{}", receipt.words());
        scene.end().await;
    }
}

#[tokio::test]
async fn an_edit_follows_and_an_undo_takes_back() {
    let scene = bridged(Transport::Socket, "").await;
    let said = scene
        .sam
        .says(&scene.sig_node, "KEP-5825 is in review.")
        .await;
    scene.sam.reacts(&said, "satellite_antenna").await;
    scene.commented("in review").await;
    let receipt = scene.hears().await;
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    let edited = scene.commented("is merged").await;
    assert!(!edited.contains("in review"), "{edited}");
    scene.sam.clicks(&receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    let taken_back = scene.hears().await;
    assert_eq!(taken_back.ts, receipt.ts);
    assert!(
        !taken_back.words().contains("Undo"),
        "{}",
        taken_back.words()
    );
    scene.end().await;
}

#[tokio::test]
async fn an_edit_while_the_text_is_on_its_way_is_not_lost() {
    let scene = bridged(Transport::Socket, "").await;
    let said = scene
        .sam
        .says(&scene.sig_node, "KEP-5825 is in review.")
        .await;
    // The bot has read the message, and has stored nothing of it yet.
    let gate = Gate::default();
    let held = Fault::Held(gate.clone());
    scene.slack.fault(On::method("chat.getPermalink"), held);
    scene.sam.reacts(&said, "satellite_antenna").await;
    gate.arrived(1).await;
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    let taken_in = |slack: &Slack| slack.attempts().iter().all(|one| one.outcome.is_some());
    scene
        .workspace
        .until("the edit is taken in", |_| taken_in(&scene.slack))
        .await;
    gate.open();
    scene.commented("is merged").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn what_is_deleted_on_slack_is_struck_through() {
    let scene = bridged(Transport::Socket, "").await;
    let said = scene
        .sam
        .says(&scene.sig_node, "KEP-5825 is in review.")
        .await;
    scene.sam.reacts(&said, "satellite_antenna").await;
    scene.commented("in review").await;
    scene.hears().await;
    scene.sam.deletes(&said).await;
    let struck = scene.commented("<del>").await;
    assert!(struck.contains("in review"), "{struck}");
    scene.end().await;
}

#[tokio::test]
async fn an_update_stands_on_the_issue_and_in_the_thread() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let shown = scene
            .sam
            .types(&scene.sig_node, "/kep update 5825 *merged*, ships in 2.4")
            .await;
        assert!(shown.words().contains("On its way"), "{}", shown.words());
        scene.commented("**merged**").await;
        let mut said = Vec::new();
        for _ in 0..3 {
            said.push(scene.hears().await);
        }
        let root = said
            .iter()
            .find(|said| said.thread.is_none() && !said.is_ephemeral());
        let root = root.expect("a thread begins");
        assert!(root.words().contains("KEP-5825"), "{}", root.words());
        let reply = said.iter().find(|said| said.thread.is_some());
        let reply = reply.expect("an update in the thread");
        assert_eq!(reply.thread.as_deref(), Some(&*root.ts));
        assert!(reply.words().contains("merged"), "{}", reply.words());
        assert!(said.iter().any(Said::is_ephemeral), "a receipt");
        scene.end().await;
    }
}

#[tokio::test]
async fn a_comment_of_a_shepherd_is_told_in_the_thread() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.github.repository("containerd/containerd");
    let comment = containerd.comment("samuelkarp", ISSUE, "CRI part is **merged**.");
    containerd.comment("a-stranger", ISSUE, "Any news?");
    scene.next_poll().await;
    let root = scene.hears().await;
    assert!(root.words().contains("KEP-5825"), "{}", root.words());
    let reply = scene.hears().await;
    assert_eq!(reply.thread.as_deref(), Some(&*root.ts));
    assert!(reply.words().contains("merged"), "{}", reply.words());
    containerd.edit_comment(comment, "CRI part is **in review**.");
    scene.next_poll().await;
    let edited = scene.hears().await;
    assert_eq!(edited.ts, reply.ts);
    assert!(edited.words().contains("in review"), "{}", edited.words());
    scene.end().await;
}
