//! What was given up is tried again after the world has gone on: the latest words are written, and
//! nothing newer is undone.

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{self, On as OnGitHub},
    slack::Said,
};
use sqlx::Connection as _;

use super::{ISSUE, RELAY, Scene, Transport, admins::looked_after};

const RETRY: &str = "/kep outbox retry all";

impl Scene {
    /// A message of Sam's that was to stand on the tracking issue, which is locked.
    async fn given_up(&self, text: &str) -> Said {
        self.containerd().lock(ISSUE, None);
        let said = self.sam.says(&self.sig_node, text).await;
        self.sam.reacts(&said, RELAY).await;
        let why = self.whispers(&self.sam).await;
        assert!(why.contains("is not on"), "{why}");
        self.rest().await;
        self.containerd().unlock(ISSUE);
        said
    }

    /// A message of Sam's that is to stand on the tracking issue, while GitHub takes nothing.
    async fn waits_for_github(&self, text: &str) -> Said {
        let unavailable = OnGitHub::post("/repos/containerd").every(1);
        self.github.fault(unavailable, github::Fault::Status(503));
        let said = self.sam.says(&self.sig_node, text).await;
        self.sam.reacts(&said, RELAY).await;
        let tried = || self.github.requests().iter().any(|it| it.method == "POST");
        self.until("a try", tried).await;
        said
    }

    async fn types(&self, line: &str) -> String {
        let shown = self.sam.types(&self.sig_node, line).await;
        shown.words()
    }

    /// What came of each write to the forge.
    async fn on_record(&self) -> Vec<String> {
        let mut store = self.store().await;
        let written = "SELECT what || ': ' || outcome FROM records ORDER BY id";
        let written = sqlx::query_scalar(written).fetch_all(&mut store).await;
        store.close().await.expect("an end");
        written.expect("the record")
    }
}

#[tokio::test]
async fn a_comment_that_is_tried_again_has_the_latest_words() {
    let scene = looked_after(Transport::Socket).await;
    let said = scene.given_up("KEP-5825 is in reveiw.").await;
    scene.github.reset_log();
    scene.sam.edits(&said, "KEP-5825 is in review.").await;
    scene.rest().await;
    assert_eq!(scene.types(RETRY).await, "1 thing is tried again.");
    scene.commented("in review.").await;
    scene.hears().await;
    scene.rest().await;
    let requests = scene.github.requests();
    assert!(requests.iter().all(|request| request.method != "PATCH"));
    // What stands there is known: it follows an edit, also one that takes the former back.
    scene.sam.edits(&said, "KEP-5825 is in reveiw.").await;
    scene.commented("in reveiw.").await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn an_edit_that_waited_behind_a_comment_that_was_given_up_is_not_lost() {
    let scene = looked_after(Transport::Socket).await;
    let said = scene.waits_for_github("KEP-5825 is in reveiw.").await;
    scene.sam.edits(&said, "KEP-5825 is in review.").await;
    scene.rest().await;
    scene.github.clear_faults();
    scene.containerd().lock(ISSUE, None);
    scene.pass(Duration::from_mins(11)).await;
    let why = scene.whispers(&scene.sam).await;
    assert!(why.contains("is not on"), "{why}");
    scene.rest().await;
    scene.containerd().unlock(ISSUE);
    assert_eq!(scene.types(RETRY).await, "1 thing is tried again.");
    scene.commented("in review.").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn a_comment_whose_message_was_deleted_is_not_written_after_all() {
    let scene = looked_after(Transport::Socket).await;
    let said = scene.given_up("KEP-5825 is in reveiw.").await;
    scene.sam.deletes(&said).await;
    scene.rest().await;
    assert_eq!(scene.types(RETRY).await, "1 thing is tried again.");
    scene.rest().await;
    assert!(scene.comments().is_empty());
    let shown = scene.types("/kep outbox").await;
    assert!(shown.contains("Nothing was given up."), "{shown}");
    let [_, withdrawn] = &scene.on_record().await[..] else {
        panic!("{:?}", scene.on_record().await);
    };
    assert_eq!(withdrawn, "comment: was deleted where it was said");
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn an_edit_that_is_tried_again_undoes_no_newer_one() {
    let scene = looked_after(Transport::Socket).await;
    let (said, _) = scene.relayed("KEP-5825 is in reveiw.").await;
    let invalid = OnGitHub::patch("/repos/containerd");
    scene.github.fault(invalid, github::Fault::Status(422));
    scene.sam.edits(&said, "KEP-5825 is in review.").await;
    scene.rest().await;
    let shown = scene.types("/kep outbox").await;
    assert!(!shown.contains("superseded"), "{shown}");
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.commented("is merged.").await;
    scene.rest().await;
    let shown = scene.types("/kep outbox").await;
    assert!(
        shown.contains("; it is superseded, so tried again it is dropped"),
        "{shown}"
    );
    assert_eq!(scene.types(RETRY).await, "1 thing is tried again.");
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1);
    scene.commented("is merged.").await;
    let shown = scene.types("/kep outbox").await;
    assert!(shown.contains("Nothing was given up."), "{shown}");
    let record = scene.on_record().await;
    let last = record.last().map(String::as_str);
    assert_eq!(last, Some("edit-comment: superseded by a later edit"));
    // What stands there is known all the same.
    scene.sam.edits(&said, "KEP-5825 is in review.").await;
    scene.commented("in review.").await;
    scene.end().await;
}

#[tokio::test]
async fn an_edit_that_is_tried_again_brings_nothing_back() {
    let scene = looked_after(Transport::Socket).await;
    let (said, receipt) = scene.relayed("KEP-5825 is in reveiw.").await;
    let invalid = OnGitHub::patch("/repos/containerd");
    scene.github.fault(invalid, github::Fault::Status(422));
    scene.sam.edits(&said, "KEP-5825 is in review.").await;
    scene.rest().await;
    scene.sam.clicks(&receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    scene.all_said().await;
    let shown = scene.types("/kep outbox").await;
    assert!(shown.contains("it is superseded"), "{shown}");
    scene.types(RETRY).await;
    scene.rest().await;
    assert!(scene.comments().is_empty());
    let record = scene.on_record().await;
    let last = record.last().map(String::as_str);
    assert_eq!(last, Some("edit-comment: was not there"));
    scene.end().await;
}

#[tokio::test]
async fn what_was_deleted_while_it_waited_behind_another_is_not_written() {
    let scene = looked_after(Transport::Socket).await;
    scene.waits_for_github("KEP-5825 is merged.").await;
    let second = scene.sam.says(&scene.sig_node, "KEP-5825 is a mess.").await;
    scene.sam.reacts(&second, RELAY).await;
    scene.rest().await;
    scene.pass(Duration::from_secs(20)).await;
    scene.sam.deletes(&second).await;
    scene.rest().await;
    scene.github.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    scene.commented("is merged").await;
    scene.rest().await;
    scene.hears().await;
    let comments = scene.comments();
    assert!(
        !comments.iter().any(|comment| comment.contains("mess")),
        "{comments:#?}"
    );
    // It has asked for a message that is there no more.
    assert!(!scene.slack.take_violations().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn what_waits_does_not_leave_a_channel_that_was_closed_off() {
    let mut scene = looked_after(Transport::Socket).await;
    scene.waits_for_github("KEP-5825 is merged.").await;
    scene.stop().await;
    let closed = scene
        .settings
        .replace("bridge = \"both\"", "bridge = \"to-slack\"");
    assert_ne!(scene.settings, closed);
    scene.settings = closed;
    scene.github.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    scene.start().await;
    scene.rest().await;
    assert!(scene.comments().is_empty());
    let record = scene.on_record().await;
    let last = record.last().map(String::as_str);
    assert_eq!(
        last,
        Some("comment: was said where nothing goes from any more")
    );
    scene.end().await;
}
