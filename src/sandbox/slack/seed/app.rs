//! A workspace's app: its tokens, what it may do, and how Slack delivers to it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Person, Workspace};
use crate::sandbox::slack::{
    log::Kind,
    outgoing::Outgoing,
    socket::{Frame, disconnect},
    team::{App, Transport},
};

impl Workspace {
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
        self.app(|app| app.own_token.clone())
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
            app.own_scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
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
}
