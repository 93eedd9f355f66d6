//! Writing messages and reactions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Api, ApiError, Message};
use crate::{ports::chat::PostAt, slack::kit::Block};

/// The kind of the mark by which the bot finds its messages again.
pub(in crate::slack) const MARK: &str = "kep_liaison";

#[derive(Serialize)]
struct Post<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reply_broadcast: bool,
    #[serde(flatten)]
    message: &'a Message,
    metadata: Metadata<'a>,
    // Links in answers are many, and their previews would bury them.
    unfurl_links: bool,
    unfurl_media: bool,
}

#[derive(Serialize)]
struct Update<'a> {
    channel: &'a str,
    ts: &'a str,
    #[serde(flatten)]
    message: &'a Message,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Whisper<'a> {
    channel: &'a str,
    user: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    #[serde(flatten)]
    message: &'a Message,
}

/// The mark by which a message is found again.
#[derive(Serialize)]
struct Metadata<'a> {
    event_type: &'static str,
    event_payload: Key<'a>,
}

#[derive(Serialize)]
struct Key<'a> {
    key: &'a str,
}

impl<'a> Metadata<'a> {
    fn of(key: &'a str) -> Self {
        Self {
            event_type: MARK,
            event_payload: Key { key },
        }
    }
}

#[derive(Serialize)]
struct Delete<'a> {
    channel: &'a str,
    ts: &'a str,
}

#[derive(Serialize)]
struct React<'a> {
    channel: &'a str,
    timestamp: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Previews<'a> {
    unfurl_id: &'a str,
    source: &'a str,
    unfurls: BTreeMap<&'a str, Preview<'a>>,
}

#[derive(Serialize)]
struct Preview<'a> {
    blocks: &'a [Block],
}

#[derive(Deserialize)]
struct Posted {
    ts: Box<str>,
}

/// The answer of a method that has nothing to tell. A page of somebody else's has no `ok` in it.
#[derive(Deserialize)]
struct Done {
    ok: bool,
}

impl Api {
    /// Posts a message, whose mark is `key`; its `ts`.
    /// <https://docs.slack.dev/reference/methods/chat.postMessage>
    pub async fn post(
        &self,
        at: PostAt<'_>,
        message: &Message,
        key: &str,
    ) -> Result<Box<str>, ApiError> {
        let post = Post {
            channel: at.channel,
            thread_ts: at.thread,
            reply_broadcast: at.broadcast && at.thread.is_some(),
            message,
            metadata: Metadata::of(key),
            unfurl_links: false,
            unfurl_media: false,
        };
        let posted: Posted = self.call("chat.postMessage", &post).await?;
        Ok(posted.ts)
    }

    /// Makes a message of the bot's say something else.
    /// <https://docs.slack.dev/reference/methods/chat.update>
    pub async fn update(
        &self,
        channel: &str,
        ts: &str,
        message: &Message,
        key: &str,
    ) -> Result<(), ApiError> {
        let update = Update {
            channel,
            ts,
            message,
            metadata: Metadata::of(key),
        };
        self.done("chat.update", &update).await
    }

    /// Takes a message of the bot's away.
    /// <https://docs.slack.dev/reference/methods/chat.delete>
    pub async fn delete(&self, channel: &str, ts: &str) -> Result<(), ApiError> {
        self.done("chat.delete", &Delete { channel, ts }).await
    }

    /// Says something in a channel that one member alone sees, as long as their client is open.
    /// <https://docs.slack.dev/reference/methods/chat.postEphemeral>
    pub async fn whisper(
        &self,
        channel: &str,
        user: &str,
        thread: Option<&str>,
        message: &Message,
    ) -> Result<(), ApiError> {
        let whisper = Whisper {
            channel,
            user,
            thread_ts: thread,
            message,
        };
        self.done("chat.postEphemeral", &whisper).await
    }

    /// Reacts to a message; one that stands there already is as good.
    /// <https://docs.slack.dev/reference/methods/reactions.add>
    pub async fn react(&self, channel: &str, ts: &str, emoji: &str) -> Result<(), ApiError> {
        let react = React {
            channel,
            timestamp: ts,
            name: emoji,
        };
        let reacted = self.done("reactions.add", &react).await;
        or_so_already(reacted, "already_reacted")
    }

    /// Takes the bot's reaction off; where there is none it is as good.
    /// <https://docs.slack.dev/reference/methods/reactions.remove>
    pub async fn unreact(&self, channel: &str, ts: &str, emoji: &str) -> Result<(), ApiError> {
        let react = React {
            channel,
            timestamp: ts,
            name: emoji,
        };
        let unreacted = self.done("reactions.remove", &react).await;
        or_so_already(unreacted, "no_reaction")
    }

    /// Shows previews below a message that somebody wrote, or is writing, each for an address in it.
    /// <https://docs.slack.dev/reference/methods/chat.unfurl>
    pub async fn unfurl(
        &self,
        unfurl_id: &str,
        source: &str,
        previews: &[(Box<str>, Vec<Block>)],
    ) -> Result<(), ApiError> {
        let previews = previews.iter();
        let previews = Previews {
            unfurl_id,
            source,
            unfurls: previews
                .map(|(url, blocks)| (&**url, Preview { blocks }))
                .collect(),
        };
        self.done("chat.unfurl", &previews).await
    }

    pub(super) async fn done(
        &self,
        method: &'static str,
        request: &(impl Serialize + Sync),
    ) -> Result<(), ApiError> {
        let done: Done = self.call(method, request).await?;
        if done.ok {
            Ok(())
        } else {
            Err(ApiError::Unclear("neither a yes nor a reason".into()))
        }
    }
}

fn or_so_already(outcome: Result<(), ApiError>, name: &str) -> Result<(), ApiError> {
    match outcome {
        Err(ApiError::Refused(error)) if *error == *name => Ok(()),
        outcome => outcome,
    }
}
