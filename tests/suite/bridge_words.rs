//! What the bridge says in Slack: as a phone shows it, within Slack's limits, and without a way for
//! anybody's words to ping or to become markup.

use chrono::NaiveDate;
use kep_liaison::{
    domain::{
        KepNumber,
        bridge::{IssueAt, Item, Key, Refusal, Saying},
        card::Card,
        change::{Change, Direction, Role, What},
    },
    ports::chat::Speech,
    sandbox::slack::validate::message_blocks,
    slack::blocks::bridge::{message, press::Press},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    cards::assert_answer,
    desk::{office::Office, phone::phone},
    world::{login, number},
};

const COMMENT: &str = "https://github.com/containerd/containerd/issues/12814#issuecomment-1";

fn key(text: &str) -> Key {
    Key::parse(text).expect("a key")
}

/// The message as it is sent, held against Slack's rules.
fn sent(saying: &Saying, card: Option<&Card>, url: Option<&str>) -> Value {
    let speech = Speech {
        saying,
        card,
        url,
        picture: None,
    };
    let message = serde_json::to_value(message(&speech)).expect("JSON");
    let problems = message_blocks(&message["blocks"]);
    assert!(problems.is_empty(), "{problems:?}\n{message}");
    let text = message["text"].as_str().expect("a fallback");
    assert!(!text.trim().is_empty(), "{message}");
    assert!(text.encode_utf16().count() <= 3000, "{message}");
    assert!(!text.contains('<'), "markup in the fallback: {text}");
    let characters = shown(&message["blocks"]);
    assert!(characters <= 10_000, "{characters} characters in all");
    quiet(&message["blocks"]);
    message
}

/// How much text a value holds.
fn shown(value: &Value) -> usize {
    match value {
        Value::String(text) => text.encode_utf16().count(),
        Value::Array(items) => items.iter().map(shown).sum(),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(name, _)| *name != "type");
            fields.map(|(_, value)| shown(value)).sum()
        }
        _ => 0,
    }
}

/// Nothing in it pings.
fn quiet(value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(quiet),
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or("");
            let pings = ["user", "usergroup", "broadcast"].contains(&kind);
            assert!(!pings, "{value}");
            if kind == "mrkdwn" {
                let text = fields["text"].as_str().expect("a text");
                assert!(
                    !["<@", "<!here", "<!channel", "<!subteam"]
                        .iter()
                        .any(|it| text.contains(it)),
                    "{text}"
                );
                assert_eq!(fields["verbatim"], true);
            }
            fields.values().for_each(quiet);
        }
        _ => {}
    }
}

fn change(what: What, issue: Option<u64>, direction: Direction) -> Item {
    Item::Changed {
        id: 1,
        change: Change {
            kep: number(5825),
            path: "keps/sig-node/5825-cri-pagination".into(),
            issue: issue.map(|number| ("containerd/containerd".into(), number)),
            what,
            direction,
            by: None,
            shepherds: Vec::new(),
        },
    }
}

fn said(who: &str, markdown: Option<&str>) -> Item {
    Item::Said {
        comment: 1,
        issue: IssueAt {
            repository: "containerd/containerd".into(),
            number: 12814,
        },
        who: who.into(),
        url: COMMENT.into(),
        markdown: markdown.map(str::to_owned),
    }
}

fn news(items: Vec<Item>) -> Saying {
    Saying::News {
        kep: number(5825),
        items,
        titled: false,
    }
}

macro_rules! assert_phone {
    ($message:expr, $what:literal is $name:literal) => {
        let message = $message;
        let text = message["text"].as_str().expect("a fallback");
        let shown = format!("{}\n\n——— in a notification ———\n{text}", phone(&message));
        assert_answer!($name, $what, shown);
    };
}

#[test]
fn cards() {
    let office = Office::sample();
    for (kep, name) in [(5825, "bridge_card"), (4680, "bridge_card_with_findings")] {
        let card = office.card(kep);
        let latest = said(
            "bitoku",
            Some("The CRI part is **merged**; what is left is the release note."),
        );
        let saying = Saying::Card {
            kep: number(kep),
            latest: (kep == 5825).then(|| Box::new(latest)),
            on: NaiveDate::from_ymd_opt(2026, 7, 14).expect("a day"),
        };
        let message = sent(&saying, Some(&card), None);
        let text = message["text"].as_str().expect("a fallback");
        let shown = format!("{}\n\n——— in a notification ———\n{text}", phone(&message));
        insta::with_settings!({ description => "the root of a KEP's thread", omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
    let unknown = Saying::Card {
        kep: number(5825),
        latest: None,
        on: NaiveDate::default(),
    };
    sent(&unknown, None, None);
}

#[test]
fn news_of_each_kind() {
    let office = Office::sample();
    let card = office.card(5825);
    let words = |word: &str| Some(Box::from(word));
    let (forward, back) = (Direction::Forward, Direction::Backward);
    let labels = What::Labels(
        vec!["target/kubernetes/v1.38".into()],
        vec!["target/kubernetes/v1.??".into(), "kind/feature".into()],
    );
    let people = What::IssuePeople(
        Role::Shepherd,
        vec![login("mikebrow")],
        vec![login("fuweid")],
    );
    let items = vec![
        change(What::Stage(words("alpha"), words("beta")), None, forward),
        change(
            What::LatestMilestone(words("v1.38"), words("v1.37")),
            None,
            back,
        ),
        change(labels, Some(12814), forward),
        change(people, Some(12814), forward),
        change(What::IssueMilestone(words("2.4"), None), Some(12814), back),
        change(What::PullMerged, Some(12999), forward),
    ];
    let message = sent(&news(items), Some(&card), None);
    assert_phone!(message, "several changes at once" is "bridge_news_changes");
    let long = "The CRI side is merged; **two** things are left:\n\n- [ ] metrics, see #13001\n- [x] docs\n\n> do we want it in 2.3?\n\nNo, @samuelkarp. ".to_owned()
        + &"It needs the sandbox service first, and a release note. ".repeat(12);
    let items = vec![
        said("bitoku", Some(&long)),
        change(What::IssueReopened, Some(12814), back),
        said("mikebrow", None),
    ];
    let message = sent(&news(items), Some(&card), None);
    assert_phone!(message, "comments and a change" is "bridge_news_comments");
    let one = vec![change(What::KepAdded, None, forward)];
    let message = sent(&news(one), None, None);
    assert_phone!(message, "one change, of a KEP that has no card" is "bridge_news_one");
}

#[test]
fn every_change_has_words() {
    let none = || (None, None);
    let box_of = |word: &str| Box::<str>::from(word);
    let all = [
        (What::KepAdded, "new"),
        (What::KepRemoved, "gone"),
        (What::KepRenamed(box_of("a"), box_of("b")), "moved to b"),
        (What::Title(box_of("a"), box_of("b")), "title: b"),
        (
            What::Status(none().0, Some(box_of("deferred"))),
            "status set to deferred",
        ),
        (
            What::Stage(Some(box_of("beta")), None),
            "stage beta removed",
        ),
        (
            What::LatestMilestone(none().0, none().1),
            "latest milestone set to none",
        ),
        (
            What::Milestone(box_of("beta"), None, Some(box_of("v1.38"))),
            "release of beta set to v1.38",
        ),
        (
            What::KepPeople(Role::Approver, vec![login("a"), login("b")], vec![]),
            "approvers added: a, b",
        ),
        (What::IssueOpened, "opened"),
        (What::IssueClosed, "closed"),
        (What::IssueReopened, "opened again"),
        (What::IssueGone, "gone"),
        (What::IssueTitle(box_of("a"), box_of("b")), "title: b"),
        (
            What::IssueStage(None, Some(box_of("beta"))),
            "stage set to beta",
        ),
        (
            What::IssuePeople(Role::Liaison, vec![login("a")], vec![login("b")]),
            "liaisons added: a; removed: b",
        ),
        (What::Labels(vec![], vec![box_of("a")]), "label removed: a"),
        (
            What::IssueMilestone(Some(box_of("2.4")), Some(box_of("2.5"))),
            "milestone 2.4 → 2.5",
        ),
        (What::PullOpened, "linked"),
        (What::PullMerged, "merged"),
        (What::PullClosed, "closed without merging"),
    ];
    for (what, words) in all {
        let item = change(what, Some(12814), Direction::Forward);
        let shown = phone(&sent(&news(vec![item]), None, None)).replace("\n  ", " ");
        assert!(
            shown.contains(&format!("#12814 {words}")),
            "{words}: {shown}"
        );
    }
}

#[test]
fn what_becomes_of_relayed_words() {
    let kep = number(5825);
    let update = Saying::Update {
        kep,
        who: "Sam of the runtime".into(),
        by: None,
        markdown: "Merged, ships in **2.4**; thanks, @bitoku.".to_owned(),
        permalink: Some("https://kubernetes.slack.com/archives/C1/p1767600000000100".into()),
        answers: None,
        asker: None,
    };
    assert_phone!(sent(&update, None, None), "somebody's update" is "bridge_update");
    let receipt = |undo| Saying::Receipt {
        kep,
        written: key("relay/kubernetes/C1/1767600000.000100"),
        undo,
        tied: false,
        issue: Some(IssueAt {
            repository: "containerd/containerd".into(),
            number: 12814,
        }),
        told: undo,
        struck: false,
    };
    let fresh = sent(&receipt(true), None, Some(COMMENT));
    let button = &fresh["blocks"][2]["elements"][0];
    let pressed = Press::read(
        button["action_id"].as_str().expect("an action"),
        button["value"].as_str().expect("a value"),
    );
    let written = key("relay/kubernetes/C1/1767600000.000100");
    assert_eq!(pressed, Some(Press::Undo(written)));
    assert_phone!(fresh, "a receipt" is "bridge_receipt");
    let settled = sent(&receipt(false), None, None);
    assert_eq!(settled["blocks"].as_array().map(Vec::len), Some(1));
    let issue = IssueAt {
        repository: "containerd/containerd".into(),
        number: 12814,
    };
    let taken_back = Saying::TakenBack { kep, issue };
    assert_phone!(sent(&taken_back, None, Some(COMMENT)), "taken back" is "bridge_taken_back");
}

#[test]
fn which_of_several() {
    let of = key("relay/1");
    let which = |many: u32| Saying::Which {
        keps: (5001..5001 + many).map(number).collect(),
        of: of.clone(),
    };
    assert_phone!(sent(&which(3), None, None), "one of three" is "bridge_which");
    let many = sent(&which(12), None, None);
    let buttons = many["blocks"][2]["elements"].as_array().expect("buttons");
    assert_eq!(buttons.len(), 10);
    for (button, kep) in buttons.iter().zip(5001..) {
        let [action, value] = ["action_id", "value"].map(|it| button[it].as_str().expect("a text"));
        assert_eq!(
            Press::read(action, value),
            Some(Press::Which(number(kep), of.clone()))
        );
    }
    let text = many["text"].as_str().expect("a fallback");
    assert!(
        text.contains("Or one of these: KEP-5011, KEP-5012."),
        "{text}"
    );
}

/// Words that nobody meant well.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "(<[!@#][a-zA-Z^]{0,9}[>|]|[*_~`&<>|#@-]|https://a.b/|\\[x\\]\\(http://e.org\\)|\\n\\n?|\\PC){0,60}",
        Just("[a](https://e.org/".to_owned() + &"b".repeat(900) + ") ")
            .prop_map(|link| link.repeat(40)),
        Just("https://e.org/a ".repeat(600)),
        Just("🚀".repeat(4000)),
        Just("- ".repeat(300) + "x"),
        Just("|a|b|\n|-|-|\n".to_owned() + &"|c|d|\n".repeat(300)),
        Just("```\n".to_owned() + &"x\n".repeat(2000)),
        Just("---\n\n".repeat(80)),
        Just(String::new()),
    ]
}

fn item() -> BoxedStrategy<Item> {
    let word = || words().prop_map(String::into_boxed_str);
    prop_oneof![
        (word(), proptest::option::of(words()), word()).prop_map(|(who, markdown, url)| {
            Item::Said {
                comment: 1,
                issue: IssueAt {
                    repository: url.clone(),
                    number: 1,
                },
                who,
                url,
                markdown,
            }
        }),
        (proptest::collection::vec(word(), 0..40), word()).prop_map(|(added, _)| {
            change(What::Labels(added, vec![]), Some(12814), Direction::Forward)
        }),
        (word(), word()).prop_map(|(old, new)| {
            change(What::IssueTitle(old, new), Some(1), Direction::Forward)
        }),
        (proptest::option::of(word()), proptest::option::of(word()))
            .prop_map(|(old, new)| { change(What::Status(old, new), None, Direction::Backward) }),
    ]
    .boxed()
}

fn saying() -> BoxedStrategy<Saying> {
    let kep = || (1..=99_999_u32).prop_filter_map("a number", KepNumber::new);
    let word = || words().prop_map(String::into_boxed_str);
    let any_key = || words().prop_map(|words| Key::of([words]));
    prop_oneof![
        (kep(), proptest::option::of(item())).prop_map(|(kep, latest)| Saying::Card {
            kep,
            latest: latest.map(Box::new),
            on: NaiveDate::MAX,
        }),
        (
            kep(),
            proptest::collection::vec(item(), 0..30),
            any::<bool>()
        )
            .prop_map(|(kep, items, titled)| Saying::News { kep, items, titled }),
        (
            kep(),
            word(),
            words(),
            any::<bool>(),
            proptest::option::of(word())
        )
            .prop_map(|(kep, who, markdown, is_relayed, permalink)| {
                Saying::Update {
                    kep,
                    by: is_relayed.then(|| who.clone()),
                    who,
                    markdown,
                    permalink,
                    answers: None,
                    asker: None,
                }
            }),
        (
            kep(),
            any_key(),
            proptest::option::of(word()),
            any::<(bool, bool, bool, bool)>()
        )
            .prop_map(|(kep, written, repository, (undo, tied, told, struck))| {
                Saying::Receipt {
                    kep,
                    written,
                    undo,
                    tied,
                    issue: repository.map(|repository| IssueAt {
                        repository,
                        number: u64::MAX,
                    }),
                    told,
                    struck,
                }
            }),
        (kep(), word()).prop_map(|(kep, repository)| Saying::TakenBack {
            kep,
            issue: IssueAt {
                repository,
                number: u64::MAX
            },
        }),
        (proptest::collection::vec(kep(), 0..60), any_key())
            .prop_map(|(keps, of)| Saying::Which { keps, of }),
        (word(), word(), any_key()).prop_map(|(lane, what, alarm)| Saying::Held {
            lane,
            what,
            alarm,
        }),
        (
            word(),
            proptest::option::of((word(), word())),
            proptest::option::of(word())
        )
            .prop_map(|(why, issue, typed)| Saying::Refused(Refusal {
                why,
                issue: issue.map(|(repository, page)| {
                    let number = u64::MAX;
                    (IssueAt { repository, number }, page)
                }),
                typed,
            })),
        word().prop_map(Saying::Plain),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_is_said_slack_takes_it(
        saying in saying(),
        url in proptest::option::of(words()),
        has_card in any::<bool>(),
    ) {
        static CARD: std::sync::LazyLock<Card> =
            std::sync::LazyLock::new(|| Office::sample().card(4680));
        let message = sent(&saying, has_card.then_some(&*CARD), url.as_deref());
        phone(&message);
    }
}
