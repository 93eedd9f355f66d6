//! Holds a message against Slack's rules, and against our own: markup is ours alone.

use kep_liaison::sandbox::slack::validate::message_blocks;
use serde_json::Value;

/// The longest fallback that we send.
const FALLBACK: usize = 3000;

/// Stands in every text from outside of the tests that are hostile; no markup may hold it.
pub(super) const CANARY: &str = "Zq%nary";

const JOINER: char = '\u{2060}';

fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().expect("an object");
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Panics where a message breaks a rule of Slack's, or one of ours.
pub(super) fn check(message: &Value) {
    assert_eq!(keys(message), ["blocks", "text"]);
    let problems = message_blocks(&message["blocks"]);
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:#?}\n{message}");
    assert_ne!(message["blocks"], Value::Array(Vec::new()));
    let text = message["text"].as_str().expect("a fallback");
    assert!(text.encode_utf16().count() <= FALLBACK, "{text}");
    assert!(!text.trim().is_empty());
    // It is markup too, and ours has none in it.
    assert_eq!(tokens(text), [] as [&str; 0], "{text}");
    unmarked(text);
    shown(text);
    check_texts(&message["blocks"]);
}

/// Checks every text object, wherever it stands.
fn check_texts(value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(check_texts),
        Value::Object(fields) if fields.get("text").is_some_and(Value::is_string) => {
            check_text(value);
        }
        Value::Object(fields) => fields.values().for_each(check_texts),
        _ => {}
    }
}

fn check_text(object: &Value) {
    let text = object["text"].as_str().expect("a text");
    assert!(!text.trim().is_empty(), "{text:?}");
    shown(text);
    match object["type"].as_str().expect("a type") {
        "plain_text" => {
            assert_eq!(keys(object), ["emoji", "text", "type"]);
            assert_eq!(object["emoji"], false);
        }
        "mrkdwn" => {
            assert_eq!(keys(object), ["text", "type", "verbatim"]);
            assert_eq!(object["verbatim"], true);
            assert!(!text.contains(CANARY) || only_in_addresses(text), "{text}");
            for token in tokens(text) {
                check_token(token);
            }
            unmarked(text);
        }
        other => panic!("a text of type {other}"),
    }
}

/// An issue's address is GitHub's, and cannot do more than lead elsewhere.
fn only_in_addresses(text: &str) -> bool {
    let mut rest = text.to_owned();
    for token in tokens(text) {
        let (address, _) = token.split_once('|').expect("a link with a label");
        rest = rest.replace(address, "");
    }
    !rest.contains(CANARY)
}

/// What stands between `<` and `>`; the rest is escaped.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&']) {
        let tail = &rest[at..];
        rest = if tail.starts_with('<') {
            let end = tail.find('>').expect("an end of what begins");
            tokens.push(&tail[1..end]);
            &tail[end + 1..]
        } else {
            let entity = ["&amp;", "&lt;", "&gt;"]
                .into_iter()
                .find(|entity| tail.starts_with(entity));
            &tail[entity
                .unwrap_or_else(|| panic!("not escaped: {text}"))
                .len()..]
        };
    }
    tokens
}

/// A link of the web, or a day.
fn check_token(token: &str) {
    let (what, label) = token.split_once('|').expect("a label");
    assert!(
        !label.is_empty() && !label.contains(['|', '<', '\n']),
        "{token}"
    );
    if let Some(date) = what.strip_prefix("!date^") {
        let (epoch, form) = date.split_once('^').expect("a form");
        assert!(epoch.parse::<i64>().is_ok(), "{token}");
        assert_eq!(form, "{date_short}");
        assert!(
            chrono::NaiveDate::parse_from_str(label, "%d %b %Y").is_ok(),
            "{token}"
        );
    } else {
        assert!(what.starts_with("https://"), "{token}");
        assert!(!what.contains(char::is_whitespace), "{token}");
    }
}

/// Outside links, bold and code are those that we set; nothing is slanted or struck.
fn unmarked(text: &str) {
    let mut own = text.to_owned();
    for token in tokens(text) {
        own = own.replace(&format!("<{token}>"), "");
    }
    for mark in ['*', '_', '~', '`'] {
        own = own.replace(&format!("{JOINER}{mark}{JOINER}"), "");
    }
    assert!(!own.contains(['_', '~']), "{text}");
    for line in own.lines() {
        for mark in ['*', '`'] {
            assert_eq!(line.matches(mark).count() % 2, 0, "{line}");
        }
        for code in line.split('`').skip(1).step_by(2) {
            let code = code.strip_prefix("/kep list finding:").expect("a command");
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        }
    }
}

/// Nothing that a screen does not show, but for the joiner.
fn shown(text: &str) {
    let hidden = text.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    });
    assert_eq!(hidden, None, "{text}");
}
