//! Questions to a KEP's shepherds: `/kep ping 5825 question`, and sentences to the bot such as `who
//! shepherds 5825?`.

use super::{ask::only_reference, query::Query, typed::Typed};
use crate::domain::KepNumber;

const WORD: &str = "ping";

/// Words that ask for shepherds.
const SHEPHERDS: [&str; 4] = ["shepherd", "shepherds", "shepherding", "shepherded"];

/// Whether a line after `/kep` is a question to shepherds.
pub fn is_ping(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| first.eq_ignore_ascii_case(WORD))
}

/// The KEP and the question; or a sentence that says what to type.
pub fn ping(typed: &str) -> Result<(KepNumber, &str), String> {
    let split = |text: &'_ str| text.trim().find(char::is_whitespace);
    let rest = |text| match split(text) {
        Some(at) => str::trim(&str::trim(text)[at..]),
        None => "",
    };
    let first = |text| match split(text) {
        Some(at) => &str::trim(text)[..at],
        None => str::trim(text),
    };
    let mut words = rest(typed);
    if first(words).eq_ignore_ascii_case("kep") {
        words = rest(words);
    }
    let kep = KepNumber::from_reference(first(words).trim_end_matches(':'));
    match (kep, rest(words)) {
        (Some(kep), question) if !question.is_empty() => Ok((kep, question)),
        (Some(kep), _) => Err(format!(
            "What do you ask? Type /kep ping {kep} and then the question: it stands in this channel with your name, and goes to the KEP's shepherds."
        )),
        (None, _) => Err(
            "Type the KEP and the question, such as /kep ping 5825 who reviews the CRI change? It stands in the channel with your name, and goes to the KEP's shepherds by direct message."
                .to_owned(),
        ),
    }
}

/// The KEP whose shepherds a sentence to the bot asks for, if it asks for those of one.
pub fn asks_for_shepherds(text: &str) -> Option<KepNumber> {
    let words = Typed::read(text).words;
    let asks = words.iter().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        SHEPHERDS.iter().any(|it| word.eq_ignore_ascii_case(it))
    });
    match only_reference(&words).filter(|_| asks)? {
        Query::One(kep) => Some(kep),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_stays_as_it_was_typed() {
        for typed in [
            "ping 5825 who *reviews*\nthis?",
            " PING  KEP-5825:  who *reviews*\nthis? ",
            "ping kep 5825 who *reviews*\nthis?",
        ] {
            let (kep, text) = ping(typed).expect(typed);
            assert_eq!((kep.get(), text), (5825, "who *reviews*\nthis?"));
        }
        for lacks in ["ping", "ping 5825", "ping who?", "ping KEP-0 x", "ping kep"] {
            assert!(
                ping(lacks).is_err_and(|why| why.contains("/kep ping")),
                "{lacks}"
            );
        }
        assert!(is_ping("Ping 5825") && !is_ping("pings") && !is_ping(""));
    }

    #[test]
    fn a_sentence_asks_for_the_shepherds_of_one() {
        for asks in [
            "<@U0BOT> who shepherds 5825?",
            "<@U0BOT> KEP-5825 shepherd?",
            "<@U0BOT> who's the shepherd of KEP 5825, please",
        ] {
            assert_eq!(
                asks_for_shepherds(asks).map(KepNumber::get),
                Some(5825),
                "{asks}"
            );
        }
        for other in [
            "<@U0BOT> who owns 5825?",
            "<@U0BOT> who shepherds 5825 and 4680?",
            "<@U0BOT> list shepherd:none",
            "<@U0BOT> who are the shepherds?",
            "",
        ] {
            assert_eq!(asks_for_shepherds(other), None, "{other}");
        }
    }
}
