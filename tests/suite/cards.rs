//! What people see: the card of each kind of KEP, at 80 columns without colours, and that no card
//! is wider.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::terminal::{Folder, run};

/// Compares an answer with its snapshot file, which says what was asked.
macro_rules! assert_answer {
    ($name:literal, $asked:expr, $answer:expr) => {
        insta::with_settings!({ description => $asked, omit_expression => true }, {
            insta::assert_snapshot!($name, $answer);
        });
    };
}
pub(crate) use assert_answer;

/// The card of a KEP of the sample.
macro_rules! assert_card {
    ($number:literal is $name:literal) => {
        assert_answer!(
            $name,
            concat!("kep-liaison status ", $number),
            run(&["status", $number]).answer()
        );
    };
}

#[test]
fn cards_of_the_sample() {
    assert_card!("5825" is "card_well_kept");
    assert_card!("4680" is "card_nobody_shepherds");
    assert_card!("4191" is "card_two_issues_one_from_before_the_form");
    assert_card!("4438" is "card_untracked");
    assert_card!("2371" is "card_closed_early");
    assert_card!("3857" is "card_finished");
    assert_card!("4639" is "card_left_open");
    assert_card!("2625" is "card_unreadable_value");
    assert_card!("4216" is "card_contradictory_number");
    assert_card!("5474" is "card_guessed_release");
    assert_card!("2043" is "card_contradictory_files");
    assert_card!("5855" is "card_freeze_is_past");
    assert_card!("6035" is "card_two_shepherds_silent");
}

/// The readme shows parts of a card; they are what the program prints.
#[test]
fn the_card_of_the_readme() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("```text\n").expect("a card");
    let (shown, _) = shown.split_once("```").expect("its end");
    let card = run(&["status", "5825"]).answer();
    let mut lines = card.lines();
    for line in shown.lines() {
        assert!(lines.any(|printed| printed == line), "not printed: {line}");
    }
}

/// A `kep.yaml` of few words.
fn kep(number: u32, title: &str, status: &str) -> String {
    format!(
        "title: {title}\nkep-number: {number}\nowning-sig: sig-node\nauthors: ['@alice']\nstatus: {status}\n"
    )
}

/// An open tracking issue as GitHub gives it.
fn issue(number: u64, title: &str, body: &str) -> Value {
    json!({
        "number": number,
        "title": title,
        "state": "open",
        "html_url": format!("https://github.com/containerd/containerd/issues/{number}"),
        "labels": [],
        "assignees": [],
        "milestone": null,
        "updated_at": "2026-07-01T00:00:00Z",
        "body": body,
    })
}

/// Asks for a KEP among files of our own.
fn card(folder: &Folder, number: &str, sources: &[&str]) -> String {
    let words = [
        &["status", number, "--now", "2026-07-06T09:00:00Z"],
        sources,
    ];
    folder.run(&words.concat()).answer()
}

#[test]
fn card_of_a_kep_that_only_an_issue_knows() {
    let folder = Folder::new();
    folder.file(
        "keps/sig-node/1-other/kep.yaml",
        &kep(1, "Another", "implementable"),
    );
    let issues = [issue(
        20_001,
        "[SIG-Node]: KEP-9001 - Faster Pods",
        "### KEP/SIG-Node References\n\n- KEP(s): KEP-9001\n- stage: alpha\n- K8s-Release: v1.38\n- KEP-Owner: @alice\n- KEP-Shepherd: TBD\n",
    )];
    folder.file("issues.json", &json!(issues).to_string());
    let sources = ["--enhancements-dir", ".", "--tracking-file", "issues.json"];
    assert_answer!(
        "card_not_merged",
        "a tracking issue whose KEP has no kep.yaml yet",
        card(&folder, "9001", &sources)
    );
    // Who has not looked does not say that there is none.
    let unseen = card(&folder, "9001", &sources[2..]);
    assert!(unseen.contains("\nKubernetes  not known: no kep.yaml was read\n"));
    assert!(
        unseen.contains(
            "\n  Proposal        not known: no kep.yaml was read (give --enhancements-dir)\n"
        ),
        "{unseen}"
    );
}

#[test]
fn card_of_a_kep_that_was_put_off() {
    let folder = Folder::new();
    folder.file(
        "keps/sig-node/9002-slower-pods/kep.yaml",
        &kep(9002, "Slower Pods", "deferred"),
    );
    folder.file("issues.json", "[]");
    let sources = ["--enhancements-dir", ".", "--tracking-file", "issues.json"];
    assert_answer!(
        "card_deferred",
        "a deferred KEP without a tracking issue",
        card(&folder, "9002", &sources)
    );
}

#[test]
fn card_without_tracking_issues_and_with_a_namesake() {
    let folder = Folder::new();
    for sig in ["sig-node", "sig-storage"] {
        folder.file(
            &format!("keps/{sig}/9003-twins/kep.yaml"),
            &kep(9003, "Twins", "provisional"),
        );
    }
    assert_answer!(
        "card_no_tracking_file_and_a_namesake",
        "a draft whose number another SIG has too, and no --tracking-file",
        card(&folder, "9003", &["--enhancements-dir", "."])
    );
}

#[test]
fn a_title_that_fills_no_line_and_one_that_fills_many() {
    let folder = Folder::new();
    let long = "Ünïcödé 漢字の幅は二倍 and emoji 🚀 in a title ".repeat(6);
    folder.file(
        "keps/sig-node/9004-long/kep.yaml",
        &kep(9004, &format!("'{}'", long.trim()), "implementable"),
    );
    folder.file(
        "keps/sig-node/9005-empty/kep.yaml",
        &kep(9005, "''", "implementable"),
    );
    for number in ["9004", "9005", "sig:node"] {
        let text = card(&folder, number, &["--enhancements-dir", "."]);
        assert_eq!(too_wide(&text), [] as [&str; 0], "{number}");
    }
}

/// The lines that are wider than 80 columns, but for a lone word that cannot be broken.
fn too_wide(text: &str) -> Vec<&str> {
    let lone = |line: &str| line.split_whitespace().count() == 1;
    text.lines()
        .filter(|line| line.width() > 80 && !lone(line))
        .collect()
}

#[test]
fn no_line_of_the_sample_is_wider_than_a_terminal() {
    let all = run(&["status", "stage:alpha,beta,stable", "--format", "csv"]).answer();
    let numbers: Vec<&str> = all
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(numbers.len(), 45, "every KEP of the sample has a stage");
    for number in numbers {
        let card = run(&["status", number]).answer();
        let (note, card_alone) = card.split_once('\n').expect("lines");
        assert_eq!(note, "Sample data of 6 July 2026, not live.");
        assert!(card_alone.starts_with(&format!("KEP-{number}: ")), "{card}");
        assert_eq!(too_wide(&card), [] as [&str; 0], "{number}");
        let untidy = card.lines().filter(|line| line.ends_with(' '));
        assert_eq!(untidy.count(), 0, "blanks at the end of a line: {card}");
    }
    for words in [&["status"][..], &["status", "sig:node"]] {
        let text = run(words).answer();
        assert_eq!(too_wide(&text), [] as [&str; 0], "{words:?}");
    }
}

/// The line on what there is to do counts what is listed below it.
#[test]
fn the_summary_counts_what_is_listed() {
    for number in ["4680", "5825", "4191", "3857", "2371"] {
        let card = run(&["status", number]).answer();
        let says = card
            .lines()
            .find_map(|line| line.strip_prefix("To do       "))
            .expect("what there is to do");
        let listed = |label: &str| {
            let label = format!("  {label:<9}");
            card.lines().filter(|line| line.starts_with(&label)).count()
        };
        for (label, one, many) in [
            ("error", "error", "errors"),
            ("warning", "warning", "warnings"),
            ("advice", "piece of advice", "pieces of advice"),
        ] {
            let counted = match listed(label) {
                0 => continue,
                1 => format!("1 {one}"),
                count => format!("{count} {many}"),
            };
            assert!(says.contains(&counted), "{counted}: {says}");
        }
    }
}

/// Where no release page was read, nobody can say what has shipped.
#[test]
fn without_a_calendar_nothing_is_past_or_planned() {
    let folder = Folder::new();
    folder.file(
        "keps/sig-node/9001-a/kep.yaml",
        "title: A\nstatus: implementable\nstage: beta\nlatest-milestone: v1.36\nmilestone:\n  alpha: v1.35\n  beta: v1.36\n  stable: v1.38\n",
    );
    let card = card(&folder, "9001", &["--enhancements-dir", "."]);
    assert!(card.contains("\nKubernetes  beta in 1.36\n"), "{card}");
    assert!(
        card.contains("  Releases        alpha 1.35, beta 1.36, stable 1.38\n"),
        "{card}"
    );
}
