//! What is asked of one workspace's chat, such as Slack: writes that carry a key, and what was said.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{
    Zone,
    bridge::{Key, Saying},
    card::Card,
    rich::Rich,
};

/// What a message says, with what is needed beside it to give it a form.
#[derive(Debug, Clone, Copy)]
pub struct Speech<'a> {
    /// What it says.
    pub saying: &'a Saying,
    /// The KEP's card as it is now, for what shows it.
    pub card: Option<&'a Card>,
    /// Where the comment stands that it speaks of.
    pub url: Option<&'a str>,
    /// What it shows, below all else.
    pub picture: Option<Shown<'a>>,
}

/// A picture that is to be uploaded.
#[derive(Clone, Copy)]
pub struct Picture<'a> {
    /// The name of its file, which ends in `.png`.
    pub name: &'a str,
    /// What it is called where it stands by itself.
    pub title: &'a str,
    /// What it shows, for who does not see it.
    pub alt: &'a str,
    /// The PNG.
    pub bytes: &'a [u8],
}

/// A picture that was uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The file's id.
    pub file: &'a str,
    /// What it shows, for who does not see it.
    pub alt: &'a str,
}

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its number in the channel.
    pub ts: Box<str>,
    /// The thread that it stands in; its own number where it is the root of one.
    pub thread: Option<Box<str>>,
    /// The member who said it; none where it was an app or the service itself.
    pub user: Option<Box<str>>,
    /// The name that an app gave for its author.
    pub username: Option<Box<str>>,
    /// Whether the bot itself said it.
    pub is_own: bool,
    /// The bot's own key, where it wrote the message.
    pub key: Option<Key>,
    /// Its text.
    pub text: Rich,
    /// When it was last edited, where it was.
    pub edited: Option<Box<str>>,
    /// Whether it was deleted and stands only for the replies below it.
    pub is_tombstone: bool,
    /// How many replies stand below it.
    pub replies: u32,
    /// The last of them.
    pub latest_reply: Option<Box<str>>,
    /// Its reactions: each name, and the members who gave it, not always all of them.
    pub reactions: Vec<(Box<str>, Vec<Box<str>>)>,
}

/// One page of a history, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// The messages.
    pub messages: Vec<Message>,
    /// Asks for the next page, where there is one.
    pub next: Option<Box<str>>,
}

/// Where a message is to be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostAt<'a> {
    /// The channel.
    pub channel: &'a str,
    /// The thread.
    pub thread: Option<&'a str>,
    /// Whether the channel sees a reply in a thread as well.
    pub broadcast: bool,
}

/// Why the chat did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// There was too much; after so long it may be tried again. Nothing was done.
    #[error("Slack's rate limit is used up for {} s", .0.as_secs())]
    Limited(Duration),
    /// It does not accept who we say we are.
    #[error("Slack does not accept the bot's token ({0})")]
    Unauthorized(Box<str>),
    /// There is no such channel, it is archived, or the bot is not in it.
    #[error("the bot cannot write there ({0})")]
    NoChannel(Box<str>),
    /// There is no such message any more, or it cannot be changed.
    #[error("there is no such message ({0})")]
    NoMessage(Box<str>),
    /// It refuses for another reason, and will again.
    #[error("Slack refuses: {0}")]
    Refused(Box<str>),
    /// It could not be asked. Nothing was done.
    #[error("Slack cannot be asked: {0}")]
    Unavailable(Box<str>),
    /// It gave no clear answer: whether it was done is not known.
    #[error("no clear answer from Slack: {0}")]
    Unclear(Box<str>),
}

/// One workspace's chat. What is written twice with one key stands there once only where the
/// caller looks first ([`Chat::find`]).
#[async_trait]
pub trait Chat: Send + Sync {
    /// Posts a message that carries the key; its number. A picture that the chat does not show goes
    /// missing, not the message; so it does in an edit.
    async fn post(
        &self,
        at: PostAt<'_>,
        speech: &Speech<'_>,
        key: &Key,
    ) -> Result<Box<str>, ChatError>;

    /// Makes a message say something else. It keeps its key.
    async fn edit(
        &self,
        channel: &str,
        ts: &str,
        speech: &Speech<'_>,
        key: &Key,
    ) -> Result<(), ChatError>;

    /// Says something that only one member sees, and only now.
    async fn whisper(
        &self,
        channel: &str,
        user: &str,
        thread: Option<&str>,
        speech: &Speech<'_>,
    ) -> Result<(), ChatError>;

    /// Uploads a picture, for a [`Speech`] to show; its file's id. Until then nobody sees it: who does
    /// not know whether it was done does it again, and nothing shows twice. A bot that may upload
    /// nothing is [`ChatError::Refused`], and its messages go without.
    async fn upload(&self, picture: &Picture<'_>) -> Result<Box<str>, ChatError>;

    /// Adds a reaction; one that stands there already is as good.
    async fn react(&self, channel: &str, ts: &str, emoji: &str) -> Result<(), ChatError>;

    /// Takes the bot's own reaction off; where there is none it is as good.
    async fn unreact(&self, channel: &str, ts: &str, emoji: &str) -> Result<(), ChatError>;

    /// The number of the bot's own message with a key, in a channel or in a thread, among what was
    /// said at or after `since` (a message's number).
    async fn find(
        &self,
        channel: &str,
        thread: Option<&str>,
        key: &Key,
        since: &str,
    ) -> Result<Option<Box<str>>, ChatError>;

    /// One message, with its names filled in; `None` where it was deleted.
    async fn message(
        &self,
        channel: &str,
        ts: &str,
        thread: Option<&str>,
    ) -> Result<Option<Message>, ChatError>;

    /// What somebody typed, with its names filled in.
    async fn read(&self, typed: &str) -> Result<Rich, ChatError>;

    /// A text of a message as somebody would type it, with names for members.
    async fn typed(&self, text: &str) -> Result<String, ChatError>;

    /// What was said in a channel after `oldest`, threads left out.
    async fn history(
        &self,
        channel: &str,
        oldest: &str,
        page: Option<&str>,
    ) -> Result<History, ChatError>;

    /// What was said in a thread after `oldest`, oldest first, without its root.
    async fn replies(
        &self,
        channel: &str,
        thread: &str,
        oldest: &str,
        page: Option<&str>,
    ) -> Result<History, ChatError>;

    /// The address of a message.
    async fn permalink(&self, channel: &str, ts: &str) -> Result<Box<str>, ChatError>;

    /// The name that a member goes by; `None` where the workspace does not tell.
    async fn name_of(&self, user: &str) -> Result<Option<Box<str>>, ChatError>;

    /// The time zone in which a member lives; `None` where the workspace does not tell.
    async fn zone_of(&self, user: &str) -> Result<Option<Zone>, ChatError>;

    /// The direct conversation with a member.
    async fn direct(&self, user: &str) -> Result<Box<str>, ChatError>;
}
