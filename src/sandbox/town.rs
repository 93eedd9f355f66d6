//! A small town to try the bot out in: Slack with a workspace and people in it, GitHub with KEPs and
//! tracking issues, and between them the bot itself, which knows no difference.

mod folk;
mod seed;
mod time;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::{sync::Mutex, task::JoinHandle};

pub use self::{
    folk::Resident,
    seed::Seed,
    time::{Due, Unmoved},
};
use super::{
    clock::SetClock,
    github::{GitHub, Repository, Right},
    slack::{Channel, ChannelKind, Person, Slack, Workspace},
};
use crate::{
    app::{
        SystemDice,
        bot::{Bot, Outside, StartError},
        uses,
    },
    command::usage_hint,
    config::{Config, Digest, WorkspaceMode},
    ports::Clock,
    slack::manifest::{Delivery, Manifest, Use},
    telemetry::metrics::Metrics,
};

/// How the settings and Slack call the workspace.
const WORKSPACE: &str = "kubernetes";
/// Who the bot is on GitHub.
const BOT: &str = "kep-liaison-bot";
/// What signs the deliveries of the town's GitHub.
const WEBHOOK_SECRET: &str = "the secret of the sandbox's webhook";
/// How long the bot may take until it has seen all of GitHub and Slack reaches it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why there is no town.
#[derive(Debug, thiserror::Error)]
pub enum TownError {
    /// The bot does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The settings that are written for it are wrong.
    #[error("{0}")]
    Settings(#[from] crate::config::ConfigError),
    /// It started, and then went no further.
    #[error("the bot did not {0} within a minute; -v shows what it does meanwhile")]
    Slow(&'static str),
}

/// What a town is like.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is on GitHub.
    pub seed: Seed,
    /// What its clock shows at first.
    pub now: DateTime<Utc>,
    /// How Slack delivers to the bot.
    pub mode: WorkspaceMode,
}

/// The town, with everybody in it.
pub struct Town {
    /// The model of GitHub.
    pub github: GitHub,
    /// The model of Slack.
    pub slack: Slack,
    /// The one workspace in it.
    pub workspace: Workspace,
    /// Those one can be.
    pub residents: Vec<Resident>,
    /// How Slack delivers to the bot.
    pub mode: WorkspaceMode,
    /// What the bot adds to the menu of a message.
    pub shortcuts: Vec<Shortcut>,
    /// What could not be read of the seed, a sentence each.
    pub problems: Vec<String>,
    clock: SetClock,
    /// Who holds it moves the clock.
    moving: Mutex<()>,
    /// The digests of the settings, and their channels.
    digests: Vec<(Box<str>, Digest)>,
    uses: Vec<Use>,
    bot: Bot,
    delivering: JoinHandle<()>,
}

/// An entry in the menu of a message, as the app's manifest has it.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Shortcut {
    /// What it is called.
    pub name: String,
    /// What the app is told when somebody uses it.
    pub callback_id: String,
}

impl Town {
    /// Builds it. It is there when the bot has seen all of GitHub, and Slack can reach the bot.
    pub async fn build(plan: &Plan, metrics: Metrics) -> Result<Self, TownError> {
        let clock = SetClock::to(plan.now - seed::PAST);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let github = GitHub::start(shared.clone()).await;
        github.keep_bodies();
        let problems = plan.seed.sow(&github, &clock);
        let slack = Slack::start(shared.clone()).await;
        let workspace = slack.workspace(WORKSPACE);
        let residents = folk::settle(&workspace, &github.repository(seed::RUNTIME));
        let github_token = github.token(BOT, &[(seed::RUNTIME, Right::Triage)]);
        let tokens = [
            ("SLACK_BOT_TOKEN", workspace.bot_token()),
            ("SLACK_APP_TOKEN", workspace.app_token()),
            ("SLACK_SIGNING_SECRET", workspace.signing_secret()),
            ("GITHUB_TOKEN", github_token),
            ("GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ];
        let env = |name: &str| {
            let found = tokens.iter().find(|(known, _)| *known == name);
            found.map(|(_, token)| token.clone())
        };
        let settings = folk::settings(plan.mode, &slack, &github, &residents);
        let config = Config::parse(&settings, "the sandbox's settings")?;
        let uses = uses(&config, None);
        let shortcuts = install(&workspace, Delivery::Socket, &uses);
        let outside = Outside {
            env: &env,
            clock: shared,
            dice: Arc::new(SystemDice),
            metrics,
        };
        let bot = Bot::start(&config, outside).await?;
        let digests = config.channels.into_iter().filter_map(|channel| {
            let id = channel.id.as_str().into();
            Some((id, channel.digest?))
        });
        let webhook = format!("http://{}/github/webhook", bot.address());
        github.webhook(seed::RUNTIME, &webhook, WEBHOOK_SECRET);
        let delivering = tokio::spawn(deliver(github.clone()));
        let town = Self {
            github,
            slack,
            workspace,
            residents,
            mode: plan.mode,
            shortcuts,
            problems,
            clock,
            moving: Mutex::new(()),
            digests: digests.collect(),
            uses,
            bot,
            delivering,
        };
        town.connected().await?;
        Ok(town)
    }

    /// Returns when the bot has seen all of GitHub, and Slack reaches it.
    async fn connected(&self) -> Result<(), TownError> {
        let began = Instant::now();
        let left = || PATIENCE.saturating_sub(began.elapsed());
        let mut known = self.bot.known();
        let synced = known.wait_for(|known| known.synced_at.is_some());
        match tokio::time::timeout(left(), synced).await {
            Ok(Ok(_)) => {}
            _ => return Err(TownError::Slow("read all that is on GitHub")),
        }
        if self.mode == WorkspaceMode::Http {
            let address = format!("http://{}", self.bot.address());
            install(&self.workspace, Delivery::Http(&address), &self.uses);
            return Ok(());
        }
        let connected = async {
            let mut changed = self.slack.changed();
            while self.workspace.connections() == 0 && changed.changed().await.is_ok() {}
        };
        let connected = tokio::time::timeout(left(), connected).await;
        connected.map_err(|_| TownError::Slow("connect to Slack"))
    }

    /// Whoever has this id, of those one can be.
    pub fn resident(&self, id: &str) -> Option<&Resident> {
        let mut residents = self.residents.iter();
        residents.find(|resident| resident.person.id() == id)
    }

    /// The repository of the runtime, where the tracking issues are.
    pub fn runtime(&self) -> Repository {
        self.github.repository(seed::RUNTIME)
    }

    /// Those whom one can be on GitHub, and what they are to the bot: the residents, who are called
    /// the same on both sides, and a stranger.
    pub fn logins(&self) -> impl Iterator<Item = (String, &'static str)> {
        let residents = self.residents.iter();
        let known = residents.map(|resident| (resident.person.name(), resident.about));
        known.chain([(folk::STRANGER.to_owned(), "known to nobody here")])
    }

    /// Who the bot is on GitHub.
    pub fn bot_login(&self) -> &'static str {
        BOT
    }

    /// The channels and direct messages that somebody can see, in their order.
    pub fn channels(&self, person: &Person) -> Vec<Channel> {
        let direct = person.direct();
        let mut channels = self.workspace.channels();
        channels.retain(|channel| {
            matches!(channel.kind(), ChannelKind::Public | ChannelKind::Private)
                && channel.members().iter().any(|id| id == person.id())
        });
        channels.push(direct);
        channels
    }

    /// Ends it: the bot first, which finishes what it is saying.
    pub async fn stop(self) {
        self.delivering.abort();
        self.bot.stop().await;
        self.slack.stop();
        self.github.stop();
    }
}

/// Delivers what GitHub has to say as soon as it has, until it is dropped.
async fn deliver(github: GitHub) {
    let mut changed = github.changed();
    loop {
        github.deliver_all().await;
        if changed.changed().await.is_err() {
            return;
        }
    }
}

/// Installs the app as its manifest says: with the scopes and events that it would have in Slack.
/// Gives what it adds to the menu of a message.
fn install(workspace: &Workspace, delivery: Delivery<'_>, uses: &[Use]) -> Vec<Shortcut> {
    let manifest = Manifest::new(delivery, &usage_hint(), uses);
    let manifest = serde_json::to_value(manifest).expect("a manifest is JSON");
    workspace.install(&manifest);
    Vec::deserialize(&manifest["features"]["shortcuts"]).unwrap_or_default()
}
