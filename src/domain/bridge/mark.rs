//! The key of everything that the bot writes, made from what caused it, and the mark by which a
//! comment carries it. It counts only on something that the bot itself wrote.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

const BEGIN: &str = "<!-- kep-liaison key=";
const END: &str = " -->";
/// The longest key. Slack takes 8,000 characters of metadata; nobody needs that many.
const LONGEST: usize = 500;

/// The key of one write: the same cause gives the same key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Box<str>);

impl Key {
    /// The key of what has this cause, from the general to the particular. Whatever is not a letter,
    /// a digit or one of `.:@#_` is written `%` and its hexadecimal bytes, so that two causes never
    /// have one key, and no key ends a comment of HTML.
    pub fn of<T: AsRef<str>>(cause: impl IntoIterator<Item = T>) -> Self {
        let mut key = String::new();
        for (at, part) in cause.into_iter().enumerate() {
            if at > 0 {
                key.push('/');
            }
            for byte in part.as_ref().bytes() {
                if byte.is_ascii_alphanumeric() || b".:@#_".contains(&byte) {
                    key.push(char::from(byte));
                } else {
                    // Writing to a String cannot fail.
                    let _ = write!(key, "%{byte:02x}");
                }
            }
        }
        Self(key.into())
    }

    /// A key as it was stored or marked; `None` for what cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_key = (1..=LONGEST).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".:@#_%/".contains(&byte));
        is_key.then(|| Self(text.into()))
    }

    /// The key of what follows from this one.
    #[must_use]
    pub fn then(&self, what: &str) -> Self {
        let next = Self::of([what]);
        Self(format!("{self}/{next}").into())
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A comment's text with its mark as the last line.
pub fn marked(text: &str, key: &Key) -> String {
    format!("{}\n\n{BEGIN}{key}{END}", text.trim_end())
}

/// A comment's text without its mark, and the mark's key, where its last line is one.
pub fn unmarked(body: &str) -> (&str, Option<Key>) {
    let body = body.trim_end();
    let (text, last) = body.rsplit_once('\n').unwrap_or(("", body));
    let key = last
        .trim()
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(END))
        .and_then(Key::parse);
    match key {
        Some(key) => (text.trim_end(), Some(key)),
        None => (body, None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, marked, unmarked};

    #[test]
    fn a_mark_is_read_back() {
        let key = Key::of(["relay", "kubernetes", "C1", "1767600000.000100"]);
        assert_eq!(key.as_str(), "relay/kubernetes/C1/1767600000.000100");
        let body = marked("Merged.\n", &key);
        assert_eq!(
            body,
            "Merged.\n\n<!-- kep-liaison key=relay/kubernetes/C1/1767600000.000100 -->"
        );
        assert_eq!(unmarked(&body), ("Merged.", Some(key.clone())));
        assert_eq!(unmarked(&format!("{body}\r\n")), ("Merged.", Some(key)));
    }

    #[test]
    fn no_cause_imitates_another_or_breaks_out() {
        assert_ne!(Key::of(["a", "b"]), Key::of(["a/b"]));
        assert_ne!(Key::of(["a-b"]), Key::of(["a%2db"]));
        let hostile = Key::of(["-->\n<b>"]);
        assert_eq!(hostile.as_str(), "%2d%2d%3e%0a%3cb%3e");
        assert_eq!(Key::parse(hostile.as_str()), Some(hostile));
    }

    #[test]
    fn only_the_last_line_is_a_mark() {
        let mark = "<!-- kep-liaison key=a -->";
        for body in [
            format!("{mark}\nand more"),
            format!("before {mark}"),
            "<!-- kep-liaison key= -->".to_owned(),
            "<!-- kep-liaison key=a b -->".to_owned(),
            format!("<!-- kep-liaison key={} -->", "a".repeat(501)),
            String::new(),
        ] {
            assert_eq!(unmarked(&body).1, None, "{body}");
        }
    }
}
