//! Files and problems: what is now, what was told, and whether anything is still to be told.

use kep_liaison::ports::{
    Store,
    store::{Position, StoredFile, Version},
};

use super::{Place, at, change, file, files, is_pending, issue, revision, tell};

const KEPS: &str = "kubernetes/enhancements";

async fn put(store: &dyn Store, path: &str, read: &str) {
    store.put_files(&[file(path, read)]).await.unwrap();
}

async fn vanish(store: &dyn Store, path: &str) {
    let position = Position::default();
    let gone = [path.into()];
    store.settle_files(KEPS, &gone, &position).await.unwrap();
}

/// What there is now, and what was told.
async fn versions(store: &dyn Store) -> (String, String) {
    let said = |files: Vec<(String, String)>| {
        let files = files.into_iter();
        let words: Vec<_> = files.map(|(path, read)| format!("{path}={read}")).collect();
        words.join(" ")
    };
    (
        said(files(store, Version::Now).await),
        said(files(store, Version::Told).await),
    )
}

async fn expect(store: &dyn Store, now: &str, told: &str) {
    assert_eq!(versions(store).await, (now.to_owned(), told.to_owned()));
    assert_eq!(is_pending(store).await, now != told);
}

pub(super) async fn nothing_at_first(place: &dyn Place) {
    let store = place.open().await;
    let facts = store.facts(Version::Now).await.unwrap();
    assert!(facts.files.is_empty() && facts.issues.is_empty() && facts.problems.is_empty());
    assert_eq!(facts.synced_at, None);
    assert_eq!(store.pending().await.unwrap(), (facts.revision, false));
    assert!(store.files(KEPS).await.unwrap().is_empty());
}

pub(super) async fn a_new_file(place: &dyn Place) {
    let store = &*place.open().await;
    let before = revision(store).await;
    put(store, "a", "1").await;
    assert!(revision(store).await > before);
    expect(store, "a=1", "").await;
    let hashes = store.files(KEPS).await.unwrap();
    assert_eq!(hashes, [("a".into(), "hash of 1".into())]);
    tell(store, &[change(9001, "news")]).await;
    expect(store, "a=1", "a=1").await;
}

pub(super) async fn the_same_file_again(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    let before = revision(store).await;
    put(store, "a", "1").await;
    assert_eq!(revision(store).await, before);
    tell(store, &[]).await;
    put(store, "a", "1").await;
    assert_eq!(revision(store).await, before);
    expect(store, "a=1", "a=1").await;
}

pub(super) async fn a_file_that_changes(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    tell(store, &[]).await;
    for read in ["2", "3"] {
        let before = revision(store).await;
        put(store, "a", read).await;
        assert!(revision(store).await > before);
        // What was told is the first, however often it changed since.
        expect(store, &format!("a={read}"), "a=1").await;
    }
    // The hash alone is a difference too, and what was read alone.
    let before = revision(store).await;
    let other = StoredFile {
        sha: "another".into(),
        ..file("a", "3")
    };
    store.put_files(std::slice::from_ref(&other)).await.unwrap();
    let facts = store.facts(Version::Now).await.unwrap();
    assert_eq!(facts.files, [other]);
    assert!(facts.revision > before);
    tell(store, &[]).await;
    expect(store, "a=3", "a=3").await;
}

pub(super) async fn a_file_that_changes_back(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    tell(store, &[]).await;
    put(store, "a", "2").await;
    let before = revision(store).await;
    put(store, "a", "1").await;
    // Who read the second must notice, and yet nobody need be told.
    assert!(revision(store).await > before);
    expect(store, "a=1", "a=1").await;
    put(store, "a", "2").await;
    expect(store, "a=2", "a=1").await;
}

pub(super) async fn a_file_that_vanishes(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    put(store, "b", "1").await;
    tell(store, &[]).await;
    let before = revision(store).await;
    vanish(store, "a").await;
    assert!(revision(store).await > before);
    expect(store, "b=1", "a=1 b=1").await;
    assert_eq!(store.files(KEPS).await.unwrap().len(), 1);
    let before = revision(store).await;
    vanish(store, "a").await;
    vanish(store, "never was").await;
    assert_eq!(revision(store).await, before);
    tell(store, &[]).await;
    expect(store, "b=1", "b=1").await;
}

pub(super) async fn a_file_that_vanishes_and_returns(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    tell(store, &[]).await;
    vanish(store, "a").await;
    put(store, "a", "2").await;
    expect(store, "a=2", "a=1").await;
    vanish(store, "a").await;
    expect(store, "", "a=1").await;
    put(store, "a", "1").await;
    expect(store, "a=1", "a=1").await;
    // After it was told of, one that is gone is one that never was.
    vanish(store, "a").await;
    tell(store, &[]).await;
    put(store, "a", "1").await;
    expect(store, "a=1", "").await;
}

pub(super) async fn a_file_that_comes_and_goes(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    put(store, "a", "2").await;
    expect(store, "a=2", "").await;
    vanish(store, "a").await;
    expect(store, "", "").await;
    put(store, "a", "1").await;
    expect(store, "a=1", "").await;
}

pub(super) async fn files_of_two_repositories(place: &dyn Place) {
    let store = &*place.open().await;
    let elsewhere = StoredFile {
        repository: "kubernetes/sig-release".into(),
        ..file("a", "1")
    };
    let both = [elsewhere.clone(), file("a", "1")];
    store.put_files(&both).await.unwrap();
    vanish(store, "a").await;
    let facts = store.facts(Version::Now).await.unwrap();
    assert_eq!(facts.files, std::slice::from_ref(&elsewhere));
    assert!(store.files(KEPS).await.unwrap().is_empty());
    assert_eq!(store.files(&elsewhere.repository).await.unwrap().len(), 1);
}

pub(super) async fn files_and_issues_in_order(place: &dyn Place) {
    let store = &*place.open().await;
    for path in ["b", "a-b", "a/b", "B", "ä", "a"] {
        put(store, path, "1").await;
    }
    for number in [10, 9, 1] {
        let keep = [issue(number, 0, "")];
        let batch = super::issues::keep(&keep);
        store.put_issues(super::REPO, batch, None).await.unwrap();
    }
    for version in [Version::Now, Version::Told] {
        let facts = store.facts(version).await.unwrap();
        let paths: Vec<_> = facts.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["B", "a", "a-b", "a/b", "b", "ä"]);
        let numbers: Vec<_> = facts.issues.iter().map(|issue| issue.number).collect();
        assert_eq!(numbers, [1, 9, 10]);
        if version == Version::Now {
            tell(store, &[]).await;
        }
    }
}

pub(super) async fn two_that_tell_the_same(place: &dyn Place) {
    let store = &*place.open().await;
    let other = &*place.open().await;
    store.put_files(&[file("a", "1")]).await.unwrap();
    let revision = revision(store).await;
    let found = [change(9001, "found by both")];
    assert!(store.tell(at(0), revision, &found, &[]).await.unwrap());
    assert!(!other.tell(at(0), revision, &found, &[]).await.unwrap());
    assert_eq!(store.changes(at(-1)).await.unwrap().len(), 1);
}

pub(super) async fn telling_an_old_revision(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    let old = revision(store).await;
    put(store, "a", "2").await;
    let changes = [change(9001, "of the first")];
    for wrong in [old, old - 1, i64::MAX] {
        assert!(
            !store
                .tell(super::at(0), wrong, &changes, &[])
                .await
                .unwrap()
        );
    }
    expect(store, "a=2", "").await;
    assert!(store.changes(super::at(-1)).await.unwrap().is_empty());
}

pub(super) async fn telling_of_nothing(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, "a", "1").await;
    let before = revision(store).await;
    tell(store, &[]).await;
    // What is now is the same as before, so whoever has read it need not read it again.
    assert_eq!(revision(store).await, before);
    tell(store, &[]).await;
    assert!(store.changes(super::at(-1)).await.unwrap().is_empty());
}

pub(super) async fn problems(place: &dyn Place) {
    let store = &*place.open().await;
    for (place, why) in [("b", "odd"), ("a", "odd"), ("b", "odder")] {
        let before = revision(store).await;
        store.put_problem(place, Some(why)).await.unwrap();
        assert!(revision(store).await > before);
    }
    let before = revision(store).await;
    store.put_problem("b", Some("odder")).await.unwrap();
    store.put_problem("c", None).await.unwrap();
    assert_eq!(revision(store).await, before);
    let expected: [(Box<str>, String); 2] =
        [("a".into(), "odd".into()), ("b".into(), "odder".into())];
    for version in [Version::Now, Version::Told] {
        assert_eq!(store.facts(version).await.unwrap().problems, expected);
    }
    // They are a board's footnotes: nobody is told of them.
    assert!(!is_pending(store).await);
    put(store, "b", "1").await;
    assert_eq!(
        store.facts(Version::Now).await.unwrap().problems.len(),
        2,
        "a file that arrives mends nothing by itself"
    );
    let before = revision(store).await;
    store.put_problem("b", None).await.unwrap();
    assert!(revision(store).await > before);
    let facts = store.facts(Version::Now).await.unwrap();
    assert_eq!(facts.problems, expected[..1]);
}
