//! The parts of a formatted text: blocks, and the spans in their lines.

use super::{Address, SOMEONE, found};

/// How deep lists and quotes stand in one another; what is deeper stands at this depth. Slack
/// indents eight times and no more.
pub const MOST_DEPTH: usize = 8;

/// A part that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Lines.
    Paragraph(Vec<Span>),
    /// A heading, of level 1 to 6.
    Heading(u8, Vec<Span>),
    /// A list.
    List(List),
    /// Code, or anything else whose blanks count.
    Code {
        /// What it is written in, in one word.
        language: Option<String>,
        /// Its lines.
        text: String,
    },
    /// What somebody else said.
    Quote(Vec<Block>),
    /// A line across.
    Rule,
    /// Rows of cells, some perhaps shorter than others; the first row is the heading.
    Table(Vec<Vec<Vec<Span>>>),
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The number of the first item; `None` where items have no numbers.
    pub start: Option<u64>,
    /// The items.
    pub items: Vec<Item>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Whether its box is ticked, if it has one.
    pub done: Option<bool>,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Text(String, Style),
    /// A link.
    Link {
        /// Where it leads.
        to: Address,
        /// What it says.
        label: String,
        /// How it looks.
        style: Style,
    },
    /// Somebody in Slack.
    Person {
        /// Their id.
        id: String,
        /// Their name, once it is known.
        name: Option<String>,
        /// How it looks.
        style: Style,
    },
    /// A channel, by its name without `#`.
    Channel(String, Style),
    /// An emoji.
    Emoji {
        /// Its name without colons.
        name: String,
        /// The same as characters, where it is no workspace's own.
        unicode: Option<String>,
    },
    /// The end of a line.
    Break,
}

impl Span {
    /// Words that look like all others.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into(), Style::PLAIN)
    }

    /// Words without marks, with the addresses and the emoji such as `:tada:` that are in them.
    pub fn found_in(text: &str, style: Style) -> Vec<Self> {
        let mut with_addresses = Vec::new();
        found::addresses(text, style, &mut with_addresses);
        let mut spans = Vec::with_capacity(with_addresses.len());
        for span in with_addresses {
            match span {
                Self::Text(text, style) => found::emoji(&text, style, &mut spans),
                span => spans.push(span),
            }
        }
        spans
    }

    /// What it shows.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text, _) | Self::Link { label: text, .. } => text.clone(),
            Self::Person { name, .. } => name.clone().unwrap_or_else(|| SOMEONE.to_owned()),
            Self::Channel(name, _) => format!("#{name}"),
            Self::Emoji { name, unicode } => unicode.clone().unwrap_or_else(|| format!(":{name}:")),
            Self::Break => "\n".to_owned(),
        }
    }
}

/// How words look: any of bold, italic, struck out and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style(u8);

impl Style {
    /// Like all others.
    pub const PLAIN: Self = Self(0);
    /// Bold.
    pub const BOLD: Self = Self(1);
    /// Italic.
    pub const ITALIC: Self = Self(2);
    /// Struck out.
    pub const STRIKE: Self = Self(4);
    /// As code is shown.
    pub const CODE: Self = Self(8);

    /// This and the other.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This without the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What both have.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it has all of the other.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Shows every span, in order.
pub(super) fn each_span<'a>(blocks: &'a [Block], look: &mut impl FnMut(&'a Span)) {
    for block in blocks {
        match block {
            Block::Paragraph(spans) | Block::Heading(_, spans) => spans.iter().for_each(&mut *look),
            Block::List(list) => {
                for item in &list.items {
                    each_span(&item.blocks, look);
                }
            }
            Block::Quote(blocks) => each_span(blocks, look),
            Block::Table(rows) => rows.iter().flatten().flatten().for_each(&mut *look),
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

/// Hands out every span, in order.
pub(super) fn each_span_mut(blocks: &mut [Block], change: &mut impl FnMut(&mut Span)) {
    for block in blocks {
        match block {
            Block::Paragraph(spans) | Block::Heading(_, spans) => {
                spans.iter_mut().for_each(&mut *change);
            }
            Block::List(list) => {
                for item in &mut list.items {
                    each_span_mut(&mut item.blocks, change);
                }
            }
            Block::Quote(blocks) => each_span_mut(blocks, change),
            Block::Table(rows) => rows.iter_mut().flatten().flatten().for_each(&mut *change),
            Block::Code { .. } | Block::Rule => {}
        }
    }
}
