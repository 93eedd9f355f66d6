//! What a digest is made from, out of the store.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use tokio::sync::watch;

use crate::{
    domain::{
        Comment, Settings,
        board::Board,
        bridge::{CommentAt, Effect, IssueAt, Written, unmarked},
        change::Change,
        digest::{Digest, Mark, Material, Plan, Scope, Told, Update},
        people::{People, Role},
    },
    jobs::{bridge::UNREPEATED, follow::Known, tell},
    ports::{Outbox, Store, StoreError},
};

/// What GitHub says was written this long before the last sync has arrived: its clock and ours differ.
const ARRIVED: TimeDelta = TimeDelta::minutes(5);
/// Who said what the bot wrote, where that is forgotten.
const VIA_SLACK: &str = "via Slack";
/// Without a digest before it, one tells what was said in so much time.
const A_WEEK: TimeDelta = TimeDelta::days(7);

/// What composes digests.
pub struct Digests<S> {
    /// What changed, what was said, and how far was told of it.
    pub store: Arc<S>,
    /// What the operator decides.
    pub settings: Arc<Settings>,
    /// Who is who.
    pub people: watch::Receiver<Arc<People>>,
}

impl<S> Clone for Digests<S> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            settings: self.settings.clone(),
            people: self.people.clone(),
        }
    }
}

/// What is known at a moment.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The KEPs.
    pub board: &'a Board,
    /// When the last sync that went through ended.
    pub synced_at: Option<DateTime<Utc>>,
    /// The moment.
    pub now: DateTime<Utc>,
}

impl<'a> Moment<'a> {
    /// Of what is known to a bot that runs.
    pub fn of(known: &'a Known, now: DateTime<Utc>) -> Self {
        Self {
            board: &known.board,
            synced_at: known.synced_at,
            now,
        }
    }
}

/// A digest, and how far it tells.
#[derive(Debug)]
pub struct Composed {
    /// What it says.
    pub digest: Digest,
    /// How far.
    pub told: Told,
}

impl<S: Outbox + Store> Digests<S> {
    /// How far a channel's digests came. What was due before there was a plan, or by another one, never
    /// will be posted. A clock that went ahead saw to nothing that is still to come: what was posted
    /// by it is known by its key.
    pub async fn mark(&self, plan: &Plan, now: DateTime<Utc>) -> Result<Mark, StoreError> {
        let note = self.store.note(&plan.note()).await?;
        let stored = note.as_deref().and_then(read);
        let words = plan.words();
        match stored {
            Some(mark) if mark.plan == words && mark.seen <= now => {
                // One of before an upgrade is written as it is now: it is compared by its letters.
                if note != Some(written(&mark)?) {
                    self.set(plan, &mark).await?;
                }
                Ok(mark)
            }
            other => {
                let told = other.and_then(|mark| mark.told).map(|told| Told {
                    at: told.at.min(now),
                    said: told.said.min(now),
                    ..told
                });
                let mark = Mark {
                    plan: words,
                    seen: now,
                    told,
                };
                self.set(plan, &mark).await?;
                Ok(mark)
            }
        }
    }

    /// The mark as it is stored.
    pub async fn stored(&self, plan: &Plan) -> Result<Option<Mark>, StoreError> {
        let note = self.store.note(&plan.note()).await?;
        Ok(note.as_deref().and_then(read))
    }

    pub(super) async fn set(&self, plan: &Plan, mark: &Mark) -> Result<(), StoreError> {
        self.store.set_note(&plan.note(), &written(mark)?).await
    }

    /// Composes what is new since the last digest.
    pub async fn compose(
        &self,
        scope: &Scope,
        last: Option<Told>,
        at: Moment<'_>,
    ) -> Result<Composed, StoreError> {
        let now = at.now;
        let latest = self.store.latest().await?.change;
        let changes = match last {
            Some(last) => self.store.changes_after(last.change).await?,
            None => Vec::new(),
        };
        let change = changes.last().map_or(latest, |(id, _)| *id);
        let changes: Vec<Change> = changes.into_iter().map(|(_, change)| change).collect();
        // What was said is taken in by whole syncs.
        let arrived = at.synced_at.unwrap_or(now).min(now) - ARRIVED;
        let from = last.map_or(now - A_WEEK, |last| last.said);
        let said = arrived.max(from).trunc_subsecs(0);
        let updates = self.updates(scope, at.board, from, said).await?;
        let mut digest = Digest::compose(
            Material {
                board: at.board,
                settings: &self.settings,
                now,
                since: last.map(|last| last.at),
                changes: &changes,
                updates: &updates,
                before: last.and_then(|last| last.left),
            },
            scope,
        );
        // Another cycle has other KEPs.
        if last.is_some_and(|last| last.release != digest.release) {
            digest.left_before = None;
        }
        let told = Told {
            at: now,
            change,
            said,
            left: digest.left,
            release: digest.release,
        };
        Ok(Composed { digest, told })
    }

    /// Composes what changed since a moment, whatever was told before.
    pub async fn compose_since(
        &self,
        scope: &Scope,
        since: DateTime<Utc>,
        at: Moment<'_>,
    ) -> Result<Digest, StoreError> {
        let now = at.now;
        let changes = self.store.changes(since).await?.into_iter();
        let changes: Vec<Change> = changes
            .filter(|told| told.at <= now)
            .map(|told| told.change)
            .collect();
        let updates = self.updates(scope, at.board, since, now).await?;
        let material = Material {
            board: at.board,
            settings: &self.settings,
            now,
            since: Some(since),
            changes: &changes,
            updates: &updates,
            before: None,
        };
        Ok(Digest::compose(material, scope))
    }

    /// What liaisons and shepherds said on the tracking issues, on GitHub and from Slack.
    async fn updates(
        &self,
        scope: &Scope,
        board: &Board,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Update>, StoreError> {
        let mut runtimes = self.settings.runtimes.iter();
        let Some(runtime) = runtimes.find(|runtime| runtime.name == scope.runtime) else {
            return Ok(Vec::new());
        };
        let is_private = tell::is_private(&*self.store, &runtime.repository).await?;
        let people = self.people.borrow().clone();
        let mut updates = Vec::new();
        for comment in self
            .store
            .said_between(&runtime.repository, from, to)
            .await?
        {
            // An issue may track several KEPs.
            let mut entries = board.entries().iter().filter(|entry| {
                let mut issues = entry.issues().map(|it| &*it.issue);
                issues.any(|issue| {
                    issue.number == comment.issue && issue.repository == comment.repository
                })
            });
            let Some(entry) = entries.find(|entry| scope.concerns(entry, &self.settings)) else {
                continue;
            };
            let (text, mark) = unmarked(&comment.body);
            let said = if mark.is_some() {
                self.relayed(&comment).await?
            } else {
                let author = comment.author.as_ref().filter(|author| {
                    let person = people.by_login(author);
                    person.is_some_and(|person| person.roles.contains(&Role::Liaison))
                        || entry.speakers(&self.settings).contains(author)
                });
                let text = if is_private { UNREPEATED } else { text };
                author.map(|author| (author.as_str().into(), text.to_owned()))
            };
            updates.extend(said.map(|(who, markdown)| Update {
                kep: entry.kep.number,
                who,
                url: comment.url.clone(),
                markdown,
            }));
        }
        Ok(updates)
    }

    /// What the bot itself wrote for somebody, and for whom; `None` where it did not write it.
    async fn relayed(&self, comment: &Comment) -> Result<Option<(Box<str>, String)>, StoreError> {
        let written = Written::Comment {
            at: CommentAt {
                issue: IssueAt {
                    repository: comment.repository.clone(),
                    number: comment.issue,
                },
                id: comment.id,
            },
            url: comment.url.clone(),
        };
        let Some(key) = self.store.key_of(&written).await? else {
            return Ok(None);
        };
        let queued = self.store.queued(&key).await?;
        Ok(Some(match queued.map(|queued| queued.effect) {
            Some(Effect::Comment { body, of, .. }) => {
                (of.map_or_else(|| VIA_SLACK.into(), |of| of.who), body)
            }
            // That is forgotten before the comment is.
            _ => (VIA_SLACK.into(), unmarked(&comment.body).0.to_owned()),
        }))
    }
}

fn read(note: &str) -> Option<Mark> {
    serde_json::from_str(note).ok()
}

pub(super) fn written(mark: &Mark) -> Result<String, StoreError> {
    serde_json::to_string(mark).map_err(|error| StoreError::Failed(error.to_string()))
}
