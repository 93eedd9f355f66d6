//! What was said while the bot heard nothing is found and relayed, once.

use std::time::Duration;

use chrono::TimeDelta;
use kep_liaison::{
    ports::Clock as _,
    sandbox::slack::{Fault, On, Said, Workspace},
};

use super::{BOTH, ISSUE, Scene, Transport, bridged, unstarted};

const ANTENNA: &str = "satellite_antenna";
/// Longer than Slack tries again.
const LONG: Duration = Duration::from_hours(2);

impl Scene {
    /// How often the history was asked for.
    pub(super) fn histories(&self) -> usize {
        self.slack.calls_of("conversations.history").len()
    }

    /// Stops the bot; Slack has noticed when this returns.
    pub(super) async fn goes_away(&mut self) {
        self.stop().await;
        let gone = |workspace: &Workspace| workspace.connections() == 0;
        self.workspace.until("no connection", gone).await;
    }

    /// Starts the bot again after a long time.
    pub(super) async fn starts_again(&mut self) {
        self.pass(LONG).await;
        self.start().await;
    }

    /// So many new messages, looked at.
    async fn hears_many(&self, many: usize) -> Vec<Said> {
        let mut said = Vec::new();
        for _ in 0..many {
            said.push(self.hears().await);
        }
        said
    }

    /// Goes away for long, and has read what it missed when this returns.
    pub(super) async fn misses_nothing(&mut self) {
        self.goes_away().await;
        let before = self.histories();
        self.starts_again().await;
        let asked = || self.histories() > before;
        self.until("it looks again", asked).await;
        self.rest().await;
    }

    /// A message of Sam's that stands on the tracking issue.
    async fn has_relayed(&self, text: &str) -> Said {
        let said = self.sam.says(&self.sig_node, text).await;
        self.sam.reacts(&said, ANTENNA).await;
        self.commented(text).await;
        self.hears().await;
        said
    }
}

#[tokio::test]
async fn after_an_outage_it_is_done_once() {
    for transport in BOTH {
        let mut scene = bridged(transport, "replies = \"all\"").await;
        // KEP-5825's thread begins.
        let containerd = scene.github.repository("containerd/containerd");
        containerd.comment("samuelkarp", ISSUE, "Work has begun.");
        scene.next_poll().await;
        let root = scene.hears_many(2).await.remove(0);
        let edited = scene.has_relayed("KEP-5825 is in review.").await;
        let deleted = scene.has_relayed("KEP-5825 is late.").await;
        let kept = scene.has_relayed("KEP-5825 has a test.").await;

        // Slack waits for no acknowledgement when it goes.
        scene.rest().await;
        scene.goes_away().await;
        scene.sam.edits(&edited, "KEP-5825 is approved.").await;
        scene.sam.deletes(&deleted).await;
        let new = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
        scene.sam.reacts(&new, ANTENNA).await;
        scene.sam.replies(&root, "It ships in 2.4.").await;
        scene.mike.replies(&root, "Great!").await;
        scene.mike.replies(&kept, "Thanks.").await;
        scene.mike.says(&scene.sig_node, "KEP-5825 is great.").await;

        scene.starts_again().await;
        for words in ["approved", "<del>", "merged", "ships in 2.4"] {
            scene.commented(words).await;
        }
        let receipts = || {
            let said = scene.sig_node.messages().into_iter();
            said.filter(|said| said.is_app && said.words().contains("(KEP-5825)"))
                .count()
        };
        // Of the reply its author alone was told.
        scene.until("four receipts", || receipts() == 4).await;
        let comments = scene.comments();
        assert_eq!(comments.len(), 6, "{comments:#?}");
        let struck = comments.iter().filter(|comment| comment.contains("<del>"));
        assert_eq!(struck.count(), 1, "{comments:#?}");
        assert!(!comments.iter().any(|comment| comment.contains("reat")));

        scene.rest().await;
        scene.goes_away().await;
        let before = scene.histories();
        scene.starts_again().await;
        let asked = || scene.histories() > before;
        scene.until("it looks again", asked).await;
        scene.commented("merged").await;
        scene.goes_away().await;
        assert_eq!(scene.comments(), comments, "nothing is done twice");
        // The button below a receipt goes after a while, which is a change.
        scene.sig_node.look_at_all();
        scene.end().await;
    }
}

#[tokio::test]
async fn a_first_start_is_quiet() {
    let mut scene = unstarted(Transport::Socket, "").await;
    let before = scene.sam.says(&scene.sig_node, "KEP-5825 is old.").await;
    scene.sam.reacts(&before, ANTENNA).await;
    scene.clock.advance(LONG);
    scene.start().await;
    scene.synced().await;
    scene.goes_away().await;
    let after = scene.sam.says(&scene.sig_node, "KEP-5825 is new.").await;
    scene.sam.reacts(&after, ANTENNA).await;
    scene.starts_again().await;
    scene.commented("is new").await;
    scene.hears().await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_channel_that_was_switched_off_begins_anew() {
    let mut scene = bridged(Transport::Socket, "").await;
    scene.goes_away().await;
    let settings = scene.settings.clone();
    scene.settings = settings.replace("bridge = \"both\"", "bridge = \"to-slack\"");
    scene.starts_again().await;
    let meanwhile = scene.sam.says(&scene.sig_node, "KEP-5825 is secret.").await;
    scene.sam.reacts(&meanwhile, ANTENNA).await;
    // What does not go from here is said so.
    scene.hears().await;
    scene.goes_away().await;
    let unheard = scene
        .sam
        .says(&scene.sig_node, "KEP-5825 is secret too.")
        .await;
    scene.sam.reacts(&unheard, ANTENNA).await;
    scene.settings = settings;
    scene.starts_again().await;
    let now = scene.sam.says(&scene.sig_node, "KEP-5825 is public.").await;
    scene.sam.reacts(&now, ANTENNA).await;
    scene.commented("public").await;
    scene.hears().await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn while_it_hears_it_asks_once_an_hour() {
    let scene = bridged(Transport::Http, "").await;
    scene.until("a first look", || scene.histories() == 1).await;
    // Slack forgets to tell of something.
    scene.workspace.subscribe(&["app_mention"]);
    let lost = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&lost, ANTENNA).await;
    for look in 1..=3 {
        let (asked, since) = (scene.histories(), scene.clock.now());
        while scene.histories() == asked {
            scene.pass(Duration::from_mins(1)).await;
            // What is under way is not late by it.
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
        }
        let waited = scene.clock.now() - since;
        assert!(waited >= TimeDelta::minutes(55), "look {look}: {waited}");
        if look == 1 {
            scene.commented("merged").await;
            scene.hears().await;
        }
    }
    // The button below the receipt goes.
    scene.rest().await;
    scene.sig_node.look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn what_was_said_while_the_bot_was_not_in_the_channel_is_found() {
    let scene = bridged(Transport::Socket, "replies = \"all\"").await;
    let root = scene.thread().await;
    scene.until("a first look", || scene.histories() > 0).await;
    scene.sig_node.remove_bot();
    for _ in 0..4 {
        scene.pass(Duration::from_hours(1)).await;
        scene.rest().await;
    }
    // A reply, and nothing in the channel itself.
    scene.sam.replies(&root, "It ships in 2.4.").await;
    scene.pass(Duration::from_mins(5)).await;
    scene.sam.invites_bot(&scene.sig_node).await;
    let asked = scene.histories();
    while scene.histories() == asked {
        scene.pass(Duration::from_mins(1)).await;
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }
    scene.commented("ships in 2.4").await;
    scene.hears().await;
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn what_was_missed_between_two_connections_is_found() {
    let scene = bridged(Transport::Socket, "").await;
    let opening = On::method("apps.connections.open").first(2);
    scene.slack.fault(opening, Fault::Hang);
    let before = scene.slack.calls_of("apps.connections.open").len();
    scene.workspace.drop_connections();
    let asked = || scene.slack.calls_of("apps.connections.open").len() == before + 2;
    scene.until("two more openings", asked).await;
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, ANTENNA).await;
    scene.clock.advance(Duration::from_mins(2));
    let reconnected = || scene.workspace.connections() == 2;
    scene.until("two other connections", reconnected).await;
    scene.commented("merged").await;
    scene.hears().await;
    // Slack tells of it a last time.
    scene.rest().await;
    scene.pass(Duration::from_mins(5)).await;
    scene.sam.says(&scene.sig_node, "Anything else?").await;
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_hides_nothing_that_was_missed() {
    let scene = bridged(Transport::Socket, "").await;
    scene.until("a first look", || scene.histories() > 0).await;
    scene.rest().await;
    // Slack forgets to tell of something.
    scene.workspace.subscribe(&["app_mention"]);
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, ANTENNA).await;
    scene.clock.set(scene.clock.now() - TimeDelta::minutes(20));
    scene.workspace.drop_connections();
    scene.commented("merged").await;
    scene.hears().await;
    scene.rest().await;
    scene.sig_node.look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn a_history_that_is_limited_is_read_later() {
    let mut scene = bridged(Transport::Http, "").await;
    scene.goes_away().await;
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, ANTENNA).await;
    let limited = On::method("conversations.history").first(2);
    scene.slack.fault(limited, Fault::TooManyRequests(25));
    scene.starts_again().await;
    scene.commented("merged").await;
    scene.hears().await;
    scene.end().await;
}
