//! Keeps a board in memory true while the bot runs: asks the forge at its pace, takes in what it
//! says unasked, and looks now and then at what asking for news cannot see.
//!
//! One task does all three, one after the other, so that no two of them store the same thing at
//! once. It may end at any moment: whatever is stored is whole.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, watch};

use super::{
    facts::{Sources, facts_of},
    sync::{Past, Report, Sync, Turn},
};
use crate::{
    domain::{Settings, board::Board, change::Change},
    ports::{Clock, Dice, Forge, Store, StoreError, forge::ForgeEvent, store::Version},
};

/// How long after something was hinted at it is asked for: what comes together is asked for once.
const AFTER_A_HINT: TimeDelta = TimeDelta::seconds(2);
/// How often a sweep is due. It costs a request for each tracking issue, most of them free.
const SWEEP: TimeDelta = TimeDelta::hours(6);
/// The note of the last sweep's moment.
const SWEPT: &str = "swept-at";

/// What is known at a moment.
#[derive(Debug)]
pub struct Known {
    /// Everything, beside everything else.
    pub board: Arc<Board>,
    /// When the last sync that went through ended; `None` before the first.
    pub synced_at: Option<DateTime<Utc>>,
    pub(super) revision: i64,
    /// How many issues and pull requests are stored.
    pub(super) issues: usize,
}

/// What keeps the board true.
pub struct Follow {
    /// Where news comes from.
    pub forge: Arc<dyn Forge>,
    /// Where it is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Keeps many bots from asking at the same second.
    pub dice: Arc<dyn Dice>,
    /// Which repositories are followed.
    pub sources: Sources,
    /// How they are read.
    pub settings: Arc<Settings>,
    /// How often they are asked.
    pub poll_interval: Duration,
}

impl Follow {
    /// The board of what is stored.
    pub async fn load(&self) -> Result<Known, StoreError> {
        let stored = self.store.facts(Version::Now).await?;
        let (synced_at, revision, issues) =
            (stored.synced_at, stored.revision, stored.issues.len());
        let facts = facts_of(stored, &self.sources, &self.settings);
        Ok(Known {
            board: Arc::new(Board::build(facts, &self.settings)),
            synced_at,
            revision,
            issues,
        })
    }

    /// Follows until it is dropped, and publishes each new board in `known`.
    pub async fn run(
        &self,
        known: &watch::Sender<Arc<Known>>,
        mut events: mpsc::Receiver<ForgeEvent>,
    ) {
        let mut due = self.clock.now();
        let mut looked_at = due;
        let mut past = Past::default();
        let mut polls = 0_usize;
        loop {
            let now = self.clock.now();
            if now < looked_at {
                // The clock was set back, and what it said of the next poll is worth nothing.
                due = now;
            }
            looked_at = now;
            let wait = (due - now).to_std().unwrap_or_default();
            let outcome = tokio::select! {
                // Somebody who sends events without end must not keep the bot from asking.
                biased;
                () = self.clock.sleep(wait) => {
                    let polled = self.poll(known, &mut due, &mut past, Turn::of(polls));
                    let polled = polled.await;
                    polls = polls.wrapping_add(1);
                    polled
                }
                Some(event) = events.recv() => self.take(event, &mut events, known, &mut due).await,
            };
            if let Err(error) = outcome {
                tracing::error!(%error, "the board stays as it is");
            }
        }
    }

    fn sync(&self) -> Sync<'_> {
        Sync::new(
            &*self.forge,
            &*self.store,
            &*self.clock,
            &self.sources,
            &self.settings,
        )
    }

    /// Asks for everything that is new, and says when to do it next. Where it went through, a week
    /// of the past is looked at as well.
    async fn poll(
        &self,
        known: &watch::Sender<Arc<Known>>,
        due: &mut DateTime<Utc>,
        past: &mut Past,
        turn: Turn,
    ) -> Result<(), StoreError> {
        // Even where the store fails it is not asked again at once.
        *due = self.clock.now() + self.pause();
        let before = known.borrow().clone();
        let sync = self.sync().knowing(&before);
        let sync = sync.in_turn(turn);
        let mut report = sync.run().await?;
        if report.limited_until.is_none() && !report.failed && self.sweep_is_due().await? {
            let sweep = sync.sweep().await?;
            // One that was cut short is due again at the next poll.
            if !sweep.failed && sweep.limited_until.is_none() {
                let swept = self.clock.now().to_rfc3339();
                self.store.set_note(SWEPT, &swept).await?;
            }
            report.add(sweep);
        }
        *due = (self.clock.now() + self.pause()).max(report.limited_until.unwrap_or_default());
        tell(&report);
        self.publish(known, report.synced_at).await?;
        if report.synced_at.is_some() && report.limited_until.is_none() {
            let board = known.borrow().board.clone();
            self.sync().look_back(&board, past).await?;
        }
        Ok(())
    }

    /// Takes in one event and those that wait behind it.
    async fn take(
        &self,
        event: ForgeEvent,
        waiting: &mut mpsc::Receiver<ForgeEvent>,
        known: &watch::Sender<Arc<Known>>,
        due: &mut DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let before = known.borrow().clone();
        let sync = self.sync().knowing(&before);
        let mut changed = Vec::new();
        // No more than those that are there: the next poll may be due.
        for event in
            std::iter::once(event).chain((0..waiting.len()).map_while(|_| waiting.try_recv().ok()))
        {
            let applied = sync.apply(event).await?;
            changed.extend(applied.changed);
            if applied.sync {
                *due = (*due).min(self.clock.now() + AFTER_A_HINT);
            }
        }
        tell_changes(&changed);
        self.publish(known, None).await
    }

    /// The interval, a tenth longer or shorter.
    fn pause(&self) -> TimeDelta {
        let pause = self.poll_interval.mul_f64(0.9 + 0.2 * self.dice.roll());
        TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)
    }

    /// Whether the last sweep is long ago. The first one follows the first sync after a while: that
    /// has just seen everything.
    async fn sweep_is_due(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let swept = self.store.note(SWEPT).await?;
        let swept = swept.and_then(|at| DateTime::parse_from_rfc3339(&at).ok());
        match swept {
            // A clock that was set back must not put it off for ever.
            Some(at) => Ok((now - at.to_utc()).abs() >= SWEEP),
            None => {
                self.store.set_note(SWEPT, &now.to_rfc3339()).await?;
                Ok(false)
            }
        }
    }

    /// Makes a new board where the facts have changed.
    async fn publish(
        &self,
        known: &watch::Sender<Arc<Known>>,
        synced_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let before = known.borrow().clone();
        let (revision, _) = self.store.pending().await?;
        let now = if revision == before.revision {
            Known {
                board: before.board.clone(),
                synced_at: synced_at.or(before.synced_at),
                ..*before
            }
        } else {
            self.load().await?
        };
        known.send_replace(Arc::new(now));
        Ok(())
    }
}

/// Errors were logged where they happened.
fn tell(report: &Report) {
    if let Some(until) = report.limited_until {
        tracing::warn!(%until, "the forge's rate limit is used up until then");
    }
    tracing::debug!(
        keps = report.keps,
        issues = report.issues,
        errors = report.errors.len(),
        "synced"
    );
    tell_changes(&report.changed);
}

fn tell_changes(changed: &[Change]) {
    if !changed.is_empty() {
        tracing::info!(changes = changed.len(), "the board has changed");
    }
}
