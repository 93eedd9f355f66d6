//! The store in a SQLite file.

mod error;
mod facts;
mod followers;
mod history;
mod journal;
mod links;
mod lists;
mod look;
mod open;
mod outbox;
mod preferences;
mod queue;
mod traces;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Sqlite, SqlitePool, Transaction};

use self::look::Frozen;
pub use self::open::Mode;
use crate::{
    domain::{
        Comment, CommentKind, Issue, KepNumber, Login,
        change::Change,
        digest::{Often, Subscription},
        following::Follower,
        link::Link,
    },
    ports::{
        Store, StoreError,
        forge::NumberedMilestone,
        store::{Feed, IssueBatch, Position, StoredFacts, StoredFile, ToldChange, Version},
    },
};

/// A store in a SQLite file. Copies are the same store.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    /// What the file is called in messages.
    place: Arc<str>,
    /// One connection: writers of one process queue here, which is fairer than SQLite's lock.
    writer: SqlitePool,
    /// Readers wait for nobody.
    reader: SqlitePool,
    /// Where it is read without locks.
    frozen: Option<Arc<Frozen>>,
}

impl SqliteStore {
    /// Waits for what is under way, and leaves everything in the one file.
    pub async fn close(&self) {
        self.reader.close().await;
        // The last connection moves the write-ahead log into the file, so it must be this one.
        self.writer.close().await;
    }

    fn said<T>(&self, result: sqlx::Result<T>) -> Result<T, StoreError> {
        if self.frozen.as_ref().is_some_and(|frozen| !frozen.holds()) {
            return Err(error::thawed(&self.place));
        }
        result.map_err(|error| error::explain(&self.place, &error))
    }
}

/// A transaction that reads what it then replaces must have the lock from its beginning: one that
/// asks for it halfway is refused where another wrote meanwhile.
async fn begin_write(pool: &SqlitePool) -> sqlx::Result<Transaction<'static, Sqlite>> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match pool.begin_with(BEGIN).await {
        // On a full disk SQLite ends a transaction by itself, and the connection still waits for its
        // end: <https://www.sqlite.org/lang_transaction.html>
        Err(sqlx::Error::InvalidSavePointStatement) => {
            pool.acquire().await?.close().await?;
            pool.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn position(&self, repository: &str, feed: Feed) -> Result<Position, StoreError> {
        self.said(lists::position(&self.reader, repository, feed).await)
    }

    async fn set_position(
        &self,
        repository: &str,
        feed: Feed,
        position: &Position,
    ) -> Result<(), StoreError> {
        self.said(lists::move_position(&self.writer, repository, feed, position).await)
    }

    async fn files(&self, repository: &str) -> Result<Vec<(Box<str>, Box<str>)>, StoreError> {
        self.said(facts::files(&self.reader, repository).await)
    }

    async fn put_files(&self, files: &[StoredFile]) -> Result<(), StoreError> {
        self.said(facts::put_files(&self.writer, files).await)
    }

    async fn settle_files(
        &self,
        repository: &str,
        gone: &[Box<str>],
        position: &Position,
    ) -> Result<(), StoreError> {
        self.said(facts::settle_files(&self.writer, repository, gone, position).await)
    }

    async fn put_issues(
        &self,
        repository: &str,
        batch: IssueBatch<'_>,
        position: Option<&Position>,
    ) -> Result<(), StoreError> {
        self.said(facts::put_issues(&self.writer, repository, batch, position).await)
    }

    async fn remove_issue(&self, repository: &str, number: u64) -> Result<(), StoreError> {
        self.said(facts::remove_issue(&self.writer, repository, number).await)
    }

    async fn issue(&self, repository: &str, number: u64) -> Result<Option<Issue>, StoreError> {
        self.said(facts::issue(&self.reader, repository, number).await)
    }

    async fn kept(&self, repository: &str) -> Result<Vec<(u64, bool)>, StoreError> {
        self.said(facts::kept(&self.reader, repository).await)
    }

    async fn mentioning(&self, repository: &str, issues: &[u64]) -> Result<Vec<u64>, StoreError> {
        self.said(facts::mentioning(&self.reader, repository, issues).await)
    }

    async fn put_comments(
        &self,
        repository: &str,
        comments: &[Comment],
        feed: Option<(CommentKind, &Position)>,
    ) -> Result<(), StoreError> {
        self.said(lists::put_comments(&self.writer, repository, comments, feed).await)
    }

    async fn put_comment(
        &self,
        repository: &str,
        comment: &Comment,
        was: Option<&str>,
    ) -> Result<(), StoreError> {
        self.said(lists::put_comment(&self.writer, repository, comment, was).await)
    }

    async fn remove_comment(
        &self,
        repository: &str,
        kind: CommentKind,
        id: u64,
    ) -> Result<(), StoreError> {
        self.said(lists::remove_comment(&self.writer, repository, kind, id).await)
    }

    async fn comments(&self, repository: &str, issue: u64) -> Result<Vec<Comment>, StoreError> {
        self.said(lists::comments(&self.reader, repository, issue).await)
    }

    async fn said_between(
        &self,
        repository: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Comment>, StoreError> {
        self.said(lists::said_between(&self.reader, repository, from, to).await)
    }

    async fn put_milestones(
        &self,
        repository: &str,
        milestones: &[NumberedMilestone],
        position: &Position,
    ) -> Result<(), StoreError> {
        self.said(lists::put_milestones(&self.writer, repository, milestones, position).await)
    }

    async fn milestones(&self, repository: &str) -> Result<Vec<NumberedMilestone>, StoreError> {
        self.said(lists::milestones(&self.reader, repository).await)
    }

    async fn put_labels(
        &self,
        repository: &str,
        labels: &[Box<str>],
        position: &Position,
    ) -> Result<(), StoreError> {
        self.said(lists::put_labels(&self.writer, repository, labels, position).await)
    }

    async fn labels(&self, repository: &str) -> Result<Vec<Box<str>>, StoreError> {
        self.said(lists::labels(&self.reader, repository).await)
    }

    async fn problems(&self) -> Result<Vec<(Box<str>, String)>, StoreError> {
        self.said(facts::problems(&self.reader).await)
    }

    async fn put_problem(&self, place: &str, why: Option<&str>) -> Result<(), StoreError> {
        self.said(facts::put_problem(&self.writer, place, why).await)
    }

    async fn facts(&self, version: Version) -> Result<StoredFacts, StoreError> {
        self.said(facts::facts(&self.reader, version).await)
    }

    async fn pending(&self) -> Result<(i64, bool), StoreError> {
        self.said(facts::pending(&self.reader).await)
    }

    async fn tell(
        &self,
        at: DateTime<Utc>,
        revision: i64,
        changes: &[Change],
        notes: &[(String, String)],
    ) -> Result<bool, StoreError> {
        self.said(facts::tell(&self.writer, at, revision, changes, notes).await)
    }

    async fn changes(&self, since: DateTime<Utc>) -> Result<Vec<ToldChange>, StoreError> {
        self.said(history::changes(&self.reader, since).await)
    }

    async fn changes_after(&self, id: i64) -> Result<Vec<(i64, Change)>, StoreError> {
        self.said(history::changes_after(&self.reader, id).await)
    }

    async fn synced(&self, at: DateTime<Utc>, summary: Option<&str>) -> Result<(), StoreError> {
        self.said(history::synced(&self.writer, at, summary).await)
    }

    async fn fill_day(&self, day: NaiveDate, summary: &str) -> Result<(), StoreError> {
        self.said(history::fill_day(&self.writer, day, summary).await)
    }

    async fn days(&self, since: NaiveDate) -> Result<Vec<(NaiveDate, String)>, StoreError> {
        self.said(history::days(&self.reader, since).await)
    }

    async fn prune(
        &self,
        comments_before: DateTime<Utc>,
        history_before: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        self.said(history::prune(&self.writer, comments_before, history_before).await)
    }

    async fn note(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.said(history::note(&self.reader, key).await)
    }

    async fn set_note(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.said(history::set_note(&self.writer, key, value).await)
    }

    async fn subscribe(
        &self,
        workspace: &str,
        user: &str,
        often: Option<Often>,
    ) -> Result<(), StoreError> {
        self.said(history::subscribe(&self.writer, workspace, user, often).await)
    }

    async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        self.said(history::subscriptions(&self.reader).await)
    }

    async fn link(&self, link: &Link) -> Result<(), StoreError> {
        self.said(links::link(&self.writer, link).await)
    }

    async fn unlink(&self, workspace: &str, user: &str) -> Result<(), StoreError> {
        self.said(links::unlink(&self.writer, workspace, user).await)
    }

    async fn set_logins(&self, now: &[(u64, Option<Login>)]) -> Result<(), StoreError> {
        self.said(links::set_logins(&self.writer, now).await)
    }

    async fn links(&self) -> Result<Vec<Link>, StoreError> {
        self.said(links::links(&self.reader).await)
    }

    async fn follow(
        &self,
        follower: &Follower,
        kep: KepNumber,
        follows: bool,
    ) -> Result<(), StoreError> {
        self.said(followers::follow(&self.writer, follower, kep, follows).await)
    }

    async fn followers(&self) -> Result<Vec<(Follower, KepNumber)>, StoreError> {
        self.said(followers::followers(&self.reader).await)
    }
}
