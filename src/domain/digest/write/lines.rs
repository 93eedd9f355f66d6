//! The lines of a digest: one for each KEP, or for a dozen numbers.

use crate::domain::{
    KepNumber, Login,
    answer::tally,
    digest::{Moved, Named, Need, Ships, Update},
    finding::{Finding, FindingCode, Severity},
    rich::{Address, Rich, Span, Style},
    text::each_once,
};

/// A line.
pub(super) type Line = Vec<Span>;

/// How many KEPs somebody is thanked for by number.
const THANKED: usize = 5;
/// How many changes of one KEP stand in a line.
const MOST_STEPS: usize = 12;
/// How many numbers stand in one line.
const NUMBERS: usize = 12;
/// Words of people's are no longer than this.
const MOST_SAID: usize = 160;

fn link(url: &str, label: &str) -> Span {
    match Address::parse(url) {
        Some(to) => Span::Link {
            to,
            label: label.to_owned(),
            style: Style::PLAIN,
        },
        None => Span::text(label),
    }
}

/// `KEP-5825 CRI List Streaming`
fn named(kep: &Named) -> Line {
    let number = link(&kep.url, &format!("KEP-{}", kep.number));
    if kep.title.is_empty() {
        return vec![number];
    }
    vec![number, Span::text(format!(" {}", kep.title))]
}

/// `🔴 KEP-4191 Split image filesystem (#9): nobody shepherds it, no milestone → maintainer`
pub(super) fn need_line(need: &Need) -> Line {
    let is_grave = |finding: &Finding| finding.severity == Severity::Error;
    let mark = if need.findings.iter().any(is_grave) {
        "🔴 "
    } else {
        "🟠 "
    };
    let mut line = vec![Span::text(mark)];
    line.extend(named(&need.kep));
    let numbers = each_once(need.findings.iter().filter_map(|finding| finding.issue));
    for (number, url) in need.pages.iter().filter(|(at, _)| numbers.contains(at)) {
        line.extend([Span::text(" · "), link(url, &format!("#{number}"))]);
    }
    let by_who = need
        .findings
        .chunk_by(|one, other| one.who_mends() == other.who_mends());
    for (at, same) in by_who.enumerate() {
        let what = each_once(same.iter().map(|finding| finding.code.in_short()));
        let between = if at == 0 { ": " } else { "; " };
        let who = same[0].who_mends();
        line.push(Span::text(format!("{between}{} → {who}", what.join(", "))));
    }
    line
}

/// Of so many that none has a line: what is missing, and where.
pub(super) fn rest_of_needs(needs: &[Need]) -> Vec<Line> {
    let all = needs.iter().map(|need| (need.kep.number, &*need.findings));
    let tally: Vec<(FindingCode, Vec<KepNumber>)> = tally(all);
    let lines = tally.iter().flat_map(|(code, numbers)| {
        numbers.chunks(NUMBERS).map(move |some| {
            let some: Vec<String> = some.iter().map(ToString::to_string).collect();
            vec![Span::text(format!("{code}: {}", some.join(" ")))]
        })
    });
    lines.collect()
}

pub(super) fn moved_line(moved: &Moved) -> Line {
    let mut line = named(&moved.kep);
    for (at, step) in moved.steps.iter().take(MOST_STEPS).enumerate() {
        line.push(Span::text(if at == 0 { ": " } else { "; " }));
        if let Some(place) = &step.place {
            line.push(link(step.url.as_deref().unwrap_or_default(), place));
            line.push(Span::text(" "));
        }
        let back = if step.back { " (back)" } else { "" };
        line.push(Span::text(format!("{}{back}", step.words)));
    }
    let more = moved.steps.len().saturating_sub(MOST_STEPS);
    if more > 0 {
        line.push(Span::text(format!("; and {more} more changes")));
    }
    line
}

pub(super) fn said_line(update: &Update) -> Line {
    let (words, _) = Rich::from_markdown(&update.markdown).excerpt(MOST_SAID);
    let words = words.text();
    let lines = words.lines().map(|line| line.trim_start_matches("• "));
    let words = lines.collect::<Vec<_>>().join(" · ");
    vec![
        Span::text(format!("KEP-{} ", update.kep)),
        link(&update.url, &update.who),
        Span::text(format!(": {words}")),
    ]
}

pub(super) fn ships_lines(ships: &Ships) -> Vec<Line> {
    let when = ships.when.as_ref().map(|when| format!(", {when}"));
    let release = format!("{}{}", ships.release, when.unwrap_or_default());
    let sure = with_numbers(&release, &ships.keps);
    let guessed = with_numbers(&format!("perhaps {release}"), &ships.guessed);
    [sure, guessed].concat()
}

pub(super) fn thanks_lines(thanks: &[(Login, Vec<KepNumber>)]) -> Vec<Line> {
    let all = thanks.iter().map(|(login, keps)| {
        let more = keps.len().saturating_sub(THANKED);
        let keps = keps.iter().take(THANKED).map(ToString::to_string);
        let keps = keps.collect::<Vec<_>>().join(", ");
        match more {
            0 => format!("{login} ({keps})"),
            more => format!("{login} ({keps} and {more} more)"),
        }
    });
    let all: Vec<String> = all.collect();
    let lines = all.chunks(NUMBERS);
    lines
        .map(|some| vec![Span::text(some.join(", "))])
        .collect()
}

/// The numbers of KEPs behind what they have in common, in as many lines as they need.
pub(super) fn with_numbers(what: &str, keps: &[Named]) -> Vec<Line> {
    let lines = keps.chunks(NUMBERS).enumerate().map(|(at, some)| {
        let begin = if at == 0 { what } else { "and" };
        let mut line = vec![Span::text(format!("{begin}: "))];
        for (at, kep) in some.iter().enumerate() {
            if at > 0 {
                line.push(Span::text(", "));
            }
            line.push(link(&kep.url, &kep.number.to_string()));
        }
        line
    });
    lines.collect()
}

pub(super) fn size_of(line: &[Span]) -> usize {
    let sizes = line.iter().map(|span| match span {
        Span::Link { to, label, .. } => to.as_str().len() + length(label),
        span => length(&span.shown()),
    });
    sizes.sum()
}

/// As Slack counts.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
