//! What a tracking issue says: its title, its number, its stage, and whether it says anything at all.

use super::{Code, Finding, Form, Rules, Severity, day, first_line};
use crate::domain::tracking::{NumberSource, TrackingIssue};

impl Rules<'_> {
    pub(super) fn title(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let number = tracking.issue.number;
        let kep = &self.entry.kep;
        let mend = format!(
            "maintainer: rename #{number} to \"{}\"",
            self.runtime.title_of(kep.number, &kep.title)
        );
        let severity = if tracking.form == Form::BeforeForm {
            Severity::Advice
        } else {
            Severity::Warning
        };
        let title = &tracking.issue.title;
        if !tracking.numbers.in_title() {
            let evidence = format!("the title \"{title}\" does not say which KEP it is");
            Some(self.finding(
                Code::TitleWithoutNumber,
                severity,
                Some(number),
                evidence,
                mend,
            ))
        } else if tracking.title_text.is_empty() {
            let evidence = format!("the title \"{title}\" is a number without words");
            Some(self.finding(
                Code::TitleWithoutText,
                severity,
                Some(number),
                evidence,
                mend,
            ))
        } else {
            None
        }
    }

    pub(super) fn number(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let kep = self.entry.kep.number;
        let others = tracking
            .numbers
            .found
            .iter()
            .copied()
            .filter(|(number, source)| {
                *source != NumberSource::Text
                    && *number != kep
                    && (!tracking.numbers.keps.contains(number)
                        || !tracking.numbers.keps.contains(&kep))
            });
        let mut said: Vec<String> = others
            .map(|(number, source)| format!("{} says {number}", source.as_str()))
            .collect();
        said.dedup();
        (!said.is_empty()).then(|| {
            self.finding(
                Code::NumberContradiction,
                Severity::Error,
                Some(tracking.issue.number),
                format!("{}, but the issue is about KEP-{kep}", said.join(", ")),
                format!(
                    "maintainer: make title, KEP(s) field and links of #{} name KEP-{kep}",
                    tracking.issue.number
                ),
            )
        })
    }

    pub(super) fn stage(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let stated = tracking.stages.iter().map(|(stage, _)| *stage).max()?;
        let kep = self.entry.kep.stage.get()?;
        (stated != kep && !tracking.stages.iter().any(|(stage, _)| *stage == kep)).then(|| {
            let number = tracking.issue.number;
            let severity = if stated < kep {
                Severity::Warning
            } else {
                Severity::Advice
            };
            self.finding(
                Code::StageBehind,
                severity,
                Some(number),
                format!(
                    "#{number} says \"stage: {}\", but kep.yaml says {kep}",
                    first_line(tracking.stage.raw())
                ),
                format!(
                    "{}: set the stage in the body of #{number} to {kep}",
                    Self::keeper(tracking)
                ),
            )
        })
    }

    pub(super) fn stale(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let last = tracking.issue.updated_at?;
        let silent = self.at.now - last;
        (self.at.in_cycle(self.entry) && silent > self.runtime.stale_after).then(|| {
            let number = tracking.issue.number;
            // As a person counts, by the calendar.
            let days = (self.at.now.date_naive() - last.date_naive()).num_days();
            self.finding(
                Code::Stale,
                Severity::Warning,
                Some(number),
                format!(
                    "nothing was said on #{number} for {days} days (since {})",
                    day(last.date_naive())
                ),
                format!(
                    "{}: say on #{number} how the work stands",
                    Self::keeper(tracking)
                ),
            )
        })
    }
}
