//! Finds what is news for channels and people each time that the board is published, and queues what is
//! to be told. Webhooks and polls both end in the store, so both give the same news, once.

mod asked;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, SubsecRound as _, Utc};
use tokio::sync::{Notify, watch};

pub use self::asked::Asked;
use super::follow::Known;
use crate::{
    domain::{
        Repository, Settings, bridge::Channels, following::Followers, people::People,
        text::each_once,
    },
    jobs::bridge::{Bridge, Gathered, Undecided, concerns, gather},
    ports::{
        Chat, Clock, Forge, Outbox, Store, StoreError,
        forge::Account,
        outbox::{Cause, CommentNews},
    },
};

/// How much is looked at in one go.
const MOST: usize = 500;
/// The note of the moment since which news is told.
const BEGAN: &str = "bridge-began";
/// What the note of a repository says that not everybody may read.
const PRIVATE: &str = "private";
/// How long after it failed it is tried again.
const BREATH: Duration = Duration::from_secs(5);

/// What tells channels of news.
pub struct Tell<S> {
    /// What is queued, and what was looked at.
    pub outbox: Arc<S>,
    /// Where the tracking issues are.
    pub forge: Arc<dyn Forge>,
    /// Each workspace's chat.
    pub chats: Arc<HashMap<Box<str>, Arc<dyn Chat>>>,
    /// What is known, published with each piece of news.
    pub known: watch::Receiver<Arc<Known>>,
    /// What the operator decides.
    pub settings: Arc<Settings>,
    /// Who is who.
    pub people: watch::Receiver<Arc<People>>,
    /// Who follows which KEPs.
    pub followers: watch::Receiver<Arc<Followers>>,
    /// What passes where.
    pub channels: Arc<Channels>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Told when something was queued.
    pub queued: Arc<Notify>,
    /// What the forge said of repositories and teams.
    pub asked: Asked,
}

impl<S: Outbox + Store> Tell<S> {
    /// Looks after each publication, until it is dropped.
    pub async fn run(mut self) {
        loop {
            match self.look().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, "news cannot be told");
                    self.clock.sleep(BREATH).await;
                    continue;
                }
            }
            if self.known.changed().await.is_err() {
                return;
            }
        }
    }

    /// Queues what is new; whether there may be more.
    async fn look(&mut self) -> Result<bool, Undecided> {
        let known = self.known.borrow_and_update().clone();
        // A first start is quiet: what is there when the bridge begins is told to nobody.
        let Some(began) = self.began(&known).await? else {
            return Ok(false);
        };
        let changes = self.outbox.untold_changes(MOST).await?;
        let comments = self.outbox.untold_comments(MOST).await?;
        if changes.is_empty() && comments.is_empty() {
            return Ok(false);
        }
        // Of what was stored since, the board knows nothing: the next one is published with it.
        let (revision, _) = self.outbox.pending().await?;
        if revision != known.revision {
            return Ok(false);
        }
        let now = self.clock.now();
        let forge = &*self.forge;
        let private = self.asked.private(forge, now, &changes, &comments).await?;
        self.note_private(&private, &comments).await?;
        let teams = self.asked.teams(forge, now, &changes, &comments).await?;
        let doings = Asked::doings(forge, &changes).await?;
        let looked = self.outbox.looked().await?;
        let change = changes.last().map(|(id, _)| *id);
        let comment = comments.last().map(|news| news.id);
        let people = self.people.borrow().clone();
        let followers = self.followers.borrow().clone();
        let bridge = Bridge {
            board: &known.board,
            settings: &self.settings,
            people: &people,
            followers: &followers,
            channels: &self.channels,
            outbox: &*self.outbox,
            chats: &self.chats,
            now,
        };
        let own = self.own(&comments).await?;
        let news = Gathered {
            changes: &changes,
            comments: &comments,
            began,
            own: &own,
            private: &private,
            teams: &teams,
            doings: &doings,
        };
        let mut effects = gather(&bridge, news).await?;
        effects.extend(concerns(&bridge, news).await?);
        let cause = Cause::News {
            change: change
                .or(looked.map(|looked| looked.change))
                .unwrap_or_default(),
            comment: comment
                .or(looked.map(|looked| looked.comment))
                .unwrap_or_default(),
            comments: Some(comments.len()),
        };
        let is_new = self
            .outbox
            .accept(self.clock.now(), cause, &effects)
            .await?;
        if is_new && !effects.is_empty() {
            self.queued.notify_one();
        }
        // Where a comment was edited or deleted while GitHub was asked, it is all looked at again.
        Ok(!is_new || changes.len() == MOST || comments.len() == MOST)
    }

    /// Notes for digests which repositories not everybody may read.
    async fn note_private(
        &self,
        private: &HashSet<Box<str>>,
        comments: &[CommentNews],
    ) -> Result<(), StoreError> {
        for repository in each_once(comments.iter().map(|news| &*news.repository)) {
            let note = privacy_of(repository);
            let word = if private.contains(repository) {
                PRIVATE
            } else {
                "public"
            };
            if self.outbox.note(&note).await?.as_deref() != Some(word) {
                self.outbox.set_note(&note, word).await?;
            }
        }
        Ok(())
    }

    /// Who the bot is where comments came from: without knowing that nothing is told, for it could be
    /// the bot's own words.
    async fn own(&self, comments: &[CommentNews]) -> Result<HashMap<Box<str>, Account>, Undecided> {
        let mut own = HashMap::new();
        for CommentNews { repository, .. } in comments {
            let Some(parsed) = Repository::parse(repository) else {
                continue;
            };
            if !own.contains_key(repository)
                && let Some(account) = self.forge.own_account(&parsed).await?
            {
                own.insert(repository.clone(), account);
            }
        }
        Ok(own)
    }

    /// Since when news is told; `None` before the first sync went through.
    async fn began(&self, known: &Known) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.outbox.looked().await?.is_none() {
            if known.synced_at.is_none() {
                return Ok(None);
            }
            // The forge's times are whole seconds: what is said within this one is news already.
            let began = self.clock.now().trunc_subsecs(0).to_rfc3339();
            self.outbox.set_note(BEGAN, &began).await?;
            let latest = self.outbox.latest().await?;
            let cause = Cause::News {
                change: latest.change,
                comment: latest.comment,
                comments: None,
            };
            self.outbox.accept(self.clock.now(), cause, &[]).await?;
        }
        began_at(&*self.outbox).await
    }
}

/// The note that says who may read a repository.
fn privacy_of(repository: &str) -> String {
    format!("privacy/{repository}")
}

/// Whether not everybody may read a repository, by what was last heard of what is said there.
pub(super) async fn is_private<S: Store>(store: &S, repository: &str) -> Result<bool, StoreError> {
    let note = store.note(&privacy_of(repository)).await?;
    Ok(note.as_deref() == Some(PRIVATE))
}

/// Since when news is told; `None` before the first sync went through.
pub(super) async fn began_at<S: Outbox + Store>(
    store: &S,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if store.looked().await?.is_none() {
        return Ok(None);
    }
    let began = noted_beginning(store).await?;
    Ok(Some(began.unwrap_or(DateTime::UNIX_EPOCH)))
}

/// Since when news is told, where that was noted.
pub(super) async fn noted_beginning(
    store: &dyn Store,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let began = store.note(BEGAN).await?;
    let began = began.and_then(|at| DateTime::parse_from_rfc3339(&at).ok());
    Ok(began.map(|at| at.to_utc()))
}
