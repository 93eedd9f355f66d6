//! Who may have something stand on a tracking issue, and what the others are told.

use super::Bridge;
use crate::domain::{
    Login,
    board::Entry,
    people::{Person, Role},
};

impl Bridge<'_> {
    /// Whether somebody speaks for a KEP: a liaison, or a shepherd of it.
    pub(super) fn may_speak(&self, person: Option<&Person>, entry: &Entry) -> bool {
        person.is_some_and(|person| {
            person.roles.contains(&Role::Liaison)
                || entry.speakers(self.settings).contains(&&person.login)
        })
    }

    /// What somebody is told whom the settings do not name.
    pub(super) fn nobody_here(&self) -> String {
        let who = match listed(&self.liaisons()) {
            Some(liaisons) => format!("the liaisons ({liaisons})"),
            None => "a liaison".to_owned(),
        };
        format!(
            "What I put on tracking issues comes from a KEP's shepherds or {who}. Ask one of them; /kep who NUMBER names a KEP's shepherds."
        )
    }

    fn liaisons(&self) -> Vec<&Login> {
        let liaisons = self.people.iter();
        let liaisons = liaisons.filter(|person| person.roles.contains(&Role::Liaison));
        liaisons.map(|person| &person.login).collect()
    }

    /// A polite no that names who may.
    pub(super) fn may_not(&self, entry: &Entry) -> String {
        let number = entry.kep.number;
        let shepherds = listed(&entry.speakers(self.settings));
        let liaisons = listed(&self.liaisons());
        let mut who = Vec::new();
        if let Some(shepherds) = shepherds {
            who.push(format!("its shepherds ({shepherds})"));
        }
        if let Some(liaisons) = liaisons {
            who.push(format!("the liaisons ({liaisons})"));
        }
        if who.is_empty() {
            return format!(
                "What I put on the tracking issue of KEP-{number} comes from its shepherds or a liaison, and it has neither yet."
            );
        }
        format!(
            "What I put on the tracking issue of KEP-{number} comes from {}. Ask one of them, or comment there yourself.",
            who.join(" or ")
        )
    }
}

fn listed(logins: &[&Login]) -> Option<String> {
    let names: Vec<&str> = logins.iter().map(|login| login.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
