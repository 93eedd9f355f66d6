//! What the queue carries out: writes to either side, one request each, and steps that decide what
//! to write. An effect holds what is needed to make it, and what people read is made from that at
//! the last moment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Alarm, ChannelAt, CommentAt, IssueAt, Item, Key, MessageAt, Ping, Place, Saying};
use crate::domain::{
    KepNumber,
    notice::{Notice, Recipient},
};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Decides what follows; writes nothing itself.
    Step(Step),
    /// Writes a comment.
    Comment {
        /// Below which issue.
        issue: IssueAt,
        /// The KEP.
        kep: KepNumber,
        /// Its text, without the mark.
        body: String,
        /// The message that it says again, where it does.
        of: Option<Relayed>,
        /// Who wanted it.
        asked: Asked,
    },
    /// Gives a comment another text.
    EditComment {
        /// The key of the comment.
        written: Key,
        /// The text, without the mark.
        body: String,
        /// Who wanted it; none where it follows from an edit of the message.
        asked: Option<Asked>,
    },
    /// Takes a comment back.
    DeleteComment {
        /// The key of the comment.
        written: Key,
        /// Who wanted it.
        asked: Asked,
    },
    /// Posts a message.
    Post {
        /// Where.
        channel: ChannelAt,
        /// In which thread.
        below: Below,
        /// What it says.
        saying: Saying,
    },
    /// Makes a message say something else.
    EditPost {
        /// The channel that it stands in.
        channel: ChannelAt,
        /// The key of the message.
        written: Key,
        /// What it says.
        saying: Saying,
    },
    /// Says something to one person in a channel.
    Whisper {
        /// Where.
        channel: ChannelAt,
        /// To whom, by member id.
        user: Box<str>,
        /// In which thread.
        thread: Option<Box<str>>,
        /// What it says.
        saying: Saying,
    },
    /// Adds a reaction of the bot's to a message.
    React {
        /// The message.
        message: MessageAt,
        /// `white_check_mark`
        emoji: Box<str>,
    },
    /// Takes a reaction of the bot's off.
    Unreact {
        /// The message.
        message: MessageAt,
        /// `white_check_mark`
        emoji: Box<str>,
    },
}

/// Where a message is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Below {
    /// In the channel itself.
    Channel,
    /// In a direct conversation, which is the channel.
    Direct,
    /// In the channel itself, as the root of a KEP's thread from then on.
    Root(KepNumber),
    /// Below a message.
    Message(Box<str>),
    /// Below what was posted with a key.
    Key(Key),
    /// In a KEP's thread; the channel sees it as well where `broadcast` is set.
    Thread {
        /// The KEP.
        kep: KepNumber,
        /// Whether the channel sees it.
        broadcast: bool,
    },
}

/// Something to decide, from what is stored and, for a relay, from what Slack says of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Somebody wants a message, or a text, to stand on a tracking issue.
    Relay(Relay),
    /// A message may have been edited or deleted.
    Again {
        /// The message.
        message: MessageAt,
    },
    /// Somebody takes a relayed text back.
    Undo {
        /// The key of the comment.
        written: Key,
        /// Who wants it.
        asked: Asked,
    },
    /// A channel is to be told something of a KEP, in its thread.
    Tell {
        /// The channel.
        channel: ChannelAt,
        /// The KEP.
        kep: KepNumber,
        /// What.
        saying: Saying,
    },
    /// A KEP has news for a channel.
    News {
        /// The channel.
        channel: ChannelAt,
        /// The KEP.
        kep: KepNumber,
        /// What is new.
        items: Vec<Item>,
    },
    /// Somebody is to be told something by direct message.
    Direct {
        /// Who: the workspace, and their member id.
        to: ChannelAt,
        /// What, the first message first; the others stand below it.
        sayings: Vec<Saying>,
    },
    /// Somebody has a question for a KEP's shepherds, or an answer.
    Ping(Ping),
    /// Somebody is to be told of what concerns them.
    Notify {
        /// Who.
        who: Recipient,
        /// Who that is in each workspace, in front the one where they are told most likely: what they
        /// are called on GitHub may be another's before it is told.
        #[serde(default)]
        to: Vec<ChannelAt>,
        /// Of what.
        notices: Vec<Notice>,
        /// Whether it only waits for its turn among many, and for nothing of theirs.
        #[serde(default)]
        is_paced: bool,
    },
    /// Somebody wanted to be told again by now.
    Remind {
        /// Who.
        who: Recipient,
        /// Who that is where they wanted it.
        #[serde(default)]
        to: Vec<ChannelAt>,
        /// The key of the message that told them.
        of: Key,
    },
    /// Somebody answers on GitHub what they were told of.
    Answer {
        /// Where.
        issue: IssueAt,
        /// The KEP.
        kep: KepNumber,
        /// Their text, in Slack's markup.
        text: String,
        /// Who, where and when.
        asked: Asked,
    },
    /// The time in which a relayed text could be taken back is over.
    Settle {
        /// The key of the comment.
        written: Key,
    },
    /// The admins are to be told of something.
    Alarm(Alarm),
    /// Somebody wants a lane that is held to go on.
    GoOn {
        /// The key of the alarm that told of it.
        alarm: Key,
        /// The lane, by name.
        lane: Box<str>,
        /// Who wants it.
        asked: Asked,
    },
    /// A lane goes on for a while, however much was written in it.
    Lifted {
        /// The lane, by name.
        lane: Box<str>,
        /// Since when, in milliseconds since 1970.
        at_ms: i64,
    },
}

/// What somebody wants to stand on a tracking issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// Who, where and when.
    pub asked: Asked,
    /// By which way they asked.
    pub way: Way,
    /// The message, where it is one.
    pub message: Option<MessageAt>,
    /// The thread that it stands in, where known.
    pub thread: Option<Box<str>>,
    /// The KEP, where they said which.
    pub kep: Option<KepNumber>,
    /// Their own text, in Slack's markup; otherwise it is the message's.
    pub text: Option<String>,
    /// Whether the thread is to be tied to the KEP, or no more; otherwise it is left as it is.
    pub ties: Option<bool>,
}

/// A message that stands on a tracking issue as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relayed {
    /// The message.
    pub message: MessageAt,
    /// The thread that it stands in.
    pub thread: Option<Box<str>>,
    /// Who said it, a name.
    pub who: Box<str>,
    /// Who had it relayed, a name; none where they are the same.
    pub by: Option<Box<str>>,
    /// Where it is seen.
    pub permalink: Box<str>,
    /// Whether its text was changed on its way, so that an edit of the message is none of it.
    pub reworded: bool,
    /// Whether its thread was tied to the KEP with it.
    pub tied: bool,
    /// Whether nobody asked for it: a reply, where all go.
    #[serde(default)]
    pub unasked: bool,
}

/// By which way a relay was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// `/kep update`
    Command,
    /// The message shortcut's dialog.
    Shortcut,
    /// A reaction on the message.
    Reaction,
    /// A reply in the KEP's thread.
    Reply,
}

/// Who asked for something, where and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The member id.
    pub user: Box<str>,
    /// Where.
    pub channel: ChannelAt,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// What is done one after the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// All that is written below an issue.
    Issue(IssueAt),
    /// A KEP's thread in a channel.
    Thread(ChannelAt, KepNumber),
    /// All that concerns one message.
    Message(MessageAt),
    /// What one person is told.
    Person(ChannelAt, Box<str>),
    /// What one person is told of what concerns them, wherever they are.
    Told(Recipient),
    /// What waits for nothing else, and holds up nothing.
    Later(Key),
}

impl Lane {
    /// What the names of all lanes of a channel's threads begin with; `/` and a number follow.
    pub fn threads_of(channel: &ChannelAt) -> String {
        format!("thread/{channel}")
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue(issue) => write!(f, "issue/{issue}"),
            Self::Thread(channel, kep) => write!(f, "{}/{kep}", Self::threads_of(channel)),
            Self::Message(message) => write!(f, "message/{message}"),
            Self::Person(channel, user) => write!(f, "person/{channel}/{user}"),
            Self::Told(who) => write!(f, "told/{who}"),
            Self::Later(key) => write!(f, "later/{key}"),
        }
    }
}

/// An effect to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEffect {
    /// Its key; one that was queued before is not queued again.
    pub key: Key,
    /// What it waits behind.
    pub lane: Lane,
    /// What to do.
    pub effect: Effect,
    /// How long it is put off, in milliseconds.
    pub delay_ms: i64,
}

impl NewEffect {
    /// An effect to be done as soon as may be.
    pub fn now(key: Key, lane: Lane, effect: Effect) -> Self {
        Self {
            key,
            lane,
            effect,
            delay_ms: 0,
        }
    }
}

impl Step {
    /// What it may have to wait for, so that nothing else waits behind it.
    fn place(&self) -> Place {
        match self {
            Self::Relay(Relay { asked, .. })
            | Self::Undo { asked, .. }
            | Self::Answer { asked, .. }
            | Self::GoOn { asked, .. } => Place::Asking(asked.channel.workspace.clone()),
            Self::Again { message } => Place::Asking(message.channel.workspace.clone()),
            // Whether one more thread may begin there is decided for one after the other.
            Self::News { channel, .. } | Self::Tell { channel, .. } => Place::News(channel.clone()),
            Self::Direct { to, .. } => Place::Asking(to.workspace.clone()),
            Self::Ping(ping) => Place::Asking(ping.workspace().into()),
            Self::Notify {
                to,
                is_paced: false,
                ..
            }
            | Self::Remind { to, .. } => Place::Told(workspace_of(to)),
            Self::Notify { to, .. } => Place::Turns(workspace_of(to)),
            Self::Alarm(_) => Place::Alarms,
            Self::Settle { .. } | Self::Lifted { .. } => Place::Here,
        }
    }
}

/// The workspace in which somebody is told most likely.
fn workspace_of(to: &[ChannelAt]) -> Box<str> {
    to.first()
        .map(|at| at.workspace.clone())
        .unwrap_or_default()
}

impl Effect {
    /// Its name in logs, counts and the store.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Step(Step::Relay(_)) => "relay",
            Self::Step(Step::Again { .. }) => "again",
            Self::Step(Step::Undo { .. }) => "undo",
            Self::Step(Step::Tell { .. }) => "tell",
            Self::Step(Step::News { .. }) => "news",
            Self::Step(Step::Direct { .. }) => "direct",
            Self::Step(Step::Ping(_)) => "ping",
            Self::Step(Step::Notify { .. }) => "notify",
            Self::Step(Step::Remind { .. }) => "remind",
            Self::Step(Step::Answer { .. }) => "answer",
            Self::Step(Step::Settle { .. }) => "settle",
            Self::Step(Step::Alarm(_)) => "alarm",
            Self::Step(Step::GoOn { .. }) => "go-on",
            Self::Step(Step::Lifted { .. }) => "lifted",
            Self::Comment { .. } => "comment",
            Self::EditComment { .. } => "edit-comment",
            Self::DeleteComment { .. } => "delete-comment",
            Self::Post {
                below: Below::Root(_),
                ..
            } => "root",
            Self::Post { .. } => "post",
            Self::EditPost { .. } => "edit-post",
            Self::Whisper { .. } => "whisper",
            Self::React { .. } => "react",
            Self::Unreact { .. } => "unreact",
        }
    }

    /// Whose pace it keeps.
    pub fn place(&self) -> Place {
        match self {
            Self::Step(step) => step.place(),
            Self::Comment { .. } | Self::EditComment { .. } | Self::DeleteComment { .. } => {
                Place::Forge
            }
            Self::Post { channel, .. }
            | Self::EditPost { channel, .. }
            | Self::Whisper { channel, .. } => Place::Channel(channel.clone()),
            Self::React { message, .. } | Self::Unreact { message, .. } => {
                Place::Channel(message.channel.clone())
            }
        }
    }

    /// Whether it adds something for people to read: too much of that is held. A message that is made
    /// to say something else, or a sign on it, tells nobody.
    pub fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Comment { .. }
                | Self::EditComment { .. }
                | Self::Post { .. }
                | Self::Whisper { .. }
        )
    }

    /// The key of what it makes different, where that stands already.
    pub fn edits(&self) -> Option<&Key> {
        match self {
            Self::EditComment { written, .. } | Self::EditPost { written, .. } => Some(written),
            _ => None,
        }
    }
}

/// Where something that was written stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// A comment.
    Comment {
        /// Where.
        at: CommentAt,
        /// Its page.
        url: Box<str>,
    },
    /// A message.
    Message(MessageAt),
}
