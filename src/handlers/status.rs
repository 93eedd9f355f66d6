//! The answer to a question about KEPs, from the board in memory, whoever asks and wherever.

use chrono::{DateTime, Utc};

use crate::{
    command::Query,
    domain::{
        KepNumber, Settings, Stage,
        board::{Board, Entry, Filter},
        card::{Card, DateView},
        cycle::CurrentRelease,
        finding::{Finding, FindingCode, Inspector},
    },
};

/// What is answered.
#[derive(Debug)]
pub enum Answer {
    /// One KEP.
    Card(Box<Card>),
    /// Several.
    List(Vec<Card>),
    /// The current cycle.
    Cycle(Box<CycleView>),
    /// There is no such KEP.
    Unknown {
        /// What was asked for.
        asked: String,
        /// KEPs that may have been meant.
        near: Vec<(KepNumber, Box<str>)>,
    },
}

/// The current cycle at a glance.
#[derive(Debug)]
pub struct CycleView {
    /// The release; `None` when nothing tells.
    pub current: Option<CurrentRelease>,
    /// The days ahead.
    pub dates: Vec<DateView>,
    /// The KEPs of the watched SIGs that aim at it.
    pub cards: Vec<Card>,
    /// How many of them are at each stage.
    pub stages: Vec<(Stage, usize)>,
    /// What concerns the cycle and no single KEP.
    pub findings: Vec<Finding>,
    /// Whether the runtimes' issues are known, so that "untracked" means something.
    pub knows_issues: bool,
    /// How many KEPs the board holds.
    pub keps: usize,
    /// What could not be read: a place and a sentence.
    pub problems: Vec<(Box<str>, String)>,
    /// What was read, but a person should look at: tracking issues without a KEP, dates that
    /// contradict one another.
    pub notes: Vec<(Box<str>, String)>,
}

impl CycleView {
    /// How many KEPs have each finding, with the numbers, most frequent first.
    pub fn tally(&self) -> Vec<(FindingCode, Vec<KepNumber>)> {
        let mut tally: Vec<(FindingCode, Vec<KepNumber>)> = Vec::new();
        for card in &self.cards {
            for finding in &card.findings {
                let number = card.kep.number;
                match tally.iter_mut().find(|(code, _)| *code == finding.code) {
                    Some((_, numbers)) if numbers.contains(&number) => {}
                    Some((_, numbers)) => numbers.push(number),
                    None => tally.push((finding.code, vec![number])),
                }
            }
        }
        tally.sort_by_key(|(code, numbers)| (std::cmp::Reverse(numbers.len()), *code));
        tally
    }
}

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
