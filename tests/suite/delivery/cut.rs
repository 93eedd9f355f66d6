//! The process is cut off at every call that it makes, on either side of it: the next one finishes
//! what it began, and in the end there is exactly one of everything, in its order.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use kep_liaison::{
    domain::{
        Login,
        bridge::{
            Asked, ChannelAt, Effect, Item, Key, Lane, MessageAt, NewEffect, Ping, Question, Relay,
            Step, Way, unmarked,
        },
        notice::{Matter, Notice, Recipient},
    },
    ports::Outbox as _,
    sandbox::slack::Said,
};

use super::stage::{Mortals, Stage, issue_at, kep};
use crate::sync::mortal::{Fate, Side};

/// A stage, and what is said on it.
struct Play {
    stage: Stage,
    said: Said,
}

/// Where both sides stand in the end.
#[derive(Debug, PartialEq)]
struct End {
    comments: Vec<Vec<String>>,
    messages: Vec<Vec<String>>,
}

impl Play {
    async fn new() -> Self {
        let stage = Stage::new(3, 2).await;
        let said = stage
            .sam
            .says(&stage.channels[0], "KEP-4001 is in review.")
            .await;
        stage.containerd.comment("mikebrow", 3, "Needs a rebase.");
        Self { stage, said }
    }

    fn message(&self) -> MessageAt {
        MessageAt {
            channel: self.stage.channel(0),
            ts: (&*self.said.ts).into(),
        }
    }

    fn relayed(&self) -> Key {
        let MessageAt { channel, ts } = self.message();
        Key::of(["comment", "kubernetes", &*channel.id, &*ts, "4001"])
    }

    fn step(name: &str, lane: Lane, step: Step) -> NewEffect {
        NewEffect::now(Key::of([name]), lane, Effect::Step(step))
    }

    /// What Sam is told of a comment.
    fn mention(&self, name: &str, comment: u64, said: &str) -> NewEffect {
        let who = Recipient::Login(Login::parse("samuelkarp").expect("a login"));
        let matter = Matter::Mention {
            by: Some("mikebrow".into()),
            team: None,
            said: Some(said.to_owned()),
            others: 0,
            gone: false,
        };
        let notice = Notice {
            id: format!("mention/{comment}").into(),
            kep: kep(3),
            title: "Feature 4003".into(),
            at: Some(issue_at(3)),
            url: "https://github.com/containerd/containerd/issues/3".into(),
            matter,
        };
        let step = Step::Notify {
            who: who.clone(),
            to: vec![ChannelAt::new("kubernetes", self.stage.sam.id())],
            notices: vec![notice],
            is_paced: false,
        };
        Self::step(name, Lane::Told(who), step)
    }

    /// Sam asks the shepherd of a KEP.
    fn question(&self, name: &str) -> NewEffect {
        let asked = self.stage.asked();
        let lane = Question::lane(&asked, kep(3));
        let question = Question {
            asked,
            kep: kep(3),
            text: "Who *reviews* it?".to_owned(),
            message: None,
        };
        Self::step(name, lane, Step::Ping(Ping::Ask(question)))
    }

    fn answer(&self) -> NewEffect {
        let mike = &self.stage.mike;
        let answer = Ping::Answer {
            question: Key::of(["question"]),
            asked: Asked {
                user: mike.id().into(),
                channel: ChannelAt::new("kubernetes", mike.direct().id()),
                ..self.stage.asked()
            },
            text: "I do.".to_owned(),
        };
        let lane = Lane::Later(Key::of(["answer"]));
        Self::step("answer", lane, Step::Ping(answer))
    }

    /// A reaction, a command, a comment which mentions Sam, and a question that is asked twice at once
    /// come in.
    fn first(&self) -> [NewEffect; 6] {
        let (asked, message) = (self.stage.asked(), self.message());
        let person = Lane::Person(asked.channel.clone(), asked.user.clone());
        let reacted = Relay {
            asked: asked.clone(),
            way: Way::Reaction,
            message: Some(message.clone()),
            thread: None,
            kep: None,
            text: None,
            ties: None,
        };
        let typed = Relay {
            way: Way::Command,
            message: None,
            kep: Some(kep(2)),
            text: Some("*merged*".to_owned()),
            ..reacted.clone()
        };
        let news = Step::News {
            channel: asked.channel.clone(),
            kep: kep(3),
            items: vec![Item::Said {
                comment: 1,
                issue: issue_at(3),
                who: "mikebrow".into(),
                url: "https://github.com/containerd/containerd/issues/3".into(),
                markdown: Some("Needs a rebase.".to_owned()),
            }],
        };
        let thread = Lane::Thread(asked.channel.clone(), kep(3));
        [
            Self::step("reacted", Lane::Message(message), Step::Relay(reacted)),
            Self::step("typed", person, Step::Relay(typed)),
            Self::step("news", thread, news),
            self.mention("mention", 1, "@samuelkarp: it needs a rebase."),
            self.question("question"),
            self.question("question2"),
        ]
    }

    /// The message is edited, one command taken back and the other answered; another comment comes in.
    fn second(&self) -> [NewEffect; 5] {
        let (asked, message) = (self.stage.asked(), self.message());
        let [.., news, _, _, _] = self.first();
        let Effect::Step(Step::News { mut items, .. }) = news.effect else {
            unreachable!("it was made so");
        };
        if let Item::Said {
            comment, markdown, ..
        } = &mut items[0]
        {
            (*comment, *markdown) = (2, Some("It is rebased.".to_owned()));
        }
        let news = Step::News {
            channel: asked.channel.clone(),
            kep: kep(3),
            items,
        };
        let undo = Step::Undo {
            written: Key::of(["typed"]).then("comment"),
            asked: asked.clone(),
        };
        let person = Lane::Person(asked.channel, asked.user);
        let again = Step::Again {
            message: message.clone(),
        };
        [
            Self::step("again", Lane::Message(message), again),
            Self::step("undo", person, undo),
            Self::step("news2", news_lane(self), news),
            self.mention("mention2", 2, "@samuelkarp: it is rebased."),
            self.answer(),
        ]
    }

    /// A process lives as long as fate will have it; whether it came to the end of the play. What
    /// came in before comes in once more, as it does where nobody acknowledged it.
    async fn life(&self, fate: &Arc<Fate>) -> bool {
        let stage = &self.stage;
        let outbox = stage.outbox(fate);
        let deliver = stage.deliver(fate, Mortals::Everything);
        let script = async {
            for new in self.first() {
                let cause = new.key.to_string();
                stage.accept(&*outbox, &cause, &[new]).await;
            }
            stage
                .until("the relays", async || self.is_relayed().await)
                .await;
            let said = stage.channels[0].message(&self.said.ts);
            if !said.is_some_and(|said| said.is_edited) {
                stage.sam.edits(&self.said, "KEP-4001 is approved.").await;
            }
            // Long enough for the next news not to be folded into the first, cut off or not.
            stage.clock.hand.advance(Duration::from_secs(61));
            for new in self.second() {
                let cause = new.key.to_string();
                stage.accept(&*outbox, &cause, &[new]).await;
            }
            stage.until_empty().await;
        };
        let whole = Box::pin(stage.deliver_beside(deliver, script));
        fate.live(whole).await.is_some()
    }

    /// Whether nothing waits but what is put off for a quarter of an hour, or all of it came already.
    async fn is_relayed(&self) -> bool {
        let store = &self.stage.store;
        let waiting = store.load().await.expect("a store").waiting;
        let settle = store.queued(&self.relayed().then("settle")).await;
        let is_put_off = settle.expect("a store").is_some_and(|it| !it.is_over());
        let is_over = store.queued(&Key::of(["undo"])).await.expect("a store");
        waiting == u64::from(is_put_off) || is_over.is_some()
    }

    fn end(&self) -> End {
        let stage = &self.stage;
        let keyed = |said: &Said| {
            let payload = said
                .metadata
                .as_ref()
                .map(|it| it["event_payload"].to_string());
            let signs: Vec<_> = said.reactions.iter().map(|(name, _)| name).collect();
            format!(
                "{} {payload:?} {signs:?}\n{}",
                said.thread.is_some(),
                unnumbered(&said.words())
            )
        };
        let seen = |said: &&Said| !said.is_ephemeral();
        let in_channel = |channel: &kep_liaison::sandbox::slack::Channel| {
            let mut all = Vec::new();
            for root in channel.messages().iter().filter(seen) {
                if root.thread.is_none() {
                    let thread = channel.thread(&root.ts);
                    let replies = thread.iter().filter(|said| said.ts != root.ts).filter(seen);
                    all.push(
                        [root]
                            .into_iter()
                            .chain(replies)
                            .map(keyed)
                            .collect::<Vec<_>>(),
                    );
                }
            }
            // The threads stand in no order; what is in each does.
            all.sort();
            all.concat()
        };
        End {
            comments: (1..=3)
                .map(|nth| stage.containerd.comments_on(nth))
                .collect(),
            messages: stage
                .channels
                .iter()
                .map(in_channel)
                .chain([&stage.sam, &stage.mike].map(|person| in_channel(&person.direct())))
                .collect(),
        }
    }

    /// Nothing stands anywhere twice, by its key.
    fn is_each_once(&self) {
        let stage = &self.stage;
        let comments = (1..=3).flat_map(|nth| stage.containerd.comments_on(nth));
        let marks = comments.filter_map(|body| Some(unmarked(&body).1?.to_string()));
        let direct = [stage.sam.direct(), stage.mike.direct()];
        let channels = stage.channels.iter().chain(&direct);
        let messages = channels.flat_map(kep_liaison::sandbox::slack::Channel::messages);
        let keys = messages.filter_map(|said| Some(said.metadata?["event_payload"].to_string()));
        let mut seen = BTreeSet::new();
        for key in marks.chain(keys) {
            assert!(seen.insert(key.clone()), "{key} stands there twice");
        }
    }
}

/// Without the comment's number, which grows with whatever the model does.
fn unnumbered(words: &str) -> String {
    let mut parts = words.split("#issuecomment-");
    let first = parts.next().unwrap_or_default().to_owned();
    let is_digit = |sign: char| sign.is_ascii_digit();
    parts.fold(first, |words, part| {
        words + "#issuecomment-" + part.trim_start_matches(is_digit)
    })
}

fn news_lane(play: &Play) -> Lane {
    Lane::Thread(play.stage.channel(0), kep(3))
}

/// Cuts a process off at every so manieth call, and compares where that leads with where it leads
/// else.
async fn cut_off_at(side: Side, step: usize) {
    let whole = Play::new().await;
    let fate = Arc::new(Fate::none());
    assert!(whole.life(&fate).await);
    let expected = whole.end();
    whole.is_each_once();
    whole.stage.slack.nothing_was_wrong();
    insta::allow_duplicates! {
        insta::assert_debug_snapshot!("cut_off_at_calls", expected);
    }
    let calls = fate.calls();
    assert!(calls > 60, "{calls}");
    let mut cuts = 0;
    for nth in (1..=calls).step_by(step) {
        let play = Play::new().await;
        if play.life(&Arc::new(Fate::new(nth, side))).await {
            continue;
        }
        cuts += 1;
        assert!(play.life(&Arc::new(Fate::none())).await);
        play.is_each_once();
        let end = play.end();
        assert!(
            end == expected,
            "cut off {side:?} call {nth}:\n{end:#?}\ninstead of\n{expected:#?}"
        );
    }
    // Not every life takes as many.
    assert!(cuts > calls / step * 9 / 10, "{cuts} of {calls}");
}

#[tokio::test]
async fn cut_off_before_some_calls() {
    Box::pin(cut_off_at(Side::Before, 13)).await;
}

#[tokio::test]
async fn cut_off_after_some_calls() {
    Box::pin(cut_off_at(Side::After, 11)).await;
}

#[tokio::test]
#[ignore = "takes two minutes"]
async fn cut_off_before_each_call() {
    Box::pin(cut_off_at(Side::Before, 1)).await;
}

#[tokio::test]
#[ignore = "takes two minutes"]
async fn cut_off_after_each_call() {
    Box::pin(cut_off_at(Side::After, 1)).await;
}
