//! Apps for the model to speak to: one on Socket Mode, one behind request URLs. Each does what a test
//! tells it, and remembers what it was told.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, response::IntoResponse};
use futures::{SinkExt as _, StreamExt as _};
use kep_liaison::sandbox::slack::Workspace;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::World;

/// What an app answers to an envelope: nothing, a bare acknowledgement, or one that says something.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Nothing,
    Ack,
    Say(Value),
    /// Sent as it is.
    Raw(String),
}

type Script = dyn Fn(&Value) -> Answer + Send + Sync;

/// An app on Socket Mode, with one connection.
pub(super) struct Socketeer {
    heard: Arc<Mutex<Vec<Value>>>,
    task: AbortHandle,
}

impl Drop for Socketeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Socketeer {
    /// Connects an app, and waits for its greeting.
    pub(super) async fn connect(
        world: &World,
        script: impl Fn(&Value) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let url = link(world, &world.workspace).await;
        let (mut socket, _) = connect_async(url).await.expect("a WebSocket");
        let hello = socket.next().await.expect("a frame").expect("a greeting");
        let hello = serde_json::from_str(hello.to_text().expect("text")).expect("JSON");
        heard.lock().expect("the lock").push(hello);
        let (script, memory): (Arc<Script>, _) = (Arc::new(script), heard.clone());
        let task = tokio::spawn(async move {
            while let Some(Ok(frame)) = socket.next().await {
                let Message::Text(text) = frame else { continue };
                let envelope: Value = serde_json::from_str(&text).expect("JSON");
                memory.lock().expect("the lock").push(envelope.clone());
                let id = &envelope["envelope_id"];
                let answer = match script(&envelope) {
                    Answer::Nothing => continue,
                    Answer::Ack => json!({"envelope_id": id}).to_string(),
                    Answer::Say(payload) => {
                        json!({"envelope_id": id, "payload": payload}).to_string()
                    }
                    Answer::Raw(text) => text,
                };
                if socket.send(Message::text(answer)).await.is_err() {
                    return;
                }
            }
        });
        Self {
            heard,
            task: task.abort_handle(),
        }
    }

    /// All frames so far, the greeting first.
    pub(super) fn heard(&self) -> Vec<Value> {
        self.heard.lock().expect("the lock").clone()
    }

    /// The payloads of all envelopes of a type.
    pub(super) fn payloads(&self, kind: &str) -> Vec<Value> {
        let mut heard = self.heard();
        heard.retain(|frame| frame["type"] == kind);
        heard
            .into_iter()
            .map(|frame| frame["payload"].clone())
            .collect()
    }

    /// The events, unwrapped.
    pub(super) fn events(&self) -> Vec<Value> {
        let payloads = self.payloads("events_api").into_iter();
        payloads.map(|payload| payload["event"].clone()).collect()
    }
}

/// An address to connect to.
pub(super) async fn link(world: &World, workspace: &Workspace) -> String {
    let http = world.http(&workspace.app_token());
    let answer = http.post("/apps.connections.open", json!({})).await.json();
    assert_eq!(answer["ok"], true, "{answer}");
    answer["url"].as_str().expect("an address").to_owned()
}

/// What came to a request URL.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }
}

/// A status, headers, and a body.
pub(crate) type Response = (u16, Vec<(&'static str, &'static str)>, String);

type Handler = dyn Fn(&Heard) -> Response + Send + Sync;

/// An app behind request URLs.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    task: AbortHandle,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Inner {
    heard: Arc<Mutex<Vec<Heard>>>,
    handler: Arc<Handler>,
}

impl Endpoint {
    pub(crate) async fn start(
        handler: impl Fn(&Heard) -> Response + Send + Sync + 'static,
    ) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let inner = Inner {
            heard: heard.clone(),
            handler: Arc::new(handler),
        };
        let router = Router::new().fallback(hear).with_state(inner);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let serve = async move { axum::serve(listener, router).await };
        Self {
            url,
            heard,
            task: tokio::spawn(serve).abort_handle(),
        }
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("the lock").clone()
    }
}

async fn hear(
    State(inner): State<Inner>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let heard = Heard {
        path: uri.path().to_owned(),
        headers,
        body: String::from_utf8(body.to_vec()).expect("UTF-8"),
    };
    let (status, more, body) = (inner.handler)(&heard);
    inner.heard.lock().expect("the lock").push(heard);
    let mut response = body.into_response();
    *response.status_mut() = status.try_into().expect("a status");
    for (name, value) in more {
        response
            .headers_mut()
            .insert(name, value.parse().expect("a header"));
    }
    response
}
