//! From what is stored to the facts of a board.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    domain::{Milestone, Repository, Settings, board::Facts, fact::FileFact},
    ports::store::StoredFacts,
};

/// Which repositories tell what.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Where the KEPs are.
    pub enhancements: Repository,
    /// Where the release team's pages are.
    pub releases: Repository,
    /// Where the tracking issues of each runtime of the settings are, in their order.
    pub runtimes: Vec<Repository>,
}

/// The facts of a board. A file that was stored in a form that is not understood any more is told
/// as a problem; the next sync reads it anew.
pub fn facts_of(stored: StoredFacts, sources: &Sources, settings: &Settings) -> Facts {
    let milestones: HashMap<(&str, &str), &Milestone> = stored
        .milestones
        .iter()
        .map(|(repository, milestone)| ((&**repository, &*milestone.title), milestone))
        .collect();
    let mut issues = stored.issues;
    for issue in &mut issues {
        // A milestone that was closed or moved touches none of its issues.
        if let Some(milestone) = &mut issue.milestone
            && let Some(now) = milestones.get(&(&*issue.repository, &*milestone.title))
        {
            milestone.clone_from(now);
        }
    }
    let mut facts = Facts {
        issues: Some(issues.into_iter().map(Arc::new).collect()),
        problems: stored.problems,
        ..Facts::default()
    };
    let enhancements = sources.enhancements.to_string();
    let releases = sources.releases.to_string();
    let mut pages = BTreeMap::new();
    for file in stored.files {
        let Ok(fact) = serde_json::from_str::<FileFact>(&file.read) else {
            let why = "was stored by another version; the next sync reads it anew".to_owned();
            facts.problems.push((file.path, why));
            continue;
        };
        match fact {
            FileFact::Releases(text) if *file.repository == *releases => {
                pages.insert(file.path, text);
            }
            FileFact::Releases(text) => {
                let of = |runtime: &&crate::domain::Runtime| runtime.repository == file.repository;
                if let Some(runtime) = settings.runtimes.iter().find(of) {
                    let place = format!("{}/{}", file.repository, file.path);
                    facts.add_runtime_releases(runtime, &place, &text);
                }
            }
            fact if *file.repository == *enhancements => facts.add_kep_file(fact),
            _ => {}
        }
    }
    facts.add_release_pages(pages.iter().map(|(path, text)| (&**path, text.as_str())));
    facts
}
