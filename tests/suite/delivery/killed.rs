//! The bot is killed while people talk and both sides fail: in the end both hold one of everything
//! that was taken in, in its order.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use kep_liaison::{
    domain::bridge::unmarked,
    ports::Clock as _,
    sandbox::{
        github::{Fault as Broken, GitHub, On as Request, Repository, Right},
        slack::{Channel, Fault, Gate, On, Outcome, Person, Said, Slack},
    },
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::process::Child;

use super::{
    process::{Program, Shared},
    stage::{FIRST_KEP, REPO, fill, settings},
};

const KEPS: usize = 4;

/// What was said and given the reaction.
struct Relayed {
    /// A word that nothing else has.
    word: String,
    said: Said,
    /// Whether it was taken back, and that acknowledged.
    undone: Option<bool>,
}

struct City {
    clock: Shared,
    github: GitHub,
    containerd: Repository,
    slack: Slack,
    channel: Channel,
    sam: Person,
    program: Program,
    port: u16,
    relayed: Vec<Relayed>,
    /// What was typed, by issue, and whether it was acknowledged.
    typed: BTreeMap<usize, Vec<(String, bool)>>,
    /// What a shepherd wrote, by issue.
    news: BTreeMap<usize, Vec<String>>,
    _folder: TempDir,
}

impl City {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let clock = Shared::create(folder.path());
        let shared = Arc::new(clock.clone());
        let github = GitHub::start(shared.clone()).await;
        let containerd = fill(&github, KEPS);
        let token = github.token("kep-liaison-bot", &[(REPO, Right::Triage)]);
        github.set_budget("kep-liaison-bot", 1_000_000);
        let slack = Slack::start(shared).await;
        // Each process begins to count anew.
        slack.without_limits();
        let workspace = slack.workspace("kubernetes");
        let sam = workspace.person("samuelkarp");
        let channel = workspace.channel("sig-node").with(&[&sam]);
        sam.invites_bot(&channel).await;
        let port = free_port();
        workspace.deliver_to(&format!("http://127.0.0.1:{port}"));
        let mut settings = settings(&github, &slack, &sam, std::slice::from_ref(&channel));
        let _ = write!(
            settings,
            "[http]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite:{}\"\n",
            folder.path().join("store.db").display()
        );
        fs::write(folder.path().join("settings.toml"), settings).expect("settings");
        let program = Program {
            folder: folder.path().to_owned(),
            secrets: vec![
                ("BOT", workspace.bot_token()),
                ("SIGNING", workspace.signing_secret()),
                ("GITHUB", token),
            ],
        };
        let city = Self {
            clock,
            github,
            containerd,
            slack,
            channel,
            sam,
            program,
            port,
            relayed: Vec::new(),
            typed: BTreeMap::new(),
            news: BTreeMap::new(),
            _folder: folder,
        };
        // A first life, in which it learns what there is, which is no news.
        let mut bot = city.start().await;
        city.until("a first sync", async || {
            city.one("SELECT COUNT(*) FROM looked").await == Some(1)
        })
        .await;
        bot.kill().await.expect("SIGKILL");
        city
    }

    async fn start(&self) -> Child {
        self.program.start(self.port).await
    }

    /// A number from the bot's own file; `None` while there is none.
    async fn one(&self, sql: &'static str) -> Option<i64> {
        let path = self.program.folder.join("store.db");
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await.ok()?;
        let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        let _ = connection.close().await;
        number.ok()
    }

    /// Lets time run fast until something is so.
    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let wait = async {
            while !is_so().await {
                self.passes(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(3), wait).await;
        assert!(waited.is_ok(), "{what}: not within three minutes");
    }

    /// Moves to when the next effect is due, if that is all that is waited for.
    async fn skips(&self) {
        let due = "SELECT MIN(due_ms) FROM effects WHERE has_turn = 1 AND name <> 'settle'
            AND NOT EXISTS (SELECT 1 FROM effects WHERE state = 'leased')";
        if let Some(due) = self.one(due).await {
            let wait = due - self.clock.now().timestamp_millis();
            self.clock.advance(TimeDelta::milliseconds(wait.max(0)));
        }
    }

    /// So much real time passes, and fifty times as much on everybody's clock.
    async fn passes(&self, real: Duration) {
        let step = Duration::from_millis(2);
        for _ in 0..=(real.as_millis() / step.as_millis()) {
            self.clock.advance(TimeDelta::milliseconds(100));
            tokio::time::sleep(step).await;
        }
    }

    /// Somebody does something. `nth` makes its words its own.
    async fn happens(&mut self, nth: usize, kind: usize) {
        let issue = nth % KEPS + 1;
        let kep = FIRST_KEP + issue - 1;
        let word = format!("word-{nth}.");
        match kind {
            0 => {
                let text = format!("KEP-{kep} {word}");
                let said = self.sam.says(&self.channel, &text).await;
                self.sam.reacts(&said, "satellite_antenna").await;
                self.relayed.push(Relayed {
                    word,
                    said,
                    undone: None,
                });
            }
            1 => {
                let typed = format!("/kep update {kep} {word}");
                let shown = self.sam.types(&self.channel, &typed).await;
                let reply = shown.reply.as_ref().map(Said::words);
                let is_acked = reply.is_some_and(|words| words.contains("On its way"));
                self.typed.entry(issue).or_default().push((word, is_acked));
            }
            2 => {
                let number = u64::try_from(issue).expect("a number");
                self.containerd.comment("mikebrow", number, &word);
                self.news.entry(issue).or_default().push(word);
            }
            3 => {
                if let Some(Relayed { word, said, .. }) = self.relayed.last() {
                    let text = format!("KEP-{kep} {word} edited");
                    self.sam.edits(said, &text).await;
                }
            }
            _ => {
                let receipts = self.relayed.iter_mut().rev().find_map(|relayed| {
                    let thread = self.channel.thread(&relayed.said.ts);
                    let can_undo = |said: &Said| said.json.to_string().contains("Undo");
                    Some((thread.into_iter().find(can_undo)?, relayed))
                });
                if let Some((receipt, relayed)) = receipts {
                    let shown = self.sam.clicks(&receipt, "Undo").await;
                    let was_acked = relayed.undone == Some(true);
                    relayed.undone = Some(was_acked || shown.error.is_none());
                }
            }
        }
    }

    /// Nothing goes wrong any more, and whatever waits is done.
    async fn comes_to_rest(&self) {
        self.slack.clear_faults();
        self.github.clear_faults();
        let _bot = self.start().await;
        // Slack tries once more after five minutes, and the forge is asked every two.
        self.clock.advance(TimeDelta::minutes(3));
        self.passes(Duration::from_millis(300)).await;
        let is_over = || {
            let mut attempts = self.slack.attempts().into_iter();
            attempts.all(|one| one.outcome.is_some())
        };
        let open = "SELECT COUNT(*) FROM effects WHERE settled_ms IS NULL AND name <> 'settle'";
        for _ in 0..3 {
            self.until("an empty queue", async || {
                self.skips().await;
                is_over() && self.one(open).await == Some(0)
            })
            .await;
            self.clock.advance(TimeDelta::minutes(3));
            self.passes(Duration::from_millis(200)).await;
        }
        let dead = "SELECT COUNT(*) FROM effects WHERE state = 'dead'";
        assert_eq!(self.one(dead).await, Some(0));
    }

    fn comments(&self) -> Vec<Vec<String>> {
        let numbers = 1..=u64::try_from(KEPS).expect("a number");
        numbers
            .map(|nth| self.containerd.comments_on(nth))
            .collect()
    }

    /// Whether Slack was told that something was taken in.
    fn was_taken(&self, is_it: impl Fn(&serde_json::Value) -> bool) -> bool {
        self.slack.attempts().iter().any(|one| {
            matches!(one.outcome, Some(Outcome::Acked(_))) && is_it(&one.payload["event"])
        })
    }

    /// What is wrong with what stands on both sides.
    fn wrongs(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        let comments = self.comments();
        let messages = self.channel.messages();
        // By its key everything stands there once.
        let marks = comments
            .iter()
            .flatten()
            .filter_map(|body| unmarked(body).1);
        let marks = marks.map(|key| key.to_string());
        let keys = messages
            .iter()
            .filter_map(|said| Some(said.metadata.as_ref()?["event_payload"].to_string()));
        let mut seen = BTreeSet::new();
        for key in marks.chain(keys) {
            if !seen.insert(key.clone()) {
                wrongs.push(format!("twice: {key}"));
            }
        }
        let count = |word: &str| {
            let all = comments.iter().flatten();
            all.filter(|body| body.contains(word) && unmarked(body).1.is_some())
                .count()
        };
        for Relayed { word, said, undone } in &self.relayed {
            let is_it = |event: &serde_json::Value| {
                event["type"] == "reaction_added" && event["item"]["ts"] == *said.ts
            };
            let taken = usize::from(self.was_taken(is_it));
            let expected = match undone {
                Some(true) => 0..=0,
                Some(false) => 0..=1,
                None => taken..=1,
            };
            if !expected.contains(&count(word)) {
                wrongs.push(format!("{word} {} comments, {undone:?}", count(word)));
            }
            if taken == 0 || undone.is_some() {
                continue;
            }
            let now = self.channel.message(&said.ts).expect("it is there");
            let is_edited = |event: &serde_json::Value| event["message"]["ts"] == *said.ts;
            if now.is_edited && self.was_taken(is_edited) && count(&format!("{word} edited")) != 1 {
                wrongs.push(format!("{word} is not edited"));
            }
            if !now
                .reactions
                .iter()
                .any(|(name, _)| name == "white_check_mark")
            {
                wrongs.push(format!("{word} has no tick"));
            }
            let thread = self.channel.thread(&said.ts);
            let receipts = thread
                .iter()
                .filter(|reply| reply.words().contains("On the tracking issue"));
            if receipts.count() != 1 {
                wrongs.push(format!("{word} has not one receipt"));
            }
        }
        for (issue, words) in &self.typed {
            let on = &comments[issue - 1];
            let place = |word: &String| on.iter().position(|body| body.contains(word.as_str()));
            for (word, is_acked) in words {
                if count(word) < usize::from(*is_acked) || count(word) > 1 {
                    wrongs.push(format!("{word} {} comments, {is_acked}", count(word)));
                }
            }
            let places: Vec<_> = words.iter().filter_map(|(word, _)| place(word)).collect();
            if !places.is_sorted() {
                wrongs.push(format!("out of order on #{issue}: {places:?}"));
            }
        }
        let roots = messages
            .iter()
            .filter(|said| said.is_app && said.thread.is_none());
        let roots: Vec<&Said> = roots.filter(|said| !said.is_ephemeral()).collect();
        for (issue, words) in &self.news {
            let kep = format!("KEP-{}:", FIRST_KEP + issue - 1);
            let mut threads = roots.iter().filter(|root| root.words().starts_with(&kep));
            let (Some(root), None) = (threads.next(), threads.next()) else {
                wrongs.push(format!("{kep} has not one thread"));
                continue;
            };
            let told: Vec<String> = self
                .channel
                .thread(&root.ts)
                .iter()
                .map(Said::words)
                .collect();
            let told = told.join("\n");
            let places: Vec<_> = words.iter().map(|word| told.find(word.as_str())).collect();
            if !places.is_sorted() || places.contains(&None) {
                wrongs.push(format!("news of #{issue}: {words:?} at {places:?}"));
            }
            wrongs.extend(
                words
                    .iter()
                    .filter(|word| told.matches(word.as_str()).count() > 1)
                    .cloned(),
            );
        }
        wrongs
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Kills it at so many moments of a life, while people go on and both sides fail.
async fn killed(times: usize) {
    let mut random = SmallRng::seed_from_u64(5825);
    let mut city = City::new().await;
    for (nth, fault) in [
        Fault::StatusAfter(500),
        Fault::DropAfter,
        Fault::Drop,
        Fault::Hang,
        Fault::TooManyRequests(5),
    ]
    .into_iter()
    .enumerate()
    {
        let seed = u64::try_from(nth).expect("a number");
        city.slack.fault(On::any().chance(0.03, seed), fault);
    }
    for (nth, fault) in [
        Broken::StatusAfter(500),
        Broken::DropAfter,
        Broken::Drop,
        Broken::Hang,
        Broken::TooManyRequests(5),
    ]
    .into_iter()
    .enumerate()
    {
        let seed = u64::try_from(nth).expect("a number");
        city.github.fault(Request::any().chance(0.03, seed), fault);
    }
    for nth in 0..times {
        let mut bot = city.start().await;
        let kind = random.random_range(0..5);
        city.happens(nth, kind).await;
        let soon = Duration::from_millis(random.random_range(0..300));
        city.passes(soon).await;
        bot.kill().await.expect("SIGKILL");
        city.clock.advance(TimeDelta::seconds(20));
    }
    city.comes_to_rest().await;
    let wrongs = city.wrongs();
    assert!(wrongs.is_empty(), "{wrongs:#?}");
    let comments: usize = city.comments().iter().map(Vec::len).sum();
    assert!(comments > times / 3, "{comments} comments");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_some_moments() {
    killed(12).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes"]
async fn killed_at_two_hundred_moments() {
    killed(200).await;
}

/// A request to one side at which it is killed.
#[derive(Debug, Clone, Copy)]
enum Side {
    Slack,
    GitHub,
}

/// Kills it at each request of a relay, a command and a piece of news, before the far side does
/// anything or once it did; whether there was such a request.
async fn killed_at(city: &mut City, round: usize, nth: usize, side: Side, is_after: bool) -> bool {
    let gate = Gate::default();
    match (side, is_after) {
        (Side::Slack, false) => city
            .slack
            .fault(On::any().nth(nth), Fault::Held(gate.clone())),
        (Side::Slack, true) => city
            .slack
            .fault(On::any().nth(nth), Fault::HeldAfter(gate.clone())),
        (Side::GitHub, false) => city
            .github
            .fault(Request::post("").nth(nth), Broken::Held(gate.clone())),
        (Side::GitHub, true) => city
            .github
            .fault(Request::post("").nth(nth), Broken::HeldAfter(gate.clone())),
    }
    let mut bot = city.start().await;
    for kind in 0..3 {
        city.happens(round * 3 + kind, kind).await;
    }
    let open = "SELECT COUNT(*) FROM effects WHERE settled_ms IS NULL AND name <> 'settle'";
    let is_struck = tokio::select! {
        () = gate.arrived(1) => true,
        () = async {
            let word = &city.relayed.last().expect("it was said").word;
            let stands = |body: &String| body.contains(word.as_str());
            city.until("the end", async || {
                city.comments().iter().flatten().any(stands) && city.one(open).await == Some(0)
            })
            .await;
        } => false,
    };
    bot.kill().await.expect("SIGKILL");
    gate.open();
    city.slack.clear_faults();
    city.github.clear_faults();
    city.comes_to_rest().await;
    let wrongs = city.wrongs();
    assert!(
        wrongs.is_empty(),
        "killed at {side:?} {nth}, {is_after}: {wrongs:#?}"
    );
    is_struck
}

async fn killed_at_requests(step: usize) {
    let mut city = City::new().await;
    let mut round = 0;
    for (side, is_after) in [
        (Side::Slack, false),
        (Side::Slack, true),
        (Side::GitHub, false),
        (Side::GitHub, true),
    ] {
        let mut struck = 0;
        for nth in (1..).step_by(step) {
            round += 1;
            if !killed_at(&mut city, round, nth, side, is_after).await {
                break;
            }
            struck += 1;
        }
        assert!(struck > 0, "{side:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_some_requests() {
    killed_at_requests(15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes"]
async fn killed_at_each_request() {
    killed_at_requests(1).await;
}
