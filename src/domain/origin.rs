//! Where facts come from, how old they are, and whether that matters to whoever reads an answer.

use chrono::{DateTime, TimeDelta, Utc};

/// Where facts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The data that comes along.
    Sample,
    /// Local files, read just now.
    Files,
    /// The store, as the last sync that went through left it at that moment; before the first
    /// one, whatever has arrived.
    Store(Option<DateTime<Utc>>),
}

impl Origin {
    /// Whether a reader should be told: not where the facts are less than an hour old.
    pub fn matters(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Files => false,
            Self::Sample | Self::Store(None) => true,
            Self::Store(Some(at)) => now - at >= TimeDelta::hours(1),
        }
    }
}

/// `3 hours ago`
pub fn ago(age: TimeDelta) -> String {
    let count = |many: i64, what: &str| {
        let plural = if many == 1 { "" } else { "s" };
        format!("{many} {what}{plural} ago")
    };
    match age.num_minutes() {
        ..=0 => "just now".to_owned(),
        minutes @ 1..60 => count(minutes, "minute"),
        minutes @ 60..2_880 => count(minutes / 60, "hour"),
        minutes => count(minutes / 1_440, "day"),
    }
}
