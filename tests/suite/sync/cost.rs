//! What a sync costs, in requests.

use super::world::{Cost, World, kep_path, kep_yaml};

#[tokio::test]
async fn the_first_sync_asks_for_each_kep_once_at_most() {
    let world = World::with_keps(656).await;
    let (report, cost) = world.sync_well().await;
    assert_eq!((report.keps, report.issues), (656, 5));
    assert!(cost.requests <= 25, "{cost:?}");
    assert_eq!(report.changed, []);
}

#[tokio::test]
async fn without_an_archive_each_kep_is_asked_for_once() {
    use kep_liaison::sandbox::github::{Fault, On};
    let world = World::with_keps(656).await;
    let tarball = On::get("/repos/kubernetes/enhancements/tarball").every(1);
    world.model.fault(tarball, Fault::Garbage);
    let (report, cost) = world.sync_well().await;
    assert_eq!(report.keps, 656);
    assert!(cost.requests <= 656 + 25, "{cost:?}");
}

#[tokio::test]
async fn nothing_new_costs_eight_requests_and_brings_nothing() {
    let world = World::with_keps(20).await;
    world.settle().await;
    for _ in 0..3 {
        world.pass(120);
        let (report, cost) = world.sync_well().await;
        assert_eq!(report.changed, []);
        assert!(cost.requests <= 8, "{cost:?}");
        assert_eq!(
            cost,
            Cost {
                not_modified: cost.requests,
                bytes: 0,
                ..cost
            }
        );
    }
}

#[tokio::test]
async fn one_kep_changed_costs_four_more() {
    let world = World::with_keps(20).await;
    world.settle().await;
    world.pass(120);
    let nothing = world.sync_well().await.1;
    world.pass(120);
    world
        .enhancements
        .push(&[(&kep_path(7), &kep_yaml(7, "beta"))]);
    let (report, cost) = world.sync_well().await;
    assert_eq!(report.changed.len(), 1);
    assert!(cost.requests <= nothing.requests + 4, "{cost:?}");
    world.pass(120);
    assert_eq!(world.sync_well().await.1, nothing);
}

#[tokio::test]
async fn one_comment_costs_two_more() {
    let world = World::with_keps(20).await;
    world.settle().await;
    world.pass(120);
    let nothing = world.sync_well().await.1;
    world.pass(120);
    world.containerd.comment("mikebrow", 1, "Merged.");
    let (_, cost) = world.sync_well().await;
    assert!(cost.requests <= nothing.requests + 2, "{cost:?}");
    world.pass(120);
    assert_eq!(world.sync_well().await.1, nothing);
}

#[tokio::test]
async fn ten_thousand_issues_do_not_raise_the_price_of_nothing() {
    let world = World::with_keps(20).await;
    for number in 0..10_000 {
        world.pass(1);
        if number % 2 == 0 {
            let title = format!("Crash {number}");
            world
                .containerd
                .open_issue("somebody", &title, "It crashes.");
        } else {
            let title = format!("Fix crash {number}");
            let body = format!("Fixes #{}", number + 5);
            world.containerd.open_pull("somebody", &title, &body);
        }
    }
    let (report, first) = world.sync_well().await;
    assert_eq!(report.issues, 5);
    // A page for each hundred issues, and the twenty KEPs.
    assert!(first.requests <= 101 + 20 + 25, "{first:?}");
    world.pass(120);
    let (_, cost) = world.sync_well().await;
    assert!(cost.requests <= 8 && cost.bytes == 0, "{cost:?}");
}
