//! Findings about a KEP's tracking issues in one runtime: the process of containerd with SIG-Node,
//! rule by rule.

use super::{Finding, FindingCode as Code, Inspector, Severity};
use crate::domain::{
    IssueState, Login, Runtime, Stage, Status,
    board::{Entry, RuntimeSide},
    cycle::CycleEvent,
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
        if rules.is_under_way() {
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

    fn maintainers(&self) -> String {
        names(self.runtime.maintainers.iter())
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
            && self.is_under_way()
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
                    "the KEP is {}{aim}, and {} has no tracking issue for it",
                    if kep.status.raw().is_empty() {
                        "active"
                    } else {
                        kep.status.raw()
                    },
                    self.runtime.name
                ),
                format!(
                    "if the KEP touches {0}, open a tracking issue in {1}",
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
            format!("keep one (such as #{}), move what the others hold into it, and close them as duplicates", keep.issue.number),
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
            || self.generally_available().is_some()
            || kep.stage.get().is_some_and(Stage::is_removal);
        (all_closed && !done && last.issue.state == IssueState::Completed).then(|| {
            let stands = match (kep.stage.get(), kep.latest_milestone.get()) {
                (Some(stage), Some(release)) => format!("{stage} in {release}"),
                (Some(stage), None) => stage.to_string(),
                _ => kep.status.raw().to_owned(),
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
                    "reopen #{}: one issue follows the KEP until it is generally available",
                    last.issue.number
                ),
            )
        })
    }

    /// Whether there is still something to follow: the KEP is active, and not yet generally
    /// available in a release that has shipped (many stay `implementable` after that).
    fn is_under_way(&self) -> bool {
        self.entry.kep.is_active() && self.generally_available().is_none()
    }

    /// That the feature is generally available, in words with the release where it is known.
    fn generally_available(&self) -> Option<String> {
        let kep = &self.entry.kep;
        if kep.stage.get() != Some(Stage::Stable) {
            return None;
        }
        let implemented = kep.status.get() == Some(Status::Implemented);
        match kep
            .milestone(Stage::Stable)
            .or_else(|| kep.latest_milestone.get())
        {
            Some(release) if self.at.has_shipped(release) => {
                Some(format!("the KEP is stable since Kubernetes {release}"))
            }
            // Without a release, or without a calendar, the KEP's own word has to do.
            None if implemented => Some("the KEP is stable and implemented".to_owned()),
            Some(release) if implemented && self.at.current.is_none() => Some(format!(
                "the KEP is stable and implemented, in Kubernetes {release}"
            )),
            _ => None,
        }
    }

    fn left_open(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let kep = &self.entry.kep;
        let why = if let Some(why) = self.generally_available() {
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
                "close #{number}, or say on it what {} still has to do",
                self.runtime.name
            ),
        ))
    }

    fn title(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let number = tracking.issue.number;
        let kep = &self.entry.kep;
        let mend = format!(
            "rename #{number} to \"{}\"",
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

    fn number(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let kep = self.entry.kep.number;
        let others = tracking
            .numbers
            .found
            .iter()
            .copied()
            .filter(|(number, source)| {
                *source != crate::domain::tracking::NumberSource::Text
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
                    "make title, KEP(s) field and links of #{} name KEP-{kep}",
                    tracking.issue.number
                ),
            )
        })
    }

    fn shepherds(&self, tracking: &TrackingIssue) -> Vec<Finding> {
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
            found.push(self.finding(
                Code::ShepherdContradiction,
                Severity::Warning,
                Some(number),
                format!(
                    "KEP-Shepherd says {}, but {} is assigned",
                    names(tracking.shepherds.iter()),
                    names(unnamed.into_iter())
                ),
                format!("make the KEP-Shepherd field and the assignees of #{number} agree"),
            ));
        }
        found
    }

    fn labels(&self, tracking: &TrackingIssue) -> Vec<Finding> {
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

    fn milestone(&self, tracking: &TrackingIssue) -> Option<Finding> {
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
            self.finding(
                Code::MilestoneAfterFreeze,
                Severity::Advice,
                Some(number),
                format!("milestone {title} is due on {due}, after the code freeze of Kubernetes {target} on {freeze}"),
                format!("make sure that a beta of {title} has the work before {freeze}, so that Kubernetes {target} can be tested with it"),
            )
        })
    }

    fn stale(&self, tracking: &TrackingIssue) -> Option<Finding> {
        let last = tracking.issue.updated_at?;
        let silent = self.at.now - last;
        (self.at.in_cycle(self.entry) && silent > self.runtime.stale_after).then(|| {
            let number = tracking.issue.number;
            let who = if tracking.shepherds.is_empty() {
                "a maintainer".to_owned()
            } else {
                names(tracking.shepherds.iter())
            };
            self.finding(
                Code::Stale,
                Severity::Warning,
                Some(number),
                format!(
                    "nothing was said on #{number} for {} days (since {})",
                    silent.num_days(),
                    last.date_naive()
                ),
                format!("{who} writes on #{number} how the work stands"),
            )
        })
    }

    fn stage(&self, tracking: &TrackingIssue) -> Option<Finding> {
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
                    "#{number} says \"stage: {}\", but the KEP is {kep}",
                    first_line(tracking.stage.raw())
                ),
                format!("set the stage in the body of #{number} to {kep}"),
            )
        })
    }

    /// Nobody is recorded for the cycle, and the issue names nobody either.
    fn liaison(&self, tracking: &TrackingIssue) -> Option<Finding> {
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

fn names<'a>(logins: impl Iterator<Item = &'a Login>) -> String {
    logins.map(Login::as_str).collect::<Vec<_>>().join(", ")
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(60).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
