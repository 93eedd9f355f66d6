//! The number of a KEP, and the many ways in which people write it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a KEP, which is also the number of its enhancement issue; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct KepNumber(u32);

/// Zero, or more digits than an issue number has.
#[derive(Debug, thiserror::Error)]
#[error("a KEP number is a whole number from 1 to {}", KepNumber::MAX)]
pub struct NotAKepNumber;

impl KepNumber {
    /// Issue numbers in `kubernetes/enhancements` have four digits today; seven leave room and
    /// still keep out phone numbers, dates and hashes.
    pub const MAX: u32 = 9_999_999;

    /// The number, unless it is zero or beyond [`KepNumber::MAX`].
    pub fn new(number: u32) -> Option<Self> {
        (1..=Self::MAX).contains(&number).then_some(Self(number))
    }

    /// The plain number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Reads a text made of digits alone, leading zeros allowed.
    pub fn from_digits(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Self::new(text.parse().ok()?)
    }

    /// The numbers that one slip of the keyboard makes of this one: two digits swapped, one wrong,
    /// one missing, one too many; swaps first, because they are the most common.
    pub fn one_slip_away(self) -> impl Iterator<Item = Self> {
        let digits: Vec<u8> = self.0.to_string().into_bytes();
        let mut near: Vec<Vec<u8>> = Vec::new();
        for at in 1..digits.len() {
            let mut swapped = digits.clone();
            swapped.swap(at - 1, at);
            near.push(swapped);
        }
        for at in 0..digits.len() {
            for digit in b'0'..=b'9' {
                let mut wrong = digits.clone();
                wrong[at] = digit;
                near.push(wrong);
            }
        }
        for at in 0..digits.len() {
            let mut missing = digits.clone();
            missing.remove(at);
            near.push(missing);
        }
        for at in 0..=digits.len() {
            for digit in b'0'..=b'9' {
                let mut many = digits.clone();
                many.insert(at, digit);
                near.push(many);
            }
        }
        near.into_iter()
            .filter_map(|digits| Self::from_digits(std::str::from_utf8(&digits).ok()?))
            .filter(move |number| *number != self)
    }

    /// Reads what a person types for one KEP: `5825`, `KEP-5825`, `kep 5825`, `KEP5825`, `#5825`,
    /// or a link to its folder, its enhancement issue. `None` when the whole text is not that.
    pub fn from_reference(text: &str) -> Option<Self> {
        let text = text
            .trim()
            .trim_end_matches(['.', ',', ';', ')', '>'])
            .trim_start_matches('<');
        if text.contains("://") || text.starts_with("github.com/") {
            let link = EnhancementLink::parse(text)?;
            return link.number();
        }
        let rest = strip_kep_word(text).unwrap_or(text);
        let rest = rest.strip_prefix('#').unwrap_or(rest);
        Self::from_digits(rest.trim())
    }
}

/// `KEP-5825` and its relatives: what follows the word, without the hyphen, colon or space.
fn strip_kep_word(text: &str) -> Option<&str> {
    let head = text.get(..3)?;
    head.eq_ignore_ascii_case("kep")
        .then(|| text[3..].trim_start_matches(['-', ' ', ':', '_', '\u{2011}', '\u{2013}']))
}

impl TryFrom<u32> for KepNumber {
    type Error = NotAKepNumber;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        Self::new(number).ok_or(NotAKepNumber)
    }
}

impl From<KepNumber> for u32 {
    fn from(number: KepNumber) -> Self {
        number.0
    }
}

impl fmt::Display for KepNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a link into `kubernetes/enhancements` points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnhancementLink {
    /// The enhancement issue, whose number is the KEP's.
    Issue(KepNumber),
    /// A file or folder below `keps/<sig>/<number>-<slug>`.
    Folder(KepNumber),
    /// A pull request, whose number says nothing about the KEP's.
    Pull(u32),
}

impl EnhancementLink {
    /// Reads one link; `None` for a link that leads elsewhere.
    pub fn parse(link: &str) -> Option<Self> {
        let path = link.split_once("://").map_or(link, |(_, rest)| rest);
        let path = path.strip_prefix("www.").unwrap_or(path);
        let path = path
            .strip_prefix("github.com/kubernetes/enhancements/")
            .or_else(|| {
                path.strip_prefix("git.k8s.io/enhancements/keps/")
                    .map(|_| path)
            })
            .or_else(|| path.strip_prefix("kep.k8s.io/").map(|_| path))?;
        if let Some(number) = path.strip_prefix("kep.k8s.io/") {
            return Some(Self::Issue(KepNumber::from_digits(leading_digits(number))?));
        }
        if let Some(number) = path.strip_prefix("issues/") {
            return Some(Self::Issue(KepNumber::from_digits(leading_digits(number))?));
        }
        if let Some(number) = path.strip_prefix("pull/") {
            return leading_digits(number).parse().ok().map(Self::Pull);
        }
        let (_, below) = path.split_once("keps/")?;
        // The first folder that begins with a number: some KEPs lie one folder deeper.
        below.split('/').take(4).find_map(|folder| {
            let digits = leading_digits(folder);
            let after = &folder[digits.len()..];
            (!digits.is_empty() && (after.is_empty() || after.starts_with('-')))
                .then(|| KepNumber::from_digits(digits).map(Self::Folder))
                .flatten()
        })
    }

    /// The KEP that the link names, if it names one.
    pub fn number(self) -> Option<KepNumber> {
        match self {
            Self::Issue(number) | Self::Folder(number) => Some(number),
            Self::Pull(_) => None,
        }
    }
}

/// The digits with which a text begins.
pub(crate) fn leading_digits(text: &str) -> &str {
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_way_of_writing_one_number() {
        for text in [
            "5825",
            "KEP-5825",
            "kep 5825",
            "Kep-5825",
            "KEP5825",
            "#5825",
            "05825",
            "KEP-#5825",
            "https://github.com/kubernetes/enhancements/issues/5825",
            "https://github.com/kubernetes/enhancements/issues/5825#issuecomment-1",
            "https://github.com/kubernetes/enhancements/issues/5825.",
            "<https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5825-cri-pagination>",
            "https://kep.k8s.io/5825",
            "https://git.k8s.io/enhancements/keps/sig-node/5825-cri-pagination/README.md",
        ] {
            assert_eq!(
                KepNumber::from_reference(text).map(KepNumber::get),
                Some(5825),
                "{text}"
            );
        }
    }

    #[test]
    fn one_slip_makes_these_numbers_and_no_others() {
        for typed in [1, 10, 99, 4126, 5825] {
            let near: BTreeSet<u32> = KepNumber(typed)
                .one_slip_away()
                .map(KepNumber::get)
                .filter(|near| *near < 100_000)
                .collect();
            let distance =
                |other: u32| strsim::osa_distance(&typed.to_string(), &other.to_string());
            let all: BTreeSet<u32> = (1..100_000).filter(|other| distance(*other) == 1).collect();
            assert_eq!(near, all, "{typed}");
        }
        // Swapped neighbours come first.
        assert_eq!(
            KepNumber(5285).one_slip_away().nth(1).map(KepNumber::get),
            Some(5825)
        );
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "",
            "0",
            "#",
            "kep",
            "v1.36",
            "58 25",
            "5825 list",
            "99999999999",
            "https://github.com/kubernetes/enhancements/pull/5826",
            "https://github.com/kubernetes/kubernetes/issues/5825",
            "ké5825",
        ] {
            assert_eq!(KepNumber::from_reference(text), None, "{text}");
        }
    }

    #[test]
    fn folders_one_deeper() {
        let link = "https://github.com/kubernetes/enhancements/tree/master/keps/sig-cluster-lifecycle/kubeadm/2505-Kubeadm-operator";
        assert_eq!(
            EnhancementLink::parse(link)
                .and_then(EnhancementLink::number)
                .map(KepNumber::get),
            Some(2505)
        );
    }
}
