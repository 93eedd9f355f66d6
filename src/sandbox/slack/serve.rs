//! The edges: real HTTP, and WebSockets, in front of the state. Each call is logged, struck by a
//! fault when the script says so, and answered.

mod faulty;
mod hook;

pub(super) use hook::message_arguments;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    body::Body,
    extract::{FromRequestParts as _, ws::WebSocketUpgrade},
    response::IntoResponse as _,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    answer::{Outcome, Refusal},
    api::{self, Caller},
    arguments::Arguments,
    fault::Fault,
    log::{ApiCall, Wrong},
    socket,
    state::State,
};
use crate::ports::Clock;

/// What the server and the handles share.
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) clock: Arc<dyn Clock>,
    /// Deliveries under way.
    pub(super) background: Mutex<JoinSet<()>>,
}

/// The connection ends here. Never seen by a client, which sees just that.
#[derive(Debug, thiserror::Error)]
#[error("the connection was dropped, as the script says")]
struct Dropped;

impl Shared {
    pub(super) fn new(state: State, clock: Arc<dyn Clock>) -> Self {
        Self {
            state: Mutex::new(state),
            clock,
            background: Mutex::default(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes connections until it is aborted, and then lets all of them go.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = shared.clone();
        connections.spawn(async move {
            let service = service_fn(|request| respond(shared.clone(), request));
            // Fails where a fault was asked for, or when the client went away.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await;
        });
    }
}

async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let path = request.uri().path().to_owned();
    if path.starts_with("/link") {
        return connect(shared, request).await;
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    if let Some(method) = path.strip_prefix("/api/") {
        let arguments = Arguments::read(&head.headers, head.uri.query(), &body);
        let call = Asked {
            method: method.to_owned(),
            headers: head.headers,
            arguments,
        };
        return call.respond(&shared).await;
    }
    if let Some(ticket) = path.strip_prefix("/upload/v1/") {
        return upload(&shared, ticket, &head.headers, body).await;
    }
    if path.starts_with("/hooks/") {
        return hook::respond(&shared, &path, &head.headers, &body).await;
    }
    Ok(plain(404, "not found".to_owned()).map(Body::from))
}

/// Opens a WebSocket for who has a ticket.
/// <https://docs.slack.dev/apis/events-api/using-socket-mode>
async fn connect(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let fault = shared.lock().faults.strike_delivery("connect");
    match fault {
        Some(Fault::Status(status)) => return Ok(plain(status, String::new()).map(Body::from)),
        Some(Fault::Drop) => return Err(Dropped),
        Some(Fault::Held(gate)) => gate.pass().await,
        _ => {}
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let ticket = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "ticket")
        .map(|(_, ticket)| ticket.into_owned())
        .unwrap_or_default();
    let Some(team) = shared.lock().sockets.redeem(&ticket) else {
        return Ok(plain(403, "a ticket is good for one connection".to_owned()).map(Body::from));
    };
    let (mut head, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut head, &()).await;
    let response = match upgrade {
        Ok(upgrade) => upgrade
            .on_upgrade(move |socket| socket::link(shared, socket, team))
            .into_response(),
        Err(refusal) => refusal.into_response(),
    };
    Ok(response)
}

async fn upload(
    shared: &Arc<Shared>,
    ticket: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, Dropped> {
    if headers.contains_key(header::AUTHORIZATION) {
        // The address is enough, and the token nobody's business there.
        let detail = "a token goes along with the bytes of a file";
        shared.lock().scold("", Wrong::Token, "upload", detail);
    }
    let asked = json!({"bytes": body.len()});
    let (place, fault) = shared.lock().note(String::new(), "upload", asked);
    let response = match faulty::before(shared, "", "upload", fault.as_ref()).await? {
        Some(response) => response,
        None => {
            let (status, text) = shared.lock().upload(ticket, body);
            plain(status, text)
        }
    };
    faulty::after(shared, place, fault, response).await
}

/// A call of the Web API, before anybody looked at it.
struct Asked {
    method: String,
    headers: HeaderMap,
    arguments: Result<Arguments, Refusal>,
}

impl Asked {
    async fn respond(self, shared: &Arc<Shared>) -> Result<Response<Body>, Dropped> {
        let Self {
            method,
            headers,
            mut arguments,
        } = self;
        let token = match &mut arguments {
            Ok(arguments) => arguments.take("token"),
            Err(_) => None,
        };
        let caller = shared.lock().caller(&headers, token.as_ref());
        let team = caller.as_ref().map_or("", |caller| &caller.team).to_owned();
        let shown = arguments
            .as_ref()
            .map_or(Value::Null, |a| a.0.clone().into());
        let (place, fault) = shared.lock().note(team.clone(), &method, shown);
        if let Some(response) = faulty::before(shared, &team, &method, fault.as_ref()).await? {
            return faulty::after(shared, place, fault, response).await;
        }
        let response = shared.lock().respond(&method, &headers, &caller, arguments);
        shared.flush();
        faulty::after(shared, place, fault, response).await
    }
}

impl State {
    /// Logs that a call arrived, and draws its fault.
    fn note(&mut self, team: String, method: &str, arguments: Value) -> (usize, Option<Fault>) {
        let fault = self.faults.strike(method);
        self.calls.push(ApiCall {
            at: self.now(),
            team,
            method: method.to_owned(),
            arguments,
            answer: None,
            status: None,
            took: None,
        });
        self.touch();
        (self.calls.len() - 1, fault)
    }

    /// Logs how a call ended.
    fn end(&mut self, place: usize, response: &Response<Bytes>) {
        let now = self.now();
        let entry = &mut self.calls[place];
        entry.took = Some(now - entry.at);
        entry.status = Some(response.status().as_u16());
        let body = serde_json::from_slice(response.body());
        entry.answer = Some(
            body.unwrap_or_else(|_| String::from_utf8_lossy(response.body()).into_owned().into()),
        );
        self.touch();
    }

    /// The answer with the headers that every answer has.
    fn respond(
        &mut self,
        method: &str,
        headers: &HeaderMap,
        caller: &Result<Caller, Refusal>,
        arguments: Result<Arguments, Refusal>,
    ) -> Response<Bytes> {
        let known = api::method(method);
        let outcome = match (known, caller, arguments) {
            (None, ..) => Err(Refusal::of("unknown_method").wrong(Wrong::UnknownMethod)),
            (_, Err(refusal), _) => Err(Refusal::of(&refusal.error).wrong(refusal.wrong)),
            (_, _, Err(refusal)) => Err(refusal),
            (Some(known), Ok(caller), Ok(arguments)) => self.call(known, caller, arguments),
        };
        let team = caller.as_ref().map_or("", |caller| &caller.team);
        let mut response = self.response_of(team, method, outcome, is_without_charset(headers));
        let scopes = caller.as_ref().map(Caller::scopes).unwrap_or_default();
        let accepted = known.map_or(String::new(), |known| known.scopes.join(","));
        for (name, value) in [
            ("x-oauth-scopes", scopes),
            ("x-accepted-oauth-scopes", accepted),
        ] {
            if let Ok(value) = value.parse() {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    /// What an outcome looks like on the wire; a refusal is noted.
    fn response_of(
        &mut self,
        team: &str,
        place: &str,
        outcome: Outcome,
        without_charset: bool,
    ) -> Response<Bytes> {
        let (status, retry_after, mut body) = match outcome {
            Ok(mut body) => {
                body["ok"] = true.into();
                (200, None, body)
            }
            Err(refusal) => {
                let status = (refusal.status, refusal.retry_after);
                let wrong = refusal.wrong;
                let body = refusal.into_body();
                self.scold(team, wrong, place, words_of(&body));
                (status.0, status.1, body)
            }
        };
        if without_charset {
            // https://docs.slack.dev/apis/web-api#evaluating-responses
            body["warning"] = "missing_charset".into();
            body["response_metadata"]["warnings"] = json!(["missing_charset"]);
        }
        let mut response = json_response(status, &body);
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn words_of(body: &Value) -> String {
    let error = body["error"].as_str().unwrap_or_default();
    let messages = body["response_metadata"]["messages"].as_array();
    let more = messages.into_iter().flatten().filter_map(Value::as_str);
    let needed = body["needed"].as_str();
    let words: Vec<&str> = [error].into_iter().chain(needed).chain(more).collect();
    words.join("; ")
}

/// "missing_charset": <https://docs.slack.dev/apis/web-api#evaluating-responses>
fn is_without_charset(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/json") && !kind.contains("charset")
}

fn json_response(status: u16, body: &Value) -> Response<Bytes> {
    let mut response = plain(status, body.to_string());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

fn plain(status: u16, text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
