//! How the board moved over the weeks: KEPs by stage, and how many of the current cycle still need
//! something before its code freeze.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Release, Stage,
    cycle::{CycleEvent, Cycles},
};

/// How far back a trend looks; a release cycle of Kubernetes takes about 15 weeks.
pub const MOST_WEEKS: i64 = 16;

/// Nobody has more KEPs than that: what is stored may be damaged, and a label has its width.
const MOST_KEPS: u32 = 999_999;

/// How the board stood on a day, for what compares weeks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySummary {
    /// KEPs of the watched SIGs that are active, by stage; those without one under `none`.
    pub stages: BTreeMap<String, usize>,
    /// The release that was the current one; what was stored before it was noted has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// KEPs of the current cycle. This and what follows is not known of a day before the bot began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_cycle: Option<usize>,
    /// KEPs of the current cycle for which an error or a warning stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<usize>,
    /// Active KEPs with an open tracking issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracked: Option<usize>,
}

impl DaySummary {
    /// Days as a store keeps them; what cannot be read is left out.
    pub fn read_all(stored: &[(NaiveDate, String)]) -> Vec<(NaiveDate, Self)> {
        let read = |(day, json): &(NaiveDate, String)| {
            let summary = serde_json::from_str(json).ok()?;
            Some((*day, summary))
        };
        stored.iter().filter_map(read).collect()
    }
}

/// The stages that a trend tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Deprecated, disabled or removed.
    Leaving,
    /// Stable.
    Stable,
    /// Beta.
    Beta,
    /// Alpha.
    Alpha,
    /// None that can be read, as before alpha.
    Unstaged,
}

impl Band {
    /// All of them, what has come furthest first.
    pub const ALL: [Self; 5] = [
        Self::Leaving,
        Self::Stable,
        Self::Beta,
        Self::Alpha,
        Self::Unstaged,
    ];

    /// The band of a word that stands in [`DaySummary::stages`].
    fn of(word: &str) -> Self {
        match Stage::parse(word) {
            None => Self::Unstaged,
            Some(Stage::Alpha) => Self::Alpha,
            Some(Stage::Beta) => Self::Beta,
            Some(Stage::Stable) => Self::Stable,
            Some(Stage::Deprecated | Stage::Disabled | Stage::Removed) => Self::Leaving,
        }
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leaving => "leaving",
            Self::Stable => "stable",
            Self::Beta => "beta",
            Self::Alpha => "alpha",
            Self::Unstaged => "no stage",
        }
    }
}

/// A week as its last known day shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// The Monday with which it begins.
    pub monday: NaiveDate,
    /// The day that is known.
    pub day: NaiveDate,
    keps: [u32; Band::ALL.len()],
}

impl Week {
    fn new(monday: NaiveDate, day: NaiveDate, summary: &DaySummary) -> Self {
        let mut keps = [0; Band::ALL.len()];
        for (word, count) in &summary.stages {
            let sum = &mut keps[Band::of(word) as usize];
            *sum = MOST_KEPS.min(*sum + bounded(*count));
        }
        Self { monday, day, keps }
    }

    /// Active KEPs of the watched SIGs in a band.
    pub fn keps(&self, band: Band) -> u32 {
        self.keps[band as usize]
    }

    /// All of them.
    pub fn total(&self) -> u32 {
        self.keps.iter().sum()
    }
}

/// The current cycle, as far as a trend needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentCycle {
    /// The release that people work on.
    pub release: Release,
    /// The day that people name for its code freeze.
    pub code_freeze: Option<NaiveDate>,
}

impl CurrentCycle {
    /// What the release pages say of a release.
    pub fn of(cycles: &Cycles, release: Release) -> Self {
        let freeze = CycleEvent::CodeFreeze;
        let cycle = cycles.get(release);
        // A month is too vague to be drawn as a line.
        let exact = cycle.filter(|cycle| cycle.when(freeze).is_some());
        Self {
            release,
            code_freeze: exact.and_then(|cycle| cycle.day(freeze)),
        }
    }
}

/// What is left to do in the current cycle, day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnDown {
    /// The cycle.
    pub cycle: CurrentCycle,
    points: Vec<Point>,
}

/// A day of a burn-down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub day: NaiveDate,
    /// KEPs of the cycle.
    pub in_cycle: u32,
    /// Those for which an error or a warning stands: no more than there are.
    pub urgent: u32,
}

impl BurnDown {
    /// The days that are known, oldest first; never none.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// `7 of 18 KEPs of 1.38 still need something`
    pub fn headline(&self) -> String {
        let release = self.cycle.release;
        let Some(&Point {
            in_cycle, urgent, ..
        }) = self.points.last()
        else {
            return String::new();
        };
        let keps = if in_cycle == 1 { "KEP" } else { "KEPs" };
        let need = if urgent == 1 { "needs" } else { "need" };
        match (urgent, in_cycle) {
            (_, 0) => format!("No KEP of {release} yet"),
            (0, 1) => format!("The one KEP of {release} needs nothing"),
            (0, _) => format!("All {} KEPs of {release} need nothing", grouped(in_cycle)),
            _ => format!(
                "{} of {} {keps} of {release} still {need} something",
                grouped(urgent),
                grouped(in_cycle)
            ),
        }
    }
}

/// How the board moved over the weeks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    weeks: Vec<Week>,
    burn_down: Option<BurnDown>,
    now: DateTime<Utc>,
}

impl Trend {
    /// The trend of the last [`MOST_WEEKS`] weeks. `None` where fewer than two of them are known:
    /// one is none. Days in the future are passed over.
    pub fn of(
        days: &[(NaiveDate, DaySummary)],
        cycle: Option<CurrentCycle>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let today = now.date_naive();
        let first = monday_of(today)?.checked_sub_signed(TimeDelta::weeks(MOST_WEEKS - 1))?;
        let mut by_day: Vec<_> = days
            .iter()
            .filter(|(day, _)| (first..=today).contains(day))
            .collect();
        by_day.sort_by_key(|(day, _)| *day);
        let mut weeks: Vec<Week> = Vec::new();
        for (day, summary) in &by_day {
            let monday = monday_of(*day)?;
            weeks.pop_if(|week| week.monday == monday);
            weeks.push(Week::new(monday, *day, summary));
        }
        let burn_down = cycle.and_then(|cycle| {
            let of_cycle = by_day
                .iter()
                .filter(|(_, summary)| summary.release.is_none_or(|it| it == cycle.release));
            let points: Vec<_> = of_cycle
                .filter_map(|(day, summary)| {
                    let (in_cycle, urgent) = (summary.in_cycle?, summary.urgent?);
                    Some(Point {
                        day: *day,
                        in_cycle: bounded(in_cycle),
                        urgent: bounded(urgent.min(in_cycle)),
                    })
                })
                .collect();
            (!points.is_empty()).then_some(BurnDown { cycle, points })
        });
        (weeks.len() > 1).then_some(Self {
            weeks,
            burn_down,
            now,
        })
    }

    /// The weeks that are known, oldest first: two or more, in different weeks of the calendar.
    pub fn weeks(&self) -> &[Week] {
        &self.weeks
    }

    /// What is left to do in the current cycle, where that is known.
    pub fn burn_down(&self) -> Option<&BurnDown> {
        self.burn_down.as_ref()
    }

    /// The bands that any week has a KEP in.
    pub fn bands(&self) -> impl DoubleEndedIterator<Item = Band> {
        let used = |band: &Band| self.weeks.iter().any(|week| week.keps(*band) > 0);
        Band::ALL.into_iter().filter(used)
    }

    /// The same for whoever cannot see a picture: `KEPs by stage, 5 Oct to 23 Nov 2026: stable 3,
    /// beta 5, alpha 12 (was 10). 7 of 18 KEPs of 1.38 still need something (was 11 of 18); code
    /// freeze on 5 Dec, in 12 days.`
    pub fn in_words(&self) -> String {
        let mut words = self.stages_in_words();
        if let Some(burn_down) = &self.burn_down {
            words.push(' ');
            words.push_str(&burn_down.headline());
            if let [first, .., last] = *burn_down.points
                && (first.urgent, first.in_cycle) != (last.urgent, last.in_cycle)
            {
                let (urgent, all) = (grouped(first.urgent), grouped(first.in_cycle));
                let _ = write!(words, " (was {urgent} of {all})");
            }
            if let Some(freeze) = burn_down.cycle.code_freeze {
                let _ = write!(words, "; code freeze {}", self.freeze_in_words(freeze));
            }
            words.push('.');
        }
        words
    }

    fn stages_in_words(&self) -> String {
        let [first, .., last] = &*self.weeks else {
            return String::new();
        };
        let bands = self.bands().filter_map(|band| {
            let (name, now) = (band.name(), grouped(last.keps(band)));
            match (first.keps(band), last.keps(band)) {
                (0, 0) => None,
                (before, after) if before == after => Some(format!("{name} {now}")),
                (before, _) => Some(format!("{name} {now} (was {})", grouped(before))),
            }
        });
        let bands: Vec<_> = bands.collect();
        let bands = if bands.is_empty() {
            "none".to_owned()
        } else {
            bands.join(", ")
        };
        format!("KEPs by stage, {}: {bands}.", self.span())
    }

    /// From when to when: `5 Oct to 23 Nov 2026`.
    pub fn span(&self) -> String {
        let [first, .., last] = &*self.weeks else {
            return String::new();
        };
        let until = last.day.format("%-d %b %Y");
        if first.day.year() == last.day.year() {
            format!("{} to {until}", first.day.format("%-d %b"))
        } else {
            format!("{} to {until}", first.day.format("%-d %b %Y"))
        }
    }

    fn freeze_in_words(&self, freeze: NaiveDate) -> String {
        let date = freeze.format("%-d %b");
        // Its day ends at noon UTC of the day after.
        let ends_today = self.now.hour() < 12;
        match (freeze - self.now.date_naive()).num_days() {
            0 => format!("on {date}, today"),
            -1 if ends_today => format!("on {date}, today"),
            1 => format!("on {date}, tomorrow"),
            left @ 2.. => format!("on {date}, in {left} days"),
            _ => format!("was on {date}"),
        }
    }
}

/// `12,345`
pub fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn bounded(count: usize) -> u32 {
    u32::try_from(count).map_or(MOST_KEPS, |count| count.min(MOST_KEPS))
}

/// The Monday of a day's week; none at the beginning of time.
pub fn monday_of(day: NaiveDate) -> Option<NaiveDate> {
    day.week(chrono::Weekday::Mon).checked_first_day()
}

#[cfg(test)]
mod tests;
