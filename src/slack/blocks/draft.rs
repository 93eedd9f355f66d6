//! A message under construction: every part is a block, and a line or more of the fallback.

use std::fmt::{self, Write as _};

use chrono::{DateTime, Utc};

use super::{Block, Message, Mrkdwn, Origin, ago};
use crate::{
    domain::{
        card::DateView,
        finding::{Finding, FindingCode, Severity},
        rich::Rich,
    },
    slack::kit::{HEADER, Text, length},
};

/// The message so far.
pub(super) struct Draft {
    /// The fallback, line by line.
    text: String,
    pub(super) blocks: Vec<Block>,
}

impl Default for Draft {
    /// Nothing, and room for a usual message.
    fn default() -> Self {
        Self {
            text: String::with_capacity(2048),
            blocks: Vec::with_capacity(16),
        }
    }
}

impl Draft {
    pub(super) fn finish(self) -> Message {
        Message::new(&self.text, self.blocks)
    }

    /// A line of the fallback alone, of what its block says otherwise.
    pub(super) fn say(&mut self, line: impl fmt::Display) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let _ = write!(self.text, "{line}");
    }

    /// The first line. One that is too long for a headline follows whole.
    pub(super) fn headline(&mut self, text: &str) {
        let text = &text.replace('\n', " ");
        self.say(text);
        self.blocks.push(Block::header(text));
        if length(text) > HEADER {
            self.blocks.push(Block::plain(text));
        }
    }

    /// A paragraph of words from outside.
    pub(super) fn plain(&mut self, text: &str) {
        self.say(text);
        self.blocks.push(Block::plain(text));
    }

    /// A paragraph.
    pub(super) fn section(&mut self, text: &Mrkdwn) {
        self.say(text.plain());
        self.blocks.push(Block::section(text));
    }

    /// Small print of words from outside.
    pub(super) fn small(&mut self, text: &str) {
        self.say(text);
        self.blocks.push(Block::plain_context(text));
    }

    /// Small print.
    pub(super) fn small_print(&mut self, text: &Mrkdwn) {
        self.say(text.plain());
        self.blocks.push(Block::context(text));
    }

    /// Fields below a heading. The fallback is the caller's.
    pub(super) fn fields(&mut self, heading: &Mrkdwn, fields: Vec<Text>) {
        self.blocks.extend(Block::fields(heading, fields));
    }

    /// The lines that say what matters, each with its label.
    pub(super) fn summary<L: AsRef<str>>(&mut self, lines: &[(L, Mrkdwn)]) {
        let mut text = Mrkdwn::default();
        for (label, line) in lines {
            let label = label.as_ref();
            text = text.bold(label).words("  ").then(line).line();
            self.say(format_args!("{label}: {}", line.plain()));
        }
        self.blocks.push(Block::section(&text));
    }

    /// What falls on the days ahead.
    pub(super) fn dates(&mut self, dates: &[DateView], now: DateTime<Utc>) {
        if dates.is_empty() {
            return;
        }
        let mut text = Mrkdwn::default().bold("Dates ahead");
        for same in DateView::by_day(dates) {
            text = text.line().day(same[0].day()).words(&format!(
                "  {} of Kubernetes {} ({})",
                DateView::names(same),
                same[0].release,
                same[0].left(now)
            ));
        }
        self.section(&text);
    }

    /// What is missing, each with what mends it; how many more there are, where there are many.
    pub(super) fn findings(&mut self, findings: &[Finding]) {
        const MOST: usize = 15;
        for finding in findings.iter().take(MOST) {
            self.plain(&format!(
                "{} {}: {}\n→ {} [{}]",
                mark(finding.severity),
                finding.severity,
                finding.evidence,
                finding.mend,
                finding.code
            ));
        }
        let more = findings.iter().skip(MOST).map(|finding| finding.code);
        let more: Vec<&str> = more.map(FindingCode::as_str).collect();
        if !more.is_empty() {
            self.plain(&format!("And {} more: {}", more.len(), more.join(", ")));
        }
    }

    /// Formatted text.
    pub(super) fn rich(&mut self, text: &Rich) {
        self.say(text.text());
        self.blocks.extend(Block::rich(text));
    }

    /// A picture that was uploaded as this file, with what it shows in words.
    pub(super) fn picture(&mut self, file: &str, alt: &str) {
        self.say(alt);
        self.blocks.push(Block::image(file, alt));
    }

    /// How old the facts are, where that matters.
    pub(super) fn age(&mut self, origin: Origin, now: DateTime<Utc>) {
        if !origin.matters(now) {
            return;
        }
        match origin {
            // Said before anything else.
            Origin::Sample | Origin::Files => {}
            Origin::Store(None) => {
                self.small(
                    "Not everything has arrived from GitHub yet, so something may be missing here.",
                );
            }
            Origin::Store(Some(at)) => {
                let text = Mrkdwn::default().words("As of ").moment(at).words(&format!(
                    ", {}: what is newer on GitHub is not in it.",
                    ago(now - at)
                ));
                self.small_print(&text);
            }
        }
    }
}

fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "🔴",
        Severity::Warning => "🟠",
        Severity::Advice => "🔵",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_much_the_picture_stays() {
        let mut draft = Draft::default();
        for number in 0..60 {
            draft.plain(&format!("{number}"));
        }
        draft.picture("F0000000001", "twelve\u{202e} KEPs");
        let message = draft.finish();
        let last = message.blocks.last();
        assert_eq!(last, Some(&Block::image("F0000000001", "twelve KEPs")));
        assert!(message.blocks.len() <= 50, "{}", message.blocks.len());
        assert!(message.text.ends_with("twelve KEPs"), "{}", message.text);
    }
}
