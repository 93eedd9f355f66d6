//! What models of services share to go wrong by a script: which time of many, and a gate that
//! holds somebody until a test opens it.

use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use tokio::sync::watch;

/// Holds requests until it is opened. Copies are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    is_open: watch::Sender<bool>,
    arrived: watch::Sender<usize>,
}

impl Gate {
    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Returns when so many requests have arrived at the gate.
    pub async fn arrived(&self, count: usize) {
        // The sender lives in `self`, so it cannot be gone.
        let _ = self
            .arrived
            .subscribe()
            .wait_for(|arrived| *arrived >= count)
            .await;
    }

    pub(super) async fn pass(&self) {
        self.arrived.send_modify(|arrived| *arrived += 1);
        let _ = self.is_open.subscribe().wait_for(|is_open| *is_open).await;
    }
}

/// Which of those that fit, counted from one.
#[derive(Debug, Clone)]
pub(super) enum Which {
    Nth(usize),
    First(usize),
    Every(usize),
    Chance(f64, SmallRng),
}

impl Which {
    pub(super) fn chance(chance: f64, seed: u64) -> Self {
        Self::Chance(chance, SmallRng::seed_from_u64(seed))
    }
}

/// A fault, and whom it strikes.
#[derive(Debug)]
pub(super) struct Script<On, Fault> {
    pub(super) on: On,
    pub(super) fault: Fault,
    pub(super) which: Which,
    seen: usize,
}

/// The faults to come.
#[derive(Debug)]
pub(super) struct Scripts<On, Fault>(Vec<Script<On, Fault>>);

impl<On, Fault> Default for Scripts<On, Fault> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<On, Fault: Clone> Scripts<On, Fault> {
    pub(super) fn add(&mut self, on: On, which: Which, fault: Fault) {
        self.0.push(Script {
            on,
            fault,
            which,
            seen: 0,
        });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that strikes now, if one does. The first script to strike wins, and those behind it
    /// do not count this time: two scripts for the same thing make a queue.
    pub(super) fn strike(&mut self, fits: impl Fn(&On, &Fault) -> bool) -> Option<Fault> {
        let mut struck = None;
        self.0.retain_mut(|script| {
            if struck.is_some() || !fits(&script.on, &script.fault) {
                return true;
            }
            script.seen += 1;
            let seen = script.seen;
            let (strikes, is_spent) = match &mut script.which {
                Which::Nth(n) => (seen == *n, seen >= *n),
                Which::First(n) => (seen <= *n, seen >= *n),
                Which::Every(n) => (seen.is_multiple_of(*n), false),
                Which::Chance(chance, random) => (random.random_bool(*chance), false),
            };
            if strikes {
                struck = Some(script.fault.clone());
            }
            !is_spent
        });
        struck
    }
}
