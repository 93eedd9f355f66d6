//! Who may have something stand on a tracking issue, and what the others are told.

use super::Bridge;
use crate::domain::{
    Login,
    board::Entry,
    bridge::Asked,
    people::{Asker, Person, Role},
    text::each_once,
};

impl Bridge<'_> {
    /// Whether somebody speaks for a KEP: a liaison, or a shepherd of it.
    pub(super) fn may_speak(&self, person: Option<&Person>, entry: &Entry) -> bool {
        person.is_some_and(|person| {
            person.roles.contains(&Role::Liaison)
                || entry.speakers(self.settings).contains(&&person.login)
        })
    }

    /// A polite no that names who may, each once.
    pub(super) fn may_not(&self, asked: &Asked, entry: &Entry) -> String {
        let number = entry.kep.number;
        let shepherds = entry.speakers(self.settings);
        let liaisons = self
            .people
            .iter()
            .filter(|person| person.roles.contains(&Role::Liaison));
        let liaisons: Vec<&Login> = liaisons.map(|person| &person.login).collect();
        let who = match (&shepherds[..], &liaisons[..]) {
            ([], []) => {
                return format!(
                    "What I put on the tracking issue of KEP-{number} comes from its shepherds or a liaison, and it has neither yet."
                );
            }
            (shepherds, []) => format!("its shepherds ({})", listed(shepherds)),
            ([], liaisons) => format!("the liaisons ({})", listed(liaisons)),
            (some, others) if some.iter().any(|login| others.contains(login)) => {
                let all = each_once(some.iter().chain(others).copied());
                format!("its shepherds and the liaisons ({})", listed(&all))
            }
            (shepherds, liaisons) => format!(
                "its shepherds ({}) or the liaisons ({})",
                listed(shepherds),
                listed(liaisons)
            ),
        };
        let asker = Asker {
            workspace: &asked.channel.workspace,
            user: &asked.user,
        };
        let is_known = self.people.by_slack(asker.workspace, asker.user).is_some();
        let then = if is_known {
            "Ask one of them, or comment on the issue yourself.".to_owned()
        } else {
            let ask = self.people.ask_to_be_known(asker);
            format!(
                "I do not know who you are on GitHub: if you are one of them, {ask}; else ask one of them, or comment on the issue yourself."
            )
        };
        format!("What I put on the tracking issue of KEP-{number} comes from {who}. {then}")
    }
}

fn listed(logins: &[&Login]) -> String {
    let names: Vec<&str> = logins.iter().map(|login| login.as_str()).collect();
    names.join(", ")
}
