//! How Slack takes the tokens, for `check`. slack-morphism does not show an answer's headers, which
//! say what a token may do and what time it is; so this asks by itself.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use url::form_urlencoded;

use super::api::{self, ApiError, Identity, LONGEST};
use crate::{domain::Secret, ports::Clock};

/// The answers have some 300 bytes.
const LARGEST: usize = 64 * 1024;

/// How a bot's token stands with Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Who it is.
    pub identity: Identity,
    /// What it is called.
    pub name: Box<str>,
    /// Whether it is a bot's; else it is a person's.
    pub is_bot: bool,
    /// What it may do, where Slack says so.
    pub scopes: Option<BTreeSet<Box<str>>>,
    /// How far our clock is ahead of Slack's.
    pub clock_ahead: Option<TimeDelta>,
}

/// Why a channel cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEntry {
    /// The token lacks this scope.
    Scope(Box<str>),
    /// Slack refuses for another reason, or does not answer.
    Failed(ApiError),
}

/// Asks Slack about tokens.
pub struct Probe {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    api_url: Box<str>,
    clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Verdict {
    ok: bool,
    error: Option<Box<str>>,
    needed: Option<Box<str>>,
}

/// What Slack says.
enum Answer {
    Yes(Bytes),
    No {
        error: Box<str>,
        needed: Option<Box<str>>,
    },
}

#[derive(Deserialize)]
struct Whose {
    #[serde(flatten)]
    identity: Identity,
    user: Box<str>,
    bot_id: Option<Box<str>>,
}

impl Probe {
    /// For an API at an address, `https://slack.com/api` or a stand-in's.
    pub fn new(api_url: &str, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(api::connector(api_url)?),
            api_url: api_url.trim_end_matches('/').into(),
            clock,
        })
    }

    /// Whose a bot's token is, and what it may do.
    /// <https://docs.slack.dev/reference/methods/auth.test>
    pub async fn bot(&self, token: &Secret) -> Result<Standing, ApiError> {
        let (whose, headers): (Whose, _) = self.ask("auth.test", token, &[]).await?;
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let scopes = header("x-oauth-scopes").map(|scopes| {
            let scopes = scopes.split(',').map(str::trim);
            scopes.filter(|it| !it.is_empty()).map(Into::into).collect()
        });
        let date = header(header::DATE.as_str());
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        Ok(Standing {
            identity: whose.identity,
            name: whose.user,
            is_bot: whose.bot_id.is_some(),
            scopes,
            clock_ahead: date.map(|date| self.clock.now() - date.with_timezone(&Utc)),
        })
    }

    /// Whether an app's token opens a Socket Mode connection. None is opened: the address that Slack
    /// gives is forgotten.
    /// <https://docs.slack.dev/reference/methods/apps.connections.open>
    pub async fn app(&self, token: &Secret) -> Result<(), ApiError> {
        let (IgnoredAny, _) = self.ask("apps.connections.open", token, &[]).await?;
        Ok(())
    }

    /// Whether a bot may read what is said in a channel. It is asked for what was said before there
    /// was a Slack, so that nothing comes.
    /// <https://docs.slack.dev/reference/methods/conversations.history>
    pub async fn channel(&self, token: &Secret, channel: &str) -> Result<(), NoEntry> {
        let arguments = [("channel", channel), ("latest", "1"), ("limit", "1")];
        match self.asked("conversations.history", token, &arguments).await {
            Ok((Answer::Yes(_), _)) => Ok(()),
            Ok((Answer::No { error, needed }, _)) => Err(match needed {
                Some(scope) if *error == *"missing_scope" => NoEntry::Scope(scope),
                _ => NoEntry::Failed(ApiError::Refused(error)),
            }),
            Err(error) => Err(NoEntry::Failed(error)),
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        token: &Secret,
        arguments: &[(&str, &str)],
    ) -> Result<(T, HeaderMap), ApiError> {
        match self.asked(method, token, arguments).await? {
            (Answer::No { error, .. }, _) => Err(ApiError::Refused(error)),
            (Answer::Yes(body), headers) => Ok((read(&body)?, headers)),
        }
    }

    async fn asked(
        &self,
        method: &str,
        token: &Secret,
        arguments: &[(&str, &str)],
    ) -> Result<(Answer, HeaderMap), ApiError> {
        // What does not fit into a header is no token; Slack would say the same.
        let no_token = || ApiError::Refused("invalid_auth".into());
        let bearer = format!("Bearer {}", token.expose());
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| no_token())?;
        bearer.set_sensitive(true);
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(arguments)
            .finish();
        let request = Request::post(format!("{}/{method}", self.api_url))
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))
            .map_err(|_| unclear("the API's address is none"))?;
        let (status, headers, body) = tokio::select! {
            answered = self.answered(request) => answered?,
            () = self.clock.expire(LONGEST) => return Err(unclear("it took too long")),
        };
        if status == StatusCode::TOO_MANY_REQUESTS {
            let pause = headers.get(header::RETRY_AFTER);
            let pause = pause.and_then(|pause| pause.to_str().ok()?.parse().ok());
            return Err(ApiError::Limited(Duration::from_secs(pause.unwrap_or(1))));
        }
        if status != StatusCode::OK {
            return Err(unclear(&status.to_string()));
        }
        let verdict: Verdict = read(&body)?;
        let answer = if verdict.ok {
            Answer::Yes(body)
        } else {
            Answer::No {
                error: verdict.error.unwrap_or_else(|| "no reason is given".into()),
                needed: verdict.needed,
            }
        };
        Ok((answer, headers))
    }

    async fn answered(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), ApiError> {
        let broken = "the connection could not be made, or broke";
        let answer = self.client.request(request).await;
        let (head, body) = answer.map_err(|_| unclear(broken))?.into_parts();
        let body = Limited::new(body, LARGEST).collect().await;
        let body = body.map_err(|_| unclear(broken))?.to_bytes();
        Ok((head.status, head.headers, body))
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|_| unclear("the answer cannot be understood"))
}

fn unclear(why: &str) -> ApiError {
    ApiError::Unclear(why.into())
}
