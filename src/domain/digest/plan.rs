//! When a channel, or a person, gets a digest, and how far the last one came.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Left, Scope};
use crate::domain::{
    Release, Zone,
    bridge::{ChannelAt, Key},
    schedule::{Schedule, Slot},
};

/// A channel, or a person, that gets a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The channel; of somebody's own, the person by their member id.
    pub at: ChannelAt,
    /// When.
    pub schedule: Schedule,
    /// By which clocks.
    pub zone: Zone,
    /// Of what.
    pub scope: Scope,
}

/// How far a channel's digests came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The plan by which it was due. By another one what was due before is not.
    pub plan: String,
    /// What was due up to then was posted, or never will be.
    pub seen: DateTime<Utc>,
    /// What the last one told; `None` before the first.
    pub told: Option<Told>,
}

/// What a digest told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When it was composed.
    pub at: DateTime<Utc>,
    /// The last change that it told.
    pub change: i64,
    /// What was said before this moment.
    pub said: DateTime<Utc>,
    /// What was left to do,
    pub left: Option<Left>,
    /// and of which release.
    #[serde(default)]
    pub release: Option<Release>,
}

impl Plan {
    /// In which note the store keeps the mark.
    pub fn note(&self) -> String {
        format!("digest/{}/{}", self.at, self.scope.runtime)
    }

    /// The plan in words, which tells two of them apart.
    pub fn words(&self) -> String {
        format!("{} ({})", self.schedule, self.zone)
    }

    /// When the next one is due, after a moment.
    pub fn next(&self, after: DateTime<Utc>) -> Option<Slot> {
        self.schedule.next(after, &self.zone)
    }

    /// What is due at a moment and was not seen to: the newest, of several.
    pub fn due(&self, mark: &Mark, now: DateTime<Utc>) -> Option<Slot> {
        let slot = self.schedule.last(now, &self.zone)?;
        (slot.at > mark.seen).then_some(slot)
    }

    /// The key of the digest of a time, as the clocks show it.
    pub fn key(&self, due: NaiveDateTime) -> Key {
        let due = due.format("%Y-%m-%dT%H:%M").to_string();
        let ChannelAt { workspace, id } = &self.at;
        Key::of(["digest", workspace, id, &self.scope.runtime, &due])
    }
}
