//! Holds blocks and views against Slack's rules, and says what breaks them in Slack's words: which
//! field, by its JSON pointer, and why.
//!
//! The rules are tables: a kind of thing and its fields, each with what it may hold. Beside them
//! stand the few rules that look at more than one field.

mod blocks;
mod elements;
mod objects;
mod rich_text;
mod rule;
mod views;

use std::{collections::HashSet, fmt};

use serde_json::Value;

use rule::{Checker, Node};

/// The most blocks in a message: <https://docs.slack.dev/reference/block-kit/blocks>
const BLOCKS_IN_MESSAGE: usize = 50;
/// The most blocks in a modal or a Home tab: <https://docs.slack.dev/reference/views/modal-views>
const BLOCKS_IN_VIEW: usize = 100;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is, from what was sent: `/blocks/0/text/text`.
    pub pointer: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [json-pointer:{}]", self.message, self.pointer)
    }
}

/// What is wrong with the `blocks` of a message.
pub fn message_blocks(blocks: &Value) -> Vec<Problem> {
    let mut checker = Checker::default();
    let at = Node::new(blocks, "/blocks".to_owned());
    blocks::check_list(
        &mut checker,
        &at,
        (0, BLOCKS_IN_MESSAGE),
        blocks::Surface::Message,
    );
    checker.problems
}

/// What is wrong with a `view`.
pub fn view(view: &Value) -> Vec<Problem> {
    let mut checker = Checker::default();
    views::check(&mut checker, &Node::new(view, "/view".to_owned()));
    checker.problems
}

/// What is wrong with the list of options that answers a `block_suggestion`.
/// <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>
pub fn suggestions(answer: &Value) -> Vec<Problem> {
    let mut checker = Checker::default();
    let at = Node::new(answer, String::new());
    checker.kind(&at, &elements::SUGGESTIONS);
    checker.problems
}

/// How long Slack may take a text to be. It says characters; units of UTF-16 are never fewer.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The characters that blocks show, all together.
pub(super) fn shown_characters(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "text" => length(text),
                value => shown_characters(value),
            })
            .sum(),
        Value::Array(items) => items.iter().map(shown_characters).sum(),
        _ => 0,
    }
}

/// Reports each name that comes a second time.
fn check_unique<'a>(
    checker: &mut Checker,
    field: &str,
    names: impl Iterator<Item = (&'a str, String)>,
) {
    let mut seen = HashSet::new();
    for (name, pointer) in names {
        if !seen.insert(name) {
            let message = format!("`{field}` \"{name}\" already exists for another element");
            checker.report(pointer, message);
        }
    }
}
