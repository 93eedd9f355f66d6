//! Everything that is told about one KEP, ready to be shown or printed as JSON. The field names are
//! what scripts rely on.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Serialize;

use super::{
    IssueState, KepNumber, Login, Milestone, Release, Settings, Stage, Status,
    board::{Board, Entry},
    cycle::CycleEvent,
    finding::{self, Finding, FindingCode, Inspector, Severity},
    kep::{Kep, Marker, Person},
    ships::{ShipsFrom, ShipsIn, deciding_pull},
    tracking::TrackingIssue,
};

/// One KEP, whole.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// The Kubernetes side.
    pub kep: KepView,
    /// The side of each runtime.
    pub runtimes: Vec<RuntimeView>,
    /// What is not as the process asks, worst first.
    pub findings: Vec<Finding>,
    /// The days ahead that matter to it.
    pub dates: Vec<DateView>,
    /// What the calendar says of it.
    #[serde(skip)]
    pub when: When,
    /// Whether any `kep.yaml` was read, so that its absence means something.
    #[serde(skip)]
    pub knows_keps: bool,
    /// Whether the runtimes' issues were read at all, so that their absence means something.
    #[serde(skip)]
    pub knows_issues: bool,
    /// Folders of other KEPs with the same number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namesakes: Vec<Box<str>>,
}

/// How a KEP stands to the calendar, for answers in words.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// The current Kubernetes release, where the KEP aims at it.
    pub cycle: Option<Release>,
    /// Whether it aims at the current release or a later one, so that the days ahead concern it.
    pub days_concern_it: bool,
    /// Whether there is still something to follow.
    pub under_way: bool,
    /// The Kubernetes releases that the KEP names, and whether they have shipped; one of which
    /// nothing tells is absent.
    pub shipped: BTreeMap<Release, bool>,
}

/// The Kubernetes side of a KEP.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names are those of kep.yaml")]
pub struct KepView {
    pub number: KepNumber,
    pub title: Box<str>,
    pub sig: Option<Box<str>>,
    pub status: Option<Status>,
    pub stage: Option<Stage>,
    pub latest_milestone: Option<Release>,
    /// Stage → release; `null` where it is open.
    pub milestones: BTreeMap<Box<str>, Option<Release>>,
    pub authors: Vec<Box<str>>,
    pub reviewers: Vec<Box<str>>,
    pub approvers: Vec<Box<str>>,
    pub feature_gates: Vec<Box<str>>,
    pub path: Option<Box<str>>,
    pub url: String,
    /// Marked as assigned by SIG-Node.
    pub assigned_reviewers: Vec<Login>,
    /// Marked as assigned by SIG-Node.
    pub assigned_approvers: Vec<Login>,
    /// Stage → who approved its production readiness.
    pub prr_approvers: BTreeMap<&'static str, Login>,
    pub participating_sigs: Vec<Box<str>>,
    pub creation_date: Option<Box<str>>,
    pub last_updated: Option<Box<str>>,
    pub disable_supported: Option<bool>,
    pub see_also: Vec<Box<str>>,
    pub replaces: Vec<Box<str>>,
    pub superseded_by: Vec<Box<str>>,
    /// Field → the words as written, where they are not what was understood.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub as_written: BTreeMap<&'static str, Box<str>>,
}

/// The side of one runtime.
#[derive(Debug, Clone, Serialize)]
pub struct RuntimeView {
    /// The runtime's name.
    pub runtime: Box<str>,
    /// The release that will contain the KEP.
    pub ships_in: Option<ShipsIn>,
    /// Its tracking issues, the open ones first.
    pub issues: Vec<IssueView>,
    /// Its pull requests.
    pub pulls: Vec<PullView>,
    /// `containerd/containerd`
    #[serde(skip)]
    pub repository: Box<str>,
    /// Its maintainers; empty where the settings name none.
    #[serde(skip)]
    pub maintainers: Vec<Login>,
    /// The pull request that says what it ships in, where one does.
    #[serde(skip)]
    pub ships_by_pull: Option<u64>,
    /// Whether the release that it ships in is published.
    #[serde(skip)]
    pub is_out: bool,
}

/// One tracking issue.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct IssueView {
    pub number: u64,
    pub url: Box<str>,
    pub state: &'static str,
    pub title: Box<str>,
    pub stage: Option<Stage>,
    /// What the body says.
    pub releases: Vec<Release>,
    /// What the labels say.
    pub label_releases: Vec<Release>,
    pub milestone: Option<Box<str>>,
    pub owners: Vec<Login>,
    pub liaisons: Vec<Login>,
    pub shepherds: Vec<Login>,
    /// Open, or how it was closed, in full.
    #[serde(skip)]
    pub ending: IssueState,
    /// The release that the milestone names.
    #[serde(skip)]
    pub milestone_release: Option<Release>,
}

/// One pull request.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct PullView {
    pub number: u64,
    pub url: Box<str>,
    pub title: Box<str>,
    /// `open`, `merged` or `closed`.
    pub state: &'static str,
}

/// A day ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateView {
    /// `code-freeze`, `release`, …
    #[serde(serialize_with = "code")]
    pub what: CycleEvent,
    /// The Kubernetes release.
    pub release: Release,
    /// The instant at which it is over everywhere on Earth.
    pub at: DateTime<Utc>,
}

impl DateView {
    /// The day that people call it by: deadlines end with their day Anywhere on Earth, which is
    /// noon UTC of the day after; a cycle starts with its own day.
    pub fn day(&self) -> NaiveDate {
        (self.at - TimeDelta::hours(12))
            .date_naive()
            .pred_opt()
            .filter(|_| self.at.time() != NaiveTime::MIN)
            .unwrap_or_else(|| self.at.date_naive())
    }

    /// Those that fall on one day together, in their order.
    pub fn by_day(dates: &[Self]) -> impl Iterator<Item = &[Self]> {
        dates.chunk_by(|one, next| (one.day(), one.release) == (next.day(), next.release))
    }

    /// What falls on a day: `Code Freeze and Test Freeze`.
    pub fn names(same_day: &[Self]) -> String {
        let names = same_day.iter().map(|date| date.what.name());
        names.collect::<Vec<_>>().join(" and ")
    }

    /// `in 16 days`, as a person counts who asks at `now`.
    pub fn left(&self, now: DateTime<Utc>) -> String {
        match (self.day() - now.date_naive()).num_days() {
            ..=0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            many => format!("in {many} days"),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn code<S: serde::Serializer>(event: &CycleEvent, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(event.code())
}

impl Card {
    /// Gathers everything about an entry of a board at the inspector's time.
    pub fn of(
        entry: &Entry,
        board: &Board,
        settings: &Settings,
        inspector: &Inspector<'_>,
    ) -> Self {
        let findings = inspector.findings(entry);
        Self::with(findings, entry, board, settings, inspector)
    }

    /// The same, where the findings are at hand.
    pub fn with(
        findings: Vec<Finding>,
        entry: &Entry,
        board: &Board,
        settings: &Settings,
        inspector: &Inspector<'_>,
    ) -> Self {
        let ships = board.ships(entry, settings);
        let runtimes = settings.runtimes.iter().zip(&entry.runtimes).zip(ships);
        Self {
            kep: KepView::of(&entry.kep, settings),
            runtimes: runtimes
                .map(|((runtime, side), ships_in)| RuntimeView {
                    runtime: runtime.name.clone(),
                    repository: runtime.repository.clone(),
                    maintainers: runtime.maintainers.clone(),
                    ships_by_pull: ships_in
                        .filter(|ships| ships.from == ShipsFrom::PullRequest)
                        .and(deciding_pull(side))
                        .map(|(_, pull)| pull.number),
                    is_out: ships_in.is_some_and(|ships| {
                        let releases = board.runtime_releases(&runtime.name);
                        releases.is_some_and(|all| all.is_out(ships.release, inspector.now()))
                    }),
                    ships_in,
                    issues: side
                        .issues
                        .iter()
                        .map(|tracking| IssueView::of(tracking))
                        .collect(),
                    pulls: side
                        .pulls
                        .iter()
                        .map(|pull| PullView::of(&pull.issue))
                        .collect(),
                })
                .collect(),
            findings,
            dates: inspector.dates(entry),
            when: When::of(entry, inspector),
            knows_keps: board.knows_keps(),
            knows_issues: board.knows_issues(),
            namesakes: board
                .namesakes(entry)
                .map(|other| other.kep.path.clone())
                .collect(),
        }
    }

    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        finding::count(&self.findings, severity)
    }

    /// How many errors and warnings there are: what somebody should do.
    pub fn urgent(&self) -> usize {
        finding::urgent(&self.findings)
    }

    /// Its place among others, see [`finding::precedence`].
    pub fn precedence(&self) -> impl Ord + use<> {
        let in_cycle = self.when.cycle.is_some();
        let number = self.kep.number;
        finding::precedence(self.when.under_way, in_cycle, &self.findings, number)
    }

    /// The tracking issues that nobody shepherds, where others of the KEP have somebody.
    pub fn left_alone(&self) -> Vec<u64> {
        if self.shepherds().is_empty() {
            return Vec::new();
        }
        let lacks = |finding: &&Finding| finding.code == FindingCode::NoShepherd;
        let lacking = self.findings.iter().filter(lacks);
        lacking.filter_map(|finding| finding.issue).collect()
    }

    /// The shepherds of all tracking issues, each once.
    pub fn shepherds(&self) -> Vec<&Login> {
        let mut found: Vec<&Login> = Vec::new();
        let issues = self.runtimes.iter().flat_map(|runtime| &runtime.issues);
        for login in issues.flat_map(|issue| &issue.shepherds) {
            if !found.contains(&login) {
                found.push(login);
            }
        }
        found
    }
}

impl When {
    fn of(entry: &Entry, inspector: &Inspector<'_>) -> Self {
        let kep = &entry.kep;
        let cycle = inspector.current().filter(|_| inspector.in_cycle(entry));
        let latest = kep.latest_milestone.get();
        let planned = kep.milestones.iter().filter_map(|(_, field)| field.get());
        let later = latest.is_some() && latest > inspector.current();
        Self {
            cycle,
            days_concern_it: kep.is_active() && (cycle.is_some() || later),
            under_way: inspector.is_under_way(kep),
            shipped: planned
                .chain(latest)
                .filter_map(|release| Some((release, inspector.shipped(release)?)))
                .collect(),
        }
    }
}

impl KepView {
    fn of(kep: &Kep, settings: &Settings) -> Self {
        let odd = |odd: bool, raw: &str| odd.then(|| Box::from(raw));
        let as_written = [
            ("status", odd(kep.status.is_odd(), kep.status.raw())),
            ("stage", odd(kep.stage.is_odd(), kep.stage.raw())),
            (
                "latest_milestone",
                odd(kep.latest_milestone.is_odd(), kep.latest_milestone.raw()),
            ),
        ];
        let marked = |people: &[Person], marker: Marker| {
            let of = people.iter().filter(|person| person.marker == Some(marker));
            of.flat_map(|person| person.logins.iter().cloned())
                .collect()
        };
        Self {
            number: kep.number,
            title: kep.title.clone(),
            sig: (!kep.owning_sig.is_empty()).then(|| kep.owning_sig.clone()),
            status: kep.status.get(),
            stage: kep.stage.get(),
            latest_milestone: kep.latest_milestone.get(),
            milestones: kep
                .milestones
                .iter()
                .map(|(stage, field)| (stage.clone(), field.get()))
                .collect(),
            authors: people(&kep.authors),
            reviewers: people(&kep.reviewers),
            approvers: people(&kep.approvers),
            feature_gates: kep
                .feature_gates
                .iter()
                .map(|gate| gate.name.clone())
                .collect(),
            path: kep.is_merged().then(|| kep.path.clone()),
            url: kep.issue_url(&settings.enhancements_repository),
            assigned_reviewers: marked(&kep.reviewers, Marker::AssignedReviewer),
            assigned_approvers: marked(&kep.approvers, Marker::AssignedApprover),
            prr_approvers: kep
                .prod_readiness
                .iter()
                .map(|(stage, login)| (stage.as_str(), login.clone()))
                .collect(),
            participating_sigs: kep.participating_sigs.clone(),
            creation_date: kep.creation_date.raw.clone(),
            last_updated: kep.last_updated.raw.clone(),
            disable_supported: kep.disable_supported,
            see_also: kep.see_also.clone(),
            replaces: kep.replaces.clone(),
            superseded_by: kep.superseded_by.clone(),
            as_written: as_written
                .into_iter()
                .filter_map(|(key, raw)| Some((key, raw?)))
                .collect(),
        }
    }
}

/// Logins; an entry that names none stays as written, without its `@`.
fn people(people: &[Person]) -> Vec<Box<str>> {
    let mut found = Vec::new();
    for person in people {
        if person.logins.is_empty() {
            found.push(person.raw.trim_start_matches('@').into());
        }
        found.extend(person.logins.iter().map(|login| Box::from(login.as_str())));
    }
    found
}

impl IssueView {
    fn of(tracking: &TrackingIssue) -> Self {
        let issue = &tracking.issue;
        Self {
            number: issue.number,
            url: issue.url.clone(),
            state: issue.state.as_str(),
            title: issue.title.clone(),
            stage: tracking.stage.get(),
            releases: tracking.releases.clone(),
            label_releases: tracking.label_releases.clone(),
            milestone: issue
                .milestone
                .as_ref()
                .map(|milestone| milestone.title.clone()),
            owners: tracking.owners.clone(),
            liaisons: tracking.liaisons.clone(),
            shepherds: tracking.shepherds.clone(),
            ending: issue.state,
            milestone_release: issue.milestone.as_ref().and_then(Milestone::release),
        }
    }
}

impl PullView {
    fn of(issue: &super::Issue) -> Self {
        let merged = issue.pull.is_some_and(|pull| pull.merged_at.is_some());
        Self {
            number: issue.number,
            url: issue.url.clone(),
            title: issue.title.clone(),
            state: if merged {
                "merged"
            } else {
                issue.state.as_str()
            },
        }
    }
}
