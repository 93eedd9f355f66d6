//! `reactions.*`.

use serde_json::json;

use super::{Call, message_of};
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    log::Wrong,
    state::State,
    ts::Ts,
};

/// Emoji that every workspace has, as far as anybody here needs them; others are custom ones, which
/// this workspace does not have.
const STANDARD: &[&str] = &[
    "+1",
    "-1",
    "bell",
    "bulb",
    "calendar",
    "construction",
    "eyes",
    "fire",
    "hammer",
    "heavy_check_mark",
    "hourglass",
    "inbox_tray",
    "lock",
    "loudspeaker",
    "mag",
    "mega",
    "memo",
    "no_entry",
    "ok_hand",
    "outbox_tray",
    "paperclip",
    "pencil2",
    "ping_pong",
    "pray",
    "pushpin",
    "question",
    "raised_hands",
    "repeat",
    "robot_face",
    "rocket",
    "rotating_light",
    "satellite",
    "satellite_antenna",
    "seedling",
    "speech_balloon",
    "tada",
    "thinking_face",
    "thumbsup",
    "ticket",
    "warning",
    "wastebasket",
    "wave",
    "white_check_mark",
    "x",
    "zap",
];

/// <https://docs.slack.dev/reference/methods/reactions.add>
pub(super) fn add(state: &mut State, call: &Call) -> Outcome {
    let (channel, ts) = target(state, call)?;
    let name = call.arguments.need("name")?;
    if !is_emoji(&name) {
        return Err(Refusal::of("invalid_name").wrong(Wrong::BadArgument));
    }
    let bot = state.team(&call.team).app.bot_user.clone();
    if state.react((&call.team, &channel, ts), &name, &bot) {
        Ok(json!({}))
    } else {
        Err(Refusal::of("already_reacted"))
    }
}

/// <https://docs.slack.dev/reference/methods/reactions.remove>
pub(super) fn remove(state: &mut State, call: &Call) -> Outcome {
    let (channel, ts) = target(state, call)?;
    let name = call.arguments.need("name")?;
    let bot = state.team(&call.team).app.bot_user.clone();
    if state.unreact((&call.team, &channel, ts), &name, &bot) {
        Ok(json!({}))
    } else {
        Err(Refusal::of("no_reaction"))
    }
}

/// <https://docs.slack.dev/reference/methods/reactions.get>
pub(super) fn get(state: &mut State, call: &Call) -> Outcome {
    let (channel, ts) = target(state, call)?;
    let message = state.shown(&call.team, &channel, ts);
    Ok(json!({"type": "message", "channel": channel, "message": message}))
}

fn target(state: &State, call: &Call) -> Result<(String, Ts), Refusal> {
    let channel = state.channel_of(call, None)?;
    if channel.is_archived {
        return Err(Refusal::of("is_archived"));
    }
    if !state.team(&call.team).bot_is_in(channel) {
        return Err(Refusal::of("not_in_channel"));
    }
    let message = message_of(channel, call, "timestamp")?;
    Ok((channel.id.clone(), message.ts))
}

/// A name that reactions may have; a tone of skin may follow.
pub(in crate::sandbox::slack) fn is_emoji(name: &str) -> bool {
    let (name, tone) = name.split_once("::").unwrap_or((name, "skin-tone-2"));
    STANDARD.contains(&name) && tone.starts_with("skin-tone-")
}
