//! Requests to the route: whom it believes, and that nobody else changes anything.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::{ports::forge::ForgeEvent, web::github::LARGEST_BODY};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use ring::hmac;
use serde_json::json;

use super::{Route, SECRET, Scene};

/// A request as GitHub would send it, which a test then spoils.
#[derive(Debug, Clone)]
struct Ask {
    method: Method,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let digits = hmac::sign(&key, body);
    let digits: Vec<String> = digits
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256={}", digits.concat())
}

impl Ask {
    fn new(event: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self {
            method: Method::POST,
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("x-github-event", event.to_owned()),
                ("x-github-delivery", "72d3162e-cc78-11e3".to_owned()),
                ("x-hub-signature-256", signature(SECRET, &body)),
            ],
            body,
        }
    }

    /// A push that is a hint.
    fn push() -> Self {
        let repository = json!({"full_name": "kubernetes/enhancements", "default_branch": "main"});
        let payload = json!({"ref": "refs/heads/main", "repository": repository});
        Self::new("push", payload.to_string())
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| *own != name);
        self
    }

    fn with(self, name: &'static str, value: &str) -> Self {
        let mut ask = self.without(name);
        ask.headers.push((name, value.to_owned()));
        ask
    }

    async fn send(&self, route: &Route) -> (StatusCode, String) {
        let mut request = Request::builder().method(&self.method).uri(&route.url);
        for (name, value) in &self.headers {
            request = request.header(*name, value.as_bytes());
        }
        let request = request
            .body(Full::new(self.body.clone()))
            .expect("a request");
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = client
            .request(request)
            .await
            .expect("an answer")
            .into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        (head.status, String::from_utf8_lossy(&body).into_owned())
    }
}

#[tokio::test]
async fn what_is_signed_is_taken_once() {
    let mut route = Route::start(4).await;
    for _ in 0..3 {
        assert_eq!(Ask::push().send(&route).await.0, StatusCode::OK);
    }
    let other = Ask::push().with("x-github-delivery", "another");
    assert_eq!(other.send(&route).await.0, StatusCode::OK);
    for _ in 0..2 {
        let event = route.events.try_recv().expect("an event");
        assert!(matches!(event, ForgeEvent::Hint { .. }));
    }
    assert!(route.events.try_recv().is_err());
}

#[tokio::test]
async fn who_does_not_know_the_secret_gets_401_and_nothing_more() {
    let mut route = Route::start(4).await;
    let push = Ask::push();
    let tampered = Ask {
        body: Bytes::from(push.body.to_vec().repeat(2)),
        ..push.clone()
    };
    for ask in [
        push.clone().without("x-hub-signature-256"),
        push.clone().with("x-hub-signature-256", ""),
        push.clone().with("x-hub-signature-256", "sha256=zz"),
        push.clone().with("x-hub-signature-256", "sha256=\u{e9}"),
        push.clone()
            .with("x-hub-signature-256", &signature("", &push.body)),
        push.clone()
            .with("x-hub-signature-256", &signature("guess", &push.body)),
        tampered,
        Ask {
            body: Bytes::new(),
            ..push.clone()
        },
    ] {
        let answer = ask.send(&route).await;
        assert_eq!(answer, (StatusCode::UNAUTHORIZED, String::new()), "{ask:?}");
    }
    assert!(route.events.try_recv().is_err());
    // Nor has the delivery's name been used up by those who were not believed.
    assert_eq!(push.send(&route).await.0, StatusCode::OK);
    assert!(route.events.try_recv().is_ok());
}

#[tokio::test]
async fn only_post_is_known_here() {
    let route = Route::start(4).await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let ask = Ask {
            method,
            ..Ask::push()
        };
        let (status, _) = ask.send(&route).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn what_is_larger_than_github_sends_is_413_signed_or_not() {
    let mut route = Route::start(4).await;
    let large = Ask::new("push", vec![b' '; LARGEST_BODY + 1]);
    for ask in [large.clone(), large.without("x-hub-signature-256")] {
        let answer = ask.send(&route).await;
        assert_eq!(answer, (StatusCode::PAYLOAD_TOO_LARGE, String::new()));
    }
    let mut padded = Ask::push().body.to_vec();
    padded.resize(LARGEST_BODY, b' ');
    let (status, _) = Ask::new("push", padded).send(&route).await;
    assert_eq!(status, StatusCode::OK);
    assert!(route.events.try_recv().is_ok());
}

#[tokio::test]
async fn signed_nonsense_is_400_with_a_short_reason() {
    let mut route = Route::start(4).await;
    let form = "payload=%7B%7D";
    let form = Ask::new("push", form).with("content-type", "application/x-www-form-urlencoded");
    for (ask, why) in [
        (Ask::new("issues", "{\"action\":"), "EOF"),
        (Ask::new("issues", vec![0xff; 9]), "expected value"),
        (Ask::new("issues", "{}"), "no action"),
        (form, "application/json"),
        (Ask::push().without("x-github-event"), "x-github-event"),
        (
            Ask::push().without("x-github-delivery"),
            "x-github-delivery",
        ),
        (
            Ask::push().with("x-github-delivery", &"x".repeat(101)),
            "x-github-delivery",
        ),
    ] {
        let (status, reason) = ask.send(&route).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{reason}");
        assert!(reason.contains(why) && reason.len() < 200, "{reason}");
    }
    assert!(route.events.try_recv().is_err());
}

#[tokio::test]
async fn an_unknown_kind_is_200() {
    let mut route = Route::start(4).await;
    for ask in [
        Ask::new("sponsorship", "{}"),
        Ask::new("ping", "{\"zen\": 1}"),
    ] {
        assert_eq!(ask.send(&route).await, (StatusCode::OK, String::new()));
    }
    assert!(route.events.try_recv().is_err());
}

#[tokio::test]
async fn while_nobody_keeps_up_the_answer_is_503_and_the_delivery_can_be_sent_again() {
    let mut route = Route::start(1).await;
    let second = Ask::push().with("x-github-delivery", "second");
    assert_eq!(Ask::push().send(&route).await.0, StatusCode::OK);
    let (status, reason) = second.send(&route).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reason.contains("redeliver"), "{reason}");
    assert!(route.events.try_recv().is_ok());
    assert_eq!(second.send(&route).await.0, StatusCode::OK);
    assert!(route.events.try_recv().is_ok());
    route.events.close();
    let third = Ask::push().with("x-github-delivery", "third");
    let (status, _) = third.send(&route).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn one_delivery_sent_at_once_by_many_is_taken_once() {
    let mut route = Route::start(16).await;
    let asks = vec![Ask::push(); 8];
    let answers = futures::future::join_all(asks.iter().map(|ask| ask.send(&route))).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK));
    assert!(route.events.try_recv().is_ok());
    assert!(route.events.try_recv().is_err());
}

/// Requests of every kind that somebody without the secret can make, and signed nonsense.
fn generated(random: &mut StdRng) -> Ask {
    let events = ["issues", "push", "issue_comment", "ping", "\u{1f600}", ""];
    let mut body = Ask::push().body.to_vec();
    for _ in 0..random.random_range(0..4) {
        let at = random.random_range(0..body.len());
        body[at] = random.random();
    }
    body.truncate(random.random_range(0..=body.len()));
    let event = events[random.random_range(0..events.len())];
    // What is signed is never a push, which would be taken.
    let is_signed = event != "push" && random.random_bool(0.3);
    let ask = Ask::new(event, body);
    let ask = match random.random_range(0..5) {
        0 => ask.without("x-github-delivery"),
        1 => ask.without("content-type"),
        2 => ask.with(
            "x-github-delivery",
            &"\u{fe}".repeat(random.random_range(0..200)),
        ),
        3 => ask.with("content-length-ish", "7"),
        _ => ask,
    };
    if is_signed {
        return ask;
    }
    match random.random_range(0..4) {
        0 => ask.without("x-hub-signature-256"),
        1 => ask.with("x-hub-signature-256", "sha1=00"),
        2 => ask.with("x-hub-signature-256", &format!("sha256={}", "0".repeat(64))),
        _ => ask.with("x-hub-signature-256", &signature("guess", b"")),
    }
}

#[tokio::test]
async fn two_thousand_generated_requests_do_nothing_and_break_nothing() {
    let mut scene = Scene::new().await;
    let facts = scene.facts().await;
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..2_000 {
        let ask = generated(&mut random);
        let (status, _) = ask.send(&scene.route).await;
        assert!(status.as_u16() < 500, "{status} {ask:?}");
    }
    assert!(scene.route.events.try_recv().is_err());
    assert_eq!(scene.facts().await, facts);
    assert_eq!(Ask::push().send(&scene.route).await.0, StatusCode::OK);
}
