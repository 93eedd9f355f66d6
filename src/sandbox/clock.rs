//! Clocks that do not show the machine's time: one that stands still until it is moved, and one that
//! began at another moment.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{oneshot, watch};

use crate::ports::Clock;

/// What a clock shows, and who waits for what.
#[derive(Debug)]
struct Hand {
    now: DateTime<Utc>,
    /// When each sleeper wants to wake, told apart by a number, and how to wake those who sleep. Who
    /// was woken stays here until they notice.
    sleepers: BTreeMap<(DateTime<Utc>, u64), Option<oneshot::Sender<()>>>,
    slept: u64,
}

impl Hand {
    /// Of thousands who sleep only those are woken whose time has come.
    fn set(&mut self, to: DateTime<Utc>) {
        self.now = to;
        for sleeper in self.sleepers.range_mut(..=(to, u64::MAX)) {
            if let Some(wake) = sleeper.1.take() {
                // Who is gone need not wake.
                let _ = wake.send(());
            }
        }
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
            sleepers: BTreeMap::new(),
            slept: 0,
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
        let hand = self.hand();
        hand.sleepers.keys().next().map(|(wake, _)| *wake)
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a sleeper off the list, also when its future is dropped.
struct Asleep<'a>(&'a ManualClock, (DateTime<Utc>, u64));

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.hand().sleepers.remove(&self.1);
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
            hand.slept += 1;
            let nth = (wake, hand.slept);
            let (waker, woken) = oneshot::channel();
            hand.sleepers.insert(nth, Some(waker));
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
