//! The configuration: the settings file and the environment, read in full before anything starts.
//!
//! This module alone reads either. Everything wrong is told at once, with its place; secrets are
//! only named here ([`SecretRef`]) and fetched when they are used.

mod error;
mod read;
mod secret;
mod settings;
mod value;
mod walk;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

pub use self::{
    error::{ConfigError, Problem},
    secret::{SecretError, SecretRef},
    value::{
        Bridge, ChannelId, ClientId, CurrentRelease, Emoji, HttpUrl, LabelForm, Name, Sig,
        SlackUserId, StoreUrl, TitleForm, WorkspaceMode,
    },
};
use crate::domain::{Login, Release, Repository, Zone};
pub use crate::domain::{
    bridge::{Comments, Replies},
    digest::{Length, Section},
    people::Role,
    schedule::Schedule,
};

/// The settings file that is read when none is named, if the current folder has it.
pub const DEFAULT_FILE: &str = "kep-liaison.toml";

/// The environment variable that wins over `store.url`, where it holds an address of a kind that a
/// store can have.
pub const DATABASE_URL: &str = "DATABASE_URL";

/// All settings. [`Config::default`] is what an empty file gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `[http]`: what the bot listens on.
    pub http: Http,
    /// `[store]`: where it keeps what must survive.
    pub store: Store,
    /// `[slack]`: what all workspaces share.
    pub slack: Slack,
    /// `[[workspaces]]`: Slack's; none is needed on the command line.
    pub workspaces: Vec<Workspace>,
    /// `[github]`: where GitHub is and who the bot is there.
    pub github: Github,
    /// `[kubernetes]`: the repositories and SIGs that are followed.
    pub kubernetes: Kubernetes,
    /// `[[runtimes]]`: the container runtimes; never empty.
    pub runtimes: Vec<Runtime>,
    /// `[[channels]]`: the Slack channels that the bot serves.
    pub channels: Vec<Channel>,
    /// `[[people]]`: who is who, and who may do what.
    pub people: Vec<Person>,
}

/// `[http]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Slack's request URLs and GitHub's webhook.
    pub listen: SocketAddr,
    /// Health and metrics; another address than `listen`.
    pub admin_listen: SocketAddr,
    /// Where the world reaches `listen`, if it does.
    pub public_url: Option<HttpUrl>,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// SQLite's file or PostgreSQL's address.
    pub url: StoreUrl,
    /// How long what was done, and people's words with it, is kept; a day at least.
    pub keep_text: Duration,
}

/// `[slack]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slack {
    /// Slack's Web API.
    pub api_url: HttpUrl,
    /// The reaction that asks for a relay.
    pub relay_reaction: Emoji,
    /// How many different commands of one person are answered in a minute.
    pub commands_per_minute: u64,
}

/// `[[workspaces]]`: one internal Slack app in one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// What channels and people call it here; no other workspace has it.
    pub name: Name,
    /// How Slack delivers events.
    pub mode: WorkspaceMode,
    /// The bot's token; no other workspace has it.
    pub bot_token: SecretRef,
    /// The token for Socket Mode; always there in that mode.
    pub app_token: Option<SecretRef>,
    /// The secret that signs Slack's requests; always there in HTTP mode.
    pub signing_secret: Option<SecretRef>,
}

/// `[github]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Github {
    /// GitHub's REST API; a GitHub Enterprise Server's ends with `/api/v3`.
    pub api_url: HttpUrl,
    /// Where people see GitHub; found from `api_url` if it is not written.
    pub web_url: HttpUrl,
    /// Who the bot is.
    pub credentials: Credentials,
    /// The secret that signs GitHub's webhook requests. Without its content there is no webhook.
    pub webhook_secret: SecretRef,
    /// The OAuth App with which people connect their account (`/kep link`).
    pub oauth_client_id: Option<ClientId>,
    /// How often GitHub is asked for news.
    pub poll_interval: Duration,
}

/// Who the bot is on GitHub: a token's account, or an installed App.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// `token`
    Token(SecretRef),
    /// `app_id`, `installation_id` and `private_key`
    App {
        /// The App's number.
        app_id: u64,
        /// The number of its installation in the organisation.
        installation_id: u64,
        /// Its private key, PEM.
        private_key: SecretRef,
    },
}

/// `[kubernetes]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kubernetes {
    /// Where the KEPs are.
    pub enhancements_repository: Repository,
    /// Where the release team's schedules are.
    pub release_repository: Repository,
    /// The SIGs whose KEPs are followed; never empty.
    pub sigs: Vec<Sig>,
    /// The release of the current cycle.
    pub current_release: CurrentRelease,
}

/// `[[runtimes]]`: one container runtime. One that is called `containerd` has that project's
/// values where others must write theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    /// What channels and answers call it; no other runtime has it.
    pub name: Name,
    /// Where its tracking issues are.
    pub repository: Repository,
    /// How their titles are written.
    pub title: TitleForm,
    /// How their release labels are written.
    pub release_label: LabelForm,
    /// Who can be a shepherd.
    pub maintainers: Vec<Login>,
    /// Whom the issue form assigns, so that it is no sign of a shepherd.
    pub form_assignees: Vec<Login>,
    /// After how long without news a tracking issue is stale.
    pub stale_after: Duration,
    /// `[runtimes.github]`: who the bot is there, if not who it is elsewhere.
    pub github: Option<Credentials>,
}

/// `[[channels]]`: one Slack channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// A configured workspace.
    pub workspace: Name,
    /// The channel in it.
    pub id: ChannelId,
    /// A configured runtime.
    pub runtime: Name,
    /// Which way messages go; [`Bridge::Off`] where nothing is written, so that nothing leaves a
    /// channel that nobody asked to leave it.
    pub bridge: Bridge,
    /// Which comments come to it.
    pub comments: Comments,
    /// Which replies in a KEP's thread leave it.
    pub replies: Replies,
    /// Whether great news is shown to the channel, not to its threads alone.
    pub broadcast: bool,
    /// When the digest is posted, if it is.
    pub digest: Option<Digest>,
}

/// `channels.digest`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// When.
    pub schedule: Schedule,
    /// By which clock.
    pub timezone: Zone,
    /// Of which SIGs; none for all that are watched.
    pub sigs: Vec<Sig>,
    /// What it tells, in this order.
    pub sections: Vec<Section>,
    /// How much of it the channel itself sees.
    pub length: Length,
}

/// `[[people]]`: one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who they are on GitHub; nobody else has it.
    pub github: Login,
    /// Who they are in each workspace.
    pub slack: BTreeMap<Name, SlackUserId>,
    /// What they may do; each once.
    pub roles: Vec<Role>,
    /// The Kubernetes releases for which they are a liaison.
    pub liaison_for: Vec<Release>,
}

/// A configuration and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The file that was read; `None` for the built-in defaults.
    pub file: Option<PathBuf>,
    /// What was left out, and why.
    pub note: Option<String>,
}

impl Config {
    /// Reads the file `path`, which must then exist, or else [`DEFAULT_FILE`] if it does, or else
    /// the built-in defaults. `env` is [`environment`], or a stand-in for it.
    ///
    /// The error holds every problem: an unreadable file, no TOML, unknown keys, values that are
    /// none, and parts that do not fit together.
    pub fn load(
        path: Option<&Path>,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Loaded, ConfigError> {
        let default = Path::new(DEFAULT_FILE);
        let path = path.or_else(|| is_there(default).then_some(default));
        let found = path
            .map(|path| Ok::<_, ConfigError>((path, read_file(path)?)))
            .transpose()?;
        let config = match &found {
            Some((path, text)) => Self::parse(text, &path.display().to_string()),
            None => Ok(Self::default()),
        };
        // Not shown: it may hold a password.
        let url = env(DATABASE_URL).filter(|url| !url.is_empty());
        let wanted = format!("want {}", <StoreUrl as value::FromText>::WANTED);
        // Other programs read one, too.
        let is_ours = url.as_deref().is_none_or(StoreUrl::is_kind_of);
        let note = format!("{DATABASE_URL} is none of ours and is left out: {wanted}");
        let note = (!is_ours).then_some(note);
        let url = url.filter(|_| is_ours).map(|url| {
            StoreUrl::parse(&url).ok_or_else(|| Problem::of_source(DATABASE_URL, wanted))
        });
        let (mut config, url) = match (config, url.transpose()) {
            (Ok(config), Ok(url)) => (config, url),
            (Ok(_), Err(problem)) => return Err(problem.into()),
            (Err(error), Ok(_)) => return Err(error),
            (Err(error), Err(problem)) => return Err(error.and(problem)),
        };
        if let Some(url) = url {
            config.store.url = url;
        }
        Ok(Loaded {
            config,
            file: found.map(|(path, _)| path.to_owned()),
            note,
        })
    }

    /// Reads a settings file's text. `source` is what messages call it: the file's name.
    pub fn parse(text: &str, source: &str) -> Result<Self, ConfigError> {
        walk::Document::new(text, source).read(read::config)
    }
}

impl Default for Config {
    fn default() -> Self {
        walk::Document::new("", "").read_nothing(read::config)
    }
}

/// An environment variable's text; `None` when it is not set, or no text.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether something of that name is there, readable or not.
fn is_there(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

fn read_file(path: &Path) -> Result<String, ConfigError> {
    let refuse = |text: String| Problem::of_source(path.display(), text);
    let bytes = fs::read(path)
        .map_err(|error| refuse(format!("cannot read it, want a settings file: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|b| *b == b'\n').count();
        Problem {
            line: Some(line),
            ..refuse("not UTF-8 text".to_owned())
        }
        .into()
    })
}
