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
        Query::One(number) => match board
            .get(*number)
            .or_else(|| board.of_issue(None, u64::from(number.get())))
        {
            Some(entry) => Answer::Card(Box::new(card(entry))),
            None => unknown(&number.to_string(), board),
        },
        Query::Issue { repository, number } => match board.of_issue(Some(repository), *number) {
            Some(entry) => Answer::Card(Box::new(card(entry))),
            None => Answer::Unknown {
                asked: format!("{repository}#{number}"),
                near: Vec::new(),
            },
        },
        Query::List(filter) => list(filter, board, settings, &inspector),
    }
}

fn list(filter: &Filter, board: &Board, settings: &Settings, inspector: &Inspector<'_>) -> Answer {
    let found = board.filter(filter, settings, |entry, code| inspector.has(entry, code));
    if found.is_empty()
        && *filter
            == (Filter {
                words: filter.words.clone(),
                ..Filter::default()
            })
    {
        return unknown(&filter.words, board);
    }
    Answer::List(
        found
            .into_iter()
            .map(|entry| Card::of(entry, board, settings, inspector))
            .collect(),
    )
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

fn cycle(
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
