//! `users.*` and `usergroups.list`: people.

use serde_json::{Value, json};

use super::{Call, conversations, page};
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    show::{show_group, show_user},
    state::State,
};

/// <https://docs.slack.dev/reference/methods/users.info>
pub(super) fn info(state: &mut State, call: &Call) -> Outcome {
    let id = call.arguments.need("user")?;
    let team = state.team(&call.team);
    let user = team.users.get(&id);
    let user = user.ok_or_else(|| Refusal::of("user_not_found"))?;
    Ok(json!({"user": show_user(team, user, state.now())}))
}

/// <https://docs.slack.dev/reference/methods/users.list>
pub(super) fn list(state: &mut State, call: &Call) -> Outcome {
    let team = state.team(&call.team);
    let now = state.now();
    let users: Vec<Value> = team
        .users
        .values()
        .map(|user| show_user(team, user, now))
        .collect();
    let (members, metadata) = page(&users, &call.arguments, (users.len().max(1), 1000))?;
    Ok(json!({
        "members": members,
        "cache_ts": now.timestamp(),
        "response_metadata": metadata,
    }))
}

/// The channels somebody is in: the app itself unless another is named.
/// <https://docs.slack.dev/reference/methods/users.conversations>
pub(super) fn conversations(state: &mut State, call: &Call) -> Outcome {
    let kinds = conversations::kinds(state, call)?;
    let team = state.team(&call.team);
    let user = call.arguments.text("user");
    let user = user.unwrap_or_else(|| team.app.bot_user.clone());
    if !team.users.contains_key(&user) {
        return Err(Refusal::of("user_not_found"));
    }
    let channels = team.channels.values().filter(|channel| {
        let is_known = !channel.kind.is_direct() || team.bot_is_in(channel);
        is_known && channel.members.contains(&user) && kinds.contains(&channel.kind)
    });
    conversations::listed(state, call, channels.collect(), false)
}

/// <https://docs.slack.dev/reference/methods/usergroups.list>
pub(super) fn groups(state: &mut State, call: &Call) -> Value {
    let team = state.team(&call.team);
    let with_users = call.arguments.flag("include_users");
    let groups: Vec<Value> = team
        .groups
        .values()
        .map(|group| show_group(team, group, with_users))
        .collect();
    json!({"usergroups": groups})
}
