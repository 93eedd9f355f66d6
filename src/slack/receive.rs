//! What both transports hand over, and what they send back.

use async_trait::async_trait;
use bytes::Bytes;

use super::inbound::Inbound;

/// Who answers what Slack sends.
///
/// Slack waits three seconds, and one Socket Mode connection hands over one thing at a time: so
/// this answers from memory, and whatever takes longer follows by itself.
#[async_trait]
pub trait Receive: Send + Sync {
    /// Takes one thing in and gives what the acknowledgement carries: a message as JSON, or nothing.
    /// `workspace` is what the settings call it. What came before (`again`) causes nothing more; a
    /// question may be answered once more.
    async fn receive(&self, workspace: &str, inbound: Inbound, again: bool) -> Option<Bytes>;
}
