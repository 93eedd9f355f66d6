//! Words that are nearly right: slips of the keyboard, and the nearest word to offer; lists without
//! repetition; digests in hexadecimal digits.

use std::{collections::HashSet, hash::Hash};

/// Each item once, in the order in which it first stands. Takes time in proportion to the items,
/// however many a hostile text may hold.
pub(crate) fn each_once<T: Clone + Eq + Hash>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    let items = items.into_iter();
    items.filter(|item| seen.insert(item.clone())).collect()
}

/// The word among `words` that `typed` was most likely meant to be, if one is near enough: one
/// slip in a short word, two or three in a longer one. Swapped neighbours count as one slip.
pub fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody types a command of this length; comparing it would only cost time.
    if typed.len() > 64 {
        return None;
    }
    let typed = typed.to_lowercase();
    let allowed = match typed.chars().count() {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    words
        .into_iter()
        .map(|word| (strsim::osa_distance(&typed, &word.to_lowercase()), word))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, word)| word)
}

/// The 32 bytes that 64 hexadecimal digits stand for, small or capital; `None` for any other text.
pub fn digest(digits: &str) -> Option<[u8; 32]> {
    let digits = digits.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_forgiven_and_a_stranger_is_not() {
        let words = ["implemented", "implementable", "stage", "status"];
        assert_eq!(nearest("imlpemented", words), Some("implemented"));
        assert_eq!(nearest("STAEG", words), Some("stage"));
        assert_eq!(nearest("stat", words), None);
        assert_eq!(nearest("removed", words), None);
        assert_eq!(nearest("", words), None);
        assert_eq!(nearest(&"x".repeat(100_000), words), None);
    }
}
