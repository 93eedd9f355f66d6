//! Takes in what the forge says unasked, by the rules of asking: what is kept, what is told and
//! to whom not.
//!
//! Events come twice, late and in any order, and the next sync asks for the same again. So an event
//! never moves a feed's position, and it is believed only where it is certainly newer than what is
//! stored. Where that cannot be known, because it is the same second or nothing is stored to
//! compare with (a late event must not bring back what was deleted), the forge is asked for that
//! one thing. Where the forge cannot be asked, the event is left out: a sync brings it.
//!
//! Syncs and events are taken in one after the other, by whoever drives both. So a page is never
//! older than an event that was taken in before it, unless the forge itself lags behind what it said.
//! Such a page replaces and drops no issue or comment that is newer. A comment that was deleted it
//! does bring back, because nothing is left to compare it with: the next sweep takes it out again,
//! which is cheaper than to keep a mark of every comment that is no more.

use std::{cmp::Ordering, iter::once};

use super::{KEEP_COMMENTS, Sync, Trouble, issues::sort, telling::Done};
use crate::{
    domain::{Comment, CommentKind, Did, Issue, Repository, Runtime, change::Change},
    jobs::tell::noted_beginning,
    ports::{
        StoreError,
        forge::{Departure, Fetched, ForgeEvent, Found},
        store::{Feed, Position},
    },
};

/// What an event did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What changed since changes were last told.
    pub changed: Vec<Change>,
    /// Whether a sync should follow soon.
    pub sync: bool,
}

/// What an event that was taken in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    Sync,
}

impl Sync<'_> {
    /// Takes an event in and tells what changed. It costs few requests, mostly none.
    pub async fn apply(&self, event: ForgeEvent) -> Result<Applied, StoreError> {
        let quiet = self.unsettled().await?;
        let done = self.done_by(&event).await?;
        let need = match self.take(event).await {
            Ok(need) => need,
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Forge(error)) => {
                tracing::info!(%error, "an event is left to the next sync");
                Need::Sync
            }
        };
        let (_, pending) = self.store.pending().await?;
        let changed = if pending {
            self.tell_changes(&quiet, done.as_ref()).await?.1.changed
        } else {
            Vec::new()
        };
        Ok(Applied {
            changed,
            sync: need == Need::Sync,
        })
    }

    /// Who did what to an issue, where an event tells.
    async fn done_by(&self, event: &ForgeEvent) -> Result<Option<Done>, StoreError> {
        let (repository, number, did) = match event {
            ForgeEvent::Changed { issue, did } => (&*issue.repository, issue.number, did.clone()),
            ForgeEvent::Left {
                repository,
                number,
                by,
                ..
            } => {
                let did = by.clone().map(|by| (by, Did::Left));
                (&*repository.to_string(), *number, did)
            }
            _ => return Ok(None),
        };
        let (Some((repository, _)), Some((by, what))) = (self.runtime_at(repository), did) else {
            return Ok(None);
        };
        let name = repository.to_string();
        if let Did::Edited { from } = &what {
            // Where another edit came between, nobody can say whose which is.
            let stored = self.store.issue(&name, number).await?;
            if stored.is_some_and(|stored| stored.body != *from) {
                return Ok(None);
            }
        }
        let issue = (name.into(), number);
        Ok(Some(Done { issue, by, what }))
    }

    async fn take(&self, event: ForgeEvent) -> Result<Need, Trouble> {
        match event {
            ForgeEvent::Changed { issue, did } => {
                if is_same(&self.sources.enhancements, &issue.repository) {
                    self.rewritten(*issue, did).await?;
                    return Ok(Need::Nothing);
                }
                self.changed(*issue).await
            }
            ForgeEvent::AskedForReview { pull, whom } => {
                let (repository, number) = (pull.repository.clone(), pull.number);
                let need = self.changed(*pull).await?;
                let Some((repository, _)) = self.runtime_at(&repository) else {
                    return Ok(need);
                };
                let asked = self.reviews_now(repository, number).await?;
                let (Some(asked), Some(whom)) = (asked, whom) else {
                    return Ok(need);
                };
                let name = whom.to_string();
                if asked.iter().any(|request| *request.body == *name) {
                    return Ok(need);
                }
                // A forge may know of it a little later than it tells of it.
                let feed = Feed::ReviewsOf(number);
                let name = repository.to_string();
                let unasked = Position::default();
                self.store.set_position(&name, feed, &unasked).await?;
                Ok(Need::Sync)
            }
            ForgeEvent::Left {
                repository,
                number,
                to,
                ..
            } => self.gone(&repository, number, &to).await,
            ForgeEvent::Commented {
                comment,
                was,
                below,
            } => {
                let need = self.below(below).await?;
                Ok(need.or(self.commented(*comment, was).await?))
            }
            ForgeEvent::Uncommented {
                repository,
                kind,
                id,
                below,
            } => {
                let need = self.below(below).await?;
                self.uncommented(&repository, kind, id).await?;
                Ok(need)
            }
            ForgeEvent::Reviewed { review, was, below } => {
                // It may be kept from now on.
                let need = self.changed(*below).await?;
                self.reviewed(&review, was).await?;
                Ok(need)
            }
            ForgeEvent::Hint { repository, labels } => self.hinted(&repository, labels).await,
        }
    }

    /// A sync does not ask for labels by itself, so their feed begins anew where they are meant.
    async fn hinted(&self, repository: &Repository, labels: bool) -> Result<Need, Trouble> {
        let mut all = self.all();
        let Some(own) = all.find(|own| is_same(own, &repository.to_string())) else {
            return Ok(Need::Nothing);
        };
        if labels && self.sources.runtimes.contains(own) {
            let name = own.to_string();
            let position = self.store.position(&name, Feed::Labels).await?;
            let unsettled = Position {
                settled: false,
                ..position
            };
            let moved = self.store.set_position(&name, Feed::Labels, &unsettled);
            moved.await?;
        }
        Ok(Need::Sync)
    }

    /// The repository of a runtime, by whatever case it is written in, and its form.
    pub(super) fn runtime_at(&self, name: &str) -> Option<(&Repository, &Runtime)> {
        let mut runtimes = self.sources.runtimes.iter();
        let repository = runtimes.find(|repository| is_same(repository, name))?;
        let form = self.form_of(&repository.to_string())?;
        Some((repository, form))
    }

    /// What a comment stands below, which it moves.
    async fn below(&self, below: Option<Box<Issue>>) -> Result<Need, Trouble> {
        match below {
            Some(issue) => self.changed(*issue).await,
            None => Ok(Need::Nothing),
        }
    }

    async fn changed(&self, issue: Issue) -> Result<Need, Trouble> {
        let Some((repository, runtime)) = self.runtime_at(&issue.repository) else {
            return Ok(Need::Nothing);
        };
        let name = repository.to_string();
        let issue = Issue {
            repository: name.as_str().into(),
            ..issue
        };
        let position = self.store.position(&name, Feed::Issues).await?;
        if !position.settled {
            // The first pass is still to come to it, and is quiet.
            return Ok(Need::Nothing);
        }
        let stored = self.store.issue(&name, issue.number).await?;
        let mut tracked = self.tracked(&name).await?;
        let mut sorted = sort(vec![issue.clone()], runtime, &tracked, true);
        let is_certain = match &stored {
            Some(stored) if *stored == issue => return Ok(Need::Nothing),
            Some(stored) => match issue.updated_at.cmp(&stored.updated_at) {
                Ordering::Less => return Ok(Need::Nothing),
                Ordering::Equal => false,
                Ordering::Greater => true,
            },
            None if sorted.keep.is_empty() => {
                // What is not kept leaves at most its mentions, and those that the feed has passed
                // are there already, or others by now.
                if issue.pull.is_some() && issue.updated_at > position.since {
                    self.store.put_issues(&name, sorted.batch(), None).await?;
                }
                return Ok(Need::Nothing);
            }
            None => false,
        };
        if !is_certain {
            let asked = self.forge.issue(repository, issue.number, None).await?;
            let Fetched::New(Found::Here(now), _) = asked else {
                // A forge may know of a new issue a little later than it tells of it.
                return Ok(Need::Sync);
            };
            if now.updated_at >= issue.updated_at {
                sorted = sort(vec![*now], runtime, &tracked, true);
            }
        }
        self.mended(once(format!("{name}#{}", issue.number)))
            .await?;
        self.take_sorted(repository, runtime, &sorted, &mut tracked, None)
            .await?;
        Ok(Need::Nothing)
    }

    /// An issue that was not kept leaves nobody asking where it is.
    async fn gone(
        &self,
        repository: &Repository,
        number: u64,
        to: &Departure,
    ) -> Result<Need, Trouble> {
        if let Some((repository, _)) = self.runtime_at(&repository.to_string()) {
            let name = repository.to_string();
            if self.store.issue(&name, number).await?.is_some() {
                self.left(&name, number, to).await?;
            }
        }
        Ok(Need::Nothing)
    }

    async fn commented(&self, comment: Comment, was: Option<Box<str>>) -> Result<Need, Trouble> {
        let Some(repository) = self.talked_at(&comment) else {
            return Ok(Need::Nothing);
        };
        let name = repository.to_string();
        let comment = Comment {
            repository: name.as_str().into(),
            ..comment
        };
        let feed = Feed::Comments(comment.kind);
        let Some(since) = self.store.position(&name, feed).await?.since else {
            // What was said before the bot came is nobody's news.
            return Ok(Need::Nothing);
        };
        let is_enhancement = *repository == self.sources.enhancements;
        if !is_enhancement && self.store.issue(&name, comment.issue).await?.is_none() {
            return Ok(Need::Nothing);
        }
        let stored = self.store.comments(&name, comment.issue).await?;
        let is_same = |other: &&Comment| other.kind == comment.kind && other.id == comment.id;
        let was = self.before(&comment, was).await?;
        let is_certain = match stored.iter().find(is_same) {
            Some(stored) if *stored == comment && was.is_none() => return Ok(Need::Nothing),
            Some(stored) if *stored == comment => true,
            Some(stored) => match comment.updated_at.cmp(&stored.updated_at) {
                Ordering::Less => return Ok(Need::Nothing),
                Ordering::Equal => false,
                Ordering::Greater => true,
            },
            // It was there, and is not there any more.
            None if comment.updated_at < since => return Ok(Need::Nothing),
            None => false,
        };
        let comment = if is_certain {
            comment
        } else {
            let asked = self
                .forge
                .one_comment(repository, comment.kind, comment.id)
                .await?;
            let Some(now) = asked else {
                return Ok(Need::Sync);
            };
            if now.updated_at < comment.updated_at {
                comment
            } else {
                now
            }
        };
        let put = self.store.put_comment(&name, &comment, was.as_deref());
        put.await?;
        Ok(Need::Nothing)
    }

    /// The repository of a comment, where what is said there is kept: a runtime's, or the enhancement
    /// issue of a KEP.
    fn talked_at(&self, comment: &Comment) -> Option<&Repository> {
        let enhancements = &self.sources.enhancements;
        if is_same(enhancements, &comment.repository) {
            return self.is_tracked_kep(comment.issue).then_some(enhancements);
        }
        self.runtime_at(&comment.repository)
            .map(|(repository, _)| repository)
    }

    /// What a comment said before it was edited, where it is older than what is told, or than what is kept:
    /// else an edit may overtake what it edits, of which nobody was told yet.
    pub(super) async fn before(
        &self,
        comment: &Comment,
        was: Option<Box<str>>,
    ) -> Result<Option<Box<str>>, StoreError> {
        if was.is_none() {
            return Ok(None);
        }
        let kept_since = self.clock.now() - KEEP_COMMENTS;
        let told_since = noted_beginning(self.store).await?;
        let is_old = Some(comment.created_at) < told_since.max(Some(kept_since));
        Ok(was.filter(|_| is_old))
    }

    /// Whether what is said in a repository is news by now.
    pub(super) async fn is_news(&self, name: &str) -> Result<bool, StoreError> {
        let feed = Feed::Comments(CommentKind::Issue);
        Ok(self.store.position(name, feed).await?.since.is_some())
    }

    async fn uncommented(
        &self,
        repository: &Repository,
        kind: CommentKind,
        id: u64,
    ) -> Result<(), Trouble> {
        let name = repository.to_string();
        let enhancements = Some(&self.sources.enhancements).filter(|own| is_same(own, &name));
        let runtime = || self.runtime_at(&name).map(|(repository, _)| repository);
        if let Some(repository) = enhancements.or_else(runtime) {
            let name = repository.to_string();
            self.store.remove_comment(&name, kind, id).await?;
        }
        Ok(())
    }
}

impl Need {
    fn or(self, other: Self) -> Self {
        if self == Self::Nothing { other } else { self }
    }
}

fn is_same(repository: &Repository, name: &str) -> bool {
    repository.to_string().eq_ignore_ascii_case(name)
}
