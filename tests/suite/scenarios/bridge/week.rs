//! A busy week of sixty KEPs: how much of it a channel's readers see, that each piece of news is told
//! once, and that none is lost, however much of it there is.

mod plan;
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use kep_liaison::{
    ports::Clock as _,
    sandbox::{github::Openness, slack::Said},
};
use serde_json::json;

use self::{
    plan::{Act, FIRST, KEPS, shepherd, week},
    words::TITLES,
};
use super::{RELAY, Scene, Transport, unstarted};
use crate::desk::phone::phone;

/// The most that a channel's readers see in such a week outside of threads.
const MOST_OUTSIDE: usize = 40;

/// The most that its shepherds, two of whom are known on Slack, are told by direct message.
const MOST_DIRECT: usize = 15;

/// How many of these are looked at.
const SHOWN: usize = 4;

/// How often the bot asks; seldom, so that a week is short.
const POLL: Duration = Duration::from_hours(1);

/// What is to be told of a comment in the end.
struct Due {
    number: usize,
    is_gone: bool,
}

/// The week while it goes on.
struct Week {
    scene: Scene,
    issues: Vec<u64>,
    milestones: HashMap<&'static str, u64>,
    /// The comments by the numbers that the plan gives them.
    comments: HashMap<usize, u64>,
    due: BTreeMap<usize, Due>,
    /// Open pull requests by KEP.
    pulls: HashMap<usize, u64>,
    merged: Vec<u64>,
    betas: usize,
    /// Of KEPs that may get their thread before that is told.
    unsure: usize,
    minute: usize,
}

impl Week {
    async fn begin() -> Self {
        let mut scene = unstarted(Transport::Http, "").await;
        scene.tells_people = true;
        scene.settings = scene.settings.replace(
            "token = \"env:GITHUB\"",
            "token = \"env:GITHUB\", poll_interval = \"1h\"",
        );
        let mike = scene.mike.id();
        let mike =
            format!("[[people]]\ngithub = \"mikebrow\"\nslack = {{ kubernetes = \"{mike}\" }}\n");
        scene.settings.push_str(&mike);
        let files: Vec<(String, String)> = (0..KEPS).map(file).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(at, text)| (&**at, &**text)).collect();
        let enhancements = scene.github.repository("kubernetes/enhancements");
        enhancements.push(&files);
        let containerd = scene.containerd();
        let issues = (0..KEPS).map(|kep| {
            let number = FIRST + kep;
            let title = format!("[SIG-Node]: KEP-{number} - {}", TITLES[kep]);
            let body = format!(
                "### References\n\nKEP(s): KEP-{number}\nstage: alpha\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{number}\nK8s-Release: v1.37\nKEP owner: @author\nKEP-Shepherd: @{}\n",
                shepherd(kep)
            );
            let issue = containerd.open_issue("author", &title, &body);
            containerd.label(issue, "needs-triage");
            issue
        });
        let issues = issues.collect();
        let milestones = ["2.4", "2.5"].map(|title| {
            let milestone = containerd.milestone(title, None, Openness::Open);
            (title, milestone)
        });
        scene.start().await;
        scene.synced().await;
        scene.rest().await;
        scene.hook();
        scene.deliver().await;
        Self {
            scene,
            issues,
            milestones: milestones.into(),
            comments: HashMap::new(),
            due: BTreeMap::new(),
            pulls: HashMap::new(),
            merged: Vec::new(),
            betas: 0,
            unsure: 0,
            minute: 0,
        }
    }

    /// What happens in one minute.
    async fn live(&mut self, minute: usize, acts: &[Act]) {
        let passed = u64::try_from(minute - self.minute).expect("a time");
        self.minute = minute;
        self.pass(Duration::from_mins(passed)).await;
        let mut said = Vec::new();
        for act in acts {
            match act {
                Act::Comment { .. } | Act::Edit(..) | Act::Delete(_) => {
                    said.push(self.comment(act));
                }
                act => self.act(act).await,
            }
        }
        if minute % 2 == 1 {
            self.scene.deliver().await;
            for (comment, holds) in said {
                self.stored(comment, holds).await;
            }
        } else {
            // Webhooks are lost at full hours: the next poll finds it.
            self.scene.github.take_deliveries();
        }
        self.scene.rest().await;
    }

    /// Lets time pass, and waits for all that comes of it.
    async fn pass(&self, time: Duration) {
        if time.is_zero() {
            return;
        }
        self.scene.pass(time).await;
        if time >= POLL {
            let now = self.scene.clock.now();
            let known = self.scene.bot().known();
            let is_synced = || known.borrow().synced_at.is_some_and(|at| at >= now);
            // What was under way as the clock leapt is asked for again, which takes some seconds.
            self.scene.until("a sync", is_synced).await;
        }
        self.scene.rest().await;
    }

    async fn act(&mut self, act: &Act) {
        let containerd = self.scene.containerd();
        match act {
            Act::Comment { .. } | Act::Edit(..) | Act::Delete(_) => {}
            Act::Label(kep, name) => containerd.label(self.issues[*kep], name),
            Act::Unlabel(kep, name) => containerd.unlabel(self.issues[*kep], name),
            Act::Milestone(kep, title) => {
                let milestone = self.milestones[title];
                containerd.set_milestone(self.issues[*kep], Some(milestone));
            }
            Act::Pull(kep) => {
                let body = format!("Part of #{}", self.issues[*kep]);
                let pull = containerd.open_pull(
                    "author",
                    &format!("cri: {} (part {})", TITLES[*kep], kep % 3 + 1),
                    &body,
                );
                self.pulls.insert(*kep, pull);
            }
            Act::Merge(kep) => {
                let pull = self.pulls[kep];
                containerd.merge(pull);
                // Of a KEP that has no thread yet the digest will tell it.
                if self.root(*kep).is_some() {
                    self.merged.push(pull);
                }
            }
            Act::Stage(kep) => {
                let (path, text) = file(*kep);
                let text = text.replace("stage: alpha", "stage: beta");
                let enhancements = self.scene.github.repository("kubernetes/enhancements");
                enhancements.push(&[(&path, &text)]);
                // Of a KEP that has no thread yet the digest will tell it.
                if self.root(*kep).is_some() {
                    self.betas += 1;
                } else {
                    self.unsure += 1;
                }
            }
            Act::Close(kep) => containerd.close(self.issues[*kep], "completed"),
            Act::Reopen(kep) => containerd.reopen(self.issues[*kep]),
            Act::Relay { text, .. } => {
                let said = self.scene.sam.says(&self.scene.sig_node, text).await;
                self.scene.sam.reacts(&said, RELAY).await;
            }
            Act::Reply { kep, text } => {
                if let Some(root) = self.root(*kep) {
                    let said = self.scene.sam.replies(&root, text).await;
                    self.scene.sam.reacts(&said, RELAY).await;
                }
            }
        }
    }

    /// Says something on an issue: which comment it is, and which number it holds, if it stands.
    fn comment(&mut self, act: &Act) -> (u64, Option<usize>) {
        let containerd = self.scene.containerd();
        let (number, holds) = match act {
            Act::Comment {
                kep,
                author,
                number,
                text,
            } => {
                let comment = containerd.comment(author, self.issues[*kep], text);
                self.comments.insert(*number, comment);
                if *author == "liaison" || *author == shepherd(*kep) {
                    let due = Due {
                        number: *number,
                        is_gone: false,
                    };
                    self.due.insert(*number, due);
                }
                (number, Some(*number))
            }
            Act::Edit(number, new) => {
                let text = format!(
                    "Only the shim part made it, in #{new}. The CRI part misses the freeze and moves to the next release."
                );
                containerd.edit_comment(self.comments[number], &text);
                if let Some(due) = self.due.get_mut(number) {
                    due.number = *new;
                }
                (number, Some(*new))
            }
            Act::Delete(number) => {
                containerd.delete_comment(self.comments[number]);
                if let Some(due) = self.due.get_mut(number) {
                    due.is_gone = true;
                }
                (number, None)
            }
            other => panic!("{other:?} is no comment"),
        };
        (self.comments[number], holds)
    }

    /// Waits until the bot has taken in that a comment says this, or is gone.
    async fn stored(&self, comment: u64, holds: Option<usize>) {
        let mut store = self.scene.store().await;
        let began = std::time::Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            let doc: Option<String> = sqlx::query_scalar("SELECT doc FROM comments WHERE id = $1")
                .bind(i64::try_from(comment).expect("a number"))
                .fetch_optional(&mut store)
                .await
                .expect("a row");
            let is_so = match (holds, &doc) {
                (Some(number), Some(doc)) => doc.contains(&number.to_string()),
                (None, None) => true,
                _ => false,
            };
            if is_so {
                return;
            }
            self.scene.nudge().await;
        }
        panic!("the comment is not taken in");
    }

    /// How many pieces of news wait for their turn.
    async fn waiting(&self) -> i64 {
        let mut store = self.scene.store().await;
        let waiting = "SELECT COUNT(*) FROM effects WHERE settled_ms IS NULL AND name = 'news'";
        let waiting = sqlx::query_scalar(waiting).fetch_one(&mut store).await;
        waiting.expect("a number")
    }

    /// What the bot said by now that everybody sees.
    fn said(&self) -> Vec<Said> {
        let said = self.scene.sig_node.messages().into_iter();
        said.filter(|said| said.is_app).collect()
    }

    /// The root of a KEP's thread.
    fn root(&self, kep: usize) -> Option<Said> {
        let heading = format!("KEP-{}:", FIRST + kep);
        let mut said = self.said().into_iter();
        said.find(|said| said.thread.is_none() && said.words().contains(&heading))
    }

    /// Each piece of news that is due stands there once.
    fn is_told_once(&self) {
        let said = self.said().into_iter();
        let replies = said.filter(|said| said.thread.is_some());
        let replies: Vec<String> = replies.map(|said| said.words()).collect();
        let told = |what: &str| replies.iter().filter(|words| words.contains(what)).count();
        for (first, due) in &self.due {
            let number = due.number;
            let is_told = usize::from(!due.is_gone);
            assert_eq!(told(&number.to_string()), is_told, "comment {number}");
            if *first != number {
                assert_eq!(told(&first.to_string()), 0, "{first} was edited");
            }
        }
        for number in self.comments.keys().filter(|it| !self.due.contains_key(it)) {
            assert_eq!(told(&number.to_string()), 0, "{number} is no news");
        }
        for pull in &self.merged {
            let place = format!("pull request #{pull}\n merged:");
            assert_eq!(told(&place), 1, "pull request {pull}");
        }
        let betas = self.betas..=self.betas + self.unsure;
        assert!(betas.contains(&told("stage alpha → beta")), "{betas:?}");
    }

    /// What stands outside of threads, as a phone shows it.
    fn outside(&self) -> Vec<String> {
        let said = self.said();
        let outside = said
            .iter()
            .filter(|said| said.thread.is_none() || said.is_broadcast);
        let shown = outside.map(|root| phone(&json!({ "blocks": root.blocks })));
        shown.collect()
    }

    /// The thread with the most replies, whatever is folded into what: that hangs on the machine.
    fn fullest(&self) -> String {
        let said = self.said();
        let roots = said.iter().filter(|said| said.thread.is_none());
        let replies = |root: &Said| {
            let of_root = said
                .iter()
                .filter(|said| said.thread.as_ref() == Some(&root.ts));
            of_root.count()
        };
        let root = roots.max_by_key(|root| replies(root)).expect("a thread");
        let fullest = self.scene.sig_node.thread(&root.ts);
        let shown = fullest.iter().map(|said| {
            if said.is_app {
                phone(&json!({ "blocks": said.blocks }))
            } else {
                format!("({})", said.text)
            }
        });
        shown.collect::<Vec<_>>().join("\n")
    }
}

/// The file of a KEP.
fn file(kep: usize) -> (String, String) {
    let number = FIRST + kep;
    let path = format!("keps/sig-node/{number}-feature/kep.yaml");
    let text = format!(
        "title: {}\nkep-number: {number}\nowning-sig: sig-node\nstatus: implementable\nstage: alpha\nlatest-milestone: \"v1.37\"\nmilestone:\n  alpha: \"v1.37\"\n  beta: \"v1.38\"\nauthors:\n  - \"@author\"\n",
        TITLES[kep]
    );
    (path, text)
}

#[tokio::test]
async fn a_busy_week_floods_nobody_and_loses_nothing() {
    let mut busy = Week::begin().await;
    let acts = week();
    for same in acts.chunk_by(|one, other| one.0 == other.0) {
        let of_minute: Vec<Act> = same.iter().map(|(_, act)| act.clone()).collect();
        busy.live(same[0].0, &of_minute).await;
    }
    busy.pass(POLL).await;
    let outside = busy.outside();
    let all = busy.scene.workspace.unseen();
    let whispers = all.iter().filter(|said| said.is_ephemeral()).count();
    let direct = all
        .iter()
        .filter(|said| said.channel.starts_with('D'))
        .count();
    let counts = format!(
        "{} outside of threads, {whispers} for one person, {} direct",
        outside.len(),
        direct
    );
    // Which of those that come at once gets the last place of a day hangs on the machine.
    insta::assert_snapshot!(outside[..SHOWN].join("\n\n"));
    insta::assert_snapshot!(busy.fullest());
    assert!(
        outside.len() <= MOST_OUTSIDE && direct <= MOST_DIRECT,
        "{counts}"
    );
    // What waits for its turn comes in the quiet days that follow.
    for _ in 0..14 {
        if busy.waiting().await == 0 {
            break;
        }
        busy.pass(Duration::from_hours(24)).await;
    }
    assert_eq!(busy.waiting().await, 0);
    busy.is_told_once();
    // A freeze comes near meanwhile.
    let shepherd = busy.scene.person("shepherd");
    for person in [&busy.scene.sam, &busy.scene.mike, &shepherd] {
        person.direct().look_at_all();
    }
    busy.scene.sig_node.look_at_all();
    busy.scene.end().await;
}
