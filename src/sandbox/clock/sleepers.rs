//! Who sleeps by a clock that can be moved, and until when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

/// A sleeper: when it wants to wake, and a number, for many may want to at one moment.
pub(super) type Sleeper = (DateTime<Utc>, u64);

#[derive(Debug, Default)]
pub(super) struct Sleepers {
    /// How to wake those who sleep. Who was woken stays here until they notice.
    all: BTreeMap<Sleeper, Option<oneshot::Sender<()>>>,
    slept: u64,
}

impl Sleepers {
    /// Somebody lies down until `wake`; that moment comes through the receiver.
    pub(super) fn add(&mut self, wake: DateTime<Utc>) -> (Sleeper, oneshot::Receiver<()>) {
        self.slept += 1;
        let nth = (wake, self.slept);
        let (waker, woken) = oneshot::channel();
        self.all.insert(nth, Some(waker));
        (nth, woken)
    }

    /// Wakes those whose time has come, the earliest first; of thousands who sleep no others.
    pub(super) fn wake(&mut self, now: DateTime<Utc>) {
        for sleeper in self.all.range_mut(..=(now, u64::MAX)) {
            if let Some(wake) = sleeper.1.take() {
                // Who is gone need not wake.
                let _ = wake.send(());
            }
        }
    }

    pub(super) fn remove(&mut self, sleeper: Sleeper) {
        self.all.remove(&sleeper);
    }

    /// The earliest moment for which somebody sleeps.
    pub(super) fn first(&self) -> Option<DateTime<Utc>> {
        self.all.keys().next().map(|(wake, _)| *wake)
    }

    /// How often somebody lay down.
    pub(super) fn slept(&self) -> u64 {
        self.slept
    }
}
