//! The chart that stands below a digest.

use super::{Deliver, Trouble};
use crate::{
    domain::bridge::Saying,
    ports::{Chat, ChatError, chat::Picture, outbox::Leased, painter::Drawing},
};

/// A digest waits for its chart no longer than so many tries.
const MOST_TRIES: i64 = 3;

impl Deliver {
    /// Uploads what a message shows: its file, and the words for it. A message that cannot have its
    /// picture goes without.
    pub(super) async fn picture(
        &self,
        chat: &dyn Chat,
        saying: &Saying,
        leased: &Leased,
    ) -> Result<Option<(Box<str>, String)>, Trouble> {
        if !matches!(saying, Saying::Digest(page) if page.chart) {
            return Ok(None);
        }
        let drawn = self.painter.chart(self.clock.now()).await;
        let drawn = drawn.unwrap_or_else(|error| {
            tracing::warn!(%error, "a digest goes without its chart");
            None
        });
        let Some(Drawing { png, alt }) = drawn else {
            return Ok(None);
        };
        let picture = Picture {
            name: "keps-by-week.png",
            title: "KEPs by week",
            alt: &alt,
            bytes: &png,
        };
        match chat.upload(&picture).await {
            Ok(file) => Ok(Some((file, alt))),
            Err(error)
                if matches!(error, ChatError::Refused(_)) || leased.failures >= MOST_TRIES =>
            {
                tracing::warn!(%error, "a digest goes without its chart");
                Ok(None)
            }
            Err(error) => Err(self.of_chat(&error)),
        }
    }
}
