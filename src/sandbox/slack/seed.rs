//! Handles to what is in Slack: workspaces with their app, people, channels.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::{
    Slack,
    channel::{self, ChannelKind},
    log::Kind,
    outgoing::Outgoing,
    socket::{Frame, disconnect},
    state::State,
    team::{App, Group, Team, Transport, User},
};

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
        app_token: format!("xapp-1-{:012}-{id}", state.new_number()),
        app_token_scopes: set(&["connections:write"]),
        signing_secret: format!("{:032x}", state.new_number()),
        is_installed: true,
        scopes: set(SCOPES),
        events: set(EVENTS),
        commands: BTreeMap::from([("/kep".to_owned(), true)]),
        shortcuts: BTreeSet::new(),
        unfurl_domains: set(&["github.com"]),
        has_messages_tab: true,
        transport: Transport::Socket,
    };
    let bot = User {
        id: bot_user.clone(),
        name: "kep-liaison".to_owned(),
        real_name: "KEP liaison".to_owned(),
        display_name: "kep-liaison".to_owned(),
        tz: chrono_tz::America::Los_Angeles,
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

    fn app<T>(&self, read: impl FnOnce(&App) -> T) -> T {
        read(&self.slack.lock().team(&self.id).app)
    }

    fn change_app(&self, change: impl FnOnce(&mut App)) {
        let mut state = self.slack.lock();
        change(&mut state.team_mut(&self.id).app);
        state.touch();
    }

    /// The token of the app's bot, `xoxb-…`.
    pub fn bot_token(&self) -> String {
        self.app(|app| app.bot_token.clone())
    }

    /// The token of the app itself, `xapp-…`, for Socket Mode.
    pub fn app_token(&self) -> String {
        self.app(|app| app.app_token.clone())
    }

    /// What requests to request URLs are signed with.
    pub fn signing_secret(&self) -> String {
        self.app(|app| app.signing_secret.clone())
    }

    /// The app's id, `A…`.
    pub fn app_id(&self) -> String {
        self.app(|app| app.id.clone())
    }

    /// The user the app is here, `U…`; people mention it so.
    pub fn bot_user(&self) -> String {
        self.app(|app| app.bot_user.clone())
    }

    /// Who the app is as a person, for channels and lists.
    pub fn bot(&self) -> Person {
        self.person_of(self.bot_user())
    }

    /// Gives the app these scopes and no others.
    pub fn set_scopes(&self, scopes: &[&str]) {
        self.change_app(|app| app.scopes = scopes.iter().map(|s| (*s).to_owned()).collect());
    }

    /// Takes a scope from the app.
    pub fn without_scope(&self, scope: &str) {
        self.change_app(|app| {
            app.scopes.remove(scope);
        });
    }

    /// Gives the app another scope.
    pub fn with_scope(&self, scope: &str) {
        self.change_app(|app| {
            app.scopes.insert(scope.to_owned());
        });
    }

    /// Gives the app's own token these scopes and no others; `connections:write` is the usual one.
    pub fn set_app_token_scopes(&self, scopes: &[&str]) {
        self.change_app(|app| {
            app.app_token_scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
        });
    }

    /// Subscribes the app to these events and no others, such as `message.channels`.
    pub fn subscribe(&self, events: &[&str]) {
        self.change_app(|app| app.events = events.iter().map(|e| (*e).to_owned()).collect());
    }

    /// Gives the app a command, names in its text escaped or not.
    /// <https://docs.slack.dev/interactivity/implementing-slash-commands#creating_commands>
    pub fn command(&self, command: &str, should_escape: bool) {
        self.change_app(|app| {
            app.commands.insert(command.to_owned(), should_escape);
        });
    }

    /// Gives the app a shortcut.
    pub fn shortcut(&self, callback_id: &str) {
        self.change_app(|app| {
            app.shortcuts.insert(callback_id.to_owned());
        });
    }

    /// Sets up the app as a manifest says: scopes, events, commands, shortcuts, domains of links,
    /// Socket Mode. Request URLs of the manifest are taken as they are.
    /// <https://docs.slack.dev/reference/app-manifest>
    pub fn install(&self, manifest: &Value) {
        let words = |pointer: &str| -> BTreeSet<String> {
            let list = manifest.pointer(pointer).and_then(Value::as_array);
            let words = list.into_iter().flatten().filter_map(Value::as_str);
            words.map(str::to_owned).collect()
        };
        let things = |pointer: &str| -> Vec<Value> {
            let list = manifest.pointer(pointer).and_then(Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let url = |pointer: &str| {
            let url = manifest.pointer(pointer).and_then(Value::as_str);
            url.unwrap_or_default().to_owned()
        };
        let is_on =
            |pointer: &str| manifest.pointer(pointer).and_then(Value::as_bool) == Some(true);
        let commands = things("/features/slash_commands");
        let transport = if is_on("/settings/socket_mode_enabled") {
            Transport::Socket
        } else {
            let command = commands.first().and_then(|command| command["url"].as_str());
            Transport::Http {
                commands: command.unwrap_or_default().to_owned(),
                interactions: url("/settings/interactivity/request_url"),
                events: url("/settings/event_subscriptions/request_url"),
            }
        };
        self.change_app(|app| {
            app.scopes = words("/oauth_config/scopes/bot");
            app.events = words("/settings/event_subscriptions/bot_events");
            app.unfurl_domains = words("/features/unfurl_domains");
            app.has_messages_tab = is_on("/features/app_home/messages_tab_enabled");
            let pairs = commands.iter().filter_map(|command| {
                let name = command["command"].as_str()?.to_owned();
                Some((name, command["should_escape"].as_bool() == Some(true)))
            });
            app.commands = pairs.collect();
            let shortcuts = things("/features/shortcuts");
            let ids = shortcuts.iter().filter_map(|s| s["callback_id"].as_str());
            app.shortcuts = ids.map(str::to_owned).collect();
            app.transport = transport;
        });
    }

    /// Takes the app out of the workspace: its tokens are worth nothing, and it is told of nothing.
    pub fn uninstall(&self) {
        self.change_app(|app| app.is_installed = false);
    }

    /// Delivers to request URLs below this address, by our own paths, and no longer by Socket Mode.
    pub fn deliver_to(&self, base: &str) {
        self.change_app(|app| {
            app.transport = Transport::Http {
                commands: format!("{base}/slack/commands"),
                interactions: format!("{base}/slack/interactions"),
                events: format!("{base}/slack/events"),
            };
        });
    }

    /// Delivers by Socket Mode, and no longer to request URLs.
    pub fn socket_mode(&self) {
        self.change_app(|app| app.transport = Transport::Socket);
    }

    /// Checks the events' request URL as Slack does when it is entered: the challenge must come back
    /// as a text, as a form, or as JSON. Whether it did.
    /// <https://docs.slack.dev/reference/events/url_verification>
    pub async fn verify_request_url(&self) -> bool {
        let url = self.app(|app| match &app.transport {
            Transport::Http { events, .. } => Some(events.clone()),
            Transport::Socket => None,
        });
        let Some(url) = url else { return false };
        let challenge = format!("challenge-{}", self.slack.lock().new_number());
        let outgoing = Outgoing {
            team: self.id.clone(),
            kind: Kind::Event,
            payload: json!({
                "token": "legacy-verification-token",
                "challenge": challenge,
                "type": "url_verification",
            }),
            accepts_payload: false,
        };
        let signed = self.slack.0.shared.signed(&outgoing, &url);
        let Some((200, body)) = signed.send().await else {
            return false;
        };
        let json: Value = serde_json::from_str(&body).unwrap_or_default();
        [body.as_str(), body.trim_start_matches("challenge=")].contains(&challenge.as_str())
            || json["challenge"] == challenge
    }

    /// How many connections of Socket Mode there are.
    pub fn connections(&self) -> usize {
        self.slack.lock().sockets.count(&self.id)
    }

    /// Returns when there are so many connections of Socket Mode.
    pub async fn connected(&self, count: usize) {
        let mut changed = self.slack.changed();
        while self.connections() != count {
            // The sender lives in `self`, so it cannot be gone.
            let _ = changed.changed().await;
        }
    }

    /// Tells all connections to make way for new ones, and sends nothing more over them: `warning`,
    /// `refresh_requested`, or `link_disabled`. The app closes them.
    /// <https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect>
    pub fn ask_to_reconnect(&self, reason: &str) {
        let mut state = self.slack.lock();
        let text = disconnect(reason);
        state
            .sockets
            .send_all(&self.id, || Frame::Text(text.clone()));
        if reason != "warning" {
            state.sockets.let_go(&self.id);
        }
        state.touch();
    }

    /// Ends all connections without a word.
    pub fn drop_connections(&self) {
        let mut state = self.slack.lock();
        state.sockets.send_all(&self.id, || Frame::Drop);
        state.sockets.let_go(&self.id);
        state.touch();
    }

    /// Ends all connections as it should be.
    pub fn close_connections(&self) {
        let mut state = self.slack.lock();
        state.sockets.send_all(&self.id, || Frame::Close);
        state.sockets.let_go(&self.id);
        state.touch();
    }

    /// Pings all connections.
    pub fn ping(&self) {
        self.slack.lock().sockets.send_all(&self.id, || Frame::Ping);
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
            tz: chrono_tz::America::Los_Angeles,
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

impl Person {
    /// Their id, `U…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How one mentions them in a text.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    pub(super) fn workspace(&self) -> Workspace {
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
    pub fn set_time_zone(&self, tz: chrono_tz::Tz) {
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
