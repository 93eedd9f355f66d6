//! Links to KEPs that somebody shares get their cards below them.

use bytes::Bytes;

use super::{FrontDesk, pace::What};
use crate::{
    domain::card::Card,
    slack::{blocks, inbound::Linked},
};

impl FrontDesk {
    pub(super) fn linked(&self, workspace: &str, linked: Linked) -> Option<Bytes> {
        let previews = self.ask(workspace, &linked.from, |desk, _| {
            let cards = desk.previews(linked.links.iter().map(AsRef::as_ref));
            let origin = desk.origin();
            let shown = |(link, card): (&str, Card)| {
                (link.into(), blocks::preview(&card, origin, desk.now))
            };
            cards.into_iter().map(shown).collect::<Vec<_>>()
        });
        // Most links on GitHub lead to no KEP, and asking for nothing is not counted.
        if previews.is_empty() || !self.may_ask(&linked.from, What::Speech) {
            return None;
        }
        self.speak(workspace, "a preview", async move |bot| {
            bot.unfurl(&linked.unfurl_id, &linked.source, &previews)
                .await
        })
    }
}
