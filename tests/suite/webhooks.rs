//! Webhooks: from the model of GitHub, through HTTP and the router, into a store.

mod agreement;
mod decoding;
mod doings;
mod histories;
mod requests;

use std::{collections::BTreeSet, sync::Arc};

use kep_liaison::{
    domain::{CommentKind, Secret, tracking::read_pull},
    github::webhook::decode,
    jobs::sync::{Applied, Sync},
    ports::{
        Store as _,
        forge::ForgeEvent,
        store::{StoredFile, Version},
    },
    sandbox::github::{Delivery, Openness},
    web::github::router,
};
use serde_json::json;
use tokio::{
    net::TcpListener,
    sync::mpsc::{self, Receiver},
    task::AbortHandle,
};

use crate::sync::world::{World, told};

const SECRET: &str = "between us";

/// The router behind a socket, and what it handed over.
struct Route {
    url: String,
    events: Receiver<ForgeEvent>,
    task: AbortHandle,
}

impl Drop for Route {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Route {
    async fn start(room: usize) -> Self {
        let (sender, events) = mpsc::channel(room);
        let router = router(Secret::new(SECRET), sender);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let serve = async move { axum::serve(listener, router).await };
        Self {
            url: format!("http://{address}/github/webhook"),
            events,
            task: tokio::spawn(serve).abort_handle(),
        }
    }
}

/// A world that is settled, and whose repositories have the route as their webhook.
struct Scene {
    world: World,
    route: Route,
    /// A pull request that is part of #1.
    pull: u64,
    /// An issue that is none of a KEP's, and a pull request that names it.
    plain: u64,
    milestone: u64,
    /// A comment on #1, and one at a line of the pull request.
    comment: u64,
    review_comment: u64,
}

impl Scene {
    async fn new() -> Self {
        let world = World::with_keps(4).await;
        let containerd = world.containerd.clone();
        let milestone = containerd.milestone("2.4", None, Openness::Open);
        containerd.set_milestone(2, Some(milestone));
        let pull = containerd.open_pull("author1", "Streaming", "Part of #1");
        let plain = containerd.open_issue("dims", "Please help", "Nothing yet.");
        containerd.open_pull("dims", "Help", &format!("Fixes #{plain}"));
        world.settle().await;
        world.pass(60);
        let comment = containerd.comment("mikebrow", 1, "Work began.");
        let review_comment = containerd.review_comment("mikebrow", pull, "a.go", "Why?");
        world.settle().await;
        world.pass(60);
        let route = Route::start(64).await;
        for repository in [&world.enhancements, &world.releases, &world.containerd] {
            let name = repository.full_name();
            world.model.webhook(&name, &route.url, SECRET);
        }
        let pings = world.model.deliver_all().await;
        assert_eq!(pings, [Some(200); 3]);
        Self {
            world,
            route,
            pull,
            plain,
            milestone,
            comment,
            review_comment,
        }
    }

    /// Delivers, takes in what is handed over, and follows hints; what that told.
    async fn deliver(&mut self, deliveries: &[Delivery]) -> Vec<String> {
        let mut news = Vec::new();
        for delivery in deliveries {
            let status = self.world.model.deliver(delivery).await;
            assert_eq!(
                status,
                Some(200),
                "{} {:?}",
                delivery.event,
                delivery.action
            );
            while let Ok(event) = self.route.events.try_recv() {
                let applied = self.apply(event).await;
                news.extend(told(&applied.changed));
                if applied.sync {
                    news.extend(told(&self.world.sync_well().await.0.changed));
                }
            }
        }
        news
    }

    async fn apply(&self, event: ForgeEvent) -> Applied {
        let applied = self.sync().apply(event).await;
        applied.expect("a store that works")
    }

    /// What GitHub says when a tracking issue of KEP-9 is opened.
    fn opened(&self, number: u64) -> ForgeEvent {
        let issue = self.world.containerd.issue(number);
        let repository = json!({"full_name": "containerd/containerd"});
        let payload = json!({"action": "opened", "issue": issue, "repository": repository});
        let decoded = decode("issues", "1", payload.to_string().as_bytes());
        decoded.expect("a payload").expect("an event")
    }

    fn sync(&self) -> Sync<'_> {
        let world = &self.world;
        Sync::new(
            &world.github,
            &world.store,
            &world.clock,
            &world.sources,
            &world.settings,
        )
    }

    /// Asks for everything, the slow look included; what that told.
    async fn poll(&self) -> Vec<String> {
        let mut news = told(&self.world.sync_well().await.0.changed);
        let report = self.sync().sweep().await.expect("a store that works");
        assert_eq!(report.errors, [] as [String; 0]);
        news.extend(told(&report.changed));
        news
    }

    /// Everything that the store holds of KEPs, in words.
    async fn facts(&self) -> BTreeSet<String> {
        let store = &self.world.store;
        let facts = store.facts(Version::Now).await.expect("facts");
        let mut all = BTreeSet::new();
        let is_there = |number: &u64| {
            let mut issues = facts.issues.iter();
            issues.any(|issue| issue.number == *number && issue.pull.is_none())
        };
        for issue in &facts.issues {
            // A pull request stays when its issue goes, until polling comes by it for some reason.
            let links = read_pull(&Arc::new(issue.clone()), &self.world.settings.runtimes[0]);
            if links.is_some_and(|it| it.keps.is_empty() && !it.issues.iter().any(is_there)) {
                continue;
            }
            let comments = store.comments(&issue.repository, issue.number).await;
            let comments = comments.expect("comments");
            all.extend(comments.iter().map(|comment| match comment.kind {
                // Their numbers grow with whatever the model does.
                CommentKind::Summary => format!("{} {}", comment.issue, comment.body),
                _ => format!("{comment:?}"),
            }));
            // How a milestone stands is told by the list of them, not by each issue.
            let mut issue = issue.clone();
            if let Some(milestone) = &mut issue.milestone {
                (milestone.open, milestone.due) = (true, None);
            }
            all.insert(format!("{issue:?}"));
        }
        let file = |file: &StoredFile| format!("{}/{} {}", file.repository, file.path, file.sha);
        all.extend(facts.files.iter().map(file));
        all.extend(facts.milestones.iter().map(|it| format!("{it:?}")));
        all.extend(facts.problems.iter().map(|it| format!("{it:?}")));
        let labels = store.labels("containerd/containerd").await.expect("labels");
        all.extend(labels.iter().map(|label| format!("label {label}")));
        all
    }
}

/// Compares what two stores hold, and shows only what is not in both.
fn assert_same(one: &BTreeSet<String>, other: &BTreeSet<String>, name: &str) {
    let differences: Vec<_> = one.symmetric_difference(other).collect();
    assert!(differences.is_empty(), "{name}: {differences:#?}");
}

/// The same deliveries under other ids, so that nobody knows them again by those.
fn anew(deliveries: &[Delivery], how: &str) -> Vec<Delivery> {
    let again = deliveries.iter().cloned().map(|mut delivery| {
        delivery.id = format!("{}-{how}", delivery.id);
        delivery
    });
    again.collect()
}
