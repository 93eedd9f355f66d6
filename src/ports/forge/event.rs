//! What a forge says unasked: that something was written, changed or taken away.
//!
//! Nothing is promised about events: they come twice, late, in any order, or never. So each one
//! that can carries the whole of what it is about, not the difference.

use chrono::{DateTime, Utc};

use crate::domain::{Comment, CommentKind, Did, Issue, Login, Repository, mention::Mentioned};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeEvent {
    /// An issue or a pull request as it was just then, opened or changed.
    Changed {
        /// What it was.
        issue: Box<Issue>,
        /// Who did what to it, where that concerns people.
        did: Option<(Login, Did)>,
    },
    /// Somebody was asked for a review of a pull request, or is not any more.
    AskedForReview {
        /// The pull request.
        pull: Box<Issue>,
        /// Who was asked, where it is that and not the other.
        whom: Option<Mentioned>,
    },
    /// An issue that its repository has no more.
    Left {
        /// The repository that it left.
        repository: Repository,
        /// Its number there.
        number: u64,
        /// Where it went.
        to: Departure,
        /// Who made it go.
        by: Option<Login>,
    },
    /// A comment as it was just then, written or edited.
    Commented {
        /// The comment.
        comment: Box<Comment>,
        /// What it said before, where it was edited.
        was: Option<Box<str>>,
        /// The issue or pull request that it stands below, where the forge showed all of it.
        below: Option<Box<Issue>>,
    },
    /// A comment that was deleted.
    Uncommented {
        /// The repository.
        repository: Repository,
        /// Where it stood.
        kind: CommentKind,
        /// Its number among the comments of its kind.
        id: u64,
        /// The issue or pull request that it stood below, where the forge showed all of it.
        below: Option<Box<Issue>>,
    },
    /// A review of a pull request, submitted, edited or dismissed.
    Reviewed {
        /// The review.
        review: Box<Review>,
        /// What it said before, where it was edited.
        was: Option<Box<str>>,
        /// The pull request.
        below: Box<Issue>,
    },
    /// Something is new in a repository that is best asked for.
    Hint {
        /// The repository, by the name that it had until then.
        repository: Repository,
        /// Whether it is its labels.
        labels: bool,
    },
}

/// Where an issue went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Departure {
    /// Nowhere: it was deleted.
    Deleted,
    /// To another repository, or it became something else; its address there.
    Moved(Box<str>),
}

/// A review of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// `containerd/containerd`
    pub repository: Box<str>,
    /// Its number among the reviews.
    pub id: u64,
    /// The pull request.
    pub pull: u64,
    /// Who reviewed; `None` for a person whose account is gone.
    pub author: Option<Login>,
    /// Whether it was an App.
    pub by_app: bool,
    /// What the reviewer says of the change.
    pub verdict: Verdict,
    /// Its text, Markdown.
    pub body: Box<str>,
    /// Its page.
    pub url: Box<str>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
}

impl Review {
    /// Its words as a comment of their own, where there are any.
    pub fn words(&self) -> Option<Comment> {
        let at = self.submitted_at?;
        (!self.body.trim().is_empty()).then(|| Comment {
            repository: self.repository.clone(),
            id: self.id,
            kind: CommentKind::Summary,
            issue: self.pull,
            author: self.author.clone(),
            by_app: self.by_app,
            url: self.url.clone(),
            body: self.body.clone(),
            created_at: at,
            updated_at: at,
        })
    }
}

/// What a reviewer says of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is good.
    Approved,
    /// It is not good yet.
    ChangesRequested,
    /// Nothing but words.
    Commented,
    /// Nothing any more: somebody took the verdict back.
    Dismissed,
}
