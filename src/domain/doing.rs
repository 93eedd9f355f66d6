//! What people do to an issue or a pull request.

use chrono::{DateTime, Utc};

use super::{
    Login,
    change::{Change, Role, What},
    mention::Mentioned,
};

/// Something that somebody did to an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doing {
    /// Its number among all such things of the forge, which grows.
    pub id: u64,
    /// Who did it; `None` for a person whose account is gone.
    pub by: Option<Login>,
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub what: Did,
}

/// What was done, where it is something that concerns people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    /// Its text was edited.
    Edited {
        /// What it was before.
        from: Box<str>,
    },
    /// It was deleted, or moved elsewhere.
    Left,
    /// Somebody was assigned.
    Assigned(Login),
    /// Somebody is assigned no more.
    Unassigned(Login),
    /// It was closed.
    Closed,
    /// It was opened again.
    Reopened,
    /// It was taken out of a milestone.
    Demilestoned,
    /// Somebody, or a team, was asked for a review.
    AskedForReview(Mentioned),
    /// They are asked no more.
    UnaskedForReview(Mentioned),
}

impl Did {
    /// Whether a change may have come of it.
    pub fn made(&self, change: &Change) -> bool {
        match (self, &change.what) {
            (Self::Edited { .. }, What::Named(_) | What::IssuePeople(..) | What::IssueGone)
            | (Self::Left, What::IssueGone)
            | (Self::Closed, What::IssueClosed)
            | (Self::Reopened, What::IssueReopened)
            | (Self::Demilestoned, What::IssueMilestone(_, None)) => true,
            (Self::Assigned(who), What::IssuePeople(Role::Shepherd, joined, _)) => {
                joined.contains(who)
            }
            (Self::Unassigned(who), What::IssuePeople(Role::Shepherd, _, left)) => {
                left.contains(who)
            }
            _ => false,
        }
    }

    /// Whether it is about everybody, or about somebody.
    pub fn is_about(&self, somebody: &Login) -> bool {
        match self {
            Self::Assigned(who) | Self::Unassigned(who) => who == somebody,
            _ => true,
        }
    }
}
