//! The bot's home: the KEPs of whoever opens it, and the current cycle.

use super::{
    desk::Desk,
    status::{self, Extent},
};
use crate::{
    command::not_tied,
    domain::{
        KepNumber,
        board::Entry,
        card::Card,
        people::Asker,
        reply::{Home, HomeOf, Mine},
    },
};

/// What somebody's home shows.
pub(super) fn home(desk: &Desk<'_>, asker: &Asker<'_>, follows: &[KepNumber]) -> Home {
    let inspector = desk.inspector();
    let card = |entry: &Entry| Card::of(entry, desk.board, desk.settings, &inspector);
    let person = desk.people.by_slack(asker.workspace, asker.user);
    let who = match person {
        None => HomeOf::Stranger {
            how: not_tied(desk.people, *asker),
        },
        Some(person) => {
            let mut keps = Vec::new();
            let mut others = 0;
            for entry in desk.board.entries() {
                let parts = entry.parts_of(&person.login);
                if parts.is_empty() {
                    continue;
                }
                if !inspector.is_under_way(&entry.kep) {
                    others += 1;
                    continue;
                }
                keps.push(Mine {
                    card: card(entry),
                    parts,
                });
            }
            keps.sort_by_cached_key(|mine: &Mine| mine.card.precedence());
            HomeOf::Somebody {
                login: person.login.clone(),
                keps,
                others,
            }
        }
    };
    let theirs = |entry: &Entry| match &who {
        HomeOf::Somebody { keps, .. } => keps
            .iter()
            .any(|mine| mine.card.kep.number == entry.kep.number),
        HomeOf::Stranger { .. } => false,
    };
    let followed = follows.iter().filter_map(|kep| desk.board.get(*kep));
    let mut follows: Vec<Card> = followed.filter(|entry| !theirs(entry)).map(card).collect();
    follows.sort_by_cached_key(Card::precedence);
    Home {
        who,
        follows,
        told: None,
        cycle: status::cycle(Extent::Count, desk.board, desk.settings, &inspector),
        origin: desk.origin(),
        now: desk.now,
    }
}
