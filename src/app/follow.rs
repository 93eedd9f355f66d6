//! `/kep follow` and `/kep unfollow`, and who follows what.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::{Mutex, watch};

use crate::{
    command::{FollowAsk, follow},
    domain::{
        KepNumber,
        board::Board,
        bridge::ChannelAt,
        following::{Follower, Followers},
        notice::Recipient,
        people::{Asker, People},
    },
    ports::{Outbox as _, Store as _, StoreError},
    store::SqliteStore,
};

/// Takes in who follows what, keeps it in the store, and tells it to everybody who asks.
pub(super) struct AskFollow {
    store: Arc<SqliteStore>,
    followers: watch::Sender<Arc<Followers>>,
    /// What is published is what is stored: one change at a time.
    changing: Mutex<()>,
    /// Those of the settings, in which a KEP can be followed.
    channels: BTreeSet<ChannelAt>,
}

/// Who asks, and what they ask about.
pub(super) struct Asking<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) channel: &'a ChannelAt,
    pub(super) board: &'a Board,
    pub(super) people: &'a People,
}

impl AskFollow {
    pub(super) async fn load(
        store: Arc<SqliteStore>,
        channels: BTreeSet<ChannelAt>,
    ) -> Result<Self, StoreError> {
        let followers = store.followers().await?.into_iter().collect();
        Ok(Self {
            store,
            followers: watch::Sender::new(Arc::new(followers)),
            changing: Mutex::default(),
            channels,
        })
    }

    /// Who follows what from now on.
    pub(super) fn followers(&self) -> watch::Receiver<Arc<Followers>> {
        self.followers.subscribe()
    }

    pub(super) async fn answer(
        &self,
        typed: &str,
        asking: &Asking<'_>,
    ) -> Result<String, StoreError> {
        let member = Follower::Member(ChannelAt::new(asking.asker.workspace, asking.asker.user));
        let channel = Follower::Channel(asking.channel.clone());
        let (ask, here) = match follow(typed) {
            Ok(asked) => asked,
            Err(why) => return Ok(why),
        };
        let is_served = self.channels.contains(asking.channel);
        if here && !is_served && !matches!(ask, FollowAsk::Unfollow(_)) {
            return Ok(
                "This channel is none of those that I serve, so nothing can be followed here: whoever runs me adds it to the settings, under [[channels]]. Without the word here I tell you alone."
                    .to_owned(),
            );
        }
        let follower = if here { &channel } else { &member };
        match ask {
            FollowAsk::Show => Ok(self.shown(asking, &member, is_served.then_some(&channel))),
            FollowAsk::Follow(kep) => self.follow(asking, follower, kep).await,
            FollowAsk::Unfollow(kep) => self.unfollow(follower, kep).await,
        }
    }

    fn shown(&self, asking: &Asking<'_>, member: &Follower, channel: Option<&Follower>) -> String {
        let followers = self.followers.borrow().clone();
        let list = |follower: &Follower| {
            let keps = followers.keps(follower);
            let lines = keps.map(|kep| format!("\n{}", named(asking.board, kep)));
            lines.collect::<String>()
        };
        let said = match list(member) {
            none if none.is_empty() => "You follow no KEP. Type /kep follow 5825 for what changes of it, by direct message; for those you own or shepherd you need not.".to_owned(),
            keps => format!("You follow, by direct message:{keps}"),
        };
        match channel.map(list).filter(|keps| !keps.is_empty()) {
            Some(keps) => format!("{said}\nThis channel follows:{keps}"),
            None => said,
        }
    }

    async fn follow(
        &self,
        asking: &Asking<'_>,
        follower: &Follower,
        kep: KepNumber,
    ) -> Result<String, StoreError> {
        if asking.board.get(kep).is_none() {
            return Ok(format!(
                "I know no KEP-{kep}, so there is nothing to follow. /kep list and a word of its title finds its number."
            ));
        }
        let named = named(asking.board, kep);
        let is_new = self.set(follower, kep, true).await?;
        let muted = match follower {
            Follower::Member(member) => self.muted(asking, member, kep).await?,
            Follower::Channel(_) => String::new(),
        };
        Ok(match (follower, is_new) {
            (Follower::Member(_), false) => format!("You follow KEP-{kep} already.{muted}"),
            (Follower::Channel(_), false) => format!("This channel follows KEP-{kep} already."),
            (Follower::Channel(_), true) => format!(
                "This channel follows {named} from now on: what changes of it is told here. /kep unfollow {kep} here ends it."
            ),
            (Follower::Member(_), true) => {
                let asker = asking.asker;
                let is_known = asking
                    .people
                    .by_slack(asker.workspace, asker.user)
                    .is_some();
                let mentions = if is_known {
                    String::new()
                } else {
                    let ask = asking.people.ask_to_be_known(asker);
                    format!(
                        " Who mentions you there I can tell you only once I know who you are on GitHub: {ask}."
                    )
                };
                format!(
                    "You follow {named} from now on: what changes of it comes to you by direct message. /kep unfollow {kep} ends it.{muted}{mentions}"
                )
            }
        })
    }

    /// That somebody hears nothing of what they follow, where they muted it.
    async fn muted(
        &self,
        asking: &Asking<'_>,
        member: &ChannelAt,
        kep: KepNumber,
    ) -> Result<String, StoreError> {
        let names = Recipient::Member(member.clone()).names(asking.people);
        let preferences = self.store.preferences(&names).await?;
        Ok(if preferences.muted.contains(&kep) {
            format!(
                " You muted it, so you hear nothing of it until you type /kep notify unmute {kep}."
            )
        } else {
            String::new()
        })
    }

    async fn unfollow(&self, follower: &Follower, kep: KepNumber) -> Result<String, StoreError> {
        let did = self.set(follower, kep, false).await?;
        let who = match follower {
            Follower::Member(_) => ("You follow", "You do not follow"),
            Follower::Channel(_) => ("This channel follows", "This channel does not follow"),
        };
        Ok(if did {
            format!("{} KEP-{kep} no more.", who.0)
        } else {
            format!("{} KEP-{kep}, so there is nothing to end.", who.1)
        })
    }

    /// Whether that is another than before.
    async fn set(
        &self,
        follower: &Follower,
        kep: KepNumber,
        follows: bool,
    ) -> Result<bool, StoreError> {
        let changing = self.changing.lock().await;
        let is_other = self.followers.borrow().has(follower, kep) != follows;
        if is_other {
            self.store.follow(follower, kep, follows).await?;
            let followers = self.store.followers().await?.into_iter().collect();
            self.followers.send_replace(Arc::new(followers));
        }
        drop(changing);
        Ok(is_other)
    }
}

/// A KEP by number and title, where that is known.
fn named(board: &Board, kep: KepNumber) -> String {
    let entry = board.get(kep);
    let title = entry.map(|entry| entry.kep.title.replace('\n', " "));
    let title = title.filter(|title| !title.is_empty());
    title.map_or_else(
        || format!("KEP-{kep}"),
        |title| format!("KEP-{kep} ({title})"),
    )
}
