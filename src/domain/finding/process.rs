//! Findings about a KEP's tracking issues in one runtime: the process of containerd with SIG-Node,
//! rule by rule.

mod people;
mod release;
mod words;

use chrono::NaiveDate;

use super::{Finding, FindingCode as Code, Inspector, Severity};
use crate::domain::{
    IssueState, Login, Runtime, Stage, Status,
    board::{Entry, RuntimeSide},
    tracking::{Form, TrackingIssue},
};

/// All rules for one KEP and one runtime.
pub(super) fn inspect(
    at: &Inspector<'_>,
    entry: &Entry,
    runtime: &Runtime,
    side: &RuntimeSide,
    found: &mut Vec<Finding>,
) {
    let rules = Rules {
        at,
        entry,
        runtime,
        side,
    };
    found.extend(rules.untracked());
    found.extend(rules.duplicates());
    found.extend(rules.closed_early());
    for tracking in side.open_issues() {
        found.extend(rules.left_open(tracking));
        found.extend(rules.title(tracking));
        found.extend(rules.number(tracking));
        if at.is_under_way(&entry.kep) {
            found.extend(rules.shepherds(tracking));
            found.extend(rules.labels(tracking));
            found.extend(rules.milestone(tracking));
            found.extend(rules.stale(tracking));
            found.extend(rules.stage(tracking));
            found.extend(rules.liaison(tracking));
        }
    }
}

struct Rules<'a> {
    at: &'a Inspector<'a>,
    entry: &'a Entry,
    runtime: &'a Runtime,
    side: &'a RuntimeSide,
}

impl Rules<'_> {
    fn finding(
        &self,
        code: Code,
        severity: Severity,
        issue: Option<u64>,
        evidence: String,
        mend: impl Into<String>,
    ) -> Finding {
        let runtime = Some(self.runtime.name.clone());
        Finding {
            code,
            severity,
            runtime,
            issue,
            evidence,
            mend: mend.into(),
        }
    }

    /// What matters now is more urgent than what may matter later.
    fn by_cycle(&self, now: Severity, later: Severity) -> Severity {
        if self.at.in_cycle(self.entry) {
            now
        } else {
            later
        }
    }

    /// Why something weighs less than the same on another KEP, in brackets behind the evidence.
    fn out_of_cycle(&self) -> String {
        match self.at.current {
            Some(now) if !self.at.in_cycle(self.entry) => format!(
                " (less urgent: the KEP plans nothing for {now}, the release in the making)"
            ),
            // Without a calendar nothing weighs more.
            _ => String::new(),
        }
    }

    /// Who keeps an issue up to date: its shepherds, or as long as it has none any maintainer.
    fn keeper(tracking: &TrackingIssue) -> String {
        match tracking.shepherds.as_slice() {
            [] => "maintainer".to_owned(),
            shepherds => format!("shepherd ({})", names(shepherds.iter())),
        }
    }

    fn untracked(&self) -> Option<Finding> {
        let kep = &self.entry.kep;
        let watched = kep.belongs_to(&self.at.settings.sigs);
        let ahead = kep
            .latest_milestone
            .get()
            .zip(self.at.current)
            .is_some_and(|(latest, now)| latest > now);
        (watched
            && self.at.board.knows_issues()
            && self.at.is_under_way(kep)
            && self.side.issues.is_empty())
        .then(|| {
            let severity = if ahead {
                Severity::Warning
            } else {
                self.by_cycle(Severity::Warning, Severity::Advice)
            };
            let aim = match (kep.stage.get(), kep.latest_milestone.get()) {
                (Some(stage), Some(release)) => format!(", {stage} in {release}"),
                (_, Some(release)) => format!(", for {release}"),
                (_, None) => String::new(),
            };
            self.finding(
                Code::Untracked,
                severity,
                None,
                format!(
                    "the KEP is {}{aim}, and {} has no tracking issue for it{}",
                    if kep.status.raw().is_empty() {
                        "active"
                    } else {
                        kep.status.raw()
                    },
                    self.runtime.name,
                    if ahead { String::new() } else { self.out_of_cycle() }
                ),
                format!(
                    "KEP owner: if the KEP touches {0}, open its tracking issue with the issue form of {1}",
                    self.runtime.name, self.runtime.repository
                ),
            )
        })
    }

    fn duplicates(&self) -> Option<Finding> {
        let open: Vec<&TrackingIssue> = self.side.open_issues().collect();
        let (first, rest) = open.split_first()?;
        let newest = rest.last()?;
        let all = open
            .iter()
            .map(|tracking| format!("#{}", tracking.issue.number))
            .collect::<Vec<_>>();
        // The one that was made by the form is kept, or else the oldest.
        let keep = open
            .iter()
            .find(|tracking| tracking.form == Form::References)
            .unwrap_or(first);
        Some(self.finding(
            Code::DuplicateTrackingIssue,
            Severity::Error,
            Some(newest.issue.number),
            format!("{} are open for one KEP", all.join(" and ")),
            format!("maintainer: keep one (such as #{}), move what the others hold into it, close the others as duplicates", keep.issue.number),
        ))
    }

    fn closed_early(&self) -> Option<Finding> {
        let kep = &self.entry.kep;
        let last = self
            .side
            .issues
            .iter()
            .max_by_key(|tracking| tracking.issue.updated_at)?;
        let all_closed = self.side.open_issues().next().is_none();
        let given_up = kep.status.get().is_some_and(Status::is_given_up);
        let done = given_up
            || kep.is_finished()
            || self.at.generally_available(kep).is_some()
            || kep.stage.get().is_some_and(Stage::is_removal);
        (all_closed && !done && last.issue.state == IssueState::Completed).then(|| {
            let stands = match kep.stage.get() {
                Some(stage) => match kep.milestone(stage) {
                    Some(release) => format!("at {stage} ({release})"),
                    None => format!("at {stage}"),
                },
                None => kep.status.raw().to_owned(),
            };
            self.finding(
                Code::ClosedEarly,
                Severity::Warning,
                Some(last.issue.number),
                format!(
                    "#{} is closed as completed, but the KEP is only {stands}",
                    last.issue.number
                ),
                format!(
                    "maintainer: reopen #{}: one issue follows the KEP until it is generally available",
                    last.issue.number
                ),
            )
        })
    }

    fn left_open(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let kep = &self.entry.kep;
        let why = if let Some(why) = self.at.generally_available(kep) {
            why
        } else if kep.stage.get() == Some(Stage::Removed) {
            "the feature is removed".to_owned()
        } else {
            let over = kep
                .status
                .get()
                .filter(|status| status.is_given_up() && *status != Status::Deferred)?;
            format!("the KEP is {over}")
        };
        let number = tracking.issue.number;
        Some(self.finding(
            Code::LeftOpen,
            Severity::Advice,
            Some(number),
            format!("{why}, but #{number} is still open"),
            format!(
                "maintainer: close #{number}, or say on it what {} still has to do",
                self.runtime.name
            ),
        ))
    }
}

fn names<'a>(logins: impl Iterator<Item = &'a Login>) -> String {
    logins.map(Login::as_str).collect::<Vec<_>>().join(", ")
}

/// `22 Jul 2026`, as everywhere else.
fn day(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(60).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
