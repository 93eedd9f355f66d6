//! What is there after an end, an orderly one or not.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use kep_liaison::{
    domain::CommentKind,
    ports::{
        Store,
        store::{Feed, Position, Version},
    },
    store::{Mode, SqliteStore},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{
    Place, REPO, SqliteFile, at, change, comment, file, files, is_pending, issue, issues, pairs,
    tell,
};

async fn fill(store: &dyn Store) {
    store.put_files(&[file("a", "1")]).await.unwrap();
    tell(store, &[change(9001, "told")]).await;
    store.put_files(&[file("a", "2")]).await.unwrap();
    put_round(store, 3).await;
    let said = [comment(CommentKind::Issue, 1, 7, 0, "text")];
    store.put_comments(REPO, &said, None).await.unwrap();
    store.put_problem("b", Some("odd")).await.unwrap();
    store.synced(at(0), Some("summary")).await.unwrap();
    store.set_note("a", "1").await.unwrap();
}

async fn expect_filled(store: &dyn Store) {
    assert_eq!(files(store, Version::Now).await, [("a".into(), "2".into())]);
    assert_eq!(
        files(store, Version::Told).await,
        [("a".into(), "1".into())]
    );
    assert_eq!(
        issues(store, Version::Now).await,
        pairs(&[(1, "3"), (3, "3")])
    );
    assert!(is_pending(store).await);
    assert_eq!(store.changes(at(0)).await.unwrap().len(), 1);
    assert_eq!(store.comments(REPO, 7).await.unwrap().len(), 1);
    let facts = store.facts(Version::Now).await.unwrap();
    assert_eq!(facts.problems.len(), 1);
    assert_eq!(facts.synced_at, Some(at(0)));
    let day = at(0).date_naive();
    assert_eq!(store.days(day).await.unwrap().len(), 1);
    assert_eq!(store.note("a").await.unwrap().as_deref(), Some("1"));
}

pub(super) async fn all_is_there_after_a_restart(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store).await;
    drop(store);
    expect_filled(&*place.open().await).await;
}

pub(super) async fn all_is_there_without_a_farewell(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store).await;
    expect_filled(&*place.open().await).await;
    expect_filled(&*store).await;
}

/// A page that brings two issues and moves the position: 1 with the round as its text, and one with
/// the round as its number.
async fn put_round(store: &dyn Store, round: u32) {
    let body = round.to_string();
    let page = [
        issue(1, round.into(), &body),
        issue(round.into(), round.into(), &body),
    ];
    let position = Position {
        page: Some(round),
        ..Position::default()
    };
    let batch = super::issues::keep(&page);
    store
        .put_issues(REPO, batch, Some(&position))
        .await
        .unwrap();
}

/// Rounds begin at 2. How many of them are there; panics where one is there in part.
async fn whole_rounds(store: &dyn Store) -> u32 {
    let position = store.position(REPO, Feed::Issues).await.unwrap();
    let Some(round) = position.page else {
        assert!(store.kept(REPO).await.unwrap().is_empty());
        return 1;
    };
    let found = store.issue(REPO, 1).await.unwrap().unwrap();
    assert_eq!(*found.body, *round.to_string());
    let kept = store.kept(REPO).await.unwrap();
    let numbers = kept.into_iter().map(|(number, _)| number);
    assert!(numbers.eq(1..=u64::from(round)));
    // A page that changes two facts; the very first has a new issue 1, too.
    assert_eq!(super::revision(store).await, 2 * i64::from(round - 1));
    round
}

/// The write-ahead log as a power cut may leave it: it ends somewhere, or in garbage.
#[test]
fn a_torn_log_loses_only_the_last_pages() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let source = SqliteFile::default();
    let store = runtime.block_on(async {
        let store = source.write().await;
        for round in 2..12 {
            put_round(&store, round).await;
        }
        store
    });
    let base = fs::read(source.path()).unwrap();
    let log = fs::read(source.path().with_extension("db-wal")).unwrap();
    assert!(log.len() > 10_000, "there is a log to tear");
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = (0..=log.len(), any::<bool>());
    let survived = runner.run(&strategy, |(length, is_garbage)| {
        let copy = SqliteFile::default();
        let mut torn = log[..length].to_vec();
        if is_garbage {
            torn.extend([0xa5; 5000]);
        }
        fs::write(copy.path(), &base).unwrap();
        fs::write(copy.path().with_extension("db-wal"), torn).unwrap();
        runtime.block_on(async {
            let store = copy.write().await;
            let rounds = whole_rounds(&store).await;
            prop_assert!(length < log.len() || rounds == 11);
            put_round(&store, rounds + 1).await;
            assert_eq!(whole_rounds(&store).await, rounds + 1);
            Ok(())
        })
    });
    drop(store);
    if let Err(error) = survived {
        panic!("{error}");
    }
}

const KILLED: &str = "KEP_LIAISON_TEST_STORE";

/// No test: the process that [`a_killed_process_leaves_whole_pages`] kills.
#[tokio::test]
#[ignore = "runs until it is killed"]
async fn writes_until_it_is_killed() {
    let path = env::var_os(KILLED).expect("a file to write to");
    let store = SqliteStore::open(path, Mode::Write).await.unwrap();
    let mut round = whole_rounds(&store).await;
    loop {
        round += 1;
        put_round(&store, round).await;
        println!("\nround {round}");
    }
}

#[tokio::test]
async fn a_killed_process_leaves_whole_pages() {
    let place = SqliteFile::default();
    let mut there = 1;
    for rounds in [1, 2, 7, 20, 50] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["store::survival::writes_until_it_is_killed", "--exact"])
            .args(["--ignored", "--nocapture"])
            .env(KILLED, place.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = said.map_while(Result::ok);
        let last = said
            .filter(|line| line.starts_with("round "))
            .nth(rounds)
            .expect("it goes on until it is killed");
        child.kill().unwrap();
        child.wait().unwrap();
        let told: u32 = last.trim_start_matches("round ").parse().unwrap();
        assert!(told > there);
        let store = place.write().await;
        there = whole_rounds(&store).await;
        assert!(there >= told, "{told} was there, now {there}");
        // The next one finds it with and without a farewell.
        if rounds % 2 == 0 {
            store.close().await;
        }
    }
}
