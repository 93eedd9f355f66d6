//! Keeps the store true: asks the forge what is new, stores it together with how far it came, and
//! tells what changed.
//!
//! A sync may end anywhere, by a crash or a limit; the next one goes on from what is stored. One
//! source that fails holds up only itself.

mod apply;
mod files;
mod issues;
mod local;
mod paging;
mod past;
mod reviews;
mod sweep;
mod telling;
mod texts;
mod turn;

use std::{
    collections::{BTreeSet, HashSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};

pub use self::{apply::Applied, local::Local, past::Past, turn::Turn};
use super::{facts::Sources, follow::Known};
use crate::{
    domain::{CommentKind, Repository, Runtime, Settings, change::Change, fact},
    ports::{
        Clock, Forge, ForgeError, Store, StoreError,
        forge::Fetched,
        store::{Feed, Position},
    },
};

/// How long comments are kept: as long as something may still be done with them.
pub(crate) const KEEP_COMMENTS: TimeDelta = TimeDelta::days(30);
/// How long changes and days are kept: the cycles of a year, and the one before for comparison.
const KEEP_HISTORY: TimeDelta = TimeDelta::days(800);

/// The value of the note [`taken_in`].
const TAKEN_IN: &str = "yes";

/// The note that a repository's first pass was taken in.
fn taken_in(repository: &str) -> String {
    format!("taken-in {repository}")
}

/// What a sync works with.
pub struct Sync<'a> {
    forge: &'a dyn Forge,
    store: &'a dyn Store,
    clock: &'a dyn Clock,
    sources: &'a Sources,
    settings: &'a Settings,
    known: Option<&'a Known>,
    /// What it asks for beside what every one asks for.
    turn: Turn,
    /// What did not go through.
    errors: Mutex<Vec<String>>,
    failed: AtomicBool,
}

/// What a sync did.
#[derive(Debug, Default)]
pub struct Report {
    /// How many KEPs are known.
    pub keps: usize,
    /// How many issues and pull requests that concern a KEP are known.
    pub issues: usize,
    /// What changed since changes were last told.
    pub changed: Vec<Change>,
    /// What did not go through, or could not be understood.
    pub errors: Vec<String>,
    /// Whether a source did not go through.
    pub failed: bool,
    /// When it ended, where every source went through.
    pub synced_at: Option<DateTime<Utc>>,
    /// When to try again, where a limit ended it.
    pub limited_until: Option<DateTime<Utc>>,
}

impl Report {
    /// This and what another look did after it.
    pub fn add(&mut self, after: Self) {
        self.keps = after.keps;
        self.issues = after.issues;
        self.changed.extend(after.changed);
        self.errors.extend(after.errors);
        self.failed |= after.failed;
        self.synced_at = self.synced_at.max(after.synced_at);
        self.limited_until = self.limited_until.max(after.limited_until);
    }
}

/// Why one source did not go through.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// Nothing can go on without a store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<'a> Sync<'a> {
    /// A sync of these sources.
    pub fn new(
        forge: &'a dyn Forge,
        store: &'a dyn Store,
        clock: &'a dyn Clock,
        sources: &'a Sources,
        settings: &'a Settings,
    ) -> Self {
        Self {
            forge,
            store,
            clock,
            sources,
            settings,
            known: None,
            turn: Turn::default(),
            errors: Mutex::default(),
            failed: AtomicBool::new(false),
        }
    }

    /// The same where this is known already: while it is true, no second board is made.
    #[must_use]
    pub fn knowing(self, known: &'a Known) -> Self {
        Self {
            known: Some(known),
            ..self
        }
    }

    /// The same in another turn.
    #[must_use]
    pub fn in_turn(self, turn: Turn) -> Self {
        Self { turn, ..self }
    }

    /// Asks for everything that is new, once.
    pub async fn run(&self) -> Result<Report, StoreError> {
        self.read_anew_if_need_be().await?;
        let quiet = self.unsettled().await?;
        let mut limited_until = None;
        let (keps, pages, runtimes) = futures::join!(
            self.kep_files(),
            self.by_turn(),
            futures::future::join_all(
                self.sources
                    .runtimes
                    .iter()
                    .map(|runtime| self.runtime(runtime))
            ),
        );
        let own = [(&self.sources.enhancements, keps), (self.of_turn(), pages)];
        let outcomes = own
            .into_iter()
            .chain(self.sources.runtimes.iter().zip(runtimes));
        for (repository, outcome) in outcomes {
            match outcome {
                Ok(()) => {}
                Err(Trouble::Store(error)) => return Err(error),
                Err(Trouble::Forge(error)) => {
                    limited_until = limited_until.max(self.fail(repository, &error));
                }
            }
        }
        let report = self.tell(&quiet).await?;
        let now = self.clock.now();
        self.store
            .prune(now - KEEP_COMMENTS, now - KEEP_HISTORY)
            .await?;
        Ok(self.finish(report, limited_until))
    }

    fn finish(&self, report: Report, limited_until: Option<DateTime<Utc>>) -> Report {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        Report {
            errors: std::mem::take(&mut errors),
            failed: self.failed.load(Ordering::Relaxed),
            limited_until,
            ..report
        }
    }

    async fn by_turn(&self) -> Result<(), Trouble> {
        match self.turn {
            Turn::Talk => return self.enhancement_comments().await,
            Turn::Texts => return self.enhancement_texts().await,
            Turn::Pages => self.release_pages().await?,
        }
        // What is said from the first sync on is heard, whosever turn it is.
        let name = self.sources.enhancements.to_string();
        let feed = Feed::Comments(CommentKind::Issue);
        if self.store.position(&name, feed).await?.since.is_none() {
            let begins = Position {
                since: Some(self.clock.now()),
                ..Position::default()
            };
            self.store.set_position(&name, feed, &begins).await?;
        }
        Ok(())
    }

    fn of_turn(&self) -> &Repository {
        match self.turn {
            Turn::Pages => &self.sources.releases,
            Turn::Talk | Turn::Texts => &self.sources.enhancements,
        }
    }

    /// Everything that a runtime's repository tells. What fails does not hold up the rest, unless
    /// the rest would fail alike.
    async fn runtime(&self, repository: &Repository) -> Result<(), Trouble> {
        let outcomes = futures::join!(
            self.conversations(repository),
            self.milestones(repository),
            self.labels_if_need_be(repository),
            self.runtime_releases(repository),
        );
        let outcomes: [Result<(), Trouble>; 4] = outcomes.into();
        outcomes.into_iter().collect()
    }

    /// Issues, and then what is said on them: a comment is kept only where its issue is.
    async fn conversations(&self, repository: &Repository) -> Result<(), Trouble> {
        self.issues(repository).await?;
        self.comments(repository, CommentKind::Issue).await?;
        self.comments(repository, CommentKind::Review).await
    }

    async fn milestones(&self, repository: &Repository) -> Result<(), Trouble> {
        let name = repository.to_string();
        let position = self.store.position(&name, Feed::Milestones).await?;
        let known = position.validator.as_ref();
        if let Fetched::New(milestones, validator) =
            self.forge.milestones(repository, known).await?
        {
            let position = Position {
                validator,
                settled: true,
                ..Position::default()
            };
            let put = self.store.put_milestones(&name, &milestones, &position);
            put.await?;
        }
        Ok(())
    }

    /// Labels matter only to those who set one, so they are asked for at first, when an event
    /// says that they changed, and by a sweep.
    async fn labels_if_need_be(&self, repository: &Repository) -> Result<(), Trouble> {
        let name = repository.to_string();
        let position = self.store.position(&name, Feed::Labels).await?;
        if position.settled {
            return Ok(());
        }
        self.labels(repository, position).await
    }

    async fn labels(&self, repository: &Repository, position: Position) -> Result<(), Trouble> {
        let name = repository.to_string();
        let known = position.validator.as_ref();
        match self.forge.labels(repository, known).await? {
            Fetched::New(labels, validator) => {
                self.look_at_relabelled(repository, &labels).await?;
                let position = Position {
                    validator,
                    settled: true,
                    ..Position::default()
                };
                let put = self.store.put_labels(&name, &labels, &position);
                put.await?;
            }
            Fetched::Same if position.settled => {}
            Fetched::Same => {
                let position = Position {
                    settled: true,
                    ..position
                };
                let moved = self.store.set_position(&name, Feed::Labels, &position);
                moved.await?;
            }
        }
        Ok(())
    }

    /// A label that gets another name, or is deleted, moves none of the issues that have it: those
    /// with one that is not there any more are looked at.
    async fn look_at_relabelled(
        &self,
        repository: &Repository,
        labels: &[Box<str>],
    ) -> Result<(), Trouble> {
        let name = repository.to_string();
        let labels: HashSet<&str> = labels.iter().map(|label| &**label).collect();
        for (number, _) in self.store.kept(&name).await? {
            let Some(issue) = self.store.issue(&name, number).await? else {
                continue;
            };
            if !issue.labels.iter().all(|label| labels.contains(&**label)) {
                self.look_at(repository, number).await?;
            }
        }
        Ok(())
    }

    /// What was read by another reader, or with other forms, is fetched again. What that brings
    /// is no news.
    async fn read_anew_if_need_be(&self) -> Result<(), StoreError> {
        for repository in self.all() {
            let name = repository.to_string();
            let form = self.form_of(&name);
            let with = format!(
                "{} {}",
                fact::READER,
                form.map_or("", |runtime| &runtime.title)
            );
            let key = format!("read-with {name}");
            if self.store.note(&key).await?.as_deref() == Some(&with) {
                continue;
            }
            for feed in [Feed::Files, Feed::Issues] {
                let nowhere = Position::default();
                self.store.set_position(&name, feed, &nowhere).await?;
            }
            self.store.set_note(&taken_in(&name), "").await?;
            self.store.set_note(&key, &with).await?;
        }
        Ok(())
    }

    /// The repositories of whose facts nobody was told yet: their first pass is not over, or it
    /// is and was not taken in. What comes from them is no news.
    async fn unsettled(&self) -> Result<BTreeSet<Box<str>>, StoreError> {
        let mut unsettled = BTreeSet::new();
        for repository in self.all() {
            let name = repository.to_string();
            if self.store.note(&taken_in(&name)).await?.as_deref() != Some(TAKEN_IN) {
                unsettled.insert(name.into());
            }
        }
        Ok(unsettled)
    }

    /// The notes by which those of the quiet repositories whose first pass is over are quiet no
    /// more. They are set together with the telling that takes the pass in: a crash before it
    /// leaves them quiet, one after it does not.
    async fn settled_now(
        &self,
        quiet: &BTreeSet<Box<str>>,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let mut notes = Vec::new();
        for repository in self.all() {
            let name = repository.to_string();
            let feed = if self.sources.runtimes.contains(repository) {
                Feed::Issues
            } else {
                Feed::Files
            };
            if quiet.contains(&*name) && self.store.position(&name, feed).await?.settled {
                notes.push((taken_in(&name), TAKEN_IN.to_owned()));
            }
        }
        Ok(notes)
    }

    /// How tracking issues look in a runtime's repository.
    fn form_of(&self, name: &str) -> Option<&'a Runtime> {
        let mut runtimes = self.settings.runtimes.iter();
        runtimes.find(|runtime| *runtime.repository == *name)
    }

    fn all(&self) -> impl Iterator<Item = &Repository> {
        [&self.sources.enhancements, &self.sources.releases]
            .into_iter()
            .chain(&self.sources.runtimes)
    }

    /// Notes that a source did not go through; until when it cannot, where that is known.
    fn fail(&self, repository: &Repository, error: &ForgeError) -> Option<DateTime<Utc>> {
        self.failed.store(true, Ordering::Relaxed);
        self.complain(format!("{repository}: {error}"));
        match error {
            ForgeError::Limited { until } => Some(*until),
            _ => None,
        }
    }

    fn complain(&self, what: String) {
        tracing::warn!("{what}");
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.push(what);
    }

    /// What stands at these places was understood: a reason that was noted there is over.
    async fn mended(&self, places: impl Iterator<Item = String>) -> Result<(), StoreError> {
        let known = self.store.problems().await?;
        if known.is_empty() {
            return Ok(());
        }
        for place in places {
            if known.iter().any(|(other, _)| **other == *place) {
                self.store.put_problem(&place, None).await?;
            }
        }
        Ok(())
    }

    /// Notes what could not be understood, so that people are told of it.
    async fn broken(&self, place: &str, why: &str) -> Result<(), StoreError> {
        self.complain(format!("{place}: {why}"));
        self.store.put_problem(place, Some(why)).await
    }
}
