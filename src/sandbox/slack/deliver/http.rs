//! Deliveries to request URLs, signed.
//!
//! <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use ring::hmac;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{PATIENCE, Tried};
use crate::sandbox::slack::{
    log::{Kind, Outcome},
    outgoing::Outgoing,
    serve::Shared,
};

/// A request as it goes out, to look at and to send again.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Where to.
    pub url: String,
    /// Its headers, the signature among them.
    pub headers: Vec<(String, String)>,
    /// The exact bytes that are signed.
    pub body: String,
}

impl Shared {
    pub(in crate::sandbox::slack) async fn over_http(
        &self,
        outgoing: &Outgoing,
        url: &str,
        retry: u32,
        reason: &str,
    ) -> Tried {
        let mut signed = self.signed(outgoing, url);
        if outgoing.kind == Kind::Event && retry > 0 {
            let number = ("X-Slack-Retry-Num".to_owned(), retry.to_string());
            let reason = ("X-Slack-Retry-Reason".to_owned(), reason.to_owned());
            signed.headers.extend([number, reason]);
        }
        tokio::select! {
            tried = sent(outgoing.kind, &signed) => tried,
            () = self.clock.expire(PATIENCE) => Tried {
                outcome: Outcome::TimedOut,
                no_retry: false,
            },
        }
    }

    /// Commands and interactions are forms; events are JSON.
    pub(in crate::sandbox::slack) fn signed(&self, outgoing: &Outgoing, url: &str) -> Signed {
        let (kind, body) = match outgoing.kind {
            Kind::Event => ("application/json", outgoing.payload.to_string()),
            Kind::Interaction => (
                FORM,
                form(&json!({"payload": outgoing.payload.to_string()})),
            ),
            Kind::Command => (FORM, form(&outgoing.payload)),
        };
        let state = self.lock();
        let secret = &state.team(&outgoing.team).app.signing_secret;
        let timestamp = state.now().timestamp();
        let headers = [
            (
                "User-Agent",
                "Slackbot 1.0 (+https://api.slack.com/robots)".to_owned(),
            ),
            ("Accept", "*/*".to_owned()),
            ("Content-Type", kind.to_owned()),
            ("X-Slack-Request-Timestamp", timestamp.to_string()),
            ("X-Slack-Signature", signature(secret, timestamp, &body)),
        ];
        Signed {
            url: url.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
            body,
        }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(fields: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        form.append_pair(name, value.as_str().unwrap_or_default());
    }
    form.finish()
}

fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    use std::fmt::Write as _;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes());
    let mut signature = String::from("v0=");
    for byte in tag.as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(signature, "{byte:02x}");
    }
    signature
}

impl Signed {
    /// Sends it, as often as one likes: the status and body answered, or `None` without an answer.
    pub async fn send(&self) -> Option<(u16, String)> {
        let response = self.response().await?;
        let status = response.status().as_u16();
        Some((
            status,
            String::from_utf8_lossy(response.body()).into_owned(),
        ))
    }

    async fn response(&self) -> Option<Response<Bytes>> {
        let mut request = Request::post(&self.url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(self.body.clone())))
            .ok()?;
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = client.request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Response::from_parts(head, body))
    }
}

async fn sent(kind: Kind, signed: &Signed) -> Tried {
    let Some(response) = signed.response().await else {
        return Tried {
            outcome: Outcome::NotConnected,
            no_retry: false,
        };
    };
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    Tried {
        outcome: outcome(kind, header(header::CONTENT_TYPE.as_str()), &response),
        no_retry: header("x-slack-no-retry") == Some("1"),
    }
}

/// A 200 with a body that says nothing, a text, or JSON. Events want a 2xx and no body.
fn outcome(kind: Kind, content_type: Option<&str>, response: &Response<Bytes>) -> Outcome {
    let status = response.status();
    let is_fine = match kind {
        Kind::Event => status.is_success(),
        Kind::Command | Kind::Interaction => status.as_u16() == 200,
    };
    if !is_fine {
        return Outcome::Status(status.as_u16());
    }
    let body = response.body();
    if kind == Kind::Event || body.is_empty() {
        return Outcome::Acked(Value::Null);
    }
    let is_json = content_type.is_some_and(|kind| kind.starts_with("application/json"));
    match (is_json, std::str::from_utf8(body)) {
        (_, Err(_)) => Outcome::Junk("the body is not UTF-8".to_owned()),
        (true, Ok(text)) => match serde_json::from_str(text) {
            Ok(value) => Outcome::Acked(value),
            Err(error) => Outcome::Junk(format!("the body is not the JSON it says: {error}")),
        },
        (false, Ok(text)) => Outcome::Acked(text.into()),
    }
}
