//! The beginning of a text.

use super::{
    Rich,
    model::{Block, Item, List, Span},
};

/// The beginning of a text, at most so many characters, and whether anything was left out.
pub(super) fn excerpt(rich: &Rich, limit: usize) -> (Rich, bool) {
    if length(rich) <= limit {
        return (rich.clone(), false);
    }
    // Signs and ends of lines count too, and how many there are is known when it is cut. So the
    // most words that fit are searched for.
    let mut best = Rich::default();
    let mut rooms = 0..limit;
    while !rooms.is_empty() {
        let room = rooms.start.midpoint(rooms.end);
        let mut cutter = Cutter {
            room,
            is_over: false,
            has_words: false,
        };
        let short = Rich::new(cutter.blocks(&rich.blocks));
        if length(&short) <= limit {
            rooms.start = room + 1;
            best = short;
        } else {
            rooms.end = room;
        }
    }
    (best, true)
}

fn length(rich: &Rich) -> usize {
    rich.text().chars().count()
}

/// What is longer is no word, and may be cut anywhere.
const LONGEST_WORD: usize = 100;

struct Cutter {
    /// How many characters still fit.
    room: usize,
    /// Whether something did not fit, and nothing more is taken.
    is_over: bool,
    /// Whether anything did.
    has_words: bool,
}

impl Cutter {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Block> {
        let mut kept = Vec::new();
        for block in blocks {
            if self.is_over {
                break;
            }
            match block {
                Block::Paragraph(spans) => {
                    let mut spans = self.spans(spans);
                    match kept.last_mut() {
                        // Nothing of it fits, and the one before can say so.
                        Some(Block::Paragraph(before)) if self.is_over && spans.len() == 1 => {
                            before.append(&mut spans);
                        }
                        _ => kept.push(Block::Paragraph(spans)),
                    }
                }
                Block::Heading(level, spans) => {
                    kept.push(Block::Heading(*level, self.spans(spans)));
                }
                Block::List(list) => {
                    let mut items = Vec::new();
                    for item in &list.items {
                        if self.is_over {
                            break;
                        }
                        items.push(Item {
                            done: item.done,
                            blocks: self.blocks(&item.blocks),
                        });
                    }
                    let start = list.start;
                    kept.push(Block::List(List { start, items }));
                }
                Block::Code { language, text } => self.code(language.as_ref(), text, &mut kept),
                Block::Quote(blocks) => kept.push(Block::Quote(self.blocks(blocks))),
                Block::Rule => kept.push(Block::Rule),
                Block::Table(rows) => kept.push(Block::Table(self.rows(rows))),
            }
        }
        kept
    }

    fn rows(&mut self, rows: &[Vec<Vec<Span>>]) -> Vec<Vec<Vec<Span>>> {
        let mut kept = Vec::new();
        for row in rows {
            let mut cells = Vec::new();
            for cell in row {
                if !self.is_over {
                    cells.push(self.spans(cell));
                }
            }
            kept.push(cells);
        }
        kept
    }

    /// Code is cut behind a line; what does not fit is told of below it.
    fn code(&mut self, language: Option<&String>, text: &str, kept: &mut Vec<Block>) {
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            match self.room.checked_sub(line.chars().count()) {
                Some(room) => {
                    self.room = room;
                    self.has_words = true;
                }
                None => {
                    self.is_over = true;
                    break;
                }
            }
            end += line.len();
        }
        if self.is_over && !self.has_words {
            // The beginning of a line is better than nothing.
            end = text.char_indices().nth(self.room).map_or(0, |(at, _)| at);
        }
        let text = text[..end].to_owned();
        let language = language.cloned();
        kept.push(Block::Code { language, text });
        if self.is_over {
            kept.push(Block::Paragraph(vec![Span::text("…")]));
        }
    }

    fn spans(&mut self, spans: &[Span]) -> Vec<Span> {
        let mut kept = Vec::new();
        for span in spans {
            let length = span.shown().chars().count();
            if let Some(room) = self.room.checked_sub(length) {
                self.room = room;
                self.has_words = true;
                kept.push(span.clone());
                continue;
            }
            self.is_over = true;
            match span {
                Span::Text(text, style) => {
                    let words = self.words(text);
                    if !words.is_empty() {
                        kept.push(Span::Text(words, *style));
                    }
                }
                Span::Link { to, label, style } => {
                    let label = self.words(label);
                    if !label.is_empty() {
                        kept.push(Span::Link {
                            to: to.clone(),
                            label,
                            style: *style,
                        });
                    }
                }
                _ => {}
            }
            // Nothing stands between a word and the sign that more was left out.
            while matches!(kept.last(), Some(Span::Break)) {
                kept.pop();
            }
            if let Some(Span::Text(text, _)) = kept.last_mut() {
                text.truncate(text.trim_end().len());
            }
            kept.push(Span::text("…"));
            break;
        }
        kept
    }

    /// The words that fit; of a first word that does not, its beginning.
    fn words(&self, text: &str) -> String {
        let end = text.char_indices().nth(self.room);
        let end = end.map_or(text.len(), |(at, _)| at);
        // A word that ends here is whole if a blank comes next.
        if text[end..].starts_with(char::is_whitespace) {
            return text[..end].trim_end().to_owned();
        }
        let blank = text[..end].rfind(char::is_whitespace);
        let cut = &text[blank.unwrap_or_default()..end];
        match blank {
            _ if cut.chars().count() > LONGEST_WORD => text[..end].to_owned(),
            Some(blank) => text[..blank].trim_end().to_owned(),
            None if !self.has_words => text[..end].to_owned(),
            None => String::new(),
        }
    }
}
