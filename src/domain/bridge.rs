//! What the bridge between Slack and the tracking issues is made of: places, the marks of what was
//! written there, and the effects that a queue carries out.

mod alarm;
mod came;
mod channel;
mod chatter;
mod effect;
mod mark;
mod named;
mod ping;
mod place;
mod speech;
mod tidy;
mod words;

pub use self::{
    alarm::Alarm,
    channel::{Channel, Channels, Comments, MARK, Replies},
    chatter::is_chatter,
    effect::{Asked, Below, Effect, Lane, NewEffect, Relay, Relayed, Step, Way, Written},
    mark::{Key, marked, unmarked},
    named::keps_in,
    ping::{Ping, Question},
    place::{ChannelAt, CommentAt, IssueAt, MessageAt, Place, moment_of, ts_of},
    speech::{Item, Notices, Page, Refusal, Saying},
    tidy::tidied,
};
