//! Reads Slack's markup in a line: looks, links, people, and the three entities.

use super::elements::moment;
use crate::domain::rich::{Address, Span, Style};

/// Appends the spans of a line.
pub(super) fn read(line: &str, to: &mut Vec<Span>) {
    read_as(line, Style::PLAIN, to);
}

/// A text as it stands in code: its links and people in words, and nothing else read in it.
pub(super) fn in_code(text: &str) -> String {
    flat(text, |span| match span {
        Span::Link { to, label, .. } if label.is_empty() => to.to_string(),
        span => span.shown(),
    })
}

/// A text whose links and people are words, with nothing else read in it.
pub(super) fn flat(text: &str, words: impl Fn(&Span) -> String) -> String {
    let mut flat = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        flat.push_str(&unescaped(&rest[..at]));
        rest = &rest[at..];
        let Some(end) = rest.find('>') else { break };
        match span(&rest[1..end], Style::PLAIN) {
            Some(span) => flat.push_str(&words(&span)),
            None => flat.push_str(&unescaped(&rest[..=end])),
        }
        rest = &rest[end + 1..];
    }
    flat.push_str(&unescaped(rest));
    flat
}

fn read_as(text: &str, style: Style, to: &mut Vec<Span>) {
    // Signs that nothing closes any more, which need no second look.
    let mut unclosed: Vec<char> = Vec::new();
    let mut written = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['<', '`', '*', '_', '~']) {
        at += found;
        let sign = text[at..].chars().next().unwrap_or(' ');
        let end = if unclosed.contains(&sign) || !may_open(text, at, sign, style) {
            None
        } else {
            let end = closing(text, at, sign);
            if end.is_none() {
                unclosed.push(sign);
            }
            end
        };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let inner = &text[at + 1..end];
        let mut spans = Vec::new();
        match sign {
            '<' => spans.extend(span(inner, style)),
            '`' => spans.push(Span::Text(in_code(inner), style.with(Style::CODE))),
            '*' => read_as(inner, style.with(Style::BOLD), &mut spans),
            '_' => read_as(inner, style.with(Style::ITALIC), &mut spans),
            _ => read_as(inner, style.with(Style::STRIKE), &mut spans),
        }
        if !spans.is_empty() {
            to.extend(words(&text[written..at], style));
            to.append(&mut spans);
            written = end + 1;
        }
        at = end + 1;
    }
    to.extend(words(&text[written..], style));
}

fn words(text: &str, style: Style) -> Vec<Span> {
    Span::found_in(&unescaped(text), style)
}

/// Whether a sign here can begin something: a look begins at a word, and not twice.
fn may_open(text: &str, at: usize, sign: char, style: Style) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at + 1..].chars().next();
    let is_new = match sign {
        '*' => !style.has(Style::BOLD),
        '_' => !style.has(Style::ITALIC),
        '~' => !style.has(Style::STRIKE),
        '`' => return before != Some('`') && behind != Some('`'),
        _ => return true,
    };
    is_new
        && !before.is_some_and(char::is_alphanumeric)
        && behind.is_some_and(|c| !c.is_whitespace() && c != sign)
}

/// Where what begins here ends, with the sign that closes it. What stands in links and code closes
/// nothing.
fn closing(text: &str, at: usize, sign: char) -> Option<usize> {
    let close = if sign == '<' { '>' } else { sign };
    let is_look = matches!(sign, '*' | '_' | '~');
    let mut inside: Option<char> = None;
    let mut before = ' ';
    for (offset, c) in text[at + 1..].char_indices() {
        let place = at + 1 + offset;
        if let Some(end) = inside {
            if c == end {
                inside = None;
            }
        } else if c == close {
            let behind = text[place + 1..].chars().next();
            let ends_word = !before.is_whitespace() && !behind.is_some_and(char::is_alphanumeric);
            if offset > 0 && (!is_look || ends_word) {
                return Some(place);
            }
        } else if is_look {
            inside = match c {
                '<' => Some('>'),
                '`' => Some('`'),
                _ => None,
            };
        }
        before = c;
    }
    None
}

/// What stands between `<` and `>`; nothing where it is none of Slack's signs.
fn span(inner: &str, style: Style) -> Option<Span> {
    let (sign, label) = inner.split_once('|').unwrap_or((inner, ""));
    let label = unescaped(label);
    let text = |text: &str| Some(Span::Text(text.to_owned(), style));
    let or = |other: &str| text(if label.is_empty() { other } else { &label });
    if let Some(id) = sign.strip_prefix('@') {
        return Some(Span::Person {
            id: id.to_owned(),
            name: (!label.is_empty()).then_some(label),
            style,
        });
    }
    if sign.starts_with('#') {
        return if label.is_empty() {
            text("a channel")
        } else {
            Some(Span::Channel(label, style))
        };
    }
    if let Some(special) = sign.strip_prefix('!') {
        let (kind, more) = special.split_once('^').unwrap_or((special, ""));
        return match kind {
            "here" | "channel" | "everyone" => text(&format!("@{kind}")),
            "subteam" => or("a group"),
            "date" => {
                let seconds = more
                    .split('^')
                    .next()
                    .and_then(|digits| digits.parse().ok());
                or(&seconds.map_or_else(|| "a date".to_owned(), moment))
            }
            _ => or(kind),
        };
    }
    let to = Address::parse(&unescaped(sign));
    match to {
        Some(to) => Some(Span::Link { to, label, style }),
        // An address that is not linked, such as of a phone, says what it said.
        None if !label.is_empty() => text(&label),
        None => None,
    }
}

/// A text with Slack's three entities as characters.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}
