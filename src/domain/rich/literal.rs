//! Words in Markdown that mean only themselves.
//!
//! What Markdown itself reads has an escape. What GitHub finds afterwards in the text that is shown
//! (names, numbers, hashes, emoji: <https://github.com/github/cmark-gfm/issues/181>) has none, and
//! is broken by [`BREAK`].

/// What stands inside a word so that GitHub finds none: an empty comment.
///
/// It is dropped when the page is made, so that nobody copies it, as they would an invisible
/// character (a hash or a name with one inside works nowhere else), and no screen reader stops at
/// it. It parts the text in two, and GitHub looks at each part alone. LLVM's bot, which mails to
/// many, relies on it: <https://github.com/llvm/llvm-project/issues>.
pub(super) const BREAK: &str = "<!-- -->";
/// The shortest text that GitHub takes for a commit's hash, and the longest.
const HASH: std::ops::RangeInclusive<usize> = 7..=40;

/// Appends words; `starts_line` where nothing stands before them on their line.
pub(super) fn write(text: &str, starts_line: bool, to: &mut String) {
    let escaped = if starts_line { line_start(text) } else { None };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_ascii_alphanumeric() {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            // Between letters `_` marks nothing; at the end of a word it might.
            let word = rest[..end].trim_end_matches('_');
            let behind = &rest[word.len()..];
            write_word(word, behind, to);
            at += word.len();
            continue;
        }
        let behind = &rest[c.len_utf8()..];
        if escaped == Some(at) {
            to.push('\\');
        }
        match c {
            // An entity, so that nothing looks like a comment even to who reads the source.
            '<' => to.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '|' | '$' => to.extend(['\\', c]),
            '&' if behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#') => {
                to.push_str("\\&");
            }
            c => to.push(c),
        }
        let begins = match c {
            '@' => behind.starts_with(|c: char| c.is_ascii_alphanumeric()),
            '#' => behind.starts_with(|c: char| c.is_ascii_digit()),
            ':' => is_emoji(behind),
            _ => false,
        };
        if begins {
            to.push_str(BREAK);
        }
        at += c.len_utf8();
    }
}

/// Whether what stands behind a colon is a name and a colon. GitHub has no longer name.
fn is_emoji(behind: &str) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+');
    let end = behind.bytes().take(64).position(|b| !is_name(b));
    end.is_some_and(|end| {
        let name = &behind[..end];
        behind[end..].starts_with(':') && super::found::is_named(name)
    })
}

/// Appends a word of letters, digits and `_` between them, none of which Markdown reads.
fn write_word(word: &str, behind: &str, to: &mut String) {
    let is_hash = HASH.contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hash {
        // Each part is too short to be a hash.
        let parts = word.as_bytes().chunks(HASH.start() - 1);
        for (place, part) in parts.enumerate() {
            if place > 0 {
                to.push_str(BREAK);
            }
            to.extend(part.iter().map(|b| char::from(*b)));
        }
        return;
    }
    to.push_str(word);
    let is_issue = word.eq_ignore_ascii_case("gh") && starts(behind, '-', |c| c.is_ascii_digit());
    // Behind `_`, an address may begin inside what is a word here.
    let last = word.rsplit('_').next().unwrap_or(word);
    let is_host = last.eq_ignore_ascii_case("www") && behind.starts_with('.');
    let is_scheme = behind.starts_with("://");
    if is_issue || is_host || is_scheme {
        to.push_str(BREAK);
    }
}

fn starts(text: &str, first: char, second: impl Fn(char) -> bool) -> bool {
    let behind = text.strip_prefix(first);
    behind.is_some_and(|text| text.starts_with(second))
}

/// Where in the beginning of a line a backslash must stand, so that the line is no heading, list,
/// quote or rule, nor a command to the bots that read comments line by line, such as `/close`.
fn line_start(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let ends_word = |at: usize| {
        let behind = text[at..].chars().next();
        behind.is_none_or(char::is_whitespace)
    };
    match first {
        '>' | '-' | '=' => Some(0),
        '+' if ends_word(1) => Some(0),
        '#' if ends_word(text.len() - text.trim_start_matches('#').len()) => Some(0),
        '/' if starts(text, '/', |c| c.is_ascii_alphabetic()) => Some(0),
        ':' if starts(text, ':', |c| c == ':' || c.is_whitespace()) => Some(0),
        '0'..='9' => {
            let sign = text.find(|c: char| !c.is_ascii_digit())?;
            let is_number = text[sign..].starts_with(['.', ')']) && ends_word(sign + 1);
            is_number.then_some(sign)
        }
        _ => None,
    }
}
