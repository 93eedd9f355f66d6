//! The buttons below an answer: pressed, they ask the same words again.

use std::collections::BTreeSet;

use kep_liaison::{
    domain::reply::{Audience, Reply},
    slack::blocks::{
        Pressed,
        button::{self, Press},
    },
};
use proptest::prelude::*;
use serde_json::Value;

use super::office::{AUTHOR, MAINTAINER, Office, sent};

/// The buttons of a message: action and value.
fn buttons(message: &Value) -> Vec<(String, String)> {
    let blocks = message["blocks"].as_array().expect("blocks");
    let actions = blocks.iter().filter(|block| block["type"] == "actions");
    let elements = actions.flat_map(|block| block["elements"].as_array().expect("buttons"));
    elements
        .map(|button| {
            let text = |key: &str| button[key].as_str().expect("a text").to_owned();
            (text("action_id"), text("value"))
        })
        .collect()
}

fn actions(message: &Value) -> Vec<String> {
    buttons(message)
        .into_iter()
        .map(|(action, _)| action)
        .collect()
}

/// Presses a button of a message.
fn press(office: &Office, message: &Value, action: &str) -> Option<Reply> {
    let (_, value) = buttons(message).into_iter().find(|(id, _)| id == action)?;
    let pressed = Pressed::read(action, &value).expect("a button of ours");
    let Pressed {
        asked,
        page,
        audience,
        ..
    } = pressed;
    Some(office.desk().again(&AUTHOR, &asked, page, audience))
}

#[test]
fn paging_reaches_every_kep_once_and_leads_back() {
    let office = Office::sample();
    let number = |message: &Value| {
        let text = message["text"].as_str().expect("a fallback");
        let rows = text.lines().filter_map(|line| line.split_once(": KEP-"));
        let numbers = rows.map(|(_, rest)| rest.split(' ').next().unwrap_or_default().to_owned());
        numbers.collect::<Vec<String>>()
    };
    let first = office.typed("list");
    let mut seen = number(&first);
    let mut message = first.clone();
    while let Some(reply) = press(&office, &message, button::NEXT) {
        message = sent(&reply);
        seen.extend(number(&message));
    }
    let each: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(each.len(), office.board.entries().len());
    assert_eq!(each.len(), seen.len());
    while let Some(reply) = press(&office, &message, button::PREVIOUS) {
        message = sent(&reply);
    }
    assert_eq!(message, first);
}

#[test]
fn buttons_are_there_where_they_do_something() {
    let office = Office::sample();
    assert_eq!(
        actions(&office.typed("status 5825")),
        ["kep_refresh", "kep_post"]
    );
    assert_eq!(actions(&office.typed("status 5825 here")), ["kep_refresh"]);
    assert_eq!(actions(&office.said("5825")), ["kep_refresh"]);
    assert_eq!(
        actions(&office.typed("list")),
        ["kep_next", "kep_refresh", "kep_post"]
    );
    assert_eq!(actions(&office.typed("list stage:zz")), [] as [&str; 0]);
    // Too long to be asked again by a button.
    let many = "me,".repeat(300);
    let long = office.typed(&format!("list shepherd:{many}"));
    assert_eq!(actions(&long), [] as [&str; 0]);
    let unknown = office.typed("who 5826");
    assert_eq!(actions(&unknown)[..2], ["kep_instead", "kep_instead_2"]);
}

#[test]
fn a_posted_answer_is_for_everybody_and_asks_the_same() {
    let office = Office::sample();
    let mine = office.typed("list person:me");
    let posted = press(&office, &mine, button::POST).expect("a button to post");
    assert_eq!(posted.audience, Audience::Channel);
    // Whoever presses it, it stays the first asker's question.
    assert_eq!(posted.asked, "list person:samuelkarp");
    let posted = sent(&posted);
    assert_eq!(actions(&posted), ["kep_next", "kep_refresh"]);
    let next = press(&office, &posted, button::NEXT).expect("a next page");
    assert_eq!((next.audience, next.page), (Audience::Channel, 1));
}

#[test]
fn what_was_meant_is_one_press_away() {
    let office = Office::sample();
    let slip = office.typed("staus 5825");
    assert_eq!(actions(&slip), ["kep_instead"]);
    let meant = press(&office, &slip, button::INSTEAD[0]).expect("the button");
    assert_eq!(sent(&meant), office.typed("status 5825"));
    let unknown = office.typed("who 5826");
    let meant = press(&office, &unknown, button::INSTEAD[0]).expect("the button");
    assert!(meant.asked.starts_with("who 58"), "{}", meant.asked);
    let (_, value) = &buttons(&slip)[0];
    let pressed = Pressed::read(button::INSTEAD[0], value).expect("a button of ours");
    assert_eq!(pressed.press, Press::Replace);
}

#[test]
fn a_value_that_is_not_ours_is_none() {
    for (action, value) in [
        ("kep_next", ""),
        ("kep_next", "asker"),
        ("kep_next", "asker 1"),
        ("kep_next", "asker 1  "),
        ("kep_next", "asker -1 status"),
        ("kep_next", "asker 99999 status"),
        ("kep_next", "everybody 1 status"),
        ("kep_next", "asker 1 status\u{0}"),
        ("other", "asker 1 status"),
    ] {
        assert_eq!(Pressed::read(action, value), None, "{action} {value:?}");
    }
    let long = format!("asker 1 {}", "x".repeat(2000));
    assert_eq!(Pressed::read("kep_next", &long), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_words_of_a_question_ask_it_again(
        text in "(list |status |who |release |)([a-zäß0-9#:<@>&.,'-]{0,9} ?|(stage|sig|owner|shepherd|status|finding|person):[a-z@,0-9]{0,8} |here |KEP-?){0,6}"
    ) {
        let office = OFFICE.desk();
        let reply = office.command(&MAINTAINER, &text);
        if !reply.asked.is_empty() {
            let again = office.again(&MAINTAINER, &reply.asked, 0, Audience::Asker);
            prop_assert_eq!(&again.asked, &reply.asked);
        }
    }

    #[test]
    fn any_value_is_read_without_panic(action in "(kep_next|\\PC{0,9})", value in "(asker |channel |)[0-9]{0,6} \\PC{0,40}") {
        if let Some(pressed) = Pressed::read(&action, &value) {
            let Pressed { asked, page, audience, .. } = pressed;
            sent(&OFFICE.desk().again(&MAINTAINER, &asked, page, audience));
        }
    }
}

static OFFICE: std::sync::LazyLock<Office> = std::sync::LazyLock::new(Office::sample);
