//! The message of one KEP.

use chrono::{DateTime, NaiveDate, Utc};

use super::Draft;
use crate::{
    domain::{
        card::Card,
        details::{Row, Section},
        finding::FindingCode,
        summary::{RuntimeLine, Summary},
    },
    slack::{kit::Text, mrkdwn::Mrkdwn},
};

/// The most links below one heading; the rows below it name everything.
const MOST_LINKS: usize = 8;

pub(super) fn render(card: &Card, now: DateTime<Utc>, draft: &mut Draft) {
    let kep = &card.kep;
    summary(card, now, draft);
    draft.findings(&card.findings);
    if !card.findings.is_empty() {
        draft.small_print(&ask(card));
    }
    for (at, section) in card.details().iter().enumerate() {
        let link = (at == 0).then_some((&*kep.url, format!("KEP-{}", kep.number)));
        particulars(section, link, draft);
    }
    if card.when.days_concern_it {
        draft.dates(&card.dates, now);
    }
    for other in card.namesakes.iter().take(3) {
        draft.small(&format!("Another KEP has the same number: {other}"));
    }
}

/// What matters of it, and no more: for the root of a thread, whose news tell the rest. It stands
/// there for months, so nothing in it grows old by itself. `latest` is what was told last.
pub(super) fn short(card: &Card, latest: Option<(&str, NaiveDate)>, draft: &mut Draft) {
    let number = card.kep.number;
    headline(card, draft);
    let mut lines = Vec::new();
    lines.extend(latest.map(|(what, day)| {
        let latest = Mrkdwn::default().day(day).words(", ").words(what);
        ("Latest", latest)
    }));
    lines.extend(gravest(card).map(|wrong| ("Check", Mrkdwn::default().words(&wrong))));
    let summary = card.lasting_summary();
    lines.push(("Kubernetes", Mrkdwn::default().words(&summary.kubernetes)));
    lines.extend(summary.runtimes.iter().map(runtime_line));
    draft.summary(&lines);
    draft.small_print(
        &Mrkdwn::default()
            .link(&card.kep.url, &format!("KEP-{number}"))
            .words(" · ")
            .code(&format!("/kep status {number}")),
    );
}

/// What is wrong first of all, if anything is urgent: not what may wait, and not how long it has been
/// so. Most KEPs lack a label or a milestone for a while, and a stage is noted late, which is nothing to
/// stop at; and how it is mended concerns one reader of many.
fn gravest(card: &Card) -> Option<String> {
    let urgent = card.findings.iter().take(card.urgent());
    let mut grave = urgent.filter(|finding| {
        !matches!(
            finding.code,
            FindingCode::NoReleaseLabel
                | FindingCode::PlaceholderReleaseLabel
                | FindingCode::NoMilestone
                | FindingCode::StageBehind
        )
    });
    let first = grave.next()?.evidence.replace('\n', " ");
    Some(match grave.count() {
        0 => first,
        more => format!("{first}; and {more} more"),
    })
}

/// Its three lines, for where no finding follows.
pub(super) fn in_brief(card: &Card, now: DateTime<Utc>, draft: &mut Draft) {
    headline(card, draft);
    let summary = card.summary(now);
    let to_do = &summary.to_do;
    lines(
        &summary,
        to_do.strip_suffix(" below").unwrap_or(to_do),
        draft,
    );
}

fn headline(card: &Card, draft: &mut Draft) {
    draft.headline(&format!("KEP-{}: {}", card.kep.number, card.kep.title));
}

fn summary(card: &Card, now: DateTime<Utc>, draft: &mut Draft) {
    headline(card, draft);
    let summary = card.summary(now);
    lines(&summary, &summary.to_do, draft);
}

fn lines(summary: &Summary<'_>, to_do: &str, draft: &mut Draft) {
    let mut lines = vec![("Kubernetes", Mrkdwn::default().words(&summary.kubernetes))];
    lines.extend(summary.runtimes.iter().map(runtime_line));
    lines.push(("To do", Mrkdwn::default().words(to_do)));
    draft.summary(&lines);
}

fn runtime_line<'a>(line: &RuntimeLine<'a>) -> (&'a str, Mrkdwn) {
    let mut text = Mrkdwn::default().words(&line.says.join(" · "));
    for (at, issue) in line.issues.iter().enumerate() {
        let before = match at {
            0 if line.says.is_empty() => "",
            0 => " · ",
            _ => ", ",
        };
        let closed = if issue.is_open() { "" } else { " (closed)" };
        let label = format!("#{}", issue.number);
        text = text.words(before).link(&issue.url, &label).words(closed);
    }
    (line.name, text)
}

/// Where else to turn.
fn ask(card: &Card) -> Mrkdwn {
    let ask = card.where_to_ask();
    let label = match &*ask.label {
        "" => ask.url.trim_start_matches("https://"),
        label => label,
    };
    let text = Mrkdwn::default().words(&ask.words).words(" ");
    let text = text.link(&ask.url, label);
    let code = card.findings.first().map(|finding| finding.code.as_str());
    match code {
        Some(code) => text
            .words(" · KEPs with the same [code]: ")
            .code(&format!("/kep list finding:{code}")),
        None => text,
    }
}

/// A heading with links, and the rows as fields: titles and names are shown as they stand.
fn particulars(section: &Section<'_>, link: Option<(&str, String)>, draft: &mut Draft) {
    let links: Vec<(&str, String)> = link
        .into_iter()
        .chain(section.rows.iter().filter_map(row_link))
        .collect();
    let mut heading = Mrkdwn::default().bold(&section.title);
    for (url, label) in links.iter().take(MOST_LINKS) {
        heading = heading.words("  ").link(url, label);
    }
    if links.len() > MOST_LINKS {
        heading = heading.words(&format!("  and {} more", links.len() - MOST_LINKS));
    }
    draft.say(&section.title);
    let (shown, more) = section.rows.split_at(section.rows.len().min(MOST_ROWS));
    let mut fields = Vec::with_capacity(shown.len() + 1);
    for row in shown {
        draft.say(format_args!("{}: {}", row.label, row.text));
        fields.push(Text::plain_field(format!("{}\n{}", row.label, row.text)));
    }
    if !more.is_empty() {
        let links = more.iter().filter_map(row_link);
        let numbers: Vec<String> = links.map(|(_, label)| label).collect();
        let (more, numbers) = (more.len(), numbers.join(", "));
        draft.say(format_args!("And {more} more: {numbers}"));
        fields.push(Text::plain_field(format!("And {more} more\n{numbers}")));
    }
    draft.fields(&heading, fields);
}

/// The most rows of a section: three tracking issues and a dozen pull requests.
const MOST_ROWS: usize = 29;

/// The place of a row and what it is called: rows with a place begin with its number.
fn row_link<'a>(row: &Row<'a>) -> Option<(&'a str, String)> {
    let label = row.text.split(',').next().unwrap_or_default();
    Some((row.link?, label.to_owned()))
}
