//! Finds what was said while the bot heard nothing: after a silence that Slack's redelivery does not
//! bridge, the histories of channels are read, and what happened meanwhile is taken in as if it had
//! come by itself. What came by itself is known by the same identity, and is not done twice.
//!
//! A history shows messages, edits, tombstones and reactions; that a message is gone shows in that
//! it is missing.

mod marks;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use self::marks::Mark;
pub use self::marks::Marks;
use super::hear::{Happened, Hear};
use crate::{
    domain::bridge::{Channel, Effect, Key, MessageAt, Relayed, ts_of},
    ports::{Chat, ChatError, Clock, StoreError, chat::Message},
};

/// How long a silence may be that Slack bridges by itself: it tries again at once, after a minute and
/// after five. <https://docs.slack.dev/apis/events-api#retries>
const BRIDGED: TimeDelta = TimeDelta::minutes(1);
/// How often it is looked whether something was missed that nobody noticed: at most this often a
/// channel costs a request.
const EVERY: Duration = Duration::from_hours(1);
/// Where nobody looked for longer, everything may have been missed.
const UNSEEN: TimeDelta = TimeDelta::hours(2);
/// How long after it failed it is tried again, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_secs(10), Duration::from_mins(10));
/// So long before the silence a message may stand that was edited, or reacted to, in it.
const BEFORE: TimeDelta = TimeDelta::days(7);
/// Nothing older is looked for.
const FURTHEST: TimeDelta = TimeDelta::days(30);
/// How many pages of a channel, or a thread, are read: 4,000 messages, or 300 where Slack gives an app
/// 15 at a time.
const MOST_PAGES: usize = 20;
/// Histories are read 50 times a minute at most, and relays need them too.
/// <https://docs.slack.dev/apis/web-api/rate-limits>
const PAUSE: Duration = Duration::from_secs(2);
/// How often Slack is asked again that has said that it is too much. Apps that are distributed
/// without being in its Marketplace may ask once a minute.
const MOST_LIMITS: usize = 100;

/// What reads histories.
pub struct CatchUp {
    /// Where what happened is taken in.
    pub hear: Arc<Hear>,
    /// Each workspace's chat.
    pub chats: Arc<HashMap<Box<str>, Arc<dyn Chat>>>,
    /// Up to when each channel was caught up with.
    pub marks: Marks,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long it is remembered what was taken in.
    pub remembered: TimeDelta,
}

/// Why a channel could not be caught up with.
#[derive(Debug, thiserror::Error)]
enum Missed {
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// As far as until somebody looked last: mostly one request.
    Glance,
    /// Everything that may have been missed, in threads too.
    Whole,
}

/// What a history shows.
#[derive(Default)]
struct Found {
    /// By number, which is the order.
    messages: BTreeMap<Box<str>, Message>,
}

impl CatchUp {
    /// Catches up with a workspace's channels when something is heard of it again after a silence,
    /// the one before the start among them. `connections` is over how many Slack delivers. Goes on
    /// until it is dropped.
    pub async fn run(&self, workspace: &str, mut connections: watch::Receiver<usize>) {
        let mut silent_since = Some(DateTime::UNIX_EPOCH);
        let mut depth = Depth::Whole;
        let mut looked_at = self.clock.now();
        let mut due = looked_at + EVERY;
        let mut goes_on = true;
        let mut retry = RETRY.0;
        loop {
            let hears = *connections.borrow_and_update() > 0;
            let now = self.clock.now();
            if now < looked_at {
                // The clock was set back, and tells neither how long a silence was nor when to look.
                (depth, due) = (Depth::Whole, now);
            }
            looked_at = now;
            match silent_since {
                None if !hears => silent_since = Some(now),
                Some(since) if hears => {
                    silent_since = None;
                    if now - since >= BRIDGED {
                        (depth, due) = (Depth::Whole, now);
                    }
                }
                _ => {}
            }
            if now >= due {
                let pause = if self.all(workspace, depth).await {
                    (depth, retry) = (Depth::Glance, RETRY.0);
                    EVERY
                } else {
                    let pause = retry;
                    retry = (retry * 2).min(RETRY.1);
                    pause
                };
                due = self.clock.now() + pause;
            }
            let wait = (due - self.clock.now()).to_std().unwrap_or_default();
            tokio::select! {
                changed = connections.changed(), if goes_on => goes_on = changed.is_ok(),
                () = self.clock.sleep(wait) => {}
            }
        }
    }

    /// Catches up with each channel from which something may go; whether none of them is to be tried
    /// again soon.
    async fn all(&self, workspace: &str, depth: Depth) -> bool {
        let mut is_done = true;
        let channels = self.hear.channels.channels.iter();
        for channel in channels.filter(|one| one.to_forge && *one.at.workspace == *workspace) {
            match self.channel(channel, depth).await {
                Ok(()) => {}
                Err(error) => {
                    let channel = &channel.at;
                    tracing::warn!(%channel, %error, "what was said there cannot be read");
                    // Once somebody brings the bot back, what was said until then is found.
                    is_done &= matches!(error, Missed::Chat(ChatError::NoChannel(_)));
                }
            }
        }
        is_done
    }

    async fn channel(&self, channel: &Channel, depth: Depth) -> Result<(), Missed> {
        let (Some(chat), Some(mark)) = (
            self.chats.get(&channel.at.workspace),
            self.marks.of(channel).await,
        ) else {
            return Ok(());
        };
        let began = self.clock.now();
        // Where nobody could look for a while, the bot was not in the channel.
        let depth = if began - mark.seen > UNSEEN {
            Depth::Whole
        } else {
            depth
        };
        let oldest = (mark.seen - BEFORE).max(began - FURTHEST.min(self.remembered));
        let reading = Reading {
            catch_up: self,
            chat: &**chat,
            channel,
            mark,
            oldest,
        };
        let mut new = 0;
        if depth == Depth::Glance {
            new = reading.glance().await?;
        }
        // What one glance finds is not all that was missed.
        if depth == Depth::Whole || new > 0 {
            new += reading.whole().await?;
        }
        self.marks.move_to(channel, began).await?;
        if new > 0 {
            metrics::counter!("kep_liaison_bridge_missed_total").increment(new);
            tracing::info!(channel = %channel.at, new, "found what was missed");
        }
        Ok(())
    }
}

/// A channel that is being caught up with.
struct Reading<'a> {
    catch_up: &'a CatchUp,
    chat: &'a dyn Chat,
    channel: &'a Channel,
    mark: Mark,
    oldest: DateTime<Utc>,
}

impl Reading<'_> {
    /// The latest of what stands in the channel; how much of it was new.
    async fn glance(&self) -> Result<u64, Missed> {
        let found = self.history(Depth::Glance).await?;
        Ok(self.take_in(&found).await?)
    }

    /// Everything that may have been missed; how much of it was new.
    async fn whole(&self) -> Result<u64, Missed> {
        let mut found = self.history(Depth::Whole).await?;
        let oldest = ts_of(self.oldest);
        let mut roots: BTreeSet<Box<str>> = BTreeSet::new();
        for message in found.messages.values() {
            let is_live = |latest: &str| latest >= &*oldest;
            if message.replies > 0 && message.latest_reply.as_deref().is_none_or(is_live) {
                roots.insert(message.ts.clone());
            }
        }
        for thread in self.catch_up.hear.outbox.threads().await? {
            if thread.channel == self.channel.at {
                roots.insert(thread.root);
            }
        }
        for root in roots {
            self.catch_up.clock.sleep(PAUSE).await;
            self.thread(&root, &mut found).await?;
        }
        let new = self.take_in(&found).await?;
        Ok(new + self.gone(&found).await?)
    }

    /// What stands in the channel itself.
    async fn history(&self, depth: Depth) -> Result<Found, Missed> {
        let (id, oldest, seen) = (
            &self.channel.at.id,
            ts_of(self.oldest),
            ts_of(self.mark.seen),
        );
        let mut found = Found::default();
        let mut page: Option<Box<str>> = None;
        for _ in 0..MOST_PAGES {
            let next = page.as_deref();
            let history = self.ask(|| self.chat.history(id, &oldest, next));
            let history = history.await?;
            // Newest first.
            let last = history.messages.last();
            let is_enough = depth == Depth::Glance && last.is_none_or(|last| *last.ts <= *seen);
            found.add(history.messages);
            page = history.next;
            if is_enough || page.is_none() {
                return Ok(found);
            }
            self.catch_up.clock.sleep(PAUSE).await;
        }
        tracing::warn!(channel = %self.channel.at, "more was said there than is read again");
        Ok(found)
    }

    /// What stands in a thread.
    async fn thread(&self, root: &str, found: &mut Found) -> Result<(), Missed> {
        let (id, oldest) = (&self.channel.at.id, ts_of(self.oldest));
        let mut page: Option<Box<str>> = None;
        for _ in 0..MOST_PAGES {
            let next = page.as_deref();
            let replies = self.ask(|| self.chat.replies(id, root, &oldest, next));
            let replies = match replies.await {
                // The root is gone, and all below it.
                Err(ChatError::NoMessage(_)) => break,
                replies => replies?,
            };
            found.add(replies.messages);
            page = replies.next;
            if page.is_none() {
                break;
            }
            self.catch_up.clock.sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Asks until Slack does not say any more that it is too much.
    async fn ask<T, F>(&self, ask: impl Fn() -> F) -> Result<T, ChatError>
    where
        F: Future<Output = Result<T, ChatError>>,
    {
        for _ in 0..MOST_LIMITS {
            match ask().await {
                Err(ChatError::Limited(wait)) => self.catch_up.clock.sleep(wait).await,
                answer => return answer,
            }
        }
        ask().await
    }

    async fn take_in(&self, found: &Found) -> Result<u64, StoreError> {
        let mut new = 0;
        for message in found.messages.values() {
            for what in self.happened(message) {
                let at = self.at(&message.ts);
                new += u64::from(self.catch_up.hear.hear(&at, what).await?);
            }
        }
        Ok(new)
    }

    /// What happened to a message, in the order in which it may have.
    fn happened<'m>(&'m self, message: &'m Message) -> Vec<Happened<'m>> {
        if message.is_tombstone {
            return vec![Happened::Gone];
        }
        let mut happened = Vec::new();
        // What was said before anybody wanted to know of it is nobody's business.
        let said_at = self.at(&message.ts).said_at();
        if said_at.is_some_and(|at| at >= self.mark.began) {
            let thread = message.thread.as_deref();
            happened.push(Happened::Said {
                user: message.user.as_deref(),
                thread: thread.filter(|root| *root != &*message.ts),
            });
            let wanted = &self.catch_up.hear.channels.reaction;
            let reactions = message.reactions.iter().filter(|(name, _)| name == wanted);
            for (emoji, users) in reactions {
                let by = users.iter().map(|user| Happened::Reacted {
                    emoji,
                    user,
                    given_at: None,
                });
                happened.extend(by);
            }
        }
        happened.extend(message.edited.as_deref().map(Happened::Edited));
        happened
    }

    /// Messages that stand on a tracking issue, and no more where they were said.
    async fn gone(&self, found: &Found) -> Result<u64, Missed> {
        let hear = &self.catch_up.hear;
        let (workspace, id) = (&*self.channel.at.workspace, &*self.channel.at.id);
        let relayed = Key::of(["comment", workspace, id]);
        let relayed = hear.outbox.comments_below(&relayed).await?;
        let missing: BTreeMap<MessageAt, Option<Box<str>>> = relayed
            .into_iter()
            .filter_map(|(_, queued)| match queued.effect {
                Effect::Comment {
                    of:
                        Some(Relayed {
                            message, thread, ..
                        }),
                    ..
                } => Some((message, thread)),
                _ => None,
            })
            .filter(|(at, _)| at.said_at().is_some_and(|at| at >= self.oldest))
            .filter(|(at, _)| !found.messages.contains_key(&at.ts))
            .collect();
        let mut gone = 0;
        for (at, thread) in missing {
            self.catch_up.clock.sleep(PAUSE).await;
            // It may have been said just now, or in a thread that nobody read.
            let ask = || self.chat.message(id, &at.ts, thread.as_deref());
            let message = self.ask(ask).await?;
            if message.is_none_or(|message| message.is_tombstone) {
                gone += u64::from(hear.hear(&at, Happened::Gone).await?);
            }
        }
        Ok(gone)
    }

    fn at(&self, ts: &str) -> MessageAt {
        MessageAt {
            channel: self.channel.at.clone(),
            ts: ts.into(),
        }
    }
}

impl Found {
    fn add(&mut self, messages: Vec<Message>) {
        let numbered = messages.into_iter();
        self.messages
            .extend(numbered.map(|message| (message.ts.clone(), message)));
    }
}
