//! Issues and pull requests, whose versions arrive in any order.

use kep_liaison::{
    domain::{CommentKind, Issue, IssueState, Login, Milestone},
    ports::{
        Store, StoreError,
        store::{IssueBatch, Version},
    },
};

use super::{Place, REPO, at, comment, is_pending, issue, issues, pairs, pull, revision, tell};

pub(super) fn keep(keep: &[Issue]) -> IssueBatch<'_> {
    IssueBatch {
        keep,
        ..IssueBatch::default()
    }
}

async fn put(store: &dyn Store, issue: Issue) {
    store.put_issues(REPO, keep(&[issue]), None).await.unwrap();
}

async fn drop_issue(store: &dyn Store, number: u64, mentions: &[(u64, u64)]) {
    let batch = IssueBatch {
        drop: &[(number, None)],
        mentions,
        ..IssueBatch::default()
    };
    store.put_issues(REPO, batch, None).await.unwrap();
}

async fn expect(store: &dyn Store, now: &[(u64, &str)], told: &[(u64, &str)]) {
    assert_eq!(issues(store, Version::Now).await, pairs(now));
    assert_eq!(issues(store, Version::Told).await, pairs(told));
    assert_eq!(is_pending(store).await, now != told);
}

pub(super) async fn an_issue_is_kept_whole(place: &dyn Place) {
    let store = &*place.open().await;
    let whole = Issue {
        state: IssueState::NotPlanned,
        labels: vec!["kind/feature".into(), "it's \"quoted\"; --".into()],
        assignees: vec![Login::parse("Ann").unwrap()],
        milestone: Some(Milestone {
            title: "2.4".into(),
            open: true,
            due: chrono::NaiveDate::from_ymd_opt(2026, 11, 30),
        }),
        created_at: None,
        ..pull(7, 5, "text")
    };
    put(store, whole.clone()).await;
    assert_eq!(store.issue(REPO, 7).await.unwrap(), Some(whole.clone()));
    assert_eq!(store.facts(Version::Now).await.unwrap().issues, [whole]);
    assert_eq!(store.issue(REPO, 8).await.unwrap(), None);
    assert_eq!(store.issue("containerd/nri", 7).await.unwrap(), None);
}

pub(super) async fn a_stale_page(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "newer")).await;
    let before = revision(store).await;
    put(store, issue(7, 9, "older")).await;
    assert_eq!(revision(store).await, before);
    expect(store, &[(7, "newer")], &[]).await;
    tell(store, &[]).await;
    put(store, issue(7, 9, "older")).await;
    expect(store, &[(7, "newer")], &[(7, "newer")]).await;
    // Of two versions in one page it is the same.
    let page = [issue(8, 5, "newer"), issue(8, 4, "older")];
    store.put_issues(REPO, keep(&page), None).await.unwrap();
    let found = store.issue(REPO, 8).await.unwrap().unwrap();
    assert_eq!(&*found.body, "newer");
}

pub(super) async fn an_equal_age(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "one")).await;
    let before = revision(store).await;
    put(store, issue(7, 10, "one")).await;
    assert_eq!(revision(store).await, before);
    // Two changes within one second look equally old: the later to arrive is the better guess.
    put(store, issue(7, 10, "two")).await;
    assert!(revision(store).await > before);
    expect(store, &[(7, "two")], &[]).await;
}

pub(super) async fn an_unknown_age(place: &dyn Place) {
    let store = &*place.open().await;
    let ageless = |body| Issue {
        updated_at: None,
        ..issue(7, 0, body)
    };
    put(store, issue(7, 10, "one")).await;
    put(store, ageless("two")).await;
    expect(store, &[(7, "two")], &[]).await;
    put(store, ageless("three")).await;
    put(store, issue(7, 1, "four")).await;
    expect(store, &[(7, "four")], &[]).await;
}

pub(super) async fn an_issue_that_is_removed(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "one")).await;
    put(store, issue(8, 10, "two")).await;
    let said = [comment(CommentKind::Issue, 1, 7, 0, "on the first")];
    store.put_comments(REPO, &said, None).await.unwrap();
    tell(store, &[]).await;
    let before = revision(store).await;
    store.remove_issue(REPO, 7).await.unwrap();
    assert!(revision(store).await > before);
    assert_eq!(store.issue(REPO, 7).await.unwrap(), None);
    assert!(store.comments(REPO, 7).await.unwrap().is_empty());
    expect(store, &[(8, "two")], &[(7, "one"), (8, "two")]).await;
    let before = revision(store).await;
    store.remove_issue(REPO, 7).await.unwrap();
    store.remove_issue(REPO, 99).await.unwrap();
    assert_eq!(revision(store).await, before);
    tell(store, &[]).await;
    expect(store, &[(8, "two")], &[(8, "two")]).await;
}

pub(super) async fn an_issue_that_is_dropped(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "one")).await;
    tell(store, &[]).await;
    drop_issue(store, 7, &[]).await;
    drop_issue(store, 99, &[]).await;
    expect(store, &[], &[(7, "one")]).await;
    assert!(store.kept(REPO).await.unwrap().is_empty());
}

pub(super) async fn a_stale_page_drops_nothing(place: &dyn Place) {
    let store = &*place.open().await;
    let drop_as_of = async |seconds: Option<i64>, mentions: &[(u64, u64)]| {
        let batch = IssueBatch {
            drop: &[(7, seconds.map(at))],
            mentions,
            ..IssueBatch::default()
        };
        store.put_issues(REPO, batch, None).await.unwrap();
    };
    let said = [comment(CommentKind::Issue, 1, 7, 0, "on it")];
    let kept = [pull(7, 10, "newer")];
    let batch = IssueBatch {
        mentions: &[(7, 3)],
        ..keep(&kept)
    };
    store.put_issues(REPO, batch, None).await.unwrap();
    store.put_comments(REPO, &said, None).await.unwrap();
    tell(store, &[]).await;
    let before = revision(store).await;
    drop_as_of(Some(9), &[(7, 4)]).await;
    assert_eq!(revision(store).await, before);
    expect(store, &[(7, "newer")], &[(7, "newer")]).await;
    assert_eq!(store.comments(REPO, 7).await.unwrap(), said);
    // The later to arrive is the better guess, as with those that are kept.
    drop_as_of(Some(10), &[(7, 4)]).await;
    expect(store, &[], &[(7, "newer")]).await;
    assert!(store.comments(REPO, 7).await.unwrap().is_empty());
    assert_eq!(store.mentioning(REPO, &[4]).await.unwrap(), [7]);
    assert!(store.mentioning(REPO, &[3]).await.unwrap().is_empty());
    // Of what is gone nothing is newer.
    drop_as_of(Some(1), &[(7, 5)]).await;
    assert_eq!(store.mentioning(REPO, &[5]).await.unwrap(), [7]);
    put(store, issue(7, 10, "again")).await;
    drop_as_of(None, &[]).await;
    expect(store, &[], &[(7, "newer")]).await;
    let ageless = Issue {
        updated_at: None,
        ..issue(7, 0, "ageless")
    };
    put(store, ageless).await;
    drop_as_of(Some(1), &[]).await;
    expect(store, &[], &[(7, "newer")]).await;
}

pub(super) async fn an_issue_that_returns(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "one")).await;
    tell(store, &[]).await;
    store.remove_issue(REPO, 7).await.unwrap();
    put(store, issue(7, 11, "two")).await;
    expect(store, &[(7, "two")], &[(7, "one")]).await;
    store.remove_issue(REPO, 7).await.unwrap();
    let before = revision(store).await;
    put(store, issue(7, 10, "one")).await;
    assert!(revision(store).await > before);
    expect(store, &[(7, "one")], &[(7, "one")]).await;
}

pub(super) async fn a_removed_issue_may_return_older(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "one")).await;
    tell(store, &[]).await;
    store.remove_issue(REPO, 7).await.unwrap();
    // Whether that was told already must make no difference.
    put(store, issue(7, 1, "older")).await;
    expect(store, &[(7, "older")], &[(7, "one")]).await;
}

pub(super) async fn what_is_kept(place: &dyn Place) {
    let store = &*place.open().await;
    let page = [pull(12, 0, ""), issue(7, 0, ""), issue(100, 0, "")];
    store.put_issues(REPO, keep(&page), None).await.unwrap();
    store.remove_issue(REPO, 100).await.unwrap();
    let expected = [(7, false), (12, true)];
    assert_eq!(store.kept(REPO).await.unwrap(), expected);
    assert!(store.kept("containerd/nri").await.unwrap().is_empty());
}

pub(super) async fn mentions(place: &dyn Place) {
    let store = &*place.open().await;
    let page = [pull(20, 0, "fixes #7")];
    let batch = IssueBatch {
        keep: &page,
        drop: &[(21, Some(at(0))), (22, None)],
        mentions: &[(20, 7), (21, 7), (21, 8), (21, 7), (22, 9)],
    };
    store.put_issues(REPO, batch, None).await.unwrap();
    // The text of 20 is there already.
    assert_eq!(store.mentioning(REPO, &[7]).await.unwrap(), [21]);
    assert_eq!(store.mentioning(REPO, &[9, 8, 7]).await.unwrap(), [21, 22]);
    assert!(store.mentioning(REPO, &[]).await.unwrap().is_empty());
    assert!(store.mentioning(REPO, &[10]).await.unwrap().is_empty());
    let elsewhere = store.mentioning("containerd/nri", &[7]).await.unwrap();
    assert!(elsewhere.is_empty());
    assert!(store.issue(REPO, 21).await.unwrap().is_none());
    // A mention is no fact of its own.
    tell(store, &[]).await;
    let before = revision(store).await;
    drop_issue(store, 23, &[(23, 7)]).await;
    assert_eq!(revision(store).await, before);
    assert!(!is_pending(store).await);
    assert_eq!(store.mentioning(REPO, &[7]).await.unwrap(), [21, 23]);
}

pub(super) async fn mentions_are_replaced(place: &dyn Place) {
    let store = &*place.open().await;
    drop_issue(store, 21, &[(21, 7), (21, 8)]).await;
    drop_issue(store, 22, &[(22, 7)]).await;
    drop_issue(store, 21, &[(21, 9)]).await;
    assert_eq!(store.mentioning(REPO, &[7, 8]).await.unwrap(), [22]);
    assert_eq!(store.mentioning(REPO, &[9]).await.unwrap(), [21]);
    // One that names nothing any more.
    drop_issue(store, 21, &[]).await;
    assert!(store.mentioning(REPO, &[9]).await.unwrap().is_empty());
    // One that is kept, names nothing any more, and is kept no longer.
    put(store, pull(22, 0, "")).await;
    store.remove_issue(REPO, 22).await.unwrap();
    assert!(store.mentioning(REPO, &[7]).await.unwrap().is_empty());
    // One that is gone altogether.
    drop_issue(store, 24, &[(24, 7)]).await;
    store.remove_issue(REPO, 24).await.unwrap();
    assert!(store.mentioning(REPO, &[7]).await.unwrap().is_empty());
}

pub(super) async fn a_number_in_two_repositories(place: &dyn Place) {
    let store = &*place.open().await;
    put(store, issue(7, 10, "here")).await;
    let there = Issue {
        repository: "containerd/nri".into(),
        ..issue(7, 1, "there")
    };
    let page = [there];
    store
        .put_issues("containerd/nri", keep(&page), None)
        .await
        .unwrap();
    expect(store, &[(7, "here"), (7, "there")], &[]).await;
    store.remove_issue(REPO, 7).await.unwrap();
    expect(store, &[(7, "there")], &[]).await;
}

pub(super) async fn strange_text(place: &dyn Place) {
    let store = &*place.open().await;
    let megabyte = "ü".repeat(512 * 1024);
    let texts = [
        "",
        "\0",
        "before\0after",
        "👩‍👩‍👧 שלום \u{202e} \u{feff}",
        "'; DROP TABLE issues; --",
        "\" ' ` \\ % _ $1 ?1 :a",
        "\r\n\t\u{7f}\u{1b}[31m",
        &megabyte,
    ];
    for (number, text) in (1..).zip(texts) {
        let strange = Issue {
            title: text.into(),
            labels: vec![text.into()],
            ..issue(number, 0, text)
        };
        put(store, strange.clone()).await;
        assert_eq!(store.issue(REPO, number).await.unwrap(), Some(strange));
        let said = comment(CommentKind::Review, number, 500, 0, text);
        let said = std::slice::from_ref(&said);
        store.put_comments(REPO, said, None).await.unwrap();
    }
    let said = store.comments(REPO, 500).await.unwrap();
    assert!(said.iter().map(|comment| &*comment.body).eq(texts));
    tell(store, &[]).await;
    // Texts that differ only behind a NUL differ.
    put(store, issue(3, 1, "before\0another")).await;
    let told = issues(store, Version::Told).await;
    assert_eq!(told[2].1, "before\0after");
    assert!(is_pending(store).await);
}

pub(super) async fn a_number_beyond_all(place: &dyn Place) {
    let store = &*place.open().await;
    let page = [issue(1, 0, ""), issue(u64::MAX, 0, "")];
    let result = store.put_issues(REPO, keep(&page), None).await;
    assert!(matches!(result, Err(StoreError::Failed(_))), "{result:?}");
    // All or nothing.
    assert!(store.kept(REPO).await.unwrap().is_empty());
    put(store, issue(u64::MAX >> 1, 0, "the greatest")).await;
    assert_eq!(store.kept(REPO).await.unwrap(), [(u64::MAX >> 1, false)]);
}
