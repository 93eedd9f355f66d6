//! Which releases a KEP is meant for: the labels of Kubernetes' releases and the milestones of the
//! runtime's.

use super::{Code, Finding, Rules, Severity, day};
use crate::domain::{
    Release,
    cycle::CycleEvent,
    ships::{ShipsFrom, ShipsIn, deciding_pull},
    tracking::TrackingIssue,
};

impl Rules<'_> {
    pub(super) fn labels(&self, tracking: &TrackingIssue) -> Vec<Finding> {
        let number = tracking.issue.number;
        let mut found = Vec::new();
        let label = self.wanted_label(tracking);
        if let Some(placeholder) = &tracking.placeholder_label {
            let evidence = format!("the label \"{placeholder}\" on #{number} names no release");
            found.push(self.finding(
                Code::PlaceholderReleaseLabel,
                Severity::Warning,
                Some(number),
                evidence,
                format!("maintainer: put in its place {label}"),
            ));
        } else if tracking.label_releases.is_empty() {
            let evidence = format!("#{number} has no label that names a Kubernetes release");
            found.push(self.finding(
                Code::NoReleaseLabel,
                self.by_cycle(Severity::Warning, Severity::Advice),
                Some(number),
                evidence + &self.out_of_cycle(),
                format!("maintainer: add to #{number} {label}"),
            ));
        }
        found.extend(self.release_contradiction(tracking));
        found
    }

    /// Which release label belongs on an issue, as far as KEP, issue and calendar tell: never that
    /// of a release which is out, unless somebody must find out.
    fn wanted_label(&self, tracking: &TrackingIssue) -> String {
        let number = tracking.issue.number;
        let kep = self.entry.kep.latest_milestone.get();
        let body = tracking.releases.iter().max().copied();
        let current = self.at.current.filter(|_| self.at.in_cycle(self.entry));
        let ahead = |release: &Release| self.at.shipped(*release) == Some(false);
        let label = |release| format!("the label {}", self.runtime.label_of(release));
        let aim = current.or(kep.filter(ahead)).or(body.filter(ahead));
        match (aim, body.filter(ahead)) {
            (Some(aim), Some(body)) if body != aim => format!(
                "{}, or {} if the body of #{number} is right",
                label(aim),
                self.runtime.label_of(body)
            ),
            (Some(aim), _) => label(aim),
            // Without a calendar their word has to do.
            (None, _) if self.at.current.is_none() => match kep.into_iter().chain(body).max() {
                Some(said) => format!("{}, if it still aims at that release", label(said)),
                None => "the label of the Kubernetes release it aims at".to_owned(),
            },
            (None, _) => "the label of the Kubernetes release it aims at next".to_owned(),
        }
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
                format!("maintainer: ask the KEP owner which release is meant, then bring label, body of #{number} and kep.yaml in line"),
            )
        })
    }

    /// What else may tell the runtime's release, so that the milestone can be set to it.
    fn no_milestone(&self, tracking: &TrackingIssue) -> Finding {
        let number = tracking.issue.number;
        let name = &self.runtime.name;
        let known = self.at.board.ships_in(self.side, name);
        let pull = deciding_pull(self.side).map(|(_, pull)| pull.number);
        let (why, to) = match (known, pull) {
            (
                Some(ShipsIn {
                    release,
                    from: ShipsFrom::PullRequest,
                }),
                Some(pull),
            ) => (
                format!("; its pull request #{pull} says {release}"),
                release.to_string(),
            ),
            (
                Some(ShipsIn {
                    release,
                    from: ShipsFrom::Guess,
                }),
                _,
            ) => (
                format!("; that {name} {release} will have it is a guess from the calendar"),
                format!("{release}, or to the release that will have the work"),
            ),
            (Some(ShipsIn { release, .. }), _) => (
                format!("; another tracking issue says {release}"),
                release.to_string(),
            ),
            (None, _) => (
                format!(", so which {name} release will have it is not known"),
                format!("the {name} release that will have the work"),
            ),
        };
        self.finding(
            Code::NoMilestone,
            self.by_cycle(Severity::Warning, Severity::Advice),
            Some(number),
            format!("#{number} has no milestone{why}{}", self.out_of_cycle()),
            format!("maintainer: set the milestone of #{number} to {to}"),
        )
    }

    pub(super) fn milestone(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let number = tracking.issue.number;
        let Some(milestone) = &tracking.issue.milestone else {
            return Some(self.no_milestone(tracking));
        };
        let title = &milestone.title;
        if !milestone.open {
            return Some(self.finding(
                Code::MilestoneClosed,
                Severity::Warning,
                Some(number),
                format!("#{number} is open in milestone {title}, which is closed"),
                format!("maintainer: move #{number} to a coming milestone, or close it if {title} contained the work"),
            ));
        }
        let due = milestone.due?;
        if due < self.at.now.date_naive() {
            return Some(self.finding(
                Code::MilestoneOverdue,
                Severity::Warning,
                Some(number),
                format!("milestone {title} of #{number} was due on {}", day(due)),
                format!(
                    "maintainer: move #{number} to a coming milestone, or give {title} a new date"
                ),
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
                format!("maintainer: that freeze is past; if #{number} aims at a later Kubernetes release, add its label")
            } else {
                format!("{}: see that a beta of {title} has the work before that freeze, so that Kubernetes {target} can be tested with it", Self::keeper(tracking))
            };
            self.finding(
                Code::MilestoneAfterFreeze,
                Severity::Advice,
                Some(number),
                format!("milestone {title} is due on {}, after the code freeze of Kubernetes {target} on {}", day(due), day(freeze)),
                mend,
            )
        })
    }
}
