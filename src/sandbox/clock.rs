//! Clocks that do not show the machine's time: one that stands still until it is moved, and one that
//! began at another moment.

mod set;
mod sleepers;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

pub use self::set::SetClock;
use self::sleepers::{Sleeper, Sleepers};
use crate::ports::Clock;

/// What a clock shows, and who waits for what.
#[derive(Debug)]
struct Hand {
    now: DateTime<Utc>,
    sleepers: Sleepers,
}

impl Hand {
    fn set(&mut self, to: DateTime<Utc>) {
        self.now = to;
        self.sleepers.wake(to);
    }
}

/// A clock that stands still until it is moved; whoever sleeps wakes when it was moved far enough.
/// Copies are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock {
    hand: Arc<Mutex<Hand>>,
    /// Whether a wait moves the clock itself and is over at once.
    skips: bool,
    /// How many wait for an answer within a bound.
    asking: Arc<AtomicUsize>,
    /// Counts the times that every bound was declared to be over.
    expired: watch::Sender<u64>,
}

impl ManualClock {
    /// A clock that shows this moment.
    pub fn at(now: DateTime<Utc>) -> Self {
        let hand = Hand {
            now,
            sleepers: Sleepers::default(),
        };
        Self {
            hand: Arc::new(Mutex::new(hand)),
            skips: false,
            asking: Arc::default(),
            expired: watch::Sender::new(0),
        }
    }

    /// A clock that moves itself: who sleeps wakes at once, and that much time has passed. Bounds
    /// hold until [`ManualClock::expire_all`].
    pub fn skipping(now: DateTime<Utc>) -> Self {
        Self {
            skips: true,
            ..Self::at(now)
        }
    }

    /// Declares that whatever is bounded now has taken too long.
    pub fn expire_all(&self) {
        self.expired.send_modify(|times| *times += 1);
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        let mut hand = self.hand();
        let to = hand.now + by;
        hand.set(to);
    }

    /// Sets it, backwards too.
    pub fn set(&self, to: DateTime<Utc>) {
        self.hand().set(to);
    }

    /// Whether somebody waits for an answer that must come within a bound: to move the clock may cut
    /// it off.
    pub fn is_asking(&self) -> bool {
        self.asking.load(Ordering::SeqCst) > 0
    }

    /// The earliest moment for which somebody sleeps.
    pub fn next_wake(&self) -> Option<DateTime<Utc>> {
        self.hand().sleepers.first()
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a sleeper off the list, also when its future is dropped.
struct Asleep<'a>(&'a ManualClock, Sleeper);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.hand().sleepers.remove(self.1);
    }
}

/// Counts one who waits for an answer, as long as they do.
struct Asking<'a>(&'a AtomicUsize);

impl<'a> Asking<'a> {
    fn new(asking: &'a AtomicUsize) -> Self {
        asking.fetch_add(1, Ordering::SeqCst);
        Self(asking)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.hand().now
    }

    async fn sleep(&self, duration: Duration) {
        if self.skips {
            self.advance(duration);
            return;
        }
        let (woken, _asleep) = {
            let mut hand = self.hand();
            let wake = hand.now + TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
            if wake <= hand.now {
                return;
            }
            let (nth, woken) = hand.sleepers.add(wake);
            (woken, Asleep(self, nth))
        };
        // Who would wake it lives in `self`, and so cannot be gone.
        let _ = woken.await;
    }

    async fn expire(&self, duration: Duration) {
        let _asking = Asking::new(&self.asking);
        if self.skips {
            let mut expired = self.expired.subscribe();
            let _ = expired.changed().await;
        } else {
            self.sleep(duration).await;
        }
    }
}
