//! The routes that Slack sends to: whom they believe, and that nobody else causes anything.

mod crowd;
mod happenings;
mod hostile;
mod payloads;

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use kep_liaison::{
    domain::Secret,
    ports::Clock as _,
    sandbox::clock::ManualClock,
    slack::{
        inbound::Inbound,
        receive::{NotTaken, Receive},
        signature::SigningKey,
    },
    web::{
        serve::{Limits, serve},
        slack::{LARGEST_BODY, Signatory, router},
    },
};
use ring::hmac;
use tokio::{net::TcpListener, task::AbortHandle};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const OTHER_SECRET: &str = "of the other workspace";

/// A command as Slack's page shows it.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling>
const COMMAND: &str = "token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0001&team_domain=example&enterprise_id=E0001&enterprise_name=Globular%20Construct%20Inc&channel_id=C2147483705&channel_name=test&user_id=U2147483697&user_name=Steve&command=/kep&text=status%205825&response_url=https://hooks.slack.com/commands/1234/5678&trigger_id=13345224609.738474920.8088930838d88f008e0&api_app_id=A123456";

/// What was handed over: the workspace, the thing, and whether it came before.
type HandedOver = (String, Inbound, bool);

/// Notes what it takes in, and answers each command.
#[derive(Default)]
struct Noting(Mutex<Vec<HandedOver>>);

#[async_trait]
impl Receive for Noting {
    async fn receive(
        &self,
        workspace: &str,
        inbound: Inbound,
        again: bool,
    ) -> Result<Option<Bytes>, NotTaken> {
        let answer = matches!(inbound, Inbound::Command(_));
        let mut noted = self.0.lock().expect("nobody panicked");
        noted.push((workspace.to_owned(), inbound, again));
        Ok(answer.then(|| Bytes::from_static(br#"{"text":"KEP-5825"}"#)))
    }
}

/// The routes of two workspaces behind a socket.
struct Route {
    base: String,
    clock: ManualClock,
    noting: Arc<Noting>,
    client: Client<HttpConnector, Full<Bytes>>,
    task: AbortHandle,
}

impl Drop for Route {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn now() -> DateTime<Utc> {
    "2026-07-06T09:00:00Z".parse().expect("a moment")
}

impl Route {
    async fn start() -> Self {
        Self::within(Limits::default()).await
    }

    /// The routes, whose connections may take so much.
    async fn within(limits: Limits) -> Self {
        let signatory = |workspace: &str, secret: &str, team: &str| Signatory {
            workspace: workspace.into(),
            key: SigningKey::new(&Secret::new(secret)).expect("a secret"),
            team: Arc::new(OnceLock::from(Box::from(team))),
        };
        let signatories = vec![
            signatory("cncf", OTHER_SECRET, "T0002"),
            signatory("kubernetes", SECRET, "T0001"),
        ];
        let clock = ManualClock::at(now());
        let noting = Arc::new(Noting::default());
        let router = router(signatories, noting.clone(), Arc::new(clock.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let serve = serve(listener, router, limits, std::future::pending());
        Self {
            base: format!("http://{address}"),
            clock,
            noting,
            client: Client::builder(TokioExecutor::new()).build_http(),
            task: tokio::spawn(serve).abort_handle(),
        }
    }

    fn taken(&self) -> Vec<HandedOver> {
        std::mem::take(&mut *self.noting.0.lock().expect("nobody panicked"))
    }

    /// A command that is signed now.
    fn command(&self) -> Ask {
        self.signed("/slack/commands", COMMAND)
    }

    fn signed(&self, path: &'static str, body: impl Into<Bytes>) -> Ask {
        let at = self.clock.now().timestamp().to_string();
        Ask {
            method: Method::POST,
            path,
            headers: Vec::new(),
            body: body.into(),
        }
        .signed_at(&at, SECRET)
    }

    async fn send(&self, ask: &Ask) -> (StatusCode, HeaderMap, String) {
        let uri = format!("{}{}", self.base, ask.path);
        let mut request = Request::builder().method(&ask.method).uri(uri);
        for (name, value) in &ask.headers {
            request = request.header(*name, value.as_bytes());
        }
        let request = request
            .body(Full::new(ask.body.clone()))
            .expect("a request");
        let answer = self.client.request(request).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        (head.status, head.headers, body)
    }

    /// Sends it, and sees that it is refused in this way and causes nothing.
    async fn refuses(&self, ask: &Ask, status: StatusCode) -> String {
        let (seen, _, body) = self.send(ask).await;
        assert_eq!(seen, status, "{ask:?}");
        assert_eq!(self.taken(), [], "{ask:?}");
        body
    }
}

/// A request that a test spoils.
#[derive(Debug, Clone)]
struct Ask {
    method: Method,
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Ask {
    fn signed_at(self, timestamp: &str, secret: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = [b"v0:", timestamp.as_bytes(), b":", &self.body].concat();
        let mut signature = "v0=".to_owned();
        for byte in hmac::sign(&key, &signed).as_ref() {
            write!(signature, "{byte:02x}").expect("a text grows");
        }
        self.with("x-slack-request-timestamp", timestamp)
            .with("x-slack-signature", &signature)
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(own, _)| *own != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| *own != name);
        self
    }
}

#[tokio::test]
async fn a_signed_command_is_answered_with_a_message() {
    let route = Route::start().await;
    let (status, headers, body) = route.send(&route.command()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(body, r#"{"text":"KEP-5825"}"#);
    let taken = route.taken();
    let [(workspace, Inbound::Command(command), false)] = &*taken else {
        panic!("{taken:?}");
    };
    assert_eq!(
        (&**workspace, &*command.text, &*command.from.user),
        ("kubernetes", "status 5825", "U2147483697")
    );
}

#[tokio::test]
async fn the_secret_says_which_workspace_it_is() {
    let route = Route::start().await;
    let body = COMMAND.replace("T0001", "T0002");
    let at = now().timestamp().to_string();
    let ask = route
        .signed("/slack/commands", body)
        .signed_at(&at, OTHER_SECRET);
    assert_eq!(route.send(&ask).await.0, StatusCode::OK);
    assert_eq!(route.taken()[0].0, "cncf");
    // One workspace's secret does not speak for another.
    let ask = route.command().signed_at(&at, OTHER_SECRET);
    assert_eq!(route.refuses(&ask, StatusCode::UNAUTHORIZED).await, "");
}

#[tokio::test]
async fn what_comes_a_second_time_says_so() {
    let route = Route::start().await;
    let ask = route.command();
    for _ in 0..2 {
        assert_eq!(route.send(&ask).await.0, StatusCode::OK);
    }
    // The same signature in other letters is the same request.
    let (_, signature) = &ask.headers[1];
    let digits = signature.trim_start_matches("v0=").to_uppercase();
    let louder = ask
        .clone()
        .with("x-slack-signature", &format!("v0={digits}"));
    assert_eq!(route.send(&louder).await.0, StatusCode::OK);
    let again: Vec<bool> = route.taken().iter().map(|(_, _, again)| *again).collect();
    assert_eq!(again, [false, true, true]);
}

#[tokio::test]
async fn who_is_nobody_is_told_nothing() {
    let route = Route::start().await;
    let good = route.command();
    let at = now().timestamp().to_string();
    let old = (now().timestamp() - 301).to_string();
    let soon = (now().timestamp() + 301).to_string();
    let spoilt = Bytes::from(COMMAND.replace("5825", "5826"));
    for ask in [
        good.clone().without("x-slack-signature"),
        good.clone().without("x-slack-request-timestamp"),
        good.clone().with("x-slack-signature", "v0=00"),
        good.clone().with("x-slack-signature", "v1=00"),
        good.clone().with("x-slack-request-timestamp", "soon"),
        good.clone().signed_at(&at, "another"),
        good.clone().signed_at(&at, ""),
        good.clone().signed_at(&old, SECRET),
        good.clone().signed_at(&soon, SECRET),
        Ask {
            body: spoilt,
            ..good.clone()
        },
    ] {
        assert_eq!(route.refuses(&ask, StatusCode::UNAUTHORIZED).await, "");
    }
}

#[tokio::test]
async fn a_clock_that_moves_on_makes_a_request_old() {
    let route = Route::start().await;
    let ask = route.command();
    route.clock.advance(std::time::Duration::from_secs(301));
    route.refuses(&ask, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn size_method_and_place() {
    let route = Route::start().await;
    let large = vec![b'a'; LARGEST_BODY + 1];
    let ask = route.signed("/slack/commands", large);
    route.refuses(&ask, StatusCode::PAYLOAD_TOO_LARGE).await;
    let unsigned = ask.without("x-slack-signature");
    route
        .refuses(&unsigned, StatusCode::PAYLOAD_TOO_LARGE)
        .await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD] {
        let ask = Ask {
            method,
            ..route.command()
        };
        route.refuses(&ask, StatusCode::METHOD_NOT_ALLOWED).await;
    }
    let ask = route.signed("/slack/command", COMMAND);
    route.refuses(&ask, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn what_cannot_be_understood_is_said() {
    let route = Route::start().await;
    for (path, body, reason) in [
        ("/slack/commands", "text=5825", "team_id is missing"),
        (
            "/slack/commands",
            "team_id=T0001&user_id=U1",
            "command is missing",
        ),
        ("/slack/interactions", "team_id=T0001", "payload is missing"),
        (
            "/slack/interactions",
            "payload=%7B",
            "not the JSON that Slack sends, at 1:1",
        ),
        ("/slack/interactions", "payload={}", "type is missing"),
        ("/slack/events", "{}", "type is missing"),
        (
            "/slack/events",
            "[1",
            "not the JSON that Slack sends, at 1:2",
        ),
        (
            "/slack/events",
            r#"{"type":"event_callback","team_id":"T0001","event":{"type":"app_mention"}}"#,
            "event.user is missing",
        ),
    ] {
        let ask = route.signed(path, body);
        let said = route.refuses(&ask, StatusCode::BAD_REQUEST).await;
        assert_eq!(said, reason, "{path} {body}");
    }
}

#[tokio::test]
async fn slack_is_shown_that_this_is_the_address() {
    let route = Route::start().await;
    let body = r#"{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV","type":"url_verification"}"#;
    let (status, _, said) = route.send(&route.signed("/slack/events", body)).await;
    assert_eq!((status, &*said), (StatusCode::OK, "3eZbrw1aBm2rZgRNFdxV"));
    assert_eq!(route.taken(), []);
}
