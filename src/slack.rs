//! Slack: what is answered, as Block Kit messages.

pub mod blocks;
mod kit;
mod mrkdwn;

pub use self::kit::{Block, Button, Message, Text, View};
