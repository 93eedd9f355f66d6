//! Up to when each channel was caught up with, as a note in the store.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    domain::bridge::{Channel, Channels},
    ports::{Store, StoreError},
};

/// The note.
const NOTE: &str = "caught-up";

/// How far a channel came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Since when what is said there concerns the bot, under the rules of now.
    pub(super) began: DateTime<Utc>,
    /// What was said before this moment has been read.
    pub(super) seen: DateTime<Utc>,
    /// What leaves the channel. Under other rules one begins anew: nobody wanted then what they
    /// want now.
    rules: Box<str>,
}

/// How far each channel came.
pub struct Marks {
    store: Arc<dyn Store>,
    marks: Mutex<BTreeMap<String, Mark>>,
}

impl Marks {
    /// What the store remembers. A channel that is new begins now, quietly; one from which nothing
    /// goes any more is forgotten, and would begin anew.
    pub async fn load(
        store: Arc<dyn Store>,
        channels: &Channels,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let noted = store.note(NOTE).await?.unwrap_or_default();
        // A note that cannot be read is one of an older version.
        let mut noted: BTreeMap<String, Mark> = serde_json::from_str(&noted).unwrap_or_default();
        let open = channels.channels.iter().filter(|channel| channel.to_forge);
        let marks = open.map(|channel| {
            let name = channel.at.to_string();
            let rules: Box<str> = format!("{} {:?}", channels.reaction, channel.replies).into();
            let known = noted.remove(&name).filter(|mark| mark.rules == rules);
            let mark = known.unwrap_or(Mark {
                began: now,
                seen: now,
                rules,
            });
            (name, mark)
        });
        let marks = Self {
            marks: Mutex::new(marks.collect()),
            store,
        };
        marks.note(&*marks.marks.lock().await).await?;
        Ok(marks)
    }

    pub(super) async fn of(&self, channel: &Channel) -> Option<Mark> {
        let marks = self.marks.lock().await;
        marks.get(&channel.at.to_string()).cloned()
    }

    /// What was said in a channel before this moment has been read.
    pub(super) async fn move_to(
        &self,
        channel: &Channel,
        seen: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut marks = self.marks.lock().await;
        if let Some(mark) = marks.get_mut(&channel.at.to_string()) {
            mark.seen = seen;
        }
        self.note(&marks).await
    }

    async fn note(&self, marks: &BTreeMap<String, Mark>) -> Result<(), StoreError> {
        // A map of texts and moments is always JSON.
        let text = serde_json::to_string(marks).unwrap_or_default();
        self.store.set_note(NOTE, &text).await
    }
}
