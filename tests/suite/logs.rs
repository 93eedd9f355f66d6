//! The log beside what commands say themselves: nothing twice, nothing on stdout, and what the
//! flags and the environment ask for.

use std::sync::Arc;

use kep_liaison::{app::SystemClock, sandbox::github::GitHub as Model};
use serde_json::Value;

use crate::terminal::{Folder, Ran, ran, run};

/// A sync with a GitHub that has none of the repositories.
async fn sync_in_vain(words: &'static [&'static str], filter: Option<&'static str>) -> Ran {
    let model = Model::start(Arc::new(SystemClock)).await;
    let folder = Folder::new();
    let settings = format!("[github]\napi_url = \"{}\"\n", model.url());
    folder.file("kep-liaison.toml", &settings);
    let run = move || {
        let mut program = folder.program();
        program.arg("sync").args(words);
        program.envs(filter.map(|filter| ("RUST_LOG", filter)));
        ran(&mut program)
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

/// The lines of a command's own report, which name what failed.
fn reported(ran: &Ran) -> Vec<&str> {
    let lines = ran.stderr.lines();
    lines.filter(|line| !line.starts_with(['{', '2'])).collect()
}

#[tokio::test]
async fn what_a_command_reports_is_not_logged_as_well() {
    let ran = sync_in_vain(&[], None).await;
    assert_eq!(ran.status, 1, "{ran:?}");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines, reported(&ran), "a log line in {ran:?}");
    let of_containerd = lines
        .iter()
        .filter(|line| line.contains("containerd/containerd"));
    assert_eq!(of_containerd.count(), 1, "{ran:?}");
}

#[tokio::test]
async fn verbose_json_is_beside_the_report_and_each_line_is_an_object() {
    let quiet = sync_in_vain(&[], None).await;
    let ran = sync_in_vain(&["-v", "--log-format", "json"], None).await;
    assert_eq!(reported(&ran), reported(&quiet));
    assert_eq!(ran.stdout.is_empty(), quiet.stdout.is_empty());
    let logged: Vec<Value> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let warned = logged.iter().any(|line| {
        let message = line["message"].as_str().unwrap_or_default();
        line["level"] == "WARN" && message.starts_with("containerd/containerd: ")
    });
    assert!(warned, "{ran:?}");
}

#[tokio::test]
async fn the_environment_says_exactly_what_is_logged() {
    let ran = sync_in_vain(&[], Some("off,kep_liaison::jobs=warn")).await;
    let logged = ran
        .stderr
        .lines()
        .filter(|line| line.contains(" WARN kep_liaison::jobs::sync: "));
    assert!(logged.count() >= 3, "{ran:?}");
    assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn an_environment_that_cannot_be_understood_is_wrong_usage() {
    let folder = Folder::new();
    let mut program = folder.program();
    let said = ran(program.arg("status").env("RUST_LOG", "a=loud")).complaint(2);
    assert!(said.starts_with("RUST_LOG: read \"a=loud\""), "{said}");
    let said = run(&["status", "--log-format", "xml"]).complaint(2);
    assert!(said.contains("'xml'") && said.contains("json"), "{said}");
}

#[test]
fn flags_of_the_log_change_no_answer() {
    let plain = run(&["status", "5825"]).answer();
    assert_eq!(run(&["status", "5825", "-vv"]).answer(), plain);
    assert_eq!(
        run(&["--log-format", "json", "status", "5825"]).answer(),
        plain
    );
}
