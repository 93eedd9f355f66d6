//! `kep-liaison digest`, in the terminal.

use std::fs;

use chrono::{TimeDelta, Utc};
use kep_liaison::{
    domain::trend::DaySummary,
    ports::Store as _,
    store::{Mode, SqliteStore},
};
use serde_json::Value;

use crate::terminal::{Folder, Ran, run};

const SETTINGS: &str = r#"
[[workspaces]]
name = "kubernetes"
[[channels]]
id = "C0BP8PW9G"
digest = {}
[[channels]]
id = "C0BP8PW9M"
"#;

fn kep(folder: &Folder, stage: &str) {
    let text = format!(
        "title: CRI List Streaming\nkep-number: 5825\nowning-sig: sig-node\nstatus: implementable\nstage: {stage}\nlatest-milestone: v1.37\nauthors: ['@bitoku']\n"
    );
    folder.file("repo/keps/sig-node/5825-cri-pagination/kep.yaml", &text);
}

/// A folder with settings, and a store that was filled twice, the stage having changed between.
fn filled() -> Folder {
    let folder = Folder::new();
    folder.file("kep-liaison.toml", SETTINGS);
    for stage in ["alpha", "beta"] {
        kep(&folder, stage);
        assert_eq!(
            folder.run(&["sync", "--enhancements-dir", "repo"]).status,
            0
        );
    }
    folder
}

fn json(ran: Ran) -> Value {
    assert_eq!(ran.status, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn of_the_sample() {
    insta::assert_snapshot!(run(&["digest"]).answer());
}

#[test]
fn for_scripts() {
    let digest = json(run(&["digest", "--format", "json"]));
    assert_eq!(digest["runtime"], "containerd");
    assert_eq!(digest["since"], Value::Null);
    assert_eq!(digest["needs"][0]["kep"]["number"], 4680);
    assert_eq!(digest["needs"][0]["findings"][0]["code"], "no-shepherd");
    let messages = json(run(&["digest", "--format", "blocks"]));
    let messages = messages.as_array().expect("messages");
    assert!(messages.len() > 1);
    assert_eq!(messages[0]["blocks"][0]["type"], "header");
    assert!(
        messages[1]["text"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[test]
fn what_changed_since_a_day() {
    let folder = filled();
    let said = folder.run(&["digest", "--since", "2026-01-01"]).stdout;
    let moved = "Moved\n• KEP-5825 CRI List Streaming: stage alpha → beta\n";
    assert!(said.contains(moved), "{said}");
    let nothing = folder.run(&[
        "digest",
        "--since",
        "2026-01-01",
        "--now",
        "2026-01-08T00:00:00Z",
    ]);
    assert!(nothing.stdout.contains("a quiet week"), "{nothing:?}");
}

#[test]
fn it_is_queued_and_says_so() {
    let folder = filled();
    let said = folder.run(&["digest", "--post"]).stdout;
    assert!(
        said.starts_with("It is queued for kubernetes/C0BP8PW9G."),
        "{said}"
    );
    let waits = folder.run(&["outbox"]).stdout;
    assert!(waits.starts_with("1 wait"), "{waits}");
    // What it told is not told again.
    let next = folder.run(&["digest"]).stdout;
    assert!(next.contains("a quiet week"), "{next}");
}

#[tokio::test]
async fn a_chart_needs_two_weeks() {
    let folder = filled();
    let chart = ["digest", "--chart", "keps.png"];
    let no = folder.run(&chart).complaint(1);
    assert!(no.contains("too little to draw"), "{no}");
    assert!(!folder.path().join("keps.png").exists());
    let store = folder.path().join("kep-liaison.db");
    let store = SqliteStore::open(store.to_str().expect("a path"), Mode::Write).await;
    let store = store.expect("the store");
    let day = DaySummary {
        stages: [("alpha".to_owned(), 1)].into(),
        ..DaySummary::default()
    };
    let day = serde_json::to_string(&day).expect("JSON");
    let last_week = Utc::now() - TimeDelta::days(7);
    store.synced(last_week, Some(&day)).await.expect("a day");
    store.close().await;
    let drawn = folder.run(&chart);
    assert_eq!(drawn.status, 0, "{drawn:?}");
    assert!(
        drawn.stderr.contains("keps.png: KEPs by stage"),
        "{drawn:?}"
    );
    let png = fs::read(folder.path().join("keps.png")).expect("a picture");
    assert!(png.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn what_is_wrong_is_said() {
    let folder = filled();
    let no = folder
        .run(&["digest", "--channel", "C0BP8PW9M"])
        .complaint(2);
    assert!(
        no.contains("that channel gets no digest; those that get one: C0BP8PW9G"),
        "{no}"
    );
    let no = folder.run(&["digest", "--since", "monday"]).complaint(2);
    assert!(no.contains("want a day or a moment"), "{no}");
    let no = run(&["digest", "--post"]).complaint(2);
    assert!(no.contains("no channel gets one"), "{no}");
    let no = run(&["digest", "--chart", "keps.png"]).complaint(1);
    assert!(no.contains("That takes a store"), "{no}");
}
