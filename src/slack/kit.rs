//! The parts of a Block Kit message that answers are made of, and Slack's limits on them: what is
//! too long ends in `…`, and what is too much says how much more there is.
//!
//! Shapes and limits: <https://docs.slack.dev/reference/block-kit/blocks>

use serde::Serialize;

use super::mrkdwn::Mrkdwn;

/// The most blocks in a message.
const MOST_BLOCKS: usize = 50;
/// The longest header.
const HEADER: usize = 150;
/// The longest text of a section, and of a small print.
const SECTION: usize = 3000;
/// The longest field of a section.
const FIELD: usize = 2000;
/// The most fields of a section.
pub(super) const MOST_FIELDS: usize = 10;
/// The longest fallback that Slack shows whole.
const FALLBACK: usize = 3000;

/// A message as `chat.postMessage` and a `response_url` take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// What notifications say, and clients that show no blocks.
    pub text: String,
    /// The message.
    pub blocks: Vec<Block>,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Large and bold.
    Header {
        /// A plain text.
        text: Text,
    },
    /// A paragraph, or fields that stand in two columns where there is room for them and one
    /// below the other on a phone.
    Section {
        /// The paragraph.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<Text>,
        /// The fields.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Text>,
    },
    /// Small print.
    Context {
        /// One after the other.
        elements: Vec<Text>,
    },
}

/// A text object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Text {
    /// Shown as it stands, whatever it holds.
    PlainText {
        /// The text.
        text: String,
        /// Whether `:tada:` becomes a picture.
        emoji: bool,
    },
    /// With Slack's markup.
    Mrkdwn {
        /// The text.
        text: String,
        /// Whether bare links, `@names` and `#channels` stay as they are.
        verbatim: bool,
    },
}

impl Text {
    fn plain(text: &str, most: usize) -> Self {
        let text = shown(text);
        Self::PlainText {
            text: fit(text.trim(), most),
            emoji: false,
        }
    }

    fn mrkdwn(text: &Mrkdwn, most: usize) -> Self {
        Self::Mrkdwn {
            text: text.fit(most),
            verbatim: true,
        }
    }

    /// A field of a section, of words from outside.
    pub(super) fn plain_field(text: &str) -> Self {
        Self::plain(text, FIELD)
    }

    /// A field of a section.
    pub(super) fn field(text: &Mrkdwn) -> Self {
        Self::mrkdwn(text, FIELD)
    }
}

impl Block {
    pub(super) fn header(text: &str) -> Self {
        Self::Header {
            text: Text::plain(text, HEADER),
        }
    }

    /// A paragraph of words from outside.
    pub(super) fn plain(text: &str) -> Self {
        Self::Section {
            text: Some(Text::plain(text, SECTION)),
            fields: Vec::new(),
        }
    }

    pub(super) fn section(text: &Mrkdwn) -> Self {
        Self::Section {
            text: Some(Text::mrkdwn(text, SECTION)),
            fields: Vec::new(),
        }
    }

    /// Fields below a heading, in as many sections as they need.
    pub(super) fn fields(heading: &Mrkdwn, fields: &[Text]) -> Vec<Self> {
        let mut blocks = Vec::new();
        let mut text = Some(Text::mrkdwn(heading, SECTION));
        for fields in fields.chunks(MOST_FIELDS) {
            blocks.push(Self::Section {
                text: text.take(),
                fields: fields.to_vec(),
            });
        }
        blocks.extend(text.map(|text| Self::Section {
            text: Some(text),
            fields: Vec::new(),
        }));
        blocks
    }

    /// Fields, at most [`MOST_FIELDS`] of them.
    pub(super) fn only_fields(fields: Vec<Text>) -> Self {
        Self::Section { text: None, fields }
    }

    /// Small print.
    pub(super) fn context(text: &Mrkdwn) -> Self {
        Self::Context {
            elements: vec![Text::mrkdwn(text, SECTION)],
        }
    }

    /// Small print of words from outside.
    pub(super) fn plain_context(text: &str) -> Self {
        Self::Context {
            elements: vec![Text::plain(text, SECTION)],
        }
    }
}

impl Message {
    /// A message of blocks; `text` is the fallback, line by line.
    pub(super) fn new(text: &[String], mut blocks: Vec<Block>) -> Self {
        if blocks.len() > MOST_BLOCKS {
            let more = blocks.len() - (MOST_BLOCKS - 1);
            blocks.truncate(MOST_BLOCKS - 1);
            blocks.push(Block::plain_context(&format!(
                "{more} more parts are left out: a message holds no more. kep-liaison status shows them."
            )));
        }
        let text = Mrkdwn::default().words(&text.join("\n"));
        Self {
            text: text.fit(FALLBACK),
            blocks,
        }
    }
}

/// How long Slack may take a text to be. It says characters; units of UTF-16 are never fewer.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// At most so long, the end marked where something was cut. Never empty, which Slack refuses.
fn fit(text: &str, most: usize) -> String {
    if text.is_empty() {
        return "–".to_owned();
    }
    if length(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.len_utf16();
        if used > most {
            break;
        }
        cut.push(c);
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Without control characters, lines aside, and without the marks that turn the direction of
/// writing.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| *c == '\n' || !c.is_control())
        .filter(|c| {
            !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
        })
        .collect()
}
