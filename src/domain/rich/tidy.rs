//! Makes blocks tidy: nothing empty, nothing too deep, no line break but as a span.

use super::{
    address::is_invisible,
    model::{Block, Item, List, MOST_DEPTH, Span},
};

/// The longest word for a language, and for an emoji: Slack takes no longer ones.
const LONGEST_LANGUAGE: usize = 50;
const LONGEST_EMOJI: usize = 100;
/// Markdown counts no further.
const LAST_NUMBER: u64 = 999_999_999;

/// Tidy blocks.
pub(super) fn blocks(blocks: Vec<Block>) -> Vec<Block> {
    let mut tidy = Vec::with_capacity(blocks.len());
    add_all(blocks, 0, &mut tidy);
    tidy.truncate(
        tidy.iter()
            .rposition(|block| *block != Block::Rule)
            .map_or(0, |last| last + 1),
    );
    tidy
}

fn add_all(blocks: Vec<Block>, depth: usize, to: &mut Vec<Block>) {
    for block in blocks {
        add(block, depth, to);
    }
}

fn add(block: Block, depth: usize, to: &mut Vec<Block>) {
    match block {
        Block::Paragraph(spans) => to.extend(paragraphs(spans).into_iter().map(Block::Paragraph)),
        Block::Heading(level, spans) => {
            let spans = one_line(spans);
            if !spans.is_empty() {
                to.push(Block::Heading(level.clamp(1, 6), spans));
            }
        }
        Block::List(list) if depth == MOST_DEPTH => {
            let items = list.items.into_iter();
            items.for_each(|item| add_all(item.blocks, depth, to));
        }
        Block::List(list) => {
            let items: Vec<_> = list
                .items
                .into_iter()
                .filter_map(|i| item(i, depth))
                .collect();
            if !items.is_empty() {
                let most = LAST_NUMBER.saturating_sub(items.len() as u64);
                let start = list.start.map(|start| start.min(most));
                to.push(Block::List(List { start, items }));
            }
        }
        Block::Code { language, text } => {
            let text = code(&text);
            if !text.is_empty() {
                let language = language.as_deref().and_then(word);
                to.push(Block::Code { language, text });
            }
        }
        Block::Quote(blocks) if depth == MOST_DEPTH => add_all(blocks, depth, to),
        Block::Quote(blocks) => {
            let mut quoted = Vec::with_capacity(blocks.len());
            add_all(blocks, depth + 1, &mut quoted);
            if !quoted.is_empty() {
                to.push(Block::Quote(quoted));
            }
        }
        Block::Rule => {
            // It divides, so there must be something before it.
            if to.last().is_some_and(|before| *before != Block::Rule) {
                to.push(Block::Rule);
            }
        }
        Block::Table(rows) => {
            let rows = rows.into_iter().map(|row| {
                let mut cells: Vec<_> = row.into_iter().map(one_line).collect();
                let last = cells.iter().rposition(|cell| !cell.is_empty());
                cells.truncate(last.map_or(0, |last| last + 1));
                cells
            });
            let rows: Vec<_> = rows.filter(|row| !row.is_empty()).collect();
            if !rows.is_empty() {
                to.push(Block::Table(rows));
            }
        }
    }
}

fn item(item: Item, depth: usize) -> Option<Item> {
    let mut blocks = Vec::with_capacity(item.blocks.len());
    add_all(item.blocks, depth + 1, &mut blocks);
    // In Markdown a box stands before words and nothing else.
    let has_words = matches!(blocks.first()?, Block::Paragraph(_));
    Some(Item {
        done: item.done.filter(|_| has_words),
        blocks,
    })
}

/// Spans as paragraphs: an empty line ends one.
fn paragraphs(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut paragraphs = Vec::new();
    let mut current = Vec::new();
    for line in lines(spans) {
        if line.is_empty() {
            paragraphs.push(std::mem::take(&mut current));
        } else {
            if !current.is_empty() {
                current.push(Span::Break);
            }
            current.extend(line);
        }
    }
    paragraphs.push(current);
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Spans where nothing may break a line.
fn one_line(spans: Vec<Span>) -> Vec<Span> {
    let mut one = Vec::new();
    for line in lines(spans) {
        if !one.is_empty() && !line.is_empty() {
            push(&mut one, Span::text(" "));
        }
        for span in line {
            push(&mut one, span);
        }
    }
    one
}

/// The lines of spans, without blanks at their ends.
fn lines(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut lines = vec![Vec::new()];
    for span in spans {
        match span {
            Span::Break => lines.push(Vec::new()),
            Span::Text(text, style) => {
                for (place, part) in clean(&text).split('\n').enumerate() {
                    if place > 0 {
                        lines.push(Vec::new());
                    }
                    add_span(&mut lines, Span::Text(part.to_owned(), style));
                }
            }
            Span::Link { to, label, style } => {
                let label = label_of(&label);
                let label = if label.is_empty() {
                    to.to_string()
                } else {
                    label
                };
                add_span(&mut lines, Span::Link { to, label, style });
            }
            Span::Person { id, name, style } => {
                let name = name.map(|name| label_of(&name));
                let name = name.filter(|name| !name.is_empty());
                add_span(&mut lines, Span::Person { id, name, style });
            }
            Span::Channel(name, style) => {
                let name = label_of(&name);
                if !name.is_empty() {
                    add_span(&mut lines, Span::Channel(name, style));
                }
            }
            Span::Emoji { name, unicode } => add_span(&mut lines, emoji(name, unicode)),
        }
    }
    lines.iter_mut().for_each(trim);
    lines
}

fn add_span(lines: &mut [Vec<Span>], span: Span) {
    if let Some(line) = lines.last_mut() {
        push(line, span);
    }
}

/// Appends a span; words go on where words of the same look stand.
pub(super) fn push(line: &mut Vec<Span>, span: Span) {
    match (line.last_mut(), span) {
        (_, Span::Text(text, _)) if text.is_empty() => {}
        (Some(Span::Text(before, look)), Span::Text(text, style)) if *look == style => {
            before.push_str(&text);
        }
        (_, span) => line.push(span),
    }
}

fn emoji(name: String, unicode: Option<String>) -> Span {
    let unicode = unicode.map(|unicode| label_of(&unicode));
    let unicode = unicode.filter(|unicode| !unicode.is_empty() && unicode.len() <= LONGEST_EMOJI);
    if is_emoji_name(&name) {
        Span::Emoji { name, unicode }
    } else {
        Span::text(unicode.unwrap_or_else(|| format!(":{}:", label_of(&name))))
    }
}

/// Whether a word can be an emoji's name, which people invent in all scripts.
pub(super) fn is_emoji_name(name: &str) -> bool {
    let may_stand = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '\'' | ':');
    // Colons part a tone of skin, as in `wave::skin-tone-2`.
    (1..=LONGEST_EMOJI).contains(&name.len())
        && name.chars().all(may_stand)
        && !name.starts_with(':')
        && !name.ends_with(':')
}

fn trim(line: &mut Vec<Span>) {
    while let Some(Span::Text(text, _)) = line.last_mut() {
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            break;
        }
        line.pop();
    }
    let is_blank = |span: &Span| matches!(span, Span::Text(text, _) if text.trim().is_empty());
    let first = line.iter().position(|span| !is_blank(span));
    line.drain(..first.unwrap_or(line.len()));
    if let Some(Span::Text(text, _)) = line.first_mut() {
        text.drain(..text.len() - text.trim_start().len());
    }
}

/// A text as it may be shown: lines end in `\n`, and nothing else is control.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let shown = |c| match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() || is_invisible(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(shown).collect()
}

/// A text of one line.
fn label_of(text: &str) -> String {
    let clean = clean(text);
    let lines: Vec<_> = clean.lines().map(str::trim).collect();
    lines.join(" ").trim().to_owned()
}

/// The lines of code, without empty ones around them.
fn code(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let may_stand = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || is_invisible(*c));
    let text: String = text.chars().filter(may_stand).collect();
    let text = text.trim_end();
    // The first line may begin with blanks that count.
    let start = text.len() - text.trim_start().len();
    let start = text[..start].rfind('\n').map_or(0, |end| end + 1);
    text[start..].to_owned()
}

/// The first word of what stands behind a fence.
fn word(info: &str) -> Option<String> {
    let may_stand = |c: char| c.is_ascii_alphanumeric() || "+#.-_".contains(c);
    let end = info.find(|c| !may_stand(c)).unwrap_or(info.len());
    let word = &info[..end];
    (1..=LONGEST_LANGUAGE)
        .contains(&word.len())
        .then(|| word.to_owned())
}
