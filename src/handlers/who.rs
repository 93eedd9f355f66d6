//! Who has a part in a KEP.

use super::{desk::Desk, status};
use crate::{
    command::Query,
    domain::{answer::Answer, people::Asker, who::Who},
};

/// Answers for one KEP; where words name several, with these.
pub(super) fn who(query: &Query, asker: &Asker<'_>, desk: &Desk<'_>) -> Answer {
    match status::find(query, desk.board, desk.settings, desk.now) {
        Ok(entry) => Answer::Who(Box::new(Who::of(
            entry,
            desk.settings,
            desk.people,
            asker.workspace,
            desk.inspector().current(),
        ))),
        Err(answer) => answer,
    }
}
