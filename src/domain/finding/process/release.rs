//! Which releases a KEP is meant for: the labels of Kubernetes' releases and the milestones of the
//! runtime's.

use super::{Code, Finding, Rules, Severity};
use crate::domain::{cycle::CycleEvent, tracking::TrackingIssue};

impl Rules<'_> {
    pub(super) fn labels(&self, tracking: &TrackingIssue) -> Vec<Finding> {
        let number = tracking.issue.number;
        let kep = &self.entry.kep;
        let mut found = Vec::new();
        let said = kep
            .latest_milestone
            .get()
            .into_iter()
            .chain(tracking.releases.iter().copied())
            .max();
        let current = self.at.current.filter(|_| self.at.in_cycle(self.entry));
        let label = current
            .or(said)
            .map(|release| self.runtime.label_of(release));
        let add = match &label {
            Some(label) => {
                format!("add the label {label} to #{number}, or the one of the release it aims at")
            }
            None => format!("add the label of the Kubernetes release that #{number} aims at"),
        };
        if let Some(placeholder) = &tracking.placeholder_label {
            let evidence = format!("the label \"{placeholder}\" on #{number} names no release");
            found.push(
                self.finding(
                    Code::PlaceholderReleaseLabel,
                    Severity::Warning,
                    Some(number),
                    evidence,
                    add.replace("add the label", "replace it by the label")
                        .replace(&format!(" to #{number}"), ""),
                ),
            );
        } else if tracking.label_releases.is_empty() {
            let evidence = format!("#{number} has no label that names a Kubernetes release");
            found.push(self.finding(
                Code::NoReleaseLabel,
                self.by_cycle(Severity::Warning, Severity::Advice),
                Some(number),
                evidence,
                add,
            ));
        }
        found.extend(self.release_contradiction(tracking));
        found
    }

    /// Labels pile up over the years, so the newest one counts; the body must name one of them.
    fn release_contradiction(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let newest = tracking.label_releases.last().copied()?;
        let number = tracking.issue.number;
        let mut said = Vec::new();
        let mut severity = Severity::Advice;
        if let Some(latest) = self
            .entry
            .kep
            .latest_milestone
            .get()
            .filter(|latest| *latest != newest)
        {
            said.push(format!("kep.yaml's latest-milestone is {latest}"));
            if latest > newest {
                severity = Severity::Warning;
            }
        }
        if let Some(body) = tracking
            .releases
            .iter()
            .max()
            .filter(|body| !tracking.label_releases.contains(body))
        {
            said.push(format!("the body says K8s-Release {body}"));
            severity = Severity::Warning;
        }
        (!said.is_empty()).then(|| {
            self.finding(
                Code::ReleaseContradiction,
                severity,
                Some(number),
                format!("the newest release label is {}, but {}", self.runtime.label_of(newest), said.join(" and ")),
                format!("find out which release is meant, and bring label, body of #{number} and kep.yaml in line"),
            )
        })
    }

    pub(super) fn milestone(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let number = tracking.issue.number;
        let Some(milestone) = &tracking.issue.milestone else {
            return Some(self.finding(
                Code::NoMilestone,
                self.by_cycle(Severity::Warning, Severity::Advice),
                Some(number),
                format!(
                    "#{number} has no milestone, so nobody can tell which {} release will have it",
                    self.runtime.name
                ),
                format!(
                    "set the milestone of #{number} to the {} release that will contain the work",
                    self.runtime.name
                ),
            ));
        };
        let title = &milestone.title;
        if !milestone.open {
            return Some(self.finding(
                Code::MilestoneClosed,
                Severity::Warning,
                Some(number),
                format!("#{number} is open in milestone {title}, which is closed"),
                format!("move #{number} to a coming milestone, or close it if {title} contained the work"),
            ));
        }
        let due = milestone.due?;
        if due < self.at.now.date_naive() {
            return Some(self.finding(
                Code::MilestoneOverdue,
                Severity::Warning,
                Some(number),
                format!("milestone {title} of #{number} was due on {due}"),
                format!("move #{number} to a coming milestone, or give {title} a new date"),
            ));
        }
        let target = tracking.label_releases.last()?;
        let freeze = self
            .at
            .board
            .cycles()
            .get(*target)?
            .day(CycleEvent::CodeFreeze)?;
        (due > freeze).then(|| {
            let mend = if freeze < self.at.now.date_naive() {
                format!("that freeze is past: if #{number} aims at a later Kubernetes release, add its label")
            } else {
                format!("make sure that a beta of {title} has the work before {freeze}, so that Kubernetes {target} can be tested with it")
            };
            self.finding(
                Code::MilestoneAfterFreeze,
                Severity::Advice,
                Some(number),
                format!("milestone {title} is due on {due}, after the code freeze of Kubernetes {target} on {freeze}"),
                mend,
            )
        })
    }
}
