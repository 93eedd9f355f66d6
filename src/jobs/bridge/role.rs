//! Who may have something stand on a tracking issue, and what the others are told.

use super::Bridge;
use crate::domain::{
    Login,
    board::Entry,
    bridge::{Asked, ChannelAt},
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

    /// Whether somebody speaks for any KEP.
    pub(super) fn may_speak_somewhere(&self, person: Option<&Person>) -> bool {
        let is_liaison = person.is_some_and(|person| person.roles.contains(&Role::Liaison));
        let mut entries = self.board.entries().iter();
        is_liaison || person.is_some() && entries.any(|entry| self.may_speak(person, entry))
    }

    /// What somebody is told who speaks for no KEP.
    pub(super) fn speaks_nowhere(&self, asked: &Asked) -> String {
        let who = match &self.liaisons()[..] {
            [] => "a liaison".to_owned(),
            liaisons => format!("the liaisons ({})", listed(liaisons)),
        };
        let then = match self.people.by_slack(&asked.channel.workspace, &asked.user) {
            Some(_) => "Ask".to_owned(),
            None => format!("{} Else ask", self.not_known(asked)),
        };
        format!(
            "What I put on tracking issues comes from a KEP's shepherds or {who}. {then} one of them; /kep who NUMBER names a KEP's shepherds."
        )
    }

    /// They may be one of those who may.
    fn not_known(&self, asked: &Asked) -> String {
        let ask = self.people.ask_to_be_known(Asker {
            workspace: &asked.channel.workspace,
            user: &asked.user,
        });
        format!("I do not know who you are on GitHub: if you are one of them, {ask}.")
    }

    fn liaisons(&self) -> Vec<&Login> {
        let liaisons = self.people.iter();
        let liaisons = liaisons.filter(|person| person.roles.contains(&Role::Liaison));
        liaisons.map(|person| &person.login).collect()
    }

    /// A polite no that names who may, each once.
    pub(super) fn may_not(&self, asked: &Asked, entry: &Entry) -> String {
        let number = entry.kep.number;
        let shepherds = entry.speakers(self.settings);
        let liaisons = self.liaisons();
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
        let ChannelAt { workspace, .. } = &asked.channel;
        let then = match self.people.by_slack(workspace, &asked.user) {
            Some(_) => "Ask one of them, or comment on the issue yourself.".to_owned(),
            None => format!(
                "{} Else ask one of them, or comment on the issue yourself.",
                self.not_known(asked)
            ),
        };
        format!("What I put on the tracking issue of KEP-{number} comes from {who}. {then}")
    }
}

fn listed(logins: &[&Login]) -> String {
    let names: Vec<&str> = logins.iter().map(|login| login.as_str()).collect();
    names.join(", ")
}
