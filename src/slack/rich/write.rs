//! Writes `rich_text` blocks that read well on a phone: a heading is bold, a row of a table is an
//! item of a list, and each of its cells says what it is.

use serde_json::{Value, json};

use super::super::kit::MOST_BLOCKS;
use super::line::Line;
use crate::domain::rich::{Block, Item, List, Span, Style};

/// Slack takes 1000 elements in a block and in a list; half of that is far from any border.
const MOST_ELEMENTS: usize = 500;
/// A line across is a block of its own, and there are not many.
const MOST_RULES: usize = 20;
/// Slack indents no further.
const MOST_INDENT: usize = 8;

/// Blocks of a message.
pub(super) fn write(blocks: &[Block]) -> Vec<Value> {
    let mut writer = Writer::default();
    writer.all(blocks);
    writer.end_block();
    writer.blocks.truncate(MOST_BLOCKS);
    writer.blocks
}

#[derive(Default)]
struct Writer {
    blocks: Vec<Value>,
    /// The elements of the block that is written.
    elements: Vec<Value>,
    rules: usize,
}

/// What lines are written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Message,
    /// A quote, so many others around it.
    Quote(usize),
}

impl Writer {
    fn all(&mut self, blocks: &[Block]) {
        let mut line = Line::default();
        for block in blocks {
            if add_words(block, "\n\n", &mut line) {
                continue;
            }
            self.end_line(&mut line, Within::Message);
            if *block == Block::Rule {
                if self.rules < MOST_RULES {
                    self.rules += 1;
                    self.end_block();
                    self.blocks.push(json!({"type": "divider"}));
                }
            } else {
                self.block(block, 0, Within::Message);
            }
        }
        self.end_line(&mut line, Within::Message);
    }

    /// A block that is no words of a line.
    fn block(&mut self, block: &Block, indent: usize, within: Within) {
        match block {
            Block::List(list) => self.list(list, indent, within),
            Block::Table(rows) => self.list(&rows_as_items(rows), indent, within),
            Block::Code { language, text } => {
                let mut line = Line::default();
                line.text(text, Style::PLAIN);
                let mut code = json!({"type": "rich_text_preformatted"});
                if let Some(language) = language {
                    code["language"] = json!(language);
                }
                code["elements"] = json!(line.elements());
                self.push(bordered(code, within));
            }
            Block::Quote(blocks) => {
                let within = match within {
                    Within::Message => Within::Quote(0),
                    Within::Quote(around) => Within::Quote(around + 1),
                };
                let mut line = Line::default();
                for block in blocks {
                    if !add_words(block, "\n", &mut line) {
                        self.end_line(&mut line, within);
                        self.block(block, 0, within);
                    }
                }
                self.end_line(&mut line, within);
            }
            Block::Paragraph(_) | Block::Heading(..) | Block::Rule => {}
        }
    }

    fn list(&mut self, list: &List, indent: usize, within: Within) {
        let mut written = Items::new(list, indent, within);
        for item in &list.items {
            let mut line = Line::default();
            let mut blocks = item.blocks.iter();
            let mut behind = None;
            for block in blocks.by_ref() {
                if !add_words(block, "\n", &mut line) {
                    behind = Some(block);
                    break;
                }
            }
            written.add(item.done, line);
            if behind.is_some() || written.sections.len() == MOST_ELEMENTS {
                self.push_items(&mut written);
            }
            // What is behind the first words of an item stands below it, and the list goes on.
            let mut line = Line::default();
            for block in behind.into_iter().chain(blocks) {
                if !add_words(block, "\n", &mut line) {
                    self.end_line(&mut line, within);
                    self.block(block, indent + 1, within);
                }
            }
            self.end_line(&mut line, within);
        }
        self.push_items(&mut written);
    }

    fn push_items(&mut self, items: &mut Items) {
        if let Some(list) = items.take() {
            self.push(list);
        }
    }

    fn end_line(&mut self, line: &mut Line, within: Within) {
        let elements = std::mem::take(line).elements();
        for part in elements.chunks(MOST_ELEMENTS) {
            let element = match within {
                Within::Message => json!({"type": "rich_text_section", "elements": part}),
                Within::Quote(0) => json!({"type": "rich_text_quote", "elements": part}),
                Within::Quote(_) => {
                    json!({"type": "rich_text_quote", "border": 1, "elements": part})
                }
            };
            self.push(element);
        }
    }

    fn push(&mut self, element: Value) {
        self.elements.push(element);
        if self.elements.len() == MOST_ELEMENTS {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let elements = std::mem::take(&mut self.elements);
        if !elements.is_empty() {
            let block = json!({"type": "rich_text", "elements": elements});
            self.blocks.push(block);
        }
    }
}

/// Items that are not pushed yet.
struct Items {
    indent: usize,
    within: Within,
    /// The number before the next item, if items have numbers.
    number: Option<u64>,
    /// The number before the first of `sections`.
    offset: u64,
    sections: Vec<Value>,
}

impl Items {
    fn new(list: &List, indent: usize, within: Within) -> Self {
        let number = list.start.map(|start| start.saturating_sub(1));
        Self {
            indent: indent.min(MOST_INDENT),
            within,
            number,
            offset: number.unwrap_or(0),
            sections: Vec::new(),
        }
    }

    fn add(&mut self, done: Option<bool>, line: Line) {
        let mut elements = line.elements();
        if let Some(is_done) = done {
            let sign = if is_done { "☑ " } else { "☐ " };
            elements.insert(0, json!({"type": "text", "text": sign}));
        }
        self.number = self.number.map(|number| number + 1);
        elements.truncate(MOST_ELEMENTS);
        if !elements.is_empty() {
            let section = json!({"type": "rich_text_section", "elements": elements});
            self.sections.push(section);
        }
    }

    fn take(&mut self) -> Option<Value> {
        let sections = std::mem::take(&mut self.sections);
        let offset = std::mem::replace(&mut self.offset, self.number.unwrap_or(0));
        if sections.is_empty() {
            return None;
        }
        let style = if self.number.is_some() {
            "ordered"
        } else {
            "bullet"
        };
        let mut list = json!({"type": "rich_text_list", "style": style, "indent": self.indent});
        if offset > 0 {
            list["offset"] = json!(offset);
        }
        list["elements"] = json!(sections);
        Some(bordered(list, self.within))
    }
}

/// In a quote there are only lines; what else is quoted has a border.
fn bordered(mut element: Value, within: Within) -> Value {
    if within != Within::Message {
        element["border"] = json!(1);
    }
    element
}

/// Appends a block that is words of a line; whether it is one.
fn add_words(block: &Block, between: &str, line: &mut Line) -> bool {
    let (spans, look) = match block {
        Block::Paragraph(spans) => (spans, Style::PLAIN),
        Block::Heading(_, spans) => (spans, Style::BOLD),
        _ => return false,
    };
    if !line.is_empty() {
        line.text(between, Style::PLAIN);
    }
    line.spans(spans, look);
    true
}

/// A table as a list: each row an item, that begins with its first cell.
fn rows_as_items(rows: &[Vec<Vec<Span>>]) -> List {
    let (heading, body) = match rows {
        [heading, body @ ..] if !body.is_empty() => (heading.as_slice(), body),
        rows => (&[][..], rows),
    };
    let item = |row: &Vec<Vec<Span>>| {
        let mut spans = Vec::new();
        let mut between = " – ";
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            if !spans.is_empty() {
                spans.push(Span::text(std::mem::replace(&mut between, " · ")));
            }
            let title = heading.get(column).filter(|title| !title.is_empty());
            if let Some(title) = title
                && column > 0
            {
                spans.extend(title.iter().cloned());
                spans.push(Span::text(": "));
            }
            spans.extend(cell.iter().cloned());
        }
        Item {
            done: None,
            blocks: vec![Block::Paragraph(spans)],
        }
    };
    List {
        start: None,
        items: body.iter().map(item).collect(),
    }
}
