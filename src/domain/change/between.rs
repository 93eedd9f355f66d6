//! Finds what changed from one board to the next.

use std::{collections::HashMap, sync::Arc};

use super::{Change, Direction, Role, What};
use crate::domain::{
    Field, Issue, IssueState, KepNumber, Login, Milestone, Release, Status,
    board::{Board, Entry},
    kep::{Kep, Person},
    mention::{Mentioned, newly},
    tracking::TrackingIssue,
};

/// The changes from one board to the next, by KEP number, the KEP's own first.
pub fn changes(before: &Board, after: &Board) -> Vec<Change> {
    let mut found = Vec::new();
    let old: HashMap<(KepNumber, &str), &Entry> = before
        .entries()
        .iter()
        .map(|entry| ((entry.kep.number, &*entry.kep.path), entry))
        .collect();
    let new: HashMap<(KepNumber, &str), &Entry> = after
        .entries()
        .iter()
        .map(|entry| ((entry.kep.number, &*entry.kep.path), entry))
        .collect();
    for entry in after.entries() {
        let key = (entry.kep.number, &*entry.kep.path);
        // The same folder; or the only KEP of that number, whose folder was renamed or merged.
        let was = old.get(&key).copied().or_else(|| {
            let same = before.get(entry.kep.number)?;
            (!new.contains_key(&(same.kep.number, &*same.kep.path))).then_some(same)
        });
        match was {
            Some(was) => entry_changes(was, entry, &mut found),
            None => {
                let mut log = Log::new(entry, &mut found);
                log.say(None, What::KepAdded, Direction::Forward);
                log.runtimes(None, entry);
            }
        }
    }
    for entry in before.entries() {
        let still = new.contains_key(&(entry.kep.number, &*entry.kep.path))
            || after
                .get(entry.kep.number)
                .is_some_and(|other| !old.contains_key(&(other.kep.number, &*other.kep.path)));
        if !still {
            Log::new(entry, &mut found).say(None, What::KepRemoved, Direction::Backward);
        }
    }
    found
}

fn entry_changes(was: &Entry, is: &Entry, found: &mut Vec<Change>) {
    let mut log = Log::new(is, found);
    if !Arc::ptr_eq(&was.kep, &is.kep) && was.kep != is.kep {
        log.kep(&was.kep, &is.kep);
    }
    log.runtimes(Some(was), is);
}

struct Log<'a> {
    entry: &'a Entry,
    found: &'a mut Vec<Change>,
}

impl<'a> Log<'a> {
    fn new(entry: &'a Entry, found: &'a mut Vec<Change>) -> Self {
        Self { entry, found }
    }

    fn say(&mut self, issue: Option<(Box<str>, u64)>, what: What, direction: Direction) {
        self.found.push(self.change(issue, what, direction));
    }

    fn change(&self, issue: Option<(Box<str>, u64)>, what: What, direction: Direction) -> Change {
        let kep = &self.entry.kep;
        Change {
            kep: kep.number,
            path: kep.path.clone(),
            issue,
            what,
            direction,
            by: None,
            shepherds: Vec::new(),
        }
    }

    fn kep(&mut self, was: &Kep, is: &Kep) {
        if was.path != is.path {
            self.say(
                None,
                What::KepRenamed(was.path.clone(), is.path.clone()),
                Direction::Forward,
            );
        }
        if was.title != is.title {
            self.say(
                None,
                What::Title(was.title.clone(), is.title.clone()),
                Direction::Forward,
            );
        }
        if was.status.raw != is.status.raw {
            let direction = direction(&was.status, &is.status, |old, new| {
                status_order(new) < status_order(old)
            });
            self.say(
                None,
                What::Status(was.status.raw.clone(), is.status.raw.clone()),
                direction,
            );
        }
        if was.stage.raw != is.stage.raw {
            let direction = direction(&was.stage, &is.stage, |old, new| new < old);
            self.say(
                None,
                What::Stage(was.stage.raw.clone(), is.stage.raw.clone()),
                direction,
            );
        }
        if was.latest_milestone.raw != is.latest_milestone.raw {
            let direction = direction(&was.latest_milestone, &is.latest_milestone, |old, new| {
                new < old
            });
            let what = What::LatestMilestone(
                was.latest_milestone.raw.clone(),
                is.latest_milestone.raw.clone(),
            );
            self.say(None, what, direction);
        }
        self.milestones(was, is);
        for (role, was, is) in [
            (Role::Owner, &was.authors, &is.authors),
            (Role::Reviewer, &was.reviewers, &is.reviewers),
            (Role::Approver, &was.approvers, &is.approvers),
        ] {
            let (joined, left) = moved(&logins(was), &logins(is));
            if !(joined.is_empty() && left.is_empty()) {
                self.say(
                    None,
                    What::KepPeople(role, joined, left),
                    Direction::Forward,
                );
            }
        }
    }

    fn milestones(&mut self, was: &Kep, is: &Kep) {
        let find = |kep: &'_ Kep, stage: &str| -> Field<Release> {
            let found = kep.milestones.iter().find(|(key, _)| **key == *stage);
            found.map(|(_, field)| field.clone()).unwrap_or_default()
        };
        let mut stages: Vec<&str> = is.milestones.iter().map(|(stage, _)| &**stage).collect();
        stages.extend(
            was.milestones
                .iter()
                .map(|(stage, _)| &**stage)
                .filter(|stage| !is.milestones.iter().any(|(other, _)| **other == **stage)),
        );
        for stage in stages {
            let (old, new) = (find(was, stage), find(is, stage));
            if old.raw != new.raw {
                let direction = direction(&old, &new, |old, new| new < old);
                self.say(
                    None,
                    What::Milestone(stage.into(), old.raw, new.raw),
                    direction,
                );
            }
        }
    }

    fn runtimes(&mut self, was: Option<&Entry>, is: &Entry) {
        for (at, side) in is.runtimes.iter().enumerate() {
            let old = was.and_then(|was| was.runtimes.get(at));
            for tracking in &side.issues {
                let before = old.and_then(|old| {
                    old.issues
                        .iter()
                        .find(|other| same_issue(&other.issue, &tracking.issue))
                });
                match before {
                    Some(before) if Arc::ptr_eq(before, tracking) => {}
                    Some(before) => self.tracking(before, tracking),
                    None => {
                        let at = Some(place(&tracking.issue));
                        self.say(at, What::IssueOpened, Direction::Forward);
                        self.named(None, &tracking.issue, &tracking.shepherds);
                    }
                }
            }
            for gone in old.into_iter().flat_map(|old| &old.issues) {
                if !side
                    .issues
                    .iter()
                    .any(|other| same_issue(&other.issue, &gone.issue))
                {
                    let at = Some(place(&gone.issue));
                    let shepherds = gone.shepherds.clone();
                    self.found.push(Change {
                        shepherds,
                        ..self.change(at, What::IssueGone, Direction::Backward)
                    });
                }
            }
            for pull in &side.pulls {
                let issue = &pull.issue;
                let before = old.and_then(|old| {
                    old.pulls
                        .iter()
                        .find(|other| same_issue(&other.issue, issue))
                });
                let merged =
                    |issue: &Issue| issue.pull.is_some_and(|pull| pull.merged_at.is_some());
                let was_merged = before.is_some_and(|before| merged(&before.issue));
                let was_open = before.is_none_or(|before| before.issue.is_open());
                if before.is_none() {
                    self.say(Some(place(issue)), What::PullOpened, Direction::Forward);
                }
                self.named(before.map(|before| &*before.issue), issue, &[]);
                if merged(issue) && !was_merged {
                    self.say(Some(place(issue)), What::PullMerged, Direction::Forward);
                } else if !issue.is_open() && was_open && !merged(issue) {
                    self.say(Some(place(issue)), What::PullClosed, Direction::Backward);
                }
            }
        }
    }

    /// Whom a text mentions and did not before. That somebody is made a shepherd by it is told already.
    fn named(&mut self, was: Option<&Issue>, is: &Issue, new_shepherds: &[Login]) {
        // The first text is its author's, who knows.
        let by = is.author.clone().filter(|_| was.is_none());
        let was = was.map_or("", |was| &was.body);
        if *was == *is.body {
            return;
        }
        let is_told = |whom: &Mentioned| match whom {
            Mentioned::Person(login) => new_shepherds.contains(login) || by.as_ref() == Some(login),
            Mentioned::Team { .. } => false,
        };
        let names = newly(was, &is.body).into_iter().map(|mention| mention.whom);
        let names = names.filter(|whom| !is_told(whom));
        let names: Vec<Box<str>> = names.map(|whom| whom.to_string().into()).collect();
        if !names.is_empty() {
            let at = Some(place(is));
            self.found.push(Change {
                by,
                ..self.change(at, What::Named(names), Direction::Forward)
            });
        }
    }

    fn tracking(&mut self, was: &TrackingIssue, is: &TrackingIssue) {
        let at = place(&is.issue);
        match (was.issue.state, is.issue.state) {
            (IssueState::Open, IssueState::Open) => {}
            (IssueState::Open, _) => {
                self.say(Some(at.clone()), What::IssueClosed, Direction::Forward);
            }
            (_, IssueState::Open) => {
                self.say(Some(at.clone()), What::IssueReopened, Direction::Backward);
            }
            _ => {}
        }
        if was.issue.title != is.issue.title {
            let what = What::IssueTitle(was.issue.title.clone(), is.issue.title.clone());
            self.say(Some(at.clone()), what, Direction::Forward);
        }
        if was.stage.raw != is.stage.raw {
            let direction = direction(&was.stage, &is.stage, |old, new| new < old);
            self.say(
                Some(at.clone()),
                What::IssueStage(was.stage.raw.clone(), is.stage.raw.clone()),
                direction,
            );
        }
        let mut new_shepherds = Vec::new();
        for (role, was, is) in [
            (Role::Shepherd, &was.shepherds, &is.shepherds),
            (Role::Owner, &was.owners, &is.owners),
            (Role::Liaison, &was.liaisons, &is.liaisons),
        ] {
            let (joined, left) = moved(was, is);
            if role == Role::Shepherd {
                new_shepherds.clone_from(&joined);
            }
            if !(joined.is_empty() && left.is_empty()) {
                self.say(
                    Some(at.clone()),
                    What::IssuePeople(role, joined, left),
                    Direction::Forward,
                );
            }
        }
        self.named(Some(&was.issue), &is.issue, &new_shepherds);
        let (added, removed) = moved(&was.issue.labels, &is.issue.labels);
        if !(added.is_empty() && removed.is_empty()) {
            self.say(
                Some(at.clone()),
                What::Labels(added, removed),
                Direction::Forward,
            );
        }
        let title = |tracking: &TrackingIssue| {
            tracking
                .issue
                .milestone
                .as_ref()
                .map(|milestone| milestone.title.clone())
        };
        let (old, new) = (title(was), title(is));
        if old != new {
            let release = |tracking: &TrackingIssue| {
                tracking
                    .issue
                    .milestone
                    .as_ref()
                    .and_then(Milestone::release)
            };
            let back = new.is_none()
                || matches!((release(was), release(is)), (Some(was), Some(is)) if is < was);
            let direction = if back {
                Direction::Backward
            } else {
                Direction::Forward
            };
            self.say(Some(at), What::IssueMilestone(old, new), direction);
        }
    }
}

/// Which way a hand-written field went.
fn direction<T: Copy + PartialEq>(
    was: &Field<T>,
    is: &Field<T>,
    back: impl Fn(T, T) -> bool,
) -> Direction {
    match (was.get(), is.get()) {
        (Some(old), Some(new)) if old == new => Direction::Spelling,
        (Some(old), Some(new)) if back(old, new) => Direction::Backward,
        // A value that was there and is gone; a word that means nothing to us is no way back.
        (Some(_), None) if !is.is_odd() => Direction::Backward,
        // `TBD` became `0.0`, nothing became a blank: nobody learns anything.
        (None, None) if !was.is_odd() && !is.is_odd() => Direction::Spelling,
        _ => Direction::Forward,
    }
}

/// A proposal goes from draft to done; being given up is an end, too, and not a step back.
fn status_order(status: Status) -> u8 {
    match status {
        Status::Provisional => 0,
        Status::Implementable => 1,
        Status::Implemented
        | Status::Deferred
        | Status::Rejected
        | Status::Withdrawn
        | Status::Replaced => 2,
    }
}

fn logins(people: &[Person]) -> Vec<Login> {
    people
        .iter()
        .flat_map(|person| person.logins.iter().cloned())
        .collect()
}

/// What is new, and what is gone.
fn moved<T: PartialEq + Clone>(was: &[T], is: &[T]) -> (Vec<T>, Vec<T>) {
    let without = |from: &[T], other: &[T]| {
        from.iter()
            .filter(|item| !other.contains(item))
            .cloned()
            .collect()
    };
    (without(is, was), without(was, is))
}

fn same_issue(one: &Issue, other: &Issue) -> bool {
    one.number == other.number && one.repository == other.repository
}

fn place(issue: &Issue) -> (Box<str>, u64) {
    (issue.repository.clone(), issue.number)
}
