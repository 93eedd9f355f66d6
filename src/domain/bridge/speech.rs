//! What the bridge says on Slack, before it has a form.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{IssueAt, Key};
use crate::domain::{
    KepNumber,
    change::Change,
    notice::{Notice, Recipient},
};

/// What a message of the bridge says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// The live card of a KEP, the root of its thread.
    Card {
        /// The KEP.
        kep: KepNumber,
        /// The latest news, where there is any.
        latest: Option<Box<Item>>,
        /// The day on which that was told.
        on: NaiveDate,
    },
    /// News of a KEP.
    News {
        /// The KEP.
        kep: KepNumber,
        /// What is new, oldest first.
        items: Vec<Item>,
        /// Whether it says of which KEP: its place does not.
        #[serde(default)]
        titled: bool,
    },
    /// What somebody said on Slack, on another channel than theirs.
    Update {
        /// The KEP.
        kep: KepNumber,
        /// Who said it, a name.
        who: Box<str>,
        /// Who had it relayed, a name; none where they are the same.
        by: Option<Box<str>>,
        /// Their words as GitHub's Markdown.
        markdown: String,
        /// The message, where there is one.
        permalink: Option<Box<str>>,
        /// The key of the question that it answers, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<Key>,
        /// Who asked that, by member id, where they are to be notified: a command leaves no message of
        /// theirs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asker: Option<Box<str>>,
    },
    /// A text stands on the tracking issue.
    Receipt {
        /// The KEP.
        kep: KepNumber,
        /// The key of the comment.
        written: Key,
        /// Whether it can still be taken back.
        undo: bool,
        /// Whether the thread was tied to the KEP with it.
        tied: bool,
        /// Where it stands.
        #[serde(default)]
        issue: Option<IssueAt>,
        /// Whether other channels are told, each in the KEP's thread.
        #[serde(default)]
        told: bool,
        /// Whether it is struck through there, because it was deleted where it was said.
        #[serde(default)]
        struck: bool,
    },
    /// A text was taken back from the tracking issue.
    TakenBack {
        /// The KEP.
        kep: KepNumber,
        /// Where it stood.
        issue: IssueAt,
    },
    /// Which of several KEPs is meant.
    Which {
        /// Those that may be.
        keps: Vec<KepNumber>,
        /// What is to be relayed, by the key of what asked for it.
        of: Key,
    },
    /// Somebody asks a KEP's shepherds.
    Question {
        /// The KEP.
        kep: KepNumber,
        /// Who asks, a name.
        who: Box<str>,
        /// What, as GitHub's Markdown.
        markdown: String,
        /// What becomes, or became, of it.
        note: Box<str>,
        /// Where it, or its answer, stands.
        permalink: Option<Box<str>>,
        /// The key of the question, where whoever reads this can answer it.
        answer: Option<Key>,
    },
    /// A lane is held, for the admins.
    Held {
        /// The lane, by name.
        lane: Box<str>,
        /// What waits in it, in words.
        what: Box<str>,
        /// The key of the alarm.
        alarm: Key,
    },
    /// A polite no.
    Refused(Refusal),
    /// What concerns somebody, to them alone.
    Notices(Box<Notices>),
    /// When somebody is reminded who wants to be.
    Reminds(DateTime<Utc>),
    /// A part of a digest.
    Digest(Box<Page>),
    /// A sentence of the bot's own.
    Plain(Box<str>),
}

/// What one person is told by one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// Who.
    pub who: Recipient,
    /// Of what, oldest first.
    pub items: Vec<Notice>,
    /// Whether it is the first that they ever get, and has to say why.
    pub is_first: bool,
    /// Whether they wanted to be told of it again.
    pub is_reminder: bool,
    /// Whether what follows on the same subjects stands below it.
    pub begins: bool,
}

/// A message of a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its headline, in the first.
    pub title: Option<Box<str>>,
    /// What it says, part by part: Markdown of the bot's own.
    pub parts: Vec<String>,
    /// Small print: that it comes late, how old the facts are.
    pub small: Vec<Box<str>>,
    /// Questions that a button asks for whoever presses it: its label, and the words.
    pub buttons: Vec<(Box<str>, Box<str>)>,
    /// Whether the chart stands below it.
    pub chart: bool,
}

/// A polite no, with what helps whoever gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why, in sentences that say what to do.
    pub why: Box<str>,
    /// The issue that it is about, and its page.
    pub issue: Option<(IssueAt, Box<str>)>,
    /// What they typed, in the chat's markup: they have it nowhere else.
    pub typed: Option<Box<str>>,
}

impl Refusal {
    /// The same, of something that was typed.
    #[must_use]
    pub fn of_typed(self, typed: Option<&str>) -> Self {
        Self {
            typed: typed.map(Into::into),
            ..self
        }
    }
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self {
            why: why.into(),
            ..Self::default()
        }
    }
}

impl From<&str> for Refusal {
    fn from(why: &str) -> Self {
        why.to_owned().into()
    }
}

impl From<Refusal> for Saying {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<String> for Saying {
    fn from(text: String) -> Self {
        Self::Plain(text.into())
    }
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Somebody commented on the tracking issue.
    Said {
        /// Which comment, by its number.
        comment: u64,
        /// Where.
        issue: IssueAt,
        /// Who, a login.
        who: Box<str>,
        /// Its page.
        url: Box<str>,
        /// Its text, Markdown; `None` for one that was deleted since.
        markdown: Option<String>,
    },
    /// Something changed.
    Changed {
        /// The change's number in the store.
        id: i64,
        /// What.
        change: Change,
    },
}

impl Item {
    /// Whether both are of the same comment.
    pub fn is_of_one_comment(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Said { comment, issue, .. },
                Self::Said {
                    comment: other,
                    issue: at,
                    ..
                },
            ) => comment == other && issue.repository == at.repository,
            _ => false,
        }
    }

    /// Whether it is a comment that was deleted since.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Said { markdown: None, .. })
    }
}
