//! Finds what is news for channels and people each time that the board is published, and queues what is
//! to be told. Webhooks and polls both end in the store, so both give the same news, once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use tokio::sync::{Notify, watch};

use super::follow::Known;
use crate::{
    domain::{
        Repository, Settings,
        bridge::Channels,
        change::{Change, What},
        following::Followers,
        people::People,
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
/// How long it is taken for known whether a repository is private.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(10);
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
    /// Whether not everybody may read a repository, and when that was asked.
    pub is_private: HashMap<Box<str>, (bool, DateTime<Utc>)>,
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
        let private = self.private(&changes, &comments).await?;
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
            now: self.clock.now(),
        };
        let own = self.own(&comments).await?;
        let news = Gathered {
            changes: &changes,
            comments: &comments,
            began,
            own: &own,
            private: &private,
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
        };
        let is_new = self
            .outbox
            .accept(self.clock.now(), cause, &effects)
            .await?;
        if is_new && !effects.is_empty() {
            self.queued.notify_one();
        }
        Ok(changes.len() == MOST || comments.len() == MOST)
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

    /// Of the repositories of news those that not everybody may read. It is asked where there is news
    /// alone, and again after a while.
    async fn private(
        &mut self,
        changes: &[(i64, Change)],
        comments: &[CommentNews],
    ) -> Result<HashSet<Box<str>>, Undecided> {
        let now = self.clock.now();
        self.is_private
            .retain(|_, (_, asked)| (now - *asked).abs() < GOOD_FOR);
        let named = changes
            .iter()
            .filter(|(_, it)| matches!(it.what, What::Named(_)));
        let named = named.filter_map(|(_, change)| Some(&change.issue.as_ref()?.0));
        let commented = comments.iter().map(|news| &news.repository);
        for repository in each_once(named.chain(commented)) {
            if let Some(parsed) = Repository::parse(repository)
                && !self.is_private.contains_key(repository)
            {
                let is_private = self.forge.is_private(&parsed).await?;
                self.is_private
                    .insert(repository.clone(), (is_private, now));
            }
        }
        let private = self
            .is_private
            .iter()
            .filter(|(_, (is_private, _))| *is_private);
        Ok(private.map(|(repository, _)| repository.clone()).collect())
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
            };
            self.outbox.accept(self.clock.now(), cause, &[]).await?;
        }
        began_at(&*self.outbox).await
    }
}

/// Since when news is told; `None` before the first sync went through.
pub(super) async fn began_at<S: Outbox + Store>(
    store: &S,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if store.looked().await?.is_none() {
        return Ok(None);
    }
    let began = store.note(BEGAN).await?;
    let began = began.and_then(|at| DateTime::parse_from_rfc3339(&at).ok());
    Ok(Some(began.map_or(DateTime::UNIX_EPOCH, |at| at.to_utc())))
}
