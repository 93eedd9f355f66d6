//! The elements of a line of `rich_text`.

use serde_json::{Value, json};

use super::super::kit::length;
use crate::domain::rich::{Span, Style};

/// How long Slack takes a text to be is 12,000 units; no character has more than two.
const MOST_TEXT: usize = 6_000;
/// The longest address of a link, and its label.
const MOST_LINK: usize = 3_000;

/// A line, or several.
#[derive(Debug, Default)]
pub(super) struct Line {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String, Style),
    Other(Value),
}

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Appends words.
    pub(super) fn text(&mut self, text: &str, style: Style) {
        match self.parts.last_mut() {
            Some(Part::Text(before, look)) if *look == style => before.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned(), style)),
        }
    }

    /// Appends spans, all of which look like this too.
    pub(super) fn spans(&mut self, spans: &[Span], look: Style) {
        for span in spans {
            match span {
                Span::Text(text, style) => self.text(text, style.with(look)),
                Span::Link { to, label, style } => {
                    let style = style.with(look);
                    if length(to.as_str()) > MOST_LINK {
                        self.text(label, style);
                        continue;
                    }
                    let mut link = json!({"type": "link", "url": to.as_str()});
                    if label != to.as_str() {
                        let label: String = label.chars().take(MOST_LINK / 2).collect();
                        link["text"] = json!(label);
                    }
                    self.parts.push(Part::Other(styled(link, style)));
                }
                // By name: who is mentioned in somebody's words was told there.
                Span::Person { style, .. } | Span::Channel(_, style) => {
                    self.text(&span.shown(), style.with(look));
                }
                Span::Emoji { name, unicode } => {
                    let mut emoji = json!({"type": "emoji", "name": name});
                    if let Some(unicode) = unicode {
                        let numbers = unicode.chars().map(|c| format!("{:x}", u32::from(c)));
                        let numbers = numbers.collect::<Vec<_>>().join("-");
                        // Slack knows its own by name.
                        if numbers.len() <= 100 {
                            emoji["unicode"] = json!(numbers);
                        }
                    }
                    self.parts.push(Part::Other(emoji));
                }
                Span::Break => self.text("\n", Style::PLAIN),
            }
        }
    }

    /// Its elements as Slack takes them.
    pub(super) fn elements(self) -> Vec<Value> {
        let mut elements = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            match part {
                Part::Text(text, style) => {
                    let mut rest = text.as_str();
                    while !rest.is_empty() {
                        let end = rest.char_indices().nth(MOST_TEXT);
                        let (text, behind) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
                        elements.push(styled(json!({"type": "text", "text": text}), style));
                        rest = behind;
                    }
                }
                Part::Other(element) => elements.push(element),
            }
        }
        elements
    }
}

fn styled(mut element: Value, style: Style) -> Value {
    let looks = [
        ("bold", Style::BOLD),
        ("italic", Style::ITALIC),
        ("strike", Style::STRIKE),
        ("code", Style::CODE),
    ];
    for (name, _) in looks.iter().filter(|(_, look)| style.has(*look)) {
        element["style"][name] = json!(true);
    }
    element
}
