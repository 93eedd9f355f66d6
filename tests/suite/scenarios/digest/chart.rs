//! The chart in a digest's first message, and digests that go without it.

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::sandbox::slack::{Fault, On, Said};
use serde_json::Value;

use super::{super::bridge::ISSUE, MONDAYS, Posted, Scene, at, posting};

const UPLOAD: &str = "files.getUploadURLExternal";
const SHARE: &str = "files.completeUploadExternal";

impl Scene {
    /// The digest of a Monday, which has something to tell.
    async fn tells_something(&self, monday: DateTime<Utc>) -> Posted {
        self.comes_to(monday - TimeDelta::days(1)).await;
        self.containerd()
            .comment("samuelkarp", ISSUE, "It goes on.");
        self.comes_to(monday - TimeDelta::hours(12)).await;
        self.comes_to(monday).await;
        self.digest().await
    }
}

/// A bot that has seen two weeks, before the third Monday.
async fn seasoned() -> Scene {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    for day in ["2026-07-08T12:00", "2026-07-12T12:00"] {
        scene.it_is(day).await;
    }
    scene.it_is("2026-07-13T08:00").await;
    scene.digest().await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.it_is("2026-07-16T12:00").await;
    scene
}

fn images(said: &Said) -> Vec<&Value> {
    let blocks = said.blocks.iter();
    blocks.filter(|block| block["type"] == "image").collect()
}

#[tokio::test]
async fn the_first_message_has_the_chart() {
    let scene = seasoned().await;
    scene.it_is("2026-07-20T08:00").await;
    let posted = scene.digest().await;
    let [image] = images(&posted.root)[..] else {
        panic!("{:#?}", posted.root.blocks);
    };
    let file = image["slack_file"]["id"].as_str().expect("a file");
    let bytes = scene.workspace.file(file).expect("Slack holds it");
    assert!(bytes.starts_with(b"\x89PNG"));
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    let alt = image["alt_text"].as_str().unwrap_or_default();
    assert!(alt.contains("alpha") && alt.len() > 40, "{alt}");
    assert!(posted.replies.iter().all(|reply| images(reply).is_empty()));
    scene.end().await;
}

#[tokio::test]
async fn without_the_scope_it_goes_without() {
    let scene = seasoned().await;
    scene.workspace.without_scope("files:write");
    scene.it_is("2026-07-20T08:00").await;
    let posted = scene.digest().await;
    assert!(images(&posted.root).is_empty());
    assert!(posted.words().contains("stage alpha → beta"));
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn an_upload_that_fails_once_is_made_again() {
    let scene = seasoned().await;
    let mut monday = at("2026-07-20T08:00");
    for (on, fault) in [
        (On::method(UPLOAD), Fault::Status(503)),
        (On::method(UPLOAD), Fault::TooManyRequests(3)),
        (On::upload(), Fault::Status(500)),
        (On::upload(), Fault::Drop),
        (On::method(SHARE), Fault::StatusAfter(500)),
    ] {
        scene.slack.fault(on, fault.clone());
        let posted = scene.tells_something(monday).await;
        assert_eq!(images(&posted.root).len(), 1, "{fault:?}");
        monday += TimeDelta::weeks(1);
    }
    scene.end().await;
}

#[tokio::test]
async fn after_a_few_tries_it_goes_without() {
    let scene = seasoned().await;
    let mut monday = at("2026-07-20T08:00");
    for on in [On::method(UPLOAD), On::upload(), On::method(SHARE)] {
        let before = scene.slack.calls_of(UPLOAD).len();
        scene.slack.fault(on.every(1), Fault::Status(500));
        let posted = scene.tells_something(monday).await;
        assert!(images(&posted.root).is_empty());
        let tries = scene.slack.calls_of(UPLOAD).len() - before;
        assert!((2..=5).contains(&tries), "{tries} tries");
        scene.slack.clear_faults();
        monday += TimeDelta::weeks(1);
    }
    let posted = scene.tells_something(monday).await;
    assert_eq!(images(&posted.root).len(), 1);
    scene.end().await;
}
