//! Answers as Slack messages: within Slack's limits, whatever they tell, and without a way for the
//! words of people to become markup, links or pings.
//!
//! Limits: <https://docs.slack.dev/reference/block-kit/blocks>

pub(crate) mod checker;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use kep_liaison::{
    command::Query,
    domain::{Issue, Milestone, Pull, board::Board, finding::FindingCode},
    handlers::status::answer,
    slack::{
        Message,
        blocks::{self, Frame},
    },
};
use proptest::prelude::*;
use serde_json::Value;

use self::checker::{CANARY, check};
use crate::{
    cards::assert_answer,
    terminal::{Folder, run},
    world::{self, board, issue, pull, settings},
};

/// What `--format blocks` prints; checked.
fn printed(words: &[&str]) -> String {
    let text = run(&[&["status", "--format", "blocks"], words].concat()).answer();
    checked(&text);
    text
}

fn checked(text: &str) -> Value {
    let message: Value = serde_json::from_str(text).expect("JSON");
    check(&message);
    message
}

#[test]
fn messages_of_each_kind() {
    assert_answer!(
        "blocks_of_a_card",
        "kep-liaison status 4680 --format blocks",
        printed(&["4680"])
    );
    assert_answer!(
        "blocks_of_a_list",
        "kep-liaison status finding:no-shepherd --format blocks",
        printed(&["finding:no-shepherd"])
    );
    assert_answer!(
        "blocks_of_the_cycle",
        "kep-liaison status --format blocks",
        printed(&[])
    );
    let ran = run(&["status", "4126", "--format", "blocks"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.starts_with("There is no KEP-4126."), "{ran:?}");
    checked(&ran.stdout);
    assert_answer!(
        "blocks_of_nothing",
        "kep-liaison status 4126 --format blocks",
        ran.stdout
    );
}

#[test]
fn every_message_of_the_sample_keeps_the_limits() {
    let all = run(&["status", "stage:alpha,beta,stable", "--format", "csv"]).answer();
    let numbers = all
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next());
    for number in numbers {
        printed(&[number]);
    }
    for words in [
        "stage:alpha,beta,stable",
        "stage:beta",
        "status:implementable",
        "status:withdrawn",
        "release:1.37",
        "sig:node",
        "participating:sig-windows",
        "shepherd:none",
        "shepherd:@mikebrow",
        "owner:@bitoku",
        "approver:@mrunalp",
        "reviewer:@mikebrow",
        "prr:@deads2k",
        "runtime:containerd",
    ] {
        printed(&[words]);
    }
    for code in FindingCode::ALL {
        printed(&[&format!("finding:{code}")]);
    }
}

/// The first lines of a message, on a telephone all that is seen.
#[test]
fn the_first_lines_say_what_matters() {
    let message = checked(&printed(&["4680"]));
    let text = message["text"].as_str().expect("a fallback");
    let lines: Vec<&str> = text.lines().skip(1).take(4).collect();
    assert_eq!(
        lines,
        [
            "KEP-4680: Add Resource Health Status to the Pod Status for Device Plugin and DRA",
            "Kubernetes: beta since 1.36; stable planned for 1.37, code freeze in 16 days",
            "containerd: nobody shepherds it, release not known · #15016",
            "To do: 1 error, 3 warnings, 1 piece of advice below",
        ]
    );
    assert_eq!(message["blocks"][0]["type"], "context");
    assert_eq!(message["blocks"][1]["text"]["text"], lines[0]);
    let summary = message["blocks"][2]["text"]["text"].as_str();
    let summary = summary.expect("the summary");
    assert!(
        summary.starts_with("*Kubernetes*  beta since 1.36; "),
        "{summary}"
    );
    assert!(
        summary.contains("|#15016>\n*To do*  1 error, "),
        "{summary}"
    );
}

#[test]
fn what_a_message_has_no_room_for_is_counted() {
    let folder = Folder::new();
    for number in 9001..9101 {
        folder.file(
            &format!("keps/sig-node/{number}-x/kep.yaml"),
            "title: X\nstatus: implementable\n",
        );
    }
    let words = ["status", "sig:node", "--format", "blocks"];
    let ran = folder.run(&[&words[..], &["--enhancements-dir", "."]].concat());
    checked(&ran.stdout);
    assert!(ran.stdout.contains("\"And 80 more: 9021 9022 "), "{ran:?}");
    assert!(
        ran.stdout
            .contains("Narrower: /kep list sig:node stage:beta")
    );
}

const NOW: &str = "2026-07-06T09:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().expect("a moment")
}

fn asked(words: &str, board: &Board) -> Message {
    let settings = settings();
    let query = Query::parse([words]).expect("a question");
    let answer = answer(&query, board, &settings, now());
    let frame = Frame {
        now: now(),
        asked: words,
        first: None,
        last: None,
    };
    blocks::printed(&answer, &frame)
}

/// Asks for everything that a board holds, and checks each message.
fn check_all(board: &Board) {
    for words in ["", "sig:node", "shepherd:none", "zzqq", "99999"] {
        check(&serde_json::to_value(asked(words, board)).expect("JSON"));
    }
    for entry in board.entries() {
        let message = asked(&entry.kep.number.to_string(), board);
        check(&serde_json::to_value(message).expect("JSON"));
    }
}

#[test]
fn every_message_of_the_corpus_keeps_the_limits() {
    let Some(corpus) = world::corpus("the messages of every kep.yaml") else {
        return;
    };
    let folder = Folder::new();
    let issues = corpus.join("tracking-issues.github.json");
    let (issues, releases) = (issues.to_string_lossy(), corpus.join("releases"));
    let (corpus, releases) = (corpus.to_string_lossy(), releases.to_string_lossy());
    let sources = [
        "--format",
        "blocks",
        "--now",
        NOW,
        "--enhancements-dir",
        &corpus,
        "--tracking-file",
        &issues,
        "--release-dir",
        &releases,
    ];
    for words in [
        "",
        "sig:node",
        "stage:alpha,beta,stable",
        "5825",
        "4191",
        "4216",
        "4639",
        "zzqq",
    ] {
        let ran = folder.run(&[&["status", words], &sources[..]].concat());
        checked(&ran.stdout);
    }
}

/// A board whose every free word is one text.
pub(crate) fn board_of(text: &str) -> Board {
    let yaml = serde_json::to_string(text).expect("a quoted text");
    let kep = format!(
        "title: {yaml}\nstatus: {yaml}\nstage: {yaml}\nlatest-milestone: {yaml}\nowning-sig: sig-node\nauthors: [{yaml}]\nreviewers: [{yaml}]\napprovers: [{yaml}]\nfeature-gates: [{{name: {yaml}}}]\n"
    );
    let good = format!(
        "title: {yaml}\nstatus: implementable\nstage: beta\nlatest-milestone: v1.37\nauthors: [{yaml}]\n"
    );
    let milestone = |issue: Issue| Issue {
        milestone: Some(Milestone {
            title: text.into(),
            open: false,
            due: None,
        }),
        url: format!("https://github.com/containerd/containerd/issues/{text}").into(),
        labels: vec![text.into(), "target/kubernetes/v1.??".into()],
        ..issue
    };
    let body = format!(
        "### KEP/SIG-Node References\n\n- KEP(s): KEP-9002\n- stage: {text}\n- K8s-Release: {text}\n- KEP-Shepherd: {text}\n- KEP-Owner: {text}\n"
    );
    let title = format!("[SIG-Node]: KEP-9002 - {text}");
    let issues = [
        milestone(issue(1, &title, &body)),
        issue(2, &title, &body),
        issue(3, &format!("[SIG-Node]: KEP-9003 - {text}"), &body),
        Issue {
            pull: Some(Pull { merged_at: None }),
            ..milestone(pull(4, &title, "KEP-9002, for #1"))
        },
    ];
    board(
        &[
            ("keps/sig-node/9001-odd/kep.yaml", &kep),
            ("keps/sig-node/9002-good/kep.yaml", &good),
        ],
        &issues,
    )
}

static HOSTILE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let hostile = [
        "<!here> <!channel> <@U012AB3CD> <#C012AB3CD> <!subteam^S1>",
        "*bold* _italic_ ~struck~ `code` ```block``` > quote",
        "&lt;!here&gt; & <https://evil.example|#12814>",
        "https://evil.example/a|b @here @channel :tada:",
        "\u{202e}backwards\u{202c} \u{7} \u{1b}[31m \u{2028}",
        "|<>&*_~`",
        "",
        " ",
    ];
    let long = ["x".repeat(5000), "🚀".repeat(2000), "&<>*".repeat(900)];
    let all = hostile.into_iter().map(str::to_owned).chain(long);
    all.map(|text| format!("{CANARY} {text}")).collect()
});

#[test]
fn the_words_of_people_stay_words() {
    for text in HOSTILE.iter() {
        check_all(&board_of(text));
    }
}

/// Texts that nobody meant well, each with the canary in it.
pub(crate) fn hostile_texts() -> impl Iterator<Item = &'static String> {
    HOSTILE.iter()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_people_write_stays_words(
        text in "(<[!@#][a-zA-Z^]{0,9}[>|]|[*_~`&<>|]|https://|:[a-z]{2,4}:|[\\n\\t ]|\\PC){0,60}"
    ) {
        check_all(&board_of(&format!("{CANARY} {text}")));
    }
}
