//! What GitHub sends by itself: whether it is GitHub's, and which event it is.
//!
//! Only what serves is read, and tolerantly: an event that is not known is no event, and an action
//! that is not known is a change, because the payload shows the whole object whatever happened to
//! it. Events: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

mod payload;
mod signature;

use std::fmt;

use serde_json::value::RawValue;

use self::payload::Payload;
pub use self::signature::{SignatureError, verify};
use crate::{domain::CommentKind, ports::forge::ForgeEvent};

/// A reason is for a person who looks at the list of deliveries, not a copy of what came.
const LONGEST_REASON: usize = 160;

/// The events that are read.
const KNOWN: [&str; 10] = [
    "issue_comment",
    "issues",
    "label",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "release",
    "repository",
];

/// A signed payload that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("delivery {delivery} ({event}): {why}")]
pub struct DecodeError {
    event: Box<str>,
    delivery: Box<str>,
    why: Box<str>,
}

impl DecodeError {
    /// What is wrong, in a few words.
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// Reads a payload. `None` for what concerns nobody: a ping, an event of an unknown kind, a push
/// to a side branch. `event` and `delivery` are what the headers `X-GitHub-Event` and
/// `X-GitHub-Delivery` say.
pub fn decode(event: &str, delivery: &str, body: &[u8]) -> Result<Option<ForgeEvent>, DecodeError> {
    if !KNOWN.contains(&event) {
        return Ok(None);
    }
    let read = |payload: &Payload<'_>| match event {
        "issues" => payload.issue_event(),
        "pull_request" => payload.pull_event(),
        "issue_comment" => payload.comment_event(CommentKind::Issue),
        "pull_request_review_comment" => payload.comment_event(CommentKind::Review),
        "pull_request_review" => payload.review_event(),
        "label" => payload.label_event(),
        "push" => payload.push_event(),
        "repository" => payload.repository_event(),
        _ => payload.hint(),
    };
    let outcome = serde_json::from_slice(body)
        .map_err(Wrong::from)
        .and_then(|payload| read(&payload));
    outcome.map_err(|wrong| DecodeError {
        event: event.into(),
        delivery: delivery.into(),
        why: wrong.0.chars().take(LONGEST_REASON).collect(),
    })
}

/// What is wrong with a payload, before it is known whose.
#[derive(Debug)]
struct Wrong(String);

impl From<serde_json::Error> for Wrong {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl Wrong {
    fn missing(part: &str) -> Self {
        Self(format!("the payload has no {part}"))
    }

    fn within(part: &str, error: &impl fmt::Display) -> Self {
        Self(format!("{part}: {error}"))
    }
}

/// A part of a payload that is not read yet.
type Part<'a> = Option<&'a RawValue>;
