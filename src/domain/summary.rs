//! A KEP in three short lines: where it stands in Kubernetes, where in the runtime and who has it,
//! and what there is to do. Every answer for people begins with them, whatever it is shown on.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{
    IssueState, Login, Release, Stage, Status,
    card::{Card, IssueView, RuntimeView},
    cycle::CycleEvent,
    finding::{FindingCode, Severity},
    ships::{ShipsFrom, ShipsIn},
};

/// The lines.
#[derive(Debug)]
pub struct Summary<'a> {
    /// `alpha since 1.36; off by default`
    pub kubernetes: String,
    /// One for each runtime.
    pub runtimes: Vec<RuntimeLine<'a>>,
    /// `1 error, 3 warnings, 1 piece of advice below`
    pub to_do: String,
}

/// The line of one runtime.
#[derive(Debug)]
pub struct RuntimeLine<'a> {
    /// The runtime's name.
    pub name: &'a str,
    /// What is to be said, piece by piece.
    pub says: Vec<String>,
    /// The issues to look at: the open ones, or else the closed ones.
    pub issues: Vec<&'a IssueView>,
}

/// Where somebody who can mend nothing may ask.
#[derive(Debug)]
pub struct Ask {
    /// `Not a maintainer? Ask on`
    pub words: String,
    /// What the place is called, `#12814`; blank where its address has to do.
    pub label: String,
    /// Its address.
    pub url: String,
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.label.is_empty() {
            write!(f, "{} {}", self.words, self.url)
        } else {
            write!(f, "{} {}.", self.words, self.label)
        }
    }
}

impl Card {
    /// The KEP in three short lines.
    pub fn summary(&self, now: DateTime<Utc>) -> Summary<'_> {
        self.summary_until(Some(now))
    }

    /// The same in words that do not grow old: days by their names, and nothing of a
    /// release that is not known.
    pub fn lasting_summary(&self) -> Summary<'_> {
        self.summary_until(None)
    }

    fn summary_until(&self, now: Option<DateTime<Utc>>) -> Summary<'_> {
        Summary {
            kubernetes: kubernetes(self, now),
            runtimes: self
                .runtimes
                .iter()
                .map(|runtime| self.runtime_line(runtime, now.is_some()))
                .collect(),
            to_do: self.to_do(),
        }
    }

    /// For whoever can mend nothing that is missing: where to ask.
    pub fn where_to_ask(&self) -> Ask {
        let issues = || self.runtimes.iter().flat_map(|runtime| &runtime.issues);
        let on_issue = self.findings.iter().find_map(|finding| {
            let number = finding.issue?;
            let issue = issues().find(|issue| issue.number == number)?;
            Some((number, &*issue.url))
        });
        let untracked = self
            .findings
            .iter()
            .find(|finding| finding.code == FindingCode::Untracked)
            .and_then(|finding| {
                let runtimes = self.runtimes.iter();
                runtimes
                    .into_iter()
                    .find(|runtime| finding.runtime.as_ref() == Some(&runtime.runtime))
            });
        match (on_issue, untracked) {
            (Some((number, url)), _) => Ask {
                words: "Not a maintainer? Ask on".to_owned(),
                label: format!("#{number}"),
                url: url.to_owned(),
            },
            (None, Some(runtime)) => Ask {
                words: format!(
                    "Not the KEP's owner? Ask a maintainer of {}, or open it yourself:",
                    runtime.runtime
                ),
                label: String::new(),
                url: format!(
                    "https://github.com/{}/issues/new/choose",
                    runtime.repository
                ),
            },
            (None, None) => Ask {
                words: "Not the KEP's owner? Ask on".to_owned(),
                label: String::new(),
                url: self.kep.url.clone(),
            },
        }
    }

    fn to_do(&self) -> String {
        let parts: Vec<String> = [
            (Severity::Error, "error", "errors"),
            (Severity::Warning, "warning", "warnings"),
            (Severity::Advice, "piece of advice", "pieces of advice"),
        ]
        .into_iter()
        .filter_map(|(severity, one, many)| match self.count(severity) {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        })
        .collect();
        match (self.urgent(), parts.is_empty()) {
            (_, true) if !self.knows_issues => "nothing in the KEP's own files".to_owned(),
            (_, true) => "nothing".to_owned(),
            (0, false) => format!("nothing urgent; {} below", parts.join(", ")),
            (_, false) => format!("{} below", parts.join(", ")),
        }
    }

    fn runtime_line<'a>(&'a self, runtime: &'a RuntimeView, guesses: bool) -> RuntimeLine<'a> {
        let line = |says, issues| RuntimeLine {
            name: &runtime.runtime,
            says,
            issues,
        };
        if !self.knows_issues {
            let unknown = "not known: no tracking issues were read";
            return line(vec![unknown.to_owned()], Vec::new());
        }
        let ships = ships(runtime, guesses);
        if runtime.issues.is_empty() {
            let untracked = Some("no tracking issue".to_owned());
            return line(untracked.into_iter().chain(ships).collect(), Vec::new());
        }
        let unknown = || guesses.then(|| "release not known".to_owned());
        let ships = ships.or_else(unknown);
        let shepherds = shepherds(runtime);
        let nobody = self.findings.iter().any(|finding| {
            finding.code == FindingCode::NoShepherd
                && finding.runtime.as_ref() == Some(&runtime.runtime)
        });
        let says = match (shepherds.as_slice(), self.when.under_way) {
            ([], _) if nobody => {
                let nobody = Some("nobody shepherds it".to_owned());
                let both: Vec<String> = nobody.into_iter().chain(ships).collect();
                vec![both.join(", ")]
            }
            ([], _) => ships.into_iter().collect(),
            (all, under_way) => {
                let names = all.iter().map(|login| named(login, runtime));
                let verb = match (under_way, all.len()) {
                    (false, _) => "shepherded it",
                    (true, 1) => "shepherds",
                    (true, _) => "shepherd",
                };
                let shepherds = format!("{} {verb}", names.collect::<Vec<_>>().join(", "));
                ships.into_iter().chain([shepherds]).collect()
            }
        };
        let open = runtime.issues.iter().filter(|issue| issue.is_open());
        let mut issues: Vec<&IssueView> = open.collect();
        if issues.is_empty() {
            issues = runtime.issues.iter().collect();
        }
        line(says, issues)
    }
}

impl IssueView {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.ending == IssueState::Open
    }

    /// Open, or how it was closed, in words.
    pub fn state_in_words(&self) -> &'static str {
        match self.ending {
            IssueState::Open => "open",
            IssueState::Completed => "closed",
            IssueState::NotPlanned => "closed as not planned",
            IssueState::Duplicate => "closed as a duplicate",
        }
    }
}

impl RuntimeView {
    /// The tracking issue whose milestone says what it ships in, where one does.
    pub fn ships_by_issue(&self) -> Option<u64> {
        let ships = self
            .ships_in
            .filter(|ships| ships.from == ShipsFrom::Milestone)?;
        let mut issues = self.issues.iter();
        issues
            .find(|issue| issue.milestone_release == Some(ships.release))
            .map(|issue| issue.number)
    }

    /// Whether somebody is known to be no maintainer.
    pub fn is_stranger(&self, login: &Login) -> bool {
        !self.maintainers.is_empty() && !self.maintainers.contains(login)
    }
}

fn named(login: &Login, runtime: &RuntimeView) -> String {
    if runtime.is_stranger(login) {
        format!("{login} (no maintainer)")
    } else {
        login.to_string()
    }
}

/// The shepherds of all its issues, each once.
fn shepherds(runtime: &RuntimeView) -> Vec<&Login> {
    let all = runtime.issues.iter().flat_map(|issue| &issue.shepherds);
    super::text::each_once(all)
}

fn ships(runtime: &RuntimeView, guesses: bool) -> Option<String> {
    let ShipsIn { release, from } = runtime
        .ships_in
        .filter(|ships| guesses || ships.from != ShipsFrom::Guess)?;
    let merged = runtime
        .pulls
        .iter()
        .any(|pull| Some(pull.number) == runtime.ships_by_pull && pull.state == "merged");
    let (expected, by) = match from {
        ShipsFrom::Guess => ("perhaps ", "a guess"),
        ShipsFrom::Milestone => ("expected ", "milestone"),
        ShipsFrom::PullRequest if merged => ("expected ", "merged pull request"),
        ShipsFrom::PullRequest => ("expected ", "open pull request"),
    };
    let expected = if runtime.is_out && from != ShipsFrom::Guess {
        ""
    } else {
        expected
    };
    Some(format!("{expected}in {release} ({by})"))
}

fn kubernetes(card: &Card, now: Option<DateTime<Utc>>) -> String {
    let kep = &card.kep;
    if kep.path.is_none() {
        return if card.knows_keps {
            "not merged yet: there is no kep.yaml".to_owned()
        } else {
            "not known: no kep.yaml was read".to_owned()
        };
    }
    if let Some(status) = kep.status.filter(|status| status.is_given_up()) {
        return format!("{status}: {}", status.meaning());
    }
    let mut parts = Stands { card, now }.parts();
    if kep.status == Some(Status::Provisional) && kep.stage.is_some() {
        parts.insert(0, "draft".to_owned());
    }
    parts.join("; ")
}

/// Where a KEP stands between its stages.
struct Stands<'a> {
    card: &'a Card,
    now: Option<DateTime<Utc>>,
}

impl Stands<'_> {
    fn parts(&self) -> Vec<String> {
        let kep = &self.card.kep;
        let mut parts = Vec::new();
        // The release that was named as what is aimed at.
        let mut aim = None;
        match (kep.stage, kep.status) {
            (Some(stage), _) => aim = self.of_stage(stage, &mut parts),
            (None, Some(status)) => parts.push(status.meaning().to_owned()),
            (None, None) => parts.push("stage not known".to_owned()),
        }
        let latest = kep.latest_milestone.filter(|latest| self.is_ahead(*latest));
        let next = self.card.when.cycle.or(latest);
        if let Some(next) = next.filter(|_| aim.is_none() && self.card.when.under_way) {
            parts.push(format!("aims at {next}{}", self.freeze(next)));
        } else if parts.len() == 1 && aim.is_none() && kep.stage == Some(Stage::Alpha) {
            parts.push("off by default".to_owned());
        }
        parts
    }

    /// What is so since when, and what comes next; gives the release that this names as the next.
    fn of_stage(&self, stage: Stage, parts: &mut Vec<String>) -> Option<Release> {
        let Some(release) = self.release_of(stage) else {
            parts.push(stage.to_string());
            return None;
        };
        let planned = |stage: Stage, release| {
            format!("{stage} planned for {release}{}", self.freeze(release))
        };
        match self.card.when.shipped.get(&release) {
            None => {
                parts.push(format!("{stage} in {release}"));
                None
            }
            Some(false) => {
                let before = Stage::ALL.into_iter().filter(|before| *before < stage);
                let reached = before.rev().find_map(|before| {
                    Some((
                        before,
                        self.release_of(before)
                            .filter(|release| !self.is_ahead(*release))?,
                    ))
                });
                parts.extend(reached.map(|(before, since)| format!("{before} since {since}")));
                parts.push(planned(stage, release));
                Some(release)
            }
            Some(true) => {
                parts.push(format!("{stage} since {release}"));
                let mut after = Stage::ALL.into_iter().filter(|after| *after > stage);
                let (next, release) =
                    after.find_map(|after| Some((after, self.release_of(after)?)))?;
                if self.is_ahead(release) {
                    parts.push(planned(next, release));
                    return Some(release);
                }
                parts.push(format!("{next} was planned for {release}"));
                None
            }
        }
    }

    fn release_of(&self, stage: Stage) -> Option<Release> {
        let kep = &self.card.kep;
        let latest = kep.latest_milestone.filter(|_| kep.stage == Some(stage));
        kep.milestones
            .get(stage.as_str())
            .copied()
            .flatten()
            .or(latest)
    }

    fn is_ahead(&self, release: Release) -> bool {
        self.card.when.shipped.get(&release) == Some(&false)
    }

    /// `, code freeze in 16 days` (or `on 22 Jul`), for the release that people work on.
    fn freeze(&self, release: Release) -> String {
        let freeze = self.card.dates.iter().find(|date| {
            date.what == CycleEvent::CodeFreeze
                && date.release == release
                && self.card.when.cycle == Some(release)
        });
        freeze
            .map(|date| match self.now {
                Some(now) => format!(", code freeze {}", date.left(now)),
                None => format!(", code freeze on {}", date.day().format("%-d %b")),
            })
            .unwrap_or_default()
    }
}
