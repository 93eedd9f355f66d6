//! The reference corpus, counted: every real `kep.yaml` is read, every real tracking issue is
//! understood as a careful person understands it, and no look-alike is taken for one.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use kep_liaison::{
    domain::{
        Field, Issue, IssueState, Pull, Reading, Settings,
        board::{Board, Facts},
        finding::{FindingCode, Inspector},
        kep::{Kep, KepFile, Marker, OddityKind, Unnumbered, read_kep},
        tracking::{TrackingIssue, read_pull, read_tracking_issue},
    },
    github::wire::read_issues,
};
use serde_json::Value;

use crate::world::{self, containerd, settings};

/// Every `kep.yaml` below a folder: its path within the repository, and its text.
fn kep_files(corpus: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![corpus.join("keps")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the corpus") {
            let path = entry.expect("an entry of it").path();
            if path.is_dir() {
                open.push(path);
            } else if path.ends_with("kep.yaml") {
                let below = path.strip_prefix(corpus).expect("a path below the corpus");
                let text = fs::read_to_string(&path).expect("a readable kep.yaml");
                found.push((below.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

fn keps(corpus: &Path) -> (Vec<Kep>, Vec<Unnumbered>) {
    let mut keps = Vec::new();
    let mut unnumbered = Vec::new();
    for (path, text) in kep_files(corpus) {
        match read_kep(&path, &text) {
            KepFile::Numbered(kep) => keps.push(*kep),
            KepFile::Unnumbered(file) => unnumbered.push(file),
        }
    }
    (keps, unnumbered)
}

fn json(file: PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("a file of the corpus");
    serde_json::from_str(&text).expect("an array")
}

fn is_node(kep: &Kep) -> bool {
    kep.belongs_to(&["sig-node".into()])
}

/// How many fields were taken in each way.
fn readings<'a, T: 'a>(fields: impl IntoIterator<Item = &'a Field<T>>) -> [usize; 5] {
    let mut counts = [0; 5];
    for field in fields {
        counts[match field.reading {
            Reading::Absent => 0,
            Reading::Exact => 1,
            Reading::Placeholder => 2,
            Reading::Nearest => 3,
            Reading::Unreadable => 4,
        }] += 1;
    }
    counts
}

#[test]
fn every_kep_is_read() {
    let Some(corpus) = world::corpus("the reading of every kep.yaml") else {
        return;
    };
    let (keps, unnumbered) = keps(&corpus);
    assert_eq!(keps.len() + unnumbered.len(), 656);
    // Only a folder without a number has none: the template, and four that never left `0000`.
    let folders: Vec<&str> = unnumbered.iter().map(|file| &*file.path).collect();
    assert_eq!(
        folders,
        [
            "keps/NNNN-kep-template",
            "keps/sig-architecture/0000-kep-process",
            "keps/sig-cloud-provider/providers/0000-cloud-provider-template",
            "keps/sig-contributor-experience/0000-community-forum",
            "keps/sig-release/0000-anago-to-krel-migration",
        ]
    );
    assert!(unnumbered.iter().all(|file| !file.title.is_empty()));
    assert_eq!(keps.iter().filter(|kep| is_node(kep)).count(), 126);
    let broken = |kep: &&Kep| {
        kep.oddities
            .iter()
            .any(|odd| odd.kind == OddityKind::Broken)
    };
    assert_eq!(keps.iter().filter(broken).count(), 0);
    assert!(
        keps.iter()
            .all(|kep| !kep.title.is_empty() && !kep.owning_sig.is_empty())
    );
}

#[test]
fn a_board_keeps_every_kep() {
    let Some(corpus) = world::corpus("a board of every kep.yaml") else {
        return;
    };
    let (board, _) = board_of(&corpus);
    assert_eq!(board.entries().len(), 651);
    assert_eq!(board.unnumbered().len(), 5);
    // Two SIGs have a KEP 2133: the watched one's is found, the other is its namesake.
    let twice = board.get(world::number(2133)).expect("KEP-2133");
    assert_eq!(twice.kep.sig_folder(), "sig-node");
    assert_eq!(board.namesakes(twice).count(), 1);
    for entry in board.entries() {
        assert!(board.get(entry.kep.number).is_some());
    }
}

#[test]
fn words_outside_the_legal_ones() {
    let Some(corpus) = world::corpus("the count of illegal words") else {
        return;
    };
    let (keps, _) = keps(&corpus);
    // Absent, exact, open, nearest, unreadable. With the template's own file, which is no KEP,
    // 6 statuses and 3 stages are outside the legal ones.
    assert_eq!(
        readings(keps.iter().map(|kep| &kep.status)),
        [0, 646, 0, 3, 2]
    );
    assert_eq!(
        readings(keps.iter().map(|kep| &kep.stage)),
        [50, 599, 0, 1, 1]
    );
    assert_eq!(
        readings(keps.iter().map(|kep| &kep.latest_milestone)),
        [49, 504, 98, 0, 0]
    );
    let milestones = keps.iter().flat_map(|kep| &kep.milestones);
    assert_eq!(
        readings(milestones.map(|(_, release)| release)),
        [33, 1164, 39, 1, 0]
    );
    let mut odd: Vec<(u32, &str, &str)> = keps
        .iter()
        .flat_map(|kep| kep.oddities.iter().map(|odd| (kep.number.get(), odd)))
        .filter(|(_, odd)| matches!(&*odd.field, "status" | "stage"))
        .map(|(number, odd)| (number, &*odd.raw, odd.taken_as.as_deref().unwrap_or("?")))
        .collect();
    odd.sort_unstable();
    assert_eq!(
        odd,
        [
            (281, "removed", "?"),
            (1753, "alpha (deprecated)", "alpha"),
            (1753, "implemented (alpha)", "implemented"),
            (2625, "imlpemented", "implemented"),
            (4153, "superseded", "replaced"),
            (5000, "alpha|beta|stable", "?"),
            (
                5000,
                "provisional|implementable|implemented|deferred|rejected|withdrawn|replaced",
                "?"
            ),
        ]
    );
}

#[test]
fn dates_that_no_calendar_has() {
    let Some(corpus) = world::corpus("the count of odd dates") else {
        return;
    };
    let (keps, _) = keps(&corpus);
    let mut unreadable: Vec<(u32, &str)> = keps
        .iter()
        .flat_map(|kep| [(kep, &kep.creation_date), (kep, &kep.last_updated)])
        .filter(|(_, date)| date.reading == Reading::Unreadable)
        .map(|(kep, date)| (kep.number.get(), date.raw()))
        .collect();
    unreadable.sort_unstable();
    assert_eq!(
        unreadable,
        [
            (3458, "v1.30"),
            (3515, "v1.29"),
            (4080, "v1.27"),
            (4355, "2023-14-05"),
            (4595, "v1.34"),
            (5075, "2025-30-01"),
        ]
    );
}

#[test]
fn where_folders_lie() {
    let Some(corpus) = world::corpus("the count of folders") else {
        return;
    };
    let (keps, unnumbered) = keps(&corpus);
    let paths = keps.iter().map(|kep| &kep.path);
    let all = paths.chain(unnumbered.iter().map(|file| &file.path));
    assert_eq!(all.filter(|path| path.split('/').count() == 4).count(), 37);
    let elsewhere = keps
        .iter()
        .filter(|kep| *kep.owning_sig != *kep.sig_folder());
    assert_eq!(elsewhere.count(), 9);
    // A folder of another SIG's KEP is the owner's KEP as well as the folder's.
    let windows = keps
        .iter()
        .find(|kep| kep.number.get() == 995)
        .expect("KEP-995");
    assert!(windows.belongs_to(&["sig-windows".into()]));
    assert!(windows.belongs_to(&["sig-cluster-lifecycle".into()]));
}

#[test]
fn people_and_their_marks() {
    let Some(corpus) = world::corpus("the count of people") else {
        return;
    };
    let (keps, _) = keps(&corpus);
    let people = || {
        keps.iter().flat_map(|kep| {
            kep.authors
                .iter()
                .chain(&kep.reviewers)
                .chain(&kep.approvers)
        })
    };
    let marked = |marker| {
        people()
            .filter(|person| person.marker == Some(marker))
            .count()
    };
    assert_eq!(marked(Marker::AssignedReviewer), 31);
    assert_eq!(marked(Marker::AssignedApprover), 30);
    assert_eq!(marked(Marker::TechLead), 15);
    let nobody: Vec<&str> = people()
        .filter(|person| person.logins.is_empty())
        .map(|person| &*person.raw)
        .collect();
    assert_eq!(nobody, ["@kubernetes/wg-component-standard"]);
    let several = people().filter(|person| person.logins.len() > 1);
    assert_eq!(
        several
            .map(|person| person.logins.len())
            .collect::<Vec<_>>(),
        [4]
    );
    let open = ["tbd", "n/a", "none"];
    assert!(people().all(|person| !open.contains(&person.raw.to_lowercase().as_str())));
}

#[test]
fn what_kep_files_contradict() {
    let Some(corpus) = world::corpus("the count of contradictions") else {
        return;
    };
    let (board, settings) = board_of(&corpus);
    let inspector = Inspector::new(&board, &settings, chrono::DateTime::UNIX_EPOCH);
    let with = |code| -> Vec<&Kep> {
        let found = board
            .entries()
            .iter()
            .filter(|entry| inspector.has(entry, code));
        found.map(|entry| &*entry.kep).collect()
    };
    // Compared letter by letter, 67 files differ. Four of them contradict nothing: the template;
    // 5000, which is the template nearly as it was copied; 2853, which has no stage; and 1432,
    // whose "v1.21, v1.37" contains its latest milestone (and is told as an unreadable value).
    let milestone = with(FindingCode::KepMilestoneContradiction);
    assert_eq!(milestone.len(), 67 - 4);
    let node: Vec<u32> = milestone
        .iter()
        .filter(|kep| is_node(kep))
        .map(|kep| kep.number.get())
        .collect();
    assert_eq!(
        node,
        [
            24, 281, 2043, 2535, 3063, 3386, 4033, 4381, 4603, 5607, 5677
        ]
    );
    let numbers = with(FindingCode::KepNumberContradiction);
    assert_eq!(numbers.len(), 1);
    assert_eq!(numbers[0].number.get(), 2043);
    let unreadable: Vec<u32> = with(FindingCode::KepUnreadableValue)
        .iter()
        .map(|kep| kep.number.get())
        .collect();
    assert_eq!(
        unreadable,
        [
            281, 1432, 1753, 2625, 3458, 3515, 4080, 4153, 4214, 4355, 4471, 4595, 5000, 5075, 5647
        ]
    );
}

fn board_of(corpus: &Path) -> (Board, Settings) {
    let settings = settings();
    let facts = Facts {
        keps: kep_files(corpus)
            .iter()
            .map(|(path, text)| read_kep(path, text))
            .collect(),
        ..Facts::default()
    };
    (Board::build(facts, &settings), settings)
}

#[test]
fn tracking_issues_as_a_careful_person_reads_them() {
    let Some(corpus) = world::corpus("the reading of real tracking issues") else {
        return;
    };
    let text = fs::read_to_string(corpus.join("tracking-issues.github.json")).expect("a file");
    let read = read_issues(&text).expect("an array of issues");
    assert_eq!(read.problems, [] as [String; 0]);
    let runtime = containerd();
    let issues: HashMap<u64, TrackingIssue> = read
        .issues
        .into_iter()
        .map(|issue| {
            let number = issue.number;
            let tracking = read_tracking_issue(&Arc::new(issue), &runtime);
            (
                number,
                tracking.unwrap_or_else(|| panic!("#{number} is a tracking issue")),
            )
        })
        .collect();
    let expected = json(corpus.join("tracking-issues.expected.json"));
    assert_eq!((issues.len(), expected.len()), (7, 7));
    for wanted in &expected {
        let number = wanted["number"].as_u64().expect("a number");
        let tracking = &issues[&number];
        let seen = serde_json::json!({
            "number": number,
            "kep_numbers_expected": tracking.numbers.keps,
            "shepherds_expected": tracking.shepherds,
            "liaisons_expected": tracking.liaisons,
            "owners_expected": tracking.owners,
            "stage_expected": tracking.stage.get(),
            "k8s_release_expected": tracking.releases,
            "body_truncated": wanted["body_truncated"],
            "notes": wanted["notes"],
        });
        assert_eq!(&seen, wanted, "#{number}");
    }
}

#[test]
fn look_alikes_are_not_taken() {
    let Some(corpus) = world::corpus("the telling of look-alikes") else {
        return;
    };
    let runtime = containerd();
    let others = json(corpus.join("not-tracking.json"));
    assert!(others.len() > 20, "{}", others.len());
    for other in &others {
        let text = |key: &str| other[key].as_str().unwrap_or_default();
        let number = other["number"].as_u64().expect("a number");
        let labels = other["labels"].as_array().expect("labels");
        let issue = Issue {
            repository: text("repo").into(),
            state: if text("state") == "open" {
                IssueState::Open
            } else {
                IssueState::Completed
            },
            labels: labels
                .iter()
                .filter_map(Value::as_str)
                .map(Into::into)
                .collect(),
            pull: (text("kind") == "pr").then_some(Pull { merged_at: None }),
            ..world::issue(number, text("title"), text("first_lines"))
        };
        let taken = read_tracking_issue(&Arc::new(issue), &runtime);
        assert!(
            taken.is_none(),
            "{}#{number} {}",
            text("repo"),
            text("title")
        );
    }
}

#[test]
fn pull_requests_find_their_keps() {
    let Some(corpus) = world::corpus("the reading of real pull requests") else {
        return;
    };
    let runtime = containerd();
    let keps: HashMap<u64, Vec<u32>> = json(corpus.join("not-tracking.json"))
        .iter()
        .filter(|other| other["repo"] == "containerd/containerd" && other["kind"] == "pr")
        .filter_map(|other| {
            let text = |key: &str| other[key].as_str().unwrap_or_default();
            let number = other["number"].as_u64().expect("a number");
            let pull = world::pull(number, text("title"), text("first_lines"));
            let links = read_pull(&Arc::new(pull), &runtime)?;
            let keps = links.keps.iter().map(|kep| kep.get()).collect();
            Some((number, keps))
        })
        .collect();
    assert_eq!(keps[&12518], [5607]);
    assert_eq!(keps[&9737], [3619]);
    assert_eq!(keps[&7679], [127]);
    assert_eq!(keps[&11346], [4033]);
    assert_eq!(keps[&7073], [3386]);
    assert_eq!(keps[&8014], [127]);
    assert!(!keps.contains_key(&6113), "it names no KEP");
}
