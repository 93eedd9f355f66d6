//! From GitHub to Slack: what is news, and for whom.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::{Bridge, Undecided, concerns::Doings, named::Teams};
use crate::{
    domain::{
        Comment, CommentKind, KepNumber, Label, Login,
        board::Entry,
        bridge::{
            Channel, ChannelAt, CommentAt, Comments, Effect, IssueAt, Item, Key, Lane, MARK,
            NewEffect, Saying, Step, Written, unmarked,
        },
        change::{Change, Direction, Role, What},
        following::Follower,
        people,
    },
    ports::{forge::Account, outbox::CommentNews},
};

/// What stands in place of words that not everybody may read.
pub const UNREPEATED: &str = "*The repository is private; the words are there.*";

/// What is to be told in a KEP's thread in a channel, in the order in which it became known.
#[derive(Default)]
struct Found(Vec<(Place, Vec<Piece>)>);

type Place = (ChannelAt, KepNumber);
/// A piece of news, and what names it in a key.
type Piece = (String, Item);

impl Found {
    fn add(&mut self, channel: &ChannelAt, kep: KepNumber, item: Piece) {
        let is_it = |of: &Place| of.0 == *channel && of.1 == kep;
        match self.0.iter_mut().find(|(of, _)| is_it(of)) {
            Some((_, items)) => items.push(item),
            None => self.0.push(((channel.clone(), kep), vec![item])),
        }
    }
}

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
    /// The repositories whose words are told to nobody by themselves.
    pub private: &'a HashSet<Box<str>>,
    /// Who is in the teams that it names.
    pub teams: &'a Teams,
    /// Who did what, where it is not known of the changes themselves.
    pub doings: &'a Doings,
}

/// What is to be told of it: for each channel and KEP one step.
pub async fn gather(bridge: &Bridge<'_>, news: Gathered<'_>) -> Result<Vec<NewEffect>, Undecided> {
    let mut found = Found::default();
    for (id, change) in news.changes {
        let Some(entry) = bridge.entry_of(change) else {
            continue;
        };
        let Some(change) = bridge.news_of(change) else {
            continue;
        };
        let channels = bridge.channels_for(entry, change.issue.as_ref());
        for channel in channels.chain(bridge.channels_following(change.kep)) {
            let item = Item::Changed {
                id: *id,
                change: change.clone(),
            };
            found.add(&channel.at, change.kep, (format!("change.{id}"), item));
        }
    }
    for said in news
        .comments
        .iter()
        .filter(|said| said.kind == CommentKind::Issue)
    {
        bridge.comment(said, news, &mut found).await?;
    }
    let found = found.0.into_iter();
    Ok(found
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

/// What is told of a comment; its words too where everybody may read them.
fn item_of(comment: &Comment, is_private: bool) -> Item {
    let (text, _) = unmarked(&comment.body);
    let text = text.trim_start();
    let text = text.strip_prefix(MARK).unwrap_or(text).trim();
    let text = if is_private { UNREPEATED } else { text };
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
        markdown: Some(text.to_owned()),
    }
}

/// The KEP of a message, and what it says of a comment.
fn kep_and_item(effect: Effect, of: &CommentNews) -> Option<(KepNumber, Item)> {
    let (Effect::Post { saying, .. } | Effect::EditPost { saying, .. }) = effect else {
        return None;
    };
    let Saying::News { kep, items, .. } = saying else {
        return None;
    };
    let item = items.into_iter().find(|item| is_of(item, of));
    item.map(|item| (kep, item))
}

fn is_of(item: &Item, of: &CommentNews) -> bool {
    match item {
        Item::Said { comment, issue, .. } => {
            *comment == of.comment && issue.repository == of.repository
        }
        Item::Changed { .. } => false,
    }
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
        found: &mut Found,
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
                // It may wait to be told.
                (None, None) => self.waiting(&channel.at, said).await?,
                (None, Some((kep, item))) => Some((*kep, gone(item))),
                (Some(comment), told) => self
                    .tracked(comment)
                    .filter(|entry| {
                        told.is_some()
                            || comment.created_at >= news.began
                                && self.is_worth(comment, entry, channel)
                    })
                    .map(|entry| {
                        let is_private = news.private.contains(&comment.repository);
                        (entry.kep.number, item_of(comment, is_private))
                    }),
            };
            if let Some((kep, item)) = new {
                let id = format!("comment.{}", said.id);
                found.add(&channel.at, kep, (id, item));
            }
        }
        Ok(())
    }

    /// What is to be known of a comment that is gone by the time that it is told.
    async fn waiting(
        &self,
        channel: &ChannelAt,
        said: &CommentNews,
    ) -> Result<Option<(KepNumber, Item)>, Undecided> {
        let open = self
            .outbox
            .open_in(&Lane::threads_of(channel), "news")
            .await?;
        let mut found = open.into_iter().filter_map(|effect| match effect {
            Effect::Step(Step::News { kep, items, .. }) => Some((kep, items)),
            _ => None,
        });
        Ok(found.find_map(|(kep, items)| {
            let item = items.into_iter().find(|item| is_of(item, said))?;
            Some((kep, gone(&item)))
        }))
    }

    /// Whether the bot wrote a comment: by what is stored, or, where the answer was lost, by its
    /// mark, which counts on nobody else's.
    pub(super) async fn is_own(
        &self,
        comment: &Comment,
        news: Gathered<'_>,
    ) -> Result<bool, Undecided> {
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

    /// The channels that follow a KEP and hear of others nothing.
    fn channels_following(&self, kep: KepNumber) -> impl Iterator<Item = &Channel> {
        let followers = self.followers.of(kep);
        let channels = followers.filter_map(|follower| match follower {
            Follower::Channel(at) => self.channels.served(at),
            Follower::Member(_) => None,
        });
        channels.filter(|channel| !channel.to_chat)
    }

    /// What of a change is worth a line, if anything is.
    fn news_of(&self, change: &Change) -> Option<Change> {
        if change.direction == Direction::Spelling {
            return None;
        }
        let is_news = match &change.what {
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
                let of_release = |labels: &[Box<str>]| -> Vec<Box<str>> {
                    let labels = labels.iter().filter(|label| self.is_of_release(label));
                    labels.cloned().collect()
                };
                let (added, removed) = (of_release(added), of_release(removed));
                let is_news = !(added.is_empty() && removed.is_empty());
                let what = What::Labels(added, removed);
                return is_news.then(|| Change {
                    what,
                    ..change.clone()
                });
            }
            _ => false,
        };
        is_news.then(|| change.clone())
    }

    fn is_of_release(&self, label: &str) -> bool {
        let mut runtimes = self.settings.runtimes.iter();
        runtimes.any(|runtime| runtime.read_label(label) != Label::Other)
    }
}
