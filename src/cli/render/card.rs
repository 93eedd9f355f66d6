//! The card of one KEP. Its first lines say what it is and where it stands; whoever has never
//! heard of KEPs or shepherds finds the words explained where they stand.

use chrono::{DateTime, Utc};

use unicode_width::UnicodeWidthStr as _;

use super::{names, page::Page};
use crate::domain::{
    Login, Release, Stage,
    card::{Card, DateView, IssueView, RuntimeView},
    ships::{ShipsFrom, ShipsIn},
};

pub(super) fn render(card: &Card, now: DateTime<Utc>, page: &mut Page) {
    let kep = &card.kep;
    page.title(&format!("KEP-{}: {}", kep.number, kep.title));
    summary(card, now, page);
    page.line(&kep.url);
    kubernetes(card, page);
    for runtime in &card.runtimes {
        render_runtime(runtime, card, page);
    }
    if card.when.days_concern_it {
        dates(&card.dates, now, page);
    }
    findings(card, page);
    for other in &card.namesakes {
        page.blank();
        page.dim(&format!("Another KEP has the same number: {other}"));
    }
}

/// What a person in a hurry wants to know.
fn summary(card: &Card, now: DateTime<Utc>, page: &mut Page) {
    const KUBERNETES: &str = "Kubernetes";
    let summary = card.summary(now);
    let names = summary.runtimes.iter().map(|line| line.name.width());
    let wide = names.max().unwrap_or_default().clamp(KUBERNETES.len(), 20);
    page.labelled(KUBERNETES, wide, &summary.kubernetes);
    for line in &summary.runtimes {
        let mut says = line.says.clone();
        if !line.issues.is_empty() {
            let issues = line.issues.iter().map(|issue| {
                let closed = if issue.is_open() { "" } else { " (closed)" };
                format!("#{}{closed}", issue.number)
            });
            says.push(issues.collect::<Vec<_>>().join(", "));
        }
        page.labelled(line.name, wide, &says.join("\u{a0}· "));
    }
    page.labelled("To do", wide, &summary.to_do);
}

fn kubernetes(card: &Card, page: &mut Page) {
    let kep = &card.kep;
    page.heading("In Kubernetes");
    if kep.path.is_none() {
        page.row(
            "Proposal",
            if card.knows_keps {
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
        format!("{status}: {}", status.meaning())
    });
    page.row("Status", &format!("{status}{}", written("status")));
    let stage = kep.stage.map_or("none yet".to_owned(), |stage| {
        format!("{stage}: {}", stage.effect())
    });
    page.row("Stage", &format!("{stage}{}", written("stage")));
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
        page.row("Releases", &plan.join(", "));
    }
    if !kep.feature_gates.is_empty() {
        page.row("Feature gate", &kep.feature_gates.join(", "));
    }
    if !kep.reviewers.is_empty() {
        page.row(
            "Reviewers",
            &assigned_first(&kep.reviewers, &kep.assigned_reviewers),
        );
    }
    if !kep.approvers.is_empty() {
        page.row(
            "Approvers",
            &assigned_first(&kep.approvers, &kep.assigned_approvers),
        );
    }
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

fn render_runtime(runtime: &RuntimeView, card: &Card, page: &mut Page) {
    page.heading(&format!("In {}", runtime.runtime));
    if !card.knows_issues {
        page.row(
            "Tracked in",
            "not known: no tracking issues were read (give --tracking-file)",
        );
        return;
    }
    if runtime.issues.is_empty() {
        page.row("Tracked in", "no issue");
    }
    for (at, issue) in runtime.issues.iter().enumerate() {
        page.row(
            "Tracked in",
            &format!(
                "#{}, {}: {}",
                issue.number,
                issue.state_in_words(),
                issue.title
            ),
        );
        page.row("", &issue.url);
        let roles = People {
            runtime,
            explain: at == 0,
            wanted: issue.is_open() && card.when.under_way,
        };
        page.row("Shepherd", &roles.shepherds(&issue.shepherds));
        page.row("Liaison", &roles.liaisons(&issue.liaisons));
        issue_rows(issue, runtime, page);
    }
    if !runtime.issues.is_empty() || runtime.ships_in.is_some() {
        page.row("Ships in", &ships(runtime));
    }
    if runtime.pulls.is_empty() {
        page.row("Pull request", "none found");
    }
    for pull in &runtime.pulls {
        page.row(
            "Pull request",
            &format!("#{}, {}: {}", pull.number, pull.state, pull.title),
        );
        page.row("", &pull.url);
    }
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

fn issue_rows(issue: &IssueView, runtime: &RuntimeView, page: &mut Page) {
    if !issue.owners.is_empty() {
        page.row("Owner", &names(&issue.owners));
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
        page.row(&format!("#{} says", issue.number), &says.join(", "));
    }
    if let Some(milestone) = &issue.milestone
        && !(runtime.ships_by_issue() == Some(issue.number) && Release::parse(milestone).is_some())
    {
        page.row("Milestone", milestone);
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

/// The days ahead, one a line; what falls on one day stands together.
pub(super) fn dates(dates: &[DateView], now: DateTime<Utc>, page: &mut Page) {
    if dates.is_empty() {
        return;
    }
    page.heading("Dates ahead");
    for same in dates.chunk_by(|one, next| (one.day(), one.release) == (next.day(), next.release)) {
        let day = same[0].day();
        let names: Vec<&str> = same.iter().map(|date| date.what.name()).collect();
        let text = format!(
            "{} of Kubernetes {} ({})",
            names.join(" and "),
            same[0].release,
            same[0].left(now)
        );
        page.row(&day.format("%a %-d %b %Y").to_string(), &text);
    }
}

fn findings(card: &Card, page: &mut Page) {
    if card.findings.is_empty() {
        page.blank();
        page.line(if card.knows_issues {
            "Nothing is missing."
        } else {
            "Nothing is missing in the KEP's own files."
        });
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
    page.blank();
    page.line(&card.where_to_ask());
    page.dim(&format!(
        "KEPs with the same [code]: kep-liaison status finding:{}",
        card.findings[0].code
    ));
}
