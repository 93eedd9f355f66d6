//! `conversations.*`: channels and who is in them.

use serde_json::{Value, json};

use super::{Call, page};
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    channel::{Channel, ChannelKind},
    log::Wrong,
    show::show_channel,
    state::State,
};

/// <https://docs.slack.dev/reference/methods/conversations.info>
pub(super) fn info(state: &mut State, call: &Call) -> Outcome {
    let channel = state.channel_of(call, Some("read"))?;
    let with_count = call.arguments.flag("include_num_members");
    let shown = show_channel(state.team(&call.team), channel, with_count);
    Ok(json!({"channel": shown}))
}

/// <https://docs.slack.dev/reference/methods/conversations.list>
pub(super) fn list(state: &mut State, call: &Call) -> Outcome {
    let kinds = kinds(state, call)?;
    let team = state.team(&call.team);
    let channels = team.channels.values().filter(|channel| {
        let is_known = channel.kind == ChannelKind::Public || team.bot_is_in(channel);
        is_known && kinds.contains(&channel.kind)
    });
    listed(state, call, channels.collect(), true)
}

/// The kinds of channels that are asked for, each with its scope.
pub(super) fn kinds(state: &State, call: &Call) -> Result<Vec<ChannelKind>, Refusal> {
    let all = [
        ChannelKind::Public,
        ChannelKind::Private,
        ChannelKind::Im,
        ChannelKind::Mpim,
    ];
    let mut words = call.arguments.list("types");
    if words.is_empty() {
        words.push("public_channel".to_owned());
    }
    let scopes = &state.team(&call.team).app.scopes;
    let mut kinds = Vec::new();
    for word in words {
        let kind = all.iter().find(|kind| kind.listed_as() == word);
        let kind = kind.ok_or_else(|| Refusal::of("invalid_types").wrong(Wrong::BadArgument))?;
        let needed = format!("{}:read", kind.family());
        if !scopes.contains(&needed) {
            let provided: Vec<String> = scopes.iter().cloned().collect();
            return Err(super::missing_scope(&needed, &provided));
        }
        kinds.push(*kind);
    }
    Ok(kinds)
}

/// A page of channels.
pub(super) fn listed(
    state: &State,
    call: &Call,
    mut channels: Vec<&Channel>,
    with_count: bool,
) -> Outcome {
    if call.arguments.flag("exclude_archived") {
        channels.retain(|channel| !channel.is_archived);
    }
    let team = state.team(&call.team);
    let shown: Vec<Value> = channels
        .into_iter()
        .map(|channel| show_channel(team, channel, with_count))
        .collect();
    let (channels, metadata) = page(&shown, &call.arguments, (100, 1000))?;
    Ok(json!({"channels": channels, "response_metadata": metadata}))
}

/// <https://docs.slack.dev/reference/methods/conversations.members>
pub(super) fn members(state: &mut State, call: &Call) -> Outcome {
    let channel = state.channel_of(call, Some("read"))?;
    let (members, metadata) = page(&channel.members, &call.arguments, (100, 1000))?;
    Ok(json!({"members": members, "response_metadata": metadata}))
}

/// <https://docs.slack.dev/reference/methods/conversations.join>
pub(super) fn join(state: &mut State, call: &Call) -> Outcome {
    let channel = state.channel_of(call, None)?;
    if channel.kind != ChannelKind::Public {
        return Err(Refusal::of("method_not_supported_for_channel_type"));
    }
    if channel.is_archived {
        return Err(Refusal::of("is_archived"));
    }
    let id = channel.id.clone();
    let bot = state.team(&call.team).app.bot_user.clone();
    let joined = state.join(&call.team, &id, &bot);
    let team = state.team(&call.team);
    let mut answer = json!({"channel": show_channel(team, &team.channels[&id], false)});
    if !joined {
        answer["warning"] = "already_in_channel".into();
        answer["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    Ok(answer)
}

/// <https://docs.slack.dev/reference/methods/conversations.open>
pub(super) fn open(state: &mut State, call: &Call) -> Outcome {
    let people = call.arguments.list("users");
    if let Some(known) = call.arguments.text("channel") {
        let channel = state.channel_of(call, None)?;
        if !channel.kind.is_direct() {
            return Err(Refusal::of("channel_not_found"));
        }
        return Ok(opened(state, call, &known, true));
    }
    if people.is_empty() {
        return Err(Refusal::of("users_list_not_supplied").wrong(Wrong::BadArgument));
    }
    if people.len() > 8 {
        return Err(Refusal::of("too_many_users").wrong(Wrong::BadArgument));
    }
    let team = state.team(&call.team);
    for person in &people {
        match team.users.get(person) {
            None => return Err(Refusal::of("user_not_found")),
            Some(user) if user.is_deleted => return Err(Refusal::of("user_disabled")),
            Some(user) if user.id == team.app.bot_user => {
                return Err(Refusal::of("cannot_dm_bot"));
            }
            Some(_) => {}
        }
    }
    let mut members = people.clone();
    members.push(team.app.bot_user.clone());
    let was_open = team.find_direct(&members).is_some();
    if !was_open && call.arguments.flag("prevent_creation") {
        return Err(Refusal::of("channel_not_found"));
    }
    let id = state.direct(&call.team, &people);
    Ok(opened(state, call, &id, was_open))
}

fn opened(state: &State, call: &Call, id: &str, was_open: bool) -> Value {
    let team = state.team(&call.team);
    let channel = if call.arguments.flag("return_im") {
        show_channel(team, &team.channels[id], false)
    } else {
        json!({"id": id})
    };
    let mut answer = json!({"channel": channel});
    if was_open {
        answer["no_op"] = true.into();
        answer["already_open"] = true.into();
    }
    answer
}
