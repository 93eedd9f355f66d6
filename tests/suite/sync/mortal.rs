//! Ports that a process does not survive: at one call, told by its number, it ends, before the call
//! took effect or after, and never sees the answer.

use std::{
    future::pending,
    ops::Deref,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use kep_liaison::{
    domain::{
        Comment, CommentKind, Doing, Issue, KepNumber, Login, Repository, Zone,
        bridge::{ChannelAt, Effect, Key, MessageAt, NewEffect, Written},
        change::Change,
        digest::{Often, Subscription},
        following::Follower,
        link::Link,
        notice::{Preferences, Recipient, Wish},
        rich::Rich,
    },
    ports::{
        Chat, ChatError, Forge, ForgeError, Outbox, Store, StoreError,
        chat::{History, Message, Picture, PostAt, Speech},
        forge::{
            Account, Fetched, FileFilter, FileSink, Found, IssueEdit, NewIssue, NumberedMilestone,
            Page, Review, Since, Tree, Validator,
        },
        outbox::{
            Cause, CommentNews, Dead, Leased, Load, Looked, Outcome, Queued, Record, Settled,
            Thread, Tie,
        },
        store::{Feed, IssueBatch, Position, StoredFacts, StoredFile, ToldChange, Version},
    },
};
use tokio::sync::Notify;

/// At which side of a call the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The call did nothing yet.
    Before,
    /// It did all that it does, and its answer is on the way.
    After,
    /// It panics, which the process survives.
    Panic,
}

/// When a process ends: at its nth call, counted from 1.
pub(crate) struct Fate {
    nth: usize,
    side: Side,
    calls: AtomicUsize,
    under_way: AtomicUsize,
    met: Notify,
}

/// One call that is under way.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Fate {
    pub(crate) fn new(nth: usize, side: Side) -> Self {
        Self {
            nth,
            side,
            calls: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            met: Notify::new(),
        }
    }

    /// A process that does not end.
    pub(crate) fn none() -> Self {
        Self::new(usize::MAX, Side::Before)
    }

    /// Whether no call is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) == 0
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// What work comes to, or `None` where it was cut off. What is under way beside the call is
    /// cut off with it.
    pub(crate) async fn live<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.met.notified() => None,
            done = work => Some(done),
        }
    }

    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        let nth = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        self.under_way.fetch_add(1, Ordering::Relaxed);
        let _under_way = UnderWay(&self.under_way);
        let ends = |side| nth == self.nth && side == self.side;
        assert!(!ends(Side::Panic), "call {nth} panics");
        if ends(Side::Before) {
            self.end().await;
        }
        let answer = call.await;
        if ends(Side::After) {
            self.end().await;
        }
        answer
    }

    async fn end(&self) {
        self.met.notify_one();
        pending::<()>().await;
    }
}

/// What a process that meets its fate has to do with.
pub(crate) struct Mortal<P, F> {
    pub(crate) inner: P,
    pub(crate) fate: F,
}

/// Every call of a port goes through to the inner one, as fate will have it.
macro_rules! go_through {
    ($port:ident { $(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+ }) => {
        #[async_trait]
        impl<P, F> $port for Mortal<P, F>
        where
            P: Deref<Target: $port> + Send + Sync,
            F: Deref<Target = Fate> + Send + Sync,
        {
            $(async fn $name(&self, $($argument: $type),*) -> $answer {
                self.fate.call(self.inner.$name($($argument),*)).await
            })+
        }
    };
}

go_through!(Store {
    fn position(repository: &str, feed: Feed) -> Result<Position, StoreError>;
    fn files(repository: &str) -> Result<Vec<(Box<str>, Box<str>)>, StoreError>;
    fn set_position(repository: &str, feed: Feed, position: &Position) -> Result<(), StoreError>;
    fn put_files(files: &[StoredFile]) -> Result<(), StoreError>;
    fn settle_files(repository: &str, gone: &[Box<str>], position: &Position) -> Result<(), StoreError>;
    fn put_issues(repository: &str, batch: IssueBatch<'_>, position: Option<&Position>) -> Result<(), StoreError>;
    fn remove_issue(repository: &str, number: u64) -> Result<(), StoreError>;
    fn issue(repository: &str, number: u64) -> Result<Option<Issue>, StoreError>;
    fn kept(repository: &str) -> Result<Vec<(u64, bool)>, StoreError>;
    fn mentioning(repository: &str, issues: &[u64]) -> Result<Vec<u64>, StoreError>;
    fn put_comments(repository: &str, comments: &[Comment], feed: Option<(CommentKind, &Position)>) -> Result<(), StoreError>;
    fn put_comment(repository: &str, comment: &Comment, was: Option<&str>) -> Result<(), StoreError>;
    fn remove_comment(repository: &str, kind: CommentKind, id: u64) -> Result<(), StoreError>;
    fn comments(repository: &str, issue: u64) -> Result<Vec<Comment>, StoreError>;
    fn said_between(repository: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Comment>, StoreError>;
    fn put_milestones(repository: &str, milestones: &[NumberedMilestone], position: &Position) -> Result<(), StoreError>;
    fn milestones(repository: &str) -> Result<Vec<NumberedMilestone>, StoreError>;
    fn put_labels(repository: &str, labels: &[Box<str>], position: &Position) -> Result<(), StoreError>;
    fn labels(repository: &str) -> Result<Vec<Box<str>>, StoreError>;
    fn problems() -> Result<Vec<(Box<str>, String)>, StoreError>;
    fn put_problem(place: &str, why: Option<&str>) -> Result<(), StoreError>;
    fn facts(version: Version) -> Result<StoredFacts, StoreError>;
    fn pending() -> Result<(i64, bool), StoreError>;
    fn tell(at: DateTime<Utc>, revision: i64, changes: &[Change], notes: &[(String, String)]) -> Result<bool, StoreError>;
    fn changes(since: DateTime<Utc>) -> Result<Vec<ToldChange>, StoreError>;
    fn changes_after(id: i64) -> Result<Vec<(i64, Change)>, StoreError>;
    fn synced(at: DateTime<Utc>, summary: Option<&str>) -> Result<(), StoreError>;
    fn fill_day(day: NaiveDate, summary: &str) -> Result<(), StoreError>;
    fn days(since: NaiveDate) -> Result<Vec<(NaiveDate, String)>, StoreError>;
    fn prune(comments_before: DateTime<Utc>, history_before: DateTime<Utc>) -> Result<u64, StoreError>;
    fn note(key: &str) -> Result<Option<String>, StoreError>;
    fn set_note(key: &str, value: &str) -> Result<(), StoreError>;
    fn subscribe(workspace: &str, user: &str, often: Option<Often>) -> Result<(), StoreError>;
    fn subscriptions() -> Result<Vec<Subscription>, StoreError>;
    fn link(link: &Link) -> Result<(), StoreError>;
    fn unlink(workspace: &str, user: &str) -> Result<(), StoreError>;
    fn set_logins(now: &[(u64, Option<Login>)]) -> Result<(), StoreError>;
    fn links() -> Result<Vec<Link>, StoreError>;
    fn follow(follower: &Follower, kep: KepNumber, follows: bool) -> Result<(), StoreError>;
    fn followers() -> Result<Vec<(Follower, KepNumber)>, StoreError>;
});

go_through!(Forge {
    fn tree(repository: &Repository, sha: Option<&str>, recursive: bool, known: Option<&Validator>) -> Result<Fetched<Tree>, ForgeError>;
    fn tree_at(repository: &Repository, moment: DateTime<Utc>) -> Result<Option<Box<str>>, ForgeError>;
    fn blob(repository: &Repository, sha: &str) -> Result<String, ForgeError>;
    fn files(repository: &Repository, wanted: FileFilter, sink: FileSink<'_>) -> Result<(), ForgeError>;
    fn issues(repository: &Repository, since: Since, known: Option<&Validator>) -> Result<Fetched<Page<Issue>>, ForgeError>;
    fn comments(repository: &Repository, kind: CommentKind, since: Since, known: Option<&Validator>) -> Result<Fetched<Page<Comment>>, ForgeError>;
    fn comments_of(repository: &Repository, kind: CommentKind, issue: u64, known: Option<&Validator>) -> Result<Fetched<Vec<Comment>>, ForgeError>;
    fn one_comment(repository: &Repository, kind: CommentKind, id: u64) -> Result<Option<Comment>, ForgeError>;
    fn issue(repository: &Repository, number: u64, known: Option<&Validator>) -> Result<Fetched<Found>, ForgeError>;
    fn milestones(repository: &Repository, known: Option<&Validator>) -> Result<Fetched<Vec<NumberedMilestone>>, ForgeError>;
    fn labels(repository: &Repository, known: Option<&Validator>) -> Result<Fetched<Vec<Box<str>>>, ForgeError>;
    fn comment(repository: &Repository, issue: u64, body: &str) -> Result<Comment, ForgeError>;
    fn edit_comment(repository: &Repository, id: u64, body: &str) -> Result<Comment, ForgeError>;
    fn delete_comment(repository: &Repository, id: u64) -> Result<(), ForgeError>;
    fn reviews(repository: &Repository, pull: u64) -> Result<Vec<Review>, ForgeError>;
    fn doings(repository: &Repository, issue: u64) -> Result<Vec<Doing>, ForgeError>;
    fn team_members(repository: &Repository, team: &str) -> Result<Option<Vec<Login>>, ForgeError>;
    fn is_private(repository: &Repository) -> Result<bool, ForgeError>;
    fn own_account(repository: &Repository) -> Result<Option<Account>, ForgeError>;
    fn open_issue(repository: &Repository, issue: &NewIssue) -> Result<Issue, ForgeError>;
    fn edit_issue(repository: &Repository, number: u64, edit: &IssueEdit) -> Result<Issue, ForgeError>;
    fn add_labels(repository: &Repository, issue: u64, labels: &[String]) -> Result<(), ForgeError>;
    fn remove_label(repository: &Repository, issue: u64, label: &str) -> Result<(), ForgeError>;
    fn assign(repository: &Repository, issue: u64, people: &[Login]) -> Result<(), ForgeError>;
    fn unassign(repository: &Repository, issue: u64, people: &[Login]) -> Result<(), ForgeError>;
});

go_through!(Outbox {
    fn accept(now: DateTime<Utc>, cause: Cause<'_>, effects: &[NewEffect]) -> Result<bool, StoreError>;
    fn lease(now: DateTime<Utc>, until: DateTime<Utc>, busy: &[String], most: usize) -> Result<Vec<Leased>, StoreError>;
    fn clock_set_back(now: DateTime<Utc>) -> Result<(), StoreError>;
    fn next_due(busy: &[String]) -> Result<Option<DateTime<Utc>>, StoreError>;
    fn settle(now: DateTime<Utc>, leased: &Leased, outcome: &Outcome, settled: &Settled) -> Result<bool, StoreError>;
    fn written(key: &Key) -> Result<Option<Written>, StoreError>;
    fn key_of(written: &Written) -> Result<Option<Key>, StoreError>;
    fn last(key: &Key) -> Result<Option<(Key, Effect)>, StoreError>;
    fn is_superseded(id: i64, effect: &Effect) -> Result<bool, StoreError>;
    fn queued(key: &Key) -> Result<Option<Queued>, StoreError>;
    fn comments_below(key: &Key) -> Result<Vec<(Key, Queued)>, StoreError>;
    fn open_in(lane: &str, name: &str) -> Result<Vec<Effect>, StoreError>;
    fn edits_below(key: &Key) -> Result<Vec<(Key, Queued)>, StoreError>;
    fn thread_of(channel: &ChannelAt, kep: KepNumber) -> Result<Option<Thread>, StoreError>;
    fn thread_at(root: &MessageAt) -> Result<Option<Thread>, StoreError>;
    fn tie_at(root: &MessageAt) -> Result<Option<Tie>, StoreError>;
    fn threads() -> Result<Vec<Thread>, StoreError>;
    fn looked() -> Result<Option<Looked>, StoreError>;
    fn latest() -> Result<Looked, StoreError>;
    fn untold_changes(most: usize) -> Result<Vec<(i64, Change)>, StoreError>;
    fn untold_comments(most: usize) -> Result<Vec<CommentNews>, StoreError>;
    fn done_since(lane: &str, since: DateTime<Utc>) -> Result<u64, StoreError>;
    fn dead() -> Result<Vec<Dead>, StoreError>;
    fn retry(id: i64, now: DateTime<Utc>) -> Result<bool, StoreError>;
    fn preferences(names: &[Recipient]) -> Result<Preferences, StoreError>;
    fn wish(names: &[Recipient], wish: &Wish, now: DateTime<Utc>) -> Result<Preferences, StoreError>;
    fn hurry(lane: &str, now: DateTime<Utc>) -> Result<(), StoreError>;
    fn records(since: DateTime<Utc>) -> Result<Vec<Record>, StoreError>;
    fn load() -> Result<Load, StoreError>;
    fn forget(before: DateTime<Utc>) -> Result<u64, StoreError>;
});

go_through!(Chat {
    fn post(at: PostAt<'_>, speech: &Speech<'_>, key: &Key) -> Result<Box<str>, ChatError>;
    fn edit(channel: &str, ts: &str, speech: &Speech<'_>, key: &Key) -> Result<(), ChatError>;
    fn whisper(channel: &str, user: &str, thread: Option<&str>, speech: &Speech<'_>) -> Result<(), ChatError>;
    fn upload(picture: &Picture<'_>) -> Result<Box<str>, ChatError>;
    fn react(channel: &str, ts: &str, emoji: &str) -> Result<(), ChatError>;
    fn unreact(channel: &str, ts: &str, emoji: &str) -> Result<(), ChatError>;
    fn find(channel: &str, thread: Option<&str>, key: &Key, since: &str) -> Result<Option<Box<str>>, ChatError>;
    fn message(channel: &str, ts: &str, thread: Option<&str>) -> Result<Option<Message>, ChatError>;
    fn read(typed: &str) -> Result<Rich, ChatError>;
    fn typed(text: &str) -> Result<String, ChatError>;
    fn history(channel: &str, oldest: &str, page: Option<&str>) -> Result<History, ChatError>;
    fn replies(channel: &str, thread: &str, oldest: &str, page: Option<&str>) -> Result<History, ChatError>;
    fn permalink(channel: &str, ts: &str) -> Result<Box<str>, ChatError>;
    fn name_of(user: &str) -> Result<Option<Box<str>>, ChatError>;
    fn zone_of(user: &str) -> Result<Option<Zone>, ChatError>;
    fn direct(user: &str) -> Result<Box<str>, ChatError>;
});
