//! Writing: who may, what is refused, and what is dropped in silence.

mod comments;
mod labels;

use kep_liaison::sandbox::github::{Openness, Right};
use serde_json::{Value, json};

use super::{
    CONTAINERD, World,
    http::{Http, Reply},
    world,
};

impl World {
    /// A client of somebody with this right in containerd.
    fn somebody(&self, login: &str, right: Right) -> Http {
        self.bearing(
            &self
                .github
                .token(login, &[("containerd/containerd", right)]),
        )
    }
}

fn issues(rest: &str) -> String {
    format!("{CONTAINERD}/issues{rest}")
}

/// The one error of a refusal.
fn error(reply: &Reply) -> Value {
    assert_eq!(reply.refusal(), (422, "Validation Failed".into()));
    reply.json()["errors"][0].clone()
}

#[tokio::test]
async fn anybody_opens_issues_but_only_some_set_their_labels() {
    let world = world().await;
    world.containerd.grant("dims", Right::Read);
    world.containerd.milestone("2.3", None, Openness::Open);
    let asked = json!({
        "title": "KEP-1",
        "body": "text",
        "labels": ["kind/kep"],
        "assignees": ["dims"],
        "milestone": 1,
    });
    let created = world.anybody().post(&issues(""), asked.clone()).await;
    let issue = created.json();
    assert_eq!((created.status, &issue["number"]), (201, &json!(1)));
    assert_eq!(
        (&issue["title"], &issue["body"]),
        (&json!("KEP-1"), &json!("text"))
    );
    assert_eq!(
        (&issue["labels"], &issue["assignees"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        (&issue["milestone"], &issue["state"]),
        (&json!(null), &json!("open"))
    );

    let created = world
        .somebody("mike", Right::Triage)
        .post(&issues(""), asked)
        .await
        .json();
    assert_eq!(created["labels"][0]["name"], "kind/kep");
    assert_eq!(created["assignees"][0]["login"], "dims");
    assert_eq!(created["milestone"]["title"], "2.3");

    let nobody = world
        .anonymous()
        .post(&issues(""), json!({"title": "KEP-2"}))
        .await;
    assert_eq!(nobody.refusal(), (401, "Requires authentication".into()));
}

#[tokio::test]
async fn an_issue_needs_a_title_of_some_length() {
    let world = world().await;
    let http = world.somebody("mike", Right::Write);
    let missing = http.post(&issues(""), json!({"body": "text"})).await;
    assert_eq!(
        missing.refusal(),
        (422, "Invalid request.\n\n\"title\" wasn't supplied.".into())
    );
    let blank = http.post(&issues(""), json!({"title": " "})).await;
    let expected = json!({"resource": "Issue", "field": "title", "code": "missing_field"});
    assert_eq!(error(&blank), expected);
    let long = http
        .post(&issues(""), json!({"title": "x".repeat(257)}))
        .await;
    assert_eq!(
        error(&long)["message"],
        "title is too long (maximum is 256 characters)"
    );
    let long = http
        .post(
            &issues(""),
            json!({"title": "x", "body": "x".repeat(65_537)}),
        )
        .await;
    assert_eq!(
        error(&long)["message"],
        "body is too long (maximum is 65536 characters)"
    );
    let number = http.post(&issues(""), json!({"title": 7})).await;
    assert_eq!(number.status, 422);
    assert!(world.containerd.numbers().is_empty());
}

#[tokio::test]
async fn a_body_is_json_and_an_object() {
    let world = world().await;
    let path = issues("");
    let http = world.anybody();
    let list = http.post(&path, json!(["title"])).await;
    assert_eq!(list.refusal(), (400, "Body should be a JSON object".into()));
    let broken = http.post_text(&path, "{\"title\":").await;
    assert_eq!(broken.refusal(), (400, "Problems parsing JSON".into()));
}

#[tokio::test]
async fn impossible_milestones_and_assignees_of_a_whole_issue_are_errors() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let http = world.somebody("mike", Right::Triage);
    let refused = http.patch(&issues("/1"), json!({"milestone": 7})).await;
    assert_eq!(
        (&error(&refused)["field"], &error(&refused)["code"]),
        (&json!("milestone"), &json!("invalid"))
    );
    let refused = http
        .patch(&issues("/1"), json!({"assignees": ["stranger"]}))
        .await;
    let expected =
        json!({"value": "stranger", "resource": "Issue", "field": "assignees", "code": "invalid"});
    assert_eq!(error(&refused), expected);
    let refused = http.patch(&issues("/1"), json!({"state": "ajar"})).await;
    assert_eq!(error(&refused)["field"], "state");
    let nobody = world.somebody("dims", Right::Read);
    assert_eq!(
        nobody
            .patch(&issues("/1"), json!({"milestone": 7}))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_milestone_is_named_by_number_and_taken_out_by_nothing() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.milestone("2.3", None, Openness::Open);
    let http = world.somebody("mike", Right::Triage);
    for (milestone, expected) in [
        (json!(1), json!("2.3")),
        (json!(null), json!(null)),
        (json!("1"), json!("2.3")),
        (json!(""), json!(null)),
    ] {
        let issue = http
            .patch(&issues("/1"), json!({"milestone": milestone}))
            .await
            .json();
        assert_eq!(issue["milestone"]["title"], expected, "{milestone}");
    }
    let by_title = http.patch(&issues("/1"), json!({"milestone": "2.3"})).await;
    assert_eq!(error(&by_title)["field"], "milestone");
}

#[tokio::test]
async fn authors_and_triage_edit_issues_and_nobody_else() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "text");
    let author = world.bearing(&world.github.token("dims", &[]));
    let edit = json!({"title": "KEP-2", "body": null, "labels": ["kind/kep"]});
    let edited = author.patch(&issues("/1"), edit).await;
    assert_eq!(
        (&edited.json()["title"], &edited.json()["body"]),
        (&json!("KEP-2"), &json!(null))
    );
    assert_eq!(edited.json()["labels"], json!([]));

    let other = world
        .anybody()
        .patch(&issues("/1"), json!({"labels": ["x"]}))
        .await;
    assert_eq!(
        other.refusal(),
        (403, "Must have admin rights to Repository.".into())
    );
    let triage = world.somebody("mike", Right::Triage);
    assert_eq!(
        triage
            .patch(&issues("/1"), json!({"body": "mine"}))
            .await
            .status,
        403
    );
    let writer = world.somebody("phil", Right::Write);
    let edited = writer.patch(&issues("/1"), json!({"body": "ours"})).await;
    assert_eq!(edited.json()["body"], "ours");
    let missing = writer.patch(&issues("/9"), json!({"body": "x"})).await;
    assert_eq!(missing.refusal(), (404, "Not Found".into()));
}

#[tokio::test]
async fn issues_are_closed_for_a_reason_and_reopened() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let http = world.somebody("mike", Right::Triage);
    for (asked, state, reason) in [
        (json!({"state": "closed"}), "closed", json!("completed")),
        (json!({"state": "open"}), "open", json!("reopened")),
        (
            json!({"state": "closed", "state_reason": "not_planned"}),
            "closed",
            json!("not_planned"),
        ),
    ] {
        let issue = http.patch(&issues("/1"), asked).await.json();
        assert_eq!(
            (&issue["state"], &issue["state_reason"]),
            (&json!(state), &reason)
        );
    }
    assert_eq!(world.containerd.issue(1)["closed_by"]["login"], "mike");

    world.containerd.open_pull("dims", "Fix", "");
    world.containerd.merge(2);
    let reopened = http.patch(&issues("/2"), json!({"state": "open"})).await;
    assert_eq!(error(&reopened)["field"], "state");
}

#[tokio::test]
async fn what_is_archived_or_disabled_takes_nothing() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let http = world.somebody("mike", Right::Write);
    world.containerd.set_archived(true);
    let refused = http
        .post(&issues("/1/comments"), json!({"body": "late"}))
        .await;
    assert_eq!(
        refused.refusal(),
        (403, "Repository was archived so is read-only.".into())
    );
    assert_eq!(http.get(&issues("/1")).await.status, 200);
    world.containerd.set_archived(false);
    world.containerd.set_issues(false);
    let refused = http.post(&issues(""), json!({"title": "x"})).await;
    assert_eq!(
        refused.refusal(),
        (410, "Issues has been disabled in this repository.".into())
    );
}

#[tokio::test]
async fn writes_are_redirected_with_their_method() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let nri = world.github.repository("containerd/nri");
    world.containerd.open_issue("dims", "KEP-2", "");
    let number = world.containerd.transfer(2, &nri);
    let http = world.anybody();
    let comment = json!({"body": "hello"});
    let moved = http.post(&issues("/2/comments"), comment.clone()).await;
    assert_eq!(moved.status, 301);
    assert_eq!(
        http.post(moved.header("location"), comment.clone())
            .await
            .status,
        201
    );
    assert_eq!(nri.comments_on(number), ["hello"]);

    world.containerd.rename("runtime");
    let moved = http.post(&issues("/1/comments"), comment.clone()).await;
    assert_eq!(moved.refusal(), (307, "Temporary Redirect".into()));
    assert_eq!(
        http.post(moved.header("location"), comment).await.status,
        201
    );
    assert_eq!(world.containerd.comments_on(1), ["hello"]);
}
