//! What a channel is told once a week: what needs somebody, what is at risk, what moved, what was
//! said, and what ships where.

mod moved;
mod personal;
mod plan;
mod scope;
mod ships;
mod write;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use self::{
    moved::Moved,
    personal::{Often, Subscription},
    plan::{Mark, Plan, Told},
    scope::{Scope, Section},
    ships::Ships,
    write::{Length, Sheet},
};
use super::{
    KepNumber, Login, Release, Settings, Stage,
    board::{Board, Entry, RuntimeSide},
    card::DateView,
    change::{Change, Role, What},
    cycle::CycleEvent,
    finding::{Finding, Inspector, Severity, precedence, urgent},
    text::each_once,
};

/// The longest title, and the longest words of a change: people write both.
const LONGEST_TITLE: usize = 120;
const LONGEST_CHANGE: usize = 240;

/// So many days before a freeze it is said who may miss it.
const NEAR: i64 = 42;
/// What needs somebody of whom nothing is new is told to them again after this.
const AGAIN: TimeDelta = TimeDelta::days(6);

/// What a digest is made from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The KEPs.
    pub board: &'a Board,
    /// What the operator decides.
    pub settings: &'a Settings,
    /// The moment.
    pub now: DateTime<Utc>,
    /// Up to when the last one told of changes; `None` for the first.
    pub since: Option<DateTime<Utc>>,
    /// What changed since, oldest first.
    pub changes: &'a [Change],
    /// What was said since, oldest first.
    pub updates: &'a [Update],
    /// What was left to do in the current cycle at the last one.
    pub before: Option<Left>,
}

/// How many KEPs have something left to do, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// KEPs of the cycle with errors or warnings.
    pub urgent: usize,
    /// All KEPs of the cycle.
    pub of: usize,
}

/// A digest.
#[derive(Debug, Clone, Serialize)]
pub struct Digest {
    /// When it was composed.
    pub at: DateTime<Utc>,
    /// Since when it tells of changes; `null` for the first.
    pub since: Option<DateTime<Utc>>,
    /// The runtime.
    pub runtime: Box<str>,
    /// Whose KEPs alone it is about, where it is somebody's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Login>,
    /// The current Kubernetes release.
    pub release: Option<Release>,
    /// Active KEPs by stage.
    pub stages: Vec<(Option<Stage>, usize)>,
    /// Those of the current cycle that have something left to do; `null` without a cycle.
    pub left: Option<Left>,
    /// The same at the last digest.
    pub left_before: Option<Left>,
    /// What comes next in the cycle.
    pub next: Option<DateView>,
    /// KEPs that need somebody, the most urgent first.
    pub needs: Vec<Need>,
    /// The freeze that is near, with the KEPs that may miss it.
    pub risk: Option<Risk>,
    /// KEPs that moved, great steps first.
    pub moved: Vec<Moved>,
    /// What liaisons and shepherds said, oldest first.
    pub updates: Vec<Update>,
    /// What is to ship, by release.
    pub ships: Vec<Ships>,
    /// Whose work it was, each with the KEPs.
    pub thanks: Vec<(Login, Vec<KepNumber>)>,
    /// What concerns the cycle and no single KEP.
    pub cycle: Vec<Finding>,
}

/// A KEP as a digest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number.
    pub number: KepNumber,
    /// Its title.
    pub title: Box<str>,
    /// Its enhancement issue.
    pub url: String,
}

impl Named {
    fn of(entry: &Entry, of: Material<'_>) -> Self {
        let kep = &entry.kep;
        Self {
            number: kep.number,
            title: short(&kep.title.replace('\n', " "), LONGEST_TITLE).into(),
            url: kep.issue_url(&of.settings.enhancements_repository),
        }
    }
}

/// A KEP that needs somebody.
#[derive(Debug, Clone, Serialize)]
pub struct Need {
    /// The KEP.
    pub kep: Named,
    /// The page of each tracking issue that a finding names.
    #[serde(skip)]
    pub pages: Vec<(u64, Box<str>)>,
    /// Errors and warnings, worst first.
    pub findings: Vec<Finding>,
}

/// A freeze that is near.
#[derive(Debug, Clone, Serialize)]
pub struct Risk {
    /// Which, and when.
    pub freeze: DateView,
    /// The KEPs of its release that have errors or warnings.
    pub to_mend: Vec<Named>,
    /// Those with a pull request that is not merged.
    pub open_pulls: Vec<Named>,
    /// How many KEPs the release has.
    pub of: usize,
}

/// What a liaison or a shepherd said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Update {
    /// Of which KEP.
    pub kep: KepNumber,
    /// Who.
    pub who: Box<str>,
    /// Where it stands.
    pub url: Box<str>,
    /// Their words, Markdown.
    pub markdown: String,
}

impl Digest {
    /// Composes a digest for a channel.
    pub fn compose(of: Material<'_>, scope: &Scope) -> Self {
        let inspector = Inspector::new(of.board, of.settings, of.now);
        let within = Within { of, scope };
        let runtime = &scope.runtime;
        let entries = of.board.entries().iter();
        let active = entries.filter(|entry| entry.kep.is_active() && within.holds(entry));
        let mut stages = std::collections::BTreeMap::new();
        let mut left = Left { urgent: 0, of: 0 };
        let mut needs = Vec::new();
        let (mut to_mend, mut open_pulls) = (Vec::new(), Vec::new());
        for entry in active {
            *stages.entry(entry.kep.stage.get()).or_insert(0) += 1;
            let is_of_runtime =
                |finding: &Finding| finding.runtime.as_ref().is_none_or(|it| it == runtime);
            let mut findings = inspector.findings(entry);
            findings.retain(is_of_runtime);
            let in_cycle = inspector.in_cycle(entry);
            let is_urgent = urgent(&findings) > 0;
            left.of += usize::from(in_cycle);
            left.urgent += usize::from(in_cycle && is_urgent);
            if in_cycle && within.has_open_pull(entry) {
                open_pulls.push(Named::of(entry, of));
            }
            if !is_urgent {
                continue;
            }
            if in_cycle {
                to_mend.push(Named::of(entry, of));
            }
            let under_way = inspector.is_under_way(&entry.kep);
            let order = precedence(under_way, in_cycle, &findings, entry.kep.number);
            findings.retain(|finding| finding.severity < Severity::Advice);
            needs.push((order, Need::of(entry, findings, of)));
        }
        needs.sort_by(|(one, _), (other, _)| one.cmp(other));
        let dates = inspector
            .current()
            .map(|release| inspector.dates_of(release));
        let dates = dates.unwrap_or_default();
        let near = dates.iter().find(|date| {
            decides(date.what) && (date.day() - of.now.date_naive()).num_days() <= NEAR
        });
        let moved = moved::gather(of, |change, entry| {
            within.is_here(change)
                && match entry {
                    Some(entry) => within.holds(entry),
                    // A KEP that is gone has no SIG any more to tell whom it concerns, and nobody's name.
                    None => scope.person.is_none(),
                }
        });
        Self {
            at: of.now,
            since: of.since,
            runtime: runtime.clone(),
            person: scope.person.clone(),
            release: inspector.current(),
            stages: stages.into_iter().collect(),
            left: inspector.current().map(|_| left),
            left_before: of.before,
            next: dates.first().cloned(),
            risk: near.map(|freeze| Risk {
                freeze: freeze.clone(),
                of: left.of,
                to_mend,
                open_pulls,
            }),
            needs: needs.into_iter().map(|(_, need)| need).collect(),
            moved,
            updates: within.updates(),
            ships: ships::gather(of, runtime, |entry| within.holds(entry)),
            thanks: within.thanks(),
            cycle: match scope.person {
                Some(_) => Vec::new(),
                None => inspector.cycle_findings(),
            },
        }
    }

    /// Whether nothing happened since the last one.
    pub fn is_quiet(&self) -> bool {
        self.since.is_some() && self.moved.is_empty() && self.updates.is_empty()
    }

    /// Whether nobody has to read it: somebody's own that is quiet, where nothing of theirs needs anybody, or
    /// they were told so in this week.
    pub fn is_idle(&self) -> bool {
        let is_lately = self.since.is_some_and(|since| self.at - since < AGAIN);
        self.person.is_some() && self.is_quiet() && (self.needs.is_empty() || is_lately)
    }
}

impl Need {
    fn of(entry: &Entry, findings: Vec<Finding>, of: Material<'_>) -> Self {
        let pages = entry.issues().map(|tracking| &*tracking.issue);
        let pages = pages.map(|issue| (issue.number, issue.url.clone()));
        Self {
            kep: Named::of(entry, of),
            pages: pages.collect(),
            findings,
        }
    }
}

/// What of the material a channel wants to know.
#[derive(Clone, Copy)]
struct Within<'a> {
    of: Material<'a>,
    scope: &'a Scope,
}

impl<'a> Within<'a> {
    fn holds(self, entry: &Entry) -> bool {
        self.scope.concerns(entry, self.of.settings)
    }

    /// Whether a change is of the KEP itself, or on this runtime's side; a person hears of each.
    fn is_here(self, change: &Change) -> bool {
        let Some((repository, _)) = &change.issue else {
            return true;
        };
        let runtime = self.scope.runtime_of(self.of.settings);
        self.scope.person.is_some()
            || runtime.is_some_and(|runtime| runtime.repository.eq_ignore_ascii_case(repository))
    }

    fn side(self, entry: &'a Entry) -> Option<&'a RuntimeSide> {
        self.scope.side(entry, self.of.settings)
    }

    fn has_open_pull(self, entry: &'a Entry) -> bool {
        let side = self.side(entry);
        side.is_some_and(|side| side.pulls.iter().any(|pull| pull.issue.is_open()))
    }

    fn updates(self) -> Vec<Update> {
        let updates = self.of.updates.iter().filter(|update| {
            let entry = self.of.board.get(update.kep);
            entry.is_some_and(|entry| self.holds(entry))
        });
        updates.cloned().collect()
    }

    /// Who wrote what was merged, who took a KEP on, and who told of one.
    fn thanks(self) -> Vec<(Login, Vec<KepNumber>)> {
        let mut all: Vec<(Login, Vec<KepNumber>)> = Vec::new();
        let mut thank = |login: &Login, kep| match all.iter_mut().find(|(it, _)| it == login) {
            Some((_, keps)) => keps.push(kep),
            None => all.push((login.clone(), vec![kep])),
        };
        for change in self.of.changes.iter().filter(|it| self.is_here(it)) {
            let Some(entry) = self.of.board.get(change.kep).filter(|it| self.holds(it)) else {
                continue;
            };
            match &change.what {
                What::PullMerged => {
                    if let Some(author) = author_of(entry, change) {
                        thank(author, change.kep);
                    }
                }
                What::IssuePeople(Role::Shepherd, joined, _) => {
                    for login in joined {
                        thank(login, change.kep);
                    }
                }
                _ => {}
            }
        }
        for (_, keps) in &mut all {
            *keps = each_once(keps.iter().copied());
        }
        all
    }
}

/// Who opened the pull request that changed.
fn author_of<'a>(entry: &'a Entry, change: &Change) -> Option<&'a Login> {
    let (repository, number) = change.issue.as_ref()?;
    let pulls = entry.runtimes.iter().flat_map(|side| &side.pulls);
    let mut pulls = pulls.map(|pull| &*pull.issue);
    let is_it = |pull: &&super::Issue| pull.number == *number && pull.repository == *repository;
    pulls.find(is_it)?.author.as_ref()
}

/// Whether what is not there by then has to wait for the next release.
fn decides(event: CycleEvent) -> bool {
    matches!(
        event,
        CycleEvent::EnhancementsFreeze | CycleEvent::CodeFreeze
    )
}

/// A text of so many letters at most.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}
