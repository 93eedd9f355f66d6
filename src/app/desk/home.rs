//! The bot's home, which is made anew whenever somebody opens it or changes something there.

use bytes::Bytes;

use super::{FrontDesk, pace::What};
use crate::{
    domain::{KepNumber, bridge::ChannelAt, following::Follower, notice::Recipient},
    slack::{blocks, inbound::From},
};

impl FrontDesk {
    pub(super) fn home_opened(&self, workspace: &str, from: From) -> Option<Bytes> {
        if !self.may_ask(&from, What::Speech) {
            return None;
        }
        let at = ChannelAt::new(workspace, &from.user);
        let names = Recipient::Member(at.clone()).names(&self.people.borrow());
        let followers = self.inlet.follow.followers();
        let member = Follower::Member(at);
        let follows: Vec<KepNumber> = followers.borrow().keps(&member).collect();
        let mut home = self.ask(workspace, &from, |desk, asker| desk.home(asker, &follows));
        let outbox = self.inlet.hear.outbox.clone();
        self.speak(workspace, "a home", async move |bot| {
            // Without a store it shows the rest.
            home.told = outbox.preferences(&names).await.ok();
            bot.publish_home(&from.user, &blocks::home(&home)).await
        })
    }
}
