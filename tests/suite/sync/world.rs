//! A small world for syncs: three repositories on the model of GitHub, a store, a clock.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, TimeZone as _, Utc};
use kep_liaison::{
    config::Config,
    domain::{
        Secret, Settings,
        board::Board,
        change::{Change, What},
    },
    github::{Credentials, GitHub},
    jobs::{
        facts::{Sources, facts_of},
        sync::{Past, Report, Sync},
    },
    ports::{Clock, Dice, Painter, Store, StoreError, painter::Drawing, store::Version},
    sandbox::{
        clock::ManualClock,
        github::{GitHub as Model, Repository, Right},
    },
    store::{Mode, SqliteStore},
};

/// What draws nothing.
pub(crate) struct NoPictures;

#[async_trait]
impl Painter for NoPictures {
    async fn chart(&self, _: DateTime<Utc>) -> Result<Option<Drawing>, StoreError> {
        Ok(None)
    }
}

/// Jitter of nothing.
pub(crate) struct NoChance;

impl Dice for NoChance {
    fn roll(&self) -> f64 {
        0.0
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) model: Model,
    pub(crate) enhancements: Repository,
    pub(crate) releases: Repository,
    pub(crate) containerd: Repository,
    pub(crate) store: SqliteStore,
    pub(crate) github: GitHub,
    pub(crate) sources: Sources,
    pub(crate) settings: Settings,
}

pub(crate) fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 5, 12, 0, 0)
        .single()
        .expect("a moment")
}

/// A `kep.yaml` of SIG-Node.
pub(crate) fn kep_yaml(number: usize, stage: &str) -> String {
    format!(
        "title: Feature {number}\nkep-number: {number}\nowning-sig: sig-node\nstatus: implementable\nstage: {stage}\nlatest-milestone: \"v1.38\"\nauthors:\n  - \"@author{number}\"\n"
    )
}

pub(crate) fn kep_path(number: usize) -> String {
    format!("keps/sig-node/{number}-feature/kep.yaml")
}

/// The body that the issue form makes.
pub(crate) fn form(number: usize) -> String {
    format!(
        "### What is the problem\n\nA KEP.\n\n### References\n\nKEP(s): KEP-{number}\nstage: alpha\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{number}\nK8s-Release: v1.38\nKEP owner: @author{number}\nKEP-Shepherd: @mikebrow\n"
    )
}

impl World {
    /// Three repositories with little in them, and a token that may read them.
    async fn new(base_path: &str) -> Self {
        let clock = ManualClock::skipping(noon());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let model = Model::start_at(base_path, Arc::clone(&shared)).await;
        let enhancements = model.repository("kubernetes/enhancements");
        let releases = model.repository("kubernetes/sig-release");
        let containerd = model.repository("containerd/containerd");
        enhancements.push(&[("README.md", "KEPs")]);
        releases.push(&[
            ("README.md", "SIG Release"),
            (
                "releases/release-1.38/README.md",
                kep_liaison::sample::file("releases/release-1.37.md").expect("a page"),
            ),
        ]);
        containerd.push(&[(
            "RELEASES.md",
            kep_liaison::sample::file("releases/containerd-RELEASES.md").expect("a page"),
        )]);
        let token = model.token(
            "kep-liaison-bot",
            &[("containerd/containerd", Right::Triage)],
        );
        let dice: Arc<dyn Dice> = Arc::new(NoChance);
        let credentials = Credentials::Token(Secret::new(&token));
        let github = GitHub::new(model.url(), credentials, [], &shared, &dice).expect("a client");
        let config = Config::default();
        Self {
            clock,
            enhancements,
            releases,
            containerd,
            store: SqliteStore::open(":memory:", Mode::Write)
                .await
                .expect("a store"),
            github,
            sources: config.sources(),
            settings: config.settings(),
            model,
        }
    }

    /// KEPs and their tracking issues with the numbers from 1 on.
    pub(crate) async fn with_keps(count: usize) -> Self {
        Self::at("", count).await
    }

    /// The same on a GitHub whose API begins at this path.
    pub(crate) async fn at(base_path: &str, count: usize) -> Self {
        let world = Self::new(base_path).await;
        let files: Vec<(String, String)> = (1..=count)
            .map(|number| (kep_path(number), kep_yaml(number, "alpha")))
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        world.enhancements.push(&files);
        for number in 1..=count.min(5) {
            world.track(number);
        }
        world
    }

    pub(crate) fn track(&self, number: usize) -> u64 {
        let title = format!("[SIG-Node]: KEP-{number} - Feature {number}");
        self.containerd.open_issue("author1", &title, &form(number))
    }

    fn job(&self) -> Sync<'_> {
        Sync::new(
            &self.github,
            &self.store,
            &self.clock,
            &self.sources,
            &self.settings,
        )
    }

    /// Looks at a week of the past; how many requests that took.
    pub(crate) async fn look_back(&self, past: &mut Past) -> u64 {
        let before = self.github.counts().requests;
        let board = self.board().await;
        let looked = self.job().look_back(&board, past).await;
        looked.expect("a store that works");
        self.github.counts().requests - before
    }

    pub(crate) async fn sync(&self) -> Report {
        self.job().run().await.expect("a store that works")
    }

    pub(crate) async fn sweep(&self) -> Report {
        self.job().sweep().await.expect("a store that works")
    }

    pub(crate) async fn sweep_well(&self) -> Report {
        let report = self.sweep().await;
        assert_eq!(report.errors, [] as [String; 0]);
        report
    }

    /// A sync that goes through, and what it cost: requests, of them answered "the same", bytes.
    pub(crate) async fn sync_well(&self) -> (Report, Cost) {
        let before = self.github.counts();
        let report = self.sync().await;
        assert_eq!(report.errors, [] as [String; 0]);
        assert!(!report.failed);
        let after = self.github.counts();
        let cost = Cost {
            requests: after.requests - before.requests,
            not_modified: after.not_modified - before.not_modified,
            bytes: after.bytes - before.bytes,
        };
        (report, cost)
    }

    /// Syncs until nothing is new, and forgets what that told.
    pub(crate) async fn settle(&self) {
        self.sync_well().await;
        self.pass(60);
        self.sync_well().await;
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }

    /// The comments that are stored of one of containerd's issues.
    pub(crate) async fn store_comments(&self, issue: u64) -> Vec<String> {
        let comments = self.store.comments("containerd/containerd", issue).await;
        let comments = comments.expect("comments");
        comments
            .iter()
            .map(|comment| comment.body.to_string())
            .collect()
    }

    pub(crate) async fn board(&self) -> Board {
        let stored = self.store.facts(Version::Now).await.expect("facts");
        Board::build(
            facts_of(stored, &self.sources, &self.settings),
            &self.settings,
        )
    }

    /// What a board made from the model's own state would be, in the words of its JSON: numbers of
    /// KEPs with stage, and of tracking issues with state, label and milestone.
    pub(crate) async fn summary(&self) -> BTreeSet<String> {
        let board = self.board().await;
        let mut lines = BTreeSet::new();
        for entry in board.entries() {
            lines.insert(format!(
                "KEP-{} {}",
                entry.kep.number,
                entry.kep.stage.raw()
            ));
            for tracking in entry.issues() {
                let issue = &tracking.issue;
                lines.insert(format!(
                    "#{} {} {} {:?} {:?}",
                    issue.number,
                    issue.title,
                    issue.state.as_str(),
                    issue.labels,
                    issue.milestone.as_ref().map(|milestone| &milestone.title),
                ));
            }
        }
        lines
    }
}

/// What a sync cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) requests: u64,
    pub(crate) not_modified: u64,
    pub(crate) bytes: u64,
}

/// Changes in short.
pub(crate) fn told(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| {
            let issue = change
                .issue
                .as_ref()
                .map(|(_, number)| format!(" #{number}"))
                .unwrap_or_default();
            format!("KEP-{}{issue} {}", change.kep, what(&change.what))
        })
        .collect()
}

fn what(what: &What) -> String {
    format!("{what:?}").replace("Some(", "(").replace('"', "")
}
