//! The model under PyGithub, whose authors never heard of it.

use std::{
    env,
    io::Write as _,
    process::{Command, Stdio},
};

use chrono::NaiveDate;
use kep_liaison::sandbox::github::{Openness, Right};

use super::world;

/// A Python that has PyGithub. Without one the test is left out, and a line on stderr says so.
fn python() -> Option<String> {
    let python = env::var("KEP_LIAISON_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let asked = Command::new(&python)
        .args(["-c", "import github"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if asked.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    // Not eprintln!, whose words cargo swallows when a test passes.
    let _ = writeln!(
        std::io::stderr(),
        "LEFT OUT: the model of GitHub under PyGithub: {python} cannot import it; \
         KEP_LIAISON_PYTHON names another interpreter"
    );
    None
}

#[tokio::test]
async fn pygithub_finds_what_it_expects_of_github() {
    let Some(python) = python() else {
        return;
    };
    let world = world().await;
    let containerd = &world.containerd;
    containerd.push(&[("keps/1/kep.yaml", "title: KEP-1\n")]);
    let day = NaiveDate::from_ymd_opt(2026, 8, 31);
    containerd.milestone("2.3", day, Openness::Open);
    containerd.create_label("kind/kep");
    for number in 1..=70 {
        if number == 60 {
            world.advance(3_600);
        }
        containerd.open_issue("dims", &format!("KEP-{number}"), "");
    }
    containerd.transfer(70, &world.github.repository("containerd/nri"));
    let token = world
        .github
        .token("liaison", &[("containerd/containerd", Right::Write)]);

    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/pygithub_check.py"
    );
    let mut command = Command::new(python);
    command.args([script, world.github.url(), &token]);
    // The model answers on this thread meanwhile.
    let run = tokio::task::spawn_blocking(move || command.output()).await;
    let run = run.expect("no panic").expect("the script runs");
    let words = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{words}");
    assert_eq!(world.github.not_modified(), 1, "{words}");
}
