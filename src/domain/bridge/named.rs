//! Which KEPs a text of people names.

use crate::domain::{EnhancementLink, KepNumber, board::Board};

/// The KEPs of the board that a text names, each once, in the order of the text: `KEP-5825`, `kep
/// 5825`, a link to the KEP, its enhancement issue or its tracking issue. A bare number may be
/// anything, and names none.
pub fn keps_in(text: &str, board: &Board) -> Vec<KepNumber> {
    let mut found = Vec::new();
    let mut after_kep = false;
    for word in text.split(|c: char| c.is_whitespace() || "()[]<>|,;\"'".contains(c)) {
        let word = word.trim_matches(|c: char| ".:!?*_~`".contains(c));
        if word.is_empty() {
            continue;
        }
        let number = if word.contains('/') {
            linked(word, board)
        } else {
            numbered(word, after_kep)
        };
        after_kep = word.eq_ignore_ascii_case("kep") || word.eq_ignore_ascii_case("keps");
        let known = number.filter(|number| board.get(*number).is_some());
        found.extend(known.filter(|number| !found.contains(number)));
    }
    found
}

fn numbered(word: &str, after_kep: bool) -> Option<KepNumber> {
    let says_kep = word
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case("kep"));
    if !says_kep && !after_kep {
        return None;
    }
    // `KEP-5825's`, `KEP-5825/beta` is a link to nowhere and was split off before.
    let begin = word.find(|c: char| c.is_ascii_digit())?;
    let end = word[begin..].find(|c: char| !c.is_ascii_digit());
    let (head, rest) = word.split_at(end.map_or(word.len(), |end| begin + end));
    let goes_on = rest.starts_with(|c: char| c.is_alphanumeric());
    KepNumber::from_reference(head).filter(|_| !goes_on)
}

fn linked(word: &str, board: &Board) -> Option<KepNumber> {
    if let Some(link) = EnhancementLink::parse(word) {
        return link.number();
    }
    let (_, path) = word.split_once("github.com/")?;
    let mut parts = path.split(['/', '#', '?']);
    let repository = format!("{}/{}", parts.next()?, parts.next()?);
    parts
        .next()
        .filter(|kind| ["issues", "pull"].contains(kind))?;
    let number = parts.next()?.parse().ok()?;
    let entry = board.of_issue(Some(&repository), number)?;
    Some(entry.kep.number)
}
