//! `/kep notify`: what somebody gets by direct message without asking each time.

use crate::domain::digest::Often;

const WORD: &str = "notify";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyAsk {
    /// What they get now.
    Show,
    /// A digest of their own KEPs, so often; `None` for no more.
    Digest(Option<Often>),
}

/// Whether a line after `/kep` is about what somebody gets by direct message.
pub fn is_notify(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| first.eq_ignore_ascii_case(WORD))
}

/// What is asked for; or a sentence that says what to type.
pub fn notify(typed: &str) -> Result<NotifyAsk, String> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] | [_] | [_, "digest"] => Ok(NotifyAsk::Show),
        [_, "digest", "off"] => Ok(NotifyAsk::Digest(None)),
        [_, "digest", often] if let Some(often) = Often::parse(often) => {
            Ok(NotifyAsk::Digest(Some(often)))
        }
        _ => Err(
            "Type /kep notify digest weekly, or daily, for a digest of your KEPs by direct message; /kep notify digest off for no more."
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        assert!(is_notify(" Notify digest") && !is_notify("notifydigest") && !is_notify(""));
        for show in ["notify", "Notify digest"] {
            assert_eq!(notify(show), Ok(NotifyAsk::Show));
        }
        for (typed, often) in [
            ("notify digest weekly", Some(Often::Weekly)),
            ("NOTIFY  Digest DAILY", Some(Often::Daily)),
            ("notify digest off", None),
        ] {
            assert_eq!(notify(typed), Ok(NotifyAsk::Digest(often)));
        }
        for wrong in [
            "notify weekly",
            "notify digest monthly",
            "notify digest daily 9",
        ] {
            assert!(notify(wrong).is_err_and(|why| why.contains("/kep notify digest weekly")));
        }
    }
}
