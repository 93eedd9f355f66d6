//! A digest of one's own: who asked for one, how often, and what it is about.

use super::{Plan, Scope, Section};
use crate::domain::{Login, Zone, bridge::ChannelAt, schedule::Schedule};

/// How often somebody gets a digest of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Often {
    /// On Mondays.
    Weekly,
    /// On working days.
    Daily,
}

/// Somebody who asked for a digest of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The workspace, as the settings call it.
    pub workspace: Box<str>,
    /// Their member id in it.
    pub user: Box<str>,
    /// How often they get it.
    pub often: Often,
}

impl Often {
    /// All that can be asked for.
    pub const ALL: [Self; 2] = [Self::Weekly, Self::Daily];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Daily => "daily",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|often| often.name() == word)
    }

    /// When, in the morning.
    pub fn schedule(self) -> Schedule {
        let daily = match self {
            Self::Weekly => None,
            Self::Daily => Schedule::parse("0 8 * * Mon-Fri"),
        };
        daily.unwrap_or_default()
    }
}

impl Scope {
    /// The KEPs in which somebody has a part. Whom others have to thank is not for them.
    pub fn own(person: Login, runtime: impl Into<Box<str>>) -> Self {
        let mut scope = Self::of(runtime);
        scope.sections.retain(|part| *part != Section::Thanks);
        scope.person = Some(person);
        scope
    }
}

impl Subscription {
    /// When it comes and what it is about: its place is the person, by their member id.
    pub fn plan(&self, login: Login, runtime: &str, zone: Zone) -> Plan {
        Plan {
            at: ChannelAt::new(&self.workspace, &self.user),
            schedule: self.often.schedule(),
            zone,
            scope: Scope::own(login, runtime),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_word_and_a_plan_of_its_own() {
        for often in Often::ALL {
            assert_eq!(Often::parse(often.name()), Some(often));
        }
        assert_eq!(Often::parse("off"), None);
        let plans = Often::ALL.map(|often| often.schedule().to_string());
        assert_eq!(plans, ["0 8 * * Mon", "0 8 * * Mon-Fri"]);
    }
}
