//! `chat.*`: posting, changing, deleting messages.

use serde_json::{Value, json};

use super::{Call, message_of};
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    channel::{ChannelKind, Content, Message},
    content::{LONGEST_POST, LONGEST_UPDATE},
    log::Wrong,
    show,
    state::State,
    ts::Ts,
};

/// <https://docs.slack.dev/reference/methods/chat.postMessage>
pub(super) fn post(state: &mut State, call: &Call) -> Outcome {
    let channel = state.target(call)?;
    let content = state.content(&call.team, call.method, &call.arguments, LONGEST_POST)?;
    let thread = state.thread_of(call, &channel)?;
    state.may_post(&call.team, &channel)?;
    let bot = state.team(&call.team).app.bot_user.clone();
    let draft = Message {
        is_app: true,
        thread,
        is_broadcast: thread.is_some() && call.arguments.flag("reply_broadcast"),
        ..Message::new(state.new_ts(), &bot, content)
    };
    let ts = draft.ts;
    state.say(&call.team, &channel, draft);
    let shown = state.shown(&call.team, &channel, ts);
    Ok(json!({"channel": channel, "ts": ts.to_string(), "message": shown}))
}

/// <https://docs.slack.dev/reference/methods/chat.postEphemeral>
pub(super) fn post_ephemeral(state: &mut State, call: &Call) -> Outcome {
    let channel = state.target(call)?;
    let user = call.arguments.need("user")?;
    let team = state.team(&call.team);
    if !team.channels[&channel].members.contains(&user) {
        return Err(Refusal::of("user_not_in_channel"));
    }
    let content = state.content(&call.team, call.method, &call.arguments, LONGEST_POST)?;
    let thread = state.thread_of(call, &channel)?;
    let ts = state.whisper(&call.team, &channel, &user, content, thread);
    Ok(json!({"message_ts": ts.to_string()}))
}

/// "Only messages posted by the authenticated user are able to be updated". "If you don't include
/// `blocks`, the message's previous `blocks` will only be retained if the `text` argument is not
/// provided"; metadata and attachments that are not given stay.
/// <https://docs.slack.dev/reference/methods/chat.update>
pub(super) fn update(state: &mut State, call: &Call) -> Outcome {
    let channel = state.channel_of(call, None)?;
    let message = message_of(channel, call, "ts")?;
    if !message.is_app || message.is_tombstone() {
        return Err(Refusal::of("cant_update_message"));
    }
    let (id, ts, before) = (channel.id.clone(), message.ts, message.content.clone());
    let mut content = state.content(&call.team, call.method, &call.arguments, LONGEST_UPDATE)?;
    if content.metadata.is_none() {
        content.metadata = before.metadata;
    }
    if !call.arguments.0.contains_key("attachments") {
        content.attachments = before.attachments;
    }
    if call.arguments.text("text").is_none() && !call.arguments.0.contains_key("blocks") {
        content.blocks = before.blocks;
        content.text = before.text;
    }
    state.revise(&call.team, &id, ts, content);
    if call.arguments.flag("reply_broadcast") {
        state.message_mut(&call.team, &id, ts).is_broadcast = true;
    }
    let shown = state.shown(&call.team, &id, ts);
    Ok(json!({"channel": id, "ts": ts.to_string(), "text": shown["text"], "message": shown}))
}

/// <https://docs.slack.dev/reference/methods/chat.delete>
pub(super) fn delete(state: &mut State, call: &Call) -> Outcome {
    let channel = state.channel_of(call, None)?;
    let message = message_of(channel, call, "ts")?;
    if !message.is_app || message.is_tombstone() {
        return Err(Refusal::of("cant_delete_message"));
    }
    let (id, ts) = (channel.id.clone(), message.ts);
    state.erase(&call.team, &id, ts);
    Ok(json!({"channel": id, "ts": ts.to_string()}))
}

/// <https://docs.slack.dev/reference/methods/chat.getPermalink>
pub(super) fn permalink(state: &mut State, call: &Call) -> Outcome {
    let channel = state.channel_of(call, None)?;
    let message = message_of(channel, call, "message_ts")?;
    let team = state.team(&call.team);
    let link = show::permalink(team, &channel.id, message.ts, message.thread);
    Ok(json!({"channel": channel.id, "permalink": link}))
}

impl State {
    /// Where a message is to go: a channel the app is in, a public one with `chat:write.public`, or
    /// a person, whose direct messages are meant.
    /// <https://docs.slack.dev/reference/methods/chat.postMessage#channels>
    fn target(&mut self, call: &Call) -> Result<String, Refusal> {
        let name = call.arguments.need("channel")?;
        if self.team(&call.team).users.contains_key(&name) {
            if self.team(&call.team).users[&name].is_deleted {
                return Err(Refusal::of("channel_not_found"));
            }
            return Ok(self.direct(&call.team, &[name]));
        }
        let channel = self.channel_of(call, None)?;
        let team = self.team(&call.team);
        let is_open = channel.kind == ChannelKind::Public
            && call.method == "chat.postMessage"
            && team.app.scopes.contains("chat:write.public");
        if channel.is_archived {
            return Err(Refusal::of("is_archived"));
        }
        if !team.bot_is_in(channel) && !is_open {
            return Err(Refusal::of("not_in_channel"));
        }
        Ok(channel.id.clone())
    }

    /// The thread a message is to go into. One of a reply is that of its root; one of nothing is
    /// refused.
    fn thread_of(&self, call: &Call, channel: &str) -> Result<Option<Ts>, Refusal> {
        let thread = call.arguments.ts("thread_ts", "invalid_thread_ts")?;
        self.root_of(&call.team, channel, thread)
    }

    pub(in crate::sandbox::slack) fn root_of(
        &self,
        team: &str,
        channel: &str,
        thread: Option<Ts>,
    ) -> Result<Option<Ts>, Refusal> {
        let Some(ts) = thread else { return Ok(None) };
        let messages = &self.channel(team, channel).messages;
        match messages.get(&ts) {
            Some(message) => Ok(Some(message.thread.unwrap_or(ts))),
            None => Err(Refusal::of("thread_not_found").wrong(Wrong::BadArgument)),
        }
    }

    /// The message as answers show it.
    pub(in crate::sandbox::slack) fn shown(&self, team: &str, channel: &str, ts: Ts) -> Value {
        let team = self.team(team);
        let channel = &team.channels[channel];
        self.show_message(team, channel, &channel.messages[&ts], true)
    }

    /// Shows one person a message.
    pub(in crate::sandbox::slack) fn whisper(
        &mut self,
        team: &str,
        channel: &str,
        user: &str,
        content: Content,
        thread: Option<Ts>,
    ) -> Ts {
        let bot = self.team(team).app.bot_user.clone();
        let draft = Message {
            is_app: true,
            thread,
            only_for: Some(user.to_owned()),
            ..Message::new(self.new_ts(), &bot, content)
        };
        let ts = draft.ts;
        self.say(team, channel, draft);
        ts
    }
}
