//! People's words are forgotten after a while, once a day.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use crate::ports::{Clock, Outbox};

const EVERY: Duration = Duration::from_hours(24);

/// What forgets.
pub struct Forget {
    /// Where they are kept.
    pub outbox: Arc<dyn Outbox>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long they are kept.
    pub keep: TimeDelta,
}

impl Forget {
    /// Forgets until it is dropped.
    pub async fn run(self) {
        loop {
            let before = self.clock.now() - self.keep;
            match self.outbox.forget(before).await {
                Ok(rows) => tracing::debug!(rows, "forgot what is old"),
                Err(error) => tracing::error!(%error, "what is old cannot be forgotten"),
            }
            self.clock.sleep(EVERY).await;
        }
    }
}
