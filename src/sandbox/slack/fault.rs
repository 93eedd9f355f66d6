//! What can go wrong on the way, by a script: which calls and deliveries, and how.

pub use crate::sandbox::script::Gate;
use crate::sandbox::script::{Scripts, Which};

use super::log::Kind;

/// How a call, or a delivery over Socket Mode, goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answered with this error, and nothing was done.
    Error(&'static str),
    /// 429, with so many seconds to wait.
    TooManyRequests(i64),
    /// Answered with this status and not looked at.
    Status(u16),
    /// Done, and then answered with this status.
    StatusAfter(u16),
    /// The connection ends without an answer, and nothing was done. An envelope is not sent, and its
    /// connection ends.
    Drop,
    /// Done, and then the connection ends without an answer. An envelope is sent, and then its
    /// connection ends.
    DropAfter,
    /// Never answered, and nothing was done. An envelope is never sent.
    Hang,
    /// Waits before the gate, and then goes its usual way.
    Held(Gate),
    /// Done; the answer waits before the gate.
    HeldAfter(Gate),
    /// Done; `Content-Length` promises the whole body, and half of it comes.
    Cut,
    /// Done; the body is no JSON.
    Garbage,
    /// Done; the body is JSON of another shape.
    WrongShape,
    /// Done; a page for people, with status 200.
    Html,
}

/// Which calls and deliveries go wrong: the next that fits, unless said otherwise.
#[derive(Debug, Clone)]
pub struct On {
    what: Option<String>,
    which: Which,
}

impl On {
    fn new(what: Option<&str>) -> Self {
        Self {
            what: what.map(str::to_owned),
            which: Which::Nth(1),
        }
    }

    /// Any call of the Web API and of a `response_url`; no delivery.
    pub fn any() -> Self {
        Self::new(None)
    }

    /// A call of this method of the Web API.
    pub fn method(name: &str) -> Self {
        Self::new(Some(name))
    }

    /// An answer through a `response_url`.
    pub fn response_url() -> Self {
        Self::new(Some("response_url"))
    }

    /// Bytes of a file on their way.
    pub fn upload() -> Self {
        Self::new(Some("upload"))
    }

    /// A WebSocket that is being opened.
    pub fn connect() -> Self {
        Self::new(Some("connect"))
    }

    /// A delivery over Socket Mode.
    pub fn envelope(kind: Kind) -> Self {
        Self::new(Some(kind.envelope()))
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
}

#[derive(Debug, Default)]
pub(super) struct Faults(Scripts<Option<String>, Fault>);

impl Faults {
    pub(super) fn add(&mut self, on: On, fault: Fault) {
        self.0.add(on.what, on.which, fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// How this call goes wrong, if it does.
    pub(super) fn strike(&mut self, what: &str) -> Option<Fault> {
        self.0
            .strike(|on, _| on.as_deref().is_none_or(|on| on == what))
    }

    /// How this delivery goes wrong, if it does.
    pub(super) fn strike_delivery(&mut self, what: &str) -> Option<Fault> {
        self.0.strike(|on, _| on.as_deref() == Some(what))
    }
}
