//! Reading what was said, and who people are. What is read is kept as loose as it comes: a message
//! of somebody else's app may hold anything.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Api, ApiError};

/// Which part of a history is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::slack) struct Span<'a> {
    /// Nothing older than this.
    pub(in crate::slack) oldest: Option<&'a str>,
    /// Nothing newer than this.
    pub(in crate::slack) latest: Option<&'a str>,
    /// Whether a message that is as old as either is in it.
    pub(in crate::slack) inclusive: bool,
    /// How many a page has at most.
    pub(in crate::slack) limit: u16,
    /// Where the page begins.
    pub(in crate::slack) cursor: Option<&'a str>,
}

/// A page of what was said.
#[derive(Debug, Deserialize)]
pub(in crate::slack) struct Page {
    /// The messages, as they came.
    pub(in crate::slack) messages: Vec<Value>,
    response_metadata: Option<Paging>,
}

#[derive(Debug, Deserialize)]
struct Paging {
    next_cursor: Option<Box<str>>,
}

impl Page {
    /// What asks for the next page, where there is one.
    pub(in crate::slack) fn next(&self) -> Option<&str> {
        let cursor = self.response_metadata.as_ref()?.next_cursor.as_deref();
        cursor.filter(|cursor| !cursor.is_empty())
    }
}

/// What a member is called.
#[derive(Debug, Default, Deserialize)]
pub(in crate::slack) struct Profile {
    display_name: Option<Box<str>>,
    real_name: Option<Box<str>>,
}

impl Profile {
    /// The name that people see beside what they say.
    pub(in crate::slack) fn name(self) -> Option<Box<str>> {
        let mut names = [self.display_name, self.real_name].into_iter().flatten();
        names.find(|name| !name.trim().is_empty())
    }
}

#[derive(Deserialize)]
struct Known {
    user: User,
}

#[derive(Deserialize)]
struct User {
    profile: Option<Profile>,
    tz: Option<Box<str>>,
}

#[derive(Serialize)]
struct Open<'a> {
    users: &'a str,
}

#[derive(Deserialize)]
struct Opened {
    channel: Conversation,
}

#[derive(Deserialize)]
struct Conversation {
    id: Box<str>,
}

#[derive(Deserialize)]
struct Linked {
    permalink: Box<str>,
}

impl Api {
    /// What was said in a channel, threads left out, newest first.
    /// <https://docs.slack.dev/reference/methods/conversations.history>
    pub(in crate::slack) async fn history(
        &self,
        channel: &str,
        span: Span<'_>,
    ) -> Result<Page, ApiError> {
        let limit = span.limit.to_string();
        let query = query(channel, None, span, &limit);
        self.ask("conversations.history", &query).await
    }

    /// What was said in a thread, oldest first. Its root comes first on each page.
    /// <https://docs.slack.dev/reference/methods/conversations.replies>
    pub(in crate::slack) async fn replies(
        &self,
        channel: &str,
        thread: &str,
        span: Span<'_>,
    ) -> Result<Page, ApiError> {
        let limit = span.limit.to_string();
        let query = query(channel, Some(thread), span, &limit);
        self.ask("conversations.replies", &query).await
    }

    /// What a member is called. <https://docs.slack.dev/reference/methods/users.info>
    pub(in crate::slack) async fn profile(&self, user: &str) -> Result<Profile, ApiError> {
        let query = vec![("user", Some(user))];
        let known: Known = self.ask("users.info", &query).await?;
        Ok(known.user.profile.unwrap_or_default())
    }

    /// The name of a member's time zone. <https://docs.slack.dev/reference/objects/user-object>
    pub(in crate::slack) async fn zone(&self, user: &str) -> Result<Option<Box<str>>, ApiError> {
        let query = vec![("user", Some(user))];
        let known: Known = self.ask("users.info", &query).await?;
        Ok(known.user.tz)
    }

    /// Where a message is to be seen.
    /// <https://docs.slack.dev/reference/methods/chat.getPermalink>
    pub(in crate::slack) async fn permalink(
        &self,
        channel: &str,
        ts: &str,
    ) -> Result<Box<str>, ApiError> {
        let query = vec![("channel", Some(channel)), ("message_ts", Some(ts))];
        let linked: Linked = self.ask("chat.getPermalink", &query).await?;
        Ok(linked.permalink)
    }

    /// The direct conversation with a member, opened where there was none.
    /// <https://docs.slack.dev/reference/methods/conversations.open>
    pub(in crate::slack) async fn direct(&self, user: &str) -> Result<Box<str>, ApiError> {
        let opened: Opened = self
            .call("conversations.open", &Open { users: user })
            .await?;
        Ok(opened.channel.id)
    }
}

fn query<'a>(
    channel: &'a str,
    thread: Option<&'a str>,
    span: Span<'a>,
    limit: &'a str,
) -> Vec<(&'a str, Option<&'a str>)> {
    vec![
        ("channel", Some(channel)),
        ("ts", thread),
        ("oldest", span.oldest),
        ("latest", span.latest),
        ("inclusive", span.inclusive.then_some("true")),
        ("limit", Some(limit)),
        ("cursor", span.cursor),
        ("include_all_metadata", Some("true")),
    ]
}
