//! Every KEP, every filter and every page of the corpus, within Slack's limits.

use std::collections::BTreeSet;

use kep_liaison::{
    command::Query,
    domain::finding::FindingCode,
    slack::blocks::{Pressed, button},
};
use serde_json::Value;

use super::office::{MAINTAINER, Office, sent};
use crate::world;

/// Turns every page of an answer; how many there are.
fn pages(office: &Office, typed: &str) -> usize {
    let desk = office.desk();
    let mut message = sent(&desk.command(&MAINTAINER, typed));
    let mut pages = 1;
    while let Some(next) = next(&message) {
        message = sent(&desk.again(&MAINTAINER, &next.asked, next.page));
        pages += 1;
    }
    pages
}

fn next(message: &Value) -> Option<Pressed> {
    let row = message["blocks"].as_array()?.last()?["elements"].as_array()?;
    let next = row
        .iter()
        .find(|button| button["action_id"] == button::NEXT)?;
    Pressed::read(button::NEXT, next["value"].as_str()?)
}

#[test]
fn every_answer_of_the_corpus_keeps_the_limits() {
    let Some(corpus) = world::corpus("every answer of the corpus") else {
        return;
    };
    let office = Office::corpus(&corpus);
    for entry in office.board.entries() {
        let number = entry.kep.number;
        for typed in [
            format!("{number}"),
            format!("who {number}"),
            format!("who {number} here"),
        ] {
            office.typed(&typed);
        }
    }
    assert_eq!(
        pages(&office, "list"),
        office.board.entries().len().div_ceil(10)
    );
    let codes = FindingCode::ALL
        .iter()
        .map(|code| format!("list finding:{code}"));
    let filters = Query::filters().map(|(key, value)| format!("list {key}:{value}"));
    for typed in codes.chain(filters) {
        pages(&office, &typed);
    }
    for typed in [
        "",
        "status",
        "release",
        "release 1.36",
        "release 1.37",
        "release 1.38",
        "release 2.3",
        "release 2.4",
        "help list",
        "zzqq",
        "list pod",
    ] {
        pages(&office, typed);
    }
}

#[test]
fn every_person_of_the_corpus_has_a_list() {
    let Some(corpus) = world::corpus("the KEPs of every person of the corpus") else {
        return;
    };
    let office = Office::corpus(&corpus);
    let all = office.board.entries().iter().flat_map(|entry| {
        let approvers = entry.kep.approvers.iter().flat_map(|person| &person.logins);
        entry.kep.author_logins().chain(approvers)
    });
    let all: BTreeSet<_> = all.collect();
    assert!(all.len() > 300, "{}", all.len());
    for login in all {
        office.typed(&format!("list person:{login}"));
    }
}
