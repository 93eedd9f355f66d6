//! Signing in by the device flow: a code is entered on GitHub's page, and meanwhile one asks whether it
//! was. It lives on the host that people see, not on the API's.
//!
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow>

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    auth::Credentials,
    client::Client,
    exchange::{Answer, Ask, Counters},
};
use crate::{
    domain::{Login, Secret},
    ports::{
        Clock, Dice, ForgeError,
        sign_in::{Begun, Proved, SignIn, SignInError, Stand},
    },
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// "The default is 900 seconds or 15 minutes."
const LONGEST: Duration = Duration::from_hours(1);
/// How often the account is asked for: what was approved is given once.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(2);

/// The device flow of one App.
pub struct DeviceFlow {
    web: Client,
    api: Client,
    page: Url,
    client_id: Box<str>,
    clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Codes {
    device_code: Secret,
    user_code: Box<str>,
    verification_uri: Option<Box<str>>,
    expires_in: u64,
    interval: Option<u64>,
}

/// An answer to the question for a token: one of the two.
#[derive(Deserialize)]
struct Given {
    access_token: Option<Secret>,
    error: Option<String>,
    interval: Option<u64>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    id: u64,
}

impl DeviceFlow {
    /// The flow of the App with a client id, whose pages and API are at these addresses.
    pub fn new(
        web_url: &str,
        api_url: &str,
        client_id: &str,
        clock: &Arc<dyn Clock>,
        dice: &Arc<dyn Dice>,
    ) -> Result<Self, ForgeError> {
        let base = |url: &str| {
            Url::parse(url).map_err(|error| ForgeError::Invalid(format!("{url}: {error}")))
        };
        let client = |url: &Url| {
            let counters = Arc::<Counters>::default();
            Client::new(
                url,
                Credentials::Nobody,
                counters,
                clock.clone(),
                dice.clone(),
            )
        };
        let web = client(&base(web_url)?)?;
        Ok(Self {
            page: web.url("/login/device")?,
            web,
            api: client(&base(api_url)?)?,
            client_id: client_id.into(),
            clock: clock.clone(),
        })
    }

    async fn ask(
        &self,
        endpoint: &'static str,
        path: &str,
        body: Value,
    ) -> Result<Answer, SignInError> {
        let ask = Ask::sign_in(endpoint, path.to_owned(), body);
        let answer = self.web.once(&ask, None).await.map_err(not_asked)?;
        if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(SignInError::Unavailable(answer.status.to_string()));
        }
        Ok(answer)
    }

    /// Whose the token is. It is good for nothing afterwards, because nobody has it.
    async fn account(&self, token: Secret) -> Result<Proved, SignInError> {
        let ask = Ask::get("GET /user", "/user".to_owned());
        let mut tries = 1;
        loop {
            let why = match self.api.once(&ask, Some(&token)).await {
                Ok(answer) if answer.status.is_success() => return proved(&answer),
                Ok(answer) => answer.status.to_string(),
                Err(error) => error.to_string(),
            };
            if tries == TRIES {
                return Err(SignInError::Lost(why));
            }
            tries += 1;
            self.clock.sleep(BETWEEN_TRIES).await;
        }
    }
}

#[async_trait]
impl SignIn for DeviceFlow {
    async fn begin(&self) -> Result<Begun, SignInError> {
        // No scope: the login is public.
        let body = json!({ "client_id": *self.client_id, "scope": "" });
        let endpoint = "POST /login/device/code";
        let answer = self.ask(endpoint, "/login/device/code", body).await?;
        let codes: Codes = match serde_json::from_slice(&answer.body) {
            Ok(codes) if answer.status.is_success() => codes,
            _ => return Err(refused(&answer)),
        };
        let is_code = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if codes.user_code.len() > 32 || !codes.user_code.chars().all(is_code) {
            return Err(SignInError::Refused("its code is none".to_owned()));
        }
        let page = codes
            .verification_uri
            .filter(|page| Url::parse(page).is_ok_and(|page| page.origin() == self.page.origin()));
        Ok(Begun {
            device: codes.device_code,
            code: codes.user_code,
            page: page.unwrap_or_else(|| self.page.as_str().into()),
            expires_in: Duration::from_secs(codes.expires_in).min(LONGEST),
            interval: Duration::from_secs(codes.interval.unwrap_or(5).max(1)).min(LONGEST),
        })
    }

    async fn look(&self, begun: &Begun) -> Result<Stand, SignInError> {
        let body = json!({
            "client_id": *self.client_id,
            "device_code": begun.device.expose(),
            "grant_type": GRANT,
        });
        let endpoint = "POST /login/oauth/access_token";
        let answer = self
            .ask(endpoint, "/login/oauth/access_token", body)
            .await?;
        let Ok(given) = serde_json::from_slice::<Given>(&answer.body) else {
            return Err(refused(&answer));
        };
        if let Some(token) = given.access_token {
            return self.account(token).await.map(Stand::Approved);
        }
        match given.error.as_deref() {
            Some("authorization_pending") => Ok(Stand::Pending),
            Some("slow_down") => {
                let interval = given.interval.map(Duration::from_secs);
                Ok(Stand::SlowDown(interval.map(|time| time.min(LONGEST))))
            }
            Some("access_denied") => Ok(Stand::Denied),
            Some("expired_token" | "token_expired") => Ok(Stand::Expired),
            _ => Err(refused(&answer)),
        }
    }
}

fn not_asked(error: ForgeError) -> SignInError {
    match error {
        ForgeError::Invalid(why) => SignInError::Refused(why),
        error => SignInError::Unavailable(error.to_string()),
    }
}

fn proved(answer: &Answer) -> Result<Proved, SignInError> {
    let account: Option<Account> = serde_json::from_slice(&answer.body).ok();
    let read = account.and_then(|account| {
        Some(Proved {
            login: Login::parse(&account.login)?,
            id: account.id,
        })
    });
    read.ok_or_else(|| SignInError::Lost("its answer names no account".to_owned()))
}

/// What an answer refuses. Its words are not repeated but for the error's name: it may quote a code.
fn refused(answer: &Answer) -> SignInError {
    let given: Option<Given> = serde_json::from_slice(&answer.body).ok();
    let name = given.and_then(|given| given.error).unwrap_or_default();
    match name.as_str() {
        "device_flow_disabled" => SignInError::Disabled,
        "incorrect_client_credentials" | "unauthorized_client" => SignInError::NoApp,
        _ if answer.status == StatusCode::NOT_FOUND => SignInError::NoApp,
        name if !name.is_empty()
            && name.len() <= 40
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') =>
        {
            SignInError::Refused(name.to_owned())
        }
        _ => SignInError::Refused(answer.status.to_string()),
    }
}
