//! What is wrong with a configuration: every problem, with its place and what is wanted instead.

use std::{fmt, ops::Deref};

/// Everything that is wrong with a configuration, in the order of the file; never empty.
///
/// Printed, it is one problem a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

/// One thing that is wrong, such as
/// `kep-liaison.toml:12: runtimes[0].stale_after: read "21", want a duration …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or the environment variable, that holds it.
    pub source: String,
    /// The line in that file, from 1, where it is known.
    pub line: Option<usize>,
    /// The column in that line, from 1, in characters; only for what is not TOML at all.
    pub column: Option<usize>,
    /// The full path of the key, such as `runtimes[0].stale_after`; empty for the file itself.
    pub key: String,
    /// What was read and what is wanted.
    pub text: String,
}

impl ConfigError {
    /// The error that these problems make; `None` when there are none.
    pub(super) fn of(mut problems: Vec<Problem>) -> Option<Self> {
        problems.sort_by_key(|problem| (problem.line.is_none(), problem.line, problem.column));
        (!problems.is_empty()).then_some(Self { problems })
    }

    /// The same with one problem more.
    pub(super) fn and(mut self, problem: Problem) -> Self {
        self.problems.push(problem);
        self
    }

    /// Each problem, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl Problem {
    /// A problem of a whole source, which no line can be blamed for.
    pub(super) fn of_source(source: impl fmt::Display, text: impl Into<String>) -> Self {
        let source = source.to_string();
        Self {
            source,
            line: None,
            column: None,
            key: String::new(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.text)
    }
}

/// A text that is known to come from outside, shown in quotes: on one line, cut when long, and not
/// at all when it looks like a token that landed in the wrong place.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if looks_secret(text) {
        return "what looks like a secret".to_owned();
    }
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

/// Whether a text contains what tokens of Slack and GitHub, keys and addresses with a password do.
pub(super) fn looks_secret(text: &str) -> bool {
    const MARKS: [&str; 9] = [
        "xox",
        "xapp-",
        "xwfp-",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "github_pat_",
        "-----BEGIN",
    ];
    let has_user_part = text
        .split_once("://")
        .is_some_and(|(_, rest)| rest.contains('@'));
    has_user_part || MARKS.iter().any(|mark| text.contains(mark))
}

/// The known word that someone most likely meant, if one is near.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|candidate| {
            let shape = candidate.to_lowercase().replace('-', "_");
            (strsim::damerau_levenshtein(&word, &shape), candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `a, b and c`.
pub(super) fn listed<I>(words: I) -> String
where
    I: IntoIterator,
    I::Item: Deref<Target = str>,
{
    let words: Vec<I::Item> = words.into_iter().collect();
    let parts: Vec<&str> = words.iter().map(Deref::deref).collect();
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
