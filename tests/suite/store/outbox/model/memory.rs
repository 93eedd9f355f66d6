//! An outbox as a plain list in memory: slow, short, and easily seen to be right.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    domain::bridge::{Key, NewEffect, Written},
    ports::outbox::{Leased, Outcome, Settled, Thread},
};

use super::super::super::at;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Waiting,
    Leased,
    Done,
    Dead,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) new: NewEffect,
    /// What comes first in its lane: what follows from another takes that one's first number.
    order: (usize, usize),
    /// Where it is in the queue, as the store says once it says so.
    pub(super) id: Option<i64>,
    pub(super) state: State,
    pub(super) queued: DateTime<Utc>,
    pub(super) due: DateTime<Utc>,
    pub(super) leased: DateTime<Utc>,
    pub(super) attempt: i64,
    pub(super) failures: i64,
    pub(super) unclear: Option<DateTime<Utc>>,
    pub(super) settled: DateTime<Utc>,
}

impl Row {
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Leased)
    }

    pub(super) fn place(&self) -> String {
        self.new.effect.place().to_string()
    }

    pub(super) fn lane(&self) -> String {
        self.new.lane.to_string()
    }
}

/// What the outbox should hold.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) now: DateTime<Utc>,
    pub(super) causes: BTreeMap<u8, DateTime<Utc>>,
    /// In the order in which they were queued.
    pub(super) rows: Vec<Row>,
    queued: usize,
    pub(super) written: BTreeMap<Key, (Written, DateTime<Utc>)>,
    pub(super) threads: BTreeMap<u8, Thread>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            now: at(0),
            causes: BTreeMap::new(),
            rows: Vec::new(),
            queued: 0,
            written: BTreeMap::new(),
            threads: BTreeMap::new(),
        }
    }
}

impl Model {
    /// `after` is the lane and the place in it of what they follow from.
    fn queue(&mut self, effects: &[NewEffect], after: Option<&(String, usize)>) {
        for new in effects {
            if self.rows.iter().any(|row| row.new.key == new.key) {
                continue;
            }
            self.queued += 1;
            let lane = new.lane.to_string();
            let first = after.filter(|(of, _)| *of == lane).map(|(_, first)| *first);
            self.rows.push(Row {
                new: new.clone(),
                order: (first.unwrap_or(self.queued), self.queued),
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

    fn revive(&mut self, new: &NewEffect) {
        let now = self.now;
        let dead = |row: &&mut Row| row.new.key == new.key && row.state == State::Dead;
        if let Some(row) = self.rows.iter_mut().find(dead) {
            if row.new.lane != new.lane {
                row.order.0 = row.order.1;
            }
            row.new = new.clone();
            row.state = State::Waiting;
            row.queued = now;
            row.due = now + TimeDelta::milliseconds(new.delay_ms);
            row.failures = 0;
        }
    }

    pub(super) fn accept(&mut self, cause: u8, effects: &[NewEffect]) -> bool {
        let is_new = !self.causes.contains_key(&cause);
        if is_new {
            self.causes.insert(cause, self.now);
            self.queue(effects, None);
        }
        is_new
    }

    /// Those that have their lane's turn: what is leased, else what is first.
    pub(super) fn turns(&self) -> Vec<usize> {
        let lanes: BTreeSet<String> = self.rows.iter().map(Row::lane).collect();
        let turn = |lane: String| {
            let mut open = (0..self.rows.len())
                .filter(|nth| self.rows[*nth].lane() == lane && self.rows[*nth].is_open());
            let first = open.clone().min_by_key(|nth| self.rows[*nth].order);
            open.find(|nth| self.rows[*nth].state == State::Leased)
                .or(first)
        };
        let mut turns: Vec<_> = lanes.into_iter().filter_map(turn).collect();
        turns.sort_by_key(|nth| (self.rows[*nth].due, *nth));
        turns
    }

    pub(super) fn next_due(&self, busy: &[String]) -> Option<DateTime<Utc>> {
        let turns = self.turns().into_iter().map(|nth| &self.rows[nth]);
        let mut free = turns.filter(|row| !busy.contains(&row.place()));
        free.next().map(|row| row.due)
    }

    /// The numbers in the store are taken from what it leased.
    pub(super) fn lease(
        &mut self,
        lasts: i64,
        busy: &[String],
        most: usize,
        said: &[Leased],
    ) -> Vec<Leased> {
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

    pub(super) fn settle(&mut self, leased: &Leased, outcome: &Outcome, settled: &Settled) -> bool {
        let held = self.rows.iter_mut().find(|row| {
            row.id == Some(leased.id) && row.attempt == leased.attempt && row.state == State::Leased
        });
        let Some(row) = held else {
            return false;
        };
        row.settled = self.now;
        let after = (row.lane(), row.order.0);
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
        self.queue(&settled.anew, Some(&after));
        self.queue(&settled.then, Some(&after));
        for new in &settled.anew {
            self.revive(new);
        }
        for key in &settled.erased {
            self.written.remove(key);
        }
        if let Some(written) = &settled.written {
            let written = (written.clone(), self.now);
            self.written.insert(leased.key.clone(), written);
        }
        true
    }

    pub(super) fn set_back(&mut self, by: TimeDelta) {
        self.now -= by;
        let now = self.now;
        for row in &mut self.rows {
            let is_from_later = row.queued > now || row.attempt > 0 && row.leased > now;
            if row.is_open() && row.due > now && is_from_later {
                row.due = now;
                row.queued = row.queued.min(now);
            }
            if row.state == State::Done {
                row.settled = row.settled.min(now);
            }
        }
    }

    /// How many rows that were.
    pub(super) fn forget(&mut self, before: DateTime<Utc>) -> u64 {
        let was = self.rows.len() + self.causes.len();
        self.rows
            .retain(|row| row.is_open() || row.settled >= before);
        self.causes.retain(|_, at| *at >= before);
        (was - self.rows.len() - self.causes.len()) as u64
    }

    pub(super) fn dead(&self) -> Vec<&Row> {
        let rows = self.rows.iter();
        let mut dead: Vec<_> = rows.filter(|row| row.state == State::Dead).collect();
        dead.sort_by_key(|row| (row.settled, row.id));
        dead
    }
}
