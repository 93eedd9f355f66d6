//! What stands above what a reply by e-mail quotes: `On <date>, <author> wrote:`, or the head of the
//! message that it answers.
//!
//! GitHub folds it away together with the quote, by rules that it published:
//! <https://github.com/github/email_reply_parser>. Some programs break the line in two or three.

/// The most lines that it is broken into, and their length together.
const MOST_LINES: usize = 3;
const LONGEST: usize = 400;

/// What stands above a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Where it begins in its paragraph.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether people may write it as well: then it is one only if a quote with signs follows.
    pub is_doubtful: bool,
}

/// What stands above a quote in a paragraph, if anything does.
pub(super) fn header(text: &str, is_below_rule: bool) -> Option<Header> {
    if is_below_rule && is_head(text) {
        return Some(Header::certain(0, text.len()));
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if is_title(line) {
            return Some(Header::certain(start, text.len()));
        }
        if line.starts_with("On ")
            && let Some(length) = length(&text[start..])
        {
            let end = start + length;
            let header = Header::certain(start, end);
            // Only a mail program gives an address.
            if text[start..end].split_whitespace().any(is_address) {
                return Some(header);
            }
            if text[end..].trim().is_empty() {
                return Some(Header {
                    is_doubtful: true,
                    ..header
                });
            }
        }
        start += line.len();
    }
    None
}

impl Header {
    const fn certain(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            is_doubtful: false,
        }
    }
}

/// How long the line `On <date>, <author> wrote:` is that a text begins with.
fn length(text: &str) -> Option<usize> {
    let mut length = 0;
    for line in text.split_inclusive('\n').take(MOST_LINES) {
        length += line.len();
        if length > LONGEST {
            return None;
        }
        if line.trim_end().ends_with("wrote:") {
            // It gives a date, and "On Monday the SIG wrote:" does not.
            let has_date = text[..length].contains(|c: char| c.is_ascii_digit());
            return has_date.then_some(length);
        }
    }
    None
}

/// Whether a word is an address: `<author@example.org>`, `***@***.***>` where GitHub masked it, or what
/// Markdown makes of either.
fn is_address(word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    word.split_once('@').is_some_and(|(name, host)| {
        host.contains(['*', '>'])
            || is_letter(name.chars().next_back()) && is_letter(host.chars().next())
    })
}

/// `-----Original Message-----`
fn is_title(line: &str) -> bool {
    let line = line.trim();
    let title = line.trim_matches('-');
    line.starts_with("---")
        && line.ends_with("---")
        && title.trim().eq_ignore_ascii_case("Original Message")
}

/// Whether a paragraph is the head of a message, as Outlook writes it below a rule.
fn is_head(text: &str) -> bool {
    let has = |fields: &[&str]| {
        let mut lines = text.lines();
        lines.any(|line| fields.iter().any(|field| line.starts_with(field)))
    };
    text.starts_with("From:") && has(&["Sent:", "Date:"]) && has(&["Subject:"])
}

#[cfg(test)]
mod tests {
    use super::{Header, header};

    const LINE: &str = "On Tue, 2 Jan 2024 at 15:04, Somebody <***@***.***> wrote:";

    fn found(text: &str) -> Option<(usize, usize)> {
        let header = header(text, false)?;
        (!header.is_doubtful).then_some((header.start, header.end))
    }

    #[test]
    fn a_line_above_a_quote_is_found() {
        assert_eq!(found(LINE), Some((0, LINE.len())));
        let text = format!("Yes.\n{LINE}\nwhat?");
        assert_eq!(found(&text), Some((5, 5 + LINE.len() + 1)));
        let broken = LINE.replace("Somebody ", "Somebody\n");
        assert_eq!(found(&broken), Some((0, broken.len())));
        for address in ["***@***.***>", "<a@e.org>", "a@e.org", "<@.***>", "@.***>"] {
            let line = LINE.replace("<***@***.***>", address);
            assert_eq!(found(&line), Some((0, line.len())), "{line}");
        }
    }

    #[test]
    fn without_an_address_it_is_doubtful() {
        for line in [
            "On 2 July 2026 the release team wrote:",
            "On 2 July 2026 (@liaison) wrote:",
        ] {
            let doubtful = Header {
                start: 0,
                end: line.len(),
                is_doubtful: true,
            };
            assert_eq!(header(line, false), Some(doubtful));
            // No quote can follow at once.
            assert_eq!(header(&format!("{line}\nyes"), false), None);
            let both = format!("{line}\nyes\n{LINE}");
            assert_eq!(found(&both), Some((line.len() + 5, both.len())));
        }
    }

    #[test]
    fn the_head_of_a_message_is_found() {
        let head = "From: Somebody <***@***.***>\nSent: Tuesday, 2 January 2024\nTo: a/b <***@***.***>\nSubject: Re: [a/b] it";
        let all = Some(Header::certain(0, head.len()));
        assert_eq!(header(head, true), all);
        // Below no rule anybody may have written it.
        assert_eq!(header(head, false), None);
        assert_eq!(header("From: here on it is ours.\nSubject: x", true), None);
        let titled = format!("Yes.\n-----Original Message-----\n{head}");
        assert_eq!(found(&titled), Some((5, titled.len())));
        assert_eq!(found("-- Original Message --"), None);
        assert_eq!(found("--- Original Message of 2 July ---"), None);
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        assert_eq!(header("On Monday the SIG wrote:", false), None);
        assert_eq!(header("As on 2 January, he wrote:", false), None);
        assert_eq!(header("On 2 January he wrote: yes", false), None);
        assert_eq!(
            header("On 2 January\nso\nmuch\nwas what he wrote:", false),
            None
        );
        assert_eq!(
            header(&format!("On 2 {} wrote:", "x".repeat(400)), false),
            None
        );
    }
}
