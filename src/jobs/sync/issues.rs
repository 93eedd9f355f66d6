//! Issues, pull requests and comments of a runtime's repository. Only what may concern a KEP is
//! kept; of a pull request that does not, which issues it names, in case one of them turns out to
//! be a tracking issue.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    Sync, Trouble,
    paging::{advance, since},
};
use crate::{
    domain::{
        Comment, CommentKind, Issue, KepNumber, Repository, Runtime,
        tracking::{read_pull, read_tracking_issue},
    },
    ports::{
        ForgeError, StoreError,
        forge::{Fetched, Found},
        store::{Feed, IssueBatch, Position},
    },
};

/// What a page of issues brings.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) keep: Vec<Issue>,
    pub(super) drop: Vec<(u64, Option<DateTime<Utc>>)>,
    pub(super) mentions: Vec<(u64, u64)>,
    tracking: Vec<u64>,
}

impl Sorted {
    pub(super) fn batch(&self) -> IssueBatch<'_> {
        IssueBatch {
            keep: &self.keep,
            drop: &self.drop,
            mentions: &self.mentions,
        }
    }
}

impl Sync<'_> {
    pub(super) async fn issues(&self, repository: &Repository) -> Result<(), Trouble> {
        let name = repository.to_string();
        let Some(runtime) = self.form_of(&name) else {
            return Ok(());
        };
        let mut position = self.store.position(&name, Feed::Issues).await?;
        // Tracking issues that are known: a pull request that names one concerns its KEP.
        let mut tracked: HashSet<u64> = HashSet::new();
        let mut loaded = false;
        loop {
            let known = position.validator.as_ref();
            let fetched = self
                .forge
                .issues(repository, since(&position), known)
                .await?;
            let Fetched::New(page, validator) = fetched else {
                break;
            };
            if !loaded {
                tracked = self.tracked(&name).await?;
                loaded = true;
            }
            let (next, again) = advance(&position, &page, validator);
            for (place, why) in &page.problems {
                self.broken(&format!("{name}{place}"), why).await?;
            }
            let was_settled = position.settled;
            let pulls = page.items.iter().filter(|item| item.pull.is_some());
            let pulls: Vec<_> = pulls.map(|pull| (pull.number, pull.updated_at)).collect();
            // The first pass is over only when what it kept for the time being was looked at. Until
            // then the last page has no mark: "the same" would be no reason to look.
            let stored = if was_settled {
                next.clone()
            } else {
                Position {
                    settled: false,
                    validator: None,
                    ..next.clone()
                }
            };
            // What was said before the first pass is nobody's news. After it the feed has come so far only
            // when what hangs on its items was asked for.
            let taken = if was_settled { &position } else { &stored };
            self.take_issues(repository, runtime, page.items, &mut tracked, taken)
                .await?;
            if was_settled {
                for (pull, changed) in pulls {
                    self.reviews(repository, pull, changed).await?;
                }
                self.store
                    .set_position(&name, Feed::Issues, &stored)
                    .await?;
            }
            position = stored;
            if !again {
                if !was_settled {
                    self.drop_unrelated(&name, runtime, &tracked).await?;
                    self.store.set_position(&name, Feed::Issues, &next).await?;
                }
                break;
            }
        }
        Ok(())
    }

    /// The tracking issues of a repository that are known.
    pub(super) async fn tracked(&self, name: &str) -> Result<HashSet<u64>, StoreError> {
        let kept = self.store.kept(name).await?;
        let tracked = kept.into_iter().filter(|(_, is_pull)| !is_pull);
        Ok(tracked.map(|(number, _)| number).collect())
    }

    /// The issues and pull requests of a repository that are kept.
    async fn kept(&self, name: &str) -> Result<HashSet<u64>, StoreError> {
        let kept = self.store.kept(name).await?;
        Ok(kept.into_iter().map(|(number, _)| number).collect())
    }

    /// Stores what of these items is kept, and, last of all, how far the feed came with them.
    async fn take_issues(
        &self,
        repository: &Repository,
        runtime: &Runtime,
        items: Vec<Issue>,
        tracked: &mut HashSet<u64>,
        position: &Position,
    ) -> Result<(), Trouble> {
        let name = repository.to_string();
        let places = items.iter().map(|issue| format!("{name}#{}", issue.number));
        self.mended(places).await?;
        let sorted = sort(items, runtime, tracked, position.settled);
        self.take_sorted(repository, runtime, &sorted, tracked, Some(position))
            .await
    }

    /// Stores what was sorted, with the pull requests that named an issue before it was a tracking
    /// issue: those first, because only an issue that is not kept yet asks for them.
    pub(super) async fn take_sorted(
        &self,
        repository: &Repository,
        runtime: &Runtime,
        sorted: &Sorted,
        tracked: &mut HashSet<u64>,
        position: Option<&Position>,
    ) -> Result<(), Trouble> {
        let name = repository.to_string();
        let new = |number: &&u64| !tracked.contains(number);
        let appeared: Vec<u64> = sorted.tracking.iter().filter(new).copied().collect();
        tracked.extend(&appeared);
        for number in self.store.mentioning(&name, &appeared).await? {
            match self.forge.issue(repository, number, None).await {
                Ok(Fetched::New(Found::Here(pull), _)) => {
                    let pull = sort(vec![*pull], runtime, tracked, true);
                    self.store.put_issues(&name, pull.batch(), None).await?;
                }
                Ok(_) => {}
                Err(error @ ForgeError::Unreadable(_)) => {
                    let place = format!("{name}#{number}");
                    self.broken(&place, &error.to_string()).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let put = self.store.put_issues(&name, sorted.batch(), position);
        Ok(put.await?)
    }

    /// During the first pass every pull request that names an issue is kept, because the tracking
    /// issue may come after it. Now they are known.
    async fn drop_unrelated(
        &self,
        name: &str,
        runtime: &Runtime,
        tracked: &HashSet<u64>,
    ) -> Result<(), Trouble> {
        let mut drop = Vec::new();
        let mut mentions = Vec::new();
        for (number, is_pull) in self.store.kept(name).await? {
            if !is_pull {
                continue;
            }
            let Some(pull) = self.store.issue(name, number).await? else {
                continue;
            };
            let pull = Arc::new(pull);
            if !concerns(&pull, runtime, tracked) {
                drop.push((number, pull.updated_at));
                mentions.extend(mentioned(&pull, runtime));
            }
        }
        let batch = IssueBatch {
            drop: &drop,
            mentions: &mentions,
            ..IssueBatch::default()
        };
        self.store.put_issues(name, batch, None).await?;
        Ok(())
    }

    pub(super) async fn comments(
        &self,
        repository: &Repository,
        kind: CommentKind,
    ) -> Result<(), Trouble> {
        let name = repository.to_string();
        let mut position = self.store.position(&name, Feed::Comments(kind)).await?;
        if position.since.is_none() {
            // What was said before the bot came is nobody's news.
            position.since = Some(self.clock.now());
        }
        loop {
            let known = position.validator.as_ref();
            let fetched = self
                .forge
                .comments(repository, kind, since(&position), known)
                .await?;
            let Fetched::New(page, validator) = fetched else {
                return Ok(());
            };
            let (next, again) = advance(&position, &page, validator);
            for (place, why) in &page.problems {
                self.broken(&format!("{name}{place}"), why).await?;
            }
            let mut comments = page.items;
            let places = comments.iter();
            let places = places.map(|comment| format!("{name} comment {}", comment.id));
            self.mended(places).await?;
            let mut kept = self.kept(&name).await?;
            let seen = self.store.position(&name, Feed::Issues).await?.since;
            // Somebody may have opened an issue, and spoken on it, since issues were asked for.
            let is_ahead = |comment: &Comment| {
                !kept.contains(&comment.issue) && Some(comment.updated_at) > seen
            };
            if comments.iter().any(is_ahead) {
                self.issues(repository).await?;
                kept = self.kept(&name).await?;
            }
            comments.retain(|comment| kept.contains(&comment.issue));
            let feed = Some((kind, &next));
            self.store.put_comments(&name, &comments, feed).await?;
            if !again {
                return Ok(());
            }
            position = next;
        }
    }
}

impl Sync<'_> {
    /// What is said on the enhancement issues of KEPs that a runtime tracks.
    pub(super) async fn enhancement_comments(&self) -> Result<(), Trouble> {
        let repository = &self.sources.enhancements;
        let name = repository.to_string();
        let feed = Feed::Comments(CommentKind::Issue);
        let mut position = self.store.position(&name, feed).await?;
        if position.since.is_none() {
            position.since = Some(self.clock.now());
        }
        loop {
            let known = position.validator.as_ref();
            let since = since(&position);
            let asked = self
                .forge
                .comments(repository, CommentKind::Issue, since, known);
            let Fetched::New(page, validator) = asked.await? else {
                return Ok(());
            };
            let (next, again) = advance(&position, &page, validator);
            let mut comments = page.items;
            comments.retain(|comment| self.is_tracked_kep(comment.issue));
            let feed = Some((CommentKind::Issue, &next));
            self.store.put_comments(&name, &comments, feed).await?;
            if !again {
                return Ok(());
            }
            position = next;
        }
    }

    /// The enhancement issues of KEPs that a runtime tracks, as far as is known.
    pub(super) fn tracked_keps(&self) -> impl Iterator<Item = u64> {
        let entries = self.known.iter().flat_map(|known| known.board.entries());
        let entries = entries.filter(|entry| entry.issues().next().is_some());
        entries.map(|entry| entry.kep.number.get().into())
    }

    /// Whether an enhancement issue is one of them.
    pub(super) fn is_tracked_kep(&self, number: u64) -> bool {
        let number = u32::try_from(number).ok().and_then(KepNumber::new);
        let entry = number.and_then(|number| self.known?.board.get(number));
        entry.is_some_and(|entry| entry.issues().next().is_some())
    }
}

/// Sorts everything there is into what is kept and what is not.
pub(super) fn sort_all(issues: Vec<Issue>, runtime: &Runtime) -> Sorted {
    sort(issues, runtime, &HashSet::new(), true)
}

/// Sorts a page into what is kept and what is not.
pub(super) fn sort(
    issues: Vec<Issue>,
    runtime: &Runtime,
    tracked: &HashSet<u64>,
    settled: bool,
) -> Sorted {
    let mut sorted = Sorted::default();
    let items: Vec<Arc<Issue>> = issues.into_iter().map(Arc::new).collect();
    let is_tracking = |issue: &&Arc<Issue>| read_tracking_issue(issue, runtime).is_some();
    sorted.tracking = items
        .iter()
        .filter(is_tracking)
        .map(|issue| issue.number)
        .collect();
    let mut tracked = tracked.clone();
    tracked.extend(&sorted.tracking);
    for issue in items {
        let named = mentioned(&issue, runtime);
        let for_now = !settled && !named.is_empty();
        sorted.mentions.extend(named);
        if for_now || concerns(&issue, runtime, &tracked) {
            sorted.keep.push(Arc::unwrap_or_clone(issue));
        } else {
            sorted.drop.push((issue.number, issue.updated_at));
        }
    }
    sorted
}

/// The issues of its repository that a pull request names: each with the pull request's number.
fn mentioned(issue: &Arc<Issue>, runtime: &Runtime) -> Vec<(u64, u64)> {
    let links = read_pull(issue, runtime);
    let named = links.map(|links| links.issues).unwrap_or_default();
    named
        .into_iter()
        .map(|target| (issue.number, target))
        .collect()
}

/// Whether an issue or pull request may concern a KEP.
fn concerns(issue: &Arc<Issue>, runtime: &Runtime, tracked: &HashSet<u64>) -> bool {
    if issue.pull.is_none() {
        return read_tracking_issue(issue, runtime).is_some();
    }
    read_pull(issue, runtime).is_some_and(|links| {
        !links.keps.is_empty() || links.issues.iter().any(|number| tracked.contains(number))
    })
}
