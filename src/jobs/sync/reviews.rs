//! What reviews of a pull request say, and who is asked for one: no list of a repository tells of it, so
//! it is asked for where a pull request has changed.

use chrono::{DateTime, Utc};

use super::{Sync, Trouble};
use crate::{
    domain::{Comment, CommentKind, Did, Doing, Issue, Repository, mention::Mentioned},
    ports::{
        forge::Review,
        store::{Feed, Position},
    },
};

impl Sync<'_> {
    /// What reviews of a pull request say as a whole, and who is asked for one, where it is kept and was
    /// changed since that was asked for.
    pub(super) async fn reviews(
        &self,
        repository: &Repository,
        pull: u64,
        changed: Option<DateTime<Utc>>,
    ) -> Result<(), Trouble> {
        let (name, feed) = (repository.to_string(), Feed::ReviewsOf(pull));
        let position = self.store.position(&name, feed).await?;
        if position.since == changed || self.store.issue(&name, pull).await?.is_none() {
            return Ok(());
        }
        let place = format!("{name}#{pull}");
        match self.reviews_now(repository, pull).await {
            Ok(_) => self.store.put_problem(&place, None).await?,
            Err(Trouble::Forge(error)) if !error.passes() => {
                self.broken(&place, &error.to_string()).await?;
            }
            Err(trouble) => return Err(trouble),
        }
        let position = Position {
            since: changed,
            ..Position::default()
        };
        Ok(self.store.set_position(&name, feed, &position).await?)
    }

    /// The same, whenever it was asked for. Gives who is asked for a review by now; `None` where the pull
    /// request is closed, or not kept.
    pub(super) async fn reviews_now(
        &self,
        repository: &Repository,
        pull: u64,
    ) -> Result<Option<Vec<Comment>>, Trouble> {
        let name = repository.to_string();
        let Some(stored) = self.store.issue(&name, pull).await? else {
            return Ok(None);
        };
        let reviews = self.forge.reviews(repository, pull).await?;
        let words: Vec<Comment> = reviews.iter().filter_map(Review::words).collect();
        self.store.put_comments(&name, &words, None).await?;
        let is_mute = |old: &Comment| {
            let mut mute = reviews.iter().filter(|review| review.words().is_none());
            old.kind == CommentKind::Summary && mute.any(|review| review.id == old.id)
        };
        // What is closed needs no review any more.
        let doings = if stored.is_open() {
            self.forge.doings(repository, pull).await?
        } else {
            Vec::new()
        };
        let asked = review_requests(&stored, &doings, &reviews);
        let is_over = |old: &Comment| {
            old.kind == CommentKind::Request && !asked.iter().any(|it| it.id == old.id)
        };
        for old in self.store.comments(&name, pull).await? {
            if is_mute(&old) || is_over(&old) {
                let removed = self.store.remove_comment(&name, old.kind, old.id);
                removed.await?;
            }
        }
        self.store.put_comments(&name, &asked, None).await?;
        Ok(stored.is_open().then_some(asked))
    }

    /// What a review says as a whole by an event; that its verdict moves the pull request is taken in
    /// already. When it was edited nothing says, so words that are not stored just so may be older than
    /// what is, and the forge is asked.
    pub(super) async fn reviewed(
        &self,
        review: &Review,
        was: Option<Box<str>>,
    ) -> Result<(), Trouble> {
        let Some((repository, _)) = self.runtime_at(&review.repository) else {
            return Ok(());
        };
        let name = repository.to_string();
        if !self.is_news(&name).await? || self.store.issue(&name, review.pull).await?.is_none() {
            return Ok(());
        }
        let stored = self.store.comments(&name, review.pull).await?;
        let is_it = |old: &&Comment| old.kind == CommentKind::Summary && old.id == review.id;
        let stored = stored.iter().find(is_it).map(|stored| &*stored.body);
        let mut words = review.words();
        let is_same = stored == words.as_ref().map(|words| &*words.body);
        if is_same && was.is_none() {
            return Ok(());
        }
        if !is_same {
            let reviews = self.forge.reviews(repository, review.pull).await?;
            // A forge may know of it a little later than it tells of it.
            let now = reviews.iter().find(|other| other.id == review.id);
            words = now.unwrap_or(review).words();
        }
        let Some(words) = words else {
            let removed = self
                .store
                .remove_comment(&name, CommentKind::Summary, review.id);
            return Ok(removed.await?);
        };
        let words = Comment {
            repository: name.as_str().into(),
            ..words
        };
        let was = self.before(&words, was).await?;
        let put = self.store.put_comment(&name, &words, was.as_deref());
        Ok(put.await?)
    }
}

/// Who is asked for a review of a pull request by now, the last time that each of them was asked. Of
/// a review that was given no event tells.
fn review_requests(pull: &Issue, doings: &[Doing], reviews: &[Review]) -> Vec<Comment> {
    let mut asked: Vec<(&Mentioned, &Doing)> = Vec::new();
    for doing in doings {
        let (Did::AskedForReview(whom) | Did::UnaskedForReview(whom)) = &doing.what else {
            continue;
        };
        asked.retain(|(other, _)| *other != whom);
        if matches!(doing.what, Did::AskedForReview(_)) {
            asked.push((whom, doing));
        }
    }
    let is_given = |(whom, doing): &(&Mentioned, &Doing)| {
        let theirs = reviews.iter().filter(|review| match whom {
            Mentioned::Person(login) => review.author.as_ref() == Some(login),
            Mentioned::Team { .. } => false,
        });
        theirs
            .into_iter()
            .any(|review| review.submitted_at >= Some(doing.at))
    };
    let asked = asked.into_iter().filter(|asked| !is_given(asked));
    asked
        .map(|(whom, doing)| Comment {
            repository: pull.repository.clone(),
            id: doing.id,
            kind: CommentKind::Request,
            issue: pull.number,
            author: doing.by.clone(),
            by_app: false,
            url: pull.url.clone(),
            body: whom.to_string().into(),
            created_at: doing.at,
            updated_at: doing.at,
        })
        .collect()
}
