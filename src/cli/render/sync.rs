//! What a sync did, in words.

use std::time::Duration;

use super::page::Page;
use crate::{
    domain::change::{Change, Direction, What},
    github::Counts,
    jobs::sync::Report,
};

pub(super) fn render(report: &Report, counts: Counts, took: Duration, page: &mut Page) {
    page.title(&format!(
        "{} KEPs, {} issues and pull requests that concern them",
        report.keps, report.issues
    ));
    if counts.requests > 0 {
        page.line(&format!(
            "Asked GitHub {} times in {:.1} s; {} of the answers were \"nothing new\", the others brought {}.",
            counts.requests,
            took.as_secs_f64(),
            counts.not_modified,
            size(counts.bytes)
        ));
    }
    let told: Vec<&Change> = report
        .changed
        .iter()
        .filter(|change| change.direction != Direction::Spelling)
        .collect();
    if told.is_empty() {
        page.line("Nothing changed.");
    } else {
        page.heading("What changed");
        for change in told {
            page.row(&format!("KEP-{}", change.kep), &sentence(change));
        }
    }
    if !report.errors.is_empty() && !report.failed {
        page.heading("What could not be understood");
        for error in &report.errors {
            page.line(error);
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// One change as a sentence.
fn sentence(change: &Change) -> String {
    let issue = change
        .issue
        .as_ref()
        .map(|(_, number)| format!("#{number} "))
        .unwrap_or_default();
    let back = if change.direction == Direction::Backward {
        " (back)"
    } else {
        ""
    };
    let from_to = |what: &str, old: &Option<Box<str>>, new: &Option<Box<str>>| {
        let word = |word: &Option<Box<str>>| word.as_deref().unwrap_or("none").to_owned();
        format!("{issue}{what} {} → {}{back}", word(old), word(new))
    };
    let moved = |what: &str, joined: &[String], left: &[String]| {
        let mut parts = Vec::new();
        if !joined.is_empty() {
            parts.push(format!("+ {}", joined.join(", ")));
        }
        if !left.is_empty() {
            parts.push(format!("− {}", left.join(", ")));
        }
        format!("{issue}{what} {}", parts.join(" "))
    };
    let logins = |people: &[crate::domain::Login]| -> Vec<String> {
        people.iter().map(ToString::to_string).collect()
    };
    let texts =
        |labels: &[Box<str>]| -> Vec<String> { labels.iter().map(ToString::to_string).collect() };
    match &change.what {
        What::KepAdded => "new".to_owned(),
        What::KepRemoved => "gone".to_owned(),
        What::KepRenamed(_, to) => format!("moved to {to}"),
        What::Title(_, to) => format!("title: {to}"),
        What::Status(old, new) => from_to("status", old, new),
        What::Stage(old, new) | What::IssueStage(old, new) => from_to("stage", old, new),
        What::LatestMilestone(old, new) => from_to("latest milestone", old, new),
        What::Milestone(stage, old, new) => from_to(&format!("release of {stage}"), old, new),
        What::KepPeople(role, joined, left) | What::IssuePeople(role, joined, left) => {
            moved(role.plural(), &logins(joined), &logins(left))
        }
        What::IssueOpened => format!("{issue}opened"),
        What::IssueClosed => format!("{issue}closed"),
        What::IssueReopened => format!("{issue}opened again"),
        What::IssueGone => format!("{issue}gone"),
        What::IssueTitle(_, to) => format!("{issue}title: {to}"),
        What::Labels(added, removed) => moved("labels", &texts(added), &texts(removed)),
        What::IssueMilestone(old, new) => from_to("milestone", old, new),
        What::PullOpened => format!("pull request {issue}linked"),
        What::PullMerged => format!("pull request {issue}merged"),
        What::PullClosed => format!("pull request {issue}closed without merging"),
    }
}
