//! Who has a part in a KEP.

use super::{
    desk::Desk,
    status::{self, Extent, Found},
};
use crate::{
    command::Query,
    domain::{answer::Answer, people::Asker, who::Who},
};

/// Answers for one KEP; where words name several, with a page of these.
pub(super) fn who(query: &Query, page: usize, asker: &Asker<'_>, desk: &Desk<'_>) -> Answer {
    let inspector = desk.inspector();
    let who = |entry| {
        let (people, workspace) = (desk.people, asker.workspace);
        let who = Who::of(entry, desk.settings, people, workspace, inspector.current());
        Answer::Who(Box::new(who))
    };
    match status::find(query, desk.board, desk.settings, &inspector) {
        Found::One(entry) => who(entry),
        Found::Several(entries) if entries.len() == 1 => who(entries[0]),
        found => {
            let extent = Extent::Page(page);
            status::shown(found, query, extent, desk.board, desk.settings, &inspector)
        }
    }
}
