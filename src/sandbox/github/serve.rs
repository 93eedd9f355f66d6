//! Real HTTP in front of the state: each request is logged, authenticated, held against the limits,
//! struck by a fault when the script says so, and answered.

mod conditional;
mod faulty;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    answer::{Answer, Refusal},
    api, device,
    fault::Fault,
    limits::Limited,
    log::Logged,
    people::{Caller, Token},
    request::Call,
    state::State,
};

/// The versions of the API that may be asked for.
/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// Where archives are: a host of its own on GitHub, `codeload.github.com`.
const ARCHIVES: &str = "/codeload/";

/// What the server and the handles share.
pub(super) struct Shared {
    state: Mutex<State>,
    /// The path that everything is below, `/api/v3` on an Enterprise server.
    base_path: String,
}

/// The connection ends here. Never seen by a client, which sees just that.
#[derive(Debug, thiserror::Error)]
#[error("the connection was dropped, as the script says")]
struct Dropped;

/// A request under way counts against its caller until it is answered or given up.
struct UnderWay<'a> {
    shared: &'a Shared,
    caller: Caller,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.shared.lock().limits.leave(self.caller);
    }
}

impl Shared {
    pub(super) fn new(state: State, base_path: &str) -> Self {
        Self {
            state: Mutex::new(state),
            base_path: base_path.to_owned(),
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
                .await;
        });
    }
}

async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let path = head.uri.path();
    if path.starts_with(ARCHIVES) {
        return respond_with_archive(&shared, path, head.uri.query()).await;
    }
    if path.starts_with(device::PLACE) {
        let call = Call::new(head.method, path, head.uri.query(), head.headers, body);
        return respond_to_sign_in(&shared, &call).await;
    }
    let Some(path) = path.strip_prefix(&shared.base_path) else {
        let response = Refusal::not_found().into_answer().into_response();
        return Ok(response.map(Body::from));
    };
    let mut call = Call::new(head.method, path, head.uri.query(), head.headers, body);

    let (token, place, fault) = shared.lock().begin(&call, head.uri.query());
    let caller = token
        .as_ref()
        .map_or(Caller::Anonymous, |token| token.caller);
    let _under_way = UnderWay {
        shared: &shared,
        caller,
    };
    if let Some(fault) = &fault
        && let Some(response) = faulty::before(&shared, caller, fault).await?
    {
        return Ok(shared.lock().end(place, response));
    }
    let response = shared.lock().respond(&mut call, token);
    match fault {
        Some(fault) => faulty::after(&shared, place, fault, response).await,
        None => Ok(shared.lock().end(place, response)),
    }
}

/// Serves an archive, which takes no token and knows no limits, but is logged and can go wrong.
async fn respond_with_archive(
    shared: &Shared,
    path: &str,
    query: Option<&str>,
) -> Result<Response<Body>, Dropped> {
    let mut parameters = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let pass = parameters.find(|(key, _)| key == "token");
    let pass = pass.map(|(_, pass)| pass);
    let (place, fault) = shared.lock().note(
        &Method::GET,
        with_query(path, query),
        None,
        false,
        &Bytes::new(),
    );
    if let Some(fault) = &fault
        && let Some(response) = faulty::before(shared, Caller::Anonymous, fault).await?
    {
        return Ok(shared.lock().end(place, response));
    }
    let archive = path.trim_start_matches(ARCHIVES);
    let answer = api::codeload(&mut shared.lock(), archive, pass.as_deref());
    let missing = || Answer::bytes(StatusCode::NOT_FOUND, "text/plain", "404: Not Found");
    let response = answer.unwrap_or_else(missing).into_response();
    match fault {
        Some(fault) => faulty::after(shared, place, fault, response).await,
        None => Ok(shared.lock().end(place, response)),
    }
}

/// Answers on the host that people see, which knows no limits of the API.
async fn respond_to_sign_in(shared: &Shared, call: &Call) -> Result<Response<Body>, Dropped> {
    let path = call.link_path.clone();
    let (place, fault) = shared
        .lock()
        .note(&call.method, path, None, false, &call.body);
    if let Some(fault) = &fault
        && let Some(response) = faulty::before(shared, Caller::Anonymous, fault).await?
    {
        return Ok(shared.lock().end(place, response));
    }
    let response = shared.lock().sign_in(call).into_response();
    match fault {
        Some(fault) => faulty::after(shared, place, fault, response).await,
        None => Ok(shared.lock().end(place, response)),
    }
}

fn with_query(path: &str, query: Option<&str>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

impl State {
    /// Logs a request, finds out whom it comes from, and draws its fault.
    fn begin(
        &mut self,
        call: &Call,
        query: Option<&str>,
    ) -> (Result<Token, Refusal>, usize, Option<Fault>) {
        let token = self.authenticate(call);
        let caller = token
            .as_ref()
            .map_or(Caller::Anonymous, |token| token.caller);
        self.limits.enter(caller);
        let path = with_query(&self.path_by_name(call), query);
        let is_conditional = call.header("if-none-match").is_some();
        let login = self.login_of(caller);
        let (place, fault) = self.note(&call.method, path, login, is_conditional, &call.body);
        (token, place, fault)
    }

    /// Logs that a request arrived, and draws its fault.
    fn note(
        &mut self,
        method: &Method,
        path: String,
        login: Option<String>,
        conditional: bool,
        body: &Bytes,
    ) -> (usize, Option<Fault>) {
        let fault = self.faults.strike(method, &path);
        let place = self.log.begin(Logged {
            at: self.exact_now(),
            method: method.to_string(),
            path,
            login,
            conditional,
            status: None,
            bytes: 0,
            took: None,
            request: body.clone(),
            answer: Bytes::new(),
        });
        (place, fault)
    }

    /// The path, its repository called by name.
    fn path_by_name(&self, call: &Call) -> String {
        if let ["repositories", number, rest @ ..] = call
            .segments
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
            && let Ok(number) = number.parse()
            && self.repositories.contains_key(&number)
        {
            return format!("/repos/{}/{}", self.full_name(number), rest.join("/"));
        }
        call.link_path.clone()
    }

    fn login_of(&self, caller: Caller) -> Option<String> {
        let user = match caller {
            Caller::Anonymous => return None,
            Caller::User(user) => user,
            Caller::App(app) => self.apps.get(&app)?.bot,
            Caller::Installation(id) => self.apps.get(&self.installations.get(&id)?.app)?.bot,
        };
        Some(self.users[&user].login.clone())
    }

    /// Logs how a request ended.
    fn end(&mut self, place: usize, response: Response<Bytes>) -> Response<Body> {
        let (now, with_bodies) = (self.exact_now(), self.log.with_bodies);
        if let Some(entry) = self.log.entry(place) {
            entry.took = Some(now - entry.at);
            if with_bodies {
                entry.answer = response.body().clone();
            }
            entry.status = Some(response.status().as_u16());
            entry.bytes = response.body().len() as u64;
        }
        response.map(Body::from)
    }

    /// The answer with the headers that every answer has.
    fn respond(&mut self, call: &mut Call, token: Result<Token, Refusal>) -> Response<Bytes> {
        let now = self.now();
        let identity = token.as_ref().ok().cloned();
        let caller = identity
            .as_ref()
            .map_or(Caller::Anonymous, |token| token.caller);
        let is_free = call.segments == ["rate_limit"];
        let limited = if is_free {
            None
        } else {
            self.limits.check(caller, &call.method, now)
        };
        let answer = if !is_well_mannered(call) {
            return administrative().into_response();
        } else if let Some(limited) = limited {
            refusal_of(caller, limited)
        } else {
            let outcome = supported_version(call).and(token);
            let outcome = outcome.and_then(|token| self.answer(call, &token));
            outcome.unwrap_or_else(Refusal::into_answer)
        };
        let answer = self.conditionally(call, answer);
        // "Making a conditional request does not count against your primary rate limit if a 304
        // response is returned and the request was made while correctly authorized."
        // <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>
        let is_authorized = caller != Caller::Anonymous;
        let is_unchanged = answer.status == StatusCode::NOT_MODIFIED && is_authorized;
        if limited.is_none() && !is_free && !is_unchanged {
            self.limits.charge(caller, now);
        }
        let answer = self.with_common_headers(answer, caller);
        answer.into_response()
    }

    pub(super) fn with_common_headers(&mut self, mut answer: Answer, caller: Caller) -> Answer {
        let now = self.now();
        answer.headers.extend(self.limits.headers(caller, now));
        let id = self.new_id();
        answer
            .with(
                HeaderName::from_static("x-github-request-id"),
                format!("C0DE:{id:X}:1:2:3"),
            )
            .with(
                HeaderName::from_static("x-github-media-type"),
                "github.v3; format=json",
            )
            .with(
                HeaderName::from_static("x-github-api-version-selected"),
                VERSIONS[0],
            )
            .with(header::SERVER, "github.com")
            .with(
                header::DATE,
                now.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            )
    }
}

/// "All API requests must include a valid User-Agent header."
/// <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent>
fn is_well_mannered(call: &Call) -> bool {
    call.header("user-agent")
        .is_some_and(|agent| !agent.trim().is_empty())
}

fn administrative() -> Answer {
    let text = "\nRequest forbidden by administrative rules. Please make sure your request has a \
        User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api\
        #user-agent-required). Check https://developer.github.com for other possible causes.\n";
    Answer::bytes(StatusCode::FORBIDDEN, "text/html; charset=utf-8", text)
}

/// "If you specify an API version that is no longer supported, you will receive a 400 error."
/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions#supported-api-versions>
fn supported_version(call: &Call) -> Result<(), Refusal> {
    match call.header("x-github-api-version") {
        Some(version) if !VERSIONS.contains(&version) => Err(Refusal::bad_request(format!(
            "The requested API version `{version}` is not supported."
        ))),
        _ => Ok(()),
    }
}

/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>
fn refusal_of(caller: Caller, limited: Limited) -> Answer {
    let whose = match caller {
        Caller::Anonymous => "127.0.0.1. (But here's the good news: Authenticated requests get \
            a higher rate limit. Check out the documentation for more details.)"
            .to_owned(),
        Caller::User(id) => format!("user ID {id}."),
        Caller::App(id) => format!("app ID {id}."),
        Caller::Installation(id) => format!("installation ID {id}."),
    };
    let (message, wait) = match limited {
        Limited::Primary => (format!("API rate limit exceeded for {whose}"), None),
        Limited::Secondary(wait) => (
            "You have exceeded a secondary rate limit. Please wait a few minutes before you \
            try again."
                .to_owned(),
            wait,
        ),
        Limited::Content(wait) => (
            "You have exceeded a secondary rate limit and have been temporarily blocked from \
            content creation. Please retry your request again later."
                .to_owned(),
            Some(wait),
        ),
    };
    let answer = Refusal::limited(message).into_answer();
    match wait {
        Some(wait) => answer.with(header::RETRY_AFTER, wait.to_string()),
        None => answer,
    }
}
