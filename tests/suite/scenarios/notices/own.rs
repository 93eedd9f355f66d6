//! Nobody is told of their own doing: a webhook says who did it, and where none came GitHub is asked.

use std::time::Duration;

use kep_liaison::sandbox::slack::Said;

use super::begun;
use crate::scenarios::{Scene, bridge::ISSUE};

impl Scene {
    /// The bot hears of what was done, by a webhook or by a poll alone.
    pub(super) async fn learns(&self, by_webhook: bool) {
        if by_webhook {
            self.deliver().await;
        } else {
            self.github.take_deliveries();
        }
        self.poll().await;
    }
}

#[tokio::test]
async fn who_assigns_themselves_is_not_told() {
    for by_webhook in [true, false] {
        let scene = begun().await;
        let containerd = scene.containerd();
        let shepherd = scene.person("shepherd");
        // Where the form names a shepherd, who is assigned is none.
        scene.rewrites("@samuelkarp", "");
        scene.poll().await;
        scene.told_once(&scene.sam).await;
        scene.github.take_deliveries();
        scene.pass(Duration::from_mins(5)).await;
        containerd.acting_as("shepherd").assign(ISSUE, "shepherd");
        scene.learns(by_webhook).await;
        scene.nobody_is_told().await;
        scene.pass(Duration::from_mins(5)).await;
        containerd.acting_as("shepherd").unassign(ISSUE, "shepherd");
        scene.learns(by_webhook).await;
        scene.nobody_is_told().await;
        scene.pass(Duration::from_mins(5)).await;
        containerd.acting_as("author").assign(ISSUE, "shepherd");
        scene.learns(by_webhook).await;
        let told = scene.told_once(&shepherd).await;
        assert!(told.words().contains("You shepherd"), "{}", told.words());
        scene.end().await;
    }
}

#[tokio::test]
async fn who_shepherds_an_issue_that_is_gone_is_told() {
    let scene = begun().await;
    scene.containerd().delete_issue(ISSUE);
    scene.learns(true).await;
    let direct = scene.sam.direct();
    let said = scene.all_said().await;
    let told: Vec<String> = said
        .iter()
        .filter(|said| said.channel == direct.id())
        .map(Said::words)
        .collect();
    assert!(
        matches!(&told[..], [one] if one.contains("gone")),
        "{told:#?}"
    );
    direct.look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn who_closes_an_issue_is_not_told() {
    for by_webhook in [true, false] {
        for (doer, is_told) in [("samuelkarp", false), ("mikebrow", true)] {
            let scene = begun().await;
            scene.containerd().acting_as(doer).close(ISSUE, "completed");
            scene.learns(by_webhook).await;
            let said = scene.all_said().await;
            let direct = scene.sam.direct();
            let told = said.iter().any(|said| said.channel == direct.id());
            assert_eq!(told, is_told, "{doer}, by a webhook: {by_webhook}");
            direct.look_at_all();
            scene.end().await;
        }
    }
}

#[tokio::test]
async fn who_writes_their_own_name_into_the_issue_is_not_told() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    let containerd = scene.containerd();
    let body = containerd.issue(ISSUE)["body"]
        .as_str()
        .expect("a body")
        .to_owned();
    let new = body.replace("@samuelkarp", "@samuelkarp, @shepherd");
    containerd.acting_as("shepherd").edit_body(ISSUE, &new);
    scene.learns(true).await;
    scene.nobody_is_told().await;
    // Who edited a text only a webhook tells.
    containerd.acting_as("author").edit_body(ISSUE, &body);
    scene.learns(true).await;
    let told = scene.told_once(&shepherd).await;
    assert!(
        told.words().contains("You do not shepherd"),
        "{}",
        told.words()
    );
    scene.end().await;
}

#[tokio::test]
async fn what_somebody_did_before_made_no_other_change() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    // The form names another, so who is assigned is no shepherd.
    scene
        .containerd()
        .acting_as("shepherd")
        .assign(ISSUE, "shepherd");
    scene.learns(false).await;
    scene.nobody_is_told().await;
    scene.rewrites("@samuelkarp", "@samuelkarp, @shepherd");
    scene.learns(false).await;
    let told = scene.told_once(&shepherd).await;
    assert!(told.words().contains("You shepherd"), "{}", told.words());
    scene.end().await;
}

#[tokio::test]
async fn an_edit_that_comes_late_is_not_another_s() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    let containerd = scene.containerd();
    scene.rewrites("@samuelkarp", "@samuelkarp, @shepherd");
    scene.clock.advance(Duration::from_secs(1));
    let body = containerd.issue(ISSUE)["body"]
        .as_str()
        .expect("a body")
        .to_owned();
    containerd
        .acting_as("shepherd")
        .edit_body(ISSUE, &format!("{body}\nA line more."));
    // What the shepherd edited comes first, and shows what the other did before.
    scene.deliver_backwards().await;
    scene.poll().await;
    let told = scene.told_once(&shepherd).await;
    assert!(told.words().contains("You shepherd"), "{}", told.words());
    scene.end().await;
}
