//! Several KEPs as a table that fits the width.

use unicode_width::UnicodeWidthStr as _;

use super::page::{Page, fit};
use crate::domain::{
    answer::{List, Plain},
    card::Card,
};

/// What the columns leave unsaid.
pub(super) const LEGEND: &str = "✓ is a closed issue, +1 another open one, #1 – one without a shepherd; Todo counts errors and warnings.";

pub(super) fn render(list: &List, page: &mut Page) {
    let cards = &list.cards;
    if let Some(Plain { text, instead }) = &list.meant {
        page.line(text);
        let words = instead
            .as_deref()
            .and_then(|words| words.strip_prefix("list "));
        if let Some(words) = words {
            page.dim(&format!("kep-liaison status {words}"));
        }
        return;
    }
    if cards.is_empty() {
        page.line("No KEP passes all these filters. Leave one out.");
        return;
    }
    table(cards.iter(), page);
    page.blank();
    page.dim(&format!(
        "{}. {LEGEND} More on one: kep-liaison status {}",
        super::keps(cards.len()),
        cards[0].kep.number
    ));
}

/// The first tracking issue, and how many others are open.
fn issues(card: &Card) -> String {
    let mut issues = card.runtimes.iter().flat_map(|runtime| &runtime.issues);
    let Some(first) = issues.next() else {
        return "–".to_owned();
    };
    let others = issues.filter(|issue| issue.is_open()).count();
    match (first.is_open(), others) {
        (true, 0) => format!("#{}", first.number),
        (false, 0) => format!("#{}✓", first.number),
        (_, others) => format!("#{} +{others}", first.number),
    }
}

/// Who shepherds it; in front, the issues that nobody does.
fn shepherds(card: &Card) -> String {
    let shepherds = card.shepherds();
    if shepherds.is_empty() {
        return "–".to_owned();
    }
    let alone = card.left_alone().into_iter();
    let alone: Vec<String> = alone.map(|issue| format!("#{issue} –")).collect();
    let names = super::names(shepherds);
    alone
        .into_iter()
        .chain([names])
        .collect::<Vec<_>>()
        .join(", ")
}

/// The rows: number, title, stage, release, tracking issue, shepherds, what is missing.
pub(super) fn table<'a>(cards: impl Iterator<Item = &'a Card>, page: &mut Page) {
    const FIXED: usize = 5 + 10 + 5 + 13 + 4 + 6;
    let cards: Vec<&Card> = cards.collect();
    let wide = cards.iter().map(|card| issues(card).width());
    let wide = wide.max().unwrap_or_default().clamp(7, 10);
    let title = page.width().saturating_sub(FIXED + wide).max(12);
    let row = |cells: [&str; 7]| {
        let widths = [5, title, 10, 5, wide, 13, 4];
        let cells = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| fit(cell, width));
        cells.collect::<Vec<_>>().join(" ")
    };
    page.raw(&row([
        "KEP",
        "Title",
        "Stage",
        "K8s",
        "Issue",
        "Shepherds",
        "Todo",
    ]));
    for card in cards {
        let kep = &card.kep;
        let stage = match (kep.stage, kep.status) {
            (Some(stage), _) => stage.to_string(),
            (None, Some(status)) => status.to_string(),
            (None, None) => "?".to_owned(),
        };
        let issue = issues(card);
        let shepherds = shepherds(card);
        let todo = card.urgent();
        let todo = if todo == 0 {
            String::new()
        } else {
            todo.to_string()
        };
        let release = kep
            .latest_milestone
            .map(|release| release.to_string())
            .unwrap_or_default();
        page.raw(&row([
            &kep.number.to_string(),
            &kep.title,
            &stage,
            &release,
            &issue,
            &shepherds,
            &todo,
        ]));
    }
}
