//! Reads the dates that release teams write: `Wednesday 22nd July 2026 (AoE) / Thursday 23rd July
//! 2026, 12:00 UTC`, `Dec 4, 2015`, `Tuesday 28th - Thursday 30th July 2026`, `March, 2027`.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::table::plain;

/// What a written date means. The text itself stays with whoever holds the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// An instant: a day with its time zone, and a time or else the end of that day.
    Instant(DateTime<Utc>),
    /// A day without a time zone.
    Day(NaiveDate),
    /// From a first day to a last one, both included; the first is never after the last.
    Days(NaiveDate, NaiveDate),
    /// A month without a day.
    Month {
        /// The year, four digits.
        year: i32,
        /// The month, 1 to 12.
        month: u32,
    },
}

/// How far *Anywhere on Earth* (UTC-12) lies behind UTC.
const AOE_BEHIND: TimeDelta = TimeDelta::hours(12);

impl Moment {
    /// Reads a text that is one date. Where the text gives several readings parted by `/`, an
    /// instant in UTC is preferred, then *Anywhere on Earth*, then any other. Weekdays, ordinal
    /// endings, emphasis, links and remarks are ignored, even when they are wrong. `None` for a
    /// text that is no date, an impossible date, a date without a year, or a time without a zone.
    pub fn read(text: &str) -> Option<Self> {
        let text = plain(text);
        let mut best: Option<(u8, Self)> = None;
        for reading in text.split('/') {
            if let Some((rank, moment)) = Parts::read(reading).and_then(Parts::moment)
                && best.is_none_or(|(highest, _)| rank > highest)
            {
                best = Some((rank, moment));
            }
        }
        best.map(|(_, moment)| moment)
    }

    /// The instant at which this is over, when it is a deadline. A day without a time zone counts
    /// as the end of that day *Anywhere on Earth*, that is 12:00 UTC of the day after, because that
    /// is how the Kubernetes release team counts days; of several days the last one counts. A
    /// month is too vague to be one.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        match *self {
            Self::Instant(instant) => Some(instant),
            Self::Day(day) | Self::Days(_, day) => end_of_day(day, AOE_BEHIND),
            Self::Month { .. } => None,
        }
    }

    /// The day that a calendar shows, *Anywhere on Earth*: `2026-07-23T12:00:00Z`, the end of 22
    /// July there, gives 22 July. The first of several days; the first of a month.
    pub fn first_day(&self) -> NaiveDate {
        match *self {
            Self::Instant(instant) => instant
                .naive_utc()
                .checked_sub_signed(AOE_BEHIND + TimeDelta::seconds(1))
                .map_or(instant.date_naive(), |there| there.date()),
            Self::Day(day) | Self::Days(day, _) => day,
            Self::Month { year, month } => {
                NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
            }
        }
    }

    /// The last day that this may mean: the end of a range or of a month.
    pub fn last_day(&self) -> NaiveDate {
        match *self {
            Self::Days(_, day) => day,
            Self::Month { year, month } => (28..=31)
                .rev()
                .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
                .unwrap_or(NaiveDate::MIN),
            Self::Instant(_) | Self::Day(_) => self.first_day(),
        }
    }
}

/// The end of a day in a zone that lies `behind` UTC.
fn end_of_day(day: NaiveDate, behind: TimeDelta) -> Option<DateTime<Utc>> {
    let next = day.checked_add_days(Days::new(1))?;
    Some(
        next.and_time(NaiveTime::MIN)
            .checked_add_signed(behind)?
            .and_utc(),
    )
}

/// A zone by the name that pages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Zone {
    /// Hours behind UTC.
    behind: i64,
    /// What an instant in this zone counts when a text gives several.
    rank: u8,
}

impl Zone {
    fn named(word: &str) -> Option<Self> {
        let (behind, rank) = match word {
            "utc" | "gmt" | "z" => (0, 5),
            // Written out as "Anywhere on Earth".
            "aoe" | "anywhere" => (12, 4),
            "pdt" => (7, 3),
            "pst" => (8, 3),
            "cet" => (-1, 3),
            "cest" => (-2, 3),
            _ => return None,
        };
        Some(Self { behind, rank })
    }
}

/// One end of a range, or the whole of a single date.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
}

impl Side {
    fn is_empty(self) -> bool {
        self.day.is_none() && self.month.is_none() && self.year.is_none()
    }

    fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)
    }
}

/// What one reading is made of. Anything said twice makes it unreadable: better no date than one
/// of two.
#[derive(Debug, Default)]
struct Parts {
    from: Side,
    to: Option<Side>,
    time: Option<(u32, u32)>,
    zone: Option<Zone>,
}

impl Parts {
    fn read(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c.is_ascii_digit() {
                rest = parts.take_number(rest)?;
            } else if c.is_alphabetic() {
                let end = rest
                    .find(|c: char| !c.is_alphabetic())
                    .unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                parts.take_word(&word.to_lowercase(), after)?;
                rest = after;
            } else if c.is_numeric() {
                // Digits of another script: leaving them out would change the date.
                return None;
            } else {
                if matches!(c, '-' | '–' | '—') {
                    parts.take_dash()?;
                }
                rest = &rest[c.len_utf8()..];
            }
        }
        Some(parts)
    }

    /// A day, a year, a time such as `12:00`, or a date such as `2026-07-22`.
    fn take_number<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (digits, after) = split_digits(text);
        if digits.len() == 4 {
            if let Some((month, day, after)) = iso_rest(after) {
                let side = self.side();
                put(&mut side.year, digits.parse().ok()?)?;
                put(&mut side.month, month)?;
                put(&mut side.day, day)?;
                // The `T` of `2026-07-22T12:00Z`.
                return Some(after.strip_prefix('T').unwrap_or(after));
            }
            put(&mut self.side().year, digits.parse().ok()?)?;
            return Some(after);
        }
        if digits.len() > 2 {
            return None;
        }
        let number: u32 = digits.parse().ok()?;
        if let Some((minutes, after)) = after.strip_prefix(':').map(split_digits)
            && minutes.len() == 2
        {
            put(&mut self.time, (number, minutes.parse().ok()?))?;
            // Seconds, which nobody plans by.
            let seconds = after.strip_prefix(':').map(split_digits);
            return Some(
                seconds
                    .filter(|(s, _)| s.len() == 2)
                    .map_or(after, |(_, after)| after),
            );
        }
        put(&mut self.side().day, number)?;
        Some(after)
    }

    /// A month or a zone; any other word says nothing. `after` is what follows the word.
    fn take_word(&mut self, word: &str, after: &str) -> Option<()> {
        if let Some(month) = month_named(word) {
            return put(&mut self.side().month, month);
        }
        if let Some(zone) = Zone::named(word) {
            // `UTC-12` and `UTC+2` are other zones than UTC.
            if after.starts_with(['+', '-', '−']) {
                return None;
            }
            return put(&mut self.zone, zone);
        }
        match (word, self.time.as_mut()) {
            ("pm", Some((hour @ 1..12, _))) => *hour += 12,
            ("am", Some((hour @ 12, _))) => *hour = 0,
            ("am" | "pm", None) => return None,
            _ => {}
        }
        Some(())
    }

    /// A dash parts a range, but only once something stands before it.
    fn take_dash(&mut self) -> Option<()> {
        if self.from.is_empty() {
            return Some(());
        }
        if self.to.is_some_and(|to| !to.is_empty()) {
            return None;
        }
        self.to = Some(Side::default());
        Some(())
    }

    fn side(&mut self) -> &mut Side {
        self.to.as_mut().unwrap_or(&mut self.from)
    }

    /// The moment, and what it counts beside another reading of the same text.
    fn moment(self) -> Option<(u8, Moment)> {
        if let Some(to) = self.to.filter(|to| !to.is_empty()) {
            if self.time.is_some() {
                return None;
            }
            let (first, last) = range(self.from, to)?;
            return Some((2, Moment::Days(first, last)));
        }
        if self.from.day.is_none() {
            let (year, month) = (self.from.year?, self.from.month?);
            return self
                .time
                .is_none()
                .then_some((0, Moment::Month { year, month }));
        }
        let day = self.from.date()?;
        match (self.time, self.zone) {
            (None, None) => Some((1, Moment::Day(day))),
            // A time of nobody knows where.
            (Some(_), None) => None,
            (time, Some(zone)) => {
                let behind = TimeDelta::hours(zone.behind);
                let instant = match time {
                    None | Some((24, 0)) => end_of_day(day, behind)?,
                    Some((hour, minute)) => {
                        let time = NaiveTime::from_hms_opt(hour, minute, 0)?;
                        NaiveDateTime::new(day, time)
                            .checked_add_signed(behind)?
                            .and_utc()
                    }
                };
                Some((zone.rank, Moment::Instant(instant)))
            }
        }
    }
}

/// Both ends of a range, each lending the other the month and the year it lacks.
fn range(mut from: Side, mut to: Side) -> Option<(NaiveDate, NaiveDate)> {
    let year_at_the_end_only = from.year.is_none();
    from.month = from.month.or(to.month);
    to.month = to.month.or(from.month);
    from.year = from.year.or(to.year);
    to.year = to.year.or(from.year);
    // `28th December - 2nd January 2027` begins in the year before.
    if year_at_the_end_only && from.month > to.month {
        from.year = from.year.map(|year| year - 1);
    }
    let (first, last) = (from.date()?, to.date()?);
    (first <= last).then_some((first, last))
}

/// Fills an empty place; `None` when it was taken.
fn put<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(
        text.bytes()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

/// The `-07-22` of `2026-07-22`: month, day, and what follows.
fn iso_rest(text: &str) -> Option<(u32, u32, &str)> {
    let (month, text) = split_digits(text.strip_prefix('-')?);
    let (day, after) = split_digits(text.strip_prefix('-')?);
    let short = |digits: &str| matches!(digits.len(), 1 | 2);
    if !short(month) || !short(day) {
        return None;
    }
    Some((month.parse().ok()?, day.parse().ok()?, after))
}

/// A month's name or its first letters, at least three, in lower case.
fn month_named(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if word.len() < 3 {
        return None;
    }
    (1..)
        .zip(MONTHS)
        .find_map(|(number, name)| name.starts_with(word).then_some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    fn said(text: &str) -> String {
        match Moment::read(text) {
            None => "none".to_owned(),
            Some(Moment::Instant(at)) => at.format("%Y-%m-%dT%H:%MZ").to_string(),
            Some(Moment::Day(day)) => day.to_string(),
            Some(Moment::Days(first, last)) => format!("{first}..{last}"),
            Some(Moment::Month { year, month }) => format!("{year}-{month:02}"),
        }
    }

    #[test]
    fn every_form_that_pages_use() {
        for (text, meaning) in [
            (
                "Wednesday 22nd July 2026 (AoE) / Thursday 23rd July 2026, 12:00 UTC",
                "2026-07-23T12:00Z",
            ),
            ("Wednesday 22nd July 2026 (AoE)", "2026-07-23T12:00Z"),
            (
                "**Wednesday 22nd July 2026** (Anywhere on Earth)",
                "2026-07-23T12:00Z",
            ),
            ("Monday 18th May 2026", "2026-05-18"),
            (
                "Tuesday 28th - Thursday 30th July 2026",
                "2026-07-28..2026-07-30",
            ),
            (
                "Monday 30th March – Thursday 2nd April 2026",
                "2026-03-30..2026-04-02",
            ),
            ("28 December - 2 January 2027", "2026-12-28..2027-01-02"),
            ("July 28-30, 2026", "2026-07-28..2026-07-30"),
            (
                "02:00 UTC Friday 14th February 2025 / 18:00 PDT Thursday 13th February 2025",
                "2025-02-14T02:00Z",
            ),
            (
                "[02:00 UTC Friday 14th February 2025 / 18:00 PST Thursday 13th February 2025](https://example.org/s/1)",
                "2025-02-14T02:00Z",
            ),
            ("18:00 PST Thursday 13th February 2025", "2025-02-14T02:00Z"),
            (
                "6:00 PM PST Thursday 13th February 2025",
                "2025-02-14T02:00Z",
            ),
            ("Thursday 16th October 2025 UTC 01:00", "2025-10-16T01:00Z"),
            ("16 October 2025 24:00 UTC", "2025-10-17T00:00Z"),
            ("16 October 2025 UTC", "2025-10-17T00:00Z"),
            ("2026-07-22T12:00:00Z", "2026-07-22T12:00Z"),
            ("2026-07-22", "2026-07-22"),
            ("Thursday 23th October 2025", "2025-10-23"),
            ("23 Oct 2025", "2025-10-23"),
            ("Sunday 01st October 2025,", "2025-10-01"),
            ("the 1st of October, 2025", "2025-10-01"),
            ("Dec 4, 2015", "2015-12-04"),
            ("Sept. 4 2015", "2015-09-04"),
            ("August 26, 2026 (_tentative_)", "2026-08-26"),
            ("March, 2027**", "2027-03"),
            ("September 2026*", "2026-09"),
            ("- 18 May 2026 -", "2026-05-18"),
        ] {
            assert_eq!(said(text), meaning, "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "-",
            "TBD",
            "31 June 2026",
            "2023-14-05",
            "29 February 2026",
            "22nd July",
            "July",
            "2026",
            "Q3 2026",
            "12/25/2026",
            "22 July 2026, 18:00",
            "22 July 2026, 25:00 UTC",
            "6pm 5 March 2026",
            "5 July 2026 (UTC-12)",
            "5 or 6 July 2026",
            "30 - 28 July 2026",
            "1 - 2 - 3 July 2026",
            "0 July 2026",
            "123456789012345678901234567890 July 2026",
            "٢٢ July 2026",
        ] {
            assert_eq!(said(text), "none", "{text}");
        }
    }

    #[test]
    fn deadlines_end_with_the_day_anywhere_on_earth() {
        let noon_after: DateTime<Utc> = "2026-07-23T12:00:00Z".parse().expect("an instant");
        let plain_day = Moment::Day(day(2026, 7, 22));
        assert_eq!(plain_day.deadline(), Some(noon_after));
        assert_eq!(
            Moment::Days(day(2026, 7, 20), day(2026, 7, 22)).deadline(),
            Some(noon_after)
        );
        assert_eq!(
            Moment::Month {
                year: 2026,
                month: 7
            }
            .deadline(),
            None
        );
        assert_eq!(Moment::Instant(noon_after).first_day(), day(2026, 7, 22));
        assert_eq!(
            Moment::Month {
                year: 2026,
                month: 2
            }
            .first_day(),
            day(2026, 2, 1)
        );
        assert_eq!(
            Moment::Month {
                year: 2026,
                month: 2
            }
            .last_day(),
            day(2026, 2, 28)
        );
        assert_eq!(
            Moment::Instant(DateTime::<Utc>::MIN_UTC).first_day(),
            NaiveDate::MIN
        );
        assert_eq!(Moment::Day(NaiveDate::MAX).deadline(), None);
    }
}
