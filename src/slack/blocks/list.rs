//! The message of several KEPs: for each a title, and beside it, on a phone below it, where it
//! stands.

use super::{Draft, keps};
use crate::{
    domain::{answer::List, card::Card, finding::Severity, reply::PAGE, text::each_once},
    slack::{
        kit::{Block, MOST_FIELDS, Text},
        mrkdwn::Mrkdwn,
    },
};

/// Which KEPs have a row.
pub(super) enum Rows<'a> {
    /// Those of a page; buttons lead to the others.
    Page {
        /// From 0 on.
        page: usize,
        /// The words that asked for them.
        asked: &'a str,
    },
    /// The first ones; the others follow by number.
    First {
        /// The words that asked for them.
        asked: &'a str,
    },
}

/// The most KEPs with a row where there are no pages.
const MOST: usize = 20;

impl Rows<'_> {
    /// Those of so many that have a row.
    pub(super) fn range(&self, of: usize) -> std::ops::Range<usize> {
        match self {
            Self::First { .. } => 0..of.min(MOST),
            Self::Page { page, .. } => {
                let start = (page * PAGE).min(of);
                start..(start + PAGE).min(of)
            }
        }
    }

    /// `11–20 of 126`, where not all have a row.
    pub(super) fn place(&self, of: usize) -> Option<String> {
        let range = self.range(of);
        (range.len() < of).then(|| format!("{}–{} of {of}", range.start + 1, range.end))
    }
}

pub(super) fn render(list: &List, shown: &Rows<'_>, draft: &mut Draft) {
    let Some(example) = list.cards.first() else {
        draft.headline("No KEP found");
        if let Some(meant) = &list.meant {
            draft.plain(&meant.text);
            return;
        }
        draft.plain("No KEP passes all these filters. Leave one out.");
        let (Rows::First { asked } | Rows::Page { asked, .. }) = shown;
        draft.small(&format!("/kep list {asked}"));
        return;
    };
    match shown {
        // Who reads a page may not have asked for it.
        Rows::Page { asked, .. } if !asked.is_empty() => {
            draft.headline(&format!("{}: {asked}", keps(list.of)));
        }
        _ => draft.headline(&keps(list.of)),
    }
    draft.summary(&[("To do", Mrkdwn::default().words(&need_somebody(list)))]);
    rows(&list.cards.iter().collect::<Vec<_>>(), shown, draft);
    if let Rows::First { asked } = shown
        && list.of > MOST
    {
        draft.small(&format!(
            "Narrower: /kep list {asked} stage:beta, or shepherd:none, finding:no-shepherd"
        ));
    }
    let place = shown
        .place(list.of)
        .filter(|_| matches!(shown, Rows::Page { .. }));
    let place = place.map(|place| format!("{place}. ")).unwrap_or_default();
    draft.small_print(&Mrkdwn::default().words(&format!(
        "{place}✓ is a closed issue. All of one KEP: /kep status {}",
        example.kep.number
    )));
}

/// How much there is to do on how many of the KEPs.
pub(super) fn need_somebody(list: &List) -> String {
    let of = list.of;
    match list.urgent {
        0 => "nothing urgent".to_owned(),
        1 => format!("1 of {of} has errors or warnings"),
        many => format!("{many} of {of} have errors or warnings"),
    }
}

/// A row for each KEP of a page; where there are no pages, for the first ones, and the numbers of
/// the others.
pub(super) fn rows(cards: &[&Card], shown: &Rows<'_>, draft: &mut Draft) {
    let (cards, others) = match shown {
        Rows::Page { .. } => (cards, &[][..]),
        Rows::First { .. } => cards.split_at(cards.len().min(MOST)),
    };
    for some in cards.chunks(MOST_FIELDS / 2) {
        let mut fields = Vec::with_capacity(MOST_FIELDS);
        for card in some {
            let title = format!("{}{}", mark(card), card.kep.title.replace('\n', " "));
            let stands = stands(card);
            draft.say(format_args!("{title}: {}", stands.plain()));
            fields.extend([Text::plain_field(title), Text::field(&stands)]);
        }
        draft.blocks.push(Block::only_fields(fields));
    }
    if !others.is_empty() {
        let more: Vec<String> = others
            .iter()
            .map(|card| card.kep.number.to_string())
            .collect();
        // A few hundred numbers fit; of more only the count is told.
        let numbers = Some(more.join(" ")).filter(|numbers| numbers.len() < 2900);
        draft.plain(&format!(
            "And {} more{}",
            more.len(),
            numbers.map_or(".".to_owned(), |numbers| format!(": {numbers}"))
        ));
    }
}

/// What catches the eye of whoever looks for work.
pub(super) fn mark(card: &Card) -> &'static str {
    match card.urgent() {
        0 => "",
        _ if card.count(Severity::Error) > 0 => "🔴 ",
        _ => "🟠 ",
    }
}

/// `KEP-4960 · beta 1.37 · #11617 · mikebrow · 4 to do`
pub(super) fn stands(card: &Card) -> Mrkdwn {
    let kep = &card.kep;
    let stage = match (kep.stage, kep.status) {
        (Some(stage), _) => stage.as_str(),
        (None, Some(status)) => status.as_str(),
        (None, None) => "stage not known",
    };
    let release = kep
        .latest_milestone
        .map(|release| format!(" {release}"))
        .unwrap_or_default();
    let mut text = Mrkdwn::default()
        .link(&kep.url, &format!("KEP-{}", kep.number))
        .words(&format!(" · {stage}{release}"));
    let issues = card.runtimes.iter().flat_map(|runtime| &runtime.issues);
    let (open, closed): (Vec<_>, Vec<_>) = issues.partition(|issue| issue.is_open());
    for issue in open
        .iter()
        .chain(closed.iter().filter(|_| open.is_empty()))
        .take(3)
    {
        let mark = if issue.is_open() { "" } else { "✓" };
        text = text
            .words(" · ")
            .link(&issue.url, &format!("#{}{mark}", issue.number));
    }
    if open.len() > 3 {
        text = text.words(&format!(" and {} more", open.len() - 3));
    }
    let shepherds = each_once(card.shepherds());
    if !shepherds.is_empty() {
        let names: Vec<&str> = shepherds.iter().map(|login| login.as_str()).collect();
        text = text.words(&format!(" · {}", names.join(", ")));
    }
    let alone: Vec<String> = card
        .left_alone()
        .iter()
        .map(|it| format!("#{it}"))
        .collect();
    text = match alone.len() {
        0 => text,
        1 => text.words(&format!(" · {} has nobody", alone[0])),
        _ => text.words(&format!(" · {} have nobody", alone.join(", "))),
    };
    match card.urgent() {
        0 => text,
        many => text.words(" · ").bold(&format!("{many} to do")),
    }
}
