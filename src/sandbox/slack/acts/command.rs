//! Slash commands.
//!
//! <https://docs.slack.dev/interactivity/implementing-slash-commands>

use serde_json::{Map, Value, json};

use super::{
    Shown,
    written::{Form, written},
};
use crate::sandbox::slack::{
    channel::ChannelKind,
    content::LONGEST_POST,
    deliver::is_empty,
    log::{Kind, Wrong},
    look::Said,
    seed::{Channel, Person},
    serve::message_arguments,
    state::State,
};

impl Person {
    /// Types into the box below a channel: a command such as `/kep status 5825`. Returns what they
    /// see.
    pub async fn types(&self, channel: &Channel, words: &str) -> Shown {
        let (command, text) = words.split_once(' ').unwrap_or((words, ""));
        let (payload, path) = {
            let mut state = self.slack.lock();
            let team = state.team(&self.team);
            assert!(
                team.channels[&channel.id].members.contains(&self.id),
                "{} is not in {}",
                self.id,
                channel.id
            );
            let known = team
                .app
                .commands
                .get(command)
                .filter(|_| team.app.is_installed);
            let Some(should_escape) = known.copied() else {
                return Shown::refused(format!("{command} is not a valid command."));
            };
            // "Turns usernames, channels, and links into their IDs" only when told to.
            let text = if should_escape {
                written(team, text.trim(), Form::Command)
            } else {
                text.trim().to_owned()
            };
            self.command(&mut state, channel, command, &text)
        };
        let (mut shown, tried) = self.ask(Kind::Command, payload, true).await;
        if shown.error.is_none() && !is_empty(&shown.ack) {
            let mut state = self.slack.lock();
            shown.reply = self.read_reply(&mut state, channel, &path, &shown.ack);
            if shown.reply.is_none() {
                shown.error = Some("invalid_command_response".to_owned());
            }
        }
        drop(tried);
        self.slack.0.shared.flush_and_wait().await;
        shown
    }

    fn command(
        &self,
        state: &mut State,
        channel: &Channel,
        command: &str,
        text: &str,
    ) -> (Value, String) {
        let mut payload = Value::Object(Map::new());
        let path = self.add_place(state, &mut payload, (&channel.id, None));
        let trigger = state.new_trigger(&self.team, &self.id, None);
        let team = state.team(&self.team);
        let name = match team.channels[&channel.id].kind {
            ChannelKind::Im => "directmessage",
            ChannelKind::Private => "privategroup",
            ChannelKind::Public | ChannelKind::Mpim => &team.channels[&channel.id].name,
        };
        let payload = json!({
            "token": "legacy-verification-token",
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": name,
            "user_id": self.id,
            "user_name": team.users[&self.id].name,
            "command": command,
            "text": text,
            "api_app_id": team.app.id,
            "is_enterprise_install": "false",
            "response_url": payload["response_url"],
            "trigger_id": trigger,
        });
        (payload, path)
    }

    /// The reply in an acknowledgement: to the asker alone unless it says `in_channel`.
    /// <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_immediate_response>
    fn read_reply(
        &self,
        state: &mut State,
        channel: &Channel,
        path: &str,
        ack: &Value,
    ) -> Option<Said> {
        let arguments = message_arguments(ack.clone());
        let place = Kind::Command.envelope();
        let content = match state.content(&self.team, place, &arguments, LONGEST_POST) {
            Ok(content) => content,
            Err(refusal) => {
                let words = refusal.into_body().to_string();
                state.scold(&self.team, Wrong::BadAck, place, words);
                return None;
            }
        };
        let is_public = arguments.text("response_type").as_deref() == Some("in_channel");
        let reader = (self.id.as_str(), is_public);
        let ts = state.reply(&self.team, &channel.id, reader, content, None);
        state.set_original(&self.team, path, ts);
        state.message_mut(&self.team, &channel.id, ts).is_looked_at = true;
        let channel = state.channel(&self.team, &channel.id);
        Some(Said::of(state, &self.team, channel, &channel.messages[&ts]))
    }
}
