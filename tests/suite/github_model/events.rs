//! What was done to issues and pull requests, who is asked for a review, and who is in a team.

use std::sync::Arc;

use http::{HeaderValue, header};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::sandbox::github::{ReviewState, Right};
use octocrab::{
    AuthState, OctoBody, OctocrabBuilder,
    service::middleware::{base_uri::BaseUriLayer, extra_headers::ExtraHeadersLayer},
};
use serde_json::{Value, json};

use super::{CONTAINERD, World, world};

/// The events of an issue: each with who did it and whom it is about.
async fn events(world: &World, number: u64) -> Vec<String> {
    let path = format!("{CONTAINERD}/issues/{number}/events");
    let shown = world.anonymous().get(&path).await.json();
    let events = shown.as_array().expect("a list").iter();
    events
        .map(|event| {
            let about = ["assignee", "requested_reviewer", "requested_team"];
            let about = about.iter().find_map(|member| event.get(member));
            let name = about.and_then(|it| it.get("login").or(it.get("slug")));
            let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let by = words(&event["actor"]["login"]);
            format!(
                "{by} {} {}",
                words(&event["event"]),
                name.map(words).unwrap_or_default()
            )
        })
        .collect()
}

#[tokio::test]
async fn acts_leave_events_and_words_leave_none() {
    let world = world().await;
    let containerd = &world.containerd;
    containerd.open_issue("dims", "KEP-1", "");
    let mike = containerd.acting_as("mike");
    mike.assign(1, "dims");
    mike.assign(1, "dims");
    mike.unassign(1, "dims");
    mike.label(1, "kind/kep");
    mike.edit_title(1, "KEP-2");
    mike.edit_body(1, "text");
    mike.comment("mike", 1, "hello");
    mike.close(1, "completed");
    mike.reopen(1);
    let all = [
        "mike assigned dims",
        "mike unassigned dims",
        "mike labeled ",
        "mike renamed ",
        "mike closed ",
        "mike reopened ",
    ];
    assert_eq!(events(&world, 1).await, all);
    let path = format!("{CONTAINERD}/issues/1/events?per_page=4&page=2");
    assert_eq!(
        world.anonymous().get(&path).await.each("event"),
        ["closed", "reopened"]
    );
    let path = format!("{CONTAINERD}/issues/9/events");
    assert_eq!(world.anonymous().get(&path).await.status, 404);
}

#[tokio::test]
async fn who_is_asked_for_a_review_is_shown_until_they_give_one() {
    let world = world().await;
    world.github.team("containerd/reviewers", &["mike"]);
    let pull = world.containerd.open_pull("dims", "Streaming", "");
    let dims = world.containerd.acting_as("dims");
    for login in ["mike", "sam", "mike", "phil"] {
        dims.ask_for_review(pull, login);
    }
    dims.ask_team_for_review(pull, "reviewers");
    dims.unask_for_review(pull, "phil");
    dims.unask_for_review(pull, "phil");
    world
        .containerd
        .review("mike", pull, ReviewState::Approved, "");
    let path = format!("{CONTAINERD}/pulls/{pull}");
    let shown = world.anonymous().get(&path).await.json();
    assert_eq!(
        shown["requested_reviewers"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(shown["requested_reviewers"][0]["login"], "sam");
    assert_eq!(shown["requested_teams"][0]["slug"], "reviewers");
    let all = [
        "dims review_requested mike",
        "dims review_requested sam",
        "dims review_requested phil",
        "dims review_requested reviewers",
        "dims review_request_removed phil",
    ];
    assert_eq!(events(&world, pull).await, all);
    world.containerd.merge(pull);
    let last = events(&world, pull).await.split_off(5);
    assert_eq!(last, ["containerd merged ", "containerd closed "]);
}

#[tokio::test]
async fn a_teams_members_are_seen_by_members_of_the_organisation() {
    let world = world().await;
    world.github.team("containerd/Reviewers", &["mike", "sam"]);
    let members = "/orgs/Containerd/teams/reviewers/members";
    let mike = world.bearing(&world.github.token("mike", &[]));
    assert_eq!(mike.get(members).await.each("login"), ["mike", "sam"]);
    assert_eq!(
        mike.get("/orgs/containerd/teams/none/members").await.status,
        404
    );
    assert_eq!(
        mike.get("/orgs/nobody/teams/reviewers/members")
            .await
            .status,
        404
    );
    assert_eq!(world.anybody().get(members).await.status, 404);
    assert_eq!(world.anonymous().get(members).await.status, 401);
    // An App needs a permission of the organisation.
    let app = world.app();
    let installation = app.install("containerd", &[("containerd/containerd", Right::Triage)]);
    let installed = world.installed(installation, json!({})).await;
    let refused = installed.get(members).await.refusal();
    assert_eq!(
        refused,
        (403, "Resource not accessible by integration".into())
    );
    app.let_see_members(installation);
    assert_eq!(installed.get(members).await.each("login"), ["mike", "sam"]);
    assert_eq!(
        installed
            .get("/orgs/kubernetes/teams/reviewers/members")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn octocrab_reads_a_teams_members() {
    let world = world().await;
    world.github.team("containerd/reviewers", &["mike", "sam"]);
    let token = world.github.token("mike", &[]);
    let client = Client::builder(TokioExecutor::new()).build_http::<OctoBody>();
    let headers = Arc::new(vec![
        (header::USER_AGENT, HeaderValue::from_static("octocrab")),
        (
            header::AUTHORIZATION,
            format!("Bearer {token}").parse().expect("a header"),
        ),
    ]);
    let base: http::Uri = world.github.url().parse().expect("an address");
    let Ok(octocrab) = OctocrabBuilder::new_empty()
        .with_service(client)
        .with_layer(&BaseUriLayer::new(base))
        .with_layer(&ExtraHeadersLayer::new(headers))
        .with_auth(AuthState::None)
        .build();
    let members = octocrab
        .teams("containerd")
        .members("reviewers")
        .per_page(1)
        .send()
        .await;
    let members = octocrab
        .all_pages(members.expect("a page"))
        .await
        .expect("the others");
    let logins: Vec<_> = members.iter().map(|member| &*member.login).collect();
    assert_eq!(logins, ["mike", "sam"]);
}
