//! What follows from a write: once it is done, or once it is given up.

use super::{Bridge, UNDO_WITHIN, Undecided, again::STRUCK, news::said_key, notice::keys_of};
use crate::{
    domain::bridge::{
        Asked, Below, Effect, Item, Key, Lane, MessageAt, NewEffect, Question, Relayed, Saying,
        Step, Written,
    },
    ports::outbox::{LatestNews, Settled, Thread},
};

/// The bot's own sign on a message that stands on a tracking issue.
const TICK: &str = "white_check_mark";

/// Why something was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// For people, as a part of a sentence.
    pub why: String,
    /// Whether what it hung on is gone: the thread's root.
    pub is_rootless: bool,
}

impl Bridge<'_> {
    /// What follows once an effect is done.
    pub async fn done(
        &self,
        key: &Key,
        effect: &Effect,
        written: Option<&Written>,
    ) -> Result<Settled, Undecided> {
        let mut settled = Settled {
            written: written.cloned(),
            ..Settled::default()
        };
        match (effect, written) {
            (
                Effect::Comment {
                    issue,
                    kep,
                    body,
                    of,
                    asked,
                },
                _,
            ) => {
                let elsewhere = self.tell_elsewhere(key, issue, *kep, body, of.as_ref(), asked);
                let elsewhere = elsewhere.await;
                let receipt = Saying::Receipt {
                    kep: *kep,
                    written: key.clone(),
                    undo: true,
                    tied: of.as_ref().is_some_and(|of| of.tied),
                    issue: Some(issue.clone()),
                    told: !elsewhere.is_empty(),
                    struck: false,
                };
                settled.then = match of {
                    Some(of) => {
                        let is_first = !self.another_stands(&of.message, key).await?;
                        receipts(key, of, asked, receipt, is_first)
                    }
                    None => vec![tell(key.then("receipt"), asked, None, receipt)],
                };
                settled.then.extend(elsewhere);
            }
            (Effect::EditComment { written, body, .. }, _) => {
                settled.then = self.tell_again(key, written, body).await?;
                if body.starts_with(STRUCK) {
                    let receipt = self.receipt_again(key, written, true).await?;
                    settled.then.extend(receipt);
                }
            }
            (Effect::DeleteComment { written, asked }, _) => {
                settled.erased = vec![written.clone()];
                settled.then = self.taken_back(key, written, asked).await?;
            }
            (
                Effect::Post {
                    channel,
                    below: Below::Root(kep),
                    ..
                },
                Some(Written::Message(MessageAt { ts, .. })),
            ) => {
                settled.threads = vec![Thread {
                    channel: channel.clone(),
                    kep: *kep,
                    root: ts.clone(),
                    root_key: key.clone(),
                    latest: None,
                }];
            }
            (
                Effect::Post {
                    channel,
                    below: Below::Thread { kep, .. },
                    saying: Saying::News { .. },
                },
                _,
            ) => {
                if let Some(thread) = self.outbox.thread_of(channel, *kep).await? {
                    let latest = LatestNews {
                        key: key.clone(),
                        at: self.now,
                    };
                    settled.threads = vec![Thread {
                        latest: Some(latest),
                        ..thread
                    }];
                }
            }
            _ => {}
        }
        settled.aliases = aliases(effect);
        Ok(settled)
    }

    /// Whether a message stands on the tracking issue of another KEP, too.
    async fn another_stands(&self, of: &MessageAt, than: &Key) -> Result<bool, Undecided> {
        let MessageAt { channel, ts } = of;
        let relayed = Key::of(["comment", &*channel.workspace, &*channel.id, &**ts]);
        for (comment, _) in self.outbox.comments_below(&relayed).await? {
            if comment != *than && self.outbox.written(&comment).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is said, on all sides, of a text that was taken back.
    async fn taken_back(
        &self,
        key: &Key,
        written: &Key,
        asked: &Asked,
    ) -> Result<Vec<NewEffect>, Undecided> {
        let queued = self.outbox.queued(written).await?;
        let Some(Effect::Comment { issue, kep, of, .. }) = queued.map(|queued| queued.effect)
        else {
            return Ok(Vec::new());
        };
        let saying = Saying::TakenBack { kep, issue };
        let mut then = match of {
            Some(Relayed {
                message,
                thread,
                unasked,
                ..
            }) => {
                let lane = Lane::Message(message.clone());
                let receipt = key.then("receipt");
                let told = if unasked {
                    tell(receipt, asked, thread, saying.clone())
                } else {
                    let edit = Effect::EditPost {
                        channel: message.channel.clone(),
                        written: written.then("receipt"),
                        saying: saying.clone(),
                    };
                    NewEffect::now(receipt, lane.clone(), edit)
                };
                let is_last = !self.another_stands(&message, written).await?;
                let unreact = Effect::Unreact {
                    message,
                    emoji: TICK.into(),
                };
                let unreact = NewEffect::now(key.then("tick"), lane, unreact);
                let unreact = is_last.then_some(unreact);
                unreact.into_iter().chain([told]).collect()
            }
            None => vec![tell(key.then("receipt"), asked, None, saying.clone())],
        };
        for (channel, post) in self.told_elsewhere(written).await? {
            then.push(NewEffect::now(
                key.then(post.as_str()),
                Lane::Thread(channel.clone(), kep),
                Effect::EditPost {
                    channel,
                    written: post,
                    saying: saying.clone(),
                },
            ));
        }
        Ok(then)
    }
}

/// What follows once an effect is given up.
pub fn failed(key: &Key, effect: &Effect, failed: &Failed) -> Settled {
    let sorry = |asked: &Asked, thread: Option<&Box<str>>, text: String| {
        let saying = Saying::Plain(text.into());
        // Who asks for it again is told again.
        let key = key.then("failed").then(&asked.at_ms.to_string());
        vec![tell(key, asked, thread.cloned(), saying)]
    };
    let mut settled = Settled::default();
    match effect {
        Effect::Comment {
            issue,
            kep,
            asked,
            of,
            ..
        } => {
            let again = match of {
                Some(_) => "relay it again from its menu; a reaction counts only once",
                None => "type it again",
            };
            let text = format!(
                "Your text for KEP-{kep} is not on {issue}: {}. Once that is mended, {again}.",
                failed.why
            );
            let thread = of.as_ref().and_then(|of| of.thread.as_ref());
            settled.then = sorry(asked, thread, text);
        }
        Effect::DeleteComment { asked, .. } => {
            let text = format!("I could not take that back: {}.", failed.why);
            settled.then = sorry(asked, None, text);
        }
        // The thread begins anew.
        Effect::Post {
            channel,
            below: Below::Thread { kep, .. },
            saying,
        } if failed.is_rootless => {
            settled.ended = vec![(channel.clone(), *kep)];
            settled.then = vec![NewEffect::now(
                key.then("anew"),
                Lane::Thread(channel.clone(), *kep),
                Effect::Step(Step::Tell {
                    channel: channel.clone(),
                    kep: *kep,
                    saying: saying.clone(),
                }),
            )];
        }
        _ => {}
    }
    settled
}

/// Says something to one person, where they asked.
fn tell(key: Key, to: &Asked, thread: Option<Box<str>>, saying: Saying) -> NewEffect {
    let effect = Effect::Whisper {
        channel: to.channel.clone(),
        user: to.user.clone(),
        thread,
        saying,
    };
    let lane = Lane::Person(to.channel.clone(), to.user.clone());
    NewEffect::now(key, lane, effect)
}

/// What a message tells of, as keys under which it is found.
fn aliases(effect: &Effect) -> Vec<Key> {
    let (Effect::Post {
        channel, saying, ..
    }
    | Effect::EditPost {
        channel, saying, ..
    }) = effect
    else {
        return Vec::new();
    };
    let items = match saying {
        Saying::News { items, .. } => items,
        Saying::Notices(notices) => {
            let is_new = matches!(effect, Effect::Post { .. });
            return keys_of(notices, is_new);
        }
        Saying::Update { answers, .. } => {
            return answers.iter().map(Question::answered).collect();
        }
        _ => return Vec::new(),
    };
    let key = |item: &Item| match item {
        Item::Said { issue, comment, .. } => Some(said_key(channel, &issue.repository, *comment)),
        Item::Changed { .. } => None,
    };
    items.iter().filter_map(key).collect()
}

/// A tick on the message, where it is the first, and below it where the text stands now. Of what
/// nobody asked for the author alone is told: a receipt below each reply would be half of a thread.
fn receipts(
    key: &Key,
    of: &Relayed,
    asked: &Asked,
    receipt: Saying,
    is_first: bool,
) -> Vec<NewEffect> {
    let MessageAt { channel, ts } = &of.message;
    let lane = Lane::Message(of.message.clone());
    let tick = Effect::React {
        message: of.message.clone(),
        emoji: TICK.into(),
    };
    let tick = NewEffect::now(key.then("tick"), lane.clone(), tick);
    let mut then: Vec<NewEffect> = is_first.then_some(tick).into_iter().collect();
    if of.unasked {
        let thread = of.thread.clone();
        then.push(tell(key.then("receipt"), asked, thread, receipt));
        return then;
    }
    let post = Effect::Post {
        channel: channel.clone(),
        below: Below::Message(of.thread.clone().unwrap_or_else(|| ts.clone())),
        saying: receipt,
    };
    let settle = Effect::Step(Step::Settle {
        written: key.clone(),
    });
    then.extend([
        NewEffect::now(key.then("receipt"), lane.clone(), post),
        // In a lane of its own: what is put off holds up what is behind it.
        NewEffect {
            delay_ms: UNDO_WITHIN.num_milliseconds(),
            ..NewEffect::now(key.then("settle"), Lane::Later(key.clone()), settle)
        },
    ]);
    then
}
