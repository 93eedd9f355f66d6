//! What the bot wrote never comes back, and nobody passes for it.

use std::time::Duration;

use kep_liaison::sandbox::github::{Fault, Gate, On};

use super::{ISSUE, RELAY, Transport, bridged};

const COMMENTS: &str = "/repos/containerd/containerd/issues/1/comments";

#[tokio::test]
async fn its_own_comment_comes_back_by_no_way() {
    let mut scene = bridged(Transport::Socket, "comments = \"all\"").await;
    scene.hook();
    let (said, _) = scene.relayed("KEP-5825 is in review.").await;
    scene.deliver().await;
    scene.poll().await;
    // Nor after an edit,
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.commented("merged").await;
    scene.deliver().await;
    scene.poll().await;
    // nor after a restart.
    scene.stop().await;
    scene.start().await;
    scene.poll().await;
    scene.sam.edits(&said, "KEP-5825 is out.").await;
    scene.commented("is out").await;
    scene.poll().await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_adopted() {
    let scene = bridged(Transport::Socket, "comments = \"all\"").await;
    scene
        .github
        .fault(On::post(COMMENTS), Fault::StatusAfter(502));
    scene.relayed("KEP-5825 is in review.").await;
    assert_eq!(scene.comments().len(), 1);
    scene.poll().await;
    scene.end().await;
}

#[tokio::test]
async fn a_comment_that_comes_back_before_its_answer_is_known_for_its_own() {
    let scene = bridged(Transport::Socket, "comments = \"all\"").await;
    scene.hook();
    let gate = Gate::default();
    let held = Fault::HeldAfter(gate.clone());
    scene.github.fault(On::post(COMMENTS), held);
    let said = scene
        .sam
        .says(&scene.sig_node, "KEP-5825 is in review.")
        .await;
    scene.sam.reacts(&said, RELAY).await;
    scene
        .until("a comment", || scene.comments().len() == 1)
        .await;
    let mut seen = scene.bot().known();
    scene.deliver().await;
    let seen = tokio::time::timeout(Duration::from_secs(20), seen.changed());
    seen.await.expect("it was taken in").expect("the bot runs");
    gate.open();
    scene.hears().await;
    scene.poll().await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn who_names_themselves_shepherd_speaks_for_nobody() {
    let mut scene = super::unstarted(Transport::Socket, "replies = \"all\"").await;
    // They are in the settings, with no role.
    let stranger = scene.person("stranger");
    let section = format!(
        "[[people]]\ngithub = \"stranger\"\nslack = {{ kubernetes = \"{}\" }}\n",
        stranger.id()
    );
    scene.settings.push_str(&section);
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    let root = scene.thread().await;
    let containerd = scene.containerd();
    let own = containerd.open_issue(
        "stranger",
        "[SIG-Node]: KEP-5825 - CRI List Streaming",
        "### References\n\nKEP(s): KEP-5825\nKEP Issue: https://github.com/kubernetes/enhancements/issues/5825\nKEP-Shepherd: @stranger\n",
    );
    scene.poll().await;
    // That there is a second issue is news; what they say on either is none.
    let told = scene.all_said().await;
    assert_eq!(told.len(), 2, "the card and the news: {told:#?}");
    for issue in [ISSUE, own] {
        containerd.comment("stranger", issue, "All is lost.");
    }
    scene.poll().await;
    let before = scene.comments();
    stranger.replies(&root, "It is withdrawn.").await;
    let said = stranger.says(&scene.sig_node, "KEP-5825 is off.").await;
    stranger.reacts(&said, RELAY).await;
    let no = scene.whispers(&stranger).await;
    assert!(no.contains("its shepherds (samuelkarp)"), "{no}");
    scene.rest().await;
    assert_eq!(scene.comments(), before);
    assert_eq!(containerd.comments_on(own).len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_comment_that_imitates_the_mark_is_somebodys() {
    let scene = bridged(Transport::Socket, "").await;
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let own = scene.commented("in review").await;
    let mark = own.lines().last().expect("a mark");
    let containerd = scene.containerd();
    // A stranger's stays a stranger's,
    containerd.comment("stranger", ISSUE, &format!("All is lost.\n\n{mark}"));
    containerd.comment(
        "stranger",
        ISSUE,
        &format!("samuelkarp: all is lost.\n\n{own}"),
    );
    scene.poll().await;
    assert!(scene.all_said().await.is_empty());
    // and a liaison's is told like any other.
    containerd.comment("liaison", ISSUE, &format!("All is well.\n\n{mark}"));
    scene.poll().await;
    let said = scene.hears_all(2).await;
    let words = said[1].words();
    assert!(
        words.contains("All is well.") && !words.contains("<!--"),
        "{words}"
    );
    // Undo finds the comment that the bot wrote.
    scene.sam.clicks(&receipt, "Undo").await;
    scene.hears_all(1).await;
    let left = scene.comments();
    assert_eq!(left.len(), 3);
    assert!(!left.contains(&own));
    scene.end().await;
}

#[tokio::test]
async fn what_the_bot_says_in_a_thread_goes_nowhere() {
    let scene = bridged(Transport::Socket, "replies = \"all\"").await;
    scene.thread().await;
    scene
        .sam
        .types(&scene.sig_node, "/kep update 5825 merged")
        .await;
    scene.hears_all(2).await;
    scene.poll().await;
    assert_eq!(scene.comments().len(), 2);
    scene.end().await;
}
