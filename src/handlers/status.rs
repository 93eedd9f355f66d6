//! The answer to a question about KEPs, from the board in memory, whoever asks and wherever.

use chrono::{DateTime, Utc};

use crate::{
    command::Query,
    domain::{
        Settings, Stage,
        answer::{Answer, CycleView},
        board::{Board, Entry, Filter},
        card::Card,
        finding::Inspector,
    },
};

/// Answers a question.
pub fn answer(query: &Query, board: &Board, settings: &Settings, now: DateTime<Utc>) -> Answer {
    let inspector = Inspector::new(board, settings, now);
    let card = |entry: &Entry| Card::of(entry, board, settings, &inspector);
    match query {
        Query::Cycle => Answer::Cycle(Box::new(cycle(board, settings, &inspector, now))),
        Query::One(_) | Query::Issue { .. } => match one(query, board) {
            Ok(entry) => Answer::Card(Box::new(card(entry))),
            Err(answer) => answer,
        },
        Query::List(filter) => match matching(filter, board, settings, &inspector) {
            Ok(found) => {
                let mut cards: Vec<Card> = found.into_iter().map(card).collect();
                if !filter.people.is_empty() {
                    // Somebody's KEPs are what waits for them.
                    cards.sort_by_cached_key(|card| (card.when.cycle.is_none(), card.urgency()));
                }
                Answer::List(cards)
            }
            Err(answer) => answer,
        },
    }
}

/// The one KEP that a question is about; else the answer that says why there is none, or not one.
pub(super) fn find<'a>(
    query: &Query,
    board: &'a Board,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<&'a Entry, Answer> {
    if let Query::List(filter) = query {
        let inspector = Inspector::new(board, settings, now);
        if let [entry] = matching(filter, board, settings, &inspector)?[..] {
            return Ok(entry);
        }
    }
    match query {
        Query::One(_) | Query::Issue { .. } => one(query, board),
        query => Err(answer(query, board, settings, now)),
    }
}

/// The KEP of a number or a link.
fn one<'a>(query: &Query, board: &'a Board) -> Result<&'a Entry, Answer> {
    match query {
        Query::One(number) => board
            .get(*number)
            .or_else(|| board.of_issue(None, u64::from(number.get())))
            .ok_or_else(|| unknown(&number.to_string(), board)),
        Query::Issue { repository, number } => board
            .of_issue(Some(repository), *number)
            .ok_or_else(|| Answer::Unknown {
                asked: format!("{repository}#{number}"),
                near: Vec::new(),
            }),
        Query::Cycle | Query::List(_) => Err(unknown("", board)),
    }
}

/// The KEPs that pass a filter. Words alone that none has are most likely misspelt.
fn matching<'a>(
    filter: &Filter,
    board: &'a Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> Result<Vec<&'a Entry>, Answer> {
    let found = board.filter(filter, settings, |entry, code| inspector.has(entry, code));
    let words_alone = || Filter {
        words: filter.words.clone(),
        ..Filter::default()
    };
    if found.is_empty() && *filter == words_alone() {
        return Err(unknown(&filter.words, board));
    }
    Ok(found)
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
    board: &Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
    now: DateTime<Utc>,
) -> CycleView {
    let of_cycle = board.entries().iter().filter(|entry| {
        inspector.in_cycle(entry)
            && (entry.kep.belongs_to(&settings.sigs)
                || entry.issues().any(|tracking| tracking.issue.is_open()))
    });
    let cards: Vec<Card> = of_cycle
        .map(|entry| Card::of(entry, board, settings, inspector))
        .collect();
    let stages = Stage::ALL
        .into_iter()
        .map(|stage| {
            (
                stage,
                cards
                    .iter()
                    .filter(|card| card.kep.stage == Some(stage))
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    let mut notes = board.notes().to_vec();
    notes.extend(board.stray().iter().map(|tracking| {
        let issue = &tracking.issue;
        (
            issue.url.clone(),
            format!(
                "#{} \"{}\" is a tracking issue that names no KEP",
                issue.number, issue.title
            ),
        )
    }));
    CycleView {
        current: board.cycles().current(now, settings.current_release),
        dates: inspector
            .current()
            .map(|release| inspector.dates_of(release))
            .unwrap_or_default(),
        cards,
        stages,
        findings: inspector.cycle_findings(),
        knows_issues: board.knows_issues(),
        keps: board.entries().len(),
        problems: board.problems().to_vec(),
        notes,
    }
}
