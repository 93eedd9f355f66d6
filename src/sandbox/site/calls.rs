//! The log: what the bot and the two models asked of one another, and what came of it.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::{
    github::{Delivered, Logged},
    slack::{ApiCall, Attempt, Outcome},
    town::Town,
};

/// The most calls that are listed, the latest of them.
const MOST: usize = 250;
/// The most bytes of a body that are shown.
const LARGEST: usize = 256 * 1024;

/// One call.
#[derive(Serialize)]
pub(super) struct Call {
    /// Which, for asking for the whole of it: `slack-3`, `bot-0`, `github-17`, `webhook-2`.
    id: String,
    at: DateTime<Utc>,
    from: &'static str,
    to: &'static str,
    /// What was called.
    what: String,
    /// How it ended, in a word or as a status; `None` while it is under way.
    status: Option<String>,
    /// Whether it went well; so does what is under way.
    ok: bool,
    ms: Option<f64>,
    bytes: Option<u64>,
}

/// A call with what was sent and what came back.
#[derive(Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    call: Call,
    request: Value,
    answer: Value,
}

/// How many calls there were.
pub(super) fn many(town: &Town) -> usize {
    let slack = town.slack.calls().len() + town.slack.attempts().len();
    slack + town.github.requests().len() + town.github.delivered().len()
}

/// The latest calls, oldest first.
pub(super) fn latest(town: &Town) -> Vec<Call> {
    let (calls, attempts) = (town.slack.calls(), town.slack.attempts());
    let (requests, delivered) = (town.github.requests(), town.github.delivered());
    let mut all: Vec<Call> = last(&calls)
        .map(|(at, call)| of_slack(at, call))
        .chain(last(&attempts).map(|(at, attempt)| to_bot(at, attempt)))
        .chain(last(&requests).map(|(at, logged)| of_github(at, logged)))
        .chain(last(&delivered).map(|(at, delivered)| of_webhook(at, delivered)))
        .collect();
    all.sort_by_key(|call| call.at);
    let older = all.len().saturating_sub(MOST);
    all.drain(..older);
    all
}

fn last<T>(all: &[T]) -> impl Iterator<Item = (usize, &T)> {
    let older = all.len().saturating_sub(MOST);
    all.iter().enumerate().skip(older)
}

/// One call whole; `None` where there was none of this id.
pub(super) fn whole(town: &Town, id: &str) -> Option<Whole> {
    let (of, at) = id.split_once('-')?;
    let at: usize = at.parse().ok()?;
    match of {
        "slack" => {
            let call = town.slack.calls().into_iter().nth(at)?;
            Some(Whole {
                call: of_slack(at, &call),
                request: call.arguments,
                answer: call.answer.unwrap_or_default(),
            })
        }
        "bot" => {
            let attempt = town.slack.attempts().into_iter().nth(at)?;
            Some(Whole {
                call: to_bot(at, &attempt),
                answer: match &attempt.outcome {
                    Some(Outcome::Acked(ack)) => ack.clone(),
                    _ => Value::Null,
                },
                request: attempt.payload,
            })
        }
        "github" => {
            let logged = town.github.requests().into_iter().nth(at)?;
            Some(Whole {
                call: of_github(at, &logged),
                request: body(&logged.request),
                answer: body(&logged.answer),
            })
        }
        "webhook" => {
            let delivered = town.github.delivered().into_iter().nth(at)?;
            Some(Whole {
                call: of_webhook(at, &delivered),
                request: body(&delivered.payload),
                answer: Value::Null,
            })
        }
        _ => None,
    }
}

fn of_slack(at: usize, call: &ApiCall) -> Call {
    let error = call.error();
    let status = call.status.map(|status| match error {
        Some(error) => format!("{status} {error}"),
        None => status.to_string(),
    });
    Call {
        id: format!("slack-{at}"),
        at: call.at,
        from: "bot",
        to: "Slack",
        what: call.method.clone(),
        ok: error.is_none() && call.status.is_none_or(|status| status < 400),
        status,
        ms: millis(call.took),
        bytes: call.answer.as_ref().map(size),
    }
}

fn to_bot(at: usize, attempt: &Attempt) -> Call {
    let (status, ok) = match &attempt.outcome {
        None => (None, true),
        Some(Outcome::Acked(_)) => (Some("ack".to_owned()), true),
        Some(Outcome::TimedOut) => (Some("no answer in 3 s".to_owned()), false),
        Some(Outcome::NotConnected) => (Some("not connected".to_owned()), false),
        Some(Outcome::Status(status)) => (Some(status.to_string()), false),
        Some(Outcome::Junk(_)) => (Some("junk".to_owned()), false),
    };
    Call {
        id: format!("bot-{at}"),
        at: attempt.at,
        from: "Slack",
        to: "bot",
        what: told(&attempt.payload),
        status,
        ok,
        ms: millis(attempt.took),
        bytes: match &attempt.outcome {
            Some(Outcome::Acked(ack)) => Some(size(ack)),
            _ => None,
        },
    }
}

/// What a delivery is about: a command as it was typed, the kind of an event or interaction.
fn told(payload: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if payload.get("command").is_some() {
        let words = [&payload["command"], &payload["text"]].map(text);
        return words.join(" ").trim_end().to_owned();
    }
    if payload.get("event").is_some() {
        return text(&payload["event"]["type"]);
    }
    let kind = text(&payload["type"]);
    match payload["actions"][0]["action_id"].as_str() {
        Some(action) => format!("{kind} {action}"),
        None => kind,
    }
}

fn of_github(at: usize, logged: &Logged) -> Call {
    Call {
        id: format!("github-{at}"),
        at: logged.at,
        from: "bot",
        to: "GitHub",
        what: format!("{} {}", logged.method, logged.path),
        status: logged.status.map(|status| status.to_string()),
        ok: logged.status.is_none_or(|status| status < 400),
        ms: millis(logged.took),
        bytes: logged.status.map(|_| logged.bytes),
    }
}

fn of_webhook(at: usize, delivered: &Delivered) -> Call {
    let action = delivered.action.as_deref().unwrap_or_default();
    Call {
        id: format!("webhook-{at}"),
        at: delivered.at,
        from: "GitHub",
        to: "bot",
        what: format!("{} {action}", delivered.event)
            .trim_end()
            .to_owned(),
        status: Some(match delivered.status {
            Some(status) => status.to_string(),
            None => "no answer".to_owned(),
        }),
        ok: delivered.status.is_some_and(|status| status < 400),
        ms: millis(Some(delivered.took)),
        bytes: None,
    }
}

fn millis(took: Option<TimeDelta>) -> Option<f64> {
    let took = took?.to_std().unwrap_or_default();
    Some(took.as_secs_f64() * 1000.0)
}

fn size(value: &Value) -> u64 {
    value.to_string().len() as u64
}

/// A body as JSON, as text, or in a word what it is.
fn body(bytes: &Bytes) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    if bytes.len() > LARGEST {
        return json!(format!("{} bytes, too many to show", bytes.len()));
    }
    if let Ok(value) = serde_json::from_slice(bytes) {
        return value;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!(format!("{} bytes that are no text", bytes.len())),
    }
}
