//! What the bridge says.

use chrono::{DateTime, Utc};

use super::Draft;
use crate::{domain::bridge::Saying, ports::chat::Speech, slack::kit::Message};

/// The message of what is said.
pub fn message(speech: &Speech<'_>, _now: DateTime<Utc>) -> Message {
    let mut draft = Draft::default();
    match speech.saying {
        Saying::Plain(text) => draft.plain(text),
        other => draft.plain(&format!("{other:?}")),
    }
    draft.finish()
}
