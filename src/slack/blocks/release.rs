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
    let mut lines: Vec<(String, Mrkdwn)> = Vec::new();
    match &shipping.of {
        None => {
            lines.push(("When".to_owned(), kubernetes_when(shipping, now)));
            lines.extend(runtimes(shipping));
        }
        Some(_) => {
            let days = shipping.runtimes.iter();
            lines.extend(days.map(|day| ("When".to_owned(), Mrkdwn::default().words(&when(day)))));
            let next = next(&shipping.dates, true, now);
            lines.extend(next.map(|text| ("Kubernetes".to_owned(), text)));
        }
    }
    let urgent = shipping.keps.iter().filter(|kep| kep.urgent > 0).count();
    if urgent > 0 {
        let todo = format!(
            "{urgent} of {} have errors or warnings",
            shipping.keps.len()
        );
        lines.push(("To do".to_owned(), Mrkdwn::default().words(&todo)));
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
    let text = Mrkdwn::default();
    match (shipping.is_out, &shipping.day) {
        (Some(true), Some(day)) => text.words("released ").day(day.day()),
        (Some(true), None) => text.words("released"),
        _ => {
            let known = !shipping.dates.is_empty();
            let unknown = || text.words("dates not known");
            next(&shipping.dates, known, now).unwrap_or_else(unknown)
        }
    }
}

/// A line for each release of a runtime that is to come; one for those that are out, and the KEPs
/// of which nobody knows.
fn runtimes(shipping: &Shipping) -> Vec<(String, Mrkdwn)> {
    let mut lines = Vec::new();
    let of_one = |one: &RuntimeDay, next: &RuntimeDay| one.runtime == next.runtime;
    for days in shipping.runtimes.chunk_by(of_one) {
        let runtime = &days[0].runtime;
        for day in days.iter().filter(|day| !day.is_out) {
            let text = format!("{} · {}", keps(day.keps), when(day));
            let label = format!("{runtime} {}", day.release);
            lines.push((label, Mrkdwn::default().words(&text)));
        }
        let out = days.iter().filter(|day| day.is_out && day.keps > 0);
        let mut rest: Vec<String> = out
            .map(|day| format!("{} in {}, which is out", keps(day.keps), day.release))
            .collect();
        let is_unknown = |kep: &&Shipped| kep.in_runtime(runtime).is_none();
        let unknown = shipping.keps.iter().filter(is_unknown).count();
        if unknown > 0 {
            rest.push(format!("{} not known", keps(unknown)));
        }
        if !rest.is_empty() {
            let text = Mrkdwn::default().words(&rest.join(" · "));
            lines.push((runtime.to_string(), text));
        }
    }
    lines
}

/// `August 26, 2026 (tentative)`
fn when(day: &RuntimeDay) -> String {
    let out = if day.is_out { "released " } else { "" };
    format!("{out}{}", day.when.as_deref().unwrap_or("no day yet"))
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
            let mark = if kep.urgent > 0 { "🟠 " } else { "" };
            let title = format!("{mark}{}", kep.title.replace('\n', " "));
            let ships = ships(kep, shipping);
            draft.say(format_args!("{title}: {}", ships.plain()));
            fields.extend([Text::plain_field(title), Text::field(&ships)]);
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
