//! KEPs that moved: each with all that changed about it, several steps of one thing as one way.

use std::collections::HashMap;

use serde::Serialize;

use super::{LONGEST_CHANGE, Material, Named, short};
use crate::domain::{
    Issue, KepNumber, Label,
    board::{Board, Entry},
    change::{Change, Direction, New, Old, Role, What},
};

/// A KEP that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The KEP.
    pub kep: Named,
    /// What changed, in the order in which it began to.
    pub steps: Vec<Step>,
}

/// Something of a KEP that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where, if that has a number: `#12814`.
    pub place: Option<String>,
    /// Its page, where it is still there.
    pub url: Option<Box<str>>,
    /// What: `stage alpha → beta`.
    pub words: String,
    /// Whether it went back.
    pub back: bool,
    /// What it is, so that what follows can be joined to it.
    #[serde(skip)]
    what: What,
    /// The issue or pull request.
    #[serde(skip)]
    issue: Option<(Box<str>, u64)>,
}

/// How much of a news a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The plan is another.
    Plan,
    /// Work was done.
    Work,
    /// Somebody tidied up.
    Chore,
}

/// The KEPs that moved, those whose plan changed first.
pub(super) fn gather(
    of: Material<'_>,
    holds: impl Fn(&Change, Option<&Entry>) -> bool,
) -> Vec<Moved> {
    let mut at: HashMap<KepNumber, usize> = HashMap::new();
    let mut all: Vec<(Rank, Moved)> = Vec::new();
    for change in of.changes {
        let Some(rank) = rank(change, of) else {
            continue;
        };
        let entry = of.board.get(change.kep);
        if !holds(change, entry) {
            continue;
        }
        let index = *at.entry(change.kep).or_insert_with(|| {
            let kep = entry.map_or_else(|| Named::gone(change.kep, of), |it| Named::of(it, of));
            let steps = Vec::new();
            all.push((rank, Moved { kep, steps }));
            all.len() - 1
        });
        let (best, moved) = &mut all[index];
        *best = rank.min(*best);
        moved.add(change, of);
    }
    all.sort_by_key(|(rank, moved)| (*rank, moved.kep.number));
    let moved = all.into_iter().map(|(_, moved)| moved.in_short());
    moved.collect()
}

/// How much of a news a change is; `None` for what is none.
fn rank(change: &Change, of: Material<'_>) -> Option<Rank> {
    if change.what.is_move() {
        return Some(Rank::Plan);
    }
    if change.direction == Direction::Spelling {
        return None;
    }
    match &change.what {
        What::KepAdded
        | What::KepRemoved
        | What::IssueOpened
        | What::IssueClosed
        | What::IssueReopened
        | What::IssueGone
        | What::Milestone(..) => Some(Rank::Plan),
        What::PullMerged => Some(Rank::Work),
        What::IssueStage(..)
        | What::IssueMilestone(..)
        | What::IssuePeople(Role::Shepherd, ..)
        | What::PullOpened
        | What::PullClosed => Some(Rank::Chore),
        What::Labels(..) => {
            let none = What::Labels(Vec::new(), Vec::new());
            (of_release(&change.what, of) != none).then_some(Rank::Chore)
        }
        _ => None,
    }
}

impl Named {
    fn gone(number: KepNumber, of: Material<'_>) -> Self {
        let repository = &of.settings.enhancements_repository;
        Self {
            number,
            title: "".into(),
            url: format!("https://github.com/{repository}/issues/{number}"),
        }
    }
}

impl Moved {
    /// Where the KEP itself moves, the releases of its stages follow.
    fn in_short(mut self) -> Self {
        if self.steps.iter().any(|step| step.what.is_move()) {
            self.steps
                .retain(|step| !matches!(step.what, What::Milestone(..)));
        }
        // That a pull request was opened is no news beside what became of it.
        let ends = |step: &Step| matches!(step.what, What::PullMerged | What::PullClosed);
        let ended = self.steps.iter().filter(|step| ends(step));
        let ended: Vec<_> = ended.map(|step| step.issue.clone()).collect();
        let is_over = |step: &Step| step.what == What::PullOpened && ended.contains(&step.issue);
        self.steps.retain(|step| !is_over(step));
        self
    }

    fn add(&mut self, change: &Change, of: Material<'_>) {
        let back = change.direction == Direction::Backward && change.what.says_a_way();
        let goes_on = self.steps.iter_mut().rev().find_map(|step| {
            let to = goes_on(&step.what, &change.what)?;
            (step.issue == change.issue).then_some((step, to))
        });
        if let Some((step, to)) = goes_on {
            let to = to.as_deref().unwrap_or("none");
            step.words = short(&format!("{} → {to}", step.words), LONGEST_CHANGE);
            step.back = back;
            step.what = change.what.clone();
            return;
        }
        self.steps.push(Step {
            place: change.place(),
            url: page(change, of.board),
            words: short(&of_release(&change.what, of).to_string(), LONGEST_CHANGE),
            what: change.what.clone(),
            issue: change.issue.clone(),
            back,
        });
    }
}

/// Of labels only those of releases.
fn of_release(what: &What, of: Material<'_>) -> What {
    let What::Labels(added, removed) = what else {
        return what.clone();
    };
    let is_of_release = |label: &str| {
        let mut runtimes = of.settings.runtimes.iter();
        runtimes.any(|runtime| runtime.read_label(label) != Label::Other)
    };
    let those = |labels: &[Box<str>]| {
        let labels = labels.iter().filter(|label| is_of_release(label));
        labels.cloned().collect()
    };
    What::Labels(those(added), those(removed))
}

/// Whether a change takes up where one of the same thing ended, and what it led to.
fn goes_on<'a>(was: &What, is: &'a What) -> Option<&'a New> {
    let meets = |end: &New, begin: &Old| end.is_some() && end == begin;
    match (was, is) {
        (What::Status(_, end), What::Status(begin, to))
        | (What::Stage(_, end), What::Stage(begin, to))
        | (What::LatestMilestone(_, end), What::LatestMilestone(begin, to))
        | (What::IssueStage(_, end), What::IssueStage(begin, to))
        | (What::IssueMilestone(_, end), What::IssueMilestone(begin, to)) => {
            meets(end, begin).then_some(to)
        }
        (What::Milestone(stage, _, end), What::Milestone(other, begin, to)) => {
            (stage == other && meets(end, begin)).then_some(to)
        }
        _ => None,
    }
}

fn page(change: &Change, board: &Board) -> Option<Box<str>> {
    let (repository, number) = change.issue.as_ref()?;
    let sides = &board.get(change.kep)?.runtimes;
    let issues = sides.iter().flat_map(|side| {
        let tracked = side.issues.iter().map(|it| &*it.issue);
        tracked.chain(side.pulls.iter().map(|it| &*it.issue))
    });
    let is_it = |issue: &&Issue| issue.number == *number && issue.repository == *repository;
    issues
        .into_iter()
        .find(is_it)
        .map(|issue| issue.url.clone())
}
