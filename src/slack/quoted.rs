//! What somebody answers, shown in the dialog in which they do.

use serde_json::{Value, json};

use crate::domain::rich::Rich;

/// Enough to know what it is about; the message itself stands behind the dialog.
const MOST_SAID: usize = 300;

/// Blocks that quote what was said, as plain text; none where that is not known.
pub(super) fn quoted(markdown: Option<&str>) -> Vec<Value> {
    let said = markdown.map(|said| Rich::from_markdown(said).excerpt(MOST_SAID).0.text());
    let said = said.filter(|said| !said.trim().is_empty());
    said.into_iter()
        .map(|said| {
            json!({
                "type": "context",
                "elements": [{ "type": "plain_text", "text": format!("“{}”", said.trim()) }],
            })
        })
        .collect()
}
