//! A message of a digest: a headline, what it says, and buttons whose answers only their presser sees.

use super::{Draft, button};
use crate::{
    domain::{bridge::Page, rich::Rich},
    slack::kit::Block,
};

pub(super) fn render(page: &Page, draft: &mut Draft) {
    if let Some(title) = &page.title {
        draft.headline(title);
    }
    for part in &page.parts {
        draft.rich(&Rich::from_markdown(part));
    }
    for note in &page.small {
        draft.small(note);
    }
    let buttons = page.buttons.iter().zip(button::ASK);
    let buttons = buttons.filter_map(|((label, asked), action)| button::ask(action, label, asked));
    let buttons: Vec<_> = buttons.collect();
    if !buttons.is_empty() {
        draft.blocks.push(Block::actions(buttons));
    }
}
