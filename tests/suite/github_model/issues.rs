//! Single issues: what moves their times, and where they went.

use kep_liaison::sandbox::github::{Openness, Repository, Right};

use super::{CONTAINERD, http::Http, world};

async fn status(http: &Http, number: u64) -> (u16, String) {
    http.get(&format!("{CONTAINERD}/issues/{number}"))
        .await
        .refusal()
}

type Act<'a> = &'a dyn Fn(&Repository);

#[tokio::test]
async fn every_act_moves_updated_at_and_nothing_else_does() {
    let world = world().await;
    let containerd = &world.containerd;
    containerd.open_issue("dims", "KEP-1", "text");
    let comment = containerd.comment("mike", 1, "hello");
    containerd.create_label("kind/kep");
    let milestone = containerd.milestone("2.3", None, Openness::Open);
    let acts: [(&str, Act<'_>); 14] = [
        ("edit_title", &|it| it.edit_title(1, "KEP-2")),
        ("edit_body", &|it| it.edit_body(1, "other text")),
        ("comment", &|it| {
            it.comment("dims", 1, "again");
        }),
        ("edit_comment", &|it| it.edit_comment(comment, "hello!")),
        ("delete_comment", &|it| it.delete_comment(comment)),
        ("label", &|it| it.label(1, "kind/kep")),
        ("unlabel", &|it| it.unlabel(1, "kind/kep")),
        ("assign", &|it| it.assign(1, "dims")),
        ("unassign", &|it| it.unassign(1, "dims")),
        ("set_milestone", &|it| it.set_milestone(1, Some(milestone))),
        ("lock", &|it| it.lock(1, Some("spam"))),
        ("close", &|it| it.close(1, "completed")),
        ("reopen", &|it| it.reopen(1)),
        ("unlock", &|it| it.unlock(1)),
    ];
    let mut before = containerd.issue(1)["updated_at"].clone();
    for (name, act) in acts {
        world.advance(60);
        act(containerd);
        let after = containerd.issue(1)["updated_at"].clone();
        assert_ne!(after, before, "{name}");
        before = after;
    }
    world.advance(60);
    containerd.label(1, "kind/kep");
    before = containerd.issue(1)["updated_at"].clone();
    world.advance(60);
    containerd.label(1, "kind/kep");
    containerd.edit_title(1, "KEP-2");
    containerd.reopen(1);
    containerd.rename_label("kind/kep", "kep");
    assert_eq!(containerd.issue(1)["updated_at"], before);
}

#[tokio::test]
async fn a_transferred_issue_redirects_those_who_may_follow() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.comment("mike", 1, "hello");
    let nri = world.github.repository("containerd/nri");
    let number = world.containerd.transfer(1, &nri);
    let http = world.anonymous();
    let moved = http.get(&format!("{CONTAINERD}/issues/1")).await;
    assert_eq!(moved.refusal(), (301, "Moved Permanently".into()));
    assert_eq!(moved.json()["url"], moved.header("location"));
    let there = http.get(moved.header("location")).await.json();
    assert_eq!(
        (&there["title"], &there["number"]),
        (&"KEP-1".into(), &number.into())
    );
    assert_eq!(nri.comments_on(number), ["hello"]);

    nri.set_private(true);
    assert_eq!(status(&http, 1).await, (404, "Not Found".into()));
}

#[tokio::test]
async fn a_deleted_issue_is_gone_and_so_is_one_made_a_discussion() {
    let world = world().await;
    for title in ["One", "Two", "Three"] {
        world.containerd.open_issue("dims", title, "");
    }
    world.containerd.delete_issue(1);
    world.containerd.convert_to_discussion(2);
    let http = world.anonymous();
    assert_eq!(
        status(&http, 1).await,
        (410, "This issue was deleted".into())
    );
    assert_eq!(
        status(&http, 2).await,
        (410, "This issue was deleted".into())
    );
    assert_eq!(status(&http, 9).await, (404, "Not Found".into()));
    world.containerd.set_issues(false);
    let disabled = "Issues has been disabled in this repository.";
    assert_eq!(status(&http, 3).await, (410, disabled.into()));
}

#[tokio::test]
async fn a_renamed_repository_redirects_to_its_number() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    world.containerd.rename("runtime");
    let http = world.anonymous();
    let moved = http.get(&format!("{CONTAINERD}/issues?state=all")).await;
    assert_eq!(moved.refusal(), (301, "Moved Permanently".into()));
    let location = moved.header("location");
    assert!(location.ends_with("/issues?state=all"), "{location}");
    assert_eq!(http.get(location).await.each("title"), ["KEP-1"]);
    assert_eq!(
        http.get("/repos/containerd/runtime").await.json()["name"],
        "runtime"
    );
    world.containerd.set_private(true);
    assert_eq!(http.get(&format!("{CONTAINERD}/issues")).await.status, 404);
}

#[tokio::test]
async fn what_is_private_is_not_found_by_others() {
    let world = world().await;
    world.containerd.set_private(true);
    let reader = world
        .github
        .token("reader", &[("containerd/containerd", Right::Read)]);
    let reader = world.bearing(&reader);
    for path in [
        CONTAINERD,
        "/repos/Containerd/CONTAINERD",
        "/repos/containerd/containerd/issues",
    ] {
        assert_eq!(world.anonymous().get(path).await.status, 404);
        assert_eq!(world.anybody().get(path).await.status, 404);
        assert_eq!(reader.get(path).await.status, 200, "{path}");
    }
    let refused = world.anonymous().get(CONTAINERD).await.json();
    assert_eq!(refused["documentation_url"], "https://docs.github.com/rest");
}

#[tokio::test]
async fn only_those_with_rights_can_be_assigned() {
    let world = world().await;
    world.containerd.grant("dims", Right::Triage);
    let http = world.anonymous();
    let assignable = http.get(&format!("{CONTAINERD}/assignees/dims")).await;
    assert_eq!((assignable.status, assignable.body.len()), (204, 0));
    let other = http.get(&format!("{CONTAINERD}/assignees/nobody")).await;
    assert_eq!(other.refusal(), (404, "Not Found".into()));
    let all = http.get(&format!("{CONTAINERD}/assignees")).await;
    assert_eq!(all.each("login"), ["containerd", "dims"]);
}
