//! The people that the settings name: who somebody on Slack is on GitHub, and the other way round.

use std::collections::BTreeMap;

use super::{Login, Release};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Carries news between SIG-Node and a runtime.
    Liaison,
    /// Maintains a runtime.
    Maintainer,
    /// Looks after the bot itself.
    Admin,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who they are on GitHub.
    pub login: Login,
    /// Their member id in each workspace, by the workspace's name.
    pub slack: BTreeMap<Box<str>, Box<str>>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The Kubernetes releases for which they are a liaison.
    pub liaison_for: Vec<Release>,
}

/// Everybody that the settings name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(Vec<Person>);

/// Somebody on Slack who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker<'a> {
    /// The workspace, as the settings call it.
    pub workspace: &'a str,
    /// Their member id in it.
    pub user: &'a str,
}

impl People {
    /// These people.
    pub fn new(people: Vec<Person>) -> Self {
        Self(people)
    }

    /// The person with a member id in a workspace.
    pub fn by_slack(&self, workspace: &str, user: &str) -> Option<&Person> {
        let is = |person: &&Person| {
            let id = person.slack.get(workspace);
            id.is_some_and(|id| **id == *user)
        };
        self.0.iter().find(is)
    }

    /// The person with a login.
    pub fn by_login(&self, login: &Login) -> Option<&Person> {
        self.0.iter().find(|person| person.login == *login)
    }

    /// The member id of somebody in a workspace.
    pub fn slack_of(&self, login: &Login, workspace: &str) -> Option<&str> {
        self.by_login(login)?
            .slack
            .get(workspace)
            .map(AsRef::as_ref)
    }

    /// Those who look after the bot.
    pub fn admins(&self) -> impl Iterator<Item = &Person> {
        self.iter()
            .filter(|person| person.roles.contains(&Role::Admin))
    }

    /// Whether somebody looks after the bot.
    pub fn is_admin(&self, asker: Asker<'_>) -> bool {
        let person = self.by_slack(asker.workspace, asker.user);
        person.is_some_and(|person| person.roles.contains(&Role::Admin))
    }

    /// Whether somebody looks after the bot; or a polite no that names who does.
    pub fn must_be_admin(&self, asker: Asker<'_>) -> Result<(), String> {
        if self.is_admin(asker) {
            return Ok(());
        }
        Err(match self.admins_by_name() {
            None => "That is for those who look after this bot, and its settings name none yet: somebody gets roles = [\"admin\"] there."
                .to_owned(),
            Some(admins) => {
                format!("That is for those who look after this bot: {admins}. Ask one of them.")
            }
        })
    }

    /// Whom somebody asks to be known, whose GitHub login is not, and what to tell them: a part of a
    /// sentence.
    pub fn ask_to_be_known(&self, asker: Asker<'_>) -> String {
        let whom = match self.admins_by_name() {
            None => "whoever runs this bot".to_owned(),
            Some(admins) => format!("who looks after this bot ({admins})"),
        };
        let id = asker.user;
        format!("ask {whom} to add you, with your login and your Slack member id {id}")
    }

    fn admins_by_name(&self) -> Option<String> {
        let admins: Vec<&str> = self.admins().map(|admin| admin.login.as_str()).collect();
        (!admins.is_empty()).then(|| admins.join(", "))
    }

    /// Everybody, in the settings' order.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.0.iter()
    }
}
