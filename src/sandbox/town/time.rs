//! The town's time: people move its clock on, and what falls due meanwhile happens in its order.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::Town;
use crate::{
    domain::{Zone, schedule::Slot},
    ports::Clock as _,
    sandbox::slack::Channel,
};

/// How far it goes at once.
const FURTHEST: TimeDelta = TimeDelta::days(31);
/// It goes in about so many leaps, and stops at each digest: who waits for less than a leap sees it
/// late, as after the sleep of a machine.
const LEAPS: i32 = 60;
const SHORTEST_LEAP: TimeDelta = TimeDelta::minutes(1);
/// After so long in silence, by real time, nobody in the town is at anything.
const SILENCE: Duration = Duration::from_millis(20);
/// Silence is waited for so long; what takes longer goes on over the next leap.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the clock is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// It shows that already.
    #[error("The clock only goes forwards, and it shows {} already.", shown(*.0))]
    Back(DateTime<Utc>),
    /// That is too far.
    #[error(
        "The clock goes {} days at most at once: until {}.",
        FURTHEST.num_days(),
        shown(*.0)
    )]
    TooFar(DateTime<Utc>),
    /// Somebody moves it.
    #[error("Somebody is moving the clock; wait until it has arrived.")]
    Moving,
}

fn shown(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%a %-d %b %Y, %H:%M UTC")
}

/// When a digest is due, and where.
pub struct Due {
    /// When.
    pub slot: Slot,
    /// By whose clocks.
    pub zone: Zone,
    /// Where.
    pub channel: Channel,
}

impl Town {
    /// What the clock of the town shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Counts the leaps of the clock.
    pub fn leaps(&self) -> watch::Receiver<u64> {
        self.clock.leaps()
    }

    /// The digest that is due next.
    pub fn next_digest(&self) -> Option<Due> {
        let now = self.now();
        let due = self.digests.iter().filter_map(|(channel, digest)| {
            let zone = &digest.timezone;
            Some((digest.schedule.next(now, zone)?, zone, channel))
        });
        let (slot, zone, id) = due.min_by_key(|(slot, ..)| *slot)?;
        let mut channels = self.workspace.channels().into_iter();
        Some(Due {
            slot,
            zone: zone.clone(),
            channel: channels.find(|channel| channel.id() == &**id)?,
        })
    }

    /// Moves the clock on. Returns when it is there, and what fell due has happened.
    pub async fn advance(&self, to: DateTime<Utc>) -> Result<(), Unmoved> {
        let moving = self.moving.try_lock();
        let _moving = moving.map_err(|_| Unmoved::Moving)?;
        let from = self.now();
        if to <= from {
            return Err(Unmoved::Back(from));
        }
        if to - from > FURTHEST {
            return Err(Unmoved::TooFar(from + FURTHEST));
        }
        let longest = ((to - from) / LEAPS).max(SHORTEST_LEAP);
        let mut leap = SHORTEST_LEAP;
        self.silence().await;
        while self.now() < to {
            let digest = self.next_digest().map_or(to, |due| due.slot.at);
            let next = (self.now() + leap).min(digest).min(to);
            self.clock.leap(next);
            // What a person or a digest began is done within minutes, and not within leaps.
            leap = if next == digest {
                SHORTEST_LEAP
            } else {
                (leap * 2).min(longest)
            };
            self.silence().await;
        }
        Ok(())
    }

    /// Returns when nobody is at anything: nothing is asked, said or delivered, and nobody lies down.
    async fn silence(&self) {
        const LOOKS: u32 = 4;
        let revisions = || {
            let (slack, github) = (self.slack.changed(), self.github.changed());
            let both = *slack.borrow() + *github.borrow();
            (both, self.clock.slept())
        };
        let is_at_it = || self.clock.is_asking() || self.slack.is_delivering();
        let silence = async {
            let mut before = revisions();
            let mut quiet = 0;
            while quiet < LOOKS {
                tokio::time::sleep(SILENCE / LOOKS).await;
                let now = revisions();
                let is_quiet = now == before && !is_at_it();
                quiet = if is_quiet { quiet + 1 } else { 0 };
                before = now;
            }
        };
        // Who does not come to rest does not stop the time.
        let _ = tokio::time::timeout(PATIENCE, silence).await;
    }
}
