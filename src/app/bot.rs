//! The running bot: everything that `run` starts, in the order in which it is needed, and stops in
//! the opposite one.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::future::join_all;
use tokio::{
    net::TcpListener,
    runtime::Handle,
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::{
    BuildError,
    bridging::{Bridging, Parts},
    desk::{Came, FrontDesk},
    edge,
    follow::AskFollow,
    link,
    memo::Memo,
    ready::Ready,
    workspaces::{bots, chats, greet, open_sockets, signatories, workspaces},
};
use crate::{
    config::Config,
    domain::Secret,
    jobs::{
        catch_up::CatchUp,
        follow::{Follow, Known},
    },
    ports::{Clock, Dice, StoreError},
    slack::{receive::Receive, socket::Socket},
    store::{Mode, SqliteStore},
    telemetry::metrics::Metrics,
    web::{
        self,
        serve::{Limits, serve},
    },
};

/// How many events of GitHub wait for a sync to end; a busy hour has a few hundred.
const MOST_WAITING: usize = 1024;
/// How long stopping may take, step by step: saying goodbye to Slack,
const GOODBYES: Duration = Duration::from_secs(2);
/// requests that are under way, and what the listeners need beyond that to end,
const LAST_REQUESTS: Duration = Duration::from_secs(5);
const LISTENERS_END: Duration = Duration::from_secs(1);
/// answers that follow by themselves,
const LAST_WORDS: Duration = Duration::from_secs(5);
/// deliveries,
const LAST_DELIVERIES: Duration = Duration::from_secs(7);
/// and the store.
const LAST_WRITES: Duration = Duration::from_secs(5);
/// Kubernetes kills after 30 seconds what was asked to stop, systemd after 90:
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination>
const LONGEST_STOP: Duration = Duration::from_secs(25);
const _: () = {
    let listeners = LAST_REQUESTS.as_secs() + LISTENERS_END.as_secs();
    let rest = LAST_WORDS.as_secs() + LAST_DELIVERIES.as_secs() + LAST_WRITES.as_secs();
    assert!(GOODBYES.as_secs() + listeners + rest <= LONGEST_STOP.as_secs());
};

/// Why the bot does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings, or what they point to, are not what it needs.
    #[error("{0}")]
    Settings(String),
    /// A part of it fails.
    #[error("{0}")]
    Failed(String),
}

impl From<BuildError> for StartError {
    fn from(error: BuildError) -> Self {
        Self::Settings(error.to_string())
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What comes from outside the settings.
pub struct Outside<'a> {
    /// Environment variables.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub dice: Arc<dyn Dice>,
    /// What is counted.
    pub metrics: Metrics,
}

/// The bot, running.
pub struct Bot {
    address: SocketAddr,
    admin_address: SocketAddr,
    store: Arc<SqliteStore>,
    known: watch::Receiver<Arc<Known>>,
    sockets: Vec<Socket>,
    speaking: TaskTracker,
    /// The listener for Slack and GitHub.
    edge: JoinHandle<()>,
    /// That for those who look after it.
    admin: JoinHandle<()>,
    stop: DropGuard,
    following: JoinHandle<()>,
    telling: JoinHandle<()>,
    delivering: JoinHandle<()>,
    stop_delivering: CancellationToken,
    greeting: Vec<JoinHandle<()>>,
    /// What goes on by itself, and may end at any moment.
    aside: JoinSet<()>,
}

impl Bot {
    /// Starts everything. It answers from what is stored before it has asked anybody anything.
    pub async fn start(config: &Config, outside: Outside<'_>) -> Result<Self, StartError> {
        let Outside {
            env,
            clock,
            dice,
            metrics,
        } = outside;
        let workspaces = workspaces(config, env, &clock)?;
        let github = Arc::new(super::github(config, env, &clock)?);
        let store = Arc::new(super::store(&config.store.url, Mode::Write).await?);
        let settings = Arc::new(config.settings());
        let follow = Follow {
            forge: github.clone(),
            store: store.clone(),
            clock: clock.clone(),
            dice: dice.clone(),
            sources: config.sources(),
            settings: settings.clone(),
            poll_interval: config.github.poll_interval,
        };
        let (known, knowing) = watch::channel(Arc::new(follow.load().await?));
        let bots = bots(&workspaces);
        let (link, linking) = link::set_up(config, &store, github.clone(), &bots, &clock).await?;
        let Parts {
            tell,
            deliver,
            inlet,
            catch_up,
            aside: parts,
        } = Bridging {
            store: store.clone(),
            forge: github,
            chats: chats(&workspaces, &clock),
            known: knowing.clone(),
            settings: settings.clone(),
            people: link.links.people(),
            link,
            follow: AskFollow::load(store.clone(), config.served()).await?,
            channels: Arc::new(config.bridged()),
            plans: config.digests().into(),
            clock: clock.clone(),
            dice: dice.clone(),
            remembered: TimeDelta::from_std(config.store.keep_text).unwrap_or(TimeDelta::MAX),
        }
        .parts()
        .await?;
        let speaking = TaskTracker::new();
        let desk: Arc<dyn Receive> = Arc::new(FrontDesk {
            known: knowing.clone(),
            settings,
            people: inlet.link.links.people(),
            bots,
            clock: clock.clone(),
            dice,
            speaking: speaking.clone(),
            runtime: Handle::current(),
            commands_per_minute: config.slack.commands_per_minute,
            came: Came::default(),
            memo: Memo::default(),
            inlet,
        });
        let (events, waiting) = mpsc::channel(MOST_WAITING);
        let from_github = web::github::router(webhook_secret(config, env)?, events);
        let from_slack = web::slack::router(signatories(&workspaces)?, desk.clone(), clock.clone());
        let listener = bind("http.listen", config.http.listen).await?;
        let admin = bind("http.admin_listen", config.http.admin_listen).await?;
        let (address, admin_address) = (local(&listener)?, local(&admin)?);
        let sockets = open_sockets(&workspaces, &desk, &clock).await;
        let stop = CancellationToken::new();
        let stopped = || stop.clone().cancelled_owned();
        let limits = Limits {
            finish_within: LAST_REQUESTS,
            ..Limits::default()
        };
        let edge = edge::serve_apart(listener, from_github.merge(from_slack), limits, stopped());
        let edge = edge.map_err(|error| StartError::Failed(format!("cannot serve: {error}")))?;
        let ready = Ready {
            edge: edge.abort_handle(),
            clock: clock.clone(),
            store: store.clone(),
            known: knowing.clone(),
            sockets: sockets.clone(),
        };
        let mut aside = JoinSet::new();
        aside.spawn(metrics.clone().upkeep());
        for part in parts {
            aside.spawn(part);
        }
        aside.spawn(linking);
        for workspace in &workspaces {
            aside.spawn(look_back(catch_up.clone(), &workspace.name, &sockets));
        }
        let admin_router = web::admin::router(Arc::new(ready), move || metrics.render());
        let admin = tokio::spawn(serve(admin, admin_router, web::admin::LIMITS, stopped()));
        let greeting = workspaces
            .into_iter()
            .map(|workspace| tokio::spawn(greet(workspace, clock.clone())))
            .collect();
        let stop_delivering = CancellationToken::new();
        let delivering = tokio::spawn(deliver.run(stop_delivering.clone()));
        let telling = tokio::spawn(tell.run());
        let following = tokio::spawn(async move { follow.run(&known, waiting).await });
        Ok(Self {
            address,
            admin_address,
            store,
            known: knowing,
            sockets: sockets.into_values().collect(),
            speaking,
            edge,
            admin,
            // Who is dropped without a word listens no more, either.
            stop: stop.drop_guard(),
            following,
            telling,
            delivering,
            stop_delivering,
            greeting,
            aside,
        })
    }

    /// Where Slack's requests and GitHub's webhook come in.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health and metrics are.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// What it answers from, each time that it is new.
    pub fn known(&self) -> watch::Receiver<Arc<Known>> {
        self.known.clone()
    }

    /// Returns if the bot cannot go on, and says what broke off.
    pub async fn broken(&mut self) -> &'static str {
        tokio::select! {
            _ = &mut self.following => "following GitHub",
            _ = &mut self.telling => "telling what changed",
            _ = &mut self.delivering => "delivering",
            _ = &mut self.edge => "listening to Slack and GitHub",
            _ = &mut self.admin => "listening for health and metrics",
        }
    }

    /// Takes nothing more in, finishes what is under way, and closes the store; in 25 seconds at
    /// most.
    pub async fn stop(mut self) {
        for greeting in &self.greeting {
            greeting.abort();
        }
        let closing = join_all(self.sockets.iter().map(Socket::close));
        if timeout(GOODBYES, closing).await.is_err() {
            tracing::warn!("connections to Slack were not closed in time");
        }
        drop(self.stop);
        let listeners = [self.edge, self.admin].into_iter();
        let open = listeners.filter(|listener| !listener.is_finished());
        let ending = timeout(LAST_REQUESTS + LISTENERS_END, join_all(open));
        if ending.await.is_err() {
            tracing::warn!("a listener did not end in time");
        }
        self.speaking.close();
        if timeout(LAST_WORDS, self.speaking.wait()).await.is_err() {
            tracing::warn!(
                left = self.speaking.len(),
                "some answers were not given in time"
            );
        }
        for task in [self.following, self.telling] {
            ended(task).await;
        }
        self.aside.shutdown().await;
        // What is under way is finished; what takes too long is anybody's when its lease runs out.
        self.stop_delivering.cancel();
        let late = tokio::time::sleep(LAST_DELIVERIES);
        if !self.delivering.is_finished() {
            tokio::select! {
                _ = &mut self.delivering => {}
                () = late => {
                    tracing::warn!("a delivery was cut off");
                    self.delivering.abort();
                }
            }
        }
        if timeout(LAST_WRITES, self.store.close()).await.is_err() {
            tracing::warn!("the store was not closed in time; nothing that is written is lost");
        }
    }
}

/// Ends a task; one that broke off was waited for already.
async fn ended(task: JoinHandle<()>) {
    if !task.is_finished() {
        task.abort();
        let _ = task.await;
    }
}

/// Finds what was missed whenever a workspace is heard again.
fn look_back(
    catch_up: Arc<CatchUp>,
    workspace: &str,
    sockets: &HashMap<Box<str>, Socket>,
) -> impl Future<Output = ()> + use<> {
    // Whoever delivers by HTTP does not say when it cannot.
    let connections = sockets
        .get(workspace)
        .map_or_else(|| watch::Sender::new(1).subscribe(), Socket::watch);
    let name = workspace.to_owned();
    async move { catch_up.run(&name, connections).await }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| {
        StartError::Failed(format!(
            "{key}: cannot listen on {address}: {error}; want a free address"
        ))
    })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    let address = listener.local_addr();
    address.map_err(|error| StartError::Failed(format!("cannot listen: {error}")))
}

/// The secret of the webhook. Without one, where the default names none, nobody is believed and there
/// is polling alone.
fn webhook_secret(
    config: &Config,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Secret, StartError> {
    let at = &config.github.webhook_secret;
    match at.resolve(env) {
        Ok(secret) => Ok(secret),
        Err(_) if *at == Config::default().github.webhook_secret => Ok(Secret::new("")),
        Err(error) => Err(StartError::Settings(format!(
            "github.webhook_secret: {error}"
        ))),
    }
}
