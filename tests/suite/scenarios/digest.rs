//! Digests: when they come, what they tell, what stands in them and below them.

mod asked;
mod chart;
mod due;
mod long;
mod lost;
mod told;

use std::time::Duration;

use chrono::{DateTime, Utc};
use kep_liaison::{ports::Clock as _, sandbox::slack::Said};

use super::{Scene, Transport, bridge::unstarted};

/// Mondays at eight in UTC. The sixth of July is one.
const MONDAYS: &str = r#"schedule = "0 8 * * Mon", timezone = "UTC""#;

/// A bot that posts digests to `#sig-node` by a plan and bridges nothing, before it is started.
pub(super) async fn planned(plan: &str) -> Scene {
    let digest = format!("digest = {{ {plan} }}");
    let mut scene = unstarted(Transport::Http, &digest).await;
    let settings = scene.settings.replace(r#"bridge = "both""#, "");
    assert_ne!(settings, scene.settings);
    scene.settings = settings;
    scene
}

/// The same bot, which has taken in what there is at a moment.
async fn posting(now: &str, plan: &str) -> Scene {
    let mut scene = planned(plan).await;
    scene.clock.set(at(now));
    scene.begins().await;
    scene
}

/// `2026-07-06T12:00`, in UTC.
pub(super) fn at(moment: &str) -> DateTime<Utc> {
    format!("{moment}:00Z").parse().expect("a moment")
}

/// A digest as it stands in the channel.
struct Posted {
    root: Said,
    replies: Vec<Said>,
}

impl Posted {
    /// All that one reads in it, message by message.
    fn words(&self) -> String {
        let all = std::iter::once(&self.root).chain(&self.replies);
        all.map(Said::words).collect::<Vec<_>>().join("\n\n")
    }
}

impl Scene {
    /// Starts the bot, which has taken in what there is when this returns.
    pub(super) async fn begins(&mut self) {
        self.start().await;
        self.knows(self.clock.now()).await;
    }

    /// Starts the bot again at a later moment.
    pub(super) async fn is_back(&mut self, moment: &str) {
        self.stop().await;
        self.clock.set(at(moment));
        self.begins().await;
    }

    /// The clock comes to a moment, and all that comes of it is done.
    pub(super) async fn it_is(&self, moment: &str) {
        self.comes_to(at(moment)).await;
    }

    async fn comes_to(&self, moment: DateTime<Utc>) {
        self.rest().await;
        self.pause().await;
        self.clock.set(moment);
        self.knows(moment).await;
    }

    /// Waits until what there is at a moment is known, and all that comes of it is done.
    async fn knows(&self, moment: DateTime<Utc>) {
        let mut known = self.bot().known();
        for _ in 0..5 {
            let synced = known.wait_for(|known| known.synced_at >= Some(moment));
            if tokio::time::timeout(Duration::from_secs(4), synced)
                .await
                .is_ok()
            {
                return self.rest().await;
            }
            // A poll that was under way moves the next one back.
            self.next_poll().await;
        }
        panic!("no sync goes through");
    }

    /// The one digest that nobody has looked at.
    async fn digest(&self) -> Posted {
        let unseen = || !self.workspace.unseen().is_empty();
        self.until("a digest", unseen).await;
        let mut said = self.all_said().await;
        let words: Vec<String> = said.iter().map(Said::words).collect();
        let root = said.remove(0);
        assert_eq!(root.channel, self.sig_node.id());
        assert_eq!(root.thread, None, "{words:#?}");
        for reply in &said {
            assert_eq!(reply.thread.as_deref(), Some(&*root.ts), "{words:#?}");
            assert!(!reply.is_broadcast, "{words:#?}");
        }
        Posted {
            root,
            replies: said,
        }
    }

    /// Nothing came of it.
    fn is_quiet(&self, when: &str) {
        let unseen = self.workspace.unseen();
        let words: Vec<String> = unseen.iter().map(Said::words).collect();
        assert!(words.is_empty(), "{when}: {words:#?}");
    }
}
