//! Lays out lines of text within a width: headings, labelled rows, wrapped paragraphs. Outside
//! text loses its control characters, so that no title can move the cursor.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::domain::finding::Severity;

/// Text under construction.
pub(super) struct Page {
    width: usize,
    text: String,
}

/// The width of the labels: that of a day, `Wed 22 Jul 2026`.
const LABEL: usize = 16;

impl Page {
    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            text: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A paragraph.
    pub(super) fn line(&mut self, text: &str) {
        self.wrap(text, "", "", Style::new());
    }

    /// The first line of a page.
    pub(super) fn title(&mut self, text: &str) {
        self.wrap(text, "", "", Style::new().bold());
    }

    /// What begins a section.
    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.wrap(text, "", "", Style::new().bold().underline());
    }

    /// Small print.
    pub(super) fn dim(&mut self, text: &str) {
        self.wrap(text, "", "", Style::new().dimmed());
    }

    /// `  label   text`, wrapped under itself.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        let first = format!("  {label:<LABEL$}");
        let next = " ".repeat(LABEL + 2);
        self.wrap(text, &first, &next, Style::new());
    }

    /// `label  text`, with NBSP where no line may end; the label as wide as its neighbours', wrapped under itself.
    pub(super) fn labelled(&mut self, label: &str, wide: usize, text: &str) {
        let first = format!("{}  ", fit(label, wide));
        self.wrap(text, &first, &" ".repeat(wide + 2), Style::new());
    }

    /// A code and the numbers that have it, wrapped under themselves.
    pub(super) fn tally(&mut self, code: &str, numbers: &str) {
        let first = format!("  {code:<28}");
        self.wrap(numbers, &first, &" ".repeat(30), Style::new());
    }

    /// A mark of severity, what is wrong, and what mends it.
    pub(super) fn finding(&mut self, severity: Severity, evidence: &str, mend: &str, code: &str) {
        let color = match severity {
            Severity::Error => AnsiColor::Red,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Advice => AnsiColor::Cyan,
        };
        let style = Style::new().fg_color(Some(color.into())).bold();
        let label = format!("  {style}{severity:<9}{style:#}");
        let indent = " ".repeat(11);
        self.wrap_after(&label, 11, evidence, &indent);
        self.wrap(
            &format!("{mend} [{code}]"),
            &format!("{indent}→ "),
            &format!("{indent}  "),
            Style::new().dimmed(),
        );
    }

    /// Text as it stands, such as a line of a table that fits already.
    pub(super) fn raw(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn wrap(&mut self, text: &str, first: &str, next: &str, style: Style) {
        let text = plain(text);
        let options = options(self.width)
            .initial_indent(first)
            .subsequent_indent(next);
        for line in textwrap::wrap(&text, options) {
            let line = line.trim_end().replace('\u{a0}', " ");
            let _ = writeln!(self.text, "{style}{line}{style:#}");
        }
        if text.is_empty() {
            self.raw(first);
        }
    }

    /// Like [`Page::wrap`], behind a label that holds colours, whose visible width is given.
    fn wrap_after(&mut self, label: &str, wide: usize, text: &str, next: &str) {
        let blank = " ".repeat(wide);
        let text = plain(text);
        let options = options(self.width)
            .initial_indent(&blank)
            .subsequent_indent(next);
        for (at, line) in textwrap::wrap(&text, options).iter().enumerate() {
            let line = if at == 0 {
                format!("{label}{}", line.get(wide..).unwrap_or_default())
            } else {
                line.to_string()
            };
            self.raw(&line);
        }
    }
}

/// Lines break at blanks alone: a link, a label and a finding's code stay whole.
fn options<'a>(width: usize) -> Options<'a> {
    Options::new(width)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
}

/// Without control characters and without the marks that turn the direction of writing.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
        .collect()
}

/// At most `width` columns, the end marked where something was cut.
pub(super) fn fit(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    let text = plain(text);
    let wide = text.width();
    if wide <= width {
        return format!("{text}{}", " ".repeat(width - wide));
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or_default();
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        cut.push(c);
    }
    cut.push('…');
    cut + &" ".repeat(width.saturating_sub(used + 1))
}
