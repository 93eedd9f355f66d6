//! Every KEP, every filter and every page of the corpus, within Slack's limits.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
};

use kep_liaison::{
    command::Query,
    domain::finding::FindingCode,
    slack::blocks::{Pressed, button},
};
use serde_json::Value;

use super::office::{MAINTAINER, Office, sent};
use crate::{slack_model::python_with, world};

/// Every page of an answer.
fn pages(office: &Office, typed: &str) -> Vec<Value> {
    let desk = office.desk();
    let mut pages = vec![sent(&desk.command(&MAINTAINER, typed))];
    while let Some(next) = pages.last().and_then(next) {
        pages.push(sent(&desk.again(
            &MAINTAINER,
            &next.asked,
            next.page,
            next.audience,
        )));
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

/// Every message that there is: each KEP, each filter, each page. They are held against the limits
/// as they are made.
fn messages(office: &Office) -> Vec<Value> {
    let keps = office.board.entries().iter().flat_map(|entry| {
        let number = entry.kep.number;
        ["status", "who"].into_iter().flat_map(move |word| {
            ["", " here"].map(|where_to| format!("{word} {number}{where_to}"))
        })
    });
    let codes = FindingCode::ALL
        .iter()
        .map(|code| format!("list finding:{code}"));
    let filters = Query::filters().map(|(key, value)| format!("list {key}:{value}"));
    let others = [
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
    ];
    let others = others.into_iter().map(str::to_owned);
    let all = keps.chain(codes).chain(filters).chain(others);
    all.flat_map(|typed| pages(office, &typed)).collect()
}

#[test]
fn every_answer_of_the_corpus_keeps_the_limits() {
    let Some(corpus) = world::corpus("every answer of the corpus") else {
        return;
    };
    let office = Office::corpus(&corpus);
    let keps = office.board.entries().len();
    assert!(messages(&office).len() > 4 * keps);
    assert_eq!(pages(&office, "list").len(), keps.div_ceil(10));
}

#[test]
fn slack_sdk_takes_every_answer() {
    let Some(python) = python_with("slack_sdk", "every answer under slack_sdk") else {
        return;
    };
    let office = match world::corpus("every answer of the corpus under slack_sdk") {
        Some(corpus) => Office::corpus(&corpus),
        None => Office::sample(),
    };
    let messages = messages(&office);
    let mut script = Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/slack_sdk_blocks.py"
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script starts");
    let mut stdin = script.stdin.take().expect("a pipe");
    for message in &messages {
        // A script that fails stops reading; what it says comes below.
        if writeln!(stdin, "{message}").is_err() {
            break;
        }
    }
    drop(stdin);
    let output = script.wait_with_output().expect("the script ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, format!("{} messages\n", messages.len()));
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
