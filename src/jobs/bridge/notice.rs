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
/// What follows on one subject within this time stands below the first. Later, nobody would look there.
const BELOW_WITHIN: TimeDelta = TimeDelta::hours(24);
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
        let Notices { items, begins, .. } = &self.notices;
        let is_of_it = |notice: &Notice| items.iter().any(|it| it.subject() == notice.subject());
        items.len() + new.len() <= MOST_ITEMS && (*begins || new.iter().all(is_of_it))
    }
}

impl Bridge<'_> {
    /// Tells somebody of what is new to them, with what waits behind it.
    pub(super) async fn notify(
        &self,
        key: &Key,
        who: &Recipient,
        notices: &[Notice],
    ) -> Result<Settled, Undecided> {
        let mut all = notices.to_vec();
        let lane = Lane::Told(who.clone()).to_string();
        for waiting in self.outbox.open_in(&lane, "notify").await? {
            if let Effect::Step(Step::Notify { notices, .. }) = waiting {
                for notice in notices {
                    // Of a comment that was edited meanwhile, what waits behind knows more.
                    match all.iter_mut().find(|it| it.id == notice.id) {
                        Some(old) => *old = notice,
                        None => all.push(notice),
                    }
                }
            }
        }
        let preferences = self.outbox.preferences(who).await?;
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
        let mut then = edits_of(key, who, edits);
        if !new.is_empty() {
            match self.told_now(key, who, &preferences, new).await? {
                Ok(posts) => then.extend(posts),
                // What waits is told then; to edit what was told waits for nothing.
                Err(over) if then.is_empty() => {
                    return Err(Undecided::Later(over, "these are their quiet hours"));
                }
                Err(_) => {}
            }
        }
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
        new: Vec<Notice>,
    ) -> Result<Result<Vec<NewEffect>, DateTime<Utc>>, Undecided> {
        let latest = self.notified(&latest_key(who)).await?;
        let Some((member, channel)) = self.reached(who, preferences, latest.as_ref()).await? else {
            tracing::info!(%who, "who is in no workspace any more is told nothing");
            return Ok(Ok(Vec::new()));
        };
        if let Some(quiet) = preferences.quiet {
            let zone = self.chat(&member.workspace)?.zone_of(&member.id).await?;
            let zone = zone.unwrap_or_default();
            if let Some(over) = quiet.over_at(self.now, &zone) {
                return Ok(Err(over));
            }
        }
        let lane = || Lane::Told(who.clone());
        if let Some(told) = &latest
            && told.at.channel == channel
            && self.age(&told.at) < FOLD_WITHIN
            && told.has_room_for(&new)
        {
            let mut notices = told.notices.clone();
            notices.items.extend(new);
            let edit = Effect::EditPost {
                channel,
                written: told.key.clone(),
                saying: Saying::Notices(Box::new(notices)),
            };
            return Ok(Ok(vec![NewEffect::now(key.then("fold"), lane(), edit)]));
        }
        let below = self.below(who, &channel, &new).await?;
        let notices = Notices {
            who: who.clone(),
            items: new,
            is_first: latest.is_none(),
            is_reminder: false,
            begins: below.is_none(),
        };
        let post = Effect::Post {
            channel,
            below: below.map_or(Below::Direct, Below::Message),
            saying: Saying::Notices(Box::new(notices)),
        };
        Ok(Ok(vec![NewEffect::now(key.then("post"), lane(), post)]))
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
        who: &Recipient,
        of: &Key,
    ) -> Result<Settled, Undecided> {
        let Some(told) = self.notified(of).await? else {
            return Ok(Settled::default());
        };
        let thread = self.outbox.written(&told.key).await?;
        let Some(Written::Message(at)) = thread else {
            return Ok(Settled::default());
        };
        let post = Effect::Post {
            channel: at.channel,
            below: Below::Direct,
            saying: Saying::Notices(Box::new(Notices {
                is_first: false,
                is_reminder: true,
                ..told.notices
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

    /// Where somebody is told: their member id, and the conversation with them. Where they have left
    /// one workspace, in another.
    async fn reached(
        &self,
        who: &Recipient,
        preferences: &Preferences,
        latest: Option<&Notified>,
    ) -> Result<Option<(ChannelAt, ChannelAt)>, Undecided> {
        for member in self.members(who, preferences) {
            // Where they were told before the conversation is known.
            let known = latest.map(|told| &told.at.channel);
            if let Some(channel) = known.filter(|it| it.workspace == member.workspace) {
                return Ok(Some((member, channel.clone())));
            }
            if let Some(channel) = self.direct_with(&member.workspace, &member.id).await? {
                return Ok(Some((member, channel)));
            }
        }
        Ok(None)
    }

    /// Who somebody is in each workspace, the one that they chose in front.
    pub(super) fn members(&self, who: &Recipient, preferences: &Preferences) -> Vec<ChannelAt> {
        let mut members: Vec<ChannelAt> = match who {
            Recipient::Member(member) => vec![member.clone()],
            Recipient::Login(login) => {
                let person = self.people.by_login(login).into_iter();
                let slack = person.flat_map(|person| &person.slack);
                slack
                    .map(|(workspace, id)| ChannelAt::new(workspace, id))
                    .collect()
            }
        };
        members.retain(|member| self.chats.contains_key(&member.workspace));
        let chosen = preferences.workspace.as_ref();
        members.sort_by_key(|member| Some(&member.workspace) != chosen);
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

/// The edits of messages whose notices say something else by now.
fn edits_of(key: &Key, who: &Recipient, edits: Vec<(Notified, Notice)>) -> Vec<NewEffect> {
    let mut changed: Vec<Notified> = Vec::new();
    let is_other = |(told, notice): &(Notified, Notice)| !told.notices.items.contains(notice);
    for (told, notice) in edits.into_iter().filter(is_other) {
        let at = match changed.iter().position(|it| it.key == told.key) {
            Some(at) => at,
            None => {
                changed.push(told);
                changed.len() - 1
            }
        };
        for old in &mut changed[at].notices.items {
            if old.id == notice.id {
                old.clone_from(&notice);
            }
        }
    }
    let edit = |told: Notified| {
        let edit = Effect::EditPost {
            channel: told.at.channel,
            written: told.key.clone(),
            saying: Saying::Notices(Box::new(told.notices)),
        };
        NewEffect::now(key.then(told.key.as_str()), Lane::Told(who.clone()), edit)
    };
    changed.into_iter().map(edit).collect()
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
