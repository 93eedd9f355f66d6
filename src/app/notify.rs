//! `/kep notify`, and the buttons below what somebody is told: what they want to hear by direct message,
//! when and where.

use std::{fmt::Write as _, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::{
    command::{NotifyAsk, notify},
    domain::{
        KepNumber,
        bridge::{ChannelAt, Lane},
        digest::{Often, Plan, Subscription},
        notice::{Kind, Off, Preferences, Recipient, Wish},
        people::{Asker, People},
    },
    jobs::digest::Digests,
    ports::{Outbox as _, Store as _, StoreError},
    store::SqliteStore,
};

/// How somebody changes what they get.
const HOW: &str = "\n\nTo change that, type one of these:\n\
    • /kep notify mentions off (or assignments, changes, freezes), and on\n\
    • /kep notify quiet 22:00-08:00, and quiet off\n\
    • /kep notify mute 5825, and unmute 5825\n\
    • /kep notify off 3d, and on";

/// Takes in who wants what.
pub(super) struct AskNotify {
    pub(super) digests: Digests<SqliteStore>,
    /// The channels' plans, whose clocks people's go by.
    pub(super) plans: Arc<[Plan]>,
    /// Told when somebody wants something else.
    pub(super) subscribed: Arc<Notify>,
    /// Told when something that waits may be done.
    pub(super) queued: Arc<Notify>,
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
        let wish = match ask {
            NotifyAsk::Show => return self.show(asker, now).await,
            NotifyAsk::Digest(Some(often)) => return self.subscribe(asker, often, now).await,
            NotifyAsk::Digest(None) => {
                let store = &self.digests.store;
                store.subscribe(asker.workspace, asker.user, None).await?;
                return Ok("You get no digest of your KEPs from now on. /kep notify digest weekly brings it back.".to_owned());
            }
            NotifyAsk::Off(time) => Wish::Off(Some(off(time, now))),
            NotifyAsk::On => Wish::Off(None),
            NotifyAsk::Kind(kind, is_wanted) => Wish::Kind(kind, is_wanted),
            NotifyAsk::Quiet(hours) => Wish::Quiet(hours),
            NotifyAsk::Mute(kep, is_muted) => Wish::Mute(kep, is_muted),
            NotifyAsk::Here => Wish::Workspace(asker.workspace.into()),
        };
        self.wish(asker, &wish, now).await?;
        self.show(asker, now).await
    }

    /// From now on somebody hears nothing of a KEP.
    pub(super) async fn mute(
        &self,
        asker: Asker<'_>,
        kep: KepNumber,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        self.wish(asker, &Wish::Mute(kep, true), now).await?;
        Ok(format!(
            "You hear nothing more of KEP-{kep} from me. /kep notify unmute {kep} brings it back."
        ))
    }

    async fn wish(
        &self,
        asker: Asker<'_>,
        wish: &Wish,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let people = self.people();
        let who = recipient(&people, asker);
        let store = &self.digests.store;
        store.wish(&who.names(&people), wish, now).await?;
        // What waits for the end of quiet hours may wait no more.
        let lane = Lane::Told(who).to_string();
        store.hurry(&lane, now).await?;
        self.queued.notify_one();
        Ok(())
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
        let mut text = told_of(&preferences, now);
        if let Recipient::Member(_) = who {
            let _ = write!(text, "\n{}", not_known(&people, asker));
        } else {
            text.push('\n');
            text.push_str(&self.digest(asker, now).await?);
            text.push_str(HOW);
        }
        Ok(text)
    }

    async fn digest(&self, asker: Asker<'_>, now: DateTime<Utc>) -> Result<String, StoreError> {
        let subscriptions = self.digests.store.subscriptions().await?;
        let is_theirs =
            |it: &&Subscription| *it.workspace == *asker.workspace && *it.user == *asker.user;
        let theirs = subscriptions.iter().find(is_theirs);
        let plan = theirs.and_then(|it| Some((it.often, self.digests.plan_of(it, &self.plans)?)));
        Ok(match plan {
            Some((often, plan)) => told(often, &plan, now),
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
        Ok(told(often, &plan, now))
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

/// What somebody is told of, when and where.
fn told_of(preferences: &Preferences, now: DateTime<Utc>) -> String {
    let mut text = match preferences.off.filter(|_| preferences.is_off(now)) {
        Some(Off::ForGood) => {
            "I tell you nothing by direct message until you type /kep notify on. After that:\n"
                .to_owned()
        }
        Some(Off::Until(then)) => format!(
            "I tell you nothing by direct message until {}; /kep notify on ends that. After that:\n",
            then.format("%-d %b %Y, %H:%M UTC")
        ),
        None => String::new(),
    };
    let (without, with): (Vec<Kind>, Vec<Kind>) = Kind::ALL
        .into_iter()
        .partition(|kind| preferences.without.contains(kind));
    if with.is_empty() {
        text.push_str("I tell you nothing of GitHub.");
    } else {
        text.push_str("I tell you by direct message when:");
    }
    for kind in with {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n• {} ({})", kind.about(), kind.word());
    }
    if !without.is_empty() {
        let words: Vec<&str> = without.into_iter().map(Kind::word).collect();
        let _ = write!(text, "\nNot of: {}.", words.join(", "));
    }
    if let Some(quiet) = preferences.quiet {
        let _ = write!(
            text,
            "\nNot from {quiet} by your clock on Slack: it waits until then."
        );
    }
    if !preferences.muted.is_empty() {
        let keps = preferences.muted.iter().map(|kep| format!("KEP-{kep}"));
        let keps: Vec<String> = keps.collect();
        let _ = write!(text, "\nMuted: {}.", keps.join(", "));
    }
    if let Some(workspace) = &preferences.workspace {
        let _ = write!(text, "\nOn the workspace {workspace}.");
    }
    text
}

/// What somebody gets, when, and how to have it otherwise.
fn told(often: Often, plan: &Plan, now: DateTime<Utc>) -> String {
    let when = match often {
        Often::Weekly => "each Monday",
        Often::Daily => "each working day",
    };
    let next = plan.next(now).map(|slot| slot.in_words(&plan.zone));
    let next = next.map(|next| format!(" The next is due on {next}."));
    let next = next.unwrap_or_default();
    format!(
        "You get a digest of your KEPs {when}, by direct message, unless there is nothing to tell.{next} To stop it: /kep notify digest off."
    )
}
