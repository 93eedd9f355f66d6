//! `/kep outbox`: what waits to be written, and what was given up.

const WORD: &str = "outbox";

/// What is asked of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxAsk {
    /// What waits, and what was given up.
    List,
    /// That this is tried again, by its number.
    Retry(i64),
    /// That everything is.
    RetryAll,
}

/// Whether a line after `/kep` is about the outbox.
pub fn is_outbox(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| first.eq_ignore_ascii_case(WORD))
}

/// What is asked for; or a sentence that says what to type.
pub fn outbox(typed: &str) -> Result<OutboxAsk, String> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).skip(1).collect();
    let number = |word: &str| word.trim_start_matches('#').parse().ok();
    match words[..] {
        [] | ["list"] => Ok(OutboxAsk::List),
        ["retry", "all"] => Ok(OutboxAsk::RetryAll),
        ["retry", which] if let Some(id) = number(which) => Ok(OutboxAsk::Retry(id)),
        _ => Err(
            "Type /kep outbox to see what waits, and /kep outbox retry with a number from there, or with all."
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_of_the_outbox() {
        for (typed, ask) in [
            ("outbox", OutboxAsk::List),
            (" Outbox  list ", OutboxAsk::List),
            ("outbox retry 17", OutboxAsk::Retry(17)),
            ("outbox retry #17", OutboxAsk::Retry(17)),
            ("outbox RETRY All", OutboxAsk::RetryAll),
        ] {
            assert!(is_outbox(typed), "{typed}");
            assert_eq!(outbox(typed), Ok(ask), "{typed}");
        }
        for wrong in [
            "outbox retry",
            "outbox retry x",
            "outbox 17",
            "outbox retry 1 2",
        ] {
            let said = outbox(wrong).expect_err(wrong);
            assert!(said.contains("/kep outbox retry"), "{said}");
        }
        assert!(!is_outbox("outboxes") && !is_outbox("") && !is_outbox("list outbox"));
    }
}
