//! The message of the current cycle.

use chrono::{DateTime, Utc};

use super::{
    Draft, keps,
    list::{Rows, need_somebody, rows},
};
use crate::{
    domain::{answer::CycleView, card::DateView, cycle::CycleEvent},
    slack::mrkdwn::Mrkdwn,
};

pub(super) fn render(cycle: &CycleView, shown: &Rows<'_>, now: DateTime<Utc>, draft: &mut Draft) {
    if !headline(cycle, now, draft) {
        small_print(cycle, draft);
        return;
    }
    draft.findings(&cycle.findings);
    rows(&cycle.most_urgent_first(), shown, draft);
    if let Rows::Page { .. } = shown
        && let Some(place) = shown.place(cycle.list.of)
    {
        draft.small(&format!("{place}, most urgent first"));
    }
    let tally = &cycle.tally;
    if !tally.is_empty() {
        let most = match shown {
            Rows::Page { .. } => MOST_CODES,
            Rows::First { .. } => tally.len(),
        };
        let (first, others) = tally.split_at(tally.len().min(most));
        let mut text = "What is missing, and where".to_owned();
        for (code, numbers) in first {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            text.extend(["\n", code.as_str(), ": ", &numbers.join(" ")]);
        }
        if !others.is_empty() {
            let others = others.iter();
            let others = others.map(|(code, numbers)| format!("{code} {}", numbers.len()));
            text.extend(["\nand: ", &others.collect::<Vec<_>>().join(", ")]);
        }
        draft.plain(&text);
    }
    draft.dates(&cycle.dates, now);
    small_print(cycle, draft);
}

/// How many kinds of findings a page tells with the KEPs that have them; of the others it tells how
/// many have them, and `/kep list finding:…` which.
const MOST_CODES: usize = 6;

/// The cycle in a headline and three lines; whether it is known which cycle it is.
pub(super) fn headline(cycle: &CycleView, now: DateTime<Utc>, draft: &mut Draft) -> bool {
    let Some(current) = &cycle.current else {
        draft.headline(&format!(
            "{} known, but not which Kubernetes release is current",
            keps(cycle.keps)
        ));
        let mend =
            "admin of this bot: give the release pages, or set current_release under [kubernetes].";
        draft.plain(mend);
        return false;
    };
    draft.headline(&format!(
        "Kubernetes {}: {}",
        current.release,
        keps(cycle.list.of)
    ));
    let stages = cycle
        .stages
        .iter()
        .map(|(stage, count)| format!("{count} {stage}"));
    let stages = stages.collect::<Vec<_>>().join(" · ");
    let mut lines = Vec::new();
    if !stages.is_empty() {
        lines.push(("Stages", Mrkdwn::default().words(&stages)));
    }
    lines.extend(next(&cycle.dates, current.known, now).map(|text| ("Next", text)));
    lines.push((
        "To do",
        Mrkdwn::default().words(&need_somebody(&cycle.list)),
    ));
    draft.summary(&lines);
    true
}

/// The days that come next, or that they are not known.
pub(super) fn next(dates: &[DateView], known: bool, now: DateTime<Utc>) -> Option<Mrkdwn> {
    let mut next: Option<Mrkdwn> = None;
    for same in next_days(dates) {
        let before = if next.is_none() { "" } else { "; " };
        let what = format!("{before}{} {}, ", DateView::names(same), same[0].left(now));
        next = Some(next.unwrap_or_default().words(&what).day(same[0].day()));
    }
    let unknown = "dates not known: the release page is not there yet";
    next.or_else(|| (!known).then(|| Mrkdwn::default().words(unknown)))
}

/// The next day, and the code freeze where that is another one.
fn next_days(dates: &[DateView]) -> impl Iterator<Item = &[DateView]> {
    let is_freeze = |date: &DateView| date.what == CycleEvent::CodeFreeze;
    let days = DateView::by_day(dates).enumerate();
    days.filter(move |(at, same)| *at == 0 || same.iter().any(is_freeze))
        .map(|(_, same)| same)
}

/// What the answer is made of, what could not be read, and what somebody should look at: not what
/// is odd about a release that is over.
fn small_print(cycle: &CycleView, draft: &mut Draft) {
    const MOST: usize = 3;
    if !cycle.knows_issues {
        let unread = "The runtimes' tracking issues were not read.";
        draft.small(unread);
    }
    let problems = cycle.problems.iter();
    let problems = problems.map(|(place, why)| format!("{place}: {why}"));
    let notes = cycle.notes.iter();
    let notes = notes.map(|note| format!("{}: {}", note.place, note.text));
    for (heading, all) in [
        ("Could not be read", problems.collect::<Vec<_>>()),
        ("Worth a look", notes.collect()),
    ] {
        for what in all.iter().take(MOST) {
            draft.small(&format!("{heading}: {what}"));
        }
        if all.len() > MOST {
            draft.small(&format!(
                "{heading}: {} more; kep-liaison status names them",
                all.len() - MOST
            ));
        }
    }
}
