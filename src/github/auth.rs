//! Who the bot is: nobody, a token's account, or an installed App, whose short-lived tokens are
//! minted once however many ask.
//!
//! Rules: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ring::{digest, rand::SystemRandom, signature};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{domain::Secret, ports::ForgeError};

/// An installation token is replaced when it has less than this to live.
const RENEW_BEFORE: TimeDelta = TimeDelta::minutes(5);

/// Who the bot is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Nobody: public repositories can be read, 60 requests an hour.
    Nobody,
    /// The account that a token belongs to.
    Token(Secret),
    /// An App, installed in an organisation.
    App(Arc<App>),
}

/// An installed App.
#[derive(Debug)]
pub struct App {
    id: u64,
    installation: u64,
    key: signature::RsaKeyPair,
    minted: Mutex<Option<Minted>>,
}

#[derive(Debug, Clone)]
struct Minted {
    token: Secret,
    expires_at: DateTime<Utc>,
}

/// What GitHub answers when a token is minted.
#[derive(Deserialize)]
pub(super) struct InstallationToken {
    token: String,
    expires_at: DateTime<Utc>,
}

impl App {
    /// An App with its private key as GitHub gives it (PEM, PKCS #1 or #8). The error says what
    /// is wrong with the key, and holds nothing of it.
    pub fn new(id: u64, installation: u64, private_key: &Secret) -> Result<Self, String> {
        let wrong = "the App's private key is not a usable RSA key in PEM form";
        let key = PrivateKeyDer::from_pem_slice(private_key.expose().as_bytes())
            .map_err(|_| format!("{wrong}; want the file that GitHub gave, whole"))?;
        let key = match &key {
            PrivateKeyDer::Pkcs1(der) => signature::RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => signature::RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(format!("{wrong}; it is a key of another kind")),
        };
        Ok(Self {
            id,
            installation,
            key: key.map_err(|why| format!("{wrong}: {why}"))?,
            minted: Mutex::default(),
        })
    }

    /// Where its tokens are minted.
    pub(super) fn path(&self) -> String {
        format!("/app/installations/{}/access_tokens", self.installation)
    }

    /// A token that is good for a while, minted by `mint` if need be: by one caller, while the
    /// others wait.
    pub(super) async fn token<F>(
        &self,
        now: DateTime<Utc>,
        mint: impl FnOnce(Secret) -> F,
    ) -> Result<Secret, ForgeError>
    where
        F: Future<Output = Result<InstallationToken, ForgeError>>,
    {
        let mut minted = self.minted.lock().await;
        if let Some(minted) = &*minted
            && minted.expires_at - now > RENEW_BEFORE
        {
            return Ok(minted.token.clone());
        }
        let fresh = mint(self.proof(now)?).await?;
        let token = Secret::new(&fresh.token);
        *minted = Some(Minted {
            token: token.clone(),
            expires_at: fresh.expires_at,
        });
        Ok(token)
    }

    /// Forgets a token that GitHub does not take any more.
    pub(super) async fn forget(&self, refused: &Secret) {
        let mut minted = self.minted.lock().await;
        minted.take_if(|minted| minted.token.expose() == refused.expose());
    }

    /// A JSON Web Token that proves, for nine minutes, to be the App. It is dated back a minute,
    /// as GitHub advises, in case the clocks differ.
    pub(super) fn proof(&self, now: DateTime<Utc>) -> Result<Secret, ForgeError> {
        let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
        let claims = serde_json::json!({
            "iat": (now - TimeDelta::seconds(60)).timestamp(),
            "exp": (now + TimeDelta::minutes(9)).timestamp(),
            "iss": self.id.to_string(),
        });
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &signature::RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(|_| ForgeError::Unauthorized("the App's key cannot sign".to_owned()))?;
        Ok(Secret::new(&format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(&signature)
        )))
    }
}

/// A fingerprint of a token, by which validators are told apart; nothing can be made from it.
pub(super) fn identity(token: Option<&Secret>) -> Box<str> {
    let Some(token) = token else {
        return "nobody".into();
    };
    let digest = digest::digest(&digest::SHA256, token.expose().as_bytes());
    super::hex(&digest.as_ref()[..8]).into()
}
