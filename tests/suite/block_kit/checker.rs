//! Holds a message against Slack's rules, which are the model's, and against our own: few kinds of
//! blocks, and markup that is ours alone.

use kep_liaison::sandbox::slack::validate::{Problem, message_blocks, view};
use serde_json::Value;

/// The longest fallback that we send.
const FALLBACK: usize = 3000;

/// Stands in every text from outside of the tests that are hostile; no markup may hold it.
pub(crate) const CANARY: &str = "Zq%nary";

const JOINER: char = '\u{2060}';

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Panics where Slack would refuse.
fn taken(problems: &[Problem], what: &Value) {
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:#?}\n{what}");
}

fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().expect("an object");
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Panics where a message breaks a rule.
pub(super) fn check(message: &Value) {
    check_message(
        message,
        Seen {
            buttons: false,
            people: false,
        },
    );
}

/// Panics where a reply breaks a rule; one that others see names nobody so that it pings.
pub(crate) fn check_reply(message: &Value, public: bool) {
    check_message(
        message,
        Seen {
            buttons: true,
            people: !public,
        },
    );
    let text = texts(&message["blocks"]);
    assert!(text < 10_500, "{text} characters in all");
}

/// How much text a value holds, with the values of buttons.
fn texts(value: &Value) -> usize {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) if key != "type" => length(text),
                value => texts(value),
            })
            .sum(),
        Value::Array(array) => array.iter().map(texts).sum(),
        _ => 0,
    }
}

/// Panics where the bot's home breaks a rule.
pub(crate) fn check_home(home: &Value) {
    taken(&view(home), home);
    assert_eq!(keys(home), ["blocks", "type"]);
    assert_eq!(home["type"], "home");
    let seen = Seen {
        buttons: false,
        people: true,
    };
    check_blocks(home, seen);
}

fn check_blocks(holder: &Value, seen: Seen) {
    let blocks = holder["blocks"].as_array().expect("blocks");
    assert!(!blocks.is_empty());
    for block in blocks {
        check_block(block, seen);
    }
}

/// What a message may hold.
#[derive(Clone, Copy)]
struct Seen {
    buttons: bool,
    people: bool,
}

fn check_message(message: &Value, seen: Seen) {
    taken(&message_blocks(&message["blocks"]), message);
    assert_eq!(keys(message), ["blocks", "text"]);
    let text = message["text"].as_str().expect("a fallback");
    assert!((1..=FALLBACK).contains(&length(text)), "{text}");
    assert!(!text.trim().is_empty());
    // It is markup too, and ours has none in it.
    assert_eq!(tokens(text), [] as [&str; 0], "{text}");
    unmarked(text);
    shown(text);
    check_blocks(message, seen);
}

/// Buttons that say what they do, and carry it.
fn check_button(button: &Value) {
    assert_eq!(keys(button), ["action_id", "text", "type", "value"]);
    assert_eq!(button["type"], "button");
    assert_ne!(button["value"], "");
    check_text(&button["text"], false);
}

fn check_block(block: &Value, seen: Seen) {
    let each = |name: &str| block[name].as_array().cloned().unwrap_or_default();
    match block["type"].as_str().expect("a type") {
        "header" => {
            assert_eq!(keys(block), ["text", "type"]);
            check_text(&block["text"], false);
        }
        "section" => {
            let mut keys = keys(block);
            keys.retain(|key| !["fields", "text", "type"].contains(key));
            assert_eq!(keys, [] as [&str; 0]);
            let texts = block.get("text").into_iter().cloned().chain(each("fields"));
            for text in texts {
                check_text(&text, seen.people);
            }
        }
        "context" => {
            assert_eq!(keys(block), ["elements", "type"]);
            for text in each("elements") {
                check_text(&text, seen.people);
            }
        }
        "actions" if seen.buttons => {
            assert_eq!(keys(block), ["elements", "type"]);
            for button in each("elements") {
                check_button(&button);
            }
        }
        other => panic!("a block of type {other}"),
    }
}

fn check_text(object: &Value, people: bool) {
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
                check_token(token, people);
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
        let (address, _) = token.split_once('|').unwrap_or((token, ""));
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

/// A link of the web, a day or a moment; somebody, where nobody else sees it.
fn check_token(token: &str, people: bool) {
    if let Some(id) = token.strip_prefix('@') {
        assert!(
            people && id.bytes().all(|b| b.is_ascii_alphanumeric()),
            "{token}"
        );
        return;
    }
    let (what, label) = token.split_once('|').expect("a label");
    assert!(
        !label.is_empty() && !label.contains(['|', '<', '\n']),
        "{token}"
    );
    if let Some(date) = what.strip_prefix("!date^") {
        let (epoch, form) = date.split_once('^').expect("a form");
        assert!(epoch.parse::<i64>().is_ok(), "{token}");
        let label_form = match form {
            "{date_short}" => "%d %b %Y",
            "{date_short_pretty} {time}" => "%d %b %Y %H:%M UTC",
            form => panic!("a date in the form {form}"),
        };
        let day = chrono::NaiveDate::parse_from_str(label, label_form);
        let moment = chrono::NaiveDateTime::parse_from_str(label, label_form);
        assert!(day.is_ok() || moment.is_ok(), "{token}");
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
            if code == "here" {
                continue;
            }
            let command = code.strip_prefix("/kep ").expect("a command");
            let is_ours = |b: u8| b.is_ascii_alphanumeric() || b" :,.-".contains(&b);
            assert!(command.bytes().all(is_ours), "{command}");
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
