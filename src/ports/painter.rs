//! Pictures of what words say worse.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The PNG.
    pub png: Vec<u8>,
    /// What it shows, for who does not see it.
    pub alt: String,
}

/// What draws.
#[async_trait]
pub trait Painter: Send + Sync {
    /// The chart of the weeks up to a moment; `None` while there is too little to draw.
    async fn chart(&self, now: DateTime<Utc>) -> Result<Option<Drawing>, StoreError>;
}
