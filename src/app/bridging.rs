//! Builds the parts of the bridge, which share what they are made from.

use std::sync::Arc;

use chrono::TimeDelta;
use futures::{FutureExt as _, future::BoxFuture};
use tokio::sync::{Notify, watch};

use super::{
    digests::AskDigest,
    follow::AskFollow,
    inlet::{Chats, Inlet},
    link::AskLink,
    notify::AskNotify,
    painter::ChartPainter,
};
use crate::{
    domain::{Settings, bridge::Channels, digest::Plan, people::People},
    jobs::{
        catch_up::{CatchUp, Marks},
        deliver::Deliver,
        digest::{Digests, PostDigests},
        follow::Known,
        forget::Forget,
        hear::Hear,
        nearing::Nearing,
        tell::{Asked, Tell},
    },
    ports::{Clock, Dice, Forge, StoreError},
    store::SqliteStore,
};

/// What the bridge is made from.
pub(super) struct Bridging {
    pub(super) store: Arc<SqliteStore>,
    pub(super) forge: Arc<dyn Forge>,
    pub(super) chats: Chats,
    pub(super) known: watch::Receiver<Arc<Known>>,
    pub(super) settings: Arc<Settings>,
    pub(super) people: watch::Receiver<Arc<People>>,
    pub(super) link: AskLink,
    pub(super) follow: AskFollow,
    pub(super) channels: Arc<Channels>,
    pub(super) plans: Arc<[Plan]>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dice: Arc<dyn Dice>,
    /// How long it is remembered what was done.
    pub(super) remembered: TimeDelta,
}

/// Its parts.
pub(super) struct Parts {
    /// Finds news.
    pub(super) tell: Tell<SqliteStore>,
    /// Delivers.
    pub(super) deliver: Arc<Deliver>,
    /// Takes in what people say.
    pub(super) inlet: Inlet,
    /// Finds what they said while nobody heard it.
    pub(super) catch_up: Arc<CatchUp>,
    /// What goes on beside all that: it forgets, tells of freezes, and posts digests.
    pub(super) aside: Vec<BoxFuture<'static, ()>>,
}

impl Bridging {
    pub(super) async fn parts(self) -> Result<Parts, StoreError> {
        let queued = Arc::new(Notify::new());
        let followers = self.follow.followers();
        let tell = Tell {
            outbox: self.store.clone(),
            forge: self.forge.clone(),
            chats: self.chats.clone(),
            known: self.known.clone(),
            settings: self.settings.clone(),
            people: self.people.clone(),
            followers: followers.clone(),
            channels: self.channels.clone(),
            clock: self.clock.clone(),
            queued: queued.clone(),
            asked: Asked::default(),
        };
        let nearing = Nearing {
            outbox: self.store.clone(),
            chats: self.chats.clone(),
            known: self.known.clone(),
            settings: self.settings.clone(),
            people: self.people.clone(),
            followers: followers.clone(),
            channels: self.channels.clone(),
            clock: self.clock.clone(),
            queued: queued.clone(),
        };
        let hear = Arc::new(Hear {
            outbox: self.store.clone(),
            queued: queued.clone(),
            channels: self.channels.clone(),
            clock: self.clock.clone(),
        });
        let now = self.clock.now();
        let catch_up = Arc::new(CatchUp {
            hear: hear.clone(),
            chats: self.chats.clone(),
            marks: Marks::load(self.store.clone(), &self.channels, now).await?,
            clock: self.clock.clone(),
            remembered: self.remembered,
        });
        let digests = Digests {
            store: self.store.clone(),
            settings: self.settings.clone(),
            people: self.people.clone(),
        };
        let subscribed = Arc::new(Notify::new());
        let inlet = Inlet {
            hear,
            chats: self.chats.clone(),
            digests: AskDigest {
                digests: digests.clone(),
                plans: self.plans.clone(),
                queued: queued.clone(),
            },
            notify: AskNotify {
                digests: digests.clone(),
                plans: self.plans.clone(),
                subscribed: subscribed.clone(),
                queued: queued.clone(),
                chats: self.chats.clone(),
                clock: self.clock.clone(),
            },
            link: self.link,
            follow: self.follow,
        };
        let post_digests = PostDigests {
            digests,
            plans: self.plans,
            known: self.known.clone(),
            clock: self.clock.clone(),
            subscribed,
            queued: queued.clone(),
        };
        let painter = ChartPainter {
            store: self.store.clone(),
            known: self.known.clone(),
            settings: self.settings.clone(),
        };
        let forget = Forget {
            outbox: self.store.clone(),
            clock: self.clock.clone(),
            keep: self.remembered,
        };
        let deliver = Arc::new(Deliver {
            outbox: self.store,
            chats: self.chats,
            forge: self.forge,
            known: self.known,
            settings: self.settings,
            people: self.people,
            followers,
            channels: self.channels,
            clock: self.clock,
            painter: Arc::new(painter),
            dice: self.dice,
            queued,
        });
        Ok(Parts {
            tell,
            deliver,
            inlet,
            catch_up,
            aside: vec![
                forget.run().boxed(),
                nearing.run().boxed(),
                post_digests.run().boxed(),
            ],
        })
    }
}
