//! Files, issues and problems: what boards are made of, in the versions now and as last told.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use super::{
    begin_write,
    lists::{clear_comments, set_position},
};
use crate::{
    domain::{CommentKind, Issue, Milestone, change::Change},
    ports::store::{Feed, IssueBatch, Position, StoredFacts, StoredFile, Version},
    store::{row, sql},
};

pub(super) async fn files(
    pool: &SqlitePool,
    repository: &str,
) -> sqlx::Result<Vec<(Box<str>, Box<str>)>> {
    let mut files = Vec::new();
    let mut rows = sqlx::query(sql::FILE_HASHES).bind(repository).fetch(pool);
    while let Some(found) = rows.try_next().await? {
        files.push((text(&found, 0)?, text(&found, 1)?));
    }
    files.sort_unstable();
    Ok(files)
}

pub(super) async fn put_files(pool: &SqlitePool, files: &[StoredFile]) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let mut changed = 0;
    for file in files {
        changed += sqlx::query(sql::PUT_FILE)
            .bind(&*file.repository)
            .bind(&*file.path)
            .bind(&*file.sha)
            .bind(&*file.read)
            .execute(&mut *tx)
            .await?
            .rows_affected();
    }
    grow_revision(&mut tx, changed).await?;
    tx.commit().await
}

pub(super) async fn settle_files(
    pool: &SqlitePool,
    repository: &str,
    gone: &[Box<str>],
    position: &Position,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let mut changed = 0;
    for path in gone {
        for statement in [sql::FORGET_FILE, sql::MARK_FILE_GONE] {
            changed += sqlx::query(statement)
                .bind(repository)
                .bind(&**path)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        }
    }
    grow_revision(&mut tx, changed).await?;
    set_position(&mut tx, repository, Feed::Files, position).await?;
    tx.commit().await
}

pub(super) async fn put_issues(
    pool: &SqlitePool,
    repository: &str,
    batch: IssueBatch<'_>,
    position: Option<&Position>,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let mut changed = 0;
    for issue in batch.keep {
        changed += put_issue(&mut tx, repository, issue).await?;
    }
    let mut newer = BTreeSet::new();
    for (number, updated_at) in batch.drop {
        if is_newer(&mut tx, repository, *number, *updated_at).await? {
            newer.insert(*number);
        } else {
            changed += drop_issue(&mut tx, repository, *number).await?;
        }
    }
    grow_revision(&mut tx, changed).await?;
    put_mentions(&mut tx, repository, &batch, &newer).await?;
    if let Some(position) = position {
        set_position(&mut tx, repository, Feed::Issues, position).await?;
    }
    tx.commit().await
}

async fn put_issue(
    tx: &mut SqliteConnection,
    repository: &str,
    issue: &Issue,
) -> sqlx::Result<u64> {
    let done = sqlx::query(sql::PUT_ISSUE)
        .bind(repository)
        .bind(row::number(issue.number)?)
        .bind(issue.updated_at.map(|at| at.timestamp()))
        .bind(i64::from(issue.pull.is_some()))
        .bind(row::document(issue)?)
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

/// Whether the issue that is kept was last changed after one that would remove it.
async fn is_newer(
    tx: &mut SqliteConnection,
    repository: &str,
    number: u64,
    updated_at: Option<DateTime<Utc>>,
) -> sqlx::Result<bool> {
    let Some(updated_at) = updated_at else {
        return Ok(false);
    };
    let newer: i64 = sqlx::query_scalar(sql::IS_NEWER)
        .bind(repository)
        .bind(row::number(number)?)
        .bind(updated_at.timestamp())
        .fetch_one(tx)
        .await?;
    Ok(newer > 0)
}

/// Takes out an issue and what hangs on it. The count is that of the facts, which comments,
/// mentions and positions are not.
async fn drop_issue(tx: &mut SqliteConnection, repository: &str, number: u64) -> sqlx::Result<u64> {
    let feeds = [
        Feed::Issue(number).name(),
        Feed::CommentsOf(CommentKind::Issue, number).name(),
        Feed::CommentsOf(CommentKind::Review, number).name(),
        Feed::ReviewsOf(number).name(),
    ];
    let number = row::number(number)?;
    let mut changed = 0;
    for statement in [sql::FORGET_ISSUE, sql::MARK_ISSUE_GONE] {
        changed += sqlx::query(statement)
            .bind(repository)
            .bind(number)
            .execute(&mut *tx)
            .await?
            .rows_affected();
    }
    sqlx::query(sql::CLEAR_MENTIONS)
        .bind(repository)
        .bind(number)
        .execute(&mut *tx)
        .await?;
    clear_comments(tx, repository, number).await?;
    for feed in feeds {
        sqlx::query(sql::FORGET_POSITION)
            .bind(repository)
            .bind(&*feed)
            .execute(&mut *tx)
            .await?;
    }
    Ok(changed)
}

/// Replaces what pull requests name, but of those of which something newer is kept.
async fn put_mentions(
    tx: &mut SqliteConnection,
    repository: &str,
    batch: &IssueBatch<'_>,
    newer: &BTreeSet<u64>,
) -> sqlx::Result<()> {
    let mentions = batch.mentions.iter();
    let mentions: Vec<_> = mentions.filter(|(pull, _)| !newer.contains(pull)).collect();
    // Those that were dropped have none any more.
    let pulls: BTreeSet<u64> = (batch.keep.iter().map(|issue| issue.number))
        .chain(mentions.iter().map(|(pull, _)| *pull))
        .collect();
    for pull in pulls {
        sqlx::query(sql::CLEAR_MENTIONS)
            .bind(repository)
            .bind(row::number(pull)?)
            .execute(&mut *tx)
            .await?;
    }
    for (pull, issue) in mentions {
        sqlx::query(sql::PUT_MENTION)
            .bind(repository)
            .bind(row::number(*pull)?)
            .bind(row::number(*issue)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn remove_issue(
    pool: &SqlitePool,
    repository: &str,
    number: u64,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let changed = drop_issue(&mut tx, repository, number).await?;
    grow_revision(&mut tx, changed).await?;
    tx.commit().await
}

pub(super) async fn issue(
    pool: &SqlitePool,
    repository: &str,
    number: u64,
) -> sqlx::Result<Option<Issue>> {
    let document: Option<String> = sqlx::query_scalar(sql::ISSUE)
        .bind(repository)
        .bind(row::number(number)?)
        .fetch_optional(pool)
        .await?;
    document
        .map(|document| row::read_document(&document))
        .transpose()
}

pub(super) async fn kept(pool: &SqlitePool, repository: &str) -> sqlx::Result<Vec<(u64, bool)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(sql::KEPT)
        .bind(repository)
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|(number, is_pull)| Ok((row::read_number(number)?, is_pull != 0)))
        .collect()
}

pub(super) async fn mentioning(
    pool: &SqlitePool,
    repository: &str,
    issues: &[u64],
) -> sqlx::Result<Vec<u64>> {
    let mut tx = pool.begin().await?;
    let mut pulls = BTreeSet::new();
    for issue in issues {
        let found: Vec<i64> = sqlx::query_scalar(sql::MENTIONING)
            .bind(repository)
            .bind(row::number(*issue)?)
            .fetch_all(&mut *tx)
            .await?;
        for pull in found {
            pulls.insert(row::read_number(pull)?);
        }
    }
    Ok(pulls.into_iter().collect())
}

pub(super) async fn put_problem(
    pool: &SqlitePool,
    place: &str,
    why: Option<&str>,
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let query = match why {
        Some(why) => sqlx::query(sql::PUT_PROBLEM).bind(place).bind(why),
        None => sqlx::query(sql::MEND_PROBLEM).bind(place),
    };
    let changed = query.execute(&mut *tx).await?.rows_affected();
    grow_revision(&mut tx, changed).await?;
    tx.commit().await
}

/// All of it from one moment, whatever is written meanwhile.
pub(super) async fn facts(pool: &SqlitePool, version: Version) -> sqlx::Result<StoredFacts> {
    let (files, issues) = match version {
        Version::Now => (sql::FILES_NOW, sql::ISSUES_NOW),
        Version::Told => (sql::FILES_TOLD, sql::ISSUES_TOLD),
    };
    let mut tx = pool.begin().await?;
    let (revision, synced_at): (i64, Option<i64>) =
        sqlx::query_as(sql::STATE).fetch_one(&mut *tx).await?;
    Ok(StoredFacts {
        files: read_files(&mut tx, files).await?,
        issues: read_issues(&mut tx, issues).await?,
        milestones: read_milestones(&mut tx).await?,
        problems: read_problems(&mut tx).await?,
        synced_at: synced_at.map(row::read_millis).transpose()?,
        revision,
    })
}

async fn read_files(
    tx: &mut SqliteConnection,
    statement: &'static str,
) -> sqlx::Result<Vec<StoredFile>> {
    let mut files = Vec::new();
    let mut rows = sqlx::query(statement).fetch(tx);
    while let Some(found) = rows.try_next().await? {
        files.push(StoredFile {
            repository: text(&found, 0)?,
            path: text(&found, 1)?,
            sha: text(&found, 2)?,
            read: found.try_get(3)?,
        });
    }
    files.sort_unstable_by(|one, other| {
        (&one.repository, &one.path).cmp(&(&other.repository, &other.path))
    });
    Ok(files)
}

async fn read_issues(
    tx: &mut SqliteConnection,
    statement: &'static str,
) -> sqlx::Result<Vec<Issue>> {
    let mut issues = Vec::new();
    let mut rows = sqlx::query(statement).fetch(tx);
    while let Some(found) = rows.try_next().await? {
        issues.push(row::read_document(found.try_get(0)?)?);
    }
    Ok(issues)
}

async fn read_milestones(tx: &mut SqliteConnection) -> sqlx::Result<Vec<(Box<str>, Milestone)>> {
    let rows: Vec<(String, i64, String, i64, Option<i64>)> =
        sqlx::query_as(sql::ALL_MILESTONES).fetch_all(tx).await?;
    let read = |(repository, number, title, is_open, due_day): (String, _, _, _, _)| {
        let numbered = row::read_milestone((number, title, is_open, due_day))?;
        Ok((repository.into(), numbered.milestone))
    };
    rows.into_iter().map(read).collect()
}

pub(super) async fn problems(pool: &SqlitePool) -> sqlx::Result<Vec<(Box<str>, String)>> {
    read_problems(&mut *pool.acquire().await?).await
}

async fn read_problems(tx: &mut SqliteConnection) -> sqlx::Result<Vec<(Box<str>, String)>> {
    let mut problems = Vec::new();
    let mut rows = sqlx::query(sql::PROBLEMS).fetch(tx);
    while let Some(found) = rows.try_next().await? {
        problems.push((text(&found, 0)?, found.try_get(1)?));
    }
    problems.sort_unstable();
    Ok(problems)
}

pub(super) async fn pending(pool: &SqlitePool) -> sqlx::Result<(i64, bool)> {
    let (revision, pending): (i64, i64) = sqlx::query_as(sql::PENDING).fetch_one(pool).await?;
    Ok((revision, pending != 0))
}

pub(super) async fn tell(
    pool: &SqlitePool,
    at: DateTime<Utc>,
    revision: i64,
    changes: &[Change],
    notes: &[(String, String)],
) -> sqlx::Result<bool> {
    let mut tx = begin_write(pool).await?;
    let (now, _): (i64, Option<i64>) = sqlx::query_as(sql::STATE).fetch_one(&mut *tx).await?;
    if now != revision {
        return Ok(false);
    }
    for change in changes {
        sqlx::query(sql::PUT_CHANGE)
            .bind(at.timestamp_millis())
            .bind(row::document(change)?)
            .execute(&mut *tx)
            .await?;
    }
    for (key, value) in notes {
        sqlx::query(sql::SET_NOTE)
            .bind(key)
            .bind(value)
            .execute(&mut *tx)
            .await?;
    }
    let mut told = 0;
    for statement in sql::FORGET_TOLD {
        told += sqlx::query(statement)
            .execute(&mut *tx)
            .await?
            .rows_affected();
    }
    // Somebody else compared the same versions, and was first.
    if told == 0 && !changes.is_empty() {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn grow_revision(tx: &mut SqliteConnection, changed: u64) -> sqlx::Result<()> {
    if changed > 0 {
        sqlx::query(sql::GROW_REVISION)
            .bind(row::number(changed)?)
            .execute(tx)
            .await?;
    }
    Ok(())
}

fn text(found: &sqlx::sqlite::SqliteRow, column: usize) -> sqlx::Result<Box<str>> {
    found.try_get::<&str, _>(column).map(Into::into)
}
