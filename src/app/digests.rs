//! `/kep digest`: a preview for whoever asks, and the digest itself where a liaison wants it now.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::{
    command::{DigestAsk, digest},
    domain::{
        bridge::{ChannelAt, Key, Page, Saying},
        digest::{Plan, Scope},
        people::{Asker, People, Role},
    },
    jobs::{
        digest::{Digests, Moment, pages},
        follow::Known,
    },
    ports::StoreError,
    store::SqliteStore,
};

/// Answers what is asked of the digest.
pub(super) struct AskDigest {
    pub(super) digests: Digests<SqliteStore>,
    pub(super) plans: Arc<[Plan]>,
    /// Told when something was queued.
    pub(super) queued: Arc<Notify>,
}

/// Who asks, where and when.
pub(super) struct Asking<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) channel: &'a ChannelAt,
    /// The same in each telling of it.
    pub(super) identity: &'a Key,
    pub(super) now: DateTime<Utc>,
}

impl AskDigest {
    pub(super) async fn answer(
        &self,
        typed: &str,
        asking: Asking<'_>,
        known: &Known,
    ) -> Result<Saying, StoreError> {
        if known.synced_at.is_none() {
            return Ok(
                "Nothing has arrived from GitHub yet. Ask again in a minute."
                    .to_owned()
                    .into(),
            );
        }
        match digest(typed) {
            Err(why) => Ok(why.into()),
            Ok(DigestAsk::Preview) => self.preview(&asking, known).await,
            Ok(DigestAsk::Now) => self.now(&asking, known).await,
        }
    }

    /// The plan of the channel, else of another one in the workspace.
    fn plan(&self, channel: &ChannelAt) -> Option<&Plan> {
        let mut plans = self.plans.iter();
        let here = plans.find(|plan| plan.at == *channel);
        here.or_else(|| {
            let mut plans = self.plans.iter();
            plans.find(|plan| plan.at.workspace == channel.workspace)
        })
    }

    async fn preview(&self, asking: &Asking<'_>, known: &Known) -> Result<Saying, StoreError> {
        let plan = self.plan(asking.channel);
        let zone = plan.map(|plan| plan.zone.clone()).unwrap_or_default();
        let scope = match plan {
            Some(plan) => plan.scope.clone(),
            None => {
                let mut runtimes = self.digests.settings.runtimes.iter();
                Scope::of(runtimes.next().map_or("", |runtime| &*runtime.name))
            }
        };
        let told = match plan {
            Some(plan) => self.digests.stored(plan).await?.and_then(|mark| mark.told),
            None => None,
        };
        let at = Moment::of(known, asking.now);
        let digest = self.digests.compose(&scope, told, at).await?.digest;
        let sheets = digest.sheets(&scope, &zone);
        let below = match sheets.len() - 1 {
            0 => "",
            1 => " One more message would stand in its thread.",
            _ => " More messages would stand in its thread.",
        };
        let when = self.when(asking);
        let small = format!("A preview that only you see.{below} {when}");
        let first = pages(&digest, sheets, vec![small.into()])
            .into_iter()
            .next();
        let page = Page {
            chart: false,
            ..first.unwrap_or_default()
        };
        Ok(Saying::Digest(Box::new(page)))
    }

    /// When the digest comes, in a sentence.
    fn when(&self, asking: &Asking<'_>) -> String {
        let next = self.plan(asking.channel).and_then(|plan| {
            let slot = plan.next(asking.now)?;
            Some((plan, slot.in_words(&plan.zone)))
        });
        match next {
            Some((plan, words)) if plan.at == *asking.channel => {
                format!("Here it comes on {words}.")
            }
            Some((plan, words)) => {
                format!("It comes to another channel ({}) on {words}.", plan.at.id)
            }
            None => "It comes to no channel of this workspace yet: the settings say where, with digest = {} under [[channels]].".to_owned(),
        }
    }

    async fn now(&self, asking: &Asking<'_>, known: &Known) -> Result<Saying, StoreError> {
        let people = self.digests.people.borrow().clone();
        if !is_liaison(&people, asking.asker) {
            return Ok(refused(&people, asking.asker, &self.when(asking)).into());
        }
        let plans = self.plans.iter().filter(|plan| plan.at == *asking.channel);
        let plans: Vec<&Plan> = plans.collect();
        if plans.is_empty() {
            let when = self.when(asking);
            let why = format!("This channel gets no digest, so none is posted here. {when}");
            return Ok(why.into());
        }
        let key = Key::of(["digest", "now"]).then(asking.identity.as_str());
        let mut is_new = false;
        // A channel may hear of several runtimes.
        for plan in plans {
            let key = key.then(&plan.scope.runtime);
            let at = Moment::of(known, asking.now);
            is_new |= self.digests.post_now(plan, &key, at).await?;
        }
        self.queued.notify_one();
        let said = if is_new {
            "It is on its way. What it tells is not told again by the next one."
        } else {
            "One is on its way already. Where it does not come, ask again."
        };
        Ok(said.to_owned().into())
    }
}

fn is_liaison(people: &People, asker: Asker<'_>) -> bool {
    let person = people.by_slack(asker.workspace, asker.user);
    person.is_some_and(|person| person.roles.contains(&Role::Liaison))
}

/// A polite no that names who may.
fn refused(people: &People, asker: Asker<'_>, when: &str) -> String {
    let liaisons = people.iter().filter(|person| {
        person.roles.contains(&Role::Liaison) && person.slack.contains_key(asker.workspace)
    });
    let liaisons: Vec<&str> = liaisons.map(|person| person.login.as_str()).collect();
    let ask = if liaisons.is_empty() {
        "The settings name none yet: somebody gets roles = [\"liaison\"] there.".to_owned()
    } else {
        format!("Ask one of them: {}.", liaisons.join(", "))
    };
    format!("Posting the digest by hand is for liaisons. {ask} {when}")
}
