//! `POST /github/webhook`: what GitHub says unasked, checked and handed over.
//!
//! The signature is checked before anything of the body is believed. It covers the body, not the
//! headers: who caught a delivery could send it again under another id. That changes nothing,
//! because an event carries a state that is compared with what is known, not a step to be taken.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use tokio::sync::mpsc;

use super::{
    body::{self, NoBody, Room},
    refused::Refused,
    seen::Seen,
};
use crate::{
    domain::Secret,
    github::webhook::{decode, verify},
    ports::forge::ForgeEvent,
};

/// "Payloads are capped at 25 MB", so a larger request is not GitHub's:
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>
pub const LARGEST_BODY: usize = 25 * 1024 * 1024;

/// Two of the largest, and thousands of the usual, which have some 20 KB.
const ROOM: usize = 2 * LARGEST_BODY;

/// GitHub gives up on an answer after 10 seconds, so a body that takes longer is read for nobody:
/// <https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries>
const WITHIN: Duration = Duration::from_secs(10);

/// What is larger is verified and read where no answer waits for it: the listener has one thread,
/// and 25 MB take some tenths of a second. The usual payload is done before another thread would
/// have begun.
const LARGE: usize = 64 * 1024;

/// Somebody may have GitHub send again what is up to 3 days old, and a busy repository makes about
/// a thousand deliveries a day:
/// <https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>
const MOST_SEEN: usize = 4_096;

/// Names of events and deliveries are short; what is longer is not worth its place in memory.
const LONGEST_NAME: usize = 100;

struct Hook {
    secret: Secret,
    events: mpsc::Sender<ForgeEvent>,
    seen: Mutex<Seen<Box<str>>>,
    room: Room,
    refused: Refused,
}

/// The route. What is signed with `secret` and understood goes to `events`; while that is full the
/// answer is 503, which GitHub shows as a failed delivery.
pub fn router(secret: Secret, events: mpsc::Sender<ForgeEvent>) -> Router {
    let seen = Mutex::new(Seen::new(MOST_SEEN));
    let hook = Arc::new(Hook {
        secret,
        events,
        seen,
        room: Room::new(ROOM),
        refused: Refused::by("the GitHub webhook"),
    });
    Router::new()
        .route("/github/webhook", post(receive))
        .with_state(hook)
}

async fn receive(State(hook): State<Arc<Hook>>, headers: HeaderMap, body: Body) -> Response {
    match hook.receive(&headers, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// A status and, where the sender has shown who it is, a reason.
type Refusal = (StatusCode, String);

impl Hook {
    async fn receive(self: &Arc<Self>, headers: &HeaderMap, body: Body) -> Result<(), Refusal> {
        let nobody = || (StatusCode::UNAUTHORIZED, String::new());
        let announced = text(headers, header::CONTENT_LENGTH.as_str());
        let announced = announced.and_then(|length| length.parse().ok());
        let is_large = announced.is_some_and(|length: usize| length > LARGEST_BODY);
        let signature = text(headers, "x-hub-signature-256");
        // Nothing is read of what can never be believed.
        let is_signed = signature.is_some() && !self.secret.expose().is_empty();
        if !is_signed && !is_large {
            return Err(nobody());
        }
        let body = body::read(body, LARGEST_BODY, &self.room, WITHIN).await;
        let body = body.map_err(|why| match why {
            NoBody::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, String::new()),
            NoBody::Cut => bad("the body did not come whole"),
            NoBody::Late => (StatusCode::REQUEST_TIMEOUT, String::new()),
            NoBody::NoRoom => busy(),
        })?;
        let verified = {
            let (hook, body) = (self.clone(), body.clone());
            let signature = signature.map(str::to_owned);
            move || verify(&hook.secret, signature.as_deref(), &body)
        };
        if let Err(error) = aside(body.len(), verified).await? {
            self.refused.note(&error);
            return Err(nobody());
        }
        let event = name(headers, "x-github-event")?;
        let delivery = name(headers, "x-github-delivery")?;
        if self.seen().contains(delivery) {
            tracing::debug!(delivery, event, "this delivery came before");
            return Ok(());
        }
        let media_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        if media_type.starts_with("application/x-www-form-urlencoded") {
            return Err(bad("set the webhook's content type to application/json"));
        }
        let decoded = {
            let (event, delivery) = (event.to_owned(), delivery.to_owned());
            let body = body.clone();
            move || decode(&event, &delivery, &body)
        };
        let decoded = aside(body.len(), decoded).await?.map_err(|error| {
            tracing::warn!("{error}");
            bad(error.why())
        })?;
        self.hand_over(delivery, decoded)
    }

    /// Passes an event on, once: two requests with one delivery wait for each other here.
    fn hand_over(&self, delivery: &str, event: Option<ForgeEvent>) -> Result<(), Refusal> {
        let mut seen = self.seen();
        if seen.contains(delivery) {
            return Ok(());
        }
        if let Some(event) = event {
            self.events.try_send(event).map_err(|error| {
                tracing::warn!(delivery, "an event is turned away: {error}");
                busy()
            })?;
        }
        seen.insert(delivery.into());
        Ok(())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen<Box<str>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Works on a body of so many bytes, and off this thread if it is a large one.
async fn aside<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    if bytes <= LARGE {
        return Ok(work());
    }
    let broke = |_| (StatusCode::INTERNAL_SERVER_ERROR, String::new());
    tokio::task::spawn_blocking(work).await.map_err(broke)
}

fn bad(why: &str) -> Refusal {
    (StatusCode::BAD_REQUEST, why.to_owned())
}

fn busy() -> Refusal {
    let why = "too much came at once, or this is shutting down; redeliver it later";
    (StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A header that every delivery has:
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>
fn name<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    text(headers, name)
        .filter(|value| (1..=LONGEST_NAME).contains(&value.len()))
        .ok_or_else(|| bad(&format!("{name} is missing, or is no name")))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Work that ends only when somebody else has had a turn.
    async fn waits_for_others(bytes: usize, patience: Duration) -> bool {
        let (answered, answers) = mpsc::channel();
        let work = move || answers.recv_timeout(patience).is_ok();
        let other = async { answered.send(()) };
        let (work, _) = tokio::join!(aside(bytes, work), other);
        work.expect("no panic")
    }

    #[tokio::test]
    async fn a_large_body_keeps_no_answer_waiting() {
        assert!(waits_for_others(LARGE + 1, Duration::from_secs(30)).await);
        // A small one is done on the spot.
        assert!(!waits_for_others(LARGE, Duration::from_millis(1)).await);
    }
}
