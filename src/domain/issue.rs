//! An issue or a pull request of a repository, as a forge tells it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Login, Release};

/// An issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// `containerd/containerd`
    pub repository: Box<str>,
    /// Its number in the repository.
    pub number: u64,
    /// Its page.
    pub url: Box<str>,
    /// Its title.
    pub title: Box<str>,
    /// Its text, Markdown.
    pub body: Box<str>,
    /// Open, or how it was closed.
    pub state: IssueState,
    /// The names of its labels.
    pub labels: Vec<Box<str>>,
    /// Who opened it; `None` where their account is gone, or nobody asked.
    #[serde(default)]
    pub author: Option<Login>,
    /// Who is assigned.
    pub assignees: Vec<Login>,
    /// Its milestone.
    pub milestone: Option<Milestone>,
    /// When it was opened.
    pub created_at: Option<DateTime<Utc>>,
    /// When anything was last said or changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// Set when it is a pull request.
    pub pull: Option<Pull>,
}

/// What only a pull request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// When it was merged.
    pub merged_at: Option<DateTime<Utc>>,
}

/// Open, or how it was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IssueState {
    /// Open.
    Open,
    /// Closed as done, or for no stated reason.
    Completed,
    /// Closed as not planned.
    NotPlanned,
    /// Closed as a duplicate of another.
    Duplicate,
}

impl IssueState {
    /// `open` or `closed`.
    pub fn as_str(self) -> &'static str {
        if self == Self::Open { "open" } else { "closed" }
    }
}

/// A milestone of a runtime's repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its title, `2.4`.
    pub title: Box<str>,
    /// Whether it is still open.
    pub open: bool,
    /// The day it is due: a date, no instant.
    pub due: Option<NaiveDate>,
}

impl Milestone {
    /// The runtime release that its title names.
    pub fn release(&self) -> Option<Release> {
        Release::find_all(&self.title).into_iter().next()
    }
}

impl Issue {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.state == IssueState::Open
    }
}

/// Something that was said on an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// `containerd/containerd`
    pub repository: Box<str>,
    /// Its number among the comments of its kind.
    pub id: u64,
    /// Where it stands.
    pub kind: CommentKind,
    /// The issue or pull request.
    pub issue: u64,
    /// Who said it; `None` for a person whose account is gone.
    pub author: Option<Login>,
    /// Whether it was written by an App, a bot's account.
    pub by_app: bool,
    /// Its page.
    pub url: Box<str>,
    /// Its text, Markdown.
    pub body: Box<str>,
    /// When it was said.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub updated_at: DateTime<Utc>,
}

/// Where a comment stands. Each kind has numbers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentKind {
    /// Below an issue or a pull request.
    Issue,
    /// At a line of a pull request's change.
    Review,
    /// Above a review of a pull request, as its summary.
    Summary,
    /// Nowhere: it is that somebody is asked for a review of a pull request. Its text names them.
    Request,
    /// Nowhere: it is the text of an enhancement issue itself, whose number it has.
    Text,
}

impl CommentKind {
    /// `issue`, `review`, `summary`, `request` or `text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Review => "review",
            Self::Summary => "summary",
            Self::Request => "request",
            Self::Text => "text",
        }
    }
}
