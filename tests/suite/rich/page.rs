//! What GitHub makes of a comment, by its published rules and none of our code: the texts on the
//! page, and what it would find in them.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A comment as a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The texts that are neither code nor link, each between two tags. GitHub looks at each alone.
    pub(super) texts: Vec<String>,
    /// The texts of links.
    pub(super) labels: Vec<String>,
    /// Where links lead.
    pub(super) links: Vec<String>,
    /// The HTML in it.
    pub(super) html: Vec<String>,
    /// All that is shown.
    pub(super) shown: String,
}

impl Page {
    pub(crate) fn of(markdown: &str) -> Self {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_GFM;
        let mut page = Self::default();
        let mut text = String::new();
        let (mut in_code, mut in_link) = (false, false);
        for event in Parser::new_ext(markdown, options) {
            if let Event::Text(part) = &event {
                page.shown.push_str(part);
                if !in_code {
                    text.push_str(part);
                }
                continue;
            }
            if !text.is_empty() {
                let texts = if in_link {
                    &mut page.labels
                } else {
                    &mut page.texts
                };
                texts.push(std::mem::take(&mut text));
            }
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => {
                    in_code = false;
                    page.shown.push('\n');
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    in_link = true;
                    page.links.push(dest_url.into_string());
                }
                Event::End(TagEnd::Link | TagEnd::Image) => in_link = false,
                Event::Code(code) => page.shown.push_str(&code),
                Event::Html(html) | Event::InlineHtml(html) => page.html.push(html.into_string()),
                // A nested list begins a line too.
                Event::SoftBreak
                | Event::HardBreak
                | Event::Start(Tag::List(_))
                | Event::End(
                    TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell,
                ) => page.shown.push('\n'),
                _ => {}
            }
        }
        page
    }

    /// What would ping, refer, or be something else than it seems.
    pub(crate) fn accidents(&self) -> Vec<String> {
        let mut found: Vec<_> = self
            .html
            .iter()
            .filter(|html| html.trim_end() != "<!-- -->")
            .map(|html| format!("HTML {html:?}"))
            .collect();
        // An address that is its own label is no text in which GitHub looks for names.
        let labels = self
            .labels
            .iter()
            .filter(|label| !self.links.contains(label));
        for text in self.texts.iter().chain(labels) {
            let letters: Vec<_> = text.chars().collect();
            for at in 0..letters.len() {
                found.extend(accident_at(&letters, at));
            }
        }
        for text in &self.texts {
            let text = text.to_ascii_lowercase();
            let has_host = text.match_indices("www.").any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before.is_some_and(char::is_alphanumeric)
            });
            let schemes = ["http://", "https://", "ftp://"];
            if has_host || schemes.iter().any(|scheme| text.contains(scheme)) {
                found.push(format!("an address {text:?}"));
            }
        }
        found
    }

    /// The words that are shown.
    pub(super) fn words(&self) -> Vec<&str> {
        self.shown.split_whitespace().collect()
    }
}

/// What GitHub finds in a text that begins here: a name, a number, a hash.
fn accident_at(letters: &[char], at: usize) -> Option<String> {
    let next = |place: usize| letters.get(at + place).copied().unwrap_or(' ');
    let before = at.checked_sub(1).map_or(' ', |at| letters[at]);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let found = match next(0) {
        // Also behind a letter: there it is an address of mail.
        '@' if next(1).is_ascii_alphanumeric() => "a name",
        '#' if next(1).is_ascii_digit() => "a number",
        'g' | 'G'
            if !is_word(before)
                && next(1).eq_ignore_ascii_case(&'h')
                && next(2) == '-'
                && next(3).is_ascii_digit() =>
        {
            "a GH- number"
        }
        c if c.is_ascii_hexdigit() && !is_word(before) => {
            let word = letters[at..].iter().take_while(|c| is_word(**c));
            let word: String = word.collect();
            let is_hash =
                (7..=40).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit());
            if is_hash {
                "a hash"
            } else {
                return None;
            }
        }
        _ => return None,
    };
    let text: String = letters[at..].iter().take(20).collect();
    Some(format!("{found} {text:?}"))
}
