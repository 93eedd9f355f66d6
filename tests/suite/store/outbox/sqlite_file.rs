//! A file from before there was an outbox, and one that is closed and opened again.

use kep_liaison::{
    domain::CommentKind,
    ports::{
        Outbox, Store,
        outbox::{Cause, Looked},
    },
};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use super::{
    super::{REPO, SqliteFile, at, change, comment, file, tell},
    accept, key, lease_one, queued, step,
};

/// A store as the version before the outbox left it: a comment, and a change that was told.
async fn from_before() -> SqliteFile {
    let place = SqliteFile::default();
    let options = SqliteConnectOptions::new().filename(place.path());
    let mut connection = options.create_if_missing(true).connect().await.unwrap();
    sqlx::migrate!("src/store/migrations/sqlite")
        .run_direct(Some(1), &mut connection, false)
        .await
        .unwrap();
    let said = comment(CommentKind::Issue, 1, 7, 0, "said before");
    let change = change(9001, "told before");
    sqlx::raw_sql("PRAGMA application_id = 1262833740")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO comments (repository, kind, id, issue, created_at, updated_at, doc)
        VALUES ($1, 'issue', 1, 7, $2, $2, $3)",
    )
    .bind(REPO)
    .bind(at(0).timestamp())
    .bind(serde_json::to_string(&said).unwrap())
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::query("INSERT INTO changes (at_ms, doc) VALUES ($1, $2)")
        .bind(at(0).timestamp_millis())
        .bind(serde_json::to_string(&change).unwrap())
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    place
}

#[tokio::test]
async fn a_store_from_before_the_outbox() {
    let place = from_before().await;
    let store = place.write().await;
    assert_eq!(store.comments(REPO, 7).await.unwrap().len(), 1);
    assert_eq!(store.changes(at(0)).await.unwrap().len(), 1);
    // What was there is no news, and what changes from now on is.
    assert_eq!(store.looked().await.unwrap(), None);
    assert!(store.untold_comments(9).await.unwrap().is_empty());
    let latest = store.latest().await.unwrap();
    let old = Looked {
        change: 1,
        comment: 0,
    };
    assert_eq!(latest, old);
    let Looked { change, comment } = latest;
    let now = Cause::News {
        change,
        comment,
        comments: None,
    };
    assert!(store.accept(at(1), now, &[]).await.unwrap());
    let edited = super::super::comment(CommentKind::Issue, 1, 7, 2, "edited since");
    store.put_comments(REPO, &[edited], None).await.unwrap();
    store.put_files(&[file("a", "1")]).await.unwrap();
    tell(&store, &[super::super::change(9001, "told since")]).await;
    assert_eq!(store.untold_comments(9).await.unwrap().len(), 1);
    assert_eq!(store.untold_changes(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lease_outlives_its_process() {
    let place = SqliteFile::default();
    for is_closed in [true, false] {
        let name = is_closed.to_string();
        let store = place.write().await;
        accept(&store, 0, &name, &[queued(&name, 1, step())]).await;
        let leased = lease_one(&store, 0).await;
        if is_closed {
            store.close().await;
        }
        let store = place.write().await;
        assert_eq!(store.next_due(&[]).await.unwrap(), Some(at(10)));
        let again = lease_one(&store, 10).await;
        assert_eq!((again.key.clone(), again.attempt), (key(&name), 2));
        assert_eq!(again.unclear_since, Some(at(0)));
        assert!(!super::done(&store, 10, &leased).await);
        assert!(super::done(&store, 10, &again).await);
    }
}

#[tokio::test]
async fn what_a_newer_version_wrote_holds_up_its_lane_alone() {
    let place = SqliteFile::default();
    let store = place.write().await;
    let effects = [
        queued("a", 1, step()),
        queued("b", 1, step()),
        queued("c", 2, step()),
    ];
    accept(&store, 0, "Ev1", &effects).await;
    let options = SqliteConnectOptions::new().filename(place.path());
    let mut connection = options.connect().await.unwrap();
    let mut set = async |doc: &str| {
        sqlx::query("UPDATE effects SET doc = $1 WHERE key = 'a'")
            .bind(doc)
            .execute(&mut connection)
            .await
            .unwrap();
    };
    set(r#"{"sing":"aloud"}"#).await;
    let leased = lease_one(&store, 0).await;
    assert_eq!(leased.key, key("c"));
    assert!(super::done(&store, 0, &leased).await);
    let later = 3600;
    assert_eq!(store.next_due(&[]).await.unwrap(), Some(at(later)));
    // It comes back.
    set(&serde_json::to_string(&step()).unwrap()).await;
    let leased = lease_one(&store, later).await;
    assert_eq!((&leased.key, leased.unclear_since), (&key("a"), None));
    assert!(super::done(&store, later, &leased).await);
    assert_eq!(lease_one(&store, later).await.key, key("b"));
}
