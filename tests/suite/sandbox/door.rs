//! Who is kept out of the sandbox, and what it does not take.

use http::{Method, Request, StatusCode, header};
use kep_liaison::config::WorkspaceMode;
use serde_json::{Value, json};

use super::{STATUS, Sandbox, ask};

#[tokio::test]
async fn the_page_takes_nothing_from_elsewhere() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let page = sandbox.get("/").await;
    assert!(page.body.starts_with("<!doctype html>"));
    let scripts = [
        "app", "blocks", "calls", "clock", "composer", "dialog", "edit", "github", "lists", "menu",
        "messages", "sandbox",
    ];
    let scripts = scripts.map(|name| format!("/{name}.js"));
    let others = ["/", "/style.css", "/github.css", "/icon.svg"];
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
            let answer = ask(request.header(header::HOST, &host), "").await;
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
        let answer = ask(request, &act.to_string()).await;
        assert_eq!(answer.status, status, "{origin:?} {kind}: {}", answer.body);
    }
    let said = sandbox.messages("fuweid", &sandbox.sig_node()).await;
    assert_eq!(said.len(), 1, "only the last one was let in");
    sandbox.end().await;
}

impl Sandbox {
    /// Tries something, which is refused with a sentence.
    async fn is_refused(&self, who: &str, mut act: Value) {
        act["as"] = self.id(who).into();
        let answer = ask(self.post(), &act.to_string()).await;
        let status = StatusCode::BAD_REQUEST;
        assert_eq!(answer.status, status, "{act}: {}", answer.body);
        let error = answer.json()["error"].as_str().map(str::to_owned);
        let error = error.expect("a sentence");
        assert!(
            error.ends_with('.') && error.contains(' '),
            "{act}: {error}"
        );
    }
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
    let hello = json!({"act": "writes", "channel": channel, "text": "hello"});
    sandbox.act("fuweid", hello).await;
    let theirs = sandbox.messages("fuweid", &channel).await[1]["ts"].clone();
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
        (
            "mikebrow",
            json!({"act": "edits", "channel": channel, "ts": theirs, "text": "mine"}),
        ),
        (
            "mikebrow",
            json!({"act": "deletes", "channel": channel, "ts": theirs}),
        ),
        (
            "fuweid",
            json!({"act": "deletes", "channel": channel, "ts": answer["ts"]}),
        ),
        (
            "fuweid",
            json!({"act": "edits", "channel": channel, "ts": theirs, "text": " "}),
        ),
        (
            "fuweid",
            json!({"act": "uses_shortcut", "channel": channel, "ts": theirs, "shortcut": "none"}),
        ),
        (
            "fuweid",
            json!({"act": "uses_shortcut", "channel": channel, "ts": answer["ts"], "shortcut": "relay"}),
        ),
    ] {
        sandbox.is_refused(who, act).await;
    }
    let junk = ask(sandbox.post(), "\u{0}{").await;
    assert_eq!(junk.status, StatusCode::BAD_REQUEST);
    let nobody = json!({"as": "U404", "act": "opens_home"}).to_string();
    let nobody = ask(sandbox.post(), &nobody).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    let huge = " ".repeat(300 * 1024);
    let huge = ask(sandbox.post(), &huge).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let get = sandbox.get("/api/act").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    sandbox.end().await;
}

#[tokio::test]
async fn what_nobody_could_do_on_github_is_refused_in_a_sentence() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let (issue, pull) = (12814, 12518);
    let containerd = sandbox.town.runtime();
    let comment = containerd.comment("fuweid", issue, "In review.");
    let label = "target/kubernetes/v1.37";
    let long = "x".repeat(65_537);
    for (login, does) in [
        ("fuweid", json!({})),
        ("fuweid", json!({"fly": {"issue": issue}})),
        (
            "nobody",
            json!({"comment": {"issue": issue, "text": "hello"}}),
        ),
        ("kep-liaison-bot", json!({"close": {"issue": issue}})),
        (
            "fuweid",
            json!({"comment": {"issue": 404, "text": "hello"}}),
        ),
        (
            "fuweid",
            json!({"comment": {"issue": pull, "text": "hello"}}),
        ),
        (
            "fuweid",
            json!({"comment": {"issue": issue, "text": " \n"}}),
        ),
        ("fuweid", json!({"comment": {"issue": issue, "text": long}})),
        (
            "mikebrow",
            json!({"edit_comment": {"issue": issue, "comment": comment, "text": "mine"}}),
        ),
        (
            "fuweid",
            json!({"edit_comment": {"issue": issue, "comment": 5, "text": "mine"}}),
        ),
        (
            "stranger",
            json!({"delete_comment": {"issue": issue, "comment": comment}}),
        ),
        (
            "fuweid",
            json!({"delete_comment": {"issue": 15004, "comment": comment}}),
        ),
        ("stranger", json!({"close": {"issue": issue}})),
        (
            "stranger",
            json!({"label": {"issue": issue, "label": label}}),
        ),
        // Labels are not for whoever opened the issue.
        (
            "HirazawaUi",
            json!({"label": {"issue": 12489, "label": label}}),
        ),
        ("fuweid", json!({"label": {"issue": issue, "label": "new"}})),
        (
            "fuweid",
            json!({"unlabel": {"issue": issue, "label": label}}),
        ),
        (
            "fuweid",
            json!({"unlabel": {"issue": issue, "label": "area/cri"}}),
        ),
    ] {
        let act = json!({"act": "on_github", "login": login, "does": does});
        sandbox.is_refused("bitoku", act).await;
    }
    assert_eq!(containerd.comments_on(issue), ["In review."]);
    assert_eq!(containerd.issue(issue)["state"], "open");
    sandbox.end().await;
}
