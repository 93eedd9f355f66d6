//! Faults on the wire.

use std::{convert::Infallible, future, io};

use axum::body::Body;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::stream::{self, StreamExt as _};
use http::{Response, StatusCode, header};
use serde_json::Value;

use super::{Dropped, Shared, refusal_of};
use crate::sandbox::github::{
    answer::{Answer, Refusal},
    fault::Fault,
    limits::Limited,
    people::Caller,
};

/// What the edge in front of GitHub says when nobody behind it answers.
const EDGE: &str = "<html><head><title>502 Bad Gateway</title></head><body>\
    <center><h1>Server Error</h1></center></body></html>";

/// Does what comes before the request is looked at: an answer instead of the usual one, or a wait.
pub(super) async fn before(
    shared: &Shared,
    caller: Caller,
    fault: &Fault,
) -> Result<Option<Response<Bytes>>, Dropped> {
    let answer = match fault {
        Fault::Status(status) => edge(*status),
        Fault::Drop => return Err(Dropped),
        Fault::Hang => future::pending().await,
        Fault::Held(gate) => {
            gate.pass().await;
            return Ok(None);
        }
        Fault::TooManyRequests(wait) => {
            let mut state = shared.lock();
            let now = state.now();
            let until = now + TimeDelta::seconds(*wait);
            state
                .limits
                .block(caller, Limited::Secondary(Some(*wait)), until);
            let mut answer = refusal_of(caller, Limited::Secondary(Some(*wait)));
            answer.status = StatusCode::TOO_MANY_REQUESTS;
            state.with_common_headers(answer, caller)
        }
        Fault::PrimaryLimit => {
            let mut state = shared.lock();
            let now = state.now();
            state.limits.exhaust(caller, now);
            let answer = refusal_of(caller, Limited::Primary);
            state.with_common_headers(answer, caller)
        }
        Fault::SecondaryLimit(wait) => {
            let mut state = shared.lock();
            let now = state.now();
            let until = now + TimeDelta::seconds(wait.unwrap_or(60));
            state.limits.block(caller, Limited::Secondary(*wait), until);
            let answer = refusal_of(caller, Limited::Secondary(*wait));
            state.with_common_headers(answer, caller)
        }
        _ => return Ok(None),
    };
    Ok(Some(answer.into_response()))
}

/// Does to the usual answer what comes after it was made.
pub(super) async fn after(
    shared: &Shared,
    place: usize,
    fault: Fault,
    response: Response<Bytes>,
) -> Result<Response<Body>, Dropped> {
    let response = match fault {
        Fault::StatusAfter(status) => edge(status).into_response(),
        Fault::DropAfter => return Err(Dropped),
        Fault::HeldAfter(gate) => {
            gate.pass().await;
            response
        }
        Fault::Cut => return Ok(cut(shared, place, response, true)),
        Fault::CutChunked => return Ok(cut(shared, place, response, false)),
        Fault::Endless => return Ok(endless(shared, place, response)),
        Fault::Garbage => response.map(|_| Bytes::from_static(b"{\"message\": \"\x00\xff, [")),
        Fault::WrongShape => response.map(|_| Bytes::from_static(b"{\"items\": 17}")),
        Fault::Html => {
            let page = "<!DOCTYPE html><html><body>Unicorn! No server is available.</body></html>";
            Answer::bytes(StatusCode::OK, "text/html; charset=utf-8", page).into_response()
        }
        Fault::TruncatedTree => response.map(|body| truncated(&body)),
        _ => response,
    };
    Ok(shared.lock().end(place, response))
}

fn edge(status: u16) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    match status {
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            Answer::bytes(status, "text/html; charset=utf-8", EDGE)
        }
        StatusCode::SERVICE_UNAVAILABLE => Answer::bytes(
            status,
            "text/html; charset=utf-8",
            EDGE.replace("502 Bad Gateway", "503"),
        ),
        _ => Refusal::of(status, "Server Error").into_answer(),
    }
}

/// Half a body, and then the end of the connection.
fn cut(
    shared: &Shared,
    place: usize,
    response: Response<Bytes>,
    promise_all: bool,
) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    if promise_all {
        head.headers
            .insert(header::CONTENT_LENGTH, body.len().into());
    }
    let half = body.slice(..body.len() / 2);
    if let Some(entry) = shared.lock().log.entry(place) {
        entry.status = Some(head.status.as_u16());
        entry.bytes = half.len() as u64;
    }
    // The pause lets the first half leave before the connection breaks.
    let rest = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("cut"))
    });
    let body = stream::once(future::ready(Ok(half))).chain(rest);
    Response::from_parts(head, Body::from_stream(body))
}

/// A JSON array that goes on for ever.
fn endless(shared: &Shared, place: usize, response: Response<Bytes>) -> Response<Body> {
    let (head, _) = response.into_parts();
    if let Some(entry) = shared.lock().log.entry(place) {
        entry.status = Some(head.status.as_u16());
    }
    let chunk = Bytes::from(vec![b' '; 64 * 1024]);
    let rest = stream::repeat(chunk).map(Ok::<_, Infallible>);
    let body = stream::once(future::ready(Ok(Bytes::from_static(b"[")))).chain(rest);
    Response::from_parts(head, Body::from_stream(body))
}

fn truncated(body: &Bytes) -> Bytes {
    let Ok(mut tree) = serde_json::from_slice::<Value>(body) else {
        return body.clone();
    };
    if let Some(entries) = tree.get_mut("tree").and_then(Value::as_array_mut) {
        entries.truncate(entries.len() / 2);
        tree["truncated"] = true.into();
    }
    tree.to_string().into()
}
