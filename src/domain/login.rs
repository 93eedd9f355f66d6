//! GitHub logins as people write them: with and without `@`, in quotes, in prose, not at all.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A GitHub login. It keeps the case in which it was written and compares without it, as GitHub
/// does.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Login(#[serde(serialize_with = "as_str")] Box<str>);

#[expect(clippy::borrowed_box, reason = "serde hands the field's type")]
fn as_str<S: Serializer>(login: &Box<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(login)
}

/// Words that stand where a login belongs and name nobody.
const NOBODY: [&str; 9] = [
    "tbd",
    "todo",
    "none",
    "na",
    "unknown",
    "unassigned",
    "nobody",
    "null",
    "no",
];

impl Login {
    /// Reads a login with or without `@`: letters, digits and single hyphens, at most 39
    /// characters, no hyphen at either end (an underscore is taken too, as in managed users'
    /// logins such as `mona_corp`). `TBD` and its like are nobody.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('@').unwrap_or(text);
        let fits = (1..=39).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !NOBODY.iter().any(|word| text.eq_ignore_ascii_case(word));
        fits.then(|| Self(text.into()))
    }

    /// The login without `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no login")))
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Login {}

impl PartialOrd for Login {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Login {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let lower = |login: &Self| {
            login
                .0
                .bytes()
                .map(|b| b.to_ascii_lowercase())
                .collect::<Vec<_>>()
        };
        lower(self).cmp(&lower(other))
    }
}

impl Hash for Login {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            byte.to_ascii_lowercase().hash(state);
        }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
