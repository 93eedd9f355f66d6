//! A process that ends at any await of its work, on either side of it: whoever comes after it
//! finishes what it began, and the store is in the end as if nothing had happened. Each change was
//! told once: the store's record of changes is what counts, because a telling is either in it or
//! is still to come.

use std::{fs, path::PathBuf, sync::Arc};

use kep_liaison::{
    domain::Secret,
    github::{Credentials, GitHub, webhook::decode},
    jobs::sync::Sync,
    ports::{Clock, Dice, forge::ForgeEvent},
    sandbox::github::{Openness, ReviewState},
    store::{Mode, SqliteStore},
};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::{
    mortal::{Fate, Mortal, Side},
    world::{NoChance, World, form, kep_path, kep_yaml, noon},
};

/// Everything that a store holds but moments, numbers of rows and the revision: these tell of the
/// way, not of where it led.
const ROWS: [&str; 11] = [
    "SELECT json_array('file', repository, path, sha, gone, told, read, was_sha, was_read) FROM files",
    "SELECT json_array('issue', repository, number, updated_at, gone, told, doc, was) FROM issues",
    "SELECT json_array('mention', repository, pull, issue) FROM mentions",
    "SELECT json_array('comment', repository, kind, id, issue, doc) FROM comments",
    "SELECT json_array('milestone', repository, number, title, is_open, due_day) FROM milestones",
    "SELECT json_array('label', repository, name) FROM labels",
    "SELECT json_array('position', repository, feed, since, page, broken, tag, tree, settled) FROM positions",
    "SELECT json_array('problem', place, why) FROM problems",
    "SELECT json_array('change', doc) FROM changes",
    "SELECT json_array('day', day, summary) FROM days",
    "SELECT json_array('note', key, value) FROM notes",
];

/// Something that happens, in a world with a comment on the first issue.
type Happening = (&'static str, fn(&World, u64));

/// What the process that is cut off was about to do.
enum Work {
    Sync,
    Sweep,
    Apply(Box<ForgeEvent>),
}

/// A world that does not change any more, and a store that is behind it.
struct Stage {
    world: World,
    token: String,
    folder: TempDir,
    /// A comment on the first issue.
    comment: u64,
}

impl Stage {
    /// A world with something of each kind in it, and an empty store.
    async fn new() -> Self {
        let world = World::with_keps(4).await;
        let containerd = &world.containerd;
        let milestone = containerd.milestone("2.4", None, Openness::Open);
        containerd.set_milestone(2, Some(milestone));
        containerd.create_label("kind/feature");
        containerd.open_pull("author1", "Streaming", "Part of #1");
        containerd.open_issue("dims", "Please help", "Nothing yet.");
        containerd.open_pull("dims", "Help", "Fixes #6");
        world.model.set_budget("kep-liaison-bot", 1_000_000);
        world.model.set_points_a_minute(1_000_000);
        let token = world.model.token("kep-liaison-bot", &[]);
        let mut stage = Self {
            world,
            token,
            folder: TempDir::new().expect("a folder"),
            comment: 0,
        };
        stage.begin().await;
        stage
    }

    /// The same with a store that knows all of it, two comments on the first issue included.
    async fn settled() -> Self {
        let mut stage = Self::new().await;
        stage.world.settle().await;
        stage.world.pass(60);
        stage.comment = stage.world.containerd.comment("mikebrow", 1, "Work began.");
        stage.world.containerd.comment("dims", 1, "When?");
        stage.world.settle().await;
        stage.world.sweep_well().await;
        stage.world.pass(60);
        stage.world.store.close().await;
        fs::rename(stage.path(), stage.base()).expect("a store");
        stage
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("now.db")
    }

    /// The store as it was before the work.
    fn base(&self) -> PathBuf {
        self.folder.path().join("before.db")
    }

    /// A process starts: nothing of another one's memory is there.
    async fn start(&mut self) {
        let clock: Arc<dyn Clock> = Arc::new(self.world.clock.clone());
        let dice: Arc<dyn Dice> = Arc::new(NoChance);
        let credentials = Credentials::Token(Secret::new(&self.token));
        let url = self.world.model.url();
        self.world.github = GitHub::new(url, credentials, [], &clock, &dice).expect("a client");
        let store = SqliteStore::open(self.path(), Mode::Write).await;
        self.world.store = store.expect("a store");
    }

    /// Everything is as it was before the work.
    async fn begin(&mut self) {
        for name in ["now.db", "now.db-wal", "now.db-shm"] {
            let _ = fs::remove_file(self.folder.path().join(name));
        }
        if self.base().exists() {
            fs::copy(self.base(), self.path()).expect("a copy");
        }
        self.start().await;
    }

    /// Does the work, as fate will have it; whether it came to its end.
    async fn work(&self, work: &Work, fate: &Fate) -> bool {
        let world = &self.world;
        let (github, store) = (&world.github, &world.store);
        let github = Mortal {
            inner: github,
            fate,
        };
        let store = Mortal { inner: store, fate };
        let (sources, settings) = (&world.sources, &world.settings);
        let job = Sync::new(&github, &store, &world.clock, sources, settings);
        let done = async {
            match work {
                Work::Sync => job.run().await.map(drop),
                Work::Sweep => job.sweep().await.map(drop),
                Work::Apply(event) => job.apply((**event).clone()).await.map(drop),
            }
        };
        match fate.live(done).await {
            None => false,
            Some(done) => {
                done.expect("a store that works");
                true
            }
        }
    }

    /// What the next process does: it asks for everything, the slow look included.
    async fn finish(&self) {
        self.world.sync_well().await;
        self.world.sweep_well().await;
    }

    /// All rows, in the order of their words.
    async fn rows(&self) -> Vec<String> {
        let options = SqliteConnectOptions::new().filename(self.path());
        let mut connection = options.connect().await.expect("a connection");
        let mut all = Vec::new();
        for rows in ROWS {
            let found: Vec<String> = sqlx::query_scalar(rows)
                .fetch_all(&mut connection)
                .await
                .expect("rows");
            // Who did a thing is lost with what told of it, and nothing else is.
            let by = ",\"by\":\"containerd\"".replace('"', "\\\"");
            all.extend(found.into_iter().map(|row| row.replace(&by, "")));
        }
        connection.close().await.expect("an end");
        all.sort();
        all
    }

    /// Cuts the work off at every await, and compares where that leads with where it leads else.
    async fn cut_off_everywhere(&mut self, name: &str, work: &Work) {
        let now = self.world.clock.now();
        self.begin().await;
        let whole = Fate::new(usize::MAX, Side::Before);
        assert!(self.work(work, &whole).await);
        self.finish().await;
        let expected = self.rows().await;
        let mut cuts = 0;
        for side in [Side::Before, Side::After] {
            for nth in 1.. {
                self.world.clock.set(now);
                self.begin().await;
                if self.work(work, &Fate::new(nth, side)).await {
                    break;
                }
                cuts += 1;
                self.start().await;
                self.finish().await;
                let rows = self.rows().await;
                let lost: Vec<_> = expected.iter().filter(|row| !rows.contains(row)).collect();
                let added: Vec<_> = rows.iter().filter(|row| !expected.contains(row)).collect();
                assert!(
                    rows == expected,
                    "{name}, cut off {side:?} call {nth}\nlost: {lost:#?}\nadded: {added:#?}"
                );
            }
        }
        assert!(cuts > 4, "{name}: {cuts}");
    }

    /// What GitHub says of something that happens.
    fn events(&self, act: fn(&World, u64)) -> Vec<ForgeEvent> {
        self.world.model.take_deliveries();
        act(&self.world, self.comment);
        let deliveries = self.world.model.take_deliveries();
        let decoded = deliveries.iter().map(|it| {
            let decoded = decode(&it.event, &it.id, &it.payload);
            decoded.expect("a payload that is understood")
        });
        decoded.flatten().collect()
    }
}

#[tokio::test]
async fn a_first_sync() {
    let mut stage = Stage::new().await;
    stage.world.clock.set(noon() + chrono::TimeDelta::hours(1));
    stage.cut_off_everywhere("a first sync", &Work::Sync).await;
}

#[tokio::test]
async fn a_sync_of_news() {
    let mut stage = Stage::settled().await;
    let world = &stage.world;
    let containerd = &world.containerd;
    world
        .enhancements
        .push(&[(&kep_path(3), &kep_yaml(3, "beta"))]);
    containerd.comment("mikebrow", 2, "Work began.");
    containerd.close(3, "completed");
    containerd.open_milestone(1, Openness::Closed);
    let later = containerd.milestone("2.5", None, Openness::Open);
    containerd.set_milestone(2, Some(later));
    // A pull request that named it before it tracked anything comes with it.
    containerd.edit_body(6, &form(9));
    let elsewhere = world.model.repository("containerd/project");
    containerd.transfer(4, &elsewhere);
    world.pass(60);
    stage
        .cut_off_everywhere("a sync of news", &Work::Sync)
        .await;
}

#[tokio::test]
async fn a_sweep() {
    let mut stage = Stage::settled().await;
    let world = &stage.world;
    world.containerd.delete_comment(stage.comment);
    world.containerd.delete_issue(2);
    let elsewhere = world.model.repository("containerd/project");
    world.containerd.transfer(3, &elsewhere);
    world.containerd.convert_to_discussion(4);
    world.containerd.create_label("target/kubernetes/v1.39");
    world.pass(60);
    stage.cut_off_everywhere("a sweep", &Work::Sweep).await;
}

#[tokio::test]
async fn every_kind_of_event() {
    let happenings: [Happening; 11] = [
        ("an issue is labelled", |world, _| {
            world.containerd.label(1, "target/kubernetes/v1.38");
        }),
        ("an issue is opened", |world, _| {
            world.track(9);
        }),
        ("an issue begins to track", |world, _| {
            world.containerd.edit_body(6, &form(9));
        }),
        ("an issue tracks no more", |world, _| {
            world.containerd.edit_title(2, "Never mind");
            world.containerd.edit_body(2, "Nothing.");
        }),
        ("an issue is deleted", |world, _| {
            world.containerd.delete_issue(3);
        }),
        ("an issue is transferred", |world, _| {
            let elsewhere = world.model.repository("containerd/project");
            world.containerd.transfer(4, &elsewhere);
        }),
        ("a comment is written", |world, _| {
            world.containerd.comment("dims", 1, "And now?");
        }),
        ("a comment is edited", |world, comment| {
            world.containerd.edit_comment(comment, "Work goes on.");
        }),
        ("a comment is deleted", |world, comment| {
            world.containerd.delete_comment(comment);
        }),
        ("a pull request is reviewed", |world, _| {
            let verdict = ReviewState::Approved;
            world.containerd.review("mikebrow", 5, verdict, "Good.");
        }),
        ("a label is made", |world, _| {
            world.containerd.create_label("target/kubernetes/v1.39");
        }),
    ];
    for (name, act) in happenings {
        let mut stage = Stage::settled().await;
        let repository = stage.world.containerd.full_name();
        let nowhere = "http://127.0.0.1:9/";
        stage.world.model.webhook(&repository, nowhere, "secret");
        let events = stage.events(act);
        stage.world.pass(60);
        // Where there are several the last one shows it all.
        let event = events.into_iter().last().expect("an event");
        let work = Work::Apply(Box::new(event));
        stage.cut_off_everywhere(name, &work).await;
    }
}
