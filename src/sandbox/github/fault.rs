//! What can go wrong on the way, by a script: which requests, and how.

use http::Method;

use crate::sandbox::script::{Scripts, Which};

pub use crate::sandbox::script::Gate;

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

/// Which requests go wrong: the next that fits, unless said otherwise. Archives are fetched from
/// `/codeload/…`, wherever the API is.
#[derive(Debug, Clone)]
pub struct On {
    method: Option<Method>,
    path: String,
    which: Which,
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
        let which = Which::chance(chance, seed);
        Self { which, ..self }
    }

    fn fits(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method) && path.starts_with(&self.path)
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults(Scripts<On, Fault>);

impl Faults {
    pub(super) fn add(&mut self, on: On, fault: Fault) {
        let which = on.which.clone();
        self.0.add(on, which, fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// How this request goes wrong, if it does.
    pub(super) fn strike(&mut self, method: &Method, path: &str) -> Option<Fault> {
        self.0.strike(|on, _| on.fits(method, path))
    }
}
