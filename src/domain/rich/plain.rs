//! Text without marks, read and written.

use super::{
    found,
    model::{Block, List, Span, Style},
};

/// The paragraphs of a text, the addresses in it as links.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut spans = Vec::new();
    for (place, line) in text.lines().enumerate() {
        if place > 0 {
            spans.push(Span::Break);
        }
        found::addresses(line, Style::PLAIN, &mut spans);
    }
    vec![Block::Paragraph(spans)]
}

/// Blocks as they read without marks, each on lines of its own.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut text = String::new();
    write_all(blocks, "", "", &mut text);
    text.truncate(text.trim_end().len());
    text
}

/// What spans show.
pub(super) fn shown(spans: &[Span]) -> String {
    spans.iter().map(Span::shown).collect()
}

/// Writes blocks behind a margin, which is another one before the first line.
fn write_all(blocks: &[Block], first: &str, margin: &str, text: &mut String) {
    let mut first = first;
    for block in blocks {
        match block {
            Block::Paragraph(spans) | Block::Heading(_, spans) => {
                write_lines(&shown(spans), first, margin, text);
            }
            Block::Code { text: code, .. } => write_lines(code, first, margin, text),
            Block::List(list) => write_list(list, first, margin, text),
            Block::Quote(blocks) => {
                write_all(blocks, &format!("{first}> "), &format!("{margin}> "), text);
            }
            Block::Rule => continue,
            Block::Table(rows) => {
                let row = |row: &Vec<Vec<Span>>| {
                    let cells: Vec<_> = row.iter().map(|cell| shown(cell)).collect();
                    cells.join(" | ")
                };
                let rows: Vec<_> = rows.iter().map(row).collect();
                write_lines(&rows.join("\n"), first, margin, text);
            }
        }
        first = margin;
    }
}

fn write_list(list: &List, first: &str, margin: &str, text: &mut String) {
    let mut before = first;
    let inner = format!("{margin}  ");
    for (item, number) in list.items.iter().zip(list.start.unwrap_or(0)..) {
        let sign = match list.start {
            Some(_) => format!("{number}. "),
            None => "• ".to_owned(),
        };
        let tick = item.done.map_or("", tick);
        write_all(&item.blocks, &format!("{before}{sign}{tick}"), &inner, text);
        before = margin;
    }
}

/// The box before an item.
pub(super) fn tick(is_done: bool) -> &'static str {
    if is_done { "☑ " } else { "☐ " }
}

fn write_lines(lines: &str, first: &str, margin: &str, text: &mut String) {
    for (place, line) in lines.split('\n').enumerate() {
        text.push_str(if place == 0 { first } else { margin });
        text.push_str(line);
        text.push('\n');
    }
}
