//! What both transports hand over, and what they send back.

use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use bytes::Bytes;
use futures::FutureExt as _;

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
    async fn receive(
        &self,
        workspace: &str,
        inbound: Inbound,
        again: bool,
    ) -> Result<Option<Bytes>, NotTaken>;
}

/// It could not be kept, so it is not acknowledged: Slack delivers it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTaken;

/// What a command is answered with where answering it panicked.
const BROKE: &[u8] = br#"{"response_type":"ephemeral","text":"That broke something inside, and those who run me find it in my log. Another question may fare better."}"#;

/// Hands one thing over and outlives a panic: Slack would deliver the same again, and a connection
/// of Socket Mode would be lost with it each time.
pub async fn whole(
    receive: &dyn Receive,
    workspace: &str,
    inbound: Inbound,
    again: bool,
) -> Result<Option<Bytes>, NotTaken> {
    let kind = inbound.kind();
    let is_command = matches!(inbound, Inbound::Command(_));
    // What is shared is behind locks that do not mind, or is replaced as a whole.
    let answer = AssertUnwindSafe(receive.receive(workspace, inbound, again));
    answer.catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(workspace, kind, "answering panicked");
        Ok(is_command.then(|| Bytes::from_static(BROKE)))
    })
}
