//! Whatever is typed, and whatever KEPs and issues say, the answer keeps Slack's limits, nothing of
//! it becomes markup, and nobody is pinged.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::office::{MAINTAINER, Office, STRANGER, sent};
use crate::block_kit::{board_of, checker::CANARY, hostile_texts};
use kep_liaison::{domain::reply::Audience, slack::blocks};

static OFFICE: LazyLock<Office> = LazyLock::new(Office::sample);

/// Asks in every way.
fn ask(text: &str) {
    let desk = OFFICE.desk();
    for command in [
        "", "status ", "list ", "who ", "release ", "help ", "staus ",
    ] {
        for here in ["", " here"] {
            sent(&desk.command(&MAINTAINER, &format!("{command}{text}{here}")));
        }
        let words = format!("{command}{text}");
        sent(&desk.again(&STRANGER, &words, usize::MAX, Audience::Asker));
    }
    sent(&desk.said(&MAINTAINER, text, Audience::Direct));
    let mention = format!("<@U0BOT> who {text}?");
    sent(&desk.said(&STRANGER, &mention, Audience::Channel));
}

#[test]
fn hostile_questions() {
    for text in hostile_texts() {
        ask(&text.replace(CANARY, "x"));
    }
    ask(&"stage:beta,".repeat(400));
    ask(&"list ".repeat(100_000));
    ask("\u{202e}\u{0}\u{7}");
}

#[test]
fn hostile_keps() {
    for text in hostile_texts() {
        let office = Office::of_board(board_of(text));
        for typed in [
            "",
            "status",
            "list",
            "release",
            "release 1.37",
            "who 9001",
            "who 9002",
            "who 9003",
            "9001",
            "9002",
            "9003",
            "9001 here",
            "who 9002 here",
        ] {
            office.typed(typed);
        }
        let home = office.desk().home(&MAINTAINER, &[]);
        let home = serde_json::to_value(blocks::home(&home)).expect("JSON");
        crate::block_kit::checker::check_home(&home);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_typed_is_answered(
        text in "(<[!@#][a-zA-Z^]{0,9}[>|]|[*_~`&<>|:,]|https://|(stage|owner|sig):|[\\n\\t ]|\\PC){0,60}"
    ) {
        ask(&text);
    }

    #[test]
    fn whatever_bytes_are_typed_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        ask(&String::from_utf8_lossy(&bytes));
    }
}
