//! Every write to the forge is on record.

use super::{Deliver, write::Made};
use crate::{
    domain::bridge::{Effect, Key, Written},
    ports::outbox::{Leased, Outcome, Record},
};

impl Deliver {
    /// The record of a write that was made, had nothing left to change, or was given up.
    pub(super) async fn record(
        &self,
        leased: &Leased,
        outcome: &Outcome,
        written: Option<&Written>,
        made: Made,
    ) -> Option<Record> {
        let why = match outcome {
            Outcome::Done => None,
            Outcome::Dead { why } => Some(why),
            Outcome::Again { .. } => return None,
        };
        let (asked, on, url) = match &leased.effect {
            Effect::Comment { issue, asked, .. } => {
                let url = match written {
                    Some(Written::Comment { url, .. }) => Some(url.clone()),
                    _ => None,
                };
                (Some(asked), issue.to_string(), url)
            }
            Effect::EditComment { written, asked, .. } => {
                let (on, url) = self.place_of(written).await;
                (asked.as_ref(), on, url)
            }
            Effect::DeleteComment { written, asked } => {
                let (on, url) = self.place_of(written).await;
                (Some(asked), on, url)
            }
            _ => return None,
        };
        let outcome = match (why, made.why_not(), url) {
            (Some(why), ..) => why.clone(),
            (None, Some(why_not), _) => why_not.to_owned(),
            (None, None, Some(url)) => url.into(),
            (None, None, None) => "done".to_owned(),
        };
        Some(Record {
            at: self.clock.now(),
            asked: asked.cloned(),
            what: leased.effect.name().into(),
            on: on.into(),
            outcome,
        })
    }

    /// The issue on which a comment stands, and its page; where nobody knows, its key.
    async fn place_of(&self, written: &Key) -> (String, Option<Box<str>>) {
        match self.outbox.written(written).await {
            Ok(Some(Written::Comment { at, url })) => (at.issue.to_string(), Some(url)),
            _ => (written.to_string(), None),
        }
    }
}
