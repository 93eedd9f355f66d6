//! The line above what a reply by e-mail quotes: `On <date>, <author> wrote:`.
//!
//! GitHub folds it away together with the quote, by rules that it published:
//! <https://github.com/github/email_reply_parser>. Some programs break that line in two or three.

/// The most lines that it is broken into, and their length together.
const MOST_LINES: usize = 3;
const LONGEST: usize = 400;

/// Where such a line begins in a text of lines, and where it ends.
pub(super) fn header(text: &str) -> Option<(usize, usize)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("On ")
            && let Some(length) = length(&text[start..])
        {
            return Some((start, start + length));
        }
        start += line.len();
    }
    None
}

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

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn a_line_above_a_quote_is_found() {
        let line = "On Tue, 2 Jan 2024 at 15:04, Somebody <***@***.***> wrote:";
        assert_eq!(header(line), Some((0, line.len())));
        let text = format!("Yes.\n{line}\nwhat?");
        assert_eq!(header(&text), Some((5, 5 + line.len() + 1)));
        let broken = line.replace("Somebody ", "Somebody\n");
        assert_eq!(header(&broken), Some((0, broken.len())));
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        assert_eq!(header("On Monday the SIG wrote:"), None);
        assert_eq!(header("As on 2 January, he wrote:"), None);
        assert_eq!(header("On 2 January he wrote: yes"), None);
        assert_eq!(header("On 2 January\nso\nmuch\nwas what he wrote:"), None);
        assert_eq!(header(&format!("On 2 {} wrote:", "x".repeat(400))), None);
    }
}
