//! The words that people type, and what they ask for.

mod ask;
mod digest;
mod follow;
mod link;
mod meaning;
mod notify;
mod outbox;
mod ping;
mod query;
mod said;
mod table;
mod typed;
mod update;

pub use self::{
    ask::{Ask, Asking, Command, asks_for_own, not_tied},
    digest::{DigestAsk, digest, is_digest},
    follow::{FollowAsk, follow, is_follow},
    link::{LinkAsk, is_link, link},
    notify::{NotifyAsk, is_notify, notify},
    outbox::{OutboxAsk, is_outbox, outbox},
    ping::{asks_for_shepherds, is_ping, ping},
    query::{Query, QueryError},
    table::{HelpFor, Name, help, usage_hint},
    update::{is_update, update},
};
