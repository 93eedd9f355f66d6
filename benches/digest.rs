//! What the picture of a digest costs: from a trend to the bytes of its PNG. The trend is as long as
//! one may be, sixteen weeks day by day. Fails where the picture is too large or takes too long.
//!
//! `docs/performance.md` has figures and targets.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use kep_liaison::{
    chart,
    domain::{
        Release,
        trend::{CurrentCycle, DaySummary, Trend},
    },
};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const MOST_TIME: Duration = Duration::from_millis(200);
const MOST_BYTES: usize = 100_000;

fn days(now: DateTime<Utc>) -> Vec<(chrono::NaiveDate, DaySummary)> {
    let summary = |past: usize| {
        let stages = [
            ("none", 4 - (past / 30).min(3)),
            ("alpha", 100 + past / 2),
            ("beta", 70 + past / 3),
            ("stable", 30 + past / 4),
            ("removed", past / 20),
        ];
        DaySummary {
            stages: stages
                .map(|(stage, count)| (stage.to_owned(), count))
                .into(),
            release: Some(Release::new(1, 38)),
            in_cycle: Some(140 + past / 9),
            urgent: Some(130 - past),
            tracked: None,
        }
    };
    (0..110_u16)
        .map(|past| {
            let ago = TimeDelta::days(i64::from(110 - past));
            (now.date_naive() - ago, summary(usize::from(past)))
        })
        .collect()
}

fn picture(c: &mut Criterion) {
    let now: DateTime<Utc> = "2026-11-23T08:00:00Z".parse().unwrap();
    let days = days(now);
    let cycle = CurrentCycle {
        release: Release::new(1, 38),
        code_freeze: "2026-12-16".parse().ok(),
    };
    let trend = Trend::of(&days, Some(cycle), now).unwrap();
    let began = Instant::now();
    let bytes = chart::png(&trend).unwrap().len();
    let took = began.elapsed();
    println!("the first picture: {bytes} bytes after {took:?}");
    assert!(bytes <= MOST_BYTES, "{bytes} bytes are too many");
    assert!(took <= MOST_TIME, "{took:?} is too long");
    c.bench_function("a trend from 110 days", |b| {
        b.iter(|| Trend::of(black_box(&days), Some(cycle), now));
    });
    c.bench_function("a picture", |b| {
        b.iter(|| chart::png(black_box(&trend)).unwrap());
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(3));
    targets = picture
}
criterion_main!(benches);
