//! Which runtime release will contain a KEP: by the tracking issue's milestone, failing that by a
//! linked pull request's, failing that by a guess from the calendar, which is called a guess.

use serde::Serialize;

use super::{
    Issue, Release, Settings,
    board::{Board, Entry, RuntimeSide},
    cycle::CycleEvent,
};

/// The runtime release that contains a KEP, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ShipsIn {
    /// The runtime's release.
    pub release: Release,
    /// How it is known.
    pub from: ShipsFrom,
}

/// How a runtime release is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShipsFrom {
    /// The tracking issue's milestone.
    Milestone,
    /// The milestone of a linked pull request.
    PullRequest,
    /// The next minor release after the code freeze of the labelled Kubernetes release.
    Guess,
}

/// The pull request whose milestone counts where the tracking issue has none. Work is complete
/// with the last of its pull requests; one that was closed unmerged ships nowhere.
pub(super) fn deciding_pull(side: &RuntimeSide) -> Option<(Release, &Issue)> {
    let pulls =
        side.pulls.iter().map(|pull| &*pull.issue).filter(|issue| {
            issue.is_open() || issue.pull.is_some_and(|pull| pull.merged_at.is_some())
        });
    pulls
        .filter_map(|issue| Some((issue.milestone.as_ref()?.release()?, issue)))
        .max_by_key(|(release, _)| *release)
}

impl Board {
    /// For each runtime of the settings, the release that will contain the KEP.
    pub fn ships(&self, entry: &Entry, settings: &Settings) -> Vec<Option<ShipsIn>> {
        let sides = settings.runtimes.iter().zip(&entry.runtimes);
        sides
            .map(|(runtime, side)| self.ships_in(side, &runtime.name))
            .collect()
    }

    pub(super) fn ships_in(&self, side: &RuntimeSide, runtime: &str) -> Option<ShipsIn> {
        let issue = side
            .issues
            .iter()
            .find_map(|tracking| tracking.issue.milestone.as_ref()?.release());
        if let Some(release) = issue {
            return Some(ShipsIn {
                release,
                from: ShipsFrom::Milestone,
            });
        }
        if let Some((release, _)) = deciding_pull(side) {
            return Some(ShipsIn {
                release,
                from: ShipsFrom::PullRequest,
            });
        }
        let target = side
            .open_issues()
            .find_map(super::tracking::TrackingIssue::target)?;
        let freeze = self.cycles().get(target)?.day(CycleEvent::CodeFreeze)?;
        let next = self.runtime_releases(runtime)?.next_after(freeze)?;
        Some(ShipsIn {
            release: next.release,
            from: ShipsFrom::Guess,
        })
    }
}
