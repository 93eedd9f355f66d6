//! What a question about KEPs is answered with, before it is put into any form.

use std::cmp::Reverse;

use super::{
    KepNumber, Stage,
    board::Note,
    card::{Card, DateView},
    cycle::CurrentRelease,
    finding::{Finding, FindingCode},
    shipping::Shipping,
    who::Who,
};

/// What is answered.
#[derive(Debug)]
pub enum Answer {
    /// One KEP.
    Card(Box<Card>),
    /// Several.
    List(List),
    /// The current cycle.
    Cycle(Box<CycleView>),
    /// There is no such KEP.
    Unknown {
        /// What was asked for.
        asked: String,
        /// KEPs that may have been meant.
        near: Vec<(KepNumber, Box<str>)>,
    },
    /// Who has a part in a KEP.
    Who(Box<Who>),
    /// What ships in a release.
    Release(Box<Shipping>),
    /// What can be asked.
    Help(Help),
    /// A sentence: what was wrong with the question, and what to ask instead.
    Plain(Plain),
}

/// Several KEPs, of which some are shown.
#[derive(Debug)]
pub struct List {
    /// Those that are shown: a page of them, or all.
    pub cards: Vec<Card>,
    /// How many there are in all.
    pub of: usize,
    /// How many of all have errors or warnings.
    pub urgent: usize,
    /// Where there are none: what was most likely meant, if anything was.
    pub meant: Option<Plain>,
}

/// What can be asked, or one question in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// What it is about, in a line.
    pub title: String,
    /// What to type, and what that does; the shortest first.
    pub lines: Vec<HelpLine>,
    /// What else is good to know; what is to be typed stands between backticks.
    pub notes: Vec<String>,
}

/// One line of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    /// What to type: `status 5825`.
    pub type_this: String,
    /// What that does.
    pub does: String,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// What is said.
    pub text: String,
    /// What was most likely meant, as words that ask it: `status 5825`.
    pub instead: Option<String>,
}

/// The current cycle at a glance.
#[derive(Debug)]
pub struct CycleView {
    /// The release; `None` when nothing tells.
    pub current: Option<CurrentRelease>,
    /// The days ahead.
    pub dates: Vec<DateView>,
    /// The KEPs of [`Board::of_release`](super::board::Board::of_release). All of them stand there
    /// by number, a page of them most urgent first.
    pub list: List,
    /// How many of them are at each stage.
    pub stages: Vec<(Stage, usize)>,
    /// How many of them have each finding, with the numbers, most frequent first.
    pub tally: Vec<(FindingCode, Vec<KepNumber>)>,
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
    pub notes: Vec<Note>,
    /// The same of releases that are over, where nobody need mend it.
    pub past_notes: Vec<Note>,
}

impl CycleView {
    /// Those of its KEPs that are shown, those with the most and gravest findings first and the
    /// finished ones last.
    pub fn most_urgent_first(&self) -> Vec<&Card> {
        let mut cards: Vec<&Card> = self.list.cards.iter().collect();
        cards.sort_by_cached_key(|card| card.precedence());
        cards
    }
}

/// How many KEPs have each finding, with the numbers, most frequent first.
pub fn tally<'a>(
    keps: impl IntoIterator<Item = (KepNumber, &'a [Finding])>,
) -> Vec<(FindingCode, Vec<KepNumber>)> {
    let mut tally: Vec<(FindingCode, Vec<KepNumber>)> = Vec::new();
    for (number, findings) in keps {
        for finding in findings {
            match tally.iter_mut().find(|(code, _)| *code == finding.code) {
                Some((_, numbers)) if numbers.contains(&number) => {}
                Some((_, numbers)) => numbers.push(number),
                None => tally.push((finding.code, vec![number])),
            }
        }
    }
    tally.sort_by_key(|(code, numbers)| (Reverse(numbers.len()), *code));
    tally
}

/// That there is no such KEP, and what to try.
pub fn not_found(asked: &str) -> (String, &'static str) {
    if asked.bytes().all(|b| b.is_ascii_digit()) {
        (
            format!("There is no KEP-{asked}."),
            "Try words of its title.",
        )
    } else {
        (
            format!("No KEP matches \"{asked}\"."),
            "Try other words of its title, or its number.",
        )
    }
}
