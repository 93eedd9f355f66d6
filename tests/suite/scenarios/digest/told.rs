//! What digests tell: everything that happened, each thing in just one of them, and nobody is pinged.

use super::{
    super::bridge::{ISSUE, words::is_quiet},
    MONDAYS, Scene, posting,
};

/// Words that anybody may write, and that would ping.
const LOUD: &str = "@everyone <!here> <!channel> @mikebrow <@U0123456789> &lt;!here&gt;";

impl Scene {
    /// The words of the digest that comes at a moment.
    pub(super) async fn digest_at(&self, moment: &str) -> String {
        self.it_is(moment).await;
        self.digest().await.words()
    }
}

/// In which of the digests some words stand, counted from one.
fn told_in(digests: &[String], words: &str) -> Vec<usize> {
    let told = (1..).zip(digests);
    let told = told.filter(|(_, digest)| digest.contains(words));
    told.map(|(nth, _)| nth).collect()
}

#[tokio::test]
async fn each_thing_that_happened_is_told_in_just_one() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    let containerd = scene.containerd();
    let mut told = vec![scene.digest_at("2026-07-13T08:00").await];

    scene.it_is("2026-07-14T10:00").await;
    scene.pushes("stage: alpha", "stage: beta");
    let pull = containerd.open_pull("author", "List streaming", "Part of #1");
    containerd.merge(pull);
    containerd.comment("samuelkarp", ISSUE, "The first half is in.");
    containerd.comment("stranger", ISSUE, "When does it ship?");
    scene.it_is("2026-07-15T10:00").await;
    told.push(scene.digest_at("2026-07-20T08:00").await);

    // It is restarted in between, and sees it all again.
    scene.is_back("2026-07-22T10:00").await;
    let again = containerd.open_pull("author", "The other half", "Part of #1");
    containerd.merge(again);
    containerd.comment("liaison", ISSUE, "Tests are next.");
    scene.it_is("2026-07-24T10:00").await;
    // What is said just before it may arrive just after it.
    scene.it_is("2026-07-27T07:57").await;
    containerd.comment("samuelkarp", ISSUE, "Wait for me.");
    told.push(scene.digest_at("2026-07-27T08:00").await);

    scene.it_is("2026-07-28T10:00").await;
    containerd.close(ISSUE, "completed");
    told.push(scene.digest_at("2026-08-03T08:00").await);
    told.push(scene.digest_at("2026-08-10T08:00").await);

    for (words, weeks) in [
        ("stage alpha → beta", &[2][..]),
        (&format!("#{pull}\n merged"), &[2]),
        ("The first half is in.", &[2]),
        ("When does it ship?", &[]),
        (&format!("#{again}\n merged"), &[3]),
        ("Tests are next.", &[3]),
        ("Wait for me.", &[4]),
        (&format!("#{ISSUE}\n closed"), &[4]),
        ("a quiet week", &[5]),
    ] {
        assert_eq!(told_in(&told, words), weeks, "{words}: {told:#?}");
    }
    scene.end().await;
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_told_hides_nothing() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.digest_at("2029-07-02T08:00").await;
    scene.is_back("2026-07-07T12:00").await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "The first half is in.");
    scene.it_is("2026-07-08T12:00").await;
    let words = scene.digest_at("2026-07-13T08:00").await;
    assert!(words.contains("The first half is in."), "{words}");
    scene.end().await;
}

#[tokio::test]
async fn nobody_is_pinged() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    let containerd = scene.containerd();
    scene.digest_at("2026-07-13T08:00").await;
    scene.pushes("title: CRI List Streaming", &format!("title: '{LOUD}'"));
    scene.it_is("2026-07-14T08:00").await;
    scene.pushes(
        "title: CRI List Streaming\nowning-sig: sig-node\nparticipating-sigs:\nstatus: implementable\nstage: alpha",
        &format!("title: '{LOUD}'\nowning-sig: sig-node\nparticipating-sigs:\nstatus: implementable\nstage: beta"),
    );
    containerd.comment("samuelkarp", ISSUE, &format!("Thanks {LOUD}!"));
    let pull = containerd.open_pull("author", LOUD, "Part of #1");
    containerd.merge(pull);
    scene.it_is("2026-07-15T08:00").await;
    let shown = scene.sam.types(&scene.sig_node, "/kep digest").await;
    assert!(shown.words().contains("Thanks"), "{}", shown.words());
    is_quiet(shown.said());
    scene.it_is("2026-07-20T08:00").await;
    let posted = scene.digest().await;
    assert!(posted.words().contains("Thanks"), "{}", posted.words());
    for said in std::iter::once(&posted.root).chain(&posted.replies) {
        is_quiet(said);
    }
    scene.end().await;
}
