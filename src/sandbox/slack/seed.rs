//! Handles to what is in Slack: workspaces, people, channels; and how they come to be.

mod app;
mod places;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Slack,
    channel::{self, ChannelKind},
    state::State,
    team::{App, Group, Team, Transport, User},
};
use crate::domain::Zone;

/// What an app needs for all that people can do here.
const SCOPES: &[&str] = &[
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "metadata.message:read",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
];

/// The events an app is told of, unless it subscribes to others.
const EVENTS: &[&str] = &[
    "app_home_opened",
    "app_mention",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
];

/// A workspace, and the one app in it.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(super) slack: Slack,
    pub(super) id: String,
}

/// Somebody in a workspace.
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) slack: Slack,
    pub(super) team: String,
    pub(super) id: String,
}

/// A channel, or direct messages.
#[derive(Debug, Clone)]
pub struct Channel {
    pub(super) slack: Slack,
    pub(super) team: String,
    pub(super) id: String,
}

impl Slack {
    /// The workspace of this domain, made when it is new: with an app on Socket Mode that has all
    /// the scopes the bot needs and the command `/kep`, and without people and channels.
    pub fn workspace(&self, domain: &str) -> Workspace {
        let mut state = self.lock();
        let known = state.teams.values().find(|team| team.domain == domain);
        let id = match known.map(|team| team.id.clone()) {
            Some(known) => known,
            None => new_team(&mut state, domain),
        };
        drop(state);
        Workspace {
            slack: self.clone(),
            id,
        }
    }

    /// All workspaces.
    pub fn workspaces(&self) -> Vec<Workspace> {
        let ids: Vec<String> = self.lock().teams.keys().cloned().collect();
        let workspace = |id| Workspace {
            slack: self.clone(),
            id,
        };
        ids.into_iter().map(workspace).collect()
    }
}

fn new_team(state: &mut State, domain: &str) -> String {
    let id = state.new_id("T");
    let bot_user = state.new_id("U");
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let app = App {
        id: state.new_id("A"),
        name: "kep-liaison".to_owned(),
        bot_id: state.new_id("B"),
        bot_user: bot_user.clone(),
        bot_token: format!("xoxb-{:012}-{id}", state.new_number()),
        own_token: format!("xapp-1-{:012}-{id}", state.new_number()),
        own_scopes: set(&["connections:write"]),
        signing_secret: format!("{:032x}", state.new_number()),
        is_installed: true,
        scopes: set(SCOPES),
        events: set(EVENTS),
        commands: BTreeMap::from([("/kep".to_owned(), true)]),
        shortcuts: BTreeSet::new(),
        unfurl_domains: set(&["github.com", "kep.k8s.io"]),
        has_messages_tab: true,
        transport: Transport::Socket,
    };
    let bot = User {
        id: bot_user.clone(),
        name: "kep-liaison".to_owned(),
        real_name: "KEP liaison".to_owned(),
        display_name: "kep-liaison".to_owned(),
        tz: Zone::default(),
        is_bot: true,
        is_deleted: false,
        home: None,
        modals: Vec::new(),
    };
    let team = Team {
        id: id.clone(),
        domain: domain.to_owned(),
        app,
        users: BTreeMap::from([(bot_user, bot)]),
        channels: BTreeMap::new(),
        groups: BTreeMap::new(),
        views: BTreeMap::new(),
        files: BTreeMap::new(),
        triggers: HashMap::new(),
        response_urls: HashMap::new(),
        unfurls: HashMap::new(),
    };
    state.teams.insert(id.clone(), team);
    state.touch();
    id
}

impl Workspace {
    /// Its id, `T…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name in addresses.
    pub fn domain(&self) -> String {
        self.slack.lock().team(&self.id).domain.clone()
    }

    /// The person of this user name, made when new.
    pub fn person(&self, name: &str) -> Person {
        let known = {
            let state = self.slack.lock();
            let mut users = state.team(&self.id).users.values();
            users
                .find(|user| user.name == name)
                .map(|user| user.id.clone())
        };
        match known {
            Some(known) => self.person_of(known),
            None => {
                let id = self.slack.lock().new_id("U");
                self.person_with_id(&id, name)
            }
        }
    }

    /// A new person, whose id matters.
    pub fn person_with_id(&self, id: &str, name: &str) -> Person {
        let user = User {
            id: id.to_owned(),
            name: name.to_owned(),
            real_name: name.to_owned(),
            display_name: name.to_owned(),
            tz: Zone::default(),
            is_bot: false,
            is_deleted: false,
            home: None,
            modals: Vec::new(),
        };
        let mut state = self.slack.lock();
        state.team_mut(&self.id).users.insert(id.to_owned(), user);
        state.touch();
        drop(state);
        self.person_of(id.to_owned())
    }

    pub(super) fn person_of(&self, id: String) -> Person {
        Person {
            slack: self.slack.clone(),
            team: self.id.clone(),
            id,
        }
    }

    pub(super) fn channel_of(&self, id: String) -> Channel {
        Channel {
            slack: self.slack.clone(),
            team: self.id.clone(),
            id,
        }
    }

    /// The channel of this name, made when new: public, with the app in it.
    pub fn channel(&self, name: &str) -> Channel {
        self.channel_named(name, ChannelKind::Public)
    }

    /// The channel of this name, made when new: private, with the app in it.
    pub fn private_channel(&self, name: &str) -> Channel {
        self.channel_named(name, ChannelKind::Private)
    }

    fn channel_named(&self, name: &str, kind: ChannelKind) -> Channel {
        let known = {
            let state = self.slack.lock();
            let found = state.team(&self.id).find_channel(name);
            found.map(|channel| channel.id.clone())
        };
        match known {
            Some(known) => self.channel_of(known),
            None => {
                let id = self.slack.lock().new_id("C");
                self.channel_with_id(&id, name, kind)
            }
        }
    }

    /// A new channel, whose id matters, with the app in it.
    pub fn channel_with_id(&self, id: &str, name: &str, kind: ChannelKind) -> Channel {
        let mut state = self.slack.lock();
        let (created, bot) = (state.now(), state.team(&self.id).app.bot_user.clone());
        let channel = channel::Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            is_archived: false,
            created,
            creator: bot.clone(),
            topic: String::new(),
            members: vec![bot],
            messages: BTreeMap::new(),
            replied: BTreeMap::new(),
        };
        let team = state.team_mut(&self.id);
        team.channels.insert(id.to_owned(), channel);
        state.touch();
        drop(state);
        self.channel_of(id.to_owned())
    }

    /// A user group of these people. Gives its id, `S…`.
    pub fn group(&self, handle: &str, people: &[&Person]) -> String {
        let mut state = self.slack.lock();
        let id = state.new_id("S");
        let group = Group {
            id: id.clone(),
            handle: handle.to_owned(),
            name: handle.to_owned(),
            users: people.iter().map(|person| person.id.clone()).collect(),
        };
        state.team_mut(&self.id).groups.insert(id.clone(), group);
        state.touch();
        id
    }
}
