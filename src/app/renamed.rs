//! Logins change, and one that was given up may be somebody else's the next day. Once a day GitHub is
//! asked by which login it knows those who proved who they are.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::links::Links;
use crate::{
    domain::Login,
    ports::{Accounts, Clock, ForgeError, Store as _, StoreError},
    store::SqliteStore,
};

const EVERY: TimeDelta = TimeDelta::days(1);
/// After this it is tried again, where it was in vain.
const AGAIN: Duration = Duration::from_hours(1);
/// Between two questions: nobody waits for them.
const PAUSE: Duration = Duration::from_secs(1);
/// The note of the last look's moment.
const LOOKED: &str = "accounts/looked";

/// What looks after the logins of those who proved who they are.
pub(super) struct Renamed {
    pub(super) github: Arc<dyn Accounts>,
    pub(super) store: Arc<SqliteStore>,
    pub(super) links: Arc<Links>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Why a look was in vain.
#[derive(Debug, thiserror::Error)]
enum InVain {
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Renamed {
    /// Looks until it is dropped.
    pub(super) async fn run(self) {
        loop {
            let wait = match self.look_where_due().await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::warn!(%error, "whether logins have changed is not known");
                    AGAIN
                }
            };
            self.clock.sleep(wait).await;
        }
    }

    /// How long until the next look.
    async fn look_where_due(&self) -> Result<Duration, InVain> {
        let now = self.clock.now();
        let last = self.store.note(LOOKED).await?;
        let last = last.and_then(|last| last.parse::<DateTime<Utc>>().ok());
        // By a clock that was set back it was still to come.
        let age = last.map_or(EVERY, |last| (now - last).abs());
        if let Ok(wait) = (EVERY - age).to_std()
            && !wait.is_zero()
        {
            return Ok(wait);
        }
        self.look().await?;
        self.store.set_note(LOOKED, &now.to_rfc3339()).await?;
        Ok(EVERY.to_std().unwrap_or(AGAIN))
    }

    async fn look(&self) -> Result<(), InVain> {
        let mut known: Vec<(u64, Login)> = Vec::new();
        for link in self.store.links().await? {
            if !known.iter().any(|(id, _)| *id == link.github_id) {
                known.push((link.github_id, link.login));
            }
        }
        let asked = known.len();
        // All are set together: two may have taken each other's.
        let mut changed = Vec::new();
        for (id, before) in known {
            let now = match self.github.login_of(id).await {
                Err(error) if !error.passes() => {
                    tracing::warn!(github = id, login = %before, %error, "a login cannot be looked up");
                    continue;
                }
                now => now?,
            };
            match &now {
                Some(now) if now.as_str() == before.as_str() => {}
                Some(now) => {
                    tracing::info!(github = id, %before, %now, "a login has changed");
                    changed.push((id, Some(now.clone())));
                }
                None => {
                    tracing::warn!(github = id, login = %before, "an account is gone, and who linked it is nobody");
                    changed.push((id, None));
                }
            }
            self.clock.sleep(PAUSE).await;
        }
        // Whatever knows none of several accounts is not where they are.
        let gone = changed.iter().filter(|(_, login)| login.is_none());
        if asked > 1 && gone.count() == asked {
            tracing::warn!("GitHub knows none of the accounts that were linked; they stay linked");
            return Ok(());
        }
        if !changed.is_empty() {
            self.links.have_logins(&changed).await?;
        }
        Ok(())
    }
}
