//! The answer to a question about KEPs, from the board in memory, whoever asks and wherever.

use chrono::{DateTime, Utc};

use super::slip::slip;
use crate::{
    command::Query,
    domain::{
        Settings, Stage,
        answer::{Answer, CycleView, List, tally},
        board::{Board, Entry, Note},
        card::Card,
        finding::{Finding, Inspector, precedence, urgent},
        reply::{PAGE, pages},
    },
};

/// What a question is about.
pub(super) enum Found<'a> {
    /// The current cycle.
    Cycle,
    /// One KEP.
    One(&'a Entry),
    /// Those that pass a filter; perhaps none, or one.
    Several(Vec<&'a Entry>),
    /// No KEP has the number, or the words.
    Nothing(Answer),
}

/// Which of several KEPs are shown. Nobody waits for the cards of the others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    /// All.
    All,
    /// Those of a page, from 0 on. One beyond the last is the last.
    Page(usize),
    /// None: how many there are is enough.
    Count,
}

/// Answers a question, with every KEP that it is about.
pub fn answer(query: &Query, board: &Board, settings: &Settings, now: DateTime<Utc>) -> Answer {
    let inspector = Inspector::new(board, settings, now);
    let found = find(query, board, settings, &inspector);
    shown(found, query, Extent::All, board, settings, &inspector)
}

/// Looks for what a question is about.
pub(super) fn find<'a>(
    query: &Query,
    board: &'a Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> Found<'a> {
    match query {
        Query::Cycle => Found::Cycle,
        Query::One(number) => match board
            .get(*number)
            .or_else(|| board.of_issue(None, u64::from(number.get())))
        {
            Some(entry) => Found::One(entry),
            None => Found::Nothing(unknown(&number.to_string(), board)),
        },
        Query::Issue { repository, number } => match board.of_issue(Some(repository), *number) {
            Some(entry) => Found::One(entry),
            None => Found::Nothing(Answer::Unknown {
                asked: format!("{repository}#{number}"),
                near: Vec::new(),
            }),
        },
        Query::List(filter) => {
            let has = |entry: &Entry, code| inspector.has(entry, code);
            let found = board.filter(filter, settings, has);
            if found.is_empty() && filter.is_words_alone() {
                // Most likely they are misspelt.
                return Found::Nothing(unknown(&filter.words, board));
            }
            Found::Several(found)
        }
    }
}

/// What was found, as `status` and `list` show it.
pub(super) fn shown(
    found: Found<'_>,
    query: &Query,
    extent: Extent,
    board: &Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> Answer {
    match found {
        Found::Cycle => Answer::Cycle(Box::new(cycle(extent, board, settings, inspector))),
        Found::One(entry) => {
            let card = Card::of(entry, board, settings, inspector);
            Answer::Card(Box::new(card))
        }
        Found::Several(entries) => {
            let mut found = inspected(entries, inspector);
            if !query.has_words() {
                found.sort_by_cached_key(|kep| kep.precedence(inspector));
            }
            let mut list = list(found, extent, board, settings, inspector);
            if list.of == 0 {
                list.meant = slip(query, board, settings, inspector);
            }
            Answer::List(list)
        }
        Found::Nothing(answer) => answer,
    }
}

/// A KEP with its findings, which all of a list are counted by.
struct Inspected<'a> {
    entry: &'a Entry,
    findings: Vec<Finding>,
}

impl Inspected<'_> {
    fn precedence(&self, at: &Inspector<'_>) -> impl Ord + use<> {
        let kep = &self.entry.kep;
        let in_cycle = at.in_cycle(self.entry);
        precedence(at.is_under_way(kep), in_cycle, &self.findings, kep.number)
    }
}

fn inspected<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    inspector: &Inspector<'_>,
) -> Vec<Inspected<'a>> {
    let inspected = entries.into_iter().map(|entry| Inspected {
        entry,
        findings: inspector.findings(entry),
    });
    inspected.collect()
}

fn list(
    found: Vec<Inspected<'_>>,
    extent: Extent,
    board: &Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> List {
    let of = found.len();
    let urgent = found.iter().filter(|kep| urgent(&kep.findings) > 0).count();
    let (first, most) = match extent {
        Extent::All => (0, of),
        Extent::Page(page) => (page.min(pages(of) - 1) * PAGE, PAGE),
        Extent::Count => (0, 0),
    };
    let shown = found.into_iter().skip(first).take(most);
    let cards = shown.map(|kep| Card::with(kep.findings, kep.entry, board, settings, inspector));
    List {
        cards: cards.collect(),
        of,
        urgent,
        meant: None,
    }
}

fn unknown(asked: &str, board: &Board) -> Answer {
    let near = board.near(asked, 5).into_iter();
    Answer::Unknown {
        asked: asked.to_owned(),
        near: near
            .map(|entry| (entry.kep.number, entry.kep.title.clone()))
            .collect(),
    }
}

pub(super) fn cycle(
    extent: Extent,
    board: &Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> CycleView {
    let current = inspector.current().into_iter();
    let of_cycle = current.flat_map(|release| board.of_release(release, settings));
    let mut found = inspected(of_cycle, inspector);
    let at_stage = |stage| {
        let stages = found.iter().map(|kep| kep.entry.kep.stage.get());
        stages.filter(|of| *of == Some(stage)).count()
    };
    let stages = Stage::ALL
        .into_iter()
        .map(|stage| (stage, at_stage(stage)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let by_number = found.iter();
    let tally = tally(by_number.map(|kep| (kep.entry.kep.number, &*kep.findings)));
    if let Extent::Page(_) = extent {
        found.sort_by_cached_key(|kep| kep.precedence(inspector));
    }
    let is_over = |note: &Note| {
        let shipped = note.release.and_then(|release| inspector.shipped(release));
        shipped == Some(true)
    };
    let (past_notes, mut notes): (Vec<Note>, Vec<Note>) =
        board.notes().iter().cloned().partition(is_over);
    notes.extend(board.stray().iter().map(|tracking| {
        let issue = &tracking.issue;
        Note {
            place: issue.url.clone(),
            text: format!(
                "#{} \"{}\" is a tracking issue that names no KEP",
                issue.number, issue.title
            ),
            release: None,
        }
    }));
    CycleView {
        current: board
            .cycles()
            .current(inspector.now(), settings.current_release),
        dates: inspector
            .current()
            .map(|release| inspector.dates_of(release))
            .unwrap_or_default(),
        list: list(found, extent, board, settings, inspector),
        stages,
        tally,
        findings: inspector.cycle_findings(),
        knows_issues: board.knows_issues(),
        keps: board.entries().len(),
        problems: board.problems().to_vec(),
        notes,
        past_notes,
    }
}
