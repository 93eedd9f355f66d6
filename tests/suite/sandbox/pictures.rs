//! Pictures in messages, as the page shows them.

use std::sync::Arc;

use http::{Request, StatusCode, header};
use kep_liaison::{
    app::SystemClock,
    config::WorkspaceMode,
    domain::{
        Secret,
        bridge::{Key, Saying},
    },
    ports::chat::{Chat as _, Picture, PostAt, Shown, Speech},
    slack::{api, chat::SlackChat},
};

use super::{Sandbox, ask};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

impl Sandbox {
    /// The bot's own way to Slack.
    fn chat(&self) -> SlackChat {
        let client = api::client(&self.town.slack.api_url()).expect("a client");
        let token = Secret::new(&self.town.workspace.bot_token());
        let clock = Arc::new(SystemClock);
        SlackChat::new(api::Api::new(client, &token, clock.clone()), clock)
    }

    async fn uploads(&self, bytes: &[u8]) -> Box<str> {
        let picture = Picture {
            name: "keps.png",
            title: "KEPs",
            alt: "12 KEPs are open.",
            bytes,
        };
        let uploaded = self.chat().upload(&picture).await;
        uploaded.expect("it is uploaded")
    }
}

#[tokio::test]
async fn a_picture_in_a_message_comes_from_the_sandbox_itself() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let file = sandbox.uploads(PNG).await;
    let saying = Saying::Plain("The week".into());
    let speech = Speech {
        saying: &saying,
        card: None,
        url: None,
        picture: Some(Shown {
            file: &file,
            alt: "12 KEPs are open.",
        }),
    };
    let channel = sandbox.sig_node();
    let at = PostAt {
        channel: &channel,
        thread: None,
        broadcast: false,
    };
    let key = Key::parse("digest/1").expect("a key");
    let posted = sandbox.chat().post(at, &speech, &key).await;
    posted.expect("it is posted");
    let message = &sandbox.until("bitoku", &channel, 1).await[0];
    let block = &message["blocks"][1];
    assert_eq!(block["slack_file"]["id"], *file);
    assert_eq!(block["alt_text"], "12 KEPs are open.");

    let shown = sandbox.get(&format!("/api/picture?id={file}")).await;
    assert_eq!((shown.status, &*shown.bytes), (StatusCode::OK, PNG));
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(shown.headers[name], value);
    }
    let address = format!("{}/api/picture?id={file}", sandbox.origin());
    let rebound = Request::get(address).header(header::HOST, "rebound.example");
    assert_eq!(ask(rebound, "").await.status, StatusCode::FORBIDDEN);
    sandbox.end().await;
}

#[tokio::test]
async fn what_is_no_picture_is_not_served_as_one() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let page = sandbox
        .uploads(b"<!doctype html><script>alert(1)</script>")
        .await;
    for id in [
        &*page,
        "F404",
        "",
        "../style.css",
        "%2e%2e%2f",
        "%00",
        "%ff",
    ] {
        let answer = sandbox.get(&format!("/api/picture?id={id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answer.json()["error"], "There is no such picture.", "{id}");
    }
    let none = sandbox.get("/api/picture").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    let post = Request::post(format!("{}/api/picture?id={page}", sandbox.origin()))
        .header(header::ORIGIN, sandbox.origin())
        .header(header::CONTENT_TYPE, "application/json");
    assert_eq!(ask(post, "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    sandbox.end().await;
}
