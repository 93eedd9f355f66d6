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
        if note.contains('`') {
            draft.small_print(&with_code(note));
        } else {
            draft.small(note);
        }
    }
}

/// A note in which what stands between backticks is to be typed.
fn with_code(note: &str) -> Mrkdwn {
    let pieces = note.split('`').enumerate();
    pieces.fold(Mrkdwn::default(), |text, (at, piece)| match at % 2 {
        0 => text.words(piece),
        _ => text.code(piece),
    })
}
