//! How long a store takes: to open it, to read all facts of a board, to write them, and a page; and
//! to take in, lease and settle effects while ten thousand wait.
//! 656 KEPs of 2 KB and 500 issues of 3 KB, as many as there are.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kep_liaison::{
    domain::{
        Issue, IssueState,
        bridge::{Below, ChannelAt, Effect, Key, Lane, NewEffect, Saying},
    },
    ports::{
        Outbox, Store,
        outbox::{Cause, Outcome, Settled},
        store::{IssueBatch, StoredFile, Version},
    },
    store::{Mode, SqliteStore},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const REPO: &str = "containerd/containerd";

fn files(read: &str) -> Vec<StoredFile> {
    let file = |nth: u32| StoredFile {
        repository: "kubernetes/enhancements".into(),
        path: format!("keps/sig-node/{nth}-a-kep-of-some-name/kep.yaml").into(),
        sha: format!("{nth:040}").into(),
        read: format!("{{\"title\":\"{}\"}}", read.repeat(2000 / read.len())),
    };
    (0..656).map(file).collect()
}

fn issues(numbers: std::ops::Range<u64>, seconds: i64) -> Vec<Issue> {
    let issue = |number| Issue {
        repository: REPO.into(),
        number,
        url: format!("https://github.com/{REPO}/issues/{number}").into(),
        title: "[SIG-Node]: a title of the usual length".into(),
        body: "A line of *Markdown*, with \"quotes\".\r\n"
            .repeat(70)
            .into(),
        state: IssueState::Open,
        labels: vec!["kind/feature".into(), "area/cri".into()],
        author: None,
        assignees: Vec::new(),
        milestone: None,
        created_at: DateTime::from_timestamp(1_780_000_000, 0),
        updated_at: DateTime::from_timestamp(1_780_000_000 + seconds, 0),
        pull: None,
    };
    numbers.map(issue).collect()
}

async fn put(store: &SqliteStore, issues: &[Issue]) {
    let batch = IssueBatch {
        keep: issues,
        ..IssueBatch::default()
    };
    store.put_issues(REPO, batch, None).await.unwrap();
}

async fn filled(folder: &TempDir) -> SqliteStore {
    let path = folder.path().join("facts.db");
    let store = SqliteStore::open(path, Mode::Write).await.unwrap();
    store.put_files(&files("word ")).await.unwrap();
    put(&store, &issues(0..500, 0)).await;
    store
}

fn reading(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("facts.db");
    let store = runtime.block_on(filled(&folder));
    c.bench_function("facts", |b| {
        b.iter(|| {
            runtime
                .block_on(store.facts(black_box(Version::Now)))
                .unwrap()
        });
    });
    c.bench_function("pending", |b| {
        b.iter(|| runtime.block_on(store.pending()).unwrap());
    });
    c.bench_function("open beside a writer and read facts", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let store = SqliteStore::open(&path, Mode::Read).await.unwrap();
                store.facts(Version::Now).await.unwrap()
            })
        });
    });
    runtime.block_on(store.close());
    c.bench_function("open to read", |b| {
        b.iter(|| {
            runtime
                .block_on(SqliteStore::open(&path, Mode::Read))
                .unwrap()
        });
    });
    c.bench_function("open and read facts", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let store = SqliteStore::open(&path, Mode::Read).await.unwrap();
                store.facts(Version::Now).await.unwrap()
            })
        });
    });
    c.bench_function("open to write", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let store = SqliteStore::open(&path, Mode::Write).await.unwrap();
                store.close().await;
            });
        });
    });
}

fn writing(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = TempDir::new().unwrap();
    let store = runtime.block_on(filled(&folder));
    let mut round = 0;
    c.bench_function("write 656 files", |b| {
        let setup = || {
            round += 1;
            files(if round % 2 == 0 { "word " } else { "other " })
        };
        let write = |files: Vec<_>| runtime.block_on(store.put_files(&files)).unwrap();
        b.iter_batched(setup, write, BatchSize::LargeInput);
    });
    let mut seconds = 0;
    c.bench_function("write a page of 100 issues", |b| {
        let setup = || {
            seconds += 1;
            issues(0..100, seconds)
        };
        let write = |issues: Vec<_>| runtime.block_on(put(&store, &issues));
        b.iter_batched(setup, write, BatchSize::LargeInput);
    });
    let same = issues(100..200, 0);
    c.bench_function("write a page of 100 issues that are there", |b| {
        b.iter(|| runtime.block_on(put(&store, &same)));
    });
    let dropped: Vec<_> = (10_000..10_100).map(|number| (number, None)).collect();
    c.bench_function("drop a page of 100 issues that are not there", |b| {
        b.iter(|| {
            let batch = IssueBatch {
                drop: &dropped,
                ..IssueBatch::default()
            };
            runtime
                .block_on(store.put_issues(REPO, batch, None))
                .unwrap();
        });
    });
}

/// A message of some length to one person, in one of the channels.
fn message(nth: usize, lanes: usize, channels: usize) -> NewEffect {
    let lane = nth % lanes;
    let channel = ChannelAt::new("kubernetes", &format!("C{}", lane % channels));
    let effect = Effect::Post {
        channel: channel.clone(),
        below: Below::Channel,
        saying: Saying::Plain("Some words of a sentence. ".repeat(40).into()),
    };
    let lane = Lane::Person(channel, format!("U{lane}").into());
    NewEffect::now(Key::of([nth.to_string()]), lane, effect)
}

fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

async fn with_waiting(folder: &TempDir, lanes: usize, channels: usize) -> SqliteStore {
    let path = folder.path().join("facts.db");
    let store = SqliteStore::open(path, Mode::Write).await.unwrap();
    let waiting: Vec<_> = (0..WAITING)
        .map(|nth| message(nth, lanes, channels))
        .collect();
    let cause = Cause::Came("all of them");
    store.accept(moment(), cause, &waiting).await.unwrap();
    store
}

const WAITING: usize = 10_000;

fn queueing(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    for (lanes, channels) in [(60, 60), (60, 1), (WAITING, 1), (WAITING, WAITING)] {
        let folder = TempDir::new().unwrap();
        let store = runtime.block_on(with_waiting(&folder, lanes, channels));
        // What is done makes room for one more, so that as many wait each time.
        let mut next = WAITING;
        let mut deliver = |times: u64| {
            let (mut leasing, mut settling) = (Duration::ZERO, Duration::ZERO);
            for _ in 0..times {
                let began = Instant::now();
                let now = moment();
                let leased = runtime.block_on(store.lease(now, now, &[], 1)).unwrap();
                leasing += began.elapsed();
                let settled = Settled {
                    then: vec![message(next, lanes, channels)],
                    ..Settled::default()
                };
                next += 1;
                let began = Instant::now();
                let settle = store.settle(now, &leased[0], &Outcome::Done, &settled);
                assert!(runtime.block_on(settle).unwrap());
                settling += began.elapsed();
            }
            (leasing, settling)
        };
        let of = format!("of {WAITING} in {lanes} lanes and {channels} places");
        c.bench_function(&format!("lease one {of}"), |b| {
            b.iter_custom(|times| deliver(times).0);
        });
        c.bench_function(&format!("settle one {of}"), |b| {
            b.iter_custom(|times| deliver(times).1);
        });
    }
    let folder = TempDir::new().unwrap();
    let store = runtime.block_on(with_waiting(&folder, 60, 60));
    let mut next = WAITING;
    c.bench_function("accept one beside 10000", |b| {
        b.iter(|| {
            next += 1;
            let cause = next.to_string();
            let effects = [message(next, 60, 60)];
            runtime
                .block_on(store.accept(moment(), Cause::Came(&cause), &effects))
                .unwrap()
        });
    });
}

criterion_group!(benches, reading, writing, queueing);
criterion_main!(benches);
