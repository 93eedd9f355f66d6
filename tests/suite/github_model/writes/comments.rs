//! Comments: their length, their owners, and how many.

use kep_liaison::sandbox::github::Right;
use serde_json::json;

use super::{error, issues};
use crate::github_model::world;

#[tokio::test]
async fn comments_are_neither_missing_blank_nor_too_long() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let http = world.anybody();
    let path = issues("/1/comments");
    let created = http.post(&path, json!({"body": "é".repeat(65_536)})).await;
    assert_eq!(created.status, 201);
    let missing = http.post(&path, json!({})).await;
    assert_eq!(
        missing.refusal(),
        (422, "Invalid request.\n\n\"body\" wasn't supplied.".into())
    );
    for (body, message) in [
        (" \n".to_owned(), "Body can't be blank"),
        (
            "x".repeat(65_537),
            "Body is too long (maximum is 65536 characters)",
        ),
    ] {
        let expected = json!({"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": message});
        assert_eq!(
            error(&http.post(&path, json!({"body": body})).await),
            expected
        );
    }
    assert_eq!(world.containerd.comments_on(1).len(), 1);
}

#[tokio::test]
async fn comments_are_changed_by_their_authors_and_by_writers() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let author = world.anybody();
    let comment = author
        .post(&issues("/1/comments"), json!({"body": "hello"}))
        .await
        .json();
    let path = issues(&format!("/comments/{}", comment["id"]));
    assert_eq!(comment["user"]["login"], "anybody");
    world.advance(60);

    let other = world.somebody("mike", Right::Triage);
    let refused = (403, "Must have admin rights to Repository.".to_owned());
    assert_eq!(
        other.patch(&path, json!({"body": "mine"})).await.refusal(),
        refused
    );
    assert_eq!(other.delete(&path).await.refusal(), refused);
    let edited = author.patch(&path, json!({"body": "hello!"})).await.json();
    assert_eq!(edited["body"], "hello!");
    assert_eq!(edited["updated_at"], "2026-03-02T09:01:00Z");
    assert_eq!(edited["created_at"], "2026-03-02T09:00:00Z");
    let deleted = world.somebody("phil", Right::Write).delete(&path).await;
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    assert_eq!(
        author.patch(&path, json!({"body": "again"})).await.status,
        404
    );
    assert_eq!(world.containerd.comments_on(1), Vec::<String>::new());
}

#[tokio::test]
async fn a_locked_issue_takes_comments_of_writers_only() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.lock(1, Some("too heated"));
    let path = issues("/1/comments");
    let comment = json!({"body": "but"});
    let message = "Unable to create comment because issue is locked.";
    let triage = world.somebody("mike", Right::Triage);
    assert_eq!(
        triage.post(&path, comment.clone()).await.refusal(),
        (403, message.into())
    );
    let writer = world.somebody("phil", Right::Write);
    assert_eq!(writer.post(&path, comment.clone()).await.status, 201);
    world.containerd.unlock(1);
    assert_eq!(triage.post(&path, comment).await.status, 201);
}

#[tokio::test]
async fn eighty_comments_a_minute_are_too_many() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let http = world.anybody();
    let write = async || {
        http.post(&issues("/1/comments"), json!({"body": "x"}))
            .await
    };
    for _ in 0..80 {
        assert_eq!(write().await.status, 201);
    }
    let hasty = write().await;
    let (status, message) = hasty.refusal();
    assert_eq!((status, hasty.header("retry-after")), (403, "60"));
    assert!(
        message.contains("temporarily blocked from content creation"),
        "{message}"
    );
    assert_eq!(http.get(&issues("/1")).await.status, 200);
    assert_eq!(world.github.violations(), 0);
    assert_eq!(write().await.status, 403);
    assert_eq!(world.github.violations(), 1);

    // And no more than 500 an hour.
    for _ in 0..5 {
        world.advance(60);
        for _ in 0..80 {
            assert_eq!(write().await.status, 201);
        }
    }
    world.advance(60);
    for _ in 0..20 {
        assert_eq!(write().await.status, 201);
    }
    let hasty = write().await;
    assert_eq!((hasty.status, hasty.header("retry-after")), (403, "3240"));
    world.advance(3_240);
    assert_eq!(write().await.status, 201);
}
