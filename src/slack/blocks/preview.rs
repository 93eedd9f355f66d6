//! What stands below a link to a KEP: its summary, its milestone and its next freeze.

use chrono::{DateTime, Utc};

use super::{Draft, card};
use crate::{
    domain::{
        card::{Card, DateView},
        cycle::CycleEvent,
        origin::Origin,
    },
    slack::{kit::Block, mrkdwn::Mrkdwn},
};

/// The blocks of a preview.
pub fn preview(shown: &Card, origin: Origin, now: DateTime<Utc>) -> Vec<Block> {
    let kep = &shown.kep;
    let mut draft = Draft::default();
    card::in_brief(shown, now, &mut draft);
    let mut text = Mrkdwn::default().link(&kep.url, &format!("KEP-{}", kep.number));
    if let Some(release) = kep.latest_milestone {
        text = text.words(&format!(" · milestone {release}"));
    }
    if let Some(same_day) = next_freeze(shown) {
        let names = DateView::names(same_day);
        text = text
            .words(&format!(" · {names} "))
            .day(same_day[0].day())
            .words(&format!(" ({})", same_day[0].left(now)));
    }
    let asked = format!("/kep status {}", kep.number);
    draft.small_print(&text.words(" · ").code(&asked));
    draft.age(origin, now);
    draft.finish().blocks
}

/// The freezes of the first day that has one, where they concern the KEP. Blogs and documents wait
/// for nobody here.
fn next_freeze(card: &Card) -> Option<&[DateView]> {
    let matters = |date: &DateView| {
        matches!(
            date.what,
            CycleEvent::ProductionReadinessFreeze
                | CycleEvent::EnhancementsFreeze
                | CycleEvent::CodeFreeze
                | CycleEvent::TestFreeze
        )
    };
    let mut days = DateView::by_day(&card.dates);
    days.find(|same_day| same_day.iter().any(matters))
        .filter(|_| card.when.days_concern_it)
}
