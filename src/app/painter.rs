//! Draws a digest's chart from what the store kept of each day.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::{
    chart,
    domain::{
        Settings,
        board::Board,
        trend::{CurrentCycle, DaySummary, MOST_WEEKS, Trend},
    },
    jobs::follow::Known,
    ports::{Painter, Store, StoreError, painter::Drawing},
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
    async fn chart(&self, now: DateTime<Utc>) -> Result<Option<Drawing>, StoreError> {
        let board = self.known.borrow().board.clone();
        drawing(&*self.store, &board, &self.settings, now).await
    }
}

/// The chart of the weeks up to a moment; `None` while there is too little to draw.
pub async fn drawing(
    store: &dyn Store,
    board: &Board,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Option<Drawing>, StoreError> {
    let since = now - TimeDelta::weeks(MOST_WEEKS);
    let days = DaySummary::read_all(&store.days(since.date_naive()).await?);
    let current = board.cycles().current(now, settings.current_release);
    let cycle = current.map(|current| CurrentCycle::of(board.cycles(), current.release));
    let Some(trend) = Trend::of(&days, cycle, now) else {
        return Ok(None);
    };
    let alt = trend.in_words();
    // It takes a tenth of a second, in which others go on.
    let drawn = tokio::task::spawn_blocking(move || chart::png(&trend)).await;
    let drawn = drawn.map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(drawn.map_or_else(
        |error| {
            tracing::error!(%error, "the chart cannot be drawn");
            None
        },
        |png| Some(Drawing { png, alt }),
    ))
}
