//! Who sees a KEP through: shepherds and liaisons.

use super::{Code, Finding, Rules, Severity, first_line, names};
use crate::domain::{Login, tracking::TrackingIssue};

fn in_brackets<'a>(logins: impl Iterator<Item = &'a Login>) -> String {
    let names = names(logins);
    if names.is_empty() {
        names
    } else {
        format!(" ({names})")
    }
}

impl Rules<'_> {
    /// ` (mikebrow, samuelkarp)`; nothing where the settings name nobody.
    fn maintainers_in_brackets(&self) -> String {
        in_brackets(self.runtime.maintainers.iter())
    }

    fn others_in_brackets(&self, but: &Login) -> String {
        in_brackets(
            self.runtime
                .maintainers
                .iter()
                .filter(|login| *login != but),
        )
    }

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
                    // What GitHub writes for a field that was not filled in.
                    Some("_No response_") => format!(
                        "on #{number} the form's KEP-Shepherd was left empty, and nobody is assigned"
                    ),
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
                    evidence + &self.out_of_cycle(),
                    format!("maintainer: one of you{} takes it, is written into KEP-Shepherd and assigned", self.maintainers_in_brackets()),
                ));
            }
            [one] => found.push(self.finding(
                Code::OneShepherd,
                Severity::Advice,
                Some(number),
                format!("only {one} shepherds #{number}; two are better"),
                format!(
                    "maintainer: a second one of you{} joins {one}",
                    self.others_in_brackets(one)
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
                format!(
                    "maintainer: one of you{} takes it",
                    self.maintainers_in_brackets()
                ),
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
                format!(
                    "maintainer: make the KEP-Shepherd field and the assignees of #{number} agree"
                ),
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
                format!("maintainer: one of you takes the role for Kubernetes {current} and is written into #{number}"),
            )
        })
    }
}
