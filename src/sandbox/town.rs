//! A small town to try the bot out in: Slack with a workspace and people in it, GitHub with KEPs and
//! tracking issues, and between them the bot itself, which knows no difference.

mod folk;
mod seed;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

pub use self::{folk::Resident, seed::Seed};
use super::{
    clock::SetClock,
    github::{GitHub, Right},
    slack::{Channel, ChannelKind, Person, Slack, Workspace},
};
use crate::{
    app::{
        SystemDice,
        bot::{Bot, Outside, StartError},
        uses,
    },
    command::usage_hint,
    config::{Config, WorkspaceMode},
    ports::Clock,
    slack::manifest::{Delivery, Manifest, Use},
    telemetry::metrics::Metrics,
};

/// How the settings and Slack call the workspace.
const WORKSPACE: &str = "kubernetes";
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
    /// What could not be read of the seed, a sentence each.
    pub problems: Vec<String>,
    clock: SetClock,
    uses: Vec<Use>,
    bot: Bot,
}

impl Town {
    /// Builds it. It is there when the bot has seen all of GitHub, and Slack can reach the bot.
    pub async fn build(plan: &Plan, metrics: Metrics) -> Result<Self, TownError> {
        let clock = SetClock::to(plan.now);
        let shared: Arc<dyn Clock> = Arc::new(clock);
        let github = GitHub::start(shared.clone()).await;
        github.keep_bodies();
        let problems = plan.seed.sow(&github);
        let slack = Slack::start(shared.clone()).await;
        let workspace = slack.workspace(WORKSPACE);
        let residents = folk::settle(&workspace);
        let github_token = github.token("kep-liaison-bot", &[(seed::RUNTIME, Right::Triage)]);
        let tokens = [
            ("SLACK_BOT_TOKEN", workspace.bot_token()),
            ("SLACK_APP_TOKEN", workspace.app_token()),
            ("SLACK_SIGNING_SECRET", workspace.signing_secret()),
            ("GITHUB_TOKEN", github_token),
        ];
        let env = |name: &str| {
            let found = tokens.iter().find(|(known, _)| *known == name);
            found.map(|(_, token)| token.clone())
        };
        let settings = folk::settings(plan.mode, &slack, &github, &residents);
        let config = Config::parse(&settings, "the sandbox's settings")?;
        let uses = uses(&config, None);
        install(&workspace, Delivery::Socket, &uses);
        let outside = Outside {
            env: &env,
            clock: shared,
            dice: Arc::new(SystemDice),
            metrics,
        };
        let bot = Bot::start(&config, outside).await?;
        let town = Self {
            github,
            slack,
            workspace,
            residents,
            mode: plan.mode,
            problems,
            clock,
            uses,
            bot,
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

    /// What the clock of the town shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Whoever has this id, of those one can be.
    pub fn resident(&self, id: &str) -> Option<&Resident> {
        let mut residents = self.residents.iter();
        residents.find(|resident| resident.person.id() == id)
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
        self.bot.stop().await;
        self.slack.stop();
        self.github.stop();
    }
}

/// Installs the app as its manifest says: with the scopes and events that it would have in Slack.
fn install(workspace: &Workspace, delivery: Delivery<'_>, uses: &[Use]) {
    let manifest = Manifest::new(delivery, &usage_hint(), uses);
    let manifest = serde_json::to_value(manifest).expect("a manifest is JSON");
    workspace.install(&manifest);
}
