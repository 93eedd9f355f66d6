//! The outbox in the store's file: what comes in, and what follows from it, is written beside the
//! facts and survives as they do.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{SqliteStore, journal, preferences, queue, traces};
use crate::{
    domain::{
        KepNumber,
        bridge::{ChannelAt, Effect, Key, MessageAt, NewEffect, Written},
        change::Change,
        notice::{Preferences, Recipient, Wish},
    },
    ports::{
        Outbox, StoreError,
        outbox::{
            Cause, CommentNews, Dead, Leased, Load, Looked, Outcome, Queued, Record, Settled,
            Thread, Tie,
        },
    },
};

#[async_trait]
impl Outbox for SqliteStore {
    async fn accept(
        &self,
        now: DateTime<Utc>,
        cause: Cause<'_>,
        effects: &[NewEffect],
    ) -> Result<bool, StoreError> {
        self.said(queue::accept(&self.writer, now, cause, effects).await)
    }

    async fn lease(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        busy: &[String],
        most: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        self.said(queue::lease(&self.writer, now, until, busy, most).await)
    }

    async fn clock_set_back(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.said(queue::clock_set_back(&self.writer, now).await)
    }

    async fn next_due(&self, busy: &[String]) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.said(queue::next_due(&self.reader, busy).await)
    }

    async fn settle(
        &self,
        now: DateTime<Utc>,
        leased: &Leased,
        outcome: &Outcome,
        settled: &Settled,
    ) -> Result<bool, StoreError> {
        self.said(queue::settle(&self.writer, now, leased, outcome, settled).await)
    }

    async fn written(&self, key: &Key) -> Result<Option<Written>, StoreError> {
        self.said(traces::written(&self.reader, key).await)
    }

    async fn key_of(&self, written: &Written) -> Result<Option<Key>, StoreError> {
        self.said(traces::key_of(&self.reader, written).await)
    }

    async fn last(&self, key: &Key) -> Result<Option<(Key, Effect)>, StoreError> {
        self.said(traces::last(&self.reader, key).await)
    }

    async fn is_superseded(&self, id: i64, effect: &Effect) -> Result<bool, StoreError> {
        self.said(traces::is_superseded(&self.reader, id, effect).await)
    }

    async fn queued(&self, key: &Key) -> Result<Option<Queued>, StoreError> {
        self.said(queue::queued(&self.reader, key).await)
    }

    async fn comments_below(&self, key: &Key) -> Result<Vec<(Key, Queued)>, StoreError> {
        self.said(queue::comments_below(&self.reader, key).await)
    }

    async fn open_in(&self, lane: &str, name: &str) -> Result<Vec<Effect>, StoreError> {
        self.said(queue::open_in(&self.reader, lane, name).await)
    }

    async fn edits_below(&self, key: &Key) -> Result<Vec<(Key, Queued)>, StoreError> {
        self.said(queue::edits_below(&self.reader, key).await)
    }

    async fn thread_of(
        &self,
        channel: &ChannelAt,
        kep: KepNumber,
    ) -> Result<Option<Thread>, StoreError> {
        self.said(traces::thread_of(&self.reader, channel, kep).await)
    }

    async fn thread_at(&self, root: &MessageAt) -> Result<Option<Thread>, StoreError> {
        self.said(traces::thread_at(&self.reader, root).await)
    }

    async fn tie_at(&self, root: &MessageAt) -> Result<Option<Tie>, StoreError> {
        self.said(traces::tie_at(&self.reader, root).await)
    }

    async fn threads(&self) -> Result<Vec<Thread>, StoreError> {
        self.said(traces::threads(&self.reader).await)
    }

    async fn looked(&self) -> Result<Option<Looked>, StoreError> {
        self.said(journal::looked(&self.reader).await)
    }

    async fn latest(&self) -> Result<Looked, StoreError> {
        self.said(journal::latest(&self.reader).await)
    }

    async fn untold_changes(&self, most: usize) -> Result<Vec<(i64, Change)>, StoreError> {
        self.said(journal::untold_changes(&self.reader, most).await)
    }

    async fn untold_comments(&self, most: usize) -> Result<Vec<CommentNews>, StoreError> {
        self.said(journal::untold_comments(&self.reader, most).await)
    }

    async fn done_since(&self, lane: &str, since: DateTime<Utc>) -> Result<u64, StoreError> {
        self.said(queue::done_since(&self.reader, lane, since).await)
    }

    async fn dead(&self) -> Result<Vec<Dead>, StoreError> {
        self.said(queue::dead(&self.reader).await)
    }

    async fn retry(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.said(queue::retry(&self.writer, id, now).await)
    }

    async fn hurry(&self, lane: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.said(queue::hurry(&self.writer, lane, now).await)
    }

    async fn preferences(&self, names: &[Recipient]) -> Result<Preferences, StoreError> {
        self.said(preferences::get(&self.reader, names).await)
    }

    async fn wish(
        &self,
        names: &[Recipient],
        wish: &Wish,
        now: DateTime<Utc>,
    ) -> Result<Preferences, StoreError> {
        self.said(preferences::wish(&self.writer, names, wish, now).await)
    }

    async fn records(&self, since: DateTime<Utc>) -> Result<Vec<Record>, StoreError> {
        self.said(traces::records(&self.reader, since).await)
    }

    async fn load(&self) -> Result<Load, StoreError> {
        self.said(queue::load(&self.reader).await)
    }

    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.said(queue::forget(&self.writer, before).await)
    }
}
