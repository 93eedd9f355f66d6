//! The dialog of the message shortcut *Relay to KEP issue*: which KEP, and the text, to be edited.
//!
//! <https://docs.slack.dev/surfaces/modals>

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::{KepNumber, bridge::Replies};

/// The shortcut, and the dialog that it opens.
pub const RELAY: &str = "relay";
/// The longest text that a field is given: <https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>
const LONGEST: usize = 3000;

/// How a thread that grew by itself can be tied to the KEP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Whether it is tied to one.
    pub is_tied: bool,
    /// What that changes for replies.
    pub replies: Replies,
}

/// What a dialog is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// The channel of the message.
    pub channel: Box<str>,
    /// The message.
    pub ts: Box<str>,
    /// The thread that it stands in.
    pub thread: Option<Box<str>>,
    /// The KEP, where it can be guessed.
    pub kep: Option<KepNumber>,
    /// The text, to be edited.
    pub text: Box<str>,
    /// The thread's tie, where it can have one.
    pub tie: Option<Tie>,
}

/// What the dialog remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of {
    /// The channel of the message.
    pub channel: Box<str>,
    /// The message.
    pub ts: Box<str>,
    /// The thread that it stands in.
    pub thread: Option<Box<str>>,
    /// The text that was filled in, as a number that tells it from another.
    was: u64,
    /// Whether the thread was tied to a KEP.
    was_tied: bool,
}

/// A dialog that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it is of.
    pub of: Of,
    /// The KEP, or what stood there instead.
    pub kep: Result<KepNumber, String>,
    /// The text, where it was edited.
    pub reworded: Option<String>,
    /// Whether the thread is to be tied to the KEP, or no more.
    pub ties: Option<bool>,
}

impl Dialog {
    /// The view that `views.open` takes. A text that is longer than a field takes is not for editing,
    /// and goes as it is.
    pub fn view(&self) -> Value {
        let is_short = self.text.chars().count() <= LONGEST;
        let of = Of {
            channel: self.channel.clone(),
            ts: self.ts.clone(),
            thread: self.thread.clone(),
            was: number(&self.text),
            was_tied: self.tie.is_some_and(|tie| tie.is_tied),
        };
        let mut kep = json!({
            "type": "plain_text_input", "action_id": "kep", "max_length": 100,
            "placeholder": plain("5825"),
        });
        if let Some(number) = self.kep {
            kep["initial_value"] = json!(number.to_string());
        }
        let mut blocks = vec![json!({
            "type": "input", "block_id": "kep", "label": plain("KEP"), "element": kep,
        })];
        if is_short && !self.text.is_empty() {
            blocks.push(json!({
                "type": "input", "block_id": "text", "label": plain("Text"),
                "hint": plain("It stands on the tracking issue with the author's name. Left as it is, it follows edits of the message."),
                "element": {
                    "type": "plain_text_input", "action_id": "text", "multiline": true,
                    "initial_value": self.text, "max_length": LONGEST,
                },
            }));
        } else {
            blocks.push(json!({
                "type": "context",
                "elements": [plain("The message goes to the tracking issue as it is.")],
            }));
        }
        blocks.extend(self.tie.map(tie));
        json!({
            "type": "modal", "callback_id": RELAY,
            "private_metadata": serde_json::to_string(&of).unwrap_or_default(),
            "title": plain("Relay to KEP issue"),
            "submit": plain("Relay"),
            "close": plain("Cancel"),
            "blocks": blocks,
        })
    }
}

/// The view that says why nothing can be relayed.
pub fn no(why: &str) -> Value {
    json!({
        "type": "modal",
        "title": plain("Relay to KEP issue"),
        "close": plain("Close"),
        "blocks": [{ "type": "section", "text": plain(why) }],
    })
}

/// Reads what was sent; `None` where it is none of ours.
pub fn read(remembered: &str, values: &Value) -> Option<Sent> {
    let of: Of = serde_json::from_str(remembered).ok()?;
    let value = |name: &str| values[name][name]["value"].as_str();
    let typed = value("kep")?.trim();
    let text = value("text").filter(|text| number(text) != of.was);
    let ticked = values["tie"]["tie"]["selected_options"].as_array();
    let ties = match ticked.map(|options| !options.is_empty()) {
        Some(true) => Some(true),
        Some(false) if of.was_tied => Some(false),
        _ => None,
    };
    Some(Sent {
        kep: KepNumber::from_reference(typed).ok_or_else(|| typed.to_owned()),
        reworded: text.map(str::to_owned),
        ties,
        of,
    })
}

/// What an acknowledgement says of a KEP that cannot be.
/// <https://docs.slack.dev/surfaces/modals#displaying_errors>
pub fn wrong(why: &str) -> Bytes {
    let errors = json!({ "response_action": "errors", "errors": { "kep": why } });
    errors.to_string().into()
}

fn tie(Tie { is_tied, replies }: Tie) -> Value {
    let hint = match replies {
        Replies::All => {
            "What liaisons and the KEP's shepherds reply there goes to the tracking issue by itself."
        }
        Replies::Marked | Replies::Off => {
            "A reply there need not name the KEP to be relayed by the reaction."
        }
    };
    let option = json!({ "text": plain("Tie the whole thread to this KEP"), "value": "tie" });
    let mut boxes = json!({
        "type": "checkboxes", "action_id": "tie", "options": [option],
    });
    if is_tied {
        boxes["initial_options"] = json!([option]);
    }
    json!({
        "type": "input", "block_id": "tie", "optional": true, "label": plain("Thread"),
        "hint": plain(hint), "element": boxes,
    })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

/// It only tells whether a text was edited while the dialog was open.
fn number(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
