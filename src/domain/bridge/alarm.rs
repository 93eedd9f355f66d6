//! What the admins are told of by a direct message.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Key;

/// Something that somebody must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// Effects were given up.
    Dead {
        /// The workspace from which they came, where they came from one.
        workspace: Option<Box<str>>,
        /// From this moment on, in milliseconds since 1970 …
        from_ms: i64,
        /// … until just before this one.
        until_ms: i64,
    },
    /// A lane is held, because too much was written in it.
    Held {
        /// The workspace from which that came, where it came from one.
        workspace: Option<Box<str>>,
        /// The lane, by name.
        lane: Box<str>,
        /// What waits in it, in words.
        what: Box<str>,
    },
}

impl Alarm {
    /// How long effects that are given up are gathered before they are told of together.
    pub const GATHER: TimeDelta = TimeDelta::minutes(5);
    /// For how long a hold is lifted.
    pub const LIFT: TimeDelta = TimeDelta::hours(1);

    /// Of what is given up now, together with what else is about this time; and when that is over.
    pub fn dead(workspace: Option<&str>, now: DateTime<Utc>) -> (Self, TimeDelta) {
        let now_ms = now.timestamp_millis();
        let from_ms = now_ms - now_ms.rem_euclid(Self::GATHER.num_milliseconds());
        let until_ms = from_ms + Self::GATHER.num_milliseconds();
        let alarm = Self::Dead {
            workspace: workspace.map(Into::into),
            from_ms,
            until_ms,
        };
        (alarm, TimeDelta::milliseconds(until_ms - now_ms))
    }

    /// Its key: the same one for what is told of once. A lane that is held again and again is told
    /// of once a day.
    pub fn key(&self, now: DateTime<Utc>) -> Key {
        match self {
            Self::Dead {
                workspace, from_ms, ..
            } => Key::of([
                "dead",
                workspace.as_deref().unwrap_or_default(),
                &from_ms.to_string(),
            ]),
            Self::Held { lane, .. } => Key::of(["held", lane, &now.date_naive().to_string()]),
        }
    }

    /// The key of what says that a lane's hold was lifted in the hour of this moment.
    pub fn lifted(lane: &str, at: DateTime<Utc>) -> Key {
        let hour = at.timestamp().div_euclid(3600);
        Key::of(["lifted", lane, &hour.to_string()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dies_about_the_same_time_is_one_alarm() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a moment") };
        let key = |text| Alarm::dead(Some("kubernetes"), at(text)).0.key(at(text));
        assert_eq!(key("2026-07-06T12:00:00Z"), key("2026-07-06T12:04:59.999Z"));
        assert_ne!(key("2026-07-06T12:00:00Z"), key("2026-07-06T12:05:00Z"));
        let (_, wait) = Alarm::dead(None, at("2026-07-06T12:04:00Z"));
        assert_eq!(wait, TimeDelta::minutes(1));
        let (elsewhere, _) = Alarm::dead(Some("cncf"), at("2026-07-06T12:00:00Z"));
        assert_ne!(
            elsewhere.key(at("2026-07-06T12:00:00Z")),
            key("2026-07-06T12:00:00Z")
        );
    }
}
