//! From GitHub to Slack: what is news, for whom, and how it is told in a KEP's thread.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Bridge, Undecided};
use crate::{
    domain::{
        Comment, CommentKind, KepNumber, Label, Login,
        board::Entry,
        bridge::{
            Below, Channel, ChannelAt, CommentAt, Comments, Effect, IssueAt, Item, Key, Lane,
            NewEffect, Saying, Step, Waited, Written, unmarked,
        },
        change::{Change, Direction, Role, What},
        people,
    },
    ports::{
        forge::Account,
        outbox::{CommentNews, Settled, Thread},
    },
};

/// What follows the first news of a burst within this time is folded into it.
const FOLD_WITHIN: TimeDelta = TimeDelta::seconds(60);
/// A message with more pieces of news than this is closed.
const MOST_ITEMS: usize = 10;
/// How many threads begin in a channel within a day, so that its readers see no more than that.
const MOST_ROOTS: u64 = 5;
/// News that would begin one more waits so long before it asks again,
const ASK_AGAIN: TimeDelta = TimeDelta::hours(1);
/// and after so long is none any more: the digest has told it.
const NEWS_FOR: TimeDelta = TimeDelta::days(3);
/// What begins a comment where only marked ones are news.
const MARK: &str = "/sig-node";

/// News of the forge since the last time.
#[derive(Debug, Clone, Copy)]
pub struct Gathered<'a> {
    /// Changes and their numbers.
    pub changes: &'a [(i64, Change)],
    /// Entries of the journal of comments.
    pub comments: &'a [CommentNews],
    /// What was said before the bridge began is told to nobody.
    pub began: DateTime<Utc>,
    /// Who the bot is on the forge, for each repository.
    pub own: &'a HashMap<Box<str>, Account>,
}

/// What is to be told of it: for each channel and KEP one step.
pub async fn gather(bridge: &Bridge<'_>, news: Gathered<'_>) -> Result<Vec<NewEffect>, Undecided> {
    let mut found: BTreeMap<(ChannelAt, KepNumber), Vec<(String, Item)>> = BTreeMap::new();
    for (id, change) in news.changes {
        let Some(entry) = bridge.entry_of(change) else {
            continue;
        };
        if !bridge.is_news(change) {
            continue;
        }
        for channel in bridge.channels_for(entry, change.issue.as_ref()) {
            let item = Item::Changed {
                id: *id,
                change: change.clone(),
            };
            let of = (channel.at.clone(), change.kep);
            found
                .entry(of)
                .or_default()
                .push((format!("change.{id}"), item));
        }
    }
    for said in news
        .comments
        .iter()
        .filter(|said| said.kind == CommentKind::Issue)
    {
        bridge.comment(said, news, &mut found).await?;
    }
    Ok(found
        .into_iter()
        .map(|((channel, kep), items)| {
            let kep_word = kep.to_string();
            let parts = [
                "news",
                &*channel.workspace,
                &*channel.id,
                &kep_word,
                &items[0].0,
            ];
            NewEffect::now(
                Key::of(parts),
                Lane::Thread(channel.clone(), kep),
                Effect::Step(Step::News {
                    channel,
                    kep,
                    items: items.into_iter().map(|(_, item)| item).collect(),
                    waited: None,
                }),
            )
        })
        .collect())
}

/// The key under which the message is found that tells of a comment.
pub(super) fn said_key(channel: &ChannelAt, repository: &str, comment: u64) -> Key {
    let comment = comment.to_string();
    let ChannelAt { workspace, id } = channel;
    Key::of(["said", &**workspace, &**id, repository, &*comment])
}

fn item_of(comment: &Comment) -> Item {
    let (text, _) = unmarked(&comment.body);
    let text = text.trim_start();
    Item::Said {
        comment: comment.id,
        issue: IssueAt {
            repository: comment.repository.clone(),
            number: comment.issue,
        },
        who: comment
            .author
            .as_ref()
            .map_or("ghost", Login::as_str)
            .into(),
        url: comment.url.clone(),
        markdown: Some(text.strip_prefix(MARK).unwrap_or(text).trim().to_owned()),
    }
}

/// The KEP of a message, and what it says of a comment.
fn kep_and_item(effect: Effect, of: &CommentNews) -> Option<(KepNumber, Item)> {
    let (Effect::Post { saying, .. } | Effect::EditPost { saying, .. }) = effect else {
        return None;
    };
    let Saying::News { kep, items } = saying else {
        return None;
    };
    let is_it = |item: &Item| match item {
        Item::Said { comment, issue, .. } => {
            *comment == of.comment && issue.repository == of.repository
        }
        Item::Changed { .. } => false,
    };
    items.into_iter().find(is_it).map(|item| (kep, item))
}

/// What was told of a comment that is gone since.
fn gone(told: &Item) -> Item {
    let mut item = told.clone();
    if let Item::Said { markdown, .. } = &mut item {
        *markdown = None;
    }
    item
}

impl Bridge<'_> {
    async fn comment(
        &self,
        said: &CommentNews,
        news: Gathered<'_>,
        found: &mut BTreeMap<(ChannelAt, KepNumber), Vec<(String, Item)>>,
    ) -> Result<(), Undecided> {
        if let Some(comment) = &said.now
            && self.is_own(comment, news).await?
        {
            return Ok(());
        }
        for channel in &self.channels.channels {
            let key = said_key(&channel.at, &said.repository, said.comment);
            let told = self.outbox.last(&key).await?;
            let told = told.and_then(|(_, effect)| kep_and_item(effect, said));
            // It was told so long ago that its words are forgotten.
            if told.is_none() && self.outbox.written(&key).await?.is_some() {
                continue;
            }
            let new = match (&said.now, &told) {
                (None, None) => None,
                (None, Some((kep, item))) => Some((*kep, gone(item))),
                (Some(comment), told) => self
                    .tracked(comment)
                    .filter(|entry| {
                        told.is_some()
                            || comment.created_at >= news.began
                                && self.is_worth(comment, entry, channel)
                    })
                    .map(|entry| (entry.kep.number, item_of(comment))),
            };
            if let Some((kep, item)) = new {
                let of = (channel.at.clone(), kep);
                let id = format!("comment.{}", said.id);
                found.entry(of).or_default().push((id, item));
            }
        }
        Ok(())
    }

    /// Whether the bot wrote a comment: by what is stored, or, where the answer was lost, by its
    /// mark, which counts on nobody else's.
    async fn is_own(&self, comment: &Comment, news: Gathered<'_>) -> Result<bool, Undecided> {
        let issue = IssueAt {
            repository: comment.repository.clone(),
            number: comment.issue,
        };
        let written = Written::Comment {
            at: CommentAt {
                issue,
                id: comment.id,
            },
            url: comment.url.clone(),
        };
        if self.outbox.key_of(&written).await?.is_some() {
            return Ok(true);
        }
        let own = news.own.get(&comment.repository);
        Ok(unmarked(&comment.body).1.is_some() && own.is_some_and(|own| own.wrote(comment)))
    }

    /// The KEP of the tracking issue below which a comment stands.
    fn tracked(&self, comment: &Comment) -> Option<&Entry> {
        let entry = self
            .board
            .of_issue(Some(&comment.repository), comment.issue)?;
        let mut issues = entry.issues();
        issues
            .any(|tracking| tracking.issue.number == comment.issue)
            .then_some(entry)
    }

    /// Whether a comment is news in a channel.
    fn is_worth(&self, comment: &Comment, entry: &Entry, channel: &Channel) -> bool {
        let Some(author) = &comment.author else {
            return false;
        };
        let is_of_runtime = self.settings.runtimes.iter().any(|runtime| {
            runtime.name == channel.runtime
                && runtime.repository.eq_ignore_ascii_case(&comment.repository)
        });
        if !channel.to_chat || !is_of_runtime {
            return false;
        }
        let is_theirs = || {
            let person = self.people.by_login(author);
            person.is_some_and(|person| person.roles.contains(&people::Role::Liaison))
                || entry.speakers(self.settings).contains(&author)
        };
        match channel.comments {
            Comments::All => !comment.by_app,
            Comments::People => is_theirs(),
            Comments::Marked => comment.body.trim_start().starts_with(MARK) && is_theirs(),
        }
    }

    fn entry_of(&self, change: &Change) -> Option<&Entry> {
        self.board.get(change.kep)
    }

    /// The channels that a KEP's news concern: those of the runtime whose issue it is, or of the KEP
    /// itself those of the runtimes that track it, or of all where its SIG is watched.
    fn channels_for<'a>(
        &'a self,
        entry: &'a Entry,
        issue: Option<&'a (Box<str>, u64)>,
    ) -> impl Iterator<Item = &'a Channel> {
        let is_watched = entry.kep.belongs_to(&self.settings.sigs);
        self.channels.channels.iter().filter(move |channel| {
            let at = self
                .settings
                .runtimes
                .iter()
                .position(|runtime| runtime.name == channel.runtime);
            let Some(at) = at.filter(|_| channel.to_chat) else {
                return false;
            };
            match issue {
                Some((repository, _)) => self.settings.runtimes[at]
                    .repository
                    .eq_ignore_ascii_case(repository),
                None => is_watched || !entry.runtimes[at].issues.is_empty(),
            }
        })
    }

    /// Whether a change is worth a line at all.
    fn is_news(&self, change: &Change) -> bool {
        if change.direction == Direction::Spelling {
            return false;
        }
        match &change.what {
            What::Status(..)
            | What::Stage(..)
            | What::LatestMilestone(..)
            | What::IssueOpened
            | What::IssueClosed
            | What::IssueReopened
            | What::IssueGone
            | What::IssueStage(..)
            | What::IssuePeople(Role::Shepherd, ..)
            | What::IssueMilestone(..)
            | What::PullOpened
            | What::PullMerged
            | What::PullClosed => true,
            What::Labels(added, removed) => {
                let is_of_release = |label: &str| {
                    let mut runtimes = self.settings.runtimes.iter();
                    runtimes.any(|runtime| runtime.read_label(label) != Label::Other)
                };
                added
                    .iter()
                    .chain(removed)
                    .any(|label| is_of_release(label))
            }
            _ => false,
        }
    }

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
            then.push(root(key, channel, kep));
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
        waited: Waited,
    ) -> Result<Settled, Undecided> {
        // What messages say from now on: several items may concern one of them.
        let mut edited: BTreeMap<Key, Vec<Item>> = BTreeMap::new();
        let mut new = Vec::new();
        for item in items {
            match self.told(channel, item).await? {
                Some((written, told)) => {
                    let told = edited.entry(written).or_insert(told);
                    for old in told.iter_mut().filter(|old| is_of_one_comment(old, item)) {
                        *old = item.clone();
                    }
                }
                None if matches!(item, Item::Said { markdown: None, .. }) => {}
                None => new.push(item.clone()),
            }
        }
        let mut then = Vec::new();
        if let (Some(_), Some(of)) = (self.board.get(kep), self.channels.get(channel))
            && !new.is_empty()
        {
            then = self
                .new_items(key, of, kep, new, waited, &mut edited)
                .await?;
        }
        for (written, items) in edited {
            let saying = Saying::News { kep, items };
            then.push(edit(key, channel, kep, &written, saying));
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// Has something told that was not told before: in a message of its own, or among those that are
    /// `edited`.
    async fn new_items(
        &self,
        key: &Key,
        of: &Channel,
        kep: KepNumber,
        new: Vec<Item>,
        waited: Waited,
        edited: &mut BTreeMap<Key, Vec<Item>>,
    ) -> Result<Vec<NewEffect>, Undecided> {
        let channel = &of.at;
        let mut then = Vec::new();
        let thread = self.outbox.thread_of(channel, kep).await?;
        let is_small = !new.iter().any(is_great);
        let broadcast = of.broadcast && new.iter().any(is_for_all);
        match thread {
            None if is_small => {}
            None if self.has_begun_enough(channel).await? => {
                then.extend(self.put_off(channel, kep, new, waited));
            }
            None => {
                then.push(root(key, channel, kep));
                let saying = Saying::News { kep, items: new };
                then.push(reply(key, channel, kep, broadcast, saying));
            }
            Some(thread) => {
                if new.iter().any(|item| matches!(item, Item::Changed { .. })) {
                    let card = Saying::Card(kep);
                    then.push(edit(key, channel, kep, &thread.root_key, card));
                }
                match self.open(&thread).await? {
                    Some((written, told)) if !broadcast && told.len() + new.len() <= MOST_ITEMS => {
                        edited.entry(written).or_insert(told).extend(new);
                    }
                    _ => {
                        let saying = Saying::News { kep, items: new };
                        then.push(reply(key, channel, kep, broadcast, saying));
                    }
                }
            }
        }
        Ok(then)
    }

    /// News that would begin one thread too many waits, and holds up nothing; in the end it is none
    /// any more.
    fn put_off(
        &self,
        channel: &ChannelAt,
        kep: KepNumber,
        items: Vec<Item>,
        waited: Waited,
    ) -> Option<NewEffect> {
        if self.now.timestamp_millis() - waited.since_ms >= NEWS_FOR.num_milliseconds() {
            return None;
        }
        let waited = Waited {
            times: waited.times + 1,
            ..waited
        };
        let key = waited.first.then(&format!("waits.{}", waited.times));
        let step = Step::Waited {
            channel: channel.clone(),
            kep,
            items,
            waited,
        };
        Some(NewEffect {
            delay_ms: ASK_AGAIN.num_milliseconds(),
            ..NewEffect::now(key.clone(), Lane::Later(key), Effect::Step(step))
        })
    }

    /// The message that tells of a comment already, and what it says.
    async fn told(
        &self,
        channel: &ChannelAt,
        item: &Item,
    ) -> Result<Option<(Key, Vec<Item>)>, Undecided> {
        let Item::Said { issue, comment, .. } = item else {
            return Ok(None);
        };
        let key = said_key(channel, &issue.repository, *comment);
        let last = self.outbox.last(&key).await?;
        Ok(last.and_then(|(key, effect)| Some((key, items_of(effect)?))))
    }

    /// The message into which news is folded, and what it says.
    async fn open(&self, thread: &Thread) -> Result<Option<(Key, Vec<Item>)>, Undecided> {
        let Some(latest) = &thread.latest else {
            return Ok(None);
        };
        if (self.now - latest.at).abs() >= FOLD_WITHIN {
            return Ok(None);
        }
        let last = self.outbox.last(&latest.key).await?;
        Ok(last.and_then(|(key, effect)| Some((key, items_of(effect)?))))
    }

    /// Whether as many threads began in a channel within a day as its readers bear.
    async fn has_begun_enough(&self, channel: &ChannelAt) -> Result<bool, Undecided> {
        let day_ago = (self.now - TimeDelta::days(1)).timestamp();
        // In this order: one that is posted between the two questions is counted twice, not never.
        let waiting = self.outbox.waiting_roots(channel).await?;
        let threads = self.outbox.threads().await?;
        let begun = threads.iter().filter(|thread| {
            let seconds = thread.root.split('.').next();
            let began: i64 = seconds.and_then(|it| it.parse().ok()).unwrap_or_default();
            thread.channel == *channel && began > day_ago
        });
        Ok(begun.count() as u64 + waiting >= MOST_ROOTS)
    }
}

/// What has waited has its turn behind what else there is of the KEP.
pub(super) fn again(
    channel: &ChannelAt,
    kep: KepNumber,
    items: &[Item],
    waited: &Waited,
) -> Settled {
    let step = Step::News {
        channel: channel.clone(),
        kep,
        items: items.to_vec(),
        waited: Some(waited.clone()),
    };
    let key = waited.first.then(&format!("again.{}", waited.times));
    let lane = Lane::Thread(channel.clone(), kep);
    Settled {
        then: vec![NewEffect::now(key, lane, Effect::Step(step))],
        ..Settled::default()
    }
}

fn items_of(effect: Effect) -> Option<Vec<Item>> {
    match effect {
        Effect::Post { saying, .. } | Effect::EditPost { saying, .. } => match saying {
            Saying::News { items, .. } => Some(items),
            _ => None,
        },
        _ => None,
    }
}

fn is_of_one_comment(one: &Item, other: &Item) -> bool {
    match (one, other) {
        (
            Item::Said { comment, issue, .. },
            Item::Said {
                comment: other,
                issue: at,
                ..
            },
        ) => comment == other && issue.repository == at.repository,
        _ => false,
    }
}

/// Whether an item is worth a thread of its own: people's words, and what changes a plan. The rest
/// of a KEP that has no thread yet waits for the digest.
fn is_great(item: &Item) -> bool {
    let Item::Changed { change, .. } = item else {
        return true;
    };
    matches!(
        change.what,
        What::Stage(..)
            | What::Status(..)
            | What::IssueOpened
            | What::IssueClosed
            | What::IssueReopened
            | What::IssueGone
            | What::PullMerged
    )
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

/// The root of a KEP's thread.
fn root(key: &Key, channel: &ChannelAt, kep: KepNumber) -> NewEffect {
    let post = Effect::Post {
        channel: channel.clone(),
        below: Below::Root(kep),
        saying: Saying::Card(kep),
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
