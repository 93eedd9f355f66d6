//! Text that nobody meant well: whatever stands in it, no parser panics, and the time that it takes
//! grows with the text and not with its square.

use std::{
    hint::black_box,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use kep_liaison::{
    command::Query,
    domain::{
        Issue, KepNumber, Login, Release, Runtime, Settings,
        board::{Board, Facts},
        cycle::{read_release_page, read_runtime_releases},
        finding::Inspector,
        kep::{read_kep, read_prod_readiness},
        tracking::{read_pull, read_tracking_issue},
    },
    github::wire::read_issues,
};
use proptest::prelude::*;

use crate::world::{self, containerd, issue, pull, settings};

/// Something that reads text from outside, by name. Nobody looks at its result: it is to come back.
type Parser = (&'static str, fn(&str));

const PARSERS: &[Parser] = &[
    ("read_kep", |text| {
        black_box(read_kep("keps/sig-node/9001-example/kep.yaml", text));
    }),
    ("read_kep, a list", |text| {
        let file = format!("authors:\n  - \"@ann\"\n  - {text}\n");
        black_box(read_kep("keps/sig-node/9001-example/kep.yaml", &file));
    }),
    ("read_kep, the path", |text| {
        black_box(read_kep(text, "title: T\n"));
    }),
    ("read_prod_readiness", |text| {
        let path = "keps/prod-readiness/sig-node/9001.yaml";
        black_box(read_prod_readiness(path, text));
        black_box(read_prod_readiness(text, ""));
    }),
    ("read_tracking_issue, the title", |text| {
        tracking(issue(7, text, ""));
    }),
    ("read_tracking_issue, a marked title", |text| {
        tracking(issue(7, &format!("[SIG-Node]: KEP-9001 {text}"), ""));
    }),
    ("read_tracking_issue, the body", |text| {
        tracking(issue(7, "[SIG-Node]: example", text));
    }),
    ("read_tracking_issue, the KEPs", |text| {
        tracking(issue(7, "", &references("KEP(s)", text)));
    }),
    ("read_tracking_issue, the stage", |text| {
        tracking(issue(7, "", &references("stage", text)));
    }),
    ("read_tracking_issue, the release", |text| {
        tracking(issue(7, "", &references("K8s-Release", text)));
    }),
    ("read_tracking_issue, the shepherd", |text| {
        tracking(issue(7, "", &references("KEP-Shepherd", text)));
    }),
    ("read_tracking_issue, the labels", |text| {
        tracking(Issue {
            labels: text.split(' ').map(Into::into).collect(),
            ..issue(7, "KEP-9001: support it", "")
        });
    }),
    ("read_pull", |text| {
        black_box(read_pull(&Arc::new(pull(8, text, text)), &RUNTIME));
    }),
    ("read_release_page", |text| {
        black_box(read_release_page(text));
        black_box(read_release_page(&format!("# Kubernetes 1.37\n\n{text}")));
    }),
    ("read_release_page, a table", |text| {
        let page = format!(
            "# Kubernetes 1.37\n\n| **What** | **Who** | **When** |\n| - | - | - |\n| {text} | us | {text} |\n"
        );
        black_box(read_release_page(&page));
    }),
    ("read_runtime_releases", |text| {
        black_box(read_runtime_releases(text));
        let page = format!(
            "| Release | Status | Start | End of Life |\n| - | - | - | - |\n| {text} | Active | {text} | {text} |\n"
        );
        black_box(read_runtime_releases(&page));
    }),
    ("read_issues", |text| {
        let _ = black_box(read_issues(text));
    }),
    ("Query::parse", |text| {
        let _ = black_box(Query::parse([text]));
        let _ = black_box(Query::parse([format!("stage:{text}").as_str()]));
        let _ = black_box(Query::parse([format!("finding:{text}").as_str()]));
    }),
    ("KepNumber::from_reference", |text| {
        black_box(KepNumber::from_reference(text));
    }),
    ("Release::find_all", |text| {
        black_box(Release::find_all(text));
        black_box(Release::parse(text));
    }),
    ("Login::parse", |text| {
        black_box(Login::parse(text));
    }),
    ("Board::search", |text| {
        black_box(BOARD.search(text));
        black_box(BOARD.near(text, 5));
    }),
];

static RUNTIME: LazyLock<Runtime> = LazyLock::new(containerd);

static BOARD: LazyLock<Board> = LazyLock::new(|| {
    let files: Vec<(String, String)> = (9000..9300)
        .map(|number| {
            let gate = "feature-gates: [{name: CRIListStreaming}]";
            (
                format!("keps/sig-node/{number}-some-words-{number}"),
                format!("title: Example {number} of streaming lists\n{gate}\n"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    world::board(&files, &[])
});

fn tracking(issue: Issue) {
    black_box(read_tracking_issue(&Arc::new(issue), &RUNTIME));
}

/// A body whose references section has one field that matters.
fn references(key: &str, value: &str) -> String {
    format!("### KEP/SIG-Node References\n\n- {key}: {value}\n")
}

/// Realistic pieces, from which mutations are made.
const PIECES: &[&str] = &[
    "title: CRI List Streaming\nkep-number: 9001\nstatus: implementable\nstage: alpha\n",
    "latest-milestone: \"v1.36\"\nmilestone:\n  alpha: \"v1.36\"\n  beta: TBD\n",
    "authors:\n  - \"@ann\" # sig-node-assigned-reviewer\n  - “@bob”\n  -\n",
    "feature-gates:\n  - name: Gate\n    components:\n      - kubelet\n",
    "creation-date: 2023-14-05\nlast-updated: 2024-02-01T00:00:00Z\n",
    "### KEP/SIG-Node References\r\n\r\n- KEP(s): KEP-9001 - Title\r\n",
    "\t- https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/9001-x\r\n",
    "- stage:\n\t- Alpha: 1.36.\n\t- Beta: 1.38 (hopefully).\n",
    "- KEP Issue: https://github.com/kubernetes/enhancements/issues/9001.\n",
    "- K8s-Release: 1.36/1.38.\n- KEP-Owner: @ann (@bob, @carl)\n",
    "- SIG-Node member liason: TBD\n- KEP-Shepherd: _No response_\n",
    "[SIG-Node]: <KEP-9001 - Allow things> [OCI]",
    "Fixes #7, kubernetes/enhancements#9001, containerd/containerd#12",
    "# Kubernetes 1.37\n\n| **What** | **Who** | **When** | **Week** |\n| -- | -- | -- | -- |\n",
    "| **[Code Freeze](#x)** | Branch Manager | **Wednesday 22nd July 2026 (AoE) / Thursday 23rd July 2026, 12:00 UTC** | week 10 |\n",
    "- **Monday 18th May 2026**: Week 1 — Release cycle begins\n",
    "| [2.3](https://github.com/containerd/containerd/releases/tag/v2.3.0) | Active | April 29, 2026 | _April 2027_ |\n",
    "| Kubernetes Version | containerd Version | CRI Version |\n|--|--|--|\n| 1.37 | 2.3.2+, 2.2.5+ | v1 |\n",
    "[{\"number\": 7, \"title\": \"KEP-9001\", \"labels\": [{\"name\": \"kind/feature\"}], \"milestone\": {\"title\": \"2.4\", \"due_on\": \"2026-08-01T07:00:00Z\"}}]",
    "stage:beta,alpha shepherd:none release:v1.38 words owner:@ann",
    "https://github.com/containerd/containerd/issues/7#issuecomment-1",
    "@",
    "#",
    "KEP-",
    "://",
    "[",
    "]",
    "{",
    "}",
    "|",
    "- ",
    ": ",
    "&a ",
    "*a",
    "!!x ",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "K",
    "ſ",
    "💥",
    "\u{1b}[31m",
    "<!--",
    "-->",
    "```\n",
    "1.",
    "0.0",
    "99999999999999999999",
    "v1.??",
    "\r\n",
    "'",
    "\"",
    "`",
];

/// Realistic pieces in any order, cut and joined anywhere.
fn mutations() -> impl Strategy<Value = String> {
    let piece = (
        prop::sample::select(PIECES),
        any::<prop::sample::Index>(),
        0..4_u8,
    );
    prop::collection::vec(piece, 0..12).prop_map(|pieces| {
        pieces
            .into_iter()
            .map(|(piece, cut, how)| {
                let at = piece.floor_char_boundary(cut.index(piece.len() + 1));
                match how {
                    0 => &piece[..at],
                    1 => &piece[at..],
                    _ => piece,
                }
            })
            .collect()
    })
}

fn parse_all(text: &str) {
    for (_, parse) in PARSERS {
        parse(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_is_taken(text in any::<String>()) {
        parse_all(&text);
    }

    #[test]
    fn any_printable_text_is_taken(text in "\\PC{0,200}") {
        parse_all(&text);
    }

    #[test]
    fn mutations_of_realistic_text_are_taken(text in mutations()) {
        parse_all(&text);
    }

    #[test]
    fn a_board_of_anything_answers(keps in prop::collection::vec(mutations(), 0..4),
                                   bodies in prop::collection::vec(mutations(), 0..4)) {
        let settings: Settings = settings();
        let facts = Facts {
            keps: (9001..)
                .zip(&keps)
                .map(|(number, text)| read_kep(&format!("keps/sig-node/{number}-x"), text))
                .collect(),
            issues: Some(
                (1..)
                    .zip(&bodies)
                    .map(|(number, body)| Arc::new(issue(number, "[SIG-Node]: KEP-9001", body)))
                    .collect(),
            ),
            ..Facts::default()
        };
        let board = Board::build(facts, &settings);
        let inspector = Inspector::new(&board, &settings, chrono::DateTime::UNIX_EPOCH);
        for entry in board.entries() {
            black_box(inspector.findings(entry));
        }
        prop_assert!(board.entries().len() >= keps.len());
    }

    #[test]
    fn a_release_is_read_as_it_is_written(major in 1..100_u16, minor in 0..1000_u16) {
        let release = Release::new(major, minor);
        prop_assert_eq!(Release::parse(&release.to_string()), Some(release));
        prop_assert_eq!(Release::find_all(&format!("by v{release}, perhaps")), [release]);
    }

    #[test]
    fn a_number_is_read_as_it_is_written(number in 1..=KepNumber::MAX) {
        let number = world::number(number);
        for text in [format!("{number}"), format!("KEP-{number}"), format!("#{number}")] {
            prop_assert_eq!(KepNumber::from_reference(&text), Some(number));
        }
        let link = format!("https://github.com/kubernetes/enhancements/issues/{number}");
        prop_assert_eq!(KepNumber::from_reference(&link), Some(number));
    }

    #[test]
    fn what_a_person_writes_in_a_field_is_kept(word in "[a-zA-Z][a-zA-Z .()]{0,30}[a-zA-Z)]") {
        prop_assume!(!word.eq_ignore_ascii_case("null"));
        let kep = world::kep("keps/sig-node/9001-x", &format!("status: {word}\nstage: {word}\n"));
        prop_assert_eq!(kep.status.raw(), &*word);
        prop_assert_eq!(kep.stage.raw(), &*word);
    }
}

/// Text built to be slow to read: a name, and the piece of it with a number.
type Slow = (&'static str, fn(usize) -> String);

const SLOW: &[Slow] = &[
    ("@", |_| "@".into()),
    ("#", |_| "#".into()),
    ("KEP-", |_| "KEP-".into()),
    ("://", |_| "://".into()),
    ("[", |_| "[".into()),
    ("[]", |_| "[]".into()),
    ("{", |_| "{".into()),
    ("<", |_| "<".into()),
    ("|", |_| "|".into()),
    ("- ", |_| "- ".into()),
    ("lines of -", |_| "-\n".into()),
    ("1.", |_| "1.".into()),
    ("digits", |_| "1".into()),
    ("letters", |_| "a".into()),
    ("blanks", |_| " ".into()),
    ("line ends", |_| "\n".into()),
    ("fields", |_| "stage: x\n".into()),
    ("KEP fields", |at| format!("- KEP(s): {at}\n")),
    ("nested fields", |at| format!("\t- {at}\n")),
    ("people", |at| format!("@a{at} ")),
    ("people with commas", |at| format!("a{at}, ")),
    ("KEPs", |at| format!("KEP-{at} ")),
    ("KEPs with commas", |at| format!("KEP-{at}, ")),
    ("numbers with commas", |at| format!("{at}, ")),
    ("links", |at| format!("https://kep.k8s.io/{at} ")),
    ("short links", |at| format!("kubernetes/enhancements#{at} ")),
    ("issues", |at| format!("#{at} ")),
    ("releases", |at| format!("{}.{} ", at / 999 + 1, at % 999)),
    ("labels", |at| {
        format!("target/kubernetes/v{}.{} ", at / 999 + 1, at % 999)
    }),
    ("table rows", |at| {
        format!("| Code Freeze | {at} | 1.37 | x |\n")
    }),
    ("comments", |_| "<!-- ".into()),
    ("fences", |_| "```\n".into()),
    ("keys", |at| format!("k{at}: v # c\n")),
    ("one key again", |_| "status: x\n".into()),
    ("anchors", |at| format!("- &a{at} x\n")),
    ("long words", |_| "\u{e9}\u{301}".into()),
];

/// Debug builds are slow, and only the growth matters.
const LARGE: usize = if cfg!(debug_assertions) {
    200_000
} else {
    10_000_000
};
/// Shorter than this says nothing about growth.
const NOISE: Duration = Duration::from_millis(400);
const CAP: Duration = Duration::from_secs(5);

fn text_of(piece: fn(usize) -> String, length: usize) -> String {
    let mut text = String::with_capacity(length + 64);
    for at in 1.. {
        if text.len() >= length {
            break;
        }
        text.push_str(&piece(at));
    }
    text
}

fn time(parse: fn(&str), text: &str) -> Duration {
    let start = Instant::now();
    parse(text);
    start.elapsed()
}

#[test]
fn time_grows_with_the_text_and_not_with_its_square() {
    let mut slow = Vec::new();
    for (what, piece) in SLOW {
        let (short, long) = (text_of(*piece, LARGE / 10), text_of(*piece, LARGE));
        for (parser, parse) in PARSERS {
            let is_slow = |once: Duration, tenfold: Duration| {
                tenfold > CAP || (tenfold > NOISE && tenfold > once * 20)
            };
            let mut once = time(*parse, &short);
            // Far too slow already: ten times the text would only keep everyone waiting.
            let mut tenfold = if once > CAP {
                once
            } else {
                time(*parse, &long)
            };
            // Something else may have had the processor: what is slow stays slow.
            for _ in 0..2 {
                if is_slow(once, tenfold) && once <= CAP {
                    once = once.max(time(*parse, &short));
                    tenfold = tenfold.min(time(*parse, &long));
                }
            }
            if is_slow(once, tenfold) {
                slow.push(format!(
                    "{parser} of {what}: {once:?}, ten times as much {tenfold:?}"
                ));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}
