//! Answers as text for a terminal, and as CSV and YAML.

mod card;
mod cycle;
mod list;
mod page;
mod sync;

use std::time::Duration;

use anstyle::AnsiColor;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Failure, check::Level};
use crate::{
    domain::{
        KepNumber, Login,
        answer::{Answer, not_found},
        card::Card,
        origin::{Origin, ago},
        text::each_once,
    },
    github::Counts,
    jobs::sync::Report,
};

/// Said wherever the sample is shown, so that nobody takes it for today's news.
pub(super) const SAMPLE_NOTE: &str = "This is the built-in sample, as of 6 July 2026. `kep-liaison sync` fetches real data from GitHub; --enhancements-dir, --tracking-file and --release-dir read local files.";

/// The same in short, before anything else.
pub(super) const SAMPLE_FIRST: &str = "Sample data of 6 July 2026, not live.";

/// How wide an answer may be: the terminal's width, 80 where there is none, and never so wide
/// that lines are hard to follow.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0).clamp(40, 120))
}

/// An answer for people.
pub(super) fn text(answer: &Answer, now: DateTime<Utc>, origin: Origin, width: usize) -> String {
    let mut page = page::Page::new(width);
    if origin == Origin::Sample {
        page.dim(SAMPLE_FIRST);
    }
    match answer {
        Answer::Card(card) => card::render(card, now, &mut page),
        Answer::List(list) => match list.cards.as_slice() {
            [card] => card::render(card, now, &mut page),
            _ => list::render(list, &mut page),
        },
        Answer::Cycle(cycle) => cycle::render(cycle, now, &mut page),
        Answer::Unknown { asked, near } => page.line(&unknown(asked, near)),
        // None of these answers a question of the command line.
        Answer::Who(_) | Answer::Release(_) | Answer::Help(_) | Answer::Plain(_) => {}
    }
    if let Some(note) = origin_note(origin, now) {
        page.blank();
        page.dim(&note);
    }
    page.finish()
}

/// Where an answer comes from, and how old it is; nothing where it was read just now.
fn origin_note(origin: Origin, now: DateTime<Utc>) -> Option<String> {
    match origin {
        Origin::Files => None,
        Origin::Sample => Some(SAMPLE_NOTE.to_owned()),
        Origin::Store(None) => {
            let rest = "Not everything has arrived yet; `kep-liaison sync` fetches the rest.";
            Some(rest.to_owned())
        }
        Origin::Store(Some(at)) => Some(format!(
            "As of {}, {}. `kep-liaison sync` fetches what is new.",
            at.format("%-d %B %Y %H:%M UTC"),
            ago(now - at)
        )),
    }
}

/// The same for those who read the answer without the note: only where it matters.
pub(super) fn origin_that_matters(origin: Origin, now: DateTime<Utc>) -> Option<String> {
    origin_note(origin, now).filter(|_| origin.matters(now))
}

/// What a sync did.
pub(super) fn sync(report: &Report, counts: Counts, took: Duration, width: usize) -> String {
    let mut page = page::Page::new(width);
    sync::render(report, counts, took, &mut page);
    page.finish()
}

/// One line of a check: how it stands, with what, and what mends it.
pub(super) fn check(level: Level, what: &str, how: &str) -> String {
    let (word, style) = match level {
        Level::Ok => ("ok", AnsiColor::Green.on_default()),
        Level::Warn => ("warn", AnsiColor::Yellow.on_default()),
        Level::Fail => ("fail", AnsiColor::Red.on_default().bold()),
    };
    let (what, how) = (page::plain(what), page::plain(how));
    format!("{style}{word:<4}{style:#}  {what}: {how}\n")
}

/// There is no such KEP; what may have been meant.
pub(super) fn unknown(asked: &str, near: &[(KepNumber, Box<str>)]) -> String {
    let (what, instead) = not_found(asked);
    let what = page::plain(&what);
    if near.is_empty() {
        return format!("{what} {instead}");
    }
    let near: Vec<String> = near
        .iter()
        .map(|(number, title)| format!("  {number}  {}", page::plain(title)))
        .collect();
    format!("{what} Did you mean one of these?\n{}", near.join("\n"))
}

/// YAML of what the JSON holds.
pub(super) fn yaml(value: &impl Serialize) -> Result<String, Failure> {
    serde_saphyr::to_string(value).map_err(|error| Failure::Failed(error.to_string()))
}

/// One line for each KEP and a heading.
pub(super) fn csv(cards: &[&Card]) -> Result<String, Failure> {
    let failed = |error: csv::Error| Failure::Failed(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heading = [
        "number",
        "title",
        "sig",
        "status",
        "stage",
        "latest_milestone",
        "authors",
        "approvers",
        "tracking_issues",
        "shepherds",
        "ships_in",
        "findings",
        "url",
    ];
    writer.write_record(heading).map_err(failed)?;
    for card in cards {
        let kep = &card.kep;
        let issues = card.runtimes.iter().flat_map(|runtime| &runtime.issues);
        let ships = card.runtimes.iter().filter_map(|runtime| {
            Some(format!("{} {}", runtime.runtime, runtime.ships_in?.release))
        });
        let codes = card.findings.iter().map(|finding| finding.code.as_str());
        let codes = each_once(codes);
        let record = [
            kep.number.to_string(),
            kep.title.to_string(),
            kep.sig.as_deref().unwrap_or_default().to_owned(),
            kep.status
                .map(|status| status.to_string())
                .unwrap_or_default(),
            kep.stage.map(|stage| stage.to_string()).unwrap_or_default(),
            kep.latest_milestone
                .map(|release| release.to_string())
                .unwrap_or_default(),
            kep.authors.join(" "),
            kep.approvers.join(" "),
            issues
                .map(|issue| issue.url.to_string())
                .collect::<Vec<_>>()
                .join(" "),
            names(card.shepherds()).replace(", ", " "),
            ships.collect::<Vec<_>>().join(" "),
            codes.join(" "),
            kep.url.clone(),
        ];
        writer
            .write_record(record.map(|cell| defused(&cell)))
            .map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::Failed(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// On one line, without what moves a terminal's cursor; a cell that a spreadsheet would run as a
/// formula gets a quote in front.
fn defused(cell: &str) -> String {
    let cell = page::plain(cell);
    if cell.trim_start().starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell
    }
}

/// `1 KEP`, `2 KEPs`.
fn keps(many: usize) -> String {
    format!("{many} KEP{}", if many == 1 { "" } else { "s" })
}

/// Logins with commas between.
fn names<'a>(logins: impl IntoIterator<Item = &'a Login>) -> String {
    logins
        .into_iter()
        .map(Login::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use unicode_width::UnicodeWidthStr;

    use super::{super::Global, text};
    use crate::{
        command::Query, config::Config, domain::board::Board, handlers::status::answer,
        telemetry::logs::Format,
    };

    /// What the sample answers at a width, without colours.
    fn page(words: &[&str], width: usize) -> String {
        let nothing_named = Global {
            config: None,
            enhancements_dir: None,
            tracking_file: None,
            store: None,
            release_dir: None,
            verbose: 0,
            log_format: Format::default(),
            now: None,
        };
        let config = Config::default();
        let settings = config.settings();
        let loaded = nothing_named.load(&config, &settings).expect("the sample");
        let board = Board::build(loaded.facts, &settings);
        let query = Query::parse(words.iter().copied()).expect("a question");
        let answer = answer(&query, &board, &settings, loaded.now);
        strip_str(&text(&answer, loaded.now, loaded.origin, width)).to_string()
    }

    #[test]
    fn a_wider_terminal_is_used_and_none_is_overrun() {
        let widest = |text: &str| {
            let lines = text
                .lines()
                .filter(|line| line.split_whitespace().count() > 1);
            lines.map(UnicodeWidthStr::width).max().unwrap_or_default()
        };
        for words in [&["5825"][..], &["4639"], &["4191"], &["sig:node"], &[]] {
            let mut lines_before = usize::MAX;
            let mut widest_before = 0;
            for width in [64, 80, 100, 120] {
                let page = page(words, width);
                let (lines, widest) = (page.lines().count(), widest(&page));
                assert!(widest <= width, "{words:?} at {width} columns: {page}");
                assert!(widest > widest_before && lines <= lines_before, "{page}");
                (lines_before, widest_before) = (lines, widest);
            }
        }
    }

    #[test]
    fn a_table_gives_its_titles_the_room_that_is_left() {
        let row = |width| {
            let list = page(&["shepherd:none", "release:1.36"], width);
            let row = list.lines().find(|line| line.starts_with("4680 "));
            row.expect("KEP-4680").to_owned()
        };
        assert!(row(80).contains("Add Resource Health Status to… beta "));
        assert!(row(120).contains(
            "Add Resource Health Status to the Pod Status for Device Plugin and DRA beta "
        ));
    }
}
