//! The card of one KEP. Its first lines say what it is and where it stands; whoever has never
//! heard of KEPs or shepherds finds the words explained where they stand.

use chrono::{DateTime, Utc};

use super::{names, page::Page, ships};
use crate::domain::{
    Stage, Status,
    card::{Card, DateView, IssueView, KepView, RuntimeView},
    ships::{ShipsFrom, ShipsIn},
};

pub(super) fn render(card: &Card, now: DateTime<Utc>, page: &mut Page) {
    let kep = &card.kep;
    page.title(&format!("KEP-{}: {}", kep.number, kep.title));
    page.line(&summary(card));
    page.line(&kep.url);
    kubernetes(kep, card.knows_keps, page);
    for runtime in &card.runtimes {
        render_runtime(runtime, card.knows_issues, page);
    }
    dates(&card.dates, now, page);
    findings(card, page);
    for other in &card.namesakes {
        page.blank();
        page.dim(&format!("Another KEP has the same number: {other}"));
    }
}

/// What a person in a hurry wants to know: where it stands, who has it, whether it needs somebody.
fn summary(card: &Card) -> String {
    let kep = &card.kep;
    let stands = match (kep.stage, kep.status) {
        (Some(stage), _) => stage.to_string(),
        (None, Some(Status::Provisional)) => "draft".to_owned(),
        (None, Some(status)) => status.to_string(),
        (None, None) if kep.path.is_none() && card.knows_keps => "not merged yet".to_owned(),
        (None, None) => "stage not known".to_owned(),
    };
    let release = kep
        .latest_milestone
        .map(|release| format!(" in Kubernetes {release}"));
    let mut sentences = vec![format!("{stands}{}.", release.unwrap_or_default())];
    for runtime in card.runtimes.iter().filter(|_| card.knows_issues) {
        let name = &runtime.runtime;
        // Open ones come first.
        let tracked = match runtime.issues.first() {
            None => "not tracked".to_owned(),
            Some(issue) if issue.state == "open" => format!("tracked in #{}", issue.number),
            Some(issue) => format!("tracked in #{}, closed", issue.number),
        };
        let ships = match runtime.ships_in {
            None => String::new(),
            Some(ShipsIn {
                release,
                from: ShipsFrom::Guess,
            }) => format!(", perhaps in {name} {release}"),
            Some(ShipsIn { release, .. }) => format!(", in {name} {release}"),
        };
        sentences.push(format!("{name}: {tracked}{ships}."));
    }
    sentences.push(match card.urgent() {
        0 => "Nothing urgent is missing.".to_owned(),
        1 => "1 thing needs somebody.".to_owned(),
        many => format!("{many} things need somebody."),
    });
    let text = sentences.join(" ");
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn kubernetes(kep: &KepView, knows_keps: bool, page: &mut Page) {
    page.heading("In Kubernetes");
    if kep.path.is_none() {
        page.row(
            "Proposal",
            if knows_keps {
                "not merged yet: kubernetes/enhancements has no kep.yaml for it"
            } else {
                "not known: no kep.yaml was read (give --enhancements-dir)"
            },
        );
        return;
    }
    let sig = kep.sig.as_deref().unwrap_or("no SIG");
    page.row(
        "Proposal",
        &format!(
            "Kubernetes Enhancement Proposal (KEP) of {sig}, by {}",
            kep.authors.join(", ")
        ),
    );
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

fn render_runtime(runtime: &RuntimeView, knows_issues: bool, page: &mut Page) {
    page.heading(&format!("In {}", runtime.runtime));
    if !knows_issues {
        page.row(
            "Tracked in",
            "not known: no tracking issues were read (give --tracking-file)",
        );
        return;
    }
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
        page.row("Issue says", &says.join(", "));
    }
    if let Some(milestone) = &issue.milestone {
        page.row("Milestone", milestone);
    }
}

/// The days ahead, one a line; what falls on one day stands together.
pub(super) fn dates(dates: &[DateView], now: DateTime<Utc>, page: &mut Page) {
    if dates.is_empty() {
        return;
    }
    page.heading("Dates ahead");
    for same in dates.chunk_by(|one, next| (one.day(), one.release) == (next.day(), next.release)) {
        let day = same[0].day();
        let names: Vec<&str> = same.iter().map(|date| date.what.name()).collect();
        let left = match (day - now.date_naive()).num_days() {
            ..=0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            many => format!("in {many} days"),
        };
        let text = format!(
            "{} of Kubernetes {} ({left})",
            names.join(" and "),
            same[0].release
        );
        page.row(&day.format("%a %-d %b %Y").to_string(), &text);
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
