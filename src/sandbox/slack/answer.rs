//! What the Web API answers: `{"ok": true, …}`, or `{"ok": false, "error": "…"}` with status 200.
//!
//! <https://docs.slack.dev/apis/web-api#responses>

use serde_json::{Map, Value, json};

use super::{log::Wrong, validate::Problem};

/// A refusal in Slack's words.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: String,
    pub(super) status: u16,
    pub(super) retry_after: Option<i64>,
    pub(super) more: Map<String, Value>,
    /// What it is a violation of.
    pub(super) wrong: Wrong,
}

/// The fields of an answer beside `ok`.
pub(super) type Outcome = Result<Value, Refusal>;

impl Refusal {
    pub(super) fn of(error: &str) -> Self {
        Self {
            error: error.to_owned(),
            status: 200,
            retry_after: None,
            more: Map::new(),
            wrong: Wrong::Refused,
        }
    }

    pub(super) fn wrong(self, wrong: Wrong) -> Self {
        Self { wrong, ..self }
    }

    /// An argument is missing or no good.
    pub(super) fn arguments(messages: &[String]) -> Self {
        Self::of("invalid_arguments")
            .wrong(Wrong::BadArgument)
            .saying(messages)
    }

    pub(super) fn missing(name: &str) -> Self {
        Self::arguments(&[format!("[ERROR] missing required field: {name}")])
    }

    /// Blocks that break rules. The same words stand in `errors`.
    /// <https://docs.slack.dev/reference/methods/chat.postMessage#errors>
    pub(super) fn blocks(error: &str, problems: &[Problem]) -> Self {
        let errors: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let messages: Vec<String> = errors
            .iter()
            .map(|error| format!("[ERROR] {error}"))
            .collect();
        let mut refusal = Self::of(error)
            .wrong(Wrong::InvalidBlocks)
            .saying(&messages);
        refusal.more.insert("errors".to_owned(), errors.into());
        refusal
    }

    fn saying(mut self, messages: &[String]) -> Self {
        let metadata = json!({"messages": messages});
        self.more.insert("response_metadata".to_owned(), metadata);
        self
    }

    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    pub(super) fn limited(retry_after: i64) -> Self {
        Self {
            status: 429,
            retry_after: Some(retry_after),
            ..Self::of("ratelimited").wrong(Wrong::TooFast)
        }
    }

    pub(super) fn into_body(self) -> Value {
        let mut body = json!({"ok": false, "error": self.error});
        for (name, value) in self.more {
            body[name] = value;
        }
        body
    }
}
