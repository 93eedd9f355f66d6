//! What SQLite's errors mean to the person who reads them.

use crate::ports::StoreError;

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const AUTH: i32 = 23;
const NOTADB: i32 = 26;

/// Whether another connection holds a lock that was needed.
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(BUSY | LOCKED))
}

/// The primary result code of an error that comes from SQLite itself.
fn code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

pub(super) fn explain(place: &str, error: &sqlx::Error) -> StoreError {
    match code(error) {
        Some(NOTADB) => no_database(place),
        Some(CORRUPT) => damaged(place, &error.to_string()),
        Some(PERM | READONLY | CANTOPEN | AUTH) => not_permitted(place, "written"),
        Some(BUSY | LOCKED) => {
            StoreError::Failed(format!("another process keeps {place} locked; stop it"))
        }
        Some(FULL) => StoreError::Failed(format!(
            "there is no room left for {place}; make some on its disk, and the next sync goes on \
             from what is stored"
        )),
        _ if is_unreadable(error) => damaged(place, &error.to_string()),
        _ => StoreError::Failed(format!(
            "{place}: {error}; see that its disk is in order and its folder is there"
        )),
    }
}

/// Whether a value was not what is only ever written there.
fn is_unreadable(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::RowNotFound
    )
}

pub(super) fn no_database(place: &str) -> StoreError {
    StoreError::Refused(format!(
        "{place} is no SQLite database; name another file, or move this one away"
    ))
}

pub(super) fn damaged(place: &str, how: &str) -> StoreError {
    StoreError::Refused(format!(
        "{place} is damaged ({how}); put back a copy of it, or move it away together with \
         {place}-wal, and `kep-liaison sync` fetches everything anew"
    ))
}

pub(super) fn not_permitted(place: &str, what: &str) -> StoreError {
    StoreError::Refused(format!(
        "{place} cannot be {what}; permit it for the file and its folder, or name another file"
    ))
}

pub(super) fn thawed(place: &str) -> StoreError {
    StoreError::Failed(format!("another process began to write {place}; ask again"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use sqlx::AssertSqlSafe;

    use crate::{
        domain::{
            KepNumber,
            bridge::{Asked, ChannelAt, Effect, IssueAt, Key, Lane, NewEffect},
        },
        ports::{
            Outbox as _, Store as _, StoreError,
            outbox::{Cause, Load},
            store::{Feed, Position, StoredFile, Version},
        },
        store::{Mode, SqliteStore},
    };

    /// A SQLite database that may not grow beyond so many pages fails as on a full disk:
    /// <https://www.sqlite.org/rescode.html#full>
    async fn allow(store: &SqliteStore, pages: i64) {
        let pragma = format!("PRAGMA max_page_count = {pages}");
        let set = sqlx::query(AssertSqlSafe(pragma)).execute(&store.writer);
        set.await.unwrap();
    }

    fn file(path: usize, length: usize) -> StoredFile {
        StoredFile {
            repository: "kubernetes/enhancements".into(),
            path: path.to_string().into(),
            sha: "hash".into(),
            read: "x".repeat(length),
        }
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_is_half_written_and_the_next_write_works() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("facts.db");
        let store = SqliteStore::open(&place, Mode::Write).await.unwrap();
        store.put_files(&[file(0, 1)]).await.unwrap();
        let before = store.facts(Version::Now).await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(&store.writer)
            .await
            .unwrap();
        allow(&store, pages + 4).await;
        // The first of them fit, and all of them do not.
        let files: Vec<_> = (1..100).map(|path| file(path, 10_000)).collect();
        let full = store.put_files(&files).await.unwrap_err();
        let StoreError::Failed(why) = full else {
            panic!("{full}");
        };
        assert!(why.starts_with("there is no room left for "), "{why}");
        assert!(why.contains("facts.db; make some on its disk"), "{why}");
        let facts = store.facts(Version::Now).await.unwrap();
        assert_eq!(facts.files, before.files);
        assert_eq!(facts.revision, before.revision);
        // What fits still goes in.
        let settled = Position {
            settled: true,
            ..Position::default()
        };
        let repository = "kubernetes/enhancements";
        let small = store.set_position(repository, Feed::Files, &settled);
        small.await.unwrap();
        allow(&store, 1_000_000).await;
        store.put_files(&files).await.unwrap();
        let facts = store.facts(Version::Now).await.unwrap();
        assert_eq!(facts.files.len(), 100);
        store.close().await;
        SqliteStore::open(&place, Mode::Write).await.unwrap();
    }

    fn comment(nth: usize) -> NewEffect {
        let issue = IssueAt {
            repository: "containerd/containerd".into(),
            number: 7,
        };
        let effect = Effect::Comment {
            issue: issue.clone(),
            kep: KepNumber::new(5825).unwrap(),
            body: "x".repeat(10_000),
            of: None,
            asked: Asked {
                user: "U1".into(),
                channel: ChannelAt::new("kubernetes", "C1"),
                at_ms: 0,
            },
        };
        NewEffect::now(Key::of([nth.to_string()]), Lane::Issue(issue), effect)
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_is_taken_in_and_it_may_come_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("facts.db");
        let store = SqliteStore::open(&place, Mode::Write).await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(&store.writer)
            .await
            .unwrap();
        allow(&store, pages + 4).await;
        let now = DateTime::UNIX_EPOCH;
        let comments: Vec<_> = (0..100).map(comment).collect();
        let cause = Cause::Came("Ev1");
        let full = store.accept(now, cause, &comments).await.unwrap_err();
        let why = full.to_string();
        assert!(why.contains("there is no room left for "), "{why}");
        assert_eq!(store.load().await.unwrap(), Load::default());
        allow(&store, 1_000_000).await;
        assert!(store.accept(now, cause, &comments).await.unwrap());
        assert_eq!(store.load().await.unwrap().waiting, 100);
    }
}
