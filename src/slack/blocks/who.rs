//! The message of who has a part in a KEP. Whoever reads it alone can tap on somebody's name to
//! write to them; where others read it, nobody is pinged.

use super::Draft;
use crate::{
    domain::{
        reply::Part,
        who::{AskAt, Group, Named, Who},
    },
    slack::mrkdwn::Mrkdwn,
};

/// The most people of one part; nobody writes to more.
const MOST: usize = 20;

pub(super) fn render(who: &Who, public: bool, draft: &mut Draft) {
    draft.headline(&format!("KEP-{}: {}", who.number, who.title));
    let mut text = Mrkdwn::default();
    for group in &who.groups {
        // That nobody has a part matters only where somebody should.
        let wanted = matches!(group.part, Part::Owner | Part::Shepherd);
        if group.people.is_empty() && !wanted {
            continue;
        }
        text = text
            .bold(&label(group))
            .words("  ")
            .then(&people(&group.people, public))
            .line();
    }
    draft.section(&text);
    for ask in &who.ask {
        draft.section(&ask_at(ask, public));
    }
    for group in who.groups.iter().filter(|group| !group.words.is_empty()) {
        let words: Vec<&str> = group.words.iter().map(AsRef::as_ref).collect();
        draft.small(&format!(
            "{}, as written: {}",
            label(group),
            words.join(", ")
        ));
    }
    draft.small_print(
        &Mrkdwn::default()
            .link(&who.url, &format!("KEP-{}", who.number))
            .words(" · All of it: ")
            .code(&format!("/kep status {}", who.number)),
    );
}

/// `Shepherds (containerd)`
fn label(group: &Group) -> String {
    let many = group.people.len() > 1;
    let part = match (group.part, many) {
        (Part::Owner, false) => "Owner",
        (Part::Owner, true) => "Owners",
        (Part::Shepherd, false) => "Shepherd",
        (Part::Shepherd, true) => "Shepherds",
        (Part::Liaison, false) => "Liaison",
        (Part::Liaison, true) => "Liaisons",
        (Part::Reviewer, false) => "Reviewer",
        (Part::Reviewer, true) => "Reviewers",
        (Part::Approver, false) => "Approver",
        (Part::Approver, true) => "Approvers",
        (Part::Readiness, _) => "Production readiness",
    };
    match &group.of {
        Some(of) => format!("{part} ({of})"),
        None => part.to_owned(),
    }
}

fn people(people: &[Named], public: bool) -> Mrkdwn {
    if people.is_empty() {
        return Mrkdwn::default().words("nobody");
    }
    let mut text = Mrkdwn::default();
    for (at, named) in people.iter().take(MOST).enumerate() {
        text = text
            .words(if at == 0 { "" } else { ", " })
            .then(&one(named, public));
    }
    match people.len().saturating_sub(MOST) {
        0 => text,
        more => text.words(&format!(" and {more} more")),
    }
}

/// `samuelkarp (assigned)`; where there is a Slack name to tap on, that stands in front: `@Sam
/// (samuelkarp, assigned)`.
fn one(named: &Named, public: bool) -> Mrkdwn {
    let login = named.login.as_str();
    let note = named.note.map(|note| format!(" ({note})"));
    let note = note.unwrap_or_default();
    let github = Mrkdwn::default().link(&format!("https://github.com/{login}"), login);
    let Some(id) = named.slack.as_ref().filter(|_| !public) else {
        return github.words(&note);
    };
    let end = named
        .note
        .map_or(")".to_owned(), |note| format!(", {note})"));
    let text = Mrkdwn::default().person(id).words(" (");
    text.then(&github)
        .words(&end)
        .reads(&format!("{login}{note}"))
}

fn ask_at(ask: &AskAt, public: bool) -> Mrkdwn {
    let text = Mrkdwn::default()
        .words(&format!("{} Ask on ", ask.why))
        .link(&ask.url, &ask.label);
    if ask.people.is_empty() {
        return text.words(".");
    }
    let text = text.words(", or a maintainer: ");
    text.then(&people(&ask.people, public)).words(".")
}
