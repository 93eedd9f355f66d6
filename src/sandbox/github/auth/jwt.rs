//! The signed token by which a GitHub App says who it is.
//!
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use super::State;
use crate::sandbox::github::{answer::Refusal, people::App};

/// Seconds that `exp` may lie ahead.
const LONGEST: i64 = 10 * 60;

impl State {
    /// The App that signed this token, or what GitHub says of a token it does not take.
    pub(super) fn signer(&self, token: &str) -> Result<&App, Refusal> {
        let undecodable = || Refusal::unauthorized("A JSON web token could not be decoded");
        let (signed, signature) = token.rsplit_once('.').ok_or_else(undecodable)?;
        let (header, claims) = signed.split_once('.').ok_or_else(undecodable)?;
        let header = decoded(header).ok_or_else(undecodable)?;
        let claims = decoded(claims).ok_or_else(undecodable)?;
        let signature = BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| undecodable())?;
        if header["alg"] != "RS256" {
            return Err(undecodable());
        }
        let app = self.issuer(&claims["iss"])?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &app.public_key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| undecodable())?;
        check_times(&claims, self.exact_now())?;
        Ok(app)
    }

    /// `iss` is the App's number or its client id.
    fn issuer(&self, claim: &Value) -> Result<&App, Refusal> {
        let missing = "'Issuer' claim ('iss') must be an Integer";
        let known = match claim {
            Value::Number(number) => number.as_u64().and_then(|number| self.apps.get(&number)),
            Value::String(text) => self
                .apps
                .values()
                .find(|app| *text == app.id.to_string() || *text == app.client_id()),
            _ => return Err(Refusal::unauthorized(missing)),
        };
        known.ok_or_else(|| Refusal::not_found_because("Integration not found"))
    }
}

/// "exp: […] The time must be no more than 10 minutes into the future. iat: […] To protect against
/// clock drift, we recommend that you set this 60 seconds in the past".
fn check_times(claims: &Value, now: DateTime<Utc>) -> Result<(), Refusal> {
    let now = now.timestamp();
    let expires = claims["exp"].as_i64().filter(|expires| *expires > now);
    let issued = claims["iat"].as_i64().filter(|issued| *issued <= now);
    let Some(expires) = expires else {
        return Err(Refusal::unauthorized(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time \
            at which the assertion expires",
        ));
    };
    if expires > now + LONGEST {
        let message = "'Expiration time' claim ('exp') is too far in the future";
        return Err(Refusal::unauthorized(message));
    }
    if issued.is_none() {
        return Err(Refusal::unauthorized(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion \
            was issued",
        ));
    }
    Ok(())
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
