//! The message of the current cycle.

use chrono::{DateTime, Utc};

use super::{
    Draft, keps,
    list::{need_somebody, rows},
};
use crate::{
    domain::{answer::CycleView, card::DateView, cycle::CycleEvent},
    slack::{kit::Block, mrkdwn::Mrkdwn},
};

pub(super) fn render(cycle: &CycleView, now: DateTime<Utc>, draft: &mut Draft) {
    let Some(current) = &cycle.current else {
        draft.headline(&format!(
            "{} known, but not which Kubernetes release is current",
            keps(cycle.keps)
        ));
        let mend =
            "admin of this bot: give the release pages, or set current_release under [kubernetes].";
        draft.text.push(mend.to_owned());
        draft.blocks.push(Block::plain(mend));
        small_print(cycle, draft);
        return;
    };
    draft.headline(&format!(
        "Kubernetes {}: {}",
        current.release,
        keps(cycle.cards.len())
    ));
    let stages = cycle
        .stages
        .iter()
        .map(|(stage, count)| format!("{count} {stage}"));
    let stages = stages.collect::<Vec<_>>().join(" · ");
    let mut lines = Vec::new();
    if !stages.is_empty() {
        lines.push((
            "Stages".to_owned(),
            Mrkdwn::default().words(&stages),
            stages,
        ));
    }
    let mut next = Mrkdwn::default();
    let mut next_words = Vec::new();
    for same in next_days(&cycle.dates) {
        let what = format!("{} {}", DateView::names(same), same[0].left(now));
        let before = if next_words.is_empty() { "" } else { "; " };
        next = next.words(&format!("{before}{what}, ")).day(&same[0]);
        next_words.push(what);
    }
    if !next_words.is_empty() {
        lines.push(("Next".to_owned(), next, next_words.join("; ")));
    } else if !current.known {
        let what = "dates not known: the release page is not there yet";
        lines.push((
            "Next".to_owned(),
            Mrkdwn::default().words(what),
            what.to_owned(),
        ));
    }
    let todo = need_somebody(&cycle.cards);
    lines.push(("To do".to_owned(), Mrkdwn::default().words(&todo), todo));
    draft.summary(lines);
    draft.findings(&cycle.findings);
    rows(&cycle.most_urgent_first(), draft);
    let tally = cycle.tally();
    if !tally.is_empty() {
        let lines = tally.iter().map(|(code, numbers)| {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            format!("{code}: {}", numbers.join(" "))
        });
        let heading = "What is missing, and where".to_owned();
        let text: Vec<String> = std::iter::once(heading).chain(lines).collect();
        draft.blocks.push(Block::plain(&text.join("\n")));
    }
    draft.dates(&cycle.dates, now);
    small_print(cycle, draft);
}

/// The next day, and the code freeze where that is another one.
fn next_days(dates: &[DateView]) -> impl Iterator<Item = &[DateView]> {
    let is_freeze = |date: &DateView| date.what == CycleEvent::CodeFreeze;
    let days = DateView::by_day(dates).enumerate();
    days.filter(move |(at, same)| *at == 0 || same.iter().any(is_freeze))
        .map(|(_, same)| same)
}

/// What the answer is made of, and what could not be read.
fn small_print(cycle: &CycleView, draft: &mut Draft) {
    const MOST: usize = 3;
    if !cycle.knows_issues {
        let unread = "The runtimes' tracking issues were not read.";
        draft.blocks.push(Block::plain_context(unread));
    }
    for (heading, all) in [
        ("Could not be read", &cycle.problems),
        ("Worth a look", &cycle.notes),
    ] {
        for (place, why) in all.iter().take(MOST) {
            draft
                .blocks
                .push(Block::plain_context(&format!("{heading}: {place}: {why}")));
        }
        if all.len() > MOST {
            draft.blocks.push(Block::plain_context(&format!(
                "{heading}: {} more; kep-liaison status names them",
                all.len() - MOST
            )));
        }
    }
}
