//! Positions, and the lists that boards are not made of: comments, milestones, labels.

use chrono::{DateTime, Utc};
use sqlx::{SqliteConnection, SqlitePool};

use super::{
    begin_write,
    facts::grow_revision,
    journal::{amend_news, put_news},
};
use crate::{
    domain::{Comment, CommentKind},
    ports::{
        forge::NumberedMilestone,
        store::{Feed, Position},
    },
    store::{row, sql},
};

pub(super) async fn position(
    pool: &SqlitePool,
    repository: &str,
    feed: Feed,
) -> sqlx::Result<Position> {
    let found: Option<row::PositionRow> = sqlx::query_as(sql::POSITION)
        .bind(repository)
        .bind(&*feed.name())
        .fetch_optional(pool)
        .await?;
    found.map_or_else(|| Ok(Position::default()), row::read_position)
}

pub(super) async fn move_position(
    pool: &SqlitePool,
    repository: &str,
    feed: Feed,
    position: &Position,
) -> sqlx::Result<()> {
    set_position(&mut *pool.acquire().await?, repository, feed, position).await
}

pub(super) async fn set_position(
    tx: &mut SqliteConnection,
    repository: &str,
    feed: Feed,
    position: &Position,
) -> sqlx::Result<()> {
    let validator = position.validator.as_ref();
    sqlx::query(sql::SET_POSITION)
        .bind(repository)
        .bind(&*feed.name())
        .bind(position.since.map(|since| since.timestamp()))
        .bind(position.page.map(i64::from))
        .bind(i64::from(position.broken))
        .bind(validator.map(|validator| &*validator.tag))
        .bind(validator.map(|validator| &*validator.identity))
        .bind(position.tree.as_deref())
        .bind(i64::from(position.settled))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn put_comments(
    pool: &SqlitePool,
    repository: &str,
    comments: &[Comment],
    feed: Option<(CommentKind, &Position)>,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    for comment in comments {
        put(&mut tx, repository, comment, None).await?;
    }
    if let Some((kind, position)) = feed {
        set_position(&mut tx, repository, Feed::Comments(kind), position).await?;
    }
    tx.commit().await
}

pub(super) async fn put_comment(
    pool: &SqlitePool,
    repository: &str,
    comment: &Comment,
    was: Option<&str>,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    put(&mut tx, repository, comment, was).await?;
    tx.commit().await
}

/// `was` is what it said before, as far as others know.
async fn put(
    tx: &mut SqliteConnection,
    repository: &str,
    comment: &Comment,
    was: Option<&str>,
) -> sqlx::Result<()> {
    let kind = comment.kind.as_str();
    let id = row::number(comment.id)?;
    let stored: Option<String> = sqlx::query_scalar(sql::COMMENT)
        .bind(repository)
        .bind(kind)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    let document = row::document(comment)?;
    if stored.as_ref() == Some(&document) {
        if let Some(was) = was {
            amend_news(tx, repository, kind, id, was).await?;
        }
        return Ok(());
    }
    let done = sqlx::query(sql::PUT_COMMENT)
        .bind(repository)
        .bind(kind)
        .bind(id)
        .bind(row::number(comment.issue)?)
        .bind(comment.created_at.timestamp())
        .bind(comment.updated_at.timestamp())
        .bind(document)
        .execute(&mut *tx)
        .await?;
    let stored = stored.map(|stored| row::read_document::<Comment>(&stored));
    let stored = stored.transpose()?.map(|stored| stored.body);
    let was = stored.as_deref().or(was);
    if done.rows_affected() > 0 && was != Some(&*comment.body) {
        put_news(tx, repository, kind, id, false, was).await?;
    }
    Ok(())
}

pub(super) async fn remove_comment(
    pool: &SqlitePool,
    repository: &str,
    kind: CommentKind,
    id: u64,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let id = row::number(id)?;
    let removed: Option<String> = sqlx::query_scalar(sql::REMOVE_COMMENT)
        .bind(repository)
        .bind(kind.as_str())
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(removed) = removed {
        let was = row::read_document::<Comment>(&removed)?.body;
        put_news(&mut tx, repository, kind.as_str(), id, true, Some(&was)).await?;
    }
    tx.commit().await
}

/// The comments of an issue that is gone, or of no interest any more. Nobody deleted them, so that is
/// no news of them; and what was to be told of them is not any more.
pub(super) async fn clear_comments(
    tx: &mut SqliteConnection,
    repository: &str,
    issue: i64,
) -> sqlx::Result<()> {
    let cleared = sqlx::query(sql::CLEAR_COMMENTS)
        .bind(repository)
        .bind(issue)
        .execute(&mut *tx)
        .await?;
    if cleared.rows_affected() > 0 {
        sqlx::query(sql::outbox::PRUNE_NEWS).execute(tx).await?;
    }
    Ok(())
}

pub(super) async fn comments(
    pool: &SqlitePool,
    repository: &str,
    issue: u64,
) -> sqlx::Result<Vec<Comment>> {
    let documents: Vec<String> = sqlx::query_scalar(sql::COMMENTS)
        .bind(repository)
        .bind(row::number(issue)?)
        .fetch_all(pool)
        .await?;
    documents
        .iter()
        .map(|document| row::read_document(document))
        .collect()
}

pub(super) async fn said_between(
    pool: &SqlitePool,
    repository: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> sqlx::Result<Vec<Comment>> {
    let documents: Vec<String> = sqlx::query_scalar(sql::SAID)
        .bind(repository)
        .bind(CommentKind::Issue.as_str())
        .bind(row::seconds_from(from))
        .bind(row::seconds_from(to))
        .fetch_all(pool)
        .await?;
    documents
        .iter()
        .map(|document| row::read_document(document))
        .collect()
}

pub(super) async fn put_milestones(
    pool: &SqlitePool,
    repository: &str,
    milestones: &[NumberedMilestone],
    position: &Position,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let before = milestone_rows(&mut tx, repository).await?;
    sqlx::query(sql::CLEAR_MILESTONES)
        .bind(repository)
        .execute(&mut *tx)
        .await?;
    for NumberedMilestone { number, milestone } in milestones {
        sqlx::query(sql::PUT_MILESTONE)
            .bind(repository)
            .bind(row::number(*number)?)
            .bind(&*milestone.title)
            .bind(i64::from(milestone.open))
            .bind(milestone.due.map(row::day))
            .execute(&mut *tx)
            .await?;
    }
    let has_changed = milestone_rows(&mut tx, repository).await? != before;
    grow_revision(&mut tx, has_changed.into()).await?;
    set_position(&mut tx, repository, Feed::Milestones, position).await?;
    tx.commit().await
}

async fn milestone_rows(
    connection: &mut SqliteConnection,
    repository: &str,
) -> sqlx::Result<Vec<row::MilestoneRow>> {
    sqlx::query_as(sql::MILESTONES)
        .bind(repository)
        .fetch_all(connection)
        .await
}

pub(super) async fn milestones(
    pool: &SqlitePool,
    repository: &str,
) -> sqlx::Result<Vec<NumberedMilestone>> {
    let rows = milestone_rows(&mut *pool.acquire().await?, repository).await?;
    rows.into_iter().map(row::read_milestone).collect()
}

pub(super) async fn put_labels(
    pool: &SqlitePool,
    repository: &str,
    labels: &[Box<str>],
    position: &Position,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    sqlx::query(sql::CLEAR_LABELS)
        .bind(repository)
        .execute(&mut *tx)
        .await?;
    for label in labels {
        sqlx::query(sql::PUT_LABEL)
            .bind(repository)
            .bind(&**label)
            .execute(&mut *tx)
            .await?;
    }
    set_position(&mut tx, repository, Feed::Labels, position).await?;
    tx.commit().await
}

pub(super) async fn labels(pool: &SqlitePool, repository: &str) -> sqlx::Result<Vec<Box<str>>> {
    let names: Vec<String> = sqlx::query_scalar(sql::LABELS)
        .bind(repository)
        .fetch_all(pool)
        .await?;
    let mut labels: Vec<Box<str>> = names.into_iter().map(Into::into).collect();
    labels.sort_unstable();
    Ok(labels)
}
