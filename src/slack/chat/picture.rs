//! A message with a picture. Slack takes a file apart some moments after it was uploaded, and refuses
//! every message that shows it until then:
//! <https://github.com/slackapi/slack-github-action/issues/413>

use std::time::Duration;

use super::{ApiError, blocks};
use crate::{
    ports::{Clock, chat::Speech},
    slack::kit::Message,
};

/// How long to wait before each further try. A channel takes a message a second.
const WAITS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// A message that is sent until Slack shows its picture; where it never does, without.
pub(super) struct Showing<'a> {
    speech: Speech<'a>,
    message: Message,
    tries: usize,
}

impl<'a> Showing<'a> {
    pub(super) fn new(speech: &Speech<'a>) -> Self {
        Self {
            speech: *speech,
            message: blocks::bridge::message(speech),
            tries: 0,
        }
    }

    /// What is to be sent now.
    pub(super) fn message(&self) -> &Message {
        &self.message
    }

    /// Whether to send it again, after what became of it; returns when it is time to.
    pub(super) async fn again<T>(&mut self, sent: &Result<T, ApiError>, clock: &dyn Clock) -> bool
    where
        T: Sync,
    {
        let (Err(ApiError::NoPicture), Some(picture)) = (sent, self.speech.picture) else {
            return false;
        };
        match WAITS.get(self.tries) {
            Some(wait) => clock.sleep(*wait).await,
            None => {
                let file = picture.file;
                tracing::warn!(
                    file,
                    "a message goes without a picture that Slack does not show"
                );
                self.speech.picture = None;
                self.message = blocks::bridge::message(&self.speech);
            }
        }
        self.tries += 1;
        true
    }
}
