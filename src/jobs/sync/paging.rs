//! How to go through a list that grows while it is read: by the moment of the last change, never
//! by page numbers alone, so that nothing is passed over when an item moves to the end.

use chrono::{DateTime, Utc};

use crate::ports::{
    forge::{Page, Since, Validator},
    store::Position,
};

/// What to ask for at a position.
pub(super) fn since(position: &Position) -> Since {
    Since {
        moment: position.since,
        page: position.page.unwrap_or(1),
    }
}

/// Where one goes from a page, and whether to ask again now.
///
/// One asks until nothing new arrives: then the last answer is the one that the next sync asks
/// about, and its mark is good.
pub(super) fn advance<T>(
    position: &Position,
    page: &Page<T>,
    validator: Option<Validator>,
) -> (Position, bool) {
    let moved = page.latest > position.since;
    let (page_number, again) = match (moved, page.has_next, page.length) {
        (true, _, _) => (None, true),
        // A whole page of changes within one second: the rest of that second follows.
        (false, true, _) => (Some(position.page.unwrap_or(1) + 1), true),
        // What stood on later pages moved or went away; from the start of that second again.
        (false, false, 0) if position.page.is_some() => (None, true),
        (false, false, _) => (position.page, false),
    };
    let next = Position {
        since: later(page.latest, position.since),
        page: page_number,
        broken: 0,
        // The mark belongs to this answer, and the next question may be another.
        validator: validator.filter(|_| !again),
        settled: position.settled || !again,
        tree: None,
    };
    (next, again)
}

fn later(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.max(other)
}
