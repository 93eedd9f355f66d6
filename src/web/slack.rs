//! `POST /slack/commands`, `/slack/interactions`, `/slack/events`: what Slack sends to the
//! workspaces that are served by HTTP, checked, handed over and acknowledged.
//!
//! The signature is checked before anything of the body is believed, and the workspace that the
//! body names must be the one whose secret signed it.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;

use super::{
    body::{self, NoBody, Room},
    refused::Refused,
    seen::Seen,
};
use crate::{
    ports::Clock,
    slack::{
        inbound::{Inbound, Unreadable},
        receive::{self, NotTaken, Receive},
        signature::{SignatureError, Signed, SigningKey},
    },
};

/// The largest thing that Slack sends is a view that is submitted, of 250 KB at most:
/// <https://docs.slack.dev/reference/views>
pub const LARGEST_BODY: usize = 1024 * 1024;

/// A command has some 500 bytes, and what is typed after it has its limit in Slack.
const LARGEST_COMMAND: usize = 64 * 1024;

/// How much is read at once of commands, so that nothing larger takes their room,
const COMMANDS: usize = 4 * 1024 * 1024;
/// and of all else.
const ROOM: usize = 16 * LARGEST_BODY;

/// Slack gives up after three seconds: <https://docs.slack.dev/apis/events-api#responding>
const WITHIN: Duration = Duration::from_secs(3);

/// Slack sends an app at most 30,000 events an hour, which are 5,000 in the ten minutes for which a
/// signature is good: <https://docs.slack.dev/apis/events-api#rate-limiting>
const MOST_SEEN: usize = 8_192;

/// A workspace that is served by HTTP.
#[derive(Debug)]
pub struct Signatory {
    /// What the settings call it.
    pub workspace: Box<str>,
    /// With which its app signs.
    pub key: SigningKey,
    /// Its id, once it is known.
    pub team: Arc<OnceLock<Box<str>>>,
}

struct Inlet {
    signatories: Vec<Signatory>,
    receive: Arc<dyn Receive>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen<u128>>,
    commands: Room,
    room: Room,
    refused: Refused,
}

/// Reads a body.
type Decode = fn(&[u8]) -> Result<Inbound, Unreadable>;

/// The routes. What is signed by one of the workspaces and understood goes to `receive`.
pub fn router(
    signatories: Vec<Signatory>,
    receive: Arc<dyn Receive>,
    clock: Arc<dyn Clock>,
) -> Router {
    let inlet = Arc::new(Inlet {
        signatories,
        receive,
        clock,
        seen: Mutex::new(Seen::new(MOST_SEEN)),
        commands: Room::new(COMMANDS),
        room: Room::new(ROOM),
        refused: Refused::by("Slack's routes"),
    });
    let route = |decode: Decode, is_command: bool| {
        post(
            move |State(inlet): State<Arc<Inlet>>, headers: HeaderMap, body: Body| async move {
                match inlet.take(decode, is_command, &headers, body).await {
                    Ok(answer) => answer,
                    Err(refusal) => refusal.into_response(),
                }
            },
        )
    };
    Router::new()
        .route("/slack/commands", route(Inbound::of_command_form, true))
        .route(
            "/slack/interactions",
            route(Inbound::of_interaction_form, false),
        )
        .route("/slack/events", route(event, false))
        .with_state(inlet)
}

fn event(body: &[u8]) -> Result<Inbound, Unreadable> {
    Inbound::of_event(&String::from_utf8_lossy(body))
}

/// A status and, where the sender has shown who it is, a reason.
type Refusal = (StatusCode, String);

impl Inlet {
    async fn take(
        &self,
        decode: Decode,
        is_command: bool,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Refusal> {
        let (largest, room) = if is_command {
            (LARGEST_COMMAND, &self.commands)
        } else {
            (LARGEST_BODY, &self.room)
        };
        let announced = text(headers, header::CONTENT_LENGTH.as_str());
        let announced = announced.and_then(|length| length.parse().ok());
        let is_large = announced.is_some_and(|length: usize| length > largest);
        let signed = Signed::read(
            text(headers, "x-slack-signature"),
            text(headers, "x-slack-request-timestamp"),
            self.clock.now(),
        );
        let signed = match signed {
            Ok(signed) => Ok(signed),
            // What is too large is told so, signed or not.
            Err(error) if is_large => Err(error),
            Err(error) => return Err(self.nobody(error)),
        };
        let body = body::read(body, largest, room, WITHIN).await;
        let body = body.map_err(|why| match why {
            NoBody::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, String::new()),
            NoBody::Cut => bad("the body did not come whole"),
            NoBody::Late => (StatusCode::REQUEST_TIMEOUT, String::new()),
            NoBody::NoRoom => busy(),
        })?;
        let signed = signed.map_err(|error| self.nobody(error))?;
        let signatory = self
            .signatories
            .iter()
            .find(|one| signed.is_by(&one.key, &body));
        let signatory = signatory.ok_or_else(|| self.nobody(SignatureError::Wrong))?;
        let inbound = decode(&body).map_err(|error| {
            tracing::warn!(workspace = %signatory.workspace, %error, "Slack sent what cannot be read");
            bad(&error.to_string())
        })?;
        if let (Some(named), Some(own)) = (inbound.team(), signatory.team.get())
            && named != &**own
        {
            tracing::warn!(
                workspace = %signatory.workspace, named, own = %own,
                "a request is signed with one workspace's secret and names another workspace"
            );
            return Err((StatusCode::UNAUTHORIZED, String::new()));
        }
        if let Inbound::Challenge(challenge) = inbound {
            return Ok(challenge.into_string().into_response());
        }
        let is_new = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(signed.fingerprint());
        let receive = receive::whole(&*self.receive, &signatory.workspace, inbound, !is_new);
        match receive.await {
            Ok(Some(message)) => Ok(json(message)),
            Ok(None) => Ok(StatusCode::OK.into_response()),
            Err(NotTaken) => Err(busy()),
        }
    }

    fn nobody(&self, error: SignatureError) -> Refusal {
        self.refused.note(&error);
        (StatusCode::UNAUTHORIZED, String::new())
    }
}

fn json(message: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], message).into_response()
}

fn bad(why: &str) -> Refusal {
    (StatusCode::BAD_REQUEST, why.to_owned())
}

fn busy() -> Refusal {
    let why = "too much came at once; send it again later";
    (StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
