//! The device flow: a client asks for a code, a person enters it on GitHub's page, and the client gets a
//! token of theirs. It lives beside the API, on the host that people see, and knows none of its limits.
//!
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow>

use std::collections::HashMap;

use chrono::TimeDelta;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{
    GitHub,
    answer::Answer,
    people::{Caller, Right, Token},
    repository::Moment,
    request::Call,
    state::State,
};

/// Where it lives.
pub(super) const PLACE: &str = "/login/";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// "The default is 900 seconds or 15 minutes."
const GOOD_FOR: TimeDelta = TimeDelta::minutes(15);
/// "If the interval is 5, then you cannot make a new request until 5 seconds pass."
const INTERVAL: i64 = 5;
const DOCUMENTATION: &str = "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow";

/// Apps that people sign in by, and the codes that were given.
#[derive(Debug, Default)]
pub(super) struct Devices {
    /// Whether each App allows the flow, by its client id.
    apps: HashMap<String, bool>,
    /// By what the client knows.
    codes: HashMap<String, Code>,
}

#[derive(Debug)]
struct Code {
    client_id: String,
    /// What a person enters.
    typed: String,
    until: Moment,
    interval: i64,
    asked: Option<Moment>,
    said: Option<Said>,
}

#[derive(Debug, Clone, Copy)]
enum Said {
    Yes(u64),
    No,
}

impl GitHub {
    /// Registers an OAuth App that allows the device flow; its client id.
    pub fn oauth_app(&self) -> String {
        let mut state = self.lock();
        let client_id = format!("Ov23li{:014}", state.new_id());
        state.devices.apps.insert(client_id.clone(), true);
        client_id
    }

    /// Allows the device flow to an App, or no longer.
    pub fn allow_device_flow(&self, client_id: &str, is_allowed: bool) {
        let mut state = self.lock();
        state.devices.apps.insert(client_id.to_owned(), is_allowed);
    }

    /// Somebody enters a code on the page, and authorizes the App or cancels. The page does not know a
    /// code that is used, cancelled or too old.
    pub fn enter_code(&self, login: &str, code: &str, is_authorized: bool) -> Result<(), String> {
        let mut state = self.lock();
        let (user, now) = (state.user(login), state.exact_now());
        let entered: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut codes = state.devices.codes.values_mut();
        let code = codes.find(|known| {
            known.typed.replace('-', "") == entered.to_uppercase()
                && known.said.is_none()
                && known.until > now
        });
        let code = code.ok_or("GitHub knows no such code, or it is too old.")?;
        code.said = Some(if is_authorized {
            Said::Yes(user)
        } else {
            Said::No
        });
        state.log.touch();
        Ok(())
    }

    /// Gives an account another login.
    /// <https://docs.github.com/en/account-and-profile/concepts/username-changes>
    pub fn rename_account(&self, login: &str, to: &str) {
        self.lock().rename_user(login, to);
    }

    /// An account is gone.
    /// <https://docs.github.com/en/account-and-profile/concepts/account-management#deletion-of-your-personal-account>
    pub fn delete_account(&self, login: &str) {
        self.lock().delete_user(login);
    }
}

impl State {
    /// Answers what is asked there.
    pub(super) fn sign_in(&mut self, call: &Call) -> Answer {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        let asked = asked(call);
        let body = match (&call.method, segments.as_slice()) {
            (&Method::POST, ["login", "device", "code"]) => self.device_code(&asked),
            (&Method::POST, ["login", "oauth", "access_token"]) => self.device_token(&asked),
            _ => return not_found(),
        };
        match body {
            Ok(body) => answer(call, StatusCode::OK, &body),
            Err(Wrong::NoApp) => not_found(),
            Err(Wrong::Of(status, error, words)) => {
                let body = json!({
                    "error": error,
                    "error_description": words,
                    "error_uri": DOCUMENTATION,
                });
                answer(call, status, &body)
            }
            Err(Wrong::SlowDown(interval)) => {
                let body = json!({
                    "error": "slow_down",
                    "error_description": "Too many requests have been made in the same timeframe.",
                    "error_uri": DOCUMENTATION,
                    "interval": interval,
                });
                answer(call, StatusCode::OK, &body)
            }
        }
    }

    fn device_code(&mut self, asked: &HashMap<String, String>) -> Result<Value, Wrong> {
        let client_id = asked.get("client_id").ok_or(Wrong::NoApp)?;
        match self.devices.apps.get(client_id) {
            None => return Err(Wrong::NoApp),
            // "Device flow has not been enabled in the app's settings."
            Some(false) => {
                return Err(Wrong::Of(
                    StatusCode::BAD_REQUEST,
                    "device_flow_disabled",
                    "Device Flow must be explicitly enabled for this App",
                ));
            }
            Some(true) => {}
        }
        // "8 characters with a hyphen in the middle", and "40 characters".
        let user_code = letters(self.new_id());
        let device_code = format!("{:040x}", u128::from(self.new_id()) * 0x9E37_79B9_7F4A_7C15);
        let code = Code {
            client_id: client_id.clone(),
            typed: user_code.clone(),
            until: self.exact_now() + GOOD_FOR,
            interval: INTERVAL,
            asked: None,
            said: None,
        };
        self.devices.codes.insert(device_code.clone(), code);
        Ok(json!({
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": format!("{}/login/device", self.web_host()),
            "expires_in": GOOD_FOR.num_seconds(),
            "interval": INTERVAL,
        }))
    }

    fn device_token(&mut self, asked: &HashMap<String, String>) -> Result<Value, Wrong> {
        let said = |key: &str| asked.get(key).map_or("", String::as_str);
        if said("grant_type") != GRANT {
            return Err(Wrong::usual(
                "unsupported_grant_type",
                "The grant type must be urn:ietf:params:oauth:grant-type:device_code",
            ));
        }
        let client_id = said("client_id");
        if !self.devices.apps.contains_key(client_id) {
            return Err(Wrong::usual(
                "incorrect_client_credentials",
                "The client_id is not valid.",
            ));
        }
        let now = self.exact_now();
        let device_code = said("device_code");
        let code = self.devices.codes.get_mut(device_code);
        let code = code
            .filter(|code| code.client_id == client_id)
            .ok_or(Wrong::usual(
                "incorrect_device_code",
                "The device_code provided is not valid.",
            ))?;
        if code.until <= now {
            return Err(Wrong::usual(
                "expired_token",
                "The device code has expired.",
            ));
        }
        // "5 extra seconds are added to the minimum interval".
        let is_early = code
            .asked
            .is_some_and(|asked| now < asked + TimeDelta::seconds(code.interval));
        code.asked = Some(now);
        if is_early {
            code.interval += 5;
            return Err(Wrong::SlowDown(code.interval));
        }
        match code.said {
            None => Err(Wrong::usual(
                "authorization_pending",
                "The authorization request is still pending.",
            )),
            // "the user won't be able to use the verification code again"
            Some(Said::No) => Err(Wrong::usual(
                "access_denied",
                "The authorization request was denied.",
            )),
            Some(Said::Yes(user)) => {
                self.devices.codes.remove(device_code);
                let token = format!("gho_{:036}", self.new_id());
                // Without a scope, it reads what is public.
                let of = Token {
                    at_most: Right::Read,
                    ..Token::lasting(Caller::User(user))
                };
                self.tokens.insert(token.clone(), of);
                Ok(json!({"access_token": token, "token_type": "bearer", "scope": ""}))
            }
        }
    }

    /// The address of what people see: without the path that an Enterprise server's API has.
    fn web_host(&self) -> &str {
        self.base.strip_suffix("/api/v3").unwrap_or(&self.base)
    }
}

/// Why there is no code, or no token.
enum Wrong {
    /// There is no such App. Nothing documents the answer; GitHub gives 404.
    NoApp,
    Of(StatusCode, &'static str, &'static str),
    SlowDown(i64),
}

impl Wrong {
    /// Errors of the flow come with status 200.
    fn usual(error: &'static str, words: &'static str) -> Self {
        Self::Of(StatusCode::OK, error, words)
    }
}

fn not_found() -> Answer {
    Answer::json(StatusCode::NOT_FOUND, &json!({"error": "Not Found"}))
}

/// "By default, the response takes the following form" of a query; JSON where that is accepted.
fn answer(call: &Call, status: StatusCode, body: &Value) -> Answer {
    if call.wants("application/json") {
        return Answer::json(status, body);
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in body.as_object().into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        form.append_pair(key, &value);
    }
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    Answer::bytes(status, kind, form.finish())
}

/// What is asked, as the address, a form or JSON says it.
fn asked(call: &Call) -> HashMap<String, String> {
    let mut asked: HashMap<String, String> = call.query.iter().cloned().collect();
    match serde_json::from_slice::<Map<String, Value>>(&call.body) {
        Ok(body) => {
            let texts = body.into_iter();
            asked.extend(texts.filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))));
        }
        Err(_) => asked.extend(form_urlencoded::parse(&call.body).into_owned()),
    }
    asked
}

/// A code for a number: letters that no one takes for another.
fn letters(number: u64) -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    let mut rest = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut letter = || {
        let at = usize::try_from(rest % 20).unwrap_or_default();
        rest /= 20;
        char::from(LETTERS[at])
    };
    let half: String = (0..4).map(|_| letter()).collect();
    let other: String = (0..4).map(|_| letter()).collect();
    format!("{half}-{other}")
}
