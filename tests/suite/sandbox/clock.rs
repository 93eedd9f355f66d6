//! The sandbox's clock: people move it on, and the bot lives through all that time.

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use kep_liaison::config::WorkspaceMode;
use serde_json::{Value, json};

use super::{STATUS, Sandbox, ask, words};

fn moment(value: &Value) -> DateTime<Utc> {
    let text = value.as_str().expect("a moment");
    text.parse().expect("a moment")
}

impl Sandbox {
    async fn now(&self) -> DateTime<Utc> {
        moment(&self.state("fuweid").await["now"])
    }

    async fn sets_clock(&self, to: DateTime<Utc>) {
        self.act("fuweid", json!({"act": "sets_clock", "to": to}))
            .await;
    }
}

#[tokio::test]
async fn a_day_passes_in_its_order() {
    for mode in [WorkspaceMode::Socket, WorkspaceMode::Http] {
        let sandbox = Sandbox::new(mode).await;
        let start = sandbox.now().await;
        let before = sandbox.town.github.requests().len();
        let to = start + TimeDelta::days(1);
        sandbox.sets_clock(to).await;
        let now = sandbox.now().await;
        assert!(now >= to && now < to + TimeDelta::minutes(5), "{now}");
        // The bot asked GitHub all day long, and the last time just now.
        let calls = sandbox.town.github.requests();
        let times = calls[before..].iter().map(|call| call.at);
        let times: Vec<_> = std::iter::once(start).chain(times).chain([now]).collect();
        assert!(times.is_sorted(), "{times:?}");
        let longest = times.windows(2).map(|two| two[1] - two[0]).max();
        let longest = longest.expect("two calls");
        assert!(longest < TimeDelta::minutes(50), "{longest}");
        // It is as well as before.
        let channel = sandbox.town.workspace.channel("sig-node-containerd");
        let channel = channel.id().to_owned();
        let write = json!({"act": "writes", "channel": channel, "text": STATUS});
        let came = sandbox.act("fuweid", write).await;
        assert_eq!(came["error"], Value::Null);
        let said = sandbox.until("fuweid", &channel, 1).await;
        assert!(words(&said[0]).contains("CRI List Streaming"));
        assert!(!words(&said[0]).contains("As of "), "{said:?}");
        sandbox.end().await;
    }
}

#[tokio::test]
async fn one_can_go_to_the_next_digest() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let digest = sandbox.state("bitoku").await["digest"].clone();
    assert_eq!(digest["channel"], "sig-node");
    let said = digest["words"].as_str().expect("words");
    assert!(said.starts_with("Mon "), "{said}");
    assert!(said.ends_with(", 08:00 (America/Los_Angeles)"), "{said}");
    let at = moment(&digest["at"]);
    sandbox.sets_clock(at).await;
    assert!(sandbox.now().await >= at);
    let channel = sandbox.sig_node();
    let digest = sandbox.until("bitoku", &channel, 1).await.remove(0);
    assert_eq!(digest["is_app"], true);
    let seconds = digest["ts"].as_str().and_then(|ts| ts.split('.').next());
    let seconds: i64 = seconds.expect("a ts").parse().expect("seconds");
    let late = seconds - at.timestamp();
    assert!((0..120).contains(&late), "{late} s late");
    let next = moment(&sandbox.state("bitoku").await["digest"]["at"]);
    assert_eq!(next, at + TimeDelta::days(7));

    let picture = async |at: usize| {
        let messages = sandbox.messages("bitoku", &channel).await;
        let mut digests = messages
            .iter()
            .filter(|it| it["blocks"][0]["type"] == "header");
        let blocks = digests.nth(at)?["blocks"].as_array()?.clone();
        blocks.into_iter().find(|block| block["type"] == "image")
    };
    sandbox
        .eventually("a chart", async || picture(0).await)
        .await;

    // A week in which something moved has one, too.
    let close =
        json!({"act": "on_github", "login": "samuelkarp", "does": {"close": {"issue": 12814}}});
    sandbox.act("samuelkarp", close).await;
    let leaps = *sandbox.town.leaps().borrow();
    sandbox.sets_clock(next).await;
    assert!(*sandbox.town.leaps().borrow() - leaps < 90);
    let chart = sandbox
        .eventually("the next chart", async || picture(1).await)
        .await;
    let file = chart["slack_file"]["id"].as_str().expect("a file");
    let shown = sandbox.get(&format!("/api/picture?id={file}")).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.headers["content-type"], "image/png");
    let alt = chart["alt_text"].as_str().expect("words");
    assert!(alt.contains("KEPs"), "{alt}");
    sandbox.end().await;
}

#[tokio::test]
async fn the_clock_goes_forwards_and_not_for_ever() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let start = sandbox.now().await;
    let leaps = *sandbox.town.leaps().borrow();
    let month = TimeDelta::days(31);
    for (to, why) in [
        (json!(start), "The clock only goes forwards"),
        (json!(start - month), "The clock only goes forwards"),
        (
            json!("0000-01-01T00:00:00Z"),
            "The clock only goes forwards",
        ),
        (
            json!(start + month + TimeDelta::hours(1)),
            "The clock goes 31 days at most at once: until ",
        ),
        (
            json!("+262142-12-31T23:59:59Z"),
            "The clock goes 31 days at most at once: until ",
        ),
        (json!("tomorrow"), "This is nothing that one can do: "),
        (
            json!("2026-02-30T00:00:00Z"),
            "This is nothing that one can do: ",
        ),
        (
            json!("2026-08-01T00:00:00"),
            "This is nothing that one can do: ",
        ),
        (json!(1_785_000_000), "This is nothing that one can do: "),
        (json!(null), "This is nothing that one can do: "),
        (json!([start]), "This is nothing that one can do: "),
    ] {
        let act = json!({"as": sandbox.id("fuweid"), "act": "sets_clock", "to": to});
        let answer = ask(sandbox.post(), &act.to_string()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{act}");
        let error = answer.json()["error"].as_str().map(str::to_owned);
        let error = error.expect("a sentence");
        assert!(
            error.starts_with(why) && error.ends_with('.'),
            "{act}: {error}"
        );
    }
    assert!(sandbox.now().await < start + TimeDelta::minutes(5));
    assert_eq!(*sandbox.town.leaps().borrow(), leaps);
    sandbox.end().await;
}

#[tokio::test]
async fn only_one_moves_it_at_once() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let start = sandbox.now().await;
    let act = |who: &str, hours: i64| {
        let to = start + TimeDelta::hours(hours);
        let act = json!({"as": sandbox.id(who), "act": "sets_clock", "to": to});
        let post = sandbox.post();
        async move { ask(post, &act.to_string()).await }
    };
    let (one, other) = tokio::join!(act("fuweid", 3), act("bitoku", 5));
    let (went, refused) = if one.status == StatusCode::OK {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(went.status, StatusCode::OK, "{}", went.body);
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    assert!(refused.body.contains("Somebody is moving the clock"));
    sandbox.end().await;
}
