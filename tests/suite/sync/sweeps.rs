//! What asking for news cannot see, a sweep finds.

use super::world::{World, told};

#[tokio::test]
async fn a_deleted_comment_is_found_by_a_sweep() {
    let world = World::with_keps(3).await;
    world.settle().await;
    world.pass(60);
    let first = world.containerd.comment("mikebrow", 2, "Merged.");
    world.containerd.comment("mikebrow", 2, "It ships.");
    world.sync_well().await;
    assert_eq!(world.store_comments(2).await, ["Merged.", "It ships."]);
    world.pass(60);
    world.containerd.delete_comment(first);
    world.sweep_well().await;
    assert_eq!(world.store_comments(2).await, ["It ships."]);
}

#[tokio::test]
async fn what_was_deleted_at_a_linked_pull_request_is_found_by_a_sweep() {
    let world = World::with_keps(3).await;
    let pull = |body| world.containerd.open_pull("author1", "Streaming", body);
    let (linked, silent) = (pull("Part of #2"), pull("Part of #2"));
    world.settle().await;
    world.pass(60);
    let say = |text| world.containerd.comment("mikebrow", linked, text);
    let (first, _) = (say("Oops."), say("Why?"));
    let say = |text| {
        world
            .containerd
            .review_comment("mikebrow", linked, "a.go", text)
    };
    let (second, _) = (say("Oops here."), say("Why so?"));
    world.settle().await;
    let all = ["Oops.", "Why?", "Oops here.", "Why so?"];
    assert_eq!(world.store_comments(linked).await, all);
    world.sweep_well().await;
    world.pass(60);
    world.containerd.delete_comment(first);
    world.containerd.delete_review_comment(second);
    world.sweep_well().await;
    assert_eq!(world.store_comments(linked).await, ["Why?", "Why so?"]);
    // One list of each kind, where there is something of it, and only if that is new.
    let before = world.github.counts();
    world.sweep_well().await;
    let after = world.github.counts();
    assert_eq!(after.bytes, before.bytes);
    assert_eq!(after.requests - before.requests, 3 + 2 + 1);
    assert_eq!(world.store_comments(silent).await, [""; 0]);
    // GitHub itself may take one away.
    world.containerd.delete_issue(linked);
    world.sweep_well().await;
    assert_eq!(world.store_comments(linked).await, [""; 0]);
}

#[tokio::test]
async fn a_comment_that_was_written_and_deleted_between_two_sweeps_is_found() {
    let world = World::with_keps(3).await;
    world.settle().await;
    world.pass(60);
    world.containerd.comment("mikebrow", 2, "Merged.");
    world.sync_well().await;
    world.sweep_well().await;
    world.pass(60);
    let second = world.containerd.comment("mikebrow", 2, "Oops.");
    world.sync_well().await;
    assert_eq!(world.store_comments(2).await, ["Merged.", "Oops."]);
    world.pass(60);
    world.containerd.delete_comment(second);
    world.sweep_well().await;
    assert_eq!(world.store_comments(2).await, ["Merged."]);
}

#[tokio::test]
async fn a_comment_that_a_list_does_not_show_stays_until_that_is_certain() {
    use kep_liaison::sandbox::github::{Fault, On};
    let world = World::with_keps(3).await;
    world.settle().await;
    world.pass(60);
    let first = world.containerd.comment("mikebrow", 2, "Merged.");
    world.sync_well().await;
    world.containerd.delete_comment(first);
    let path = format!("/repos/containerd/containerd/issues/comments/{first}");
    world
        .model
        .fault(On::get(&path).every(1), Fault::Status(503));
    assert!(world.sweep().await.failed);
    assert_eq!(world.store_comments(2).await, ["Merged."]);
    world.model.clear_faults();
    world.sweep_well().await;
    assert_eq!(world.store_comments(2).await, [""; 0]);
}

#[tokio::test]
async fn a_comment_whose_issue_leaves_while_it_is_looked_for_was_not_deleted() {
    use kep_liaison::{
        ports::Outbox as _,
        sandbox::github::{Fault, Gate, On},
    };
    let world = World::with_keps(3).await;
    world.settle().await;
    world.pass(60);
    let first = world.containerd.comment("mikebrow", 2, "Merged.");
    world.sync_well().await;
    world.containerd.delete_comment(first);
    let gate = Gate::default();
    let comments = On::get("/repos/containerd/containerd/issues/2/comments");
    world.model.fault(comments, Fault::HeldAfter(gate.clone()));
    let leave = async {
        gate.arrived(1).await;
        let elsewhere = world.model.repository("containerd/project");
        world.containerd.transfer(2, &elsewhere);
        gate.open();
    };
    let (report, ()) = tokio::join!(world.sweep_well(), leave);
    assert_eq!(told(&report.changed), ["KEP-2 #2 IssueGone"]);
    let news = world.store.untold_comments(9).await;
    assert_eq!(news.expect("a store"), []);
}

#[tokio::test]
async fn an_issue_that_was_moved_or_deleted_is_told_once() {
    let world = World::with_keps(4).await;
    world.settle().await;
    world.pass(60);
    let elsewhere = world.model.repository("containerd/project");
    world.containerd.transfer(1, &elsewhere);
    world.containerd.delete_issue(2);
    world.containerd.convert_to_discussion(3);
    let report = world.sweep_well().await;
    assert_eq!(
        told(&report.changed),
        [
            "KEP-1 #1 IssueGone",
            "KEP-2 #2 IssueGone",
            "KEP-3 #3 IssueGone"
        ]
    );
    let problems: Vec<String> = world
        .board()
        .await
        .problems()
        .iter()
        .map(|(place, why)| format!("{place} {why}"))
        .collect();
    assert!(
        problems[0].starts_with("containerd/containerd#1 was moved to http"),
        "{problems:?}"
    );
    assert_eq!(problems[1], "containerd/containerd#2 was deleted");
    assert_eq!(world.sweep_well().await.changed, []);
}

#[tokio::test]
async fn a_sweep_of_nothing_brings_nothing() {
    let world = World::with_keps(4).await;
    world.settle().await;
    world.pass(60);
    world.containerd.comment("mikebrow", 2, "Merged.");
    world.sync_well().await;
    world.sweep_well().await;
    let before = world.github.counts();
    world.sweep_well().await;
    let after = world.github.counts();
    assert_eq!(after.bytes, before.bytes);
    // Each issue, the comments of one, the labels.
    assert_eq!(after.requests - before.requests, 4 + 1 + 1);
}

#[tokio::test]
async fn a_milestone_that_is_closed_shows_without_touching_its_issues() {
    use kep_liaison::sandbox::github::Openness;
    let world = World::with_keps(2).await;
    let milestone = world.containerd.milestone("2.4", None, Openness::Open);
    world.containerd.set_milestone(1, Some(milestone));
    world.settle().await;
    world.pass(60);
    world.containerd.open_milestone(milestone, Openness::Closed);
    world.sync_well().await;
    let board = world.board().await;
    let tracking = board.entries()[0].issues().next().expect("an issue");
    let milestone = tracking.issue.milestone.as_ref().expect("a milestone");
    assert!(!milestone.open);
}
