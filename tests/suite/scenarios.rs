//! Conversations with the bot that runs: between the models of Slack and GitHub, over HTTP and
//! WebSockets. Each ends by seeing that nothing was said but what it expected.

mod answers;
mod bridge;
mod broken;
mod connections;
mod digest;
mod everyone;
mod follow;
mod link;
mod notices;
mod notify;
mod ping;
mod previews;
mod talk;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    app::bot::{Bot, Outside, StartError},
    config::Config,
    ports::Clock as _,
    sample,
    sandbox::{
        clock::ManualClock,
        github::{GitHub, Right},
        slack::{Channel, Person, Slack, Workspace},
    },
    telemetry::metrics::Metrics,
};
use tempfile::TempDir;

use crate::sync::world::NoChance;

/// How Slack delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Socket,
    Http,
}

const BOTH: [Transport; 2] = [Transport::Socket, Transport::Http];

impl Transport {
    const fn mode(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Http => "http",
        }
    }
}

/// Kubernetes' workspace with one channel and two people, GitHub with the sample's KEPs, and the bot.
struct Scene {
    clock: ManualClock,
    github: GitHub,
    slack: Slack,
    workspace: Workspace,
    sig_node: Channel,
    sam: Person,
    mike: Person,
    settings: String,
    tokens: Vec<(String, String)>,
    folder: TempDir,
    bot: Option<Bot>,
    /// Whether people are told of what concerns them; otherwise they want to hear nothing.
    tells_people: bool,
}

fn noon() -> DateTime<Utc> {
    "2026-07-06T12:00:00Z".parse().expect("a moment")
}

/// What is counted is counted for all bots of this process together.
pub(crate) fn metrics() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    let installed = METRICS.get_or_init(|| Metrics::install().expect("a recorder"));
    installed.clone()
}

impl Scene {
    /// A bot that has fetched everything, and Slack is connected to it.
    async fn new(transport: Transport) -> Self {
        let mut scene = Self::before_start(transport).await;
        scene.start().await;
        scene.synced().await;
        scene
    }

    async fn before_start(transport: Transport) -> Self {
        let clock = ManualClock::at(noon());
        let shared: Arc<ManualClock> = Arc::new(clock.clone());
        let github = github(shared.clone()).await;
        let slack = Slack::start(shared).await;
        let workspace = slack.workspace("kubernetes");
        let sam = workspace.person("samuelkarp");
        let mike = workspace.person("mikebrow");
        let sig_node = workspace.channel("sig-node").with(&[&sam, &mike]);
        let folder = TempDir::new().expect("a folder");
        let token = github.token(
            "kep-liaison-bot",
            &[("containerd/containerd", Right::Triage)],
        );
        let tokens = [
            ("BOT", workspace.bot_token()),
            ("APP", workspace.app_token()),
            ("SIGNING", workspace.signing_secret()),
            ("GITHUB", token),
        ];
        let settings = format!(
            r#"
            http = {{ listen = "127.0.0.1:0", admin_listen = "127.0.0.1:0" }}
            store = {{ url = "sqlite:{store}" }}
            slack = {{ api_url = "{slack}" }}
            github = {{ api_url = "{github}", token = "env:GITHUB" }}
            [[workspaces]]
            name = "kubernetes"
            mode = "{mode}"
            bot_token = "env:BOT"
            app_token = "env:APP"
            signing_secret = "env:SIGNING"
            [[people]]
            github = "samuelkarp"
            slack = {{ kubernetes = "{sam}" }}
            "#,
            store = folder.path().join("store.db").display(),
            slack = slack.api_url(),
            github = github.url(),
            mode = transport.mode(),
            sam = sam.id(),
        );
        let tokens = tokens.map(|(name, token)| (name.to_owned(), token));
        Self {
            clock,
            github,
            slack,
            workspace,
            sig_node,
            sam,
            mike,
            settings,
            tokens: tokens.into(),
            folder,
            bot: None,
            tells_people: false,
        }
    }

    async fn try_start(&self) -> Result<Bot, StartError> {
        let config = Config::parse(&self.settings, "settings").expect("settings");
        let env = |name: &str| {
            let mut tokens = self.tokens.iter();
            let found = tokens.find(|(known, _)| known == name);
            found.map(|(_, token)| token.clone())
        };
        let outside = Outside {
            env: &env,
            clock: Arc::new(self.clock.clone()),
            dice: Arc::new(NoChance),
            metrics: metrics(),
        };
        Bot::start(&config, outside).await
    }

    /// Starts the bot, and waits until Slack can deliver to it.
    /// Another workspace that the bot serves from its start on.
    fn cncf(&mut self) -> Workspace {
        let cncf = self.slack.workspace("cncf");
        self.settings += r#"
            [[workspaces]]
            name = "cncf"
            mode = "socket"
            bot_token = "env:CNCF_BOT"
            app_token = "env:CNCF_APP"
            "#;
        self.tokens.extend([
            ("CNCF_BOT".to_owned(), cncf.bot_token()),
            ("CNCF_APP".to_owned(), cncf.app_token()),
        ]);
        cncf
    }

    async fn start(&mut self) {
        // What is said over the connections of one that has stopped nobody hears.
        self.workspace.connected(0).await;
        let bot = self.try_start().await.expect("the bot starts");
        if self.settings.contains(r#"mode = "http""#) {
            self.workspace
                .deliver_to(&format!("http://{}", bot.address()));
        } else {
            self.workspace.connected(2).await;
        }
        self.bot = Some(bot);
        if !self.tells_people {
            self.wants_nothing(&["samuelkarp", "mikebrow", "shepherd", "liaison"])
                .await;
        }
    }

    /// These people have said that they want to be told nothing.
    async fn wants_nothing(&self, logins: &[&str]) {
        let mut store = self.store().await;
        for login in logins {
            let who = format!("github/{login}");
            sqlx::query("INSERT OR REPLACE INTO preferences (who, doc) VALUES ($1, $2)")
                .bind(who)
                .bind(r#"{"off": "for_good"}"#)
                .execute(&mut store)
                .await
                .expect("it is stored");
        }
    }

    fn bot(&self) -> &Bot {
        self.bot.as_ref().expect("the bot runs")
    }

    /// Waits until a sync has gone through since `noon`.
    async fn synced(&self) {
        let mut known = self.bot().known();
        let synced = known.wait_for(|known| known.synced_at.is_some());
        let synced = tokio::time::timeout(Duration::from_secs(20), synced).await;
        drop(synced.expect("a sync goes through").expect("the bot runs"));
    }

    /// Moves the clock to the next poll, once the last one is over.
    async fn next_poll(&self) {
        self.pause().await;
        self.clock.advance(Duration::from_secs(130));
    }

    /// Waits until nobody waits but for the next poll. A second try, which comes some seconds after
    /// the first, is let through, and so is a poll that is due within a minute; a bound on an answer,
    /// of half a minute at most, is not reached by that.
    async fn pause(&self) {
        // Whoever sleeps longer is not the one who polls.
        let sleeps_for = || {
            let wake = self.clock.next_wake()?;
            Some(wake - self.clock.now()).filter(|time| *time < TimeDelta::minutes(3))
        };
        let wait = async {
            // Who has just woken does not sleep, and is not seen to be at work, either.
            let mut rounds = 0;
            loop {
                for _ in 0..200 {
                    tokio::task::yield_now().await;
                }
                match sleeps_for().filter(|_| !self.slack.is_delivering()) {
                    Some(time) if time > TimeDelta::minutes(1) && rounds >= 10 => return,
                    Some(time) if time > TimeDelta::minutes(1) => rounds += 1,
                    Some(time) if time < TimeDelta::seconds(5) || !self.clock.is_asking() => {
                        self.clock.advance(time.to_std().unwrap_or_default());
                    }
                    _ => {}
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        waited.expect("a pause until the next poll");
    }

    /// Lets time pass once everything that Slack sent has been taken in: nothing is late by it.
    async fn pass(&self, time: Duration) {
        let taken = |_: &Workspace| !self.slack.is_delivering();
        self.workspace.until("everything is taken in", taken).await;
        self.clock.advance(time);
    }

    /// Stops the bot, which finishes what it is saying.
    async fn stop(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.stop().await;
        }
    }

    /// Ends the conversation: all that was said was expected, and Slack had nothing to scold.
    async fn end(mut self) {
        self.stop().await;
        self.workspace.nothing_more_was_said();
        self.slack.nothing_was_wrong();
        drop(self.folder);
    }
}

/// GitHub with the KEPs and pages of the sample, and a tracking issue for KEP-5825.
async fn github(clock: Arc<ManualClock>) -> GitHub {
    let github = GitHub::start(clock).await;
    github
        .repository("kubernetes/enhancements")
        .push(&sample::files("keps"));
    let page = sample::file("releases/release-1.37.md").expect("a page");
    github
        .repository("kubernetes/sig-release")
        .push(&[("releases/release-1.37/README.md", page)]);
    let containerd = github.repository("containerd/containerd");
    let page = sample::file("releases/containerd-RELEASES.md").expect("a page");
    containerd.push(&[("RELEASES.md", page)]);
    containerd.open_issue(
        "bitoku",
        "[SIG-Node]: KEP-5825 - CRI List Streaming",
        "### References\n\nKEP(s): KEP-5825\nstage: alpha\nKEP Issue: https://github.com/kubernetes/enhancements/issues/5825\nK8s-Release: v1.36\nKEP owner: @bitoku\nKEP-Shepherd: @samuelkarp\n",
    );
    github
}
