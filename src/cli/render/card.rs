//! The card of one KEP. Its first lines say what it is and where it stands; whoever has never
//! heard of KEPs or shepherds finds the words explained where they stand.

use chrono::{DateTime, Utc};

use unicode_width::UnicodeWidthStr as _;

use super::page::Page;
use crate::domain::{
    card::{Card, DateView},
    details::{Section, Unread},
};

pub(super) fn render(card: &Card, now: DateTime<Utc>, page: &mut Page) {
    let kep = &card.kep;
    page.title(&format!("KEP-{}: {}", kep.number, kep.title));
    summary(card, now, page);
    page.line(&kep.url);
    for part in card.details() {
        section(&part, page);
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

/// The rows of a section; where something was not read, what to give so that it is.
fn section(section: &Section<'_>, page: &mut Page) {
    page.heading(&section.title);
    for row in &section.rows {
        let give = match row.unread {
            None => "",
            Some(Unread::Keps) => " (give --enhancements-dir)",
            Some(Unread::Issues) => " (give --tracking-file)",
        };
        page.row(&row.label, &format!("{}{give}", row.text));
        if let Some(link) = row.link {
            page.row("", link);
        }
    }
}

/// The days ahead, one a line; what falls on one day stands together.
pub(super) fn dates(dates: &[DateView], now: DateTime<Utc>, page: &mut Page) {
    if dates.is_empty() {
        return;
    }
    page.heading("Dates ahead");
    for same in DateView::by_day(dates) {
        let text = format!(
            "{} of Kubernetes {} ({})",
            DateView::names(same),
            same[0].release,
            same[0].left(now)
        );
        page.row(&same[0].day().format("%a %-d %b %Y").to_string(), &text);
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
    page.line(&card.where_to_ask().to_string());
    page.dim(&format!(
        "KEPs with the same [code]: kep-liaison status finding:{}",
        card.findings[0].code
    ));
}
