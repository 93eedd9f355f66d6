//! The spans of a line in Markdown.

use super::{
    literal::{self, BREAK},
    model::{Span, Style},
    tidy,
};

/// What begins the mark on the bot's own comments, and has to be kept out of code, where nothing
/// can be escaped.
const MARK: &str = "kep-liaison";
/// What stands between the letters of an imitated mark.
const WORD_JOINER: char = '\u{2060}';
/// The looks that have marks of their own, the outer first.
const MARKS: [(Style, &str); 3] = [
    (Style::STRIKE, "~~"),
    (Style::BOLD, "**"),
    (Style::ITALIC, "*"),
];

/// Where spans stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// Spans in Markdown.
pub(super) fn write(spans: &[Span], place: Place) -> String {
    let mut writer = Writer {
        text: String::new(),
        open: Vec::new(),
        closed: None,
        place,
    };
    let pieces = pieces(spans);
    for (at, piece) in pieces.iter().enumerate() {
        let style = match piece {
            Span::Text(text, style) if !is_blank(text) => *style,
            Span::Link { style, .. } => *style,
            Span::Emoji { .. } => Style::PLAIN,
            // A mark must stand at a word, so blanks look as what both neighbours share.
            _ => {
                let look = |span: Option<&Span>| span.map_or(Style::PLAIN, look);
                let before = at.checked_sub(1).and_then(|at| pieces.get(at));
                look(before).shared(look(pieces.get(at + 1)))
            }
        };
        writer.piece(piece, style);
    }
    writer.look(Style::PLAIN, "");
    writer.text
}

fn look(span: &Span) -> Style {
    match span {
        Span::Text(_, style) | Span::Link { style, .. } => *style,
        _ => Style::PLAIN,
    }
}

/// Whether there are only blanks.
fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Spans of which only texts, links, emoji with names alone and breaks are left. Texts of one look
/// are one, as GitHub finds names across what were two spans; blanks at the ends of a look are
/// texts of their own.
fn pieces(spans: &[Span]) -> Vec<Span> {
    let mut joined = Vec::with_capacity(spans.len());
    for span in spans {
        let plain = match span {
            Span::Person { style, .. } | Span::Channel(_, style) => {
                Span::Text(span.shown(), *style)
            }
            Span::Emoji {
                unicode: Some(unicode),
                ..
            } => Span::text(unicode.clone()),
            span => span.clone(),
        };
        tidy::push(&mut joined, plain);
    }
    let mut pieces = Vec::with_capacity(joined.len());
    for span in joined {
        match span {
            Span::Text(text, style) if style != Style::PLAIN && !style.has(Style::CODE) => {
                let core = text.trim();
                let start = text.len() - text.trim_start().len();
                let (before, behind) = (&text[..start], &text[start + core.len()..]);
                for part in [before, core, behind] {
                    if !part.is_empty() {
                        pieces.push(Span::Text(part.to_owned(), style));
                    }
                }
            }
            span => pieces.push(span),
        }
    }
    pieces
}

struct Writer {
    text: String,
    /// The looks whose marks are open, with the marks.
    open: Vec<(Style, &'static str)>,
    /// The character before a closing mark that nothing stands behind yet.
    closed: Option<char>,
    place: Place,
}

impl Writer {
    fn piece(&mut self, piece: &Span, style: Style) {
        let mut source = String::new();
        // Marks that open before it are not there yet, and begin nothing.
        let starts_line =
            self.place == Place::Paragraph && (self.text.is_empty() || self.text.ends_with('\n'));
        match piece {
            Span::Text(text, _) if is_blank(text) => source.push_str(text),
            Span::Text(text, style) if style.has(Style::CODE) => self.code(text, &mut source),
            Span::Text(text, _) => {
                literal::write(text, starts_line, &mut source);
                if self.place == Place::Heading && source.ends_with('#') {
                    // Signs at the end of a heading would be dropped.
                    let end = source.trim_end_matches('#').len();
                    let signs = source.len() - end;
                    source.truncate(end);
                    source.push_str(&"\\#".repeat(signs));
                }
            }
            Span::Link { to, label, style } => {
                let is_bare = label == to.as_str() && !label.starts_with("mailto:");
                if is_bare && !style.has(Style::CODE) {
                    source.extend(["<", to.as_str(), ">"]);
                } else {
                    source.push('[');
                    if style.has(Style::CODE) {
                        self.code(label, &mut source);
                    } else {
                        literal::write(label, false, &mut source);
                    }
                    source.push_str("](");
                    for c in to.as_str().chars() {
                        if matches!(c, '(' | ')' | '&') {
                            source.push('\\');
                        }
                        source.push(c);
                    }
                    source.push(')');
                }
            }
            Span::Emoji { name, .. } => {
                // A workspace's own may be called like an issue.
                source.push(':');
                literal::write(name, false, &mut source);
                source.push(':');
            }
            Span::Break => source.push('\n'),
            Span::Person { .. } | Span::Channel(..) => {}
        }
        self.look(style.without(Style::CODE), &source);
        // It would be a picture.
        if self.text.ends_with('!') && source.starts_with('[') {
            self.text.insert(self.text.len() - 1, '\\');
        }
        // Two runs of backticks would be one, and an emoji by its name could be a scheme.
        let joins = (self.text.ends_with('`') && source.starts_with('`'))
            || (self.text.ends_with(':') && source.starts_with("//"));
        if joins {
            self.text.push_str(BREAK);
        }
        self.text.push_str(&source);
    }

    /// Closes and opens marks, so that what comes next has a look.
    fn look(&mut self, style: Style, next: &str) {
        let next = next.chars().next();
        let before_letter = next.is_some_and(is_letter);
        let is_star = |(_, mark): &(Style, &str)| mark.starts_with('*');
        let kept = self.open.iter().take_while(|(look, _)| style.has(*look));
        let mut kept = kept.count();
        // A mark opens only before a word.
        let opening = |open: &[(Style, &str)]| -> Vec<_> {
            let wanted = MARKS.iter().filter(|(look, _)| {
                style.has(*look)
                    && next.is_some_and(|c| !c.is_whitespace())
                    && !open.iter().any(|(open, _)| open == look)
            });
            wanted.copied().collect()
        };
        // A star between two signs may close as well as open, so before it all stars are closed.
        let opens_only = before_letter || self.text.ends_with(char::is_whitespace);
        if !opens_only && opening(&self.open[..kept]).iter().any(is_star) {
            kept = self.open[..kept].iter().position(is_star).unwrap_or(kept);
        }
        let closing = self.open.split_off(kept);
        for (_, mark) in closing.iter().rev() {
            // A mark behind another has that one before it.
            self.closed = self.text.chars().next_back();
            self.text.push_str(mark);
        }
        let opening = opening(&self.open);
        if let Some(last) = self.closed.take() {
            let ends = next.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation());
            // Two marks side by side would be read as one; and a mark closes only before a blank
            // or a sign where a sign stands before it.
            if !opening.is_empty() || !(is_letter(last) || ends) {
                self.text.push_str(BREAK);
            }
        }
        if opening.is_empty() {
            return;
        }
        let before = self.text.chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation());
        // Between two letters, too; so there it stands where no other star may be meant.
        let in_word = opening.len() == 1 && before_letter && !self.open.iter().any(is_star);
        let merges = before.is_some_and(|c| matches!(c, '*' | '~'));
        if !(begins || in_word) || merges {
            self.text.push_str(BREAK);
        }
        for (look, mark) in opening {
            self.text.push_str(mark);
            self.open.push((look, mark));
        }
    }

    /// Appends code, between more backticks than it has in a row.
    fn code(&self, code: &str, to: &mut String) {
        // In a cell a bar needs an escape, which one more backslash would undo.
        if self.place == Place::Cell && code.contains('|') && code.contains('\\') {
            return literal::write(code, false, to);
        }
        let fence = "`".repeat(longest_run(code) + 1);
        let has_blanks = code.starts_with(' ') && code.ends_with(' ') && !is_blank(code);
        let pad = if has_blanks || code.starts_with('`') || code.ends_with('`') {
            " "
        } else {
            ""
        };
        let mut code = without_mark(code);
        if self.place == Place::Cell {
            code = code.replace('|', "\\|");
        }
        to.extend([&fence, pad, &code, pad, &fence]);
    }
}

/// Whether a mark may stand between this and another letter.
///
/// One in a circle or a box is a letter to Unicode and a sign to Markdown:
/// <https://spec.commonmark.org/0.31.2/#unicode-punctuation-character>
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, 'Ⓐ'..='ⓩ' | '🄰'..='🅉' | '🅐'..='🅩' | '🅰'..='🆉')
}

/// How many backticks stand in a row at most.
pub(super) fn longest_run(code: &str) -> usize {
    let runs = code.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Code in which nothing looks like the bot's mark.
pub(super) fn without_mark(code: &str) -> String {
    let mut safe = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("<!--") {
        let end = at + "<!--".len();
        safe.push_str(&rest[..end]);
        rest = &rest[end..];
        if rest.trim_start().starts_with(MARK) {
            safe.insert(safe.len() - "!--".len(), WORD_JOINER);
        }
    }
    safe.push_str(rest);
    safe
}
