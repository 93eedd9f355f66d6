//! Labels and assignees.

use kep_liaison::sandbox::github::Right;
use serde_json::{Value, json};

use super::issues;
use crate::github_model::world;

#[tokio::test]
async fn labels_are_added_replaced_and_taken_off() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let http = world.somebody("mike", Right::Triage);
    let path = issues("/1/labels");
    let added = http
        .post(&path, json!({"labels": ["kind/kep", "area/cri"]}))
        .await;
    assert_eq!(
        (added.status, added.each("name")),
        (200, vec!["kind/kep".into(), "area/cri".into()])
    );
    let added = http.post(&path, json!(["area/nri"])).await;
    assert_eq!(added.each("name"), ["kind/kep", "area/cri", "area/nri"]);
    let left = http.delete(&format!("{path}/area%2Fcri")).await;
    assert_eq!(
        (left.status, left.each("name")),
        (200, vec!["kind/kep".into(), "area/nri".into()])
    );
    // Clients leave the slash as it is, too.
    let left = http.delete(&format!("{path}/area/nri")).await;
    assert_eq!(left.each("name"), ["kind/kep"]);
    let again = http.delete(&format!("{path}/area%2Fcri")).await;
    assert_eq!(again.refusal(), (404, "Label does not exist".into()));
    let replaced = http
        .send(http::Method::PUT, &path, Some(json!({"labels": ["x"]})))
        .await;
    assert_eq!(replaced.each("name"), ["x"]);
    assert_eq!(http.post(&path, json!({"labels": "x"})).await.status, 422);

    let author = world.bearing(&world.github.token("dims", &[]));
    for refused in [
        author.post(&path, json!(["y"])).await,
        author.delete(&format!("{path}/x")).await,
    ] {
        assert_eq!(
            refused.refusal(),
            (403, "Must have admin rights to Repository.".into())
        );
    }
}

#[tokio::test]
async fn assignees_that_cannot_be_are_ignored() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.comment("helper", 1, "I can do it");
    let http = world.somebody("mike", Right::Triage);
    let path = issues("/1/assignees");
    let asked = json!({"assignees": ["mike", "stranger", "helper"]});
    let issue = http.post(&path, asked.clone()).await;
    assert_eq!(issue.status, 201);
    let logins = |issue: Value| -> Vec<Value> {
        let assignees = issue["assignees"].as_array().cloned().unwrap_or_default();
        assignees
            .into_iter()
            .map(|user| user["login"].clone())
            .collect()
    };
    assert_eq!(logins(issue.json()), ["mike", "helper"]);
    let issue = http
        .send(http::Method::DELETE, &path, Some(asked.clone()))
        .await;
    assert_eq!((issue.status, logins(issue.json())), (200, vec![]));
    let issue = world.anybody().post(&path, asked).await;
    assert_eq!((issue.status, logins(issue.json())), (201, vec![]));
}
