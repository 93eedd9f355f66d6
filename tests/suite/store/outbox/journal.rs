//! News of the forge: which changes and comments nobody has looked at yet.

use kep_liaison::{
    domain::{Comment, CommentKind},
    ports::{
        outbox::{Cause, Looked},
        store::IssueBatch,
    },
};

use super::{
    super::{Both, Place, REPO, at, change, comment, file, issue, tell},
    lease, names, queued, step,
};

/// Looks at everything that is there, and says what of the comments was news: their numbers, and
/// their texts where they are not gone.
async fn look(both: &dyn Both) -> Vec<(u64, Option<String>)> {
    let news = both.untold_comments(100).await.unwrap();
    assert!(news.is_sorted_by(|one, next| one.id < next.id));
    let latest = both.latest().await.unwrap();
    let reached = news.last().map_or(latest.comment, |last| last.id);
    assert_eq!(reached, latest.comment);
    look_up_to(both, latest).await;
    assert_eq!(both.looked().await.unwrap(), Some(latest));
    assert!(both.untold_comments(100).await.unwrap().is_empty());
    assert!(both.untold_changes(100).await.unwrap().is_empty());
    let said = news.into_iter();
    said.map(|news| (news.comment, news.now.map(|now| now.body.into())))
        .collect()
}

async fn look_up_to(both: &dyn Both, Looked { change, comment }: Looked) -> bool {
    let cause = Cause::News {
        change,
        comment,
        comments: None,
    };
    both.accept(at(0), cause, &[]).await.unwrap()
}

/// As [`comment`], said below issue 7 at its number's second, and edited then and then.
fn said(id: u64, edited: i64, body: &str) -> Comment {
    let said = comment(CommentKind::Issue, id, 7, id.try_into().unwrap(), body);
    Comment {
        updated_at: at(edited),
        ..said
    }
}

async fn put(both: &dyn Both, comments: &[Comment]) {
    both.put_comments(REPO, comments, None).await.unwrap();
}

fn expect(news: &[(u64, Option<&str>)]) -> Vec<(u64, Option<String>)> {
    let news = news.iter();
    news.map(|(id, body)| (*id, body.map(str::to_owned)))
        .collect()
}

pub(super) async fn nothing_was_looked_at_yet(place: &dyn Place) {
    let both = &*place.open_both().await;
    assert_eq!(both.looked().await.unwrap(), None);
    let nothing = Looked {
        change: 0,
        comment: 0,
    };
    assert_eq!(both.latest().await.unwrap(), nothing);
    put(both, &[said(1, 1, "text")]).await;
    assert_eq!(both.untold_comments(9).await.unwrap().len(), 1);
    // To have looked at nothing is not to have looked.
    assert!(look_up_to(both, nothing).await);
    assert!(!look_up_to(both, nothing).await);
    assert_eq!(both.looked().await.unwrap(), Some(nothing));
    assert_eq!(look(both).await, expect(&[(1, Some("text"))]));
}

/// What a comment said when it was last looked at stays with its entry, however often it is edited.
pub(super) async fn what_a_comment_said_before(place: &dyn Place) {
    let both = &*place.open_both().await;
    let was = async || {
        let news = both.untold_comments(9).await.unwrap();
        assert_eq!(news.len(), 1);
        news[0].was.as_deref().map(str::to_owned)
    };
    put(both, &[said(1, 1, "one")]).await;
    assert_eq!(was().await, None);
    put(both, &[said(1, 2, "two")]).await;
    assert_eq!(was().await, None);
    look(both).await;
    put(both, &[said(1, 3, "three")]).await;
    put(both, &[said(1, 4, "four")]).await;
    assert_eq!(was().await.as_deref(), Some("two"));
    look(both).await;
    both.remove_comment(REPO, CommentKind::Issue, 1)
        .await
        .unwrap();
    assert_eq!(was().await.as_deref(), Some("four"));
}

/// What others say that a comment said before counts where it is not known better.
pub(super) async fn what_others_say_that_it_said(place: &dyn Place) {
    let both = &*place.open_both().await;
    let put = async |id, edited, body, was| {
        let put = both.put_comment(REPO, &said(id, edited, body), was).await;
        put.unwrap();
        let news = both.untold_comments(9).await.unwrap();
        let last = news.last().map(|news| (news.comment, news.was.clone()));
        last.map(|(id, was)| (id, was.map(String::from)))
    };
    let expect = |id, was: &str| Some((id, Some(was.to_owned())));
    assert_eq!(put(1, 5, "edited", Some("one")).await, expect(1, "one"));
    assert_eq!(put(1, 6, "again", Some("hearsay")).await, expect(1, "one"));
    look(both).await;
    assert_eq!(put(1, 6, "again", Some("hearsay")).await, None);
    assert_eq!(put(1, 7, "more", Some("hearsay")).await, expect(1, "again"));
    assert_eq!(put(1, 5, "stale", Some("one")).await, expect(1, "again"));
    look(both).await;
    assert_eq!(put(2, 2, "the same", Some("the same")).await, None);
    // Whoever came first did not know it: that it is known is news once.
    assert_eq!(put(3, 3, "new", None).await, Some((3, None)));
    assert_eq!(put(3, 3, "new", None).await, Some((3, None)));
    assert_eq!(put(3, 3, "new", Some("old")).await, expect(3, "old"));
    put(4, 4, "new", None).await;
    look(both).await;
    assert_eq!(put(4, 4, "new", Some("old")).await, expect(4, "old"));
    look(both).await;
    assert_eq!(put(4, 4, "new", Some("old")).await, None);
}

/// What was decided of a comment that has changed meanwhile is not taken.
pub(super) async fn what_moved_on_meanwhile(place: &dyn Place) {
    let both = &*place.open_both().await;
    put(both, &[said(1, 1, "one"), said(2, 2, "two")]).await;
    let news = both.untold_comments(9).await.unwrap();
    let cause = Cause::News {
        change: 0,
        comment: news[1].id,
        comments: Some(2),
    };
    both.remove_comment(REPO, CommentKind::Issue, 1)
        .await
        .unwrap();
    assert!(!both.accept(at(0), cause, &[]).await.unwrap());
    assert_eq!(both.looked().await.unwrap(), None);
    let news = both.untold_comments(9).await.unwrap();
    let cause = Cause::News {
        change: 0,
        comment: news[1].id,
        comments: Some(2),
    };
    assert!(both.accept(at(0), cause, &[]).await.unwrap());
}

pub(super) async fn beginning_now(place: &dyn Place) {
    let both = &*place.open_both().await;
    put(both, &[said(1, 1, "old"), said(2, 2, "old")]).await;
    both.put_files(&[file("a", "1")]).await.unwrap();
    tell(both, &[change(9001, "old")]).await;
    let latest = both.latest().await.unwrap();
    assert!(look_up_to(both, latest).await);
    assert!(both.untold_changes(9).await.unwrap().is_empty());
    put(both, &[said(2, 2, "old"), said(3, 3, "new")]).await;
    assert_eq!(look(both).await, expect(&[(3, Some("new"))]));
    // It stays the latest when it is forgotten.
    let latest = both.latest().await.unwrap();
    assert_eq!(both.forget(at(0)).await.unwrap(), 3);
    both.prune(at(1000), at(1000)).await.unwrap();
    assert_eq!(both.latest().await.unwrap(), latest);
}

pub(super) async fn changes_are_news_once(place: &dyn Place) {
    let both = &*place.open_both().await;
    let changes = ["a", "b", "c"].map(|title| change(9001, title));
    both.put_files(&[file("a", "1")]).await.unwrap();
    tell(both, &changes).await;
    let untold = both.untold_changes(2).await.unwrap();
    let titles: Vec<_> = untold.iter().map(|(_, change)| change.clone()).collect();
    assert_eq!(titles, changes[..2]);
    let news = Cause::News {
        change: untold[1].0,
        comment: 0,
        comments: None,
    };
    let effects = [queued("a", 1, step())];
    assert!(both.accept(at(0), news, &effects).await.unwrap());
    let left = both.untold_changes(9).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].1, changes[2]);
    // Who looked at the same, and was second, queues nothing.
    let effects = [queued("b", 2, step())];
    assert!(!both.accept(at(0), news, &effects).await.unwrap());
    assert_eq!(names(&lease(both, 1).await), ["a"]);
}

pub(super) async fn comments_are_news(place: &dyn Place) {
    let both = &*place.open_both().await;
    let review = comment(CommentKind::Review, 1, 8, 1, "a review's");
    put(
        both,
        &[said(2, 2, "two"), said(1, 1, "one"), review.clone()],
    )
    .await;
    let news = both.untold_comments(2).await.unwrap();
    assert_eq!(news.len(), 2);
    let news = both.untold_comments(3).await.unwrap();
    assert_eq!(&*news[2].repository, REPO);
    assert_eq!(news[2].kind, CommentKind::Review);
    assert_eq!(news[2].comment, 1);
    assert_eq!(news[2].now, Some(review));
    let told = expect(&[(2, Some("two")), (1, Some("one")), (1, Some("a review's"))]);
    assert_eq!(look(both).await, told);
    put(both, &[said(2, 3, "two and more")]).await;
    assert_eq!(look(both).await, expect(&[(2, Some("two and more"))]));
    // Another repository has numbers of its own.
    let elsewhere = Comment {
        repository: "containerd/nri".into(),
        ..said(2, 3, "two and more")
    };
    let page = [elsewhere];
    let put = both.put_comments("containerd/nri", &page, None);
    put.await.unwrap();
    assert_eq!(look(both).await, expect(&[(2, Some("two and more"))]));
}

pub(super) async fn what_is_no_news(place: &dyn Place) {
    let both = &*place.open_both().await;
    put(both, &[said(1, 5, "text")]).await;
    look(both).await;
    let renamed = Comment {
        author: None,
        url: "https://example.com".into(),
        ..said(1, 6, "text")
    };
    for same in [said(1, 5, "text"), said(1, 4, "older"), renamed.clone()] {
        put(both, &[same]).await;
        assert!(look(both).await.is_empty());
    }
    assert_eq!(both.comments(REPO, 7).await.unwrap(), [renamed]);
    let removed = both.remove_comment(REPO, CommentKind::Review, 1).await;
    removed.unwrap();
    both.remove_issue(REPO, 8).await.unwrap();
    assert!(look(both).await.is_empty());
    // A page that cannot be stored brings nothing.
    let page = [said(2, 2, "text"), said(3, 3, "edited")];
    let beyond_all = Comment {
        id: u64::MAX,
        ..page[1].clone()
    };
    let page = [page[0].clone(), beyond_all];
    assert!(both.put_comments(REPO, &page, None).await.is_err());
    assert!(look(both).await.is_empty());
}

pub(super) async fn deletions_are_news(place: &dyn Place) {
    let both = &*place.open_both().await;
    put(both, &[said(1, 1, "one"), said(2, 2, "two")]).await;
    look(both).await;
    for _ in 0..2 {
        let removed = both.remove_comment(REPO, CommentKind::Issue, 2).await;
        removed.unwrap();
    }
    assert_eq!(look(both).await, expect(&[(2, None)]));
    // It may come back.
    put(both, &[said(2, 2, "two")]).await;
    assert_eq!(look(both).await, expect(&[(2, Some("two"))]));
}

pub(super) async fn what_goes_with_its_issue_was_not_deleted(place: &dyn Place) {
    let both = &*place.open_both().await;
    let other = comment(CommentKind::Issue, 4, 8, 4, "stays");
    let review = comment(CommentKind::Review, 2, 7, 2, "goes too");
    put(both, &[said(1, 1, "one"), review]).await;
    put(both, &[other]).await;
    look(both).await;
    // One of which nobody was told is told to nobody; one that was deleted before is.
    put(both, &[said(2, 2, "two"), said(3, 3, "three")]).await;
    let removed = both.remove_comment(REPO, CommentKind::Issue, 3).await;
    removed.unwrap();
    both.remove_issue(REPO, 7).await.unwrap();
    assert!(both.comments(REPO, 7).await.unwrap().is_empty());
    assert_eq!(look(both).await, expect(&[(3, None)]));
    // An issue that is of no interest any more.
    let page = [issue(8, 0, "")];
    let kept = super::super::issues::keep(&page);
    both.put_issues(REPO, kept, None).await.unwrap();
    let dropped = IssueBatch {
        drop: &[(8, None)],
        ..IssueBatch::default()
    };
    both.put_issues(REPO, dropped, None).await.unwrap();
    assert!(both.comments(REPO, 8).await.unwrap().is_empty());
    assert!(look(both).await.is_empty());
    // It may come back.
    put(both, &[said(1, 1, "one")]).await;
    assert_eq!(look(both).await, expect(&[(1, Some("one"))]));
}

pub(super) async fn news_of_one_comment_is_one(place: &dyn Place) {
    let both = &*place.open_both().await;
    put(both, &[said(1, 1, "one"), said(2, 2, "two")]).await;
    put(both, &[said(1, 3, "edited")]).await;
    let told = expect(&[(2, Some("two")), (1, Some("edited"))]);
    assert_eq!(look(both).await, told);
    put(both, &[said(3, 3, "three")]).await;
    let removed = both.remove_comment(REPO, CommentKind::Issue, 3).await;
    removed.unwrap();
    assert_eq!(look(both).await, expect(&[(3, None)]));
    let removed = both.remove_comment(REPO, CommentKind::Issue, 2).await;
    removed.unwrap();
    put(both, &[said(2, 2, "two")]).await;
    assert_eq!(look(both).await, expect(&[(2, Some("two"))]));
}

pub(super) async fn pruning_is_no_news(place: &dyn Place) {
    let both = &*place.open_both().await;
    put(both, &[said(1, 1, "old"), said(9, 9, "new")]).await;
    look(both).await;
    put(both, &[said(2, 2, "old and never looked at")]).await;
    let removed = both.remove_comment(REPO, CommentKind::Issue, 9).await;
    removed.unwrap();
    let pruned = both.prune(at(5), at(-1000)).await.unwrap();
    assert_eq!(pruned, 2, "comments are counted, and nothing else");
    assert_eq!(look(both).await, expect(&[(9, None)]));
}

pub(super) async fn looking_back_is_refused(place: &dyn Place) {
    let both = &*place.open_both().await;
    let to = |change, comment| Looked { change, comment };
    for (looked, counts, stands) in [
        (to(5, 3), true, to(5, 3)),
        (to(5, 3), false, to(5, 3)),
        (to(4, 9), false, to(5, 3)),
        (to(9, 2), false, to(5, 3)),
        (to(5, 4), true, to(5, 4)),
        (to(6, 4), true, to(6, 4)),
    ] {
        assert_eq!(look_up_to(both, looked).await, counts, "{looked:?}");
        assert_eq!(both.looked().await.unwrap(), Some(stands));
    }
}
