//! What an answer in Slack costs once the board is in memory: from the words that were typed to the
//! bytes of the message. The board is the reference corpus' where it lies beside the project, and
//! the sample's otherwise.
//!
//! `docs/performance.md` has figures and targets.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use criterion::{Criterion, criterion_group, criterion_main};
use kep_liaison::{
    config::Config,
    domain::{
        board::{Board, Facts},
        cycle::{Cycles, read_release_page, read_runtime_releases},
        fact::FileFact,
    },
    github::wire::read_issues,
    handlers::desk::{Asker, Desk},
    sample,
    slack::blocks,
};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A path within its repository, and a text.
type File = (String, String);

fn facts(keps: &[File], issues: &str, pages: &[File]) -> Facts {
    let mut facts = Facts::default();
    for (path, text) in keps {
        facts.add_kep_file(FileFact::of_kep_file(path, text));
    }
    let issues = read_issues(issues).unwrap().issues;
    facts.issues = Some(issues.into_iter().map(Arc::new).collect());
    let mut cycles = Vec::new();
    for (path, text) in pages {
        if path.ends_with("containerd-RELEASES.md") {
            let releases = read_runtime_releases(text);
            facts.runtime_releases.insert("containerd".into(), releases);
        } else {
            cycles.extend(read_release_page(text));
        }
    }
    facts.cycles = Cycles::new(cycles);
    facts
}

fn of_sample() -> Facts {
    let files = |folder| -> Vec<File> {
        let files = sample::files(folder).into_iter();
        files
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect()
    };
    let issues = sample::file("tracking-issues.json").unwrap();
    facts(&files("keps"), issues, &files("releases"))
}

fn of_corpus() -> Option<Facts> {
    let dir = env::var_os("KEP_LIAISON_CORPUS").map_or("../shared/corpus".into(), PathBuf::from);
    let mut keps = Vec::new();
    collect(&dir, &dir.join("keps"), "yaml", &mut keps);
    let issues = fs::read_to_string(dir.join("tracking-issues.github.json")).ok()?;
    let mut pages = Vec::new();
    collect(&dir, &dir.join("releases"), "md", &mut pages);
    Some(facts(&keps, &issues, &pages))
}

fn collect(root: &Path, dir: &Path, ending: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, ending, files);
        } else if path.extension().is_some_and(|found| found == ending) {
            let below = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.push((below.to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn answers(c: &mut Criterion) {
    let (name, facts) = match of_corpus() {
        Some(facts) => ("corpus", facts),
        None => ("sample", of_sample()),
    };
    let config = Config::default();
    let settings = config.settings();
    let people = config.people();
    let board = Board::build(facts, &settings);
    let desk = Desk {
        board: &board,
        settings: &settings,
        people: &people,
        now: sample::as_of(),
        synced_at: Some(sample::as_of()),
    };
    let asker = Asker {
        workspace: "kubernetes",
        user: "U012AB3CD",
    };
    let mut group = c.benchmark_group(format!("answer from the {name}"));
    for typed in [
        "status 5825",
        "status 4639",
        "who 5825",
        "help",
        "status",
        "release",
        "release 2.4",
        "list sig:node stage:beta",
        "list finding:no-shepherd",
        "list",
    ] {
        group.bench_function(typed, |b| {
            b.iter(|| {
                let reply = desk.command(&asker, black_box(typed));
                serde_json::to_vec(&blocks::message(&reply)).unwrap()
            });
        });
    }
    group.bench_function("home", |b| {
        b.iter(|| serde_json::to_vec(&blocks::home(&desk.home(black_box(&asker), &[]))).unwrap());
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = answers
}
criterion_main!(benches);
