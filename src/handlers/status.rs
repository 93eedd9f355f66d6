//! The answer to a question about KEPs, from the board in memory, whoever asks and wherever.

use chrono::{DateTime, Utc};

use crate::{
    command::Query,
    domain::{
        Settings, Stage,
        answer::{Answer, CycleView},
        board::{Board, Entry},
        card::Card,
        finding::Inspector,
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

/// Answers a question.
pub fn answer(query: &Query, board: &Board, settings: &Settings, now: DateTime<Utc>) -> Answer {
    let inspector = Inspector::new(board, settings, now);
    let found = find(query, board, settings, &inspector);
    shown(found, query, board, settings, &inspector)
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
    board: &Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> Answer {
    let card = |entry: &Entry| Card::of(entry, board, settings, inspector);
    match found {
        Found::Cycle => Answer::Cycle(Box::new(cycle(board, settings, inspector))),
        Found::One(entry) => Answer::Card(Box::new(card(entry))),
        Found::Several(entries) => {
            let mut cards: Vec<Card> = entries.into_iter().map(card).collect();
            if query.names_people() {
                // Somebody's KEPs are what waits for them.
                cards.sort_by_cached_key(|card| (card.when.cycle.is_none(), card.urgency()));
            }
            Answer::List(cards)
        }
        Found::Nothing(answer) => answer,
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

pub(super) fn cycle(board: &Board, settings: &Settings, inspector: &Inspector<'_>) -> CycleView {
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
        current: board
            .cycles()
            .current(inspector.now(), settings.current_release),
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
