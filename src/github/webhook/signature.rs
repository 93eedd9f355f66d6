//! Whether a request comes from somebody who knows the secret.

use ring::hmac;

use crate::domain::{Secret, text::digest};

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is not signed.
    #[error("the request has no X-Hub-Signature-256")]
    Missing,
    /// What stands there is no signature.
    #[error("X-Hub-Signature-256 is not sha256= and 64 hexadecimal digits")]
    Malformed,
    /// Somebody with another secret signed it, or something else was signed.
    #[error("the signature is not the one of this body")]
    Wrong,
    /// There is no secret, and one that everybody knows protects nothing.
    #[error("no webhook secret is set")]
    NoSecret,
}

/// Whether `body` was signed with `secret`, in a time that does not tell how near a guess came.
///
/// `X-Hub-Signature-256` is `sha256=` and the HMAC of the body's bytes in hexadecimal digits:
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
pub fn verify(
    secret: &Secret,
    signature_header: Option<&str>,
    body: &[u8],
) -> Result<(), SignatureError> {
    let header = signature_header.ok_or(SignatureError::Missing)?;
    let signature = header.strip_prefix("sha256=").and_then(digest);
    let signature = signature.ok_or(SignatureError::Malformed)?;
    if secret.expose().is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    hmac::verify(&key, body, &signature).map_err(|_| SignatureError::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's page.
    const SECRET: &str = "It's a Secret to Everybody";
    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn check(secret: &str, header: Option<&str>, body: &str) -> Result<(), SignatureError> {
        verify(&Secret::new(secret), header, body.as_bytes())
    }

    #[test]
    fn githubs_own_example_is_believed() {
        assert_eq!(check(SECRET, Some(SIGNATURE), "Hello, World!"), Ok(()));
    }

    #[test]
    fn nothing_else_is() {
        use SignatureError::{Malformed, Missing, NoSecret, Wrong};
        let sha1 = "sha1=757107ea0eb2509fc211221cce984b8a37570b6d";
        let multibyte = format!("sha256={}", "é".repeat(32));
        let longer = format!("{SIGNATURE}00");
        for (secret, header, body, error) in [
            (SECRET, None, "Hello, World!", Missing),
            (SECRET, Some(SIGNATURE), "Hello, World?", Wrong),
            ("another", Some(SIGNATURE), "Hello, World!", Wrong),
            (SECRET, Some(&SIGNATURE[..70]), "Hello, World!", Malformed),
            (SECRET, Some(&SIGNATURE[7..]), "Hello, World!", Malformed),
            (SECRET, Some(&longer), "Hello, World!", Malformed),
            (SECRET, Some(sha1), "Hello, World!", Malformed),
            (SECRET, Some(&multibyte), "Hello, World!", Malformed),
            (SECRET, Some(""), "Hello, World!", Malformed),
            ("", Some(SIGNATURE), "Hello, World!", NoSecret),
        ] {
            assert_eq!(check(secret, header, body), Err(error), "{header:?}");
        }
    }
}
