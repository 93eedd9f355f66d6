//! A value that a person wrote by hand: the raw words kept beside what was understood.

use serde::{Deserialize, Serialize};

/// How the raw words were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Reading {
    /// The field is not there, or null, or blank.
    #[default]
    Absent,
    /// The words are a legal value as they stand.
    Exact,
    /// The words say "not yet": `TBD`, `0.0`, a template's literal.
    Placeholder,
    /// The words are not legal; the value is the nearest legal one.
    Nearest,
    /// The words mean nothing to us.
    Unreadable,
}

/// One hand-written field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field<T> {
    /// What was written, outer blanks removed; `None` when absent.
    pub raw: Option<Box<str>>,
    /// What was understood.
    pub value: Option<T>,
    /// How it was understood.
    pub reading: Reading,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self {
            raw: None,
            value: None,
            reading: Reading::Absent,
        }
    }
}

impl<T> Field<T> {
    /// Reads `raw` by `read`; blank text is absent.
    pub fn read(raw: Option<&str>, read: impl FnOnce(&str) -> (Reading, Option<T>)) -> Self {
        match raw.map(str::trim).filter(|raw| !raw.is_empty()) {
            None => Self::default(),
            Some(raw) => {
                let (reading, value) = read(raw);
                Self {
                    raw: Some(raw.into()),
                    value,
                    reading,
                }
            }
        }
    }

    /// The raw words, or nothing.
    pub fn raw(&self) -> &str {
        self.raw.as_deref().unwrap_or_default()
    }

    /// Whether people should be told that the words are not legal.
    pub fn is_odd(&self) -> bool {
        matches!(self.reading, Reading::Nearest | Reading::Unreadable)
    }
}

impl<T: Copy> Field<T> {
    /// What was understood.
    pub fn get(&self) -> Option<T> {
        self.value
    }
}

/// Whether a text is one of the ways to leave a field open: `TBD`, `N.N`, `x.y`, `0.0`, `n/a`,
/// `_No response_`, a template's `a|b|c`.
pub fn is_placeholder(text: &str) -> bool {
    const OPEN: [&str; 16] = [
        "tbd",
        "todo",
        "n.n",
        "x.y",
        "0.0",
        "v0.0",
        "n/a",
        "na",
        "none",
        "never",
        "?",
        "-",
        "nil",
        "_no response_",
        "v1.x",
        "unknown",
    ];
    let text = text.trim().trim_end_matches('.').trim();
    text.is_empty() || OPEN.iter().any(|open| text.eq_ignore_ascii_case(open))
}
