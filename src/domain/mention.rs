//! Who is mentioned in a text on GitHub, by GitHub's own rules, and what is said around it.

mod mail;
mod names;
mod read;
mod said;

use std::{collections::HashSet, fmt};

use super::{Login, rich::Rich};

/// The most characters of what is said around a mention.
pub const MOST_SAID: usize = 300;

/// Whom a text mentions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Mentioned {
    /// Somebody.
    Person(Login),
    /// The members of a team. Both names are in small letters, as GitHub compares them without case.
    Team {
        /// The login of the organisation.
        organisation: Box<str>,
        /// The team's short name in it.
        team: Box<str>,
    },
}

impl Mentioned {
    /// A team, by both names in whatever case.
    pub fn team(organisation: &str, team: &str) -> Self {
        Self::Team {
            organisation: organisation.to_ascii_lowercase().into(),
            team: team.to_ascii_lowercase().into(),
        }
    }
}

impl fmt::Display for Mentioned {
    /// As it is written on GitHub.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(login) => write!(f, "@{login}"),
            Self::Team { organisation, team } => write!(f, "@{organisation}/{team}"),
        }
    }
}

/// A mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Who is mentioned.
    pub whom: Mentioned,
    /// The paragraph, item or row in which they are first; where that is longer than [`MOST_SAID`], the
    /// sentence, or as much of it as fits. With more around it where it says hardly anything.
    pub said: Rich,
}

/// Whom a text in GitHub's Markdown mentions: each once, in the order of the text.
///
/// Code, links, block quotes, comments of HTML, and what an e-mail quotes mention nobody.
pub fn mentions(markdown: &str) -> Vec<Mention> {
    new_in(markdown, HashSet::new())
}

/// Whom a text mentions since it was edited, and did not before.
pub fn newly(before: &str, after: &str) -> Vec<Mention> {
    let lines = read::lines(before);
    let known = lines.into_iter().flat_map(|line| line.names);
    new_in(after, known.map(|name| name.whom).collect())
}

fn new_in(markdown: &str, mut known: HashSet<Mentioned>) -> Vec<Mention> {
    let lines = read::lines(markdown);
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        for name in &line.names {
            if known.insert(name.whom.clone()) {
                found.push(Mention {
                    whom: name.whom.clone(),
                    said: said::around(&lines, place, &name.at),
                });
            }
        }
    }
    found
}
