//! The dialog in which a shepherd answers a question.
//!
//! <https://docs.slack.dev/surfaces/modals>

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::quoted::quoted;
use crate::domain::{KepNumber, bridge::Key};

/// The dialog.
pub const QUESTION: &str = "question";

/// The longest text that a field takes:
/// <https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>
const LONGEST: usize = 3000;

/// What the dialog remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of {
    /// The key of the question.
    pub question: Key,
    /// The direct conversation with whoever answers.
    pub channel: Box<str>,
}

/// The view that `views.open` takes; `asked` is what they answer, Markdown.
pub fn view(kep: KepNumber, of: &Of, asked: Option<&str>) -> Value {
    let plain = |text: &str| json!({ "type": "plain_text", "text": text });
    let mut blocks = quoted(asked);
    blocks.push(json!({
        "type": "input", "block_id": "text", "label": plain("Answer"),
        "hint": plain("It goes into the thread of the question, with your name."),
        "element": {
            "type": "plain_text_input", "action_id": "text", "multiline": true,
            "max_length": LONGEST,
        },
    }));
    json!({
        "type": "modal", "callback_id": QUESTION,
        "private_metadata": serde_json::to_string(of).unwrap_or_default(),
        "title": plain(&format!("Answer on KEP-{kep}")),
        "submit": plain("Answer"),
        "close": plain("Cancel"),
        "blocks": blocks,
    })
}

/// Reads what was sent; `None` where it is none of ours, or says nothing.
pub fn read(remembered: &str, values: &Value) -> Option<(Of, String)> {
    let of: Of = serde_json::from_str(remembered).ok()?;
    let question = Key::parse(of.question.as_str())?;
    let text = values["text"]["text"]["value"].as_str()?.trim();
    (!text.is_empty()).then(|| (Of { question, ..of }, text.to_owned()))
}
