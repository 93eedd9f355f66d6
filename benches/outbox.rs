//! What ten thousand queued effects do to the bot: the memory that it takes to drain them, and how
//! long whoever types `/kep status` waits meanwhile. The program itself, as a process, between the
//! models. Linux only: it reads `/proc`.
//!
//! `docs/performance.md` has figures and targets.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use chrono::Utc;
use kep_liaison::{
    app::SystemClock,
    domain::{
        KepNumber,
        bridge::{Asked, Below, ChannelAt, Effect, IssueAt, Key, Lane, NewEffect, Saying},
    },
    ports::{Outbox as _, outbox::Cause},
    sandbox::{
        github::{GitHub, Right},
        slack::{Channel, Person, Slack},
    },
    store::{Mode, SqliteStore},
};

const REPO: &str = "containerd/containerd";
const KEPS: usize = 656;
const LANES: usize = 60;
const EFFECTS: usize = 10_000;
/// How often somebody asks, and how many times.
const PAUSE: Duration = Duration::from_millis(5);
const TIMES: usize = 4_000;

fn fill(github: &GitHub) {
    let files: Vec<(String, String)> = (1..=KEPS)
        .map(|number| {
            let path = format!("keps/sig-node/{number}-feature-{number}/kep.yaml");
            let yaml = format!("title: Feature {number}\nkep-number: {number}\nowning-sig: sig-node\nstatus: implementable\nstage: alpha\nlatest-milestone: \"v1.38\"\nauthors:\n  - \"@author\"\nmilestone:\n  alpha: \"v1.38\"\n");
            (path, yaml)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
    github.repository("kubernetes/enhancements").push(&files);
    github
        .repository("kubernetes/sig-release")
        .push(&[("releases/README.md", "Releases")]);
    let containerd = github.repository(REPO);
    containerd.push(&[("RELEASES.md", "# Releases\n")]);
    for number in 1..=LANES / 2 {
        let title = format!("[SIG-Node]: KEP-{number} - Feature {number}");
        let body = format!(
            "### References\n\nKEP(s): KEP-{number}\nstage: alpha\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{number}\nK8s-Release: 1.38\nKEP-Shepherd: @mikebrow\n"
        );
        containerd.open_issue("author", &title, &body);
    }
    github.set_budget("bot", 1_000_000);
}

/// Half of the lanes are issues, the others a channel each; in a channel ten people are spoken to, as
/// a lane with more than twenty writes in an hour would be held.
fn effect(nth: usize, channels: &[Channel], user: &str) -> NewEffect {
    let lane = nth % LANES;
    let channel = ChannelAt::new("kubernetes", channels[lane / 2].id());
    let words = "Some words of a sentence. ".repeat(40);
    let key = Key::of([nth.to_string()]);
    if !lane.is_multiple_of(2) {
        let one_of_ten = format!("{user}{}", nth / LANES % 10);
        let lane = Lane::Person(channel.clone(), one_of_ten.into());
        let post = Effect::Post {
            channel,
            below: Below::Channel,
            saying: Saying::Plain(words.into()),
        };
        return NewEffect::now(key, lane, post);
    }
    let number = u32::try_from(lane / 2 + 1).unwrap();
    let issue = IssueAt {
        repository: REPO.into(),
        number: number.into(),
    };
    let comment = Effect::Comment {
        issue: issue.clone(),
        kep: KepNumber::new(number).unwrap(),
        body: words,
        of: None,
        asked: Asked {
            user: user.into(),
            channel,
            at_ms: 0,
        },
    };
    NewEffect::now(key, Lane::Issue(issue), comment)
}

fn start(folder: &Path, secrets: &[(&str, String)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kep-liaison"))
        .arg("run")
        .current_dir(folder)
        .envs(secrets.iter().map(|(name, secret)| (name, secret)))
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The memory of a process, by its name in `/proc`, in megabytes.
fn memory(of: &Child, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", of.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kb: u32 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    f64::from(kb) / 1024.0
}

/// Asks until there is an answer, and then at a steady pace; how long each answer took.
async fn ask(sam: &Person, channel: &Channel) -> Vec<Duration> {
    let is_answered = async || {
        let shown = sam.types(channel, "/kep status 1").await;
        shown
            .reply
            .is_some_and(|said| said.words().contains("KEP-1"))
    };
    while !is_answered().await {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut took = Vec::with_capacity(TIMES);
    for nth in 0..TIMES {
        let words = format!("/kep status {}", nth % KEPS + 1);
        took.push(sam.types(channel, &words).await.took);
        tokio::time::sleep(PAUSE).await;
    }
    took.sort_unstable();
    took
}

fn told(what: &str, took: &[Duration], bot: &Child) {
    let at = |share: usize| took[took.len() * share / 1000].as_secs_f64() * 1e3;
    println!(
        "{what}: p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms; resident {:.1} MB, peak {:.1} MB",
        at(500),
        at(990),
        at(999),
        memory(bot, "VmRSS:"),
        memory(bot, "VmHWM:"),
    );
}

#[tokio::main]
async fn main() {
    let clock = Arc::new(SystemClock);
    let github = GitHub::start(clock.clone()).await;
    fill(&github);
    let slack = Slack::start(clock).await;
    // More channels than a workspace's limit is made for; each keeps its own pace.
    slack.without_limits();
    let workspace = slack.workspace("kubernetes");
    let sam = workspace.person("samuelkarp");
    let channels: Vec<Channel> = (0..LANES / 2)
        .map(|nth| workspace.channel(&format!("channel-{nth}")).with(&[&sam]))
        .collect();
    for channel in &channels {
        sam.invites_bot(channel).await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    workspace.deliver_to(&format!("http://{address}"));
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        r#"
        http = {{ listen = "{address}", admin_listen = "127.0.0.1:0" }}
        store = {{ url = "sqlite:store.db" }}
        slack = {{ api_url = "{}", commands_per_minute = 1_000_000 }}
        github = {{ api_url = "{}", token = "env:GITHUB" }}
        [[workspaces]]
        name = "kubernetes"
        mode = "http"
        bot_token = "env:BOT"
        signing_secret = "env:SIGNING"
        "#,
        slack.api_url(),
        github.url()
    );
    fs::write(folder.path().join("kep-liaison.toml"), settings).unwrap();
    let secrets = [
        ("BOT", workspace.bot_token()),
        ("SIGNING", workspace.signing_secret()),
        ("GITHUB", github.token("bot", &[(REPO, Right::Triage)])),
    ];
    let mut bot = start(folder.path(), &secrets);
    told("idle", &ask(&sam, &channels[0]).await, &bot);
    bot.kill().unwrap();
    bot.wait().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, Mode::Write).await.unwrap();
    let effects: Vec<_> = (0..EFFECTS)
        .map(|nth| effect(nth, &channels, sam.id()))
        .collect();
    let cause = Cause::Came("all of it");
    store.accept(Utc::now(), cause, &effects).await.unwrap();
    let mut bot = start(folder.path(), &secrets);
    told("draining", &ask(&sam, &channels[0]).await, &bot);
    let left = store.load().await.unwrap().waiting;
    println!("{left} of {EFFECTS} left; what was done had to wait for both sides' limits");
    assert!(left < EFFECTS as u64);
    bot.kill().unwrap();
    bot.wait().unwrap();
    store.close().await;
}
