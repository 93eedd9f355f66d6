//! Answers as Slack messages. All look alike: a headline, up to three lines that say what matters,
//! the particulars, and small print. They are made for a phone, where fields stand one below the
//! other.

mod card;
mod cycle;
mod list;

use chrono::{DateTime, Utc};

use super::{
    kit::{Block, Message},
    mrkdwn::Mrkdwn,
};
use crate::domain::{
    KepNumber,
    answer::{Answer, not_found},
    card::DateView,
    finding::{Finding, FindingCode, Severity},
};

/// What a message tells beside its answer.
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

/// An answer, and its fallback for notifications.
pub fn message(answer: &Answer, frame: &Frame<'_>) -> Message {
    let mut draft = Draft::default();
    if let Some(note) = frame.first {
        draft.text.push(note.to_owned());
        draft.blocks.push(Block::plain_context(note));
    }
    match answer {
        Answer::Card(card) => card::render(card, frame.now, &mut draft),
        Answer::List(cards) => match cards.as_slice() {
            [card] => card::render(card, frame.now, &mut draft),
            cards => list::render(cards, frame.asked, &mut draft),
        },
        Answer::Cycle(cycle) => cycle::render(cycle, frame.now, &mut draft),
        Answer::Unknown { asked, near } => unknown(asked, near, &mut draft),
    }
    if let Some(note) = &frame.last {
        draft.blocks.push(Block::plain_context(note));
    }
    Message::new(&draft.text, draft.blocks)
}

/// A message under construction.
#[derive(Default)]
struct Draft {
    /// The fallback, line by line.
    text: Vec<String>,
    blocks: Vec<Block>,
}

impl Draft {
    /// The first line. One that is too long for a headline follows whole.
    fn headline(&mut self, text: &str) {
        let text = &text.replace('\n', " ");
        self.text.push(text.to_owned());
        let header = Block::header(text);
        let whole = Block::plain(text);
        let is_cut = header_text(&header) != header_text(&whole);
        self.blocks.push(header);
        if is_cut {
            self.blocks.push(whole);
        }
    }

    /// The lines that say what matters, each with its label.
    fn summary(&mut self, lines: Vec<(String, Mrkdwn, String)>) {
        let mut text = Mrkdwn::default();
        for (label, line, fallback) in lines {
            text = text.bold(&label).words("  ").then(line).line();
            self.text.push(format!("{label}: {fallback}"));
        }
        self.blocks.push(Block::section(&text));
    }

    /// What falls on the days ahead.
    fn dates(&mut self, dates: &[DateView], now: DateTime<Utc>) {
        if dates.is_empty() {
            return;
        }
        let mut text = Mrkdwn::default().bold("Dates ahead");
        for same in DateView::by_day(dates) {
            text = text.line().day(&same[0]).words(&format!(
                "  {} of Kubernetes {} ({})",
                DateView::names(same),
                same[0].release,
                same[0].left(now)
            ));
        }
        self.blocks.push(Block::section(&text));
    }

    /// What is missing, each with what mends it; how many more there are, where there are many.
    fn findings(&mut self, findings: &[Finding]) {
        const MOST: usize = 15;
        for finding in findings.iter().take(MOST) {
            let mark = match finding.severity {
                Severity::Error => "🔴",
                Severity::Warning => "🟠",
                Severity::Advice => "🔵",
            };
            self.blocks.push(Block::plain(&format!(
                "{mark} {}: {}\n→ {} [{}]",
                finding.severity, finding.evidence, finding.mend, finding.code
            )));
        }
        let more = findings.iter().skip(MOST).map(|finding| finding.code);
        let more: Vec<&str> = more.map(FindingCode::as_str).collect();
        if !more.is_empty() {
            self.blocks.push(Block::plain(&format!(
                "And {} more: {}",
                more.len(),
                more.join(", ")
            )));
        }
    }
}

fn header_text(block: &Block) -> Option<&super::Text> {
    match block {
        Block::Header { text } => Some(text),
        Block::Section { text, .. } => text.as_ref(),
        Block::Context { .. } => None,
    }
}

fn unknown(asked: &str, near: &[(KepNumber, Box<str>)], draft: &mut Draft) {
    let (what, instead) = not_found(asked);
    draft.headline(&what);
    if near.is_empty() {
        draft.text.push(instead.to_owned());
        draft.blocks.push(Block::plain(instead));
        return;
    }
    let near_ones = near
        .iter()
        .map(|(number, title)| format!("{number}  {}", title.replace('\n', " ")));
    let heading = "Did you mean one of these?".to_owned();
    let text: Vec<String> = std::iter::once(heading).chain(near_ones).collect();
    let text = text.join("\n");
    draft.text.push(text.clone());
    draft.blocks.push(Block::plain(&text));
    if let Some((number, _)) = near.first() {
        let example = Mrkdwn::default().words(&format!("/kep status {number} shows one of them."));
        draft.blocks.push(Block::context(&example));
    }
}

/// `1 KEP`, `2 KEPs`.
fn keps(many: usize) -> String {
    format!("{many} KEP{}", if many == 1 { "" } else { "s" })
}
