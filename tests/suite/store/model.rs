//! Whatever is done to a store, in whatever order: it says the same as a few maps in memory.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use chrono::{DateTime, Utc};
use kep_liaison::{
    domain::{Comment, CommentKind, Issue},
    ports::{
        Store,
        store::{Feed, IssueBatch, Position, StoredFile, Version},
    },
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{Place, at, change, comment, file, issue, pull};

const REPOS: [&str; 2] = ["kubernetes/enhancements", "containerd/containerd"];

/// What can be done. Every first number says which repository.
#[derive(Debug, Clone)]
enum Step {
    PutFiles(Vec<(usize, u8, u8)>),
    Settle(usize, Vec<u8>, u32),
    PutIssues(usize, Batch, Option<u32>),
    RemoveIssue(usize, u64),
    /// Whether at the issue itself, and which issue.
    LookAt(usize, bool, u64, u32),
    PutComments(usize, Vec<(bool, u64, u64, i64, u8)>, Option<(bool, u32)>),
    RemoveComment(usize, bool, u64),
    Problem(u8, Option<u8>),
    /// With the revision now, or one that is so much older.
    Tell(i64, u8),
    Prune(i64),
    Reopen,
}

#[derive(Debug, Clone)]
struct Batch {
    keep: Vec<(u64, Option<i64>, u8, bool)>,
    drop: Vec<(u64, Option<i64>)>,
    mentions: Vec<(u64, u64)>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..30)
}

fn step() -> impl Strategy<Value = Step> {
    let repo = || 0..REPOS.len();
    let file = (repo(), 0..3_u8, 0..3_u8);
    let age = || prop::option::weighted(0.8, 0..3_i64);
    let kept = (1..5_u64, age(), 0..3_u8, any::<bool>());
    let batch = (
        prop::collection::vec(kept, 0..4),
        prop::collection::vec((1..6_u64, age()), 0..3),
        prop::collection::vec((1..6_u64, 1..5_u64), 0..3),
    );
    let batch = batch.prop_map(|(keep, drop, mentions)| Batch {
        keep,
        drop,
        mentions,
    });
    let said = (any::<bool>(), 1..4_u64, 1..4_u64, 0..4_i64, 0..3_u8);
    prop_oneof![
        4 => prop::collection::vec(file, 0..4).prop_map(Step::PutFiles),
        3 => (repo(), prop::collection::vec(0..3_u8, 0..3), 0..9_u32)
            .prop_map(|(repo, gone, page)| Step::Settle(repo, gone, page)),
        5 => (repo(), batch, prop::option::of(0..9_u32))
            .prop_map(|(repo, batch, page)| Step::PutIssues(repo, batch, page)),
        2 => (repo(), 1..6_u64).prop_map(|(repo, number)| Step::RemoveIssue(repo, number)),
        2 => (repo(), any::<bool>(), 1..6_u64, 0..9_u32)
            .prop_map(|(repo, itself, number, page)| Step::LookAt(repo, itself, number, page)),
        2 => (repo(), prop::collection::vec(said, 0..4), prop::option::of((any::<bool>(), 0..9_u32)))
            .prop_map(|(repo, said, page)| Step::PutComments(repo, said, page)),
        1 => (repo(), any::<bool>(), 1..4_u64)
            .prop_map(|(repo, review, id)| Step::RemoveComment(repo, review, id)),
        1 => (0..2_u8, prop::option::of(0..2_u8)).prop_map(|(place, why)| Step::Problem(place, why)),
        3 => (prop_oneof![3 => Just(0), 1 => 1..3_i64], 0..3_u8)
            .prop_map(|(older, changes)| Step::Tell(older, changes)),
        1 => (0..5_i64).prop_map(Step::Prune),
        1 => Just(Step::Reopen),
    ]
}

fn kind(review: bool) -> CommentKind {
    if review {
        CommentKind::Review
    } else {
        CommentKind::Issue
    }
}

fn own_feed(itself: bool, number: u64) -> Feed {
    if itself {
        Feed::Issue(number)
    } else {
        Feed::CommentsOf(CommentKind::Issue, number)
    }
}

fn position(page: u32) -> Position {
    Position {
        page: Some(page),
        ..Position::default()
    }
}

fn stored_file((repo, path, read): (usize, u8, u8)) -> StoredFile {
    StoredFile {
        repository: REPOS[repo].into(),
        ..file(&path.to_string(), &read.to_string())
    }
}

fn kept(repo: usize, (number, age, body, is_pull): (u64, Option<i64>, u8, bool)) -> Issue {
    let make = if is_pull { pull } else { issue };
    Issue {
        repository: REPOS[repo].into(),
        updated_at: age.map(at),
        ..make(number, 0, &body.to_string())
    }
}

fn said(repo: usize, (review, id, issue, age, body): (bool, u64, u64, i64, u8)) -> Comment {
    Comment {
        repository: REPOS[repo].into(),
        ..comment(kind(review), id, issue, age, &body.to_string())
    }
}

type Files = BTreeMap<(usize, Box<str>), StoredFile>;
type Issues = BTreeMap<(usize, u64), Issue>;

/// What the store should say.
#[derive(Debug, Default)]
struct Model {
    /// Now, and told.
    files: [Files; 2],
    issues: [Issues; 2],
    mentions: BTreeSet<(usize, u64, u64)>,
    comments: BTreeMap<(usize, CommentKind, u64), Comment>,
    problems: BTreeMap<Box<str>, String>,
    positions: BTreeMap<(usize, Cow<'static, str>), Position>,
    changes: usize,
    /// How often a fact changed.
    changed: u64,
}

impl Model {
    fn put_file(&mut self, repo: usize, file: StoredFile) {
        let key = (repo, file.path.clone());
        if self.files[0].get(&key) != Some(&file) {
            self.files[0].insert(key, file);
            self.changed += 1;
        }
    }

    /// Whether something newer is kept.
    fn is_stale(&self, repo: usize, number: u64, age: Option<DateTime<Utc>>) -> bool {
        let is = self.issues[0].get(&(repo, number));
        let is = is.and_then(|is| is.updated_at);
        is.zip(age).is_some_and(|(is, new)| new < is)
    }

    fn put_issue(&mut self, repo: usize, issue: Issue) {
        let key = (repo, issue.number);
        let is_stale = self.is_stale(repo, issue.number, issue.updated_at);
        if !is_stale && self.issues[0].get(&key) != Some(&issue) {
            self.issues[0].insert(key, issue);
            self.changed += 1;
        }
    }

    fn remove_issue(&mut self, repo: usize, number: u64) {
        let removed = self.issues[0].remove(&(repo, number));
        self.changed += u64::from(removed.is_some());
        self.forget_mentions(repo, number);
        self.comments
            .retain(|(other, ..), comment| (*other, comment.issue) != (repo, number));
        for itself in [true, false] {
            let feed = own_feed(itself, number).name();
            self.positions.remove(&(repo, feed));
        }
    }

    fn forget_mentions(&mut self, repo: usize, number: u64) {
        self.mentions
            .retain(|(other, pull, _)| (*other, *pull) != (repo, number));
    }

    fn put_comment(&mut self, repo: usize, comment: Comment) {
        let key = (repo, comment.kind, comment.id);
        let is = self.comments.get(&key);
        if is.is_none_or(|is| is.updated_at <= comment.updated_at) {
            self.comments.insert(key, comment);
        }
    }

    fn is_pending(&self) -> bool {
        self.files[0] != self.files[1] || self.issues[0] != self.issues[1]
    }

    fn tell(&mut self, changes: usize) {
        self.files[1] = self.files[0].clone();
        self.issues[1] = self.issues[0].clone();
        self.changes += changes;
    }

    fn mentioning(&self, repo: usize) -> BTreeSet<u64> {
        let here = self.mentions.iter().filter(|(other, ..)| *other == repo);
        here.map(|(_, pull, _)| *pull)
            .filter(|pull| !self.issues[0].contains_key(&(repo, *pull)))
            .collect()
    }
}

/// Does a step to both.
async fn take(step: Step, store: &dyn Store, model: &mut Model) {
    match step {
        Step::PutFiles(files) => {
            let stored: Vec<_> = files.iter().copied().map(stored_file).collect();
            store.put_files(&stored).await.unwrap();
            for ((repo, ..), file) in files.into_iter().zip(stored) {
                model.put_file(repo, file);
            }
        }
        Step::Settle(repo, gone, page) => {
            let gone: Vec<Box<str>> = gone.iter().map(|path| path.to_string().into()).collect();
            let to = position(page);
            let settled = store.settle_files(REPOS[repo], &gone, &to).await;
            settled.unwrap();
            for path in gone {
                let removed = model.files[0].remove(&(repo, path));
                model.changed += u64::from(removed.is_some());
            }
            let feed = (repo, Feed::Files.name());
            model.positions.insert(feed, position(page));
        }
        Step::PutIssues(repo, batch, page) => put_issues(repo, batch, page, store, model).await,
        Step::RemoveIssue(repo, number) => {
            store.remove_issue(REPOS[repo], number).await.unwrap();
            model.remove_issue(repo, number);
        }
        Step::LookAt(repo, itself, number, page) => {
            let (feed, to) = (own_feed(itself, number), position(page));
            let moved = store.set_position(REPOS[repo], feed, &to);
            moved.await.unwrap();
            model.positions.insert((repo, feed.name()), to);
        }
        Step::PutComments(repo, comments, page) => {
            let comments: Vec<_> = comments.into_iter().map(|one| said(repo, one)).collect();
            let moved = page.map(|(review, page)| (kind(review), position(page)));
            let feed = moved.as_ref().map(|(kind, position)| (*kind, position));
            let put = store.put_comments(REPOS[repo], &comments, feed);
            put.await.unwrap();
            for comment in comments {
                model.put_comment(repo, comment);
            }
            if let Some((kind, position)) = moved {
                let feed = (repo, Feed::Comments(kind).name());
                model.positions.insert(feed, position);
            }
        }
        Step::RemoveComment(repo, review, id) => {
            let removed = store.remove_comment(REPOS[repo], kind(review), id);
            removed.await.unwrap();
            model.comments.remove(&(repo, kind(review), id));
        }
        Step::Problem(place, why) => {
            let (place, why) = (place.to_string(), why.map(|why| why.to_string()));
            store.put_problem(&place, why.as_deref()).await.unwrap();
            let place = Box::from(place);
            let was = match &why {
                Some(why) => model.problems.insert(place, why.clone()),
                None => model.problems.remove(&place),
            };
            model.changed += u64::from(was != why);
        }
        Step::Tell(older, changes) => {
            let revision = super::revision(store).await - older;
            let changes: Vec<_> = (0..changes)
                .map(|nth| change(9001, &nth.to_string()))
                .collect();
            let told = store.tell(at(0), revision, &changes, &[]).await.unwrap();
            let is_news = changes.is_empty() || model.is_pending();
            assert_eq!(told, older == 0 && is_news);
            if told {
                model.tell(changes.len());
            }
        }
        Step::Prune(before) => {
            let before = at(before);
            let pruned = store.prune(before, at(-1_000_000)).await.unwrap();
            let was = model.comments.len();
            model
                .comments
                .retain(|_, comment| comment.updated_at >= before);
            assert_eq!(pruned, (was - model.comments.len()) as u64);
        }
        Step::Reopen => unreachable!("that is for the one who holds the store"),
    }
}

async fn put_issues(
    repo: usize,
    batch: Batch,
    page: Option<u32>,
    store: &dyn Store,
    model: &mut Model,
) {
    let issues: Vec<_> = batch.keep.into_iter().map(|one| kept(repo, one)).collect();
    let position = page.map(position);
    let drop = batch.drop.into_iter();
    let drop: Vec<_> = drop.map(|(number, age)| (number, age.map(at))).collect();
    let arrived = IssueBatch {
        keep: &issues,
        drop: &drop,
        mentions: &batch.mentions,
    };
    let put = store.put_issues(REPOS[repo], arrived, position.as_ref());
    put.await.unwrap();
    for issue in issues {
        model.forget_mentions(repo, issue.number);
        model.put_issue(repo, issue);
    }
    let mut mentions = batch.mentions;
    for (number, age) in drop {
        if model.is_stale(repo, number, age) {
            mentions.retain(|(pull, _)| *pull != number);
        } else {
            model.remove_issue(repo, number);
        }
    }
    for (pull, _) in &mentions {
        model.forget_mentions(repo, *pull);
    }
    for (pull, issue) in mentions {
        model.mentions.insert((repo, pull, issue));
    }
    if let Some(position) = position {
        let feed = (repo, Feed::Issues.name());
        model.positions.insert(feed, position);
    }
}

/// Compares everything that the two can say.
async fn compare(store: &dyn Store, model: &Model) {
    for (nth, version) in [Version::Now, Version::Told].into_iter().enumerate() {
        let facts = store.facts(version).await.unwrap();
        let by_name = |repository: &str| REPOS.iter().position(|name| *name == repository);
        let files = facts.files.into_iter();
        let files: Files = files
            .map(|file| {
                (
                    (by_name(&file.repository).unwrap(), file.path.clone()),
                    file,
                )
            })
            .collect();
        assert_eq!(files, model.files[nth]);
        let issues = facts.issues.into_iter();
        let issues: Issues = issues
            .map(|issue| ((by_name(&issue.repository).unwrap(), issue.number), issue))
            .collect();
        assert_eq!(issues, model.issues[nth]);
        assert_eq!(
            facts.problems.into_iter().collect::<BTreeMap<_, _>>(),
            model.problems
        );
    }
    assert_eq!(super::is_pending(store).await, model.is_pending());
    assert_eq!(store.changes(at(-1)).await.unwrap().len(), model.changes);
    for (repo, name) in REPOS.iter().enumerate() {
        let mentioning = store.mentioning(name, &[1, 2, 3, 4]).await.unwrap();
        assert_eq!(BTreeSet::from_iter(mentioning), model.mentioning(repo));
        let kept: Vec<u64> = store
            .kept(name)
            .await
            .unwrap()
            .into_iter()
            .map(|(number, _)| number)
            .collect();
        let here = model.issues[0].keys().filter(|(other, _)| *other == repo);
        assert!(here.map(|(_, number)| number).eq(&kept));
        for issue in 1..4 {
            let mut expected: Vec<_> = model
                .comments
                .iter()
                .filter(|((other, ..), comment)| (*other, comment.issue) == (repo, issue))
                .map(|(_, comment)| comment.clone())
                .collect();
            expected.sort_by_key(|comment| (comment.created_at, comment.kind, comment.id));
            assert_eq!(store.comments(name, issue).await.unwrap(), expected);
        }
        let shared = [
            Feed::Files,
            Feed::Issues,
            Feed::Comments(CommentKind::Issue),
            Feed::Comments(CommentKind::Review),
        ];
        let own = (1..6).flat_map(|number| [true, false].map(|itself| own_feed(itself, number)));
        for feed in shared.into_iter().chain(own) {
            let expected = model.positions.get(&(repo, feed.name()));
            assert_eq!(
                store.position(name, feed).await.unwrap(),
                expected.cloned().unwrap_or_default()
            );
        }
    }
}

async fn agrees(place: &dyn Place, steps: Vec<Step>) {
    let mut store = place.open().await;
    let mut model = Model::default();
    for step in steps {
        let (revision, changed) = (super::revision(&*store).await, model.changed);
        if matches!(step, Step::Reopen) {
            store = place.open().await;
        } else {
            take(step, &*store, &mut model).await;
        }
        compare(&*store, &model).await;
        let grew = super::revision(&*store).await - revision;
        assert_eq!(grew > 0, model.changed > changed);
        assert!(grew >= 0);
    }
}

pub(super) fn any_sequence<P: Place + Default>() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    });
    let agreed = runner.run(&steps(), |steps| {
        runtime.block_on(agrees(&P::default(), steps));
        Ok(())
    });
    if let Err(error) = agreed {
        panic!("{error}");
    }
}
