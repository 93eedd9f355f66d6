//! The texts of the enhancement issues of KEPs that a runtime tracks. They are the KEPs' own, and are
//! kept for whom they mention: what they said at first tells nobody, and from then on edits do.

use super::{
    Sync, Trouble,
    paging::{advance, since},
};
use crate::{
    domain::{Comment, CommentKind, Did, Issue, Login},
    ports::{
        forge::{Fetched, Found},
        store::{Feed, Position},
    },
};

/// So many are asked for at first sight in one sync.
const MOST_AT_FIRST: usize = 20;

impl Sync<'_> {
    /// What of them is new.
    pub(super) async fn enhancement_texts(&self) -> Result<(), Trouble> {
        let repository = &self.sources.enhancements;
        let name = repository.to_string();
        let feed = Feed::Comments(CommentKind::Text);
        let mut position = self.store.position(&name, feed).await?;
        if position.since.is_none() {
            position.since = Some(self.clock.now());
        }
        loop {
            let known = position.validator.as_ref();
            let asked = self.forge.issues(repository, since(&position), known);
            let Fetched::New(page, validator) = asked.await? else {
                break;
            };
            let (next, again) = advance(&position, &page, validator);
            let texts = page.items.iter().filter(|issue| self.is_read(issue));
            let mut new = Vec::new();
            for text in texts.filter_map(|issue| text_of(issue, None)) {
                // Who wrote what is there an event may have told.
                let stored = self.store.comments(&name, text.issue).await?;
                let is_it = |it: &Comment| it.kind == CommentKind::Text && it.body == text.body;
                if !stored.iter().any(is_it) {
                    new.push(text);
                }
            }
            let feed = Some((CommentKind::Text, &next));
            self.store.put_comments(&name, &new, feed).await?;
            if !again {
                break;
            }
            position = next;
        }
        self.texts_at_first_sight().await
    }

    /// Each once: what it says before it is edited.
    async fn texts_at_first_sight(&self) -> Result<(), Trouble> {
        let repository = &self.sources.enhancements;
        let name = repository.to_string();
        let mut asked = 0;
        for number in self.tracked_keps() {
            let feed = Feed::Issue(number);
            if asked == MOST_AT_FIRST {
                break;
            }
            if self.store.position(&name, feed).await?.settled {
                continue;
            }
            asked += 1;
            match self.forge.issue(repository, number, None).await {
                Ok(Fetched::New(Found::Here(issue), _)) => {
                    let text = text_of(&issue, None).filter(|_| self.is_read(&issue));
                    let text: Vec<Comment> = text.into_iter().collect();
                    self.store.put_comments(&name, &text, None).await?;
                }
                Ok(_) => {}
                Err(error) if error.passes() => return Err(error.into()),
                Err(error) => tracing::warn!(%error, number, "an enhancement issue is not read"),
            }
            let seen = Position {
                settled: true,
                ..Position::default()
            };
            self.store.set_position(&name, feed, &seen).await?;
        }
        Ok(())
    }

    /// One as an event shows it, and what was done to it. Other things move an issue as well, so what has
    /// the same words is not newer.
    pub(super) async fn rewritten(
        &self,
        issue: Issue,
        did: Option<(Login, Did)>,
    ) -> Result<(), Trouble> {
        if !self.is_read(&issue) {
            return Ok(());
        }
        let repository = &self.sources.enhancements;
        let name = repository.to_string();
        let (by, was) = match did {
            Some((by, Did::Edited { from })) => (Some(by), Some(from)),
            _ => (None, None),
        };
        let Some(text) = text_of(&issue, by) else {
            return Ok(());
        };
        let stored = self.store.comments(&name, issue.number).await?;
        let stored = stored.into_iter().find(|it| it.kind == CommentKind::Text);
        let text = match stored {
            Some(stored) if stored.updated_at > text.updated_at => return Ok(()),
            Some(stored) if stored.body == text.body => stored,
            Some(stored) if stored.updated_at < text.updated_at => text,
            _ => {
                let asked = self.forge.issue(repository, issue.number, None).await?;
                let Fetched::New(Found::Here(now), _) = asked else {
                    return Ok(());
                };
                let by = text.author.filter(|_| now.body == issue.body);
                let Some(text) = text_of(&now, by) else {
                    return Ok(());
                };
                text
            }
        };
        let text = Comment {
            repository: name.as_str().into(),
            ..text
        };
        let put = self.store.put_comment(&name, &text, was.as_deref());
        Ok(put.await?)
    }

    fn is_read(&self, issue: &Issue) -> bool {
        issue.pull.is_none() && self.is_tracked_kep(issue.number)
    }
}

/// The text of an issue as a comment, by whoever wrote it last; most often that is the author.
fn text_of(issue: &Issue, by: Option<Login>) -> Option<Comment> {
    let updated_at = issue.updated_at?;
    Some(Comment {
        repository: issue.repository.clone(),
        id: issue.number,
        kind: CommentKind::Text,
        issue: issue.number,
        author: by.or_else(|| issue.author.clone()),
        by_app: false,
        url: issue.url.clone(),
        body: issue.body.clone(),
        created_at: issue.created_at.unwrap_or(updated_at),
        updated_at,
    })
}
