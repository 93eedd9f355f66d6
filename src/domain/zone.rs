//! Time zones, by their names in the IANA database, which is a part of the program.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use jiff::{
    Timestamp,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
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
        self.0.to_offset(stamp(at)).seconds()
    }

    /// What its clocks show at a moment.
    pub fn shown_at(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc() + TimeDelta::seconds(self.ahead_of_utc(at).into())
    }

    /// When its clocks show a time for the first time; where they skip it, when they have.
    pub fn first(&self, shown: NaiveDateTime) -> DateTime<Utc> {
        let by = |seconds: i32| (shown - TimeDelta::seconds(seconds.into())).and_utc();
        // Read as if it were UTC, a civil time has the same seconds.
        let civil = TimeZone::UTC.to_datetime(stamp(shown.and_utc()));
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => by(offset.seconds()),
            AmbiguousOffset::Fold { before, .. } => by(before.seconds()),
            AmbiguousOffset::Gap { before, after } => {
                let mut changes = self.0.following(stamp(by(after.seconds())));
                let change = changes.next().map(|change| change.timestamp().as_second());
                let change = change.and_then(|second| DateTime::from_timestamp(second, 0));
                change.unwrap_or_else(|| by(before.seconds()))
            }
        }
    }
}

fn stamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_second(at.timestamp()).unwrap_or_default()
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

    #[test]
    fn a_time_that_is_skipped_or_comes_twice_has_one_moment() {
        let cases = [
            (
                "Europe/Berlin",
                "2026-03-29T01:59:59",
                "2026-03-29T00:59:59Z",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T02:00:00",
                "2026-03-29T01:00:00Z",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T02:30:00",
                "2026-03-29T01:00:00Z",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T03:00:00",
                "2026-03-29T01:00:00Z",
            ),
            (
                "Europe/Berlin",
                "2026-10-25T02:30:00",
                "2026-10-25T00:30:00Z",
            ),
            (
                "Europe/Berlin",
                "2090-03-26T02:30:00",
                "2090-03-26T01:00:00Z",
            ),
            // By half an hour; and over a whole day, when the date line moved.
            (
                "Australia/Lord_Howe",
                "2026-10-04T02:15:00",
                "2026-10-03T15:30:00Z",
            ),
            (
                "Pacific/Apia",
                "2011-12-30T12:00:00",
                "2011-12-30T10:00:00Z",
            ),
        ];
        for (zone, shown, at) in cases {
            let zone = Zone::named(zone).expect("a zone");
            let first = zone.first(shown.parse().expect("a time"));
            assert_eq!(
                first,
                at.parse::<DateTime<Utc>>().expect("a moment"),
                "{shown}"
            );
        }
    }
}
