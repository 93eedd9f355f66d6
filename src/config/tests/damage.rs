//! No text makes the reading of settings panic.

use std::time::Duration;

use proptest::prelude::*;

use super::{
    super::*,
    example::{APP, EXAMPLE, uncommented},
};
use crate::config::value::FromText;

/// Reads it, and prints what is wrong: neither may panic.
fn survive(text: &str) {
    if let Err(error) = Config::parse(text, "k.toml") {
        assert!(!error.problems().is_empty());
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn no_beginning_of_the_example_panics() {
    for text in [EXAMPLE, &uncommented(&APP)] {
        for (end, _) in text.char_indices() {
            survive(&text[..end]);
        }
    }
    for text in [
        "\0",
        "=",
        "[",
        "[[",
        "[]",
        "[a",
        "\"\"=1",
        "a.b.c=1\n[a.b]",
        "\u{feff}",
        "a=\"\\u",
        "[http]\n[http]",
    ] {
        survive(text);
    }
    survive(&"[".repeat(100_000));
    survive(&format!("a={}", "{a=".repeat(100_000)));
    survive(&format!("{}=1", "a.".repeat(100_000)));
}

proptest! {
    #[test]
    fn no_damage_to_the_example_panics(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = uncommented(&APP).into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), value in "\\PC{0,40}") {
        survive(&text);
        survive(&format!("[github]\napi_url = {value:?}\ntoken = {value:?}"));
        survive(&format!("[{value}]\n{value} = 1"));
    }

    #[test]
    fn no_value_panics(text in any::<String>(), near in "[a-z0-9:/@{}.%\\[\\] -]{0,30}") {
        for text in [&text, &near, &format!("https://{near}"), &format!("postgres://{near}")] {
            let _ = Duration::from_text(text);
            let _ = (HttpUrl::parse(text), Repository::parse(text), TitleForm::parse(text));
            let _ = (SecretRef::parse(text), Schedule::parse(text), ChannelId::parse(text));
            let _ = StoreUrl::parse(text).map(|url| url.to_string());
        }
    }
}
