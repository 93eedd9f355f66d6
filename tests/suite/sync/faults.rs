//! Everything that can go wrong on the way, at every request of a sync: afterwards the board is
//! right, and each change was told once.

use std::collections::BTreeSet;

use kep_liaison::sandbox::github::{Fault, Gate, On, Openness};

use super::world::{World, kep_path, kep_yaml, told};

/// Every way in which a request goes wrong. A gate is never opened here.
fn faults() -> Vec<(&'static str, Fault)> {
    vec![
        ("500", Fault::Status(500)),
        ("502", Fault::Status(502)),
        ("503", Fault::Status(503)),
        ("401", Fault::Status(401)),
        ("403", Fault::Status(403)),
        ("404", Fault::Status(404)),
        ("500 after", Fault::StatusAfter(500)),
        ("dropped", Fault::Drop),
        ("dropped after", Fault::DropAfter),
        ("held", Fault::Held(Gate::default())),
        ("held after", Fault::HeldAfter(Gate::default())),
        ("cut", Fault::Cut),
        ("cut in a chunk", Fault::CutChunked),
        ("garbage", Fault::Garbage),
        ("another shape", Fault::WrongShape),
        ("a page for people", Fault::Html),
        ("truncated tree", Fault::TruncatedTree),
        ("429", Fault::TooManyRequests(30)),
        ("primary limit", Fault::PrimaryLimit),
        ("secondary limit", Fault::SecondaryLimit(Some(20))),
        ("secondary limit, unsaid", Fault::SecondaryLimit(None)),
    ]
}

/// A sync during which whatever hangs has taken too long at once.
async fn sync_under(world: &World, fault: &Fault) -> Vec<String> {
    let patience = async {
        if let Fault::Held(gate) | Fault::HeldAfter(gate) = fault {
            gate.arrived(1).await;
            world.clock.expire_all();
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        report = world.sync() => told(&report.changed),
        () = patience => unreachable!("it never ends"),
    }
}

/// Syncs until one goes through; the time of a limit passes meanwhile.
async fn recover(world: &World) -> Vec<String> {
    world.model.clear_faults();
    let mut all = Vec::new();
    for _ in 0..3 {
        world.pass(3_700);
        all.extend(told(&world.sync_well().await.0.changed));
    }
    all
}

async fn fresh() -> World {
    let world = World::with_keps(4).await;
    let milestone = world.containerd.milestone("2.4", None, Openness::Open);
    world.containerd.set_milestone(2, Some(milestone));
    world
}

/// What a sync asks for in a world: how many requests.
async fn requests_of(world: &World) -> usize {
    world.model.reset_log();
    world.sync_well().await;
    world.model.requests().len()
}

#[tokio::test]
async fn a_first_sync_with_any_fault_at_any_request_ends_right() {
    let world = fresh().await;
    let count = requests_of(&world).await;
    let expected = world.summary().await;
    assert!(count > 10 && expected.len() > 6, "{count} {expected:?}");
    for nth in 1..=count {
        // Each time anew: a gate through which somebody went knows it.
        for (name, fault) in faults() {
            let world = fresh().await;
            world.model.fault(On::any().nth(nth), fault.clone());
            let mut news = sync_under(&world, &fault).await;
            news.extend(recover(&world).await);
            assert_eq!(world.summary().await, expected, "{name} at request {nth}");
            assert_eq!(news, [] as [&str; 0], "{name} at request {nth}");
            // Those that were on their way when it happened could not be called back.
            let too_many = world.model.violations();
            assert!(too_many < 12, "{too_many}: {name} at request {nth}");
        }
    }
}

/// Something of each kind happens.
fn happen(world: &World) {
    world.pass(60);
    world
        .enhancements
        .push(&[(&kep_path(3), &kep_yaml(3, "beta"))]);
    world.containerd.label(1, "target/kubernetes/v1.38");
    world.containerd.comment("mikebrow", 2, "Work began.");
    world.containerd.set_milestone(4, Some(1));
    world
        .containerd
        .open_pull("author1", "cri: feature 1", "KEP-1, part of #1");
    world.track(9);
}

#[tokio::test]
async fn a_sync_of_news_with_any_fault_at_any_request_tells_each_once() {
    let world = fresh().await;
    world.settle().await;
    happen(&world);
    world.model.reset_log();
    let expected_news: BTreeSet<String> = told(&world.sync_well().await.0.changed)
        .into_iter()
        .collect();
    let count = world.model.requests().len();
    let expected = world.summary().await;
    assert!(count > 8 && expected_news.len() > 4, "{expected_news:?}");
    for nth in 1..=count {
        // Each time anew: a gate through which somebody went knows it.
        for (name, fault) in faults() {
            let world = fresh().await;
            world.settle().await;
            happen(&world);
            world.model.fault(On::any().nth(nth), fault.clone());
            let mut news = sync_under(&world, &fault).await;
            news.extend(recover(&world).await);
            assert_eq!(world.summary().await, expected, "{name} at request {nth}");
            let each: BTreeSet<String> = news.iter().cloned().collect();
            assert_eq!(each, expected_news, "{name} at request {nth}");
            assert_eq!(each.len(), news.len(), "{name} at request {nth}: {news:?}");
            let comments = world.store_comments(2).await;
            assert_eq!(comments, ["Work began."], "{name} at request {nth}");
        }
    }
}
