//! What changed between two boards: a typed list that digest, threads and notifications feed on.

mod between;
mod words;

use serde::{Deserialize, Serialize};

pub use self::between::changes;
use super::{KepNumber, Login};

/// Something that became different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The KEP.
    pub kep: KepNumber,
    /// Its folder, which tells two KEPs of one number apart; blank while it is not merged.
    pub path: Box<str>,
    /// The tracking issue or pull request, where it is one that changed.
    pub issue: Option<(Box<str>, u64)>,
    /// What is different.
    pub what: What,
    /// Which way it went.
    pub direction: Direction,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Login>,
    /// Whom an issue that is gone had named as its shepherds: nothing else knows them any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shepherds: Vec<Login>,
}

/// Which way a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Towards the feature's end, or simply different.
    Forward,
    /// Back: beta to alpha, implemented to implementable, a later release to an earlier one.
    Backward,
    /// The same thing in other letters.
    Spelling,
}

/// What is different. Old and new are the words as written, `None` where there were none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A KEP that was not there before.
    KepAdded,
    /// A KEP that is gone.
    KepRemoved,
    /// The folder has another name.
    KepRenamed(Box<str>, Box<str>),
    /// The title.
    Title(Box<str>, Box<str>),
    /// `status`
    Status(Old, New),
    /// `stage`
    Stage(Old, New),
    /// `latest-milestone`
    LatestMilestone(Old, New),
    /// The release of one stage.
    Milestone(Box<str>, Old, New),
    /// People of a role of the KEP: joined, left.
    KepPeople(Role, Vec<Login>, Vec<Login>),
    /// A tracking issue that was not there before.
    IssueOpened,
    /// It was closed.
    IssueClosed,
    /// It was opened again.
    IssueReopened,
    /// It is gone, or tracks the KEP no more.
    IssueGone,
    /// Its title.
    IssueTitle(Box<str>, Box<str>),
    /// The stage in its body.
    IssueStage(Old, New),
    /// Its shepherds, owners or liaisons: joined, left.
    IssuePeople(Role, Vec<Login>, Vec<Login>),
    /// Its labels: added, removed.
    Labels(Vec<Box<str>>, Vec<Box<str>>),
    /// Its milestone.
    IssueMilestone(Old, New),
    /// People and teams whom the text of an issue or a pull request mentions since then.
    Named(Vec<Box<str>>),
    /// A linked pull request that was not there before.
    PullOpened,
    /// A linked pull request was merged.
    PullMerged,
    /// A linked pull request was closed without merging.
    PullClosed,
}

/// The words before, if any.
pub type Old = Option<Box<str>>;
/// The words after, if any.
pub type New = Option<Box<str>>;

/// In which role people are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The KEP's authors, or the owners that an issue names.
    Owner,
    /// Reviewers of the KEP.
    Reviewer,
    /// Approvers of the KEP.
    Approver,
    /// Shepherds of the tracking issue.
    Shepherd,
    /// Liaisons that the tracking issue names.
    Liaison,
}

impl Role {
    /// `shepherds`
    pub fn plural(self) -> &'static str {
        match self {
            Self::Owner => "owners",
            Self::Reviewer => "reviewers",
            Self::Approver => "approvers",
            Self::Shepherd => "shepherds",
            Self::Liaison => "liaisons",
        }
    }
}

impl What {
    /// Whether it is one of the three fields by which a KEP moves.
    pub fn is_move(&self) -> bool {
        matches!(
            self,
            Self::Status(..) | Self::Stage(..) | Self::LatestMilestone(..)
        )
    }
}
