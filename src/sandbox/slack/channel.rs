//! Channels, and the messages in them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::ts::Ts;

/// <https://docs.slack.dev/reference/objects/conversation-object>
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: ChannelKind,
    pub(super) is_archived: bool,
    pub(super) created: DateTime<Utc>,
    pub(super) creator: String,
    pub(super) topic: String,
    pub(super) members: Vec<String>,
    pub(super) messages: BTreeMap<Ts, Message>,
    /// Which messages are replies to which: to look through all for each would take long.
    pub(super) replied: BTreeMap<Ts, BTreeSet<Ts>>,
}

/// What kind of conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Everybody in the workspace can read it.
    Public,
    /// Only members know of it.
    Private,
    /// Direct messages of two.
    Im,
    /// Direct messages of several.
    Mpim,
}

impl ChannelKind {
    pub(super) fn is_direct(self) -> bool {
        matches!(self, Self::Im | Self::Mpim)
    }

    /// What `channel_type` says, which the names of scopes and events end in too, but for public
    /// channels.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }

    /// As scopes and `types` write it: `channels:read`, `groups:history`.
    pub(super) fn family(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }

    /// As `conversations.list` takes it in `types`.
    pub(super) fn listed_as(self) -> &'static str {
        match self {
            Self::Public => "public_channel",
            Self::Private => "private_channel",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }
}

/// <https://docs.slack.dev/reference/events/message>
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) ts: Ts,
    pub(super) user: String,
    /// Whether the app wrote it.
    pub(super) is_app: bool,
    pub(super) subtype: Option<&'static str>,
    pub(super) content: Content,
    pub(super) thread: Option<Ts>,
    /// Whether a reply stands in the channel too.
    pub(super) is_broadcast: bool,
    pub(super) edited: Option<(String, Ts)>,
    pub(super) reactions: Vec<(String, Vec<String>)>,
    /// The one person who sees it.
    pub(super) only_for: Option<String>,
    /// What was filled in to its inputs: by block, by action.
    pub(super) values: Map<String, Value>,
    /// Previews of links, each by its address.
    pub(super) unfurls: BTreeMap<String, Value>,
    pub(super) files: Vec<String>,
    /// Whether a test has looked at it: what the app says must all be.
    pub(super) is_looked_at: bool,
}

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) blocks: Option<Vec<Value>>,
    pub(super) attachments: Option<Vec<Value>>,
    pub(super) metadata: Option<Value>,
}

impl Message {
    pub(super) fn new(ts: Ts, user: &str, content: Content) -> Self {
        Self {
            ts,
            user: user.to_owned(),
            is_app: false,
            subtype: None,
            content,
            thread: None,
            is_broadcast: false,
            edited: None,
            reactions: Vec::new(),
            only_for: None,
            values: Map::new(),
            unfurls: BTreeMap::new(),
            files: Vec::new(),
            is_looked_at: false,
        }
    }

    pub(super) fn is_tombstone(&self) -> bool {
        self.subtype == Some("tombstone")
    }

    /// Whether it stands in the channel itself, and not only in a thread.
    pub(super) fn is_in_channel(&self) -> bool {
        self.thread.is_none_or(|root| root == self.ts) || self.is_broadcast
    }

    pub(super) fn is_in_thread(&self, root: Ts) -> bool {
        self.ts == root || self.thread == Some(root)
    }
}

impl Channel {
    /// The messages that everybody sees, oldest first.
    pub(super) fn public(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages
            .values()
            .filter(|message| message.only_for.is_none())
    }

    pub(super) fn add(&mut self, message: Message) {
        let ts = message.ts;
        if let Some(root) = message.thread.filter(|root| *root != ts) {
            self.replied.entry(root).or_default().insert(ts);
        }
        self.messages.insert(ts, message);
    }

    pub(super) fn remove(&mut self, ts: Ts) {
        let removed = self.messages.remove(&ts);
        let root = removed.and_then(|message| message.thread);
        if let Some(replies) = root.and_then(|root| self.replied.get_mut(&root)) {
            replies.remove(&ts);
        }
    }

    /// The replies to a message, oldest first.
    pub(super) fn replies(&self, root: Ts) -> impl DoubleEndedIterator<Item = &Message> {
        let replies = self.replied.get(&root).into_iter();
        replies
            .flat_map(|replies| replies.iter())
            .filter_map(|ts| self.messages.get(ts))
            .filter(|message| message.only_for.is_none())
    }

    pub(super) fn is_visible_to(&self, message: &Message, user: &str) -> bool {
        let is_member = self.members.iter().any(|member| member == user);
        match &message.only_for {
            Some(only) => only == user,
            None => is_member || self.kind == ChannelKind::Public,
        }
    }
}
