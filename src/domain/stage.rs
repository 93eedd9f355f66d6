//! The stage and the status of a KEP: the legal words, their order, and the nearest legal word
//! for one that is not.
//!
//! The words are those of `kubernetes/enhancements`' `keps/NNNN-kep-template/kep.yaml`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    field::{Field, Reading, is_placeholder},
    text::nearest,
};

/// How mature a feature is, or how far its removal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Behind a feature gate that is off.
    Alpha,
    /// Behind a feature gate that is usually on.
    Beta,
    /// Generally available.
    Stable,
    /// On its way out, still on.
    Deprecated,
    /// On its way out, off unless asked for.
    Disabled,
    /// Gone.
    Removed,
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Self; 6] = [
        Self::Alpha,
        Self::Beta,
        Self::Stable,
        Self::Deprecated,
        Self::Disabled,
        Self::Removed,
    ];

    /// The word of `kep.yaml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
            Self::Disabled => "disabled",
            Self::Removed => "removed",
        }
    }

    /// Reads one word exactly as it stands, in any case; `GA` is stable.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|stage| word.eq_ignore_ascii_case(stage.as_str()))
            .or_else(|| word.eq_ignore_ascii_case("ga").then_some(Self::Stable))
    }

    /// What it means for whoever uses the feature.
    pub const fn effect(self) -> &'static str {
        match self {
            Self::Alpha => "for trying out, off by default",
            Self::Beta => "nearly finished, usually on by default",
            Self::Stable => "generally available",
            Self::Deprecated => "on its way out",
            Self::Disabled => "on its way out, off by default",
            Self::Removed => "gone",
        }
    }

    /// Whether the feature is being taken away rather than brought in.
    pub fn is_removal(self) -> bool {
        self >= Self::Deprecated
    }

    /// Reads the `stage` field of a `kep.yaml`.
    pub fn read(raw: Option<&str>) -> Field<Self> {
        Field::read(raw, |raw| {
            read_word(raw, &Self::ALL, Self::as_str, |_| None)
        })
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A draft.
    Provisional,
    /// Approved for work.
    Implementable,
    /// Done.
    Implemented,
    /// Put off.
    Deferred,
    /// Refused.
    Rejected,
    /// Taken back by its authors.
    Withdrawn,
    /// Another KEP took its place.
    Replaced,
}

impl Status {
    /// All seven, in the template's order.
    pub const ALL: [Self; 7] = [
        Self::Provisional,
        Self::Implementable,
        Self::Implemented,
        Self::Deferred,
        Self::Rejected,
        Self::Withdrawn,
        Self::Replaced,
    ];

    /// The word of `kep.yaml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Implementable => "implementable",
            Self::Implemented => "implemented",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
        }
    }

    /// Reads one word exactly as it stands, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| word.eq_ignore_ascii_case(status.as_str()))
    }

    /// What it means, for whoever has never heard of KEPs.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Provisional => "a draft, not approved yet",
            Self::Implementable => "approved, work goes on",
            Self::Implemented => "done",
            Self::Deferred => "put off",
            Self::Rejected => "refused",
            Self::Withdrawn => "taken back by its authors",
            Self::Replaced => "another proposal took its place",
        }
    }

    /// Whether work may still go on.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Provisional | Self::Implementable)
    }

    /// Whether the proposal was given up, as opposed to finished.
    pub fn is_given_up(self) -> bool {
        matches!(
            self,
            Self::Deferred | Self::Rejected | Self::Withdrawn | Self::Replaced
        )
    }

    /// Reads the `status` field of a `kep.yaml`.
    pub fn read(raw: Option<&str>) -> Field<Self> {
        // `superseded` is what the field `superseded-by` calls a replaced KEP.
        let synonym = |word: &str| {
            word.eq_ignore_ascii_case("superseded")
                .then_some(Self::Replaced)
        };
        Field::read(raw, |raw| read_word(raw, &Self::ALL, Self::as_str, synonym))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A legal word; a legal word with something after it (`implemented (alpha)`); a known synonym; a
/// word that differs by a slip or two; else nothing.
fn read_word<T: Copy>(
    raw: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    synonym: impl Fn(&str) -> Option<T>,
) -> (Reading, Option<T>) {
    if let Some(&exact) = all.iter().find(|&&word| name(word) == raw) {
        return (Reading::Exact, Some(exact));
    }
    if is_placeholder(raw) {
        return (Reading::Placeholder, None);
    }
    if raw.contains('|') {
        // The template's list of choices, never filled in.
        return (Reading::Unreadable, None);
    }
    let word = raw
        .split(|c: char| !c.is_alphabetic())
        .find(|word| !word.is_empty())
        .unwrap_or(raw);
    let legal = all
        .iter()
        .copied()
        .find(|&legal| word.eq_ignore_ascii_case(name(legal)));
    let found = legal.or_else(|| synonym(word)).or_else(|| {
        let names: Vec<&str> = all.iter().map(|&word| name(word)).collect();
        let near = nearest(word, names.iter().copied())?;
        all.iter().copied().find(|&word| name(word) == near)
    });
    match found {
        Some(word) => (Reading::Nearest, Some(word)),
        None => (Reading::Unreadable, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_not_legal() {
        let status = |raw| {
            let field = Status::read(Some(raw));
            (field.reading, field.value)
        };
        assert_eq!(
            status("implemented"),
            (Reading::Exact, Some(Status::Implemented))
        );
        assert_eq!(
            status("imlpemented"),
            (Reading::Nearest, Some(Status::Implemented))
        );
        assert_eq!(
            status("implementeable"),
            (Reading::Nearest, Some(Status::Implementable))
        );
        assert_eq!(
            status("implemented (beta)"),
            (Reading::Nearest, Some(Status::Implemented))
        );
        assert_eq!(
            status("superseded"),
            (Reading::Nearest, Some(Status::Replaced))
        );
        assert_eq!(status("removed"), (Reading::Unreadable, None));
        assert_eq!(
            status("provisional|implementable|implemented"),
            (Reading::Unreadable, None)
        );
        assert_eq!(status(""), (Reading::Absent, None));
        assert_eq!(
            Stage::read(Some("alpha (deprecated)")).value,
            Some(Stage::Alpha)
        );
        assert_eq!(Stage::read(Some("alpha|beta|stable")).value, None);
    }
}
