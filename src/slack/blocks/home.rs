//! The bot's home: somebody's KEPs, by what they are to them, those that they follow, and the current
//! cycle.

use chrono::{DateTime, Utc};

use super::{
    Draft, cycle, keps,
    list::{mark, stands},
};
use crate::{
    domain::{
        card::{Card, DateView},
        reply::{Home, HomeOf, Mine, Part},
        text::each_once,
    },
    slack::{
        kit::{Block, MOST_FIELDS, Text, View},
        mrkdwn::Mrkdwn,
    },
};

/// The most KEPs with a row in a section; a view holds many more, a person does not.
const MOST: usize = 50;
/// The most findings that are named beside a KEP.
const MOST_NAMED: usize = 4;

/// The view of a home. It has no fallback: nobody is notified of it.
pub fn home(home: &Home) -> View {
    let mut draft = Draft::default();
    match &home.who {
        HomeOf::Stranger { how } => draft.plain(how),
        HomeOf::Somebody {
            login,
            keps,
            others,
        } => mine(login.as_str(), keps, *others, home.now, &mut draft),
    }
    if !home.follows.is_empty() {
        let rows: Vec<Row<'_>> = home.follows.iter().map(|card| (card, &[][..])).collect();
        section("You follow", &rows, home.now, &mut draft);
    }
    cycle::headline(&home.cycle, home.now, &mut draft);
    draft.dates(&home.cycle.dates, home.now);
    draft.age(home.origin, home.now);
    told(&mut draft);
    let help = Mrkdwn::default()
        .code("/kep help")
        .words(" shows what one can ask.");
    draft.small_print(&help);
    View::home(draft.blocks)
}

/// What comes by direct message, and where that is set.
fn told(draft: &mut Draft) {
    let text = Mrkdwn::default()
        .code("/kep notify")
        .words(" sets what comes to you by direct message, ")
        .code("/kep follow 5825")
        .words(" adds a KEP.");
    draft.small_print(&text);
}

fn mine(login: &str, mine: &[Mine], others: usize, now: DateTime<Utc>, draft: &mut Draft) {
    draft.headline(&format!("Your KEPs: {}", mine.len()));
    let urgent = mine.iter().filter(|mine| mine.card.urgent() > 0).count();
    let todo = match urgent {
        0 => "nothing urgent".to_owned(),
        many => format!("{} with errors or warnings", keps(many)),
    };
    draft.summary(&[
        ("To do", Mrkdwn::default().words(&todo)),
        (
            "You are",
            Mrkdwn::default().words(&format!("{login} on GitHub")),
        ),
    ]);
    for (place, heading) in SECTIONS.into_iter().enumerate() {
        let rows: Vec<Row<'_>> = mine
            .iter()
            .filter(|mine| place_of(&mine.parts) == place)
            .map(|mine| (&mine.card, &mine.parts[..]))
            .collect();
        if !rows.is_empty() {
            section(heading, &rows, now, draft);
        }
    }
    if others > 0 {
        let text = Mrkdwn::default()
            .words(&format!("{others} more are finished or put aside: "))
            .code("/kep status mine");
        draft.small_print(&text);
    }
}

/// What somebody has, each KEP in the first section that it fits in.
const SECTIONS: [&str; 3] = ["You own", "You shepherd", "You have another part in"];

fn place_of(parts: &[Part]) -> usize {
    let first = [Part::Owner, Part::Shepherd];
    let place = first.iter().position(|part| parts.contains(part));
    place.unwrap_or(SECTIONS.len() - 1)
}

/// A KEP, and what somebody is to it.
type Row<'a> = (&'a Card, &'a [Part]);

fn section(heading: &str, rows: &[Row<'_>], now: DateTime<Utc>, draft: &mut Draft) {
    let heading = format!("{heading} {}", keps(rows.len()));
    draft.section(&Mrkdwn::default().bold(&heading));
    for some in rows[..rows.len().min(MOST)].chunks(MOST_FIELDS / 2) {
        let fields = some.iter().flat_map(|(card, parts)| {
            let title = card.kep.title.replace('\n', " ");
            let title = format!("{}{title}", mark(card));
            let parts: Vec<&str> = parts.iter().copied().map(Part::name).collect();
            let mut text = stands(card);
            if !parts.is_empty() {
                text = text.words(&format!(" · {}", parts.join(", ")));
            }
            [
                Text::plain_field(title),
                Text::field(&with_need(text, card, now)),
            ]
        });
        draft.blocks.push(Block::only_fields(fields.collect()));
    }
    let more = rows.len().saturating_sub(MOST);
    if more > 0 {
        draft.small(&format!("And {more} more."));
    }
}

/// What is missing, by its codes, and the next date, each in a line of its own.
fn with_need(mut text: Mrkdwn, card: &Card, now: DateTime<Utc>) -> Mrkdwn {
    let codes = card.findings.iter().map(|finding| finding.code.as_str());
    let codes = each_once(codes);
    if !codes.is_empty() {
        let named = codes[..codes.len().min(MOST_NAMED)].join(", ");
        let more = match codes.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        text = text.line().words(&format!("{named}{more}"));
    }
    if let Some(next) = DateView::by_day(&card.dates).next()
        && card.when.days_concern_it
    {
        let names = DateView::names(next);
        text = text.line().words(&format!("{names} {}", next[0].left(now)));
    }
    text
}
