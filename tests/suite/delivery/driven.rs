//! A clock that moves when nothing else does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kep_liaison::{ports::Clock, sandbox::clock::ManualClock};

/// How long, in real time, nothing must come from a far side before it hangs.
const HANGS: Duration = Duration::from_secs(2);

/// A clock that stands still while anybody is at work. What is bounded takes no time, unless it hangs.
#[derive(Clone)]
pub(super) struct Driven {
    pub(super) hand: ManualClock,
    bounded: Arc<AtomicUsize>,
}

impl Driven {
    pub(super) fn at(now: DateTime<Utc>) -> Self {
        Self {
            hand: ManualClock::at(now),
            bounded: Arc::default(),
        }
    }

    /// Whether nothing that is bounded is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.bounded.load(Ordering::Relaxed) == 0
    }
}

struct Bounded<'a>(&'a AtomicUsize);

impl Drop for Bounded<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Clock for Driven {
    fn now(&self) -> DateTime<Utc> {
        self.hand.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.hand.sleep(duration).await;
    }

    async fn expire(&self, duration: Duration) {
        self.bounded.fetch_add(1, Ordering::Relaxed);
        let _bounded = Bounded(&self.bounded);
        tokio::time::sleep(HANGS).await;
        self.hand.advance(duration);
    }
}
