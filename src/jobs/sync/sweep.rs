//! The slow look at what asking for news cannot see: comments that were deleted, issues that were
//! deleted or moved, labels.

use std::collections::HashSet;

use super::{Report, Sync, Trouble};
use crate::{
    domain::{Comment, CommentKind, Repository},
    ports::{
        ForgeError, StoreError,
        forge::{Departure, Fetched, Found},
        store::{Feed, IssueBatch, Position},
    },
};

impl Sync<'_> {
    /// Looks at every tracking issue again, and at what was said on it, on linked pull requests, and on
    /// enhancement issues.
    pub async fn sweep(&self) -> Result<Report, StoreError> {
        let quiet = self.unsettled().await?;
        let mut limited_until = None;
        for repository in &self.sources.runtimes {
            match self.sweep_one(repository).await {
                Ok(()) => {}
                Err(Trouble::Store(error)) => return Err(error),
                Err(Trouble::Forge(error)) => {
                    limited_until = limited_until.max(self.fail(repository, &error));
                }
            }
        }
        match self.sweep_enhancements().await {
            Ok(()) => {}
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Forge(error)) => {
                let failed = self.fail(&self.sources.enhancements, &error);
                limited_until = limited_until.max(failed);
            }
        }
        let report = self.tell(&quiet).await?;
        Ok(self.finish(report, limited_until))
    }

    async fn sweep_one(&self, repository: &Repository) -> Result<(), Trouble> {
        let name = repository.to_string();
        let labels = self.store.position(&name, Feed::Labels).await?;
        self.labels(repository, labels).await?;
        for (number, is_pull) in self.store.kept(&name).await? {
            // A pull request cannot be moved, and hardly ever be deleted.
            if is_pull || self.look_at(repository, number).await? {
                for kind in [CommentKind::Issue, CommentKind::Review] {
                    self.look_at_comments(repository, kind, number).await?;
                }
            }
        }
        Ok(())
    }

    /// What was said on enhancement issues and is kept. It is little: since the bot came, on KEPs that
    /// a runtime tracks.
    async fn sweep_enhancements(&self) -> Result<(), Trouble> {
        let repository = &self.sources.enhancements;
        for number in self.tracked_keps() {
            self.look_at_comments(repository, CommentKind::Issue, number)
                .await?;
        }
        Ok(())
    }

    /// Looks at one issue; whether it is still there.
    pub(super) async fn look_at(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<bool, Trouble> {
        let name = repository.to_string();
        let feed = Feed::Issue(number);
        let position = self.store.position(&name, feed).await?;
        let known = position.validator.as_ref();
        match self.forge.issue(repository, number, known).await? {
            Fetched::Same => Ok(true),
            Fetched::New(Found::Here(issue), validator) => {
                let keep = [*issue];
                let batch = IssueBatch {
                    keep: &keep,
                    ..IssueBatch::default()
                };
                self.store.put_issues(&name, batch, None).await?;
                let place = format!("{name}#{number}");
                self.store.put_problem(&place, None).await?;
                let position = Position {
                    validator,
                    ..Position::default()
                };
                self.store.set_position(&name, feed, &position).await?;
                Ok(true)
            }
            Fetched::New(Found::Moved(to), _) => {
                self.left(&name, number, &Departure::Moved(to)).await?;
                Ok(false)
            }
            Fetched::New(Found::Gone, _) => {
                self.left(&name, number, &Departure::Deleted).await?;
                Ok(false)
            }
        }
    }

    /// An issue is not there any more, which people are told.
    pub(super) async fn left(
        &self,
        name: &str,
        number: u64,
        to: &Departure,
    ) -> Result<(), StoreError> {
        let why = match to {
            Departure::Deleted => "was deleted".to_owned(),
            Departure::Moved(to) => format!("was moved to {to}"),
        };
        let place = format!("{name}#{number}");
        self.store.put_problem(&place, Some(&why)).await?;
        self.store.remove_issue(name, number).await
    }

    /// Looks at the comments of a kind, where there are some that are kept.
    async fn look_at_comments(
        &self,
        repository: &Repository,
        kind: CommentKind,
        number: u64,
    ) -> Result<(), Trouble> {
        let name = repository.to_string();
        let mut stored = self.store.comments(&name, number).await?;
        stored.retain(|comment| comment.kind == kind);
        if stored.is_empty() {
            return Ok(());
        }
        let latest = |comments: &[Comment]| comments.iter().map(|it| it.updated_at).max();
        let feed = Feed::CommentsOf(kind, number);
        let position = self.store.position(&name, feed).await?;
        // A comment that was written and deleted since the last look leaves the list the same as
        // it was then, and not the same as what is stored.
        let known = position.validator.as_ref();
        let known = known.filter(|_| position.since == latest(&stored));
        let fetched = self
            .forge
            .comments_of(repository, kind, number, known)
            .await;
        // An enhancement issue itself is not kept.
        let is_kept = self.store.issue(&name, number).await?.is_some();
        if is_kept && matches!(fetched, Err(ForgeError::NotFound(_) | ForgeError::Gone(_))) {
            self.look_at(repository, number).await?;
            return Ok(());
        }
        let fetched = fetched?;
        let Fetched::New(comments, validator) = fetched else {
            return Ok(());
        };
        let there: HashSet<u64> = comments.iter().map(|comment| comment.id).collect();
        let mut left = Vec::new();
        let mut gone = Vec::new();
        for comment in stored {
            if there.contains(&comment.id) || self.is_there(repository, &comment).await? {
                left.push(comment);
            } else {
                gone.push(comment);
            }
        }
        // Where the issue has left since it was looked at they went with it, and nobody deleted them.
        if is_kept && !gone.is_empty() && !self.look_at(repository, number).await? {
            return Ok(());
        }
        for comment in gone {
            let removed = self.store.remove_comment(&name, comment.kind, comment.id);
            removed.await?;
        }
        let position = Position {
            since: latest(&left),
            validator,
            ..Position::default()
        };
        self.store.set_position(&name, feed, &position).await?;
        Ok(())
    }

    /// Whether a comment that a list did not show is there all the same: it cannot be read, or
    /// moved to an earlier page while the list was.
    async fn is_there(&self, repository: &Repository, comment: &Comment) -> Result<bool, Trouble> {
        let asked = self
            .forge
            .one_comment(repository, comment.kind, comment.id)
            .await;
        match asked {
            Ok(found) => Ok(found.is_some()),
            Err(ForgeError::Unreadable(_)) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}
