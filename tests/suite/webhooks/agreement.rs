//! A webhook and polling make one result, and each change is told once, in whatever order they
//! come and however often.

use kep_liaison::{
    github::webhook::decode,
    jobs::sync::Applied,
    ports::{
        Store as _,
        store::{Feed, Position, Version},
    },
    sandbox::github::{Delivery, Fault, Gate, On, Openness, ReviewState},
};

use super::{Scene, anew, assert_same};
use crate::sync::world::{form, kep_path, kep_yaml, told};

/// Something that happens, and what is told of it.
type Kind = (&'static str, fn(&Scene), &'static [&'static str]);

fn kinds() -> Vec<Kind> {
    let mut kinds = of_issues();
    kinds.extend(of_pulls_and_comments());
    kinds.extend(of_repositories());
    kinds
}

fn of_issues() -> Vec<Kind> {
    vec![
        (
            "a tracking issue is opened with a label",
            |scene| {
                let number = scene.world.track(9);
                scene.world.containerd.label(number, "kind/feature");
            },
            &[
                "KEP-9 KepAdded",
                "KEP-9 #8 IssueOpened",
                "KEP-9 #8 Named([@author9])",
            ],
        ),
        (
            "an issue becomes a tracking issue, and a pull request had named it",
            |scene| {
                scene.world.containerd.edit_body(scene.plain, &form(9));
            },
            &[
                "KEP-9 KepAdded",
                "KEP-9 #6 IssueOpened",
                "KEP-9 #6 Named([@author9])",
                "KEP-9 #7 PullOpened",
            ],
        ),
        (
            "a title is edited",
            |scene| {
                let title = "[SIG-Node]: KEP-1 - Streaming";
                scene.world.containerd.edit_title(1, title);
            },
            &["KEP-1 #1 IssueTitle([SIG-Node]: KEP-1 - Feature 1, [SIG-Node]: KEP-1 - Streaming)"],
        ),
        (
            "a label and a milestone within a second",
            |scene| {
                let containerd = &scene.world.containerd;
                containerd.label(1, "target/kubernetes/v1.38");
                containerd.set_milestone(1, Some(scene.milestone));
            },
            &[
                "KEP-1 #1 IssueMilestone(None, (2.4))",
                "KEP-1 #1 Labels([target/kubernetes/v1.38], [])",
            ],
        ),
        (
            "a milestone is set",
            |scene| {
                let milestone = Some(scene.milestone);
                scene.world.containerd.set_milestone(1, milestone);
            },
            &["KEP-1 #1 IssueMilestone(None, (2.4))"],
        ),
        (
            "somebody is assigned",
            |scene| scene.world.containerd.assign(1, "samuelkarp"),
            &[],
        ),
        (
            "an issue is closed",
            |scene| scene.world.containerd.close(1, "completed"),
            &["KEP-1 #1 IssueClosed"],
        ),
        (
            "an issue is deleted",
            |scene| scene.world.containerd.delete_issue(1),
            &["KEP-1 #1 IssueGone"],
        ),
        (
            "an issue is opened and deleted",
            |scene| {
                let number = scene.world.track(9);
                scene.world.pass(5);
                scene.world.containerd.delete_issue(number);
            },
            &[],
        ),
        (
            "an issue is transferred",
            |scene| {
                let nri = scene.world.model.repository("containerd/nri");
                nri.open_issue("dims", "The first of another repository", "");
                scene.world.containerd.transfer(1, &nri);
            },
            &["KEP-1 #1 IssueGone"],
        ),
        (
            "an issue that is none of ours",
            |scene| {
                let containerd = &scene.world.containerd;
                let number = containerd.open_issue("dims", "It crashes", "Help.");
                containerd.comment("mikebrow", number, "How?");
                containerd.delete_issue(number);
            },
            &[],
        ),
    ]
}

fn of_pulls_and_comments() -> Vec<Kind> {
    vec![
        (
            "a pull request is opened",
            |scene| {
                let containerd = &scene.world.containerd;
                containerd.open_pull("author1", "cri: feature 2", "Part of #2");
            },
            &["KEP-2 #8 PullOpened"],
        ),
        (
            "a pull request is edited",
            |scene| {
                let body = "For #1 and #2";
                scene.world.containerd.edit_body(scene.pull, body);
            },
            &["KEP-2 #5 PullOpened"],
        ),
        (
            "a pull request is merged",
            |scene| scene.world.containerd.merge(scene.pull),
            &["KEP-1 #5 PullMerged"],
        ),
        (
            "a pull request is reviewed",
            |scene| {
                let verdict = ReviewState::Approved;
                let containerd = &scene.world.containerd;
                containerd.review("mikebrow", scene.pull, verdict, "Good.");
            },
            &[],
        ),
        (
            "a comment",
            |scene| {
                scene.world.containerd.comment("dims", 1, "When?");
            },
            &[],
        ),
        (
            "a comment is edited twice within a second",
            |scene| {
                let containerd = &scene.world.containerd;
                containerd.edit_comment(scene.comment, "Work is under way.");
                containerd.edit_comment(scene.comment, "Work is done.");
            },
            &[],
        ),
        (
            "a comment is deleted",
            |scene| scene.world.containerd.delete_comment(scene.comment),
            &[],
        ),
        (
            "a comment is written and deleted",
            |scene| {
                let containerd = &scene.world.containerd;
                let comment = containerd.comment("dims", 1, "Oops");
                scene.world.pass(3);
                containerd.delete_comment(comment);
            },
            &[],
        ),
        (
            "a review comment",
            |scene| {
                let containerd = &scene.world.containerd;
                containerd.review_comment("dims", scene.pull, "a.go", "Because.");
                assert_ne!(scene.review_comment, 0);
            },
            &[],
        ),
    ]
}

fn of_repositories() -> Vec<Kind> {
    vec![
        (
            "a KEP moves on",
            |scene| {
                let beta = kep_yaml(2, "beta");
                scene.world.enhancements.push(&[(&kep_path(2), &beta)]);
            },
            &["KEP-2 Stage((alpha), (beta))"],
        ),
        (
            "a label is made",
            |scene| {
                let label = "target/kubernetes/v1.40";
                scene.world.containerd.create_label(label);
            },
            &[],
        ),
        (
            "a milestone is closed",
            |scene| {
                let containerd = &scene.world.containerd;
                containerd.open_milestone(scene.milestone, Openness::Closed);
            },
            &[],
        ),
    ]
}

/// A scene in which it has happened, and what GitHub has to say of it.
async fn after(act: fn(&Scene)) -> (Scene, Vec<Delivery>) {
    let scene = Scene::new().await;
    act(&scene);
    let deliveries = scene.world.model.take_deliveries();
    assert!(!deliveries.is_empty());
    (scene, deliveries)
}

/// In the order of words: webhooks may tell one by one what polling tells together.
fn sorted(mut news: Vec<String>) -> Vec<String> {
    news.sort();
    news
}

fn expected(news: &[&str]) -> Vec<String> {
    sorted(news.iter().map(|line| (*line).to_owned()).collect())
}

#[tokio::test]
async fn a_webhook_alone_makes_what_polling_makes_and_polling_tells_it_no_more() {
    for (name, act, news) in kinds() {
        let (polled, _) = after(act).await;
        assert_eq!(sorted(polled.poll().await), expected(news), "{name}");
        let (mut scene, deliveries) = after(act).await;
        let told = scene.deliver(&deliveries).await;
        assert_eq!(sorted(told), expected(news), "{name}");
        assert_same(&scene.facts().await, &polled.facts().await, name);
        assert_eq!(scene.poll().await, [""; 0], "{name}");
        assert_same(&scene.facts().await, &polled.facts().await, name);
    }
}

#[tokio::test]
async fn a_webhook_after_polling_tells_nothing() {
    for (name, act, news) in kinds() {
        let (mut scene, deliveries) = after(act).await;
        assert_eq!(sorted(scene.poll().await), expected(news), "{name}");
        let facts = scene.facts().await;
        assert_eq!(scene.deliver(&deliveries).await, [""; 0], "{name}");
        assert_same(&scene.facts().await, &facts, name);
    }
}

#[tokio::test]
async fn webhooks_in_the_wrong_order_and_again_and_again_tell_each_change_once() {
    for (name, act, news) in kinds() {
        let (polled, _) = after(act).await;
        polled.poll().await;
        let (mut scene, mut deliveries) = after(act).await;
        deliveries.reverse();
        let mut told = scene.deliver(&deliveries).await;
        assert_same(&scene.facts().await, &polled.facts().await, name);
        // The same ids, which are known, and others, which are not.
        told.extend(scene.deliver(&deliveries).await);
        told.extend(scene.deliver(&anew(&deliveries, "again")).await);
        deliveries.reverse();
        told.extend(scene.deliver(&anew(&deliveries, "once more")).await);
        assert_eq!(sorted(told), expected(news), "{name}");
        assert_same(&scene.facts().await, &polled.facts().await, name);
        assert_eq!(scene.poll().await, [""; 0], "{name}");
        told = scene.deliver(&anew(&deliveries, "late")).await;
        assert_eq!(told, [""; 0], "{name}");
        assert_same(&scene.facts().await, &polled.facts().await, name);
    }
}

#[tokio::test]
async fn an_issue_that_tracks_no_more_does_not_come_back_with_old_news() {
    let (mut scene, old) = after(|scene| scene.world.containerd.label(3, "kind/feature")).await;
    scene.world.pass(60);
    let containerd = scene.world.containerd.clone();
    containerd.edit_title(3, "Never mind");
    containerd.edit_body(3, "Sorry.");
    let new = scene.world.model.take_deliveries();
    let told = scene.deliver(&new).await;
    assert_eq!(told.last().map(String::as_str), Some("KEP-3 #3 IssueGone"));
    assert_eq!(scene.deliver(&old).await, [""; 0]);
    assert_eq!(scene.poll().await, [""; 0]);
    assert_eq!(scene.deliver(&anew(&old, "again")).await, [""; 0]);
}

/// A sync to which GitHub gives a list as it was before something happened, of which it has told
/// already: `path` is the list.
async fn stale_sync(scene: &mut Scene, path: &str, act: fn(&Scene)) -> Vec<String> {
    let gate = Gate::default();
    let held = Fault::HeldAfter(gate.clone());
    scene.world.model.fault(On::get(path), held);
    let world = &scene.world;
    let sync = async { told(&world.sync_well().await.0.changed) };
    let meanwhile = async {
        gate.arrived(1).await;
        world.pass(5);
        act(scene);
        let mut news = Vec::new();
        for delivery in world.model.take_deliveries() {
            let event = decode(&delivery.event, &delivery.id, &delivery.payload);
            let event = event.expect("a payload").expect("an event");
            news.extend(told(&scene.apply(event).await.changed));
        }
        gate.open();
        news
    };
    let (late, mut news) = tokio::join!(sync, meanwhile);
    news.extend(late);
    news
}

#[tokio::test]
async fn a_stale_list_drops_no_issue_that_began_to_track_since() {
    let (mut scene, _) = after(|scene| scene.world.containerd.label(scene.plain, "area/cri")).await;
    scene.poll().await;
    scene.world.pass(60);
    // The page that is held is the last one: what comes after it mends nothing.
    scene.world.model.without_etags();
    let issues = "/repos/containerd/containerd/issues?state=all";
    let news = stale_sync(&mut scene, issues, |scene| {
        scene.world.containerd.edit_body(scene.plain, &form(9));
    });
    let expected_news = [
        "KEP-9 KepAdded",
        "KEP-9 #6 IssueOpened",
        "KEP-9 #6 Named([@author9])",
        "KEP-9 #7 PullOpened",
    ];
    assert_eq!(sorted(news.await), expected(&expected_news));
    scene.world.pass(60);
    assert_eq!(scene.poll().await, [""; 0]);
}

#[tokio::test]
async fn a_deleted_comment_that_a_stale_list_brings_back_goes_with_the_next_sweep() {
    let (mut scene, _) = after(|scene| {
        let containerd = &scene.world.containerd;
        containerd.edit_comment(scene.comment, "Work is under way.");
        containerd.comment("dims", 1, "When?");
    })
    .await;
    let comments = "/repos/containerd/containerd/issues/comments";
    let news = stale_sync(&mut scene, comments, |scene| {
        scene.world.containerd.delete_comment(scene.comment);
    });
    assert_eq!(news.await, [""; 0]);
    let texts = scene.world.store_comments(1).await;
    assert_eq!(texts, ["Work is under way.", "When?"]);
    scene.world.pass(60);
    assert_eq!(scene.poll().await, [""; 0]);
    assert_eq!(scene.world.store_comments(1).await, ["When?"]);
}

#[tokio::test]
async fn a_label_with_a_new_name_is_seen_by_the_sync_that_follows() {
    let (mut scene, _) = after(|scene| {
        let containerd = &scene.world.containerd;
        containerd.label(1, "target/kubernetes/v1.38");
        containerd.create_label("target/kubernetes/v1.40");
        // The list of issues shows those that changed last, whatever it is that changed.
        scene.world.pass(5);
        containerd.assign(2, "dims");
    })
    .await;
    scene.poll().await;
    scene.world.settle().await;
    scene.world.pass(60);
    let before = scene.world.sync_well().await.1;
    let containerd = scene.world.containerd.clone();
    containerd.rename_label("target/kubernetes/v1.38", "target/kubernetes/v1.39");
    let renamed = scene.world.model.take_deliveries();
    let news = "KEP-1 #1 Labels([target/kubernetes/v1.39], [target/kubernetes/v1.38])";
    assert_eq!(scene.deliver(&renamed).await, [news]);
    let store = &scene.world.store;
    let labels = store.labels("containerd/containerd").await.expect("labels");
    let labels: Vec<&str> = labels.iter().map(|label| &**label).collect();
    assert_eq!(
        labels,
        ["target/kubernetes/v1.39", "target/kubernetes/v1.40"]
    );
    scene.world.pass(60);
    scene.world.sync_well().await;
    scene.world.pass(60);
    let after = scene.world.sync_well().await.1;
    assert_eq!(after.requests, before.requests);
    assert!(after.requests <= 8, "{after:?}");
    // The same hint once more: the mark is good still.
    scene.world.model.reset_log();
    assert_eq!(scene.deliver(&anew(&renamed, "again")).await, [""; 0]);
    assert_eq!(scene.world.model.bytes(), 0);
}

#[tokio::test]
async fn an_event_that_the_forge_cannot_confirm_is_left_to_the_next_sync() {
    let (scene, _) = after(|scene| assert_eq!(scene.world.track(9), 8)).await;
    let unseen = scene.world.model.clone();
    unseen.fault(On::any().every(1), Fault::Status(503));
    let opened = scene.opened(8);
    let applied = scene.apply(opened).await;
    assert_eq!((applied.changed, applied.sync), (Vec::new(), true));
    unseen.clear_faults();
    scene.world.pass(60);
    assert_eq!(
        scene.poll().await,
        [
            "KEP-9 KepAdded",
            "KEP-9 #8 IssueOpened",
            "KEP-9 #8 Named([@author9])"
        ]
    );
}

#[tokio::test]
async fn most_events_cost_no_request() {
    let (mut scene, _) = after(|scene| scene.world.containerd.assign(1, "dims")).await;
    let happen: [fn(&Scene); 5] = [
        |scene| scene.world.containerd.close(1, "completed"),
        |scene| scene.world.containerd.merge(scene.pull),
        |scene| scene.world.containerd.delete_issue(2),
        |scene| {
            let number = scene.world.containerd.open_issue("dims", "It crashes", "");
            scene.world.containerd.close(number, "completed");
        },
        |scene| {
            let number = scene.world.containerd.open_pull("dims", "Fix it", "");
            scene.world.containerd.ask_for_review(number, "mikebrow");
        },
    ];
    for act in happen {
        scene.world.pass(60);
        act(&scene);
        scene.world.model.reset_log();
        let deliveries = scene.world.model.take_deliveries();
        scene.deliver(&deliveries).await;
        assert_eq!(scene.world.model.requests().len(), 0);
    }
}

/// A forge may tell of a request before it lists it.
#[tokio::test]
async fn a_request_for_a_review_that_is_not_listed_yet_is_asked_for_again() {
    let (mut scene, _) = after(|scene| scene.world.containerd.assign(1, "dims")).await;
    scene.world.pass(60);
    let containerd = scene.world.containerd.clone();
    containerd.ask_for_review(scene.pull, "mikebrow");
    let asked = scene.world.model.take_deliveries();
    containerd.unask_for_review(scene.pull, "mikebrow");
    scene.world.model.take_deliveries();
    scene.world.model.reset_log();
    scene.deliver(&asked).await;
    let requests = scene.world.model.requests();
    let paths: Vec<&str> = requests.iter().map(|it| &*it.path).collect();
    let lists = paths.iter().filter(|path| path.contains("/events"));
    assert_eq!(lists.count(), 2, "{paths:#?}");
}

#[tokio::test]
async fn while_the_first_pass_is_not_over_events_tell_nothing() {
    let (scene, _) = after(|scene| assert_eq!(scene.world.track(9), 8)).await;
    let nowhere = Position::default();
    let store = &scene.world.store;
    let position = store.set_position("containerd/containerd", Feed::Issues, &nowhere);
    position.await.expect("a store that works");
    let opened = scene.opened(8);
    assert_eq!(scene.apply(opened).await, Applied::default());
    let facts = store.facts(Version::Now).await.expect("facts");
    assert!(facts.issues.iter().all(|issue| issue.number != 8));
}
