//! Questions to shepherds that come as a mention of the bot.

use bytes::Bytes;

use super::{FrontDesk, pace::What};
use crate::{jobs::bridge::Bridge, ports::StoreError, slack::inbound::Said};

impl FrontDesk {
    /// Somebody asks who shepherds a KEP: the question goes on to them.
    pub(super) async fn shepherds(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        said: &Said,
    ) -> Result<Option<Bytes>, StoreError> {
        let kep = self.inlet.asks_shepherds(workspace, said);
        if let Some(kep) = kep.filter(|_| self.may_ask(&said.from, What::Speech)) {
            let asked = self.inlet.ping_by_mention(bridge, workspace, said, kep);
            asked.await?;
        }
        Ok(None)
    }
}
