//! A repository's issues, pull requests, comments, labels and milestones, as they are kept.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::{
    acts::By,
    git::{Git, Sha},
    people::Right,
};

pub(super) type Moment = DateTime<Utc>;

#[derive(Debug)]
pub(super) struct Repository {
    pub(super) id: u64,
    /// An account's number.
    pub(super) owner: u64,
    pub(super) name: String,
    pub(super) default_branch: String,
    pub(super) is_private: bool,
    pub(super) is_archived: bool,
    pub(super) has_issues: bool,
    pub(super) created_at: Moment,
    pub(super) pushed_at: Moment,
    pub(super) git: Git,
    /// Archives of commits, kept because packing takes long.
    pub(super) archives: HashMap<Sha, Bytes>,
    /// By account.
    pub(super) rights: HashMap<u64, Right>,
    pub(super) last_number: u64,
    pub(super) issues: BTreeMap<u64, Issue>,
    /// Numbers that were issues here once.
    pub(super) gone: HashMap<u64, Gone>,
    /// By their numbers, which grow with time.
    pub(super) comments: BTreeMap<u64, Comment>,
    pub(super) review_comments: BTreeMap<u64, ReviewComment>,
    pub(super) reviews: BTreeMap<u64, Review>,
    pub(super) labels: BTreeMap<u64, Label>,
    pub(super) milestones: BTreeMap<u64, Milestone>,
    /// Those who have a merged pull request here.
    pub(super) contributors: HashSet<u64>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Gone {
    /// Deleted, or made a discussion.
    Deleted,
    Transferred {
        repository: u64,
        number: u64,
    },
}

#[derive(Debug)]
pub(super) struct Issue {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) author: u64,
    /// The App that wrote it.
    pub(super) app: Option<u64>,
    pub(super) closed: Option<Closed>,
    /// `reopened` on an open issue that was closed before.
    pub(super) was_reopened: bool,
    pub(super) is_locked: bool,
    pub(super) lock_reason: Option<String>,
    pub(super) labels: Vec<u64>,
    pub(super) assignees: Vec<u64>,
    pub(super) milestone: Option<u64>,
    pub(super) kind: Option<String>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) comments: Vec<u64>,
    /// What was done to it, oldest first.
    pub(super) events: Vec<Event>,
    pub(super) pull: Option<Pull>,
}

/// Something that was done to an issue or a pull request.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) by: By,
    pub(super) at: Moment,
    /// `closed`
    pub(super) name: &'static str,
    /// What only an event of this name shows.
    pub(super) more: Value,
}

#[derive(Debug)]
pub(super) struct Closed {
    pub(super) at: Moment,
    pub(super) by: u64,
    /// `completed`, `not_planned` or `duplicate`; a pull request has none.
    pub(super) reason: Option<String>,
}

#[derive(Debug)]
pub(super) struct Pull {
    pub(super) id: u64,
    pub(super) head: String,
    pub(super) base: String,
    pub(super) merged: Option<Merged>,
    /// Who is asked for a review and gave none yet.
    pub(super) reviewers: Vec<u64>,
    /// The teams that are, by their short names.
    pub(super) teams: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Merged {
    pub(super) at: Moment,
    pub(super) by: u64,
    pub(super) commit: String,
}

#[derive(Debug)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) author: u64,
    pub(super) app: Option<u64>,
    pub(super) body: String,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

#[derive(Debug)]
pub(super) struct ReviewComment {
    pub(super) id: u64,
    pub(super) pull: u64,
    pub(super) author: u64,
    pub(super) path: String,
    pub(super) body: String,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

#[derive(Debug)]
pub(super) struct Review {
    pub(super) id: u64,
    pub(super) pull: u64,
    pub(super) author: u64,
    pub(super) state: ReviewState,
    pub(super) body: String,
    pub(super) submitted_at: Moment,
}

/// What a review says.
/// <https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// The change may go in.
    Approved,
    /// It may not, as it is.
    ChangesRequested,
    /// Neither.
    Commented,
    /// An earlier verdict that was taken back.
    Dismissed,
}

#[derive(Debug)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: Option<String>,
}

#[derive(Debug)]
pub(super) struct Milestone {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) creator: u64,
    /// The open issues in it, kept beside each issue's own word because they are counted so often.
    pub(super) open: BTreeSet<u64>,
    /// The closed ones.
    pub(super) closed: BTreeSet<u64>,
    pub(super) due: Option<NaiveDate>,
    pub(super) closed_at: Option<Moment>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

/// Whether an issue, a pull request or a milestone is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// It is.
    Open,
    /// It is not.
    Closed,
}

impl Openness {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl Issue {
    pub(super) fn openness(&self) -> Openness {
        match self.closed {
            None => Openness::Open,
            Some(_) => Openness::Closed,
        }
    }

    /// `issues` or `pull`, as the web pages' addresses have it.
    pub(super) fn web_path(&self) -> &'static str {
        if self.pull.is_some() {
            "pull"
        } else {
            "issues"
        }
    }
}

impl Milestone {
    pub(super) fn openness(&self) -> Openness {
        match self.closed_at {
            None => Openness::Open,
            Some(_) => Openness::Closed,
        }
    }
}

impl Repository {
    /// The label of this name, in whatever case.
    pub(super) fn label(&self, name: &str) -> Option<&Label> {
        self.labels
            .values()
            .find(|label| label.name.eq_ignore_ascii_case(name))
    }

    /// Writes an issue into its milestone's books, as open or closed.
    pub(super) fn book(&mut self, number: u64) {
        let issue = &self.issues[&number];
        let milestone = issue.milestone;
        let milestone = milestone.and_then(|milestone| self.milestones.get_mut(&milestone));
        let Some(milestone) = milestone else { return };
        let books = [&mut milestone.open, &mut milestone.closed];
        let [into, out_of] = match issue.openness() {
            Openness::Open => books,
            Openness::Closed => {
                let [open, closed] = books;
                [closed, open]
            }
        };
        into.insert(number);
        out_of.remove(&number);
    }

    /// Takes an issue out of a milestone's books.
    pub(super) fn unbook(&mut self, number: u64, milestone: Option<u64>) {
        let milestone = milestone.and_then(|milestone| self.milestones.get_mut(&milestone));
        if let Some(milestone) = milestone {
            milestone.open.remove(&number);
            milestone.closed.remove(&number);
        }
    }

    pub(super) fn comments_on(&self, number: u64) -> impl Iterator<Item = &Comment> {
        let ids = self
            .issues
            .get(&number)
            .map(|issue| issue.comments.as_slice());
        ids.unwrap_or_default().iter().map(|id| &self.comments[id])
    }
}
