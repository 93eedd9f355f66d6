//! GitHub's limits: none is ever exceeded, whoever asks and however much there is to ask.

use kep_liaison::{
    domain::Repository,
    ports::{Forge as _, ForgeError},
};

use super::world::{World, kep_path, kep_yaml};

fn containerd() -> Repository {
    Repository::parse("containerd/containerd").expect("a repository")
}

#[tokio::test]
async fn a_sync_that_needs_more_than_an_hour_gives_takes_several_and_exceeds_none() {
    let world = World::with_keps(150).await;
    world.model.set_budget("kep-liaison-bot", 60);
    let tarball = kep_liaison::sandbox::github::On::get("/repos/kubernetes/enhancements/tarball");
    let gone = kep_liaison::sandbox::github::Fault::Status(404);
    world.model.fault(tarball.every(1), gone);
    let mut syncs = 0;
    loop {
        syncs += 1;
        let report = world.sync().await;
        match report.limited_until {
            Some(until) => world.clock.set(until),
            None => break,
        }
        assert!(syncs < 10);
    }
    assert!(syncs > 2, "{syncs}");
    assert_eq!(world.model.violations(), 0);
    assert_eq!(world.board().await.entries().len(), 150);
}

#[tokio::test]
async fn two_clients_with_one_token_and_a_person_stay_within_the_hour() {
    let world = World::with_keps(80).await;
    world.model.set_budget("kep-liaison-bot", 200);
    world.settle().await;
    let person = world.github.for_a_person();
    let containerd = containerd();
    for round in 0..150_usize {
        world.pass(10);
        let number = round % 80 + 1;
        let stage = if round % 2 == 0 { "beta" } else { "alpha" };
        let yaml = kep_yaml(number, stage);
        world.enhancements.push(&[(&kep_path(number), &yaml)]);
        let (synced, asked) = tokio::join!(world.sync(), person.issue(&containerd, 1, None));
        // People are asked for until the very last request; background work stops before.
        if synced.limited_until.is_none() {
            assert!(asked.is_ok(), "{asked:?}");
        }
    }
    assert_eq!(world.model.violations(), 0);
}

#[tokio::test]
async fn background_work_leaves_a_share_to_people() {
    let world = World::with_keps(3).await;
    world.model.set_budget("kep-liaison-bot", 100);
    world.settle().await;
    let background = &world.github;
    let until = loop {
        match background.issue(&containerd(), 1, None).await {
            Ok(_) => {}
            Err(ForgeError::Limited { until }) => break until,
            Err(error) => panic!("{error}"),
        }
    };
    assert!(until > super::world::noon());
    let person = background.for_a_person();
    for _ in 0..5 {
        let asked = person.issue(&containerd(), 1, None).await;
        assert!(asked.is_ok(), "{asked:?}");
    }
    let asked = person.issue(&containerd(), 1, None).await;
    assert!(
        matches!(asked, Err(ForgeError::Limited { .. })),
        "{asked:?}"
    );
    assert_eq!(world.model.violations(), 0);
}

#[tokio::test]
async fn comments_are_written_no_faster_than_github_takes_them() {
    let world = World::with_keps(1).await;
    let began = kep_liaison::ports::Clock::now(&world.clock);
    for number in 0..450 {
        write(&world, number).await;
    }
    assert_eq!(world.model.violations(), 0);
    assert_eq!(world.containerd.comments_on(1).len(), 450);
    let took = kep_liaison::ports::Clock::now(&world.clock) - began;
    assert!(took >= chrono::TimeDelta::hours(1), "{took}");
}

/// Writes a comment, and waits as long as the client says.
async fn write(world: &World, number: usize) {
    let body = format!("Comment {number}");
    loop {
        match world.github.comment(&containerd(), 1, &body).await {
            Ok(_) => return,
            Err(ForgeError::Limited { until }) => world.clock.set(until),
            Err(error) => panic!("{error}"),
        }
    }
}
