//! How fast a board is built and asked. The facts are the sample's, copied under other numbers: 656
//! KEPs and 500 issues, as many as there are, and a hundred times that. A checkout of
//! kubernetes/enhancements that `KEP_LIAISON_CORPUS` names is measured, too.
//!
//! `docs/performance.md` has figures and targets.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    collections::BTreeSet,
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use kep_liaison::{
    command::Query,
    config::Config,
    domain::{
        Issue, KepNumber, Settings,
        board::{Board, Entry, Facts},
        card::Card,
        change::changes,
        cycle::{Cycles, read_release_page, read_runtime_releases},
        finding::Inspector,
        kep::read_kep,
        tracking::read_tracking_issue,
    },
    github::wire::read_issues,
    handlers::status::answer,
    sample,
};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// KEPs of kubernetes/enhancements in July 2026.
const KEPS: usize = 656;
const ISSUES: usize = 500;

/// How far the numbers of one copy are from those of the next. The highest KEP of the sample is
/// 6035, and the last copy must stay below [`KepNumber::MAX`].
const KEP_STEP: usize = 6_100;
const ISSUE_STEP: usize = 100_000;

/// A `kep.yaml` with its path.
type File = (String, String);

fn settings() -> Settings {
    Config::default().settings()
}

/// The sample's `kep.yaml` files, copied until there are enough. Each copy has its own numbers, and
/// a word of its own in every title.
fn kep_files(count: usize) -> Vec<File> {
    let files = sample::files("keps");
    let files: Vec<_> = files
        .into_iter()
        .filter(|(path, _)| path.ends_with("/kep.yaml"))
        .collect();
    (0..)
        .flat_map(|copy| files.iter().map(move |file| (copy, *file)))
        .map(|(copy, (path, text))| kep_copy(copy, path, text))
        .take(count)
        .collect()
}

fn kep_copy(copy: usize, path: &str, text: &str) -> File {
    let folder = path.rsplit('/').nth(1).unwrap();
    let (number, words) = folder.split_once('-').unwrap();
    let number = number.parse::<usize>().unwrap() + copy * KEP_STEP;
    let path = path.replace(folder, &format!("{number}-{words}"));
    let lines = text.lines().map(|line| {
        if line.starts_with("kep-number:") {
            format!("kep-number: {number}\n")
        } else if line.starts_with("title: ") && !line.ends_with('"') {
            format!("{line} {}\n", word(copy))
        } else {
            format!("{line}\n")
        }
    });
    (path, lines.collect())
}

/// A word that nobody has used yet.
fn word(copy: usize) -> String {
    let syllables = ["ba", "do", "fi", "ke", "lu", "mo", "ne", "pi", "ra", "su"];
    let digits = copy.to_string();
    digits
        .bytes()
        .map(|digit| syllables[usize::from(digit - b'0')])
        .collect()
}

/// The sample's issues and pull requests, copied likewise. As there are fewer KEPs to an issue than
/// in the sample, the last tenth of them is about KEPs that are not merged yet.
fn issues(count: usize, settings: &Settings) -> Vec<Arc<Issue>> {
    let json = sample::file("tracking-issues.json").unwrap();
    let issues: Vec<Arc<Issue>> = read_issues(json)
        .unwrap()
        .issues
        .into_iter()
        .map(Arc::new)
        .collect();
    let own: BTreeSet<usize> = issues
        .iter()
        .map(|issue| usize::try_from(issue.number).unwrap())
        .collect();
    let runtime = &settings.runtimes[0];
    let keps: BTreeSet<usize> = issues
        .iter()
        .filter_map(|issue| read_tracking_issue(issue, runtime))
        .flat_map(|tracking| tracking.numbers.found)
        .map(|(number, _)| number.get() as usize)
        .collect();
    let renumber = |text: &str, copy: usize| -> Box<str> {
        with_numbers(text, |number| {
            if own.contains(&number) {
                number + copy * ISSUE_STEP
            } else if keps.contains(&number) {
                number + copy * KEP_STEP
            } else {
                number
            }
        })
        .into()
    };
    (0..)
        .flat_map(|copy| issues.iter().map(move |issue| (copy, issue)))
        .map(|(copy, issue)| {
            Arc::new(Issue {
                number: issue.number + (copy * ISSUE_STEP) as u64,
                url: renumber(&issue.url, copy),
                title: renumber(&issue.title, copy),
                body: renumber(&issue.body, copy),
                ..Issue::clone(issue)
            })
        })
        .take(count)
        .collect()
}

/// A text with some of its numbers changed.
fn with_numbers(text: &str, change: impl Fn(usize) -> usize) -> String {
    let mut changed = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = &rest[at..];
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        changed.push_str(&rest[..at]);
        match digits[..end].parse().map(&change) {
            // Leading zeros are part of a date.
            Ok(number) if !digits.starts_with('0') => changed.push_str(&number.to_string()),
            _ => changed.push_str(&digits[..end]),
        }
        rest = &digits[end..];
    }
    changed + rest
}

/// The sample's release pages beside KEPs and issues.
fn facts(files: &[File], issues: Option<Vec<Arc<Issue>>>) -> Facts {
    let pages = sample::files("releases");
    let runtime = sample::file("releases/containerd-RELEASES.md").unwrap();
    let cycles = pages.iter().filter_map(|(_, text)| read_release_page(text));
    Facts {
        keps: read(files),
        issues,
        cycles: Cycles::new(cycles.collect::<Vec<_>>()),
        runtime_releases: [("containerd".into(), read_runtime_releases(runtime))].into(),
        ..Facts::default()
    }
}

fn read(files: &[File]) -> Vec<kep_liaison::domain::kep::KepFile> {
    files
        .iter()
        .map(|(path, text)| read_kep(path, text))
        .collect()
}

fn made(times: usize, settings: &Settings) -> Facts {
    facts(
        &kep_files(KEPS * times),
        Some(issues(ISSUES * times, settings)),
    )
}

/// The `kep.yaml` files of the checkout that `KEP_LIAISON_CORPUS` names.
fn corpus() -> Option<Vec<File>> {
    let dir = env::var_os("KEP_LIAISON_CORPUS").map_or("../shared/corpus".into(), PathBuf::from);
    let mut files = Vec::new();
    collect(&dir, &dir.join("keps"), &mut files);
    if files.is_empty() {
        eprintln!("no corpus: KEP_LIAISON_CORPUS names no checkout of kubernetes/enhancements");
        return None;
    }
    files.sort_unstable();
    Some(files)
}

fn collect(root: &Path, dir: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.ends_with("kep.yaml") {
            let below = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.push((below.to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Parsing alone.
fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read kep.yaml");
    let made = kep_files(KEPS);
    group.bench_function("656 made", |b| b.iter(|| read(&made)));
    if let Some(files) = corpus() {
        let name = format!("{} of the corpus", files.len());
        group.bench_function(name, |b| b.iter(|| read(&files)));
    }
    group.finish();
}

fn findings(board: &Board, settings: &Settings) -> usize {
    let inspector = Inspector::new(board, settings, sample::as_of());
    let of = |entry: &Entry| inspector.findings(entry).len();
    board.entries().iter().map(of).sum()
}

/// Joining facts, and looking for what is missing in every entry.
fn building(c: &mut Criterion) {
    let settings = settings();
    let mut group = c.benchmark_group("build");
    let mut bench = |name: &str, facts: &Facts| {
        group.bench_function(BenchmarkId::new("board", name), |b| {
            let build = |facts| Board::build(facts, &settings);
            b.iter_batched(|| facts.clone(), build, BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("board and findings", name), |b| {
            let build = |facts| {
                let board = Board::build(facts, &settings);
                (findings(&board, &settings), board)
            };
            b.iter_batched(|| facts.clone(), build, BatchSize::PerIteration);
        });
    };
    bench("1", &made(1, &settings));
    bench("100", &made(100, &settings));
    if let Some(files) = corpus() {
        let issues = issues(ISSUES, &settings);
        bench("corpus", &facts(&files, Some(issues)));
    }
    group.finish();
}

/// Questions to a board that is there.
fn asking(c: &mut Criterion) {
    let settings = settings();
    for times in [1, 100] {
        let board = Board::build(made(times, &settings), &settings);
        let mut group = c.benchmark_group(format!("ask {times}"));
        let number = KepNumber::new(5825).unwrap();
        group.bench_function("by number", |b| b.iter(|| board.get(black_box(number))));
        for (name, words) in [
            ("words", "user namespaces"),
            ("a slip of the keyboard", "user namepsaces"),
        ] {
            group.bench_function(name, |b| b.iter(|| board.search(black_box(words))));
        }
        let mut filter = |name: &str, typed: &str| {
            let Query::List(filter) = Query::parse([typed]).unwrap() else {
                panic!("{typed} is no filter");
            };
            group.bench_function(name, |b| {
                b.iter(|| {
                    let inspector = Inspector::new(&board, &settings, sample::as_of());
                    board.filter(&filter, &settings, |entry, code| inspector.has(entry, code))
                });
            });
        };
        filter("filter", "sig:node stage:beta shepherd:none");
        filter("filter by finding", "finding:no-shepherd");
        let one = Query::One(number);
        let inspector = Inspector::new(&board, &settings, sample::as_of());
        let entry = board.get(number).unwrap();
        group.bench_function("card as JSON", |b| {
            b.iter(|| {
                let card = Card::of(black_box(entry), &board, &settings, &inspector);
                serde_json::to_string(&card).unwrap()
            });
        });
        group.bench_function("answer to a number", |b| {
            b.iter(|| answer(black_box(&one), &board, &settings, sample::as_of()));
        });
        group.finish();
    }
}

/// What is different in ten KEPs.
fn changing(c: &mut Criterion) {
    let settings = settings();
    let mut group = c.benchmark_group("changes in ten KEPs");
    for times in [1, 100] {
        let mut files = kep_files(KEPS * times);
        let issues = issues(ISSUES * times, &settings);
        let before = Board::build(facts(&files, Some(issues.clone())), &settings);
        for (_, text) in files.iter_mut().step_by(KEPS * times / 10).take(10) {
            text.push_str("\nlatest-milestone: \"v1.99\"\n");
        }
        let after = Board::build(facts(&files, Some(issues)), &settings);
        assert_eq!(changes(&before, &after).len(), 10);
        group.bench_function(times.to_string(), |b| {
            b.iter(|| changes(black_box(&before), black_box(&after)));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));
    targets = reading, building, asking, changing
}
criterion_main!(benches);
