//! One write to the far side, as an effect asks for it.

use chrono::TimeDelta;

use super::{Deliver, Trouble, trouble};
use crate::{
    domain::{
        Issue, KepNumber, Repository,
        bridge::{Below, ChannelAt, Effect, IssueAt, Key, MessageAt, Saying, Written, ts_of},
    },
    jobs::bridge::Bridge,
    ports::{
        Chat, ChatError,
        chat::{PostAt, Shown, Speech},
        outbox::Leased,
    },
};

/// Our clock and Slack's are never further apart.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// What became of what was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// It is written, or need not be.
    Wholly,
    /// What it was to change is there no more.
    NotThere,
    /// A later edit was made already.
    TooLate,
    /// The message that it says again was deleted before it was written.
    Withdrawn,
    /// Nothing: no more goes from where it was said.
    ClosedOff,
}

impl Made {
    /// Why it was not written, for the record.
    pub(super) fn why_not(self) -> Option<&'static str> {
        match self {
            Self::Wholly => None,
            Self::NotThere => Some("was not there"),
            Self::TooLate => Some("superseded by a later edit"),
            Self::Withdrawn => Some("was deleted where it was said"),
            Self::ClosedOff => Some("was said where nothing goes from any more"),
        }
    }
}

/// What came of a write.
#[derive(Debug)]
pub(super) struct Wrote {
    pub(super) made: Made,
    /// What stands there by it.
    pub(super) written: Option<Written>,
    /// What was written, where that is not what was queued.
    pub(super) instead: Option<Effect>,
}

impl Wrote {
    pub(super) fn new(made: Made, written: Option<Written>) -> Self {
        Self {
            made,
            written,
            instead: None,
        }
    }
}

impl Deliver {
    pub(super) async fn write(
        &self,
        bridge: &Bridge<'_>,
        leased: &Leased,
    ) -> Result<Wrote, Trouble> {
        match &leased.effect {
            Effect::Comment { .. } => self.comment(leased).await,
            Effect::EditComment { written, body, .. } => {
                let made = self.edit_comment(leased, written, body).await?;
                Ok(Wrote::new(made, None))
            }
            Effect::DeleteComment { written, .. } => {
                Ok(Wrote::new(self.delete_comment(written).await?, None))
            }
            _ => Ok(Wrote::new(Made::Wholly, self.put(bridge, leased).await?)),
        }
    }

    async fn put(&self, bridge: &Bridge<'_>, leased: &Leased) -> Result<Option<Written>, Trouble> {
        match &leased.effect {
            // Are decided, or written, elsewhere.
            Effect::Step(_)
            | Effect::Comment { .. }
            | Effect::EditComment { .. }
            | Effect::DeleteComment { .. } => Ok(None),
            Effect::Post {
                channel,
                below,
                saying,
            } => {
                let chat = self.chat(&channel.workspace)?;
                let (thread, broadcast) = match below {
                    // What was given up, and is tried again, begins no second one.
                    Below::Root(kep) if self.outbox.thread_of(channel, *kep).await?.is_some() => {
                        return Ok(None);
                    }
                    Below::Channel | Below::Direct | Below::Root(_) => (None, false),
                    Below::Message(ts) => (Some(ts.clone()), false),
                    Below::Key(key) => match self.outbox.written(key).await? {
                        Some(Written::Message(at)) => (Some(at.ts), false),
                        // It was given up.
                        _ => return Err(Trouble::last("what it belongs below was not posted")),
                    },
                    Below::Thread { kep, broadcast } => {
                        let thread = self.outbox.thread_of(channel, *kep).await;
                        let Some(thread) = thread? else {
                            // Its root comes before it, and was given up.
                            return Err(Trouble::last("its thread could not begin"));
                        };
                        (Some(thread.root), *broadcast)
                    }
                };
                let thread = thread.as_deref();
                if let Some(since) = leased.unclear_since {
                    // By a clock that was set back since, nobody knows when that was.
                    let since = if since > bridge.now {
                        bridge.now - trouble::TOO_OLD
                    } else {
                        since - CLOCKS_APART
                    };
                    let since = ts_of(since);
                    let found = chat.find(&channel.id, thread, &leased.key, &since).await;
                    if let Some(ts) = found.map_err(|error| self.of_chat(&error))? {
                        return Ok(Some(message(channel.clone(), ts)));
                    }
                }
                let at = PostAt {
                    channel: &channel.id,
                    thread,
                    broadcast,
                };
                let picture = self.picture(chat, saying, leased).await?;
                let shown = picture.as_ref().map(|(file, alt)| Shown { file, alt });
                let ts = self
                    .speak(bridge, saying, async |speech| {
                        let speech = Speech {
                            picture: shown,
                            ..*speech
                        };
                        chat.post(at, &speech, &leased.key).await
                    })
                    .await?;
                Ok(Some(message(channel.clone(), ts)))
            }
            Effect::EditPost {
                channel,
                written,
                saying,
            } => {
                let chat = self.chat(&channel.workspace)?;
                let Some((written, at)) = self.posted(written).await? else {
                    return Ok(None);
                };
                if self.is_too_late(leased).await? {
                    return Ok(None);
                }
                self.speak(bridge, saying, async |speech| {
                    match chat.edit(&channel.id, &at.ts, speech, &written).await {
                        // Somebody deleted it; there is nothing to edit.
                        Err(ChatError::NoMessage(_)) => Ok(()),
                        edited => edited,
                    }
                })
                .await?;
                Ok(None)
            }
            Effect::Whisper {
                channel,
                user,
                thread,
                saying,
            } => {
                let thread = thread.as_deref();
                self.whisper(bridge, leased, channel, (user, thread), saying)
                    .await
            }
            Effect::React {
                message: MessageAt { channel, ts },
                emoji,
            } => {
                let reacted = self.chat(&channel.workspace)?.react(&channel.id, ts, emoji);
                self.sign(reacted.await)
            }
            Effect::Unreact {
                message: MessageAt { channel, ts },
                emoji,
            } => {
                let chat = self.chat(&channel.workspace)?;
                self.sign(chat.unreact(&channel.id, ts, emoji).await)
            }
        }
    }

    /// Where a message stands, and its key: its own, or where its thread was gone, of what was posted
    /// in its place in the thread that began anew.
    async fn posted(&self, written: &Key) -> Result<Option<(Key, MessageAt)>, Trouble> {
        let mut key = written.clone();
        loop {
            if let Some(Written::Message(at)) = self.outbox.written(&key).await? {
                return Ok(Some((key, at)));
            }
            key = key.then("anew").then("post");
            if self.outbox.queued(&key).await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Says something to one person. It cannot be looked for, and once too little is better than
    /// twice.
    async fn whisper(
        &self,
        bridge: &Bridge<'_>,
        leased: &Leased,
        channel: &ChannelAt,
        (user, thread): (&str, Option<&str>),
        saying: &Saying,
    ) -> Result<Option<Written>, Trouble> {
        if leased.unclear_since.is_some() {
            return Ok(None);
        }
        let chat = self.chat(&channel.workspace)?;
        self.speak(bridge, saying, async |speech| {
            match chat.whisper(&channel.id, user, thread, speech).await {
                // A command can be typed where the bot is not: it answers to them alone.
                Err(ChatError::NoChannel(_)) => {
                    let at = PostAt {
                        channel: user,
                        thread: None,
                        broadcast: false,
                    };
                    chat.post(at, speech, &leased.key).await.map(drop)
                }
                whispered => whispered,
            }
        })
        .await?;
        Ok(None)
    }

    fn chat(&self, workspace: &str) -> Result<&dyn Chat, Trouble> {
        let chat = self.chats.get(workspace);
        chat.map(AsRef::as_ref)
            .ok_or_else(|| Trouble::last("the workspace is in the settings no more"))
    }

    /// Gives a saying what it needs to be shown, and has it said.
    async fn speak<T>(
        &self,
        bridge: &Bridge<'_>,
        saying: &Saying,
        say: impl AsyncFnOnce(&Speech<'_>) -> Result<T, ChatError>,
    ) -> Result<T, Trouble> {
        let card = match saying {
            Saying::Card { kep, .. } | Saying::News { kep, .. } => bridge.card(*kep),
            _ => None,
        };
        let url = match saying {
            Saying::Receipt { written, .. } => match self.outbox.written(written).await? {
                Some(Written::Comment { url, .. }) => Some(url),
                _ => None,
            },
            Saying::TakenBack { kep, issue } => page(bridge, *kep, issue),
            _ => None,
        };
        let speech = Speech {
            saying,
            card: card.as_ref(),
            url: url.as_deref(),
            picture: None,
        };
        say(&speech).await.map_err(|error| self.of_chat(&error))
    }

    /// A sign on a message that is gone is nobody's loss.
    fn sign(&self, signed: Result<(), ChatError>) -> Result<Option<Written>, Trouble> {
        match signed {
            Ok(()) | Err(ChatError::NoMessage(_)) => Ok(None),
            Err(error) => Err(self.of_chat(&error)),
        }
    }
}

/// Where an issue is seen.
fn page(bridge: &Bridge<'_>, kep: KepNumber, issue: &IssueAt) -> Option<Box<str>> {
    let mut issues = bridge.board.get(kep)?.issues().map(|it| &*it.issue);
    let is_it = |it: &&Issue| it.number == issue.number && it.repository == issue.repository;
    issues.find(is_it).map(|it| it.url.clone())
}

fn message(channel: ChannelAt, ts: Box<str>) -> Written {
    Written::Message(MessageAt { channel, ts })
}

pub(super) fn repository(name: &str) -> Result<Repository, Trouble> {
    Repository::parse(name).ok_or_else(|| Trouble::last("that is no repository"))
}
