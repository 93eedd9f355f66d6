//! Faults on the wire.

use std::{future, io, sync::Arc};

use axum::body::Body;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::stream::{self, StreamExt as _};
use http::{Response, header};
use serde_json::json;

use super::{Dropped, Shared, json_response, plain};
use crate::sandbox::slack::fault::Fault;

/// What the edge in front of Slack says when nobody behind it answers.
const EDGE: &str = "<html><head><title>Server Error | Slack</title></head><body>\
    <h1>Server Error</h1><p>It seems like there is a problem connecting to our servers.</p></body></html>";

/// Does what comes before the call is looked at: an answer instead of the usual one, or a wait.
pub(super) async fn before(
    shared: &Shared,
    team: &str,
    method: &str,
    fault: Option<&Fault>,
) -> Result<Option<Response<Bytes>>, Dropped> {
    Ok(match fault {
        Some(Fault::Error(error)) => {
            Some(json_response(200, &json!({"ok": false, "error": error})))
        }
        Some(Fault::Status(status)) => Some(edge(*status)),
        Some(Fault::Drop) => return Err(Dropped),
        Some(Fault::Hang) => future::pending().await,
        Some(Fault::Held(gate)) => {
            gate.pass().await;
            None
        }
        Some(Fault::TooManyRequests(seconds)) => {
            let mut state = shared.lock();
            let until = state.now() + TimeDelta::seconds(*seconds);
            state.limits.tell(team, method, until);
            let body = json!({"ok": false, "error": "ratelimited"});
            let mut response = json_response(429, &body);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, (*seconds).into());
            Some(response)
        }
        _ => None,
    })
}

/// Does to the usual answer what comes after it was made, and logs what was answered.
pub(super) async fn after(
    shared: &Arc<Shared>,
    place: usize,
    fault: Option<Fault>,
    response: Response<Bytes>,
) -> Result<Response<Body>, Dropped> {
    let response = match fault {
        Some(Fault::StatusAfter(status)) => edge(status),
        Some(Fault::DropAfter) => return Err(Dropped),
        Some(Fault::HeldAfter(gate)) => {
            gate.pass().await;
            response
        }
        Some(Fault::Cut) => {
            shared.lock().calls[place].status = Some(response.status().as_u16());
            return Ok(cut(response));
        }
        Some(Fault::Garbage) => response.map(|_| Bytes::from_static(b"{\"ok\": \"\x00\xff, [")),
        Some(Fault::WrongShape) => response.map(|_| Bytes::from_static(b"{\"items\": 17}")),
        Some(Fault::Html) => {
            let mut page = plain(200, EDGE.to_owned());
            let html = header::HeaderValue::from_static("text/html; charset=utf-8");
            page.headers_mut().insert(header::CONTENT_TYPE, html);
            page
        }
        _ => response,
    };
    shared.lock().end(place, &response);
    Ok(response.map(Body::from))
}

fn edge(status: u16) -> Response<Bytes> {
    let mut response = plain(status, EDGE.to_owned());
    let html = header::HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// Half a body, and then the end of the connection.
fn cut(response: Response<Bytes>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    head.headers
        .insert(header::CONTENT_LENGTH, body.len().into());
    let half = body.slice(..body.len() / 2);
    // The pause lets the first half leave before the connection breaks.
    let rest = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("cut"))
    });
    let body = stream::once(future::ready(Ok(half))).chain(rest);
    Response::from_parts(head, Body::from_stream(body))
}
