//! When something is due that comes again and again: cron's five fields, by the clocks of a time
//! zone.
//!
//! A time that the clocks skip in spring is due at the first moment after the gap, one that they
//! show twice in autumn at the first.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::Zone;

/// A time plan.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// What it was read from.
    text: Box<str>,
    /// What the clocks show when it is due, as if that were UTC. Where day and weekday are both given
    /// it is due on either, as in cron, so there are two.
    plans: Vec<cron::Schedule>,
}

/// One time at which something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The moment.
    pub at: DateTime<Utc>,
    /// What the plan calls it: the same however often the clocks show it.
    pub local: NaiveDateTime,
}

/// The names of the weekdays, from 0 on as cron numbers them.
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

impl Schedule {
    /// Reads `minute hour day month weekday`, with numbers or names, Sunday being 0 or 7; `None` for
    /// anything else, and for a time that never comes.
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return None;
        };
        let days = weekdays(weekday)?;
        let plan = |day: &str, days: &str| {
            cron::Schedule::from_str(&format!("0 {minute} {hour} {day} {month} {days}")).ok()
        };
        let is_any = |field: &str| field.starts_with(['*', '?']);
        let plans = if is_any(day) || is_any(weekday) {
            vec![plan(day, &days)?]
        } else {
            vec![plan(day, "*")?, plan("*", &days)?]
        };
        let schedule = Self {
            text: fields.join(" ").into(),
            plans,
        };
        // Such as 31 February.
        schedule.next(DateTime::UNIX_EPOCH, &Zone::default())?;
        Some(schedule)
    }

    /// The first time after a moment.
    pub fn next(&self, after: DateTime<Utc>, zone: &Zone) -> Option<Slot> {
        // A gap moves a time on by a day at most.
        let from = zone.shown_at(after) - TimeDelta::days(1);
        let firsts = self.plans.iter().filter_map(|plan| {
            let mut slots = plan.after(&from.and_utc()).map(|at| slot(at, zone));
            slots.find(|slot| slot.at > after)
        });
        firsts.min()
    }

    /// The last time up to a moment.
    pub fn last(&self, until: DateTime<Utc>, zone: &Zone) -> Option<Slot> {
        let to = zone.shown_at(until) + TimeDelta::days(1);
        let lasts = self.plans.iter().filter_map(|plan| {
            let mut slots = plan.after(&to.and_utc()).rev().map(|at| slot(at, zone));
            slots.find(|slot| slot.at <= until)
        });
        lasts.max()
    }
}

impl Default for Schedule {
    /// Mondays in the morning.
    fn default() -> Self {
        const MONDAYS: &str = "0 8 * * Mon";
        Self::parse(MONDAYS).unwrap_or(Self {
            text: MONDAYS.into(),
            plans: Vec::new(),
        })
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Schedule {}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Slot {
    /// For people: `Mon 30 Nov 2026, 08:00 (America/Los_Angeles)`.
    pub fn in_words(self, zone: &Zone) -> String {
        let shown = zone.shown_at(self.at);
        format!("{} ({zone})", shown.format("%a %-d %b %Y, %H:%M"))
    }
}

fn slot(shown: DateTime<Utc>, zone: &Zone) -> Slot {
    let local = shown.naive_utc();
    Slot {
        at: zone.first(local),
        local,
    }
}

/// The weekdays as the library numbers them: from 1, Sunday.
fn weekdays(field: &str) -> Option<String> {
    let day = |name: &str| {
        let named = WEEKDAYS
            .iter()
            .position(|day| day.eq_ignore_ascii_case(name));
        named.or_else(|| name.parse().ok().filter(|number| *number <= 7))
    };
    let mut found = [false; 7];
    for part in field.split(',') {
        let (days, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: usize = step.parse().ok().filter(|step| *step > 0)?;
        let (first, last) = match days.split_once('-') {
            _ if matches!(days, "*" | "?") => (0, 6),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                // Sunday ends a week as well as it begins one.
                (first, if last == 0 && first > 0 { 7 } else { last })
            }
            None => (day(days)?, day(days)?),
        };
        if first > last {
            return None;
        }
        for day in (first..=last).step_by(step) {
            found[day % 7] = true;
        }
    }
    let numbers = (1_u8..).zip(found).filter(|(_, is)| *is);
    let numbers: Vec<String> = numbers.map(|(number, _)| number.to_string()).collect();
    Some(numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).expect("a zone")
    }

    /// The moments after one, in minutes.
    fn after(plan: &str, name: &str, from: &str, count: usize) -> Vec<String> {
        let (plan, zone) = (Schedule::parse(plan).expect("a plan"), zone(name));
        let mut from = at(from);
        let slots = (0..count).map(|_| {
            let slot = plan.next(from, &zone).expect("a time");
            assert_eq!(plan.last(slot.at, &zone).map(|it| it.at), Some(slot.at));
            assert!(plan.last(slot.at - TimeDelta::seconds(1), &zone) < Some(slot));
            from = slot.at;
            slot.at.format("%Y-%m-%dT%H:%M").to_string()
        });
        slots.collect()
    }

    #[test]
    fn each_week_in_a_zone() {
        assert_eq!(
            after(
                "0 8 * * Mon",
                "America/Los_Angeles",
                "2026-10-24T00:00:00Z",
                3
            ),
            ["2026-10-26T15:00", "2026-11-02T16:00", "2026-11-09T16:00"]
        );
    }

    #[test]
    fn a_time_in_the_gap_is_due_once_behind_it() {
        for (name, day, due) in [
            ("America/Los_Angeles", "2026-03-08", "2026-03-08T10:00"),
            ("Europe/Berlin", "2026-03-29", "2026-03-29T01:00"),
            ("Australia/Sydney", "2026-10-04", "2026-10-03T16:00"),
        ] {
            let before = at(&format!("{day}T00:00:00Z")) - TimeDelta::hours(12);
            let all = after("30 2 * * *", name, &before.to_rfc3339(), 3);
            assert_eq!(
                all.iter().filter(|it| *it == due).count(),
                1,
                "{name}: {all:?}"
            );
            // Every minute of the hour that is not there is due at the same moment.
            let (plan, zone) = (Schedule::parse("*/15 2 * * *").expect("a plan"), zone(name));
            let mut slot = plan.next(before, &zone).expect("a time");
            while slot.local.date().to_string() != day {
                slot = plan.next(slot.at, &zone).expect("a time");
            }
            assert_eq!(slot.at, at(&format!("{due}:00Z")), "{name}");
            assert!(plan.next(slot.at, &zone).expect("a time").local.date() > slot.local.date());
        }
    }

    #[test]
    fn a_time_that_comes_twice_is_due_at_the_first() {
        for (name, before, due) in [
            (
                "America/Los_Angeles",
                "2026-11-01T07:00:00Z",
                "2026-11-01T08:30",
            ),
            ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T00:30"),
            (
                "Australia/Sydney",
                "2026-04-04T13:00:00Z",
                "2026-04-04T15:30",
            ),
        ] {
            let hour = if name.starts_with("America") {
                "30 1 * * *"
            } else {
                "30 2 * * *"
            };
            let all = after(hour, name, before, 2);
            assert_eq!(all[0], due, "{name}");
            let next = at(&format!("{}:00Z", all[1]));
            assert_eq!(
                next - at(&format!("{due}:00Z")),
                TimeDelta::hours(25),
                "{name}"
            );
        }
    }

    #[test]
    fn cron_is_read_as_unix_reads_it() {
        let first = |plan| after(plan, "UTC", "2026-11-24T12:00:00Z", 1).remove(0);
        for (plan, due) in [
            ("0 8 * * 1", "2026-11-30T08:00"),
            ("0 8 * * 0", "2026-11-29T08:00"),
            ("0 8 * * 7", "2026-11-29T08:00"),
            ("0 8 * * sun", "2026-11-29T08:00"),
            ("0 8 * * Fri-Sun", "2026-11-27T08:00"),
            ("0 8 * * 1-5/2", "2026-11-25T08:00"),
            ("*/20 * * * *", "2026-11-24T12:20"),
            ("0 8 29 2 *", "2028-02-29T08:00"),
            ("0 8 1 Jan *", "2027-01-01T08:00"),
            // On either.
            ("0 8 1 * Mon", "2026-11-30T08:00"),
            ("0 8 25 * Mon", "2026-11-25T08:00"),
        ] {
            assert_eq!(first(plan), due, "{plan}");
        }
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for text in [
            "",
            "8 Mon",
            "0 0 8 * * Mon",
            "0 8 * * Mo",
            "0 8 * * 8",
            "0 8 * * Fri-Mon-1",
            "0 8 * * Thu-Tue",
            "0 8 * * 1/0",
            "60 8 * * *",
            "0 8 30 2 *",
            "@daily",
        ] {
            assert_eq!(Schedule::parse(text), None, "{text}");
        }
    }

    #[test]
    fn it_is_said_in_words() {
        let zone = zone("America/Los_Angeles");
        let plan = Schedule::parse("0 8 * * Mon").expect("a plan");
        let slot = plan
            .next(at("2026-11-24T00:00:00Z"), &zone)
            .expect("a time");
        assert_eq!(
            slot.in_words(&zone),
            "Mon 30 Nov 2026, 08:00 (America/Los_Angeles)"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-0-9*/,? A-Za-z]{0,24}", at in 0_i64..4_000_000_000) {
            if let Some(plan) = Schedule::parse(&text) {
                let zone = zone("Europe/Berlin");
                let at = DateTime::from_timestamp(at, 0).expect("a moment");
                if let Some(next) = plan.next(at, &zone) {
                    assert!(next.at > at);
                    assert!(plan.last(next.at, &zone).is_some_and(|last| last.at == next.at));
                }
            }
        }
    }
}
