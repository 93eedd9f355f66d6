//! The other formats for scripts: YAML that says what the JSON says, CSV that a spreadsheet opens
//! without running anything.

use std::iter::Peekable;

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};

use crate::{
    scripts::answer,
    terminal::{Folder, ran, run},
};

/// Reads YAML's core schema, as far as answers and settings use it.
pub(crate) fn from_yaml(text: &str) -> Value {
    let events: Vec<Event<'_>> = Parser::new_from_str(text)
        .map(|event| event.expect("YAML").0)
        .filter(|event| {
            !matches!(
                event,
                Event::StreamStart
                    | Event::StreamEnd
                    | Event::DocumentStart(..)
                    | Event::DocumentEnd
                    | Event::Comment(..)
            )
        })
        .collect();
    let mut events = events.into_iter().peekable();
    let value = node(&mut events);
    assert!(events.next().is_none(), "one document");
    value
}

fn node<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> Value {
    match events.next().expect("a node") {
        Event::Scalar(text, ScalarStyle::Plain, ..) => match &*text {
            "null" => Value::Null,
            "true" => json!(true),
            "false" => json!(false),
            // A release that stands bare would be read as a number.
            text => text
                .parse::<u64>()
                .map(Value::from)
                .or_else(|_| text.parse::<f64>().map(Value::from))
                .unwrap_or_else(|_| json!(text)),
        },
        Event::Scalar(text, ..) => json!(text),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            while events
                .next_if(|event| matches!(event, Event::SequenceEnd))
                .is_none()
            {
                list.push(node(events));
            }
            Value::Array(list)
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            while events
                .next_if(|event| matches!(event, Event::MappingEnd))
                .is_none()
            {
                let key = node(events);
                let key = key.as_str().expect("a key").to_owned();
                assert!(map.insert(key, node(events)).is_none(), "a key twice");
            }
            Value::Object(map)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn yaml_says_what_json_says() {
    for words in [
        &["5825"][..],
        &["stage:alpha,beta,stable"],
        &["status:withdrawn"],
        &[],
    ] {
        let yaml = run(&[&["status", "--format", "yaml"], words].concat()).answer();
        assert_eq!(from_yaml(&yaml), answer(words), "{words:?}");
    }
}

/// The rows of a CSV text.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row of CSV"));
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn csv_has_a_heading_and_a_row_for_each_kep() {
    const HEADING: &str = "number,title,sig,status,stage,latest_milestone,authors,approvers,tracking_issues,shepherds,ships_in,findings,url";
    let one = run(&["status", "5825", "--format", "csv"]).answer();
    assert_eq!(
        one,
        format!(
            "{HEADING}\n5825,CRI List Streaming,sig-node,implementable,alpha,1.36,bitoku,dchen1107 SergeyKanzhelev,https://github.com/containerd/containerd/issues/12814,samuelkarp,containerd 2.3,one-shepherd no-release-label no-milestone,https://github.com/kubernetes/enhancements/issues/5825\n"
        )
    );
    let none = run(&["status", "status:withdrawn", "--format", "csv"]).answer();
    assert_eq!(none, format!("{HEADING}\n"));
    let all = run(&["status", "stage:alpha,beta,stable", "--format", "csv"]).answer();
    assert_eq!(rows(&all).len(), 1 + 45);
    assert_eq!(all.lines().count(), 1 + 45);
}

#[test]
fn csv_runs_no_formula_and_keeps_to_one_line() {
    let folder = Folder::new();
    let titles = [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (r"\t=1", "'=1"),
        (r"a\nb, \u001b]0;c\u0007", "a b, ]0;c"),
        ("A = B", "A = B"),
    ];
    for ((title, _), number) in titles.iter().zip(9001..) {
        folder.file(
            &format!("keps/sig-node/{number}-x/kep.yaml"),
            &format!("title: \"{title}\"\n"),
        );
    }
    let words = [
        "status",
        "sig:node",
        "--format",
        "csv",
        "--enhancements-dir",
        ".",
    ];
    let text = folder.run(&words).answer();
    assert_eq!(text.lines().count(), 1 + titles.len(), "{text}");
    let shown: Vec<String> = rows(&text)
        .iter()
        .skip(1)
        .map(|row| row[1].clone())
        .collect();
    assert_eq!(shown, titles.map(|(_, expected)| expected));
}

/// Two issues that lack the same have one finding each, and the row names its code once.
#[test]
fn csv_names_each_finding_once() {
    let folder = Folder::new();
    folder.file(
        "keps/sig-node/9001-a/kep.yaml",
        "title: A\nstatus: implementable\n",
    );
    let issue = |number: u64| {
        json!({
            "number": number,
            "title": "[SIG-Node]: KEP-9001 - A",
            "html_url": format!("https://github.com/containerd/containerd/issues/{number}"),
        })
    };
    let issues = folder.file("issues.json", &json!([issue(1), issue(2)]).to_string());
    let mut program = folder.program();
    program.args(["status", "9001", "--format", "csv"]);
    program.args(["--enhancements-dir", ".", "--tracking-file"]);
    let text = ran(program.arg(issues)).answer();
    assert_eq!(
        rows(&text)[1][11],
        "duplicate-tracking-issue no-shepherd no-release-label no-milestone"
    );
}
