//! A stage for the deliverer alone: the models of both sides behind real HTTP, and a store in memory.

use std::{collections::HashMap, fmt::Write as _, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    config::Config,
    domain::{
        KepNumber, Secret, Settings,
        bridge::{
            Asked, Below, ChannelAt, Channels, Effect, IssueAt, Key, Lane, NewEffect, Saying,
        },
        people::People,
    },
    github::{Credentials, GitHub},
    jobs::{
        deliver::Deliver,
        follow::{Follow, Known},
        sync::Sync,
    },
    ports::{Chat, Clock, Dice, Forge, Outbox, outbox::Cause},
    sandbox::{
        github::{GitHub as Model, Repository, Right},
        slack::{Channel, Person, Slack},
    },
    slack::{api, chat::SlackChat},
    store::{Mode, SqliteStore},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::driven::Driven;
use crate::sync::{
    mortal::{Fate, Mortal},
    world::{NoChance, NoPictures, form, kep_path, kep_yaml, noon},
};

pub(super) const REPO: &str = "containerd/containerd";
/// The number of the first KEP; the others follow. Its tracking issue has the number 1.
pub(super) const FIRST_KEP: usize = 4001;
pub(super) struct Stage {
    pub(super) clock: Driven,
    pub(super) github: Model,
    pub(super) containerd: Repository,
    pub(super) slack: Slack,
    /// The first is bridged both ways, the second hears news of the other.
    pub(super) channels: Vec<Channel>,
    pub(super) sam: Person,
    /// The shepherd of each KEP.
    pub(super) mike: Person,
    pub(super) store: Arc<SqliteStore>,
    /// Calls of the store that are under way.
    calls: Arc<Fate>,
    forge: Arc<dyn Forge>,
    chats: HashMap<Box<str>, Arc<dyn Chat>>,
    known: watch::Receiver<Arc<Known>>,
    settings: Arc<Settings>,
    people: watch::Receiver<Arc<People>>,
    bridged: Arc<Channels>,
    pub(super) queued: Arc<Notify>,
}

/// Which calls may meet their fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mortals {
    Everything,
    FarSides,
}

impl Stage {
    /// So many KEPs with an issue each, and so many channels.
    pub(super) async fn new(keps: usize, channels: usize) -> Self {
        Self::bridged(keps, channels, "both").await
    }

    /// The same with channels that are bridged so.
    pub(super) async fn bridged(keps: usize, channels: usize, bridge: &str) -> Self {
        let clock = Driven::at(noon());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let github = Model::start(shared.clone()).await;
        let containerd = fill(&github, keps);
        let token = github.token("kep-liaison-bot", &[(REPO, Right::Triage)]);
        let slack = Slack::start(shared.clone()).await;
        let workspace = slack.workspace("kubernetes");
        let sam = workspace.person("samuelkarp");
        let named = |nth| workspace.channel(&format!("channel-{nth}")).with(&[&sam]);
        let channels: Vec<Channel> = (0..channels).map(named).collect();
        for channel in &channels {
            sam.invites_bot(channel).await;
        }
        let mike = workspace.person("mikebrow");
        let config = settings(&github, &slack, [&sam, &mike], &channels, bridge);
        let config = Config::parse(&config, "settings").expect("settings");
        let dice: Arc<dyn Dice> = Arc::new(NoChance);
        let credentials = Credentials::Token(Secret::new(&token));
        let forge = GitHub::new(github.url(), credentials, [], &shared, &dice).expect("a client");
        let forge: Arc<dyn Forge> = Arc::new(forge);
        let store = SqliteStore::open(":memory:", Mode::Write).await;
        let store = Arc::new(store.expect("a store"));
        let settings = Arc::new(config.settings());
        let sources = config.sources();
        let sync = Sync::new(&*forge, &*store, &*shared, &sources, &settings);
        let report = sync.run().await.expect("a store that works");
        assert_eq!(report.errors, [] as [String; 0]);
        let follow = Follow {
            forge: forge.clone(),
            store: store.clone(),
            clock: shared.clone(),
            dice,
            sources,
            settings: settings.clone(),
            poll_interval: Duration::from_mins(2),
        };
        let known = Arc::new(follow.load().await.expect("a board"));
        let client = api::client(&slack.api_url()).expect("a client");
        let bot = api::Api::new(client, &Secret::new(&workspace.bot_token()), shared.clone());
        let chat: Arc<dyn Chat> = Arc::new(SlackChat::new(bot, shared));
        Self {
            clock,
            github,
            containerd,
            slack,
            channels,
            sam,
            mike,
            store,
            calls: Arc::new(Fate::none()),
            forge,
            chats: HashMap::from([("kubernetes".into(), chat)]),
            known: watch::channel(known).1,
            settings,
            people: watch::channel(Arc::new(config.people())).1,
            bridged: Arc::new(config.bridged()),
            queued: Arc::default(),
        }
    }

    /// What the deliverer, or whoever takes something in, sees of the queue.
    pub(super) fn outbox(&self, fate: &Arc<Fate>) -> Arc<dyn Outbox> {
        let inner: Arc<dyn Outbox> = self.store.clone();
        let counted: Arc<dyn Outbox> = Arc::new(Mortal {
            inner,
            fate: self.calls.clone(),
        });
        Arc::new(Mortal {
            inner: counted,
            fate: fate.clone(),
        })
    }

    /// The deliverer of a process that starts now.
    pub(super) fn deliver(&self, fate: &Arc<Fate>, mortals: Mortals) -> Arc<Deliver> {
        let outbox = match mortals {
            Mortals::Everything => self.outbox(fate),
            Mortals::FarSides => self.outbox(&Arc::new(Fate::none())),
        };
        let chats = self.chats.iter().map(|(name, chat)| {
            let chat: Arc<dyn Chat> = Arc::new(Mortal {
                inner: chat.clone(),
                fate: fate.clone(),
            });
            (name.clone(), chat)
        });
        let forge = Mortal {
            inner: self.forge.clone(),
            fate: fate.clone(),
        };
        Arc::new(Deliver {
            outbox,
            chats: Arc::new(chats.collect()),
            forge: Arc::new(forge),
            known: self.known.clone(),
            settings: self.settings.clone(),
            people: self.people.clone(),
            followers: watch::channel(Arc::default()).1,
            channels: self.bridged.clone(),
            clock: Arc::new(self.clock.clone()),
            painter: Arc::new(NoPictures),
            dice: Arc::new(NoChance),
            queued: self.queued.clone(),
        })
    }

    /// Lets a deliverer run beside some work, and stops it after that.
    pub(super) async fn deliver_beside<T>(
        &self,
        deliver: Arc<Deliver>,
        work: impl Future<Output = T>,
    ) -> T {
        let stop = CancellationToken::new();
        let work = async {
            let done = work.await;
            stop.cancel();
            done
        };
        tokio::join!(deliver.run(stop.clone()), work).1
    }

    /// Delivers all that waits.
    pub(super) async fn deliver_all(&self) {
        let deliver = self.deliver(&Arc::new(Fate::none()), Mortals::FarSides);
        self.deliver_beside(deliver, self.until_empty()).await;
    }

    /// Returns once everything stands still but for those who wait for a time to come.
    pub(super) async fn quiet(&self) {
        let mut turns = 0;
        while turns < 40 {
            tokio::task::yield_now().await;
            let is_quiet = self.calls.is_idle() && self.clock.is_idle();
            turns = if is_quiet { turns + 1 } else { 0 };
        }
    }

    /// Lets time pass whenever nothing else happens, until something is so.
    pub(super) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let wait = async {
            loop {
                self.quiet().await;
                if is_so().await {
                    return;
                }
                if let Some(wake) = self.clock.hand.next_wake() {
                    self.clock.hand.set(wake.max(self.clock.now()));
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(10), wait).await;
        assert!(waited.is_ok(), "{what}: not within ten minutes");
    }

    /// The same until nothing waits to be done. To count what waits would take the longer the more it
    /// is.
    pub(super) async fn until_empty(&self) {
        let is_empty = async || self.store.next_due(&[]).await.expect("a store").is_none();
        self.until("an empty queue", is_empty).await;
    }

    /// Queues effects as one thing that came in.
    pub(super) async fn accept(&self, outbox: &dyn Outbox, cause: &str, effects: &[NewEffect]) {
        let accepted = outbox.accept(self.clock.now(), Cause::Came(cause), effects);
        accepted.await.expect("a store that works");
        self.queued.notify_one();
    }

    pub(super) fn channel(&self, nth: usize) -> ChannelAt {
        ChannelAt::new("kubernetes", self.channels[nth].id())
    }

    /// A comment below the issue of a number.
    pub(super) fn comment(&self, name: &str, issue: u64) -> NewEffect {
        let effect = Effect::Comment {
            issue: issue_at(issue),
            kep: kep(issue),
            body: name.to_owned(),
            of: None,
            asked: self.asked(),
        };
        NewEffect::now(Key::of([name]), Lane::Issue(issue_at(issue)), effect)
    }

    /// A message in a channel, one after the other in a lane of that name.
    pub(super) fn post(&self, name: &str, channel: usize, lane: &str) -> NewEffect {
        let channel = self.channel(channel);
        let effect = Effect::Post {
            channel: channel.clone(),
            below: Below::Channel,
            saying: Saying::Plain(name.into()),
        };
        NewEffect::now(Key::of([name]), Lane::Person(channel, lane.into()), effect)
    }

    pub(super) fn asked(&self) -> Asked {
        Asked {
            user: self.sam.id().into(),
            channel: self.channel(0),
            at_ms: noon().timestamp_millis(),
        }
    }

    /// When so many seconds after the beginning.
    pub(super) fn seconds(at: DateTime<Utc>) -> f64 {
        (at - noon()).as_seconds_f64()
    }

    /// When a method of Slack was called.
    pub(super) fn called(&self, method: &str) -> Vec<DateTime<Utc>> {
        let calls = self.slack.calls_of(method);
        calls.iter().map(|call| call.at).collect()
    }

    /// When comments were written.
    pub(super) fn commented(&self) -> Vec<DateTime<Utc>> {
        let requests = self.github.requests().into_iter();
        let writes = requests.filter(|request| request.method == "POST");
        writes.map(|request| request.at).collect()
    }
}

pub(super) fn issue_at(number: u64) -> IssueAt {
    IssueAt {
        repository: REPO.into(),
        number,
    }
}

/// The KEP whose tracking issue has a number.
pub(super) fn kep(issue: u64) -> KepNumber {
    let first = u64::try_from(FIRST_KEP).expect("a number");
    KepNumber::new(u32::try_from(first + issue - 1).expect("a number")).expect("a KEP's number")
}

/// Fills GitHub with KEPs and their issues.
pub(super) fn fill(github: &Model, keps: usize) -> Repository {
    let enhancements = github.repository("kubernetes/enhancements");
    let containerd = github.repository(REPO);
    let numbers = FIRST_KEP..FIRST_KEP + keps;
    let files: Vec<(String, String)> = numbers
        .clone()
        .map(|number| (kep_path(number), kep_yaml(number, "alpha")))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    enhancements.push(&files);
    let page = |name| kep_liaison::sample::file(name).expect("a page");
    github.repository("kubernetes/sig-release").push(&[(
        "releases/release-1.38/README.md",
        page("releases/release-1.37.md"),
    )]);
    containerd.push(&[("RELEASES.md", page("releases/containerd-RELEASES.md"))]);
    for number in numbers {
        let title = format!("[SIG-Node]: KEP-{number} - Feature {number}");
        containerd.open_issue("author1", &title, &form(number));
    }
    containerd
}

/// Settings in which all channels are bridged so, one person is a liaison, and another a shepherd.
pub(super) fn settings(
    github: &Model,
    slack: &Slack,
    [sam, mike]: [&Person; 2],
    channels: &[Channel],
    bridge: &str,
) -> String {
    let mut settings = format!(
        r#"
        slack = {{ api_url = "{slack}", commands_per_minute = 1_000_000 }}
        github = {{ api_url = "{github}", token = "env:GITHUB" }}
        [[workspaces]]
        name = "kubernetes"
        mode = "http"
        bot_token = "env:BOT"
        signing_secret = "env:SIGNING"
        [[people]]
        github = "samuelkarp"
        roles = ["liaison"]
        slack = {{ kubernetes = "{sam}" }}
        [[people]]
        github = "mikebrow"
        slack = {{ kubernetes = "{mike}" }}
        "#,
        slack = slack.api_url(),
        github = github.url(),
        sam = sam.id(),
        mike = mike.id(),
    );
    for channel in channels {
        // Writing to a String cannot fail.
        let _ = write!(
            settings,
            "[[channels]]\nworkspace = \"kubernetes\"\nid = \"{}\"\nbridge = \"{bridge}\"\n",
            channel.id()
        );
    }
    settings
}

/// Time that passed, at least.
pub(super) fn at_least(apart: &[DateTime<Utc>], seconds: &[i64]) {
    let waits: Vec<TimeDelta> = apart.windows(2).map(|two| two[1] - two[0]).collect();
    let wanted: Vec<TimeDelta> = seconds.iter().map(|it| TimeDelta::seconds(*it)).collect();
    let is_enough = waits
        .iter()
        .zip(&wanted)
        .all(|(wait, wanted)| wait >= wanted);
    assert!(
        is_enough && waits.len() == wanted.len(),
        "{waits:?}, not {wanted:?}"
    );
}
