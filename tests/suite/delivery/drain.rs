//! A queue of thousands drains at the pace that both sides allow, in order, and nothing is lost.

use kep_liaison::{domain::bridge::NewEffect, ports::Outbox as _};

use super::stage::Stage;

const LANES: usize = 60;
const CHANNELS: usize = 4;

/// Half of the lanes are issues, the others threads in channels.
fn effect(stage: &Stage, nth: usize) -> NewEffect {
    let (lane, name) = (nth % LANES, format!("{nth:05}"));
    if lane.is_multiple_of(2) {
        let issue = u64::try_from(lane / 2 + 1).expect("a number");
        stage.comment(&name, issue)
    } else {
        stage.post(&name, lane / 2 % CHANNELS, &lane.to_string())
    }
}

/// The numbers that texts begin with, all of one lane in the order in which they were queued.
fn in_order<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let numbers: Vec<usize> = texts
        .filter_map(|text| text.get(..5)?.parse().ok())
        .collect();
    let mut last = vec![None; LANES];
    for number in &numbers {
        let last = &mut last[number % LANES];
        assert!(*last < Some(*number), "{number} after {last:?}");
        *last = Some(*number);
    }
    numbers
}

/// In channels that are bridged so.
async fn drains(count: usize, bridge: &str) {
    let stage = Stage::bridged(LANES / 2, CHANNELS, bridge).await;
    let effects: Vec<_> = (0..count).map(|nth| effect(&stage, nth)).collect();
    for (nth, effects) in effects.chunks(500).enumerate() {
        let cause = nth.to_string();
        stage.accept(&*stage.store, &cause, effects).await;
    }
    drop(effects);
    stage.deliver_all().await;
    let load = stage.store.load().await.expect("a store");
    assert_eq!((load.waiting, load.dead), (0, 0));
    let mut found = Vec::new();
    for issue in 1..=LANES / 2 {
        let issue = u64::try_from(issue).expect("a number");
        let comments = stage.containerd.comments_on(issue);
        found.extend(in_order(comments.iter().map(String::as_str)));
    }
    for channel in &stage.channels {
        let said = channel.messages();
        found.extend(in_order(said.iter().map(|said| &*said.text)));
    }
    found.sort_unstable();
    assert_eq!(found, (0..count).collect::<Vec<_>>());
    stage.slack.nothing_was_wrong();
    assert_eq!(stage.github.violations(), 0);
}

#[tokio::test]
async fn three_hundred_effects_drain() {
    drains(300, "both").await;
}

/// As many as a day of outage brings; the clock passes many hours meanwhile. That each comment is told
/// in each channel as well would make five times as many of them.
#[tokio::test]
#[ignore = "takes a minute"]
async fn ten_thousand_effects_drain() {
    drains(10_000, "to-github").await;
}
