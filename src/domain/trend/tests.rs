use proptest::prelude::*;

use super::*;

const JUNE_1: &str = "2026-06-01";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn noon(text: &str) -> DateTime<Utc> {
    format!("{text}T12:00:00Z").parse().expect("an instant")
}

fn summary(stages: &[(&str, usize)], urgent: usize, in_cycle: usize) -> DaySummary {
    let stages = stages
        .iter()
        .map(|(word, count)| ((*word).to_owned(), *count));
    DaySummary {
        stages: stages.collect(),
        release: Some(Release::new(1, 37)),
        in_cycle: Some(in_cycle),
        urgent: Some(urgent),
        tracked: None,
    }
}

fn cycle(code_freeze: Option<&str>) -> CurrentCycle {
    CurrentCycle {
        release: Release::new(1, 37),
        code_freeze: code_freeze.map(day),
    }
}

fn some_weeks() -> Vec<(NaiveDate, DaySummary)> {
    vec![
        (day("2026-06-01"), summary(&[("alpha", 9)], 11, 17)),
        (
            day("2026-06-07"),
            summary(&[("alpha", 10), ("stable", 3), ("none", 1)], 11, 18),
        ),
        (
            day("2026-06-08"),
            summary(&[("alpha", 11), ("stable", 3)], 9, 18),
        ),
        (
            day("2026-06-30"),
            summary(&[("alpha", 12), ("stable", 3), ("removed", 1)], 7, 18),
        ),
    ]
}

fn words(days: &[(NaiveDate, DaySummary)], freeze: Option<&str>, today: &str) -> String {
    let trend = Trend::of(days, Some(cycle(freeze)), noon(today)).expect("a trend");
    trend.in_words()
}

#[test]
fn a_week_is_its_last_day_and_gaps_stay() {
    let trend = Trend::of(&some_weeks(), None, noon("2026-07-01")).expect("a trend");
    let weeks: Vec<_> = trend
        .weeks()
        .iter()
        .map(|week| (week.monday, week.day, week.keps(Band::Alpha), week.total()))
        .collect();
    assert_eq!(
        weeks,
        [
            (day("2026-06-01"), day("2026-06-07"), 10, 14),
            (day("2026-06-08"), day("2026-06-08"), 11, 14),
            (day("2026-06-29"), day("2026-06-30"), 12, 16),
        ]
    );
    assert_eq!(trend.burn_down(), None);
    let bands: Vec<_> = trend.bands().collect();
    let used = [Band::Leaving, Band::Stable, Band::Alpha, Band::Unstaged];
    assert_eq!(bands, used);
}

#[test]
fn in_words() {
    assert_eq!(
        words(&some_weeks(), Some("2026-07-22"), "2026-07-06"),
        "KEPs by stage, 7 Jun to 30 Jun 2026: leaving 1 (was 0), stable 3, alpha 12 (was 10), \
         no stage 0 (was 1). 7 of 18 KEPs of 1.37 still need something (was 11 of 17); code freeze \
         on 22 Jul, in 16 days."
    );
    let nothing = [
        (day("2025-12-31"), summary(&[], 0, 1)),
        (day("2026-01-05"), summary(&[], 0, 1)),
    ];
    assert_eq!(
        words(&nothing, None, "2026-01-05"),
        "KEPs by stage, 31 Dec 2025 to 5 Jan 2026: none. The one KEP of 1.37 needs nothing."
    );
}

#[test]
fn what_is_left_to_do_in_words() {
    let headline = |urgent, in_cycle| {
        let days = [
            (day(JUNE_1), summary(&[], 0, 0)),
            (day("2026-06-08"), summary(&[], urgent, in_cycle)),
        ];
        let trend = Trend::of(&days, Some(cycle(None)), noon("2026-06-08")).expect("a trend");
        trend.burn_down().expect("a burn-down").headline()
    };
    for (urgent, in_cycle, says) in [
        (0, 0, "No KEP of 1.37 yet"),
        (5, 0, "No KEP of 1.37 yet"),
        (0, 1, "The one KEP of 1.37 needs nothing"),
        (1, 1, "1 of 1 KEP of 1.37 still needs something"),
        (1, 2, "1 of 2 KEPs of 1.37 still needs something"),
        (0, 12, "All 12 KEPs of 1.37 need nothing"),
        (
            1_000,
            2_000,
            "1,000 of 2,000 KEPs of 1.37 still need something",
        ),
        (
            usize::MAX,
            usize::MAX,
            "999,999 of 999,999 KEPs of 1.37 still need something",
        ),
    ] {
        assert_eq!(headline(urgent, in_cycle), says);
    }
}

#[test]
fn the_freeze_ends_with_its_day_anywhere_on_earth() {
    let freeze = |now: &str| {
        let now = now.parse().expect("an instant");
        let trend =
            Trend::of(&some_weeks(), Some(cycle(Some("2026-07-22"))), now).expect("a trend");
        trend
            .in_words()
            .rsplit_once("; ")
            .expect("a freeze")
            .1
            .to_owned()
    };
    for (now, says) in [
        ("2026-07-20T23:59:00Z", "code freeze on 22 Jul, in 2 days."),
        ("2026-07-21T00:00:00Z", "code freeze on 22 Jul, tomorrow."),
        ("2026-07-22T23:00:00Z", "code freeze on 22 Jul, today."),
        ("2026-07-23T11:59:00Z", "code freeze on 22 Jul, today."),
        ("2026-07-23T12:00:00Z", "code freeze was on 22 Jul."),
        ("2026-07-24T00:00:00Z", "code freeze was on 22 Jul."),
    ] {
        assert_eq!(freeze(now), says, "{now}");
    }
}

#[test]
fn one_week_is_no_trend_and_neither_is_what_is_old_or_to_come() {
    let known = |days: &[&str], today: &str| {
        let days: Vec<_> = days
            .iter()
            .map(|text| (day(text), summary(&[], 0, 0)))
            .collect();
        Trend::of(&days, None, noon(today)).map(|trend| trend.weeks().len())
    };
    assert_eq!(known(&[], JUNE_1), None);
    assert_eq!(known(&[JUNE_1], JUNE_1), None);
    assert_eq!(known(&[JUNE_1, "2026-06-07"], "2026-06-07"), None);
    assert_eq!(known(&["2026-05-31", JUNE_1], JUNE_1), Some(2));
    assert_eq!(known(&[JUNE_1, "2026-06-08"], "2026-06-07"), None);
    // 16 weeks, the present one included.
    assert_eq!(known(&[JUNE_1, "2026-06-08"], "2026-09-20"), Some(2));
    assert_eq!(known(&[JUNE_1, "2026-06-08"], "2026-09-21"), None);
}

#[test]
fn a_burn_down_has_the_days_of_its_cycle() {
    let mut days = some_weeks();
    days[0].1.release = Some(Release::new(1, 36));
    days[1].1.release = None;
    days.insert(2, (day("2026-06-07"), DaySummary::default()));
    let trend = Trend::of(&days, Some(cycle(None)), noon("2026-07-01")).expect("a trend");
    let burn_down = trend.burn_down().expect("a burn-down");
    let days: Vec<_> = burn_down.points().iter().map(|point| point.day).collect();
    assert_eq!(
        days,
        [day("2026-06-07"), day("2026-06-08"), day("2026-06-30")]
    );
    let other = CurrentCycle {
        release: Release::new(1, 38),
        code_freeze: None,
    };
    let days = &some_weeks();
    let trend = Trend::of(days, Some(other), noon("2026-07-01")).expect("a trend");
    assert_eq!(trend.burn_down(), None);
}

#[test]
fn days_as_they_are_stored() {
    let before = r#"{"stages":{"alpha":3,"none":1},"in_cycle":2,"urgent":1,"tracked":4}"#;
    let stored = [
        (day(JUNE_1), before.to_owned()),
        (day("2026-06-02"), "{}".to_owned()),
        (day("2026-06-03"), String::new()),
        (
            day("2026-06-04"),
            serde_json::to_string(&summary(&[("beta", 2)], 1, 2)).expect("JSON"),
        ),
    ];
    let read = DaySummary::read_all(&stored);
    let mut old = summary(&[("alpha", 3), ("none", 1)], 1, 2);
    (old.release, old.tracked) = (None, Some(4));
    let new = summary(&[("beta", 2)], 1, 2);
    assert_eq!(read, [(day(JUNE_1), old), (day("2026-06-04"), new)]);
    assert!(stored[3].1.contains(r#""release":"1.37""#));
}

#[test]
fn counts_are_grouped() {
    let grouped = |count| super::grouped(count);
    assert_eq!(
        [0, 999, 1_000, 12_345_678].map(grouped),
        ["0", "999", "1,000", "12,345,678"]
    );
}

proptest! {
    /// Whatever is stored, and whenever: a trend has weeks in order, no more than there may be, and
    /// says so in few words.
    #[test]
    fn any_days(
        days in prop::collection::vec(
            (-900_i32..900_000, "\\PC{0,12}|alpha|removed", any::<usize>(), any::<usize>()), 0..30),
        near in prop::collection::vec((-130_i64..10, any::<usize>(), any::<usize>()), 0..30),
        seconds in -1_000_000_000_000_i64..1_000_000_000_000,
        freeze in proptest::option::of(-900_i32..900_000),
    ) {
        let now = DateTime::from_timestamp(seconds, 0).expect("an instant");
        let far = days.into_iter().filter_map(|(day, word, count, urgent)| {
            Some((NaiveDate::from_num_days_from_ce_opt(day)?, summary(&[(&word, count)], urgent, count)))
        });
        let near = near.into_iter().map(|(back, count, urgent)| {
            (now.date_naive() + TimeDelta::days(back), summary(&[("beta", count)], urgent, count))
        });
        let all: Vec<_> = far.chain(near).collect();
        let cycle = CurrentCycle {
            release: Release::new(1, 37),
            code_freeze: freeze.and_then(NaiveDate::from_num_days_from_ce_opt),
        };
        if let Some(trend) = Trend::of(&all, Some(cycle), now) {
            let weeks = trend.weeks();
            prop_assert!((2..=16).contains(&weeks.len()));
            prop_assert!(weeks.is_sorted_by(|one, next| one.monday < next.monday));
            prop_assert!(weeks.iter().all(|week| week.day <= now.date_naive()));
            if let Some(burn_down) = trend.burn_down() {
                let points = burn_down.points();
                prop_assert!(points.iter().all(|point| point.urgent <= point.in_cycle));
            }
            prop_assert!(trend.in_words().len() < 500, "{}", trend.in_words());
        }
    }
}
