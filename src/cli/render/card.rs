//! The card of one KEP. Its first lines say what it is and where it stands; whoever has never
//! heard of KEPs or shepherds finds the words explained where they stand.

use chrono::{DateTime, Utc};

use super::{names, page::Page, ships};
use crate::domain::{
    Stage, Status,
    card::{Card, DateView, IssueView, KepView, RuntimeView},
};

pub(super) fn render(card: &Card, now: DateTime<Utc>, page: &mut Page) {
    let kep = &card.kep;
    page.title(&format!("KEP-{}: {}", kep.number, kep.title));
    page.line(&summary(card));
    page.line(&kep.url);
    kubernetes(kep, page);
    for runtime in &card.runtimes {
        render_runtime(runtime, page);
    }
    dates(&card.dates, now, page);
    findings(card, page);
    for other in &card.namesakes {
        page.blank();
        page.dim(&format!("Another KEP has the same number: {other}"));
    }
}

/// One sentence for a person in a hurry.
fn summary(card: &Card) -> String {
    let kep = &card.kep;
    let mut parts = Vec::new();
    match (kep.stage, kep.latest_milestone) {
        (Some(stage), Some(release)) => parts.push(format!("{stage} in Kubernetes {release}")),
        (Some(stage), None) => parts.push(stage.to_string()),
        (None, Some(release)) => parts.push(format!("aims at Kubernetes {release}")),
        (None, None) => {}
    }
    for runtime in &card.runtimes {
        let name = &runtime.runtime;
        let open = runtime.issues.iter().find(|issue| issue.state == "open");
        parts.push(match (open.or(runtime.issues.first()), runtime.ships_in) {
            (None, _) => format!("not tracked in {name}"),
            (Some(issue), Some(ships)) => format!(
                "{name} {} (#{}, {})",
                ships.release, issue.number, issue.state
            ),
            (Some(issue), None) => format!("{name} #{} ({})", issue.number, issue.state),
        });
    }
    let todo = card
        .findings
        .iter()
        .filter(|finding| finding.severity < crate::domain::finding::Severity::Advice)
        .count();
    parts.push(match todo {
        0 => "nothing urgent missing".to_owned(),
        1 => "1 thing needs somebody".to_owned(),
        many => format!("{many} things need somebody"),
    });
    parts.join(" · ")
}

fn kubernetes(kep: &KepView, page: &mut Page) {
    page.heading("In Kubernetes");
    if kep.path.is_none() {
        page.row(
            "Proposal",
            "not merged yet: kubernetes/enhancements has no kep.yaml for it",
        );
        return;
    }
    let written = |field| {
        kep.as_written
            .get(field)
            .map(|raw| format!("; the file says \"{raw}\""))
            .unwrap_or_default()
    };
    let status = kep.status.map_or("not understood".to_owned(), |status| {
        format!("{status}: {}", meaning(status))
    });
    page.row("Status", &format!("{status}{}", written("status")));
    let stage = kep.stage.map_or("none yet".to_owned(), |stage| {
        format!("{stage}: {}", effect(stage))
    });
    page.row("Stage", &format!("{stage}{}", written("stage")));
    let plan: Vec<String> = Stage::ALL
        .iter()
        .filter_map(|stage| {
            let release = kep.milestones.get(stage.as_str())?;
            Some(format!(
                "{stage} {}",
                release.map_or("open".to_owned(), |release| release.to_string())
            ))
        })
        .collect();
    if !plan.is_empty() {
        page.row("Releases", &plan.join(" → "));
    }
    if !kep.feature_gates.is_empty() {
        page.row("Feature gate", &kep.feature_gates.join(", "));
    }
    if let Some(sig) = &kep.sig {
        page.row("Owned by", &format!("{sig}: {}", kep.authors.join(", ")));
    }
    let with_mark = |people: &[Box<str>], assigned: &[crate::domain::Login]| {
        let marked = people.iter().map(|name| {
            let is_assigned = assigned
                .iter()
                .any(|login| login.as_str().eq_ignore_ascii_case(name));
            if is_assigned {
                format!("{name} (assigned)")
            } else {
                name.to_string()
            }
        });
        marked.collect::<Vec<_>>().join(", ")
    };
    if !kep.reviewers.is_empty() {
        page.row(
            "Reviewers",
            &with_mark(&kep.reviewers, &kep.assigned_reviewers),
        );
    }
    if !kep.approvers.is_empty() {
        page.row(
            "Approvers",
            &with_mark(&kep.approvers, &kep.assigned_approvers),
        );
    }
}

fn meaning(status: Status) -> &'static str {
    match status {
        Status::Provisional => "a draft, not approved yet",
        Status::Implementable => "approved, work goes on",
        Status::Implemented => "done",
        Status::Deferred => "put off",
        Status::Rejected => "refused",
        Status::Withdrawn => "taken back by its authors",
        Status::Replaced => "another proposal took its place",
    }
}

fn effect(stage: Stage) -> &'static str {
    match stage {
        Stage::Alpha => "for trying out, off by default",
        Stage::Beta => "nearly finished, usually on by default",
        Stage::Stable => "generally available",
        Stage::Deprecated => "on its way out",
        Stage::Disabled => "on its way out, off by default",
        Stage::Removed => "gone",
    }
}

fn render_runtime(runtime: &RuntimeView, page: &mut Page) {
    page.heading(&format!("In {}", runtime.runtime));
    if runtime.issues.is_empty() {
        page.row("Tracked in", "no issue");
    }
    for issue in &runtime.issues {
        page.row(
            "Tracked in",
            &format!("#{}, {}: {}", issue.number, issue.state, issue.title),
        );
        page.row("", &issue.url);
        issue_rows(issue, page);
    }
    if !runtime.issues.is_empty() || runtime.ships_in.is_some() {
        page.row(
            "Ships in",
            &runtime.ships_in.map_or_else(
                || {
                    format!(
                        "not known: no milestone says which {} release",
                        runtime.runtime
                    )
                },
                |known| format!("{} {}", runtime.runtime, ships(known)),
            ),
        );
    }
    for pull in &runtime.pulls {
        page.row(
            "Pull request",
            &format!("#{}, {}: {}", pull.number, pull.state, pull.title),
        );
    }
}

fn issue_rows(issue: &IssueView, page: &mut Page) {
    let people = |logins: &[crate::domain::Login], role: &str| {
        if logins.is_empty() {
            format!("nobody ({role})")
        } else {
            format!("{} ({role})", names(logins))
        }
    };
    page.row(
        "Shepherd",
        &people(&issue.shepherds, "the maintainer who sees it through"),
    );
    page.row(
        "Liaison",
        &people(
            &issue.liaisons,
            "carries news between SIG-Node and the runtime",
        ),
    );
    if !issue.owners.is_empty() {
        page.row("Owner", &names(&issue.owners));
    }
    let list = |releases: &[crate::domain::Release]| {
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
        page.row("It says", &says.join(", "));
    }
    if let Some(milestone) = &issue.milestone {
        page.row("Milestone", milestone);
    }
}

/// The days ahead, one a line.
pub(super) fn dates(dates: &[DateView], now: DateTime<Utc>, page: &mut Page) {
    if dates.is_empty() {
        return;
    }
    page.heading("Dates ahead");
    for date in dates {
        // The instant is noon UTC of the day after: the end of the day where it ends last.
        let day = (date.at - chrono::TimeDelta::hours(12))
            .date_naive()
            .pred_opt()
            .unwrap_or_default();
        let day = if date.at.time() == chrono::NaiveTime::MIN {
            date.at.date_naive()
        } else {
            day
        };
        let left = (date.at - now).num_days();
        let left = match left {
            0 => "within a day".to_owned(),
            1 => "in 1 day".to_owned(),
            many => format!("in {many} days"),
        };
        page.row(
            &day.format("%a %-d %b").to_string(),
            &format!(
                "{} of Kubernetes {} ({left})",
                date.what.name(),
                date.release
            ),
        );
    }
}

fn findings(card: &Card, page: &mut Page) {
    if card.findings.is_empty() {
        page.blank();
        page.line("Nothing is missing.");
        return;
    }
    page.heading("What is missing");
    for finding in &card.findings {
        page.finding(
            finding.severity,
            &finding.evidence,
            &finding.mend,
            finding.code.as_str(),
        );
    }
}
