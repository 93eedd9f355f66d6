//! Rate limits: how often each method may be called in a workspace, and how often a channel may be
//! posted to.
//!
//! <https://docs.slack.dev/apis/web-api/rate-limits>

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

/// How many calls a minute: "Tier 1: 1+ per minute", and so on. The plus is a burst whose size is
/// not told; for the first tier the model takes it to be the connections that Socket Mode allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    One,
    Two,
    Three,
    Four,
    /// "Special": `chat.postMessage`, "generally allows posting one message per second per channel,
    /// while also maintaining a workspace-wide limit" of several hundred a minute.
    Posting,
    /// "Special": hundreds a minute.
    Hundreds,
}

/// Messages that may come at once in a channel: "short bursts of more than 1 are allowed".
const BURST: usize = 5;
const MINUTE: TimeDelta = TimeDelta::minutes(1);

impl Tier {
    fn a_minute(self) -> usize {
        match self {
            Self::One => 10,
            Self::Two => 20,
            Self::Three => 50,
            Self::Four => 100,
            Self::Posting | Self::Hundreds => 300,
        }
    }
}

/// What came of asking.
pub(super) struct Limited {
    /// In how many seconds to come again.
    pub(super) retry_after: i64,
    /// Whether it had been told to wait already.
    pub(super) was_told: bool,
}

#[derive(Debug, Default)]
pub(super) struct Limits {
    pub(super) is_off: bool,
    recent: HashMap<(String, String), VecDeque<DateTime<Utc>>>,
    told: HashMap<(String, String), DateTime<Utc>>,
}

impl Limits {
    /// Counts a call, or says how long to wait.
    pub(super) fn take(
        &mut self,
        team: &str,
        method: &str,
        tier: Tier,
        now: DateTime<Utc>,
    ) -> Result<(), Limited> {
        let key = (team.to_owned(), method.to_owned());
        self.wait(&key, now)?;
        let recent = self.recent.entry(key.clone()).or_default();
        while recent.front().is_some_and(|at| *at <= now - MINUTE) {
            recent.pop_front();
        }
        if self.is_off || recent.len() < tier.a_minute() {
            recent.push_back(now);
            return Ok(());
        }
        let until = recent.front().map_or(now, |oldest| *oldest + MINUTE);
        self.refuse(key, now, until)
    }

    /// Counts a message in a channel: one a second, and a short burst.
    pub(super) fn post(
        &mut self,
        team: &str,
        channel: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Limited> {
        let key = (team.to_owned(), format!("a message in {channel}"));
        self.wait(&key, now)?;
        let recent = self.recent.entry(key.clone()).or_default();
        // Each entry is the second that a message takes; they queue up behind one another.
        while recent.front().is_some_and(|end| *end <= now) {
            recent.pop_front();
        }
        if !self.is_off && recent.len() >= BURST {
            let until = recent.front().copied().unwrap_or(now);
            return self.refuse(key, now, until);
        }
        let start = recent.back().copied().unwrap_or(now).max(now);
        recent.push_back(start + TimeDelta::seconds(1));
        Ok(())
    }

    /// Lets a fault's `Retry-After` count: who comes earlier did not wait.
    pub(super) fn tell(&mut self, team: &str, method: &str, until: DateTime<Utc>) {
        self.told
            .insert((team.to_owned(), method.to_owned()), until);
    }

    fn wait(&mut self, key: &(String, String), now: DateTime<Utc>) -> Result<(), Limited> {
        match self.told.get(key) {
            Some(until) if *until > now && !self.is_off => Err(Limited {
                retry_after: seconds_between(now, *until),
                was_told: true,
            }),
            _ => {
                self.told.remove(key);
                Ok(())
            }
        }
    }

    fn refuse(
        &mut self,
        key: (String, String),
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), Limited> {
        let retry_after = seconds_between(now, until);
        self.told.insert(key, now + TimeDelta::seconds(retry_after));
        Err(Limited {
            retry_after,
            was_told: false,
        })
    }
}

/// Whole seconds, at least one.
fn seconds_between(now: DateTime<Utc>, until: DateTime<Utc>) -> i64 {
    let millis = (until - now).num_milliseconds();
    ((millis + 999) / 1000).max(1)
}
