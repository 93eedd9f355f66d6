//! Clocks that do not show the machine's time: one that stands still until it is moved, and one that
//! began at another moment.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::ports::Clock;

/// A clock that stands still until it is moved; whoever sleeps wakes when it was moved far enough.
/// Copies are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
    /// When each sleeper wants to wake.
    sleepers: Arc<Mutex<Vec<DateTime<Utc>>>>,
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
        Self {
            now: watch::Sender::new(now),
            sleepers: Arc::default(),
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
        self.now.send_modify(|now| *now += by);
    }

    /// Sets it, backwards too.
    pub fn set(&self, to: DateTime<Utc>) {
        self.now.send_replace(to);
    }

    /// Whether somebody waits for an answer that must come within a bound: to move the clock may cut
    /// it off.
    pub fn is_asking(&self) -> bool {
        self.asking.load(Ordering::SeqCst) > 0
    }

    /// The earliest moment for which somebody sleeps.
    pub fn next_wake(&self) -> Option<DateTime<Utc>> {
        let sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        sleepers.iter().min().copied()
    }

    fn forget(&self, wake: DateTime<Utc>) {
        let mut sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = sleepers.iter().position(|other| *other == wake) {
            sleepers.swap_remove(at);
        }
    }
}

/// Takes a sleeper off the list, also when its future is dropped.
struct Asleep<'a>(&'a ManualClock, DateTime<Utc>);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.forget(self.1);
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
        *self.now.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        if self.skips {
            self.advance(duration);
            return;
        }
        let mut seen = self.now.subscribe();
        let wake = self.now() + TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        self.sleepers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(wake);
        let asleep = Asleep(self, wake);
        // The sender lives in `self`, so it cannot be gone.
        let _ = seen.wait_for(|now| *now >= asleep.1).await;
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

/// A clock that was set to some moment and runs since then, as fast as any other.
#[derive(Debug, Clone, Copy)]
pub struct SetClock {
    to: DateTime<Utc>,
    when: Instant,
}

impl SetClock {
    /// A clock that shows this moment now.
    pub fn to(now: DateTime<Utc>) -> Self {
        Self {
            to: now,
            when: Instant::now(),
        }
    }
}

#[async_trait]
impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        self.to + self.when.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
