//! What the app asked, what was delivered to it, and what Slack would scold it for.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// One call of the Web API or of a `response_url`, and what became of it.
#[derive(Debug, Clone)]
pub struct ApiCall {
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// The workspace, by its id; empty when the token is nobody's.
    pub team: String,
    /// Such as `chat.postMessage`; `response_url` for those.
    pub method: String,
    /// What was asked for, without the token.
    pub arguments: Value,
    /// What was answered; `None` while it hangs and when the connection was dropped.
    pub answer: Option<Value>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// How long the answer took, by the model's clock.
    pub took: Option<TimeDelta>,
}

impl ApiCall {
    /// The answer's `error`.
    pub fn error(&self) -> Option<&str> {
        self.answer.as_ref()?.get("error")?.as_str()
    }
}

/// What kind of thing was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A slash command.
    Command,
    /// A click, a submitted modal, a shortcut.
    Interaction,
    /// Something that happened.
    Event,
}

impl Kind {
    pub(super) fn envelope(self) -> &'static str {
        match self {
            Self::Command => "slash_commands",
            Self::Interaction => "interactive",
            Self::Event => "events_api",
        }
    }
}

/// One try to deliver something, and what came of it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// The workspace.
    pub team: String,
    /// What kind of thing.
    pub kind: Kind,
    /// The payload.
    pub payload: Value,
    /// 0 for the first try.
    pub retry: u32,
    /// What came of it; `None` while it is under way.
    pub outcome: Option<Outcome>,
    /// How long that took, by the model's clock.
    pub took: Option<TimeDelta>,
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Acknowledged, with this: a JSON value, a string, or `null` for nothing.
    Acked(Value),
    /// Nobody answered within three seconds.
    TimedOut,
    /// Nobody was there.
    NotConnected,
    /// Answered with this status, which is not 200.
    Status(u16),
    /// Answered with something that is not what Slack takes.
    Junk(String),
}

/// Something that Slack refuses, scolds, or lets pass and people suffer from.
#[derive(Debug, Clone)]
pub struct Violation {
    /// When.
    pub at: DateTime<Utc>,
    /// The workspace.
    pub team: String,
    /// What kind of mistake.
    pub what: Wrong,
    /// Where: a method, `response_url`, or an envelope.
    pub place: String,
    /// In words.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} in {}: {}", self.what, self.place, self.detail)
    }
}

/// The kinds of mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// A token that is missing, unknown, or of the wrong type.
    Token,
    /// A scope that the app was not given.
    MissingScope,
    /// No such method.
    UnknownMethod,
    /// An argument that the method does not have; Slack ignores it.
    UnknownArgument,
    /// An argument that is missing or no good.
    BadArgument,
    /// Blocks or a view that break a rule.
    InvalidBlocks,
    /// Blocks without a `text` for notifications and screen readers.
    MissingFallback,
    /// A text that Slack cuts or splits.
    TooLong,
    /// Words that ping many: `<!channel>`, `<!here>`, `<!everyone>`, a user group.
    PingsMany,
    /// More calls than a limit allows.
    TooFast,
    /// A call before `Retry-After` was over.
    DidNotWait,
    /// A `response_url` after its time, or after its five uses.
    UsedUp,
    /// A `trigger_id` after its three seconds, or a second time.
    TriggerSpent,
    /// A delivery that nobody acknowledged in time.
    NotAcked,
    /// An acknowledgement that Slack cannot take.
    BadAck,
    /// An acknowledgement of what is not waiting for one.
    StrayAck,
    /// More connections than Socket Mode allows.
    TooManyConnections,
    /// Any other refusal.
    Refused,
}
