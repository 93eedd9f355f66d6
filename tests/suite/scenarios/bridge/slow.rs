//! A store that is late makes nothing late but what needs it.

use std::time::{Duration, Instant};

use kep_liaison::sandbox::slack::Slack;
use sqlx::Connection as _;

use super::{RELAY, Transport, bridged};

/// How long Slack waits.
const IN_TIME: Duration = Duration::from_secs(3);

#[tokio::test]
async fn what_a_locked_store_cannot_take_is_taken_later_and_questions_are_answered_meanwhile() {
    let scene = bridged(Transport::Http, "").await;
    let text = "KEP-5825 is merged.";
    let said = scene.mike.says(&scene.sig_node, text).await;
    scene.rest().await;
    let mut other = scene.store().await;
    let lock = sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await;
    lock.expect("the lock");

    let began = Instant::now();
    let ((), shown) = tokio::join!(
        scene.sam.reacts(&said, RELAY),
        scene.sam.types(&scene.sig_node, "/kep status 5825")
    );
    assert!(shown.took < Duration::from_secs(1), "{:?}", shown.took);
    assert!(shown.words().contains("KEP-5825"));
    let update = "/kep update 5825 The CRI part is out.";
    let shown = scene.sam.types(&scene.sig_node, update).await;
    assert_eq!(shown.error, None);
    assert!(shown.words().contains("I cannot reach my store"));
    assert!(shown.took < IN_TIME, "{:?}", shown.took);
    // Slack's second try comes at once, and is not waited for as long.
    let is_over = |slack: &Slack| slack.attempts().iter().all(|one| one.outcome.is_some());
    let over = || is_over(&scene.slack);
    scene.until("both tries", over).await;
    assert!(began.elapsed() < 2 * IN_TIME, "{:?}", began.elapsed());
    assert_eq!(scene.comments(), [] as [String; 0]);

    let unlock = sqlx::query("ROLLBACK").execute(&mut other).await;
    unlock.expect("the end of the lock");
    other.close().await.expect("an end");
    scene.clock.advance(Duration::from_mins(1));
    scene.commented("merged").await;
    scene.hears().await;
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1, "the command was not taken");
    scene.slack.take_violations();
    scene.end().await;
}
