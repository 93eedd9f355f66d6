//! Webhooks and polling: each alone is enough, and both together tell nothing twice.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::ports::Clock as _;

use super::{ISSUE, Scene, Transport, bridged, unstarted};

/// How soon a comment must be told once it is known.
const SOON: TimeDelta = TimeDelta::seconds(2);
/// How long it takes at most until a poll sees something.
const POLL: TimeDelta = TimeDelta::minutes(2);

impl Scene {
    /// Lets no more time pass than the queue waits for, and whoever polls, until words stand in a
    /// reply: when they did.
    async fn told_at(&self, words: &str, poll: TimeDelta) -> DateTime<Utc> {
        let holds = || {
            let calls = self.slack.calls().into_iter();
            let mut told = calls.filter(|call| {
                // A root's card has a headline.
                let blocks = &call.arguments["blocks"];
                blocks[0]["type"] != "header" && blocks.to_string().contains(words)
            });
            told.next().map(|call| call.at)
        };
        for _ in 0..1_000 {
            // What is under way is no time that passes, and who has just woken up asks for nothing yet.
            let mut is_busy = false;
            for _ in 0..20 {
                self.to_do().await;
                self.give_way().await;
                if let Some(at) = holds() {
                    return at;
                }
                is_busy |= self.slack.is_delivering() || self.clock.is_asking();
            }
            // The queue keeps a pace of a second; else nobody waits but for the next poll.
            let longest = match self.to_do().await {
                0 => poll,
                _ => TimeDelta::seconds(1),
            };
            let wake = self.clock.next_wake().map(|wake| wake - self.clock.now());
            if let Some(time) = wake.filter(|time| !is_busy && *time <= longest) {
                self.clock.advance(time.to_std().unwrap_or_default());
            }
        }
        panic!("{words:?} is not told");
    }

    /// A comment of the shepherd's: how long it takes until it is told.
    async fn takes(&self, words: &str, is_delivered: bool) -> TimeDelta {
        self.rest().await;
        let began = self.clock.now();
        self.containerd().comment("samuelkarp", ISSUE, words);
        let mut poll = POLL;
        if is_delivered {
            self.deliver().await;
            poll = TimeDelta::zero();
        }
        let took = self.told_at(words, poll).await - began;
        self.all_said().await;
        took
    }
}

#[tokio::test]
async fn a_comment_is_told_within_two_seconds_of_its_webhook() {
    let scene = bridged(Transport::Http, "").await;
    scene.hook();
    scene.deliver().await;
    scene.rest().await;
    let begins = scene.takes("It begins a thread.", true).await;
    assert!(begins <= SOON, "{begins}");
    // Folded into the first, which is changed.
    let follows = scene.takes("It follows at once.", true).await;
    assert!(follows <= SOON, "{follows}");
    let first = scene.slack.calls_of("chat.update").into_iter();
    let folded = first.filter(|call| {
        let blocks = call.arguments["blocks"].to_string();
        blocks.contains("It begins a thread.") && blocks.contains("It follows at once.")
    });
    assert!(folded.count() >= 1);
    scene.pass(Duration::from_mins(10)).await;
    let later = scene.takes("It has a thread.", true).await;
    assert!(later <= SOON, "{later}");
    scene.end().await;
}

#[tokio::test]
async fn without_a_webhook_a_comment_is_told_within_a_poll_and_two_seconds() {
    let scene = bridged(Transport::Http, "").await;
    let begins = scene.takes("It begins a thread.", false).await;
    assert!(begins <= POLL + SOON, "{begins}");
    let follows = scene.takes("It follows.", false).await;
    assert!(follows <= POLL + SOON, "{follows}");
    scene.pass(Duration::from_mins(10)).await;
    scene.rest().await;
    let later = scene.takes("It has a thread.", false).await;
    assert!(later <= POLL + SOON, "{later}");
    scene.end().await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_puts_no_poll_off() {
    let scene = bridged(Transport::Http, "").await;
    scene.hook();
    scene.deliver().await;
    let back = scene.clock.now() - TimeDelta::hours(3);
    scene.clock.set(back);
    // Whoever waits for the next poll is woken by what GitHub tells, and works out anew when that is.
    scene.containerd().label(ISSUE, "kind/feature");
    scene.deliver().await;
    let mut known = scene.bot().known();
    let polled = known.wait_for(|known| known.synced_at == Some(back));
    let polled = tokio::time::timeout(Duration::from_secs(20), polled).await;
    drop(polled.expect("a poll").expect("the bot runs"));
    scene.end().await;
}

#[tokio::test]
async fn a_poll_in_which_nothing_changed_asks_for_no_more_with_a_bridge() {
    let mut asked = Vec::new();
    for bridge in ["both", "off"] {
        let mut scene = unstarted(Transport::Http, "").await;
        let setting = format!("bridge = \"{bridge}\"");
        scene.settings = scene.settings.replace("bridge = \"both\"", &setting);
        scene.start().await;
        scene.synced().await;
        scene
            .containerd()
            .comment("samuelkarp", ISSUE, "It is merged.");
        // The second one moves what is asked for past the comment.
        scene.poll().await;
        scene.poll().await;
        assert_eq!(scene.all_said().await.is_empty(), bridge == "off");
        scene.github.reset_log();
        let calls = scene.slack.calls().len();
        scene.poll().await;
        let requests = scene.github.requests().into_iter();
        let mut requests: Vec<String> = requests
            .map(|request| format!("{} {}", request.method, request.path))
            .collect();
        requests.sort_unstable();
        asked.push(requests);
        assert_eq!(scene.slack.calls().len(), calls, "Slack is asked nothing");
        scene.end().await;
    }
    assert!(!asked[0].is_empty());
    assert_eq!(asked[0], asked[1]);
}

/// A day of an issue.
async fn day(scene: &Scene, mut next: impl AsyncFnMut(&Scene, usize)) {
    let containerd = scene.containerd();
    let comment = containerd.comment("samuelkarp", ISSUE, "The CRI part is in review.");
    next(scene, 2).await;
    containerd.edit_comment(comment, "The CRI part is merged.");
    next(scene, 1).await;
    containerd.close(ISSUE, "completed");
    next(scene, 1).await;
    containerd.reopen(ISSUE);
    next(scene, 1).await;
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
        scene.hears_all(many).await;
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
