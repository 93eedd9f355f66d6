//! The dialog in which somebody answers on GitHub what they were told of in Slack.
//!
//! <https://docs.slack.dev/surfaces/modals>

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::quoted::quoted;
use crate::domain::{KepNumber, bridge::IssueAt};

/// The dialog.
pub const ANSWER: &str = "answer";
/// The longest text that a field is given: <https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>
const LONGEST: usize = 3000;

/// Where the answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct To {
    /// The issue or pull request.
    pub issue: IssueAt,
    /// The KEP.
    pub kep: KepNumber,
    /// The conversation in which they were told.
    pub channel: Box<str>,
}

impl To {
    /// The view that `views.open` takes; `said` is what they answer, Markdown.
    pub fn view(&self, said: Option<&str>) -> Value {
        let mut blocks = quoted(said);
        blocks.push(json!({
            "type": "input", "block_id": "text",
            "label": plain(&format!("Your comment on {}", self.issue)),
            "hint": plain("I post it as a comment that says it is from you. Everybody on GitHub can read it."),
            "element": {
                "type": "plain_text_input", "action_id": "text", "multiline": true,
                "max_length": LONGEST,
            },
        }));
        json!({
            "type": "modal", "callback_id": ANSWER,
            "private_metadata": serde_json::to_string(self).unwrap_or_default(),
            "title": plain("Answer on GitHub"),
            "submit": plain("Comment"),
            "close": plain("Cancel"),
            "blocks": blocks,
        })
    }

    /// Reads what was sent; `None` where it is none of ours.
    pub fn read(remembered: &str, values: &Value) -> Option<(Self, String)> {
        let to = serde_json::from_str(remembered).ok()?;
        let text = values["text"]["text"]["value"].as_str()?;
        Some((to, text.to_owned()))
    }
}

/// What an acknowledgement says of an answer that cannot go there.
/// <https://docs.slack.dev/surfaces/modals#displaying_errors>
pub fn wrong(why: &str) -> Bytes {
    let errors = json!({ "response_action": "errors", "errors": { "text": why } });
    errors.to_string().into()
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}
