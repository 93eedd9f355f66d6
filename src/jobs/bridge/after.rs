//! What follows from a write: once it is done, or once it is given up.

use super::{Bridge, UNDO_WITHIN, Undecided};
use crate::{
    domain::bridge::{
        Below, Effect, Item, Key, Lane, MessageAt, NewEffect, Relayed, Saying, Step, Written,
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
            (Effect::Comment { kep, of, asked, .. }, _) => {
                let receipt = Saying::Receipt {
                    kep: *kep,
                    written: key.clone(),
                    undo: true,
                };
                settled.then = match of {
                    Some(of) => receipts(key, of, receipt),
                    None => vec![NewEffect::now(
                        key.then("receipt"),
                        Lane::Person(asked.channel.clone(), asked.user.clone()),
                        Effect::Whisper {
                            channel: asked.channel.clone(),
                            user: asked.user.clone(),
                            thread: None,
                            saying: receipt,
                        },
                    )],
                };
            }
            (Effect::DeleteComment { written, asked }, _) => {
                settled.erased = vec![written.clone()];
                if let Some(queued) = self.outbox.queued(written).await?
                    && let Effect::Comment { issue, kep, of, .. } = queued.effect
                {
                    let taken_back = Saying::TakenBack { kep, issue };
                    match of {
                        Some(of) => {
                            let lane = Lane::Message(of.message.clone());
                            let edit = Effect::EditPost {
                                channel: of.message.channel.clone(),
                                written: written.then("receipt"),
                                saying: taken_back.clone(),
                            };
                            let unreact = Effect::Unreact {
                                message: of.message,
                                emoji: TICK.into(),
                            };
                            settled.then = vec![
                                NewEffect::now(key.then("tick"), lane.clone(), unreact),
                                NewEffect::now(key.then("receipt"), lane, edit),
                            ];
                        }
                        None => {
                            settled.then = vec![NewEffect::now(
                                key.then("receipt"),
                                Lane::Person(asked.channel.clone(), asked.user.clone()),
                                Effect::Whisper {
                                    channel: asked.channel.clone(),
                                    user: asked.user.clone(),
                                    thread: None,
                                    saying: taken_back.clone(),
                                },
                            )];
                        }
                    }
                    for (channel, post) in self.told_elsewhere(written).await? {
                        settled.then.push(NewEffect::now(
                            key.then(post.as_str()),
                            Lane::Thread(channel.clone(), kep),
                            Effect::EditPost {
                                channel,
                                written: post,
                                saying: taken_back.clone(),
                            },
                        ));
                    }
                }
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
                    root_key: Some(key.clone()),
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
        if let Effect::Post {
            channel, saying, ..
        }
        | Effect::EditPost {
            channel, saying, ..
        } = effect
            && let Saying::News { items, .. } = saying
        {
            settled.aliases = items
                .iter()
                .filter_map(|item| match item {
                    Item::Said { issue, comment, .. } => {
                        Some(super::news::said_key(channel, &issue.repository, *comment))
                    }
                    Item::Changed { .. } => None,
                })
                .collect();
        }
        Ok(settled)
    }

    /// What follows once an effect is given up.
    pub async fn failed(
        &self,
        key: &Key,
        effect: &Effect,
        failed: &Failed,
    ) -> Result<Settled, Undecided> {
        let mut settled = Settled::default();
        match effect {
            Effect::Comment {
                issue,
                kep,
                asked,
                of,
                ..
            } => {
                let text = format!(
                    "Your text for KEP-{kep} is not on {issue}: {}. Once that is mended, relay it again.",
                    failed.why
                );
                settled.then = vec![NewEffect::now(
                    key.then("failed"),
                    Lane::Person(asked.channel.clone(), asked.user.clone()),
                    Effect::Whisper {
                        channel: asked.channel.clone(),
                        user: asked.user.clone(),
                        thread: of.as_ref().and_then(|of| of.thread.clone()),
                        saying: Saying::Plain(text.into()),
                    },
                )];
            }
            Effect::DeleteComment { asked, .. } => {
                let text = format!("I could not take that back: {}.", failed.why);
                settled.then = vec![NewEffect::now(
                    key.then("failed"),
                    Lane::Person(asked.channel.clone(), asked.user.clone()),
                    Effect::Whisper {
                        channel: asked.channel.clone(),
                        user: asked.user.clone(),
                        thread: None,
                        saying: Saying::Plain(text.into()),
                    },
                )];
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
        Ok(settled)
    }
}

/// A tick on the message, and below it where the text stands now.
fn receipts(key: &Key, of: &Relayed, receipt: Saying) -> Vec<NewEffect> {
    let MessageAt { channel, ts } = &of.message;
    let lane = Lane::Message(of.message.clone());
    let tick = Effect::React {
        message: of.message.clone(),
        emoji: TICK.into(),
    };
    let post = Effect::Post {
        channel: channel.clone(),
        below: Below::Message(of.thread.clone().unwrap_or_else(|| ts.clone())),
        saying: receipt,
    };
    let settle = Effect::Step(Step::Settle {
        written: key.clone(),
    });
    vec![
        NewEffect::now(key.then("tick"), lane.clone(), tick),
        NewEffect::now(key.then("receipt"), lane.clone(), post),
        // In a lane of its own: what is put off holds up what is behind it.
        NewEffect {
            delay_ms: UNDO_WITHIN.num_milliseconds(),
            ..NewEffect::now(key.then("settle"), Lane::Later(key.clone()), settle)
        },
    ]
}
