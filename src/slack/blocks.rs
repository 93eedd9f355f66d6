//! Answers as Slack messages. All look alike: a headline, up to three lines that say what matters,
//! the particulars, small print, buttons. They are made for a phone, where fields stand one below
//! the other. The fallback says the same in words, for notifications and screen readers.
//!
//! Others may see an answer. Nobody is pinged by it then: people stand there by name.

pub mod bridge;
pub mod button;
mod card;
mod cycle;
mod digest;
mod draft;
mod help;
mod home;
mod list;
mod preview;
mod release;
mod sign_in;
mod who;

use chrono::{DateTime, Utc};

pub use self::{
    button::Pressed,
    home::{home, wished},
    preview::preview,
    sign_in::sign_in,
};
use self::{draft::Draft, list::Rows};
use super::{
    kit::{Block, Message},
    mrkdwn::Mrkdwn,
};
use crate::domain::{
    KepNumber,
    answer::{Answer, List, Plain, not_found},
    origin::{Origin, ago},
    reply::{self, Reply},
};

/// What a message tells beside its answer, where nobody can press a button.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// When it is answered.
    pub now: DateTime<Utc>,
    /// The words that were asked, such as `sig:node stage:beta`.
    pub asked: &'a str,
    /// Said before anything else, such as that this is a sample.
    pub first: Option<&'a str>,
    /// Said after all else: where the answer comes from and how old it is, if that matters.
    pub last: Option<String>,
}

/// An answer by itself, for whoever posts it: without buttons, lists without pages.
pub fn printed(answer: &Answer, frame: &Frame<'_>) -> Message {
    let mut draft = Draft::default();
    if let Some(note) = frame.first {
        draft.small(note);
    }
    let rows = Rows::First { asked: frame.asked };
    render(answer, &rows, true, frame.now, &mut draft);
    if let Some(note) = &frame.last {
        draft.small(note);
    }
    draft.finish()
}

/// A sentence of the bot's own.
pub fn plain(text: &str) -> Message {
    let mut draft = Draft::default();
    draft.plain(text);
    draft.finish()
}

/// A reply, with its buttons.
pub fn message(reply: &Reply) -> Message {
    let mut draft = Draft::default();
    let pages = pages(&reply.answer);
    let page = reply.page.min(pages - 1);
    let rows = Rows::Page {
        page,
        asked: filters(&reply.asked),
    };
    render(
        &reply.answer,
        &rows,
        reply.is_public(),
        reply.now,
        &mut draft,
    );
    draft.age(reply.origin, reply.now);
    let buttons = match &reply.answer {
        Answer::Plain(Plain { instead, .. })
        | Answer::List(List {
            meant: Some(Plain { instead, .. }),
            ..
        }) => {
            let meant = instead.iter();
            let meant = meant.map(|asked| (format!("/kep {asked}"), asked.clone()));
            button::instead(reply, &meant.collect::<Vec<_>>())
        }
        Answer::Unknown { near, .. } => {
            let who = reply.asked.starts_with("who ");
            let asks = if who { "who" } else { "status" };
            let near = near.iter();
            let meant =
                near.map(|(number, _)| (format!("KEP-{number}"), format!("{asks} {number}")));
            button::instead(reply, &meant.collect::<Vec<_>>())
        }
        _ => button::row(reply, page, pages),
    };
    draft.blocks.extend(buttons);
    draft.finish()
}

/// Words without the command that they begin with.
fn filters(asked: &str) -> &str {
    asked.split_once(' ').map_or("", |(_, filters)| filters)
}

/// How many pages an answer has, at least one.
fn pages(answer: &Answer) -> usize {
    let rows = match answer {
        Answer::List(list) => list.of,
        Answer::Cycle(cycle) => cycle.list.of,
        Answer::Release(shipping) => shipping.keps.len(),
        Answer::Card(_)
        | Answer::Unknown { .. }
        | Answer::Who(_)
        | Answer::Help(_)
        | Answer::Plain(_) => 1,
    };
    reply::pages(rows)
}

fn render(answer: &Answer, rows: &Rows<'_>, public: bool, now: DateTime<Utc>, draft: &mut Draft) {
    match answer {
        Answer::Card(card) => card::render(card, now, draft),
        Answer::List(list) => match list.cards.as_slice() {
            [card] if list.of == 1 => card::render(card, now, draft),
            _ => list::render(list, rows, draft),
        },
        Answer::Cycle(cycle) => cycle::render(cycle, rows, now, draft),
        Answer::Unknown { asked, near } => unknown(asked, near, draft),
        Answer::Who(who) => who::render(who, public, draft),
        Answer::Release(shipping) => release::render(shipping, rows, now, draft),
        Answer::Help(help) => help::render(help, draft),
        Answer::Plain(plain) => draft.plain(&plain.text),
    }
}

fn unknown(asked: &str, near: &[(KepNumber, Box<str>)], draft: &mut Draft) {
    let (what, instead) = not_found(asked);
    draft.headline(&what);
    if near.is_empty() {
        draft.plain(instead);
        return;
    }
    let near_ones = near
        .iter()
        .map(|(number, title)| format!("{number}  {}", title.replace('\n', " ")));
    let heading = "Did you mean one of these?".to_owned();
    let text: Vec<String> = std::iter::once(heading).chain(near_ones).collect();
    draft.plain(&text.join("\n"));
    if let Some((number, _)) = near.first() {
        let example = Mrkdwn::default().words(&format!("/kep status {number} shows one of them."));
        draft.small_print(&example);
    }
}

/// `1 KEP`, `2 KEPs`.
fn keps(many: usize) -> String {
    format!("{many} KEP{}", if many == 1 { "" } else { "s" })
}
