//! A freeze is near: which KEPs are not ready for it, and who shepherds them.

use std::collections::BTreeMap;

use super::Bridge;
use crate::{
    domain::{
        bridge::NewEffect,
        card::{Card, DateView},
        finding::Inspector,
        notice::{Matter, Notice, Recipient},
        text::each_once,
    },
    ports::StoreError,
};

/// One step for each shepherd of a KEP that aims at the release and of which something is to be mended.
/// `id` is that of the occasion.
pub async fn near(
    bridge: &Bridge<'_>,
    id: &str,
    date: &DateView,
) -> Result<Vec<NewEffect>, StoreError> {
    let inspector = Inspector::new(bridge.board, bridge.settings, bridge.now);
    let mut found: BTreeMap<Recipient, Vec<Notice>> = BTreeMap::new();
    for entry in bridge.board.entries() {
        let shepherds = entry.shepherds();
        if shepherds.is_empty() || !inspector.in_cycle(entry) {
            continue;
        }
        let card = Card::of(entry, bridge.board, bridge.settings, &inspector);
        let urgent = card.findings.iter().take(card.urgent());
        let wrong = each_once(urgent.map(|finding| finding.code.in_short()));
        if wrong.is_empty() {
            continue;
        }
        let url = entry
            .issues()
            .next()
            .map(|tracking| tracking.issue.url.clone());
        let notice = Notice {
            id: format!("{id}/{}", entry.kep.number).into(),
            kep: entry.kep.number,
            title: entry.kep.title.clone(),
            at: None,
            url: url.unwrap_or_else(|| card.kep.url.as_str().into()),
            matter: Matter::Freeze {
                what: date.what.name().into(),
                release: date.release,
                day: date.day(),
                wrong: wrong.into_iter().map(Into::into).collect(),
            },
        };
        for who in shepherds
            .into_iter()
            .filter_map(|login| bridge.recipient(login))
        {
            found.entry(who).or_default().push(notice.clone());
        }
    }
    let mut steps = Vec::new();
    for (who, notices) in found {
        steps.extend(bridge.step(who, id, notices).await?);
    }
    Ok(steps)
}
