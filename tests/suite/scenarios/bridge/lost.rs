//! What the words were for is gone, closed or out of reach.

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{self, On as OnGitHub},
    slack::{Attempt, Fault, Kind, On, Outcome},
};
use sqlx::Connection as _;

use super::{BOTH, ISSUE, RELAY, Scene, Transport, bridged};

/// What somebody is told whose words found no place.
async fn refused(scene: &Scene) -> String {
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, RELAY).await;
    let why = scene.whispers(&scene.sam).await;
    scene.rest().await;
    why
}

#[tokio::test]
async fn an_issue_that_cannot_be_written_to_says_why() {
    let mut told = Vec::new();
    let mut tell = async |what: &str, lose: fn(&Scene)| {
        let scene = bridged(Transport::Socket, "").await;
        lose(&scene);
        let why = refused(&scene).await;
        told.push(format!("{what}: {why}"));
        // That the issue is gone is news by then.
        scene.poll().await;
        scene.sig_node.look_at_all();
        scene.end().await;
    };
    tell("locked", |scene| scene.containerd().lock(ISSUE, None)).await;
    tell("deleted", |scene| scene.containerd().delete_issue(ISSUE)).await;
    tell("transferred", |scene| {
        let elsewhere = scene.github.repository("containerd/project");
        scene.containerd().transfer(ISSUE, &elsewhere);
    })
    .await;
    tell("made a discussion", |scene| {
        scene.containerd().convert_to_discussion(ISSUE);
    })
    .await;
    insta::assert_snapshot!(told.join("\n\n"));
}

#[tokio::test]
async fn an_issue_that_is_gone_is_news_and_takes_no_words() {
    let scene = bridged(Transport::Socket, "").await;
    scene.hook();
    scene.containerd().delete_issue(ISSUE);
    scene.deliver().await;
    let said = scene.hears_all(2).await;
    assert!(said[1].words().contains("gone"), "{}", said[1].words());
    let liaison = scene.person("liaison");
    let shown = liaison
        .types(&scene.sig_node, "/kep update 5825 merged")
        .await;
    assert!(shown.words().contains("no tracking issue"));
    scene.end().await;
}

#[tokio::test]
async fn a_locked_issue_takes_words_again_once_it_is_unlocked() {
    let scene = bridged(Transport::Socket, "").await;
    scene.containerd().lock(ISSUE, None);
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, RELAY).await;
    scene.whispers(&scene.sam).await;
    scene.containerd().unlock(ISSUE);
    scene.relays(&scene.sam, &said, &[]).await;
    scene.commented("is merged").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn a_comment_that_somebody_deleted_is_edited_by_nobody() {
    let scene = bridged(Transport::Socket, "").await;
    scene.github.keep_bodies();
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let containerd = scene.containerd();
    let shown = scene.github.requests();
    let posted = shown.iter().rev().find(|one| one.method == "POST");
    let answer = &posted.expect("a comment was posted").answer;
    let answer: serde_json::Value = serde_json::from_slice(answer).expect("JSON");
    containerd.delete_comment(answer["id"].as_u64().expect("a number"));
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.rest().await;
    assert!(scene.comments().is_empty());
    scene.sam.clicks(&receipt, "Undo").await;
    scene.hears_all(1).await;
    let written = "SELECT what || ': ' || outcome FROM records ORDER BY id";
    let mut store = scene.store().await;
    let written: Vec<String> = sqlx::query_scalar(written)
        .fetch_all(&mut store)
        .await
        .expect("the record");
    store.close().await.expect("an end");
    let [_, changed @ ..] = &written[..] else {
        panic!("nothing on record");
    };
    assert_eq!(
        changed,
        [
            "edit-comment: was not there",
            "delete-comment: was not there"
        ]
    );
    scene.end().await;
}

#[tokio::test]
async fn a_comment_that_went_elsewhere_with_its_issue_is_not_said_to_be_taken_back() {
    let scene = bridged(Transport::Socket, "").await;
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let elsewhere = scene.github.repository("containerd/project");
    let number = scene.containerd().transfer(ISSUE, &elsewhere);
    scene.sam.clicks(&receipt, "Undo").await;
    let why = scene.whispers(&scene.sam).await;
    insta::assert_snapshot!(why, @"I could not take that back: it was moved to another repository.");
    assert_eq!(elsewhere.comments_on(number).len(), 1);
    scene.poll().await;
    scene.sig_node.look_at_all();
    scene.end().await;
}

/// The words of the reply that tells of a comment, after its issue has left.
async fn after_it_left(leave: impl AsyncFnOnce(&Scene)) -> String {
    let scene = bridged(Transport::Socket, "").await;
    let text = "It is in review.";
    scene.containerd().comment("samuelkarp", ISSUE, text);
    scene.poll().await;
    let told = scene.hears_all(2).await;
    leave(&scene).await;
    let news = scene.hears_all(1).await;
    assert!(news[0].words().contains("gone"), "{}", news[0].words());
    let told = scene.sig_node.message(&told[1].ts).expect("it stands");
    scene.end().await;
    told.words()
}

#[tokio::test]
async fn what_went_with_its_issue_is_not_said_to_be_deleted() {
    let leave: [fn(&Scene); 3] = [
        |scene: &Scene| {
            let elsewhere = scene.github.repository("containerd/project");
            scene.containerd().transfer(ISSUE, &elsewhere);
        },
        |scene: &Scene| scene.containerd().delete_issue(ISSUE),
        |scene: &Scene| scene.containerd().convert_to_discussion(ISSUE),
    ];
    for leave in leave {
        let found_by_a_sweep = async |scene: &Scene| {
            leave(scene);
            scene.pass(Duration::from_hours(7)).await;
        };
        let words = after_it_left(found_by_a_sweep).await;
        assert!(words.contains("It is in review."), "{words}");
    }
    for leave in &leave[..2] {
        let told_by_a_webhook = async |scene: &Scene| {
            scene.hook();
            scene.pass(Duration::from_mins(2)).await;
            leave(scene);
            scene.deliver().await;
        };
        let words = after_it_left(told_by_a_webhook).await;
        assert!(words.contains("It is in review."), "{words}");
    }
}

#[tokio::test]
async fn a_comment_that_the_bot_may_see_no_more_is_not_said_to_be_taken_back() {
    let scene = bridged(Transport::Socket, "").await;
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let unseen = OnGitHub::any().every(1);
    scene.github.fault(unseen, github::Fault::Status(404));
    scene.sam.clicks(&receipt, "Undo").await;
    let why = scene.whispers(&scene.sam).await;
    insta::assert_snapshot!(why, @"I could not take that back: it is not there, or I may not see it.");
    scene.github.clear_faults();
    scene.end().await;
}

#[tokio::test]
async fn a_thread_whose_root_is_gone_begins_anew() {
    let scene = bridged(Transport::Socket, "").await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is in review.");
    scene.poll().await;
    let first = scene.hears_all(2).await;
    // Who runs the workspace deletes the reply, and then the root, of which nothing is left.
    scene.sam.removes(&first[1]).await;
    scene.sam.removes(&first[0]).await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    let second = scene.hears_all(2).await;
    assert_ne!(second[0].ts, first[0].ts);
    assert_eq!(second[1].thread.as_ref(), Some(&second[0].ts));
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is out.");
    scene.poll().await;
    let third = scene.hears_all(1).await;
    assert_eq!(third[0].thread.as_ref(), Some(&second[0].ts));
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn a_thread_whose_root_is_a_tombstone_goes_on() {
    let scene = bridged(Transport::Socket, "").await;
    let root = scene.thread().await;
    scene.sam.removes(&root).await;
    scene.containerd().close(ISSUE, "completed");
    scene.poll().await;
    let said = scene.hears_all(1).await;
    assert_eq!(said[0].thread.as_ref(), Some(&root.ts));
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn a_channel_that_the_bot_was_removed_from_hears_nothing_until_it_is_back() {
    let scene = bridged(Transport::Socket, "").await;
    scene.sig_node.remove_bot();
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is in review.");
    scene.poll().await;
    let calls = scene.slack.calls_of("chat.postMessage").len();
    assert!(calls <= 2, "{calls} tries");
    scene.sam.invites_bot(&scene.sig_node).await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    let said = scene.hears_all(2).await;
    assert!(said[1].words().contains("merged"), "{}", said[1].words());
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn a_revoked_token_of_github_holds_words_up_until_it_is_mended() {
    let scene = bridged(Transport::Socket, "").await;
    let revoked = OnGitHub::post("/repos/containerd").every(1);
    scene.github.fault(revoked, github::Fault::Status(401));
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, RELAY).await;
    for _ in 0..5 {
        scene.rest().await;
        scene.pass(Duration::from_mins(11)).await;
    }
    assert!(scene.comments().is_empty());
    scene.github.clear_faults();
    scene.rest().await;
    scene.pass(Duration::from_mins(11)).await;
    scene.commented("is merged").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn a_revoked_token_of_slack_holds_news_up_until_it_is_mended() {
    let scene = bridged(Transport::Socket, "").await;
    let revoked = On::method("chat.postMessage").every(1);
    scene.slack.fault(revoked, Fault::Error("token_revoked"));
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    for _ in 0..5 {
        scene.rest().await;
        scene.pass(Duration::from_mins(11)).await;
    }
    scene.slack.clear_faults();
    scene.rest().await;
    scene.pass(Duration::from_mins(11)).await;
    scene.hears_all(2).await;
    scene.slack.take_violations();
    scene.end().await;
}

/// Time passes for Slack, which waits some seconds for an answer and tries again later; so slowly
/// that no answer is late by it.
async fn time_passes(scene: &Scene) {
    loop {
        scene.give_way().await;
        let step = if scene.slack.is_delivering() {
            200
        } else {
            2_000
        };
        scene.clock.advance(Duration::from_millis(step));
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_acknowledged() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
        let mut store = scene.store().await;
        let full = "CREATE TRIGGER full BEFORE INSERT ON causes \
            BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END";
        sqlx::raw_sql(full)
            .execute(&mut store)
            .await
            .expect("a trigger");
        tokio::select! {
            () = scene.sam.reacts(&said, RELAY) => {}
            () = time_passes(&scene) => {}
        }
        let attempts = scene.slack.attempts();
        let mut events = attempts.iter().filter(|one| one.kind == Kind::Event);
        let is_acked = |one: &Attempt| matches!(one.outcome, Some(Outcome::Acked(_)));
        assert!(!events.next_back().is_some_and(is_acked), "{attempts:?}");
        // A command does not come again, so whoever typed it is told.
        let typed = "/kep update 5825 merged";
        let shown = scene.sam.types(&scene.sig_node, typed).await;
        assert_eq!(shown.error, None);
        let words = shown.words();
        assert!(words.contains("I cannot reach my store"), "{words}");
        // There is room again, and Slack delivers the event again.
        sqlx::raw_sql("DROP TRIGGER full")
            .execute(&mut store)
            .await
            .expect("no trigger");
        store.close().await.expect("an end");
        tokio::select! {
            _ = scene.commented("is merged") => {}
            () = time_passes(&scene) => {}
        }
        scene.hears().await;
        assert_eq!(scene.comments().len(), 1);
        scene.slack.take_violations();
        scene.end().await;
    }
}
