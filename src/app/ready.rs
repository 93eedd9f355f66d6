//! Whether the bot can answer, and how it is with what waits, for those who look after it.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use tokio::{sync::watch, task::AbortHandle};

use crate::{
    jobs::follow::Known,
    ports::{Clock, Outbox as _, Store as _},
    slack::socket::Socket,
    store::SqliteStore,
    web::admin::Readiness,
};

/// What is needed before questions can be answered.
pub(super) struct Ready {
    /// The listener for Slack and GitHub.
    pub(super) edge: AbortHandle,
    /// The time.
    pub(super) clock: Arc<dyn Clock>,
    /// Where everything is kept.
    pub(super) store: Arc<SqliteStore>,
    /// What answers are made from.
    pub(super) known: watch::Receiver<Arc<Known>>,
    /// Each workspace's connections, where it has some.
    pub(super) sockets: HashMap<Box<str>, Socket>,
}

#[async_trait]
impl Readiness for Ready {
    async fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if self.edge.is_finished() {
            missing.push("the listener for Slack and GitHub broke off".to_owned());
        }
        if self.known.borrow().board.entries().is_empty() {
            missing.push("no board is loaded yet: no KEP was fetched".to_owned());
        }
        if let Err(error) = self.store.pending().await {
            missing.push(error.to_string());
        }
        for (workspace, socket) in &self.sockets {
            if socket.connections() == 0 {
                missing.push(format!("no connection to Slack is open for {workspace}"));
            }
        }
        missing.sort();
        missing
    }

    async fn measure(&self) {
        let Ok(load) = self.store.load().await else {
            return;
        };
        #[expect(clippy::cast_precision_loss, reason = "there are not so many")]
        let number = |many: u64| many as f64;
        metrics::gauge!("kep_liaison_outbox_waiting").set(number(load.waiting));
        metrics::gauge!("kep_liaison_outbox_dead").set(number(load.dead));
        metrics::gauge!("kep_liaison_outbox_held_lanes").set(number(load.held));
        let age = load.oldest.map(|oldest| self.clock.now() - oldest);
        let age = age.and_then(|age| age.to_std().ok()).unwrap_or_default();
        metrics::gauge!("kep_liaison_outbox_oldest_seconds").set(age.as_secs_f64());
    }
}
