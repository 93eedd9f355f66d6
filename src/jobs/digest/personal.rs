//! Digests of people's own: who gets one, and since when.

use chrono::{DateTime, Utc};

use super::Digests;
use crate::{
    domain::digest::{Mark, Plan, Subscription},
    ports::{Outbox, Store, StoreError},
};

impl<S: Outbox + Store> Digests<S> {
    /// The plans of those who asked for one, by the clocks of their workspace's `channels`.
    pub async fn personal(&self, channels: &[Plan]) -> Result<Vec<Plan>, StoreError> {
        let subscriptions = self.store.subscriptions().await?;
        let plans = subscriptions.iter();
        let plans = plans.filter_map(|subscription| self.plan_of(subscription, channels));
        Ok(plans.collect())
    }

    /// The plan of somebody; `None` where they are tied to no login, so that it is not known
    /// which KEPs are theirs.
    pub fn plan_of(&self, subscription: &Subscription, channels: &[Plan]) -> Option<Plan> {
        let Subscription {
            workspace, user, ..
        } = subscription;
        let people = self.people.borrow();
        let login = people.by_slack(workspace, user)?.login.clone();
        let runtime = self.settings.runtimes.first()?;
        let mut there = channels
            .iter()
            .filter(|plan| plan.at.workspace == *workspace);
        let zone = there.next().map(|plan| plan.zone.clone());
        Some(subscription.plan(login, &runtime.name, zone.unwrap_or_default()))
    }

    /// From now on somebody gets one by a plan. Who had none for a while is not told of all that time.
    pub async fn subscribe(
        &self,
        subscription: &Subscription,
        plan: &Plan,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Subscription {
            workspace,
            user,
            often,
        } = subscription;
        let subscriptions = self.store.subscriptions().await?;
        let is_new = !subscriptions
            .iter()
            .any(|it| it.workspace == *workspace && it.user == *user);
        if is_new {
            let mark = Mark {
                plan: plan.words(),
                seen: now,
                told: None,
            };
            self.set(plan, &mark).await?;
        }
        self.store.subscribe(workspace, user, Some(*often)).await
    }
}
