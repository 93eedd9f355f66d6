//! Posts each channel's digest, and people's own, when it is due: once for each time, whatever happens to the bot. What
//! is posted is queued together with how far it told, so a crash loses nothing and repeats nothing.

mod material;
mod personal;
mod queue;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};

pub use self::{
    material::{Composed, Digests, Moment},
    queue::pages,
};
use super::follow::Known;
use crate::{
    domain::digest::Plan,
    ports::{Clock, Outbox, Store, StoreError},
};

/// How old the facts may be of which a digest is made.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// How long fresher ones are waited for.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// The clock may be set: so long at most nobody looks at it.
const GLANCE: Duration = Duration::from_mins(10);
/// How long after the store failed it is asked again,
const BREATH: Duration = Duration::from_secs(5);
/// and for one digest.
const AGAIN: TimeDelta = TimeDelta::minutes(1);

/// What posts digests.
pub struct PostDigests<S> {
    /// What composes them.
    pub digests: Digests<S>,
    /// The channels that get one.
    pub plans: Arc<[Plan]>,
    /// What is known.
    pub known: watch::Receiver<Arc<Known>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Told when somebody wants a digest of their own, or no more.
    pub subscribed: Arc<Notify>,
    /// Told when something was queued.
    pub queued: Arc<Notify>,
}

impl<S: Outbox + Store> PostDigests<S> {
    /// Posts until it is dropped.
    pub async fn run(mut self) {
        let began = self.clock.now();
        loop {
            let wait = match self.look(began).await {
                Ok(next) => next.map_or(GLANCE, |next| {
                    let wait = next - self.clock.now();
                    wait.to_std().unwrap_or_default().min(GLANCE)
                }),
                Err(error) => {
                    tracing::error!(%error, "digests cannot be posted");
                    BREATH
                }
            };
            let known = self.known.changed();
            tokio::select! {
                () = self.clock.sleep(wait) => {}
                Ok(()) = known => {}
                () = self.subscribed.notified() => {}
            }
        }
    }

    /// Queues what is due; when to look again.
    async fn look(&mut self, began: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let known = self.known.borrow_and_update().clone();
        let now = self.clock.now();
        let mut next: Option<DateTime<Utc>> = None;
        let personal = self.digests.personal(&self.plans).await?;
        for plan in self.plans.iter().chain(&personal) {
            // What fails for one, such as a row of a newer version, holds up no other.
            if let Err(error) = self.look_after(plan, &known, began, now).await {
                tracing::error!(%error, channel = %plan.at, "a digest cannot be posted");
                next = next.into_iter().chain([now + AGAIN]).min();
            }
            let at = plan.next(now).map(|slot| slot.at);
            next = next.into_iter().chain(at).min();
        }
        Ok(next)
    }

    /// Queues one that is due.
    async fn look_after(
        &self,
        plan: &Plan,
        known: &Known,
        began: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mark = self.digests.mark(plan, now).await?;
        let Some(due) = plan.due(&mark, now) else {
            return Ok(());
        };
        // What was due while nobody was there waits for what happened meanwhile; a clock that was set
        // back may show less than when it began.
        if !is_fresh(known, due.at.max(began.min(now)), now) {
            return Ok(());
        }
        // Of what was stored since, the board knows nothing: the next one is published with it.
        let (revision, _) = self.digests.store.pending().await?;
        if revision != known.revision {
            return Ok(());
        }
        let at = Moment::of(known, now);
        if self.digests.post(plan, &mark, due, at).await? {
            tracing::info!(channel = %plan.at, due = %due.local, "a digest is due");
            self.queued.notify_one();
        }
        Ok(())
    }
}

/// Whether the facts are young enough to be told, or were waited for in vain since a moment.
fn is_fresh(known: &Known, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    // Before the first sync there is nothing to tell.
    known
        .synced_at
        .is_some_and(|at| at + FRESH >= since || now >= since + PATIENCE)
}
