//! What webhooks say of who did what, and of whom a review is asked.

use kep_liaison::ports::forge::ForgeEvent;
use serde_json::{Value, json};

use super::decoding::{event, issue, pull};

#[test]
fn who_did_what_to_an_issue_is_told_where_it_concerns_people() {
    let did = |payload: Value| {
        let mut payload = payload;
        payload["issue"] = issue();
        let ForgeEvent::Changed { did, .. } = event("issues", payload) else {
            panic!("a change")
        };
        did.map(|(by, did)| format!("{by} {did:?}"))
    };
    let bitoku = json!({"login": "bitoku"});
    for (action, said) in [
        // Of the title, say.
        ("edited", None),
        ("closed", Some("bitoku Closed")),
        ("demilestoned", Some("bitoku Demilestoned")),
        ("labeled", None),
        // Without whom it is about.
        ("assigned", None),
    ] {
        let told = did(json!({"action": action, "sender": bitoku}));
        assert_eq!(told.as_deref(), said, "{action}");
        assert_eq!(did(json!({"action": action})), None);
        assert_eq!(
            did(json!({"action": action, "sender": {"login": "-"}})),
            None
        );
    }
    let changes = json!({"body": {"from": "before"}});
    let edited = json!({"action": "edited", "sender": bitoku, "changes": changes});
    assert_eq!(
        did(edited).as_deref(),
        Some("bitoku Edited { from: \"before\" }")
    );
    let assigned = json!({"action": "assigned", "sender": bitoku, "assignee": {"login": "mike"}});
    assert_eq!(
        did(assigned).as_deref(),
        Some("bitoku Assigned(Login(\"mike\"))")
    );
}

#[test]
fn to_ask_for_a_review_is_an_event_of_its_own() {
    let of = |action: &str, member: &str, whom: Value| {
        let payload = json!({"action": action, "pull_request": pull(), member: whom});
        let ForgeEvent::AskedForReview { pull, whom } = event("pull_request", payload) else {
            panic!("{action}")
        };
        assert_eq!(pull.number, 12_900);
        whom.map(|whom| whom.to_string())
    };
    let mike = json!({"login": "mike"});
    let asked = of("review_requested", "requested_reviewer", mike.clone());
    assert_eq!(asked.as_deref(), Some("@mike"));
    let team = of(
        "review_requested",
        "requested_team",
        json!({"slug": "Reviewers"}),
    );
    assert_eq!(team.as_deref(), Some("@containerd/reviewers"));
    assert_eq!(
        of("review_request_removed", "requested_reviewer", mike),
        None
    );
}
