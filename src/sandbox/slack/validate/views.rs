//! Views: modals and Home tabs.
//!
//! <https://docs.slack.dev/reference/views>

use serde_json::Value;

use super::{
    BLOCKS_IN_VIEW, blocks,
    rule::{Checker, Kind, Node, Rule, may, must, nothing_else},
};

/// <https://docs.slack.dev/reference/views/modal-views>
static MODAL: Kind = Kind {
    name: "modal",
    fields: &[
        must("title", Rule::Plain(24)),
        must("blocks", Rule::Any),
        may("close", Rule::Plain(24)),
        may("submit", Rule::Plain(24)),
        may("private_metadata", Rule::String(0, 3000)),
        may("callback_id", Rule::String(0, 255)),
        may("clear_on_close", Rule::Bool),
        may("notify_on_close", Rule::Bool),
        may("external_id", Rule::String(0, 255)),
        may("submit_disabled", Rule::Bool),
    ],
    also: |modal| {
        let has_input = modal.get("blocks")?.as_array()?.iter().any(is_input);
        (has_input && modal.get("submit").is_none())
            .then(|| "missing required field: submit, which input blocks need".to_owned())
    },
};

/// <https://docs.slack.dev/reference/views/home-tab-views>
static HOME: Kind = Kind {
    name: "home",
    fields: &[
        must("blocks", Rule::Any),
        may("private_metadata", Rule::String(0, 3000)),
        may("callback_id", Rule::String(0, 255)),
        may("external_id", Rule::String(0, 255)),
    ],
    also: nothing_else,
};

fn is_input(block: &Value) -> bool {
    block.get("type").and_then(Value::as_str) == Some("input")
}

pub(super) fn check(checker: &mut Checker, view: &Node<'_>) {
    checker.typed(view, &[&MODAL, &HOME]);
    if let Some(list) = view.below("blocks") {
        blocks::check_list(checker, &list, (0, BLOCKS_IN_VIEW), blocks::Surface::View);
    }
}
