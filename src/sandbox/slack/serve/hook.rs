//! `response_url`s: answering somebody without being in the channel.
//!
//! <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::{Dropped, Shared, faulty, json_response, plain, words_of};
use crate::sandbox::slack::{
    answer::Refusal, arguments::Arguments, channel::Message, content::LONGEST_POST, log::Wrong,
    state::State, ts::Ts,
};

/// "Up to 5 times within 30 minutes".
const USES: usize = 5;
const PLACE: &str = "response_url";

pub(super) async fn respond(
    shared: &Arc<Shared>,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response<Body>, Dropped> {
    let arguments = Arguments::read(headers, None, body);
    let shown = arguments
        .as_ref()
        .map_or(Value::Null, |a| a.0.clone().into());
    let team = path.split('/').nth(2).unwrap_or_default().to_owned();
    let (place, fault) = shared.lock().note(team.clone(), PLACE, shown);
    if let Some(response) = faulty::before(shared, &team, PLACE, fault.as_ref()).await? {
        return faulty::after(shared, place, fault, response).await;
    }
    let response = shared.lock().respond_to_hook(&team, path, arguments);
    shared.flush();
    faulty::after(shared, place, fault, response).await
}

impl State {
    fn respond_to_hook(
        &mut self,
        team: &str,
        path: &str,
        arguments: Result<Arguments, Refusal>,
    ) -> Response<Bytes> {
        let answered = arguments.and_then(|arguments| self.answer(team, path, &arguments));
        match answered {
            Ok(()) => plain(200, "ok".to_owned()),
            Err(refusal) => {
                let wrong = refusal.wrong;
                let status = match refusal.status {
                    200 => 400,
                    status => status,
                };
                let body = refusal.into_body();
                self.scold(team, wrong, PLACE, words_of(&body));
                json_response(status, &body)
            }
        }
    }

    /// Says something through a `response_url`: to the one person unless `response_type` is
    /// `in_channel`, instead of the original when asked to.
    fn answer(&mut self, team: &str, path: &str, arguments: &Arguments) -> Result<(), Refusal> {
        let gone = |error: &str| Refusal {
            status: 404,
            ..Refusal::of(error).wrong(Wrong::UsedUp)
        };
        let now = self.now();
        let urls = self.teams.get(team).map(|team| &team.response_urls);
        let url = urls
            .and_then(|urls| urls.get(path))
            .ok_or_else(|| gone("expired_url"))?;
        if url.until < now {
            return Err(gone("expired_url"));
        }
        if url.uses >= USES {
            return Err(gone("used_url"));
        }
        let (channel, user) = (url.channel.clone(), url.user.clone());
        let (original, thread) = (url.original, url.thread);
        if arguments.flag("delete_original") {
            self.count_use(team, path);
            if let Some(ts) = self.existing(team, &channel, original) {
                self.erase(team, &channel, ts);
            }
            return Ok(());
        }
        for name in arguments.0.keys() {
            if !FIELDS.contains(&name.as_str()) {
                self.scold(team, Wrong::UnknownArgument, PLACE, name.clone());
            }
        }
        let content = self.content(team, PLACE, arguments, LONGEST_POST)?;
        let kind = arguments.text("response_type").unwrap_or_default();
        let is_public = match kind.as_str() {
            "in_channel" => true,
            "" | "ephemeral" => false,
            _ => return Err(Refusal::of("invalid_arguments").wrong(Wrong::BadArgument)),
        };
        let asked = arguments.ts("thread_ts", "invalid_thread_ts")?;
        let asked = self.root_of(team, &channel, asked)?;
        self.count_use(team, path);
        if arguments.flag("replace_original")
            && let Some(ts) = self.existing(team, &channel, original)
        {
            self.revise(team, &channel, ts, content);
            return Ok(());
        }
        let ts = self.reply(
            team,
            &channel,
            (&user, is_public),
            content,
            asked.or(thread),
        );
        if original.is_none() {
            self.set_original(team, path, ts);
        }
        Ok(())
    }

    fn count_use(&mut self, team: &str, path: &str) {
        if let Some(url) = self.team_mut(team).response_urls.get_mut(path) {
            url.uses += 1;
        }
    }

    pub(in crate::sandbox::slack) fn set_original(&mut self, team: &str, path: &str, ts: Ts) {
        if let Some(url) = self.team_mut(team).response_urls.get_mut(path) {
            url.original = Some(ts);
        }
    }

    fn existing(&self, team: &str, channel: &str, ts: Option<Ts>) -> Option<Ts> {
        ts.filter(|ts| self.channel(team, channel).messages.contains_key(ts))
    }

    /// Says something to one person, or to all in the channel.
    pub(in crate::sandbox::slack) fn reply(
        &mut self,
        team: &str,
        channel: &str,
        (user, is_public): (&str, bool),
        content: crate::sandbox::slack::channel::Content,
        thread: Option<Ts>,
    ) -> Ts {
        if !is_public {
            return self.whisper(team, channel, user, content, thread);
        }
        let bot = self.team(team).app.bot_user.clone();
        let message = Message {
            is_app: true,
            thread,
            ..Message::new(self.new_ts(), &bot, content)
        };
        let ts = message.ts;
        self.say(team, channel, message);
        ts
    }

    /// A new `response_url`: its address, and its path, by which it is known.
    pub(in crate::sandbox::slack) fn new_response_url(
        &mut self,
        team: &str,
        url: crate::sandbox::slack::team::ResponseUrl,
    ) -> (String, String) {
        let path = format!("/hooks/{team}/{}", self.new_id("R"));
        let address = format!("{}{path}", self.origin);
        let urls = &mut self.team_mut(team).response_urls;
        urls.insert(path.clone(), url);
        (address, path)
    }
}

/// The fields a message to a `response_url` may have.
const FIELDS: &[&str] = &[
    "text",
    "blocks",
    "attachments",
    "metadata",
    "markdown_text",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
    "link_names",
    "parse",
];

/// What a command may be answered with: the same fields.
pub(in crate::sandbox::slack) fn message_arguments(message: Value) -> Arguments {
    match message {
        Value::Object(fields) => Arguments(fields),
        other => {
            let text = json!({"text": other});
            Arguments(text.as_object().cloned().unwrap_or_default())
        }
    }
}
