//! Ten thousand requests of somebody who means ill, some with the secret.

use bytes::Bytes;
use http::{Method, StatusCode};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{Ask, COMMAND, Route, SECRET};

const PATHS: [&str; 3] = ["/slack/commands", "/slack/interactions", "/slack/events"];
const MENTION: &str = r#"{"type":"event_callback","team_id":"T0001","event_id":"E1","event":{"type":"app_mention","user":"U1","channel":"C1","ts":"1.1","text":"5825"}}"#;
const PRESS: &str = "payload=%7B%22type%22%3A%22block_actions%22%2C%22team%22%3A%7B%22id%22%3A%22T0001%22%7D%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22actions%22%3A%5B%7B%22action_id%22%3A%22a%22%2C%22value%22%3A%22v%22%7D%5D%7D";

/// A body of noise, or a good one with some of its bytes changed, cut or doubled.
fn body(random: &mut StdRng) -> Bytes {
    if random.random_bool(0.3) {
        let length = random.random_range(0..2000);
        return (0..length).map(|_| random.random::<u8>()).collect();
    }
    let good = [COMMAND, MENTION, PRESS][random.random_range(0..3)];
    let mut bytes = good.as_bytes().to_vec();
    for _ in 0..random.random_range(0..4) {
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..3) {
            0 => bytes[at] = random.random(),
            1 => bytes.truncate(at + 1),
            _ => bytes.extend_from_within(at..),
        }
    }
    bytes.into()
}

/// A request that one sends who means ill, and whether they have the secret.
fn hostile(random: &mut StdRng, now: i64) -> (Ask, bool) {
    let at = match random.random_range(0..4) {
        0 => random.random::<i64>().to_string(),
        1 => "1e9".to_owned(),
        _ => now.to_string(),
    };
    let has_secret = random.random_bool(0.5);
    let ask = Ask {
        method: Method::POST,
        path: PATHS[random.random_range(0..3)],
        headers: Vec::new(),
        body: body(random),
    }
    .signed_at(&at, if has_secret { SECRET } else { "a guess" });
    let ask = match random.random_range(0..20) {
        0 => ask.without("x-slack-signature"),
        1 => ask.with("x-slack-signature", "v0=é"),
        2 => ask.with("content-type", "text/xml"),
        3 => Ask {
            method: Method::PATCH,
            ..ask
        },
        _ => ask,
    };
    (ask, has_secret)
}

#[tokio::test]
async fn ten_thousand_requests_cause_nothing_and_break_nothing() {
    let route = Route::start().await;
    let mut random = StdRng::seed_from_u64(20_261_124);
    let mut by_status = std::collections::BTreeMap::new();
    for round in 0..10_000 {
        let (ask, has_secret) = hostile(&mut random, super::now().timestamp());
        let (status, _, said) = route.send(&ask).await;
        assert!(!status.is_server_error(), "{round}: {ask:?}");
        assert!(said.len() < 200, "{round}: {said}");
        let taken = route.taken();
        if !has_secret {
            assert_eq!(taken, [], "{round}: {ask:?}");
            assert_ne!(status, StatusCode::OK, "{round}: {ask:?}");
        }
        for (workspace, inbound, _) in taken {
            assert_eq!(workspace, "kubernetes");
            assert!(
                inbound.team().is_none_or(|team| team == "T0001"),
                "{inbound:?}"
            );
        }
        *by_status.entry(status.as_u16()).or_insert(0) += 1;
    }
    // Each outcome was reached, so that the requests are hostile in more than one way.
    let reached: Vec<u16> = by_status.keys().copied().collect();
    assert_eq!(reached, [200, 400, 401, 405], "{by_status:?}");
}

/// What the process of this number holds, in KB.
#[cfg(target_os = "linux")]
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.expect("a size").parse().expect("a number")
}

/// The whole bot as a process, whose Slack and GitHub are gone.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn ten_thousand_requests_leave_memory_as_it_was() {
    use std::process::Stdio;

    use kep_liaison::ports::Clock as _;
    use tokio::io::{AsyncBufReadExt as _, BufReader};

    let folder = tempfile::tempdir().expect("a folder");
    let settings = r#"
        http = { listen = "127.0.0.1:0", admin_listen = "127.0.0.1:0" }
        slack = { api_url = "http://127.0.0.1:9/api" }
        github = { api_url = "http://127.0.0.1:9", token = "env:GITHUB_TOKEN" }
        [[workspaces]]
        name = "kubernetes"
        mode = "http"
        bot_token = "env:SLACK_BOT_TOKEN"
        signing_secret = "env:SLACK_SIGNING_SECRET"
    "#;
    std::fs::write(folder.path().join("kep-liaison.toml"), settings).expect("settings");
    let mut bot = tokio::process::Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"))
        .args(["run", "--log-format", "json"])
        .current_dir(folder.path())
        .env_remove("DATABASE_URL")
        .env("SLACK_BOT_TOKEN", "xoxb-1")
        .env("SLACK_SIGNING_SECRET", SECRET)
        .env("GITHUB_TOKEN", "a token")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the bot starts");
    let log = BufReader::new(bot.stderr.take().expect("a log"));
    let mut lines = log.lines();
    let base = loop {
        let line = lines.next_line().await.expect("a log").expect("it serves");
        let entry: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if let Some(address) = entry["fields"]["http"].as_str().or(entry["http"].as_str()) {
            break format!("http://{address}");
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let pid = bot.id().expect("it runs");
    let mut route = Route::start().await;
    route.base = base;
    let mut random = StdRng::seed_from_u64(20_261_124);
    let mut send = async |many: usize| {
        for _ in 0..many {
            let now = kep_liaison::app::SystemClock.now().timestamp();
            let (ask, _) = hostile(&mut random, now);
            let (status, ..) = route.send(&ask).await;
            assert!(!status.is_server_error(), "{ask:?}");
        }
    };
    // What is bounded has filled by then.
    send(2_000).await;
    let before = resident(pid);
    send(10_000).await;
    let after = resident(pid);
    assert!(after < before + 3_000, "{before} KB became {after} KB");
}
