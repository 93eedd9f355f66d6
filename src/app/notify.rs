//! `/kep notify`, and the buttons below what somebody is told: what they want to hear by direct message,
//! when and where.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use super::inlet::Chats;
use crate::{
    command::{NotifyAsk, notify},
    domain::{
        KepNumber, Zone,
        bridge::{ChannelAt, Lane},
        digest::{Often, Plan, Subscription},
        notice::{Kind, Off, Preferences, Recipient, Told, Wish},
        people::{Asker, People},
    },
    jobs::digest::Digests,
    ports::{Clock, Outbox as _, Store as _, StoreError},
    store::SqliteStore,
};

/// How somebody changes what they get.
fn how() -> String {
    format!(
        "\n\nTo change that, type one of these; my Home tab has buttons for the kinds, for all of it and for what is muted.\n\
        • /kep notify mentions off (or {}), and on\n\
        • /kep notify quiet 22:00-08:00, and quiet off\n\
        • /kep notify mute 5825, and unmute 5825\n\
        • /kep notify off 3d, and on\n\
        • /kep notify here, where you are on several workspaces",
        Kind::others()
    )
}

/// How long an answer waits for somebody's time zone: Slack waits three seconds for it.
const ZONE_WITHIN: Duration = Duration::from_secs(1);

/// Takes in who wants what.
pub(super) struct AskNotify {
    pub(super) digests: Digests<SqliteStore>,
    /// The channels' plans, whose clocks people's go by.
    pub(super) plans: Arc<[Plan]>,
    /// Told when somebody wants something else.
    pub(super) subscribed: Arc<Notify>,
    /// Told when something that waits may be done.
    pub(super) queued: Arc<Notify>,
    /// Which say in which time zones people are.
    pub(super) chats: Chats,
    pub(super) clock: Arc<dyn Clock>,
}

impl AskNotify {
    pub(super) async fn answer(
        &self,
        typed: &str,
        asker: Asker<'_>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let ask = match notify(typed) {
            Ok(ask) => ask,
            Err(why) => return Ok(why),
        };
        match (ask, wish(ask, asker, now)) {
            (_, Some(wish)) => self.wish(asker, &wish, now).await,
            (NotifyAsk::Digest(Some(often)), _) => self.subscribe(asker, often, now).await,
            (NotifyAsk::Digest(None), _) => {
                let store = &self.digests.store;
                store.subscribe(asker.workspace, asker.user, None).await?;
                Ok("You get no digest of your KEPs from now on. /kep notify digest weekly brings it back.".to_owned())
            }
            _ => self.show(asker, now).await,
        }
    }

    /// Takes in what somebody wants to be otherwise, by the words for it, and says nothing.
    pub(super) async fn wished(
        &self,
        typed: &str,
        asker: Asker<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if let Some(wish) = notify(typed).ok().and_then(|ask| wish(ask, asker, now)) {
            self.take_in(asker, &wish, now).await?;
        }
        Ok(())
    }

    /// From now on somebody hears nothing of a KEP.
    pub(super) async fn mute(
        &self,
        asker: Asker<'_>,
        kep: KepNumber,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        self.wish(asker, &Wish::Mute(kep, true), now).await
    }

    async fn wish(
        &self,
        asker: Asker<'_>,
        wish: &Wish,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let people = self.people();
        let (who, preferences) = self.take_in(asker, wish, now).await?;
        let zone = self.zone(&who, &people, &preferences).await;
        let told = Told {
            preferences: &preferences,
            zone: zone.as_ref(),
            now,
        };
        let text = told.otherwise(wish);
        Ok(match who {
            Recipient::Login(_) => text,
            Recipient::Member(_) => format!("{text}\n{}", not_known(&people, asker)),
        })
    }

    async fn take_in(
        &self,
        asker: Asker<'_>,
        wish: &Wish,
        now: DateTime<Utc>,
    ) -> Result<(Recipient, Preferences), StoreError> {
        let people = self.people();
        let who = recipient(&people, asker);
        let store = &self.digests.store;
        let preferences = store.wish(&who.names(&people), wish, now).await?;
        // What waits for the end of quiet hours may wait no more.
        let lane = Lane::Told(who.clone()).to_string();
        store.hurry(&lane, now).await?;
        self.queued.notify_one();
        Ok((who, preferences))
    }

    /// What somebody gets by direct message, and how to have it otherwise.
    pub(super) async fn show(
        &self,
        asker: Asker<'_>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let people = self.people();
        let who = recipient(&people, asker);
        let preferences = self.digests.store.preferences(&who.names(&people)).await?;
        let zone = self.zone(&who, &people, &preferences).await;
        let told = Told {
            preferences: &preferences,
            zone: zone.as_ref(),
            now,
        };
        let all = told.all();
        Ok(match who {
            Recipient::Member(_) => format!("{all}\n{}", not_known(&people, asker)),
            Recipient::Login(_) => {
                format!("{all}\n{}{}", self.digest(asker, now).await?, how())
            }
        })
    }

    /// By which clock somebody reads when they hear nothing, where Slack says so soon.
    async fn zone(
        &self,
        who: &Recipient,
        people: &People,
        preferences: &Preferences,
    ) -> Option<Zone> {
        if preferences.quiet.is_none() && !matches!(preferences.off, Some(Off::Until(_))) {
            return None;
        }
        let mut members = who.members(people, preferences).into_iter();
        let (chat, user) = members.find_map(|it| Some((self.chats.get(&it.workspace)?, it.id)))?;
        tokio::select! {
            zone = chat.zone_of(&user) => zone.ok().map(Option::unwrap_or_default),
            () = self.clock.expire(ZONE_WITHIN) => None,
        }
    }

    async fn digest(&self, asker: Asker<'_>, now: DateTime<Utc>) -> Result<String, StoreError> {
        let subscriptions = self.digests.store.subscriptions().await?;
        let is_theirs =
            |it: &&Subscription| *it.workspace == *asker.workspace && *it.user == *asker.user;
        let theirs = subscriptions.iter().find(is_theirs);
        let plan = theirs.and_then(|it| Some((it.often, self.digests.plan_of(it, &self.plans)?)));
        Ok(match plan {
            Some((often, plan)) => told_digest(often, &plan, now),
            None => "You get no digest of your own. Type /kep notify digest weekly for one each Monday, or /kep notify digest daily for one each working day: your KEPs only, by direct message.".to_owned(),
        })
    }

    async fn subscribe(
        &self,
        asker: Asker<'_>,
        often: Often,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let subscription = Subscription {
            workspace: asker.workspace.into(),
            user: asker.user.into(),
            often,
        };
        let Some(plan) = self.digests.plan_of(&subscription, &self.plans) else {
            return Ok(not_known(&self.people(), asker));
        };
        self.digests.subscribe(&subscription, &plan, now).await?;
        self.subscribed.notify_one();
        Ok(told_digest(often, &plan, now))
    }

    fn people(&self) -> Arc<People> {
        self.digests.people.borrow().clone()
    }
}

/// Who somebody is to whom things are told.
fn recipient(people: &People, asker: Asker<'_>) -> Recipient {
    match people.by_slack(asker.workspace, asker.user) {
        Some(person) => Recipient::Login(person.login.clone()),
        None => Recipient::Member(ChannelAt::new(asker.workspace, asker.user)),
    }
}

/// What is asked to be otherwise, if anything is.
fn wish(ask: NotifyAsk, asker: Asker<'_>, now: DateTime<Utc>) -> Option<Wish> {
    Some(match ask {
        NotifyAsk::Show | NotifyAsk::Digest(_) => return None,
        NotifyAsk::Off(time) => Wish::Off(Some(off(time, now))),
        NotifyAsk::On => Wish::Off(None),
        NotifyAsk::Kind(kind, is_wanted) => Wish::Kind(kind, is_wanted),
        NotifyAsk::Quiet(hours) => Wish::Quiet(hours),
        NotifyAsk::Mute(kep, is_muted) => Wish::Mute(kep, is_muted),
        NotifyAsk::Here => Wish::Workspace(asker.workspace.into()),
    })
}

fn off(time: Option<TimeDelta>, now: DateTime<Utc>) -> Off {
    match time {
        None => Off::ForGood,
        Some(time) => Off::Until(now + time),
    }
}

fn not_known(people: &People, asker: Asker<'_>) -> String {
    let ask = people.ask_to_be_known(asker);
    format!(
        "I do not know who you are on GitHub, so I cannot tell what concerns you: {ask}. Then type that again."
    )
}

/// Which digest somebody gets, when, and how to end it.
fn told_digest(often: Often, plan: &Plan, now: DateTime<Utc>) -> String {
    let when = match often {
        Often::Weekly => "each Monday",
        Often::Daily => "each working day",
    };
    let next = plan.next(now).map(|slot| slot.in_words(&plan.zone));
    let next = next.map(|next| format!(" The next is due on {next}."));
    let next = next.unwrap_or_default();
    format!(
        "You get a digest of your KEPs {when}, by direct message. It stays away where nothing is new, and says once a week what still needs somebody.{next} To stop it: /kep notify digest off."
    )
}
