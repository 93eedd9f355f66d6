//! How somebody is told of what concerns them: when, in which workspace, and in which message.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Bridge, Undecided};
use crate::{
    domain::{
        bridge::{
            Below, ChannelAt, Effect, Key, Lane, MessageAt, NewEffect, Notices, Saying, Step,
            Written,
        },
        notice::{Notice, Preferences, Recipient},
        text::each_once,
    },
    ports::outbox::Settled,
};

/// What follows the first message of a burst within this time is folded into it.
const FOLD_WITHIN: TimeDelta = TimeDelta::seconds(60);
/// What follows on one subject within this time stands below the first. Later, nobody would look there; the
/// next morning's news is a message of its own.
const BELOW_WITHIN: TimeDelta = TimeDelta::hours(8);
/// A message with more than this is closed.
const MOST_ITEMS: usize = 10;

/// A message that tells somebody already.
pub(super) struct Notified {
    key: Key,
    at: MessageAt,
    pub(super) notices: Notices,
}

impl Notified {
    /// Whether more can be folded into it: a message that stands below another is of one subject.
    fn has_room_for(&self, new: &[Notice]) -> bool {
        let Notices {
            items,
            begins,
            is_reminder,
            ..
        } = &self.notices;
        let is_of_it = |notice: &Notice| items.iter().any(|it| it.subject() == notice.subject());
        let has_room = !is_reminder && items.len() + new.len() <= MOST_ITEMS;
        has_room && (*begins || new.iter().all(is_of_it))
    }
}

impl Bridge<'_> {
    /// Tells somebody of what is new to them, with what waits behind it.
    pub(super) async fn notify(
        &self,
        key: &Key,
        (who, to): (&Recipient, &[ChannelAt]),
        notices: &[Notice],
    ) -> Result<Settled, Undecided> {
        let lane = Lane::Told(who.clone()).to_string();
        let Some(who) = &who.by_now(to, self.people) else {
            tracing::info!(%who, "who is known as nobody on GitHub any more is told nothing");
            return Ok(Settled::default());
        };
        let mut all = notices.to_vec();
        for waiting in self.outbox.open_in(&lane, "notify").await? {
            // Somebody else may have the login by now.
            if let Effect::Step(Step::Notify {
                who: of,
                to,
                notices,
                ..
            }) = waiting
                && of.by_now(&to, self.people).as_ref() == Some(who)
            {
                for notice in notices {
                    // Of a comment that was edited meanwhile, what waits behind knows more.
                    match all.iter_mut().find(|it| it.id == notice.id) {
                        Some(old) => *old = notice,
                        None => all.push(notice),
                    }
                }
            }
        }
        let preferences = self.preferences(who).await?;
        let (mut new, mut edits) = (Vec::new(), Vec::new());
        for notice in all {
            let key = told_key(who, &notice.id);
            match self.notified(&key).await? {
                Some(told) => edits.push((told, notice)),
                // It was told so long ago that its words are forgotten.
                None if self.outbox.written(&key).await?.is_some() => {}
                None if notice.is_gone() || !preferences.want(&notice, self.now) => {}
                None => new.push(notice),
            }
        }
        let mut edited = edited(edits);
        let mut then = Vec::new();
        if !new.is_empty() {
            match self
                .told_now(key, who, &preferences, &mut edited, &new)
                .await?
            {
                Ok(posts) => then.extend(posts),
                Err(over) if edited.is_empty() => {
                    return Err(Undecided::Later(over, "these are their quiet hours"));
                }
                // To edit what was told waits for nothing.
                Err(_) => then.extend(self.step(who.clone(), key.as_str(), new).await?),
            }
        }
        then.splice(0..0, edited.into_iter().map(|told| edit(key, who, told)));
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// What tells somebody now; or when their quiet hours are over.
    async fn told_now(
        &self,
        key: &Key,
        who: &Recipient,
        preferences: &Preferences,
        edited: &mut Vec<Notified>,
        new: &[Notice],
    ) -> Result<Result<Vec<NewEffect>, DateTime<Utc>>, Undecided> {
        let latest = self.notified(&latest_key(who)).await?;
        let Some((member, channel)) = self.reached(who, preferences).await? else {
            tracing::info!(%who, "who is in no workspace any more is told nothing");
            return Ok(Ok(Vec::new()));
        };
        if let Some(over) = self.quiet_until(preferences, &member).await? {
            return Ok(Err(over));
        }
        let latest = latest.filter(|told| told.at.channel == channel);
        let is_first = latest.is_none();
        if let Some(told) = latest.filter(|told| self.age(&told.at) < FOLD_WITHIN)
            && told.has_room_for(new)
        {
            // It may be about to be edited anyway.
            let at = edited.iter().position(|it| it.key == told.key);
            let mut told = at.map_or(told, |at| edited.remove(at));
            told.notices.items.extend_from_slice(new);
            edited.push(told);
            return Ok(Ok(Vec::new()));
        }
        let below = self.below(who, &channel, new).await?;
        let first = key.then("post");
        let posts = new.chunks(MOST_ITEMS).enumerate().map(|(at, items)| {
            let (key, below, begins) = match (at, &below) {
                (0, None) => (first.clone(), Below::Direct, true),
                (0, Some(root)) => (first.clone(), Below::Message(root.clone()), false),
                // What is more than a message holds stands below it.
                (at, None) => (
                    first.then(&at.to_string()),
                    Below::Key(first.clone()),
                    false,
                ),
                (at, Some(root)) => {
                    let below = Below::Message(root.clone());
                    (first.then(&at.to_string()), below, false)
                }
            };
            let notices = Notices {
                who: who.clone(),
                items: items.to_vec(),
                is_first: is_first && at == 0,
                is_reminder: false,
                begins,
            };
            let post = Effect::Post {
                channel: channel.clone(),
                below,
                saying: Saying::Notices(Box::new(notices)),
            };
            NewEffect::now(key, Lane::Told(who.clone()), post)
        });
        Ok(Ok(posts.collect()))
    }

    /// The message below which further ones of its subject stand, where all are of one.
    async fn below(
        &self,
        who: &Recipient,
        channel: &ChannelAt,
        new: &[Notice],
    ) -> Result<Option<Box<str>>, Undecided> {
        let subjects = each_once(new.iter().map(Notice::subject));
        let [subject] = &subjects[..] else {
            return Ok(None);
        };
        let found = self.outbox.written(&subject_key(who, subject)).await?;
        Ok(match found {
            Some(Written::Message(at)) if at.channel == *channel => {
                (self.age(&at) < BELOW_WITHIN).then_some(at.ts)
            }
            _ => None,
        })
    }

    /// Tells somebody again of what a message told.
    pub(super) async fn remind(
        &self,
        key: &Key,
        (who, to): (&Recipient, &[ChannelAt]),
        of: &Key,
    ) -> Result<Settled, Undecided> {
        let (Some(told), Some(who)) = (self.notified(of).await?, who.by_now(to, self.people))
        else {
            return Ok(Settled::default());
        };
        let who = &who;
        let preferences = self.preferences(who).await?;
        let mut items = told.notices.items;
        items.retain(|item| !item.is_gone() && preferences.want(item, self.now));
        let reached = self.reached(who, &preferences).await?;
        let Some((member, channel)) = reached.filter(|_| !items.is_empty()) else {
            return Ok(Settled::default());
        };
        if let Some(over) = self.quiet_until(&preferences, &member).await? {
            return Err(Undecided::Later(over, "these are their quiet hours"));
        }
        let post = Effect::Post {
            channel,
            below: Below::Direct,
            saying: Saying::Notices(Box::new(Notices {
                who: who.clone(),
                items,
                is_first: false,
                is_reminder: true,
                begins: false,
            })),
        };
        Ok(Settled {
            then: vec![NewEffect::now(
                key.then("post"),
                Lane::Told(who.clone()),
                post,
            )],
            ..Settled::default()
        })
    }

    /// When somebody's quiet hours are over, where these are theirs.
    pub(super) async fn quiet_until(
        &self,
        preferences: &Preferences,
        member: &ChannelAt,
    ) -> Result<Option<DateTime<Utc>>, Undecided> {
        let Some(quiet) = preferences.quiet else {
            return Ok(None);
        };
        let zone = self.chat(&member.workspace)?.zone_of(&member.id).await?;
        Ok(quiet.over_at(self.now, &zone.unwrap_or_default()))
    }

    /// Where somebody is told: their member id, and the conversation with them. Where they have left
    /// one workspace, in another.
    async fn reached(
        &self,
        who: &Recipient,
        preferences: &Preferences,
    ) -> Result<Option<(ChannelAt, ChannelAt)>, Undecided> {
        for member in self.members(who, preferences) {
            if let Some(channel) = self.direct_with(&member.workspace, &member.id).await? {
                return Ok(Some((member, channel)));
            }
        }
        Ok(None)
    }

    /// Who somebody is in each workspace that is served, the one that they chose in front.
    pub(super) fn members(&self, who: &Recipient, preferences: &Preferences) -> Vec<ChannelAt> {
        let mut members = who.members(self.people, preferences);
        members.retain(|member| self.chats.contains_key(&member.workspace));
        members
    }

    fn age(&self, at: &MessageAt) -> TimeDelta {
        at.said_at()
            .map_or(TimeDelta::MAX, |said| (self.now - said).abs())
    }

    /// The message that a key finds, and what it tells; none where its words are forgotten.
    pub(super) async fn notified(&self, key: &Key) -> Result<Option<Notified>, Undecided> {
        let Some((key, effect)) = self.outbox.last(key).await? else {
            return Ok(None);
        };
        let (Effect::Post { saying, .. } | Effect::EditPost { saying, .. }) = effect else {
            return Ok(None);
        };
        let Saying::Notices(notices) = saying else {
            return Ok(None);
        };
        Ok(match self.outbox.written(&key).await? {
            Some(Written::Message(at)) => Some(Notified {
                key,
                at,
                notices: *notices,
            }),
            _ => None,
        })
    }
}

/// Messages with what their notices say by now, where that is something else.
fn edited(edits: Vec<(Notified, Notice)>) -> Vec<Notified> {
    let mut edited: Vec<Notified> = Vec::new();
    let is_other = |(told, notice): &(Notified, Notice)| !told.notices.items.contains(notice);
    for (told, notice) in edits.into_iter().filter(is_other) {
        let at = match edited.iter().position(|it| it.key == told.key) {
            Some(at) => at,
            None => {
                edited.push(told);
                edited.len() - 1
            }
        };
        for old in &mut edited[at].notices.items {
            if old.id == notice.id {
                old.clone_from(&notice);
            }
        }
    }
    edited
}

fn edit(key: &Key, who: &Recipient, told: Notified) -> NewEffect {
    let edit = Effect::EditPost {
        channel: told.at.channel,
        written: told.key.clone(),
        saying: Saying::Notices(Box::new(told.notices)),
    };
    NewEffect::now(key.then(told.key.as_str()), Lane::Told(who.clone()), edit)
}

/// The keys under which a message is found that tells somebody of things; `is_new` where it was just
/// posted.
pub(super) fn keys_of(notices: &Notices, is_new: bool) -> Vec<Key> {
    let Notices { who, items, .. } = notices;
    let latest = is_new.then(|| latest_key(who));
    let mut keys: Vec<Key> = latest.into_iter().collect();
    if notices.is_reminder {
        return keys;
    }
    keys.extend(items.iter().map(|item| told_key(who, &item.id)));
    if notices.begins {
        let subjects = each_once(items.iter().map(Notice::subject));
        keys.extend(subjects.iter().map(|it| subject_key(who, it)));
    }
    keys
}

pub(super) fn told_key(who: &Recipient, id: &str) -> Key {
    Key::of(["told", &*who.to_string(), id])
}

fn latest_key(who: &Recipient) -> Key {
    Key::of(["latest", &*who.to_string()])
}

fn subject_key(who: &Recipient, subject: &str) -> Key {
    Key::of(["subject", &*who.to_string(), subject])
}
