//! Reads Slack's markup, line by line, in which slash commands and the messages of apps come.
//!
//! <https://docs.slack.dev/messaging/formatting-message-text>

use super::{lists::Lists, marked};
use crate::domain::rich::{Block, Item, List, Span};

const FENCE: &str = "```";
/// What stands before items without numbers; people type the first, Slack the others.
const BULLETS: [char; 4] = ['-', '•', '◦', '▪'];

/// The blocks of a text.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut rest = text;
    while let Some((before, code, behind)) = fenced(rest) {
        reader.lines(before);
        reader.end();
        let text = marked::in_code(code);
        reader.blocks.push(Block::Code {
            language: None,
            text,
        });
        rest = behind;
    }
    reader.lines(rest);
    reader.end();
    reader.blocks
}

/// What stands before the first code, in it and behind it. A fence that nobody closes is text.
fn fenced(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(FENCE)?;
    let (code, behind) = rest.split_once(FENCE)?;
    Some((before, code, behind))
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    lines: Vec<Span>,
    quoted: Vec<Span>,
    lists: Lists,
}

impl Reader {
    fn lines(&mut self, text: &str) {
        let mut rest_is_quoted = false;
        for line in text.split('\n') {
            let quoted = behind_quote(line).filter(|_| !rest_is_quoted);
            if rest_is_quoted || quoted.is_some() {
                if self.quoted.is_empty() {
                    self.end();
                } else {
                    self.quoted.push(Span::Break);
                }
                let mut line = quoted.unwrap_or(line);
                if let Some(behind) = behind_quote(line).and_then(behind_quote) {
                    rest_is_quoted = true;
                    line = behind;
                }
                marked::read(line.trim_start(), &mut self.quoted);
            } else if let Some((indent, start, words)) = item(line) {
                if !self.lines.is_empty() || !self.quoted.is_empty() {
                    self.end();
                }
                let mut spans = Vec::new();
                marked::read(words, &mut spans);
                let blocks = vec![Block::Paragraph(spans)];
                let items = vec![Item { done: None, blocks }];
                self.lists.add(indent, List { start, items });
            } else {
                if self.lines.is_empty() {
                    self.end();
                } else {
                    self.lines.push(Span::Break);
                }
                marked::read(line, &mut self.lines);
            }
        }
    }

    /// Ends what is open.
    fn end(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let quoted = std::mem::take(&mut self.quoted);
        let lists = std::mem::take(&mut self.lists).end();
        if !lines.is_empty() {
            self.blocks.push(Block::Paragraph(lines));
        }
        if !quoted.is_empty() {
            self.blocks
                .push(Block::Quote(vec![Block::Paragraph(quoted)]));
        }
        self.blocks.extend(lists.into_iter().map(Block::List));
    }
}

fn behind_quote(line: &str) -> Option<&str> {
    line.strip_prefix("&gt;").or_else(|| line.strip_prefix('>'))
}

/// How far an item is indented, its number and its words.
fn item(line: &str) -> Option<(u64, Option<u64>, &str)> {
    let line = line.trim_end();
    let rest = line.trim_start();
    let indent = (line.len() - rest.len()) as u64;
    let (sign, words) = rest.split_once(char::is_whitespace)?;
    if let Some(digits) = sign.strip_suffix('.') {
        let is_number =
            (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        return is_number.then(|| (indent, digits.parse().ok(), words));
    }
    // Some of Slack's signs have a selector behind them.
    let sign = sign.trim_end_matches('\u{fe0e}');
    let mut sign = sign.chars();
    let is_bullet = sign.next().is_some_and(|c| BULLETS.contains(&c)) && sign.next().is_none();
    is_bullet.then_some((indent, None, words))
}
