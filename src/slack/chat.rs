//! One workspace's chat on Slack: what is written there carries the bot's mark, and is found again
//! by it.

mod meant;
mod names;
mod picture;
mod read;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::OnceCell;

use self::{meant::meant, names::Names, picture::Showing, read::Own};
use super::{
    api::{Api, ApiError, Page, Span},
    blocks, rich,
};
use crate::{
    domain::{Zone, bridge::Key, rich::Rich},
    ports::{
        Clock,
        chat::{Chat, ChatError, History, Message, Picture, PostAt, Speech},
    },
};

/// How many messages a page has; Slack recommends no more than 200.
/// <https://docs.slack.dev/reference/methods/conversations.history>
const PAGE: u16 = 200;
/// How many pages are looked through for a message with a key.
const MOST_PAGES: usize = 20;
/// How many names of people one message has filled in; nobody mentions more on purpose.
const MOST_NAMES: usize = 20;

/// One workspace's chat.
pub struct SlackChat {
    api: Api,
    clock: Arc<dyn Clock>,
    own: OnceCell<Own>,
    names: Names,
}

impl SlackChat {
    /// The chat of the workspace that the bot belongs to.
    pub fn new(api: Api, clock: Arc<dyn Clock>) -> Self {
        Self {
            // Whoever writes here has a queue, which knows when to come again.
            api: api.impatient(),
            clock,
            own: OnceCell::new(),
            names: Names::default(),
        }
    }

    /// By what the bot knows its own messages.
    async fn own(&self) -> Result<&Own, ChatError> {
        let ask = async || {
            let identity = self.api.identity().await.map_err(meant)?;
            Ok(Own::of(&identity))
        };
        self.own.get_or_try_init(ask).await
    }

    /// One page of a channel, or of a thread in it.
    async fn page(
        &self,
        channel: &str,
        thread: Option<&str>,
        span: Span<'_>,
    ) -> Result<Page, ApiError> {
        match thread {
            Some(thread) => self.api.replies(channel, thread, span).await,
            None => self.api.history(channel, span).await,
        }
    }

    /// The message of this number among what a thread or a channel holds at that moment.
    async fn one(
        &self,
        channel: &str,
        ts: &str,
        thread: Option<&str>,
    ) -> Result<Option<Message>, ChatError> {
        let span = Span {
            oldest: Some(ts),
            latest: Some(ts),
            inclusive: true,
            // In a thread the root comes first.
            limit: if thread.is_some() { 2 } else { 1 },
            cursor: None,
        };
        let page = match self.page(channel, thread, span).await {
            Err(ApiError::Refused(error)) if *error == *"thread_not_found" => return Ok(None),
            page => page.map_err(meant)?,
        };
        let own = self.own().await?;
        let messages = page.messages.iter();
        let mut messages = messages.filter_map(|message| read::message(message, own));
        Ok(messages.find(|message| *message.ts == *ts))
    }

    /// The text with the names of those whom it mentions.
    async fn with_names(&self, text: Rich) -> Result<Rich, ChatError> {
        let names = self.names_in(&text).await?;
        Ok(text.with_names(|user| names.get(user).cloned()))
    }

    /// The names of those whom a text mentions, as far as the workspace tells them.
    async fn names_in(&self, text: &Rich) -> Result<HashMap<String, String>, ChatError> {
        let mut names = HashMap::new();
        for user in text.people().into_iter().take(MOST_NAMES) {
            if let Some(name) = self.name_of(user).await? {
                names.insert(user.to_owned(), String::from(name));
            }
        }
        Ok(names)
    }
}

#[async_trait]
impl Chat for SlackChat {
    async fn post(
        &self,
        at: PostAt<'_>,
        speech: &Speech<'_>,
        key: &Key,
    ) -> Result<Box<str>, ChatError> {
        let mut showing = Showing::new(speech);
        loop {
            let message = showing.message();
            let posted = self.api.post(at, message, key.as_str()).await;
            if !showing.again(&posted, &*self.clock).await {
                return posted.map_err(meant);
            }
        }
    }

    async fn edit(
        &self,
        channel: &str,
        ts: &str,
        speech: &Speech<'_>,
        key: &Key,
    ) -> Result<(), ChatError> {
        let mut showing = Showing::new(speech);
        loop {
            let message = showing.message();
            let edited = self.api.update(channel, ts, message, key.as_str()).await;
            if !showing.again(&edited, &*self.clock).await {
                return edited.map_err(meant);
            }
        }
    }

    async fn whisper(
        &self,
        channel: &str,
        user: &str,
        thread: Option<&str>,
        speech: &Speech<'_>,
    ) -> Result<(), ChatError> {
        let message = blocks::bridge::message(speech);
        let said = self.api.whisper(channel, user, thread, &message).await;
        said.map_err(meant)
    }

    async fn upload(&self, picture: &Picture<'_>) -> Result<Box<str>, ChatError> {
        let uploaded = self.api.upload(picture).await;
        uploaded.map_err(|error| match error {
            // All else works without it.
            ApiError::Refused(name) if *name == *"missing_scope" => ChatError::Refused(name),
            error => meant(error),
        })
    }

    async fn react(&self, channel: &str, ts: &str, emoji: &str) -> Result<(), ChatError> {
        self.api.react(channel, ts, emoji).await.map_err(meant)
    }

    async fn unreact(&self, channel: &str, ts: &str, emoji: &str) -> Result<(), ChatError> {
        self.api.unreact(channel, ts, emoji).await.map_err(meant)
    }

    /// More than [`MOST_PAGES`] pages are [`ChatError::Unclear`]: to take the message for missing
    /// would double it.
    async fn find(
        &self,
        channel: &str,
        thread: Option<&str>,
        key: &Key,
        since: &str,
    ) -> Result<Option<Box<str>>, ChatError> {
        let own = self.own().await?;
        let mut cursor: Option<Box<str>> = None;
        for _ in 0..MOST_PAGES {
            let span = Span {
                oldest: Some(since),
                inclusive: true,
                limit: PAGE,
                cursor: cursor.as_deref(),
                ..Span::default()
            };
            let page = match self.page(channel, thread, span).await {
                Err(ApiError::Refused(error)) if *error == *"thread_not_found" => return Ok(None),
                page => page.map_err(meant)?,
            };
            let found = page
                .messages
                .iter()
                .find(|message| read::own_key(message, own).is_some_and(|own| own == *key));
            if let Some(found) = found {
                return Ok(read::ts(found).map(Into::into));
            }
            match page.next() {
                Some(next) => cursor = Some(next.into()),
                None => return Ok(None),
            }
        }
        let why = "more was said since then than can be looked through";
        Err(ChatError::Unclear(why.into()))
    }

    async fn message(
        &self,
        channel: &str,
        ts: &str,
        thread: Option<&str>,
    ) -> Result<Option<Message>, ChatError> {
        let found = match (thread, self.one(channel, ts, thread).await?) {
            // A reply stands in no history, and a reaction does not say that it is one. Its thread
            // is found by any message in it.
            (None, None) => self.one(channel, ts, Some(ts)).await?,
            (_, found) => found,
        };
        match found {
            Some(message) => Ok(Some(Message {
                text: self.with_names(message.text).await?,
                ..message
            })),
            None => Ok(None),
        }
    }

    async fn read(&self, typed: &str) -> Result<Rich, ChatError> {
        self.with_names(rich::read(&json!({ "text": typed }))).await
    }

    async fn typed(&self, text: &str) -> Result<String, ChatError> {
        let names = self.names_in(&rich::read(&json!({ "text": text }))).await?;
        Ok(rich::typed(text, |user| names.get(user).cloned()))
    }

    async fn history(
        &self,
        channel: &str,
        oldest: &str,
        page: Option<&str>,
    ) -> Result<History, ChatError> {
        let span = Span {
            oldest: Some(oldest),
            limit: PAGE,
            cursor: page,
            ..Span::default()
        };
        let page = self.api.history(channel, span).await.map_err(meant)?;
        Ok(read::history(&page, self.own().await?))
    }

    async fn replies(
        &self,
        channel: &str,
        thread: &str,
        oldest: &str,
        page: Option<&str>,
    ) -> Result<History, ChatError> {
        let span = Span {
            oldest: Some(oldest),
            limit: PAGE,
            cursor: page,
            ..Span::default()
        };
        let page = self.api.replies(channel, thread, span).await;
        let mut history = read::history(&page.map_err(meant)?, self.own().await?);
        history.messages.retain(|message| *message.ts != *thread);
        Ok(history)
    }

    async fn permalink(&self, channel: &str, ts: &str) -> Result<Box<str>, ChatError> {
        self.api.permalink(channel, ts).await.map_err(meant)
    }

    async fn name_of(&self, user: &str) -> Result<Option<Box<str>>, ChatError> {
        let now = self.clock.now();
        if let Some(known) = self.names.get(user, now) {
            return Ok(known);
        }
        let name = match self.api.profile(user).await {
            Ok(profile) => profile.name(),
            Err(ApiError::Refused(error)) if is_untold(&error) => None,
            Err(error) => return Err(meant(error)),
        };
        self.names.put(user, now, name.clone());
        Ok(name)
    }

    async fn zone_of(&self, user: &str) -> Result<Option<Zone>, ChatError> {
        match self.api.zone(user).await {
            Ok(zone) => Ok(zone.and_then(|name| Zone::named(&name))),
            Err(ApiError::Refused(error)) if is_untold(&error) => Ok(None),
            Err(error) => Err(meant(error)),
        }
    }

    async fn direct(&self, user: &str) -> Result<Box<str>, ChatError> {
        self.api.direct(user).await.map_err(meant)
    }
}

/// Whether a workspace does not tell who somebody is, by the name of the error.
/// <https://docs.slack.dev/reference/methods/users.info#errors>
fn is_untold(error: &str) -> bool {
    ["missing_scope", "user_not_found", "user_not_visible"].contains(&error)
}
