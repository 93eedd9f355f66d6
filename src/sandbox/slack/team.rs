//! A workspace as the model knows it: its app, people, channels, views and files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{channel::Channel, ts::Ts, view::View};
use crate::domain::Zone;

pub(super) struct Team {
    pub(super) id: String,
    pub(super) domain: String,
    pub(super) app: App,
    pub(super) users: BTreeMap<String, User>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) views: BTreeMap<String, View>,
    pub(super) files: BTreeMap<String, File>,
    pub(super) triggers: HashMap<String, Trigger>,
    pub(super) response_urls: HashMap<String, ResponseUrl>,
    pub(super) unfurls: HashMap<String, Unfurl>,
}

/// The app, as it is installed in a workspace.
/// <https://docs.slack.dev/reference/app-manifest>
pub(super) struct App {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) bot_id: String,
    pub(super) bot_user: String,
    pub(super) bot_token: String,
    pub(super) own_token: String,
    pub(super) own_scopes: BTreeSet<String>,
    pub(super) signing_secret: String,
    pub(super) is_installed: bool,
    pub(super) scopes: BTreeSet<String>,
    pub(super) events: BTreeSet<String>,
    /// Each command, and whether names in its text are escaped.
    pub(super) commands: BTreeMap<String, bool>,
    /// The message shortcuts and the global ones, by `callback_id`.
    pub(super) shortcuts: BTreeSet<String>,
    pub(super) unfurl_domains: BTreeSet<String>,
    pub(super) has_messages_tab: bool,
    pub(super) transport: Transport,
}

/// How Slack delivers to the app: one of the two, never both.
/// <https://docs.slack.dev/apis/events-api/comparing-http-socket-mode>
#[derive(Debug, Clone)]
pub(super) enum Transport {
    Socket,
    Http {
        commands: String,
        interactions: String,
        events: String,
    },
}

/// <https://docs.slack.dev/reference/objects/user-object>
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) real_name: String,
    pub(super) display_name: String,
    pub(super) tz: Zone,
    pub(super) is_bot: bool,
    pub(super) is_deleted: bool,
    /// The Home tab the app published.
    pub(super) home: Option<String>,
    /// The modals that are open, the top one last.
    pub(super) modals: Vec<String>,
}

/// <https://docs.slack.dev/reference/objects/usergroup-object>
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) users: Vec<String>,
}

/// A file, from the promise of an upload on.
/// <https://docs.slack.dev/messaging/working-with-files#uploading_files>
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) alt_text: Option<String>,
    pub(super) length: usize,
    pub(super) ticket: String,
    pub(super) bytes: Option<bytes::Bytes>,
    /// From when on messages can show it; none until its upload is complete.
    pub(super) shown_from: Option<DateTime<Utc>>,
    pub(super) channels: Vec<String>,
    pub(super) created: DateTime<Utc>,
}

/// A permit to open a modal.
/// <https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses>
pub(super) struct Trigger {
    pub(super) user: String,
    pub(super) until: DateTime<Utc>,
    pub(super) is_used: bool,
    /// The view it came from: a push goes on top of it.
    pub(super) view: Option<String>,
}

/// A permit to answer.
/// <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>
pub(super) struct ResponseUrl {
    pub(super) channel: String,
    pub(super) user: String,
    pub(super) until: DateTime<Utc>,
    pub(super) uses: usize,
    /// The message it is about: the one clicked on, or the first answer of a command.
    pub(super) original: Option<Ts>,
    /// The thread the message clicked on stands in.
    pub(super) thread: Option<Ts>,
}

/// Links in a message that the app may show previews of.
/// <https://docs.slack.dev/messaging/unfurling-links-in-messages>
pub(super) struct Unfurl {
    pub(super) channel: String,
    pub(super) ts: Ts,
    pub(super) links: Vec<String>,
    /// Who wrote, or is writing, them.
    pub(super) by: String,
    /// What the writer sees of them before the message is sent.
    pub(super) in_composer: BTreeMap<String, Value>,
}

impl Team {
    pub(super) fn is_bot(&self, user: &str) -> bool {
        user == self.app.bot_user
    }

    pub(super) fn bot_is_in(&self, channel: &Channel) -> bool {
        channel.members.contains(&self.app.bot_user)
    }

    /// The channel of this id, and of this name for those that have one.
    pub(super) fn find_channel(&self, name: &str) -> Option<&Channel> {
        let name = name.trim_start_matches('#');
        let named = || self.channels.values().find(|channel| channel.name == name);
        self.channels.get(name).or_else(named)
    }

    pub(super) fn find_user(&self, name: &str) -> Option<&User> {
        let name = name.trim_start_matches('@');
        let named = || self.users.values().find(|user| user.name == name);
        self.users.get(name).or_else(named)
    }

    /// The direct messages between these people, when they were opened.
    pub(super) fn find_direct(&self, users: &[String]) -> Option<&Channel> {
        let mut wanted = users.to_vec();
        wanted.sort_unstable();
        self.channels.values().find(|channel| {
            let mut members = channel.members.clone();
            members.sort_unstable();
            channel.kind.is_direct() && members == wanted
        })
    }

    pub(super) fn file_of(&self, object: &Value) -> Option<&File> {
        let of = |name: &str| object.get(name).and_then(Value::as_str);
        match (of("id"), of("url")) {
            (Some(id), _) => self.files.get(id),
            (_, Some(url)) => self.files.values().find(|file| url.contains(&file.id)),
            _ => None,
        }
    }
}
