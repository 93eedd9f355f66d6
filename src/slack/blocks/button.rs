//! The buttons below an answer, and what a pressed one says.

use super::super::kit::{Block, Button, MOST_VALUE, length};
use crate::domain::{
    answer::Answer,
    reply::{Audience, Reply},
};

/// The action of the button to the page before.
pub const PREVIOUS: &str = "kep_previous";
/// The action of the button to the next page.
pub const NEXT: &str = "kep_next";
/// The action of the button that asks again.
pub const REFRESH: &str = "kep_refresh";
/// The action of the button that shows the answer to everybody.
pub const POST: &str = "kep_post";
/// The actions of the buttons whose answer only their presser sees.
pub const ASK: [&str; 3] = ["kep_ask", "kep_ask_2", "kep_ask_3"];
/// The actions of the buttons that ask what may have been meant, the likeliest first.
pub const INSTEAD: [&str; 5] = [
    "kep_instead",
    "kep_instead_2",
    "kep_instead_3",
    "kep_instead_4",
    "kep_instead_5",
];

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// The answer takes the place of the message: another page, a fresh one, another question's.
    Replace,
    /// The answer is posted to the channel, beside the message.
    Post,
    /// Whoever pressed it sees the answer, beside the message.
    Ask,
}

/// A pressed button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// What it does.
    pub press: Press,
    /// Which page is asked for.
    pub page: usize,
    /// The words to ask again.
    pub asked: String,
    /// Who is to see the answer.
    pub audience: Audience,
}

impl Pressed {
    /// Reads a button's action and value; `None` for what is none of ours.
    pub fn read(action_id: &str, value: &str) -> Option<Self> {
        let press = match action_id {
            PREVIOUS | NEXT | REFRESH => Press::Replace,
            action if INSTEAD.contains(&action) => Press::Replace,
            action if ASK.contains(&action) => Press::Ask,
            POST => Press::Post,
            _ => return None,
        };
        if length(value) > MOST_VALUE || value.contains(char::is_control) {
            return None;
        }
        let (audience, rest) = value.split_once(' ')?;
        let (page, asked) = rest.split_once(' ')?;
        let is_page = (1..=4).contains(&page.len()) && page.bytes().all(|b| b.is_ascii_digit());
        if !is_page || asked.trim().is_empty() {
            return None;
        }
        Some(Self {
            press,
            page: page.parse().ok()?,
            asked: asked.to_owned(),
            audience: match audience {
                "asker" => Audience::Asker,
                "direct" => Audience::Direct,
                "channel" => Audience::Channel,
                _ => return None,
            },
        })
    }
}

fn value(audience: Audience, page: usize, asked: &str) -> Option<String> {
    let audience = match audience {
        Audience::Asker => "asker",
        Audience::Direct => "direct",
        Audience::Channel => "channel",
    };
    let value = format!("{audience} {page} {asked}");
    (length(&value) <= MOST_VALUE).then_some(value)
}

/// The buttons of a reply that has so many pages, of which `page` is shown; none where its words
/// are too long for a button, or cannot be asked again.
pub(super) fn row(reply: &Reply, page: usize, pages: usize) -> Option<Block> {
    if reply.asked.is_empty() {
        return None;
    }
    let button = |action: &'static str, label: &str, page: usize, audience: Audience| {
        let value = value(audience, page, &reply.asked)?;
        Some(Button::new(action, label, value))
    };
    let seen_by = reply.audience;
    let mut buttons = Vec::new();
    if page > 0 {
        buttons.push(button(PREVIOUS, "‹ Previous", page - 1, seen_by));
    }
    if page + 1 < pages {
        buttons.push(button(NEXT, "Next ›", page + 1, seen_by));
    }
    // Nothing of help changes.
    if !matches!(reply.answer, Answer::Help(_)) {
        buttons.push(button(REFRESH, "Refresh", page, seen_by));
    }
    if seen_by == Audience::Asker {
        buttons.push(button(POST, "Post to channel", page, Audience::Channel));
    }
    let buttons: Option<Vec<Button>> = buttons.into_iter().collect();
    buttons
        .filter(|buttons| !buttons.is_empty())
        .map(Block::actions)
}

/// A button that asks for whoever presses it.
pub(super) fn ask(action: &'static str, label: &str, asked: &str) -> Option<Button> {
    let value = value(Audience::Asker, 0, asked)?;
    Some(Button::new(action, label, value))
}

/// Buttons that ask what may have been meant: a label and the words of each.
pub(super) fn instead(reply: &Reply, meant: &[(String, String)]) -> Option<Block> {
    let buttons = INSTEAD
        .iter()
        .zip(meant)
        .filter_map(|(action, (label, asked))| {
            let value = value(reply.audience, 0, asked)?;
            Some(Button::new(*action, label, value))
        });
    let buttons: Vec<Button> = buttons.collect();
    (!buttons.is_empty()).then(|| Block::actions(buttons))
}
