//! The HTML in people's Markdown, of which the text is left, and pictures as links.

use super::{
    address::Address,
    model::{Span, Style},
};

/// The longest tag that is looked for: a longer one is text. A bound, as a tag may hold quotes that
/// nobody closes.
const LONGEST_TAG: usize = 2048;

/// A part of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) enum Part<'a> {
    /// Text, with its entities.
    Text(&'a str),
    /// A tag, of the closing ones too.
    Tag(&'a str),
    /// What nobody sees: a comment, and what else begins with `<!` or `<?`.
    Hidden {
        /// Whether it is closed here.
        ends: bool,
    },
}

/// The parts of a piece of HTML. What scripts and styles hold is left out.
pub(in crate::domain) fn parts(html: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if !rest.starts_with('<') {
            let (text, behind) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = behind;
            return Some(Part::Text(text));
        }
        let hidden_to = if rest.starts_with("<!--") {
            Some("-->")
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            Some(">")
        } else {
            None
        };
        if let Some(end) = hidden_to {
            let ends = rest.contains(end);
            rest = behind(rest, end);
            return Some(Part::Hidden { ends });
        }
        let Some(end) = end_of_tag(rest) else {
            let (text, behind) = rest.split_at(1);
            rest = behind;
            return Some(Part::Text(text));
        };
        let (tag, text) = rest.split_at(end);
        rest = match hidden(tag) {
            Some(end) => behind_ignoring_case(text, end),
            None => text,
        };
        Some(Part::Tag(tag))
    })
}

/// Appends what a piece of HTML shows.
pub(super) fn show(html: &str, style: Style, to: &mut Vec<Span>) {
    for part in parts(html) {
        match part {
            Part::Text(text) => to.push(Span::Text(unescaped(text), style)),
            Part::Tag(tag) => show_tag(tag, style, to),
            Part::Hidden { .. } => {}
        }
    }
}

/// What stands behind the end of something that shows nothing; without an end, nothing does.
fn behind<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

fn behind_ignoring_case<'a>(text: &'a str, end: &str) -> &'a str {
    let is_end = |part: &[u8]| part.eq_ignore_ascii_case(end.as_bytes());
    let at = text.as_bytes().windows(end.len()).position(is_end);
    // The end begins with `<` and is ASCII, so that this is a border of characters.
    at.map_or("", |at| &text[at..])
}

/// The tag that ends what this one hides, if it hides what it holds.
fn hidden(tag: &str) -> Option<&'static str> {
    match name_of(tag).as_str() {
        "script" => Some("</script"),
        "style" => Some("</style"),
        _ => None,
    }
}

/// Where the tag ends that the text begins with.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut letters = text.bytes().skip(1).skip_while(|b| *b == b'/');
    if !letters.next().is_some_and(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    for (at, b) in text.bytes().enumerate().take(LONGEST_TAG) {
        match (b, quote) {
            (b'"' | b'\'', None) => quote = Some(b),
            (_, Some(open)) if b == open => quote = None,
            (b'>', None) => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Appends what a tag shows.
pub(in crate::domain) fn show_tag(tag: &str, style: Style, to: &mut Vec<Span>) {
    match name_of(tag).as_str() {
        "img" => {
            let label = attribute(tag, "alt").unwrap_or_default();
            let source = attribute(tag, "src").unwrap_or_default();
            to.push(picture(&source, label, style));
        }
        // The end of a line, and what stands on lines of its own.
        "br" | "p" | "div" | "details" | "summary" | "ul" | "ol" | "li" | "table" | "tr" | "hr"
        | "pre" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" | "dt" | "dd"
        | "section" | "center" => to.push(Span::Break),
        "td" | "th" => to.push(Span::Text(" ".to_owned(), style)),
        _ => {}
    }
}

/// A picture: a link to it, or what it says where it cannot be linked.
pub(in crate::domain) fn picture(source: &str, mut label: String, style: Style) -> Span {
    if label.trim().is_empty() {
        "image".clone_into(&mut label);
    }
    match Address::parse(source) {
        Some(to) => Span::Link { to, label, style },
        None => Span::Text(label, style),
    }
}

/// The name of a tag, of the closing one too.
pub(in crate::domain) fn name_of(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    name[..end.unwrap_or(name.len())].to_ascii_lowercase()
}

fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag.trim_start_matches('<').trim_end_matches(['>', '/']);
    rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].split_whitespace().next_back().unwrap_or("");
        let value = rest[equals + 1..].trim_start();
        let end = |part: &str, at: Option<usize>| at.unwrap_or(part.len());
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = &value[1..];
                let at = end(value, value.find(quote));
                (&value[..at], value[at..].strip_prefix(quote).unwrap_or(""))
            }
            _ => value.split_at(end(value, value.find(char::is_whitespace))),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(unescaped(value));
        }
        rest = behind;
    }
    None
}

/// A text with its entities as characters: those that people write.
pub(in crate::domain) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        // No entity that people write is longer.
        let end = rest.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| Some((character(&rest[..end])?, end))) {
            Some((c, end)) => {
                plain.push(c);
                rest = &rest[end + 1..];
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => digits.parse().ok(),
        },
        None => None,
    };
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "mdash" => Some('—'),
        "ndash" => Some('–'),
        "hellip" => Some('…'),
        _ => number.and_then(char::from_u32),
    }
}
