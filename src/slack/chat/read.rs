//! What was said, read with tolerance: what is missing, null or of another shape costs itself, and
//! whatever another app put into a message is none of ours.

use serde_json::Value;

use crate::{
    domain::{bridge::Key, rich::Rich},
    ports::chat::{History, Message},
    slack::{
        api::{Identity, MARK, Page},
        rich,
    },
};

/// Slack's own bot, which has no `bot_id`.
const SLACKBOT: &str = "USLACKBOT";

/// By what the bot knows its own messages. Nobody else can post under either.
#[derive(Debug)]
pub(super) struct Own {
    user: Box<str>,
    bot: Option<Box<str>>,
}

impl Own {
    pub(super) fn of(identity: &Identity) -> Self {
        Self {
            user: identity.user_id.clone(),
            bot: identity.bot_id.clone(),
        }
    }

    fn wrote(&self, message: &Value) -> bool {
        let by_bot = text(message, "bot_id");
        by_bot.is_some_and(|bot| self.bot.as_deref() == Some(bot))
            || text(message, "user") == Some(&self.user)
    }
}

/// A page of what was said; what has no number is no message.
pub(super) fn history(page: &Page, own: &Own) -> History {
    let messages = page.messages.iter();
    History {
        messages: messages.filter_map(|it| message(it, own)).collect(),
        next: page.next().map(Into::into),
    }
}

/// A message; `None` for what has no number.
pub(super) fn message(said: &Value, own: &Own) -> Option<Message> {
    let is_tombstone = text(said, "subtype") == Some("tombstone");
    let is_by_app = text(said, "bot_id").is_some() || own.wrote(said);
    let user = text(said, "user").filter(|user| !is_by_app && *user != SLACKBOT);
    Some(Message {
        ts: ts(said)?.into(),
        thread: text(said, "thread_ts").map(Into::into),
        user: user.map(Into::into),
        username: text(said, "username").map(Into::into),
        is_own: own.wrote(said),
        key: own_key(said, own),
        text: if is_tombstone {
            Rich::default()
        } else {
            rich::read(said)
        },
        edited: text(&said["edited"], "ts").map(Into::into),
        is_tombstone,
        replies: said["reply_count"]
            .as_u64()
            .map_or(0, |many| u32::try_from(many).unwrap_or(u32::MAX)),
        latest_reply: text(said, "latest_reply").map(Into::into),
        reactions: reactions(said),
    })
}

/// The number of a message.
pub(super) fn ts(said: &Value) -> Option<&str> {
    text(said, "ts")
}

/// The key of a message that the bot wrote. Anybody's app can put the same into its messages.
pub(super) fn own_key(said: &Value, own: &Own) -> Option<Key> {
    let metadata = &said["metadata"];
    let is_marked = own.wrote(said) && text(metadata, "event_type") == Some(MARK);
    let key = text(&metadata["event_payload"], "key").filter(|_| is_marked);
    key.and_then(Key::parse)
}

fn reactions(said: &Value) -> Vec<(Box<str>, Vec<Box<str>>)> {
    let each = said["reactions"].as_array().into_iter().flatten();
    each.filter_map(|reaction| {
        let users = reaction["users"].as_array().into_iter().flatten();
        let users = users.filter_map(Value::as_str).map(Into::into);
        Some((text(reaction, "name")?.into(), users.collect()))
    })
    .collect()
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}
