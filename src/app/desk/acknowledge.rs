//! What an acknowledgement says.

use bytes::Bytes;
use serde::Serialize;

use crate::{
    domain::{bridge::Saying, reply::Reply},
    ports::chat::Speech,
    slack::{Block, Message, blocks},
};

/// Most answers are shorter, in bytes.
const USUAL: usize = 8 * 1024;

/// An answer as an acknowledgement carries it.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_immediate_response>
#[derive(Serialize)]
struct Answered<'a> {
    response_type: &'static str,
    text: &'a str,
    blocks: &'a [Block],
}

/// A sentence for an acknowledgement.
pub(super) fn whispered(text: &str) -> Option<Bytes> {
    alone(&blocks::plain(text))
}

/// What is said to one person in an acknowledgement.
pub(super) fn told_alone(saying: &Saying) -> Option<Bytes> {
    alone(&blocks::bridge::message(&Speech {
        saying,
        card: None,
        url: None,
        picture: None,
    }))
}

/// A message for an acknowledgement, which nobody else sees.
pub(super) fn alone(message: &Message) -> Option<Bytes> {
    let answered = Answered {
        response_type: "ephemeral",
        text: &message.text,
        blocks: &message.blocks,
    };
    serde_json::to_vec(&answered).ok().map(Into::into)
}

/// An answer for an acknowledgement.
pub(super) fn acknowledged(reply: &Reply) -> Option<Bytes> {
    let message = blocks::message(reply);
    let answered = Answered {
        response_type: if reply.is_public() {
            "in_channel"
        } else {
            "ephemeral"
        },
        text: &message.text,
        blocks: &message.blocks,
    };
    tracing::debug!(asked = %reply.asked, "answered");
    let mut json = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut json, &answered).ok()?;
    Some(json.into())
}
