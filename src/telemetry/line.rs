//! What a line of the log may hold: no secret, and no second line.
//!
//! Our own secrets cannot be printed at all ([`crate::domain::Secret`]). Libraries do not know
//! that: slack-morphism, for one, logs the address of a Socket Mode connection, whose ticket lets
//! anybody in, when it cannot connect. So each line is read again on its way out.

use std::{borrow::Cow, io};

/// What stands right before a secret, or begins one, and the characters of which it then consists
/// beside letters and digits.
///
/// Sources: <https://docs.slack.dev/authentication/tokens>,
/// <https://docs.slack.dev/apis/events-api/using-socket-mode>,
/// <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>,
/// <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>
const MARKS: [(&str, &str); 13] = [
    ("Bearer ", "-._~+/="),
    ("ticket=", "-._~%"),
    ("hooks.slack.com/", "-._~%/"),
    ("hooks.slack-gov.com/", "-._~%/"),
    ("xox", "-._"),
    ("xapp-", "-._"),
    ("xwfp-", "-._"),
    ("ghp_", "_"),
    ("gho_", "_"),
    ("ghu_", "_"),
    ("ghs_", "_-."),
    ("ghr_", "_"),
    ("github_pat_", "_"),
];

/// What is shown in a secret's place.
const HIDDEN: &str = "[hidden]";

/// Writes lines with what must not be in them taken out. One call of `write` is one event.
pub(super) struct Guarded<W>(pub(super) W);

impl<W: io::Write> io::Write for Guarded<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all(on_one_line(&hidden(&text)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with every secret in it hidden.
fn hidden(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    for (mark, also) in MARKS {
        if shown.contains(mark) {
            shown = Cow::Owned(without(&shown, mark, also));
        }
    }
    shown
}

fn without(text: &str, mark: &str, also: &str) -> String {
    let belongs = |c: char| c.is_ascii_alphanumeric() || also.contains(c);
    let mut parts = text.split(mark);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(belongs);
        shown.push_str(mark);
        if rest.len() < part.len() {
            shown.push_str(HIDDEN);
        }
        shown.push_str(rest);
    }
    shown
}

/// A line that looks like another event could be written by whoever chose the words of an error.
fn on_one_line(event: &str) -> Cow<'_, str> {
    let (line, end) = match event.strip_suffix('\n') {
        Some(line) => (line, "\n"),
        None => (event, ""),
    };
    if line.contains(['\n', '\r']) {
        let line = line.replace('\n', "\\n").replace('\r', "\\r");
        Cow::Owned(line + end)
    } else {
        Cow::Borrowed(event)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Guarded;

    fn written(event: &str) -> String {
        let mut out = Guarded(Vec::new());
        out.write_all(event.as_bytes()).expect("memory");
        String::from_utf8(out.0).expect("text")
    }

    #[test]
    fn secrets_are_hidden_and_what_stands_around_them_stays() {
        for (event, shown) in [
            (
                "cannot connect to wss://wss-primary.slack.com/link/?ticket=1bf0-a%3D&app_id=9: 503\n",
                "cannot connect to wss://wss-primary.slack.com/link/?ticket=[hidden]&app_id=9: 503\n",
            ),
            (
                "POST https://hooks.slack.com/commands/T0/42/aBc \"sent\"\n",
                "POST https://hooks.slack.com/[hidden] \"sent\"\n",
            ),
            (
                "token=xoxb-12-34-aB, xapp-1-A-2\n",
                "token=xox[hidden], xapp-[hidden]\n",
            ),
            (
                "{\"authorization\":\"Bearer ghs_a.b-c_d\"}\n",
                "{\"authorization\":\"Bearer [hidden]\"}\n",
            ),
            (
                "github_pat_11AB_cd and ghp_x\n",
                "github_pat_[hidden] and ghp_[hidden]\n",
            ),
            ("a boxer's ticket costs 5\n", "a boxer's ticket costs 5\n"),
        ] {
            assert_eq!(written(event), shown);
        }
    }

    #[test]
    fn an_event_is_one_line() {
        assert_eq!(written("a\nERROR b\r\n"), "a\\nERROR b\\r\n");
        assert_eq!(written("a\n"), "a\n");
    }
}
