//! The picture of a trend: that there is one whatever the trend, of its size and not too large. What
//! it looks like is for people to judge: `cargo test --test suite chart:: -- --ignored` writes some.

use std::{fs, path::Path};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kep_liaison::{
    chart,
    domain::{
        Release,
        trend::{CurrentCycle, DaySummary, Trend},
    },
};
use proptest::prelude::*;

/// How many bytes a picture may have.
const MOST_BYTES: usize = 100_000;

/// No stage, alpha, beta, stable and removed, then those that need something and all of the cycle.
type Counts = [usize; 7];

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn summary([none, alpha, beta, stable, removed, urgent, in_cycle]: Counts) -> DaySummary {
    let stages = [
        ("none", none),
        ("alpha", alpha),
        ("beta", beta),
        ("stable", stable),
        ("removed", removed),
    ];
    let stages = stages.map(|(word, count)| (word.to_owned(), count));
    DaySummary {
        stages: stages.into(),
        release: Some(Release::new(1, 38)),
        in_cycle: Some(in_cycle),
        urgent: Some(urgent),
        tracked: None,
    }
}

/// The trend of the last days up to 23 November 2026, each given with how long ago it is.
fn trend(days: &[(u16, Counts)], freeze: Option<&str>) -> Option<Trend> {
    let today = day("2026-11-23");
    let days: Vec<_> = days
        .iter()
        .map(|(ago, counts)| (today - TimeDelta::days(i64::from(*ago)), summary(*counts)))
        .collect();
    let cycle = CurrentCycle {
        release: Release::new(1, 38),
        code_freeze: freeze.map(day),
    };
    let noon = today.and_hms_opt(12, 0, 0).expect("a time").and_utc();
    Trend::of(&days, Some(cycle), noon)
}

/// A board that moves a little every day.
fn every_day(days: u16, times: usize) -> Vec<(u16, Counts)> {
    let of = |ago: u16| {
        let (past, left) = (usize::from(days - ago), usize::from(ago));
        let in_cycle = 14 + (past / 9).min(4);
        let urgent = (3 + left / 6 + usize::from(past % 11 < 4)).min(in_cycle);
        let counts = [
            4 - (past / 30).min(3),
            10 + past / 20 + usize::from(past % 17 > 9),
            7 + past / 25,
            3 + past / 40,
            usize::from(past > 20),
            urgent,
            in_cycle,
        ];
        (ago, counts.map(|count| count * times))
    };
    (0..=days).rev().map(of).collect()
}

fn scenes() -> Vec<(&'static str, Trend)> {
    let two_weeks = [(7, [2, 10, 5, 3, 0, 11, 18]), (0, [1, 12, 5, 3, 0, 7, 18])];
    let mut gaps = every_day(104, 1);
    gaps.retain(|(ago, _)| ![35..50, 60..80, 5..9].iter().any(|gap| gap.contains(ago)));
    let zero = [(21, [0; 7]), (14, [0; 7]), (0, [0; 7])];
    let small = [
        (14, [1, 0, 30, 1, 1, 30, 30]),
        (7, [1, 0, 31, 1, 1, 30, 31]),
        (0, [1, 1, 31, 0, 1, 31, 31]),
    ];
    let most = [
        (40, [usize::MAX; 7]),
        (20, [usize::MAX; 7]),
        (0, [usize::MAX; 7]),
    ];
    let mut new_cycle: Vec<_> = every_day(60, 1);
    for (_, counts) in &mut new_cycle[..] {
        counts[5] = counts[6];
    }
    let scenes: [(_, &[_], _); 11] = [
        ("eight-weeks", &every_day(52, 1), Some("2026-12-05")),
        ("sixteen-weeks", &every_day(105, 1), Some("2026-12-16")),
        ("two-weeks", &two_weeks, Some("2027-01-20")),
        ("gaps", &gaps, Some("2026-11-25")),
        ("nothing", &zero, Some("2026-12-05")),
        ("small-parts", &small, Some("2026-11-23")),
        ("thousands", &every_day(70, 100), Some("2026-12-05")),
        ("most", &most, Some("2026-12-05")),
        ("freeze-past", &every_day(80, 1), Some("2026-10-30")),
        ("freeze-long-past", &every_day(30, 1), Some("2026-08-05")),
        ("no-freeze", &new_cycle, None),
    ];
    scenes
        .into_iter()
        .map(|(name, days, freeze)| (name, trend(days, freeze).expect(name)))
        .collect()
}

/// Width and height, once every pixel has been read.
fn size(picture: &[u8]) -> (u32, u32) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("all of its pixels");
    (info.width, info.height)
}

#[test]
fn a_picture_of_two_panels() {
    for (name, trend) in scenes() {
        let picture = chart::png(&trend).expect(name);
        assert_eq!(size(&picture), (1280, 1120), "{name}");
        assert!(picture.len() < MOST_BYTES, "{name}: {}", picture.len());
        assert_eq!(chart::png(&trend).expect(name), picture, "{name}");
    }
}

#[test]
fn without_a_second_day_of_the_cycle_there_is_one_panel() {
    let days = [(7, [1; 7]), (0, [2; 7])];
    let today = day("2026-11-23");
    let mut days = days.map(|(ago, counts)| (today - TimeDelta::days(ago), summary(counts)));
    days[0].1.release = Some(Release::new(1, 37));
    let noon: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().expect("an instant");
    let cycle = CurrentCycle {
        release: Release::new(1, 38),
        code_freeze: None,
    };
    for cycle in [None, Some(cycle)] {
        let trend = Trend::of(&days, cycle, noon).expect("a trend");
        let picture = chart::png(&trend).expect("a picture");
        assert_eq!(size(&picture), (1280, 560));
    }
}

#[test]
fn another_count_is_another_picture() {
    let of = |alpha| {
        let days = [(7, [1, 9, 5, 3, 0, 4, 6]), (0, [1, alpha, 5, 3, 0, 4, 6])];
        chart::png(&trend(&days, None).expect("a trend")).expect("a picture")
    };
    assert_ne!(of(9), of(10));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_trend(
        days in prop::collection::vec((0_u16..120, any::<Counts>()), 0..40),
        few in prop::collection::vec((0_u16..120, prop::array::uniform7(0_usize..9)), 0..80),
        freeze in proptest::option::of(700_000_i32..800_000),
        near in any::<bool>(),
    ) {
        let freeze = freeze
            .map(|day| if near { 739_900 + day % 200 } else { day })
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .map(|day| day.to_string());
        let all: Vec<_> = days.into_iter().chain(few).collect();
        if let Some(trend) = trend(&all, freeze.as_deref()) {
            let picture = chart::png(&trend).expect("a picture");
            prop_assert!(picture.len() < MOST_BYTES, "{}", picture.len());
            prop_assert_eq!(size(&picture).0, 1280);
        }
    }
}

#[test]
#[ignore = "writes pictures for people to look at"]
fn pictures_to_look_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("charts");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, trend) in scenes() {
        let picture = chart::png(&trend).expect(name);
        println!("{name}: {} bytes. {}", picture.len(), trend.in_words());
        fs::write(folder.join(name).with_extension("png"), picture).expect("a file");
    }
    println!("{}", folder.display());
}
