//! `/kep update 5825 text`: a text to be put on a tracking issue, as it was typed.

use crate::domain::KepNumber;

const WORD: &str = "update";

/// Whether a line after `/kep` is an update.
pub fn is_update(typed: &str) -> bool {
    rest(typed).is_some()
}

/// The KEP and the text of an update; or a sentence that says what to type.
pub fn update(typed: &str) -> Result<(KepNumber, &str), String> {
    let rest = rest(typed).unwrap_or_default();
    let (first, text) = split(rest);
    if ["help", "?"].contains(&&*first.to_lowercase()) {
        return Err(
            "Type the KEP and what is new, such as /kep update 5825 merged, ships in 2.4. It stands with your name on the KEP's tracking issue and in its thread in each channel that follows the runtime, and you can take it back for fifteen minutes."
                .to_owned(),
        );
    }
    // `KEP 5825`
    let (first, text) = if first.eq_ignore_ascii_case("kep") {
        split(text)
    } else {
        (first, text)
    };
    if first.is_empty() {
        return Err(
            "Type the KEP and what is new, such as /kep update 5825 merged, ships in 2.4."
                .to_owned(),
        );
    }
    let first = first.trim_end_matches(':');
    let Some(kep) = KepNumber::from_reference(first) else {
        return Err(format!(
            "\"{first}\" is no KEP's number. Type /kep update 5825 and then what is new."
        ));
    };
    if text.is_empty() || text.eq_ignore_ascii_case("here") {
        return Err(format!(
            "What is new? Type /kep update {kep} and then the text; it goes to the tracking issue."
        ));
    }
    Ok((kep, text))
}

/// What follows the word.
fn rest(typed: &str) -> Option<&str> {
    let (first, rest) = split(typed);
    first.eq_ignore_ascii_case(WORD).then_some(rest)
}

/// The first word, and what follows it with its lines as they are.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) => (first, rest.trim_start()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_update, update};

    #[test]
    fn the_text_stays_as_it_was_typed() {
        for typed in [
            "update 5825 *merged*,\n\n• ships in 2.4",
            " UPDATE  KEP-5825:  *merged*,\n\n• ships in 2.4 ",
            "update kep 5825 *merged*,\n\n• ships in 2.4",
        ] {
            let (kep, text) = update(typed).expect(typed);
            assert_eq!((kep.get(), text), (5825, "*merged*,\n\n• ships in 2.4"));
        }
    }

    #[test]
    fn what_is_missing_is_asked_for() {
        let asked = [
            "update",
            "update 5825",
            "update 5825 here",
            "update merged",
            "update KEP-0 x",
            "update help",
        ]
        .map(update);
        let asked = asked.map(|read| read.expect_err("it lacks something"));
        for asked in asked {
            assert!(asked.contains("/kep update"), "{asked}");
        }
        assert!(!is_update("updated 5825") && !is_update("status update") && !is_update(""));
    }
}
