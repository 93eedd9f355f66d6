//! GitHub's limits, kept by asking first: how many requests are left this hour, how long it told
//! everybody to wait, how much was written lately. People go before background work.
//!
//! Rules: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api> and
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::ports::{Clock, ForgeError};

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person.
    Person,
    /// Nobody in particular: a sync, a sweep.
    Background,
}

/// GitHub allows 100 requests at a time; a handful is as fast, and polite.
const AT_ONCE: usize = 12;
/// Background work leaves room for people.
const BACKGROUND_AT_ONCE: usize = 8;
/// GitHub allows 80 content-creating requests a minute and 500 an hour, and the account may be
/// used for other things as well.
const WRITES_A_MINUTE: usize = 60;
const WRITES_AN_HOUR: usize = 400;
/// GitHub allows 900 points a minute: one for a read, five for a write.
const POINTS_A_MINUTE: u32 = 800;
/// How long a call waits for a limit to pass before it gives up and says until when.
const PATIENCE: [(Urgency, Duration); 2] = [
    (Urgency::Person, Duration::from_secs(2)),
    (Urgency::Background, Duration::from_secs(90)),
];
/// What GitHub asks to wait where it does not say how long, doubled with each repetition.
const UNSAID: Duration = Duration::from_mins(1);

/// What is left for one set of credentials. Copies share it.
#[derive(Clone)]
pub(super) struct Budget {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
    all: Arc<Semaphore>,
    background: Arc<Semaphore>,
    /// The very first request goes alone: what is left is not known before its answer.
    first: Arc<Turn<()>>,
}

#[derive(Default)]
struct State {
    /// Whether GitHub answered at all.
    heard: bool,
    /// When it was last asked for leave.
    asked_at: DateTime<Utc>,
    /// What GitHub last said of this hour; `None` where it says nothing.
    hour: Option<Hour>,
    /// Nobody asks before this moment.
    blocked_until: Option<DateTime<Utc>>,
    /// How many times in a row GitHub said that it was too much.
    refused: u32,
    in_flight: u32,
    writes: VecDeque<DateTime<Utc>>,
    /// The points of the last minute, each with its moment, and their sum.
    points: VecDeque<(DateTime<Utc>, u32)>,
    sum_of_points: u32,
}

#[derive(Clone, Copy)]
struct Hour {
    limit: u32,
    remaining: u32,
    resets_at: DateTime<Utc>,
}

impl Hour {
    /// What background work leaves to people.
    fn reserve(self) -> u32 {
        self.limit / 20
    }
}

/// The leave to make one request; returned when dropped.
pub(super) struct Leave {
    state: Arc<Mutex<State>>,
    _all: OwnedSemaphorePermit,
    _background: Option<OwnedSemaphorePermit>,
    _first: Option<OwnedMutexGuard<()>>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        lock(&self.state).in_flight -= 1;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Budget {
    /// A budget of which nothing is known yet.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Arc::default(),
            all: Arc::new(Semaphore::new(AT_ONCE)),
            background: Arc::new(Semaphore::new(BACKGROUND_AT_ONCE)),
            first: Arc::default(),
        }
    }

    /// Waits for the leave to make a request; an error where that would take too long.
    pub(super) async fn enter(&self, urgency: Urgency, writes: bool) -> Result<Leave, ForgeError> {
        let background = match urgency {
            Urgency::Person => None,
            Urgency::Background => Some(permit(&self.background).await?),
        };
        let all = permit(&self.all).await?;
        let first = self.go_first().await;
        let patience = PATIENCE
            .into_iter()
            .find_map(|(whose, patience)| (whose == urgency).then_some(patience))
            .unwrap_or_default();
        let give_up = self.clock.now() + patience;
        loop {
            let (until, now) = {
                let mut state = lock(&self.state);
                // Nobody comes before somebody else who looked at the clock later.
                let now = self.clock.now();
                match state.free_at(now, urgency, writes) {
                    None => {
                        state.take(now, writes);
                        break;
                    }
                    Some(until) => (until, now),
                }
            };
            if until > give_up {
                return Err(ForgeError::Limited { until });
            }
            self.clock
                .sleep((until - now).to_std().unwrap_or_default())
                .await;
        }
        Ok(Leave {
            state: Arc::clone(&self.state),
            _all: all,
            _background: background,
            _first: first,
        })
    }

    /// The lead over all others, as long as nothing was heard from GitHub.
    async fn go_first(&self) -> Option<OwnedMutexGuard<()>> {
        if lock(&self.state).heard {
            return None;
        }
        let lead = Arc::clone(&self.first).lock_owned().await;
        (!lock(&self.state).heard).then_some(lead)
    }

    /// Takes in what an answer says of the limits. `Some` when it is a refusal for one of them,
    /// with the moment until which nobody asks.
    pub(super) fn observe(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        message: &str,
    ) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        state.heard = true;
        state.learn(headers, now);
        let refused = status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::FORBIDDEN;
        if !refused {
            state.refused = 0;
            return None;
        }
        let wait = number(headers, RETRY_AFTER.as_str())
            .map(|seconds| TimeDelta::seconds(i64::from(seconds)));
        let used_up = number(headers, "x-ratelimit-remaining") == Some(0);
        let until = if let Some(wait) = wait {
            now + wait
        } else if used_up {
            resets_at(headers, now)?
        } else if status == StatusCode::TOO_MANY_REQUESTS || message.contains("rate limit") {
            let times = 1_i32 << state.refused.min(5);
            now + TimeDelta::from_std(UNSAID).unwrap_or_default() * times
        } else {
            // A refusal for another reason.
            return None;
        };
        state.refused += 1;
        let until = until.max(now + TimeDelta::seconds(1));
        state.blocked_until = Some(state.blocked_until.map_or(until, |old| old.max(until)));
        Some(until)
    }

    /// What is left of this hour, and of how many.
    pub(super) fn remaining(&self) -> Option<(u32, u32)> {
        lock(&self.state)
            .hour
            .map(|hour| (hour.remaining, hour.limit))
    }
}

async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ForgeError> {
    let closed = |_| ForgeError::Unavailable("the client was shut down".to_owned());
    Arc::clone(of).acquire_owned().await.map_err(closed)
}

impl State {
    /// When a request may be made; `None` for now.
    fn free_at(
        &mut self,
        now: DateTime<Utc>,
        urgency: Urgency,
        writes: bool,
    ) -> Option<DateTime<Utc>> {
        if now < self.asked_at {
            // The clock was set back: what it counted is worth nothing. GitHub says anew what it wants.
            *self = Self {
                heard: self.heard,
                refused: self.refused,
                in_flight: self.in_flight,
                ..Self::default()
            };
        }
        self.asked_at = now;
        if self.blocked_until.is_some_and(|until| until <= now) {
            self.blocked_until = None;
        }
        // The hour is over; what GitHub gives for the next one its answers will tell.
        if self.hour.is_some_and(|hour| hour.resets_at <= now) {
            self.hour = None;
        }
        let by_hour = self.hour.and_then(|hour| {
            let kept = match urgency {
                Urgency::Person => 0,
                Urgency::Background => hour.reserve(),
            };
            (hour.remaining <= kept).then_some(hour.resets_at)
        });
        let by_writes = writes.then(|| self.writes_free_at(now)).flatten();
        let by_points = self.points_free_at(now, points_of(writes));
        [self.blocked_until, by_hour, by_writes, by_points]
            .into_iter()
            .flatten()
            .max()
    }

    fn writes_free_at(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hour = TimeDelta::hours(1);
        while self.writes.front().is_some_and(|at| *at + hour <= now) {
            self.writes.pop_front();
        }
        let full = |most: usize, span: TimeDelta| {
            let nth = self.writes.len().checked_sub(most)?;
            let free = *self.writes.get(nth)? + span;
            (free > now).then_some(free)
        };
        full(WRITES_A_MINUTE, TimeDelta::minutes(1)).max(full(WRITES_AN_HOUR, hour))
    }

    fn points_free_at(&mut self, now: DateTime<Utc>, wanted: u32) -> Option<DateTime<Utc>> {
        let minute = TimeDelta::minutes(1);
        while let Some((at, points)) = self.points.front().copied()
            && at + minute <= now
        {
            self.sum_of_points -= points;
            self.points.pop_front();
        }
        let over = (self.sum_of_points + wanted).saturating_sub(POINTS_A_MINUTE);
        let mut freed = 0;
        let enough = self.points.iter().find(|(_, points)| {
            freed += points;
            freed >= over
        });
        enough.filter(|_| over > 0).map(|(at, _)| *at + minute)
    }

    fn take(&mut self, now: DateTime<Utc>, writes: bool) {
        self.in_flight += 1;
        let points = points_of(writes);
        self.points.push_back((now, points));
        self.sum_of_points += points;
        if let Some(hour) = &mut self.hour {
            hour.remaining = hour.remaining.saturating_sub(1);
        }
        if writes {
            self.writes.push_back(now);
        }
    }

    fn learn(&mut self, headers: &HeaderMap, now: DateTime<Utc>) {
        let (Some(limit), Some(remaining), Some(resets_at)) = (
            number(headers, "x-ratelimit-limit"),
            number(headers, "x-ratelimit-remaining"),
            resets_at(headers, now),
        ) else {
            return;
        };
        // Others are on their way and not counted yet; the one that was answered is.
        let remaining = remaining.saturating_sub(self.in_flight.saturating_sub(1));
        // Answers may overtake one another: an older one tells of an hour that is over.
        if self.hour.is_none_or(|hour| resets_at >= hour.resets_at) {
            self.hour = Some(Hour {
                limit,
                remaining,
                resets_at,
            });
        }
    }
}

fn points_of(writes: bool) -> u32 {
    if writes { 5 } else { 1 }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u32> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// When the hour is over: within an hour, whatever a stand-in counts in.
fn resets_at(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = headers.get("x-ratelimit-reset")?.to_str().ok()?;
    let resets_at = DateTime::from_timestamp(seconds.trim().parse().ok()?, 0)?;
    Some(resets_at.min(now + TimeDelta::hours(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up() {
        let noon = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let mut state = State::default();
        for _ in 0..WRITES_A_MINUTE {
            assert_eq!(state.free_at(noon, Urgency::Person, true), None);
            state.take(noon, true);
        }
        state.blocked_until = Some(noon + TimeDelta::minutes(1));
        state.hour = Some(Hour {
            limit: 5_000,
            remaining: 0,
            resets_at: noon + TimeDelta::hours(1),
        });
        assert!(state.free_at(noon, Urgency::Person, true) > Some(noon));
        let morning = noon - TimeDelta::hours(3);
        assert_eq!(state.free_at(morning, Urgency::Person, true), None);
        assert_eq!(state.in_flight, u32::try_from(WRITES_A_MINUTE).unwrap());
    }

    #[test]
    fn an_hour_is_over_within_an_hour_whatever_its_end_is_counted_in() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        for (reset, over) in [
            ("1780000600", Some(now + TimeDelta::minutes(10))),
            ("1780000600000", Some(now + TimeDelta::hours(1))),
            ("9223372036854775807", None),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-ratelimit-reset", reset.parse().unwrap());
            assert_eq!(resets_at(&headers, now), over, "{reset}");
        }
    }
}
