//! Reads the lines of a text on GitHub, and the names in them.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::{
    mail,
    names::{self, Name},
};
use crate::domain::rich::{Address, Span, Style, events, html};

/// What HTML shows as it is written, or not at all, and where names are names of something else:
/// `IGNORE_PARENTS` in <https://github.com/gjtorikian/html-pipeline>, with [`LINK`].
const SILENT: [&str; 5] = ["pre", "code", "tt", "style", "script"];
/// A link, in which names are silent too. The next one ends one that nobody closed.
const LINK: &str = "a";

/// A paragraph, heading, item or row: what it shows, and who is named in it.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// What it shows.
    pub text: String,
    /// Its spans, and where each begins in the text. Together they show it.
    pub spans: Vec<(usize, Span)>,
    /// The names, in order.
    pub names: Vec<Name>,
}

impl Line {
    fn push(&mut self, span: Span) {
        let start = self.text.len();
        self.text.push_str(&span.shown());
        self.spans.push((start, span));
    }

    /// Leaves out what stands behind a place.
    fn truncate(&mut self, end: usize) {
        self.names.retain(|name| name.at.end <= end);
        // Nobody asks for the spans of text that is not there.
        self.text.truncate(end);
    }
}

/// The lines of a text in GitHub's Markdown that are its author's own words: no code, and nothing
/// that is quoted.
pub(super) fn lines(markdown: &str) -> Vec<Line> {
    let mut reader = Reader::default();
    for event in events(markdown) {
        if reader.mail == Mail::Quoted {
            break;
        }
        reader.take(event);
    }
    reader.end_line();
    reader.lines
}

/// Whether what is read stands in what an e-mail quotes.
#[derive(Debug, Default, PartialEq, Eq)]
enum Mail {
    #[default]
    No,
    /// Nothing was said since a line across, below which the head of a message may stand.
    Rule,
    /// What stands above it was read. A block quote behind it is the quote, and ends where it ends.
    Header,
    /// The same, beginning at this place in the latest line, if a block quote follows.
    Doubtful(usize),
    /// All that follows is.
    Quoted,
}

/// A link whose label is being read.
struct OpenLink {
    to: Option<Address>,
    /// How many spans stand before it.
    before: usize,
}

#[derive(Default)]
struct Reader {
    lines: Vec<Line>,
    line: Line,
    /// A text between two tags: GitHub looks at each alone.
    text: String,
    bold: usize,
    italic: usize,
    strike: usize,
    link: Option<OpenLink>,
    pictures: usize,
    /// Where the outermost picture is, and what it says.
    picture: (String, String),
    /// Block quotes, in Markdown and in HTML, without alerts.
    quotes: usize,
    is_in_code: bool,
    /// A block of HTML.
    block: Option<String>,
    /// Open elements of HTML in which nobody is named.
    silent: usize,
    /// Whether a link of HTML is open.
    is_in_link: bool,
    /// Whether a comment of HTML is open, which hides Markdown too.
    is_in_comment: bool,
    mail: Mail,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.words(&text);
                return;
            }
            Event::Html(html) if self.block.is_some() => {
                self.words(&html);
                return;
            }
            _ => self.end_text(),
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Code(code) if self.pictures > 0 => self.words(&code),
            Event::Code(code) => {
                self.show(Span::Text(
                    code.into_string(),
                    self.style().with(Style::CODE),
                ));
            }
            Event::Html(html) | Event::InlineHtml(html) if self.pictures == 0 => self.html(&html),
            Event::FootnoteReference(name) => {
                self.show(Span::Text(format!("[{name}]"), self.style()));
            }
            Event::SoftBreak | Event::HardBreak => self.show(Span::Break),
            Event::Rule => {
                self.end_line();
                if self.mail != Mail::Header {
                    self.mail = Mail::Rule;
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { dest_url, .. } => {
                self.link = Some(OpenLink {
                    to: Address::parse(&dest_url),
                    before: self.line.spans.len(),
                });
            }
            Tag::Image { dest_url, .. } => {
                if self.pictures == 0 {
                    self.picture = (dest_url.into_string(), String::new());
                }
                self.pictures += 1;
            }
            Tag::TableCell => {
                if !self.line.text.is_empty() {
                    self.show(Span::text(" | "));
                }
            }
            Tag::CodeBlock(_) => {
                self.end_line();
                self.is_in_code = true;
            }
            Tag::HtmlBlock => {
                self.end_line();
                self.block = Some(String::new());
            }
            // An alert is its author's own words:
            // <https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts>
            Tag::BlockQuote(alert) => {
                self.end_line();
                if alert.is_none() {
                    self.open_quote();
                }
            }
            _ => self.end_line(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.strike = self.strike.saturating_sub(1),
            TagEnd::Link => self.end_link(),
            TagEnd::Image => {
                self.pictures = self.pictures.saturating_sub(1);
                if self.pictures == 0 {
                    let (source, words) = std::mem::take(&mut self.picture);
                    let picture = html::picture(&source, words, self.style());
                    self.show(picture);
                }
            }
            TagEnd::TableCell => {}
            TagEnd::CodeBlock => self.is_in_code = false,
            TagEnd::HtmlBlock => {
                let html = self.block.take().unwrap_or_default();
                self.html(&html);
                self.end_line();
            }
            TagEnd::BlockQuote(None) => {
                self.end_line();
                self.quotes = self.quotes.saturating_sub(1);
            }
            _ => self.end_line(),
        }
    }

    fn words(&mut self, words: &str) {
        if let Some(block) = &mut self.block {
            block.push_str(words);
        } else if self.pictures > 0 {
            self.picture.1.push_str(words);
        } else if !self.is_in_code {
            self.text.push_str(words);
        }
    }

    /// Looks for names in a text whose end was read.
    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        if self.silent > 0 || self.is_in_link || self.link.is_some() {
            self.show(Span::Text(text, self.style()));
            return;
        }
        for span in Span::found_in(&text, self.style()) {
            let start = self.line.text.len();
            // What is not text is an address or an emoji, and names nobody.
            if let Span::Text(text, _) = &span
                && !self.is_in_comment
            {
                let names = names::names(text).map(|name| Name {
                    at: start + name.at.start..start + name.at.end,
                    ..name
                });
                self.line.names.extend(names);
            }
            self.show(span);
        }
    }

    fn show(&mut self, span: Span) {
        if !self.is_in_comment {
            self.line.push(span);
        }
    }

    fn style(&self) -> Style {
        let looks = [
            (self.bold, Style::BOLD),
            (self.italic, Style::ITALIC),
            (self.strike, Style::STRIKE),
        ];
        let looks = looks.into_iter().filter(|(count, _)| *count > 0);
        looks.fold(Style::PLAIN, |style, (_, look)| style.with(look))
    }

    /// Makes one span of a link, which shows the same.
    fn end_link(&mut self) {
        let Some(OpenLink { to, before, .. }) = self.link.take() else {
            return;
        };
        let Some(to) = to else {
            return;
        };
        let label = self.line.spans.split_off(before.min(self.line.spans.len()));
        if let Some(&(start, _)) = label.first() {
            let style = self.style();
            let label = self.line.text[start..].to_owned();
            let link = Span::Link { to, label, style };
            self.line.spans.push((start, link));
        }
    }

    fn html(&mut self, html: &str) {
        let mut html = html;
        if self.is_in_comment {
            let Some(end) = html.find("-->") else {
                return;
            };
            self.is_in_comment = false;
            html = &html[end + "-->".len()..];
        }
        for part in html::parts(html) {
            match part {
                html::Part::Text(text) => {
                    self.text = html::unescaped(text);
                    self.end_text();
                }
                html::Part::Tag(tag) => self.tag(tag),
                html::Part::Hidden { ends } => self.is_in_comment = !ends,
            }
        }
    }

    fn tag(&mut self, tag: &str) {
        let name = html::name_of(tag);
        let closes = tag.starts_with("</");
        let count = |count: usize| {
            if closes {
                count.saturating_sub(1)
            } else {
                count + 1
            }
        };
        if name == "blockquote" {
            self.end_line();
            if closes {
                self.quotes = self.quotes.saturating_sub(1);
            } else {
                self.open_quote();
            }
        } else if name == LINK {
            self.is_in_link = !closes;
        } else if SILENT.contains(&name.as_str()) {
            self.silent = count(self.silent);
        } else {
            let mut shown = Vec::new();
            html::show_tag(tag, self.style(), &mut shown);
            for span in shown {
                self.show(span);
            }
        }
    }

    fn open_quote(&mut self) {
        self.quotes += 1;
        match self.mail {
            Mail::Header => self.mail = Mail::No,
            Mail::Doubtful(start) => {
                self.mail = Mail::No;
                if let Some(mut line) = self.lines.pop() {
                    line.truncate(start);
                    self.push(line);
                }
            }
            Mail::No | Mail::Rule | Mail::Quoted => {}
        }
    }

    fn push(&mut self, line: Line) {
        if !line.text.trim().is_empty() {
            self.lines.push(line);
        }
    }

    /// Ends a line, if one is open.
    fn end_line(&mut self) {
        self.end_text();
        self.end_link();
        let mut line = std::mem::take(&mut self.line);
        if self.quotes > 0 || line.text.trim().is_empty() {
            return;
        }
        if matches!(self.mail, Mail::Header | Mail::Quoted) {
            self.mail = Mail::Quoted;
            return;
        }
        self.mail = match mail::header(&line.text, self.mail == Mail::Rule) {
            None => Mail::No,
            Some(header) if header.is_doubtful => Mail::Doubtful(header.start),
            Some(header) => {
                let ends_line = line.text[header.end..].trim().is_empty();
                line.truncate(header.start);
                if ends_line {
                    Mail::Header
                } else {
                    Mail::Quoted
                }
            }
        };
        self.push(line);
    }
}
