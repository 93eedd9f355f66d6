//! The histories of 40 real KEPs, week by week: each transition is told in just one digest.

use std::{collections::BTreeMap, fs};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use kep_liaison::domain::{
    board::{Board, Facts},
    change::changes,
    digest::{Digest, Material, Scope},
    kep::read_kep,
};

use crate::{
    history::{History, Row, Words},
    world::{self, settings},
};

fn day(row: &Row) -> NaiveDate {
    row.0[..10].parse().expect("a day")
}

fn words(row: &Row) -> Words {
    [row.2.clone(), row.3.clone(), row.4.clone()]
}

fn board(now: &BTreeMap<&str, Words>) -> Board {
    let value = |word: &Option<String>| {
        word.as_ref()
            .map_or_else(|| "null".to_owned(), |word| format!("{word:?}"))
    };
    let keps = now.iter().map(|(path, [status, stage, latest])| {
        let text = format!(
            "title: T\nowning-sig: sig-node\nstatus: {}\nstage: {}\nlatest-milestone: {}\n",
            value(status),
            value(stage),
            value(latest)
        );
        read_kep(path, &text)
    });
    let facts = Facts {
        keps: keps.collect(),
        ..Facts::default()
    };
    Board::build(facts, &settings())
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[test]
fn each_transition_of_real_keps_is_told_in_just_one_digest() {
    let Some(corpus) = world::corpus("the replay of 40 KEPs' histories, week by week") else {
        return;
    };
    let text = fs::read_to_string(corpus.join("kep-history.json")).expect("a readable file");
    let history: History = serde_json::from_str(&text).expect("the history");
    let mut now: BTreeMap<&str, Words> = BTreeMap::new();
    // What happens, in its order, as the bot finds it: one change of one KEP after the other.
    let mut rows: Vec<(&str, &Row, bool)> = Vec::new();
    for sequence in &history.keps {
        for (at, row) in sequence.history.iter().enumerate() {
            rows.push((&sequence.path, row, at == 0));
        }
    }
    rows.sort_by_key(|(_, row, _)| row.0.clone());
    let monday = |day: NaiveDate| day.week(chrono::Weekday::Mon).first_day();
    let (first, last) = (day(rows[0].1), day(rows[rows.len() - 1].1));
    let mut told = 0;
    let mut expected = 0;
    let mut digests = 0;
    let mut rows = rows.into_iter().peekable();
    let mut week = monday(first);
    while week <= last {
        let end = week + Days::new(7);
        let mut found = Vec::new();
        let mut steps: BTreeMap<String, usize> = BTreeMap::new();
        while let Some((path, row, is_new)) = rows.next_if(|(_, row, _)| day(row) < end) {
            if is_new {
                now.insert(path, words(row));
                continue;
            }
            let before = board(&now);
            let was = now.insert(path, words(row)).expect("it was there");
            let after = board(&now);
            found.extend(changes(&before, &after));
            for (at, name) in ["status", "stage", "latest milestone"].iter().enumerate() {
                if was[at] != words(row)[at] {
                    let folder = path.split('/').nth(2).expect("a folder");
                    let number = folder.split('-').next();
                    *steps
                        .entry(format!("{} {name}", number.expect("a number")))
                        .or_default() += 1;
                    expected += 1;
                }
            }
        }
        let after = board(&now);
        let digest = Digest::compose(
            Material {
                board: &after,
                settings: &settings(),
                now: noon(end),
                since: Some(noon(week)),
                changes: &found,
                updates: &[],
                before: None,
            },
            &Scope::of("containerd"),
        );
        // How many steps of each field of each KEP it tells: a way of three words has two.
        let mut says: BTreeMap<String, usize> = BTreeMap::new();
        for moved in &digest.moved {
            for step in &moved.steps {
                let field = ["status", "stage", "latest milestone"]
                    .into_iter()
                    .find(|name| step.words.starts_with(name))
                    .expect("one of three fields");
                let steps = step.words.matches(" → ").count().max(1);
                *says
                    .entry(format!("{} {field}", moved.kep.number))
                    .or_default() += steps;
            }
        }
        assert_eq!(says, steps, "the week from {week}");
        assert_eq!(digest.is_quiet(), steps.is_empty());
        told += says.values().sum::<usize>();
        digests += 1;
        week = end;
    }
    assert_eq!((told, expected), (275, 275));
    assert!(digests > 200, "{digests} weeks");
}
