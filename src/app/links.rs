//! Who is who: what the settings say, and who proved it. It is one thing for everybody who asks, and is
//! replaced when somebody links or unlinks, or has another login.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{Mutex, watch};

use crate::{
    domain::{
        Login,
        link::Link,
        people::{Asker, People},
    },
    ports::{Store as _, StoreError, sign_in::Proved},
    store::SqliteStore,
};

/// What people proved, kept in the store and told to everybody who asks who is who.
pub(super) struct Links {
    store: Arc<SqliteStore>,
    settings: Arc<People>,
    people: watch::Sender<Arc<People>>,
    /// What is published is what is stored: one change at a time.
    changing: Mutex<()>,
}

/// What came of a proof.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Linked {
    /// They are somebody who they were not before; who they were, where they were somebody.
    New(Option<Login>),
    /// They were that already.
    Already,
    /// The settings say that another member of the workspace is that.
    Others,
}

impl Links {
    pub(super) async fn load(
        store: Arc<SqliteStore>,
        settings: People,
    ) -> Result<Self, StoreError> {
        let people = settings.with_links(&store.links().await?);
        Ok(Self {
            store,
            settings: Arc::new(settings),
            people: watch::Sender::new(Arc::new(people)),
            changing: Mutex::default(),
        })
    }

    /// Who is who from now on.
    pub(super) fn people(&self) -> watch::Receiver<Arc<People>> {
        self.people.subscribe()
    }

    /// What the settings alone say.
    pub(super) fn settings(&self) -> &People {
        &self.settings
    }

    /// Who somebody is.
    pub(super) fn login_of(&self, asker: Asker<'_>) -> Option<Login> {
        let people = self.people.borrow();
        let person = people.by_slack(asker.workspace, asker.user)?;
        Some(person.login.clone())
    }

    /// Somebody proved who they are. They are not in the settings.
    pub(super) async fn link(
        &self,
        asker: Asker<'_>,
        proved: Proved,
        at: DateTime<Utc>,
    ) -> Result<Linked, StoreError> {
        let changing = self.changing.lock().await;
        let there = self.settings.slack_of(&proved.login, asker.workspace);
        if there.is_some_and(|user| user != asker.user) {
            return Ok(Linked::Others);
        }
        let before = self.login_of(asker);
        let link = Link {
            workspace: asker.workspace.into(),
            user: asker.user.into(),
            login: proved.login.clone(),
            github_id: proved.id,
            at,
        };
        self.store.link(&link).await?;
        self.publish().await?;
        drop(changing);
        Ok(if before.as_ref() == Some(&proved.login) {
            Linked::Already
        } else {
            Linked::New(before)
        })
    }

    /// Forgets who somebody proved to be; who that was.
    pub(super) async fn unlink(&self, asker: Asker<'_>) -> Result<Option<Login>, StoreError> {
        let changing = self.changing.lock().await;
        let before = self.login_of(asker);
        self.store.unlink(asker.workspace, asker.user).await?;
        self.publish().await?;
        drop(changing);
        Ok(before)
    }

    /// Accounts have these logins now; one without is gone, and nobody's link any more.
    pub(super) async fn have_logins(&self, now: &[(u64, Option<Login>)]) -> Result<(), StoreError> {
        let changing = self.changing.lock().await;
        self.store.set_logins(now).await?;
        self.publish().await?;
        drop(changing);
        Ok(())
    }

    async fn publish(&self) -> Result<(), StoreError> {
        let people = self.settings.with_links(&self.store.links().await?);
        self.people.send_replace(Arc::new(people));
        Ok(())
    }
}
