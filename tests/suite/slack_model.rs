//! The model of Slack, held to Slack's documentation rule by rule: through real HTTP and WebSockets,
//! by the client that production uses, and by one that knows nothing of this project.

mod app;
mod blocks;
mod commands;
mod events;
mod faults;
mod interactions;
mod messages;
mod modals;
mod production;
mod reading;
mod response_urls;
mod slack_sdk;
mod sockets;
mod web_api;

pub(crate) use app::Endpoint;
pub(crate) use slack_sdk::python_with;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use kep_liaison::sandbox::{
    clock::ManualClock,
    slack::{Channel, Person, Slack, Workspace, Wrong},
};
use serde_json::{Value, json};

use crate::github_model::http::{Http, Reply};

/// A Slack with one workspace, one channel with the app and two people in it, standing still in time.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) slack: Slack,
    pub(crate) workspace: Workspace,
    pub(crate) sig_node: Channel,
    pub(crate) sam: Person,
    pub(crate) mike: Person,
}

pub(crate) async fn world() -> World {
    let clock = ManualClock::at(moment("2026-03-02T09:00:00Z"));
    let slack = Slack::start(Arc::new(clock.clone())).await;
    let workspace = slack.workspace("kubernetes");
    let sam = workspace.person("samuelkarp");
    let mike = workspace.person("mikebrow");
    let sig_node = workspace.channel("sig-node").with(&[&sam, &mike]);
    World {
        clock,
        slack,
        workspace,
        sig_node,
        sam,
        mike,
    }
}

impl World {
    fn http(&self, token: &str) -> Http {
        Http::new(&self.slack.api_url(), Some(token))
            .with("content-type", "application/json; charset=utf-8")
    }

    async fn reply(&self, method: &str, arguments: Value) -> Reply {
        let http = self.http(&self.workspace.bot_token());
        http.post(&format!("/{method}"), arguments).await
    }

    /// A call of the Web API with the bot's token: what is answered.
    async fn call(&self, method: &str, arguments: Value) -> Value {
        let reply = self.reply(method, arguments).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// A call that must go well.
    async fn ok(&self, method: &str, arguments: Value) -> Value {
        let answer = self.call(method, arguments).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer
    }

    /// The error of a call that must not.
    async fn error(&self, method: &str, arguments: Value) -> String {
        let answer = self.call(method, arguments).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["error"].as_str().expect("an error").to_owned()
    }

    /// Posts in the channel; its `ts`.
    async fn post(&self, text: &str) -> String {
        let message = json!({"channel": self.sig_node.id(), "text": text});
        let answer = self.ok("chat.postMessage", message).await;
        answer["ts"].as_str().expect("a ts").to_owned()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The kinds of mistakes so far; they are forgotten.
    fn scolded(&self) -> Vec<Wrong> {
        let violations = self.slack.take_violations();
        violations.iter().map(|violation| violation.what).collect()
    }

    fn channel(&self) -> Value {
        self.sig_node.id().into()
    }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}
