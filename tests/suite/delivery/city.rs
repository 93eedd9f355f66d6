//! The bot as a process between both sides, people who talk, and what must be right in the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use kep_liaison::{
    domain::bridge::{MessageAt, unmarked},
    ports::Clock as _,
    sandbox::{
        github::{GitHub, Repository, Right},
        slack::{Channel, Outcome, Person, Said, Slack},
    },
};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::process::Child;

use super::{
    asked::Question,
    process::{Program, Shared},
    stage::{FIRST_KEP, REPO, fill, settings},
};

const KEPS: usize = 4;
/// How many effects wait, those left out that are put off for a quarter of an hour.
pub(super) const OPEN: &str =
    "SELECT COUNT(*) FROM effects WHERE settled_ms IS NULL AND name <> 'settle'";
/// How many changes and comments nobody looked at.
const UNTOLD: &str =
    "SELECT (SELECT COUNT(*) FROM changes, looked WHERE changes.id > looked.change)
    + (SELECT COUNT(*) FROM comment_news, looked WHERE comment_news.id > looked.comment)";

/// What was said and given the reaction.
pub(super) struct Relayed {
    /// A word that nothing else has.
    pub(super) word: String,
    pub(super) said: Said,
    /// Whether it was taken back, and that acknowledged.
    pub(super) undone: Option<bool>,
}

pub(super) struct City {
    pub(super) clock: Shared,
    pub(super) github: GitHub,
    containerd: Repository,
    pub(super) slack: Slack,
    pub(super) channel: Channel,
    sam: Person,
    /// The shepherd of each KEP.
    pub(super) mike: Person,
    program: Program,
    port: u16,
    pub(super) relayed: Vec<Relayed>,
    /// What was typed, by issue, and whether it was acknowledged.
    typed: BTreeMap<usize, Vec<(String, bool)>>,
    /// What a shepherd wrote, by issue.
    news: BTreeMap<usize, Vec<String>>,
    pub(super) questions: Vec<Question>,
    /// What was answered to questions, and whether that was acknowledged.
    pub(super) answers: Vec<(String, bool)>,
    _folder: TempDir,
}

impl City {
    pub(super) async fn new() -> Self {
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
        let mike = workspace.person("mikebrow");
        let port = free_port();
        workspace.deliver_to(&format!("http://127.0.0.1:{port}"));
        let mut settings = settings(
            &github,
            &slack,
            [&sam, &mike],
            std::slice::from_ref(&channel),
            "both",
        );
        let _ = write!(
            settings,
            "digest = {{ schedule = \"* * * * *\" }}\n[http]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite:{}\"\n",
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
            mike,
            program,
            port,
            relayed: Vec::new(),
            typed: BTreeMap::new(),
            news: BTreeMap::new(),
            questions: Vec::new(),
            answers: Vec::new(),
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

    pub(super) async fn start(&self) -> Child {
        self.program.start(self.port).await
    }

    /// A value from the bot's own file; `None` while there is none.
    pub(super) async fn one<T>(&self, sql: &'static str) -> Option<T>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
    {
        let path = self.program.folder.join("store.db");
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await.ok()?;
        let value = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        let _ = connection.close().await;
        value.ok()
    }

    /// Lets time run fast until something is so.
    pub(super) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let wait = async {
            while !is_so().await {
                self.passes(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(3), wait).await;
        if waited.is_err() {
            let left =
                "SELECT group_concat(key || ': ' || state || ', ' || COALESCE(why, ''), '\n')
                FROM effects WHERE settled_ms IS NULL";
            let left: Option<String> = self.one(left).await;
            let last = self.slack.attempts().pop().map(|one| one.outcome);
            panic!("{what}: not within three minutes\n{left:?}\nlast delivery: {last:?}");
        }
    }

    /// Moves to when the next effect is due, if that is all that is waited for.
    pub(super) async fn skips(&self) {
        let due = "SELECT MIN(due_ms) FROM effects WHERE has_turn = 1 AND name <> 'settle'
            AND NOT EXISTS (SELECT 1 FROM effects WHERE state = 'leased')";
        if !self.is_delivered() {
            return;
        }
        if let Some(due) = self.one::<i64>(due).await {
            let wait = due - self.clock.now().timestamp_millis();
            self.clock.advance(TimeDelta::milliseconds(wait.max(0)));
        }
    }

    /// Whether Slack delivers nothing just now.
    fn is_delivered(&self) -> bool {
        let mut attempts = self.slack.attempts().into_iter();
        attempts.all(|one| one.outcome.is_some())
    }

    /// So much real time passes, and twenty times as much on everybody's clock.
    pub(super) async fn passes(&self, real: Duration) {
        let step = Duration::from_millis(2);
        for _ in 0..=(real.as_millis() / step.as_millis()) {
            self.clock.advance(TimeDelta::milliseconds(40));
            tokio::time::sleep(step).await;
        }
    }

    /// Somebody does something. `nth` makes its words its own.
    pub(super) async fn happens(&mut self, nth: usize, kind: usize) {
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
                let text = format!("@samuelkarp: {word}");
                self.containerd.comment("mikebrow", number, &text);
                self.news.entry(issue).or_default().push(word);
            }
            3 => {
                if let Some(Relayed { word, said, .. }) = self.relayed.last() {
                    let text = format!("KEP-{kep} {word} edited");
                    self.sam.edits(said, &text).await;
                }
            }
            4 => {
                let receipts = self.relayed.iter_mut().rev().find_map(|relayed| {
                    let thread = self.channel.thread(&relayed.said.ts);
                    // A receipt may keep its button longer than it can be used.
                    let can_undo = |said: &Said| {
                        let posted_at = MessageAt::new("", "", &said.ts).said_at();
                        let age = self.clock.now() - posted_at.expect("a moment");
                        age < TimeDelta::minutes(14) && said.json.to_string().contains("Undo")
                    };
                    Some((thread.into_iter().find(can_undo)?, relayed))
                });
                if let Some((receipt, relayed)) = receipts {
                    let shown = self.sam.clicks(&receipt, "Undo").await;
                    let was_acked = relayed.undone == Some(true);
                    relayed.undone = Some(was_acked || shown.error.is_none());
                }
            }
            5 => self.asks(kep, word).await,
            _ => self.answers(word).await,
        }
    }

    /// Nothing goes wrong any more, and whatever waits is done.
    pub(super) async fn comes_to_rest(&self) {
        self.slack.clear_faults();
        self.github.clear_faults();
        let _bot = self.start().await;
        // Slack tries once more after one minute, and after five.
        for _ in 0..3 {
            let began = self.clock.now().timestamp_millis();
            self.clock.advance(TimeDelta::minutes(3));
            self.until("a sync", async || {
                let synced: Option<i64> = self.one("SELECT synced_at_ms FROM state").await;
                synced > Some(began) && self.one(UNTOLD).await == Some(0)
            })
            .await;
            self.until("an empty queue", async || {
                self.skips().await;
                self.is_delivered() && self.one(OPEN).await == Some(0)
            })
            .await;
        }
        let dead = "SELECT COUNT(*) FROM effects WHERE state = 'dead'";
        assert_eq!(self.one(dead).await, Some(0));
    }

    pub(super) fn comments(&self) -> Vec<Vec<String>> {
        let numbers = 1..=u64::try_from(KEPS).expect("a number");
        numbers
            .map(|nth| self.containerd.comments_on(nth))
            .collect()
    }

    /// How many digests were posted. None stands there twice: each has its key.
    pub(super) fn digests(&self) -> usize {
        let messages = self.channel.messages().into_iter();
        let keys = messages.filter_map(|said| {
            let payload = said.metadata?["event_payload"].take();
            Some((payload["key"].as_str()?.to_owned(), said.thread))
        });
        keys.filter(|(key, thread)| key.starts_with("digest") && thread.is_none())
            .count()
    }

    /// Whether Slack was told that something was taken in.
    fn was_taken(&self, is_it: impl Fn(&serde_json::Value) -> bool) -> bool {
        self.slack.attempts().iter().any(|one| {
            matches!(one.outcome, Some(Outcome::Acked(_))) && is_it(&one.payload["event"])
        })
    }

    /// What is wrong with what stands on both sides.
    pub(super) fn wrongs(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        let comments = self.comments();
        let messages = self.channel.messages();
        let direct = self.sam.direct().messages();
        let brought = self.mike.direct().messages();
        // By its key everything stands there once.
        let marks = comments
            .iter()
            .flatten()
            .filter_map(|body| unmarked(body).1);
        let marks = marks.map(|key| key.to_string());
        let keys = messages
            .iter()
            .chain(&direct)
            .chain(&brought)
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
                .filter(|reply| reply.words().contains("✅ Posted as"));
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
        wrongs.extend(self.wrong_questions());
        // Each comment mentions Sam, who is told of it once.
        let told: Vec<String> = direct.iter().map(Said::words).collect();
        let told = told.join("\n");
        for word in self.news.values().flatten() {
            match told.matches(word.as_str()).count() {
                1 => {}
                count => wrongs.push(format!("Sam was told of {word} {count} times")),
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
                // The card names the latest news as well.
                .filter(|said| said.ts != root.ts)
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
