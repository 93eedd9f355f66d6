//! A clock that runs as fast as any other from the moment to which it was set, and leaps forwards.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::{
    Asking,
    sleepers::{Sleeper, Sleepers},
};
use crate::ports::Clock;

/// A clock that was set to some moment and runs since then. Who sleeps wakes by it, at once where it
/// leaps over that moment. Copies are the same clock.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<Face>);

#[derive(Debug)]
struct Face {
    hand: Mutex<Hand>,
    asking: AtomicUsize,
    /// Counts the leaps.
    leaps: watch::Sender<u64>,
}

#[derive(Debug)]
struct Hand {
    /// What it showed at that instant.
    shown: DateTime<Utc>,
    when: Instant,
    sleepers: Sleepers,
}

impl Hand {
    fn now(&self) -> DateTime<Utc> {
        self.shown + self.when.elapsed()
    }
}

impl SetClock {
    /// A clock that shows this moment now.
    pub fn to(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Face {
            hand: Mutex::new(Hand {
                shown: now,
                when: Instant::now(),
                sleepers: Sleepers::default(),
            }),
            asking: AtomicUsize::new(0),
            leaps: watch::Sender::new(0),
        }))
    }

    /// Leaps to a moment, and wakes who sleeps no longer than until then; it never goes back.
    pub fn leap(&self, to: DateTime<Utc>) {
        let mut hand = self.hand();
        if to <= hand.now() {
            return;
        }
        hand.shown = to;
        hand.when = Instant::now();
        hand.sleepers.wake(to);
        drop(hand);
        self.0.leaps.send_modify(|leaps| *leaps += 1);
    }

    /// Counts the leaps.
    pub fn leaps(&self) -> watch::Receiver<u64> {
        self.0.leaps.subscribe()
    }

    /// Whether somebody waits for an answer.
    pub fn is_asking(&self) -> bool {
        self.0.asking.load(Ordering::SeqCst) > 0
    }

    /// How often somebody lay down to sleep.
    pub fn slept(&self) -> u64 {
        self.hand().sleepers.slept()
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.0.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a sleeper off the list, also when its future is dropped.
struct Asleep<'a>(&'a SetClock, Sleeper);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.hand().sleepers.remove(self.1);
    }
}

#[async_trait]
impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        self.hand().now()
    }

    async fn sleep(&self, duration: Duration) {
        let (woken, _asleep) = {
            let mut hand = self.hand();
            let long = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
            let wake = hand.now().checked_add_signed(long);
            let (nth, woken) = hand.sleepers.add(wake.unwrap_or(DateTime::<Utc>::MAX_UTC));
            (woken, Asleep(self, nth))
        };
        tokio::select! {
            _ = woken => {}
            () = tokio::time::sleep(duration) => {}
        }
    }

    /// An answer takes as long as it takes: whoever waits for one does not feel a leap.
    async fn expire(&self, duration: Duration) {
        let _asking = Asking::new(&self.0.asking);
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures::poll;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn clock() -> SetClock {
        SetClock::to("2026-07-06T09:00:00Z".parse().expect("a moment"))
    }

    #[tokio::test]
    async fn a_leap_wakes_whom_it_passes_and_nobody_else() {
        let clock = clock();
        let start = clock.now();
        let [mut short, mut long, mut longest] =
            [HOUR, 2 * HOUR, Duration::MAX].map(|time| clock.sleep(time));
        let mut asking = clock.expire(HOUR);
        for sleeper in [&mut short, &mut long, &mut longest, &mut asking] {
            assert_eq!(poll!(sleeper), Poll::Pending);
        }
        assert!(clock.is_asking());
        clock.leap(start + HOUR + Duration::from_mins(1));
        short.await;
        assert_eq!(poll!(&mut long), Poll::Pending);
        clock.leap(start + 31 * 24 * HOUR);
        long.await;
        for sleeper in [&mut longest, &mut asking] {
            assert_eq!(poll!(sleeper), Poll::Pending);
        }
        drop(asking);
        assert!(!clock.is_asking());
        drop(longest);
        assert_eq!(clock.hand().sleepers.first(), None);
        assert_eq!(clock.slept(), 3);
        assert_eq!(*clock.leaps().borrow(), 2);
    }

    #[tokio::test]
    async fn it_never_goes_back() {
        let clock = clock();
        let start = clock.now();
        clock.leap(start - HOUR);
        clock.leap(start);
        assert!(clock.now() >= start);
        assert_eq!(*clock.leaps().borrow(), 0);
        clock.leap(start + HOUR);
        assert!(clock.now() >= start + HOUR);
    }

    #[tokio::test]
    async fn without_a_leap_one_sleeps_as_long_as_one_wanted() {
        let clock = clock();
        let start = clock.now();
        clock.sleep(Duration::from_millis(20)).await;
        assert!(clock.now() - start >= TimeDelta::milliseconds(20));
        assert_eq!(clock.hand().sleepers.first(), None);
    }
}
