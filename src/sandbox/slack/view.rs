//! Views: modals, and Home tabs.

use serde_json::{Map, Value};

/// <https://docs.slack.dev/reference/views>
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) id: String,
    pub(super) user: String,
    /// What the app sent, with ids for all blocks and actions.
    pub(super) sent: Value,
    pub(super) hash: String,
    pub(super) root: String,
    pub(super) previous: Option<String>,
    /// What was filled in: by block, by action.
    pub(super) values: Map<String, Value>,
    /// What the app said is wrong with what was filled in, by block.
    pub(super) errors: Map<String, Value>,
}

impl View {
    pub(super) fn text(&self, name: &str) -> &str {
        self.sent.get(name).and_then(Value::as_str).unwrap_or("")
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.sent.get(name).and_then(Value::as_bool) == Some(true)
    }

    pub(super) fn is_modal(&self) -> bool {
        self.text("type") == "modal"
    }
}
