//! What the process asks for and is not so: one finding for each breach, with the evidence and
//! what mends it. They follow from board, settings and time alone.

mod facts;
mod process;

use std::{cmp::Reverse, fmt};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    KepNumber, Release, Settings, Stage, Status,
    board::{Board, Entry},
    card::DateView,
    kep::Kep,
    text::nearest,
};

/// One thing that is not as the process asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind it is.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: Severity,
    /// The runtime that it concerns; `None` where it is the KEP itself.
    pub runtime: Option<Box<str>>,
    /// The tracking issue that it concerns.
    pub issue: Option<u64>,
    /// What is wrong, quoting the source.
    pub evidence: String,
    /// What mends it.
    pub mend: String,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The process is broken here.
    Error,
    /// Somebody should act soon.
    Warning,
    /// It would be better otherwise.
    Advice,
}

impl Finding {
    /// Who can mend it: `maintainer`, `shepherd (fuweid)`.
    pub fn who_mends(&self) -> &str {
        self.mend.split_once(": ").map_or("", |(who, _)| who)
    }
}

/// How many findings there are of a severity.
pub fn count(findings: &[Finding], severity: Severity) -> usize {
    let of_it = |finding: &&Finding| finding.severity == severity;
    findings.iter().filter(of_it).count()
}

/// How many errors and warnings there are: what somebody should do.
pub fn urgent(findings: &[Finding]) -> usize {
    count(findings, Severity::Error) + count(findings, Severity::Warning)
}

/// What sorts KEPs in every list: those of the current cycle in front, those with nothing left to
/// follow last; among them those with the most and gravest findings in front.
pub fn precedence(
    under_way: bool,
    in_cycle: bool,
    findings: &[Finding],
    number: KepNumber,
) -> impl Ord + use<> {
    (
        !under_way,
        !in_cycle,
        Reverse(count(findings, Severity::Error)),
        Reverse(count(findings, Severity::Warning)),
        number,
    )
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        })
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// The stable names of what can be found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub enum FindingCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl FindingCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name, `no-shepherd`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

codes! {
    /// An active KEP of a watched SIG without a tracking issue.
    Untracked = "untracked",
    /// Two open tracking issues for one KEP.
    DuplicateTrackingIssue = "duplicate-tracking-issue",
    /// Closed before the feature is generally available.
    ClosedEarly = "closed-early",
    /// Open although there is nothing left to follow.
    LeftOpen = "left-open",
    /// The title does not say which KEP it is.
    TitleWithoutNumber = "title-without-number",
    /// The title says nothing but a number.
    TitleWithoutText = "title-without-text",
    /// Title, field and links name different KEPs.
    NumberContradiction = "number-contradiction",
    /// Nobody shepherds it.
    NoShepherd = "no-shepherd",
    /// One shepherd; two are better.
    OneShepherd = "one-shepherd",
    /// A shepherd who is no maintainer of the runtime.
    ShepherdNotMaintainer = "shepherd-not-maintainer",
    /// The body names one shepherd, the assignment another.
    ShepherdContradiction = "shepherd-contradiction",
    /// No label for a Kubernetes release.
    NoReleaseLabel = "no-release-label",
    /// The label is the placeholder, `v1.??`.
    PlaceholderReleaseLabel = "placeholder-release-label",
    /// The label says another release than the KEP or the body.
    ReleaseContradiction = "release-contradiction",
    /// No milestone names a runtime release.
    NoMilestone = "no-milestone",
    /// The milestone's day has passed.
    MilestoneOverdue = "milestone-overdue",
    /// The milestone is closed, the issue open.
    MilestoneClosed = "milestone-closed",
    /// The milestone is due after the code freeze of the labelled release.
    MilestoneAfterFreeze = "milestone-after-freeze",
    /// Nothing was said for long while the KEP is in the current cycle.
    Stale = "stale",
    /// The issue's stage is not the KEP's.
    StageBehind = "stage-behind",
    /// Nobody is liaison for the current cycle.
    NoLiaison = "no-liaison",
    /// `kep-number` is not the folder's number.
    KepNumberContradiction = "kep-number-contradiction",
    /// `latest-milestone` is not the release of the current stage.
    KepMilestoneContradiction = "kep-milestone-contradiction",
    /// A value in the KEP's files that is not legal.
    KepUnreadableValue = "kep-unreadable-value",
}

impl FindingCode {
    /// Reads a code exactly.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text))
    }

    /// What is wrong in a few words, where there is no room for more: `nobody shepherds it`.
    pub const fn in_short(self) -> &'static str {
        match self {
            Self::Untracked => "no tracking issue",
            Self::DuplicateTrackingIssue => "two tracking issues",
            Self::ClosedEarly => "issue closed too early",
            Self::LeftOpen => "issue left open",
            Self::TitleWithoutNumber => "no number in the title",
            Self::TitleWithoutText => "no words in the title",
            Self::NumberContradiction => "names different KEPs",
            Self::NoShepherd => "nobody shepherds it",
            Self::OneShepherd => "one shepherd only",
            Self::ShepherdNotMaintainer => "shepherd is no maintainer",
            Self::ShepherdContradiction => "names different shepherds",
            Self::NoReleaseLabel => "no release label",
            Self::PlaceholderReleaseLabel => "release label is a placeholder",
            Self::ReleaseContradiction => "names different releases",
            Self::NoMilestone => "no milestone",
            Self::MilestoneOverdue => "milestone overdue",
            Self::MilestoneClosed => "milestone closed",
            Self::MilestoneAfterFreeze => "milestone after the freeze",
            Self::Stale => "no word for long",
            Self::StageBehind => "stage behind the KEP's",
            Self::NoLiaison => "no liaison",
            Self::KepNumberContradiction => "wrong kep-number",
            Self::KepMilestoneContradiction => "wrong latest-milestone",
            Self::KepUnreadableValue => "unreadable value in the KEP",
        }
    }

    /// The code that was most likely meant.
    pub fn nearest(text: &str) -> Option<Self> {
        nearest(text, Self::ALL.iter().map(|code| code.as_str())).and_then(Self::parse)
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What rules see: the board, the settings, the time and what follows from them.
pub struct Inspector<'a> {
    board: &'a Board,
    settings: &'a Settings,
    now: DateTime<Utc>,
    current: Option<Release>,
}

impl<'a> Inspector<'a> {
    /// Looks at a board at a time.
    pub fn new(board: &'a Board, settings: &'a Settings, now: DateTime<Utc>) -> Self {
        let current = board
            .cycles()
            .current(now, settings.current_release)
            .map(|current| current.release);
        Self {
            board,
            settings,
            now,
            current,
        }
    }

    /// The current Kubernetes release, where it is known.
    pub fn current(&self) -> Option<Release> {
        self.current
    }

    /// The time of which it speaks.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// All findings of one KEP, worst first.
    pub fn findings(&self, entry: &Entry) -> Vec<Finding> {
        let mut found = Vec::new();
        facts::inspect(entry, &mut found);
        for (at, side) in entry.runtimes.iter().enumerate() {
            process::inspect(self, entry, &self.settings.runtimes[at], side, &mut found);
        }
        found.sort_by_key(|finding| finding.severity);
        found
    }

    /// Whether a KEP has a finding.
    pub fn has(&self, entry: &Entry, code: FindingCode) -> bool {
        self.findings(entry)
            .iter()
            .any(|finding| finding.code == code)
    }

    /// What concerns the whole cycle and no single KEP: runtimes without a liaison.
    pub fn cycle_findings(&self) -> Vec<Finding> {
        let Some(current) = self.current else {
            return Vec::new();
        };
        if self.settings.liaisons_for(current).next().is_some() {
            return Vec::new();
        }
        self.settings
            .runtimes
            .iter()
            .map(|runtime| Finding {
                code: FindingCode::NoLiaison,
                severity: Severity::Warning,
                runtime: Some(runtime.name.clone()),
                issue: None,
                evidence: format!(
                    "nobody is recorded as {}'s liaison to SIG-Node for Kubernetes {current}",
                    runtime.name
                ),
                mend: format!(
                    "maintainer: one of you takes the role; admin of this bot: record it in the configuration, under [[people]]: roles = [\"liaison\"], liaison_for = [\"{current}\"]"
                ),
            })
            .collect()
    }

    /// Whether there is work on a KEP for the current release: it aims at it, and is not done yet.
    pub fn in_cycle(&self, entry: &Entry) -> bool {
        let Some(current) = self.current else {
            return false;
        };
        entry.kep.is_active() && entry.aims_at(current)
    }

    /// The days ahead that matter to a KEP: those of the current cycle, and of a later one that
    /// it aims at.
    pub fn dates(&self, entry: &Entry) -> Vec<DateView> {
        if !entry.kep.is_active() {
            return Vec::new();
        }
        let later = entry
            .kep
            .latest_milestone
            .get()
            .filter(|latest| Some(*latest) > self.current);
        let releases = self.current.into_iter().chain(later);
        releases
            .flat_map(|release| self.dates_of(release))
            .collect()
    }

    /// The days ahead of one release's cycle.
    pub fn dates_of(&self, release: Release) -> Vec<DateView> {
        let ahead = self.board.cycles().ahead(release, self.now).into_iter();
        ahead
            .map(|(what, at)| DateView { what, release, at })
            .collect()
    }

    /// Whether a Kubernetes release is out: by its page, or because a later one is current.
    /// `None` when nothing tells.
    pub fn shipped(&self, release: Release) -> Option<bool> {
        let by_page = self
            .board
            .cycles()
            .get(release)
            .and_then(|cycle| cycle.when(super::cycle::CycleEvent::Release))
            .map(|at| at <= self.now);
        by_page.or_else(|| self.current.map(|current| release < current))
    }

    fn has_shipped(&self, release: Release) -> bool {
        self.shipped(release) == Some(true)
    }

    /// Whether there is still something to follow: the KEP is active, and not yet generally
    /// available in a release that has shipped (many stay `implementable` after that).
    pub fn is_under_way(&self, kep: &Kep) -> bool {
        kep.is_active() && self.generally_available(kep).is_none()
    }

    /// That the feature is generally available, in words with the release where it is known.
    fn generally_available(&self, kep: &Kep) -> Option<String> {
        if kep.stage.get() != Some(Stage::Stable) {
            return None;
        }
        let implemented = kep.status.get() == Some(Status::Implemented);
        match kep
            .milestone(Stage::Stable)
            .or_else(|| kep.latest_milestone.get())
        {
            Some(release) if self.has_shipped(release) => {
                Some(format!("the KEP is stable since Kubernetes {release}"))
            }
            // Without a release, or without a calendar, the KEP's own word has to do.
            None if implemented => Some("the KEP is stable and implemented".to_owned()),
            Some(release) if implemented && self.current.is_none() => Some(format!(
                "the KEP is stable and implemented, in Kubernetes {release}"
            )),
            _ => None,
        }
    }
}
