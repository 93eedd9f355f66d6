//! The particulars of a KEP, section by section and row by row, in words: the Kubernetes side and
//! each runtime's. Whoever has never heard of KEPs or shepherds finds the words explained where
//! they stand.

use super::{
    Login, Release, Stage,
    card::{Card, IssueView, RuntimeView},
    ships::{ShipsFrom, ShipsIn},
};

/// One side of a KEP.
#[derive(Debug)]
pub struct Section<'a> {
    /// `In Kubernetes`
    pub title: String,
    /// What is to be said.
    pub rows: Vec<Row<'a>>,
}

/// One particular.
#[derive(Debug)]
pub struct Row<'a> {
    /// `Shepherd`
    pub label: String,
    /// What is to be said of it.
    pub text: String,
    /// Where it stands.
    pub link: Option<&'a str>,
    /// What was not read, so that nothing can be said.
    pub unread: Option<Unread>,
}

/// A source that was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// The `kep.yaml` files.
    Keps,
    /// The runtimes' issues.
    Issues,
}

fn row<'a>(label: impl Into<String>, text: impl Into<String>) -> Row<'a> {
    Row {
        label: label.into(),
        text: text.into(),
        link: None,
        unread: None,
    }
}

impl Card {
    /// The particulars.
    pub fn details(&self) -> Vec<Section<'_>> {
        let kubernetes = Section {
            title: "In Kubernetes".to_owned(),
            rows: kubernetes(self),
        };
        let runtimes = self.runtimes.iter().map(|runtime| Section {
            title: format!("In {}", runtime.runtime),
            rows: in_runtime(runtime, self),
        });
        std::iter::once(kubernetes).chain(runtimes).collect()
    }
}

fn kubernetes(card: &Card) -> Vec<Row<'_>> {
    let kep = &card.kep;
    if kep.path.is_none() {
        return vec![if card.knows_keps {
            row(
                "Proposal",
                "not merged yet: kubernetes/enhancements has no kep.yaml for it",
            )
        } else {
            Row {
                unread: Some(Unread::Keps),
                ..row("Proposal", "not known: no kep.yaml was read")
            }
        }];
    }
    let mut rows = Vec::new();
    let sig = kep.sig.as_deref().unwrap_or("no SIG");
    rows.push(row(
        "Proposal",
        format!(
            "Kubernetes Enhancement Proposal (KEP) of {sig}, by {}",
            kep.authors.join(", ")
        ),
    ));
    let written = |field| {
        kep.as_written
            .get(field)
            .map(|raw| format!("; the file says \"{raw}\""))
            .unwrap_or_default()
    };
    let status = kep.status.map_or("not understood".to_owned(), |status| {
        format!("{status}: {}", status.meaning())
    });
    rows.push(row("Status", format!("{status}{}", written("status"))));
    let stage = kep.stage.map_or("none yet".to_owned(), |stage| {
        format!("{stage}: {}", stage.effect())
    });
    rows.push(row("Stage", format!("{stage}{}", written("stage"))));
    let plan: Vec<String> = Stage::ALL
        .iter()
        .filter_map(|stage| {
            let release = kep.milestones.get(stage.as_str())?;
            Some(match release {
                None => format!("{stage} open"),
                Some(release) => {
                    let planned = match card.when.shipped.get(release) {
                        Some(false) => " (planned)",
                        // That release is out, and the KEP did not get there.
                        Some(true) if kep.stage < Some(*stage) => " (was planned)",
                        _ => "",
                    };
                    format!("{stage} {release}{planned}")
                }
            })
        })
        .collect();
    if !plan.is_empty() {
        rows.push(row("Releases", plan.join(", ")));
    }
    if !kep.feature_gates.is_empty() {
        rows.push(row("Feature gate", kep.feature_gates.join(", ")));
    }
    if !kep.reviewers.is_empty() {
        rows.push(row(
            "Reviewers",
            assigned_first(&kep.reviewers, &kep.assigned_reviewers),
        ));
    }
    if !kep.approvers.is_empty() {
        rows.push(row(
            "Approvers",
            assigned_first(&kep.approvers, &kep.assigned_approvers),
        ));
    }
    rows
}

/// `assigned: mikebrow; also haircommander, samuelkarp`
fn assigned_first(people: &[Box<str>], assigned: &[Login]) -> String {
    let (first, also): (Vec<&str>, Vec<&str>) =
        people.iter().map(AsRef::as_ref).partition(|name| {
            assigned
                .iter()
                .any(|login| login.as_str().eq_ignore_ascii_case(name))
        });
    let (first, also) = (first.join(", "), also.join(", "));
    match (first.is_empty(), also.is_empty()) {
        (true, _) => also,
        (false, true) => format!("assigned: {first}"),
        (false, false) => format!("assigned: {first}; also {also}"),
    }
}

fn in_runtime<'a>(runtime: &'a RuntimeView, card: &'a Card) -> Vec<Row<'a>> {
    if !card.knows_issues {
        return vec![Row {
            unread: Some(Unread::Issues),
            ..row("Tracked in", "not known: no tracking issues were read")
        }];
    }
    let mut rows = Vec::new();
    if runtime.issues.is_empty() {
        rows.push(row("Tracked in", "no issue"));
    }
    for (at, issue) in runtime.issues.iter().enumerate() {
        let state = issue.state_in_words();
        rows.push(Row {
            link: Some(&issue.url),
            ..row(
                "Tracked in",
                format!("#{}, {state}: {}", issue.number, issue.title),
            )
        });
        let roles = People {
            runtime,
            explain: at == 0,
            wanted: issue.is_open() && card.when.under_way,
        };
        rows.push(row("Shepherd", roles.shepherds(&issue.shepherds)));
        rows.push(row("Liaison", roles.liaisons(&issue.liaisons)));
        issue_rows(issue, runtime, &mut rows);
    }
    if !runtime.issues.is_empty() || runtime.ships_in.is_some() {
        rows.push(row("Ships in", ships(runtime)));
    }
    if runtime.pulls.is_empty() {
        rows.push(row("Pull request", "none found"));
    }
    rows.extend(runtime.pulls.iter().map(|pull| Row {
        link: Some(&pull.url),
        ..row(
            "Pull request",
            format!("#{}, {}: {}", pull.number, pull.state, pull.title),
        )
    }));
    rows
}

/// Who has a part in an issue, with the part explained where it first stands.
struct People<'a> {
    runtime: &'a RuntimeView,
    explain: bool,
    /// Whether somebody should be found where there is nobody.
    wanted: bool,
}

impl People<'_> {
    fn shepherds(&self, shepherds: &[Login]) -> String {
        let strangers: Vec<&Login> = shepherds
            .iter()
            .filter(|login| self.runtime.is_stranger(login))
            .collect();
        let gloss = match (shepherds, strangers.len()) {
            ([], _) if !self.wanted => return "nobody".to_owned(),
            ([], _) => "should be a maintainer who sees it through",
            ([_], 0) => "the maintainer who sees it through",
            (_, 0) => "the maintainers who see it through",
            ([_], _) => "no maintainer; should be one who sees it through",
            (all, some) if all.len() == some => {
                "no maintainers; should be maintainers who see it through"
            }
            _ => return format!("{} (no maintainer: {})", names(shepherds), names(strangers)),
        };
        let who = if shepherds.is_empty() {
            "nobody yet".to_owned()
        } else {
            names(shepherds)
        };
        if self.explain || !strangers.is_empty() {
            format!("{who} ({gloss})")
        } else {
            who
        }
    }

    fn liaisons(&self, liaisons: &[Login]) -> String {
        let who = match liaisons {
            [] => "nobody named".to_owned(),
            liaisons => names(liaisons),
        };
        if self.explain {
            let runtime = &self.runtime.runtime;
            format!("{who} (carries news between Kubernetes SIG Node and {runtime})")
        } else {
            who
        }
    }
}

fn issue_rows(issue: &IssueView, runtime: &RuntimeView, rows: &mut Vec<Row<'_>>) {
    if !issue.owners.is_empty() {
        rows.push(row("Owner", names(&issue.owners)));
    }
    let list = |releases: &[Release]| {
        releases
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut says = Vec::new();
    if let Some(stage) = issue.stage {
        says.push(stage.to_string());
    }
    if !issue.releases.is_empty() {
        says.push(format!("for Kubernetes {}", list(&issue.releases)));
    }
    if !issue.label_releases.is_empty() {
        says.push(format!("labelled {}", list(&issue.label_releases)));
    }
    if !says.is_empty() {
        rows.push(row(format!("#{} says", issue.number), says.join(", ")));
    }
    if let Some(milestone) = &issue.milestone
        && !(runtime.ships_by_issue() == Some(issue.number) && Release::parse(milestone).is_some())
    {
        rows.push(row("Milestone", &**milestone));
    }
}

/// The runtime's release, and how it is known.
fn ships(runtime: &RuntimeView) -> String {
    let name = &runtime.runtime;
    let Some(ShipsIn { release, from }) = runtime.ships_in else {
        return format!("not known: no milestone says which {name} release");
    };
    let from = match (from, runtime.ships_by_issue(), runtime.ships_by_pull) {
        (ShipsFrom::Milestone, Some(issue), _) => format!("the milestone of #{issue}"),
        (ShipsFrom::PullRequest, _, Some(pull)) => {
            format!("the milestone of pull request #{pull}")
        }
        (ShipsFrom::Guess, ..) => "a guess: the next release after the code freeze".to_owned(),
        _ => "a milestone".to_owned(),
    };
    format!("{name} {release} ({from})")
}

/// Logins with commas between.
fn names<'a>(logins: impl IntoIterator<Item = &'a Login>) -> String {
    let logins = logins.into_iter().map(Login::as_str);
    logins.collect::<Vec<_>>().join(", ")
}
