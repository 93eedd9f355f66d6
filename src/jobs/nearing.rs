//! Tells those whose KEPs they are that a freeze is near while something of them is still to be mended: a
//! week before, and once more two days before.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};

use super::{
    bridge::{Bridge, near},
    follow::Known,
    tell,
};
use crate::{
    domain::{
        Settings,
        bridge::{Channels, NewEffect},
        cycle::CycleEvent,
        finding::Inspector,
        following::Followers,
        people::People,
    },
    ports::{Chat, Clock, Outbox, Store, StoreError, outbox::Cause},
};

/// So many days before a freeze.
const BEFORE: [i64; 2] = [7, 2];
/// How far into that day in UTC: it is morning in Los Angeles, and evening in Bengaluru.
const AT: TimeDelta = TimeDelta::hours(15);
/// How often it is looked.
const EVERY: Duration = Duration::from_mins(15);
/// Who was away for longer is late, and the next time comes.
const LATE: TimeDelta = TimeDelta::days(1);

/// What tells of freezes.
pub struct Nearing<S> {
    /// What is queued.
    pub outbox: Arc<S>,
    /// Each workspace's chat.
    pub chats: Arc<HashMap<Box<str>, Arc<dyn Chat>>>,
    /// What is known.
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
}

impl<S: Outbox + Store> Nearing<S> {
    /// Looks now and then, until it is dropped.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(%error, "nobody can be told of a freeze");
            }
            self.clock.sleep(EVERY).await;
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        let known = self.known.borrow().clone();
        let people = self.people.borrow().clone();
        let followers = self.followers.borrow().clone();
        let now = self.clock.now();
        // Whoever has just begun tells nobody of what was due before.
        let Some(began) = tell::began_at(&*self.outbox).await? else {
            return Ok(());
        };
        let inspector = Inspector::new(&known.board, &self.settings, now);
        let Some(current) = inspector.current() else {
            return Ok(());
        };
        for date in &inspector.dates_of(current) {
            if !is_freeze(date.what) {
                continue;
            }
            for days in BEFORE {
                let day = date.day() - TimeDelta::days(days);
                let due = day.and_time(NaiveTime::MIN).and_utc() + AT;
                if now < due || now - due > LATE || due < began {
                    continue;
                }
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
                let id = format!("freeze/{}/{}/{days}", date.release, date.what.code());
                let effects = near(&bridge, &id, date).await?;
                self.tell(now, &id, &effects).await?;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        now: DateTime<Utc>,
        id: &str,
        effects: &[NewEffect],
    ) -> Result<(), StoreError> {
        let is_new = self.outbox.accept(now, Cause::Came(id), effects).await?;
        if is_new && !effects.is_empty() {
            self.queued.notify_one();
        }
        Ok(())
    }
}

fn is_freeze(event: CycleEvent) -> bool {
    matches!(
        event,
        CycleEvent::EnhancementsFreeze | CycleEvent::CodeFreeze
    )
}
