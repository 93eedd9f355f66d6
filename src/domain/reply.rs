//! An answer on its way to whoever asked in Slack: with the words that ask the same again, the
//! page that is shown, and who will see it.

use chrono::{DateTime, Utc};

use super::{
    Login,
    answer::{Answer, CycleView},
    card::Card,
    notice::Preferences,
    origin::Origin,
};

/// An answer to somebody.
#[derive(Debug)]
pub struct Reply {
    /// What is answered.
    pub answer: Answer,
    /// The words that ask the same again, whoever says them and whenever: `list sig:node`.
    pub asked: String,
    /// Which page of a long answer, from 0 on. One beyond the last is the last.
    pub page: usize,
    /// Who will see it.
    pub audience: Audience,
    /// Where the facts come from.
    pub origin: Origin,
    /// When it is answered.
    pub now: DateTime<Utc>,
}

/// How many KEPs a page has: two or three screens of a phone.
pub const PAGE: usize = 10;

/// How many pages so many KEPs take, at least one.
pub fn pages(keps: usize) -> usize {
    keps.div_ceil(PAGE).max(1)
}

/// Who sees a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The asker alone, in a channel where it could be shown to everybody.
    Asker,
    /// The asker alone, in a conversation with the bot.
    Direct,
    /// Everybody in a channel: nobody is pinged.
    Channel,
}

impl Reply {
    /// Whether others see it, so that it may ping nobody.
    pub fn is_public(&self) -> bool {
        self.audience == Audience::Channel
    }
}

/// What the bot's home shows to somebody.
#[derive(Debug)]
pub struct Home {
    /// Who they are.
    pub who: HomeOf,
    /// The KEPs that they follow beside their own, the most urgent first.
    pub follows: Vec<Card>,
    /// What they said of how they are told of things, where that could be read.
    pub told: Option<Preferences>,
    /// The current cycle.
    pub cycle: CycleView,
    /// Where the facts come from.
    pub origin: Origin,
    /// When it is shown.
    pub now: DateTime<Utc>,
}

/// Whose home it is.
#[derive(Debug)]
pub enum HomeOf {
    /// Somebody whose KEPs are known.
    Somebody {
        /// Their login.
        login: Login,
        /// Their KEPs that are under way, the most urgent first.
        keps: Vec<Mine>,
        /// How many more KEPs name them, that are finished or given up.
        others: usize,
    },
    /// Somebody whom the settings do not tie to a GitHub login.
    Stranger {
        /// What an admin of the bot writes into the settings.
        how: String,
    },
}

/// A KEP of somebody's.
#[derive(Debug)]
pub struct Mine {
    /// The KEP.
    pub card: Card,
    /// What they are to it.
    pub parts: Vec<Part>,
}

/// What somebody is to a KEP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Wrote it, or is named as its owner on a tracking issue.
    Owner,
    /// Sees it through in a runtime.
    Shepherd,
    /// Carries news between SIG-Node and a runtime.
    Liaison,
    /// Reviews the proposal.
    Reviewer,
    /// Approves the proposal.
    Approver,
    /// Approved its production readiness.
    Readiness,
}

impl Part {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Shepherd => "shepherd",
            Self::Liaison => "liaison",
            Self::Reviewer => "reviewer",
            Self::Approver => "approver",
            Self::Readiness => "production readiness",
        }
    }
}
