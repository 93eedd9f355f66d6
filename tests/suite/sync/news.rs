//! What a sync tells, and what it keeps to itself.

use kep_liaison::sandbox::github::{Fault, On};

use super::world::{World, kep_path, kep_yaml, told};

#[tokio::test]
async fn the_first_sync_is_quiet_and_the_second_tells() {
    let world = World::with_keps(3).await;
    let (first, _) = world.sync_well().await;
    assert_eq!(first.changed, []);
    assert_eq!(world.board().await.entries().len(), 3);
    world.pass(60);
    world
        .enhancements
        .push(&[(&kep_path(2), &kep_yaml(2, "beta"))]);
    world.containerd.label(1, "target/kubernetes/v1.38");
    let (second, _) = world.sync_well().await;
    assert_eq!(
        told(&second.changed),
        [
            "KEP-1 #1 Labels([target/kubernetes/v1.38], [])",
            "KEP-2 Stage((alpha), (beta))",
        ]
    );
    let (third, _) = world.sync_well().await;
    assert_eq!(third.changed, []);
}

/// A world with an issue that tracks nothing yet, and a pull request that names it.
async fn named_early() -> (World, u64, u64) {
    let world = World::with_keps(3).await;
    let plain = world
        .containerd
        .open_issue("author1", "Please help", "Nothing yet.");
    let body = format!("Part of #{plain}");
    let pull = world.containerd.open_pull("author1", "Work", &body);
    world.settle().await;
    world.pass(60);
    (world, plain, pull)
}

#[tokio::test]
async fn a_pull_request_that_named_an_issue_before_it_tracked_a_kep_is_found() {
    let (world, plain, pull) = named_early().await;
    world
        .containerd
        .edit_title(plain, "[SIG-Node]: KEP-9 - Feature 9");
    world.containerd.edit_body(plain, &super::world::form(9));
    let (report, _) = world.sync_well().await;
    let told = told(&report.changed);
    assert!(
        told.contains(&format!("KEP-9 #{plain} IssueOpened")),
        "{told:?}"
    );
    assert!(
        told.contains(&format!("KEP-9 #{pull} PullOpened")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_pull_request_that_cannot_be_asked_for_is_asked_for_again() {
    let (world, plain, pull) = named_early().await;
    world.containerd.edit_body(plain, &super::world::form(9));
    let path = format!("/repos/containerd/containerd/issues/{pull}");
    let at_pull = On::get(&path).every(1);
    world.model.fault(at_pull, Fault::Status(503));
    assert!(world.sync().await.failed);
    world.model.clear_faults();
    world.pass(60);
    let (report, _) = world.sync_well().await;
    let told = told(&report.changed);
    for news in [
        format!("KEP-9 #{plain} IssueOpened"),
        format!("KEP-9 #{pull} PullOpened"),
    ] {
        assert!(told.contains(&news), "{told:?}");
    }
}

#[tokio::test]
async fn a_first_sync_that_was_cut_off_before_it_told_leaves_the_next_one_quiet() {
    use kep_liaison::{
        ports::{Store as _, store::Feed},
        sandbox::github::{Fault, Gate, On},
    };
    let world = World::with_keps(3).await;
    let gate = Gate::default();
    let comments = On::get("/repos/containerd/containerd/issues/comments");
    world.model.fault(comments, Fault::Held(gate.clone()));
    let kep_files_arrived = async {
        let repository = "kubernetes/enhancements";
        loop {
            let position = world.store.position(repository, Feed::Files).await;
            if position.expect("a position").settled {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    // What is dropped here is cut off as by a crash.
    tokio::select! {
        _ = world.sync() => panic!("it waits for comments"),
        () = kep_files_arrived => {}
    }
    world.model.clear_faults();
    gate.open();
    assert_eq!(world.sync_well().await.0.changed, []);
    world.pass(60);
    world
        .enhancements
        .push(&[(&kep_path(2), &kep_yaml(2, "beta"))]);
    let (report, _) = world.sync_well().await;
    assert_eq!(told(&report.changed), ["KEP-2 Stage((alpha), (beta))"]);
}

#[tokio::test]
async fn what_is_said_on_an_issue_while_a_sync_asks_for_issues_is_kept() {
    use kep_liaison::sandbox::github::Gate;
    let world = World::with_keps(3).await;
    world.settle().await;
    world.pass(60);
    for path in ["issues?state=all", "issues/comments"] {
        let path = format!("/repos/containerd/containerd/{path}");
        let gate = Gate::default();
        world.model.fault(On::get(&path), Fault::Held(gate.clone()));
        let opened = async {
            gate.arrived(1).await;
            world.pass(5);
            let number = world.track(9);
            world.containerd.comment("k8s-ci-robot", number, "Welcome!");
            gate.open();
            number
        };
        let (_, number) = tokio::join!(world.sync_well(), opened);
        world.pass(60);
        world.sync_well().await;
        assert_eq!(world.store_comments(number).await, ["Welcome!"], "{path}");
    }
}

#[tokio::test]
async fn a_comment_that_could_not_be_read_is_mended_when_it_can() {
    use kep_liaison::ports::Store as _;
    let world = World::with_keps(3).await;
    world.settle().await;
    world.pass(60);
    let comment = world.containerd.comment("mikebrow", 2, "Merged.");
    let place = format!("containerd/containerd comment {comment}");
    let noted = world.store.put_problem(&place, Some("no body"));
    noted.await.expect("a store that works");
    world.sync_well().await;
    assert_eq!(world.store.problems().await, Ok(Vec::new()));
}
