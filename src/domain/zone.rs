//! Time zones, by their names in the IANA database, which is a part of the program.

use std::fmt;

use chrono::{DateTime, Utc};
use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Finds it by its name: `America/Los_Angeles`, `UTC`.
    pub fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// By how many seconds its clocks are ahead of UTC at a moment.
    pub fn ahead_of_utc(&self, at: DateTime<Utc>) -> i32 {
        let at = Timestamp::from_second(at.timestamp()).unwrap_or_default();
        self.0.to_offset(at).seconds()
    }
}

impl Default for Zone {
    /// In which the Kubernetes release team names its times.
    fn default() -> Self {
        Self::named("America/Los_Angeles").unwrap_or(Self(TimeZone::UTC))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_name_alone() {
        let name = |name| Zone::named(name).map(|zone| zone.to_string());
        for known in ["UTC", "America/Los_Angeles", "Asia/Kolkata"] {
            assert_eq!(name(known).as_deref(), Some(known));
        }
        for unknown in ["", "PST8", "Los_Angeles", "../etc/localtime", "+02:00"] {
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn its_clocks_go_with_the_seasons() {
        let zone = Zone::named("Europe/Berlin").expect("a zone");
        let ahead = |at: &str| zone.ahead_of_utc(at.parse().expect("a moment"));
        assert_eq!(ahead("2026-03-29T00:59:59Z"), 3600);
        assert_eq!(ahead("2026-03-29T01:00:00Z"), 7200);
        assert_eq!(ahead("2026-10-25T01:00:00Z"), 3600);
        // Beyond the years that the database lists.
        assert_eq!(ahead("2090-07-01T00:00:00Z"), 7200);
    }
}
