//! Where facts survive a restart: the store on SQLite.
//!
//! Every write is one transaction, so that a position is never there without what it stands for,
//! and a process that is killed leaves either all of a write or nothing.

mod row;
mod sql;
mod sqlite;

pub use self::sqlite::{Mode, SqliteStore};
