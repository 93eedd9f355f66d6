//! Who somebody on Slack is on GitHub, and the other way round: what the settings say, and what people
//! proved.

use std::collections::{BTreeMap, HashMap};

use super::{Login, Release, link::Link};

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

/// Everybody that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    all: Vec<Person>,
    by_login: HashMap<Login, usize>,
    /// By workspace and member id.
    by_slack: HashMap<Box<str>, HashMap<Box<str>, usize>>,
    can_link: bool,
}

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
        let mut all = Self::default();
        for person in people {
            all.push(person);
        }
        all
    }

    /// The same where people can prove who they are by `/kep link`.
    #[must_use]
    pub fn who_can_link(self) -> Self {
        Self {
            can_link: true,
            ..self
        }
    }

    /// The same, and those who proved who they are. What is known already wins.
    #[must_use]
    pub fn with_links(&self, links: &[Link]) -> Self {
        let mut all = self.clone();
        for link in links {
            if all.by_slack(&link.workspace, &link.user).is_none()
                && all.slack_of(&link.login, &link.workspace).is_none()
            {
                all.tie(link);
            }
        }
        all
    }

    fn push(&mut self, person: Person) {
        let at = self.all.len();
        for (workspace, user) in &person.slack {
            self.note(workspace, user, at);
        }
        self.by_login.entry(person.login.clone()).or_insert(at);
        self.all.push(person);
    }

    fn tie(&mut self, link: &Link) {
        let slack = (link.workspace.clone(), link.user.clone());
        let Some(&at) = self.by_login.get(&link.login) else {
            return self.push(Person {
                login: link.login.clone(),
                slack: BTreeMap::from([slack]),
                roles: Vec::new(),
                liaison_for: Vec::new(),
            });
        };
        self.note(&link.workspace, &link.user, at);
        self.all[at].slack.extend([slack]);
    }

    fn note(&mut self, workspace: &str, user: &str, at: usize) {
        let members = self.by_slack.entry(workspace.into()).or_default();
        members.entry(user.into()).or_insert(at);
    }

    /// The person with a member id in a workspace.
    pub fn by_slack(&self, workspace: &str, user: &str) -> Option<&Person> {
        let at = self.by_slack.get(workspace)?.get(user)?;
        self.all.get(*at)
    }

    /// The person with a login.
    pub fn by_login(&self, login: &Login) -> Option<&Person> {
        self.all.get(*self.by_login.get(login)?)
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

    /// What somebody does to be known, whose GitHub login is not: a part of a sentence.
    pub fn ask_to_be_known(&self, asker: Asker<'_>) -> String {
        if self.can_link {
            return "type /kep link to sign in there".to_owned();
        }
        self.ask_to_be_added(asker)
    }

    /// Whom somebody asks to be written into the settings, and what to tell them: a part of a sentence.
    pub fn ask_to_be_added(&self, asker: Asker<'_>) -> String {
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

    /// Everybody: those whom the settings name, in their order, and then the others.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.all.iter()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn person(login: &str, slack: &[(&str, &str)]) -> Person {
        let slack = slack.iter();
        Person {
            login: Login::parse(login).expect("a login"),
            slack: slack.map(|&(at, id)| (at.into(), id.into())).collect(),
            roles: vec![Role::Admin],
            liaison_for: Vec::new(),
        }
    }

    fn link(workspace: &str, user: &str, login: &str) -> Link {
        Link {
            workspace: workspace.into(),
            user: user.into(),
            login: Login::parse(login).expect("a login"),
            github_id: 1,
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_the_settings_say_wins_over_what_was_linked() {
        let settings = People::new(vec![
            person("shepherd", &[("kubernetes", "U1")]),
            person("liaison", &[]),
        ]);
        let people = settings.with_links(&[
            // Somebody whom the settings know as another.
            link("kubernetes", "U1", "liaison"),
            // A login whose member the settings know.
            link("kubernetes", "U2", "Shepherd"),
            link("cncf", "U1", "SHEPHERD"),
            link("kubernetes", "U3", "Liaison"),
            link("kubernetes", "U4", "stranger"),
            link("cncf", "U5", "stranger"),
        ]);
        let who = |workspace, user| {
            let person = people.by_slack(workspace, user)?;
            assert_eq!(people.by_login(&person.login), Some(person));
            assert_eq!(people.slack_of(&person.login, workspace), Some(user));
            Some((person.login.as_str(), person.roles.len()))
        };
        assert_eq!(who("kubernetes", "U1"), Some(("shepherd", 1)));
        assert_eq!(who("kubernetes", "U2"), None);
        assert_eq!(who("cncf", "U1"), Some(("shepherd", 1)));
        assert_eq!(who("kubernetes", "U3"), Some(("liaison", 1)));
        assert_eq!(who("kubernetes", "U4"), Some(("stranger", 0)));
        assert_eq!(who("cncf", "U5"), Some(("stranger", 0)));
        assert_eq!(who("cncf", "U4"), None);
        assert_eq!(people.iter().count(), 3);
    }
}
