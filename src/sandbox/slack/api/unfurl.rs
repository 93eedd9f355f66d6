//! `chat.unfurl`: previews of links that people shared.
//!
//! <https://docs.slack.dev/messaging/unfurling-links-in-messages>

use serde_json::{Value, json};

use super::Call;
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    log::Wrong,
    state::State,
    ts::Ts,
    validate,
};

/// <https://docs.slack.dev/reference/methods/chat.unfurl>
pub(super) fn unfurl(state: &mut State, call: &Call) -> Outcome {
    let unfurls = call.arguments.json("unfurls");
    let unfurls = unfurls.ok().flatten();
    let unfurls = unfurls.and_then(|unfurls| unfurls.as_object().cloned());
    let unfurls =
        unfurls.ok_or_else(|| Refusal::of("missing_unfurls").wrong(Wrong::BadArgument))?;
    let (channel, ts, links) = target(state, call)?;
    let mut previews = Vec::new();
    for (url, preview) in unfurls {
        if !links.contains(&url) {
            return Err(Refusal::of("cannot_unfurl_url").wrong(Wrong::BadArgument));
        }
        let mut blocks = preview.get("blocks").cloned().unwrap_or(json!([]));
        let problems = validate::message_blocks(&blocks);
        if !problems.is_empty() {
            return Err(Refusal::blocks("invalid_blocks", &problems));
        }
        state.complete(&mut blocks);
        previews.push((url.clone(), preview_of(state, call, &url, preview, blocks)));
    }
    let Some(ts) = ts else {
        // In the composer nothing was sent yet: the preview is shown to the writer alone.
        let id = call.arguments.text("unfurl_id").unwrap_or_default();
        if let Some(unfurl) = state.team_mut(&call.team).unfurls.get_mut(&id) {
            unfurl.in_composer.extend(previews);
        }
        state.touch();
        return Ok(json!({}));
    };
    let message = state.message_mut(&call.team, &channel, ts);
    let before = message.clone();
    message.unfurls.extend(previews);
    let after = message.clone();
    state.tell_of_change(&call.team, &channel, &before, Some(&after));
    state.touch();
    Ok(json!({}))
}

/// The message and its links, by channel and ts or by `unfurl_id`.
fn target(state: &State, call: &Call) -> Result<(String, Option<Ts>, Vec<String>), Refusal> {
    let cannot = || Refusal::of("cannot_unfurl_message").wrong(Wrong::BadArgument);
    let team = state.team(&call.team);
    if let Some(id) = call.arguments.text("unfurl_id") {
        call.arguments.need("source")?;
        let unfurl = team.unfurls.get(&id).ok_or_else(cannot)?;
        let exists = team.channels[&unfurl.channel]
            .messages
            .contains_key(&unfurl.ts);
        let links = unfurl.links.clone();
        return Ok((unfurl.channel.clone(), exists.then_some(unfurl.ts), links));
    }
    let channel = call.arguments.need("channel")?;
    let ts = call.arguments.ts("ts", "cannot_find_message")?;
    let ts = ts.ok_or_else(|| Refusal::missing("ts"))?;
    let mut unfurls = team.unfurls.values();
    let unfurl = unfurls.find(|unfurl| unfurl.channel == channel && unfurl.ts == ts);
    let unfurl =
        unfurl.ok_or_else(|| Refusal::of("cannot_find_message").wrong(Wrong::BadArgument))?;
    Ok((channel, Some(ts), unfurl.links.clone()))
}

fn preview_of(state: &State, call: &Call, url: &str, preview: Value, blocks: Value) -> Value {
    let app = &state.team(&call.team).app;
    let mut shown = preview;
    shown["blocks"] = blocks;
    shown["from_url"] = url.into();
    shown["is_app_unfurl"] = true.into();
    shown["app_unfurl_url"] = url.into();
    shown["app_id"] = app.id.clone().into();
    shown["bot_id"] = app.bot_id.clone().into();
    shown
}
