//! Draws a digest's chart from what the store kept of each day.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::{
    domain::Settings,
    jobs::follow::Known,
    ports::{Painter, StoreError, painter::Drawing},
    store::SqliteStore,
};

/// What draws it.
pub(super) struct ChartPainter {
    pub(super) store: Arc<SqliteStore>,
    pub(super) known: watch::Receiver<Arc<Known>>,
    pub(super) settings: Arc<Settings>,
}

#[async_trait]
impl Painter for ChartPainter {
    async fn chart(&self, _now: DateTime<Utc>) -> Result<Option<Drawing>, StoreError> {
        let _ = (&self.store, &self.known, &self.settings);
        Ok(None)
    }
}
