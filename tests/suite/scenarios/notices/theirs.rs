//! Whose KEP it is: its shepherds, the liaisons that an issue names, and who follows it. What they hear of
//! what becomes of it.

use std::time::Duration;

use kep_liaison::sandbox::slack::Person;

use super::{begin, begun, shown};
use crate::scenarios::{
    Scene, Transport,
    bridge::{ISSUE, unstarted},
};

impl Scene {
    /// What one person is told by themselves, where others are told as well.
    async fn told_among_others(&self, person: &Person) -> Vec<String> {
        self.rest().await;
        let direct = person.direct();
        let said = self.workspace.unseen();
        let theirs = said.iter().filter(|it| it.channel == direct.id());
        let theirs = theirs
            .map(|it| it.words().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        direct.look_at_all();
        theirs
    }
}

#[tokio::test]
async fn the_liaison_of_an_issue_hears_what_its_shepherds_hear() {
    let scene = begun().await;
    let liaison = scene.person("liaison");
    scene.rewrites("KEP-Shepherd", "SIG-Node liaison: @liaison\nKEP-Shepherd");
    scene.poll().await;
    scene.told_among_others(&liaison).await;
    scene.pass(Duration::from_mins(5)).await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    for person in [&liaison, &scene.sam] {
        let told = scene.told_among_others(person).await;
        assert!(
            matches!(&told[..], [one] if one.contains("stage alpha → beta")),
            "{told:#?}"
        );
    }
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn a_placeholder_is_no_milestone_any_more() {
    let scene = begun().await;
    scene.pushes("latest-milestone: \"v1.36\"", "latest-milestone: \"v1.37\"");
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.pushes("latest-milestone: \"v1.36\"", "latest-milestone: \"0.0\"");
    scene.poll().await;
    let told = scene.told_among_others(&scene.sam).await;
    assert!(
        matches!(&told[..], [one] if one.contains("latest milestone v1.37 → 0.0")),
        "{told:#?}"
    );
    scene.sig_node.look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn who_heard_that_an_issue_is_closed_hears_that_it_is_not() {
    for by_webhook in [true, false] {
        let scene = begun().await;
        for (doer, what) in [
            ("mikebrow", "closed by mikebrow"),
            ("author", "opened again by author"),
        ] {
            scene.pass(Duration::from_mins(5)).await;
            let containerd = scene.containerd().acting_as(doer);
            if doer == "mikebrow" {
                containerd.close(ISSUE, "completed");
            } else {
                containerd.reopen(ISSUE);
            }
            scene.learns(by_webhook).await;
            let told = scene.told_among_others(&scene.sam).await;
            assert!(
                matches!(&told[..], [one] if one.contains(what)),
                "{what}: {told:#?}"
            );
        }
        // Whose doing it is knows it.
        scene.pass(Duration::from_mins(5)).await;
        let containerd = scene.containerd().acting_as("samuelkarp");
        containerd.close(ISSUE, "completed");
        scene.learns(by_webhook).await;
        scene.pass(Duration::from_mins(5)).await;
        containerd.reopen(ISSUE);
        scene.learns(by_webhook).await;
        let told = scene.told_among_others(&scene.sam).await;
        assert!(told.is_empty(), "{told:#?}");
        scene.sig_node.look_at_all();
        scene.end().await;
    }
}

#[tokio::test]
async fn who_follows_keps_hears_of_a_freeze_in_one_message() {
    let scene = begun().await;
    let stranger = scene.person("stranger");
    scene.pushes("latest-milestone: \"v1.36\"", "latest-milestone: \"v1.37\"");
    scene.poll().await;
    for kep in [5825, 4680] {
        let typed = format!("/kep follow {kep}");
        stranger.types(&scene.sig_node, &typed).await;
    }
    scene.sig_node.look_at_all();
    scene.pass(Duration::from_hours(9 * 24 + 4)).await;
    scene.poll().await;
    scene.rest().await;
    let direct = stranger.direct();
    let told: Vec<_> = direct.messages().iter().map(shown).collect();
    insta::assert_snapshot!(told.join("\n---\n"));
    direct.look_at_all();
    for person in [&scene.sam, &scene.person("shepherd")] {
        let told = scene.told_among_others(person).await;
        assert!(
            matches!(&told[..], [one] if one.contains("is not ready for the Code Freeze")),
            "{told:#?}"
        );
    }
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn who_answered_from_a_message_takes_it_back() {
    let mut scene = unstarted(Transport::Socket, "").await;
    let stranger = scene.person("stranger");
    let section = format!(
        "[[people]]\ngithub = \"stranger\"\nslack = {{ kubernetes = \"{}\" }}\n",
        stranger.id()
    );
    scene.settings.push_str(&section);
    let scene = begin(scene).await;
    scene.comments_on_it("author", "@stranger, is it so?").await;
    let told = scene.told_once(&stranger).await;
    stranger.clicks(&told, "Reply").await;
    let dialog = scene.dialog_of(&stranger).await;
    stranger.submits(&dialog, &[("text", "It si.")]).await;
    let comments = || scene.containerd().comments_on(ISSUE).len();
    scene.until("an answer", || comments() == 2).await;
    let receipt = scene.told_once(&stranger).await;
    stranger.clicks(&receipt, "Undo").await;
    scene.until("none", || comments() == 1).await;
    scene.rest().await;
    stranger.direct().look_at_all();
    scene.end().await;
}
