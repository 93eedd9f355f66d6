//! The current cycle at a glance.

use chrono::{DateTime, Utc};

use super::{
    card::dates,
    keps,
    list::{LEGEND, table},
    page::Page,
};
use crate::domain::{answer::CycleView, board::Note, finding::FindingCode};

pub(super) fn render(cycle: &CycleView, now: DateTime<Utc>, page: &mut Page) {
    match &cycle.current {
        Some(current) => {
            page.title(&format!(
                "Kubernetes {}: {} of the watched SIGs",
                current.release,
                keps(cycle.list.of)
            ));
            let stages: Vec<String> = cycle
                .stages
                .iter()
                .map(|(stage, count)| format!("{count} {stage}"))
                .collect();
            if !stages.is_empty() {
                page.line(&stages.join(" · "));
            }
            page.dim(&format!("It is the current release: {}.", current.why));
            if !current.known {
                page.dim("Its release page is not there yet, so its dates are not known.");
            }
        }
        None => {
            page.title(&format!(
                "{} known, but not which Kubernetes release is current",
                keps(cycle.keps)
            ));
            page.line("Give --release-dir with the release pages, or set current_release under [kubernetes].");
        }
    }
    dates(&cycle.dates, now, page);
    if !cycle.findings.is_empty() {
        page.heading("For the whole cycle");
        for finding in &cycle.findings {
            page.finding(
                finding.severity,
                &finding.evidence,
                &finding.mend,
                finding.code.as_str(),
            );
        }
    }
    if cycle.list.of > 0 {
        page.heading("KEPs of this cycle, most urgent first");
        table(cycle.most_urgent_first().into_iter(), page);
        page.blank();
        page.dim(LEGEND);
    }
    let tally = &cycle.tally;
    if !tally.is_empty() {
        page.heading("What is missing, and where");
        for (code, numbers) in tally {
            let all: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            page.tally(code.as_str(), &all.join(" "));
        }
        page.blank();
        page.dim(&format!(
            "Those with one finding: kep-liaison status finding:{}",
            FindingCode::NoShepherd
        ));
    }
    if !cycle.knows_issues {
        page.blank();
        page.line("The runtimes' tracking issues are not at hand; give --tracking-file.");
    }
    if !cycle.problems.is_empty() {
        page.heading("What could not be read");
    }
    for (place, why) in &cycle.problems {
        page.line(&format!("{place}: {why}"));
    }
    if !(cycle.notes.is_empty() && cycle.past_notes.is_empty()) {
        page.heading("Worth a look");
    }
    for Note { place, text, .. } in cycle.notes.iter().chain(&cycle.past_notes) {
        page.line(&format!("{place}: {text}"));
    }
}
