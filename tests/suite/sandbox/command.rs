//! `kep-liaison sandbox` as somebody starts it.

use std::{net::Ipv4Addr, process::Stdio, time::Duration};

use http::Request;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use super::{Answer, ask};

/// How long a slow machine may take to start it or to end it.
const PATIENCE: Duration = Duration::from_mins(2);

fn sandbox(folder: &TempDir, words: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"));
    command
        .arg("sandbox")
        .args(words)
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The address that it prints.
async fn address(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    let line = line.expect("in time").expect("a line").expect("a line");
    let address = line.split(' ').find(|word| word.starts_with("http://"));
    address
        .unwrap_or_else(|| panic!("no address: {line}"))
        .to_owned()
}

#[tokio::test]
async fn it_runs_in_an_empty_folder_until_it_is_interrupted() {
    let folder = TempDir::new().expect("a folder");
    let mut child = sandbox(&folder, &[]).spawn().expect("it starts");
    let address = address(&mut child).await;
    let Answer {
        status, body: page, ..
    } = ask(Request::get(&address), "").await;
    assert_eq!(status, 200);
    assert!(page.contains("kep-liaison sandbox"));
    let Answer {
        status,
        body: state,
        ..
    } = ask(Request::get(format!("{address}/api/state")), "").await;
    assert_eq!(status, 200);
    assert!(state.contains(r#""now":"2026-07-06T09:0"#), "{state}");

    let pid = child.id().expect("it runs").to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().await;
    assert!(sent.expect("kill").success());
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    let ended = ended.expect("in time").expect("its end");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    assert_eq!(said, "");
    let left = std::fs::read_dir(folder.path()).expect("the folder");
    assert_eq!(left.count(), 0, "it leaves something behind");
}

#[tokio::test]
async fn it_reads_the_files_that_are_named() {
    let folder = TempDir::new().expect("a folder");
    let kep = folder.path().join("keps/sig-node/1-first");
    std::fs::create_dir_all(&kep).expect("folders");
    let text = "title: First\nkep-number: 1\nowning-sig: sig-node\nauthors: ['@alice']\nstatus: implementable\n";
    std::fs::write(kep.join("kep.yaml"), text).expect("a file");
    let issues = r#"[{"number": 7, "title": "no times"}]"#;
    std::fs::write(folder.path().join("issues.json"), issues).expect("a file");
    let words = ["--enhancements-dir", ".", "--tracking-file", "issues.json"];
    let mut child = sandbox(&folder, &words).spawn().expect("it starts");
    let address = address(&mut child).await;
    let Answer { body: calls, .. } = ask(Request::get(format!("{address}/api/calls")), "").await;
    assert!(calls.contains("kubernetes/enhancements"), "{calls}");
    let mut told = BufReader::new(child.stderr.take().expect("stderr")).lines();
    let told = tokio::time::timeout(PATIENCE, told.next_line()).await;
    let told = told.expect("in time").expect("a line").expect("a line");
    assert!(told.starts_with("issue #7 cannot be read: "), "{told}");
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let folder = TempDir::new().expect("a folder");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let taken = taken.expect("a port").local_addr().expect("an address");
    let held = TcpListener::bind(taken).await.expect("the port again");
    let port = taken.port().to_string();
    for (words, status, said) in [
        (vec!["--port", &port], 1, "--port names another"),
        (
            vec!["--store", "sqlite:some.db"],
            2,
            "leave out --config and --store",
        ),
        (
            vec!["--tracking-file", "none.json"],
            1,
            "none.json: cannot read it",
        ),
    ] {
        let ended = sandbox(&folder, &words).output();
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        let ended = ended.expect("in time").expect("its end");
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(status), "{words:?}: {told}");
        assert!(told.contains(said), "{words:?}: {told}");
    }
    drop(held);
}
