//! `/kep notify`: what somebody gets by direct message without asking each time.

use chrono::TimeDelta;

use crate::domain::{
    KepNumber,
    digest::Often,
    notice::{Kind, Quiet},
};

const WORD: &str = "notify";

/// What one can type.
fn forms() -> String {
    format!(
        "/kep notify shows what you get by direct message. To change it: /kep notify mentions off (or {}; on brings it back), /kep notify quiet 22:00-08:00, /kep notify mute 5825, /kep notify off 3d (on ends it), /kep notify here where you are on several workspaces, /kep notify digest weekly, daily or off.",
        Kind::others()
    )
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyAsk {
    /// What they get now.
    Show,
    /// A digest of their own KEPs, so often; `None` for no more.
    Digest(Option<Often>),
    /// Nothing for so long; `None` for good.
    Off(Option<TimeDelta>),
    /// Everything again.
    On,
    /// One kind, or no more of it.
    Kind(Kind, bool),
    /// Nothing in these hours; `None` for no such hours.
    Quiet(Option<Quiet>),
    /// No more of a KEP, or of it again.
    Mute(KepNumber, bool),
    /// In the workspace in which they type this.
    Here,
}

/// Whether a line after `/kep` is about what somebody gets by direct message.
pub fn is_notify(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| first.eq_ignore_ascii_case(WORD))
}

/// What is asked for; or a sentence that says what to type.
pub fn notify(typed: &str) -> Result<NotifyAsk, String> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let asked = match words[..] {
        [] | ["digest"] => Some(NotifyAsk::Show),
        ["digest", "off"] => Some(NotifyAsk::Digest(None)),
        ["digest", often] => Often::parse(often).map(|often| NotifyAsk::Digest(Some(often))),
        ["off"] => Some(NotifyAsk::Off(None)),
        ["off", time] => span(time).map(|time| NotifyAsk::Off(Some(time))),
        ["on"] => Some(NotifyAsk::On),
        ["here"] => Some(NotifyAsk::Here),
        ["quiet", "off"] => Some(NotifyAsk::Quiet(None)),
        ["quiet", ref hours @ ..] => {
            let read = Quiet::parse(&hours.concat());
            let why = "Those are no two times of a day. It goes like this: /kep notify quiet 22:00-08:00. The times are by your own clock on Slack, so no time zone is typed.";
            let read = read.ok_or_else(|| why.to_owned());
            Some(NotifyAsk::Quiet(Some(read?)))
        }
        [way @ ("mute" | "unmute"), ref kep @ ..] => {
            let kep = KepNumber::from_reference(&kep.join(" "));
            kep.map(|kep| NotifyAsk::Mute(kep, way == "mute"))
        }
        [kind, way @ ("on" | "off")] => {
            Kind::parse(kind).map(|kind| NotifyAsk::Kind(kind, way == "on"))
        }
        _ => None,
    };
    asked.ok_or_else(forms)
}

/// `3d`, `12h`, `2w`; a year at most.
fn span(text: &str) -> Option<TimeDelta> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i64 = number
        .parse()
        .ok()
        .filter(|number| (1..=8_760).contains(number))?;
    let span = match unit {
        "h" => TimeDelta::hours(number),
        "d" => TimeDelta::days(number),
        "w" => TimeDelta::weeks(number),
        _ => return None,
    };
    (span <= TimeDelta::days(366)).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        assert!(is_notify(" Notify digest") && !is_notify("notifydigest") && !is_notify(""));
        let kep = KepNumber::new(5825).expect("a number");
        for (typed, asked) in [
            ("notify", NotifyAsk::Show),
            ("Notify digest", NotifyAsk::Show),
            (
                "notify digest weekly",
                NotifyAsk::Digest(Some(Often::Weekly)),
            ),
            (
                "NOTIFY  Digest DAILY",
                NotifyAsk::Digest(Some(Often::Daily)),
            ),
            ("notify digest off", NotifyAsk::Digest(None)),
            ("notify off", NotifyAsk::Off(None)),
            ("notify off 3d", NotifyAsk::Off(Some(TimeDelta::days(3)))),
            ("notify off 2W", NotifyAsk::Off(Some(TimeDelta::weeks(2)))),
            ("notify on", NotifyAsk::On),
            (
                "notify mentions off",
                NotifyAsk::Kind(Kind::Mentions, false),
            ),
            ("notify changes on", NotifyAsk::Kind(Kind::Changes, true)),
            (
                "notify quiet 22:00-08:00",
                NotifyAsk::Quiet(Quiet::parse("22-8")),
            ),
            (
                "notify quiet 22 - 8",
                NotifyAsk::Quiet(Quiet::parse("22-8")),
            ),
            ("notify quiet off", NotifyAsk::Quiet(None)),
            ("notify mute KEP-5825", NotifyAsk::Mute(kep, true)),
            ("notify unmute kep 5825", NotifyAsk::Mute(kep, false)),
            ("notify here", NotifyAsk::Here),
        ] {
            assert_eq!(notify(typed), Ok(asked), "{typed}");
        }
        for wrong in [
            "notify weekly",
            "notify digest monthly",
            "notify digest daily 9",
            "notify off x",
            "notify off 0d",
            "notify off 9999d",
            "notify off 3ü",
            "notify mute",
            "notify mute it",
            "notify everything off",
        ] {
            let why = notify(wrong).expect_err(wrong);
            assert!(
                why.contains("/kep notify mentions off (or reviews, "),
                "{why}"
            );
        }
        for wrong in [
            "notify quiet",
            "notify quiet 8-8",
            "notify quiet 25-8",
            "notify quiet 22-8 Europe/Berlin",
        ] {
            let why = notify(wrong).expect_err(wrong);
            assert!(why.starts_with("Those are no two times of a day."), "{why}");
            assert!(why.contains("by your own clock on Slack"), "{why}");
        }
    }
}
