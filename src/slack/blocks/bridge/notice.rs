//! What concerns somebody, told to them alone: who said what where, and what can be done about it.

use chrono::NaiveDate;

use super::{Draft, link, press};
use crate::{
    domain::{
        Release,
        bridge::{IssueAt, Notices},
        notice::{Matter, Notice, Recipient},
        rich::{Block, Item, List, Rich, Span, Style},
        text::each_once,
    },
    slack::kit::{Block as Part, Button, fit},
};

/// The longest title.
const MOST_OF_TITLE: usize = 150;
/// The longest name.
const MOST_OF_NAME: usize = 80;
/// How much is shown of what was said around a mention.
const MOST_SAID: usize = 600;

/// One piece after the other, each with its own answer where there are several.
pub(super) fn tell(notices: &Notices, draft: &mut Draft) {
    if notices.is_reminder {
        draft.small("You wanted to be reminded of this.");
    }
    let subjects = each_once(notices.items.iter().map(Notice::subject));
    let is_one = subjects.len() == 1;
    let mut at = 0;
    for items in notices.items.chunk_by(are_of_one_freeze) {
        match items {
            [item] => {
                draft.rich(&Rich::new(said(item)));
                let is_answered = !is_one && !item.is_gone();
                if let (Matter::Mention { .. }, Some(issue), true) =
                    (&item.matter, &item.at, is_answered)
                {
                    let open = press::open(at, &item.url);
                    let reply = press::reply(at, issue, item.kep);
                    draft.blocks.push(Part::actions(vec![open, reply]));
                }
            }
            several => draft.rich(&Rich::new(not_ready(several))),
        }
        at += items.len();
    }
    if notices.is_first {
        let why = match &notices.who {
            Recipient::Login(login) => format!("you are {login} on GitHub"),
            Recipient::Member(_) if is_one => "you follow this KEP".to_owned(),
            Recipient::Member(_) => "you follow these KEPs".to_owned(),
        };
        draft.small(&format!(
            "You get this because {why}. /kep notify shows what else I tell you and when; /kep notify off stops it."
        ));
    }
    draft.blocks.push(Part::actions(buttons(notices, is_one)));
}

fn buttons(notices: &Notices, is_one: bool) -> Vec<Button> {
    let mut buttons = Vec::new();
    let mut there = notices.items.iter().rev().filter(|item| !item.is_gone());
    let last = there.clone().next();
    if let Some(last) = last.filter(|_| is_one) {
        buttons.push(press::open(0, &last.url));
        let reply = there.find_map(|item| match (&item.matter, &item.at) {
            (Matter::Mention { .. }, Some(issue)) => Some(press::reply(0, issue, item.kep)),
            _ => None,
        });
        buttons.extend(reply);
    }
    buttons.push(press::snooze());
    let is_of_it = |kep| notices.items.iter().all(|item| item.kep == kep);
    if let Some(last) = last.filter(|last| is_of_it(last.kep)) {
        buttons.push(press::mute(last.kep));
    }
    buttons.push(press::settings());
    buttons
}

fn said(notice: &Notice) -> Vec<Block> {
    let title = title(notice);
    match &notice.matter {
        Matter::Mention {
            by,
            team,
            said,
            others,
            gone,
        } => {
            let place = place(notice.at.as_ref(), &notice.url);
            let by = by.as_ref();
            let by = by.map(|by| Span::Text(clipped(by, MOST_OF_NAME), Style::BOLD));
            if *gone {
                let mut spans: Vec<Span> = by.into_iter().collect();
                if !spans.is_empty() {
                    spans.push(Span::text("'s comment on "));
                }
                spans.extend([place, Span::text(" mentions you no more · "), title]);
                return vec![Block::Paragraph(spans)];
            }
            let you = match team {
                Some(team) => format!("your team {}", clipped(team, MOST_OF_NAME)),
                None => "you".to_owned(),
            };
            let others = match others {
                0 => String::new(),
                1 => " and one other".to_owned(),
                many => format!(" and {many} others"),
            };
            let mut first = match by {
                Some(by) => vec![
                    by,
                    Span::text(format!(" mentioned {you}{others} on ")),
                    place,
                ],
                None => vec![
                    Span::text("The text of "),
                    place,
                    Span::text(format!(" mentions {you}{others}")),
                ],
            };
            first.extend([Span::text(" · "), title]);
            let mut blocks = vec![Block::Paragraph(first)];
            if let Some(said) = said {
                let (said, _) = Rich::from_markdown(said).excerpt(MOST_SAID);
                blocks.push(Block::Quote(said.blocks().to_vec()));
            }
            blocks
        }
        Matter::Review { by, team, gone } => {
            let place = place(notice.at.as_ref(), &notice.url);
            let team = team.as_ref().map(|team| clipped(team, MOST_OF_NAME));
            if *gone {
                let review = match team {
                    Some(team) => format!("The review of your team {team} of "),
                    None => "Your review of ".to_owned(),
                };
                let spans = vec![
                    Span::text(review),
                    place,
                    Span::text(" is not asked for any more · "),
                    title,
                ];
                return vec![Block::Paragraph(spans)];
            }
            let by = match by {
                Some(by) => Span::Text(clipped(by, MOST_OF_NAME), Style::BOLD),
                None => Span::text("Somebody"),
            };
            let whom = team.map_or_else(|| "you".to_owned(), |team| format!("your team {team}"));
            let asks = Span::text(format!(" asks {whom} for a review of "));
            let spans = vec![by, asks, place, Span::text(" · "), title];
            vec![Block::Paragraph(spans)]
        }
        Matter::Shepherd { joined } => {
            let (before, after) = match joined {
                true => ("You shepherd ", " now, as "),
                false => ("You do not shepherd ", " any more, as "),
            };
            let place = place(notice.at.as_ref(), &notice.url);
            let spans = vec![
                Span::text(before),
                title,
                Span::text(after),
                place,
                Span::text(" says."),
            ];
            vec![Block::Paragraph(spans)]
        }
        Matter::Change(change) => {
            let (place, between) = match &notice.at {
                Some(at) => (place(Some(at), &notice.url), " "),
                None => (link(Some(&notice.url), "in Kubernetes", Style::PLAIN), ": "),
            };
            let words = clipped(&change.words(), MOST_SAID);
            let by = change.by.as_ref();
            let by = by.map_or_else(String::new, |by| format!(" by {by}"));
            let words = Span::text(format!("{between}{words}{by}"));
            let spans = vec![title, Span::text(" · "), place, words];
            vec![Block::Paragraph(spans)]
        }
        Matter::Freeze {
            what,
            release,
            day,
            wrong,
        } => {
            let place = link(Some(&notice.url), &wrong.join(", "), Style::PLAIN);
            let spans = vec![title, freeze(what, *release, *day), place];
            vec![Block::Paragraph(spans)]
        }
    }
}

fn are_of_one_freeze(one: &Notice, other: &Notice) -> bool {
    let freeze = |notice: &Notice| match &notice.matter {
        Matter::Freeze { what, release, .. } => Some((what.clone(), *release)),
        _ => None,
    };
    freeze(one).is_some() && freeze(one) == freeze(other)
}

/// `Not ready for the Code Freeze of 1.37 on 22 Jul:` and a row for each KEP.
fn not_ready(notices: &[Notice]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut items = Vec::new();
    for notice in notices {
        let Matter::Freeze {
            what,
            release,
            day,
            wrong,
        } = &notice.matter
        else {
            continue;
        };
        if blocks.is_empty() {
            let day = day.format("%-d %b");
            let heading = format!("Not ready for the {what} of {release} on {day}:");
            blocks.push(Block::Paragraph(vec![Span::text(heading)]));
        }
        let place = link(Some(&notice.url), &wrong.join(", "), Style::PLAIN);
        let row = vec![title(notice), Span::text(" · "), place];
        items.push(Item {
            done: None,
            blocks: vec![Block::Paragraph(row)],
        });
    }
    blocks.push(Block::List(List { start: None, items }));
    blocks
}

/// ` is not ready for the Code Freeze of 1.37 on 22 Jul: `
fn freeze(what: &str, release: Release, day: NaiveDate) -> Span {
    let day = day.format("%-d %b");
    Span::text(format!(
        " is not ready for the {what} of {release} on {day}: "
    ))
}

/// `KEP-5825: CRI List Streaming`
fn title(notice: &Notice) -> Span {
    let title = clipped(&notice.title, MOST_OF_TITLE);
    Span::Text(format!("KEP-{}: {title}", notice.kep), Style::BOLD)
}

/// `#12814`, as a link.
fn place(at: Option<&IssueAt>, url: &str) -> Span {
    let label = at.map_or_else(|| "GitHub".to_owned(), |at| format!("#{}", at.number));
    link(Some(url), &label, Style::PLAIN)
}

fn clipped(text: &str, most: usize) -> String {
    fit(text.to_owned(), most)
}
