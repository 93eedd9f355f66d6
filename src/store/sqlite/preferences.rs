//! How people want to be told of what concerns them.

use sqlx::SqlitePool;

use crate::{
    domain::notice::{Preferences, Recipient},
    store::{row, sql::outbox as sql},
};

pub(super) async fn get(pool: &SqlitePool, who: &Recipient) -> sqlx::Result<Preferences> {
    let doc: Option<String> = sqlx::query_scalar(sql::PREFERENCES)
        .bind(who.to_string())
        .fetch_optional(pool)
        .await?;
    let read = doc.map(|doc| row::read_document(&doc)).transpose()?;
    Ok(read.unwrap_or_default())
}

pub(super) async fn set(
    pool: &SqlitePool,
    who: &Recipient,
    preferences: &Preferences,
) -> sqlx::Result<()> {
    sqlx::query(sql::SET_PREFERENCES)
        .bind(who.to_string())
        .bind(row::document(preferences)?)
        .execute(pool)
        .await?;
    Ok(())
}
