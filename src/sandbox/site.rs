//! The page on which one is somebody in the town: types commands, presses buttons, and sees what
//! comes of it. It asks for what that person sees, and is told when it has changed.

mod act;
mod calls;
mod github;
mod guard;
mod sight;

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State},
    http::{StatusCode, header},
    middleware,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::town::{Resident, Town};
use crate::web::serve::{Limits, serve as serve_router};

/// What a person does in one go is a line or a form.
const LARGEST_ACT: usize = 256 * 1024;

/// Who looks at a page has few connections.
const LIMITS: Limits = Limits {
    listener: "sandbox",
    connections: 128,
    undisturbed: Duration::from_millis(500),
    head_within: Duration::from_secs(30),
    read_within: Duration::from_secs(30),
    finish_within: Duration::from_secs(1),
};

/// The files of the page: path, kind and text.
const FILES: [(&str, &str, &str); 16] = [
    ("/", "text/html", include_str!("page/index.html")),
    ("/style.css", "text/css", include_str!("page/style.css")),
    ("/github.css", "text/css", include_str!("page/github.css")),
    ("/app.js", SCRIPT, include_str!("page/app.js")),
    ("/blocks.js", SCRIPT, include_str!("page/blocks.js")),
    ("/calls.js", SCRIPT, include_str!("page/calls.js")),
    ("/clock.js", SCRIPT, include_str!("page/clock.js")),
    ("/composer.js", SCRIPT, include_str!("page/composer.js")),
    ("/dialog.js", SCRIPT, include_str!("page/dialog.js")),
    ("/edit.js", SCRIPT, include_str!("page/edit.js")),
    ("/github.js", SCRIPT, include_str!("page/github.js")),
    ("/lists.js", SCRIPT, include_str!("page/lists.js")),
    ("/menu.js", SCRIPT, include_str!("page/menu.js")),
    ("/messages.js", SCRIPT, include_str!("page/messages.js")),
    ("/sandbox.js", SCRIPT, include_str!("page/sandbox.js")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];
/// How a PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const SCRIPT: &str = "text/javascript";

/// What all routes share.
struct Site {
    town: Arc<Town>,
    stop: CancellationToken,
}

/// A request that cannot be done, and why, in a sentence.
#[derive(Debug)]
struct Refused(StatusCode, String);

impl Refused {
    fn because(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// Serves the page until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    town: Arc<Town>,
    stop: CancellationToken,
) {
    let stopped = stop.clone().cancelled_owned();
    let site = Arc::new(Site { town, stop });
    let mut router = Router::new();
    for (path, kind, text) in FILES {
        router = router.route(path, get(async || file(kind, text)));
    }
    let router = router
        .route("/api/state", get(state))
        .route("/api/github", get(on_github))
        .route("/api/changes", get(changes))
        .route("/api/calls", get(calls))
        .route("/api/call", get(call))
        .route("/api/picture", get(picture))
        .route("/api/act", post(act))
        .fallback(async || {
            Refused(
                StatusCode::NOT_FOUND,
                "There is nothing here; the page is at /.".to_owned(),
            )
        })
        .method_not_allowed_fallback(async || {
            Refused(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address does not take such a request.".to_owned(),
            )
        })
        .layer(DefaultBodyLimit::max(LARGEST_ACT))
        .layer(middleware::from_fn(move |request, next| {
            guard::check(address.port(), request, next)
        }))
        .with_state(site);
    serve_router(listener, router, LIMITS, stopped).await;
}

fn file(kind: &str, text: &'static str) -> Response {
    let kind = format!("{kind}; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

#[derive(Deserialize)]
struct As {
    #[serde(rename = "as")]
    who: Option<String>,
}

impl Site {
    fn resident(&self, who: Option<&str>) -> Result<&Resident, Refused> {
        let somebody = match who {
            Some(id) => self.town.resident(id),
            None => self.town.residents.first(),
        };
        somebody.ok_or_else(|| {
            let names: Vec<_> = self.town.residents.iter().map(|r| r.person.id()).collect();
            Refused::because(format!(
                "Nobody here has this id; want one of {}.",
                names.join(", ")
            ))
        })
    }

    fn revision(&self) -> u64 {
        let (slack, github) = (self.town.slack.changed(), self.town.github.changed());
        let (slack, github) = (*slack.borrow(), *github.borrow());
        slack + github + *self.town.leaps().borrow()
    }
}

/// What somebody sees.
async fn state(
    State(site): State<Arc<Site>>,
    Query(query): Query<As>,
) -> Result<Response, Refused> {
    let resident = site.resident(query.who.as_deref())?;
    // Read first: what changes meanwhile is told again.
    let revision = site.revision();
    let sight = sight::of(&site.town, resident, revision);
    Ok(Json(sight).into_response())
}

#[derive(Deserialize)]
struct Looking {
    issue: Option<u64>,
}

/// What everybody sees on GitHub.
async fn on_github(State(site): State<Arc<Site>>, Query(looking): Query<Looking>) -> Response {
    Json(github::of(&site.town, looking.issue)).into_response()
}

/// The revision, each time that it is another.
async fn changes(
    State(site): State<Arc<Site>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let town = &site.town;
    let watched = [town.slack.changed(), town.github.changed(), town.leaps()];
    let revisions = stream::unfold((watched, true), |(mut watched, first)| async move {
        if !first {
            let [slack, github, leaps] = &mut watched;
            let changed = tokio::select! {
                changed = slack.changed() => changed,
                changed = github.changed() => changed,
                changed = leaps.changed() => changed,
            };
            changed.ok()?;
        }
        let each = watched.iter_mut().map(|one| *one.borrow_and_update());
        let event = Event::default().data(each.sum::<u64>().to_string());
        Some((Ok(event), (watched, false)))
    });
    let stopped = site.stop.clone().cancelled_owned();
    Sse::new(revisions.take_until(stopped)).keep_alive(KeepAlive::default())
}

/// The calls so far, the latest of them.
async fn calls(State(site): State<Arc<Site>>) -> Response {
    Json(calls::latest(&site.town)).into_response()
}

#[derive(Deserialize)]
struct Which {
    id: String,
}

/// One call whole.
async fn call(
    State(site): State<Arc<Site>>,
    Query(which): Query<Which>,
) -> Result<Response, Refused> {
    let call = calls::whole(&site.town, &which.id);
    let call = call.ok_or_else(|| Refused::because("There was no such call."))?;
    Ok(Json(call).into_response())
}

/// A picture that a message shows, as whoever uploaded it gave it.
async fn picture(
    State(site): State<Arc<Site>>,
    Query(which): Query<Which>,
) -> Result<Response, Refused> {
    let file = site.town.workspace.file(&which.id);
    let png = file.filter(|bytes| bytes.starts_with(PNG));
    let missing = || {
        Refused(
            StatusCode::NOT_FOUND,
            "There is no such picture.".to_owned(),
        )
    };
    let png = png.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// Somebody does something.
async fn act(State(site): State<Arc<Site>>, body: String) -> Result<Response, Refused> {
    let asked: act::Asked = serde_json::from_str(&body)
        .map_err(|error| Refused::because(format!("This is nothing that one can do: {error}.")))?;
    let resident = site.resident(Some(&asked.who))?.clone();
    let town = site.town.clone();
    // An act goes on when the page is closed. What no person could do is found before it begins,
    // but what one presses may be gone in this very moment; the model ends the act then.
    let doing = tokio::spawn(async move { act::perform(&town, &resident.person, asked.act).await });
    let outcome = doing.await.unwrap_or_else(|_| {
        Err(Refused(
            StatusCode::CONFLICT,
            "That is not there any more; look again.".to_owned(),
        ))
    })?;
    Ok(Json(outcome).into_response())
}
