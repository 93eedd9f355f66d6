//! The message of what ships in a release.

use chrono::{DateTime, Utc};

use super::{Draft, cycle::next, keps, list::Rows};
use crate::{
    domain::{
        Stage,
        shipping::{RuntimeDay, Shipped, Shipping},
        ships::{ShipsFrom, ShipsIn},
    },
    slack::{kit::Text, mrkdwn::Mrkdwn},
};

pub(super) fn render(shipping: &Shipping, rows: &Rows<'_>, now: DateTime<Utc>, draft: &mut Draft) {
    let whose = shipping.of.as_deref().unwrap_or("Kubernetes");
    draft.headline(&format!(
        "{whose} {}: {}",
        shipping.release,
        keps(shipping.keps.len())
    ));
    let mut lines = Vec::new();
    if shipping.of.is_none() {
        lines.push(("When", kubernetes_when(shipping, now)));
    }
    lines.extend(
        shipping
            .runtimes
            .iter()
            .map(|day| runtime_line(day, shipping)),
    );
    if shipping.of.is_some()
        && let Some(text) = next(&shipping.dates, true, now)
    {
        lines.push(("Kubernetes", text));
    }
    let urgent = shipping.keps.iter().filter(|kep| kep.urgent > 0).count();
    if urgent > 0 {
        let todo = format!(
            "{urgent} of {} have errors or warnings",
            shipping.keps.len()
        );
        lines.push(("To do", Mrkdwn::default().words(&todo)));
    }
    draft.summary(&lines);
    stages(shipping, rows, draft);
    if shipping.of.is_none() {
        draft.dates(&shipping.dates, now);
    }
    if let Some(place) = rows.place(shipping.keps.len()) {
        draft.small(&place);
    }
    draft.small("By the tracking issue's milestone (milestone), else a pull request's (PR), else the calendar (guess).");
}

fn kubernetes_when(shipping: &Shipping, now: DateTime<Utc>) -> Mrkdwn {
    let known = !shipping.dates.is_empty();
    match (shipping.is_out, next(&shipping.dates, known, now)) {
        (Some(true), _) => Mrkdwn::default().words("released"),
        (_, Some(text)) => text,
        (_, None) => Mrkdwn::default().words("dates not known"),
    }
}

/// `containerd 2.4  August 26, 2026 (tentative) · 12 KEPs`
fn runtime_line<'a>(day: &'a RuntimeDay, shipping: &Shipping) -> (&'a str, Mrkdwn) {
    let when = day.when.as_deref().unwrap_or("no day yet");
    let out = if day.is_out { "released " } else { "" };
    let release = match shipping.of {
        Some(_) => String::new(),
        None => format!("{}: {}, ", day.release, keps(day.keps)),
    };
    (
        &day.runtime,
        Mrkdwn::default().words(&format!("{release}{out}{when}")),
    )
}

/// The KEPs of the page, below a heading for each stage.
fn stages(shipping: &Shipping, rows: &Rows<'_>, draft: &mut Draft) {
    let shown = &shipping.keps[rows.range(shipping.keps.len())];
    for same in shown.chunk_by(|one, next| one.stage == next.stage) {
        let stage = same[0].stage;
        let heading = heading(stage);
        draft.say(&heading);
        let mut fields = Vec::with_capacity(same.len() * 2);
        for kep in same {
            let title = kep.title.replace('\n', " ");
            let ships = ships(kep, shipping);
            draft.say(&format!("{title}: {}", ships.plain()));
            fields.extend([Text::plain_field(&title), Text::field(&ships)]);
        }
        draft.fields(&Mrkdwn::default().bold(&heading), fields);
    }
}

fn heading(stage: Option<Stage>) -> String {
    match stage {
        None => "Stage not known".to_owned(),
        Some(stage) => {
            let word = stage.as_str();
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_uppercase())
        }
    }
}

/// `KEP-4960 · containerd 2.4 (milestone) · 2 to do`
fn ships(kep: &Shipped, shipping: &Shipping) -> Mrkdwn {
    let mut text = Mrkdwn::default().link(&kep.url, &format!("KEP-{}", kep.number));
    if shipping.of.is_some()
        && let Some(kubernetes) = kep.kubernetes
    {
        text = text.words(&format!(" · Kubernetes {kubernetes}"));
    }
    for (runtime, ships) in &kep.ships {
        let of_this = shipping.of.as_ref() == Some(runtime);
        text = match ships {
            None => text.words(&format!(" · {runtime} not known")),
            Some(ships) if of_this => text.words(&format!(" · {}", from(*ships))),
            Some(ships) => text.words(&format!(
                " · {runtime} {} ({})",
                ships.release,
                from(*ships)
            )),
        };
    }
    match kep.urgent {
        0 => text,
        many => text.words(" · ").bold(&format!("{many} to do")),
    }
}

fn from(ships: ShipsIn) -> &'static str {
    match ships.from {
        ShipsFrom::Milestone => "milestone",
        ShipsFrom::PullRequest => "PR",
        ShipsFrom::Guess => "guess",
    }
}
