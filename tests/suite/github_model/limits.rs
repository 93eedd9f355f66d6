//! Manners, credentials and limits.

use kep_liaison::sandbox::github::{Fault, Gate, GitHub, On};

use super::{CONTAINERD, http::Http, moment, world};

#[tokio::test]
async fn a_request_names_its_agent() {
    let world = world().await;
    let rude = world
        .anonymous()
        .without("user-agent")
        .get(CONTAINERD)
        .await;
    assert_eq!(rude.status, 403);
    assert!(
        rude.body
            .starts_with(b"\nRequest forbidden by administrative rules.")
    );
    assert_eq!(world.anonymous().get(CONTAINERD).await.status, 200);
}

#[tokio::test]
async fn a_wrong_token_is_worse_than_none() {
    let world = world().await;
    let token = world.github.token("dims", &[]);
    assert_eq!(
        world.bearing(&token).get("/user").await.json()["login"],
        "dims"
    );
    let nobody = world.anonymous().get("/user").await;
    assert_eq!(nobody.refusal(), (401, "Requires authentication".into()));

    world.github.revoke(&token);
    for token in [&token, "ghp_invented"] {
        let refused = world.bearing(token).get(CONTAINERD).await;
        assert_eq!(refused.refusal(), (401, "Bad credentials".into()));
    }
}

#[tokio::test]
async fn a_token_is_borne_in_three_ways() {
    let world = world().await;
    let token = world.github.token("dims", &[]);
    let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("x:{token}"));
    let ways = [
        format!("Bearer {token}"),
        format!("token {token}"),
        format!("Basic {basic}"),
    ];
    for way in ways {
        let http = world.anonymous().with("authorization", &way);
        assert_eq!(http.get("/user").await.json()["login"], "dims", "{way}");
    }
    let digest = world
        .anonymous()
        .with("authorization", &format!("Digest {token}"));
    assert_eq!(digest.get("/user").await.status, 401);
}

#[tokio::test]
async fn an_unknown_path_or_version_is_refused() {
    let world = world().await;
    let http = world.anonymous();
    assert_eq!(http.get("/repos/containerd").await.status, 404);
    assert_eq!(http.get(&format!("{CONTAINERD}/stars")).await.status, 404);
    let supported = world.anonymous().with("x-github-api-version", "2022-11-28");
    assert_eq!(supported.get(CONTAINERD).await.status, 200);
    let retired = world.anonymous().with("x-github-api-version", "2019-01-01");
    assert_eq!(retired.get(CONTAINERD).await.status, 400);
}

#[tokio::test]
async fn the_hours_budget_is_counted_down_refused_and_renewed() {
    let world = world().await;
    world.github.set_budget("dims", 2);
    let http = world.bearing(&world.github.token("dims", &[]));
    let reset = moment("2026-03-02T10:00:00Z").timestamp().to_string();
    for (remaining, used) in [("1", "1"), ("0", "2")] {
        let reply = http.get(CONTAINERD).await;
        assert_eq!(reply.header("x-ratelimit-limit"), "2");
        assert_eq!(reply.header("x-ratelimit-remaining"), remaining);
        assert_eq!(reply.header("x-ratelimit-used"), used);
        assert_eq!(reply.header("x-ratelimit-reset"), reset);
        assert_eq!(reply.header("x-ratelimit-resource"), "core");
    }
    assert_eq!(world.github.violations(), 0);
    let (status, message) = http.get(CONTAINERD).await.refusal();
    assert_eq!(status, 403);
    assert!(
        message.starts_with("API rate limit exceeded for user ID "),
        "{message}"
    );
    assert_eq!(world.github.violations(), 1);

    // Another token of the same person shares the budget; other people do not.
    let second = world.bearing(&world.github.token("dims", &[]));
    assert_eq!(second.get(CONTAINERD).await.status, 403);
    assert_eq!(world.anybody().get(CONTAINERD).await.status, 200);
    world.advance(3_600);
    assert_eq!(http.get(CONTAINERD).await.status, 200);
}

#[tokio::test]
async fn without_a_token_60_requests_an_hour_are_all() {
    let world = world().await;
    let http = world.anonymous();
    for _ in 0..60 {
        assert_eq!(http.get(CONTAINERD).await.status, 200);
    }
    let (status, message) = http.get(CONTAINERD).await.refusal();
    assert_eq!(status, 403);
    assert!(
        message.contains("Authenticated requests get a higher rate limit"),
        "{message}"
    );
}

#[tokio::test]
async fn asking_for_the_limits_is_free() {
    let world = world().await;
    world.github.set_budget("dims", 1);
    let http = world.bearing(&world.github.token("dims", &[]));
    for _ in 0..3 {
        assert_eq!(http.get("/rate_limit").await.json()["rate"]["remaining"], 1);
    }
    http.get(CONTAINERD).await;
    let limits = http.get("/rate_limit").await.json();
    assert_eq!(limits["resources"]["core"]["used"], 1);
}

#[tokio::test]
async fn nine_hundred_points_a_minute_are_too_hasty() {
    let world = world().await;
    world.github.set_points_a_minute(3);
    let http = world.anybody();
    for _ in 0..3 {
        assert_eq!(http.get(CONTAINERD).await.status, 200);
    }
    let hasty = http.get(CONTAINERD).await;
    let (status, message) = hasty.refusal();
    assert_eq!((status, hasty.header("retry-after")), (403, "60"));
    assert!(
        message.starts_with("You have exceeded a secondary rate limit."),
        "{message}"
    );
    assert_eq!(world.github.violations(), 0);
    world.advance(30);
    assert_eq!(http.get(CONTAINERD).await.header("retry-after"), "30");
    assert_eq!(world.github.violations(), 1);
    world.advance(30);
    assert_eq!(http.get(CONTAINERD).await.status, 200);
}

#[tokio::test]
async fn a_hundred_requests_at_once_are_enough() {
    let world = world().await;
    let gate = Gate::default();
    world
        .github
        .fault(On::get(CONTAINERD).first(100), Fault::Held(gate.clone()));
    let http = world.anybody();
    let held = futures::future::join_all((0..100).map(|_| http.get(CONTAINERD)));
    let hasty = async {
        gate.arrived(100).await;
        let hasty = http.get(CONTAINERD).await;
        gate.open();
        hasty
    };
    let (held, hasty) = tokio::join!(held, hasty);
    assert_eq!(hasty.status, 403);
    assert_eq!(hasty.header("retry-after"), "60");
    assert_eq!(held.len(), 100);
}

#[tokio::test]
async fn an_enterprise_server_has_its_api_below_a_path() {
    let world = world().await;
    let clock = std::sync::Arc::new(world.clock.clone());
    let github = GitHub::start_at("/api/v3", clock).await;
    github
        .repository("containerd/containerd")
        .open_issue("dims", "KEP-1", "");
    assert!(github.url().ends_with("/api/v3"));
    let http = Http::new(github.url(), None);
    let issue = http.get(&format!("{CONTAINERD}/issues/1")).await.json();
    assert_eq!(
        issue["url"],
        format!("{}{CONTAINERD}/issues/1", github.url())
    );
    let outside = github.url().trim_end_matches("/api/v3").to_owned() + CONTAINERD;
    assert_eq!(http.get(&outside).await.status, 404);
}

#[tokio::test]
async fn every_answer_has_a_number_and_the_models_time() {
    let world = world().await;
    let http = world.anonymous();
    let (one, other) = (http.get(CONTAINERD).await, http.get("/nowhere").await);
    assert_ne!(
        one.header("x-github-request-id"),
        other.header("x-github-request-id")
    );
    assert_eq!(one.header("date"), "Mon, 02 Mar 2026 09:00:00 GMT");
}
