//! How somebody wants to be told: what, when and where.

use std::{collections::BTreeSet, fmt};

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike as _, Utc};
use serde::{Deserialize, Serialize};

use super::{Kind, Notice};
use crate::domain::{KepNumber, Zone};

/// How somebody wants to be told. Whoever said nothing is told of everything at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Whether they are told nothing at the moment.
    pub off: Option<Off>,
    /// The kinds that they do not want.
    pub without: BTreeSet<Kind>,
    /// The KEPs of which they want to hear nothing.
    pub muted: BTreeSet<KepNumber>,
    /// When they want to be left alone each day.
    pub quiet: Option<Quiet>,
    /// The workspace in which they want to be told, where they are on several.
    pub workspace: Option<Box<str>>,
}

/// That somebody is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// Until they say so.
    ForGood,
    /// Until then.
    Until(DateTime<Utc>),
}

/// Hours of each day, by a person's own clocks. They may go past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// When they begin.
    pub from: NaiveTime,
    /// When they are over.
    pub to: NaiveTime,
}

impl Preferences {
    /// Whether they want to be told of it at all.
    pub fn want(&self, notice: &Notice, now: DateTime<Utc>) -> bool {
        !self.is_off(now)
            && !self.without.contains(&notice.kind())
            && !self.muted.contains(&notice.kep)
    }

    /// What somebody wants who said both: nothing that they did not want by either. Of what can be but one
    /// thing it is what this says.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.without.extend(other.without);
        self.muted.extend(other.muted);
        Self {
            off: self.off.or(other.off),
            quiet: self.quiet.or(other.quiet),
            workspace: self.workspace.or(other.workspace),
            ..self
        }
    }

    /// Whether they are told nothing.
    pub fn is_off(&self, now: DateTime<Utc>) -> bool {
        match self.off {
            None => false,
            Some(Off::ForGood) => true,
            Some(Off::Until(then)) => now < then,
        }
    }
}

impl Quiet {
    /// Reads `22:00-08:00`, `22-8`; none where it is no span.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(['-', '–'])?;
        let (from, to) = (time(from)?, time(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// When the quiet in which a moment falls is over; none where it is not quiet then.
    pub fn over_at(&self, now: DateTime<Utc>, zone: &Zone) -> Option<DateTime<Utc>> {
        let shown = zone.shown_at(now);
        let time = shown.time();
        let past_midnight = self.to < self.from;
        let is_quiet = if past_midnight {
            time >= self.from || time < self.to
        } else {
            time >= self.from && time < self.to
        };
        if !is_quiet {
            return None;
        }
        let day = if past_midnight && time >= self.from {
            shown.date() + TimeDelta::days(1)
        } else {
            shown.date()
        };
        // Where clocks go back, that time comes twice, and may have been already.
        let over = zone.first(day.and_time(self.to));
        (over > now).then_some(over)
    }
}

fn time(text: &str) -> Option<NaiveTime> {
    let (hours, minutes) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let hours: u32 = hours.parse().ok()?;
    NaiveTime::from_hms_opt(hours % 24, minutes.parse().ok()?, 0).filter(|_| hours <= 24)
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |time: NaiveTime| format!("{:02}:{:02}", time.hour(), time.minute());
        write!(f, "{}–{}", shown(self.from), shown(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(quiet: &str, zone: &str, now: &str) -> Option<String> {
        let quiet = Quiet::parse(quiet).expect("hours");
        let zone = Zone::named(zone).expect("a zone");
        let over = quiet.over_at(now.parse().expect("a moment"), &zone)?;
        Some(over.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }

    #[test]
    fn hours_are_read() {
        for (text, shown) in [
            ("22:00-08:00", "22:00–08:00"),
            ("22-8", "22:00–08:00"),
            ("12:30 - 13:15", "12:30–13:15"),
            ("20–24", "20:00–00:00"),
        ] {
            assert_eq!(
                Quiet::parse(text).map(|it| it.to_string()).as_deref(),
                Some(shown)
            );
        }
        for wrong in [
            "", "22", "8-8", "25-3", "22:60-8", "-8", "+1-8", "0-24", "a-b",
        ] {
            assert_eq!(Quiet::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn they_are_of_the_persons_own_day() {
        let night = "22:00-08:00";
        for (zone, now, is_over) in [
            ("Europe/Berlin", "2026-07-06T19:59:59Z", None),
            (
                "Europe/Berlin",
                "2026-07-06T20:00:00Z",
                Some("2026-07-07T06:00:00Z"),
            ),
            (
                "Europe/Berlin",
                "2026-07-07T05:59:59Z",
                Some("2026-07-07T06:00:00Z"),
            ),
            ("Europe/Berlin", "2026-07-07T06:00:00Z", None),
            ("America/Los_Angeles", "2026-07-06T20:00:00Z", None),
            (
                "America/Los_Angeles",
                "2026-07-07T14:00:00Z",
                Some("2026-07-07T15:00:00Z"),
            ),
            (
                "Asia/Kolkata",
                "2026-07-06T16:30:00Z",
                Some("2026-07-07T02:30:00Z"),
            ),
            // Clocks go forward in that night.
            (
                "Europe/Berlin",
                "2026-03-28T22:00:00Z",
                Some("2026-03-29T06:00:00Z"),
            ),
        ] {
            assert_eq!(over(night, zone, now).as_deref(), is_over, "{zone} {now}");
        }
        assert_eq!(
            over("12-13", "UTC", "2026-07-06T12:10:00Z").as_deref(),
            Some("2026-07-06T13:00:00Z")
        );
        assert_eq!(over("12-13", "UTC", "2026-07-06T13:00:00Z"), None);
    }
}
