//! Reads GitHub's Markdown.

use pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd,
};

use super::{
    address::Address,
    html,
    model::{Block, Item, List, MOST_DEPTH, Span, Style},
    plain, tidy,
};

/// The most bytes that are read: a comment has at most 65,536 characters of at most four.
const LONGEST: usize = 4 * 65_536;

/// GitHub's Markdown, part by part.
pub(in crate::domain) fn events(markdown: &str) -> Parser<'_> {
    let end = markdown.floor_char_boundary(LONGEST);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM;
    Parser::new_ext(&markdown[..end], options)
}

/// The blocks of a text in Markdown.
pub(super) fn read(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in events(markdown) {
        reader.take(event);
    }
    reader.end_line();
    while let Some(frame) = reader.open.pop() {
        reader.close(frame);
    }
    reader.blocks
}

/// What is open around the line that is read.
enum Frame {
    Quote(Vec<Block>),
    List(List),
    Item(Item),
}

/// Where words go that are no words of a line.
enum Aside {
    Code(Option<String>, String),
    Html(String),
}

/// A link whose label is being read, and the line before it.
struct OpenLink {
    to: Option<Address>,
    before: Vec<Span>,
}

#[derive(Default)]
struct Reader {
    /// Blocks that stand in no other.
    blocks: Vec<Block>,
    open: Vec<Frame>,
    /// Quotes, lists and items that are open and too deep to be kept as such.
    too_deep: usize,
    line: Vec<Span>,
    bold: usize,
    italic: usize,
    strike: usize,
    links: Vec<OpenLink>,
    /// A picture whose words are being read: its address, and its words.
    picture: Option<(String, String)>,
    pictures: usize,
    aside: Option<Aside>,
    rows: Vec<Vec<Vec<Span>>>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
            Event::Code(code) => self.words(&code, self.style().with(Style::CODE)),
            Event::Html(html) => match &mut self.aside {
                Some(Aside::Html(all)) => all.push_str(&html),
                _ => html::show(&html, self.style(), &mut self.line),
            },
            Event::InlineHtml(html) => {
                if self.picture.is_none() {
                    html::show(&html, self.style(), &mut self.line);
                }
            }
            Event::FootnoteReference(name) => self.words(&format!("[{name}]"), self.style()),
            Event::SoftBreak | Event::HardBreak => match &mut self.picture {
                Some((_, words)) => words.push(' '),
                None => self.line.push(Span::Break),
            },
            Event::Rule => {
                self.end_line();
                self.add(Block::Rule);
            }
            Event::TaskListMarker(is_done) => {
                if let Some(Frame::Item(item)) = self.open.last_mut()
                    && self.too_deep == 0
                {
                    item.done = Some(is_done);
                } else {
                    self.words(plain::tick(is_done), Style::PLAIN);
                }
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                let to = match link_type {
                    LinkType::Email => Address::parse(&format!("mailto:{dest_url}")),
                    _ => Address::parse(&dest_url),
                };
                let before = std::mem::take(&mut self.line);
                self.links.push(OpenLink { to, before });
            }
            Tag::Image { dest_url, .. } => {
                self.pictures += 1;
                self.picture
                    .get_or_insert_with(|| (dest_url.into_string(), String::new()));
            }
            Tag::TableCell | Tag::TableRow | Tag::TableHead => {}
            Tag::CodeBlock(kind) => {
                self.end_line();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => Some(info.into_string()),
                    CodeBlockKind::Indented => None,
                };
                self.aside = Some(Aside::Code(language, String::new()));
            }
            Tag::HtmlBlock => {
                self.end_line();
                self.aside = Some(Aside::Html(String::new()));
            }
            Tag::BlockQuote(kind) => {
                self.end_line();
                self.open(Frame::Quote(Vec::new()));
                if let Some(kind) = kind {
                    let title = Span::Text(title_of(kind).to_owned(), Style::BOLD);
                    self.add(Block::Paragraph(vec![title]));
                }
            }
            Tag::List(start) => {
                self.end_line();
                let items = Vec::new();
                self.open(Frame::List(List { start, items }));
            }
            Tag::Item => {
                self.end_line();
                let blocks = Vec::new();
                self.open(Frame::Item(Item { done: None, blocks }));
            }
            Tag::FootnoteDefinition(name) => {
                self.end_line();
                self.words(&format!("[{name}] "), Style::PLAIN);
            }
            // The words of a footnote stand beside its name.
            Tag::Paragraph if matches!(&self.line[..], [Span::Text(..)]) => {}
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
                if self.pictures == 0
                    && let Some((source, words)) = self.picture.take()
                {
                    let picture = html::picture(&source, words, self.style());
                    self.line.push(picture);
                }
            }
            TagEnd::Heading(level) => {
                let spans = found_in(std::mem::take(&mut self.line));
                self.add(Block::Heading(level as u8, spans));
            }
            TagEnd::CodeBlock => {
                if let Some(Aside::Code(language, text)) = self.aside.take() {
                    self.add(Block::Code { language, text });
                }
            }
            TagEnd::HtmlBlock => {
                if let Some(Aside::Html(html)) = self.aside.take() {
                    html::show(&html, Style::PLAIN, &mut self.line);
                    self.end_line();
                }
            }
            TagEnd::TableCell => {
                let cell = found_in(std::mem::take(&mut self.line));
                match self.rows.last_mut() {
                    Some(row) => row.push(cell),
                    None => self.rows.push(vec![cell]),
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => self.rows.push(Vec::new()),
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.add(Block::Table(rows));
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.end_line();
                if self.too_deep > 0 {
                    self.too_deep -= 1;
                } else if let Some(frame) = self.open.pop() {
                    self.close(frame);
                }
            }
            _ => self.end_line(),
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.aside {
            Some(Aside::Code(_, all) | Aside::Html(all)) => all.push_str(text),
            None => self.words(text, self.style()),
        }
    }

    fn words(&mut self, text: &str, style: Style) {
        match &mut self.picture {
            Some((_, words)) => words.push_str(text),
            None => tidy::push(&mut self.line, Span::Text(text.to_owned(), style)),
        }
    }

    fn style(&self) -> Style {
        let mut style = Style::PLAIN;
        for (count, look) in [
            (self.bold, Style::BOLD),
            (self.italic, Style::ITALIC),
            (self.strike, Style::STRIKE),
        ] {
            if count > 0 {
                style = style.with(look);
            }
        }
        style
    }

    /// A link has one look and words alone; what leads nowhere is just its words.
    fn end_link(&mut self) {
        let Some(OpenLink { to, before }) = self.links.pop() else {
            return;
        };
        let label = std::mem::replace(&mut self.line, before);
        let Some(to) = to else {
            self.line.extend(label);
            return;
        };
        let looks = label.iter().filter_map(|span| match span {
            Span::Text(_, style) | Span::Link { style, .. } => Some(*style),
            _ => None,
        });
        let style = looks.reduce(Style::shared).unwrap_or_else(|| self.style());
        let label = plain::shown(&label);
        self.line.push(Span::Link { to, label, style });
    }

    /// Ends a paragraph, if one is open.
    fn end_line(&mut self) {
        while !self.links.is_empty() {
            self.end_link();
        }
        if !self.line.is_empty() {
            let spans = found_in(std::mem::take(&mut self.line));
            self.add(Block::Paragraph(spans));
        }
    }

    fn open(&mut self, frame: Frame) {
        let depth = self.open.iter();
        let depth = depth.filter(|frame| !matches!(frame, Frame::Item(_)));
        let is_item = matches!(frame, Frame::Item(_));
        if self.too_deep > 0 || (!is_item && depth.count() >= MOST_DEPTH) {
            self.too_deep += 1;
        } else {
            self.open.push(frame);
        }
    }

    fn close(&mut self, frame: Frame) {
        match (frame, self.open.last_mut()) {
            (Frame::Item(item), Some(Frame::List(list))) => list.items.push(item),
            (Frame::Item(item), _) => item.blocks.into_iter().for_each(|block| self.add(block)),
            (Frame::Quote(blocks), _) => self.add(Block::Quote(blocks)),
            (Frame::List(list), _) => self.add(Block::List(list)),
        }
    }

    fn add(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Frame::Quote(blocks)) => blocks.push(block),
            Some(Frame::Item(item)) => item.blocks.push(block),
            Some(Frame::List(list)) => list.items.push(Item {
                done: None,
                blocks: vec![block],
            }),
            None => self.blocks.push(block),
        }
    }
}

/// Addresses and emoji that people wrote without marks.
fn found_in(spans: Vec<Span>) -> Vec<Span> {
    let mut found = Vec::with_capacity(spans.len());
    for span in spans {
        match span {
            Span::Text(text, style) if !style.has(Style::CODE) => {
                found.extend(Span::found_in(&text, style));
            }
            span => found.push(span),
        }
    }
    found
}

/// What GitHub writes above an alert.
fn title_of(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    }
}
