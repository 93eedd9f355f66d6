//! The parts of a Block Kit message that answers are made of, and Slack's limits on them: what is
//! too long ends in `…`, and what is too much says how much more there is.
//!
//! Shapes and limits: <https://docs.slack.dev/reference/block-kit/blocks>

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::{
    mrkdwn::{self, Mrkdwn},
    rich,
};
use crate::domain::rich::{Block as Lines, Rich, Span};

/// The most blocks in a message.
pub(super) const MOST_BLOCKS: usize = 50;
/// The longest header.
pub(super) const HEADER: usize = 150;
/// The longest text of a section, and of a small print.
const SECTION: usize = 3000;
/// The longest field of a section.
const FIELD: usize = 2000;
/// The longest description of a picture.
const ALT: usize = 2000;
/// The longest value of a button.
pub(super) const MOST_VALUE: usize = 2000;
/// The longest label of a button that Slack shows; it takes 75, and a phone shows about 30.
const LABEL: usize = 75;
/// The most text of all blocks together. Slack says nothing of it and refuses some messages of
/// 11,000 characters (`msg_blocks_too_long`): <https://github.com/slackapi/bolt-js/issues/2867>
const MOST_TEXT: usize = 10_000;
/// What a block takes of that beside its text; "a buffer for block containers", in the words of
/// <https://github.com/slackapi/bolt-js/issues/2509>.
const CONTAINER: usize = 20;
/// The most blocks in a view.
const MOST_IN_VIEW: usize = 100;
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
    /// A picture that was uploaded.
    Image {
        /// The picture.
        slack_file: SlackFile,
        /// What it shows, for who does not see it.
        alt_text: String,
    },
    /// Buttons.
    Actions {
        /// One beside the other where there is room.
        elements: Vec<Button>,
    },
    /// Formatted text, as [`rich::blocks`](super::rich::blocks) writes it.
    #[serde(untagged)]
    Rich(Value),
}

/// A file on Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlackFile {
    id: Box<str>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    #[serde(rename = "type")]
    kind: &'static str,
    text: Text,
    action_id: Cow<'static, str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<Box<str>>,
}

impl Button {
    /// A button of one of our actions; the value is at most [`MOST_VALUE`] long.
    pub(super) fn new(action_id: impl Into<Cow<'static, str>>, label: &str, value: String) -> Self {
        Self {
            kind: "button",
            text: Text::plain(label.into(), LABEL),
            action_id: action_id.into(),
            value,
            url: None,
        }
    }

    /// A button that opens a page. Slack tells of its press, too.
    /// <https://docs.slack.dev/reference/block-kit/block-elements/button-element>
    pub(super) fn leading_to(
        action_id: impl Into<Cow<'static, str>>,
        label: &str,
        url: &str,
    ) -> Self {
        Self {
            url: Some(url.into()),
            ..Self::new(action_id, label, String::new())
        }
    }
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
    fn plain(text: Cow<'_, str>, most: usize) -> Self {
        let shown = if text.starts_with(char::is_whitespace) || !text.bytes().all(is_shown) {
            let mut shown = String::with_capacity(text.len());
            shown_into(text.trim_start(), &mut shown);
            shown
        } else {
            text.into_owned()
        };
        Self::PlainText {
            text: fit(shown, most),
            emoji: false,
        }
    }

    fn mrkdwn(text: &Mrkdwn, most: usize) -> Self {
        Self::Mrkdwn {
            text: text.fit(most),
            verbatim: true,
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::PlainText { text, .. } | Self::Mrkdwn { text, .. } => text,
        }
    }

    /// A field of a section, of words from outside.
    pub(super) fn plain_field(text: String) -> Self {
        Self::plain(text.into(), FIELD)
    }

    /// A field of a section.
    pub(super) fn field(text: &Mrkdwn) -> Self {
        Self::mrkdwn(text, FIELD)
    }
}

impl Block {
    pub(super) fn header(text: &str) -> Self {
        Self::Header {
            text: Text::plain(text.into(), HEADER),
        }
    }

    /// A paragraph of words from outside.
    pub(super) fn plain(text: &str) -> Self {
        Self::Section {
            text: Some(Text::plain(text.into(), SECTION)),
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
    pub(super) fn fields(heading: &Mrkdwn, fields: Vec<Text>) -> Vec<Self> {
        let mut blocks = Vec::with_capacity(fields.len() / MOST_FIELDS + 1);
        let mut text = Some(Text::mrkdwn(heading, SECTION));
        let mut fields = fields.into_iter().peekable();
        while fields.peek().is_some() || text.is_some() {
            blocks.push(Self::Section {
                text: text.take(),
                fields: fields.by_ref().take(MOST_FIELDS).collect(),
            });
        }
        blocks
    }

    /// Fields, at most [`MOST_FIELDS`] of them.
    pub(super) fn only_fields(fields: Vec<Text>) -> Self {
        Self::Section { text: None, fields }
    }

    /// Formatted text. Where its addresses take more room than a message has for them, they are left
    /// out: a text of a few words can hide thousands of letters in links.
    pub(super) fn rich(text: &Rich) -> Vec<Self> {
        let blocks = |text: &Rich| -> Vec<Self> {
            let blocks = rich::blocks(text).into_iter();
            blocks.map(Self::Rich).collect()
        };
        let formatted = blocks(text);
        if fitting(&formatted) == formatted.len() {
            return formatted;
        }
        let words = text.text();
        let lines = words.lines().map(|line| vec![Span::text(line)]);
        let lines: Vec<Vec<Span>> = lines.collect();
        blocks(&Rich::new(vec![Lines::Paragraph(lines.join(&Span::Break))]))
    }

    /// What it takes of [`MOST_TEXT`], its texts measured so.
    fn size(&self, length: fn(&str) -> usize) -> usize {
        let texts = |all: &[Text]| all.iter().map(|text| length(text.as_str())).sum::<usize>();
        CONTAINER
            + match self {
                Self::Header { text } => length(text.as_str()),
                Self::Section { text, fields } => {
                    text.as_ref().map_or(0, |text| length(text.as_str())) + texts(fields)
                }
                Self::Context { elements } => texts(elements),
                Self::Actions { elements } => {
                    let buttons = elements.iter();
                    buttons
                        .map(|button| length(button.text.as_str()) + length(&button.value))
                        .sum()
                }
                Self::Image { alt_text, .. } => length(alt_text),
                Self::Rich(value) => texts_in(value, length),
            }
    }

    /// A picture that was uploaded as this file.
    pub(super) fn image(file: &str, alt: &str) -> Self {
        let mut shown = String::with_capacity(alt.len());
        shown_into(alt.trim_start(), &mut shown);
        Self::Image {
            slack_file: SlackFile { id: file.into() },
            alt_text: fit(shown, ALT),
        }
    }

    /// Whether it stays where it is the last of too many. Buttons lead to the rest, and a picture says
    /// much by itself.
    fn stays(&self) -> bool {
        matches!(self, Self::Actions { .. } | Self::Image { .. })
    }

    /// Buttons, at least one.
    pub(super) fn actions(elements: Vec<Button>) -> Self {
        Self::Actions { elements }
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
            elements: vec![Text::plain(text.into(), SECTION)],
        }
    }
}

impl Message {
    /// A message of blocks; `text` is the fallback, line by line.
    pub(super) fn new(text: &str, mut blocks: Vec<Block>) -> Self {
        let fit = fitting(&blocks);
        if fit < blocks.len() {
            let last = blocks.pop_if(|last| last.stays());
            let more = blocks.len() - fit;
            blocks.truncate(fit);
            blocks.push(Block::plain_context(&format!(
                "{more} more parts are left out: a message holds no more. kep-liaison status shows them."
            )));
            blocks.extend(last);
        }
        Self {
            text: mrkdwn::fallback(text, FALLBACK),
            blocks,
        }
    }
}

/// How much text formatted text has, addresses included.
fn texts_in(value: &Value, length: fn(&str) -> usize) -> usize {
    let texts_in = |value| texts_in(value, length);
    match value {
        Value::String(text) => length(text),
        Value::Array(items) => items.iter().map(texts_in).sum(),
        Value::Object(fields) => {
            let shown = fields.iter().filter(|(name, _)| *name != "type");
            shown.map(|(_, value)| texts_in(value)).sum()
        }
        _ => 0,
    }
}

/// How many of the blocks a message holds; where not all, with room for saying so and for the last
/// one where it stays.
fn fitting(blocks: &[Block]) -> usize {
    let sizes = blocks.iter().map(|block| block.size(length));
    if blocks.len() <= MOST_BLOCKS {
        // A text has no more units of UTF-16 than bytes, which need no counting.
        let at_most: usize = blocks.iter().map(|block| block.size(str::len)).sum();
        if at_most <= MOST_TEXT || sizes.clone().sum::<usize>() <= MOST_TEXT {
            return blocks.len();
        }
    }
    let last = blocks.last().filter(|last| last.stays());
    let last = last.map_or(0, |block| block.size(length));
    let mut room = MOST_TEXT.saturating_sub(200 + last);
    sizes
        .take(MOST_BLOCKS - 2)
        .take_while(|size| {
            let fits = *size <= room;
            room = room.saturating_sub(*size);
            fits
        })
        .count()
        .min(blocks.len() - usize::from(last > 0))
}

/// The bot's home, as `views.publish` takes it.
///
/// <https://docs.slack.dev/reference/views/home-tab-views>
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    #[serde(rename = "type")]
    kind: &'static str,
    /// What it shows.
    pub blocks: Vec<Block>,
}

impl View {
    /// A home of blocks.
    pub(super) fn home(mut blocks: Vec<Block>) -> Self {
        if blocks.len() > MOST_IN_VIEW {
            let more = blocks.len() - (MOST_IN_VIEW - 1);
            blocks.truncate(MOST_IN_VIEW - 1);
            blocks.push(Block::plain_context(&format!(
                "{more} more parts are left out: a home holds no more. /kep status mine shows your KEPs page by page."
            )));
        }
        Self {
            kind: "home",
            blocks,
        }
    }
}

/// How long Slack may take a text to be. It says characters; units of UTF-16 are never fewer.
pub(super) fn length(text: &str) -> usize {
    // Every character has one byte that continues none, and those of four bytes have two units.
    let units = |b: u8| usize::from(b & 0xC0 != 0x80) + usize::from(b >= 0xF0);
    text.bytes().map(units).sum()
}

/// At most so long, the end marked where something was cut. Never empty, which Slack refuses.
pub(super) fn fit(mut text: String, most: usize) -> String {
    text.truncate(text.trim_end().len());
    if text.is_empty() {
        return "–".to_owned();
    }
    // A text has no more units of UTF-16 than bytes.
    if text.len() <= most || length(&text) <= most {
        return text;
    }
    let mut used = 1;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.len_utf16();
        (used > most).then_some(at)
    });
    text.truncate(end.unwrap_or(text.len()));
    text.truncate(text.trim_end().len());
    text.push('…');
    text
}

/// A character as it is shown, if it is: no control characters, lines aside, and none of the marks
/// that turn the direction of writing.
pub(super) fn shown_char(c: char) -> Option<char> {
    match c {
        '\t' => Some(' '),
        '\n' => Some(c),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// Appends a text as it is shown.
pub(super) fn shown_into(text: &str, shown: &mut String) {
    each_run(text, is_shown, |run, c| {
        shown.push_str(run);
        shown.extend(c.and_then(shown_char));
    });
}

/// Whether a byte is a character that is shown as it stands.
fn is_shown(b: u8) -> bool {
    matches!(b, b' '..=b'~' | b'\n')
}

/// Takes a text apart: the bytes that are as wanted, run by run, and what stands behind each run.
/// Most of a text is one run, which is copied far faster than letter by letter.
pub(super) fn each_run(
    text: &str,
    is_wanted: impl Fn(u8) -> bool,
    mut take: impl FnMut(&str, Option<char>),
) {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.bytes().position(|b| !is_wanted(b));
        let (run, behind) = rest.split_at(end.unwrap_or(rest.len()));
        let mut behind = behind.chars();
        take(run, behind.next());
        rest = behind.as_str();
    }
}
