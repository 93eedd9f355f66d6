//! What the program says when it syncs, answers from the store and checks.

use super::{
    installed::Installed,
    world::{World, kep_path, kep_yaml},
};

#[tokio::test]
async fn a_sync_says_what_it_did_and_the_store_answers_without_github() {
    let world = World::with_keps(4).await;
    let installed = Installed::new(&world);
    let (status, first, complaints) = installed.run(&["sync"]).await;
    assert_eq!((status, complaints.as_str()), (0, ""));
    assert!(
        first.starts_with("4 KEPs, 4 issues and pull requests that concern them\n"),
        "{first}"
    );
    assert!(first.contains("Nothing changed."), "{first}");
    world.pass(60);
    world
        .enhancements
        .push(&[(&kep_path(3), &kep_yaml(3, "beta"))]);
    let (_, second, _) = installed.run(&["sync"]).await;
    assert!(
        second.contains("KEP-3           stage alpha → beta"),
        "{second}"
    );
    world.model.stop();
    let (status, card, complaints) = installed.run(&["status", "3"]).await;
    assert_eq!((status, complaints.as_str()), (0, ""));
    assert!(card.starts_with("KEP-3: Feature 3\n"), "{card}");
    let age = card.lines().rev().take(2).collect::<Vec<_>>().join(" ");
    assert!(age.contains("just now"), "{age}");
    let (_, json, _) = installed.run(&["status", "3", "--format", "json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["kep"]["stage"], "beta");
}

#[tokio::test]
async fn a_sync_that_fails_says_why_and_keeps_what_it_has() {
    let world = World::with_keps(2).await;
    let installed = Installed::new(&world);
    installed.sync_well().await;
    world.model.stop();
    let (status, answer, complaints) = installed.run(&["sync"]).await;
    assert_eq!(status, 1);
    assert!(answer.starts_with("2 KEPs"), "{answer}");
    assert!(complaints.contains("cannot be reached"), "{complaints}");
    assert_eq!(installed.run(&["status", "1"]).await.0, 0);
}

#[tokio::test]
async fn a_first_sync_that_fails_leaves_no_empty_answer() {
    use kep_liaison::sandbox::github::{Fault, On};
    let world = World::with_keps(2).await;
    let installed = Installed::new(&world);
    world.model.fault(On::any().every(1), Fault::Status(404));
    assert_eq!(installed.run(&["sync"]).await.0, 1);
    let (status, answer, complaints) = installed.run(&["status", "1"]).await;
    assert_eq!((status, answer.as_str()), (1, ""));
    assert!(complaints.contains("There is nothing in"), "{complaints}");
    // The sample has this one, and nobody takes it for what was fetched.
    let (status, answer, complaints) = installed.run(&["status", "5825"]).await;
    assert_eq!(status, 0, "{complaints}");
    assert!(answer.starts_with("Sample data of 6 July 2026, not live."));
    let nothing = "There is nothing in sqlite:kep-liaison.db yet; `kep-liaison sync` fetches it.";
    assert!(complaints.starts_with(nothing), "{complaints}");
    // One source alone is an answer, and says that it is not all.
    world.model.clear_faults();
    let runtime = On::get("/repos/containerd").every(1);
    world.model.fault(runtime, Fault::Status(404));
    assert_eq!(installed.run(&["sync"]).await.0, 1);
    let (status, answer, _) = installed.run(&["status", "1"]).await;
    assert_eq!(status, 0);
    assert!(
        answer.contains("Not everything has arrived yet"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_token_that_is_refused_is_named_and_not_shown() {
    let world = World::with_keps(1).await;
    let installed = Installed::new(&world);
    world.model.revoke(installed.token());
    let (status, _, complaints) = installed.run(&["sync"]).await;
    assert_eq!(status, 1);
    assert!(
        complaints.contains("does not accept the credentials"),
        "{complaints}"
    );
    assert!(!complaints.contains(installed.token()));
    let (status, lines, _) = installed.run(&["check"]).await;
    assert_eq!(status, 1);
    assert!(
        lines.contains("fail  GitHub: GitHub does not accept the credentials"),
        "{lines}"
    );
}

#[tokio::test]
async fn a_check_names_what_is_missing() {
    let world = World::with_keps(2).await;
    let installed = Installed::new(&world);
    let (_, before, _) = installed.run(&["check"]).await;
    assert!(
        before.contains("warn  store: sqlite:kep-liaison.db is not there yet"),
        "{before}"
    );
    installed.sync_well().await;
    let (_, lines, _) = installed.run(&["check"]).await;
    for expected in [
        "ok    settings: every key and value is understood",
        "warn  GitHub: asked with the token of kep-liaison-bot",
        "ok    kubernetes/enhancements: can be read",
        "warn  webhook: no secret at env:GITHUB_WEBHOOK_SECRET",
    ] {
        assert!(lines.contains(expected), "{expected}\n{lines}");
    }
    assert!(!lines.contains(installed.token()));
}

#[tokio::test]
async fn without_a_token_what_is_public_is_read() {
    let world = World::with_keps(100).await;
    let installed = Installed::anonymous(&world);
    let said = installed.sync_well().await;
    assert_eq!(said["keps"], 100);
    assert!(said["requests"].as_u64() < Some(60), "{said}");
}
