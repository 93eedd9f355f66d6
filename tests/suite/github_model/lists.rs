//! Paged lists: order, filters and links.

use chrono::NaiveDate;
use kep_liaison::sandbox::github::Openness;

use super::{CONTAINERD, World, http::link, world};

/// Three issues and a pull request, an hour apart, the first commented last.
async fn with_issues() -> World {
    let world = world().await;
    let containerd = &world.containerd;
    containerd.open_issue("dims", "First", "");
    world.advance(3_600);
    containerd.open_issue("mike", "Second", "");
    world.advance(3_600);
    containerd.open_pull("dims", "Third", "");
    world.advance(3_600);
    containerd.open_issue("mike", "Fourth", "");
    world.advance(3_600);
    containerd.comment("dims", 1, "Any news?");
    world
}

async fn titles(world: &World, query: &str) -> Vec<serde_json::Value> {
    let path = format!("{CONTAINERD}/issues?{query}");
    world.anonymous().get(&path).await.each("title")
}

#[tokio::test]
async fn pages_are_found_by_the_link_header_only() {
    let world = with_issues().await;
    let http = world.anonymous();
    let mut page = http
        .get(&format!("{CONTAINERD}/issues?per_page=2&direction=asc"))
        .await;
    assert_eq!(page.each("number"), [1, 2]);
    assert_eq!(link(&page, "prev"), None);
    assert_eq!(link(&page, "last"), link(&page, "next"));
    let next = link(&page, "next").expect("a next page");
    // GitHub's links name repositories by number.
    assert!(
        next.starts_with(&format!("{}/repositories/", world.github.url())),
        "{next}"
    );
    assert!(
        next.ends_with("/issues?per_page=2&direction=asc&page=2"),
        "{next}"
    );

    page = http.get(&next).await;
    assert_eq!(page.each("number"), [3, 4]);
    assert_eq!(link(&page, "next"), None);
    assert!(
        link(&page, "first")
            .expect("a first page")
            .ends_with("page=1")
    );
    let beyond = http.get(&format!("{CONTAINERD}/issues?page=9")).await;
    assert_eq!(beyond.json(), serde_json::json!([]));
}

#[tokio::test]
async fn a_page_holds_30_unless_asked_and_100_at_most() {
    let world = world().await;
    for number in 1..=101 {
        world.containerd.open_issue("dims", &number.to_string(), "");
    }
    let http = world.anonymous();
    for (query, held) in [("", 30), ("?per_page=7", 7), ("?per_page=101", 100)] {
        let page = http.get(&format!("{CONTAINERD}/issues{query}")).await;
        assert_eq!(page.each("number").len(), held, "{query}");
    }
    let all = http
        .get(&format!("{CONTAINERD}/issues?per_page=100&page=2"))
        .await;
    assert_eq!(all.each("number"), [1]);
}

#[tokio::test]
async fn issues_come_newest_first_unless_asked() {
    let world = with_issues().await;
    assert_eq!(
        titles(&world, "").await,
        ["Fourth", "Third", "Second", "First"]
    );
    assert_eq!(
        titles(&world, "sort=updated&direction=asc").await,
        ["Second", "Third", "Fourth", "First"]
    );
    assert_eq!(titles(&world, "sort=comments").await[0], "First");
    assert_eq!(titles(&world, "sort=nonsense").await[0], "Fourth");
}

#[tokio::test]
async fn since_includes_its_moment_and_looks_at_updates() {
    let world = with_issues().await;
    let since = "since=2026-03-02T12:00:00Z";
    assert_eq!(titles(&world, since).await, ["Fourth", "First"]);
    let after = "since=2026-03-02T12:00:01Z";
    assert_eq!(titles(&world, after).await, ["First"]);
    let path = format!("{CONTAINERD}/issues?since=yesterday");
    assert_eq!(world.anonymous().get(&path).await.status, 422);
}

#[tokio::test]
async fn issues_are_filtered() {
    let world = with_issues().await;
    let containerd = &world.containerd;
    let beta = containerd.milestone("2.3", None, Openness::Open);
    containerd.close(2, "not_planned");
    containerd.label(1, "kind/kep");
    containerd.label(4, "kind/kep");
    containerd.label(4, "area/cri");
    containerd.set_milestone(4, Some(beta));
    containerd.assign(1, "dims");

    for (query, expected) in [
        ("state=closed", vec!["Second"]),
        ("state=all", vec!["Fourth", "Third", "Second", "First"]),
        ("labels=Kind/KEP", vec!["Fourth", "First"]),
        ("labels=kind/kep,area/cri", vec!["Fourth"]),
        ("labels=unheard-of", vec![]),
        ("milestone=1", vec!["Fourth"]),
        ("milestone=none", vec!["Third", "First"]),
        ("milestone=*", vec!["Fourth"]),
        ("assignee=dims", vec!["First"]),
        ("assignee=none", vec!["Fourth", "Third"]),
        ("creator=dims", vec!["Third", "First"]),
    ] {
        assert_eq!(titles(&world, query).await, expected, "{query}");
    }
    for query in ["milestone=7", "milestone=2.3", "assignee=nobody-at-all"] {
        let refused = world
            .anonymous()
            .get(&format!("{CONTAINERD}/issues?{query}"))
            .await;
        assert_eq!(
            refused.refusal(),
            (422, "Validation Failed".into()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn pull_requests_are_issues_and_say_so() {
    let world = with_issues().await;
    let http = world.anonymous();
    let issues = http
        .get(&format!("{CONTAINERD}/issues?direction=asc"))
        .await
        .json();
    assert_eq!(issues[0].get("pull_request"), None);
    assert_eq!(
        issues[2]["pull_request"]["merged_at"],
        serde_json::Value::Null
    );
    world.containerd.merge(3);
    let pull = http.get(&format!("{CONTAINERD}/issues/3")).await.json();
    assert_eq!(pull["pull_request"]["merged_at"], "2026-03-02T13:00:00Z");
    assert_eq!(
        (pull["state"].as_str(), pull["state_reason"].as_str()),
        (Some("closed"), None)
    );

    let pulls = http.get(&format!("{CONTAINERD}/pulls?state=all")).await;
    assert_eq!(pulls.each("number"), [3]);
    assert_eq!(
        http.get(&format!("{CONTAINERD}/pulls/3")).await.json()["merged"],
        true
    );
    assert_eq!(http.get(&format!("{CONTAINERD}/pulls/1")).await.status, 404);
}

#[tokio::test]
async fn comments_at_lines_are_listed_by_pull_request() {
    let world = with_issues().await;
    let line = |pull| world.containerd.review_comment("dims", pull, "a.go", "hm");
    let other = world.containerd.open_pull("mike", "Another", "");
    let (first, _, second) = (line(3), line(other), line(3));
    let list = async || {
        let path = format!("{CONTAINERD}/pulls/3/comments");
        world.anonymous().get(&path).await.each("id")
    };
    assert_eq!(list().await, [first, second]);
    world.containerd.delete_review_comment(first);
    assert_eq!(list().await, [second]);
    let path = format!("{CONTAINERD}/pulls/1/comments");
    assert_eq!(world.anonymous().get(&path).await.status, 404);
}

#[tokio::test]
async fn a_repositorys_comments_come_by_number_unless_sorted() {
    let world = with_issues().await;
    world.advance(60);
    world.containerd.comment("mike", 2, "Later");
    world.advance(60);
    let oldest = world.containerd.comment("dims", 3, "Last");
    world.advance(60);
    let first = world
        .anonymous()
        .get(&format!("{CONTAINERD}/issues/1/comments"))
        .await
        .json();
    world
        .containerd
        .edit_comment(first[0]["id"].as_u64().expect("an id"), "Any news at all?");

    let http = world.anonymous();
    for (query, expected) in [
        ("", ["Any news at all?", "Later", "Last"]),
        ("?direction=desc", ["Any news at all?", "Later", "Last"]),
        (
            "?sort=created&direction=desc",
            ["Last", "Later", "Any news at all?"],
        ),
        (
            "?sort=updated&direction=asc",
            ["Later", "Last", "Any news at all?"],
        ),
    ] {
        let comments = http
            .get(&format!("{CONTAINERD}/issues/comments{query}"))
            .await;
        assert_eq!(comments.each("body"), expected, "{query}");
    }
    let since = format!("{CONTAINERD}/issues/comments?since=2026-03-02T13:02:00Z");
    assert_eq!(
        http.get(&since).await.each("body"),
        ["Any news at all?", "Last"]
    );
    let one = http
        .get(&format!("{CONTAINERD}/issues/comments/{oldest}"))
        .await
        .json();
    assert_eq!(
        one["issue_url"],
        format!("{}{CONTAINERD}/issues/3", world.github.url())
    );
    assert_eq!(
        http.get(&format!("{CONTAINERD}/issues/comments/7"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn milestones_are_due_on_a_morning_and_sorted_by_it() {
    let world = world().await;
    let day = NaiveDate::from_ymd_opt(2026, 8, 31);
    world.containerd.milestone("Some day", None, Openness::Open);
    world.containerd.milestone("2.3", day, Openness::Open);
    world.containerd.milestone("1.0", None, Openness::Closed);
    let http = world.anonymous();
    let open = http.get(&format!("{CONTAINERD}/milestones")).await;
    assert_eq!(open.each("title"), ["2.3", "Some day"]);
    assert_eq!(open.json()[0]["due_on"], "2026-08-31T07:00:00Z");
    let closed = http
        .get(&format!("{CONTAINERD}/milestones?state=closed"))
        .await;
    assert_eq!(closed.each("title"), ["1.0"]);
    assert_eq!(
        http.get(&format!("{CONTAINERD}/milestones/9")).await.status,
        404
    );
}

#[tokio::test]
async fn milestones_count_their_issues() {
    let world = world().await;
    let containerd = &world.containerd;
    let first = containerd.milestone("2.3", None, Openness::Open);
    let other = containerd.milestone("2.4", None, Openness::Open);
    for number in 1..=4 {
        containerd.open_issue("dims", "KEP", "");
        containerd.set_milestone(number, Some(first));
    }
    let http = world.anonymous();
    let counts = async || {
        let path = format!("{CONTAINERD}/milestones?sort=completeness&direction=desc");
        let all = http.get(&path).await.json();
        [0, 1].map(|place| {
            let count = |member: &str| all[place][member].as_u64().expect("a count");
            (
                count("number"),
                count("open_issues"),
                count("closed_issues"),
            )
        })
    };
    containerd.close(1, "completed");
    assert_eq!(counts().await, [(first, 3, 1), (other, 0, 0)]);
    containerd.set_milestone(1, Some(other));
    containerd.delete_issue(2);
    containerd.transfer(3, &world.github.repository("containerd/nri"));
    assert_eq!(counts().await, [(other, 0, 1), (first, 1, 0)]);
    containerd.reopen(1);
    containerd.set_milestone(4, None);
    assert_eq!(counts().await, [(first, 0, 0), (other, 1, 0)]);
}
