//! What must be done outside and outlive a crash: effects in a queue, what was written by them, and
//! the record of it.
//!
//! What comes in is recorded together with its effects before it is acknowledged. An effect is then
//! leased by one deliverer at a time; its outcome is settled together with what was written and
//! what follows from it. A lease that ran out goes to the next deliverer with a higher attempt, and
//! what the former one settles late counts for nothing.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::domain::{
    Comment, CommentKind, KepNumber,
    bridge::{Asked, ChannelAt, Effect, Key, MessageAt, NewEffect, Written},
    change::Change,
    notice::{Preferences, Recipient, Wish},
};

/// What effects are queued for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause<'a> {
    /// Something came in, known by what is the same in each delivery of it.
    Came(&'a str),
    /// A digest, known by its channel and what it is due for.
    Digest {
        /// The channel and the time.
        due: &'a str,
        /// The key of a small value that is set with it,
        note: &'a str,
        /// which must be this before,
        was: Option<&'a str>,
        /// and is that from then on.
        is: &'a str,
    },
    /// News of the forge, up to these numbers of changes and comments.
    News {
        /// The last change that was looked at.
        change: i64,
        /// The last entry of the journal of comments that was looked at,
        comment: i64,
        /// and how many there were until then, where that matters: if one of them has moved on
        /// meanwhile, what was decided is not true any more.
        comments: Option<usize>,
    },
}

/// How far news of the forge was looked at, by numbers that only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// The last change.
    pub change: i64,
    /// The last entry of the journal of comments.
    pub comment: i64,
}

/// An effect that this deliverer, and no other, is to carry out.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// Its number in the queue.
    pub id: i64,
    /// Its key.
    pub key: Key,
    /// What to do.
    pub effect: Effect,
    /// Its lane, by name.
    pub lane: Box<str>,
    /// The fencing token: which time it is leased, from 1.
    pub attempt: i64,
    /// How often it was tried in vain, which backoff counts.
    pub failures: i64,
    /// Since when it may have been done without anybody knowing, which is when it was leased for the
    /// try that ended so: where it is set, the far side is asked before it is done again. It stays
    /// until the effect is done, also where it was given up and is tried again.
    pub unclear_since: Option<DateTime<Utc>>,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done, or need not be.
    Done,
    /// It is to be tried again.
    Again {
        /// Not before this moment.
        at: DateTime<Utc>,
        /// Whether it may have been done.
        unclear: bool,
        /// Whether that counts as a failure: a limit, or a shutdown, does not.
        failed: bool,
        /// Why, for people.
        why: String,
    },
    /// Nobody can do it; people are told, and may have it tried again.
    Dead {
        /// Why, for people.
        why: String,
    },
}

/// How a KEP's own thread in a channel stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The channel.
    pub channel: ChannelAt,
    /// The KEP.
    pub kep: KepNumber,
    /// Its root.
    pub root: Box<str>,
    /// The key of the root.
    pub root_key: Key,
    /// The latest news in it, which later news may be folded into.
    pub latest: Option<LatestNews>,
}

/// The latest news in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestNews {
    /// The key of the message.
    pub key: Key,
    /// When it was told.
    pub at: DateTime<Utc>,
}

/// An effect that was queued, while it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// What was to be done.
    pub effect: Effect,
    /// Whether it was given up.
    pub is_dead: bool,
    /// When it was done or given up.
    pub over_at: Option<DateTime<Utc>>,
}

impl Queued {
    /// Whether it is done, or given up.
    pub fn is_over(&self) -> bool {
        self.over_at.is_some()
    }
}

/// That a thread which grew by itself is a KEP's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// The KEP.
    pub kep: KepNumber,
    /// Since when: what was said there before is none of the KEP's.
    pub since: DateTime<Utc>,
}

/// What is set with an outcome, all or nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// What was written, to be found by the effect's key from then on.
    pub written: Option<Written>,
    /// Other keys by which what was written, or edited, is found.
    pub aliases: Vec<Key>,
    /// Keys of what was written that stands no more.
    pub erased: Vec<Key>,
    /// Threads as they are from then on.
    pub threads: Vec<Thread>,
    /// Threads that are no more.
    pub ended: Vec<(ChannelAt, KepNumber)>,
    /// Threads that grew by themselves, by their roots: to which KEP each is tied, or none any more.
    pub ties: Vec<(MessageAt, Option<KepNumber>)>,
    /// What follows. In the same lane it comes before what was queued behind.
    pub then: Vec<NewEffect>,
    /// What follows likewise. Where it was queued before and given up, it is tried again as it is
    /// here.
    pub anew: Vec<NewEffect>,
    /// A record of a write to the forge.
    pub record: Option<Record>,
}

/// A write to the forge, for the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was made, or given up.
    pub at: DateTime<Utc>,
    /// Who asked for it, where and when; none where it follows from the bot's own rules.
    pub asked: Option<Asked>,
    /// What was done: `comment`, `edit-comment`, …
    pub what: Box<str>,
    /// On what: `containerd/containerd#12814`.
    pub on: Box<str>,
    /// What came of it: a page's address, or why not.
    pub outcome: String,
}

/// An entry of the journal of comments: one that came, was edited, or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentNews {
    /// Its number in the journal.
    pub id: i64,
    /// The repository.
    pub repository: Box<str>,
    /// Its kind.
    pub kind: CommentKind,
    /// The comment's number.
    pub comment: u64,
    /// What it said when it was last looked at; `None` where nobody had.
    pub was: Option<Box<str>>,
    /// The comment as it is now; `None` where it is gone.
    pub now: Option<Comment>,
}

/// An effect that was given up.
#[derive(Debug, Clone, PartialEq)]
pub struct Dead {
    /// Its number in the queue.
    pub id: i64,
    /// Its key.
    pub key: Key,
    /// What was to be done.
    pub effect: Effect,
    /// When it was given up.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
    /// Whether it comes too late: tried again, it is dropped.
    pub is_superseded: bool,
}

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Effects to be done.
    pub waiting: u64,
    /// Effects that were given up.
    pub dead: u64,
    /// Since when the oldest one waits, of those that were not put off on purpose.
    pub oldest: Option<DateTime<Utc>>,
    /// Lanes that are held, because too much was written in them: why their first effect waits
    /// begins with [`HELD`].
    pub held: u64,
}

/// What [`Outcome::Again::why`] begins with where a lane is held.
pub const HELD: &str = "held: ";

impl Dead {
    /// For people who look after the bot: `17: a comment on containerd/containerd#1 (KEP-5825): GitHub
    /// says no`.
    pub fn line(&self) -> String {
        let Self {
            id, effect, why, ..
        } = self;
        let late = if self.is_superseded {
            "; it is superseded, so tried again it is dropped"
        } else {
            ""
        };
        format!("{id}: {effect}: {why}{late}")
    }
}

/// What to type to have something tried again; `typed` is what lists it.
pub fn retry_hint(typed: &str, dead: &[Dead]) -> String {
    match dead {
        [] => String::new(),
        [one] => format!("Once that is mended: {typed} retry {}", one.id),
        [one, ..] => format!(
            "Once that is mended: {typed} retry {}, or {typed} retry all",
            one.id
        ),
    }
}

/// The queue. Each call is one transaction, and what it wrote is there after a power cut as well.
/// Moments are kept to the millisecond.
///
/// Of each lane one effect at a time has its turn: the one that is leased, also when its lease ran
/// out, else the first that is neither done nor given up.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Records a cause and queues its effects; `false`, and nothing is queued, where the cause was
    /// recorded before, news goes back behind what was looked at, or a digest's note is another by now. An effect whose key was queued
    /// before is left as it is.
    async fn accept(
        &self,
        now: DateTime<Utc>,
        cause: Cause<'_>,
        effects: &[NewEffect],
    ) -> Result<bool, StoreError>;

    /// Leases up to `most` effects that are due, each with its lane's turn, none of them in one of
    /// the `busy` places, those that were due first before the others. No two of them are in one
    /// place, [`Place::Here`] excepted, where nobody outside is kept busy.
    ///
    /// [`Place::Here`]: crate::domain::bridge::Place::Here
    async fn lease(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        busy: &[String],
        most: usize,
    ) -> Result<Vec<Leased>, StoreError>;

    /// The clock was set back: what was leased or put off at a moment that is still to come is due now,
    /// and what was done then was done now. So nothing waits for more than twice as long as it was
    /// meant to, however far the clock was set back.
    async fn clock_set_back(&self, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// When the next effect outside the `busy` places is due, a lease that runs out included.
    async fn next_due(&self, busy: &[String]) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Settles what came of a lease; `false`, and nothing is set, where it was settled before, or is
    /// another's now. One that ran out and that nobody took yet still counts.
    async fn settle(
        &self,
        now: DateTime<Utc>,
        leased: &Leased,
        outcome: &Outcome,
        settled: &Settled,
    ) -> Result<bool, StoreError>;

    /// Where the thing with a key, or an alias, stands.
    async fn written(&self, key: &Key) -> Result<Option<Written>, StoreError>;

    /// The key of what the bot wrote there.
    async fn key_of(&self, written: &Written) -> Result<Option<Key>, StoreError>;

    /// The write that last made what a key, or an alias, stands for what it is, and its own key;
    /// while it is kept.
    async fn last(&self, key: &Key) -> Result<Option<(Key, Effect)>, StoreError>;

    /// Whether an edit of this number comes too late: what it is to change was changed by one that comes
    /// after it, or is a comment that was taken back.
    async fn is_superseded(&self, id: i64, effect: &Effect) -> Result<bool, StoreError>;

    /// The effect that was queued with a key.
    async fn queued(&self, key: &Key) -> Result<Option<Queued>, StoreError>;

    /// Comments that were queued with keys that go on from this one, unless they were given up.
    async fn comments_below(&self, key: &Key) -> Result<Vec<(Key, Queued)>, StoreError>;

    /// What is neither done nor given up in the lane of this name, or in all whose names go on from it
    /// with a `/`, in the order in which it is to be done: effects of this name.
    async fn open_in(&self, lane: &str, name: &str) -> Result<Vec<Effect>, StoreError>;

    /// Edits of comments that are still to be made, queued with keys that go on from this one, oldest
    /// first.
    async fn edits_below(&self, key: &Key) -> Result<Vec<(Key, Queued)>, StoreError>;

    /// A KEP's own thread in a channel.
    async fn thread_of(
        &self,
        channel: &ChannelAt,
        kep: KepNumber,
    ) -> Result<Option<Thread>, StoreError>;

    /// The KEP's own thread with a root.
    async fn thread_at(&self, root: &MessageAt) -> Result<Option<Thread>, StoreError>;

    /// To what the thread with a root was tied.
    async fn tie_at(&self, root: &MessageAt) -> Result<Option<Tie>, StoreError>;

    /// The KEP to which the thread with a root belongs: it is the KEP's own, or was tied to it.
    async fn kep_at(&self, root: &MessageAt) -> Result<Option<KepNumber>, StoreError> {
        match self.thread_at(root).await? {
            Some(thread) => Ok(Some(thread.kep)),
            None => Ok(self.tie_at(root).await?.map(|tie| tie.kep)),
        }
    }

    /// All KEPs' own threads.
    async fn threads(&self) -> Result<Vec<Thread>, StoreError>;

    /// How far news of the forge was looked at; `None` before the first time.
    async fn looked(&self) -> Result<Option<Looked>, StoreError>;

    /// The highest numbers that there are. To begin with these is to tell nobody of what is old.
    async fn latest(&self) -> Result<Looked, StoreError>;

    /// Changes after the last one that was looked at, oldest first, and no more than `most`.
    async fn untold_changes(&self, most: usize) -> Result<Vec<(i64, Change)>, StoreError>;

    /// Entries of the journal of comments after the last one that was looked at, oldest first, and no
    /// more than `most`.
    async fn untold_comments(&self, most: usize) -> Result<Vec<CommentNews>, StoreError>;

    /// How many effects of a lane, by its name, that add something for people to read were done at or
    /// after a moment.
    async fn done_since(&self, lane: &str, since: DateTime<Utc>) -> Result<u64, StoreError>;

    /// What was given up, oldest first.
    async fn dead(&self) -> Result<Vec<Dead>, StoreError>;

    /// Has what was given up tried again, as the next of its lane that comes after what is leased
    /// and what is older; `false` where there is no such thing.
    async fn retry(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Lets what has a lane's turn, and waits, be done now.
    async fn hurry(&self, lane: &str, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// How somebody with these names wants to be told of things: what they said last.
    async fn preferences(&self, names: &[Recipient]) -> Result<Preferences, StoreError>;

    /// Takes in what somebody with these names wants to be otherwise; how they want it all from then on.
    /// It stands under each of the names.
    async fn wish(
        &self,
        names: &[Recipient],
        wish: &Wish,
        now: DateTime<Utc>,
    ) -> Result<Preferences, StoreError>;

    /// Records of writes to the forge at or after a moment, oldest first.
    async fn records(&self, since: DateTime<Utc>) -> Result<Vec<Record>, StoreError>;

    /// How much waits.
    async fn load(&self) -> Result<Load, StoreError>;

    /// Forgets what was done, or given up, before a moment, people's texts with it, causes from
    /// before it, and the journal of comments as far as it was looked at. What was written, threads
    /// and their ties, and the record, stay. How many rows that were.
    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
