//! What is to be delivered to the app, and the wrappings of events.

use serde_json::{Value, json};

use super::{
    channel::{Channel, ChannelKind, Message},
    log::Kind,
    state::State,
    team::Team,
};

/// One thing to deliver.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) team: String,
    pub(super) kind: Kind,
    pub(super) payload: Value,
    /// Whether the acknowledgement may say something.
    pub(super) accepts_payload: bool,
}

impl State {
    /// Queues an event, when the app has subscribed to its kind.
    /// <https://docs.slack.dev/apis/events-api#event_type_structure>
    pub(super) fn tell(&mut self, team_id: &str, subscription: &str, event: &Value) {
        let team = self.team(team_id);
        if !team.app.is_installed || !team.app.events.contains(subscription) {
            return;
        }
        let app = &team.app;
        let authorization = json!({
            "enterprise_id": null,
            "team_id": team_id,
            "user_id": app.bot_user,
            "is_bot": true,
            "is_enterprise_install": false,
        });
        let mut payload = json!({
            "token": "legacy-verification-token",
            "team_id": team_id,
            "context_team_id": team_id,
            "context_enterprise_id": null,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "authorizations": [authorization],
            "is_ext_shared_channel": false,
            "event_time": self.now().timestamp(),
        });
        payload["event_id"] = self.new_id("Ev").into();
        payload["event_context"] =
            format!("4-{}", payload["event_id"].as_str().unwrap_or("")).into();
        self.outbox.push(Outgoing {
            team: team_id.to_owned(),
            kind: Kind::Event,
            payload,
            accepts_payload: false,
        });
    }

    /// Tells of a new message: in channels where the app is, and in those of direct messages with
    /// it. A mention has an event of its own, but not in direct messages.
    /// <https://docs.slack.dev/reference/events/message>
    /// <https://docs.slack.dev/reference/events/app_mention>
    pub(super) fn tell_of_message(&mut self, team_id: &str, channel_id: &str, message: &Message) {
        let team = self.team(team_id);
        let channel = &team.channels[channel_id];
        if !team.bot_is_in(channel) || message.only_for.is_some() {
            return;
        }
        let kind = channel.kind;
        let mut event = self.show_message(team, channel, message, true);
        event["channel"] = channel_id.into();
        event["event_ts"] = message.ts.to_string().into();
        let is_mention = !kind.is_direct()
            && !message.is_app
            && message
                .content
                .text
                .contains(&format!("<@{}>", team.app.bot_user));
        if is_mention {
            let mut mention = event.clone();
            mention["type"] = "app_mention".into();
            self.tell(team_id, "app_mention", &mention);
        }
        event["channel_type"] = kind.word().into();
        self.tell(team_id, subscription(kind), &event);
    }

    /// Tells that a message is different, or gone.
    /// <https://docs.slack.dev/reference/events/message/message_changed>
    /// <https://docs.slack.dev/reference/events/message/message_deleted>
    pub(super) fn tell_of_change(
        &mut self,
        team_id: &str,
        channel_id: &str,
        before: &Message,
        after: Option<&Message>,
    ) {
        let ts = self.new_ts().to_string();
        let team = self.team(team_id);
        let channel = &team.channels[channel_id];
        if !team.bot_is_in(channel) || before.only_for.is_some() {
            return;
        }
        let kind = channel.kind;
        let previous = self.show_message(team, channel, before, true);
        let mut event = json!({
            "type": "message",
            "hidden": true,
            "channel": channel_id,
            "channel_type": kind.word(),
            "previous_message": previous,
            "ts": ts,
            "event_ts": ts,
        });
        match after {
            Some(after) => {
                event["subtype"] = "message_changed".into();
                event["message"] = self.show_message(team, channel, after, true);
            }
            None => {
                event["subtype"] = "message_deleted".into();
                event["deleted_ts"] = before.ts.to_string().into();
            }
        }
        self.tell(team_id, subscription(kind), &event);
    }

    /// <https://docs.slack.dev/reference/events/reaction_added>
    pub(super) fn tell_of_reaction(
        &mut self,
        team_id: &str,
        channel_id: &str,
        message: &Message,
        (kind, name, user): (&str, &str, &str),
    ) {
        let ts = self.new_ts().to_string();
        let team = self.team(team_id);
        if !team.bot_is_in(&team.channels[channel_id]) {
            return;
        }
        let event = json!({
            "type": kind,
            "user": user,
            "reaction": name,
            "item_user": message.user,
            "item": {"type": "message", "channel": channel_id, "ts": message.ts.to_string()},
            "event_ts": ts,
        });
        self.tell(team_id, kind, &event);
    }

    /// <https://docs.slack.dev/reference/events/member_joined_channel>
    pub(super) fn tell_of_member(
        &mut self,
        team_id: &str,
        channel_id: &str,
        user: &str,
        kind: &str,
    ) {
        let ts = self.new_ts().to_string();
        let team = self.team(team_id);
        let channel = &team.channels[channel_id];
        if !team.bot_is_in(channel) && !team.is_bot(user) {
            return;
        }
        let channel_type = match channel.kind {
            ChannelKind::Public => "C",
            _ => "G",
        };
        let event = json!({
            "type": kind,
            "user": user,
            "channel": channel_id,
            "channel_type": channel_type,
            "team": team_id,
            "event_ts": ts,
        });
        self.tell(team_id, kind, &event);
    }
}

/// The subscription that messages of such channels need.
fn subscription(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Public => "message.channels",
        ChannelKind::Private => "message.groups",
        ChannelKind::Im => "message.im",
        ChannelKind::Mpim => "message.mpim",
    }
}

/// Where a payload says something happened.
pub(super) fn show_place(channel: &Channel) -> Value {
    let name = match channel.kind {
        ChannelKind::Im => "directmessage",
        ChannelKind::Private => "privategroup",
        ChannelKind::Public | ChannelKind::Mpim => &channel.name,
    };
    json!({"id": channel.id, "name": name})
}

pub(super) fn show_team(team: &Team) -> Value {
    json!({"id": team.id, "domain": team.domain})
}

/// A person as interactions name them.
pub(super) fn show_actor(team: &Team, user: &str) -> Value {
    let name = team.users.get(user).map_or("", |user| &user.name);
    json!({"id": user, "username": name, "name": name, "team_id": team.id})
}
