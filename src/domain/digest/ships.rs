//! Which coming release of the runtime will have which KEPs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Material, Named};
use crate::domain::{Release, board::Entry, finding::Inspector, ships::ShipsFrom};

/// What a release will have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ships {
    /// The runtime's release.
    pub release: Release,
    /// When it comes, in the words of its page.
    pub when: Option<Box<str>>,
    /// The KEPs whose milestone, or whose pull request's, says so.
    pub keps: Vec<Named>,
    /// Those of which it is a guess.
    pub guessed: Vec<Named>,
}

/// What is to come, by release.
pub(super) fn gather(
    of: Material<'_>,
    runtime: &str,
    holds: impl Fn(&Entry) -> bool,
) -> Vec<Ships> {
    let mut settings = of.settings.runtimes.iter();
    let Some(at) = settings.position(|known| *known.name == *runtime) else {
        return Vec::new();
    };
    let inspector = Inspector::new(of.board, of.settings, of.now);
    let pages = of.board.runtime_releases(runtime);
    let mut all: BTreeMap<Release, Ships> = BTreeMap::new();
    let entries = of.board.entries().iter();
    for entry in entries.filter(|entry| inspector.is_under_way(&entry.kep) && holds(entry)) {
        let Some(side) = entry.runtimes.get(at) else {
            continue;
        };
        let Some(ships) = of.board.ships_in(side, runtime) else {
            continue;
        };
        let release = ships.release;
        if pages.is_some_and(|pages| pages.is_out(release, of.now)) {
            continue;
        }
        let row = all.entry(release).or_insert_with(|| Ships {
            release,
            when: pages
                .and_then(|pages| pages.get(release))
                .map(|row| &*row.start_raw)
                .filter(|when| !when.is_empty())
                .map(Box::from),
            keps: Vec::new(),
            guessed: Vec::new(),
        });
        match ships.from {
            ShipsFrom::Guess => row.guessed.push(Named::of(entry, of)),
            ShipsFrom::Milestone | ShipsFrom::PullRequest => row.keps.push(Named::of(entry, of)),
        }
    }
    all.into_values().collect()
}
