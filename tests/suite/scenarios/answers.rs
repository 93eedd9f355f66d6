//! `/kep` is answered inside the acknowledgement, whatever state GitHub is in.

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{Fault, On},
    slack::Shown,
};

use super::{BOTH, Scene, Transport};

/// Slack waits three seconds; an answer from memory takes none of them.
fn is_at_once(shown: &Shown) {
    assert_eq!(shown.error, None);
    assert!(shown.took < Duration::from_secs(1), "{:?}", shown.took);
    assert!(shown.said().is_ephemeral());
}

#[tokio::test]
async fn the_asker_alone_reads_the_card() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        let shown = scene.sam.types(&scene.sig_node, "/kep status 5825").await;
        is_at_once(&shown);
        let words = shown.words();
        assert!(words.contains("KEP-5825: CRI List Streaming"), "{words}");
        assert!(words.contains("samuelkarp shepherds"), "{words}");
        assert!(!words.contains(" ago"), "what is new has no age: {words}");
        assert_eq!(scene.sig_node.seen_by(&scene.mike), []);
        scene.end().await;
    }
}

#[tokio::test]
async fn with_here_everybody_reads_it() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        let shown = scene.sam.types(&scene.sig_node, "/kep 5825 here").await;
        assert!(!shown.said().is_ephemeral());
        let seen = scene.sig_node.seen_by(&scene.mike);
        assert!(seen[0].words().contains("KEP-5825"), "{seen:?}");
        scene.end().await;
    }
}

#[tokio::test]
async fn github_may_be_slow_failing_or_gone() {
    for transport in BOTH {
        for trouble in ["slow", "failing", "gone"] {
            let scene = Scene::new(transport).await;
            match trouble {
                "slow" => scene.github.fault(On::any().every(1), Fault::Hang),
                "failing" => scene.github.fault(On::any().every(1), Fault::Status(502)),
                _ => scene.github.stop(),
            }
            scene.clock.advance(Duration::from_hours(3));
            let shown = scene.sam.types(&scene.sig_node, "/kep status 5825").await;
            is_at_once(&shown);
            let words = shown.words();
            assert!(words.contains("KEP-5825: CRI List Streaming"), "{words}");
            assert!(words.contains("3 hours ago"), "{trouble}: {words}");
            scene.end().await;
        }
    }
}

#[tokio::test]
async fn a_restart_without_github_answers_from_the_store() {
    for transport in BOTH {
        let mut scene = Scene::new(transport).await;
        scene.stop().await;
        scene.github.stop();
        scene.clock.advance(Duration::from_hours(26));
        scene.start().await;
        let shown = scene.sam.types(&scene.sig_node, "/kep status 5825").await;
        is_at_once(&shown);
        let words = shown.words();
        assert!(words.contains("KEP-5825: CRI List Streaming"), "{words}");
        assert!(words.contains("26 hours ago"), "{words}");
        scene.end().await;
    }
}

#[tokio::test]
async fn before_the_first_sync_it_says_so() {
    let mut scene = Scene::before_start(Transport::Socket).await;
    scene.github.fault(On::any().every(1), Fault::Hang);
    scene.start().await;
    let shown = scene.sam.types(&scene.sig_node, "/kep status 5825").await;
    is_at_once(&shown);
    insta::assert_snapshot!(shown.words());
    scene.end().await;
}

#[tokio::test]
async fn what_changes_on_github_is_answered_after_the_next_poll() {
    let scene = Scene::new(Transport::Http).await;
    let containerd = scene.github.repository("containerd/containerd");
    let milestone = containerd.milestone("2.4", None, kep_liaison::sandbox::github::Openness::Open);
    containerd.set_milestone(1, Some(milestone));
    let mut known = scene.bot().known();
    known.mark_unchanged();
    scene.next_poll().await;
    let _ = tokio::time::timeout(Duration::from_secs(10), known.changed()).await;
    let shown = scene.mike.types(&scene.sig_node, "/kep status 5825").await;
    assert!(shown.words().contains("2.4"), "{}", shown.words());
    scene.end().await;
}

#[tokio::test]
async fn a_sweep_that_failed_is_made_again_at_the_next_poll() {
    let scene = Scene::new(Transport::Http).await;
    let sweeps = || {
        let calls = scene.github.requests().into_iter();
        let looks = calls.filter(|call| call.path == "/repos/containerd/containerd/issues/1");
        looks.count()
    };
    let issue = On::get("/repos/containerd/containerd/issues/1");
    scene.next_poll().await;
    assert_eq!(sweeps(), 0);
    scene.github.fault(issue.every(1), Fault::Status(500));
    scene.clock.advance(Duration::from_hours(6));
    // Others wake after six hours, too, and the poll may not be the first.
    for _ in 0..5 {
        if sweeps() == 0 {
            scene.next_poll().await;
        }
    }
    let failed = sweeps();
    assert!(failed > 0);
    scene.github.clear_faults();
    for _ in 0..5 {
        if sweeps() == failed {
            scene.next_poll().await;
        }
    }
    let made = sweeps();
    assert!(made > failed);
    // And now it is not due for six hours.
    scene.next_poll().await;
    scene.next_poll().await;
    assert_eq!(sweeps(), made);
    scene.end().await;
}

#[tokio::test]
async fn who_asks_too_much_is_told_so_and_others_are_answered() {
    for transport in BOTH {
        let mut scene = Scene::before_start(transport).await;
        let (all, few) = (
            "slack = { api_url",
            "slack = { commands_per_minute = 2, api_url",
        );
        scene.settings = scene.settings.replace(all, few);
        scene.start().await;
        scene.synced().await;
        let sam = async |words: &str| {
            let shown = scene.sam.types(&scene.sig_node, words).await;
            is_at_once(&shown);
            shown.words().contains("a lot of questions for one minute")
        };
        // What was answered in this minute is no new question.
        for words in ["/kep 5825", "/kep who 5825", "/kep 5825", "/kep who 5825"] {
            assert!(!sam(words).await, "{words}");
        }
        for words in [
            "/kep list",
            "/kep help",
            "/kep update 5825 It is in.",
            "/kep outbox",
        ] {
            assert!(sam(words).await, "{words}");
        }
        let shown = scene.mike.types(&scene.sig_node, "/kep list").await;
        assert!(!shown.words().contains("a lot of questions"));
        scene.pass(Duration::from_mins(1)).await;
        assert!(!sam("/kep help").await);
        scene.end().await;
    }
}
