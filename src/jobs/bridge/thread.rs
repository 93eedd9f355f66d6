//! How news is told in a KEP's thread: what begins one, what is folded, and what waits.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Bridge, Undecided, news::said_key};
use crate::{
    domain::{
        KepNumber,
        bridge::{
            Below, ChannelAt, Effect, Item, Key, Lane, NewEffect, Saying, Step, is_chatter, tidied,
        },
        card::Card,
        change::{Direction, What},
        finding::FindingCode,
        following::Follower,
    },
    ports::outbox::{Settled, Thread},
};

/// What follows the first news of a burst within this time is folded into it.
const FOLD_WITHIN: TimeDelta = TimeDelta::seconds(60);
/// A message with more pieces of news than this is closed.
const MOST_ITEMS: usize = 10;
/// How many threads begin in a channel within a day, so that its readers see no more than that. News
/// that would begin one more waits for its turn.
const MOST_ROOTS: usize = 5;

/// A message that tells news already.
#[derive(Clone)]
struct Told {
    key: Key,
    items: Vec<Item>,
    titled: bool,
}

impl Bridge<'_> {
    pub(super) async fn tell(
        &self,
        key: &Key,
        channel: &ChannelAt,
        kep: KepNumber,
        saying: &Saying,
    ) -> Result<Settled, Undecided> {
        let thread = self.outbox.thread_of(channel, kep).await?;
        let mut then = Vec::new();
        if thread.is_none() {
            then.push(root(key, channel, kep, None, self.today()));
        }
        then.push(reply(key, channel, kep, false, saying.clone()));
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    pub(super) async fn news(
        &self,
        key: &Key,
        channel: &ChannelAt,
        kep: KepNumber,
        items: &[Item],
    ) -> Result<Settled, Undecided> {
        let mut then = Vec::new();
        let mut new = Vec::new();
        let mut again = Vec::new();
        // What messages say from now on: several items may concern one of them.
        let mut edited: BTreeMap<Key, Told> = BTreeMap::new();
        for item in self.as_they_are(channel, kep, items).await? {
            match self.told(channel, &item).await? {
                Some(told) => {
                    let told = edited.get(&told.key).cloned().unwrap_or(told);
                    if let Some(told) = told.again(&item) {
                        edited.insert(told.key.clone(), told);
                        again.push(item);
                    }
                }
                None if item.is_gone() => {}
                None => new.push(item),
            }
        }
        let new = tidied(new);
        let thread = self.outbox.thread_of(channel, kep).await?;
        let card = self.card(kep);
        // A channel that follows it wants to hear of all that.
        let follower = Follower::Channel(channel.clone());
        let follows = self.followers.has(&follower, kep);
        let is_great = |item: &&Item| follows || is_great(item, card.as_ref());
        if let Some(of) = self.channels.served(channel).filter(|_| card.is_some())
            && !new.is_empty()
        {
            let is_changed = new.iter().any(|item| matches!(item, Item::Changed { .. }));
            let broadcast = of.broadcast && new.iter().any(is_for_all);
            match &thread {
                None if !broadcast && !new.iter().any(|item| is_great(&item)) => {}
                None => {
                    if let Some(at) = self.room_at(channel, kep).await? {
                        return Err(Undecided::Later(at, "there is enough to read for today"));
                    }
                    let latest = new.iter().rfind(is_great);
                    then.push(root(key, channel, kep, latest, self.today()));
                    let saying = news(kep, new, broadcast);
                    then.push(reply(key, channel, kep, broadcast, saying));
                }
                Some(thread) => {
                    let latest = match new.iter().rfind(is_great) {
                        Some(item) => Some(item.clone()),
                        // What people said is not hidden by a label.
                        None => self.latest_of(thread).await?,
                    };
                    let open = self.open(thread).await?;
                    let open = open.map(|told| edited.get(&told.key).cloned().unwrap_or(told));
                    let has_room =
                        |told: &Told| !broadcast && told.items.len() + new.len() <= MOST_ITEMS;
                    match open.filter(has_room) {
                        Some(told) => {
                            edited.insert(told.key.clone(), told.with(new));
                        }
                        None => {
                            let saying = news(kep, new, broadcast);
                            then.push(reply(key, channel, kep, broadcast, saying));
                        }
                    }
                    // What changed stands in the card as well.
                    then.extend(self.card_again(key, thread, latest, is_changed).await?);
                }
            }
        } else if let Some(thread) = &thread
            && let Some(latest) = self.latest_of(thread).await?
            && let Some(item) = again.iter().find(|item| item.is_of_one_comment(&latest))
        {
            then.extend(
                self.card_again(key, thread, Some(item.clone()), false)
                    .await?,
            );
        }
        for (written, told) in edited {
            then.push(edit(key, channel, kep, &written, told.saying(kep)));
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// Pieces of news as they are now: of a comment that was edited or deleted while they waited, the
    /// entry that waits behind them knows more.
    async fn as_they_are(
        &self,
        channel: &ChannelAt,
        kep: KepNumber,
        items: &[Item],
    ) -> Result<Vec<Item>, Undecided> {
        let mut found = items.to_vec();
        let open = self.outbox.open_in(&lane(channel, kep), "news").await?;
        for later in open {
            let Effect::Step(Step::News { items, .. }) = later else {
                continue;
            };
            for item in items {
                let old = found.iter_mut().find(|old| old.is_of_one_comment(&item));
                if let Some(old) = old {
                    *old = item;
                }
            }
        }
        Ok(found)
    }

    /// The root's card, made anew where it says something else.
    async fn card_again(
        &self,
        key: &Key,
        thread: &Thread,
        latest: Option<Item>,
        is_changed: bool,
    ) -> Result<Option<NewEffect>, Undecided> {
        let root = &thread.root_key;
        let (channel, kep) = (&thread.channel, thread.kep);
        let mut saying = card(kep, latest.as_ref(), self.today());
        let mut is_same = false;
        if let Saying::Card { latest, on, .. } = &mut saying
            && let Some((was, day)) = self.card_of(thread).await?
            && was == *latest
        {
            (*on, is_same) = (day, true);
        }
        Ok((is_changed || !is_same).then(|| edit(key, channel, kep, root, saying)))
    }

    /// The latest news as the root's card names it.
    async fn latest_of(&self, thread: &Thread) -> Result<Option<Item>, Undecided> {
        let card = self.card_of(thread).await?;
        Ok(card.and_then(|(latest, _)| latest).map(|item| *item))
    }

    fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// What a root's card says, and of which day that is.
    async fn card_of(
        &self,
        thread: &Thread,
    ) -> Result<Option<(Option<Box<Item>>, NaiveDate)>, Undecided> {
        let last = self.outbox.last(&thread.root_key).await?;
        Ok(last.and_then(|(_, effect)| match effect {
            Effect::Post { saying, .. } | Effect::EditPost { saying, .. } => match saying {
                Saying::Card { latest, on, .. } => Some((latest, on)),
                _ => None,
            },
            _ => None,
        }))
    }

    /// The message that tells of a comment already, and what it says.
    async fn told(&self, channel: &ChannelAt, item: &Item) -> Result<Option<Told>, Undecided> {
        let Item::Said { issue, comment, .. } = item else {
            return Ok(None);
        };
        let key = said_key(channel, &issue.repository, *comment);
        let last = self.outbox.last(&key).await?;
        Ok(last.and_then(|(key, effect)| Told::read(key, effect)))
    }

    /// The message into which news is folded, and what it says.
    async fn open(&self, thread: &Thread) -> Result<Option<Told>, Undecided> {
        let Some(latest) = &thread.latest else {
            return Ok(None);
        };
        if (self.now - latest.at).abs() >= FOLD_WITHIN {
            return Ok(None);
        }
        let last = self.outbox.last(&latest.key).await?;
        Ok(last.and_then(|(key, effect)| Told::read(key, effect)))
    }

    /// When there is room for a KEP's thread in a channel, where there is none now. Those that are
    /// about to begin count; that no two of these are decided at once, the queue sees to. A thread
    /// that somebody's words wait for begins all the same.
    async fn room_at(
        &self,
        channel: &ChannelAt,
        kep: KepNumber,
    ) -> Result<Option<DateTime<Utc>>, Undecided> {
        let words = self.outbox.open_in(&lane(channel, kep), "tell").await?;
        if !words.is_empty() {
            return Ok(None);
        }
        let day = TimeDelta::days(1);
        // In this order: a root that is posted between the two questions is counted twice, not never.
        let open = self
            .outbox
            .open_in(&Lane::threads_of(channel), "root")
            .await?;
        let threads = self.outbox.threads().await?.into_iter();
        let threads = threads.filter(|it| it.channel == *channel);
        let began = threads.filter_map(|thread| {
            let seconds = thread.root.split('.').next()?.parse().ok()?;
            DateTime::from_timestamp(seconds, 0)
        });
        let mut recent: Vec<DateTime<Utc>> = began.filter(|at| *at > self.now - day).collect();
        recent.extend(open.iter().map(|_| self.now));
        recent.sort_unstable();
        let full = recent.len().checked_sub(MOST_ROOTS);
        // The second has more in it than the number says.
        Ok(full.map(|at| recent[at] + day + TimeDelta::seconds(1)))
    }
}

impl Told {
    fn read(key: Key, effect: Effect) -> Option<Self> {
        match effect {
            Effect::Post { saying, .. } | Effect::EditPost { saying, .. } => match saying {
                Saying::News { items, titled, .. } => Some(Self { key, items, titled }),
                _ => None,
            },
            _ => None,
        }
    }

    /// The same with what a comment says now; `None` where it says so already.
    fn again(mut self, item: &Item) -> Option<Self> {
        let old = self
            .items
            .iter_mut()
            .find(|old| old.is_of_one_comment(item));
        let old = old.filter(|old| *old != item)?;
        *old = item.clone();
        Some(self)
    }

    /// The same with more. What people have seen is not taken back: they would look for it.
    fn with(self, new: Vec<Item>) -> Self {
        let mut items = self.items;
        items.extend(new);
        let short = tidied(items.clone());
        Self {
            items: if short.is_empty() { items } else { short },
            ..self
        }
    }

    fn saying(self, kep: KepNumber) -> Saying {
        news(kep, self.items, self.titled)
    }
}

/// Whether an item is worth a thread of its own, and what people look for first in it: people's
/// words, and what changes a plan. The rest of a KEP that has no thread yet waits for the digest: a step
/// that Kubernetes took as planned, an issue that was closed by mistake, or reopened after that.
fn is_great(item: &Item, card: Option<&Card>) -> bool {
    let change = match item {
        Item::Said { markdown, .. } => return !markdown.as_deref().is_some_and(is_chatter),
        Item::Changed { change, .. } => change,
    };
    match change.what {
        What::IssueClosed => !card.is_some_and(|card| {
            let mut findings = card.findings.iter();
            findings.any(|finding| finding.code == FindingCode::ClosedEarly)
        }),
        What::Stage(..) => change.direction == Direction::Backward,
        What::Status(..) | What::IssueOpened | What::IssueGone => true,
        _ => false,
    }
}

/// What a whole channel is shown, where it wants that.
fn is_for_all(item: &Item) -> bool {
    match item {
        Item::Said { .. } => false,
        Item::Changed { change, .. } => {
            matches!(
                change.what,
                What::Stage(..) | What::Status(..) | What::PullMerged
            )
        }
    }
}

fn lane(channel: &ChannelAt, kep: KepNumber) -> String {
    Lane::Thread(channel.clone(), kep).to_string()
}

fn news(kep: KepNumber, items: Vec<Item>, titled: bool) -> Saying {
    Saying::News { kep, items, titled }
}

fn card(kep: KepNumber, latest: Option<&Item>, on: NaiveDate) -> Saying {
    let latest = latest.filter(|item| !item.is_gone());
    Saying::Card {
        kep,
        latest: latest.cloned().map(Box::new),
        on,
    }
}

/// The root of a KEP's thread.
fn root(
    key: &Key,
    channel: &ChannelAt,
    kep: KepNumber,
    latest: Option<&Item>,
    on: NaiveDate,
) -> NewEffect {
    let post = Effect::Post {
        channel: channel.clone(),
        below: Below::Root(kep),
        saying: card(kep, latest, on),
    };
    NewEffect::now(key.then("root"), Lane::Thread(channel.clone(), kep), post)
}

fn reply(
    key: &Key,
    channel: &ChannelAt,
    kep: KepNumber,
    broadcast: bool,
    saying: Saying,
) -> NewEffect {
    let post = Effect::Post {
        channel: channel.clone(),
        below: Below::Thread { kep, broadcast },
        saying,
    };
    NewEffect::now(key.then("post"), Lane::Thread(channel.clone(), kep), post)
}

fn edit(
    key: &Key,
    channel: &ChannelAt,
    kep: KepNumber,
    written: &Key,
    saying: Saying,
) -> NewEffect {
    let edit = Effect::EditPost {
        channel: channel.clone(),
        written: written.clone(),
        saying,
    };
    let lane = Lane::Thread(channel.clone(), kep);
    NewEffect::now(key.then(written.as_str()), lane, edit)
}
