//! What changed when, how the board stood on past days, small values, and who gets a digest of their
//! own.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::SqlitePool;

use super::begin_write;
use crate::{
    domain::{
        change::Change,
        digest::{Often, Subscription},
    },
    ports::store::ToldChange,
    store::{row, sql},
};

pub(super) async fn changes(
    pool: &SqlitePool,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<ToldChange>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(sql::CHANGES)
        .bind(since.timestamp_millis())
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|(at, document)| {
            Ok(ToldChange {
                at: row::read_millis(at)?,
                change: row::read_document(&document)?,
            })
        })
        .collect()
}

pub(super) async fn changes_after(pool: &SqlitePool, id: i64) -> sqlx::Result<Vec<(i64, Change)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(sql::CHANGES_AFTER)
        .bind(id)
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|(id, document)| Ok((id, row::read_document(&document)?)))
        .collect()
}

pub(super) async fn synced(
    pool: &SqlitePool,
    at: DateTime<Utc>,
    summary: Option<&str>,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    sqlx::query(sql::SYNCED)
        .bind(at.timestamp_millis())
        .execute(&mut *tx)
        .await?;
    if let Some(summary) = summary {
        sqlx::query(sql::PUT_DAY)
            .bind(row::day(at.date_naive()))
            .bind(summary)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}

pub(super) async fn fill_day(pool: &SqlitePool, day: NaiveDate, summary: &str) -> sqlx::Result<()> {
    sqlx::query(sql::FILL_DAY)
        .bind(row::day(day))
        .bind(summary)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn days(
    pool: &SqlitePool,
    since: NaiveDate,
) -> sqlx::Result<Vec<(NaiveDate, String)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(sql::DAYS)
        .bind(row::day(since))
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|(day, summary)| Ok((row::read_day(day)?, summary)))
        .collect()
}

pub(super) async fn prune(
    pool: &SqlitePool,
    comments_before: DateTime<Utc>,
    history_before: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let mut tx = begin_write(pool).await?;
    let mut deleted = 0;
    for (statement, before) in [
        (sql::PRUNE_COMMENTS, row::seconds_from(comments_before)),
        (sql::PRUNE_CHANGES, history_before.timestamp_millis()),
        (sql::PRUNE_DAYS, row::day(history_before.date_naive())),
    ] {
        deleted += sqlx::query(statement)
            .bind(before)
            .execute(&mut *tx)
            .await?
            .rows_affected();
    }
    sqlx::query(sql::outbox::PRUNE_NEWS)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(deleted)
}

pub(super) async fn note(pool: &SqlitePool, key: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(sql::NOTE)
        .bind(key)
        .fetch_optional(pool)
        .await
}

pub(super) async fn set_note(pool: &SqlitePool, key: &str, value: &str) -> sqlx::Result<()> {
    sqlx::query(sql::SET_NOTE)
        .bind(key)
        .bind(value)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn subscribe(
    pool: &SqlitePool,
    workspace: &str,
    user: &str,
    often: Option<Often>,
) -> sqlx::Result<()> {
    let query = match often {
        Some(often) => sqlx::query(sql::SUBSCRIBE)
            .bind(workspace)
            .bind(user)
            .bind(often.name()),
        None => sqlx::query(sql::UNSUBSCRIBE).bind(workspace).bind(user),
    };
    query.execute(pool).await?;
    Ok(())
}

pub(super) async fn subscriptions(pool: &SqlitePool) -> sqlx::Result<Vec<Subscription>> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as(sql::SUBSCRIPTIONS).fetch_all(pool).await?;
    rows.into_iter()
        .map(|(workspace, user, often)| {
            Ok(Subscription {
                workspace: workspace.into(),
                user: user.into(),
                often: row::read_often(&often)?,
            })
        })
        .collect()
}
