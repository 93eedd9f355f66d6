//! What people and channels are like, and how a test makes them so.

use super::{Channel, Person, Workspace};
use crate::{
    domain::Zone,
    sandbox::slack::{channel::ChannelKind, team::User},
};

impl Person {
    /// Their id, `U…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How one mentions them in a text.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    pub(in crate::sandbox::slack) fn workspace(&self) -> Workspace {
        Workspace {
            slack: self.slack.clone(),
            id: self.team.clone(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut User)) {
        let mut state = self.slack.lock();
        change(state.user_mut(&self.team, &self.id));
        state.touch();
    }

    /// Sets the names others see.
    pub fn set_names(&self, real_name: &str, display_name: &str) {
        self.change(|user| {
            real_name.clone_into(&mut user.real_name);
            display_name.clone_into(&mut user.display_name);
        });
    }

    /// Sets their time zone.
    pub fn set_time_zone(&self, tz: Zone) {
        self.change(|user| user.tz = tz);
    }

    /// Deactivates the account.
    pub fn deactivate(&self) {
        self.change(|user| user.is_deleted = true);
    }

    /// Makes them a bot of another app.
    pub fn make_bot(&self) {
        self.change(|user| user.is_bot = true);
    }

    /// Their user name.
    pub fn name(&self) -> String {
        self.slack.lock().team(&self.team).users[&self.id]
            .name
            .clone()
    }
}

impl Channel {
    /// Its id, `C…` or `D…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name; empty for direct messages.
    pub fn name(&self) -> String {
        let state = self.slack.lock();
        state.channel(&self.team, &self.id).name.clone()
    }

    /// What kind of conversation it is.
    pub fn kind(&self) -> ChannelKind {
        self.slack.lock().channel(&self.team, &self.id).kind
    }

    /// Lets people in, as if they always had been: nobody is told.
    #[must_use]
    pub fn with(self, people: &[&Person]) -> Self {
        let mut state = self.slack.lock();
        let members = &mut state.channel_mut(&self.team, &self.id).members;
        for person in people {
            if !members.contains(&person.id) {
                members.push(person.id.clone());
            }
        }
        state.touch();
        drop(state);
        self
    }

    /// Takes the app out of it, as if it never had been there: nobody is told.
    pub fn remove_bot(&self) {
        let mut state = self.slack.lock();
        let bot = state.team(&self.team).app.bot_user.clone();
        let members = &mut state.channel_mut(&self.team, &self.id).members;
        members.retain(|member| *member != bot);
        state.touch();
    }

    /// Archives it.
    pub fn archive(&self) {
        let mut state = self.slack.lock();
        state.channel_mut(&self.team, &self.id).is_archived = true;
        state.touch();
    }

    /// Who is in it, by id.
    pub fn members(&self) -> Vec<String> {
        self.slack
            .lock()
            .channel(&self.team, &self.id)
            .members
            .clone()
    }
}
