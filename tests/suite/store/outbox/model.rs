//! Whatever is queued, leased, settled and forgotten, in whatever order and by however many: it is
//! the same as with a plain list in memory.

mod memory;

use chrono::TimeDelta;
use kep_liaison::{
    domain::bridge::{Effect, Key, MessageAt, NewEffect, Written},
    ports::{
        Outbox,
        outbox::{Cause, Leased, Load, Outcome, Queued, Settled, Thread},
    },
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use self::memory::{Model, State};
use super::{
    super::{Both, Place},
    channel, comment, kep, key, lane, post, step,
};

const KEYS: u8 = 12;
const LANES: usize = 4;
const CAUSES: u8 = 6;
const PLACES: [&str; 4] = [
    "here",
    "github",
    "slack/kubernetes/C1",
    "slack/kubernetes/C2",
];

/// A key, a lane, a place, and how long it is put off, in milliseconds.
type New = (u8, usize, usize, i64);

#[derive(Debug, Clone)]
enum Step {
    Accept(u8, Vec<New>),
    /// For so long, but in the busy places, and so many at most.
    Lease(i64, Vec<usize>, usize),
    /// Which of all leases that there ever were, the last one first, and what came of it.
    Settle(usize, End, Traces),
    /// Which of those that are dead.
    Retry(usize),
    /// What is so old.
    Forget(i64),
    Wait(i64),
    /// The clock is set back.
    SetBack(i64),
    Reopen,
}

#[derive(Debug, Clone)]
enum End {
    Done,
    Again(i64, bool, bool),
    Dead,
}

#[derive(Debug, Clone)]
struct Traces {
    then: Vec<New>,
    anew: Vec<New>,
    /// Where it was written.
    written: Option<u8>,
    erased: Vec<u8>,
    /// A thread that begins or ends.
    thread: Option<(u8, bool)>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(), 1..60)
}

fn any_step() -> impl Strategy<Value = Step> {
    let delay = || prop_oneof![2 => Just(0), 1 => 0..3000_i64];
    let new = move || (0..KEYS, 0..LANES, 0..PLACES.len(), delay());
    let end = prop_oneof![
        3 => Just(End::Done),
        2 => (delay(), any::<bool>(), any::<bool>())
            .prop_map(|(delay, unclear, failed)| End::Again(delay, unclear, failed)),
        1 => Just(End::Dead),
    ];
    let traces = (
        prop::collection::vec(new(), 0..2),
        prop::collection::vec(new(), 0..2),
        prop::option::weighted(0.3, 0..3_u8),
        prop::collection::vec(0..KEYS, 0..2),
        prop::option::weighted(0.3, (1..3_u8, any::<bool>())),
    );
    let traces = traces.prop_map(|(then, anew, written, erased, thread)| Traces {
        then,
        anew,
        written,
        erased,
        thread,
    });
    let busy = prop::collection::vec(0..PLACES.len(), 0..2);
    // Mostly the last one: what is settled late is the exception.
    let which = prop_oneof![3 => Just(0), 2 => 0..12_usize];
    prop_oneof![
        4 => (0..CAUSES, prop::collection::vec(new(), 0..4))
            .prop_map(|(cause, effects)| Step::Accept(cause, effects)),
        6 => (0..3000_i64, busy, 0..5_usize)
            .prop_map(|(lasts, busy, most)| Step::Lease(lasts, busy, most)),
        6 => (which, end, traces)
            .prop_map(|(nth, end, traces)| Step::Settle(nth, end, traces)),
        2 => (0..3_usize).prop_map(Step::Retry),
        1 => (0..4000_i64).prop_map(Step::Forget),
        3 => (1..2000_i64).prop_map(Step::Wait),
        1 => (1..3000_i64).prop_map(Step::SetBack),
        1 => Just(Step::Reopen),
    ]
}

fn name(nth: u8) -> Key {
    key(&nth.to_string())
}

fn new_effect((nth, of_lane, place, delay_ms): New) -> NewEffect {
    let effect = match place {
        0 => step(),
        1 => comment("text"),
        2 => post("C1"),
        _ => post("C2"),
    };
    NewEffect {
        delay_ms,
        ..NewEffect::now(name(nth), lane(of_lane), effect)
    }
}

fn message(ts: u8) -> Written {
    Written::Message(MessageAt::new("kubernetes", "C1", &ts.to_string()))
}

/// Does a step to both. `held` are all held that there ever were.
async fn take(step: Step, outbox: &dyn Outbox, model: &mut Model, held: &mut Vec<Leased>) {
    let now = model.now;
    match step {
        Step::Accept(cause, effects) => {
            let effects: Vec<_> = effects.into_iter().map(new_effect).collect();
            let name = cause.to_string();
            let accepted = outbox.accept(now, Cause::Came(&name), &effects).await;
            assert_eq!(accepted.unwrap(), model.accept(cause, &effects));
        }
        Step::Lease(lasts, busy, most) => {
            let busy: Vec<_> = busy.iter().map(|nth| PLACES[*nth].to_owned()).collect();
            let until = now + TimeDelta::milliseconds(lasts);
            let leased = outbox.lease(now, until, &busy, most).await.unwrap();
            assert_eq!(leased, model.lease(lasts, &busy, most, &leased));
            held.extend(leased);
        }
        Step::Settle(nth, end, traces) => {
            let Some(leased) = held.iter().rev().nth(nth) else {
                return;
            };
            let outcome = match end {
                End::Done => Outcome::Done,
                End::Again(delay, unclear, failed) => Outcome::Again {
                    at: now + TimeDelta::milliseconds(delay),
                    unclear,
                    failed,
                    why: "it answered 502".into(),
                },
                End::Dead => super::dead(),
            };
            let mut settled = Settled {
                written: traces.written.map(message),
                erased: traces.erased.into_iter().map(name).collect(),
                then: traces.then.into_iter().map(new_effect).collect(),
                anew: traces.anew.into_iter().map(new_effect).collect(),
                ..Settled::default()
            };
            match traces.thread {
                Some((nth, true)) => settled.threads.push(thread(nth, leased)),
                Some((nth, false)) => settled.ended.push((channel("C1"), kep(nth.into()))),
                None => {}
            }
            let counts = outbox
                .settle(now, leased, &outcome, &settled)
                .await
                .unwrap();
            assert_eq!(counts, model.settle(leased, &outcome, &settled));
            if counts && let Some((nth, begins)) = traces.thread {
                model.threads.remove(&nth);
                if begins {
                    model.threads.insert(nth, thread(nth, leased));
                }
            }
        }
        Step::Retry(nth) => {
            let dead = model.dead().get(nth).and_then(|row| row.id);
            let id = dead.unwrap_or(i64::MAX);
            let retried = outbox.retry(id, now).await.unwrap();
            assert_eq!(retried, dead.is_some());
            let row = model.rows.iter_mut().find(|row| row.id == dead);
            if let Some(row) = row.filter(|_| retried) {
                row.state = State::Waiting;
                row.queued = now;
                row.due = now;
                row.failures = 0;
            }
        }
        Step::Forget(age) => {
            let before = now - TimeDelta::milliseconds(age);
            let forgotten = outbox.forget(before).await.unwrap();
            assert_eq!(forgotten, model.forget(before));
        }
        Step::Wait(millis) => model.now += TimeDelta::milliseconds(millis),
        Step::SetBack(millis) => {
            model.set_back(TimeDelta::milliseconds(millis));
            outbox.clock_set_back(model.now).await.unwrap();
        }
        Step::Reopen => unreachable!("that is for the one who holds the outbox"),
    }
}

fn thread(nth: u8, leased: &Leased) -> Thread {
    Thread {
        channel: channel("C1"),
        kep: kep(nth.into()),
        root: leased.attempt.to_string().into(),
        root_key: leased.key.clone(),
        latest: None,
    }
}

/// Compares everything that the two can say.
async fn compare(outbox: &dyn Outbox, model: &Model) {
    for busy in [&[][..], &PLACES[..2], &PLACES[1..]] {
        let busy: Vec<_> = busy.iter().map(|&place| place.to_owned()).collect();
        assert_eq!(outbox.next_due(&busy).await.unwrap(), model.next_due(&busy));
    }
    let open = || model.rows.iter().filter(|row| row.is_open());
    let load = Load {
        waiting: open().count() as u64,
        dead: model.dead().len() as u64,
        // The steps of this test are put off on purpose.
        oldest: open()
            .filter(|row| !matches!(row.new.effect, Effect::Step(_)))
            .map(|row| row.queued)
            .min(),
        held: 0,
    };
    assert_eq!(outbox.load().await.unwrap(), load);
    let dead = outbox.dead().await.unwrap();
    let dead: Vec<_> = (dead.into_iter())
        .map(|dead| (Some(dead.id), dead.key, dead.effect, dead.at))
        .collect();
    let expected: Vec<_> = (model.dead().into_iter())
        .map(|row| {
            (
                row.id,
                row.new.key.clone(),
                row.new.effect.clone(),
                row.settled,
            )
        })
        .collect();
    assert_eq!(dead, expected);
    for nth in 0..KEYS {
        let key = name(nth);
        let effect = model.rows.iter().find(|row| row.new.key == key);
        let queued = effect.map(|row| Queued {
            effect: row.new.effect.clone(),
            is_dead: row.state == State::Dead,
            over_at: matches!(row.state, State::Done | State::Dead).then_some(row.settled),
        });
        assert_eq!(outbox.queued(&key).await.unwrap(), queued);
        let written = model.written.get(&key).map(|(written, _)| written.clone());
        assert_eq!(outbox.written(&key).await.unwrap(), written);
    }
    for ts in 0..3 {
        let there = message(ts);
        let keys = model.written.iter().filter(|(_, (at, _))| *at == there);
        let last = keys.min_by_key(|(key, (_, at))| (std::cmp::Reverse(*at), key.as_str()));
        let key = last.map(|(key, _)| key.clone());
        assert_eq!(outbox.key_of(&there).await.unwrap(), key);
    }
    for nth in 0..LANES {
        let since = model.now - TimeDelta::milliseconds(1000);
        let done = model.rows.iter().filter(|row| {
            row.new.lane == lane(nth)
                && row.state == State::Done
                && row.settled >= since
                && !matches!(row.new.effect, Effect::Step(_))
        });
        let counted = outbox
            .done_since(&lane(nth).to_string(), since)
            .await
            .unwrap();
        assert_eq!(counted, done.count() as u64);
    }
    let threads: Vec<_> = model.threads.values().cloned().collect();
    assert_eq!(outbox.threads().await.unwrap(), threads);
}

async fn agrees(place: &dyn Place, steps: Vec<Step>) {
    let mut outbox: Box<dyn Both> = place.open_both().await;
    let mut model = Model::default();
    let mut held = Vec::new();
    for step in steps {
        if matches!(step, Step::Reopen) {
            outbox = place.open_both().await;
        } else {
            take(step, &*outbox, &mut model, &mut held).await;
        }
        compare(&*outbox, &model).await;
    }
}

pub(super) fn any_sequence<P: Place + Default>() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    let agreed = runner.run(&steps(), |steps| {
        runtime.block_on(agrees(&P::default(), steps));
        Ok(())
    });
    if let Err(error) = agreed {
        panic!("{error}");
    }
}
