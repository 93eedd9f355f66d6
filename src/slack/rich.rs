//! Formatted text as Slack writes it: what people wrote is read, and `rich_text` blocks are
//! written, in which no text can ping.
//!
//! <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>

mod elements;
mod line;
mod lists;
mod marked;
mod mrkdwn;
mod write;

use serde_json::Value;

use crate::domain::rich::{Address, Block, Rich, Span, Style};

/// The most characters of a message that are read. Slack cuts longer ones:
/// <https://docs.slack.dev/reference/methods/chat.postMessage#truncating>
const LONGEST: usize = 40_000;
/// The most files that are told of; people can add ten to a message.
const MOST_FILES: usize = 10;

/// What somebody's message says: its `rich_text` blocks, or its `text` where it has none; and its
/// files as links. What is not understood leaves its text behind.
pub fn read(message: &Value) -> Rich {
    let blocks = list(message, "blocks");
    let mut reader = elements::Reader::new(LONGEST);
    for block in blocks {
        if word(block, "type") == "rich_text" {
            reader.block(block);
        }
    }
    let mut said = reader.end();
    if said.is_empty() {
        let text = word(message, "text");
        let end = text.char_indices().nth(LONGEST);
        said = mrkdwn::read(&text[..end.map_or(text.len(), |(at, _)| at)]);
    }
    let files = list(message, "files").iter().take(MOST_FILES);
    let files: Vec<_> = files.filter_map(file).collect();
    said.push(Block::Paragraph(files.join(&Span::Break)));
    Rich::new(said)
}

/// A text in Slack's markup as somebody would type it: what stands in signs for Slack alone is in
/// words, such as names.
pub fn typed(text: &str, name_of: impl Fn(&str) -> Option<String>) -> String {
    marked::flat(text, |span| match span {
        Span::Link { to, label, .. } if to.as_str().ends_with(label) => to.to_string(),
        Span::Link { to, label, .. } => format!("{label} ({to})"),
        Span::Person { id, name: None, .. } => name_of(id).unwrap_or_else(|| span.shown()),
        span => span.shown(),
    })
}

/// The same text as blocks of a message, at most 50 of them.
pub fn blocks(rich: &Rich) -> Vec<Value> {
    write::write(rich.blocks())
}

fn file(file: &Value) -> Option<Vec<Span>> {
    let names = [word(file, "name"), word(file, "title"), "file"];
    let name = names.into_iter().find(|name| !name.trim().is_empty())?;
    let links = [word(file, "permalink"), word(file, "url_private")];
    let link = links.into_iter().find_map(Address::parse);
    // A file that nobody may see any more has neither.
    let span = link.map(|to| Span::Link {
        to,
        label: name.to_owned(),
        style: Style::PLAIN,
    });
    Some(vec![span.unwrap_or_else(|| Span::text(name))])
}

/// A string, or nothing.
fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A list, or nothing.
fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let items = value.get(name).and_then(Value::as_array);
    items.map_or(&[], Vec::as_slice)
}
