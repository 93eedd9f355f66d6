//! Who a request comes from, by its `Authorization` header.
//!
//! <https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api>

mod jwt;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    answer::Refusal,
    people::{Caller, Token},
    request::Call,
    state::State,
};

impl State {
    /// The token a request bears. "If you try to use a REST API endpoint without a token or with a
    /// token that has insufficient permissions, you will receive a 404 Not Found or 403 Forbidden
    /// response. Authenticating with invalid credentials will initially return a 401 Unauthorized."
    pub(super) fn authenticate(&self, call: &Call) -> Result<Token, Refusal> {
        let Some(header) = call.header("authorization") else {
            return Ok(Token::lasting(Caller::Anonymous));
        };
        let bad_credentials = || Refusal::unauthorized("Bad credentials");
        let (scheme, rest) = header.split_once(' ').ok_or_else(bad_credentials)?;
        let rest = rest.trim();
        let bearer = match scheme.to_ascii_lowercase().as_str() {
            "bearer" | "token" => rest.to_owned(),
            "basic" => password(rest).ok_or_else(bad_credentials)?,
            _ => return Err(bad_credentials()),
        };
        if bearer.split('.').count() == 3 {
            let app = self.signer(&bearer)?.id;
            return Ok(Token::lasting(Caller::App(app)));
        }
        let token = self.tokens.get(&bearer).ok_or_else(bad_credentials)?;
        let now = self.exact_now();
        if token.expires.is_some_and(|expires| expires <= now) {
            return Err(bad_credentials());
        }
        if let Caller::Installation(id) = token.caller
            && self
                .installations
                .get(&id)
                .is_some_and(|installation| installation.is_suspended)
        {
            return Err(Refusal::forbidden("This installation has been suspended"));
        }
        Ok(token.clone())
    }
}

/// The second half of `login:token`, in base64.
fn password(credentials: &str) -> Option<String> {
    let decoded = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
    Some(decoded.split_once(':')?.1.to_owned())
}
