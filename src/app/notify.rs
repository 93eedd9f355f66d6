//! `/kep notify`: somebody wants a digest of their own KEPs by direct message, or no more.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::{
    command::{NotifyAsk, notify},
    domain::{
        digest::{Often, Plan, Subscription},
        people::Asker,
    },
    jobs::digest::Digests,
    ports::{Store as _, StoreError},
    store::SqliteStore,
};

/// Takes in who wants what.
pub(super) struct AskNotify {
    pub(super) digests: Digests<SqliteStore>,
    /// The channels' plans, whose clocks people's go by.
    pub(super) plans: Arc<[Plan]>,
    /// Told when somebody wants something else.
    pub(super) subscribed: Arc<Notify>,
}

impl AskNotify {
    pub(super) async fn answer(
        &self,
        typed: &str,
        asker: Asker<'_>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        match notify(typed) {
            Err(why) => Ok(why),
            Ok(NotifyAsk::Show) => self.show(asker, now).await,
            Ok(NotifyAsk::Digest(Some(often))) => self.subscribe(asker, often, now).await,
            Ok(NotifyAsk::Digest(None)) => {
                let store = &self.digests.store;
                store.subscribe(asker.workspace, asker.user, None).await?;
                Ok("You get no digest of your KEPs from now on. /kep notify digest weekly brings it back.".to_owned())
            }
        }
    }

    async fn show(&self, asker: Asker<'_>, now: DateTime<Utc>) -> Result<String, StoreError> {
        if !self.is_known(asker) {
            return Ok(self.not_known(asker));
        }
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
            return Ok(self.not_known(asker));
        };
        self.digests.subscribe(&subscription, &plan, now).await?;
        self.subscribed.notify_one();
        Ok(told(often, &plan, now))
    }

    fn is_known(&self, asker: Asker<'_>) -> bool {
        let people = self.digests.people.borrow();
        people.by_slack(asker.workspace, asker.user).is_some()
    }

    fn not_known(&self, asker: Asker<'_>) -> String {
        let ask = self.digests.people.borrow().ask_to_be_known(asker);
        format!(
            "I do not know who you are on GitHub, so I cannot tell which KEPs are yours: {ask}. Then type that again."
        )
    }
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
