//! Slack: what is answered, as Block Kit messages.

pub mod answer;
pub mod api;
pub mod blocks;
pub mod chat;
pub mod dialog;
pub mod inbound;
mod kit;
pub mod manifest;
mod mrkdwn;
pub mod probe;
pub mod question;
mod quoted;
pub mod receive;
pub mod rich;
pub mod signature;
pub mod socket;

pub use self::kit::{Block, Button, Message, Text, View};
