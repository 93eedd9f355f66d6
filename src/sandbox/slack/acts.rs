//! What people do in Slack, and what they see come of it. An act returns when the app has taken in
//! what it was told, or has failed to.

mod command;
mod element;
mod modal;
mod press;
mod talk;
mod written;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    deliver::{Tried, failure},
    log::{Kind, Outcome},
    look::{OpenView, Said},
    outgoing::{Outgoing, show_actor, show_place, show_team},
    seed::Person,
    show::show_view,
    state::State,
    team::ResponseUrl,
    ts::Ts,
};

/// "Within 30 minutes of receiving the payload".
/// <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>
const ANSWERABLE: chrono::TimeDelta = chrono::TimeDelta::minutes(30);

/// What a person sees come of what they did.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What Slack itself says when it went wrong: `operation_timeout`, `dispatch_failed`…
    pub error: Option<String>,
    /// The reply that came with the acknowledgement.
    pub reply: Option<Said>,
    /// How long the acknowledgement took, in real time.
    pub took: Duration,
    /// What the app was told.
    pub payload: Value,
    /// What the app acknowledged it with; `null` for nothing.
    pub ack: Value,
}

impl Shown {
    /// The reply. Panics when there was none.
    pub fn said(&self) -> &Said {
        self.reply
            .as_ref()
            .unwrap_or_else(|| panic!("no reply came: {self:?}"))
    }

    /// All that one reads in the reply. Panics when there was none.
    pub fn words(&self) -> String {
        self.said().words()
    }

    /// The `response_url` the app was given; empty where there is none.
    pub fn response_url(&self) -> &str {
        self.payload["response_url"].as_str().unwrap_or_default()
    }

    /// The `trigger_id` the app was given.
    pub fn trigger_id(&self) -> &str {
        self.payload["trigger_id"].as_str().unwrap_or_default()
    }

    fn refused(error: String) -> Self {
        Self {
            error: Some(error),
            reply: None,
            took: Duration::ZERO,
            payload: Value::Null,
            ack: Value::Null,
        }
    }
}

/// Where something can be pressed: in a message, or in a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// A message.
    Message {
        /// The channel's id.
        channel: String,
        /// The message's `ts`.
        ts: String,
    },
    /// A modal or a Home tab, by its id.
    View(String),
}

impl From<&Said> for Spot {
    fn from(said: &Said) -> Self {
        Self::Message {
            channel: said.channel.clone(),
            ts: said.ts.clone(),
        }
    }
}

impl From<&Shown> for Spot {
    fn from(shown: &Shown) -> Self {
        shown.said().into()
    }
}

impl From<&OpenView> for Spot {
    fn from(view: &OpenView) -> Self {
        Self::View(view.id.clone())
    }
}

impl Person {
    /// Tells the app, and waits for what it says to that.
    async fn ask(&self, kind: Kind, payload: Value, accepts_payload: bool) -> (Shown, Tried) {
        let outgoing = Outgoing {
            team: self.team.clone(),
            kind,
            payload,
            accepts_payload,
        };
        let start = Instant::now();
        let tried = self.slack.0.shared.deliver(&outgoing, 0, "").await;
        let ack = match &tried.outcome {
            Outcome::Acked(ack) => ack.clone(),
            _ => Value::Null,
        };
        let shown = Shown {
            error: failure(&tried.outcome).map(str::to_owned),
            reply: None,
            took: start.elapsed(),
            payload: outgoing.payload,
            ack,
        };
        (shown, tried)
    }

    /// The fields that all interactions have.
    /// <https://docs.slack.dev/reference/interaction-payloads>
    fn interaction(&self, state: &State, kind: &str) -> Value {
        let team = state.team(&self.team);
        json!({
            "type": kind,
            "token": "legacy-verification-token",
            "team": show_team(team),
            "user": show_actor(team, &self.id),
            "api_app_id": team.app.id,
            "enterprise": null,
            "is_enterprise_install": false,
        })
    }

    /// Adds where it happened, and a `response_url` for it. Gives the path that URL is known by.
    fn add_place(
        &self,
        state: &mut State,
        payload: &mut Value,
        (channel, original): (&str, Option<Ts>),
    ) -> String {
        let messages = &state.channel(&self.team, channel).messages;
        let message = original.and_then(|ts| messages.get(&ts));
        let url = ResponseUrl {
            channel: channel.to_owned(),
            user: self.id.clone(),
            until: state.now() + ANSWERABLE,
            uses: 0,
            original,
            thread: message.and_then(|message| message.thread),
        };
        let (address, path) = state.new_response_url(&self.team, url);
        payload["response_url"] = address.into();
        payload["channel"] = show_place(state.channel(&self.team, channel));
        path
    }

    /// What they see of a message now; `None` when it is gone.
    pub fn sees(&self, spot: impl Into<Spot>) -> Option<Said> {
        let Spot::Message { channel, ts } = spot.into() else {
            return None;
        };
        let channel = self.workspace().channel_of(channel);
        let mut seen = channel.seen_by(self);
        seen.retain(|said| said.ts == ts);
        seen.pop()
    }

    /// Opens the app's Home tab. A new reader has none before the app published one.
    /// <https://docs.slack.dev/reference/events/app_home_opened>
    pub async fn opens_home(&self) {
        self.opens("home").await;
    }

    /// Opens the app's Messages tab.
    pub async fn opens_messages(&self) {
        self.opens("messages").await;
    }

    async fn opens(&self, tab: &str) {
        let channel = self.direct();
        {
            let mut state = self.slack.lock();
            let ts = state.new_ts().to_string();
            let mut event = json!({
                "type": "app_home_opened",
                "user": self.id,
                "channel": channel.id,
                "tab": tab,
                "event_ts": ts,
            });
            let team = state.team(&self.team);
            let home = team.users[&self.id].home.as_ref();
            if let Some(home) = home.filter(|_| tab == "home") {
                event["view"] = show_view(team, &team.views[home]);
            }
            state.tell(&self.team, "app_home_opened", &event);
        }
        self.slack.0.shared.flush_and_wait().await;
    }
}
