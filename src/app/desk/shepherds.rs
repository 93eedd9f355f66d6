//! Questions to shepherds that come as a mention of the bot, and the dialog for an answer.

use bytes::Bytes;

use super::{FrontDesk, pace::What};
use crate::{
    app::ping,
    domain::people::People,
    jobs::follow::Known,
    ports::StoreError,
    slack::inbound::{Pressed, Said},
};

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
            let bridge = self.inlet.bridge(known, people, self);
            let asked = self.inlet.ping_by_mention(&bridge, workspace, said, kep);
            asked.await?;
        }
        Ok(None)
    }

    pub(super) fn answer_dialog(&self, workspace: &str, pressed: &Pressed) -> Option<Bytes> {
        let (trigger, view) = ping::dialog(pressed)?;
        self.speak(workspace, "a dialog", async move |bot| {
            bot.open_view(&trigger, &view).await
        })
    }
}
