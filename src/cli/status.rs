//! `kep-liaison status`: what `/kep status` and `/kep list` answer, in the terminal.

use clap::ValueEnum;

use super::{Failure, Global, json, load::Loaded, print, render};
use crate::{
    command::{Query, asks_for_own},
    domain::{answer::Answer, board::Board, card::Card, origin::Origin},
    handlers::status::answer,
    slack::blocks::{Frame, printed},
};

#[derive(Debug, clap::Args)]
#[command(after_help = help())]
pub(super) struct Args {
    /// A KEP (5825, KEP-5825, a link), words of its title, or filters; nothing for the cycle
    #[arg(value_name = "NUMBER|WORDS|FILTER")]
    query: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object for a KEP, an array for a list
    Json,
    /// One line for each KEP
    Csv,
    /// As JSON, written as YAML
    Yaml,
    /// A Slack message: JSON with `text` and `blocks`
    Blocks,
}

fn help() -> String {
    let filters: Vec<String> = Query::filters()
        .map(|(key, value)| format!("{key}:{value}"))
        .collect();
    format!(
        "Examples:\n  kep-liaison status\n  kep-liaison status 5825\n  kep-liaison status user namespaces\n  kep-liaison status sig:node stage:beta shepherd:none --format csv\n\nFilters, each with commas for several values:\n  {}",
        textwrap::fill(
            &filters.join("  "),
            textwrap::Options::new(76).subsequent_indent("  ")
        )
    )
}

/// Answers one question.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let words = args.query.iter().flat_map(|word| word.split_whitespace());
    let words: Vec<String> = words.map(str::to_owned).collect();
    if let Some(key) = asks_for_own(&words) {
        return Err(Failure::Usage(format!(
            "Who are you? Write `kep-liaison status {key}:@you`, with your login on GitHub."
        )));
    }
    let query = Query::parse(args.query.iter().map(String::as_str))
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let config = global.config()?;
    let settings = config.settings();
    let Loaded { facts, now, origin } = global.load(&config, &settings)?;
    let board = Board::build(facts, &settings);
    let answer = answer(&query, &board, &settings, now);
    let told =
        matches!(answer, Answer::Cycle(_)) && matches!(args.format, Format::Text | Format::Blocks);
    if !told && let Some(line) = unread(board.problems().len()) {
        anstream::eprintln!("{line}");
    }
    let blocks = || {
        let asked = args.query.join(" ");
        let frame = Frame {
            now,
            asked: &asked,
            first: (origin == Origin::Sample).then_some(render::SAMPLE_FIRST),
            last: render::origin_that_matters(origin, now),
        };
        json(&printed(&answer, &frame))
    };
    if let Answer::Unknown { asked, near } = &answer {
        if args.format == Format::Blocks {
            print(&blocks()?)?;
        }
        let mut why = render::unknown(asked, near);
        if origin == Origin::Sample {
            // A KEP that the sample leaves out may well exist.
            why = format!("{why}\n\n{}", render::SAMPLE_NOTE);
        }
        return Err(Failure::Failed(why));
    }
    let text = match args.format {
        Format::Text => render::text(&answer, now, origin, render::width()),
        Format::Json => match &answer {
            Answer::Card(card) => json(card),
            answer => json(&cards(answer)),
        }?,
        Format::Yaml => match &answer {
            Answer::Card(card) => render::yaml(card),
            answer => render::yaml(&cards(answer)),
        }?,
        Format::Csv => render::csv(&cards(&answer))?,
        Format::Blocks => blocks()?,
    };
    if args.format != Format::Text
        && let Some(note) = render::origin_that_matters(origin, now)
    {
        anstream::eprintln!("{note}");
    }
    print(&text)
}

/// What an answer that cannot name them says of things that could not be read.
fn unread(many: usize) -> Option<String> {
    let what = match many {
        0 => return None,
        1 => "1 thing could not be read; `kep-liaison status` names it".to_owned(),
        many => format!("{many} things could not be read; `kep-liaison status` names them"),
    };
    Some(what + ", with the same options and no words.")
}

fn cards(answer: &Answer) -> Vec<&Card> {
    match answer {
        Answer::Card(card) => vec![card],
        Answer::List(list) => list.cards.iter().collect(),
        Answer::Cycle(cycle) => cycle.list.cards.iter().collect(),
        // None of the others answers a question of the command line.
        Answer::Unknown { .. }
        | Answer::Who(_)
        | Answer::Release(_)
        | Answer::Help(_)
        | Answer::Plain(_) => Vec::new(),
    }
}
