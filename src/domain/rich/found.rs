//! What a text without marks holds all the same: addresses, and emoji by their names.

use super::{
    address::Address,
    model::{Span, Style},
    tidy::is_emoji_name,
};

/// Takes words apart at the addresses in them.
///
/// As GitHub finds them: <https://github.github.com/gfm/#autolinks-extension->
pub(super) fn addresses(text: &str, style: Style, to: &mut Vec<Span>) {
    let mut rest = text;
    let mut from = 0;
    let mut before = ' ';
    while let Some(at) = rest[from..].find(['h', 'H', 'w', 'W']).map(|at| from + at) {
        before = rest[from..at].chars().next_back().unwrap_or(before);
        let length = if before.is_alphanumeric() {
            0
        } else {
            length_of(&rest[at..])
        };
        match linked(&rest[at..at + length]) {
            Some(address) => {
                let (words, behind) = rest.split_at(at);
                to.push(Span::Text(words.to_owned(), style));
                let (label, behind) = behind.split_at(length);
                to.push(Span::Link {
                    to: address,
                    label: label.to_owned(),
                    style,
                });
                before = label.chars().next_back().unwrap_or(before);
                (rest, from) = (behind, 0);
            }
            // Its first letter, or as much as is no address; the next may begin behind it.
            None => {
                let end = at + length.max(1);
                before = rest[at..end].chars().next_back().unwrap_or(before);
                from = end;
            }
        }
    }
    to.push(Span::Text(rest.to_owned(), style));
}

fn linked(text: &str) -> Option<Address> {
    if text.is_empty() {
        None
    } else if starts_with(text, "www.") {
        Address::parse(&format!("http://{text}"))
    } else {
        Address::parse(text)
    }
}

/// How long an address is that the text begins with; 0 where it begins with none.
fn length_of(text: &str) -> usize {
    let begins = ["http://", "https://", "www."];
    if !begins.iter().any(|begin| starts_with(text, begin)) {
        return 0;
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    let mut address = &text[..end.unwrap_or(text.len())];
    let count = |c| address.matches(c).count();
    let (opened, mut closed) = (count('('), count(')'));
    // What ends a sentence, or closes what was opened before the address, is no part of it.
    while let Some(last) = address.chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"' => {}
            ')' if closed > opened => closed -= 1,
            _ => break,
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

fn starts_with(text: &str, begin: &str) -> bool {
    let start = text.as_bytes().get(..begin.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(begin.as_bytes()))
}

/// Takes words apart at the names of emoji in them, such as `:tada:`.
pub(super) fn emoji(text: &str, style: Style, to: &mut Vec<Span>) {
    let mut written = 0;
    let mut colon: Option<usize> = None;
    for (at, _) in text.match_indices(':') {
        let name = colon.map(|start| &text[start + 1..at]);
        match (name, colon) {
            (Some(name), Some(start)) if is_named(name) && is_apart(text, start, at + 1) => {
                to.push(Span::Text(text[written..start].to_owned(), style));
                to.push(Span::Emoji {
                    name: name.to_owned(),
                    unicode: None,
                });
                written = at + 1;
                colon = None;
            }
            _ => colon = Some(at),
        }
    }
    to.push(Span::Text(text[written..].to_owned(), style));
}

/// Whether what stands between two colons names an emoji, and no time of the day.
pub(super) fn is_named(name: &str) -> bool {
    is_emoji_name(name)
        && (name.contains(|c: char| !c.is_numeric()) || matches!(name, "100" | "1234"))
}

fn is_apart(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let behind = text[end..].chars().next();
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == ':' || c == '/');
    !joins(before) && !joins(behind)
}
