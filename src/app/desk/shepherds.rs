//! Questions to shepherds that come as a mention of the bot.

use bytes::Bytes;

use super::{FrontDesk, pace::What};
use crate::{domain::people::People, jobs::follow::Known, ports::StoreError, slack::inbound::Said};

impl FrontDesk {
    /// Somebody asks who shepherds a KEP: the question goes on to them.
    pub(super) async fn shepherds(
        &self,
        workspace: &str,
        said: &Said,
        known: &Known,
        people: &People,
    ) -> Result<Option<Bytes>, StoreError> {
        let kep = self.inlet.asks_shepherds(workspace, said);
        if let Some(kep) = kep.filter(|_| self.may_ask(&said.from, What::Speech)) {
            let followers = self.inlet.follow.followers().borrow().clone();
            let bridge = self.inlet.bridge(known, (people, &followers), self);
            let asked = self.inlet.ping_by_mention(&bridge, workspace, said, kep);
            asked.await?;
        }
        Ok(None)
    }
}
