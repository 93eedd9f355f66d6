//! What must survive a restart: facts as they were last fetched, how far fetching came, and what
//! changed when.
//!
//! A fact that changed keeps its old version until the change was told ([`Store::tell`]). So a
//! crash between learning and telling loses nothing: the next sync finds both versions.

use std::borrow::Cow;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::forge::{NumberedMilestone, Validator};
use crate::domain::{
    Comment, CommentKind, Issue, KepNumber, Login, Milestone,
    change::Change,
    digest::{Often, Subscription},
    following::Follower,
    link::Link,
};

/// Why the store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What is there is not ours, from a newer version, or damaged; it is left as it is.
    #[error("{0}")]
    Refused(String),
    /// It could not be reached or written.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// One list of a repository that is fetched bit by bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feed {
    /// The files: KEPs, release pages.
    Files,
    /// Issues and pull requests.
    Issues,
    /// Comments of a kind.
    Comments(CommentKind),
    /// Milestones.
    Milestones,
    /// Labels.
    Labels,
    /// One issue, looked at again.
    Issue(u64),
    /// The comments of a kind of one issue, looked at again.
    CommentsOf(CommentKind, u64),
    /// The reviews of one pull request: its own last change until which they have arrived.
    ReviewsOf(u64),
}

impl Feed {
    /// Its name in the store.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Files => "files".into(),
            Self::Issues => "issues".into(),
            Self::Comments(CommentKind::Issue) => "issue-comments".into(),
            Self::Comments(CommentKind::Review) => "review-comments".into(),
            Self::Comments(CommentKind::Summary) => "reviews".into(),
            Self::Comments(CommentKind::Request) => "review-requests".into(),
            Self::Comments(CommentKind::Text) => "issue-texts".into(),
            Self::Milestones => "milestones".into(),
            Self::Labels => "labels".into(),
            Self::Issue(number) => format!("issue/{number}").into(),
            Self::CommentsOf(CommentKind::Issue, number) => {
                format!("issue/{number}/comments").into()
            }
            Self::CommentsOf(kind, number) => {
                format!("issue/{number}/{}-comments", kind.as_str()).into()
            }
            Self::ReviewsOf(number) => format!("issue/{number}/reviews").into(),
        }
    }
}

/// How far fetching a feed came. It is stored together with what it brought, never before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// What was changed before this moment has arrived.
    pub since: Option<DateTime<Utc>>,
    /// The next page, where more changed within one second than a page holds.
    pub page: Option<u32>,
    /// How often in a row something of it could not be read, and is asked for again.
    pub broken: u32,
    /// The mark of the last answer, good for just this position.
    pub validator: Option<Validator>,
    /// The hash of the folder that arrived whole.
    pub tree: Option<Box<str>>,
    /// Whether the first pass is over: only what comes after it is news.
    pub settled: bool,
}

/// A file of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// `kubernetes/enhancements`
    pub repository: Box<str>,
    /// `keps/sig-node/5825-cri-pagination/kep.yaml`
    pub path: Box<str>,
    /// The hash of its content.
    pub sha: Box<str>,
    /// What its reader made of it, so that a start need not read it again.
    pub read: String,
}

/// Which version of facts: as they are, or as they were when changes were last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// As they are.
    Now,
    /// As they were when changes were last told.
    Told,
}

/// The facts for a board.
#[derive(Debug, Clone, Default)]
pub struct StoredFacts {
    /// The files.
    pub files: Vec<StoredFile>,
    /// Issues and pull requests that may concern a KEP.
    pub issues: Vec<Issue>,
    /// The milestones of each repository: they change without the issues that have them.
    pub milestones: Vec<(Box<str>, Milestone)>,
    /// What could not be understood: a place and a sentence.
    pub problems: Vec<(Box<str>, String)>,
    /// When the last sync that went through ended; `None` before the first.
    pub synced_at: Option<DateTime<Utc>>,
    /// A number that grows with every change of a fact, a milestone or a problem.
    pub revision: i64,
}

/// A change and when it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldChange {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub change: Change,
}

/// What one page of issues brought.
#[derive(Debug, Default)]
pub struct IssueBatch<'a> {
    /// Those that may concern a KEP, whole.
    pub keep: &'a [Issue],
    /// Those that do not, each with its last change where that is known: they are removed if they
    /// were kept before ([`Store::remove_issue`]).
    pub drop: &'a [(u64, Option<DateTime<Utc>>)],
    /// For pull requests, the issues of their repository that they name: pull request, issue.
    pub mentions: &'a [(u64, u64)],
}

/// Where facts survive.
#[async_trait]
pub trait Store: Send + Sync {
    /// How far a feed came.
    async fn position(&self, repository: &str, feed: Feed) -> Result<Position, StoreError>;

    /// Every file of a repository: path and hash, by path.
    async fn files(&self, repository: &str) -> Result<Vec<(Box<str>, Box<str>)>, StoreError>;

    /// Moves the position of a feed that brought nothing.
    async fn set_position(
        &self,
        repository: &str,
        feed: Feed,
        position: &Position,
    ) -> Result<(), StoreError>;

    /// Stores files that arrived, all or none.
    async fn put_files(&self, files: &[StoredFile]) -> Result<(), StoreError>;

    /// A folder arrived whole: what is gone from it is removed, and the position moves.
    async fn settle_files(
        &self,
        repository: &str,
        gone: &[Box<str>],
        position: &Position,
    ) -> Result<(), StoreError>;

    /// Stores what a page of issues brought, all or nothing; `position`, where given, moves with it.
    ///
    /// Pages and webhooks overtake one another: an issue that was last changed before the one that is
    /// kept neither replaces nor removes it. What the pull requests of the batch named before is
    /// forgotten, but for those whose kept version is newer than the one to be removed.
    async fn put_issues(
        &self,
        repository: &str,
        batch: IssueBatch<'_>,
        position: Option<&Position>,
    ) -> Result<(), StoreError>;

    /// An issue is gone, or is elsewhere: its comments go, what it names, and the positions of its
    /// own feeds. That nobody deleted the comments is why they are no news.
    async fn remove_issue(&self, repository: &str, number: u64) -> Result<(), StoreError>;

    /// One issue, where it is kept.
    async fn issue(&self, repository: &str, number: u64) -> Result<Option<Issue>, StoreError>;

    /// The numbers of the issues of a repository that are kept, in order, and whether each is a pull
    /// request.
    async fn kept(&self, repository: &str) -> Result<Vec<(u64, bool)>, StoreError>;

    /// Pull requests that name one of these issues and whose text is not kept, in order.
    async fn mentioning(&self, repository: &str, issues: &[u64]) -> Result<Vec<u64>, StoreError>;

    /// Stores comments that arrived, all or none; the position of their feed, where given, moves with
    /// them. One that was last changed before the one that is kept does not replace it.
    async fn put_comments(
        &self,
        repository: &str,
        comments: &[Comment],
        feed: Option<(CommentKind, &Position)>,
    ) -> Result<(), StoreError>;

    /// Stores a comment that came by itself, likewise. `was` is what it said before, for the journal where
    /// nothing was stored of it until it came, or came just so.
    async fn put_comment(
        &self,
        repository: &str,
        comment: &Comment,
        was: Option<&str>,
    ) -> Result<(), StoreError>;

    /// A comment was deleted.
    async fn remove_comment(
        &self,
        repository: &str,
        kind: CommentKind,
        id: u64,
    ) -> Result<(), StoreError>;

    /// The comments of an issue, oldest first.
    async fn comments(&self, repository: &str, issue: u64) -> Result<Vec<Comment>, StoreError>;

    /// What was said below the issues of a repository from one moment until before another, to the
    /// second, oldest first.
    async fn said_between(
        &self,
        repository: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Comment>, StoreError>;

    /// Replaces the milestones of a repository. The revision grows where that changes any, but it is
    /// nothing to tell.
    async fn put_milestones(
        &self,
        repository: &str,
        milestones: &[NumberedMilestone],
        position: &Position,
    ) -> Result<(), StoreError>;

    /// The milestones of a repository, by number.
    async fn milestones(&self, repository: &str) -> Result<Vec<NumberedMilestone>, StoreError>;

    /// Replaces the labels of a repository.
    async fn put_labels(
        &self,
        repository: &str,
        labels: &[Box<str>],
        position: &Position,
    ) -> Result<(), StoreError>;

    /// The labels of a repository, each once, by name.
    async fn labels(&self, repository: &str) -> Result<Vec<Box<str>>, StoreError>;

    /// Everything that could not be understood: a place and a sentence.
    async fn problems(&self) -> Result<Vec<(Box<str>, String)>, StoreError>;

    /// What could not be understood at a place: with a reason it stands, without it is mended. The
    /// revision grows with it, but it is nothing to tell.
    async fn put_problem(&self, place: &str, why: Option<&str>) -> Result<(), StoreError>;

    /// The facts for a board, all as of one moment: files and issues in the version that is asked for,
    /// by repository and path or number; the rest as it is now.
    async fn facts(&self, version: Version) -> Result<StoredFacts, StoreError>;

    /// The revision, and whether anything changed since changes were last told.
    async fn pending(&self) -> Result<(i64, bool), StoreError>;

    /// Records changes, as of the revision of the facts that they were found in, and forgets the
    /// old versions. `false`, and nothing is recorded, where the facts have changed since, or somebody
    /// else has told of them. The moment is kept to the millisecond.
    /// `notes` are small values that are set with it.
    async fn tell(
        &self,
        at: DateTime<Utc>,
        revision: i64,
        changes: &[Change],
        notes: &[(String, String)],
    ) -> Result<bool, StoreError>;

    /// Changes found at or after a moment, oldest first, those of one moment in the order of telling.
    async fn changes(&self, since: DateTime<Utc>) -> Result<Vec<ToldChange>, StoreError>;

    /// Changes that were told after one, by their numbers.
    async fn changes_after(&self, id: i64) -> Result<Vec<(i64, Change)>, StoreError>;

    /// Notes that a sync went through, to the millisecond, and how the board stood that day (JSON;
    /// the last one of a day in UTC stays).
    async fn synced(&self, at: DateTime<Utc>, summary: Option<&str>) -> Result<(), StoreError>;

    /// Notes how the board stood on a day (JSON) of which nothing is known; what is known stays.
    async fn fill_day(&self, day: NaiveDate, summary: &str) -> Result<(), StoreError>;

    /// How the board stood on each day on or after one (JSON), oldest first.
    async fn days(&self, since: NaiveDate) -> Result<Vec<(NaiveDate, String)>, StoreError>;

    /// Deletes comments last changed before one moment, but for texts of issues, and changes and whole days
    /// before another; how many rows that were. Positions stay, so nothing of it is fetched again.
    async fn prune(
        &self,
        comments_before: DateTime<Utc>,
        history_before: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// A small value, such as which settings the facts were read with.
    async fn note(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Sets a small value.
    async fn set_note(&self, key: &str, value: &str) -> Result<(), StoreError>;

    /// How often a member of a workspace gets a digest of their own from now on; `None` for no more.
    async fn subscribe(
        &self,
        workspace: &str,
        user: &str,
        often: Option<Often>,
    ) -> Result<(), StoreError>;

    /// Who gets a digest of their own, by workspace and member id.
    async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError>;

    /// Somebody proved who they are. It replaces what they were, takes the login from whoever else had
    /// it, and makes an account one member of its workspace; where the account had another login before,
    /// it has the new one everywhere.
    async fn link(&self, link: &Link) -> Result<(), StoreError>;

    /// Who somebody is, is not known from now on.
    async fn unlink(&self, workspace: &str, user: &str) -> Result<(), StoreError>;

    /// Accounts have these logins from now on; the links of one without are forgotten.
    async fn set_logins(&self, now: &[(u64, Option<Login>)]) -> Result<(), StoreError>;

    /// Who proved who they are, the latest last.
    async fn links(&self) -> Result<Vec<Link>, StoreError>;

    /// Whether somebody, or a channel, follows a KEP from now on.
    async fn follow(
        &self,
        follower: &Follower,
        kep: KepNumber,
        follows: bool,
    ) -> Result<(), StoreError>;

    /// Who follows what, by the KEP's number.
    async fn followers(&self) -> Result<Vec<(Follower, KepNumber)>, StoreError>;
}
