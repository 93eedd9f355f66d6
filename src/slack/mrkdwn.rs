//! Text with Slack's markup, put together from pieces none of which is ever cut but at a blank.
//!
//! Markup has no escape for `*`, `_`, `~` and backticks, and what stops them is not documented. So
//! the words of people (titles, names in files, evidence) do not stand in markup at all: they go
//! into `plain_text` objects, which show everything as it stands. What is left here are our own
//! words, numbers, logins and settings. They are escaped all the same, with word joiners around
//! the four, so that a slip costs an odd look and never a ping.
//!
//! <https://docs.slack.dev/messaging/formatting-message-text>

use std::{fmt::Write as _, ops::Range};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeZone as _, Timelike as _, Utc};

use super::kit::{each_run, length, shown_char, shown_into};

/// Text with markup, and the same as it reads without.
#[derive(Debug, Clone)]
pub(super) struct Mrkdwn {
    marked: String,
    plain: String,
    /// What is never cut in two, such as links, by its place in `marked`.
    wholes: Vec<Range<usize>>,
}

impl Default for Mrkdwn {
    /// No text, and room for a usual one.
    fn default() -> Self {
        Self {
            marked: String::with_capacity(256),
            plain: String::with_capacity(192),
            wholes: Vec::new(),
        }
    }
}

/// What stops at nothing visible and breaks no line.
const WORD_JOINER: char = '\u{2060}';
/// No address or word of ours is longer; what is would leave room for nothing else.
const LONGEST: usize = 1000;

impl Mrkdwn {
    /// Words that mean only themselves.
    pub(super) fn words(mut self, text: &str) -> Self {
        if text.len() <= LONGEST && text.bytes().all(is_harmless) {
            self.marked.push_str(text);
            self.plain.push_str(text);
            return self;
        }
        for word in text.split_inclusive([' ', '\n']) {
            self.word(word);
        }
        self
    }

    fn word(&mut self, word: &str) {
        let start = self.marked.len();
        shown_into(word, &mut self.plain);
        escape_into(word, &mut self.marked);
        if self.marked.len() - start > LONGEST && length(&self.marked[start..]) > LONGEST {
            self.marked.truncate(start);
            self.marked.push('…');
        }
    }

    /// Ends a piece that is never cut in two.
    fn whole(&mut self, start: usize) {
        self.wholes.push(start..self.marked.len());
    }

    pub(super) fn bold(mut self, text: &str) -> Self {
        let start = self.marked.len();
        self.marked.push('*');
        escape_into(text, &mut self.marked);
        self.marked.push('*');
        self.whole(start);
        shown_into(text, &mut self.plain);
        self
    }

    /// A command to type: words of ours, and a word of ours or a number behind them. Nothing else
    /// may stand in it, because nothing can be escaped in it.
    pub(super) fn code(mut self, command: &str) -> Self {
        let is_ours = |c: char| c.is_ascii_alphanumeric() || " /-:.,#".contains(c);
        if !command.chars().all(is_ours) {
            return self.words(command);
        }
        let start = self.marked.len();
        self.marked.extend(["`", command, "`"]);
        self.whole(start);
        self.plain.push_str(command);
        self
    }

    pub(super) fn then(mut self, text: &Self) -> Self {
        let before = self.marked.len();
        self.marked.push_str(&text.marked);
        self.plain.push_str(&text.plain);
        let wholes = text.wholes.iter();
        self.wholes
            .extend(wholes.map(|whole| before + whole.start..before + whole.end));
        self
    }

    /// A link; words alone where the address is none that can be linked.
    pub(super) fn link(mut self, url: &str, label: &str) -> Self {
        if !is_linkable(url) {
            return self.words(label);
        }
        let start = self.marked.len();
        self.marked.push('<');
        link_into(url, &mut self.marked);
        self.marked.push('|');
        let behind = self.marked.len();
        escape_into(label, &mut self.marked);
        // A bar in a label would end it in some clients.
        if label.contains('|') {
            let safe = self.marked[behind..].replace('|', "/");
            self.marked.truncate(behind);
            self.marked.push_str(&safe);
        }
        self.marked.push('>');
        self.whole(start);
        shown_into(label, &mut self.plain);
        self
    }

    /// Somebody, by their member id: Slack shows the name, and tells them where they can see it.
    pub(super) fn person(mut self, id: &str) -> Self {
        if !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let start = self.marked.len();
            self.marked.extend(["<@", id, ">"]);
            self.whole(start);
        }
        self
    }

    /// The same markup, which reads so without.
    pub(super) fn reads(mut self, plain: &str) -> Self {
        self.plain.clear();
        shown_into(plain, &mut self.plain);
        self
    }

    /// A day, as each reader writes it. A deadline ends with its day Anywhere on Earth, which is
    /// the next day for most; noon UTC of the day itself is that day from Hawaii to Japan.
    pub(super) fn day(mut self, day: NaiveDate) -> Self {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let epoch = Utc.from_utc_datetime(&day.and_time(noon)).timestamp();
        let (start, said) = (self.marked.len(), self.plain.len());
        write_day(day, &mut self.plain);
        let fallback = &self.plain[said..];
        let _ = write!(self.marked, "<!date^{epoch}^{{date_short}}|{fallback}>");
        self.whole(start);
        self
    }

    /// A moment, by each reader's clock.
    pub(super) fn moment(mut self, at: DateTime<Utc>) -> Self {
        let epoch = at.timestamp();
        let (start, said) = (self.marked.len(), self.plain.len());
        write_day(at.date_naive(), &mut self.plain);
        let _ = write!(self.plain, " {:02}:{:02} UTC", at.hour(), at.minute());
        let fallback = &self.plain[said..];
        let _ = write!(
            self.marked,
            "<!date^{epoch}^{{date_short_pretty}} {{time}}|{fallback}>"
        );
        self.whole(start);
        self
    }

    pub(super) fn line(mut self) -> Self {
        self.marked.push('\n');
        self.plain.push('\n');
        self
    }

    /// As it reads without markup.
    pub(super) fn plain(&self) -> &str {
        self.plain.trim()
    }

    /// The text, at most so long: of words that do not fit `…` tells.
    pub(super) fn fit(&self, most: usize) -> String {
        let whole = self.marked.trim_end();
        if whole.is_empty() {
            return "–".to_owned();
        }
        if whole.len() <= most || length(whole) <= most {
            return whole.to_owned();
        }
        let mut used = 0;
        let mut kept = 0;
        for end in self.ends() {
            used += length(&self.marked[kept..end]);
            if used + 1 > most {
                break;
            }
            kept = end;
        }
        let mut text = self.marked[..kept].trim_end().to_owned();
        text.push('…');
        text
    }

    /// Where the text may end: behind blanks, and on either side of what is never cut in two.
    fn ends(&self) -> impl Iterator<Item = usize> {
        let mut wholes = self.wholes.iter().peekable();
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = self.marked.get(at..).filter(|rest| !rest.is_empty())?;
            let whole = wholes.next_if(|whole| whole.start == at);
            at = whole.map_or_else(
                || {
                    let word = rest.find([' ', '\n']).map_or(rest.len(), |blank| blank + 1);
                    let before = wholes.peek().map_or(usize::MAX, |whole| whole.start);
                    (at + word).min(before)
                },
                |whole| whole.end,
            );
            Some(at)
        })
    }
}

/// A text that means only itself, at most so long: of words that do not fit `…` tells.
pub(super) fn fallback(text: &str, most: usize) -> String {
    let text = text.trim_end();
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    escape_into(text, &mut safe);
    if length(&safe) >= most {
        safe = first_words(text, most);
    }
    if safe.trim().is_empty() {
        return "–".to_owned();
    }
    safe
}

/// The words of a longer text that fit, and `…`.
fn first_words(text: &str, most: usize) -> String {
    let mut safe = String::with_capacity(most + '…'.len_utf8());
    let mut used = 0;
    for word in text.split_inclusive([' ', '\n']) {
        let before = safe.len();
        escape_into(word, &mut safe);
        used += length(&safe[before..]);
        if used >= most {
            safe.truncate(before);
            safe.push('…');
            break;
        }
    }
    safe
}

/// Appends a text so that it means only itself.
fn escape_into(text: &str, safe: &mut String) {
    each_run(text, is_harmless, |run, c| {
        safe.push_str(run);
        match c.and_then(shown_char) {
            None => {}
            Some('&') => safe.push_str("&amp;"),
            Some('<') => safe.push_str("&lt;"),
            Some('>') => safe.push_str("&gt;"),
            Some(c @ ('*' | '_' | '~' | '`')) => safe.extend([WORD_JOINER, c, WORD_JOINER]),
            Some(c) => safe.push(c),
        }
    });
}

/// Whether a byte is a character that means only itself.
fn is_harmless(b: u8) -> bool {
    matches!(b, b' '..=b'~' | b'\n') && !matches!(b, b'&' | b'<' | b'>' | b'*' | b'_' | b'~' | b'`')
}

/// Appends a day, `22 Jul 2026`. A pattern would be read anew for each day, and there are many.
fn write_day(day: NaiveDate, text: &mut String) {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS[day.month0() as usize];
    let _ = write!(text, "{} {month} {:04}", day.day(), day.year());
}

/// Whether an address may stand in a link: of the web, not too long, without blanks.
fn is_linkable(url: &str) -> bool {
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    url.starts_with("https://")
        && length(url) <= LONGEST
        && (url.bytes().all(|b| b.is_ascii_graphic()) || !url.contains(is_blank))
}

/// Appends an address without what would end the link.
fn link_into(url: &str, safe: &mut String) {
    let may_stand = |b| !matches!(b, b'|' | b'<' | b'>' | b'&' | b'`');
    each_run(url, may_stand, |run, c| {
        safe.push_str(run);
        match c {
            Some('|') => safe.push_str("%7C"),
            Some('<') => safe.push_str("%3C"),
            Some('>') => safe.push_str("%3E"),
            Some('&') => safe.push_str("&amp;"),
            Some('`') => safe.push_str("%60"),
            // Nothing else ends a run.
            Some(_) | None => {}
        }
    });
}

#[cfg(test)]
mod tests {
    use super::Mrkdwn;

    #[test]
    fn words_mean_only_themselves() {
        let text = Mrkdwn::default().words("<!here> <@U1> a&b *b* _i_ ~s~ `c`\u{7}\u{202e}");
        assert_eq!(
            text.fit(3000).replace('\u{2060}', "|"),
            "&lt;!here&gt; &lt;@U1&gt; a&amp;b |*|b|*| |_|i|_| |~|s|~| |`|c|`|"
        );
    }

    #[test]
    fn a_link_cannot_be_left_or_forged() {
        let link = |url, label| Mrkdwn::default().link(url, label).fit(3000);
        assert_eq!(
            link("https://e.org/a|b>c?d&e", "#1|2>"),
            "<https://e.org/a%7Cb%3Ec?d&amp;e|#1/2&gt;>"
        );
        assert_eq!(link("javascript:alert(1)", "#1"), "#1");
        assert_eq!(link("https://e.org/a b", "#1"), "#1");
    }

    #[test]
    fn no_piece_is_cut_in_two() {
        let text = Mrkdwn::default().words("one ").link("https://e.org", "#1");
        assert_eq!(text.fit(22), "one <https://e.org|#1>");
        assert_eq!(text.fit(21), "one…");
        let text = Mrkdwn::default().bold("a b").words(" two three");
        assert_eq!(
            text.clone().then(&text).fit(29),
            "*a b* two three*a b* two…"
        );
        assert_eq!(text.clone().then(&text).fit(16), "*a b* two three…");
        assert_eq!(text.fit(5), "…");
        assert_eq!(Mrkdwn::default().fit(9), "–");
    }
}
