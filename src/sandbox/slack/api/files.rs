//! `files.*`: uploading in three steps.
//!
//! <https://docs.slack.dev/messaging/working-with-files#uploading_files>

use bytes::Bytes;
use serde_json::{Value, json};

use super::Call;
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    channel::{Content, Message},
    log::Wrong,
    state::State,
    team::File,
    validate::length as letters,
};

/// "longer than the limit of 1000 character":
/// <https://docs.slack.dev/reference/methods/files.getUploadURLExternal#errors>
const MOST_ALT: usize = 1000;

/// <https://docs.slack.dev/reference/methods/files.getUploadURLExternal>
pub(super) fn upload_url(state: &mut State, call: &Call) -> Outcome {
    let name = call.arguments.need("filename")?;
    let length = call.arguments.number("length")?;
    let length = length.ok_or_else(|| Refusal::missing("length"))?;
    if length == 0 {
        return Err(Refusal::arguments(&[
            "[ERROR] must be greater than 0 [json-pointer:/length]".to_owned(),
        ]));
    }
    let alt_text = call.arguments.text("alt_txt");
    if alt_text.as_ref().is_some_and(|alt| letters(alt) > MOST_ALT) {
        return Err(Refusal::of("alt_txt_too_large").wrong(Wrong::TooLong));
    }
    let (id, ticket, created) = (state.new_id("F"), state.new_id("upload-"), state.now());
    let url = format!("{}/upload/v1/{ticket}", state.origin);
    let file = File {
        id: id.clone(),
        title: name.clone(),
        name,
        alt_text,
        length,
        ticket,
        bytes: None,
        shown_from: None,
        channels: Vec::new(),
        created,
    };
    state.team_mut(&call.team).files.insert(id.clone(), file);
    Ok(json!({"upload_url": url, "file_id": id}))
}

/// <https://docs.slack.dev/reference/methods/files.completeUploadExternal>
pub(super) fn complete(state: &mut State, call: &Call) -> Outcome {
    let files = call.arguments.json("files");
    let files = files
        .ok()
        .flatten()
        .and_then(|files| files.as_array().cloned());
    let files = files.ok_or_else(|| Refusal::missing("files"))?;
    let id_of = |file: &Value| file["id"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = files.iter().map(id_of).collect();
    for id in &ids {
        let file = state.team(&call.team).files.get(id);
        match file {
            None => return Err(Refusal::of("file_not_found").wrong(Wrong::BadArgument)),
            Some(file) if file.bytes.is_none() => {
                return Err(Refusal::of("file_not_uploaded").wrong(Wrong::BadArgument));
            }
            Some(file) if file.shown_from.is_some() => {
                return Err(Refusal::of("file_already_completed").wrong(Wrong::BadArgument));
            }
            Some(_) => {}
        }
    }
    let mut channels = call.arguments.list("channels");
    channels.extend(call.arguments.text("channel_id"));
    for channel in &channels {
        let team = state.team(&call.team);
        let known = team.channels.get(channel);
        if !known.is_some_and(|known| team.bot_is_in(known)) {
            return Err(Refusal::of("channel_not_found"));
        }
    }
    let shown_from = state.now() + state.processing;
    for file in &files {
        let found = state.team_mut(&call.team).files.get_mut(&id_of(file));
        if let Some(found) = found {
            found.shown_from = Some(shown_from);
            found.channels.clone_from(&channels);
            if let Some(title) = file["title"].as_str() {
                title.clone_into(&mut found.title);
            }
        }
    }
    let bot = state.team(&call.team).app.bot_user.clone();
    for channel in &channels {
        let thread = call.arguments.ts("thread_ts", "invalid_thread_ts")?;
        let thread = state.root_of(&call.team, channel, thread)?;
        let content = Content {
            text: call.arguments.text("initial_comment").unwrap_or_default(),
            ..Content::default()
        };
        let message = Message {
            is_app: true,
            thread,
            files: ids.clone(),
            ..Message::new(state.new_ts(), &bot, content)
        };
        state.say(&call.team, channel, message);
    }
    let team = state.team(&call.team);
    let shown = ids.iter().map(|id| state.show_file(team, &team.files[id]));
    Ok(json!({"files": shown.collect::<Vec<_>>()}))
}

impl State {
    /// Takes the bytes of a file: as many as were announced.
    pub(in crate::sandbox::slack) fn upload(
        &mut self,
        ticket: &str,
        bytes: Bytes,
    ) -> (u16, String) {
        let mut files = self
            .teams
            .values_mut()
            .flat_map(|team| team.files.values_mut());
        let file = files.find(|file| file.ticket == ticket && file.bytes.is_none());
        match file {
            None => (404, "not found".to_owned()),
            Some(file) if file.length != bytes.len() => {
                (400, "the length is another than announced".to_owned())
            }
            Some(file) => {
                let answer = format!("OK - {}", bytes.len());
                file.bytes = Some(bytes);
                (200, answer)
            }
        }
    }
}
