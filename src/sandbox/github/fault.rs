//! What can go wrong on the way, by a script: which requests, and how.

use http::Method;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use tokio::sync::watch;

/// How a request goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answered with this status and not looked at.
    Status(u16),
    /// Done, and then answered with this status.
    StatusAfter(u16),
    /// The connection ends without an answer, and nothing was done.
    Drop,
    /// Done, and then the connection ends without an answer.
    DropAfter,
    /// Never answered, and nothing was done.
    Hang,
    /// Waits before the gate, and then goes its usual way.
    Held(Gate),
    /// Done; the answer waits before the gate.
    HeldAfter(Gate),
    /// Done; `Content-Length` promises the whole body, and half of it comes.
    Cut,
    /// Done; the chunked body ends in its middle.
    CutChunked,
    /// Done; the body is no JSON.
    Garbage,
    /// Done; the body is JSON of another shape.
    WrongShape,
    /// Done; a page for people, with status 200.
    Html,
    /// Done; the body has no end.
    Endless,
    /// Done; a tree is cut short, and says so.
    TruncatedTree,
    /// 429, with so many seconds to wait.
    TooManyRequests(i64),
    /// The hour's budget is found used up: this request and all others until it begins anew.
    PrimaryLimit,
    /// A secondary limit, for so many seconds where GitHub says, and else for a minute.
    SecondaryLimit(Option<i64>),
}

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

/// Which requests go wrong: the next that fits, unless said otherwise. Archives are fetched from
/// `/codeload/…`, wherever the API is.
#[derive(Debug, Clone)]
pub struct On {
    method: Option<Method>,
    path: String,
    which: Which,
}

#[derive(Debug, Clone)]
enum Which {
    Nth(usize),
    First(usize),
    Every(usize),
    Chance(f64, SmallRng),
}

impl On {
    /// Any request.
    pub fn any() -> Self {
        Self::new(None, "")
    }

    /// A `GET` whose path and query begin so, below the API's base. A repository is called by its
    /// name here, also when a link called it by its number.
    pub fn get(path: &str) -> Self {
        Self::new(Some(Method::GET), path)
    }

    /// A `POST` whose path begins so.
    pub fn post(path: &str) -> Self {
        Self::new(Some(Method::POST), path)
    }

    /// A `PATCH` whose path begins so.
    pub fn patch(path: &str) -> Self {
        Self::new(Some(Method::PATCH), path)
    }

    /// A `DELETE` whose path begins so.
    pub fn delete(path: &str) -> Self {
        Self::new(Some(Method::DELETE), path)
    }

    fn new(method: Option<Method>, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            which: Which::Nth(1),
        }
    }

    /// Only the nth that fits, counted from one and from now.
    #[must_use]
    pub fn nth(self, n: usize) -> Self {
        let which = Which::Nth(n);
        Self { which, ..self }
    }

    /// The first n that fit.
    #[must_use]
    pub fn first(self, n: usize) -> Self {
        let which = Which::First(n);
        Self { which, ..self }
    }

    /// Every nth that fits: each one for 1.
    #[must_use]
    pub fn every(self, n: usize) -> Self {
        let which = Which::Every(n);
        Self { which, ..self }
    }

    /// Each that fits with this chance, drawn from a seed.
    #[must_use]
    pub fn chance(self, chance: f64, seed: u64) -> Self {
        let which = Which::Chance(chance, SmallRng::seed_from_u64(seed));
        Self { which, ..self }
    }

    fn fits(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method) && path.starts_with(&self.path)
    }
}

#[derive(Debug)]
struct Script {
    on: On,
    fault: Fault,
    seen: usize,
}

#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Script>);

impl Faults {
    pub(super) fn add(&mut self, on: On, fault: Fault) {
        self.0.push(Script { on, fault, seen: 0 });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// How this request goes wrong, if it does. The first script to strike wins, and those behind it
    /// do not count the request: two scripts for the same path make a queue.
    pub(super) fn strike(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let mut struck = None;
        self.0.retain_mut(|script| {
            if struck.is_some() || !script.on.fits(method, path) {
                return true;
            }
            script.seen += 1;
            let seen = script.seen;
            let (strikes, is_spent) = match &mut script.on.which {
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
