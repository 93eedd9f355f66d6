//! Positions, and the lists that boards are not made of.

use chrono::{NaiveDate, TimeDelta};
use kep_liaison::{
    domain::{CommentKind, Milestone},
    ports::{
        Store,
        forge::{NumberedMilestone, Validator},
        store::{Feed, Position},
    },
};

use super::{Place, REPO, at, comment, is_pending, issue, revision};

const FEEDS: [Feed; 10] = [
    Feed::Files,
    Feed::Issues,
    Feed::Comments(CommentKind::Issue),
    Feed::Comments(CommentKind::Review),
    Feed::Milestones,
    Feed::Labels,
    Feed::Issue(12_814),
    Feed::CommentsOf(CommentKind::Issue, 12_814),
    Feed::CommentsOf(CommentKind::Review, 12_814),
    Feed::ReviewsOf(12_814),
];

fn somewhere(page: u32) -> Position {
    Position {
        since: Some(at(page.into())),
        page: Some(page),
        broken: page + 1,
        validator: Some(Validator {
            tag: "W/\"it's a tag\"".into(),
            identity: "".into(),
        }),
        tree: Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904".into()),
        settled: true,
    }
}

/// Moves the position of a feed with an empty page.
async fn move_to(store: &dyn Store, feed: Feed, to: &Position) {
    let done = match feed {
        Feed::Files => store.settle_files(REPO, &[], to).await,
        Feed::Issues => {
            let nothing = super::issues::keep(&[]);
            store.put_issues(REPO, nothing, Some(to)).await
        }
        Feed::Comments(kind) => store.put_comments(REPO, &[], Some((kind, to))).await,
        Feed::Milestones => store.put_milestones(REPO, &[], to).await,
        Feed::Labels => store.put_labels(REPO, &[], to).await,
        Feed::Issue(_) | Feed::CommentsOf(..) | Feed::ReviewsOf(_) => {
            store.set_position(REPO, feed, to).await
        }
    };
    done.unwrap();
}

pub(super) async fn positions(place: &dyn Place) {
    let store = &*place.open().await;
    let before = revision(store).await;
    for (page, feed) in (1..).zip(FEEDS) {
        assert_eq!(
            store.position(REPO, feed).await.unwrap(),
            Position::default()
        );
        move_to(store, feed, &somewhere(page)).await;
    }
    for (page, feed) in (1..).zip(FEEDS) {
        let position = store.position(REPO, feed).await.unwrap();
        assert_eq!(position, somewhere(page));
        let elsewhere = store.position("containerd/nri", feed).await.unwrap();
        assert_eq!(elsewhere, Position::default());
        // What is not there any more is not kept.
        move_to(store, feed, &Position::default()).await;
        let position = store.position(REPO, feed).await.unwrap();
        assert_eq!(position, Position::default());
    }
    assert_eq!(revision(store).await, before, "a position is no fact");
}

pub(super) async fn positions_of_an_issue_go_with_it(place: &dyn Place) {
    let store = &*place.open().await;
    let page = [issue(7, 0, ""), issue(8, 0, "")];
    let batch = super::issues::keep(&page);
    store.put_issues(REPO, batch, None).await.unwrap();
    let own = |number| {
        [
            Feed::Issue(number),
            Feed::CommentsOf(CommentKind::Issue, number),
            Feed::CommentsOf(CommentKind::Review, number),
            Feed::ReviewsOf(number),
        ]
    };
    let all = || own(7).into_iter().chain(own(8)).chain([Feed::Issues]);
    for _ in 0..2 {
        for feed in all() {
            let moved = store.set_position(REPO, feed, &somewhere(1)).await;
            moved.unwrap();
        }
        store.remove_issue(REPO, 7).await.unwrap();
        for feed in all() {
            let position = store.position(REPO, feed).await.unwrap();
            let is_there = !own(7).contains(&feed);
            assert_eq!(position == somewhere(1), is_there, "{feed:?}");
        }
    }
}

pub(super) async fn a_position_moves_with_its_page(place: &dyn Place) {
    let store = &*place.open().await;
    // The page cannot be stored, so the position stays.
    let page = [issue(u64::MAX, 0, "")];
    let batch = super::issues::keep(&page);
    let position = somewhere(1);
    let failed = store.put_issues(REPO, batch, Some(&position)).await;
    assert!(failed.is_err());
    let said = [comment(CommentKind::Issue, u64::MAX, 7, 0, "")];
    let feed = Some((CommentKind::Issue, &position));
    let failed = store.put_comments(REPO, &said, feed).await;
    assert!(failed.is_err());
    // Without a position it stays as well.
    let batch = super::issues::keep(&[]);
    store.put_issues(REPO, batch, None).await.unwrap();
    store.put_comments(REPO, &[], None).await.unwrap();
    for feed in FEEDS {
        assert_eq!(
            store.position(REPO, feed).await.unwrap(),
            Position::default()
        );
    }
}

async fn bodies(store: &dyn Store, issue: u64) -> Vec<String> {
    let comments = store.comments(REPO, issue).await.unwrap();
    let comments = comments.into_iter();
    comments.map(|comment| comment.body.into()).collect()
}

pub(super) async fn comments_in_order(place: &dyn Place) {
    let store = &*place.open().await;
    let said = [
        comment(CommentKind::Review, 3, 7, 30, "third"),
        comment(CommentKind::Issue, 9, 7, 10, "first"),
        comment(CommentKind::Issue, 5, 8, 0, "elsewhere"),
        comment(CommentKind::Issue, 10, 7, 20, "second"),
    ];
    let before = revision(store).await;
    store.put_comments(REPO, &said, None).await.unwrap();
    assert_eq!(revision(store).await, before);
    assert_eq!(bodies(store, 7).await, ["first", "second", "third"]);
    assert_eq!(store.comments(REPO, 8).await.unwrap(), said[2..3]);
    assert!(bodies(store, 9).await.is_empty());
    let elsewhere = store.comments("containerd/nri", 7).await.unwrap();
    assert!(elsewhere.is_empty());
}

pub(super) async fn a_stale_comment(place: &dyn Place) {
    let store = &*place.open().await;
    for (seconds, body, stays) in [
        (10, "one", "one"),
        (9, "older", "one"),
        (10, "equally old", "equally old"),
        (11, "newer", "newer"),
    ] {
        let said = [comment(CommentKind::Issue, 1, 7, seconds, body)];
        store.put_comments(REPO, &said, None).await.unwrap();
        assert_eq!(bodies(store, 7).await, [stays]);
    }
}

pub(super) async fn a_deleted_comment(place: &dyn Place) {
    let store = &*place.open().await;
    let said = [1, 2].map(|id| comment(CommentKind::Issue, id, 7, 0, "text"));
    store.put_comments(REPO, &said, None).await.unwrap();
    for _ in 0..2 {
        let removed = store.remove_comment(REPO, CommentKind::Issue, 1).await;
        removed.unwrap();
        assert_eq!(store.comments(REPO, 7).await.unwrap(), said[1..]);
    }
}

pub(super) async fn what_was_said_between(place: &dyn Place) {
    let store = &*place.open().await;
    let said = |id, issue, seconds| comment(CommentKind::Issue, id, issue, seconds, "text");
    let mut edited = said(1, 7, 10);
    edited.updated_at = at(90);
    let said = [edited, said(4, 8, 20), said(2, 7, 20), said(3, 7, 30)];
    store.put_comments(REPO, &said, None).await.unwrap();
    // Below pull requests, and elsewhere.
    let review = [comment(CommentKind::Review, 5, 7, 20, "text")];
    store.put_comments(REPO, &review, None).await.unwrap();
    let mut elsewhere = [comment(CommentKind::Issue, 1, 7, 20, "text")];
    elsewhere[0].repository = "cri-o/cri-o".into();
    store
        .put_comments("cri-o/cri-o", &elsewhere, None)
        .await
        .unwrap();
    let between = async |from, to| {
        let found = store.said_between(REPO, from, to).await.unwrap();
        found.iter().map(|said| said.id).collect::<Vec<_>>()
    };
    assert_eq!(between(at(0), at(100)).await, [1, 2, 4, 3]);
    // From the first moment until before the other one.
    assert_eq!(between(at(10), at(20)).await, [1]);
    assert_eq!(between(at(20), at(30)).await, [2, 4]);
    assert!(between(at(21), at(30)).await.is_empty());
    assert!(between(at(30), at(20)).await.is_empty());
    // Two that meet tell nothing twice and leave nothing out, whatever the fraction of a second is.
    for millis in [0, 1, 500, 999] {
        let middle = at(19) + TimeDelta::milliseconds(millis);
        let both = [between(at(0), middle).await, between(middle, at(100)).await];
        assert_eq!(both.concat(), [1, 2, 4, 3], "{millis}");
    }
    assert_eq!(
        store.said_between(REPO, at(0), at(11)).await.unwrap(),
        said[..1]
    );
    store
        .remove_comment(REPO, CommentKind::Issue, 2)
        .await
        .unwrap();
    assert_eq!(between(at(20), at(30)).await, [4]);
}

pub(super) async fn kinds_have_numbers_of_their_own(place: &dyn Place) {
    let store = &*place.open().await;
    let said =
        [CommentKind::Issue, CommentKind::Review].map(|kind| comment(kind, 1, 7, 0, kind.as_str()));
    store.put_comments(REPO, &said, None).await.unwrap();
    assert_eq!(store.comments(REPO, 7).await.unwrap(), said);
    let removed = store.remove_comment(REPO, CommentKind::Issue, 1).await;
    removed.unwrap();
    assert_eq!(bodies(store, 7).await, ["review"]);
}

pub(super) async fn milestones_are_replaced(place: &dyn Place) {
    let store = &*place.open().await;
    let milestone = |number, title: &str, due| NumberedMilestone {
        number,
        milestone: Milestone {
            title: title.into(),
            open: due,
            due: due.then(|| NaiveDate::from_ymd_opt(1969, 12, 31)).flatten(),
        },
    };
    let first = [milestone(12, "2.4", true), milestone(3, "it's 2.3", false)];
    let position = somewhere(1);
    let before = revision(store).await;
    store.put_milestones(REPO, &first, &position).await.unwrap();
    let after = revision(store).await;
    assert!(after > before, "a board shows them");
    assert!(!is_pending(store).await, "and tells nobody");
    store.put_milestones(REPO, &first, &position).await.unwrap();
    assert_eq!(revision(store).await, after);
    let found = store.milestones(REPO).await.unwrap();
    assert_eq!(found, [first[1].clone(), first[0].clone()]);
    let position_now = store.position(REPO, Feed::Milestones).await.unwrap();
    assert_eq!(position_now, position);
    let second = [milestone(12, "2.4.0", false)];
    for repository in [REPO, "containerd/nri"] {
        let put = store.put_milestones(repository, &second, &position).await;
        put.unwrap();
    }
    assert_eq!(store.milestones(REPO).await.unwrap(), second);
    store.put_milestones(REPO, &[], &position).await.unwrap();
    assert!(store.milestones(REPO).await.unwrap().is_empty());
    assert_eq!(store.milestones("containerd/nri").await.unwrap(), second);
}

pub(super) async fn labels_are_replaced(place: &dyn Place) {
    let store = &*place.open().await;
    let labels: Vec<Box<str>> = ["kind/bug", "it's \"quoted\"", "Area", "ä 🎉", "kind/bug"]
        .map(Into::into)
        .to_vec();
    let position = somewhere(1);
    store.put_labels(REPO, &labels, &position).await.unwrap();
    let found = store.labels(REPO).await.unwrap();
    let found: Vec<&str> = found.iter().map(|label| &**label).collect();
    assert_eq!(found, ["Area", "it's \"quoted\"", "kind/bug", "ä 🎉"]);
    let other = ["other".into()];
    store.put_labels(REPO, &other, &position).await.unwrap();
    assert_eq!(store.labels(REPO).await.unwrap(), other);
    assert!(store.labels("containerd/nri").await.unwrap().is_empty());
}
