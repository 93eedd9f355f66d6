//! What breaks between posting and its record: the digest stands there once.

use std::fs;

use kep_liaison::sandbox::slack::{Fault, Gate, On};
use tempfile::TempDir;

use super::{MONDAYS, Scene, posting};

const POST: &str = "chat.postMessage";

impl Scene {
    /// The bot breaks off as it is, and what its disk holds at that moment is left for its next life.
    async fn breaks_off(&mut self, gate: &Gate) {
        let left = TempDir::new().expect("a folder");
        for name in ["store.db", "store.db-wal"] {
            let from = self.folder.path().join(name);
            if from.exists() {
                fs::copy(from, left.path().join(name)).expect("a copy");
            }
        }
        let (was, is) = (self.folder.path().display(), left.path().display());
        self.settings = self.settings.replace(&was.to_string(), &is.to_string());
        // What the former one still does is lost with its disk.
        let bot = self.bot.take().expect("the bot runs");
        tokio::join!(bot.stop(), async {
            tokio::task::yield_now().await;
            gate.open();
        });
        self.folder = left;
    }

    fn roots(&self) -> usize {
        let said = self.sig_node.messages().into_iter();
        said.filter(|said| said.is_app && said.thread.is_none())
            .count()
    }
}

#[tokio::test]
async fn slack_answers_500_after_posting() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.slack.fault(On::method(POST), Fault::StatusAfter(500));
    scene.it_is("2026-07-13T08:00").await;
    scene.digest().await;
    scene.it_is("2026-07-13T09:00").await;
    assert_eq!(scene.roots(), 1);
    scene.end().await;
}

#[tokio::test]
async fn it_is_restarted_after_slack_answered_500() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.slack.fault(On::method(POST), Fault::StatusAfter(500));
    scene.pause().await;
    scene.clock.set(super::at("2026-07-13T08:00"));
    let posted = || !scene.slack.calls_of(POST).is_empty();
    scene.until("a try", posted).await;
    scene.is_back("2026-07-13T08:05").await;
    scene.digest().await;
    scene.it_is("2026-07-13T09:30").await;
    assert_eq!(scene.roots(), 1);
    scene.end().await;
}

#[tokio::test]
async fn it_breaks_off_between_post_and_record() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    let gate = Gate::default();
    scene
        .slack
        .fault(On::method(POST), Fault::HeldAfter(gate.clone()));
    scene.pause().await;
    scene.clock.set(super::at("2026-07-13T08:00"));
    gate.arrived(1).await;
    assert_eq!(scene.roots(), 1);
    scene.breaks_off(&gate).await;
    scene.sig_node.look_at_all();
    let replies = scene.sig_node.messages().len() - 1;
    assert_eq!(replies, 0, "its next life has to write what is below it");
    scene.is_back("2026-07-13T08:20").await;
    // What is below it follows.
    scene.rest().await;
    let said = scene.all_said().await;
    let root = &scene.sig_node.messages()[0];
    assert!(!said.is_empty());
    assert!(
        said.iter()
            .all(|said| said.thread.as_deref() == Some(&*root.ts))
    );
    scene.it_is("2026-07-13T09:30").await;
    assert_eq!(scene.roots(), 1);
    scene.end().await;
}

#[tokio::test]
async fn it_breaks_off_before_the_post() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    let gate = Gate::default();
    // Held before anything is done, and then refused.
    scene
        .slack
        .fault(On::method("chat.postMessage"), Fault::Held(gate.clone()));
    scene.pause().await;
    scene.clock.set(super::at("2026-07-13T08:00"));
    gate.arrived(1).await;
    assert_eq!(scene.roots(), 0);
    // What the former one wrote reaches Slack late, and is found by the next one.
    scene.breaks_off(&gate).await;
    scene.is_back("2026-07-13T08:20").await;
    scene.digest().await;
    scene.it_is("2026-07-13T09:30").await;
    assert_eq!(scene.roots(), 1);
    scene.end().await;
}
