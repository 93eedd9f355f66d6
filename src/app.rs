//! Builds the parts from the configuration: the one place that knows which adapter fills a port.

pub mod bot;
mod bridging;
pub mod desk;
mod digests;
mod edge;
mod follow;
pub mod inlet;
mod link;
mod links;
pub mod memo;
mod notify;
pub mod painter;
mod ping;
mod ready;
mod renamed;
mod sign_in;
mod workspaces;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    config::{self, Bridge, Config, Name, SecretError, SecretRef},
    domain::{Repository, Secret},
    github::{App, Credentials, DeviceFlow, GitHub},
    jobs::facts::Sources,
    ports::{Clock, Dice, ForgeError, SignIn, StoreError},
    slack::manifest::Use,
    store::{Mode, SqliteStore},
};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// The machine's chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    fn roll(&self) -> f64 {
        rand::random()
    }
}

/// Why a part could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A secret is not where the settings say.
    #[error("{place}: {source}")]
    Secret {
        /// The key of the settings.
        place: String,
        /// What is wrong.
        source: SecretError,
    },
    /// The App's key is none.
    #[error("{place}: {why}")]
    Key {
        /// The key of the settings.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The client cannot be made.
    #[error(transparent)]
    Forge(#[from] ForgeError),
}

impl Config {
    /// Which repositories tell what.
    pub fn sources(&self) -> Sources {
        Sources {
            enhancements: self.kubernetes.enhancements_repository.clone(),
            releases: self.kubernetes.release_repository.clone(),
            runtimes: self
                .runtimes
                .iter()
                .map(|runtime| runtime.repository.clone())
                .collect(),
        }
    }
}

/// The one client that everything speaks to GitHub through.
pub fn github(
    config: &Config,
    env: impl Fn(&str) -> Option<String>,
    clock: &Arc<dyn Clock>,
) -> Result<GitHub, BuildError> {
    let main = credentials(&config.github.credentials, "github", &env)?;
    let own = config.runtimes.iter().filter_map(|runtime| {
        let credentials = runtime.github.as_ref()?;
        let place = format!("runtimes.github of {}", runtime.name);
        Some(
            self::credentials(credentials, &place, &env)
                .map(|credentials| (runtime.repository.clone(), credentials)),
        )
    });
    let own: Vec<(Repository, Credentials)> = own.collect::<Result<_, _>>()?;
    let dice: Arc<dyn Dice> = Arc::new(SystemDice);
    Ok(GitHub::new(
        config.github.api_url.as_str(),
        main,
        own,
        clock,
        &dice,
    )?)
}

/// Where people sign in, if there is an App for it.
pub fn sign_in(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<dyn SignIn>>, BuildError> {
    let Some(client_id) = &config.github.oauth_client_id else {
        return Ok(None);
    };
    let dice: Arc<dyn Dice> = Arc::new(SystemDice);
    let (web, api) = (&config.github.web_url, &config.github.api_url);
    let flow = DeviceFlow::new(web.as_str(), api.as_str(), client_id.as_str(), clock, &dice)?;
    Ok(Some(Arc::new(flow)))
}

/// Who the bot is. Where the variable for the token is not set the bot is nobody, who may read what
/// is public.
fn credentials(
    credentials: &config::Credentials,
    place: &str,
    env: &impl Fn(&str) -> Option<String>,
) -> Result<Credentials, BuildError> {
    let secret = |key: &str, at: &SecretRef| -> Result<Secret, BuildError> {
        at.resolve(env).map_err(|source| BuildError::Secret {
            place: format!("{place}.{key}"),
            source,
        })
    };
    match credentials {
        config::Credentials::Token(at) => match secret("token", at) {
            Ok(token) => Ok(Credentials::Token(token)),
            Err(BuildError::Secret {
                source: SecretError::NotSet(_),
                ..
            }) => Ok(Credentials::Nobody),
            Err(error) => Err(error),
        },
        config::Credentials::App {
            app_id,
            installation_id,
            private_key,
        } => {
            let key = secret("private_key", private_key)?;
            let app = App::new(*app_id, *installation_id, &key);
            let app = app.map_err(|why| BuildError::Key {
                place: format!("{place}.private_key"),
                why,
            })?;
            Ok(Credentials::App(Arc::new(app)))
        }
    }
}

/// Opens the store of an address.
pub async fn store(url: &config::StoreUrl, mode: Mode) -> Result<SqliteStore, StoreError> {
    match sqlite_file(url) {
        Some(file) => SqliteStore::open(file, mode).await,
        None => Err(StoreError::Refused(format!(
            "{url}: PostgreSQL is not supported yet; want \"sqlite:FILE\""
        ))),
    }
}

/// The file of a SQLite store; `None` for a store that is a service.
pub fn sqlite_file(url: &config::StoreUrl) -> Option<&Path> {
    let place = url.expose().strip_prefix("sqlite:")?;
    // Some write it as a URL with an empty host.
    Some(Path::new(place.strip_prefix("//").unwrap_or(place)))
}

/// Whether a bot or a sync made the store; one that cannot be looked at is for [`store`] to explain.
pub fn is_made(url: &config::StoreUrl) -> bool {
    let look = |file: &Path| match file.metadata() {
        Ok(meta) => !meta.is_file() || meta.len() > 0,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    sqlite_file(url).is_none_or(look)
}

/// What the Slack app of a workspace, or of any, is used for. Which channels are private no setting
/// tells.
pub fn uses(config: &Config, workspace: Option<&Name>) -> Vec<Use> {
    let channels = config.channels.iter();
    let of_it = channels.filter(|one| workspace.is_none_or(|name| one.workspace == *name));
    let mut uses: Vec<Use> = of_it
        .flat_map(|channel| {
            let bridge = match channel.bridge {
                Bridge::Both | Bridge::ToGithub => &[Use::Public, Use::Relay][..],
                Bridge::ToSlack => &[Use::Public],
                Bridge::Off => &[],
            };
            let digest = match channel.digest {
                Some(_) => &[Use::Public, Use::Digest][..],
                None => &[],
            };
            [bridge, digest].concat()
        })
        .collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}
