//! What a message is to say: read from the arguments, held against the rules, and completed as
//! Slack does.

use serde_json::{Value, json};

use super::{
    answer::Refusal,
    arguments::Arguments,
    channel::Content,
    log::Wrong,
    state::State,
    validate::{self, Problem, length, shown_characters},
};

/// "Slack will truncate messages containing more than 40,000 characters".
/// <https://docs.slack.dev/messaging/formatting-message-text>
pub(super) const LONGEST_POST: usize = 40_000;
/// "Limit of 4,000 characters": <https://docs.slack.dev/reference/methods/chat.update>
pub(super) const LONGEST_UPDATE: usize = 4_000;
/// "For best results, limit the number of characters in the text field to 4,000".
/// <https://docs.slack.dev/reference/methods/chat.postMessage#truncating>
const BEST: usize = 4_000;
/// Found by measuring: <https://github.com/slackapi/bolt-js/issues/2509>
const LONGEST_BLOCKS: usize = 13_200;
/// <https://docs.slack.dev/reference/methods/chat.postMessage>
const LONGEST_MARKDOWN: usize = 12_000;
/// <https://docs.slack.dev/reference/methods/chat.postMessage#errors>
const MOST_ATTACHMENTS: usize = 100;

impl State {
    /// The content that arguments describe.
    /// <https://docs.slack.dev/reference/methods/chat.postMessage>
    pub(super) fn content(
        &mut self,
        team: &str,
        place: &str,
        arguments: &Arguments,
        longest: usize,
    ) -> Result<Content, Refusal> {
        let blocks = arguments.json("blocks");
        let mut blocks = blocks.map_err(|()| bad("invalid_blocks_format"))?;
        let attachments = arguments.json("attachments");
        let attachments = attachments.map_err(|()| bad("invalid_attachments"))?;
        let text = arguments.text("text").unwrap_or_default();
        if let Some(markdown) = arguments.text("markdown_text") {
            if !text.is_empty() || blocks.is_some() {
                return Err(bad("markdown_text_conflict"));
            }
            if length(&markdown) > LONGEST_MARKDOWN {
                return Err(Refusal::of("msg_too_long").wrong(Wrong::TooLong));
            }
            blocks = Some(json!([{"type": "markdown", "text": markdown}]));
        }
        if length(&text) > longest {
            return Err(Refusal::of("msg_too_long").wrong(Wrong::TooLong));
        }
        let blocks = match blocks {
            Some(blocks) => self.blocks(team, &blocks)?,
            None => Vec::new(),
        };
        let attachments = match attachments {
            Some(attachments) => attachments_of(&attachments)?,
            None => Vec::new(),
        };
        if text.trim().is_empty() && blocks.is_empty() && attachments.is_empty() {
            return Err(bad("no_text"));
        }
        let metadata = match arguments.json("metadata") {
            Ok(Some(metadata)) => Some(checked_metadata(metadata)?),
            Ok(None) => None,
            Err(()) => return Err(bad("invalid_metadata_format")),
        };
        let is_parsed =
            arguments.flag("link_names") || arguments.text("parse").as_deref() == Some("full");
        self.scold_content(team, place, &text, is_parsed, &blocks);
        Ok(Content {
            text: escaped(&text),
            blocks: (!blocks.is_empty()).then_some(blocks),
            attachments: (!attachments.is_empty()).then_some(attachments),
            metadata,
        })
    }

    fn blocks(&mut self, team: &str, blocks: &Value) -> Result<Vec<Value>, Refusal> {
        let mut problems = validate::message_blocks(blocks);
        problems.extend(self.pictures(team, blocks, "/blocks"));
        if !problems.is_empty() {
            return Err(Refusal::blocks("invalid_blocks", &problems));
        }
        if shown_characters(blocks) > LONGEST_BLOCKS {
            return Err(Refusal::of("msg_blocks_too_long").wrong(Wrong::TooLong));
        }
        let mut blocks = blocks.clone();
        self.complete(&mut blocks);
        Ok(blocks.as_array().cloned().unwrap_or_default())
    }

    /// Pictures of files that are not there, or not yet: uploads "are completed in an asynchronous
    /// fashion", and messages refused meanwhile.
    /// <https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object>
    /// <https://github.com/slackapi/slack-github-action/issues/413>
    /// <https://github.com/slackapi/python-slack-sdk/issues/1658>
    pub(super) fn pictures(&self, team: &str, value: &Value, pointer: &str) -> Vec<Problem> {
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .flat_map(|(place, item)| self.pictures(team, item, &format!("{pointer}/{place}")))
                .collect(),
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(name, value)| {
                    let pointer = format!("{pointer}/{name}");
                    if name != "slack_file" {
                        return self.pictures(team, value, &pointer);
                    }
                    let file = self.team(team).file_of(value);
                    let message = "invalid slack file".to_owned();
                    let shown_from = file.and_then(|file| file.shown_from);
                    if shown_from.is_some_and(|from| from <= self.now()) {
                        Vec::new()
                    } else {
                        vec![Problem { pointer, message }]
                    }
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Gives ids to blocks and elements that have none, and says what text objects leave unsaid.
    /// <https://docs.slack.dev/reference/block-kit/blocks>
    pub(super) fn complete(&mut self, blocks: &mut Value) {
        for block in blocks.as_array_mut().into_iter().flatten() {
            if block.get("block_id").is_none() {
                block["block_id"] = format!("b{:04}", self.new_number()).into();
            }
            let is_rich = block["type"] == "rich_text" || block["type"] == "table";
            for part in ["text", "accessory", "element", "label", "hint", "title"] {
                if let Some(part) = block.get_mut(part).filter(|_| !is_rich) {
                    self.complete_part(part);
                }
            }
            for list in ["fields", "elements"] {
                let list = block.get_mut(list).filter(|_| !is_rich);
                for part in list.and_then(Value::as_array_mut).into_iter().flatten() {
                    self.complete_part(part);
                }
            }
        }
    }

    fn complete_part(&mut self, part: &mut Value) {
        let kind = part["type"].as_str().unwrap_or_default().to_owned();
        match kind.as_str() {
            "plain_text" if part.get("emoji").is_none() => part["emoji"] = true.into(),
            "mrkdwn" if part.get("verbatim").is_none() => part["verbatim"] = false.into(),
            "plain_text" | "mrkdwn" | "image" | "" => {}
            _ => {
                if part.get("action_id").is_none() {
                    part["action_id"] = format!("a{:04}", self.new_number()).into();
                }
                if let Some(text) = part.get_mut("text").filter(|text| text.is_object()) {
                    self.complete_part(text);
                }
            }
        }
    }

    /// Notes what Slack takes and people suffer from.
    fn scold_content(
        &mut self,
        team: &str,
        place: &str,
        text: &str,
        is_parsed: bool,
        blocks: &[Value],
    ) {
        if text.trim().is_empty() && !blocks.is_empty() {
            // https://docs.slack.dev/reference/methods/chat.postMessage#text-blocks-attachments
            self.scold(team, Wrong::MissingFallback, place, "blocks without a text");
        }
        if length(text) > BEST {
            let detail = format!("a text of {} characters", length(text));
            self.scold(team, Wrong::TooLong, place, detail);
        }
        let mut pings = pings_in(text, is_parsed);
        for block in blocks {
            pings.extend(pings_in_blocks(block));
        }
        for ping in pings {
            self.scold(team, Wrong::PingsMany, place, ping);
        }
    }
}

fn bad(error: &str) -> Refusal {
    Refusal::of(error).wrong(Wrong::BadArgument)
}

/// <https://docs.slack.dev/reference/methods/chat.postMessage#errors>
fn attachments_of(attachments: &Value) -> Result<Vec<Value>, Refusal> {
    let Some(list) = attachments.as_array() else {
        return Err(bad("invalid_attachments"));
    };
    if list.len() > MOST_ATTACHMENTS {
        return Err(bad("too_many_attachments"));
    }
    for blocks in list
        .iter()
        .filter_map(|attachment| attachment.get("blocks"))
    {
        let problems = validate::message_blocks(blocks);
        if !problems.is_empty() {
            return Err(Refusal::blocks("invalid_blocks", &problems));
        }
    }
    Ok(list.clone())
}

/// <https://docs.slack.dev/messaging/message-metadata>
fn checked_metadata(metadata: Value) -> Result<Value, Refusal> {
    let kind = metadata.get("event_type").and_then(Value::as_str);
    let payload = metadata.get("event_payload").and_then(Value::as_object);
    let is_name = |kind: &str| {
        !kind.is_empty()
            && kind
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    };
    match (kind, payload) {
        (Some(kind), Some(_)) if is_name(kind) => Ok(metadata),
        _ => Err(bad("invalid_metadata_format")),
    }
}

/// `&`, `<` and `>` that are no markup, as Slack keeps them.
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        escaped.push_str(before);
        let is_entity = ["&amp;", "&lt;", "&gt;"]
            .iter()
            .any(|entity| tail.starts_with(entity));
        escaped.push_str(if is_entity { "&" } else { "&amp;" });
        rest = &tail[1..];
    }
    escaped + rest
}

/// Words that ping many people.
/// <https://docs.slack.dev/messaging/formatting-message-text#special-mentions>
fn pings_in(text: &str, is_parsed: bool) -> Vec<String> {
    let marked = ["<!channel", "<!here", "<!everyone", "<!group", "<!subteam^"];
    let bare = ["@channel", "@here", "@everyone"];
    let bare = bare.iter().filter(|_| is_parsed);
    let words = marked.iter().chain(bare);
    words
        .filter(|word| text.contains(**word))
        .map(|word| (*word).to_owned())
        .collect()
}

/// "When set to false (as is default) … certain mentions will be automatically parsed".
/// <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>
fn pings_in_blocks(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str);
            let text = fields.get("text").and_then(Value::as_str);
            let mut pings = match (kind, text) {
                (Some("mrkdwn"), Some(text)) => {
                    let is_verbatim = fields.get("verbatim") == Some(&Value::Bool(true));
                    pings_in(text, !is_verbatim)
                }
                (Some("markdown"), Some(text)) => pings_in(text, true),
                (Some("broadcast" | "usergroup"), _) => vec![format!("rich text: {kind:?}")],
                _ => Vec::new(),
            };
            pings.extend(fields.values().flat_map(pings_in_blocks));
            pings
        }
        Value::Array(items) => items.iter().flat_map(pings_in_blocks).collect(),
        _ => Vec::new(),
    }
}
