//! What happens to messages in bridged channels, and what the bridge does about it: the same by
//! whichever way the bot learns of it, and once.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::{
    domain::bridge::{
        Asked, ChannelAt, Channels, Effect, Key, Lane, MessageAt, NewEffect, Relay, Replies, Step,
        Way,
    },
    ports::{Clock, Outbox, StoreError, outbox::Cause},
};

/// Where it comes in.
pub struct Hear {
    /// What is queued.
    pub outbox: Arc<dyn Outbox>,
    /// Told when something was queued.
    pub queued: Arc<Notify>,
    /// What passes where.
    pub channels: Arc<Channels>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened<'a> {
    /// It was said.
    Said {
        /// The member who said it; none where it was an app.
        user: Option<&'a str>,
        /// The root of the thread that it is a reply in.
        thread: Option<&'a str>,
    },
    /// It says something else since the edit with this number.
    Edited(&'a str),
    /// It is gone.
    Gone,
    /// Somebody reacted to it.
    Reacted {
        /// With what.
        emoji: &'a str,
        /// Who.
        user: &'a str,
        /// When, where that is told; a history does not show it.
        given_at: Option<DateTime<Utc>>,
    },
}

impl Happened<'_> {
    /// What is the same in each telling of it.
    fn identity(self, at: &MessageAt) -> Key {
        match self {
            Self::Said { .. } => at.came(None),
            Self::Edited(edited) => at.came(Some(edited)),
            Self::Gone => at.gone(),
            Self::Reacted { emoji, user, .. } => at.reacted(emoji, user),
        }
    }
}

impl Hear {
    /// Takes in what happened; whether something follows from it that nobody knew of before.
    pub async fn hear(&self, at: &MessageAt, what: Happened<'_>) -> Result<bool, StoreError> {
        let Some(mut effect) = self.follows(at, what).await? else {
            return Ok(false);
        };
        let mut identity = what.identity(at);
        if let Happened::Reacted {
            given_at: Some(given_at),
            ..
        } = what
            && let Some(undo) = self.undone_before(at, given_at).await?
        {
            // Who reacts again to what was taken back wants it to stand there again. A history will
            // show the reaction without its moment, which must be no news then.
            let now = self.clock.now();
            let plain = Cause::Came(identity.as_str());
            self.outbox.accept(now, plain, &[]).await?;
            identity = identity.then(undo.as_str());
            effect.key = effect.key.then(undo.as_str());
        }
        self.accept(&identity, effect).await
    }

    /// The last time that what a message says was taken back from a tracking issue, before a moment.
    async fn undone_before(
        &self,
        message: &MessageAt,
        moment: DateTime<Utc>,
    ) -> Result<Option<Key>, StoreError> {
        let mut last = None;
        for (comment, _) in self.outbox.comments_below(&relayed(message)).await? {
            let undo = comment.then("undo");
            let queued = self.outbox.queued(&undo).await?;
            if let Some(Effect::DeleteComment { asked, .. }) = queued
                .filter(|queued| !queued.is_dead)
                .map(|queued| queued.effect)
                && asked.at_ms < moment.timestamp_millis()
            {
                last = last.max(Some((asked.at_ms, undo)));
            }
        }
        Ok(last.map(|(_, undo)| undo))
    }

    /// Queues what follows from something, by what is the same in each telling of that; whether it
    /// is new.
    pub async fn accept(&self, identity: &Key, effect: NewEffect) -> Result<bool, StoreError> {
        let cause = Cause::Came(identity.as_str());
        let effects = [effect];
        let accepted = self.outbox.accept(self.clock.now(), cause, &effects);
        let is_new = accepted.await?;
        if is_new {
            self.queued.notify_one();
        }
        Ok(is_new)
    }

    /// That somebody asks for something now.
    pub fn asked(&self, workspace: &str, channel: &str, user: &str) -> Asked {
        Asked {
            user: user.into(),
            channel: ChannelAt::new(workspace, channel),
            at_ms: self.clock.now().timestamp_millis(),
        }
    }

    async fn follows(
        &self,
        at: &MessageAt,
        what: Happened<'_>,
    ) -> Result<Option<NewEffect>, StoreError> {
        let ChannelAt { workspace, id } = &at.channel;
        let channel = self.channels.get(&at.channel);
        match what {
            // Somebody asks for a relay with the reaction.
            Happened::Reacted { emoji, user, .. } => {
                let asks = channel.is_some() && *emoji == *self.channels.reaction;
                let asked = self.asked(workspace, id, user);
                Ok(asks.then(|| relay(asked, Way::Reaction, at.clone(), None)))
            }
            // A reply in a KEP's thread.
            Happened::Said {
                user: Some(user),
                thread: Some(thread),
            } => {
                let goes = channel
                    .is_some_and(|channel| channel.to_forge && channel.replies == Replies::All);
                let root = MessageAt::new(workspace, id, thread);
                if !goes || !self.is_of_a_kep(at, &root).await? {
                    return Ok(None);
                }
                let asked = self.asked(workspace, id, user);
                let thread = Some(thread.into());
                Ok(Some(relay(asked, Way::Reply, at.clone(), thread)))
            }
            Happened::Said { .. } => Ok(None),
            Happened::Edited(edited) => self.again(at, edited).await,
            Happened::Gone => self.again(at, "gone").await,
        }
    }

    /// Whether a reply stands in a KEP's thread. What was said before the thread was tied to it was
    /// said to the channel alone, whenever it is read.
    async fn is_of_a_kep(&self, reply: &MessageAt, root: &MessageAt) -> Result<bool, StoreError> {
        if self.outbox.thread_at(root).await?.is_some() {
            return Ok(true);
        }
        let tie = self.outbox.tie_at(root).await?;
        Ok(tie.is_some_and(|tie| reply.said_at().is_some_and(|said| said >= tie.since)))
    }

    /// Something that stands on a tracking issue was changed.
    async fn again(
        &self,
        message: &MessageAt,
        what: &str,
    ) -> Result<Option<NewEffect>, StoreError> {
        let MessageAt { channel, ts } = message;
        // It may be on its way to an issue, with the text that was read a moment ago.
        let may_be_relayed = self.channels.go_to_forge(channel);
        if !may_be_relayed
            && self
                .outbox
                .comments_below(&relayed(message))
                .await?
                .is_empty()
        {
            return Ok(None);
        }
        let key = Key::of(["again", &*channel.workspace, &*channel.id, &**ts, what]);
        let lane = Lane::Message(message.clone());
        let message = message.clone();
        let step = Effect::Step(Step::Again { message });
        Ok(Some(NewEffect::now(key, lane, step)))
    }
}

/// What the keys of the comments begin with that say what a message says.
fn relayed(MessageAt { channel, ts }: &MessageAt) -> Key {
    Key::of(["comment", &*channel.workspace, &*channel.id, &**ts])
}

/// Somebody wants a message to stand on a tracking issue.
pub fn relay(asked: Asked, way: Way, message: MessageAt, thread: Option<Box<str>>) -> NewEffect {
    let MessageAt { channel, ts } = &message;
    // Whoever replied may ask by the reaction as well, when nothing came of the reply.
    let by = match way {
        Way::Reply => "reply",
        Way::Reaction | Way::Shortcut | Way::Command => "by",
    };
    let key = Key::of([
        "relay",
        &*channel.workspace,
        &*channel.id,
        &**ts,
        by,
        &*asked.user,
    ]);
    let lane = Lane::Message(message.clone());
    let step = Step::Relay(Relay {
        asked,
        way,
        message: Some(message),
        thread,
        kep: None,
        text: None,
        ties: None,
    });
    NewEffect::now(key, lane, Effect::Step(step))
}
