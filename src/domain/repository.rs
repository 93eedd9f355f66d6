//! The name of a repository.

use std::fmt;

/// A repository on GitHub: `containerd/containerd`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    owner: Box<str>,
    name: Box<str>,
}

impl Repository {
    /// Reads `owner/name`.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let is_owner = (1..=100).contains(&owner.len())
            && owner.starts_with(|c: char| c.is_ascii_alphanumeric())
            && owner
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let is_name = (1..=100).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && !matches!(name, "." | "..");
        (is_owner && is_name).then(|| Self {
            owner: owner.into(),
            name: name.into(),
        })
    }

    /// A default of this program's own, which a test reads back.
    pub(crate) fn builtin(owner: &str, name: &str) -> Self {
        Self {
            owner: owner.into(),
            name: name.into(),
        }
    }

    /// The organisation or person.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The repository's name, without the owner.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}
