//! What every store must do, written against the port alone, and what a SQLite file must do besides.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helpers are tests, which clippy does not see"
)]

mod facts;
mod history;
mod issues;
mod lists;
mod many;
mod model;
mod outbox;
mod preferences;
mod refusals;
mod survival;

use std::path::PathBuf;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kep_liaison::{
    domain::{
        Comment, CommentKind, Issue, KepNumber, Login,
        change::{Change, Direction, What},
    },
    ports::{
        Outbox, Store,
        store::{StoredFile, Version},
    },
    store::{Mode, SqliteStore},
};
use tempfile::TempDir;

use crate::world;

/// Every test of the contract, for one kind of store.
macro_rules! contract {
    ($store:ident, $place:ty) => {
        contract! { @tests $store, $place,
            facts: nothing_at_first, a_new_file, the_same_file_again, a_file_that_changes,
                a_file_that_changes_back, a_file_that_vanishes, a_file_that_vanishes_and_returns,
                a_file_that_comes_and_goes, files_of_two_repositories, files_and_issues_in_order,
                telling_an_old_revision, two_that_tell_the_same, telling_of_nothing, problems;
            issues: an_issue_is_kept_whole, a_stale_page, an_equal_age, an_unknown_age,
                an_issue_that_is_removed, an_issue_that_is_dropped, a_stale_page_drops_nothing,
                an_issue_that_returns,
                a_removed_issue_may_return_older, what_is_kept, mentions, mentions_are_replaced,
                a_number_in_two_repositories, strange_text, a_number_beyond_all;
            lists: positions, positions_of_an_issue_go_with_it, a_position_moves_with_its_page, comments_in_order, a_stale_comment,
                a_deleted_comment, what_was_said_between, kinds_have_numbers_of_their_own, milestones_are_replaced,
                labels_are_replaced;
            history: changes_by_time, changes_by_number, changes_stay_as_they_are, the_last_of_a_day, notes,
                subscriptions, links, followers, pruning_comments, pruning_history;
            preferences: the_newest_of_all_names, two_wishes_at_once, a_login_that_changes_hands,
                a_login_that_was_given_up, who_turns_out_to_be_one;
            many: writers_lose_nothing, readers_see_one_moment, a_write_that_is_given_up;
            survival: all_is_there_after_a_restart, all_is_there_without_a_farewell;
        }
    };
    (@tests $store:ident, $place:ty, $($part:ident: $($test:ident),+;)+) => {
        mod $store {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$part::$test(&<$place>::default()).await;
                }
            )+)+

            #[test]
            fn any_sequence_agrees_with_the_model() {
                super::model::any_sequence::<$place>();
            }
        }
    };
}

use contract;

contract!(sqlite, super::SqliteFile);

/// Where a store is, which outlives the store.
#[async_trait]
trait Place: Send + Sync {
    async fn open(&self) -> Box<dyn Store>;

    /// The same store, with the outbox that stands beside its facts.
    async fn open_both(&self) -> Box<dyn Both>;
}

trait Both: Store + Outbox {}

impl<T: Store + Outbox> Both for T {}

/// A file in a folder of its own.
struct SqliteFile(TempDir);

impl Default for SqliteFile {
    fn default() -> Self {
        Self(TempDir::new().unwrap())
    }
}

impl SqliteFile {
    fn path(&self) -> PathBuf {
        self.0.path().join("facts.db")
    }

    async fn write(&self) -> SqliteStore {
        SqliteStore::open(self.path(), Mode::Write).await.unwrap()
    }
}

#[async_trait]
impl Place for SqliteFile {
    async fn open(&self) -> Box<dyn Store> {
        Box::new(self.write().await)
    }

    async fn open_both(&self) -> Box<dyn Both> {
        Box::new(self.write().await)
    }
}

/// The repository that most of these tests are about.
const REPO: &str = "containerd/containerd";

/// So many seconds after some moment.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
}

fn file(path: &str, read: &str) -> StoredFile {
    StoredFile {
        repository: "kubernetes/enhancements".into(),
        path: path.into(),
        sha: format!("hash of {read}").into(),
        read: read.to_owned(),
    }
}

/// An issue as it was at a moment.
fn issue(number: u64, seconds: i64, body: &str) -> Issue {
    Issue {
        updated_at: Some(at(seconds)),
        ..world::issue(number, "an issue", body)
    }
}

fn pull(number: u64, seconds: i64, body: &str) -> Issue {
    Issue {
        updated_at: Some(at(seconds)),
        ..world::pull(number, "a pull request", body)
    }
}

fn comment(kind: CommentKind, id: u64, issue: u64, seconds: i64, body: &str) -> Comment {
    Comment {
        repository: REPO.into(),
        id,
        kind,
        issue,
        author: Login::parse("ann"),
        by_app: false,
        url: format!("https://github.com/{REPO}/issues/{issue}#issuecomment-{id}").into(),
        body: body.into(),
        created_at: at(seconds),
        updated_at: at(seconds),
    }
}

fn change(number: u32, title: &str) -> Change {
    Change {
        kep: KepNumber::new(number).unwrap(),
        path: "keps/sig-node/9001-example".into(),
        issue: Some((REPO.into(), 7)),
        what: What::IssueTitle("before".into(), title.into()),
        direction: Direction::Forward,
        by: None,
        shepherds: Vec::new(),
    }
}

/// The paths and contents of the files in a version.
async fn files(store: &dyn Store, version: Version) -> Vec<(String, String)> {
    let facts = store.facts(version).await.unwrap();
    let files = facts.files.into_iter();
    files.map(|file| (file.path.into(), file.read)).collect()
}

/// The numbers and texts of the issues in a version.
async fn issues(store: &dyn Store, version: Version) -> Vec<(u64, String)> {
    let facts = store.facts(version).await.unwrap();
    let issues = facts.issues.into_iter();
    issues
        .map(|issue| (issue.number, issue.body.into()))
        .collect()
}

async fn is_pending(store: &dyn Store) -> bool {
    store.pending().await.unwrap().1
}

async fn revision(store: &dyn Store) -> i64 {
    store.pending().await.unwrap().0
}

/// Tells of what there is now.
async fn tell(store: &dyn Store, changes: &[Change]) {
    let revision = revision(store).await;
    assert!(store.tell(at(0), revision, changes, &[]).await.unwrap());
    assert!(!is_pending(store).await);
}

fn pairs<T: Copy>(pairs: &[(T, &str)]) -> Vec<(T, String)> {
    pairs
        .iter()
        .map(|(key, value)| (*key, (*value).to_owned()))
        .collect()
}
