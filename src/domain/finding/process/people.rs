//! Who sees a KEP through: shepherds and liaisons.

use super::{Code, Finding, Rules, Severity, first_line, names};
use crate::domain::{Login, tracking::TrackingIssue};

impl Rules<'_> {
    pub(super) fn shepherds(&self, tracking: &TrackingIssue) -> Vec<Finding> {
        let number = tracking.issue.number;
        let mut found = Vec::new();
        match tracking.shepherds.as_slice() {
            [] => {
                let said = tracking
                    .reference("KEP-Shepherd")
                    .map(str::trim)
                    .filter(|said| !said.is_empty());
                let evidence = match said {
                    Some(said) => format!(
                        "#{number} has \"KEP-Shepherd: {}\" and nobody assigned",
                        first_line(said)
                    ),
                    None => format!("#{number} names no shepherd and nobody is assigned"),
                };
                found.push(self.finding(
                    Code::NoShepherd,
                    self.by_cycle(Severity::Error, Severity::Warning),
                    Some(number),
                    evidence,
                    format!("a {} maintainer ({}) takes it: write them into KEP-Shepherd and assign them", self.runtime.name, self.maintainers()),
                ));
            }
            [one] => found.push(self.finding(
                Code::OneShepherd,
                Severity::Advice,
                Some(number),
                format!("only {one} shepherds #{number}; two are better"),
                format!(
                        "find a second shepherd among {}",
                        names(
                            self.runtime
                                .maintainers
                                .iter()
                                .filter(|login| *login != one)
                        )
                    ),
            )),
            _ => {}
        }
        let strangers: Vec<&Login> = tracking
            .shepherds
            .iter()
            .filter(|login| {
                !self.runtime.maintainers.is_empty() && !self.runtime.maintainers.contains(login)
            })
            .collect();
        if !strangers.is_empty() {
            let plural = if strangers.len() == 1 {
                "is no maintainer"
            } else {
                "are no maintainers"
            };
            found.push(self.finding(
                Code::ShepherdNotMaintainer,
                Severity::Warning,
                Some(number),
                format!(
                    "the shepherd {} {plural} of {}",
                    names(strangers.into_iter()),
                    self.runtime.name
                ),
                format!("a maintainer takes it: one of {}", self.maintainers()),
            ));
        }
        let unnamed = tracking.unnamed_assignees();
        if !unnamed.is_empty() {
            let are = if unnamed.len() == 1 { "is" } else { "are" };
            found.push(self.finding(
                Code::ShepherdContradiction,
                Severity::Warning,
                Some(number),
                format!(
                    "KEP-Shepherd says {}, but {} {are} assigned",
                    names(tracking.shepherds.iter()),
                    names(unnamed.into_iter())
                ),
                format!("make the KEP-Shepherd field and the assignees of #{number} agree"),
            ));
        }
        found
    }

    /// Nobody is recorded for the cycle, and the issue names nobody either.
    pub(super) fn liaison(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let current = self.at.current?;
        let nobody =
            tracking.liaisons.is_empty() && self.at.settings.liaisons_for(current).next().is_none();
        (nobody && self.at.in_cycle(self.entry)).then(|| {
            let number = tracking.issue.number;
            self.finding(
                Code::NoLiaison,
                Severity::Advice,
                Some(number),
                format!("#{number} names no liaison, and none is recorded for Kubernetes {current}"),
                "a maintainer takes the role for the cycle, and is written into the configuration or the issue",
            )
        })
    }
}
