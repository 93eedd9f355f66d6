//! How much one person asks for: a program of theirs may ask without end.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use crate::slack::inbound::From;

/// How often in a minute one person makes the bot speak elsewhere than in an acknowledgement.
pub(super) const MOST_SPEECHES: u64 = 30;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// An answer to a command, which the acknowledgement carries.
    Command,
    /// Anything that makes the bot call Slack.
    Speech,
}

/// How much came from each person in this minute.
#[derive(Debug, Default)]
pub(super) struct Pace {
    minute: i64,
    /// By a hash that nobody outside can foresee, so that counting takes no memory of its own.
    by_person: HashMap<u64, u64>,
    keys: RandomState,
}

impl Pace {
    /// Counts one more; how many there were in this minute.
    pub(super) fn count(&mut self, from: &From, what: What, minute: i64) -> u64 {
        if self.minute != minute {
            self.minute = minute;
            self.by_person.clear();
        }
        let person = self.keys.hash_one((&from.team, &from.user, what));
        let many = self.by_person.entry(person).or_default();
        *many += 1;
        *many
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_and_kind_is_counted_and_a_minute_begins_anew() {
        let from = |team: &str, user: &str| From {
            team: team.into(),
            user: user.into(),
            channel: None,
        };
        let mut pace = Pace::default();
        let counts = [
            (from("T1", "U1"), What::Command, 7),
            (from("T1", "U1"), What::Command, 7),
            (from("T1", "U1"), What::Speech, 7),
            (from("T1", "U2"), What::Command, 7),
            (from("T2", "U1"), What::Command, 7),
            (from("T1", "U1"), What::Command, 7),
            (from("T1", "U1"), What::Command, 8),
        ]
        .map(|(from, what, minute)| pace.count(&from, what, minute));
        assert_eq!(counts, [1, 2, 1, 1, 1, 3, 1]);
        assert_eq!(pace.by_person.len(), 1);
    }
}
