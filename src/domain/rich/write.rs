//! Blocks in GitHub's Markdown.
//!
//! Marks are chosen so that they cannot be taken for one another: lists that follow one another
//! take turns between two signs, and a rule is `___`, as `- ---` would be a rule and no list.

use super::{
    inline::{self, Place, longest_run, without_mark},
    model::{Block, Item, List, Span},
};

/// Blocks in Markdown.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut text = String::new();
    write_all(blocks, false, &mut text);
    text
}

/// Writes blocks with an empty line between them. In an item a list follows the words above it at
/// once, where Markdown lets it.
fn write_all(blocks: &[Block], in_item: bool, text: &mut String) {
    let mut turn = false;
    for (at, block) in blocks.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| blocks.get(at));
        if let Some(before) = before {
            let is_close = in_item
                && matches!(before, Block::Paragraph(_))
                && matches!(block, Block::List(list) if list.start.is_none_or(|n| n == 1));
            text.push_str(if is_close { "\n" } else { "\n\n" });
        }
        turn = !turn
            && matches!((before, block), (Some(Block::List(before)), Block::List(list))
            if before.start.is_some() == list.start.is_some());
        match block {
            Block::Paragraph(spans) => text.push_str(&inline::write(spans, Place::Paragraph)),
            Block::Heading(level, spans) => {
                text.push_str(&"#".repeat(usize::from(*level)));
                text.push(' ');
                text.push_str(&inline::write(spans, Place::Heading));
            }
            Block::List(list) => write_list(list, turn, text),
            Block::Code {
                language,
                text: code,
            } => {
                let fence = "`".repeat(longest_run(code).max(2) + 1);
                let language = language.as_deref().unwrap_or("");
                let code = without_mark(code);
                text.extend([&fence, language, "\n", &code, "\n", &fence]);
            }
            Block::Quote(blocks) => {
                let mut quoted = String::new();
                write_all(blocks, false, &mut quoted);
                write_behind("> ", "> ", &quoted, text);
            }
            Block::Rule => text.push_str("___"),
            Block::Table(rows) => write_table(rows, text),
        }
    }
}

fn write_list(list: &List, turn: bool, text: &mut String) {
    let between = if is_loose(list) { "\n\n" } else { "\n" };
    for (place, item) in list.items.iter().enumerate() {
        if place > 0 {
            text.push_str(between);
        }
        let sign = match (list.start, turn) {
            (Some(start), false) => format!("{}. ", start + place as u64),
            (Some(start), true) => format!("{}) ", start + place as u64),
            (None, false) => "- ".to_owned(),
            (None, true) => "* ".to_owned(),
        };
        let margin = " ".repeat(sign.len());
        let tick = match item.done {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let mut inner = tick.to_owned();
        write_all(&item.blocks, true, &mut inner);
        write_behind(&sign, &margin, &inner, text);
    }
}

/// Whether items need an empty line between them: one holds more than words and a list.
fn is_loose(list: &List) -> bool {
    let is_loose = |item: &Item| {
        let mut behind = item.blocks.iter().skip(1);
        behind.any(|block| !matches!(block, Block::List(_)))
    };
    list.items.iter().any(is_loose)
}

/// Appends lines behind a margin, which is another one before the first line.
fn write_behind(first: &str, margin: &str, lines: &str, text: &mut String) {
    for (place, line) in lines.split('\n').enumerate() {
        if place > 0 {
            text.push('\n');
        }
        let margin = if place == 0 { first } else { margin };
        // Nothing ends in blanks.
        text.push_str(if line.is_empty() {
            margin.trim_end()
        } else {
            margin
        });
        text.push_str(line);
    }
}

fn write_table(rows: &[Vec<Vec<Span>>], text: &mut String) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        for cell in row {
            text.push_str("| ");
            text.push_str(&inline::write(cell, Place::Cell));
            text.push(' ');
        }
        if place == 0 {
            // Other rows may have fewer cells.
            text.push_str(&"|  ".repeat(columns - row.len()));
        }
        text.push('|');
        if place == 0 {
            text.push('\n');
            text.push_str(&"| --- ".repeat(columns));
            text.push('|');
        }
    }
}
