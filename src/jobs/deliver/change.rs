//! A comment of the bot's is edited, or taken back, unless it is there no more.

use super::{Deliver, Trouble};
use crate::{
    domain::{
        Repository,
        bridge::{CommentAt, Key, Written, marked},
    },
    ports::{
        ForgeError,
        forge::{Fetched, Found},
    },
};

impl Deliver {
    /// Gives a comment another text; whether it was there.
    pub(super) async fn edit_comment(&self, written: &Key, body: &str) -> Result<bool, Trouble> {
        let Some((repository, at)) = self.comment_of(written).await? else {
            return Ok(false);
        };
        let body = marked(body, written);
        let edited = self.forge.edit_comment(&repository, at.id, &body).await;
        self.was_there(&repository, &at, edited.map(drop)).await
    }

    /// Takes a comment back; whether it was there.
    pub(super) async fn delete_comment(&self, written: &Key) -> Result<bool, Trouble> {
        let Some((repository, at)) = self.comment_of(written).await? else {
            return Ok(false);
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
    ) -> Result<bool, Trouble> {
        let error = match changed {
            Ok(()) => return Ok(true),
            Err(error @ (ForgeError::NotFound(_) | ForgeError::Gone(_))) => error,
            Err(error) => return Err(error.into()),
        };
        match self.forge.issue(repository, at.issue.number, None).await? {
            Fetched::Same | Fetched::New(Found::Here(_), _) => Ok(false),
            Fetched::New(Found::Moved(to), _) => Err(ForgeError::Moved(to.into()).into()),
            Fetched::New(Found::Gone, _) => Err(error.into()),
        }
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
