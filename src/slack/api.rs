//! Slack's Web API, as one workspace's bot speaks to it.

mod files;
mod messages;
mod reading;

use std::{sync::Arc, time::Duration};

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use slack_morphism::{
    SlackApiToken, SlackApiTokenType, SlackClient, SlackClientApiCallContext,
    SlackClientHttpConnector as _,
    errors::{SlackClientApiError, SlackClientError, SlackClientHttpProtocolError},
    hyper_tokio::SlackClientHyperHttpsConnector,
};
use url::Url;

pub(super) use self::{
    messages::MARK,
    reading::{Page, Span},
};
use super::kit::Message;
use crate::{domain::Secret, ports::Clock};

/// Slack answers most calls within a second; after this nobody waits any more.
pub(super) const LONGEST: Duration = Duration::from_secs(10);
/// A longer pause than this is not waited for: whoever asked is gone by then.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a connection may take to be made. Whoever gives up then knows that nothing was sent.
const LONGEST_CONNECT: Duration = Duration::from_secs(5);
/// After so long in silence a connection is asked whether it still stands.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How often something is sent that Slack turned away because there was too much of it.
const MOST_TRIES: usize = 3;

/// The client that all workspaces share.
pub type Client = Arc<SlackClient<SlackClientHyperHttpsConnector>>;

/// A client for an API at an address, `https://slack.com/api` or a stand-in's.
pub fn client(api_url: &str) -> std::io::Result<Client> {
    let connector = SlackClientHyperHttpsConnector::with_connector(connector(api_url)?)
        .with_slack_api_url(api_url.trim_end_matches('/'));
    Ok(Arc::new(SlackClient::new(connector)))
}

/// What opens connections to it.
pub(super) fn connector(api_url: &str) -> std::io::Result<HttpsConnector<HttpConnector>> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_keepalive(Some(KEEP_ALIVE));
    http.set_connect_timeout(Some(LONGEST_CONNECT));
    let builder = hyper_rustls::HttpsConnectorBuilder::new();
    let builder = if api_url.starts_with("https:") {
        builder.with_native_roots()?
    } else {
        // In the clear, on this machine, no certificates are needed.
        let none = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder.with_tls_config(none)
    };
    Ok(builder.https_or_http().enable_http1().wrap_connector(http))
}

/// Why Slack did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// It refuses, by this name: <https://docs.slack.dev/reference/methods>
    #[error("Slack refuses: {0}")]
    Refused(Box<str>),
    /// There was too much; after so long it may be tried again.
    #[error("Slack's rate limit is used up for {} s", .0.as_secs())]
    Limited(Duration),
    /// No connection can be made to it. Nothing was done.
    #[error("Slack cannot be reached: {0}")]
    Unreachable(Box<str>),
    /// It gave no clear answer: whether it was done is not known.
    #[error("no clear answer from Slack: {0}")]
    Unclear(Box<str>),
    /// It cannot show a picture, or not yet. Nothing was done.
    #[error("Slack does not show the picture")]
    NoPicture,
    /// Something would go to an address that is not Slack's.
    #[error("the address that it would go to is not Slack's")]
    NotSlack,
}

/// Who the bot is in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Identity {
    /// The workspace's id, `T…`.
    pub team_id: Box<str>,
    /// The workspace's name.
    #[serde(default)]
    pub team: Box<str>,
    /// The bot as a person, `U…`.
    pub user_id: Box<str>,
    /// The bot as an app's, `B…`; a person's token has none.
    #[serde(default)]
    pub bot_id: Option<Box<str>>,
    /// The organisation's id where the app belongs to all of it, `E…`.
    #[serde(default)]
    pub enterprise_id: Option<Box<str>>,
    /// Whether the app belongs to all of an organisation.
    #[serde(default)]
    pub is_enterprise_install: Option<bool>,
}

impl Identity {
    /// What requests name: the organisation where the app belongs to all of it.
    pub fn tenant(&self) -> &str {
        match &self.enterprise_id {
            Some(organisation) if self.is_enterprise_install == Some(true) => organisation,
            _ => &self.team_id,
        }
    }
}

/// Who sees an answer that follows later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// Whoever saw the message whose button was pressed, instead of that.
    Instead,
    /// Everybody in the channel.
    Everybody,
    /// Who pressed the button, and nobody else.
    Presser,
}

/// One workspace's bot.
#[derive(Clone)]
pub struct Api {
    client: Client,
    token: SlackApiToken,
    clock: Arc<dyn Clock>,
    most_tries: usize,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Api")
    }
}

#[derive(Serialize)]
struct Respond<'a> {
    #[serde(flatten)]
    message: &'a Message,
    /// Not said where a message is replaced: who sees it stays as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_type: Option<&'static str>,
    replace_original: bool,
}

#[derive(Serialize)]
struct Open<'a, V> {
    trigger_id: &'a str,
    view: &'a V,
}

#[derive(Serialize)]
struct Publish<'a, V> {
    user_id: &'a str,
    view: &'a V,
}

#[derive(Serialize, Deserialize)]
struct Nothing {}

impl Api {
    /// The bot with this token.
    pub fn new(client: Client, token: &Secret, clock: Arc<dyn Clock>) -> Self {
        let token =
            SlackApiToken::new(token.expose().into()).with_token_type(SlackApiTokenType::Bot);
        Self {
            client,
            token,
            clock,
            most_tries: MOST_TRIES,
        }
    }

    /// The same bot, for whoever comes again by themselves: that there was too much is told at once.
    #[must_use]
    pub fn impatient(self) -> Self {
        Self {
            most_tries: 1,
            ..self
        }
    }

    /// The client that it shares.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Who the bot is. <https://docs.slack.dev/reference/methods/auth.test>
    pub async fn identity(&self) -> Result<Identity, ApiError> {
        self.call("auth.test", &Nothing {}).await
    }

    /// Shows somebody their home.
    /// <https://docs.slack.dev/reference/methods/views.publish>
    pub async fn publish_home(
        &self,
        user: &str,
        view: &(impl Serialize + Sync),
    ) -> Result<(), ApiError> {
        let publish = Publish {
            user_id: user,
            view,
        };
        let Nothing {} = self.call("views.publish", &publish).await?;
        Ok(())
    }

    /// Opens a dialog for whoever did what the trigger came with, within three seconds of it.
    /// <https://docs.slack.dev/reference/methods/views.open>
    pub async fn open_view(
        &self,
        trigger_id: &str,
        view: &(impl Serialize + Sync),
    ) -> Result<(), ApiError> {
        let open = Open { trigger_id, view };
        let Nothing {} = self.call("views.open", &open).await?;
        Ok(())
    }

    /// Answers later, at the address that came with the question.
    /// <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>
    pub async fn respond(
        &self,
        response_url: &str,
        message: &Message,
        showing: Showing,
    ) -> Result<(), ApiError> {
        let url = self.response_url(response_url)?;
        let respond = Respond {
            message,
            response_type: (showing == Showing::Everybody).then_some("in_channel"),
            replace_original: showing == Showing::Instead,
        };
        // The address is a secret: who has it can speak there.
        let span = tracing::debug_span!("response_url");
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        let connector = &self.client.http_api.connector;
        let send = || connector.http_post_uri(url.clone(), &respond, context.clone());
        let Nothing {} = self.sent("response_url", send).await?;
        Ok(())
    }

    /// Slack's own addresses for answers, or those of the stand-in that is spoken to.
    fn response_url(&self, url: &str) -> Result<Url, ApiError> {
        let url = Url::parse(url).map_err(|_| ApiError::NotSlack)?;
        let is_slack = url.scheme() == "https"
            && url
                .host_str()
                .is_some_and(|host| ["hooks.slack.com", "hooks.slack-gov.com"].contains(&host));
        if is_slack || self.is_stand_in(&url) {
            Ok(url)
        } else {
            Err(ApiError::NotSlack)
        }
    }

    /// Whether it is an address of what is spoken to.
    fn is_stand_in(&self, url: &Url) -> bool {
        let connector = &self.client.http_api.connector;
        let api = connector.create_method_uri_path("auth.test");
        api.is_ok_and(|api| api.origin() == url.origin())
    }

    async fn call<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        request: &(impl Serialize + Sync),
    ) -> Result<T, ApiError> {
        let session = self.client.open_session(&self.token);
        let api = &session.http_session_api;
        self.sent(method, || api.http_post(method, &request, None))
            .await
    }

    /// Asks by a query: not all methods that read take JSON.
    async fn ask<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        query: &Vec<(&str, Option<&str>)>,
    ) -> Result<T, ApiError> {
        let session = self.client.open_session(&self.token);
        let api = &session.http_session_api;
        self.sent(method, || api.http_get(method, query, None))
            .await
    }

    /// Sends until there is an answer. What was turned away for there being too much was not done,
    /// and is sent again; anything else might have been.
    async fn sent<T, F>(&self, method: &'static str, send: impl Fn() -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, SlackClientError>>,
    {
        let mut attempt = 1;
        loop {
            let outcome = tokio::select! {
                outcome = send() => outcome.map_err(|error| meant(&error)),
                () = self.clock.expire(LONGEST) => Err(ApiError::Unclear("it took too long".into())),
            };
            let said = match &outcome {
                Ok(_) => "ok",
                Err(ApiError::Refused(_) | ApiError::NoPicture | ApiError::NotSlack) => "refused",
                Err(ApiError::Limited(_)) => "limited",
                Err(ApiError::Unreachable(_)) => "unreachable",
                Err(ApiError::Unclear(_)) => "unclear",
            };
            metrics::counter!("kep_liaison_slack_calls_total", "method" => method, "outcome" => said)
                .increment(1);
            match outcome {
                Err(ApiError::Limited(pause))
                    if attempt < self.most_tries && pause <= LONGEST_PAUSE =>
                {
                    self.clock.sleep(pause).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }
}

/// An error in our words. What Slack's answer held is left out: it may quote what was sent.
fn meant(error: &SlackClientError) -> ApiError {
    match error {
        SlackClientError::ApiError(error) if is_of_a_picture(error) => ApiError::NoPicture,
        SlackClientError::ApiError(error) => ApiError::Refused(error.code.as_str().into()),
        SlackClientError::RateLimitError(error) => {
            ApiError::Limited(error.retry_after.unwrap_or(Duration::from_secs(1)))
        }
        SlackClientError::HttpError(error) => {
            let status = error.status_code;
            if status.is_client_error() {
                ApiError::Refused(status.to_string().into())
            } else {
                ApiError::Unclear(status.to_string().into())
            }
        }
        SlackClientError::HttpProtocolError(error) if is_of_connecting(error) => {
            ApiError::Unreachable("no connection can be made".into())
        }
        SlackClientError::HttpProtocolError(_) => ApiError::Unclear("the connection broke".into()),
        _ => ApiError::Unclear("the answer cannot be understood".into()),
    }
}

/// Whether blocks are refused for the picture in them: `invalid slack file
/// [json-pointer:/blocks/0/slack_file]`.
/// <https://github.com/slackapi/python-slack-sdk/issues/1658>
fn is_of_a_picture(error: &SlackClientApiError) -> bool {
    let mut errors = error.errors.iter().flatten();
    error.code == "invalid_blocks" && errors.any(|error| error.ends_with("/slack_file]"))
}

/// Whether it went wrong before anything was sent.
fn is_of_connecting(error: &SlackClientHttpProtocolError) -> bool {
    let cause = error.cause.as_ref();
    let cause = cause.and_then(|cause| cause.downcast_ref::<legacy::Error>());
    cause.is_some_and(legacy::Error::is_connect)
}
