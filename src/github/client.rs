//! The one way to GitHub: every request goes through [`Client::send`], which holds the limits,
//! the credentials, the bounds of time and size, and the rule of what may be tried again.
//!
//! A read that fails for a passing reason is tried again after a while. A write never is: of one
//! without a clear answer only the caller can find out whether it was done.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{OnceCell, mpsc};
use url::Url;

use super::{
    answer::read,
    auth::{self, Credentials, InstallationToken},
    connect::connector,
    exchange::{Answer, Ask, Counters},
    limits::{Budget, Urgency},
};
use crate::{
    domain::{Login, Secret},
    ports::{Clock, Dice, ForgeError, forge::Account},
};

/// How often a read is tried.
const TRIES: u32 = 4;
/// The first wait before a second try; it doubles, and chance takes up to half of it off.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// How long one answer may take, whole.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long a whole repository may take.
const DOWNLOAD_WITHIN: Duration = Duration::from_mins(5);
/// The largest answer: a recursive tree has at most 7 MB, a page of 100 issues rarely one. But an
/// issue may have 65,536 characters of 4 bytes, and nobody may stop the list with 100 of those.
const LARGEST_ANSWER: usize = 32 << 20;
/// A renamed repository leads to its new name, perhaps over an older one.
const MOST_REDIRECTS: u32 = 3;

/// GitHub with one set of credentials. Copies share everything.
#[derive(Clone)]
pub(super) struct Client {
    octocrab: Octocrab,
    base: Url,
    credentials: Credentials,
    account: Arc<OnceCell<Account>>,
    budget: Budget,
    counters: Arc<Counters>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
}

/// An account's login, or an App's name in addresses, which is its account's login.
#[derive(Deserialize)]
struct WireAccount {
    login: Option<String>,
    slug: Option<String>,
}

/// How one try ended without an answer that the caller should see.
enum Failed {
    /// For a passing reason.
    Passing(String),
    /// Nothing was sent.
    NotSent(String),
    /// A limit; nobody asks before that moment.
    Limited(DateTime<Utc>),
    /// For good.
    Final(ForgeError),
}

impl Client {
    pub(super) fn new(
        base: &Url,
        credentials: Credentials,
        counters: Arc<Counters>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, ForgeError> {
        let http = connector(base)?;
        let Ok(octocrab) = OctocrabBuilder::new_empty()
            .with_service(http)
            .with_auth(AuthState::None)
            .build();
        Ok(Self {
            octocrab,
            base: base.clone(),
            credentials,
            account: Arc::default(),
            budget: Budget::new(Arc::clone(&clock)),
            counters,
            clock,
            dice,
        })
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Sends a request and gives the answer, if it is one of success or "the same as before".
    pub(super) async fn send(&self, ask: &Ask, urgency: Urgency) -> Result<Answer, ForgeError> {
        let mut tries = 1;
        loop {
            let failed = match self.try_once(ask, urgency).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let last = tries >= TRIES;
            match failed {
                Failed::Final(error) => return Err(error),
                // It was refused, so not done; `enter` waits or gives up.
                Failed::Limited(until) if last => return Err(ForgeError::Limited { until }),
                Failed::Limited(_) => {}
                Failed::NotSent(why) if ask.writes() || last => {
                    return Err(ForgeError::Unavailable(why));
                }
                Failed::Passing(why) if ask.writes() => return Err(ForgeError::Unclear(why)),
                Failed::Passing(why) if last => return Err(ForgeError::Unavailable(why)),
                Failed::Passing(why) | Failed::NotSent(why) => {
                    tracing::debug!(endpoint = ask.endpoint, tries, why, "GitHub is asked again");
                    let wait = FIRST_WAIT * (1 << (tries - 1));
                    self.clock
                        .sleep(wait.mul_f64(1.0 - self.dice.roll() / 2.0))
                        .await;
                }
            }
            tries += 1;
        }
    }

    async fn try_once(&self, ask: &Ask, urgency: Urgency) -> Result<Answer, Failed> {
        let token = self.token(urgency).await.map_err(Failed::Final)?;
        let mut url = self.url(&ask.path).map_err(Failed::Final)?;
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.exchange(ask, &url, token.as_ref(), urgency).await?;
            let status = answer.status;
            let message = message_of(&answer);
            if let Some(until) = self.budget.observe(status, &answer.headers, &message) {
                return Err(Failed::Limited(until));
            }
            if status.is_success() || answer.is_same() {
                return Ok(answer);
            }
            if status.is_redirection() {
                let to = self.located(&url, &answer.headers).map_err(Failed::Final)?;
                if ask.writes() {
                    return Err(Failed::Final(ForgeError::Moved(to.into())));
                }
                url = to;
                continue;
            }
            if status == StatusCode::UNAUTHORIZED
                && let (Credentials::App(app), Some(token)) = (&self.credentials, &token)
            {
                app.forget(token).await;
            }
            return Err(refusal(ask, status, message));
        }
        Err(Failed::Final(ForgeError::Unreadable(format!(
            "{} leads in a circle",
            ask.path
        ))))
    }

    /// One try of a request of somebody who waits, by a token of theirs or none; its answer is given
    /// whatever it says.
    pub(super) async fn once(
        &self,
        ask: &Ask,
        token: Option<&Secret>,
    ) -> Result<Answer, ForgeError> {
        let url = self.url(&ask.path)?;
        let answer = self.exchange(ask, &url, token, Urgency::Person).await;
        let answer = answer.map_err(Failed::into_error)?;
        let message = message_of(&answer);
        match self
            .budget
            .observe(answer.status, &answer.headers, &message)
        {
            Some(until) => Err(ForgeError::Limited { until }),
            None => Ok(answer),
        }
    }

    /// One request and its whole answer.
    async fn exchange(
        &self,
        ask: &Ask,
        url: &Url,
        token: Option<&Secret>,
        urgency: Urgency,
    ) -> Result<Answer, Failed> {
        let leave = self.budget.enter(urgency, ask.creates).await;
        let _leave = leave.map_err(Failed::Final)?;
        let identity = auth::identity(token);
        let request = self.request(ask, url, token, &identity)?;
        let began = self.clock.now();
        let bounded = async {
            let response = self.octocrab.execute(request).await;
            let response = response.map_err(|error| not_answered(&error))?;
            let (parts, body) = response.into_parts();
            let body = self.collect(body).await?;
            Ok((parts, body))
        };
        let outcome = tokio::select! {
            outcome = bounded => outcome,
            () = self.clock.expire(ANSWER_WITHIN) => Err(Failed::Passing(format!(
                "no answer within {} seconds",
                ANSWER_WITHIN.as_secs()
            ))),
        };
        self.count(
            ask,
            began,
            outcome.as_ref().ok().map(|(parts, _)| parts.status),
        );
        let (parts, body) = outcome?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            identity,
        })
    }

    fn request(
        &self,
        ask: &Ask,
        url: &Url,
        token: Option<&Secret>,
        identity: &str,
    ) -> Result<Request<OctoBody>, Failed> {
        let own = url.origin() == self.base.origin();
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(url.as_str())
            .header(header::USER_AGENT, super::USER_AGENT)
            .header(header::ACCEPT, ask.accept)
            .header("x-github-api-version", super::API_VERSION);
        if let Some(token) = token.filter(|_| own) {
            request = request.header(header::AUTHORIZATION, bearer(token)?);
        }
        // A mark that was given to somebody else would never match.
        let known = ask
            .known
            .as_ref()
            .filter(|known| *known.identity == *identity);
        if let Some(known) = known {
            request = request.header(header::IF_NONE_MATCH, &*known.tag);
        }
        let body = match &ask.body {
            None => OctoBody::empty(),
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                OctoBody::from(body.to_string())
            }
        };
        let wrong = |why: http::Error| Failed::Final(ForgeError::Invalid(why.to_string()));
        request.body(body).map_err(wrong)
    }

    /// Reads a body to its end, and not beyond the bound.
    async fn collect(
        &self,
        mut body: http_body_util::combinators::BoxBody<Bytes, octocrab::Error>,
    ) -> Result<Bytes, Failed> {
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame =
                frame.map_err(|error| Failed::Passing(format!("the answer broke off: {error}")))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            self.counters.add_bytes(data.len());
            if whole.len() + data.len() > LARGEST_ANSWER {
                return Err(Failed::Final(ForgeError::Unreadable(format!(
                    "it is larger than {} MB",
                    LARGEST_ANSWER >> 20
                ))));
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    }

    /// Downloads something large; `pieces` gets each piece, and ends when the download does.
    pub(super) async fn download(
        &self,
        ask: &Ask,
        urgency: Urgency,
        pieces: mpsc::Sender<Bytes>,
    ) -> Result<(), ForgeError> {
        let token = self.token(urgency).await?;
        let mut url = self.url(&ask.path)?;
        let bounded = async {
            for _ in 0..=MOST_REDIRECTS {
                let _leave = self.budget.enter(urgency, false).await?;
                let request = self.request(ask, &url, token.as_ref(), "");
                let request = request.map_err(Failed::into_error)?;
                let began = self.clock.now();
                let response = self.octocrab.execute(request).await;
                let response = response.map_err(|error| not_answered(&error).into_error())?;
                let status = response.status();
                self.count(ask, began, Some(status));
                self.budget.observe(status, response.headers(), "");
                if status.is_redirection() {
                    url = self.located(&url, response.headers())?;
                    continue;
                }
                if !status.is_success() {
                    return Err(ForgeError::Unavailable(format!(
                        "{} gave {status}",
                        ask.endpoint
                    )));
                }
                let mut body = response.into_body();
                while let Some(frame) = body.frame().await {
                    let frame = frame.map_err(|error| {
                        ForgeError::Unavailable(format!("the download broke off: {error}"))
                    })?;
                    if let Ok(data) = frame.into_data() {
                        self.counters.add_bytes(data.len());
                        if pieces.send(data).await.is_err() {
                            // Whoever reads has seen enough.
                            break;
                        }
                    }
                }
                return Ok(());
            }
            Err(ForgeError::Unreadable(format!(
                "{} leads in a circle",
                ask.path
            )))
        };
        tokio::select! {
            outcome = bounded => outcome,
            () = self.clock.expire(DOWNLOAD_WITHIN) => Err(ForgeError::Unavailable(
                "the download took too long".to_owned(),
            )),
        }
    }

    /// The token to ask with; an App's is minted if need be.
    async fn token(&self, urgency: Urgency) -> Result<Option<Secret>, ForgeError> {
        match &self.credentials {
            Credentials::Nobody => Ok(None),
            Credentials::Token(token) => Ok(Some(token.clone())),
            Credentials::App(app) => {
                let mint = |proof| self.mint(app.path(), proof, urgency);
                app.token(self.clock.now(), mint).await.map(Some)
            }
        }
    }

    /// Who the bot is. It stays that, so GitHub is asked once.
    pub(super) async fn own_account(
        &self,
        urgency: Urgency,
    ) -> Result<Option<Account>, ForgeError> {
        let ask = |endpoint| async move {
            let account = self
                .account
                .get_or_try_init(|| self.ask_account(endpoint, urgency));
            account.await.cloned().map(Some)
        };
        match &self.credentials {
            Credentials::Nobody => Ok(None),
            Credentials::Token(_) => ask("GET /user").await,
            Credentials::App(_) => ask("GET /app").await,
        }
    }

    /// <https://docs.github.com/en/rest/users/users#get-the-authenticated-user>,
    /// <https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app>
    async fn ask_account(
        &self,
        endpoint: &'static str,
        urgency: Urgency,
    ) -> Result<Account, ForgeError> {
        let ask = Ask::get(endpoint, endpoint.trim_start_matches("GET ").to_owned());
        let (answer, is_app) = match &self.credentials {
            Credentials::App(app) => {
                let proof = app.proof(self.clock.now())?;
                let url = self.url(&ask.path)?;
                let answer = self.exchange(&ask, &url, Some(&proof), urgency).await;
                (answer.map_err(Failed::into_error)?, true)
            }
            _ => (self.send(&ask, urgency).await?, false),
        };
        if !answer.status.is_success() {
            let (status, why) = (answer.status, message_of(&answer));
            return Err(ForgeError::Unauthorized(format!("{status} {why}")));
        }
        let found: WireAccount = read(&answer)?;
        let name = found.slug.or(found.login).unwrap_or_default();
        let login = Login::parse(&name)
            .ok_or_else(|| ForgeError::Unreadable(format!("{endpoint} names nobody")))?;
        Ok(Account { login, is_app })
    }

    /// Minting twice does no harm, so it is tried again like a read.
    async fn mint(
        &self,
        path: String,
        proof: Secret,
        urgency: Urgency,
    ) -> Result<InstallationToken, ForgeError> {
        let ask = Ask::write(
            Method::POST,
            "POST /app/installations/{id}/access_tokens",
            path,
            None,
        );
        let url = self.url(&ask.path)?;
        let mut tries = 1;
        let answer = loop {
            let outcome = self.exchange(&ask, &url, Some(&proof), urgency).await;
            if let Ok(answer) = &outcome
                && let Some(until) =
                    self.budget
                        .observe(answer.status, &answer.headers, &message_of(answer))
            {
                return Err(ForgeError::Limited { until });
            }
            match outcome {
                Ok(answer) if answer.status.is_server_error() && tries < TRIES => {}
                Ok(answer) => break answer,
                Err(Failed::Passing(_) | Failed::NotSent(_)) if tries < TRIES => {}
                Err(failed) => return Err(failed.into_error()),
            }
            self.clock.sleep(FIRST_WAIT * (1 << (tries - 1))).await;
            tries += 1;
        };
        if answer.status != StatusCode::CREATED {
            return Err(ForgeError::Unauthorized(format!(
                "the App gets no token: {} {}",
                answer.status,
                message_of(&answer)
            )));
        }
        // The error may quote what it read, and that is a secret.
        serde_json::from_slice(&answer.body)
            .map_err(|_| ForgeError::Unreadable("the answer holds no token for the App".to_owned()))
    }

    pub(super) fn url(&self, path: &str) -> Result<Url, ForgeError> {
        let text = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|error| ForgeError::Invalid(format!("{path}: {error}")))
    }

    fn located(&self, from: &Url, headers: &HeaderMap) -> Result<Url, ForgeError> {
        let to = headers
            .get(header::LOCATION)
            .and_then(|to| to.to_str().ok())
            .and_then(|to| from.join(to).ok());
        // Nothing that was asked for safely is fetched in the clear.
        to.filter(|to| to.scheme() == "https" || to.scheme() == self.base.scheme())
            .ok_or_else(|| ForgeError::Unreadable("a redirect leads nowhere".to_owned()))
    }

    fn count(&self, ask: &Ask, began: DateTime<Utc>, status: Option<StatusCode>) {
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        if status == Some(StatusCode::NOT_MODIFIED) {
            self.counters.not_modified.fetch_add(1, Ordering::Relaxed);
        }
        let took = (self.clock.now() - began).max(TimeDelta::zero());
        let status = status.map_or("none".to_owned(), |status| status.as_u16().to_string());
        metrics::counter!("kep_liaison_github_requests_total", "endpoint" => ask.endpoint, "status" => status)
            .increment(1);
        metrics::histogram!("kep_liaison_github_request_seconds", "endpoint" => ask.endpoint)
            .record(took.as_seconds_f64());
    }
}

impl Failed {
    fn into_error(self) -> ForgeError {
        match self {
            Self::Passing(why) | Self::NotSent(why) => ForgeError::Unavailable(why),
            Self::Limited(until) => ForgeError::Limited { until },
            Self::Final(error) => error,
        }
    }
}

fn bearer(token: &Secret) -> Result<http::HeaderValue, Failed> {
    let mut value =
        http::HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| {
            let why = "the token has characters that no token has".to_owned();
            Failed::Final(ForgeError::Unauthorized(why))
        })?;
    value.set_sensitive(true);
    Ok(value)
}

/// No answer came: because nothing could be sent, or for an unknown reason.
fn not_answered(error: &octocrab::Error) -> Failed {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut innermost = error.to_string();
    let mut not_sent = false;
    while let Some(cause) = source {
        innermost = cause.to_string();
        let connecting = cause.downcast_ref::<hyper_util::client::legacy::Error>();
        not_sent |= connecting.is_some_and(hyper_util::client::legacy::Error::is_connect);
        source = cause.source();
    }
    if not_sent {
        Failed::NotSent(format!("it cannot be reached ({innermost})"))
    } else {
        Failed::Passing(format!("the connection was lost ({innermost})"))
    }
}

/// What GitHub says is wrong.
fn message_of(answer: &Answer) -> String {
    if answer.status.is_success() || answer.body.is_empty() {
        return String::new();
    }
    let Ok(json) = serde_json::from_slice::<Value>(&answer.body) else {
        return String::new();
    };
    let mut message = json["message"].as_str().unwrap_or_default().to_owned();
    for error in json["errors"].as_array().into_iter().flatten().take(5) {
        let said = error["message"].as_str().map(str::to_owned);
        let coded = || {
            Some(format!(
                "{} {}",
                error["field"].as_str()?,
                error["code"].as_str()?
            ))
        };
        if let Some(said) = said.or_else(coded) {
            message.push_str("; ");
            message.push_str(&said);
        }
    }
    message.chars().take(300).collect()
}

fn refusal(ask: &Ask, status: StatusCode, message: String) -> Failed {
    let place = || format!("{} ({message})", ask.path);
    Failed::Final(match status {
        StatusCode::UNAUTHORIZED => ForgeError::Unauthorized(message),
        StatusCode::FORBIDDEN => ForgeError::Forbidden(message),
        StatusCode::NOT_FOUND => ForgeError::NotFound(place()),
        StatusCode::GONE => ForgeError::Gone(place()),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => ForgeError::Invalid(message),
        status if status.is_server_error() => {
            return Failed::Passing(format!("{status} {message}"));
        }
        status => ForgeError::Unreadable(format!("status {status} {message}")),
    })
}
