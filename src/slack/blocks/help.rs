//! The message of what can be asked: a line for each question, to be typed as it stands.

use super::Draft;
use crate::{domain::answer::Help, slack::mrkdwn::Mrkdwn};

pub(super) fn render(help: &Help, draft: &mut Draft) {
    let mut text = Mrkdwn::default().bold(&help.title);
    for line in &help.lines {
        text = text
            .line()
            .code(&format!("/kep {}", line.type_this))
            .words(&format!("  {}", line.does));
    }
    draft.section(&text);
    for note in &help.notes {
        draft.small(note);
    }
}
