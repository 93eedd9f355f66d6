//! What handlers and jobs ask of the world outside, as traits that an adapter, or a test, fills.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> DateTime<Utc>;

    /// Returns when so much time has passed.
    async fn sleep(&self, duration: Duration);
}
