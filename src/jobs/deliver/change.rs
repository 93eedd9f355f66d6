//! A comment of the bot's is edited, or taken back, unless it is there no more.

use super::{Deliver, Trouble, write::Made};
use crate::{
    domain::{
        Repository,
        bridge::{CommentAt, Key, Written, marked},
    },
    ports::{
        ForgeError,
        forge::{Fetched, Found},
        outbox::Leased,
    },
};

impl Deliver {
    /// Gives a comment another text.
    pub(super) async fn edit_comment(
        &self,
        leased: &Leased,
        written: &Key,
        body: &str,
    ) -> Result<Made, Trouble> {
        let Some((repository, at)) = self.comment_of(written).await? else {
            return Ok(Made::NotThere);
        };
        if self.is_too_late(leased).await? {
            return Ok(Made::TooLate);
        }
        let body = marked(body, written);
        let edited = self.forge.edit_comment(&repository, at.id, &body).await;
        self.was_there(&repository, &at, edited.map(drop)).await
    }

    /// Takes a comment back.
    pub(super) async fn delete_comment(&self, written: &Key) -> Result<Made, Trouble> {
        let Some((repository, at)) = self.comment_of(written).await? else {
            return Ok(Made::NotThere);
        };
        let deleted = self.forge.delete_comment(&repository, at.id).await;
        self.was_there(&repository, &at, deleted).await
    }

    /// Whether a comment was there. Where its issue is, somebody deleted it; but where the issue went
    /// elsewhere, or the bot may see it no more, it still stands.
    async fn was_there(
        &self,
        repository: &Repository,
        at: &CommentAt,
        changed: Result<(), ForgeError>,
    ) -> Result<Made, Trouble> {
        let error = match changed {
            Ok(()) => return Ok(Made::Wholly),
            Err(error @ (ForgeError::NotFound(_) | ForgeError::Gone(_))) => error,
            Err(error) => return Err(error.into()),
        };
        match self.forge.issue(repository, at.issue.number, None).await? {
            Fetched::Same | Fetched::New(Found::Here(_), _) => Ok(Made::NotThere),
            Fetched::New(Found::Moved(to), _) => Err(ForgeError::Moved(to.into()).into()),
            Fetched::New(Found::Gone, _) => Err(error.into()),
        }
    }

    /// Whether a later edit was made: one that was given up, and is tried again, would undo it.
    pub(super) async fn is_too_late(&self, leased: &Leased) -> Result<bool, Trouble> {
        Ok(self.outbox.is_superseded(leased.id, &leased.effect).await?)
    }

    async fn comment_of(&self, written: &Key) -> Result<Option<(Repository, CommentAt)>, Trouble> {
        match self.outbox.written(written).await? {
            Some(Written::Comment { at, .. }) => {
                Ok(Some((super::write::repository(&at.issue.repository)?, at)))
            }
            _ => Ok(None),
        }
    }
}
