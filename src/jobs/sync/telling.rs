//! What changed between the facts as they were last told and as they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Report, Sync};
use crate::{
    domain::{
        Did, Login, Settings,
        board::{Board, Entry},
        change::{Change, What, changes},
        finding::{Inspector, Severity},
        mention::newly,
        trend::DaySummary,
    },
    jobs::facts::facts_of,
    ports::{StoreError, store::Version},
};

/// Somebody else stores facts at the same time at most so often in a row.
const MOST_TRIES: usize = 5;

/// What was written so long before the last sync is no news, wherever it is seen first.
const OLD: TimeDelta = TimeDelta::days(1);

/// What somebody did to an issue just now.
pub(super) struct Done {
    /// The issue or pull request.
    pub(super) issue: (Box<str>, u64),
    pub(super) by: Login,
    pub(super) what: Did,
}

impl Done {
    /// Keeps of the names in a text those that it newly has, where this is the edit; whether there are
    /// any.
    fn newly_names(&self, change: &mut Change, board: &Board) -> bool {
        let (Did::Edited { from }, What::Named(names)) = (&self.what, &mut change.what) else {
            return false;
        };
        if change.issue.as_ref() != Some(&self.issue) {
            return false;
        }
        let (repository, number) = &self.issue;
        let entry = board.of_issue(Some(repository), *number);
        let Some(issue) = entry.and_then(|entry| entry.issue_at(repository, *number)) else {
            return false;
        };
        let new = newly(from, &issue.body);
        names.retain(|name| new.iter().any(|it| *it.whom.to_string() == **name));
        !names.is_empty()
    }

    fn doer_of(&self, change: &Change) -> Option<Login> {
        // Where several joined or left, others may have done that.
        let is_one = match (&self.what, &change.what) {
            (Did::Assigned(_) | Did::Unassigned(_), What::IssuePeople(_, joined, left)) => {
                joined.len() + left.len() == 1
            }
            _ => true,
        };
        let is_its = change.issue.as_ref() == Some(&self.issue);
        (is_its && is_one && self.what.made(change)).then(|| self.by.clone())
    }
}

impl Sync<'_> {
    /// Finds what changed, records it and gives it, and notes that a sync went through. What comes
    /// from a `quiet` repository, one whose first pass was not over, is taken in and told to
    /// nobody.
    pub(super) async fn tell(&self, quiet: &BTreeSet<Box<str>>) -> Result<Report, StoreError> {
        let (board, mut report) = self.tell_changes(quiet, None).await?;
        // Where a source failed the facts are as old as they were.
        if !self.failed.load(Ordering::Relaxed) {
            let now = self.clock.now();
            let summary = serde_json::to_string(&self.summary(&board)).ok();
            self.store.synced(now, summary.as_deref()).await?;
            report.synced_at = Some(now);
        }
        Ok(report)
    }

    /// Finds what changed, records it and gives it with the board that it led to. Of what came of
    /// something that was just `done` it is known who did it.
    pub(super) async fn tell_changes(
        &self,
        quiet: &BTreeSet<Box<str>>,
        done: Option<&Done>,
    ) -> Result<(Arc<Board>, Report), StoreError> {
        for _ in 0..MOST_TRIES {
            let (revision, pending) = self.store.pending().await?;
            let known = self.known.filter(|known| known.revision == revision);
            let (board, revision, issues) = match known {
                Some(known) => (known.board.clone(), revision, known.issues),
                None => {
                    let stored = self.store.facts(Version::Now).await?;
                    let (revision, issues) = (stored.revision, stored.issues.len());
                    (Arc::new(self.board(stored)), revision, issues)
                }
            };
            let mut report = Report {
                keps: board.entries().len(),
                issues,
                ..Report::default()
            };
            let notes = self.settled_now(quiet).await?;
            if pending {
                let stored = self.store.facts(Version::Told).await?;
                let last = stored.synced_at;
                let told = self.board(stored);
                report.changed = changes(&told, &board);
                report.changed.retain_mut(|change| {
                    let is_old = is_old_text(change, &told, &board, last);
                    let newly_names = |done: &Done| done.newly_names(change, &board);
                    let is_news = !is_old || done.is_some_and(newly_names);
                    is_news && !self.is_quiet(change, quiet)
                });
                for change in &mut report.changed {
                    let doer = || done.and_then(|done| done.doer_of(change));
                    change.by = change.by.clone().or_else(doer);
                }
                let now = self.clock.now();
                if !self
                    .store
                    .tell(now, revision, &report.changed, &notes)
                    .await?
                {
                    continue;
                }
            } else {
                for (key, value) in &notes {
                    self.store.set_note(key, value).await?;
                }
            }
            return Ok((board, report));
        }
        Err(StoreError::Failed(
            "the facts change faster than they can be compared".to_owned(),
        ))
    }

    fn board(&self, stored: crate::ports::store::StoredFacts) -> Board {
        Board::build(facts_of(stored, self.sources, self.settings), self.settings)
    }

    fn is_quiet(&self, change: &Change, quiet: &BTreeSet<Box<str>>) -> bool {
        match &change.issue {
            Some((repository, _)) => quiet.contains(repository),
            // A KEP that only an issue knows comes from a runtime.
            None if change.path.is_empty() => {
                let mut runtimes = self.settings.runtimes.iter();
                runtimes.any(|runtime| quiet.contains(&runtime.repository))
            }
            None => quiet.contains(&*self.settings.enhancements_repository),
        }
    }

    fn summary(&self, board: &Board) -> DaySummary {
        let inspector = Inspector::new(board, self.settings, self.clock.now());
        let (mut in_cycle, mut urgent, mut tracked) = (0, 0, 0);
        for entry in watched(board, self.settings) {
            let open = |tracking: &crate::domain::tracking::TrackingIssue| tracking.issue.is_open();
            tracked += usize::from(entry.issues().any(open));
            if inspector.in_cycle(entry) {
                in_cycle += 1;
                let findings = inspector.findings(entry);
                let is_urgent = findings
                    .iter()
                    .any(|finding| finding.severity < Severity::Advice);
                urgent += usize::from(is_urgent);
            }
        }
        DaySummary {
            stages: stages(board, self.settings),
            release: inspector.current(),
            in_cycle: Some(in_cycle),
            urgent: Some(urgent),
            tracked: Some(tracked),
        }
    }
}

/// Whether a change names people in a text that stood there long before it had to do with a KEP.
fn is_old_text(change: &Change, told: &Board, board: &Board, last: Option<DateTime<Utc>>) -> bool {
    let (What::Named(_), Some((repository, number))) = (&change.what, &change.issue) else {
        return false;
    };
    let find = |board: &Board| {
        let entry = board.of_issue(Some(repository), *number)?;
        entry.issue_at(repository, *number)?.created_at
    };
    let created_at = find(board);
    find(told).is_none()
        && created_at
            .zip(last)
            .is_some_and(|(at, last)| at < last - OLD)
}

/// The active KEPs of the watched SIGs.
fn watched<'a>(board: &'a Board, settings: &'a Settings) -> impl Iterator<Item = &'a Entry> {
    let is_watched = |entry: &&Entry| entry.kep.is_active() && entry.kep.belongs_to(&settings.sigs);
    board.entries().iter().filter(is_watched)
}

/// How many of them are in each stage, those without one under `none`.
pub(super) fn stages(board: &Board, settings: &Settings) -> BTreeMap<String, usize> {
    let mut stages = BTreeMap::new();
    for entry in watched(board, settings) {
        let stage = entry.kep.stage.get().map_or("none", |stage| stage.as_str());
        *stages.entry(stage.to_owned()).or_default() += 1;
    }
    stages
}
