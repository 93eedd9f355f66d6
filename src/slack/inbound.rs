//! What Slack sends, read with tolerance: whatever is not needed may be missing, null or new. The
//! same payloads come by HTTP and by Socket Mode.

mod command;
mod event;
mod interaction;
mod said;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::bridge::{Key, MessageAt};

/// Who sent it, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// The workspace's id, `T…`; with an app that belongs to a whole organisation the organisation's,
    /// `E…`.
    pub team: Box<str>,
    /// The person's id, `U…` or `W…`.
    pub user: Box<str>,
    /// The conversation's id, where it came from one.
    pub channel: Option<Box<str>>,
}

impl From {
    /// Whether it came from a conversation of two, by the conversation's id, `D…`.
    pub fn is_direct(&self) -> bool {
        let channel = self.channel.as_deref();
        channel.is_some_and(|channel| channel.starts_with('D'))
    }
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// A slash command.
    /// <https://docs.slack.dev/interactivity/implementing-slash-commands>
    Command(Command),
    /// A button of a message or of a view.
    /// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
    Pressed(Pressed),
    /// Words to the bot, in a channel or to it alone.
    /// <https://docs.slack.dev/reference/events/app_mention>
    Said(Said),
    /// Something happened to a message in a channel.
    /// <https://docs.slack.dev/reference/events/message>
    Heard(Heard),
    /// A reaction was given, or taken off.
    /// <https://docs.slack.dev/reference/events/reaction_added>
    Reacted(Reacted),
    /// A message shortcut.
    /// <https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload>
    Shortcut(Shortcut),
    /// A dialog that was sent.
    /// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>
    Submitted(Submitted),
    /// A dialog that was closed.
    Closed(Closed),
    /// Somebody looks at the bot's home.
    /// <https://docs.slack.dev/reference/events/app_home_opened>
    HomeOpened {
        /// Who.
        from: From,
        /// One for all deliveries of it.
        event_id: Box<str>,
    },
    /// Links that somebody shared, or is about to.
    /// <https://docs.slack.dev/reference/events/link_shared>
    Linked(Linked),
    /// Slack asks whether this is the address.
    /// <https://docs.slack.dev/reference/events/url_verification>
    Challenge(Box<str>),
    /// Something that needs no answer but the acknowledgement.
    Other {
        /// The workspace's id, where it says one.
        team: Option<Box<str>>,
        /// What it calls itself.
        kind: Box<str>,
    },
}

/// A slash command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who typed it.
    pub from: From,
    /// `/kep`
    pub command: Box<str>,
    /// What was typed after it.
    pub text: Box<str>,
    /// Where further answers go.
    pub response_url: Option<Box<str>>,
    /// One for each time that it was typed.
    pub trigger_id: Option<Box<str>>,
}

/// A button that was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// Who pressed it.
    pub from: From,
    /// Which button.
    pub action_id: Box<str>,
    /// What the button carries.
    pub value: Box<str>,
    /// Where answers go; a view has none.
    pub response_url: Option<Box<str>>,
    /// One for each press.
    pub trigger_id: Option<Box<str>>,
    /// The message that the button stands in; a view has none.
    pub ts: Option<Box<str>>,
    /// The thread of that message.
    pub thread_ts: Option<Box<str>>,
    /// Whether one person alone sees that message.
    pub is_ephemeral: bool,
}

/// Words to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who said them.
    pub from: From,
    /// One for all deliveries of it.
    pub event_id: Box<str>,
    /// The words, in Slack's markup.
    pub text: Box<str>,
    /// The message.
    pub ts: Box<str>,
    /// The thread that it stands in.
    pub thread_ts: Option<Box<str>>,
    /// Whether nobody else hears it.
    pub is_direct: bool,
    /// The bot's own member id, where it is told.
    pub bot: Option<Box<str>>,
}

/// Something that happened to a message in a channel, or in a thread there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The workspace's id, as [`From::team`].
    pub team: Box<str>,
    /// The channel's id.
    pub channel: Box<str>,
    /// One for all deliveries of it.
    pub event_id: Box<str>,
    /// What happened.
    pub what: Happened,
}

/// What happened to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// It was said.
    New(Spoken),
    /// It is different now. Slack tells that of previews and the like, too: only what has another
    /// [`Spoken::edited`] than before says something else.
    Changed(Spoken),
    /// It is gone, and where replies stand below it, it is empty.
    Gone {
        /// The message.
        ts: Box<str>,
        /// The thread that it stood in, where Slack says so.
        thread_ts: Option<Box<str>>,
    },
}

/// What was said in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The message.
    pub ts: Box<str>,
    /// The thread that it stands in.
    pub thread_ts: Option<Box<str>>,
    /// Who said it.
    pub author: Author,
    /// Whether it is a reply that stands in the channel as well.
    pub is_broadcast: bool,
    /// The last edit's own number.
    pub edited: Option<Box<str>>,
    /// The message as it came, with its `text` and `blocks`.
    pub message: Value,
}

/// Who said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A member.
    Person(Box<str>),
    /// The bot itself.
    Own,
    /// Another app, or Slack.
    Other,
}

/// A reaction that was given, or taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reacted {
    /// Whose it is.
    pub from: From,
    /// The channel of the message.
    pub channel: Box<str>,
    /// The message.
    pub ts: Box<str>,
    /// `satellite_antenna`
    pub emoji: Box<str>,
    /// Whether it was given; else it was taken off.
    pub is_given: bool,
    /// Who wrote the message; none for one of some apps.
    pub item_user: Option<Box<str>>,
    /// When, as Slack numbers moments.
    pub event_ts: Box<str>,
    /// One for all deliveries of it.
    pub event_id: Box<str>,
}

/// A message shortcut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut {
    /// Who used it; the channel is the message's.
    pub from: From,
    /// Which shortcut.
    pub callback_id: Box<str>,
    /// Opens a dialog, for three seconds.
    pub trigger_id: Box<str>,
    /// Where answers go.
    pub response_url: Option<Box<str>>,
    /// The message that it was used on.
    pub ts: Box<str>,
    /// The thread of that message.
    pub thread_ts: Option<Box<str>>,
    /// The message as it came, with its `text` and `blocks`.
    pub message: Value,
}

/// A dialog that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Who sent it.
    pub from: From,
    /// Which dialog.
    pub callback_id: Box<str>,
    /// What the bot put into it.
    pub private_metadata: Box<str>,
    /// What was filled in: block → action → its value.
    pub values: Value,
    /// This dialog, once.
    pub view_id: Box<str>,
    /// One for each time that it is sent.
    pub trigger_id: Option<Box<str>>,
}

/// A dialog that was closed without being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Who closed it.
    pub from: From,
    /// Which dialog.
    pub callback_id: Box<str>,
    /// What the bot put into it.
    pub private_metadata: Box<str>,
}

/// Links to the app's domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Who shared them. While they write, the conversation is called `COMPOSER`.
    pub from: From,
    /// One for all deliveries of it.
    pub event_id: Box<str>,
    /// What previews of them are for.
    pub unfurl_id: Box<str>,
    /// `composer` or `conversations_history`.
    pub source: Box<str>,
    /// Their addresses.
    pub links: Vec<Box<str>>,
}

/// Why something cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(Box<str>);

impl Unreadable {
    /// It is not for the workspace that it came to.
    pub(super) fn of_another_team() -> Self {
        Self("it names another workspace".into())
    }
}

impl Inbound {
    /// The workspace that it names.
    pub fn team(&self) -> Option<&str> {
        match self {
            Self::Command(command) => Some(&command.from.team),
            Self::Pressed(pressed) => Some(&pressed.from.team),
            Self::Said(said) => Some(&said.from.team),
            Self::Heard(heard) => Some(&heard.team),
            Self::Reacted(reacted) => Some(&reacted.from.team),
            Self::Shortcut(shortcut) => Some(&shortcut.from.team),
            Self::Submitted(submitted) => Some(&submitted.from.team),
            Self::Closed(closed) => Some(&closed.from.team),
            Self::HomeOpened { from, .. } => Some(&from.team),
            Self::Linked(linked) => Some(&linked.from.team),
            Self::Challenge(_) => None,
            Self::Other { team, .. } => team.as_deref(),
        }
    }

    /// What is the same in each delivery of the same thing, where it has that.
    pub fn identity(&self) -> Option<&str> {
        match self {
            Self::Command(command) => command.trigger_id.as_deref(),
            Self::Pressed(pressed) => pressed.trigger_id.as_deref(),
            Self::Said(said) => Some(&said.event_id),
            Self::Heard(heard) => Some(&heard.event_id),
            Self::Reacted(reacted) => Some(&reacted.event_id),
            Self::Shortcut(shortcut) => Some(&shortcut.trigger_id),
            Self::Submitted(submitted) => submitted.trigger_id.as_deref(),
            Self::HomeOpened { event_id, .. } => Some(event_id),
            Self::Linked(linked) => Some(&linked.event_id),
            Self::Closed(_) | Self::Challenge(_) | Self::Other { .. } => None,
        }
    }

    /// What it is, for logs and counts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Pressed(_) => "button",
            Self::Said(said) if said.is_direct => "direct",
            Self::Said(_) => "mention",
            Self::Heard(_) => "message",
            Self::Reacted(_) => "reaction",
            Self::Shortcut(_) => "shortcut",
            Self::Submitted(_) => "submission",
            Self::Closed(_) => "closed",
            Self::HomeOpened { .. } => "home",
            Self::Linked(_) => "link",
            Self::Challenge(_) => "challenge",
            Self::Other { .. } => "other",
        }
    }

    /// What is the same however often, and by whichever way, the bot is told of it; a history that
    /// is read later says the same. `workspace` is what the settings call it.
    pub fn content_identity(&self, workspace: &str) -> Option<Key> {
        let by_trigger = |trigger: &str| Key::of(["trigger", workspace, trigger]);
        match self {
            Self::Heard(heard) => {
                let at = |ts| MessageAt::new(workspace, &heard.channel, ts);
                Some(match &heard.what {
                    Happened::New(said) | Happened::Changed(said) => {
                        at(&said.ts).came(said.edited.as_deref())
                    }
                    Happened::Gone { ts, .. } => at(ts).gone(),
                })
            }
            Self::Reacted(reacted) => {
                let at = MessageAt::new(workspace, &reacted.channel, &reacted.ts);
                let (emoji, user) = (&reacted.emoji, &reacted.from.user);
                Some(if reacted.is_given {
                    at.reacted(emoji, user)
                } else {
                    at.unreacted(emoji, user, &reacted.event_ts)
                })
            }
            Self::Command(Command { trigger_id, .. })
            | Self::Pressed(Pressed { trigger_id, .. })
            | Self::Submitted(Submitted { trigger_id, .. }) => {
                trigger_id.as_deref().map(by_trigger)
            }
            Self::Shortcut(shortcut) => Some(by_trigger(&shortcut.trigger_id)),
            Self::Said(_)
            | Self::Closed(_)
            | Self::HomeOpened { .. }
            | Self::Linked(_)
            | Self::Challenge(_)
            | Self::Other { .. } => None,
        }
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(json).map_err(|error| {
        // The text of the error may quote what somebody wrote; its place does not.
        let (line, column) = (error.line(), error.column());
        Unreadable(format!("not the JSON that Slack sends, at {line}:{column}").into())
    })
}

fn missing(what: &str) -> Unreadable {
    Unreadable(format!("{what} is missing").into())
}
