//! What the bridge says: a KEP's card as the root of its thread, news, and what became of relayed
//! words. The words of people stand in it as formatted text, in which nothing pings.

mod news;
mod notice;
pub mod press;

use self::news::News;
use super::{Draft, card, digest};
use crate::{
    domain::{
        KepNumber,
        bridge::{IssueAt, Key, Refusal, Saying},
        rich::{Address, Block, Rich, Span, Style},
    },
    ports::chat::Speech,
    slack::{
        kit::{self, Block as Part, Message},
        mrkdwn::Mrkdwn,
    },
};

/// How much is shown of what somebody said on Slack; the message itself has the rest.
const MOST_OF_UPDATE: usize = 2_500;

/// How many KEPs are offered to choose from: each button holds a key, and all text has a limit.
const MOST_ASKED: usize = 10;

/// The message of what is said.
pub fn message(speech: &Speech<'_>) -> Message {
    let mut draft = Draft::default();
    match speech.saying {
        Saying::Card { kep, latest, on } => match speech.card {
            Some(card) => {
                let latest = latest.as_ref().map(|item| {
                    let news = News::new(*kep, speech.card);
                    news.in_short(item)
                });
                card::short(card, latest.as_deref().zip(Some(*on)), &mut draft);
            }
            None => {
                draft.headline(&format!("KEP-{kep}"));
                draft.plain("Nothing is known of it at the moment.");
            }
        },
        Saying::News { kep, items, titled } => {
            News::new(*kep, speech.card).tell(items, *titled, &mut draft);
        }
        Saying::Update {
            kep,
            who,
            by,
            markdown,
            permalink,
            answers: _,
            asker,
        } => {
            if let Some(asker) = asker {
                let text = Mrkdwn::default()
                    .person(asker)
                    .words(", here is an answer:");
                draft.section(&text.reads("Here is an answer:"));
            }
            let who = (&**who, by.as_deref());
            draft.rich(&update(*kep, who, markdown, permalink.as_deref()));
        }
        Saying::Receipt {
            kep,
            written,
            undo,
            tied,
            issue,
            told,
            struck,
        } => {
            draft.section(&receipt(*kep, issue.as_ref(), *struck, speech.url));
            if *told && !struck {
                draft.small(&format!(
                    "The thread of KEP-{kep} in each channel that follows it shows this, too."
                ));
            }
            if *tied {
                draft.small(&format!("This thread is tied to KEP-{kep} from now on: what its shepherds and the liaisons reply here can go there, too."));
            }
            let undo = undo.then(|| press::undo(written)).flatten();
            draft
                .blocks
                .extend(undo.map(|undo| Part::actions(vec![undo])));
        }
        Saying::TakenBack { kep, issue } => draft.section(&taken_back(*kep, issue, speech.url)),
        Saying::Which { keps, of } => which(keps, of, &mut draft),
        Saying::Question {
            kep,
            who,
            markdown,
            note,
            permalink,
            answer,
        } => {
            let of = (*kep, &**who);
            draft.rich(&question(of, markdown, permalink.as_deref()));
            draft.small(note);
            let answer = answer.as_ref().and_then(|of| press::answer(*kep, of));
            draft
                .blocks
                .extend(answer.map(|answer| Part::actions(vec![answer])));
        }
        Saying::Held { lane, what, alarm } => held(lane, what, alarm, &mut draft),
        Saying::Refused(refusal) => refused(refusal, &mut draft),
        Saying::Notices(notices) => notice::tell(notices, &mut draft),
        Saying::Reminds(at) => {
            let text = Mrkdwn::default().words("I remind you of that ");
            draft.section(&text.moment(*at).words("."));
        }
        Saying::Digest(page) => digest::render(page, &mut draft),
        Saying::Plain(text) => draft.plain(text),
    }
    if let Some(picture) = &speech.picture {
        draft.picture(picture.file, picture.alt);
    }
    draft.finish()
}

/// A link, or its words where it leads nowhere.
fn link(url: Option<&str>, label: &str, style: Style) -> Span {
    match url.and_then(Address::parse) {
        Some(to) => Span::Link {
            to,
            label: label.to_owned(),
            style,
        },
        None => Span::Text(label.to_owned(), style),
    }
}

fn update(
    kep: KepNumber,
    (who, by): (&str, Option<&str>),
    markdown: &str,
    permalink: Option<&str>,
) -> Rich {
    let (said, is_cut) = Rich::from_markdown(markdown).excerpt(MOST_OF_UPDATE);
    let mut first = vec![
        Span::Text(who.to_owned(), Style::BOLD),
        Span::text(format!(" on KEP-{kep}")),
    ];
    first.extend(by.map(|by| Span::text(format!(", relayed by {by}"))));
    let all = if is_cut {
        "all of it in Slack"
    } else {
        "in Slack"
    };
    if permalink.is_some() {
        first.extend([Span::text(" · "), link(permalink, all, Style::PLAIN)]);
    }
    let quoted = Block::Quote(said.blocks().to_vec());
    Rich::new(vec![Block::Paragraph(first), quoted])
}

fn question((kep, who): (KepNumber, &str), markdown: &str, permalink: Option<&str>) -> Rich {
    let (said, _) = Rich::from_markdown(markdown).excerpt(MOST_OF_UPDATE);
    let mut first = vec![
        Span::Text(who.to_owned(), Style::BOLD),
        Span::text(format!(" asks about KEP-{kep}")),
    ];
    if permalink.is_some() {
        first.extend([
            Span::text(" · "),
            link(permalink, "see the thread", Style::PLAIN),
        ]);
    }
    let quoted = Block::Quote(said.blocks().to_vec());
    Rich::new(vec![Block::Paragraph(first), quoted])
}

fn receipt(kep: KepNumber, issue: Option<&IssueAt>, is_struck: bool, url: Option<&str>) -> Mrkdwn {
    let (before, label, after) = if is_struck {
        (
            "🗑️ That was deleted here; ",
            "its comment",
            " is struck through",
        )
    } else {
        ("✅ Posted as ", "a comment", "")
    };
    let place = match issue {
        Some(issue) => format!(" on {issue}{after} (KEP-{kep})"),
        None => format!(" on the tracking issue of KEP-{kep}{after}"),
    };
    let text = Mrkdwn::default().words(before);
    match url {
        Some(url) => text.link(url, label),
        None => text.words(label),
    }
    .words(&place)
}

fn taken_back(kep: KepNumber, issue: &IssueAt, url: Option<&str>) -> Mrkdwn {
    let text = Mrkdwn::default().words("↩️ Taken back from ");
    // The comment is gone, its issue is not.
    let page = url
        .and_then(|url| url.split('#').next())
        .unwrap_or_default();
    text.link(page, &issue.to_string())
        .words(&format!(", the tracking issue of KEP-{kep}."))
}

fn refused(refusal: &Refusal, draft: &mut Draft) {
    draft.plain(&refusal.why);
    if let Some((issue, page)) = &refusal.issue {
        let text = Mrkdwn::default().words("The issue: ");
        draft.section(&text.link(page, &issue.to_string()));
    }
    if let Some(typed) = &refusal.typed {
        draft.small("What you typed:");
        draft.plain(&unescaped(typed));
    }
}

/// As it was typed: <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

fn held(lane: &str, what: &str, alarm: &Key, draft: &mut Draft) {
    draft.plain(&format!(
        "I hold {what}, and what is behind it: too much was written there within an hour, perhaps because two bots argue."
    ));
    draft.small(
        "The button lifts that for an hour. Otherwise it goes on as the hour passes, one write for each that is an hour old. Nothing is lost, and the order stays.",
    );
    let button = press::go_on(lane, alarm);
    let buttons = button.map(|button| Part::actions(vec![button]));
    draft.blocks.extend(buttons);
}

fn which(keps: &[KepNumber], of: &Key, draft: &mut Draft) {
    draft.plain("Which KEP is meant?");
    let (pressed, typed) = keps.split_at(keps.len().min(MOST_ASKED));
    let buttons = pressed.iter().enumerate();
    let buttons = buttons.filter_map(|(at, kep)| press::which(at, *kep, of));
    let buttons: Vec<kit::Button> = buttons.collect();
    let names = |keps: &[KepNumber]| {
        let names = keps.iter().map(|kep| format!("KEP-{kep}"));
        names.collect::<Vec<_>>().join(", ")
    };
    draft.say(names(pressed));
    if !typed.is_empty() {
        draft.small(&format!(
            "Or one of these: {}. /kep update NUMBER puts words on its issue.",
            names(typed)
        ));
    }
    if !buttons.is_empty() {
        draft.blocks.push(Part::actions(buttons));
    }
}
