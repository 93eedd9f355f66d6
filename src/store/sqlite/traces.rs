//! What carrying out effects leaves behind: what was written where, threads, the record.

use chrono::{DateTime, Utc};
use sqlx::{SqliteConnection, SqlitePool, sqlite::SqliteExecutor};

use crate::{
    domain::{
        KepNumber,
        bridge::{ChannelAt, Effect, Key, MessageAt, Written},
    },
    ports::outbox::{Leased, Record, Settled, Thread, Tie},
    store::{row, sql::outbox as sql},
};

/// Sets what comes with an outcome, but for the effects that follow.
pub(super) async fn put(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    leased: &Leased,
    is_done: bool,
    settled: &Settled,
) -> sqlx::Result<()> {
    for erased in &settled.erased {
        for statement in [sql::ERASE, sql::ERASE_ALIASES] {
            sqlx::query(statement)
                .bind(erased.as_str())
                .execute(&mut *tx)
                .await?;
        }
    }
    if let Some(written) = &settled.written {
        put_written(tx, now, leased, written).await?;
    }
    let edited = leased.effect.edits();
    if let Some(edited) = edited.filter(|_| is_done)
        && !is_superseded(&mut *tx, leased.id, &leased.effect).await?
    {
        sqlx::query(sql::EDIT_WRITTEN)
            .bind(edited.as_str())
            .bind(now.timestamp_millis())
            .bind(row::document(&leased.effect)?)
            .bind(leased.id)
            .execute(&mut *tx)
            .await?;
    }
    for alias in &settled.aliases {
        sqlx::query(sql::PUT_ALIAS)
            .bind(row::key(alias)?)
            .bind(row::key(edited.unwrap_or(&leased.key))?)
            .execute(&mut *tx)
            .await?;
    }
    for (channel, kep) in &settled.ended {
        sqlx::query(sql::END_THREAD)
            .bind(&*channel.workspace)
            .bind(&*channel.id)
            .bind(i64::from(kep.get()))
            .execute(&mut *tx)
            .await?;
    }
    for thread in &settled.threads {
        put_thread(tx, thread).await?;
    }
    for (root, kep) in &settled.ties {
        put_tie(tx, now, root, *kep).await?;
    }
    if let Some(record) = &settled.record {
        put_record(tx, record).await?;
    }
    Ok(())
}

async fn put_written(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    leased: &Leased,
    written: &Written,
) -> sqlx::Result<()> {
    let kind = match written {
        Written::Comment { .. } => "comment",
        Written::Message(_) => "message",
    };
    let (repository, issue, comment, url, workspace, channel, ts) = row::written(written)?;
    sqlx::query(sql::PUT_WRITTEN)
        .bind(row::key(&leased.key)?)
        .bind(kind)
        .bind(now.timestamp_millis())
        .bind(repository)
        .bind(issue)
        .bind(comment)
        .bind(url)
        .bind(workspace)
        .bind(channel)
        .bind(ts)
        .bind(row::document(&leased.effect)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether an edit of this number comes too late.
pub(super) async fn is_superseded(
    reader: impl SqliteExecutor<'_>,
    id: i64,
    effect: &Effect,
) -> sqlx::Result<bool> {
    let Some(edited) = effect.edits() else {
        return Ok(false);
    };
    let later: Option<i64> = sqlx::query_scalar(sql::IS_SUPERSEDED)
        .bind(edited.as_str())
        .bind(id)
        .fetch_optional(reader)
        .await?;
    Ok(match later {
        Some(later) => later > 0,
        // A message that began anew has another key.
        None => matches!(effect, Effect::EditComment { .. }),
    })
}

async fn put_thread(tx: &mut SqliteConnection, thread: &Thread) -> sqlx::Result<()> {
    let (latest_key, latest_ms) = row::latest(thread.latest.as_ref())?;
    sqlx::query(sql::PUT_THREAD)
        .bind(&*thread.channel.workspace)
        .bind(&*thread.channel.id)
        .bind(i64::from(thread.kep.get()))
        .bind(&*thread.root)
        .bind(row::key(&thread.root_key)?)
        .bind(latest_key)
        .bind(latest_ms)
        .execute(tx)
        .await?;
    Ok(())
}

async fn put_tie(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    root: &MessageAt,
    kep: Option<KepNumber>,
) -> sqlx::Result<()> {
    let query = sqlx::query(if kep.is_some() {
        sql::PUT_TIE
    } else {
        sql::END_TIE
    });
    let query = query
        .bind(&*root.channel.workspace)
        .bind(&*root.channel.id)
        .bind(&*root.ts);
    let query = match kep {
        Some(kep) => query
            .bind(i64::from(kep.get()))
            .bind(now.timestamp_millis()),
        None => query,
    };
    query.execute(tx).await?;
    Ok(())
}

async fn put_record(tx: &mut SqliteConnection, record: &Record) -> sqlx::Result<()> {
    sqlx::query(sql::PUT_RECORD)
        .bind(record.at.timestamp_millis())
        .bind(&*record.what)
        .bind(&*record.on)
        .bind(record.asked.as_ref().map(row::document).transpose()?)
        .bind(&record.outcome)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn last(pool: &SqlitePool, key: &Key) -> sqlx::Result<Option<(Key, Effect)>> {
    let found: Option<(String, Option<String>)> = sqlx::query_as(sql::LAST)
        .bind(key.as_str())
        .fetch_optional(pool)
        .await?;
    let Some((key, Some(document))) = found else {
        return Ok(None);
    };
    Ok(Some((row::read_key(&key)?, row::read_document(&document)?)))
}

pub(super) async fn written(pool: &SqlitePool, key: &Key) -> sqlx::Result<Option<Written>> {
    let found: Option<row::WrittenRow> = sqlx::query_as(sql::WRITTEN)
        .bind(key.as_str())
        .fetch_optional(pool)
        .await?;
    found.map(row::read_written).transpose()
}

pub(super) async fn key_of(pool: &SqlitePool, written: &Written) -> sqlx::Result<Option<Key>> {
    let query = match written {
        Written::Comment { at, .. } => sqlx::query_scalar(sql::KEY_OF_COMMENT)
            .bind(&*at.issue.repository)
            .bind(row::number(at.id)?),
        Written::Message(at) => sqlx::query_scalar(sql::KEY_OF_MESSAGE)
            .bind(&*at.channel.workspace)
            .bind(&*at.channel.id)
            .bind(&*at.ts),
    };
    let key: Option<String> = query.fetch_optional(pool).await?;
    key.as_deref().map(row::read_key).transpose()
}

pub(super) async fn thread_of(
    pool: &SqlitePool,
    channel: &ChannelAt,
    kep: KepNumber,
) -> sqlx::Result<Option<Thread>> {
    let found: Option<row::ThreadRow> = sqlx::query_as(sql::THREAD_OF)
        .bind(&*channel.workspace)
        .bind(&*channel.id)
        .bind(i64::from(kep.get()))
        .fetch_optional(pool)
        .await?;
    found.map(row::read_thread).transpose()
}

pub(super) async fn thread_at(pool: &SqlitePool, root: &MessageAt) -> sqlx::Result<Option<Thread>> {
    let found: Option<row::ThreadRow> = sqlx::query_as(sql::THREAD_AT)
        .bind(&*root.channel.workspace)
        .bind(&*root.channel.id)
        .bind(&*root.ts)
        .fetch_optional(pool)
        .await?;
    found.map(row::read_thread).transpose()
}

pub(super) async fn tie_at(pool: &SqlitePool, root: &MessageAt) -> sqlx::Result<Option<Tie>> {
    let tie: Option<row::TieRow> = sqlx::query_as(sql::TIE_AT)
        .bind(&*root.channel.workspace)
        .bind(&*root.channel.id)
        .bind(&*root.ts)
        .fetch_optional(pool)
        .await?;
    tie.map(row::read_tie).transpose()
}

pub(super) async fn threads(pool: &SqlitePool) -> sqlx::Result<Vec<Thread>> {
    let rows: Vec<row::ThreadRow> = sqlx::query_as(sql::THREADS).fetch_all(pool).await?;
    rows.into_iter().map(row::read_thread).collect()
}

pub(super) async fn records(pool: &SqlitePool, since: DateTime<Utc>) -> sqlx::Result<Vec<Record>> {
    let rows: Vec<row::RecordRow> = sqlx::query_as(sql::RECORDS)
        .bind(since.timestamp_millis())
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(row::read_record).collect()
}
