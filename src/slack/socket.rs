//! Socket Mode: Slack delivers over WebSockets that the bot opens. The connections are
//! slack-morphism's; what comes over them is read here, so that an envelope with something new or
//! null in it is still acknowledged.
//!
//! <https://docs.slack.dev/apis/events-api/using-socket-mode>

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
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

use super::{
    api::Client,
    inbound::{Inbound, Unreadable},
    receive::Receive,
};
use crate::domain::Secret;

/// While one connection is renewed the other answers: "your app can maintain up to 10" of them.
const CONNECTIONS: u32 = 2;
/// How long after a connection could not be opened it is tried again. Opening is allowed little
/// more often than once a minute: <https://docs.slack.dev/reference/methods/apps.connections.open>
const RETRY_SECONDS: u64 = 15;
/// The second connection follows the first after this.
const STAGGER_SECONDS: u64 = 1;

/// A workspace's connections. They go on by themselves until they are closed.
pub struct Socket {
    manager: Arc<dyn SlackSocketModeClientsManager + Send + Sync>,
    live: Arc<Live>,
}

/// Which connections have been greeted.
#[derive(Debug, Default)]
struct Live(Mutex<HashSet<(u32, u64)>>);

impl Live {
    fn change(&self, id: &SlackSocketModeWssClientId, is_up: bool) {
        let mut up = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = (id.initial_index, id.reconnected);
        if is_up {
            up.insert(id);
        } else {
            up.remove(&id);
        }
    }
}

impl Socket {
    /// Opens the connections of a workspace's app and hands over what comes. Returns at once.
    pub async fn open(
        client: &Client,
        app_token: &Secret,
        workspace: &str,
        team: Arc<OnceLock<Box<str>>>,
        receive: Arc<dyn Receive>,
    ) -> Self {
        let environment = SlackClientEventsListenerEnvironment::new(client.clone());
        let manager = client
            .http_api
            .connector
            .new_clients_manager(Arc::new(environment));
        let live = Arc::new(Live::default());
        let listener = Listener {
            workspace: workspace.into(),
            team,
            receive,
            live: live.clone(),
            manager: Arc::downgrade(&manager),
        };
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(CONNECTIONS)
            .with_reconnect_timeout_in_seconds(RETRY_SECONDS)
            .with_initial_backoff_in_seconds(STAGGER_SECONDS);
        let token =
            SlackApiToken::new(app_token.expose().into()).with_token_type(SlackApiTokenType::App);
        let registered = manager.register_new_token(&config, token, Arc::new(listener));
        if let Err(error) = registered.await {
            tracing::error!(workspace, %error, "Socket Mode cannot begin");
        }
        manager.start().await;
        Self { manager, live }
    }

    /// How many connections are open and greeted.
    pub fn connections(&self) -> usize {
        let up = self.live.0.lock().unwrap_or_else(PoisonError::into_inner);
        up.len()
    }

    /// Closes them. What comes meanwhile Slack delivers again, to whoever is there then.
    pub async fn close(&self) {
        self.manager.shutdown().await;
    }
}

struct Listener {
    workspace: Box<str>,
    team: Arc<OnceLock<Box<str>>>,
    receive: Arc<dyn Receive>,
    live: Arc<Live>,
    manager: std::sync::Weak<dyn SlackSocketModeClientsManager + Send + Sync>,
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

impl Listener {
    /// What an envelope asks for is answered; one that nobody understands is acknowledged too, for
    /// it would come again.
    async fn answer(&self, kind: &str, payload: &str) -> Option<Box<RawValue>> {
        let inbound = match kind {
            "slash_commands" => Inbound::of_command(payload),
            "interactive" => Inbound::of_interaction(payload),
            "events_api" => Inbound::of_event(payload),
            _ => {
                tracing::info!(workspace = %self.workspace, kind, "an envelope of an unknown kind");
                return None;
            }
        };
        let inbound = match inbound.and_then(|inbound| self.of_ours(inbound)) {
            Ok(inbound) => inbound,
            Err(error) => {
                tracing::warn!(workspace = %self.workspace, kind, %error, "Slack sent what cannot be read");
                return None;
            }
        };
        let message = self
            .receive
            .receive(&self.workspace, inbound, false)
            .await?;
        let message = String::from_utf8(message.into()).ok()?;
        RawValue::from_string(message).ok()
    }

    fn of_ours(&self, inbound: Inbound) -> Result<Inbound, Unreadable> {
        match (inbound.team(), self.team.get()) {
            (Some(named), Some(own)) if named != &**own => Err(Unreadable::of_another_team()),
            _ => Ok(inbound),
        }
    }

    async fn renew(&self, id: &SlackSocketModeWssClientId) {
        self.live.change(id, false);
        if let Some(manager) = self.manager.upgrade() {
            manager.restart_client(id).await;
        }
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Listener {
    async fn on_message(&self, id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let envelope: Envelope<'_> = match serde_json::from_str(&body) {
            Ok(envelope) => envelope,
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                tracing::warn!(workspace = %self.workspace, line, column, "a message that is no envelope");
                return None;
            }
        };
        match envelope.kind.as_deref() {
            Some("hello") => {
                self.live.change(id, true);
                tracing::info!(workspace = %self.workspace, connection = id.initial_index, "connected to Slack");
            }
            Some("disconnect") => {
                let reason = envelope.reason.as_deref().unwrap_or("no reason");
                if reason == "link_disabled" {
                    tracing::error!(
                        workspace = %self.workspace,
                        "Socket Mode is switched off in the app's settings; switch it on"
                    );
                } else {
                    tracing::info!(workspace = %self.workspace, reason, "Slack renews a connection");
                }
                self.renew(id).await;
            }
            _ => {}
        }
        let envelope_id = envelope.id?;
        let answer = match (&envelope.kind, envelope.payload) {
            (Some(kind), Some(payload)) => self.answer(kind, payload.get()).await,
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
        tracing::warn!(workspace = %self.workspace, %error, "a connection to Slack failed");
    }

    async fn on_disconnect(&self, id: &SlackSocketModeWssClientId) {
        tracing::info!(workspace = %self.workspace, connection = id.initial_index, "a connection to Slack ended");
        self.renew(id).await;
    }
}
