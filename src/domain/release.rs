//! A minor release of Kubernetes or of a runtime, such as `1.38` or `2.4`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::text::each_once;

/// A minor release: `1.38`. Written without the `v`, ordered by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Release {
    /// The `1` of `1.38`.
    pub major: u16,
    /// The `38` of `1.38`.
    pub minor: u16,
}

impl Release {
    /// The release `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Reads a text that is one release and nothing else: `1.38`, `v1.38`, `V1.38`, `1.38.0`,
    /// blanks around it allowed. `0.0`, which KEPs use for "none", is not a release.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (release, used) = leading_release(text)?;
        (used == text.len()).then_some(release)
    }

    /// Every release that a text names, in order, each once: `1.36/1.38.` gives two. Digits that
    /// belong to a longer word, an address or a pull request are no release.
    pub fn find_all(text: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut rest = text;
        let mut before: Option<char> = None;
        while let Some(first) = rest.chars().next() {
            let at_boundary = before.is_none_or(|c| !(c.is_alphanumeric() || c == '.' || c == '_'));
            if at_boundary
                && let Some((release, used)) = leading_release(rest)
                && rest[used..]
                    .chars()
                    .next()
                    .is_none_or(|c| !c.is_alphanumeric())
            {
                found.push(release);
                before = rest[..used].chars().next_back();
                rest = &rest[used..];
                continue;
            }
            before = Some(first);
            rest = &rest[first.len_utf8()..];
        }
        each_once(found)
    }

    /// The minor release after this one.
    #[must_use]
    pub fn next_minor(self) -> Self {
        Self {
            minor: self.minor.saturating_add(1),
            ..self
        }
    }

    /// The minor release before this one; the first of a major release has none.
    pub fn previous_minor(self) -> Option<Self> {
        Some(Self {
            minor: self.minor.checked_sub(1)?,
            ..self
        })
    }
}

/// The release with which a text begins, and how many bytes it takes. A patch part counts as part
/// of it; `0.0` is none.
fn leading_release(text: &str) -> Option<(Release, usize)> {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'v' | b'V')));
    let major = number(bytes, &mut at)?;
    if bytes.get(at) != Some(&b'.') {
        return None;
    }
    at += 1;
    let minor = number(bytes, &mut at)?;
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at += 1;
        number(bytes, &mut at)?;
    }
    (major > 0 || minor > 0).then_some((Release { major, minor }, at))
}

/// At most four digits: a longer number is a year with a day glued on, or an issue.
fn number(bytes: &[u8], at: &mut usize) -> Option<u16> {
    let start = *at;
    while bytes.get(*at).is_some_and(u8::is_ascii_digit) && *at - start < 5 {
        *at += 1;
    }
    let digits = &bytes[start..*at];
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no release")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        Release::find_all(text)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn one_release_alone() {
        for text in ["1.36", "v1.36", "V1.36", " 1.36 ", "1.36.0"] {
            assert_eq!(Release::parse(text), Some(Release::new(1, 36)), "{text}");
        }
        for text in [
            "",
            "0.0",
            "1",
            "1.",
            ".36",
            "v1.??",
            "x.y",
            "N.N",
            "1.36 or so",
            "TBD",
            "v1.21, v1.37",
        ] {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }

    #[test]
    fn releases_in_prose() {
        assert_eq!(all("1.36/1.38."), ["1.36", "1.38"]);
        assert_eq!(all("v1.37 (target for Alpha)"), ["1.37"]);
        assert_eq!(
            all(
                "v1.33 r.next details:https://github.com/kubernetes/sig-release/tree/master/releases/release-1.33"
            ),
            ["1.33"]
        );
        assert_eq!(
            all("TBD, 0.0, v1.??, issue 12345.6, 2026.07.01x"),
            [] as [&str; 0]
        );
        assert_eq!(all("1.30.1.2 é1.31"), ["1.30"]);
    }

    #[test]
    fn order_is_by_number() {
        assert!(Release::new(1, 9) < Release::new(1, 10));
        assert_eq!(Release::new(1, 37).next_minor(), Release::new(1, 38));
    }
}
