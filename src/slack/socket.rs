//! Socket Mode: Slack delivers over WebSockets that the bot opens. The connections are
//! slack-morphism's; what comes over them is read here, so that an envelope with something new or
//! null in it is still acknowledged.
//!
//! A connection lives some hours. Slack says that it will end, and still delivers over it for a
//! while: so its successor is opened then, and it is left to end by itself.
//!
//! <https://docs.slack.dev/apis/events-api/using-socket-mode>

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use slack_morphism::{
    SlackApiToken, SlackApiTokenType, SlackClientSocketModeConfig, SlackSocketModeClientListener,
    SlackSocketModeWssClientId,
    clients_manager::{SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory as _},
    listener::SlackClientEventsListenerEnvironment,
};
use tokio::sync::watch;

use super::{
    api::Client,
    inbound::{Inbound, Unreadable},
    receive::{self, NotTaken, Receive},
};
use crate::{domain::Secret, ports::Clock};

/// While one connection is renewed the other answers; Slack allows ten.
const CONNECTIONS: usize = 2;
/// How long after a connection could not be opened it is tried again. Opening is allowed little
/// more often than once a minute: <https://docs.slack.dev/reference/methods/apps.connections.open>
const RETRY: Duration = Duration::from_secs(15);
/// After how long a connection that Slack has not greeted makes way for another. slack-morphism sets
/// no bound to opening one, and a Slack that takes it and says nothing would hold it for ever.
const GREETED_WITHIN: Duration = Duration::from_mins(2);
/// How long a connection stays once another has taken its place: what Slack sent over it before is
/// answered over it.
const LINGER: Duration = Duration::from_secs(1);

/// slack-morphism's keeper of connections; each of ours has one for itself.
type Keeper = Arc<dyn SlackSocketModeClientsManager + Send + Sync>;

/// A workspace's connections. They go on by themselves until they are closed.
#[derive(Clone)]
pub struct Socket(Arc<Pool>);

struct Pool {
    workspace: Box<str>,
    client: Client,
    token: SlackApiToken,
    team: Arc<OnceLock<Box<str>>>,
    receive: Arc<dyn Receive>,
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<u64, Open>>,
    /// Over how many Slack delivers.
    greeted: watch::Sender<usize>,
    next: AtomicU64,
    is_closed: AtomicBool,
}

/// A connection, open or being opened.
struct Open {
    keeper: Keeper,
    /// Whether Slack has said hello.
    is_greeted: bool,
}

impl Socket {
    /// Opens the connections of a workspace's app and hands over what comes. Returns at once.
    pub async fn open(
        client: &Client,
        app_token: &Secret,
        workspace: &str,
        team: Arc<OnceLock<Box<str>>>,
        receive: Arc<dyn Receive>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let token =
            SlackApiToken::new(app_token.expose().into()).with_token_type(SlackApiTokenType::App);
        let pool = Arc::new(Pool {
            workspace: workspace.into(),
            client: client.clone(),
            token,
            team,
            receive,
            clock,
            open: Mutex::default(),
            greeted: watch::Sender::new(0),
            next: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
        });
        for _ in 0..CONNECTIONS {
            pool.open_one(None).await;
        }
        Self(pool)
    }

    /// How many connections are open and greeted.
    pub fn connections(&self) -> usize {
        *self.0.greeted.borrow()
    }

    /// The same, each time that it is another.
    pub fn watch(&self) -> watch::Receiver<usize> {
        self.0.greeted.subscribe()
    }

    /// Closes them. What comes meanwhile Slack delivers again, to whoever is there then.
    pub async fn close(&self) {
        self.0.is_closed.store(true, Ordering::Relaxed);
        let open = std::mem::take(&mut *self.0.open());
        self.0.count();
        for open in open.into_values() {
            open.keeper.shutdown().await;
        }
    }
}

impl Pool {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens one more connection, in the place of another or beside those that there are; until
    /// Slack lets it, it is tried again.
    async fn open_one(self: &Arc<Self>, forebear: Option<u64>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let environment = SlackClientEventsListenerEnvironment::new(self.client.clone());
        let connector = &self.client.http_api.connector;
        let keeper = connector.new_clients_manager(Arc::new(environment));
        let listener = Arc::new(Listener {
            pool: Arc::downgrade(self),
            number,
            forebear,
            has_heir: AtomicBool::new(false),
        });
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(1)
            .with_reconnect_timeout_in_seconds(RETRY.as_secs())
            .with_initial_backoff_in_seconds(0);
        let registered = keeper.register_new_token(&config, self.token.clone(), listener.clone());
        if let Err(error) = registered.await {
            tracing::error!(workspace = %self.workspace, %error, "Socket Mode cannot begin");
        }
        let open = Open {
            keeper: keeper.clone(),
            is_greeted: false,
        };
        {
            let mut all = self.open();
            // Whoever closes says so before looking at what is open.
            if self.is_closed.load(Ordering::Relaxed) {
                return;
            }
            all.insert(number, open);
        }
        keeper.start().await;
        let clock = self.clock.clone();
        tokio::spawn(async move {
            clock.sleep(GREETED_WITHIN).await;
            listener.must_be_greeted().await;
        });
    }

    /// Counts anew over how many connections Slack delivers.
    fn count(&self) {
        let open = self.open();
        let greeted = open.values().filter(|open| open.is_greeted).count();
        self.greeted
            .send_if_modified(|known| std::mem::replace(known, greeted) != greeted);
    }

    async fn close_one(&self, number: u64) {
        let own = self.open().remove(&number);
        self.count();
        if let Some(own) = own {
            own.keeper.shutdown().await;
        }
    }
}

/// One connection's listener.
struct Listener {
    pool: Weak<Pool>,
    number: u64,
    /// The connection whose place it takes.
    forebear: Option<u64>,
    /// Whether another connection takes its place already.
    has_heir: AtomicBool,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: Option<Box<str>>,
    #[serde(rename = "envelope_id")]
    id: Option<Box<str>>,
    accepts_response_payload: Option<bool>,
    reason: Option<Box<str>>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Ack<'a> {
    envelope_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
}

impl Pool {
    /// What an envelope asks for is answered; one that nobody understands is acknowledged too, for
    /// it would come again.
    async fn answer(&self, kind: &str, payload: &str) -> Result<Option<Box<RawValue>>, NotTaken> {
        let inbound = match kind {
            "slash_commands" => Inbound::of_command(payload),
            "interactive" => Inbound::of_interaction(payload),
            "events_api" => Inbound::of_event(payload),
            _ => {
                tracing::info!(workspace = %self.workspace, kind, "an envelope of an unknown kind");
                return Ok(None);
            }
        };
        let inbound = match inbound.and_then(|inbound| self.of_ours(inbound)) {
            Ok(inbound) => inbound,
            Err(error) => {
                tracing::warn!(workspace = %self.workspace, kind, %error, "Slack sent what cannot be read");
                return Ok(None);
            }
        };
        let message = receive::whole(&*self.receive, &self.workspace, inbound, false).await?;
        let message = message.and_then(|message| String::from_utf8(message.into()).ok());
        Ok(message.and_then(|message| RawValue::from_string(message).ok()))
    }

    fn of_ours(&self, inbound: Inbound) -> Result<Inbound, Unreadable> {
        match (inbound.team(), self.team.get()) {
            (Some(named), Some(own)) if named != &**own => Err(Unreadable::of_another_team()),
            _ => Ok(inbound),
        }
    }
}

impl Listener {
    /// Opens another connection in this one's place, once.
    fn renew(&self, pool: &Arc<Pool>) {
        if self.has_heir.swap(true, Ordering::Relaxed) || pool.is_closed.load(Ordering::Relaxed) {
            return;
        }
        let was_greeted = self.is_greeted(pool) == Some(true);
        let (clock, number) = (pool.clock.clone(), self.number);
        let pool = Arc::downgrade(pool);
        tokio::spawn(async move {
            // Where Slack hangs up at once it would go round and round.
            if !was_greeted {
                clock.sleep(RETRY).await;
            }
            if let Some(pool) = pool.upgrade()
                && !pool.is_closed.load(Ordering::Relaxed)
            {
                pool.open_one(Some(number)).await;
            }
        });
    }

    /// This connection has ended.
    async fn end(&self) {
        let Some(pool) = self.pool.upgrade() else {
            return;
        };
        self.renew(&pool);
        pool.close_one(self.number).await;
    }

    /// Whether Slack has said hello; `None` once the connection has ended.
    fn is_greeted(&self, pool: &Pool) -> Option<bool> {
        pool.open().get(&self.number).map(|own| own.is_greeted)
    }

    /// Ends a connection that Slack has had time enough to greet, and has not.
    async fn must_be_greeted(&self) {
        if let Some(pool) = self.pool.upgrade()
            && self.is_greeted(&pool) == Some(false)
        {
            tracing::warn!(workspace = %pool.workspace, "Slack does not greet a connection");
            self.end().await;
        }
    }

    /// Slack has said hello.
    fn begin(&self, pool: &Arc<Pool>) {
        if let Some(own) = pool.open().get_mut(&self.number) {
            own.is_greeted = true;
        }
        pool.count();
        if let Some(forebear) = self.forebear {
            let pool = pool.clone();
            tokio::spawn(async move {
                pool.clock.sleep(LINGER).await;
                pool.close_one(forebear).await;
            });
        }
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Listener {
    async fn on_message(&self, _: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let pool = self.pool.upgrade()?;
        let workspace = &pool.workspace;
        let envelope: Envelope<'_> = match serde_json::from_str(&body) {
            Ok(envelope) => envelope,
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                tracing::warn!(%workspace, line, column, "a message that is no envelope");
                return None;
            }
        };
        match envelope.kind.as_deref() {
            Some("hello") => {
                self.begin(&pool);
                tracing::info!(%workspace, connection = self.number, "connected to Slack");
            }
            Some("disconnect") => {
                let reason = envelope.reason.as_deref().unwrap_or("no reason");
                if reason == "link_disabled" {
                    tracing::error!(
                        %workspace,
                        "Socket Mode is switched off in the app's settings; switch it on"
                    );
                } else {
                    tracing::info!(%workspace, reason, "Slack renews a connection");
                }
                self.renew(&pool);
            }
            _ => {}
        }
        let envelope_id = envelope.id?;
        let answer = match (&envelope.kind, envelope.payload) {
            // What could not be kept comes again where it is not acknowledged.
            (Some(kind), Some(payload)) => pool.answer(kind, payload.get()).await.ok()?,
            _ => None,
        };
        let takes_payload = envelope.accepts_response_payload.unwrap_or_default();
        let ack = Ack {
            envelope_id: &envelope_id,
            payload: answer.as_deref().filter(|_| takes_payload),
        };
        serde_json::to_string(&ack).ok()
    }

    async fn on_error(&self, error: Box<dyn std::error::Error + Send + Sync>) {
        if let Some(pool) = self.pool.upgrade() {
            tracing::warn!(workspace = %pool.workspace, %error, "a connection to Slack failed");
        }
        self.end().await;
    }

    async fn on_disconnect(&self, _: &SlackSocketModeWssClientId) {
        if let Some(pool) = self.pool.upgrade() {
            let connection = self.number;
            tracing::info!(workspace = %pool.workspace, connection, "a connection to Slack ended");
        }
        self.end().await;
    }
}
