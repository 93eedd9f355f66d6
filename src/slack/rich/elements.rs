//! Reads the elements of `rich_text` blocks.

use chrono::DateTime;
use serde_json::Value;

use super::{list, lists::Lists, word};
use crate::domain::rich::{Address, Block, Item, List, Span, Style};

/// How deep what is not understood is looked into.
const MOST_DEPTH: usize = 4;

/// What has been read of a message.
pub(super) struct Reader {
    blocks: Vec<Block>,
    lists: Lists,
    /// Whether the open lists, and what was read last, stand in a quote.
    is_quoted: bool,
    /// How many characters more are read.
    left: usize,
}

impl Reader {
    pub(super) fn new(longest: usize) -> Self {
        Self {
            blocks: Vec::new(),
            lists: Lists::default(),
            is_quoted: false,
            left: longest,
        }
    }

    /// Reads a `rich_text` block.
    pub(super) fn block(&mut self, block: &Value) {
        for element in list(block, "elements") {
            if self.left == 0 {
                return;
            }
            self.element(element);
        }
    }

    /// What was read.
    pub(super) fn end(mut self) -> Vec<Block> {
        self.end_lists();
        self.blocks
    }

    fn element(&mut self, element: &Value) {
        let is_quoted = element.get("border").and_then(Value::as_u64) == Some(1);
        match word(element, "type") {
            "rich_text_list" => self.list(element, is_quoted),
            "rich_text_preformatted" => {
                let language = Some(word(element, "language").to_owned());
                let text = self.spans(element).iter().map(written).collect();
                self.add(Block::Code { language, text }, is_quoted);
            }
            "rich_text_quote" => {
                let spans = self.spans(element);
                self.add(Block::Quote(vec![Block::Paragraph(spans)]), is_quoted);
            }
            _ => {
                let spans = self.spans(element);
                self.add(Block::Paragraph(spans), false);
            }
        }
    }

    fn list(&mut self, element: &Value, is_quoted: bool) {
        if is_quoted != self.is_quoted {
            self.end_lists();
        }
        self.is_quoted = is_quoted;
        let number = |name| element.get(name).and_then(Value::as_u64);
        let is_ordered = word(element, "style") == "ordered";
        let start = is_ordered.then(|| number("offset").unwrap_or(0).saturating_add(1));
        let mut items = Vec::new();
        for element in list(element, "elements") {
            let blocks = vec![Block::Paragraph(self.spans(element))];
            items.push(Item { done: None, blocks });
        }
        let indent = number("indent").unwrap_or(0);
        self.lists.add(indent, List { start, items });
    }

    fn end_lists(&mut self) {
        let lists = std::mem::take(&mut self.lists).end();
        for list in lists {
            self.push(Block::List(list), self.is_quoted);
        }
    }

    fn add(&mut self, block: Block, is_quoted: bool) {
        self.end_lists();
        self.is_quoted = is_quoted;
        self.push(block, is_quoted);
    }

    /// What has a border goes on with the quote before it.
    fn push(&mut self, block: Block, is_quoted: bool) {
        match self.blocks.last_mut() {
            Some(Block::Quote(quoted)) if is_quoted => quoted.push(block),
            _ if is_quoted => self.blocks.push(Block::Quote(vec![block])),
            _ => self.blocks.push(block),
        }
    }

    fn spans(&mut self, element: &Value) -> Vec<Span> {
        let mut spans = Vec::new();
        for inline in list(element, "elements") {
            self.inline(inline, 0, &mut spans);
        }
        if spans.is_empty() {
            self.text(word(element, "text"), Style::PLAIN, &mut spans);
        }
        spans
    }

    fn inline(&mut self, inline: &Value, depth: usize, to: &mut Vec<Span>) {
        if self.left == 0 || depth > MOST_DEPTH {
            return;
        }
        let style = style_of(inline);
        match word(inline, "type") {
            "link" => {
                let url = word(inline, "url");
                let label = self.fitting(word(inline, "text"));
                match Address::parse(url) {
                    Some(link) => to.push(Span::Link {
                        to: link,
                        label: label.to_owned(),
                        style,
                    }),
                    None if label.is_empty() => self.text(url, style, to),
                    None => to.push(Span::Text(label.to_owned(), style)),
                }
            }
            "user" => to.push(Span::Person {
                id: word(inline, "user_id").to_owned(),
                name: None,
                style,
            }),
            // Only their ids are told.
            "usergroup" => self.text("a group", style, to),
            "channel" => self.text("a channel", style, to),
            "team" => self.text("a team", style, to),
            "emoji" => {
                let name = self.fitting(word(inline, "name")).to_owned();
                let unicode = unicode(word(inline, "unicode"));
                to.push(Span::Emoji { name, unicode });
            }
            "broadcast" => self.text(&format!("@{}", word(inline, "range")), style, to),
            "color" => self.text(word(inline, "value"), style, to),
            "date" => {
                let fallback = word(inline, "fallback");
                match inline.get("timestamp").and_then(Value::as_i64) {
                    Some(timestamp) if fallback.is_empty() => {
                        self.text(&moment(timestamp), style, to);
                    }
                    _ => self.text(fallback, style, to),
                }
            }
            "text" => self.text(word(inline, "text"), style, to),
            _ => self.unknown(inline, depth, style, to),
        }
    }

    fn unknown(&mut self, inline: &Value, depth: usize, style: Style, to: &mut Vec<Span>) {
        let below = list(inline, "elements");
        for inline in below {
            self.inline(inline, depth + 1, to);
        }
        if below.is_empty() {
            let texts = ["text", "fallback", "name", "url"].map(|name| word(inline, name));
            let text = texts.into_iter().find(|text| !text.is_empty());
            self.text(text.unwrap_or(""), style, to);
        }
    }

    fn text(&mut self, text: &str, style: Style, to: &mut Vec<Span>) {
        to.push(Span::Text(self.fitting(text).to_owned(), style));
    }

    /// As much of a text as is still read.
    fn fitting<'a>(&mut self, text: &'a str) -> &'a str {
        let mut read = 0;
        let end = text.char_indices().find_map(|(at, _)| {
            read += 1;
            (read > self.left).then_some(at)
        });
        self.left -= read.min(self.left);
        &text[..end.unwrap_or(text.len())]
    }
}

/// A span in code, where all is text.
fn written(span: &Span) -> String {
    match span {
        Span::Link { to, label, .. } if label.is_empty() => to.to_string(),
        span => span.shown(),
    }
}

fn style_of(inline: &Value) -> Style {
    let looks = [
        ("bold", Style::BOLD),
        ("italic", Style::ITALIC),
        ("strike", Style::STRIKE),
        ("code", Style::CODE),
    ];
    let mut style = Style::PLAIN;
    for (name, look) in looks {
        let flag = inline.get("style").and_then(|style| style.get(name));
        if flag.and_then(Value::as_bool) == Some(true) {
            style = style.with(look);
        }
    }
    style
}

/// The characters of an emoji, of which Slack tells the numbers: `1f44b-1f3fb`.
fn unicode(numbers: &str) -> Option<String> {
    if numbers.is_empty() {
        return None;
    }
    let number = |digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    numbers.split('-').map(number).collect()
}

/// A moment, for readers anywhere.
pub(super) fn moment(timestamp: i64) -> String {
    DateTime::from_timestamp(timestamp, 0).map_or_else(
        || "a date".to_owned(),
        |at| at.format("%-d %b %Y %H:%M UTC").to_string(),
    )
}
