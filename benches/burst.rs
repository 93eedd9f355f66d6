//! How long a thousand commands take that come at once over Socket Mode: the program itself, as a
//! process, between the models.
//!
//! `docs/performance.md` has figures and targets.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    fs,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use futures::future::join_all;
use kep_liaison::{
    app::SystemClock,
    sample,
    sandbox::{github::GitHub, slack::Slack},
};

const COMMANDS: usize = 1_000;
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    let clock = Arc::new(SystemClock);
    let github = GitHub::start(clock.clone()).await;
    github
        .repository("kubernetes/enhancements")
        .push(&sample::files("keps"));
    github
        .repository("kubernetes/sig-release")
        .push(&[("releases/README.md", "Releases")]);
    github
        .repository("containerd/containerd")
        .push(&[("RELEASES.md", "# Releases\n")]);
    let slack = Slack::start(clock).await;
    let workspace = slack.workspace("kubernetes");
    let sam = workspace.person("samuelkarp");
    let channel = workspace.channel("sig-node").with(&[&sam]);
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        r#"
        http = {{ listen = "127.0.0.1:0", admin_listen = "127.0.0.1:0" }}
        store = {{ url = "sqlite:store.db" }}
        slack = {{ api_url = "{}", commands_per_minute = 1_000_000 }}
        github = {{ api_url = "{}", token = "env:GITHUB" }}
        [[workspaces]]
        name = "kubernetes"
        bot_token = "env:BOT"
        app_token = "env:APP"
        "#,
        slack.api_url(),
        github.url()
    );
    fs::write(folder.path().join("kep-liaison.toml"), settings).unwrap();
    let mut bot = Command::new(env!("CARGO_BIN_EXE_kep-liaison"))
        .arg("run")
        .current_dir(folder.path())
        .env("BOT", workspace.bot_token())
        .env("APP", workspace.app_token())
        .env("GITHUB", github.token("bot", &[]))
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    workspace.connected(2).await;
    let card = async || {
        let shown = sam.types(&channel, "/kep status 5825").await;
        shown.reply.is_some_and(|said| said.words().contains("CRI"))
    };
    while !card().await {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for round in 1..=ROUNDS {
        let typed = (0..COMMANDS).map(|_| sam.types(&channel, "/kep status 5825"));
        let shown = join_all(typed).await;
        assert!(shown.iter().all(|shown| shown.error.is_none()));
        let last = shown.iter().map(|shown| shown.took).max().unwrap();
        println!("round {round}: the last of {COMMANDS} was acknowledged after {last:.0?}");
    }
    bot.kill().unwrap();
    bot.wait().unwrap();
}
