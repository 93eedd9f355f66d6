//! The words that people type, and what they ask for.

mod query;

pub use self::query::{Query, QueryError};
