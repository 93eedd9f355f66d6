//! Buttons, mentions, direct messages, the home.

use std::time::Duration;

use kep_liaison::sandbox::slack::{Fault, Kind, On, Outcome};

use super::{BOTH, Scene, Transport};

#[tokio::test]
async fn a_list_is_paged_and_posted_by_its_buttons() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        let shown = scene.sam.types(&scene.sig_node, "/kep list").await;
        let first = shown.words();
        scene.sam.clicks(&shown, "Next ›").await;
        let second = scene.sig_node.next().await;
        assert_eq!(second.ts, shown.said().ts);
        assert_ne!(second.words(), first);
        assert!(second.is_ephemeral());
        assert_eq!(scene.sig_node.seen_by(&scene.mike), []);
        scene.sam.clicks(&second, "Post to channel").await;
        let posted = scene.sig_node.next().await;
        assert!(!posted.is_ephemeral());
        assert!(posted.words().contains("KEP-"), "{}", posted.words());
        scene.end().await;
    }
}

#[tokio::test]
async fn what_everybody_sees_stays_so_when_it_is_asked_again() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        scene.sam.says(&scene.sig_node, "@kep-liaison 5825").await;
        let answer = scene.sig_node.next().await;
        scene.mike.clicks(&answer, "Refresh").await;
        let again = scene.sig_node.next().await;
        assert_eq!((&again.ts, again.words()), (&answer.ts, answer.words()));
        assert!(
            scene
                .sam
                .sees(&again)
                .is_some_and(|seen| !seen.is_ephemeral())
        );
        scene.end().await;
    }
}

#[tokio::test]
async fn a_mention_is_answered_below_it() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        let asked = scene
            .mike
            .says(&scene.sig_node, "@kep-liaison who shepherds 5825?")
            .await;
        let answer = scene.sig_node.next().await;
        assert_eq!(answer.thread.as_deref(), Some(&*asked.ts));
        assert!(answer.words().contains("samuelkarp"), "{}", answer.words());
        let metadata = answer.metadata.unwrap_or_default();
        assert_eq!(metadata["event_type"], "kep_liaison");
        let key = metadata["event_payload"]["key"]
            .as_str()
            .unwrap_or_default();
        assert!(key.starts_with("answer Ev"), "{metadata}");
        scene.end().await;
    }
}

#[tokio::test]
async fn a_direct_message_is_answered_there() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        let direct = scene.sam.direct();
        scene.sam.says(&direct, "5825").await;
        let answer = direct.next().await;
        assert!(answer.words().contains("KEP-5825"), "{}", answer.words());
        scene.sam.says(&direct, "thank you so much").await;
        let answer = direct.next().await;
        assert!(answer.words().contains("help"), "{}", answer.words());
        scene.end().await;
    }
}

#[tokio::test]
async fn the_home_shows_my_keps() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        for person in [&scene.sam, &scene.mike] {
            person.opens_home().await;
            scene
                .workspace
                .until("a home", |_| person.home().is_some())
                .await;
        }
        let words = |of: &kep_liaison::sandbox::slack::Person| {
            of.home().map(|home| home.words()).unwrap_or_default()
        };
        assert!(words(&scene.sam).contains("5825"), "{}", words(&scene.sam));
        // Nobody has said who this is on GitHub.
        assert!(
            words(&scene.mike).contains(scene.mike.id()),
            "{}",
            words(&scene.mike)
        );
        scene.end().await;
    }
}

#[tokio::test]
async fn what_is_delivered_again_is_answered_once() {
    let scene = Scene::new(Transport::Socket).await;
    // The acknowledgement is lost on its way.
    scene
        .slack
        .fault(On::envelope(Kind::Event), Fault::DropAfter);
    let patience = async {
        let answer = scene.sig_node.next().await;
        assert!(answer.words().contains("KEP-5825"));
        scene.clock.advance(Duration::from_secs(4));
    };
    let asking = scene.mike.says(&scene.sig_node, "@kep-liaison 5825");
    tokio::join!(asking, patience);
    scene
        .workspace
        .until("another try", |_| {
            let mut attempts = scene.slack.attempts().into_iter();
            attempts.any(|one| one.retry == 1 && matches!(one.outcome, Some(Outcome::Acked(_))))
        })
        .await;
    assert!(!scene.slack.take_violations().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn slack_turns_an_answer_away_and_takes_it_later() {
    let scene = Scene::new(Transport::Http).await;
    scene
        .slack
        .fault(On::method("chat.postMessage"), Fault::TooManyRequests(7));
    scene.mike.says(&scene.sig_node, "@kep-liaison 5825").await;
    scene
        .workspace
        .until("a refusal", |_| {
            scene.slack.calls_of("chat.postMessage").len() == 1
        })
        .await;
    while scene.slack.calls_of("chat.postMessage").len() == 1 {
        scene.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    scene.sig_node.next().await;
    scene.end().await;
}

#[tokio::test]
async fn one_person_cannot_make_it_speak_without_end() {
    let scene = Scene::new(Transport::Http).await;
    scene.slack.without_limits();
    let direct = scene.sam.direct();
    for _ in 0..40 {
        scene.sam.says(&direct, "5825").await;
    }
    for _ in 0..30 {
        direct.next().await;
    }
    // Others, and the same person a minute later, are answered.
    scene.mike.says(&scene.sig_node, "@kep-liaison 5825").await;
    scene.sig_node.next().await;
    scene.pass(Duration::from_mins(1)).await;
    scene.sam.says(&direct, "5825").await;
    direct.next().await;
    scene.end().await;
}

#[tokio::test]
async fn a_command_in_a_direct_message_speaks_of_no_channel() {
    let scene = Scene::new(Transport::Http).await;
    let direct = scene.sam.direct();
    for typed in ["/kep help", "/kep 5825"] {
        let shown = scene.sam.types(&direct, typed).await;
        let words = shown.words();
        assert!(shown.said().is_ephemeral());
        assert!(!words.contains("Post to channel"), "{words}");
        assert!(!words.contains("`here`"), "{words}");
        let shown = scene.sam.types(&scene.sig_node, typed).await;
        let words = shown.words();
        assert!(words.contains("Post to channel"), "{words}");
        assert_eq!(words.contains("`here`"), typed == "/kep help", "{words}");
    }
    scene.end().await;
}
