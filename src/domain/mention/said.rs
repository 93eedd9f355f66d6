//! What is said around a mention.

use std::ops::Range;

use super::{MOST_SAID, read::Line};
use crate::domain::rich::{Block, Rich, Span};

/// The most characters before the name: what is said of it mostly stands behind it.
const MOST_BEFORE: usize = 120;
/// What has fewer characters beside names says hardly anything: a greeting, or `cc @login`.
const FEWEST: usize = 40;
/// What is longer is no word, and may be cut anywhere.
const LONGEST_WORD: usize = 100;

/// What is said around a name: the whole line where it is short, else the sentence; and where that
/// says hardly anything, what stands before it, or else behind it, by the same rule. Takes time in
/// proportion to what is given, however long the lines are.
pub(super) fn around(lines: &[Line], place: usize, at: &Range<usize>) -> Rich {
    let Some(line) = lines.get(place) else {
        return Rich::default();
    };
    let length = |range: Range<usize>| line.text[range].chars().count();
    // Room for two signs that something was left out, each with a blank, and for the end of a line.
    let room = MOST_SAID - 4 - 1;
    let mut part = Part::at(line, at);
    if !part.takes_all(room) {
        if !begins_sentence(&line.text, at.start) {
            part.go_back(MOST_BEFORE);
        }
        part.go_on(room.saturating_sub(length(part.from..part.to)));
    }
    let mut room = room.saturating_sub(length(part.from..part.to));
    let mut other = None;
    if part.says_hardly_anything() {
        room = room.saturating_sub(2);
        let before = place.checked_sub(1).and_then(|place| lines.get(place));
        let behind = lines.get(place + 1);
        if part.from > 0 {
            part.go_back(room);
        } else if let Some(before) = before {
            let end = before.text.trim_end().len();
            let mut part = Part::at(before, &(end..end));
            if !part.takes_all(room) {
                part.go_back(room);
            }
            other = Some((part, true));
        } else if part.to < line.text.trim_end().len() {
            part.go_on(room);
        } else if let Some(behind) = behind {
            let start = behind.text.len() - behind.text.trim_start().len();
            let mut part = Part::at(behind, &(start..start));
            if !part.takes_all(room) {
                part.go_on(room);
            }
            other = Some((part, false));
        }
    }
    let (parts, first, last) = match &other {
        None => (vec![&part], place, place),
        Some((before, true)) => (vec![before, &part], place - 1, place),
        Some((behind, false)) => (vec![&part, behind], place, place + 1),
    };
    let says = |lines: &[Line]| lines.iter().any(|line| !line.text.trim().is_empty());
    let is_more = [
        says(&lines[..first]) || parts[0].leaves_out(0),
        says(lines.get(last + 1..).unwrap_or_default()) || parts[parts.len() - 1].leaves_out(1),
    ];
    let mut paragraphs: Vec<Vec<Span>> = parts.iter().map(|part| part.spans()).collect();
    if let (true, false, Some(spans)) = (is_more[0], parts[0].is_cut[0], paragraphs.first_mut()) {
        spans.insert(0, Span::text("… "));
    }
    let is_cut = parts[parts.len() - 1].is_cut[1];
    if let (true, false, Some(spans)) = (is_more[1], is_cut, paragraphs.last_mut()) {
        spans.push(Span::text(" …"));
    }
    Rich::new(paragraphs.into_iter().map(Block::Paragraph).collect())
}

/// A part of a line.
struct Part<'a> {
    line: &'a Line,
    from: usize,
    to: usize,
    /// Whether it begins, or ends, in a sentence.
    is_cut: [bool; 2],
}

impl<'a> Part<'a> {
    fn at(line: &'a Line, at: &Range<usize>) -> Self {
        Self {
            line,
            from: at.start,
            to: at.end,
            is_cut: [false; 2],
        }
    }

    /// Takes the whole line, where it has at most so many characters; whether it does.
    fn takes_all(&mut self, most: usize) -> bool {
        let text = self.line.text.as_str();
        let is_short = text.char_indices().nth(most).is_none();
        if is_short {
            (self.from, self.to) = (0, text.len());
        }
        is_short
    }

    /// Goes back to where the sentence begins, at most so many characters.
    fn go_back(&mut self, most: usize) {
        let text = self.line.text.as_str();
        let start = self.from;
        let (mut word, mut end) = (None, start);
        self.is_cut[0] = false;
        for (count, (at, c)) in text[..start].char_indices().rev().enumerate() {
            let is_blank_before = c.is_whitespace();
            if is_blank_before && end < start && !text[end..].starts_with(char::is_whitespace) {
                if begins_sentence(text, end) {
                    self.from = end;
                    return;
                }
                word = Some(end);
            }
            if count == most {
                self.is_cut[0] = true;
                self.from = match word {
                    Some(word) => word,
                    None if start - end > LONGEST_WORD => end,
                    None => start,
                };
                return;
            }
            end = at;
        }
        self.from = 0;
    }

    /// Goes on to where the sentence ends, at most so many characters.
    fn go_on(&mut self, most: usize) {
        let text = self.line.text.as_str();
        let start = self.to;
        let (mut word, mut blank) = (None, None);
        self.is_cut[1] = false;
        for (count, (at, c)) in text[start..].char_indices().enumerate() {
            let at = start + at;
            if c.is_whitespace() {
                blank = blank.or(Some(at));
            } else if let Some(end) = blank.take() {
                if end > start && begins_sentence(text, at) {
                    self.to = end;
                    return;
                }
                word = Some(end);
            }
            if count == most {
                self.is_cut[1] = true;
                self.to = match blank.or(word) {
                    Some(word) => word,
                    None if at - start > LONGEST_WORD => at,
                    None => start,
                };
                return;
            }
        }
        self.to = text.len();
    }

    /// Whether its line says more before it (0), or behind it (1).
    fn leaves_out(&self, side: usize) -> bool {
        let rest = match side {
            0 => &self.line.text[..self.from],
            _ => &self.line.text[self.to..],
        };
        !rest.trim().is_empty()
    }

    fn says_hardly_anything(&self) -> bool {
        let words = self.line.text[self.from..self.to].split_whitespace();
        let words = words.filter(|word| {
            let is_word = word.contains(char::is_alphanumeric);
            is_word && !word.contains('@') && !word.trim_matches('/').eq_ignore_ascii_case("cc")
        });
        // With the blank behind each.
        words.map(|word| word.chars().count() + 1).sum::<usize>() < FEWEST
    }

    fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        if self.is_cut[0] {
            spans.push(Span::text("…"));
        }
        let all = &self.line.spans;
        let first = all.partition_point(|(start, _)| *start <= self.from);
        for (start, span) in &all[first.saturating_sub(1)..] {
            if *start >= self.to {
                break;
            }
            spans.extend(cut(span, *start, self.from..self.to));
        }
        if self.is_cut[1] {
            spans.push(Span::text("…"));
        }
        spans
    }
}

/// What of a span stands in a part of the text in which it starts somewhere.
fn cut(span: &Span, start: usize, part: Range<usize>) -> Option<Span> {
    let inside = |text: &str| {
        let from = part.start.saturating_sub(start).min(text.len());
        let to = (part.end - start).min(text.len());
        text.get(from..to).unwrap_or_default().to_owned()
    };
    match span {
        Span::Text(text, style) => Some(Span::Text(inside(text), *style)),
        Span::Link { to, label, style } => {
            let (to, label, style) = (to.clone(), inside(label), *style);
            // A link without a label would show its address.
            let is_blank = label.trim().is_empty();
            Some(if is_blank {
                Span::Text(label, style)
            } else {
                Span::Link { to, label, style }
            })
        }
        span => {
            let is_inside = start >= part.start && start + span.shown().len() <= part.end;
            is_inside.then(|| span.clone())
        }
    }
}

/// Whether a sentence begins at a word. One that begins with a small letter or a digit goes on with
/// what stands before it, as in "e.g. this" and in lines that were broken at a margin.
fn begins_sentence(text: &str, at: usize) -> bool {
    let goes_on = |c: char| c.is_lowercase() || c.is_numeric();
    if text[at..].starts_with(goes_on) {
        return false;
    }
    let before = text[..at].trim_end();
    if text[before.len()..at].contains('\n') {
        return true;
    }
    let before = before.trim_end_matches([')', ']', '"', '\'', '”', '’']);
    match before.chars().next_back() {
        Some('!' | '?' | '…') => true,
        // "e.g." and its like have another dot.
        Some('.') => {
            let word = before.chars().rev().skip(1).take(4);
            !word.take_while(|c| !c.is_whitespace()).any(|c| c == '.')
        }
        _ => false,
    }
}
