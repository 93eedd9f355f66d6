//! The program is killed in the middle of a sync, at every request and at random moments; the next
//! one finishes what it began.

use kep_liaison::{
    sandbox::github::{Fault, Gate, On},
    store::{Mode, SqliteStore},
};

use super::{
    installed::Installed,
    world::{World, kep_path, kep_yaml},
};

async fn fresh() -> World {
    World::with_keps(4).await
}

/// The board of what the program stored.
async fn stored(world: &mut World, installed: &Installed) -> Vec<String> {
    let store = SqliteStore::open(installed.store(), Mode::Read).await;
    world.store = store.expect("a store");
    world.summary().await.into_iter().collect()
}

#[tokio::test]
async fn killed_at_each_request_of_its_first_sync() {
    let mut world = fresh().await;
    let installed = Installed::new(&world);
    world.model.reset_log();
    installed.sync_well().await;
    let count = world.model.requests().len();
    let expected = stored(&mut world, &installed).await;
    assert!(count > 10 && expected.len() > 6, "{count} {expected:?}");
    for nth in 1..=count {
        let mut world = fresh().await;
        let installed = Installed::new(&world);
        let gate = Gate::default();
        world
            .model
            .fault(On::any().nth(nth), Fault::Held(gate.clone()));
        let mut child = installed.sync();
        tokio::select! {
            () = gate.arrived(1) => {}
            ended = child.wait() => panic!("it ended before request {nth}: {ended:?}"),
        }
        child.kill().await.expect("SIGKILL");
        world.model.clear_faults();
        let said = installed.sync_well().await;
        assert_eq!(said["changed"], serde_json::json!([]), "at request {nth}");
        assert_eq!(
            stored(&mut world, &installed).await,
            expected,
            "at request {nth}"
        );
    }
}

#[tokio::test]
async fn killed_between_learning_and_telling_it_tells_the_next_time() {
    let world = fresh().await;
    let installed = Installed::new(&world);
    installed.sync_well().await;
    world.pass(60);
    world
        .enhancements
        .push(&[(&kep_path(3), &kep_yaml(3, "beta"))]);
    world.containerd.label(1, "target/kubernetes/v1.38");
    world.model.reset_log();
    // Found out in a copy of the folder, so that the original is still to learn.
    let copy = installed.copy();
    let expected = copy.sync_well().await["changed"].clone();
    assert_eq!(expected.as_array().map(Vec::len), Some(2), "{expected}");
    let count = world.model.requests().len();
    for nth in 1..=count {
        let again = installed.copy();
        let gate = Gate::default();
        world
            .model
            .fault(On::any().nth(nth), Fault::HeldAfter(gate.clone()));
        let mut child = again.sync();
        tokio::select! {
            () = gate.arrived(1) => {}
            ended = child.wait() => panic!("it ended before request {nth}: {ended:?}"),
        }
        child.kill().await.expect("SIGKILL");
        world.model.clear_faults();
        let said = again.sync_well().await;
        assert_eq!(said["changed"], expected, "at request {nth}");
        assert_eq!(again.sync_well().await["changed"], serde_json::json!([]));
    }
}

#[tokio::test]
async fn killed_at_random_moments() {
    let mut world = fresh().await;
    let whole = Installed::new(&world);
    whole.sync_well().await;
    let expected = stored(&mut world, &whole).await;
    let installed = Installed::new(&world);
    // Some milliseconds more each time, from before the first request to after the last.
    for millis in (0..120).step_by(4) {
        let mut child = installed.sync();
        let soon = std::time::Duration::from_millis(millis);
        let _ = tokio::time::timeout(soon, child.wait()).await;
        child.kill().await.expect("SIGKILL");
    }
    installed.sync_well().await;
    assert_eq!(stored(&mut world, &installed).await, expected);
}
