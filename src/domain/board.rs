//! The board: every KEP joined with each runtime's tracking issues and pull requests. It never
//! changes; a new one is built and takes its place, sharing what stayed the same.

mod filter;
mod release;
mod search;
mod values;

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

pub use self::filter::{Filter, ShepherdFilter};
use self::search::Index;
use super::{
    Issue, KepNumber, Login, Release, Settings,
    cycle::{Cycles, RuntimeReleases},
    kep::{Kep, KepFile, Person, ProdReadiness, Unnumbered},
    reply::Part,
    settings::letters,
    text::each_once,
    tracking::{PullLinks, TrackingIssue, read_pull, read_tracking_issue},
};

/// Everything that was read of one moment of the world.
#[derive(Debug, Default, Clone)]
pub struct Facts {
    /// The `kep.yaml` files.
    pub keps: Vec<KepFile>,
    /// The production readiness files.
    pub prod_readiness: Vec<ProdReadiness>,
    /// Issues and pull requests of the runtimes' repositories; `None` when they were not asked
    /// for, so that nothing is said of what is missing among them.
    pub issues: Option<Vec<Arc<Issue>>>,
    /// The release pages.
    pub cycles: Cycles,
    /// What each runtime says of its own releases, by the runtime's name.
    pub runtime_releases: HashMap<Box<str>, RuntimeReleases>,
    /// What could not be read at all: a place and a sentence.
    pub problems: Vec<(Box<str>, String)>,
    /// What was read, but a person should look at: dates that contradict one another.
    pub notes: Vec<Note>,
}

/// What was read, but a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it stands.
    pub place: Box<str>,
    /// What is odd, in a sentence.
    pub text: String,
    /// The Kubernetes release that it is about, where it is about one.
    pub release: Option<Release>,
}

/// All KEPs with what each runtime says of them.
#[derive(Debug)]
pub struct Board {
    entries: Vec<Entry>,
    by_number: HashMap<KepNumber, Vec<usize>>,
    index: Index,
    cycles: Cycles,
    runtime_releases: HashMap<Box<str>, RuntimeReleases>,
    unnumbered: Vec<Unnumbered>,
    stray: Vec<Arc<TrackingIssue>>,
    knows_issues: bool,
    problems: Vec<(Box<str>, String)>,
    notes: Vec<Note>,
}

/// One KEP with its side of each runtime, in the settings' order of runtimes.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The KEP.
    pub kep: Arc<Kep>,
    /// What each runtime says of it.
    pub runtimes: Vec<RuntimeSide>,
}

/// What one runtime says of a KEP.
#[derive(Debug, Clone, Default)]
pub struct RuntimeSide {
    /// The tracking issues, the open ones first, then the oldest.
    pub issues: Vec<Arc<TrackingIssue>>,
    /// The pull requests that name the KEP or a tracking issue of it.
    pub pulls: Vec<Arc<PullLinks>>,
}

impl RuntimeSide {
    /// The open tracking issues.
    pub fn open_issues(&self) -> impl Iterator<Item = &TrackingIssue> {
        self.issues
            .iter()
            .map(AsRef::as_ref)
            .filter(|tracking| tracking.issue.is_open())
    }
}

impl Entry {
    /// All tracking issues of all runtimes.
    pub fn issues(&self) -> impl Iterator<Item = &TrackingIssue> {
        self.runtimes
            .iter()
            .flat_map(|side| side.issues.iter().map(AsRef::as_ref))
    }

    /// A tracking issue or a pull request of it.
    pub fn issue_at(&self, repository: &str, number: u64) -> Option<&Issue> {
        let mut issues = self.runtimes.iter().flat_map(|side| {
            let own = side.issues.iter().map(|tracking| &*tracking.issue);
            own.chain(side.pulls.iter().map(|pull| &*pull.issue))
        });
        issues.find(|issue| {
            issue.number == number && issue.repository.eq_ignore_ascii_case(repository)
        })
    }

    /// What somebody is to it.
    pub fn parts_of(&self, login: &Login) -> Vec<Part> {
        let kep = &self.kep;
        let among = |people: &[Person]| people.iter().any(|person| person.logins.contains(login));
        let issue = |of: fn(&TrackingIssue) -> &[Login]| {
            self.issues().any(|tracking| of(tracking).contains(login))
        };
        let parts = [
            (
                Part::Owner,
                among(&kep.authors) || issue(|tracking| &tracking.owners),
            ),
            (Part::Shepherd, issue(|tracking| &tracking.shepherds)),
            (Part::Liaison, issue(|tracking| &tracking.liaisons)),
            (Part::Reviewer, among(&kep.reviewers)),
            (Part::Approver, among(&kep.approvers)),
            (
                Part::Readiness,
                kep.prod_readiness.iter().any(|(_, who)| who == login),
            ),
        ];
        let theirs = parts.into_iter().filter(|(_, is)| *is);
        theirs.map(|(part, _)| part).collect()
    }

    /// The shepherds in whose name something may be said: maintainers, and those whom the runtime
    /// assigned. Anybody can open an issue, and name anybody in it.
    pub fn speakers(&self, settings: &Settings) -> Vec<&Login> {
        let sides = self.runtimes.iter().zip(&settings.runtimes);
        let found = sides.flat_map(|(side, runtime)| {
            side.issues.iter().flat_map(|tracking| {
                let named = tracking.shepherds.iter();
                named
                    .filter(|login| runtime.maintainers.contains(login))
                    .chain(&tracking.assigned)
            })
        });
        each_once(found)
    }

    /// All shepherds, each once.
    pub fn shepherds(&self) -> Vec<&Login> {
        let mut found: Vec<&Login> = Vec::new();
        for login in self.issues().flat_map(|tracking| &tracking.shepherds) {
            if !found.contains(&login) {
                found.push(login);
            }
        }
        found
    }
}

impl Board {
    /// Joins the facts.
    pub fn build(facts: Facts, settings: &Settings) -> Self {
        let Facts {
            keps: files,
            prod_readiness,
            issues,
            cycles,
            runtime_releases,
            problems,
            notes,
        } = facts;
        let mut keps: Vec<Box<Kep>> = Vec::with_capacity(files.len());
        let mut unnumbered = Vec::new();
        for file in files {
            match file {
                KepFile::Numbered(kep) => keps.push(kep),
                KepFile::Unnumbered(file) => unnumbered.push(file),
            }
        }
        keps.sort_unstable_by(|a, b| order(a, b, settings));
        let mut by_number: HashMap<KepNumber, Vec<usize>> = HashMap::with_capacity(keps.len());
        for (at, kep) in keps.iter().enumerate() {
            by_number.entry(kep.number).or_default().push(at);
        }
        for readiness in prod_readiness {
            let same = by_number
                .get(&readiness.number)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let of_sig = same
                .iter()
                .find(|at| keps[**at].sig_folder() == &*readiness.sig);
            if let Some(&at) = of_sig.or(same.first()) {
                keps[at].prod_readiness = readiness.approvers;
                keps[at].oddities.extend(readiness.oddities);
            }
        }
        let mut board = Self {
            entries: keps
                .into_iter()
                .map(|kep| Entry {
                    kep: Arc::from(kep),
                    runtimes: vec![RuntimeSide::default(); settings.runtimes.len()],
                })
                .collect(),
            by_number,
            index: Index::default(),
            cycles,
            runtime_releases,
            unnumbered,
            stray: Vec::new(),
            knows_issues: issues.is_some(),
            problems,
            notes,
        };
        board.join(&issues.unwrap_or_default(), settings);
        board.sort(settings);
        board.index = Index::new(&board.entries);
        board
    }

    fn join(&mut self, issues: &[Arc<Issue>], settings: &Settings) {
        for (at, runtime) in settings.runtimes.iter().enumerate() {
            let mut kep_of_issue: HashMap<u64, Vec<usize>> = HashMap::new();
            for tracking in issues
                .iter()
                .filter_map(|issue| read_tracking_issue(issue, runtime))
            {
                let tracking = Arc::new(tracking);
                let entries = self.entries_of(&tracking, settings.runtimes.len());
                if entries.is_empty() {
                    self.stray.push(Arc::clone(&tracking));
                }
                for &entry in &entries {
                    self.entries[entry].runtimes[at]
                        .issues
                        .push(Arc::clone(&tracking));
                }
                kep_of_issue.insert(tracking.issue.number, entries);
            }
            for pull in issues.iter().filter_map(|issue| read_pull(issue, runtime)) {
                let named = pull.keps.iter().filter_map(|number| self.position(*number));
                let tracked = pull
                    .issues
                    .iter()
                    .filter_map(|issue| kep_of_issue.get(issue))
                    .flatten()
                    .copied();
                let mut entries: Vec<usize> = named.chain(tracked).collect();
                entries.sort_unstable();
                entries.dedup();
                let pull = Arc::new(pull);
                for entry in entries {
                    self.entries[entry].runtimes[at]
                        .pulls
                        .push(Arc::clone(&pull));
                }
            }
            for entry in &mut self.entries {
                entry.runtimes[at]
                    .issues
                    .sort_by_key(|tracking| (!tracking.issue.is_open(), tracking.issue.number));
            }
        }
    }

    fn sort(&mut self, settings: &Settings) {
        self.entries.sort_by(|a, b| order(&a.kep, &b.kep, settings));
        self.by_number.clear();
        for (at, entry) in self.entries.iter().enumerate() {
            self.by_number.entry(entry.kep.number).or_default().push(at);
        }
    }

    /// The entries that an issue tracks. A number that no KEP has is a slip of the keyboard when
    /// one swap or wrong digit away stands a KEP whose title the issue's title repeats
    /// (`K8s KEP 4126` for 4216 is real); otherwise the KEP is not merged yet, and gets an entry
    /// of its own from the issue's words.
    fn entries_of(&mut self, tracking: &TrackingIssue, runtimes: usize) -> Vec<usize> {
        tracking
            .numbers
            .keps
            .iter()
            .map(|&number| {
                self.position(number)
                    .or_else(|| self.near_number(number, &tracking.issue.title))
                    .unwrap_or_else(|| self.add_unmerged(number, tracking, runtimes))
            })
            .collect()
    }

    fn near_number(&self, number: KepNumber, title: &str) -> Option<usize> {
        let title: Vec<String> = words(title).collect();
        let repeats = |at: &usize| {
            let own = words(&self.entries[*at].kep.title).filter(|word| word.len() > 2);
            let own: Vec<String> = own.collect();
            let shared = own.iter().filter(|word| title.contains(word)).count();
            own.len() > 1 && shared * 3 >= own.len() * 2
        };
        number
            .one_slip_away()
            .filter_map(|near| self.position(near))
            .find(repeats)
    }

    fn add_unmerged(
        &mut self,
        number: KepNumber,
        tracking: &TrackingIssue,
        runtimes: usize,
    ) -> usize {
        let kep = Arc::new(Kep::unmerged(number, &tracking.title_text));
        self.entries.push(Entry {
            kep,
            runtimes: vec![RuntimeSide::default(); runtimes],
        });
        let at = self.entries.len() - 1;
        self.by_number.entry(number).or_default().push(at);
        at
    }

    fn position(&self, number: KepNumber) -> Option<usize> {
        self.by_number.get(&number)?.first().copied()
    }

    /// The KEP with a number; of two the watched SIG's.
    pub fn get(&self, number: KepNumber) -> Option<&Entry> {
        self.position(number).map(|at| &self.entries[at])
    }

    /// The KEP that an issue or pull request belongs to; of any repository where none is given.
    pub fn of_issue(&self, repository: Option<&str>, number: u64) -> Option<&Entry> {
        let is = |issue: &Issue| {
            issue.number == number
                && repository.is_none_or(|wanted| issue.repository.eq_ignore_ascii_case(wanted))
        };
        self.entries.iter().find(|entry| {
            entry.runtimes.iter().any(|side| {
                side.issues.iter().any(|tracking| is(&tracking.issue))
                    || side.pulls.iter().any(|pull| is(&pull.issue))
            })
        })
    }

    /// Other KEPs with the number of this one.
    pub fn namesakes(&self, entry: &Entry) -> impl Iterator<Item = &Entry> {
        let all = self.by_number.get(&entry.kep.number).into_iter().flatten();
        let path = entry.kep.path.clone();
        all.map(|&at| &self.entries[at])
            .filter(move |other| other.kep.path != path)
    }

    /// Every entry, by number.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that match words, best first: in title, folder, feature gates and number;
    /// slips of the keyboard are forgiven after what matches as typed.
    pub fn search(&self, text: &str) -> Vec<&Entry> {
        self.index
            .search(text)
            .into_iter()
            .map(|at| &self.entries[at])
            .collect()
    }

    /// The entries most like a number or words that matched nothing.
    pub fn near(&self, text: &str, most: usize) -> Vec<&Entry> {
        let mut found: Vec<&Entry> = Vec::new();
        let slips = KepNumber::from_digits(text).into_iter();
        let slips = slips
            .flat_map(KepNumber::one_slip_away)
            .filter_map(|near| self.get(near));
        for near in slips.chain(self.search(text)) {
            if !found
                .iter()
                .any(|entry| entry.kep.number == near.kep.number)
            {
                found.push(near);
            }
        }
        if found.is_empty() {
            found = self
                .index
                .any(text)
                .into_iter()
                .map(|at| &self.entries[at])
                .collect();
        }
        found.truncate(most);
        found
    }

    /// The release pages.
    pub fn cycles(&self) -> &Cycles {
        &self.cycles
    }

    /// What a runtime says of its own releases.
    pub fn runtime_releases(&self, runtime: &str) -> Option<&RuntimeReleases> {
        self.runtime_releases.get(runtime)
    }

    /// `kep.yaml` files without a number: the template.
    pub fn unnumbered(&self) -> &[Unnumbered] {
        &self.unnumbered
    }

    /// Tracking issues that name no KEP at all.
    pub fn stray(&self) -> &[Arc<TrackingIssue>] {
        &self.stray
    }

    /// Whether any `kep.yaml` was read, so that a KEP without one is not merged.
    pub fn knows_keps(&self) -> bool {
        // Those that only an issue knows come last.
        self.entries
            .first()
            .is_some_and(|entry| entry.kep.is_merged())
    }

    /// Whether the runtimes' issues were read at all.
    pub fn knows_issues(&self) -> bool {
        self.knows_issues
    }

    /// What could not be read: a place and a sentence.
    pub fn problems(&self) -> &[(Box<str>, String)] {
        &self.problems
    }

    /// What was read, but a person should look at.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

/// By number; of two KEPs with one number the watched SIG's comes first.
fn order(a: &Kep, b: &Kep, settings: &Settings) -> Ordering {
    a.number.cmp(&b.number).then_with(|| {
        let rank = |kep: &Kep| !kep.belongs_to(&settings.sigs);
        (rank(a), &a.path).cmp(&(rank(b), &b.path))
    })
}

/// The words of a text in lower case, letters and digits only.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(letters)
}
