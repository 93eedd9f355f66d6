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
        notice::{Kind, Preferences, Told},
        reply::{Home, HomeOf, Mine, Part},
        text::each_once,
    },
    slack::{
        inbound::Pressed,
        kit::{Block, Button, MOST_FIELDS, Text, View},
        mrkdwn::Mrkdwn,
    },
};

/// The most KEPs with a row in a section; a view holds many more, a person does not.
const MOST: usize = 50;
/// The most findings that are named beside a KEP.
const MOST_NAMED: usize = 3;
/// The most muted KEPs with a button.
const MOST_UNMUTED: usize = 5;
/// How the actions begin of buttons that set what somebody is told; each has another.
const WISH: &str = "kep_wish_";

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
        let rows: Vec<Row<'_>> = home.follows.iter().map(|card| (card, Vec::new())).collect();
        section("You follow", &rows, home.now, &mut draft);
    }
    if let Some(preferences) = &home.told
        && (matches!(home.who, HomeOf::Somebody { .. }) || !home.follows.is_empty())
    {
        told(preferences, home.now, &mut draft);
    }
    cycle::headline(&home.cycle, home.now, &mut draft);
    draft.dates(&home.cycle.dates, home.now);
    draft.age(home.origin, home.now);
    let help = Mrkdwn::default()
        .code("/kep help")
        .words(" shows what one can ask, ")
        .code("/kep follow 5825")
        .words(" adds a KEP.");
    draft.small_print(&help);
    View::home(draft.blocks)
}

/// What somebody hears by direct message, with a button for each thing that can be otherwise.
fn told(preferences: &Preferences, now: DateTime<Utc>, draft: &mut Draft) {
    let told = Told {
        preferences,
        zone: None,
        now,
    };
    draft.section(&Mrkdwn::default().bold("What I tell you by direct message"));
    draft.plain(&told.in_short().join("\n"));
    let mut wishes = Vec::new();
    if preferences.is_off(now) {
        wishes.push(("Tell me again".to_owned(), "on".to_owned()));
    } else {
        for kind in Kind::ALL {
            let word = kind.word();
            wishes.push(if preferences.without.contains(&kind) {
                (format!("{word} on"), format!("{word} on"))
            } else {
                (format!("{word} off"), format!("{word} off"))
            });
        }
        wishes.push(("Tell me nothing".to_owned(), "off".to_owned()));
    }
    for kep in preferences.muted.iter().take(MOST_UNMUTED) {
        wishes.push((format!("Unmute KEP-{kep}"), format!("unmute {kep}")));
    }
    let buttons = wishes.into_iter().enumerate();
    let buttons = buttons.map(|(at, (label, typed))| {
        Button::new(format!("{WISH}{at}"), &label, format!("notify {typed}"))
    });
    draft.blocks.push(Block::actions(buttons.collect()));
    let more = Mrkdwn::default()
        .words("Quiet hours, muting and a digest: ")
        .code("/kep notify");
    draft.small_print(&more);
}

/// What would be typed for what somebody wants to be otherwise, who presses a button of their home.
pub fn wished(pressed: &Pressed) -> Option<&str> {
    let is_one = pressed.action_id.starts_with(WISH);
    is_one.then_some(&*pressed.value)
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
            // What the heading says need not stand in each row.
            .map(|mine| {
                let others = mine.parts.iter().copied();
                let others = others.filter(|part| FIRST.get(place) != Some(part));
                (&mine.card, others.collect())
            })
            .collect();
        if !rows.is_empty() {
            section(heading, &rows, now, draft);
        }
    }
    if others > 0 {
        let are = if others == 1 { "is" } else { "are" };
        let text = Mrkdwn::default()
            .words(&format!("{others} more {are} finished or put aside: "))
            .code("/kep status mine");
        draft.small_print(&text);
    }
}

/// What somebody has, each KEP in the first section that it fits in.
const SECTIONS: [&str; 3] = ["You own", "You shepherd", "You have another part in"];

/// What they are in the first of them.
const FIRST: [Part; 2] = [Part::Owner, Part::Shepherd];

fn place_of(parts: &[Part]) -> usize {
    let place = FIRST.iter().position(|part| parts.contains(part));
    place.unwrap_or(SECTIONS.len() - 1)
}

/// A KEP, and what somebody is to it.
type Row<'a> = (&'a Card, Vec<Part>);

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

/// What is missing in a few words, and the next date, each in a line of its own.
fn with_need(mut text: Mrkdwn, card: &Card, now: DateTime<Utc>) -> Mrkdwn {
    let wrong = card.findings.iter().map(|finding| finding.code.in_short());
    let wrong = each_once(wrong);
    if !wrong.is_empty() {
        let named = wrong[..wrong.len().min(MOST_NAMED)].join(", ");
        let more = match wrong.len().saturating_sub(MOST_NAMED) {
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
