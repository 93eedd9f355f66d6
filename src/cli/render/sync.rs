//! What a sync did, in words.

use std::time::Duration;

use super::page::Page;
use crate::{
    domain::change::{Change, Direction},
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
    let place = change.place().map(|place| format!("{place} "));
    format!("{}{}", place.unwrap_or_default(), change.words())
}
