//! What is asked of a forge such as GitHub: facts, mostly in pages that may say "nothing is new",
//! and writes whose outcome is told apart carefully. What it says unasked are its events.

mod event;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use self::event::{Departure, ForgeEvent, Review, Verdict};
use crate::domain::{Comment, CommentKind, Doing, Issue, Login, Milestone, Repository};

/// A mark by which the forge recognises what somebody has already (an HTTP entity tag). It is
/// only good for the one who got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator {
    /// The mark itself.
    pub tag: Box<str>,
    /// Whom it was given to, a fingerprint of the credentials.
    pub identity: Box<str>,
}

/// An answer to "what is new?".
#[derive(Debug, Clone)]
pub enum Fetched<T> {
    /// The same as what the validator stands for.
    Same,
    /// This, and the mark to ask with next time, where the forge gives one.
    New(T, Option<Validator>),
}

impl<T> Fetched<T> {
    /// The same answer with its content made into something else.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Fetched<U> {
        match self {
            Self::Same => Fetched::Same,
            Self::New(content, validator) => Fetched::New(make(content), validator),
        }
    }
}

/// Entries of a folder, or of a whole tree.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The hash of the tree itself.
    pub sha: Box<str>,
    /// What is in it, folders too; paths begin at the tree.
    pub entries: Vec<TreeEntry>,
    /// Whether the forge left some out because there are too many.
    pub truncated: bool,
}

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// `sig-node/5825-cri-pagination/kep.yaml`
    pub path: Box<str>,
    /// The hash of its content.
    pub sha: Box<str>,
    /// Whether it is a folder.
    pub is_tree: bool,
}

/// One page of a list, in the order of their last change.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What was understood.
    pub items: Vec<T>,
    /// What was not: where it stands and why.
    pub problems: Vec<(Box<str>, String)>,
    /// The latest change of any item, those that were not understood included.
    pub latest: Option<DateTime<Utc>>,
    /// How many items the page had.
    pub length: usize,
    /// Whether there are more.
    pub has_next: bool,
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Only what changed then or later.
    pub moment: Option<DateTime<Utc>>,
    /// Which page of that, from 1.
    pub page: u32,
}

/// One issue that was asked for by its number.
#[derive(Debug, Clone)]
pub enum Found {
    /// It is there.
    Here(Box<Issue>),
    /// It was moved to another repository, or became something else; its address there.
    Moved(Box<str>),
    /// It was deleted, or never was.
    Gone,
}

/// A milestone with the number that a write names it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedMilestone {
    /// Its number in the repository.
    pub number: u64,
    /// What it says.
    pub milestone: Milestone,
}

/// A change to an issue; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueEdit {
    /// Another title.
    pub title: Option<String>,
    /// Another text.
    pub body: Option<String>,
    /// Another milestone, or none at all.
    pub milestone: Option<Option<u64>>,
    /// Open again, or closed and why.
    pub state: Option<crate::domain::IssueState>,
}

/// A new issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewIssue {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Who is assigned.
    pub assignees: Vec<Login>,
    /// The number of its milestone.
    pub milestone: Option<u64>,
}

/// Who the bot is on the forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its login; an App's is that of the App, which a person may have as well.
    pub login: Login,
    /// Whether it is an App.
    pub is_app: bool,
}

impl Account {
    /// Whether it wrote a comment.
    pub fn wrote(&self, comment: &Comment) -> bool {
        comment.author.as_ref() == Some(&self.login) && comment.by_app == self.is_app
    }
}

/// Why the forge did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// A limit is used up.
    #[error("GitHub's limit is used up until {}", .until.format("%H:%M:%S UTC"))]
    Limited {
        /// When it may be asked again.
        until: DateTime<Utc>,
    },
    /// It does not accept who we say we are.
    #[error("GitHub does not accept the credentials ({0}); check the token or the App's key")]
    Unauthorized(String),
    /// We may not do this.
    #[error("GitHub refuses: {0}")]
    Forbidden(String),
    /// There is no such thing, or we may not see it.
    #[error("GitHub does not know {0}, or the credentials may not see it")]
    NotFound(String),
    /// It was deleted.
    #[error("{0} was deleted")]
    Gone(String),
    /// It is elsewhere now.
    #[error("it was moved to {0}")]
    Moved(String),
    /// What was asked for makes no sense to it.
    #[error("GitHub does not take it: {0}")]
    Invalid(String),
    /// It did less than was asked, as it does where rights are missing.
    #[error("GitHub did only a part of it: {0}")]
    Partly(String),
    /// A write of which nobody knows whether it was done.
    #[error("GitHub gave no clear answer ({0}); it may have been done")]
    Unclear(String),
    /// It could not be asked, or failed, again and again.
    #[error("GitHub cannot be asked: {0}")]
    Unavailable(String),
    /// Its answer was not understood.
    #[error("GitHub's answer was not understood: {0}")]
    Unreadable(String),
}

impl ForgeError {
    /// Whether it passes by itself, or when the operator does something, and the same may be asked again.
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::Limited { .. } | Self::Unavailable(_) | Self::Unauthorized(_)
        )
    }

    /// Whether a write that failed so was certainly not done.
    pub fn is_certain(&self) -> bool {
        !matches!(
            self,
            Self::Unclear(_) | Self::Partly(_) | Self::Unreadable(_)
        )
    }
}

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryFile {
    /// Its path in the repository.
    pub path: Box<str>,
    /// The hash of its content.
    pub sha: Box<str>,
    /// Its text.
    pub text: String,
}

/// Says by its path whether a file is wanted.
pub type FileFilter = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Receives files, one at a time.
pub type FileSink<'a> = &'a mut (dyn FnMut(RepositoryFile) + Send);

/// A forge such as GitHub.
#[async_trait]
pub trait Forge: Send + Sync {
    /// A tree by its hash, or the one at the tip of the default branch.
    async fn tree(
        &self,
        repository: &Repository,
        sha: Option<&str>,
        recursive: bool,
        known: Option<&Validator>,
    ) -> Result<Fetched<Tree>, ForgeError>;

    /// The hash of the tree that the default branch had at a moment; `None` where it had none yet.
    async fn tree_at(
        &self,
        repository: &Repository,
        moment: DateTime<Utc>,
    ) -> Result<Option<Box<str>>, ForgeError>;

    /// A file's text by its hash.
    async fn blob(&self, repository: &Repository, sha: &str) -> Result<String, ForgeError>;

    /// Every wanted file of the default branch that is not larger than a file of facts may be, by
    /// one download.
    async fn files(
        &self,
        repository: &Repository,
        wanted: FileFilter,
        sink: FileSink<'_>,
    ) -> Result<(), ForgeError>;

    /// Issues and pull requests by their last change, oldest first.
    async fn issues(
        &self,
        repository: &Repository,
        since: Since,
        known: Option<&Validator>,
    ) -> Result<Fetched<Page<Issue>>, ForgeError>;

    /// Comments of one kind by their last change, oldest first.
    async fn comments(
        &self,
        repository: &Repository,
        kind: CommentKind,
        since: Since,
        known: Option<&Validator>,
    ) -> Result<Fetched<Page<Comment>>, ForgeError>;

    /// Every comment of one kind at one issue or pull request.
    async fn comments_of(
        &self,
        repository: &Repository,
        kind: CommentKind,
        issue: u64,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<Comment>>, ForgeError>;

    /// One comment; `None` where there is none, or none any more.
    async fn one_comment(
        &self,
        repository: &Repository,
        kind: CommentKind,
        id: u64,
    ) -> Result<Option<Comment>, ForgeError>;

    /// One issue or pull request.
    async fn issue(
        &self,
        repository: &Repository,
        number: u64,
        known: Option<&Validator>,
    ) -> Result<Fetched<Found>, ForgeError>;

    /// All milestones, open and closed.
    async fn milestones(
        &self,
        repository: &Repository,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<NumberedMilestone>>, ForgeError>;

    /// The names of all labels.
    async fn labels(
        &self,
        repository: &Repository,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<Box<str>>>, ForgeError>;

    /// Writes a comment.
    async fn comment(
        &self,
        repository: &Repository,
        issue: u64,
        body: &str,
    ) -> Result<Comment, ForgeError>;

    /// Replaces a comment's text.
    async fn edit_comment(
        &self,
        repository: &Repository,
        id: u64,
        body: &str,
    ) -> Result<Comment, ForgeError>;

    /// Deletes a comment.
    async fn delete_comment(&self, repository: &Repository, id: u64) -> Result<(), ForgeError>;

    /// The reviews of a pull request.
    async fn reviews(&self, repository: &Repository, pull: u64) -> Result<Vec<Review>, ForgeError>;

    /// What was done to an issue or a pull request, oldest first.
    async fn doings(&self, repository: &Repository, issue: u64) -> Result<Vec<Doing>, ForgeError>;

    /// Whether not everybody may read a repository.
    async fn is_private(&self, repository: &Repository) -> Result<bool, ForgeError>;

    /// The members of a team, by its short name, of the organisation that a repository belongs to;
    /// `None` where there is no such team, or we may not see who is in it.
    async fn team_members(
        &self,
        repository: &Repository,
        team: &str,
    ) -> Result<Option<Vec<Login>>, ForgeError>;

    /// Who the bot is for a repository; `None` where it is nobody.
    async fn own_account(&self, repository: &Repository) -> Result<Option<Account>, ForgeError>;

    /// Opens an issue.
    async fn open_issue(
        &self,
        repository: &Repository,
        issue: &NewIssue,
    ) -> Result<Issue, ForgeError>;

    /// Changes an issue.
    async fn edit_issue(
        &self,
        repository: &Repository,
        number: u64,
        edit: &IssueEdit,
    ) -> Result<Issue, ForgeError>;

    /// Adds labels.
    async fn add_labels(
        &self,
        repository: &Repository,
        issue: u64,
        labels: &[String],
    ) -> Result<(), ForgeError>;

    /// Takes a label off.
    async fn remove_label(
        &self,
        repository: &Repository,
        issue: u64,
        label: &str,
    ) -> Result<(), ForgeError>;

    /// Assigns people.
    async fn assign(
        &self,
        repository: &Repository,
        issue: u64,
        people: &[Login],
    ) -> Result<(), ForgeError>;

    /// Takes people off.
    async fn unassign(
        &self,
        repository: &Repository,
        issue: u64,
        people: &[Login],
    ) -> Result<(), ForgeError>;
}
