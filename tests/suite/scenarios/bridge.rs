//! What is said on one side and stands on the other: relays to the tracking issues, and their news
//! in the KEP's thread.

mod admins;
mod again;
mod echo;
mod feeds;
mod lost;
mod missed;
mod news;
mod retried;
mod room;
mod slow;
mod tied;
mod ways;
mod week;
mod who;
pub(super) mod words;
mod workspaces;

use std::time::Duration;

use chrono::TimeDelta;
use kep_liaison::{
    ports::Clock as _,
    sandbox::{
        github::Repository,
        slack::{Person, Said, Workspace},
    },
};
use serde_json::json;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{BOTH, Scene, Transport};
use crate::desk::phone::phone;

const CONTAINERD: &str = "containerd/containerd";
/// The tracking issue of KEP-5825, whose shepherd is Sam.
pub(super) const ISSUE: u64 = 1;
/// The tracking issue of KEP-4680, which has another shepherd.
pub(super) const OTHER: u64 = 2;
const RELAY: &str = "satellite_antenna";
const SECRET: &str = "between us";

/// Effects that are under way, or due within half a minute.
const TO_DO: &str = "SELECT COUNT(*) FROM effects WHERE settled_ms IS NULL \
    AND (state = 'leased' OR has_turn = 1 AND due_ms < $1 + 30000)";
/// News that nobody has looked at.
const TO_TELL: &str = "SELECT (SELECT COUNT(*) = 0 FROM looked) \
    + (SELECT COUNT(*) FROM comment_news WHERE id > (SELECT comment FROM looked)) \
    + (SELECT COUNT(*) FROM changes WHERE id > (SELECT change FROM looked))";

/// A bot that bridges `#sig-node`, and that has taken in what was there before. `more` is said of the
/// channel in the settings.
async fn bridged(transport: Transport, more: &str) -> Scene {
    let mut scene = unstarted(transport, more).await;
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene
}

/// The same before the bot is started.
pub(super) async fn unstarted(transport: Transport, more: &str) -> Scene {
    let mut scene = Scene::before_start(transport).await;
    scene.containerd().open_issue(
        "author",
        "[SIG-Node]: KEP-4680 - Add Resource Health Status to the Pod Status",
        "### References\n\nKEP(s): KEP-4680\nstage: beta\nKEP Issue: https://github.com/kubernetes/enhancements/issues/4680\nK8s-Release: v1.37\nKEP owner: @author\nKEP-Shepherd: @shepherd\n",
    );
    scene.containerd().assign(OTHER, "shepherd");
    for (name, roles) in [("liaison", r#"["liaison"]"#), ("shepherd", "[]")] {
        let person = scene.person(name);
        let section = format!(
            "[[people]]\ngithub = \"{name}\"\nslack = {{ kubernetes = \"{}\" }}\nroles = {roles}\n",
            person.id()
        );
        scene.settings.push_str(&section);
    }
    let channel = format!(
        "[[channels]]\nworkspace = \"kubernetes\"\nid = \"{}\"\nbridge = \"both\"\n{more}\n",
        scene.sig_node.id()
    );
    scene.settings.push_str(&channel);
    scene.sam.invites_bot(&scene.sig_node).await;
    scene.workspace.shortcut("relay");
    let secret = ("GITHUB_WEBHOOK_SECRET".to_owned(), SECRET.to_owned());
    scene.tokens.push(secret);
    scene
}

impl Scene {
    /// Somebody in `#sig-node`.
    pub(super) fn person(&self, name: &str) -> Person {
        let person = self.workspace.person(name);
        let _ = self.sig_node.clone().with(&[&person]);
        person
    }

    pub(super) fn containerd(&self) -> Repository {
        self.github.repository(CONTAINERD)
    }

    /// The comments on the tracking issue of KEP-5825.
    fn comments(&self) -> Vec<String> {
        self.containerd().comments_on(ISSUE)
    }

    /// Lets time pass as far as somebody waits for it, half a minute at a time at most.
    pub(super) async fn nudge(&self) {
        self.give_way().await;
        // Nothing is late by it.
        if self.slack.is_delivering() || self.clock.is_asking() {
            return;
        }
        let wake = self.clock.next_wake().map(|wake| wake - self.clock.now());
        if let Some(time) = wake.filter(|time| *time < TimeDelta::seconds(30)) {
            self.clock.advance(time.to_std().unwrap_or_default());
        }
    }

    async fn give_way(&self) {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until something is so.
    pub(super) async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let wait = async {
            while !is_so() {
                self.nudge().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "{what}: not within twenty seconds");
    }

    /// Waits until nothing is left to be done within half a minute.
    pub(super) async fn rest(&self) {
        let wait = async {
            let mut looks = 0;
            // Once more, so that whoever was under way has gone to sleep.
            while looks < 2 {
                if self.slack.is_delivering() || self.to_do().await > 0 {
                    looks = 0;
                    self.nudge().await;
                } else {
                    looks += 1;
                    self.give_way().await;
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "the queue does not come to rest");
    }

    /// The bot's own store.
    pub(super) async fn store(&self) -> SqliteConnection {
        let path = self.folder.path().join("store.db");
        let store = SqliteConnectOptions::new().filename(path).connect().await;
        store.expect("the store")
    }

    async fn to_do(&self) -> i64 {
        let mut store = self.store().await;
        let now = self.clock.now().timestamp_millis();
        let effects: i64 = sqlx::query_scalar(TO_DO)
            .bind(now)
            .fetch_one(&mut store)
            .await
            .expect("a number");
        let news: i64 = sqlx::query_scalar(TO_TELL)
            .fetch_one(&mut store)
            .await
            .expect("a number");
        store.close().await.expect("an end");
        effects + news
    }

    /// A poll, and all that comes of it.
    pub(super) async fn poll(&self) {
        self.rest().await;
        let before = self.clock.now();
        let mut known = self.bot().known();
        // A poll that was under way moves the next one back.
        for _ in 0..5 {
            self.next_poll().await;
            let synced = known.wait_for(|known| known.synced_at.is_some_and(|at| at > before));
            if tokio::time::timeout(Duration::from_secs(4), synced)
                .await
                .is_ok()
            {
                return self.rest().await;
            }
        }
        panic!("no sync goes through");
    }

    /// Has GitHub tell the bot what happens from now on.
    pub(super) fn hook(&self) {
        let url = format!("http://{}/github/webhook", self.bot().address());
        let feeds = [
            "kubernetes/enhancements",
            "kubernetes/sig-release",
            CONTAINERD,
        ];
        for repository in feeds {
            self.github.webhook(repository, &url, SECRET);
        }
    }

    /// Delivers what GitHub has to tell.
    pub(super) async fn deliver(&self) {
        let statuses = self.github.deliver_all().await;
        assert!(statuses.iter().all(|status| *status == Some(200)));
    }

    /// Everything that was said by now, roots aside whose card was only made anew.
    async fn new_said(&self) -> Vec<Said> {
        let mut said = self.all_said().await;
        let edits = self.slack.calls_of("chat.update");
        let is_anew = |said: &Said| edits.iter().any(|call| call.arguments["ts"] == *said.ts);
        said.retain(|said| said.thread.is_some() || !is_anew(said));
        said
    }

    /// So many messages, as soon as they are said.
    async fn hears_all(&self, many: usize) -> Vec<Said> {
        let unseen = || self.workspace.unseen().len() >= many;
        self.until(&format!("{many} messages"), unseen).await;
        let said = self.new_said().await;
        let words: Vec<String> = said.iter().map(Said::words).collect();
        assert_eq!(said.len(), many, "{words:#?}");
        said
    }

    /// The comment on KEP-5825's issue that holds some words.
    async fn commented(&self, words: &str) -> String {
        let holds = |comment: &String| comment.contains(words);
        self.until(words, || self.comments().iter().any(holds))
            .await;
        self.comments()
            .into_iter()
            .find(holds)
            .expect("it is there")
    }

    /// What is said next in the channel.
    pub(super) async fn hears(&self) -> Said {
        let unseen = || !self.workspace.unseen().is_empty();
        self.until("something in the channel", unseen).await;
        self.sig_node.next().await
    }

    /// The next thing that is said, which only one person sees.
    async fn whispers(&self, to: &Person) -> String {
        let said = self.hears().await;
        assert_eq!(said.only_for.as_deref(), Some(to.id()), "{}", said.words());
        said.words()
    }

    /// Everything that was said by now and that nobody has looked at.
    pub(super) async fn all_said(&self) -> Vec<Said> {
        self.rest().await;
        let said = self.workspace.unseen();
        self.sig_node.look_at_all();
        said
    }

    /// The same as a phone shows it.
    async fn story(&self) -> String {
        let mut said = self.all_said().await;
        // What one person is told comes in no order with what others are.
        said.sort_by_key(Said::is_ephemeral);
        let told: Vec<String> = said.iter().map(|said| self.shown(said)).collect();
        told.join("\n\n")
    }

    fn shown(&self, said: &Said) -> String {
        let mut place = match &said.thread {
            Some(root) => {
                let root = self.sig_node.message(root);
                let root = root.map(|root| root.text).unwrap_or_default();
                let first: String = root
                    .lines()
                    .next()
                    .unwrap_or("…")
                    .chars()
                    .take(30)
                    .collect();
                format!("below {first:?}")
            }
            None => "in #sig-node".to_owned(),
        };
        if let Some(user) = &said.only_for {
            let people = self.workspace.people();
            let name = people.iter().find(|one| one.id() == user).map(Person::name);
            let name = name.unwrap_or_default();
            place = format!("{place}, for {name} alone");
        }
        if said.is_broadcast {
            place += ", and in the channel";
        }
        let edits = self.slack.calls_of("chat.update");
        if edits.iter().any(|call| call.arguments["ts"] == *said.ts) {
            place += ", changed";
        }
        format!("——— {place}\n{}", phone(&json!({ "blocks": said.blocks })))
    }

    /// A comment without the mark, which holds numbers of Slack's.
    fn unmarked(comment: &str) -> &str {
        let (text, mark) = comment.rsplit_once("\n\n").expect("a mark");
        assert!(mark.starts_with("<!-- kep-liaison key="), "{mark}");
        text
    }

    /// A message of Sam's that stands on the tracking issue, and the receipt below it.
    async fn relayed(&self, text: &str) -> (Said, Said) {
        let said = self.sam.says(&self.sig_node, text).await;
        self.sam.reacts(&said, RELAY).await;
        let receipt = self.hears().await;
        assert!(
            receipt.words().contains("✅ Posted as"),
            "{}",
            receipt.words()
        );
        self.rest().await;
        (said, receipt)
    }

    /// The thread of KEP-5825, begun by a comment of Sam's; its root.
    async fn thread(&self) -> Said {
        self.containerd()
            .comment("samuelkarp", ISSUE, "Work on this has begun.");
        self.poll().await;
        let said = self.all_said().await;
        assert_eq!(said.len(), 2, "{said:?}");
        said[0].clone()
    }

    /// Asks for a relay by the message's menu, and fills in the dialog.
    async fn relays(&self, person: &Person, said: &Said, values: &[(&str, &str)]) {
        person.shortcut("relay", said).await;
        let is_open = |_: &Workspace| person.modal().is_some();
        self.workspace.until("a dialog", is_open).await;
        let dialog = person.modal().expect("it is open");
        let shown = person.submits(&dialog, values).await;
        assert_eq!(shown.error, None);
    }
}
