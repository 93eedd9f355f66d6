//! `conversations.history` and `conversations.replies`: what was said.

use serde_json::{Value, json};

use super::{Call, cursor_at, cursor_place};
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    channel::{Channel, Message},
    log::Wrong,
    state::State,
    ts::Ts,
};

/// "The maximum number of items … Maximum of 999", 100 unless said otherwise.
const LIMIT: usize = 999;

/// Newest first. Replies stand in their threads, unless they were sent to the channel too.
/// <https://docs.slack.dev/reference/methods/conversations.history>
pub(super) fn history(state: &mut State, call: &Call) -> Outcome {
    let channel = readable(state, call)?;
    let mut messages: Vec<&Message> = channel.public().filter(|m| m.is_in_channel()).collect();
    messages.reverse();
    let span = Span::of(call)?;
    messages.retain(|message| span.holds(message.ts));
    let limit = limit(call, 100)?;
    let (page, next) = cut(&messages, call, limit)?;
    let shown = show(state, call, channel, &page);
    Ok(json!({
        "messages": shown,
        "has_more": next.is_some(),
        "pin_count": 0,
        "channel_actions_ts": null,
        "channel_actions_count": 0,
        "response_metadata": {"next_cursor": next.unwrap_or_default()},
    }))
}

/// Oldest first; the root comes before the replies, on every page.
/// <https://docs.slack.dev/reference/methods/conversations.replies>
pub(super) fn replies(state: &mut State, call: &Call) -> Outcome {
    let channel = readable(state, call)?;
    let ts = call.arguments.ts("ts", "thread_not_found")?;
    let ts = ts.ok_or_else(|| Refusal::missing("ts"))?;
    let message = channel.messages.get(&ts);
    let message = message.filter(|message| message.only_for.is_none());
    let message = message.ok_or_else(|| Refusal::of("thread_not_found"))?;
    let root = message.thread.unwrap_or(ts);
    let span = Span::of(call)?;
    let replies: Vec<&Message> = channel
        .replies(root)
        .filter(|reply| span.holds(reply.ts))
        .collect();
    let limit = limit(call, LIMIT)?;
    let (mut page, next) = cut(&replies, call, limit)?;
    page.splice(0..0, channel.messages.get(&root));
    let shown = show(state, call, channel, &page);
    let mut answer = json!({"messages": shown, "has_more": next.is_some()});
    if let Some(next) = next {
        answer["response_metadata"] = json!({"next_cursor": next});
    }
    Ok(answer)
}

/// A channel may be read by who is in it.
/// <https://docs.slack.dev/reference/methods/conversations.history#errors>
fn readable<'a>(state: &'a State, call: &Call) -> Result<&'a Channel, Refusal> {
    let channel = state.channel_of(call, Some("history"))?;
    if state.team(&call.team).bot_is_in(channel) {
        Ok(channel)
    } else {
        Err(Refusal::of("not_in_channel"))
    }
}

fn limit(call: &Call, default: usize) -> Result<usize, Refusal> {
    let limit = call.arguments.number("limit")?.unwrap_or(default);
    match limit {
        0 => Err(Refusal::of("invalid_limit").wrong(Wrong::BadArgument)),
        // "Recommended to specify no more than 200"; more than the most gives the most.
        limit => Ok(limit.min(LIMIT)),
    }
}

fn cut<'a>(
    all: &[&'a Message],
    call: &Call,
    limit: usize,
) -> Result<(Vec<&'a Message>, Option<String>), Refusal> {
    let start = match call.arguments.text("cursor") {
        None => 0,
        Some(cursor) => cursor_place(&cursor)
            .filter(|place| *place <= all.len())
            .ok_or_else(|| Refusal::of("invalid_cursor").wrong(Wrong::BadArgument))?,
    };
    let end = all.len().min(start + limit);
    let next = (end < all.len()).then(|| cursor_at(end));
    Ok((all[start..end].to_vec(), next))
}

fn show(state: &State, call: &Call, channel: &Channel, messages: &[&Message]) -> Vec<Value> {
    let team = state.team(&call.team);
    let with_metadata = call.arguments.flag("include_all_metadata");
    messages
        .iter()
        .map(|message| state.show_message(team, channel, message, with_metadata))
        .collect()
}

/// "Include messages with oldest or latest timestamps in results" only when `inclusive`.
struct Span {
    oldest: Option<Ts>,
    latest: Option<Ts>,
    is_inclusive: bool,
}

impl Span {
    fn of(call: &Call) -> Result<Self, Refusal> {
        Ok(Self {
            oldest: call.arguments.ts("oldest", "invalid_ts_oldest")?,
            latest: call.arguments.ts("latest", "invalid_ts_latest")?,
            is_inclusive: call.arguments.flag("inclusive"),
        })
    }

    fn holds(&self, ts: Ts) -> bool {
        let is_edge = Some(ts) == self.oldest || Some(ts) == self.latest;
        let is_within = self.oldest.is_none_or(|oldest| ts > oldest)
            && self.latest.is_none_or(|latest| ts < latest);
        is_within || (is_edge && self.is_inclusive)
    }
}
