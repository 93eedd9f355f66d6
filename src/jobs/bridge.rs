//! The bridge between Slack and the tracking issues: what follows from what people say on either
//! side. Everything here decides; what it decides is queued, and written one by one.

mod after;
mod again;
mod alarm;
mod answer;
mod concerns;
mod direct;
mod elsewhere;
mod named;
mod near;
mod news;
mod notice;
mod ping;
mod relay;
mod role;
mod thread;
mod undo;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use self::concerns::in_turn;
pub use self::{
    after::{Failed, failed},
    again::worded,
    concerns::{Doings, PACE, concerns},
    named::Teams,
    near::near,
    news::{Gathered, UNREPEATED, gather},
};
use crate::{
    domain::{
        Issue, KepNumber, Settings,
        board::{Board, Entry},
        bridge::{Asked, Channels, Effect, IssueAt, Key, Lane, MessageAt, NewEffect, Saying, Step},
        card::Card,
        finding::Inspector,
        following::Followers,
        notice::{Preferences, Recipient},
        people::People,
    },
    ports::{Chat, ChatError, ForgeError, Outbox, StoreError, outbox::Settled},
};

/// How long a relayed text can be taken back by a button.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// What a decision is made from.
#[derive(Clone, Copy)]
pub struct Bridge<'a> {
    /// The KEPs.
    pub board: &'a Board,
    /// What the operator decides.
    pub settings: &'a Settings,
    /// Who is who.
    pub people: &'a People,
    /// Who follows which KEPs.
    pub followers: &'a Followers,
    /// What passes where.
    pub channels: &'a Channels,
    /// What was written, and the threads.
    pub outbox: &'a dyn Outbox,
    /// Each workspace's chat.
    pub chats: &'a HashMap<Box<str>, Arc<dyn Chat>>,
    /// The moment.
    pub now: DateTime<Utc>,
}

/// Why nothing could be decided now.
#[derive(Debug, thiserror::Error)]
pub enum Undecided {
    /// It is not the time for it before that moment, and why.
    #[error("{_1}: it waits until {at}", at = .0.format("%H:%M UTC"))]
    Later(DateTime<Utc>, &'static str),
    /// Slack was asked in vain.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// GitHub was asked in vain.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Bridge<'_> {
    /// Decides what follows from a step. The same step gives the same keys.
    pub async fn decide(&self, key: &Key, step: &Step) -> Result<Settled, Undecided> {
        match step {
            Step::Relay(relay) => self.relay(key, relay).await,
            Step::Again { message } => self.again(key, message).await,
            Step::Undo { written, asked } => self.undo(key, written, asked).await,
            Step::Direct { to, sayings } => self.tell_directly(key, to, sayings).await,
            Step::Ping(ping) => self.ping(key, ping).await,
            Step::Notify { is_paced: true, .. } => Ok(in_turn(key, step)),
            Step::Notify {
                who, to, notices, ..
            } => self.notify(key, (who, to), notices).await,
            Step::Remind { who, to, of } => self.remind(key, (who, to), of).await,
            Step::Answer {
                issue,
                kep,
                text,
                asked,
            } => self.answer(key, (issue, *kep), text, asked).await,
            Step::Settle { written } => self.settle(key, written).await,
            Step::Alarm(alarm) => self.alarm(key, alarm).await,
            Step::GoOn { alarm, lane, asked } => self.go_on(key, alarm, lane, asked).await,
            Step::Lifted { lane, .. } => self.lifted(lane).await,
            Step::Tell {
                channel,
                kep,
                saying,
            } => self.tell(key, channel, *kep, saying).await,
            Step::News {
                channel,
                kep,
                items,
            } => self.news(key, channel, *kep, items).await,
        }
    }

    /// A KEP's card as it is now.
    pub fn card(&self, kep: KepNumber) -> Option<Card> {
        let entry = self.board.get(kep)?;
        let inspector = Inspector::new(self.board, self.settings, self.now);
        Some(Card::of(entry, self.board, self.settings, &inspector))
    }

    /// How somebody wants to be told of things.
    async fn preferences(&self, who: &Recipient) -> Result<Preferences, StoreError> {
        self.outbox.preferences(&who.names(self.people)).await
    }

    fn chat(&self, workspace: &str) -> Result<&dyn Chat, ChatError> {
        let chat = self.chats.get(workspace);
        chat.map(AsRef::as_ref)
            .ok_or_else(|| ChatError::Refused("this workspace is in the settings no more".into()))
    }
}

/// The tracking issue at which a runtime follows a KEP: the open one, the oldest of several.
fn tracking_issue<'a>(
    entry: &'a Entry,
    runtime: Option<&str>,
    settings: &Settings,
) -> Option<&'a Issue> {
    let mut issues = issues_at(entry, runtime, settings);
    issues.find(|issue| issue.is_open())
}

/// The tracking issues at a runtime, or at all; of each the open ones first, then the oldest.
fn issues_at<'a>(
    entry: &'a Entry,
    runtime: Option<&str>,
    settings: &Settings,
) -> impl Iterator<Item = &'a Issue> {
    let sides = entry.runtimes.iter().zip(&settings.runtimes);
    let sides = sides.filter(move |(_, of)| runtime.is_none_or(|name| *of.name == *name));
    sides.flat_map(|(side, _)| side.issues.iter().map(|tracking| &*tracking.issue))
}

fn place_of(issue: &Issue) -> IssueAt {
    IssueAt {
        repository: issue.repository.clone(),
        number: issue.number,
    }
}

/// Says a sentence to one person, where they are.
fn whisper(key: &Key, to: &Asked, thread: Option<&str>, saying: impl Into<Saying>) -> Settled {
    let effect = Effect::Whisper {
        channel: to.channel.clone(),
        user: to.user.clone(),
        thread: thread.map(Into::into),
        saying: saying.into(),
    };
    let lane = Lane::Person(to.channel.clone(), to.user.clone());
    Settled {
        then: vec![NewEffect::now(key.then("said"), lane, effect)],
        ..Settled::default()
    }
}

/// The key of what a message says on the tracking issue of a KEP.
fn comment_key(message: &MessageAt, kep: KepNumber) -> Key {
    let MessageAt { channel, ts } = message;
    Key::of([
        "comment",
        &*channel.workspace,
        &*channel.id,
        &**ts,
        &kep.to_string(),
    ])
}
