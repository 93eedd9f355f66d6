//! A freeze is near: which KEPs are not ready for it, and whose they are.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Bridge,
    concerns::{liaisons_of, paced},
};
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

/// One step for each shepherd, liaison or follower of a KEP that aims at the release and of which something
/// is to be mended. `id` is that of the occasion.
pub async fn near(
    bridge: &Bridge<'_>,
    id: &str,
    date: &DateView,
) -> Result<Vec<NewEffect>, StoreError> {
    let inspector = Inspector::new(bridge.board, bridge.settings, bridge.now);
    let mut found: BTreeMap<Recipient, (Vec<Notice>, bool)> = BTreeMap::new();
    for entry in bridge.board.entries() {
        let theirs = entry.shepherds().into_iter();
        let theirs = theirs.chain(liaisons_of(entry, None));
        let theirs: BTreeSet<Recipient> =
            theirs.filter_map(|login| bridge.recipient(login)).collect();
        let following: BTreeSet<Recipient> = bridge.following(entry.kep.number).collect();
        if theirs.union(&following).next().is_none() || !inspector.in_cycle(entry) {
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
        for who in theirs.union(&following) {
            let (notices, is_theirs) = found.entry(who.clone()).or_default();
            notices.push(notice.clone());
            *is_theirs |= theirs.contains(who);
        }
    }
    let mut steps = Vec::new();
    let mut followers = 0..;
    for (who, (notices, is_theirs)) in found {
        let nth = if is_theirs { Some(0) } else { followers.next() };
        let step = bridge.step(who, id, notices).await?;
        steps.extend(step.map(|step| paced(step, nth.unwrap_or_default())));
    }
    Ok(steps)
}
