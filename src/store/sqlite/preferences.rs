//! How people want to be told of what concerns them.

use chrono::{DateTime, Utc};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use super::begin_write;
use crate::{
    domain::notice::{Preferences, Recipient, Wish},
    store::{row, sql::outbox as sql},
};

pub(super) async fn get(pool: &SqlitePool, names: &[Recipient]) -> sqlx::Result<Preferences> {
    let (preferences, _) = newest(pool, &listed(names)?).await?;
    Ok(preferences)
}

pub(super) async fn wish(
    pool: &SqlitePool,
    names: &[Recipient],
    wish: &Wish,
    now: DateTime<Utc>,
) -> sqlx::Result<Preferences> {
    let names = listed(names)?;
    let mut tx = begin_write(pool).await?;
    let (mut preferences, before) = newest(&mut *tx, &names).await?;
    preferences.take_in(wish);
    sqlx::query(sql::SET_PREFERENCES)
        .bind(&names)
        .bind(row::document(&preferences)?)
        // A clock that was set back makes nothing older.
        .bind(now.timestamp_millis().max(before))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(preferences)
}

/// What somebody wants of whom two names were known apart until now: what they did not want by either
/// stays so.
pub(super) async fn join(tx: &mut SqliteConnection, names: &[Recipient; 2]) -> sqlx::Result<()> {
    let [(one, said), (other, said_too)] = [
        newest(&mut *tx, &listed(&names[..1])?).await?,
        newest(&mut *tx, &listed(&names[1..])?).await?,
    ];
    let latest = said.max(said_too);
    if latest > i64::MIN {
        sqlx::query(sql::SET_PREFERENCES)
            .bind(listed(names)?)
            .bind(row::document(&one.and(other))?)
            .bind(latest)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// What was said last under any of the names, and when.
async fn newest(at: impl SqliteExecutor<'_>, names: &str) -> sqlx::Result<(Preferences, i64)> {
    let found: Option<(String, i64)> = sqlx::query_as(sql::PREFERENCES)
        .bind(names)
        .fetch_optional(at)
        .await?;
    match found {
        Some((doc, at)) => Ok((row::read_document(&doc)?, at)),
        None => Ok((Preferences::default(), i64::MIN)),
    }
}

fn listed(names: &[Recipient]) -> sqlx::Result<String> {
    let names: Vec<String> = names.iter().map(Recipient::to_string).collect();
    row::document(&names)
}
