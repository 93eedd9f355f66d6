//! What people do with messages and dialogs: buttons, shortcuts, and what they fill in.
//!
//! <https://docs.slack.dev/reference/interaction-payloads>

use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::{Closed, From, Inbound, Pressed, Shortcut, Submitted, Unreadable, missing, read};

impl Inbound {
    /// An interaction as a form with one field `payload`, which is how it comes by HTTP.
    pub fn of_interaction_form(body: &[u8]) -> Result<Self, Unreadable> {
        let payload = form_urlencoded::parse(body).find(|(key, _)| key == "payload");
        let (_, json) = payload.ok_or_else(|| missing("payload"))?;
        Self::of_interaction(&json)
    }

    /// An interaction.
    pub fn of_interaction(json: &str) -> Result<Self, Unreadable> {
        let mut payload: Interaction = read(json)?;
        let kind = payload.kind.take().ok_or_else(|| missing("type"))?;
        let by_organisation = payload.is_enterprise_install == Some(true);
        let enterprise = payload.enterprise.take().filter(|_| by_organisation);
        // Of a dialog in a channel that is shared with another workspace `team` is the person's, which
        // may be the other: <https://docs.slack.dev/apis/slack-connect>
        let view = payload.view.as_mut();
        let installed = view.and_then(|view| view.app_installed_team_id.take());
        let named = payload.team.take().map(|team| team.id);
        let team = enterprise.map(|team| team.id).or(installed).or(named);
        let read = match &*kind {
            "block_actions" => Interaction::press,
            "message_action" => Interaction::shortcut,
            "view_submission" => Interaction::submission,
            "view_closed" => Interaction::closing,
            _ => return Ok(Self::Other { team, kind }),
        };
        let from = From {
            team: team.clone().ok_or_else(|| missing("team.id"))?,
            user: payload.user.take().ok_or_else(|| missing("user.id"))?.id,
            channel: payload.channel.take().map(|channel| channel.id),
        };
        Ok(read(payload, from)?.unwrap_or(Self::Other { team, kind }))
    }
}

#[derive(Deserialize)]
struct Id {
    id: Box<str>,
}

#[derive(Default, Deserialize)]
struct Container {
    channel_id: Option<Box<str>>,
    message_ts: Option<Box<str>>,
    thread_ts: Option<Box<str>>,
    is_ephemeral: Option<bool>,
}

#[derive(Deserialize)]
struct Action {
    action_id: Option<Box<str>>,
    value: Option<Box<str>>,
}

#[derive(Deserialize)]
struct View {
    id: Option<Box<str>>,
    callback_id: Option<Box<str>>,
    private_metadata: Option<Box<str>>,
    app_installed_team_id: Option<Box<str>>,
    state: Option<State>,
}

#[derive(Deserialize)]
struct State {
    values: Option<Value>,
}

#[derive(Deserialize)]
struct Interaction {
    #[serde(rename = "type")]
    kind: Option<Box<str>>,
    team: Option<Id>,
    enterprise: Option<Id>,
    is_enterprise_install: Option<bool>,
    user: Option<Id>,
    channel: Option<Id>,
    container: Option<Container>,
    message: Option<Value>,
    actions: Option<Vec<Action>>,
    view: Option<View>,
    callback_id: Option<Box<str>>,
    response_url: Option<Box<str>>,
    trigger_id: Option<Box<str>>,
}

impl Interaction {
    fn press(self, from: From) -> Result<Option<Inbound>, Unreadable> {
        let Some(action) = self.actions.into_iter().flatten().next() else {
            return Ok(None);
        };
        let container = self.container.unwrap_or_default();
        let message = self.message.unwrap_or_default();
        Ok(Some(Inbound::Pressed(Pressed {
            from: From {
                channel: from.channel.or(container.channel_id),
                ..from
            },
            action_id: action.action_id.ok_or_else(|| missing("action_id"))?,
            value: action.value.unwrap_or_default(),
            response_url: self.response_url,
            trigger_id: self.trigger_id,
            ts: container.message_ts.or_else(|| text(&message, "ts")),
            thread_ts: container.thread_ts.or_else(|| text(&message, "thread_ts")),
            is_ephemeral: container.is_ephemeral.unwrap_or_default(),
        })))
    }

    fn shortcut(self, from: From) -> Result<Option<Inbound>, Unreadable> {
        if from.channel.is_none() {
            return Err(missing("channel.id"));
        }
        let message = self.message.ok_or_else(|| missing("message"))?;
        Ok(Some(Inbound::Shortcut(Shortcut {
            from,
            callback_id: self.callback_id.ok_or_else(|| missing("callback_id"))?,
            trigger_id: self.trigger_id.ok_or_else(|| missing("trigger_id"))?,
            response_url: self.response_url,
            ts: text(&message, "ts").ok_or_else(|| missing("message.ts"))?,
            thread_ts: text(&message, "thread_ts"),
            message,
        })))
    }

    fn submission(self, from: From) -> Result<Option<Inbound>, Unreadable> {
        let view = self.view.ok_or_else(|| missing("view"))?;
        Ok(Some(Inbound::Submitted(Submitted {
            from,
            callback_id: view.callback_id.unwrap_or_default(),
            private_metadata: view.private_metadata.unwrap_or_default(),
            values: view
                .state
                .and_then(|state| state.values)
                .unwrap_or_default(),
            view_id: view.id.ok_or_else(|| missing("view.id"))?,
            trigger_id: self.trigger_id,
        })))
    }

    fn closing(self, from: From) -> Result<Option<Inbound>, Unreadable> {
        let view = self.view.ok_or_else(|| missing("view"))?;
        Ok(Some(Inbound::Closed(Closed {
            from,
            callback_id: view.callback_id.unwrap_or_default(),
            private_metadata: view.private_metadata.unwrap_or_default(),
        })))
    }
}

fn text(object: &Value, name: &str) -> Option<Box<str>> {
    object.get(name)?.as_str().map(Into::into)
}
