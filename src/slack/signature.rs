//! Whether a request comes from Slack, now.
//!
//! `X-Slack-Signature` is `v0=` and the HMAC of `v0:`, the timestamp, `:` and the body's bytes, in
//! hexadecimal digits: <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use chrono::{DateTime, Utc};
use ring::hmac;

use crate::domain::{Secret, text::digest};

/// How far a request's time may be from ours, either way: "more than five minutes from local time"
/// may be a replay.
pub const WINDOW_SECONDS: u64 = 300;

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is not signed.
    #[error("the request has no X-Slack-Signature or no X-Slack-Request-Timestamp")]
    Missing,
    /// What stands there is no signature, or no time.
    #[error("the signature is not v0= and 64 hexadecimal digits, or the time is none")]
    Malformed,
    /// It was signed at another time; or this machine's clock is wrong.
    #[error("the request was signed more than five minutes ago, or will be")]
    Old,
    /// Somebody with another secret signed it, or something else was signed.
    #[error("no workspace's secret gives this signature")]
    Wrong,
}

/// A secret with which one workspace's app signs.
#[derive(Clone)]
pub struct SigningKey(hmac::Key);

impl SigningKey {
    /// The key of a secret; `None` for an empty one, which everybody knows.
    pub fn new(secret: &Secret) -> Option<Self> {
        let secret = secret.expose();
        (!secret.is_empty()).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A signature that was made at a good time.
#[derive(Debug)]
pub struct Signed<'a> {
    signature: [u8; 32],
    timestamp: &'a str,
}

impl<'a> Signed<'a> {
    /// Reads the two headers.
    pub fn read(
        signature: Option<&str>,
        timestamp: Option<&'a str>,
        now: DateTime<Utc>,
    ) -> Result<Self, SignatureError> {
        let (Some(signature), Some(timestamp)) = (signature, timestamp) else {
            return Err(SignatureError::Missing);
        };
        let signature = signature.strip_prefix("v0=").and_then(digest);
        let signature = signature.ok_or(SignatureError::Malformed)?;
        // A sign or a blank would be another text with the same value.
        let is_number = !timestamp.is_empty() && timestamp.bytes().all(|b| b.is_ascii_digit());
        let at = timestamp.parse::<i64>().ok().filter(|_| is_number);
        let at = at.ok_or(SignatureError::Malformed)?;
        if now.timestamp().abs_diff(at) > WINDOW_SECONDS {
            return Err(SignatureError::Old);
        }
        Ok(Self {
            signature,
            timestamp,
        })
    }

    /// The same for the same request, however its header is written. Half a signature is enough to
    /// tell requests apart.
    pub fn fingerprint(&self) -> u128 {
        let [half, _] = self.signature.as_chunks().0 else {
            return 0;
        };
        u128::from_ne_bytes(*half)
    }

    /// Whether it is the one of this body by this key, in a time that does not tell how near a
    /// guess came.
    pub fn is_by(&self, key: &SigningKey, body: &[u8]) -> bool {
        let signed = [b"v0:", self.timestamp.as_bytes(), b":", body].concat();
        hmac::verify(&key.0, &signed, &self.signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's page.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const TIMESTAMP: &str = "1531420618";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn check(
        signature: Option<&str>,
        timestamp: Option<&str>,
        late: i64,
        secret: &str,
        body: &str,
    ) -> Result<(), SignatureError> {
        let now = DateTime::from_timestamp(1_531_420_618 + late, 0).unwrap();
        let signed = Signed::read(signature, timestamp, now)?;
        let key = SigningKey::new(&Secret::new(secret)).unwrap();
        let is_good = signed.is_by(&key, body.as_bytes());
        is_good.then_some(()).ok_or(SignatureError::Wrong)
    }

    #[test]
    fn slacks_own_example_is_believed_for_five_minutes() {
        for (late, outcome) in [
            (0, Ok(())),
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(SignatureError::Old)),
            (-301, Err(SignatureError::Old)),
        ] {
            let seen = check(Some(SIGNATURE), Some(TIMESTAMP), late, SECRET, BODY);
            assert_eq!(seen, outcome, "{late} s late");
        }
    }

    #[test]
    fn nothing_else_is() {
        use SignatureError::{Malformed, Missing, Wrong};
        let longer = format!("{SIGNATURE}00");
        let multibyte = format!("v0={}", "é".repeat(32));
        for (signature, timestamp, error) in [
            (None, Some(TIMESTAMP), Missing),
            (Some(SIGNATURE), None, Missing),
            (Some(&*longer), Some(TIMESTAMP), Malformed),
            (Some(&*multibyte), Some(TIMESTAMP), Malformed),
            (Some(&SIGNATURE[3..]), Some(TIMESTAMP), Malformed),
            (Some(SIGNATURE), Some("+1531420618"), Malformed),
            (Some(SIGNATURE), Some("1531420618 "), Malformed),
            (Some(SIGNATURE), Some(""), Malformed),
            (Some(SIGNATURE), Some("99999999999999999999"), Malformed),
            (Some(SIGNATURE), Some("01531420618"), Wrong),
        ] {
            let seen = check(signature, timestamp, 0, SECRET, BODY);
            assert_eq!(seen, Err(error), "{signature:?} {timestamp:?}");
        }
        for (secret, body) in [("another", BODY), (SECRET, "text=another")] {
            let seen = check(Some(SIGNATURE), Some(TIMESTAMP), 0, secret, body);
            assert_eq!(seen, Err(Wrong));
        }
        assert!(SigningKey::new(&Secret::new("")).is_none());
    }
}
