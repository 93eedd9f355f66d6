//! People's formatted text, as neither Slack nor GitHub writes it: what is read from one is written
//! to the other by way of this, and what is written neither pings nor refers nor breaks out.

mod address;
mod excerpt;
mod found;
pub(super) mod html;
mod inline;
mod literal;
mod model;
mod plain;
mod read;
mod tidy;
mod write;

use self::model::each_span;
pub(super) use self::read::events;
pub use self::{
    address::Address,
    model::{Block, Item, List, MOST_DEPTH, Span, Style},
};
use super::text::each_once;

/// Who is shown where no name is known.
const SOMEONE: &str = "someone";

/// Formatted text: blocks that are tidy, whoever wrote them.
///
/// Nothing in it is empty, or deeper than [`MOST_DEPTH`]; no text holds a line break or a control
/// character; addresses are ones that may be linked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rich {
    blocks: Vec<Block>,
}

impl Rich {
    /// A text of blocks, which are tidied.
    pub fn new(blocks: Vec<Block>) -> Self {
        Self {
            blocks: tidy::blocks(blocks),
        }
    }

    /// A text without marks: its lines, its paragraphs, and the addresses in it as links.
    pub fn plain(text: &str) -> Self {
        Self::new(plain::read(text))
    }

    /// GitHub's Markdown, as a comment shows it: a line break is one. HTML leaves its text behind,
    /// a picture a link. What no comment on GitHub is long enough to hold is left out.
    pub fn from_markdown(markdown: &str) -> Self {
        Self::new(read::read(markdown))
    }

    /// What it is made of.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// As a comment on GitHub that shows the same, and in which no name, number or hash pings or
    /// refers, and nothing is HTML but `<!-- -->`.
    pub fn to_markdown(&self) -> String {
        write::write(&self.blocks)
    }

    /// As it reads without marks, for notifications and screen readers.
    pub fn text(&self) -> String {
        plain::write(&self.blocks)
    }

    /// Its beginning, of which [`text`](Self::text) has at most so many characters, cut at a word
    /// and ending in `…`; and whether anything was left out.
    pub fn excerpt(&self, limit: usize) -> (Self, bool) {
        excerpt::excerpt(self, limit)
    }

    /// The addresses that it links to.
    pub fn links(&self) -> Vec<&Address> {
        let mut links = Vec::new();
        each_span(&self.blocks, &mut |span| {
            if let Span::Link { to, .. } = span {
                links.push(to);
            }
        });
        links
    }

    /// The ids of those without a name yet, each once.
    pub fn people(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        each_span(&self.blocks, &mut |span| {
            if let Span::Person { id, name: None, .. } = span {
                ids.push(id.as_str());
            }
        });
        each_once(ids)
    }

    /// The same with the names of those who had none and are known.
    #[must_use]
    pub fn with_names(&self, name_of: impl Fn(&str) -> Option<String>) -> Self {
        let mut blocks = self.blocks.clone();
        model::each_span_mut(&mut blocks, &mut |span| {
            if let Span::Person { id, name, .. } = span
                && name.is_none()
            {
                *name = name_of(id);
            }
        });
        Self::new(blocks)
    }
}
