//! The `ts` of a message: its time, and its name within a channel.
//!
//! <https://docs.slack.dev/messaging/retrieving-messages#individual_messages>

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

/// Microseconds since 1970; written as seconds, a point, and six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ts(pub(super) u64);

impl Ts {
    pub(super) fn at(moment: DateTime<Utc>) -> Self {
        Self(u64::try_from(moment.timestamp_micros()).unwrap_or_default())
    }

    pub(super) fn seconds(self) -> u64 {
        self.0 / 1_000_000
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.seconds(), self.0 % 1_000_000)
    }
}

impl FromStr for Ts {
    type Err = ();

    /// Takes fewer digits behind the point too, and none: `oldest` and `latest` may be such.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (seconds, rest) = text.split_once('.').unwrap_or((text, "0"));
        if rest.is_empty() || rest.len() > 6 || !rest.bytes().all(|b| b.is_ascii_digit()) {
            return Err(());
        }
        let seconds: u64 = seconds.parse().map_err(|_| ())?;
        let micros: u64 = format!("{rest:0<6}").parse().map_err(|_| ())?;
        let whole = seconds.checked_mul(1_000_000).ok_or(())?;
        Ok(Self(whole + micros))
    }
}
