//! The message of several KEPs: for each a title, and beside it, on a phone below it, where it
//! stands.

use super::{Draft, keps};
use crate::{
    domain::{card::Card, text::each_once},
    slack::{
        kit::{Block, MOST_FIELDS, Text},
        mrkdwn::Mrkdwn,
    },
};

/// The most KEPs with a row; the others follow by number.
const MOST: usize = 20;

pub(super) fn render(cards: &[Card], asked: &str, draft: &mut Draft) {
    if cards.is_empty() {
        let why = "No KEP passes all these filters. Leave one out.";
        draft.headline("No KEP found");
        draft.text.push(why.to_owned());
        draft.blocks.push(Block::plain(why));
        draft
            .blocks
            .push(Block::plain_context(&format!("/kep list {asked}")));
        return;
    }
    draft.headline(&keps(cards.len()));
    let todo = need_somebody(cards);
    draft.summary(vec![(
        "To do".to_owned(),
        Mrkdwn::default().words(&todo),
        todo,
    )]);
    rows(&cards.iter().collect::<Vec<_>>(), draft);
    let titles = cards
        .iter()
        .take(MOST)
        .map(|card| format!("{}  {}", card.kep.number, card.kep.title.replace('\n', " ")));
    draft.text.extend(titles);
    if cards.len() > MOST {
        draft.text.push(format!("and {} more", cards.len() - MOST));
        draft.blocks.push(Block::plain_context(&format!(
            "Narrower: /kep list {asked} stage:beta, or shepherd:none, finding:no-shepherd"
        )));
    }
    draft
        .blocks
        .push(Block::context(&Mrkdwn::default().words(&format!(
            "✓ is a closed issue. All of one KEP: /kep status {}",
            cards[0].kep.number
        ))));
}

/// How much there is to do on how many of the KEPs.
pub(super) fn need_somebody(cards: &[Card]) -> String {
    let urgent = cards.iter().filter(|card| card.urgent() > 0).count();
    match urgent {
        0 => "nothing urgent".to_owned(),
        1 => format!("1 of {} has errors or warnings", cards.len()),
        many => format!("{many} of {} have errors or warnings", cards.len()),
    }
}

/// A row for each of the first KEPs, and the numbers of the others.
pub(super) fn rows(cards: &[&Card], draft: &mut Draft) {
    for page in cards[..cards.len().min(MOST)].chunks(MOST_FIELDS / 2) {
        let fields = page.iter().flat_map(|card| {
            let title = card.kep.title.replace('\n', " ");
            [Text::plain_field(&title), Text::field(&stands(card))]
        });
        draft.blocks.push(Block::only_fields(fields.collect()));
    }
    let more: Vec<String> = cards
        .iter()
        .skip(MOST)
        .map(|card| card.kep.number.to_string())
        .collect();
    if !more.is_empty() {
        // A few hundred numbers fit; of more only the count is told.
        let numbers = Some(more.join(" ")).filter(|numbers| numbers.len() < 2900);
        draft.blocks.push(Block::plain(&format!(
            "And {} more{}",
            more.len(),
            numbers.map_or(".".to_owned(), |numbers| format!(": {numbers}"))
        )));
    }
}

/// `KEP-4960 · beta 1.37 · #11617 · mikebrow · 4 to do`
fn stands(card: &Card) -> Mrkdwn {
    let kep = &card.kep;
    let stage = match (kep.stage, kep.status) {
        (Some(stage), _) => stage.to_string(),
        (None, Some(status)) => status.to_string(),
        (None, None) => "stage not known".to_owned(),
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
    match card.urgent() {
        0 => text,
        many => text.words(" · ").bold(&format!("{many} to do")),
    }
}
