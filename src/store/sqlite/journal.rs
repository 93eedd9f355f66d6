//! The journal of comments, written together with the comments themselves, and how far news of the
//! forge was looked at.

use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    domain::change::Change,
    ports::outbox::{CommentNews, Looked},
    store::{row, sql::outbox as sql},
};

/// A comment that came, was edited, or is gone. `kind` and `comment` are as in its columns, and `was`
/// is the text that it had until then.
pub(super) async fn put_news(
    tx: &mut SqliteConnection,
    repository: &str,
    kind: &str,
    comment: i64,
    is_gone: bool,
    was: Option<&str>,
) -> sqlx::Result<()> {
    let before: Option<(bool, Option<String>)> = sqlx::query_as(sql::CLEAR_NEWS)
        .bind(repository)
        .bind(kind)
        .bind(comment)
        .fetch_optional(&mut *tx)
        .await?;
    // What came between was never looked at.
    let was = match &before {
        Some((is_untold, was)) if *is_untold => was.as_deref(),
        _ => was,
    };
    sqlx::query(sql::PUT_NEWS)
        .bind(repository)
        .bind(kind)
        .bind(comment)
        .bind(i64::from(is_gone))
        .bind(was)
        .execute(tx)
        .await?;
    Ok(())
}

/// What a comment said before that is there as it came: where that was not known, it is news once more.
pub(super) async fn amend_news(
    tx: &mut SqliteConnection,
    repository: &str,
    kind: &str,
    comment: i64,
    was: &str,
) -> sqlx::Result<()> {
    let cleared = sqlx::query(sql::CLEAR_NEWS_OF_UNKNOWN)
        .bind(repository)
        .bind(kind)
        .bind(comment)
        .execute(&mut *tx)
        .await?;
    if cleared.rows_affected() > 0 {
        put_news(tx, repository, kind, comment, false, Some(was)).await?;
    }
    Ok(())
}

/// Whether so many entries are there that nobody has looked at, up to one.
pub(super) async fn has_still(
    tx: &mut SqliteConnection,
    comment: i64,
    comments: Option<usize>,
) -> sqlx::Result<bool> {
    let Some(comments) = comments else {
        return Ok(true);
    };
    let there: i64 = sqlx::query_scalar(sql::UNTOLD_UNTIL)
        .bind(comment)
        .fetch_one(tx)
        .await?;
    Ok(usize::try_from(there) == Ok(comments))
}

/// Whether that is further than before.
pub(super) async fn look(
    tx: &mut SqliteConnection,
    change: i64,
    comment: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(sql::LOOK)
        .bind(change)
        .bind(comment)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn looked(pool: &SqlitePool) -> sqlx::Result<Option<Looked>> {
    let found: Option<(i64, i64)> = sqlx::query_as(sql::LOOKED).fetch_optional(pool).await?;
    Ok(found.map(|(change, comment)| Looked { change, comment }))
}

pub(super) async fn latest(pool: &SqlitePool) -> sqlx::Result<Looked> {
    let found: (i64, i64, i64, i64) = sqlx::query_as(sql::LATEST).fetch_one(pool).await?;
    let (change, comment, looked_change, looked_comment) = found;
    Ok(Looked {
        change: change.max(looked_change),
        comment: comment.max(looked_comment),
    })
}

pub(super) async fn untold_changes(
    pool: &SqlitePool,
    most: usize,
) -> sqlx::Result<Vec<(i64, Change)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(sql::UNTOLD_CHANGES)
        .bind(row::limit(most))
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|(id, document)| Ok((id, row::read_document(&document)?)))
        .collect()
}

pub(super) async fn untold_comments(
    pool: &SqlitePool,
    most: usize,
) -> sqlx::Result<Vec<CommentNews>> {
    let rows: Vec<row::NewsRow> = sqlx::query_as(sql::UNTOLD_COMMENTS)
        .bind(row::limit(most))
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(row::read_news).collect()
}
