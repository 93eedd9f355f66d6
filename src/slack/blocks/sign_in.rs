//! The message with a code to enter on GitHub's page, which one person sees.

use chrono::TimeDelta;

use super::Draft;
use crate::slack::{
    kit::{Block, Button, Message},
    mrkdwn::Mrkdwn,
};

/// The action of the button that opens the page. Nothing follows from it here.
const OPEN: &str = "kep_sign_in";

/// A code, the page where it is entered, and for how long it is good.
pub fn sign_in(code: &str, page: &str, good_for: TimeDelta) -> Message {
    let mut draft = Draft::default();
    let text = Mrkdwn::default()
        .words("Enter this code on GitHub, to prove who you are there: ")
        .code(code);
    draft.section(&text);
    draft.say(page);
    let button = Button::leading_to(OPEN, "Open GitHub", page);
    draft.blocks.push(Block::actions(vec![button]));
    let minutes = good_for.num_minutes().max(1);
    let minutes = match minutes {
        1 => "a minute".to_owned(),
        many => format!("{many} minutes"),
    };
    draft.small(&format!(
        "The code is yours alone, and good for {minutes}. I read your login and nothing else, and keep no access. Enter no code on GitHub that somebody else gave you."
    ));
    draft.finish()
}
