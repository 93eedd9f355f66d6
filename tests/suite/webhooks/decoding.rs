//! Payloads: what is made of them, also of those that nobody should send.

use kep_liaison::{
    domain::{CommentKind, IssueState, Login, Milestone},
    github::webhook::decode,
    ports::forge::{Departure, ForgeEvent, Verdict},
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Every event that is read, and some that are not.
const EVENTS: [&str; 13] = [
    "issues",
    "pull_request",
    "issue_comment",
    "pull_request_review_comment",
    "pull_request_review",
    "push",
    "label",
    "milestone",
    "release",
    "repository",
    "ping",
    "star",
    "",
];

fn repository() -> Value {
    json!({"full_name": "containerd/containerd", "default_branch": "main"})
}

pub(super) fn issue() -> Value {
    json!({
        "number": 12_814,
        "title": "[SIG-Node]: KEP-5825 - CRI List Streaming",
        "body": "stage: alpha",
        "html_url": "https://github.com/containerd/containerd/issues/12814",
        "url": "https://api.github.com/repos/containerd/containerd/issues/12814",
        "state": "closed",
        "state_reason": "not_planned",
        "labels": [{"id": 7, "name": "kind/feature"}],
        "assignees": [{"login": "samuelkarp", "type": "User"}],
        "milestone": {"number": 51, "title": "2.4", "state": "open", "due_on": "2026-08-26T07:00:00Z"},
        "user": {"login": "bitoku"},
        "created_at": "2026-01-05T10:00:00Z",
        "updated_at": "2026-02-05T10:00:00Z",
    })
}

pub(super) fn pull() -> Value {
    json!({
        "number": 12_900,
        "title": "cri: stream lists",
        "body": null,
        "html_url": "https://github.com/containerd/containerd/pull/12900",
        "state": "closed",
        "draft": false,
        "labels": [],
        "milestone": null,
        "merged": true,
        "merged_at": "2026-02-05T10:00:00Z",
        "updated_at": "2026-02-05T10:00:01Z",
    })
}

fn comment(of: &str) -> Value {
    json!({
        "id": 99,
        "body": "Merged.",
        "user": {"login": "k8s-ci[bot]", "type": "Bot"},
        "html_url": "https://github.com/containerd/containerd/issues/12814#issuecomment-99",
        of: "https://api.github.com/repos/containerd/containerd/issues/12814",
        "created_at": "2026-02-05T10:00:00Z",
        "updated_at": "2026-02-05T10:00:00Z",
    })
}

/// One payload of each event that is read.
fn payloads() -> Vec<(&'static str, Value)> {
    let review = json!({
        "id": 5,
        "user": {"login": "mikebrow"},
        "body": null,
        "state": "APPROVED",
        "html_url": "https://github.com/containerd/containerd/pull/12900#pullrequestreview-5",
        "submitted_at": "2026-02-05T10:00:00Z",
    });
    let moved = json!({
        "new_issue": {"html_url": "https://github.com/containerd/nri/issues/3"},
    });
    let parts: [(&str, Value); 11] = [
        ("issues", json!({"action": "opened", "issue": issue()})),
        (
            "issues",
            json!({"action": "transferred", "issue": issue(), "changes": moved}),
        ),
        (
            "pull_request",
            json!({"action": "closed", "number": 12_900, "pull_request": pull()}),
        ),
        (
            "issue_comment",
            json!({"action": "created", "issue": issue(), "comment": comment("issue_url")}),
        ),
        (
            "pull_request_review_comment",
            json!({"action": "deleted", "pull_request": pull(), "comment": comment("pull_request_url")}),
        ),
        (
            "pull_request_review",
            json!({"action": "submitted", "pull_request": pull(), "review": review}),
        ),
        (
            "push",
            json!({"ref": "refs/heads/main", "before": "a", "after": "b"}),
        ),
        ("label", json!({"action": "edited"})),
        ("milestone", json!({"action": "closed"})),
        ("release", json!({"action": "published"})),
        (
            "repository",
            json!({"action": "renamed", "changes": {"repository": {"name": {"from": "docker-containerd"}}}}),
        ),
    ];
    let whole = parts.into_iter().map(|(event, mut payload)| {
        payload["repository"] = repository();
        payload["sender"] = json!({"login": "bitoku"});
        (event, payload)
    });
    whole.collect()
}

fn read(event: &str, payload: &Value) -> Result<Option<ForgeEvent>, String> {
    let decoded = decode(event, "72d3162e", payload.to_string().as_bytes());
    decoded.map_err(|error| error.why().to_owned())
}

/// What a payload with these parts is.
pub(super) fn event(event: &str, mut payload: Value) -> ForgeEvent {
    payload["repository"] = repository();
    read(event, &payload).expect("a payload").expect("an event")
}

#[test]
fn an_issue_is_whole_whatever_happened_to_it() {
    for action in ["opened", "edited", "field_added", "an action of next year"] {
        let ForgeEvent::Changed { issue, .. } =
            event("issues", json!({"action": action, "issue": issue()}))
        else {
            panic!("{action}")
        };
        assert_eq!(&*issue.repository, "containerd/containerd");
        assert_eq!(issue.number, 12_814);
        assert_eq!(issue.state, IssueState::NotPlanned);
        assert_eq!(issue.labels, ["kind/feature".into()]);
        let milestone = Milestone {
            title: "2.4".into(),
            open: true,
            due: "2026-08-26".parse().ok(),
        };
        assert_eq!(issue.milestone, Some(milestone));
        assert_eq!(issue.pull, None);
    }
}

#[test]
fn an_issue_that_left_says_where_it_went() {
    let left = |action: &str, changes: Value| {
        let payload = json!({"action": action, "issue": issue(), "changes": changes});
        match event("issues", payload) {
            ForgeEvent::Left { number, to, .. } => (number, to),
            other => panic!("{other:?}"),
        }
    };
    let moved = |to: &str| (12_814, Departure::Moved(to.into()));
    let address = json!({"html_url": "https://github.com/containerd/nri/issues/3"});
    assert_eq!(left("deleted", Value::Null), (12_814, Departure::Deleted));
    assert_eq!(
        left("transferred", json!({"new_issue": address})),
        moved("https://github.com/containerd/nri/issues/3")
    );
    assert_eq!(left("transferred", json!({})), moved("another place"));
    assert_eq!(
        left("converted_to_discussion", Value::Null),
        moved("another place")
    );
}

#[test]
fn a_pull_request_has_another_shape_and_is_an_issue_all_the_same() {
    let closed = json!({"action": "closed", "pull_request": pull()});
    let ForgeEvent::Changed { issue: pull, .. } = event("pull_request", closed) else {
        panic!("a change")
    };
    assert_eq!(pull.number, 12_900);
    assert_eq!(pull.state, IssueState::Completed);
    assert_eq!(&*pull.body, "");
    assert!(pull.pull.is_some_and(|pull| pull.merged_at.is_some()));
}

#[test]
fn comments_come_with_what_they_stand_below() {
    let payload = json!({"action": "created", "issue": issue(), "comment": comment("issue_url")});
    let ForgeEvent::Commented {
        comment: said,
        was: None,
        below,
    } = event("issue_comment", payload)
    else {
        panic!("a comment")
    };
    assert_eq!(
        (said.id, said.issue, said.kind),
        (99, 12_814, CommentKind::Issue)
    );
    assert_eq!(said.author, Login::parse("k8s-ci"));
    assert!(said.by_app);
    assert_eq!(below.map(|issue| issue.number), Some(12_814));

    let payload = json!({
        "action": "deleted",
        "pull_request": pull(),
        "comment": comment("pull_request_url"),
    });
    let deleted = event("pull_request_review_comment", payload);
    let ForgeEvent::Uncommented {
        kind, id, below, ..
    } = deleted
    else {
        panic!("a deletion")
    };
    assert_eq!((kind, id), (CommentKind::Review, 99));
    assert_eq!(below.map(|pull| pull.number), Some(12_900));
}

#[test]
fn an_edit_says_what_was_there_before() {
    let review = json!({"id": 5, "user": null, "body": "Good.", "state": "approved"});
    let parts = [
        (
            "issue_comment",
            json!({"issue": issue(), "comment": comment("issue_url")}),
        ),
        (
            "pull_request_review_comment",
            json!({"pull_request": pull(), "comment": comment("pull_request_url")}),
        ),
        (
            "pull_request_review",
            json!({"pull_request": pull(), "review": review}),
        ),
    ];
    for (name, part) in parts {
        for (changes, before) in [
            (json!({"body": {"from": "Merged?"}}), Some("Merged?")),
            // It had none.
            (json!({"body": {"from": null}}), Some("")),
            (json!({}), None),
            (Value::Null, None),
        ] {
            let mut payload = part.clone();
            payload["action"] = "edited".into();
            payload["changes"] = changes;
            let (ForgeEvent::Commented { was, .. } | ForgeEvent::Reviewed { was, .. }) =
                event(name, payload)
            else {
                panic!("an edit")
            };
            assert_eq!(was.as_deref(), before, "{name}");
        }
    }
}

#[test]
fn a_pull_request_that_does_not_say_whether_it_was_merged_is_left_out() {
    for (shown, is_whole) in [
        (json!({"url": "x", "merged_at": null}), true),
        (json!({"url": "x"}), false),
        (Value::Null, true),
    ] {
        let mut below = issue();
        below["pull_request"] = shown.clone();
        let payload = json!({"action": "created", "issue": below, "comment": comment("issue_url")});
        let ForgeEvent::Commented { below, .. } = event("issue_comment", payload) else {
            panic!("a comment")
        };
        assert_eq!(below.is_some(), is_whole, "{shown}");
    }
}

#[test]
fn a_review_has_a_verdict() {
    for (state, verdict) in [
        ("approved", Verdict::Approved),
        ("CHANGES_REQUESTED", Verdict::ChangesRequested),
        ("dismissed", Verdict::Dismissed),
        ("commented", Verdict::Commented),
        ("a state of next year", Verdict::Commented),
    ] {
        let review = json!({"id": 5, "user": null, "body": "Good.", "state": state});
        let payload = json!({"action": "submitted", "pull_request": pull(), "review": review});
        let ForgeEvent::Reviewed { review, .. } = event("pull_request_review", payload) else {
            panic!("a review")
        };
        assert_eq!((review.pull, review.verdict), (12_900, verdict));
        assert_eq!((&*review.body, review.author), ("Good.", None));
    }
}

#[test]
fn hints_name_the_repository_as_it_was_known() {
    let hint = |name: &str, payload: Value| match event(name, payload) {
        ForgeEvent::Hint { repository, labels } => {
            assert_eq!(labels, name == "label");
            repository.to_string()
        }
        other => panic!("{other:?}"),
    };
    for name in ["label", "milestone", "release"] {
        let payload = json!({"action": "created"});
        assert_eq!(hint(name, payload), "containerd/containerd");
    }
    let push = json!({"ref": "refs/heads/main"});
    assert_eq!(hint("push", push), "containerd/containerd");
    let renamed = json!({
        "action": "renamed",
        "changes": {"repository": {"name": {"from": "docker-containerd"}}},
    });
    assert_eq!(hint("repository", renamed), "containerd/docker-containerd");
    for owner in ["user", "organization"] {
        let moved = json!({
            "action": "transferred",
            "changes": {"owner": {"from": {owner: {"login": "docker"}}}},
        });
        assert_eq!(hint("repository", moved), "docker/containerd");
    }
}

#[test]
fn what_concerns_nobody_is_no_event() {
    for (event, payload) in [
        ("ping", json!({"zen": "Keep it logically awesome."})),
        ("star", json!({"action": "created"})),
        (
            "push",
            json!({"ref": "refs/heads/topic", "repository": repository()}),
        ),
        (
            "push",
            json!({"ref": "refs/tags/main", "repository": repository()}),
        ),
        (
            "repository",
            json!({"action": "archived", "repository": repository()}),
        ),
    ] {
        assert_eq!(read(event, &payload), Ok(None), "{event} {payload}");
    }
    assert_eq!(decode("a new event", "1", b"\xff not JSON"), Ok(None));
}

#[test]
fn a_payload_without_its_parts_is_refused_with_a_reason() {
    let no_number =
        json!({"action": "opened", "issue": {"title": "x"}, "repository": repository()});
    let mut huge = json!({"action": "opened", "issue": issue(), "repository": repository()});
    huge["issue"]["number"] = u64::MAX.into();
    let mut evil = json!({"action": "opened", "issue": issue()});
    evil["repository"] = json!({"full_name": "../../admin"});
    for (event, payload, why) in [
        ("issues", json!([1]), "invalid"),
        ("issues", json!({}), "no action"),
        ("issues", json!({"action": 5}), "invalid type"),
        ("issues", json!({"action": "opened"}), "no issue"),
        (
            "issues",
            json!({"action": "opened", "issue": issue()}),
            "no repository",
        ),
        ("issues", no_number, "issue: missing field `number`"),
        ("issues", huge, "is no number on GitHub"),
        ("issues", evil, "not called owner/name"),
        ("push", json!({"repository": repository()}), "no ref"),
        ("label", json!({"action": "created"}), "no repository"),
        (
            "repository",
            json!({"action": "renamed", "repository": repository()}),
            "no former name",
        ),
    ] {
        let error = read(event, &payload).expect_err("a refusal");
        assert!(error.contains(why), "{event} {payload}: {error}");
        assert!(error.chars().count() <= 160, "{error}");
    }
    assert!(decode("issues", "1", b"{\"action\": \"op").is_err());
}

/// Replaces one value somewhere in a payload.
fn damage(at: &mut Value, path: &[prop::sample::Index], with: &Value) {
    let inner = path.split_first().and_then(|(index, rest)| {
        let inner = match &mut *at {
            Value::Object(fields) if !fields.is_empty() => {
                let nth = index.index(fields.len());
                fields.values_mut().nth(nth)
            }
            Value::Array(items) if !items.is_empty() => {
                let nth = index.index(items.len());
                items.get_mut(nth)
            }
            _ => None,
        };
        inner.map(|inner| (inner, rest))
    });
    match inner {
        Some((inner, rest)) => damage(inner, rest, with),
        None => *at = with.clone(),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!({})),
        Just(json!([null, 1, "x", {"login": 7}])),
        Just(json!("+262142-12-31T23:59:59Z")),
        Just(json!("2026-02-30T10:00:00Z")),
    ]
}

proptest! {
    #[test]
    fn no_bytes_panic(
        event in prop::sample::select(&EVENTS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let _ = decode(event, "1", &bytes);
    }

    #[test]
    fn no_damaged_bytes_panic(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let payloads = payloads();
        let (event, payload) = &payloads[which.index(payloads.len())];
        let mut bytes = payload.to_string().into_bytes();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = decode(event, "1", &bytes);
        let _ = decode(event, "1", &bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn no_damaged_value_panics(
        which in any::<prop::sample::Index>(),
        event in prop::option::of(prop::sample::select(&EVENTS[..])),
        damages in prop::collection::vec(
            (prop::collection::vec(any::<prop::sample::Index>(), 1..4), any_value()),
            1..4,
        ),
    ) {
        let payloads = payloads();
        let (own, mut payload) = payloads[which.index(payloads.len())].clone();
        for (path, with) in damages {
            damage(&mut payload, &path, &with);
        }
        if let Err(why) = read(event.unwrap_or(own), &payload) {
            prop_assert!(!why.is_empty());
        }
    }
}

#[test]
fn every_payload_here_is_understood_and_deep_ones_are_refused() {
    for (event, payload) in payloads() {
        assert!(
            read(event, &payload).expect("a payload").is_some(),
            "{event}"
        );
    }
    let deep = format!("{{\"issue\": {}", "[".repeat(1_000_000));
    assert!(decode("issues", "1", deep.as_bytes()).is_err());
}
