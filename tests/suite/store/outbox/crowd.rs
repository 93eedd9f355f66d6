//! Many deliverers at once, of one process and of two.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use kep_liaison::ports::outbox::{Cause, Load, Outcome};
use tokio::task::JoinSet;

use super::{
    super::{Both, Place, at},
    comment, done, key, lane, names, post, queued, step,
};

const WORKERS: usize = 6;
const EFFECTS: usize = 2000;
const LANES: usize = 40;

/// What was carried out, lane by lane, and what is under way.
#[derive(Default)]
struct Seen {
    done: BTreeMap<Box<str>, Vec<String>>,
    leased: BTreeMap<Box<str>, i64>,
}

/// Delivers until nothing waits. Now and then a try is in vain.
async fn deliver(outbox: Arc<dyn Both>, worker: usize, seen: Arc<Mutex<Seen>>) {
    let mut round = worker;
    loop {
        let leased = outbox.lease(at(1), at(1000), &[], 5).await.unwrap();
        if leased.is_empty() {
            if outbox.load().await.unwrap().waiting == 0 {
                return;
            }
            tokio::task::yield_now().await;
            continue;
        }
        for leased in leased {
            round += 1;
            {
                let mut seen = seen.lock().unwrap();
                let other = seen.leased.insert(leased.lane.clone(), leased.id);
                assert_eq!(other, None, "{} was leased twice", leased.lane);
            }
            tokio::task::yield_now().await;
            let is_in_vain = round.is_multiple_of(7);
            {
                let mut seen = seen.lock().unwrap();
                seen.leased.remove(&leased.lane);
                if !is_in_vain {
                    let lane = seen.done.entry(leased.lane.clone()).or_default();
                    lane.push(leased.key.as_str().to_owned());
                }
            }
            let outcome = if is_in_vain {
                super::again(1, false, true)
            } else {
                Outcome::Done
            };
            assert!(super::settle(&*outbox, 1, &leased, outcome).await);
        }
    }
}

async fn all_is_delivered(outboxes: &[Arc<dyn Both>]) {
    let effects: Vec<_> = (0..EFFECTS)
        .map(|nth| {
            let effect = match nth % 4 {
                0 => step(),
                1 => comment("text"),
                other => post(&format!("C{other}")),
            };
            queued(&format!("{nth:05}"), nth % LANES, effect)
        })
        .collect();
    for (nth, effects) in effects.chunks(100).enumerate() {
        let cause = nth.to_string();
        let accepted = outboxes[0].accept(at(0), Cause::Came(&cause), effects);
        assert!(accepted.await.unwrap());
    }
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut workers = JoinSet::new();
    for (worker, outbox) in (0..WORKERS).zip(outboxes.iter().cycle()) {
        let (outbox, seen) = (Arc::clone(outbox), Arc::clone(&seen));
        workers.spawn(deliver(outbox, worker, seen));
    }
    while let Some(done) = workers.join_next().await {
        done.unwrap();
    }
    let done = std::mem::take(&mut seen.lock().unwrap().done);
    assert_eq!(done.len(), LANES);
    for nth in 0..LANES {
        let expected: Vec<_> = (nth..EFFECTS)
            .step_by(LANES)
            .map(|nth| format!("{nth:05}"))
            .collect();
        assert_eq!(done[&*lane(nth).to_string()], expected);
    }
    for outbox in outboxes {
        assert_eq!(outbox.load().await.unwrap(), Load::default());
    }
}

pub(super) async fn many_deliverers(place: &dyn Place) {
    all_is_delivered(&[place.open_both().await.into()]).await;
}

pub(super) async fn two_processes(place: &dyn Place) {
    let (one, other) = tokio::join!(place.open_both(), place.open_both());
    let both: [Arc<dyn Both>; 2] = [one.into(), other.into()];
    // Each sees at once what the other did.
    let effects = [queued("a", 1, step()), queued("b", 1, step())];
    let cause = Cause::Came("Ev1");
    let [one, other] = tokio::join!(
        both[0].accept(at(0), cause, &effects),
        both[1].accept(at(0), cause, &effects)
    )
    .into();
    assert!(one.unwrap() != other.unwrap(), "one of them was first");
    let leased = super::lease_one(&*both[0], 0).await;
    assert!(super::lease(&*both[1], 0).await.is_empty());
    assert!(done(&*both[1], 0, &leased).await);
    assert_eq!(
        both[0].queued(&key("b")).await.unwrap().map(|it| it.effect),
        Some(step())
    );
    let leased = super::lease(&*both[1], 0).await;
    assert_eq!(names(&leased), ["b"]);
    assert!(done(&*both[0], 0, &leased[0]).await);
    all_is_delivered(&both).await;
}
