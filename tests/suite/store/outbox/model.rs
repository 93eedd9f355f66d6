//! Whatever is queued, leased, settled and forgotten, in whatever order and by however many: it is
//! the same as with a plain list in memory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    domain::bridge::{Effect, Key, MessageAt, NewEffect, Written},
    ports::{
        Outbox,
        outbox::{Cause, Leased, Load, Outcome, Settled, Thread},
    },
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{
    super::{Both, Place, at},
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
        prop::option::weighted(0.3, 0..3_u8),
        prop::collection::vec(0..KEYS, 0..2),
        prop::option::weighted(0.3, (1..3_u8, any::<bool>())),
    );
    let traces = traces.prop_map(|(then, written, erased, thread)| Traces {
        then,
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

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Leased,
    Done,
    Dead,
}

#[derive(Debug)]
struct Row {
    new: NewEffect,
    /// Where it is in the queue, as the store says once it says so.
    id: Option<i64>,
    state: State,
    queued: DateTime<Utc>,
    due: DateTime<Utc>,
    leased: DateTime<Utc>,
    attempt: i64,
    failures: i64,
    unclear: Option<DateTime<Utc>>,
    settled: DateTime<Utc>,
}

impl Row {
    fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Leased)
    }

    fn place(&self) -> String {
        self.new.effect.place().to_string()
    }

    fn lane(&self) -> String {
        self.new.lane.to_string()
    }
}

/// What the outbox should hold.
#[derive(Debug)]
struct Model {
    now: DateTime<Utc>,
    causes: BTreeMap<u8, DateTime<Utc>>,
    /// In the order in which they were queued.
    rows: Vec<Row>,
    written: BTreeMap<Key, (Written, DateTime<Utc>)>,
    threads: BTreeMap<u8, Thread>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            now: at(0),
            causes: BTreeMap::new(),
            rows: Vec::new(),
            written: BTreeMap::new(),
            threads: BTreeMap::new(),
        }
    }
}

impl Model {
    fn queue(&mut self, effects: &[NewEffect]) {
        for new in effects {
            if self.rows.iter().any(|row| row.new.key == new.key) {
                continue;
            }
            self.rows.push(Row {
                new: new.clone(),
                id: None,
                state: State::Waiting,
                queued: self.now,
                due: self.now + TimeDelta::milliseconds(new.delay_ms),
                leased: self.now,
                attempt: 0,
                failures: 0,
                unclear: None,
                settled: self.now,
            });
        }
    }

    fn accept(&mut self, cause: u8, effects: &[NewEffect]) -> bool {
        let is_new = !self.causes.contains_key(&cause);
        if is_new {
            self.causes.insert(cause, self.now);
            self.queue(effects);
        }
        is_new
    }

    /// Those that have their lane's turn: what is leased, else what is first.
    fn turns(&self) -> Vec<usize> {
        let lanes: BTreeSet<String> = self.rows.iter().map(Row::lane).collect();
        let turn = |lane: String| {
            let mut open = (0..self.rows.len())
                .filter(|nth| self.rows[*nth].lane() == lane && self.rows[*nth].is_open());
            let first = open.clone().next();
            open.find(|nth| self.rows[*nth].state == State::Leased)
                .or(first)
        };
        let mut turns: Vec<_> = lanes.into_iter().filter_map(turn).collect();
        turns.sort_by_key(|nth| (self.rows[*nth].due, *nth));
        turns
    }

    fn next_due(&self, busy: &[String]) -> Option<DateTime<Utc>> {
        let turns = self.turns().into_iter().map(|nth| &self.rows[nth]);
        let mut free = turns.filter(|row| !busy.contains(&row.place()));
        free.next().map(|row| row.due)
    }

    /// The numbers in the store are taken from what it leased.
    fn lease(&mut self, lasts: i64, busy: &[String], most: usize, said: &[Leased]) -> Vec<Leased> {
        let mut taken = busy.to_vec();
        let mut leased = Vec::new();
        for nth in self.turns() {
            let row = &mut self.rows[nth];
            let place = row.place();
            if leased.len() == most || row.due > self.now || taken.contains(&place) {
                continue;
            }
            if place != "here" {
                taken.push(place);
            }
            if row.state == State::Leased {
                row.unclear = row.unclear.or(Some(row.leased));
            }
            row.state = State::Leased;
            row.leased = self.now;
            row.due = self.now + TimeDelta::milliseconds(lasts);
            row.attempt += 1;
            let same = said.iter().find(|said| said.key == row.new.key);
            row.id = row.id.or(same.map(|said| said.id));
            leased.push(Leased {
                id: row.id.unwrap_or_default(),
                key: row.new.key.clone(),
                effect: row.new.effect.clone(),
                lane: row.lane().into(),
                attempt: row.attempt,
                failures: row.failures,
                unclear_since: row.unclear,
                queued_at: row.queued,
            });
        }
        leased
    }

    fn settle(&mut self, leased: &Leased, outcome: &Outcome, settled: &Settled) -> bool {
        let held = self.rows.iter_mut().find(|row| {
            row.id == Some(leased.id) && row.attempt == leased.attempt && row.state == State::Leased
        });
        let Some(row) = held else {
            return false;
        };
        row.settled = self.now;
        match outcome {
            Outcome::Done => {
                row.state = State::Done;
                row.unclear = None;
            }
            Outcome::Again {
                at,
                unclear,
                failed,
                ..
            } => {
                row.state = State::Waiting;
                row.due = *at;
                row.failures += i64::from(*failed);
                if *unclear {
                    row.unclear = row.unclear.or(Some(row.leased));
                }
            }
            Outcome::Dead { .. } => row.state = State::Dead,
        }
        self.queue(&settled.then);
        for key in &settled.erased {
            self.written.remove(key);
        }
        if let Some(written) = &settled.written {
            let written = (written.clone(), self.now);
            self.written.insert(leased.key.clone(), written);
        }
        true
    }

    /// How many rows that were.
    fn forget(&mut self, before: DateTime<Utc>) -> u64 {
        let was = self.rows.len() + self.causes.len();
        self.rows
            .retain(|row| row.is_open() || row.settled >= before);
        self.causes.retain(|_, at| *at >= before);
        (was - self.rows.len() - self.causes.len()) as u64
    }

    fn dead(&self) -> Vec<&Row> {
        let rows = self.rows.iter();
        let mut dead: Vec<_> = rows.filter(|row| row.state == State::Dead).collect();
        dead.sort_by_key(|row| (row.settled, row.id));
        dead
    }
}

/// Does a step to both. `leases` are all that there ever were.
async fn take(step: Step, outbox: &dyn Outbox, model: &mut Model, leases: &mut Vec<Leased>) {
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
            leases.extend(leased);
        }
        Step::Settle(nth, end, traces) => {
            let Some(leased) = leases.iter().rev().nth(nth) else {
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
        Step::Reopen => unreachable!("that is for the one who holds the outbox"),
    }
}

fn thread(nth: u8, leased: &Leased) -> Thread {
    Thread {
        channel: channel("C1"),
        kep: kep(nth.into()),
        root: leased.attempt.to_string().into(),
        root_key: Some(leased.key.clone()),
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
        oldest: open().map(|row| row.queued).min(),
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
        let effect = effect.map(|row| row.new.effect.clone());
        assert_eq!(outbox.effect_of(&key).await.unwrap(), effect);
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
        let counted = outbox.done_since(&lane(nth), since).await.unwrap();
        assert_eq!(counted, done.count() as u64);
    }
    let threads: Vec<_> = model.threads.values().cloned().collect();
    assert_eq!(outbox.threads().await.unwrap(), threads);
}

async fn agrees(place: &dyn Place, steps: Vec<Step>) {
    let mut outbox: Box<dyn Both> = place.open_both().await;
    let mut model = Model::default();
    let mut leases = Vec::new();
    for step in steps {
        if matches!(step, Step::Reopen) {
            outbox = place.open_both().await;
        } else {
            take(step, &*outbox, &mut model, &mut leases).await;
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
