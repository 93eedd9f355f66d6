//! What was asked of the model, for tests to look at.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// One request, and what became of it.
#[derive(Debug, Clone)]
pub struct Logged {
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// `GET` and so on.
    pub method: String,
    /// Path and query, below the API's base.
    pub path: String,
    /// The account behind the token; for an App or its installation, the App's bot.
    pub login: Option<String>,
    /// Whether it came with `If-None-Match`.
    pub conditional: bool,
    /// What was answered; `None` while it hangs and when the connection was dropped.
    pub status: Option<u16>,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// How long the answer took, by the model's clock.
    pub took: Option<TimeDelta>,
    /// What was sent; empty unless [`GitHub::keep_bodies`](super::GitHub::keep_bodies) was called.
    pub request: Bytes,
    /// What was answered; likewise.
    pub answer: Bytes,
}

/// One delivery of a webhook, and what became of it.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// What `X-GitHub-Event` said.
    pub event: String,
    /// The payload's `action`, where the event has some.
    pub action: Option<String>,
    /// What was answered; `None` where nothing was.
    pub status: Option<u16>,
    /// How long that took, by the model's clock.
    pub took: TimeDelta,
    /// What was sent; empty unless [`GitHub::keep_bodies`](super::GitHub::keep_bodies) was called.
    pub payload: Bytes,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<Logged>,
    delivered: Vec<Delivered>,
    /// How many were forgotten, so that an entry's place stays valid when the log is reset.
    forgotten: usize,
    /// Whether bodies are kept.
    pub(super) with_bodies: bool,
    /// Counts the changes.
    pub(super) revision: watch::Sender<u64>,
}

impl Log {
    pub(super) fn begin(&mut self, mut entry: Logged) -> usize {
        if !self.with_bodies {
            entry.request = Bytes::new();
        }
        self.touch();
        self.entries.push(entry);
        self.forgotten + self.entries.len() - 1
    }

    pub(super) fn deliver(&mut self, mut delivered: Delivered) {
        if !self.with_bodies {
            delivered.payload = Bytes::new();
        }
        self.touch();
        self.delivered.push(delivered);
    }

    pub(super) fn delivered(&self) -> &[Delivered] {
        &self.delivered
    }

    /// Something is different for whoever watches.
    pub(super) fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// The entry at this place, to be changed, unless it was forgotten.
    pub(super) fn entry(&mut self, place: usize) -> Option<&mut Logged> {
        self.touch();
        self.entries.get_mut(place.checked_sub(self.forgotten)?)
    }

    pub(super) fn entries(&self) -> &[Logged] {
        &self.entries
    }

    pub(super) fn reset(&mut self) {
        self.forgotten += self.entries.len();
        self.entries.clear();
        self.delivered.clear();
    }
}
