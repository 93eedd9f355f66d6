//! What scripts may rely on: the fields of `--format json`, their forms, and the findings' codes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kep_liaison::domain::Release;
use serde_json::{Value, json};

use crate::{
    cards::assert_answer,
    terminal::{Folder, SAMPLE, run},
};

/// What `--format json` prints.
pub(crate) fn answer(words: &[&str]) -> Value {
    let text = run(&[&["status", "--format", "json"], words].concat()).answer();
    serde_json::from_str(&text).expect("JSON")
}

/// Every KEP of the sample.
fn sample() -> Vec<Value> {
    match answer(&["stage:alpha,beta,stable"]) {
        Value::Array(cards) if cards.len() == 45 => cards,
        other => panic!("{other}"),
    }
}

fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().expect("an object");
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn items(list: &Value) -> &[Value] {
    list.as_array().expect("a list")
}

#[test]
fn the_whole_of_one_kep() {
    assert_answer!(
        "json_of_a_card",
        "kep-liaison status 5825 --format json",
        run(&["status", "5825", "--format", "json"]).answer()
    );
}

#[test]
fn every_kep_has_every_field() {
    const KEP: [&str; 23] = [
        "approvers",
        "assigned_approvers",
        "assigned_reviewers",
        "authors",
        "creation_date",
        "disable_supported",
        "feature_gates",
        "last_updated",
        "latest_milestone",
        "milestones",
        "number",
        "participating_sigs",
        "path",
        "prr_approvers",
        "replaces",
        "reviewers",
        "see_also",
        "sig",
        "stage",
        "status",
        "superseded_by",
        "title",
        "url",
    ];
    for card in sample() {
        assert_eq!(keys(&card), ["dates", "findings", "kep", "runtimes"]);
        let mut kep = keys(&card["kep"]);
        // Only where something was not understood as it stands.
        kep.retain(|key| *key != "as_written");
        assert_eq!(kep, KEP);
        for runtime in items(&card["runtimes"]) {
            assert_eq!(keys(runtime), ["issues", "pulls", "runtime", "ships_in"]);
            for issue in items(&runtime["issues"]) {
                assert_eq!(
                    keys(issue),
                    [
                        "label_releases",
                        "liaisons",
                        "milestone",
                        "number",
                        "owners",
                        "releases",
                        "shepherds",
                        "stage",
                        "state",
                        "title",
                        "url",
                    ]
                );
            }
            for pull in items(&runtime["pulls"]) {
                assert_eq!(keys(pull), ["number", "state", "title", "url"]);
            }
        }
        for finding in items(&card["findings"]) {
            assert_eq!(
                keys(finding),
                ["code", "evidence", "issue", "mend", "runtime", "severity"]
            );
        }
        for date in items(&card["dates"]) {
            assert_eq!(keys(date), ["at", "release", "what"]);
        }
    }
}

/// The codes that scripts know; new ones may join them, none may go.
const CODES: [&str; 24] = [
    "untracked",
    "duplicate-tracking-issue",
    "closed-early",
    "left-open",
    "title-without-number",
    "title-without-text",
    "number-contradiction",
    "no-shepherd",
    "one-shepherd",
    "shepherd-not-maintainer",
    "shepherd-contradiction",
    "no-release-label",
    "placeholder-release-label",
    "release-contradiction",
    "no-milestone",
    "milestone-overdue",
    "milestone-closed",
    "milestone-after-freeze",
    "stale",
    "stage-behind",
    "no-liaison",
    "kep-number-contradiction",
    "kep-milestone-contradiction",
    "kep-unreadable-value",
];

/// The sample shows them all, and a list can be asked for by each.
#[test]
fn finding_codes() {
    let cards = sample();
    let findings = cards.iter().flat_map(|card| items(&card["findings"]));
    let shown: BTreeSet<&str> = findings
        .clone()
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect();
    assert_eq!(shown, BTreeSet::from(CODES));
    for code in CODES {
        let found = answer(&[&format!("finding:{code}")]);
        let with = |card: &&Value| {
            items(&card["findings"])
                .iter()
                .any(|finding| finding["code"] == code)
        };
        let expected: Vec<&Value> = cards.iter().filter(with).collect();
        assert_eq!(items(&found).iter().collect::<Vec<_>>(), expected, "{code}");
    }
    for finding in findings {
        let severity = finding["severity"].as_str().expect("a severity");
        assert!(["error", "warning", "advice"].contains(&severity));
        for sentence in ["evidence", "mend"] {
            assert_ne!(finding[sentence].as_str().expect("a sentence"), "");
        }
    }
}

fn is_release(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    Release::parse(text).is_some_and(|release| release.to_string() == text)
}

fn is_login(value: &Value) -> bool {
    value.as_str().is_some_and(|login| !login.contains('@'))
}

#[test]
fn forms_of_values() {
    for card in sample() {
        let kep = &card["kep"];
        assert!(kep["number"].is_u64());
        let latest = &kep["latest_milestone"];
        assert!(latest.is_null() || is_release(latest), "{latest}");
        let milestones = kep["milestones"].as_object().expect("stages");
        assert!(
            milestones
                .values()
                .all(|release| release.is_null() || is_release(release))
        );
        for people in ["authors", "reviewers", "approvers"] {
            assert!(items(&kep[people]).iter().all(is_login), "{kep}");
        }
        for runtime in items(&card["runtimes"]) {
            let ships = &runtime["ships_in"];
            if !ships.is_null() {
                assert_eq!(keys(ships), ["from", "release"]);
                assert!(is_release(&ships["release"]));
                let from = ships["from"].as_str().expect("a source");
                assert!(["milestone", "pull-request", "guess"].contains(&from));
            }
            for issue in items(&runtime["issues"]) {
                assert!(issue["number"].is_u64());
                let state = issue["state"].as_str().expect("a state");
                assert!(["open", "closed"].contains(&state));
                for releases in ["releases", "label_releases"] {
                    assert!(items(&issue[releases]).iter().all(is_release), "{issue}");
                }
                for people in ["owners", "liaisons", "shepherds"] {
                    assert!(items(&issue[people]).iter().all(is_login), "{issue}");
                }
            }
        }
        for date in items(&card["dates"]) {
            assert!(is_release(&date["release"]));
            let at = date["at"].as_str().expect("a time");
            let read: DateTime<Utc> = at.parse().expect("RFC 3339");
            assert!(
                at.ends_with('Z') && read.to_rfc3339().starts_with(&at[..19]),
                "{at}"
            );
        }
    }
}

#[test]
fn what_is_absent_is_null_or_an_empty_list() {
    let folder = Folder::new();
    folder.file("keps/sig-node/9001-bare/kep.yaml", "title: Bare\n");
    let words = [
        "status",
        "9001",
        "--format",
        "json",
        "--enhancements-dir",
        ".",
    ];
    let card: Value = serde_json::from_str(&folder.run(&words).answer()).expect("JSON");
    let absent: Vec<(&str, &Value)> = card["kep"]
        .as_object()
        .expect("an object")
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .filter(|(key, _)| !["number", "title", "sig", "path", "url"].contains(key))
        .collect();
    assert_eq!(absent.len(), 18);
    let scalars = [
        "creation_date",
        "disable_supported",
        "last_updated",
        "latest_milestone",
        "stage",
        "status",
    ];
    for (key, value) in absent {
        let expected = if scalars.contains(&key) {
            Value::Null
        } else if ["milestones", "prr_approvers"].contains(&key) {
            json!({})
        } else {
            json!([])
        };
        assert_eq!(*value, expected, "{key}");
    }
    assert_eq!(
        card["runtimes"],
        json!([{ "runtime": "containerd", "ships_in": null, "issues": [], "pulls": [] }])
    );
    assert_eq!(
        (&card["findings"], &card["dates"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn one_kep_is_an_object_and_more_are_an_array() {
    assert!(answer(&["KEP-5825"]).is_object());
    assert_eq!(items(&answer(&["list", "streaming"])).len(), 1);
    assert_eq!(answer(&["status:withdrawn"]), json!([]));
    assert_eq!(items(&answer(&[])).len(), 18, "the KEPs of the cycle");
}

#[test]
fn the_note_on_the_sample_keeps_out_of_the_answer() {
    for format in ["json", "yaml", "csv"] {
        let ran = run(&["status", "5825", "--format", format]);
        assert!(ran.stderr.starts_with(SAMPLE), "{ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
        assert!(!ran.stdout.contains("sample"), "{ran:?}");
    }
    let ran = run(&["status", "5825"]);
    assert_eq!(ran.stderr, "");
    let (_, last) = ran.stdout.rsplit_once("\n\n").expect("paragraphs");
    assert!(last.starts_with(SAMPLE), "{last}");
}
