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
        Some(FULL) => StoreError::Failed(format!("there is no room left for {place}")),
        _ if is_unreadable(error) => damaged(place, &error.to_string()),
        _ => StoreError::Failed(format!("{place}: {error}")),
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
