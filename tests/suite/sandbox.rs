//! The sandbox as a browser meets it: the page, what each person sees, what they do, and who is kept
//! out. The bot in it is the real one.

mod bridge;
mod clock;
mod command;
mod door;
mod life;
mod link;
mod log;
mod pictures;
mod ping;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::{
    config::WorkspaceMode,
    sample,
    sandbox::{
        site,
        town::{Plan, Seed, Town},
    },
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::scenarios::metrics;

/// A sandbox that runs, and somebody who asks it as their browser does.
struct Sandbox {
    town: Arc<Town>,
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

struct Answer {
    status: StatusCode,
    headers: http::HeaderMap,
    bytes: Bytes,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

async fn ask(request: http::request::Builder, body: &str) -> Answer {
    let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request.body(body).expect("a request")).await;
    let (head, body) = response.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: head.status,
        headers: head.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body,
    }
}

impl Sandbox {
    async fn new(mode: WorkspaceMode) -> Self {
        let plan = Plan {
            seed: Seed::sample(),
            now: sample::as_of(),
            mode,
        };
        let town = Town::build(&plan, metrics()).await.expect("a town");
        assert_eq!(town.problems, [] as [String; 0]);
        let town = Arc::new(town);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let serving = tokio::spawn(site::serve(listener, address, town.clone(), stop.clone()));
        Self {
            town,
            address,
            stop,
            serving,
        }
    }

    fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn get(&self, path: &str) -> Answer {
        ask(Request::get(format!("{}{path}", self.origin())), "").await
    }

    fn post(&self) -> http::request::Builder {
        Request::post(format!("{}/api/act", self.origin()))
            .header(header::ORIGIN, self.origin())
            .header(header::CONTENT_TYPE, "application/json")
    }

    /// Does something, which the page takes.
    async fn act(&self, who: &str, mut act: Value) -> Value {
        act["as"] = self.id(who).into();
        let answer = ask(self.post(), &act.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{act}: {}", answer.body);
        answer.json()
    }

    fn id(&self, who: &str) -> String {
        self.town.workspace.person(who).id().to_owned()
    }

    async fn state(&self, who: &str) -> Value {
        let answer = self.get(&format!("/api/state?as={}", self.id(who))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    fn sig_node(&self) -> String {
        self.town.workspace.channel("sig-node").id().to_owned()
    }

    /// The messages that somebody sees in a channel.
    async fn messages(&self, who: &str, channel: &str) -> Vec<Value> {
        let state = self.state(who).await;
        let channels = state["channels"].as_array().expect("channels");
        let found = channels.iter().find(|one| one["id"] == channel);
        let found = found.unwrap_or_else(|| panic!("{who} sees no {channel}"));
        found["messages"].as_array().expect("messages").clone()
    }

    /// Returns the messages that somebody sees once there are so many.
    async fn until(&self, who: &str, channel: &str, many: usize) -> Vec<Value> {
        self.eventually("messages", async || {
            let messages = self.messages(who, channel).await;
            (messages.len() >= many).then_some(messages)
        })
        .await
    }

    /// Returns what is looked for, once it is there.
    async fn eventually<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let (mut slack, mut github) = (self.town.slack.changed(), self.town.github.changed());
        let wait = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::select! {
                    changed = slack.changed() => changed.expect("Slack is there"),
                    changed = github.changed() => changed.expect("GitHub is there"),
                }
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(20), wait).await;
        found.unwrap_or_else(|_| panic!("{what}: not within twenty seconds"))
    }

    /// Ends it: Slack had nothing to scold.
    async fn end(self) {
        self.town.slack.nothing_was_wrong();
        self.stop.cancel();
        self.serving.await.expect("it ends");
        let town = Arc::into_inner(self.town).expect("nobody holds it");
        town.stop().await;
    }
}

fn words(message: &Value) -> String {
    message["blocks"].to_string()
}

const STATUS: &str = "/kep status 5825";
