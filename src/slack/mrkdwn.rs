//! Text with Slack's markup, put together from pieces none of which is ever cut in two.
//!
//! Markup has no escape for `*`, `_`, `~` and backticks, and what stops them is not documented. So
//! the words of people (titles, names in files, evidence) do not stand in markup at all: they go
//! into `plain_text` objects, which show everything as it stands. What is left here are our own
//! words, numbers, logins and settings. They are escaped all the same, with word joiners around
//! the four, so that a slip costs an odd look and never a ping.
//!
//! <https://docs.slack.dev/messaging/formatting-message-text>

use chrono::{NaiveTime, TimeZone as _, Utc};

use super::kit::{length, shown};
use crate::domain::card::DateView;

/// Text with markup.
#[derive(Debug, Clone, Default)]
pub(super) struct Mrkdwn(Vec<String>);

/// What stops at nothing visible and breaks no line.
const WORD_JOINER: char = '\u{2060}';
/// No address or word of ours is longer; what is would leave room for nothing else.
const LONGEST: usize = 1000;

impl Mrkdwn {
    /// Words that mean only themselves.
    pub(super) fn words(mut self, text: &str) -> Self {
        let words = shown(text);
        let words = words.split_inclusive([' ', '\n']).map(escaped);
        self.0.extend(words.map(|word| {
            if length(&word) > LONGEST {
                "…".to_owned()
            } else {
                word
            }
        }));
        self
    }

    pub(super) fn bold(mut self, text: &str) -> Self {
        self.0.push(format!("*{}*", escaped(&shown(text))));
        self
    }

    /// A command to type, with a word of ours behind it.
    pub(super) fn code(mut self, command: &'static str, word: &'static str) -> Self {
        self.0.push(format!("`{command}{word}`"));
        self
    }

    pub(super) fn then(mut self, text: Self) -> Self {
        self.0.extend(text.0);
        self
    }

    /// A link; words alone where the address is none that can be linked.
    pub(super) fn link(mut self, url: &str, label: &str) -> Self {
        let Some(url) = linkable(url) else {
            return self.words(label);
        };
        // A bar in a label would end it in some clients.
        let label = escaped(&shown(label)).replace('|', "/");
        self.0.push(format!("<{url}|{label}>"));
        self
    }

    /// A day, as each reader writes it. A deadline ends with its day Anywhere on Earth, which is
    /// the next day for most; noon UTC of the day itself is that day from Hawaii to Japan.
    pub(super) fn day(mut self, date: &DateView) -> Self {
        let day = date.day();
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let epoch = Utc.from_utc_datetime(&day.and_time(noon)).timestamp();
        let fallback = day.format("%-d %b %Y");
        self.0
            .push(format!("<!date^{epoch}^{{date_short}}|{fallback}>"));
        self
    }

    pub(super) fn line(mut self) -> Self {
        self.0.push("\n".to_owned());
        self
    }

    /// The text, at most so long: of pieces that do not fit `…` tells.
    pub(super) fn fit(&self, most: usize) -> String {
        let whole = self.0.concat();
        let whole = whole.trim_end();
        if whole.is_empty() {
            return "–".to_owned();
        }
        if length(whole) <= most {
            return whole.to_owned();
        }
        let mut text = String::new();
        for piece in &self.0 {
            if length(&text) + length(piece) + 1 > most {
                break;
            }
            text.push_str(piece);
        }
        text.truncate(text.trim_end().len());
        text.push('…');
        text
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '*' | '_' | '~' | '`' => safe.extend([WORD_JOINER, c, WORD_JOINER]),
            c => safe.push(c),
        }
    }
    safe
}

/// An address as it may stand in a link: of the web, and without what would end the link.
fn linkable(url: &str) -> Option<String> {
    if !url.starts_with("https://") || length(url) > LONGEST {
        return None;
    }
    let mut safe = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '|' => safe.push_str("%7C"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '&' => safe.push_str("&amp;"),
            '`' => safe.push_str("%60"),
            c if c.is_whitespace() || c.is_control() => return None,
            c => safe.push(c),
        }
    }
    Some(safe)
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
        assert_eq!(Mrkdwn::default().fit(9), "–");
    }
}
