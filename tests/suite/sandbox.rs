//! The sandbox as a browser meets it: the page, what each person sees, what they do, and who is kept
//! out. The bot in it is the real one.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::{
    config::WorkspaceMode,
    sample,
    sandbox::{
        site,
        slack::{Fault, Kind, On},
        town::{Plan, Seed, Town},
    },
};
use serde_json::{Value, json};
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
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
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

    async fn ask(&self, request: http::request::Builder, body: &str) -> Answer {
        let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request.body(body).expect("a request")).await;
        let (head, body) = response.expect("an answer").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.into()).expect("text"),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let address = format!("{}{path}", self.origin());
        self.ask(Request::get(address), "").await
    }

    fn post(&self) -> http::request::Builder {
        Request::post(format!("{}/api/act", self.origin()))
            .header(header::ORIGIN, self.origin())
            .header(header::CONTENT_TYPE, "application/json")
    }

    /// Does something, which the page takes.
    async fn act(&self, who: &str, mut act: Value) -> Value {
        act["as"] = self.id(who).into();
        let answer = self.ask(self.post(), &act.to_string()).await;
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
        let mut changed = self.town.slack.changed();
        let wait = async {
            loop {
                let messages = self.messages(who, channel).await;
                if messages.len() >= many {
                    return messages;
                }
                changed.changed().await.expect("Slack is there");
            }
        };
        let messages = tokio::time::timeout(Duration::from_secs(10), wait).await;
        messages.unwrap_or_else(|_| panic!("{who} never saw {many} messages"))
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

#[tokio::test]
async fn an_answer_is_its_askers_until_it_is_posted() {
    for mode in [WorkspaceMode::Socket, WorkspaceMode::Http] {
        let sandbox = Sandbox::new(mode).await;
        let channel = sandbox.sig_node();
        let came = sandbox
            .act(
                "mikebrow",
                json!({"act": "writes", "channel": channel, "text": STATUS}),
            )
            .await;
        assert_eq!(came["error"], Value::Null);
        assert!(came["ms"].as_f64().is_some_and(|ms| ms < 3000.0), "{came}");
        let [answer] = &sandbox.messages("mikebrow", &channel).await[..] else {
            panic!("not one answer");
        };
        assert_eq!(answer["is_ephemeral"], true);
        for said in ["CRI List Streaming", "containerd 2.3", "15022"] {
            assert!(words(answer).contains(said), "no {said}: {answer}");
        }
        // The facts are as of now by the clock of the town, so nothing says that they are old.
        for age in ["As of ", "Sample data", "not everything has arrived"] {
            assert!(!words(answer).contains(age), "{age}: {answer}");
        }
        assert!(sandbox.messages("bitoku", &channel).await.is_empty());

        let on = json!({"channel": channel, "ts": answer["ts"]});
        let press = json!({"act": "clicks", "on": on, "action": "kep_post"});
        sandbox.act("mikebrow", press).await;
        let posted = sandbox.until("bitoku", &channel, 1).await;
        assert_eq!(posted[0]["is_ephemeral"], false);
        assert!(words(&posted[0]).contains("CRI List Streaming"));
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_mention_is_answered_in_its_thread_and_a_message_among_two() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let asked = "@kep-liaison who shepherds 5825?";
    let say = json!({"act": "writes", "channel": channel, "text": asked});
    sandbox.act("bitoku", say).await;
    let messages = sandbox.until("fuweid", &channel, 2).await;
    assert_eq!(messages[0]["author"], sandbox.id("bitoku"));
    assert_eq!(messages[1]["thread"], messages[0]["ts"]);
    assert!(words(&messages[1]).contains("samuelkarp"));

    let reply = json!({"act": "replies", "channel": channel, "thread": messages[0]["ts"], "text": "thanks"});
    sandbox.act("fuweid", reply).await;
    let react =
        json!({"act": "reacts", "channel": channel, "ts": messages[1]["ts"], "emoji": "eyes"});
    sandbox.act("fuweid", react.clone()).await;
    let messages = sandbox.messages("bitoku", &channel).await;
    assert_eq!(messages[2]["thread"], messages[0]["ts"]);
    let eyes = json!([{"name": "eyes", "people": [sandbox.id("fuweid")]}]);
    assert_eq!(messages[1]["reactions"], eyes);
    sandbox.act("fuweid", react).await;
    let messages = sandbox.messages("bitoku", &channel).await;
    assert_eq!(messages[1]["reactions"], json!([]));

    let person = sandbox.town.workspace.person("bitoku");
    let direct = person.direct().id().to_owned();
    let say = json!({"act": "writes", "channel": direct, "text": "5825"});
    sandbox.act("bitoku", say).await;
    let messages = sandbox.until("bitoku", &direct, 2).await;
    assert!(words(&messages[1]).contains("CRI List Streaming"));
    let others = sandbox.state("fuweid").await.to_string();
    assert!(!others.contains(&direct), "others see that they talk");
    sandbox.end().await;
}

#[tokio::test]
async fn a_home_is_that_of_who_opens_it() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    for (who, said) in [
        ("samuelkarp", "samuelkarp on GitHub"),
        ("HirazawaUi", "GitHub"),
    ] {
        assert_eq!(sandbox.state(who).await["home"], Value::Null);
        sandbox.act(who, json!({"act": "opens_home"})).await;
        let person = sandbox.town.workspace.person(who);
        let there = |_: &_| person.home().is_some();
        sandbox.town.workspace.until("a home", there).await;
        let home = sandbox.state(who).await["home"].to_string();
        assert!(home.contains(said), "{home}");
    }
    sandbox.end().await;
}

#[tokio::test]
async fn the_page_takes_nothing_from_elsewhere() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let page = sandbox.get("/").await;
    assert!(page.body.starts_with("<!doctype html>"));
    let scripts = [
        "app", "blocks", "calls", "composer", "dialog", "lists", "messages", "sandbox",
    ];
    let scripts = scripts.map(|name| format!("/{name}.js"));
    let others = ["/", "/style.css", "/icon.svg"];
    for path in others.into_iter().chain(scripts.iter().map(String::as_str)) {
        let file = sandbox.get(path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        let policy = file.headers["content-security-policy"].to_str();
        let policy = policy.expect("a policy");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        // Of addresses there is only the name of a vocabulary.
        let outside = file.body.replace("http://www.w3.org/2000/svg", "");
        let addresses = ["http://", "https://", "//cdn", "url("].map(|start| {
            let at = outside.match_indices(start);
            // An example in a comment, and the scheme of a link that is checked, are none.
            at.filter(|(at, _)| !outside[*at..].starts_with("https://…"))
                .count()
        });
        assert_eq!(addresses, [0; 4], "{path}");
        for unsafe_way in ["innerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!file.body.contains(unsafe_way), "{path}: {unsafe_way}");
        }
    }
    assert_eq!(sandbox.get("/nothing").await.status, StatusCode::NOT_FOUND);
    sandbox.end().await;
}

#[tokio::test]
async fn other_pages_are_kept_out() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let port = sandbox.address.port();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), StatusCode::OK),
        (format!("localhost:{port}"), StatusCode::OK),
        (format!("rebound.example:{port}"), StatusCode::FORBIDDEN),
        ("127.0.0.1".to_owned(), StatusCode::FORBIDDEN),
        (format!("127.0.0.1.example:{port}"), StatusCode::FORBIDDEN),
    ] {
        for path in ["/", "/api/state", "/api/calls"] {
            let request = Request::get(format!("{}{path}", sandbox.origin()));
            let answer = sandbox.ask(request.header(header::HOST, &host), "").await;
            assert_eq!(answer.status, status, "{host} {path}");
        }
    }
    let act = json!({
        "as": sandbox.id("fuweid"),
        "act": "writes",
        "channel": sandbox.sig_node(),
        "text": "hello",
    });
    let own = sandbox.origin();
    for (origin, kind, status) in [
        (Some("http://elsewhere.example"), "application/json", 403),
        (Some("null"), "application/json", 403),
        (
            Some(&*format!("http://localhost:{port}")),
            "application/json",
            403,
        ),
        (
            Some(&*format!("https://127.0.0.1:{port}")),
            "application/json",
            403,
        ),
        (None, "application/json", 403),
        (Some(&*own), "text/plain", 415),
        (Some(&*own), "application/json; charset=utf-8", 200),
    ] {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("{own}/api/act"))
            .header(header::CONTENT_TYPE, kind);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let answer = sandbox.ask(request, &act.to_string()).await;
        assert_eq!(answer.status, status, "{origin:?} {kind}: {}", answer.body);
    }
    let said = sandbox.messages("fuweid", &sandbox.sig_node()).await;
    assert_eq!(said.len(), 1, "only the last one was let in");
    sandbox.end().await;
}

#[tokio::test]
async fn what_no_person_could_do_is_refused_in_a_sentence() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let private = sandbox.town.workspace.channel("containerd-maintainers");
    sandbox
        .act(
            "fuweid",
            json!({"act": "writes", "channel": channel, "text": STATUS}),
        )
        .await;
    let answer = sandbox.messages("fuweid", &channel).await.remove(0);
    let on = json!({"channel": channel, "ts": answer["ts"]});
    let long = "x".repeat(4001);
    for (who, act) in [
        ("fuweid", json!({})),
        ("fuweid", json!({"act": "flies"})),
        ("fuweid", json!({"act": "writes", "channel": channel})),
        (
            "fuweid",
            json!({"act": "writes", "channel": channel, "text": " \n "}),
        ),
        (
            "fuweid",
            json!({"act": "writes", "channel": channel, "text": long}),
        ),
        (
            "fuweid",
            json!({"act": "writes", "channel": "C404", "text": "hello"}),
        ),
        (
            "bitoku",
            json!({"act": "writes", "channel": private.id(), "text": "hello"}),
        ),
        (
            "fuweid",
            json!({"act": "replies", "channel": channel, "thread": "1.000000", "text": "hello"}),
        ),
        (
            "fuweid",
            json!({"act": "replies", "channel": channel, "thread": answer["ts"], "text": "hello"}),
        ),
        (
            "fuweid",
            json!({"act": "replies", "channel": channel, "thread": "junk", "text": "hello"}),
        ),
        (
            "fuweid",
            json!({"act": "clicks", "on": on, "action": "no_such_action"}),
        ),
        (
            "fuweid",
            json!({"act": "clicks", "on": {"view": "V404"}, "action": "kep_post"}),
        ),
        (
            "fuweid",
            json!({"act": "clicks", "on": 5, "action": "kep_post"}),
        ),
        (
            "bitoku",
            json!({"act": "clicks", "on": on, "action": "kep_post"}),
        ),
        (
            "fuweid",
            json!({"act": "reacts", "channel": channel, "ts": answer["ts"], "emoji": "eyes"}),
        ),
        (
            "fuweid",
            json!({"act": "submits", "view": "V404", "values": {}}),
        ),
        ("fuweid", json!({"act": "closes", "view": "V404"})),
    ] {
        let mut asked = act.clone();
        asked["as"] = sandbox.id(who).into();
        let answer = sandbox.ask(sandbox.post(), &asked.to_string()).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{act}: {}",
            answer.body
        );
        let error = answer.json()["error"].as_str().map(str::to_owned);
        let error = error.expect("a sentence");
        assert!(
            error.ends_with('.') && error.contains(' '),
            "{act}: {error}"
        );
    }
    let junk = sandbox.ask(sandbox.post(), "\u{0}{").await;
    assert_eq!(junk.status, StatusCode::BAD_REQUEST);
    let nobody = json!({"as": "U404", "act": "opens_home"}).to_string();
    let nobody = sandbox.ask(sandbox.post(), &nobody).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    let huge = " ".repeat(300 * 1024);
    let huge = sandbox.ask(sandbox.post(), &huge).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let get = sandbox.get("/api/act").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    sandbox.end().await;
}

#[tokio::test]
async fn what_slack_says_of_a_failure_is_told() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let failed = async |text: &str| {
        let act = json!({"act": "writes", "channel": channel, "text": text});
        let came = sandbox.act("samuelkarp", act).await;
        came["error"].as_str().expect("an error").to_owned()
    };
    assert_eq!(failed("/kpe 5825").await, "/kpe is not a valid command.");
    sandbox
        .town
        .slack
        .fault(On::envelope(Kind::Command), Fault::Hang);
    let error = failed(STATUS).await;
    assert!(
        error.contains("operation_timeout") && error.contains("3 seconds"),
        "{error}"
    );
    // That is what it was for.
    let wrong = sandbox.town.slack.take_violations();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    sandbox.end().await;
}

#[tokio::test]
async fn every_call_is_in_the_log() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let write = json!({"act": "writes", "channel": channel, "text": STATUS});
    sandbox.act("samuelkarp", write).await;
    let calls = sandbox.get("/api/calls").await.json();
    let calls = calls.as_array().expect("calls");
    let one = |to: &str, what: &str| {
        let is = |call: &&Value| {
            call["to"] == to && call["what"].as_str().is_some_and(|w| w.starts_with(what))
        };
        let found = calls.iter().find(is);
        found.unwrap_or_else(|| panic!("no {what} to {to}")).clone()
    };
    let state = sandbox.state("samuelkarp").await;
    assert_eq!(state["calls"], calls.len());
    for call in [
        one("GitHub", "GET /repos/containerd/containerd/issues"),
        one("Slack", "apps.connections.open"),
        one("bot", STATUS),
    ] {
        assert_eq!(call["ok"], true, "{call}");
        for number in ["ms", "bytes"] {
            assert!(call[number].as_f64().is_some_and(|n| n >= 0.0), "{call}");
        }
        let id = call["id"].as_str().expect("an id");
        let whole = sandbox.get(&format!("/api/call?id={id}")).await.json();
        assert!(!whole["answer"].is_null(), "{whole}");
    }
    let token = sandbox.town.workspace.bot_token();
    let all = sandbox.get("/api/calls").await.body;
    assert!(!all.contains(&token));
    let none = sandbox.get("/api/call?id=slack-9999").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    sandbox.end().await;
}

#[tokio::test]
async fn a_dialog_is_filled_in_and_sent() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let write = json!({"act": "writes", "channel": channel, "text": STATUS});
    sandbox.act("fuweid", write).await;
    // The bot has no dialog yet, so one is opened in its name.
    let attempts = sandbox.town.slack.attempts();
    let trigger = &attempts.last().expect("the command").payload["trigger_id"];
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let view = json!({
        "type": "modal",
        "title": plain("Triage"),
        "submit": plain("Save"),
        "blocks": [{
            "type": "input",
            "block_id": "why",
            "label": plain("Why?"),
            "element": {"type": "plain_text_input", "action_id": "why"},
        }],
    });
    let open = Request::post(format!("{}/views.open", sandbox.town.slack.api_url()))
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", sandbox.town.workspace.bot_token()),
        );
    let open = sandbox
        .ask(
            open,
            &json!({"trigger_id": trigger, "view": view}).to_string(),
        )
        .await;
    assert_eq!(open.json()["ok"], true, "{}", open.body);

    let modal = sandbox.state("fuweid").await["modal"].clone();
    assert_eq!(
        (&modal["title"], &modal["submit"]),
        (&json!("Triage"), &json!("Save"))
    );
    assert_eq!(sandbox.state("mikebrow").await["modal"], Value::Null);
    let send = |values: Value| json!({"act": "submits", "view": modal["id"], "values": values});
    sandbox.act("fuweid", send(json!({}))).await;
    let errors = sandbox.state("fuweid").await["modal"]["errors"].clone();
    assert_eq!(errors["why"], "Please complete this required field.");
    sandbox
        .act("fuweid", send(json!({"why": "no change to CRI"})))
        .await;
    assert_eq!(sandbox.state("fuweid").await["modal"], Value::Null);
    sandbox.end().await;
}

#[tokio::test]
async fn the_page_is_told_of_changes_until_the_end() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let address = format!("{}/api/changes", sandbox.origin());
    let request = Request::get(address)
        .body(Full::default())
        .expect("a request");
    let mut body = client
        .request(request)
        .await
        .expect("an answer")
        .into_body();
    let mut next = async || {
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await;
        let frame = frame.expect("in time")?.expect("a frame");
        let text = frame.into_data().expect("data");
        Some(String::from_utf8(text.into()).expect("text"))
    };
    let first = next().await.expect("the revision at first");
    let channel = sandbox.sig_node();
    let write = json!({"act": "writes", "channel": channel, "text": "hello"});
    sandbox.act("fuweid", write).await;
    let second = next().await.expect("another revision");
    assert!(
        first.starts_with("data:") && first != second,
        "{first} {second}"
    );
    sandbox.stop.cancel();
    while next().await.is_some() {}
    sandbox.end().await;
}
