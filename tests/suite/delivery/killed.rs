//! The bot is killed while people talk and both sides fail: in the end both hold one of everything
//! that was taken in, in its order.

use std::time::Duration;

use chrono::TimeDelta;
use kep_liaison::sandbox::{
    github::{Fault as Broken, On as Request},
    slack::{Fault, Gate, On},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::city::{City, OPEN};

/// Kills it at so many moments of a life, while people go on and both sides fail.
async fn killed(times: usize) {
    let mut random = SmallRng::seed_from_u64(5825);
    let mut city = City::new().await;
    for (nth, fault) in [
        Fault::StatusAfter(500),
        Fault::DropAfter,
        Fault::Drop,
        Fault::Hang,
        Fault::TooManyRequests(5),
    ]
    .into_iter()
    .enumerate()
    {
        let seed = u64::try_from(nth).expect("a number");
        city.slack.fault(On::any().chance(0.03, seed), fault);
    }
    for (nth, fault) in [
        Broken::StatusAfter(500),
        Broken::DropAfter,
        Broken::Drop,
        Broken::Hang,
        Broken::TooManyRequests(5),
    ]
    .into_iter()
    .enumerate()
    {
        let seed = u64::try_from(nth).expect("a number");
        city.github.fault(Request::any().chance(0.03, seed), fault);
    }
    for nth in 0..times {
        let mut bot = city.start().await;
        let kind = random.random_range(0..7);
        city.happens(nth, kind).await;
        let soon = Duration::from_millis(random.random_range(0..300));
        city.passes(soon).await;
        bot.kill().await.expect("SIGKILL");
        city.clock.advance(TimeDelta::seconds(20));
    }
    city.comes_to_rest().await;
    let wrongs = city.wrongs();
    assert!(wrongs.is_empty(), "{wrongs:#?}");
    let comments: usize = city.comments().iter().map(Vec::len).sum();
    assert!(comments > times / 3, "{comments} comments");
    let digests = city.digests();
    assert!(digests > 2, "{digests} digests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_some_moments() {
    killed(12).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes"]
async fn killed_at_two_hundred_moments() {
    killed(200).await;
}

/// A request to one side at which it is killed.
#[derive(Debug, Clone, Copy)]
enum Side {
    Slack,
    GitHub,
}

/// Kills it at each request of a relay, a command, a piece of news, a question and an answer, before the far side does
/// anything or once it did; whether there was such a request.
async fn killed_at(city: &mut City, round: usize, nth: usize, side: Side, is_after: bool) -> bool {
    let gate = Gate::default();
    match (side, is_after) {
        (Side::Slack, false) => city
            .slack
            .fault(On::any().nth(nth), Fault::Held(gate.clone())),
        (Side::Slack, true) => city
            .slack
            .fault(On::any().nth(nth), Fault::HeldAfter(gate.clone())),
        (Side::GitHub, false) => city
            .github
            .fault(Request::post("").nth(nth), Broken::Held(gate.clone())),
        (Side::GitHub, true) => city
            .github
            .fault(Request::post("").nth(nth), Broken::HeldAfter(gate.clone())),
    }
    let mut bot = city.start().await;
    for kind in [0, 1, 2, 6, 5] {
        city.happens(round * 7 + kind, kind).await;
    }
    let is_struck = tokio::select! {
        () = gate.arrived(1) => true,
        () = async {
            let word = &city.relayed.last().expect("it was said").word;
            let stands = |body: &String| body.contains(word.as_str());
            city.until("the end", async || {
                city.skips().await;
                city.comments().iter().flatten().any(stands) && city.one(OPEN).await == Some(0)
            })
            .await;
        } => false,
    };
    bot.kill().await.expect("SIGKILL");
    gate.open();
    city.slack.clear_faults();
    city.github.clear_faults();
    city.comes_to_rest().await;
    let wrongs = city.wrongs();
    assert!(
        wrongs.is_empty(),
        "killed at {side:?} {nth}, {is_after}: {wrongs:#?}"
    );
    is_struck
}

async fn killed_at_requests(step: usize) {
    let mut city = City::new().await;
    let mut round = 0;
    for (side, is_after) in [
        (Side::Slack, false),
        (Side::Slack, true),
        (Side::GitHub, false),
        (Side::GitHub, true),
    ] {
        let mut struck = 0;
        for nth in (1..).step_by(step) {
            round += 1;
            if !killed_at(&mut city, round, nth, side, is_after).await {
                break;
            }
            struck += 1;
        }
        assert!(struck > 0, "{side:?}");
    }
    assert!(city.questions.len() > city.answers.len() && !city.answers.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_some_requests() {
    killed_at_requests(15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes"]
async fn killed_at_each_request() {
    killed_at_requests(1).await;
}
