//! A digest as messages in the queue: the first in the channel, or told to one person, the others
//! below it.

use chrono::TimeDelta;

use super::{Digests, Moment, material::written};
use crate::{
    domain::{
        bridge::{Below, Effect, Key, Lane, NewEffect, Page, Saying, Step},
        digest::{Digest, Mark, Plan, Sheet},
        rich::Rich,
        schedule::Slot,
    },
    ports::{Outbox, Store, StoreError, outbox::Cause},
};

/// What is posted later than this is said to be late.
const LATE: TimeDelta = TimeDelta::minutes(60);

impl<S: Outbox + Store> Digests<S> {
    /// Queues the digest of a time; `false` where it was queued before, or nobody has to read it.
    pub async fn post(
        &self,
        plan: &Plan,
        mark: &Mark,
        due: Slot,
        at: Moment<'_>,
    ) -> Result<bool, StoreError> {
        let late = (at.now - due.at > LATE).then(|| {
            let due = due.in_words(&plan.zone);
            format!("It comes late: it was due on {due}.").into()
        });
        let key = plan.key(due.local);
        let seen = |mark: &Mark| Mark {
            seen: due.at,
            ..mark.clone()
        };
        let is_new = self.queue(plan, (mark, seen(mark)), &key, late, at).await?;
        if !is_new {
            // Posted already, or to nobody; or another digest came in between, and it is looked at again.
            let now = self.mark(plan, at.now).await?;
            if now == *mark {
                self.set(plan, &seen(mark)).await?;
            }
        }
        Ok(is_new)
    }

    /// Queues a digest that somebody wants now, whatever is due; `false` where it was queued before, or
    /// another one was at the same moment.
    pub async fn post_now(
        &self,
        plan: &Plan,
        asked: &Key,
        at: Moment<'_>,
    ) -> Result<bool, StoreError> {
        let mark = self.mark(plan, at.now).await?;
        self.queue(plan, (&mark, mark.clone()), asked, None, at)
            .await
    }

    async fn queue(
        &self,
        plan: &Plan,
        (was, mark): (&Mark, Mark),
        key: &Key,
        late: Option<Box<str>>,
        at: Moment<'_>,
    ) -> Result<bool, StoreError> {
        let composed = self.compose(&plan.scope, mark.told, at).await?;
        if composed.digest.is_idle() {
            return Ok(false);
        }
        let next = plan.next(at.now).map(|slot| {
            let next = slot.in_words(&plan.zone);
            format!("Next: {next}").into()
        });
        let is_first = plan.scope.person.is_some() && mark.told.is_none();
        let stop = is_first.then(|| "To stop it: /kep notify digest off".into());
        let small: Vec<Box<str>> = late.into_iter().chain(next).chain(stop).collect();
        let effects = effects(plan, key, &composed.digest, small);
        let mark = Mark {
            told: Some(composed.told),
            ..mark
        };
        let cause = Cause::Digest {
            due: key.as_str(),
            note: &plan.note(),
            was: Some(&written(was)?),
            is: &written(&mark)?,
        };
        self.store.accept(at.now, cause, &effects).await
    }
}

/// The messages, one after the other.
fn effects(plan: &Plan, key: &Key, digest: &Digest, small: Vec<Box<str>>) -> Vec<NewEffect> {
    let sheets = digest.sheets(&plan.scope, &plan.zone);
    let pages = pages(digest, sheets, small);
    if plan.scope.person.is_some() {
        let sayings = pages.into_iter().map(|page| Saying::Digest(Box::new(page)));
        let step = Step::Direct {
            to: plan.at.clone(),
            sayings: sayings.collect(),
        };
        let lane = Lane::Later(key.clone());
        return vec![NewEffect::now(key.clone(), lane, Effect::Step(step))];
    }
    let post = |(at, page): (usize, Page)| {
        let (of, below) = match at {
            0 => (key.clone(), Below::Channel),
            at => (key.then(&at.to_string()), Below::Key(key.clone())),
        };
        let post = Effect::Post {
            channel: plan.at.clone(),
            below,
            saying: Saying::Digest(Box::new(page)),
        };
        NewEffect::now(of, Lane::Later(key.clone()), post)
    };
    pages.into_iter().enumerate().map(post).collect()
}

/// What each message says; the first has the chart, the buttons and the small print.
pub fn pages(digest: &Digest, sheets: Vec<Sheet>, small: Vec<Box<str>>) -> Vec<Page> {
    let buttons = buttons(digest);
    let mut first = Some((small, buttons));
    let page = |sheet: Sheet| {
        let is_first = first.is_some();
        let (small, buttons) = first.take().unwrap_or_default();
        Page {
            title: sheet.title.map(Into::into),
            parts: sheet.parts.iter().map(Rich::to_markdown).collect(),
            small,
            buttons,
            chart: is_first && !digest.is_quiet() && digest.person.is_none(),
        }
    };
    sheets.into_iter().map(page).collect()
}

fn buttons(digest: &Digest) -> Vec<(Box<str>, Box<str>)> {
    let mut buttons: Vec<(Box<str>, Box<str>)> = Vec::new();
    if let Some(worst) = digest.needs.first() {
        let number = worst.kep.number;
        let label = format!("Mend KEP-{number}");
        buttons.push((label.into(), format!("status {number}").into()));
    }
    buttons.push(("My KEPs".into(), "status mine".into()));
    let details = match digest.release {
        Some(release) => format!("All of {release}"),
        None => "The cycle".to_owned(),
    };
    buttons.push((details.into(), "status".into()));
    buttons
}
