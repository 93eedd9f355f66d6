//! The weeks before the bot began, from the history of the KEPs' files.

use std::{sync::Arc, time::Duration};

use chrono::{NaiveDate, TimeDelta};
use kep_liaison::{
    domain::trend::{DaySummary, Trend},
    jobs::{follow::Follow, sync::Past},
    ports::{Forge as _, Store as _},
    sandbox::github::{Fault, On},
};
use tokio::sync::{mpsc, watch};

use super::world::{NoChance, World, kep_path, kep_yaml};

const DAY: u64 = 24 * 3600;

/// Four KEPs from 5 October on, a Monday: one becomes beta in the week after, and in the third one
/// is removed and another comes. The bot begins on the 28th.
async fn three_weeks() -> World {
    let world = World::with_keps(4).await;
    world.pass(9 * DAY);
    let beta = kep_yaml(3, "beta");
    world.enhancements.push(&[(&kep_path(3), &beta)]);
    world.pass(5 * DAY);
    world.enhancements.remove(&kep_path(4));
    let stable = kep_yaml(5, "stable");
    let other = kep_yaml(6, "alpha").replace("sig-node", "sig-storage");
    let other_path = kep_path(6).replace("sig-node", "sig-storage");
    world
        .enhancements
        .push(&[(&kep_path(5), &stable), (&other_path, &other)]);
    world.pass(9 * DAY);
    world.sync_well().await;
    world
}

async fn days(world: &World) -> Vec<(String, String)> {
    let days = world.store.days(NaiveDate::MIN).await.expect("days");
    days.into_iter()
        .map(|(day, summary)| (day.to_string(), summary))
        .collect()
}

fn day(day: &str, summary: &str) -> (String, String) {
    (day.to_owned(), summary.to_owned())
}

#[tokio::test]
async fn each_step_fills_in_a_week_until_there_is_none() {
    let world = three_weeks().await;
    let now = days(&world).await;
    assert_eq!(now.len(), 1);
    let mut past = Past::default();
    let mut requests = Vec::new();
    for _ in 0..6 {
        requests.push(world.look_back(&mut past).await);
    }
    // A commit, two trees and the one file that was another; the last has no commit before it.
    assert_eq!(requests, [3, 4, 4, 1, 0, 0]);
    let filled = [
        day("2026-10-11", r#"{"stages":{"alpha":4}}"#),
        day("2026-10-18", r#"{"stages":{"alpha":3,"beta":1}}"#),
        day(
            "2026-10-25",
            r#"{"stages":{"alpha":2,"beta":1,"stable":1}}"#,
        ),
    ];
    let expected: Vec<_> = filled.into_iter().chain(now).collect();
    assert_eq!(days(&world).await, expected);
    let stored = world.store.days(NaiveDate::MIN).await.expect("days");
    let read = DaySummary::read_all(&stored);
    let last = read.last().expect("today");
    assert_eq!(read[2].1.stages, last.1.stages);
    assert_eq!((last.1.in_cycle, last.1.tracked), (Some(4), Some(3)));
    let now = kep_liaison::ports::Clock::now(&world.clock);
    let trend = Trend::of(&read, None, now).expect("a trend");
    assert_eq!(
        trend.in_words(),
        "KEPs by stage, 11 Oct to 28 Oct 2026: stable 1 (was 0), beta 1 (was 0), alpha 2 (was 4)."
    );
}

#[tokio::test]
async fn a_week_of_which_a_day_is_known_is_left_alone() {
    let world = three_weeks().await;
    let known = NaiveDate::from_ymd_opt(2026, 10, 14).expect("a day");
    world.store.fill_day(known, "known").await.expect("a day");
    let mut past = Past::default();
    for _ in 0..5 {
        world.look_back(&mut past).await;
    }
    let days: Vec<_> = days(&world).await.into_iter().map(|(day, _)| day).collect();
    assert_eq!(
        days,
        ["2026-10-11", "2026-10-14", "2026-10-25", "2026-10-28"]
    );
}

#[tokio::test]
async fn what_goes_wrong_ends_it_until_the_next_start() {
    for (on, filled) in [
        ("/repos/kubernetes/enhancements/commits", 0),
        ("/repos/kubernetes/enhancements/git/trees", 0),
        ("/repos/kubernetes/enhancements/git/blobs", 1),
    ] {
        for fault in [Fault::Status(404), Fault::WrongShape, Fault::Garbage] {
            let world = three_weeks().await;
            world.model.fault(On::get(on).every(1), fault);
            let mut past = Past::default();
            for _ in 0..3 {
                world.look_back(&mut past).await;
            }
            assert_eq!(days(&world).await.len(), 1 + filled, "{on}");
            world.model.clear_faults();
            assert_eq!(world.look_back(&mut past).await, 0, "{on}");
            let mut past = Past::default();
            for _ in 0..4 {
                world.look_back(&mut past).await;
            }
            assert_eq!(days(&world).await.len(), 4, "{on}");
        }
    }
}

#[tokio::test]
async fn too_many_old_versions_are_not_asked_for() {
    let world = World::with_keps(151).await;
    world.pass(9 * DAY);
    for number in 1..=151 {
        let beta = kep_yaml(number, "beta");
        world.enhancements.push(&[(&kep_path(number), &beta)]);
    }
    world.pass(7 * DAY);
    world.sync_well().await;
    let mut past = Past::default();
    assert_eq!(world.look_back(&mut past).await, 3);
    assert_eq!(world.look_back(&mut past).await, 3 + 150);
    assert_eq!(world.look_back(&mut past).await, 0);
    let days: Vec<_> = days(&world).await.into_iter().map(|(day, _)| day).collect();
    assert_eq!(days, ["2026-10-18", "2026-10-21"]);
}

#[tokio::test]
async fn it_leaves_the_last_requests_of_an_hour_to_others() {
    let world = three_weeks().await;
    world.model.set_budget("kep-liaison-bot", 60);
    let enhancements = &world.sources.enhancements;
    while world
        .github
        .tree(enhancements, None, false, None)
        .await
        .is_ok()
    {}
    let mut past = Past::default();
    assert_eq!(world.look_back(&mut past).await, 0);
    assert_eq!(days(&world).await.len(), 1);
    assert_eq!(world.model.violations(), 0);
}

#[tokio::test]
async fn a_bot_that_follows_does_it_beside_its_polls() {
    let world = three_weeks().await;
    let World {
        store,
        github,
        clock,
        sources,
        settings,
        model: _model,
        ..
    } = world;
    let store = Arc::new(store);
    let follow = Follow {
        forge: Arc::new(github),
        store: store.clone(),
        clock: Arc::new(clock),
        dice: Arc::new(NoChance),
        sources,
        settings: Arc::new(settings),
        poll_interval: Duration::from_mins(2),
    };
    let (known, mut knowing) = watch::channel(Arc::new(follow.load().await.expect("a board")));
    let (_events, coming) = mpsc::channel(1);
    let filled = async {
        loop {
            knowing.changed().await.expect("it goes on");
            let since = NaiveDate::from_ymd_opt(2026, 10, 28).expect("a day") - TimeDelta::days(20);
            if store.days(since).await.expect("days").len() == 4 {
                break;
            }
        }
    };
    tokio::select! {
        () = follow.run(&known, coming) => {}
        () = filled => {}
    }
}
