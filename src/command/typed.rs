//! What Slack hands over of a line that somebody typed, made plain: escapes undone, links bare,
//! what nobody sees left out, the word that makes the answer public taken off.
//!
//! Escapes: <https://docs.slack.dev/messaging/formatting-message-text>

/// Nobody asks for a KEP in more letters; whatever is longer was pasted.
const LONGEST: usize = 1000;

/// A line in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// The words. A person is `<@U012AB3CD>`.
    pub(super) words: Vec<String>,
    /// Whether everybody is to see the answer.
    pub(super) here: bool,
    /// Whether it was longer than any question.
    pub(super) too_long: bool,
}

impl Typed {
    pub(super) fn read(text: &str) -> Self {
        let too_long = text.len() > LONGEST && text.chars().nth(LONGEST).is_some();
        let text: String = text.chars().take(LONGEST).collect();
        let plain = visible(&without_escapes(&text));
        let mut words = joined(plain.split_whitespace());
        let is_here = |word: &String| word.eq_ignore_ascii_case("here");
        let many = words.len();
        while words.pop_if(|last| is_here(last)).is_some() {}
        let first = words.iter().take_while(|word| is_here(word)).count();
        words.drain(..first);
        if let Some(last) = words.last_mut() {
            let end = last.trim_end_matches(['?', '!', ',', ';', '…']).len();
            // A question mark alone asks for help.
            if end > 0 {
                last.truncate(end);
            }
        }
        Self {
            here: words.len() < many,
            words,
            too_long,
        }
    }
}

/// The words, a filter's value behind its colon: `stage: beta` is `stage:beta`.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for word in words {
        match all.last_mut() {
            Some(last)
                if last.strip_suffix(':').is_some_and(super::query::is_filter)
                    && !word.contains(':') =>
            {
                last.push_str(word);
            }
            _ => all.push(word.to_owned()),
        }
    }
    all
}

/// `<https://…|label>` becomes the address, `<@U1|name>` the person's mark alone, `<#C1|name>` and
/// `<!subteam^S1|@name>` their names; `&lt;` and its like become what they mean.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((meant, after)) = entity(rest) {
            plain.push(meant);
            rest = after;
        } else if let Some((inside, after)) = token(rest) {
            let (what, label) = inside.split_once('|').unwrap_or((inside, ""));
            if let Some(user) = what.strip_prefix('@') {
                plain.extend(["<@", user, ">"]);
            } else if let Some(channel) = what.strip_prefix('#') {
                let name = if label.is_empty() { channel } else { label };
                plain.extend([" #", name, " "]);
            } else if let Some(call) = what.strip_prefix('!') {
                // What calls everybody is no word, and `<!here>` is not the word `here`.
                if call.contains('^') {
                    plain.extend([" ", label, " "]);
                }
            } else {
                plain.extend([" ", what, " "]);
            }
            rest = after;
        } else {
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(text: &str) -> Option<(char, &str)> {
    [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')]
        .into_iter()
        .find_map(|(escape, meant)| Some((meant, text.strip_prefix(escape)?)))
}

/// What stands between `<` and `>`, and what follows.
fn token(text: &str) -> Option<(&str, &str)> {
    let (inside, after) = text.strip_prefix('<')?.split_once('>')?;
    let is_one = !inside.is_empty() && !inside.contains(['<', '\n']);
    is_one.then_some((inside, after))
}

/// Without quotes and what nobody sees; blanks of all kinds and control characters are blanks.
fn visible(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '“'
            | '”'
            | '„'
            | '"'
            | '«'
            | '»'
            | '`'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{fe0f}' => None,
            '‘' | '’' => Some('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
            '：' => Some(':'),
            '，' => Some(','),
            c if c.is_whitespace() || c.is_control() => Some(' '),
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Typed;

    fn words(text: &str) -> Vec<String> {
        Typed::read(text).words
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            words("status <https://github.com/kubernetes/enhancements/issues/5825|KEP>"),
            [
                "status",
                "https://github.com/kubernetes/enhancements/issues/5825"
            ]
        );
        assert_eq!(
            words("list shepherd:<@U012AB3CD|mike> in <#C1|sig-node>"),
            ["list", "shepherd:<@U012AB3CD>", "in", "#sig-node"]
        );
        assert_eq!(
            words("a &amp; b &lt;c&gt; &amp;lt x"),
            ["a", "&", "b", "<c>", "&lt", "x"]
        );
        assert_eq!(
            words("<!here> <!subteam^S1|@sig> 1 < 2"),
            ["@sig", "1", "<", "2"]
        );
    }

    #[test]
    fn what_nobody_sees_is_no_part_of_a_word() {
        assert_eq!(
            words("\u{feff}status\u{a0}“user\u{200b} namespaces”\r\nKEP–5825?!"),
            ["status", "user", "namespaces", "KEP-5825"]
        );
        assert_eq!(
            words("list stage: beta,alpha"),
            ["list", "stage:beta,alpha"]
        );
        assert_eq!(words("?"), ["?"]);
    }

    #[test]
    fn here_at_either_end_makes_it_public() {
        for (text, rest, here) in [
            ("status 5825 here", &["status", "5825"][..], true),
            ("HERE status 5825", &["status", "5825"], true),
            ("here", &[], true),
            ("status here 5825", &["status", "here", "5825"], false),
            ("<!here> 5825", &["5825"], false),
        ] {
            let typed = Typed::read(text);
            assert_eq!(
                (typed.words.as_slice(), typed.here),
                (
                    rest.iter()
                        .map(|word| (*word).to_owned())
                        .collect::<Vec<_>>()
                        .as_slice(),
                    here
                ),
                "{text}"
            );
        }
    }
}
