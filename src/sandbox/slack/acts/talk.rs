//! Talking: messages, replies, edits, reactions, links.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Spot,
    written::{Form, links_in, rich_text, written},
};
use crate::sandbox::slack::{
    api::is_emoji,
    channel::{Content, Message},
    look::Said,
    seed::{Channel, Person},
    state::State,
    team::{File, Unfurl},
    ts::Ts,
};

impl Person {
    /// Says something in a channel. `@name` and `#channel` become mentions, addresses become links.
    pub async fn says(&self, channel: &Channel, text: &str) -> Said {
        self.writes(channel, text, None, false).await
    }

    /// Replies to a message, in its thread.
    pub async fn replies(&self, to: &Said, text: &str) -> Said {
        let channel = self.workspace().channel_of(to.channel.clone());
        let root = to.thread.clone().unwrap_or_else(|| to.ts.clone());
        self.writes(&channel, text, Some(&root), false).await
    }

    /// Replies to a message, in its thread and in the channel too.
    pub async fn replies_to_all(&self, to: &Said, text: &str) -> Said {
        let channel = self.workspace().channel_of(to.channel.clone());
        let root = to.thread.clone().unwrap_or_else(|| to.ts.clone());
        self.writes(&channel, text, Some(&root), true).await
    }

    /// Posts as the bot of another app does, which may put any metadata into its messages.
    /// <https://docs.slack.dev/messaging/message-metadata>
    pub async fn posts(&self, channel: &Channel, text: &str, metadata: Value) -> Said {
        {
            let state = self.slack.lock();
            assert!(
                state.team(&self.team).users[&self.id].is_bot,
                "{} is no bot, and people put no metadata into messages",
                self.id
            );
        }
        let with = |content| Content {
            metadata: Some(metadata),
            ..content
        };
        self.says_with(channel, text, with).await
    }

    /// Says something that has more to it than its text.
    async fn says_with(
        &self,
        channel: &Channel,
        text: &str,
        with: impl FnOnce(Content) -> Content,
    ) -> Said {
        let ts = {
            let mut state = self.slack.lock();
            self.may_write(&state, &channel.id);
            let content = with(self.content(&mut state, text));
            let message = Message::new(state.new_ts(), &self.id, content);
            let ts = message.ts;
            state.say(&self.team, &channel.id, message);
            ts
        };
        self.slack.0.shared.flush_and_wait().await;
        self.look(&channel.id, ts)
    }

    async fn writes(
        &self,
        channel: &Channel,
        text: &str,
        root: Option<&str>,
        is_broadcast: bool,
    ) -> Said {
        let ts = {
            let mut state = self.slack.lock();
            self.may_write(&state, &channel.id);
            let content = self.content(&mut state, text);
            let links = links_in(&content.text);
            let message = Message {
                thread: root.map(|root| root.parse().expect("the ts of a message")),
                is_broadcast,
                subtype: is_broadcast.then_some("thread_broadcast"),
                ..Message::new(state.new_ts(), &self.id, content)
            };
            let ts = message.ts;
            state.say(&self.team, &channel.id, message);
            self.tell_of_links(&mut state, &channel.id, ts, &links);
            ts
        };
        self.slack.0.shared.flush_and_wait().await;
        self.look(&channel.id, ts)
    }

    /// Says something with the blocks that the composer makes of formatted text.
    /// <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>
    pub async fn says_blocks(&self, channel: &Channel, text: &str, blocks: Vec<Value>) -> Said {
        let with = |content| Content {
            blocks: Some(blocks),
            ..content
        };
        self.says_with(channel, text, with).await
    }

    /// Shares a file with some words.
    /// <https://docs.slack.dev/reference/events/message/file_share>
    pub async fn shares_file(&self, channel: &Channel, name: &str, text: &str) -> Said {
        let ts = {
            let mut state = self.slack.lock();
            self.may_write(&state, &channel.id);
            let file = File {
                id: state.new_id("F"),
                name: name.to_owned(),
                title: name.to_owned(),
                alt_text: None,
                length: 0,
                ticket: String::new(),
                bytes: Some(Bytes::new()),
                channels: vec![channel.id.clone()],
                shown_from: Some(state.now()),
                created: state.now(),
            };
            let content = self.content(&mut state, text);
            let message = Message {
                subtype: Some("file_share"),
                files: vec![file.id.clone()],
                ..Message::new(state.new_ts(), &self.id, content)
            };
            let ts = message.ts;
            let files = &mut state.team_mut(&self.team).files;
            files.insert(file.id.clone(), file);
            state.say(&self.team, &channel.id, message);
            ts
        };
        self.slack.0.shared.flush_and_wait().await;
        self.look(&channel.id, ts)
    }

    fn may_write(&self, state: &State, channel: &str) {
        let team = state.team(&self.team);
        let channel = &team.channels[channel];
        assert!(
            channel.members.contains(&self.id),
            "{} is not in {}",
            self.id,
            channel.id
        );
        assert!(!channel.is_archived, "{} is archived", channel.id);
        assert!(
            !channel.kind.is_direct() || team.app.has_messages_tab,
            "sending messages to this app has been turned off"
        );
    }

    fn content(&self, state: &mut State, text: &str) -> Content {
        let text = written(state.team(&self.team), text, Form::Message);
        let block = rich_text(&text, &format!("b{:04}", state.new_number()));
        Content {
            text,
            blocks: Some(vec![block]),
            ..Content::default()
        }
    }

    fn look(&self, channel: &str, ts: Ts) -> Said {
        let state = self.slack.lock();
        let channel = state.channel(&self.team, channel);
        Said::of(&state, &self.team, channel, &channel.messages[&ts])
    }

    /// A message of theirs, for changing it.
    fn own(&self, state: &mut State, said: &Said) -> Ts {
        let ts: Ts = said.ts.parse().expect("the ts of a message");
        let message = state.message_mut(&self.team, &said.channel, ts);
        assert_eq!(message.user, self.id, "people change their own messages");
        ts
    }

    /// Changes what a message of theirs says.
    pub async fn edits(&self, said: &Said, text: &str) -> Said {
        let ts = {
            let mut state = self.slack.lock();
            let ts = self.own(&mut state, said);
            let content = self.content(&mut state, text);
            state.revise(&self.team, &said.channel, ts, content);
            ts
        };
        self.slack.0.shared.flush_and_wait().await;
        self.look(&said.channel, ts)
    }

    /// Deletes a message of theirs.
    pub async fn deletes(&self, said: &Said) {
        {
            let mut state = self.slack.lock();
            let ts = self.own(&mut state, said);
            state.erase(&self.team, &said.channel, ts);
        }
        self.slack.0.shared.flush_and_wait().await;
    }

    /// Deletes a message of anybody's, as those who run a workspace may.
    pub async fn removes(&self, said: &Said) {
        {
            let mut state = self.slack.lock();
            let ts: Ts = said.ts.parse().expect("the ts of a message");
            state.erase(&self.team, &said.channel, ts);
        }
        self.slack.0.shared.flush_and_wait().await;
    }

    /// Reacts to a message with an emoji.
    pub async fn reacts(&self, to: impl Into<Spot>, emoji: &str) {
        self.reaction(to.into(), emoji, true).await;
    }

    /// Takes a reaction back.
    pub async fn unreacts(&self, to: impl Into<Spot>, emoji: &str) {
        self.reaction(to.into(), emoji, false).await;
    }

    async fn reaction(&self, to: Spot, emoji: &str, is_new: bool) {
        assert!(is_emoji(emoji), "this workspace has no :{emoji}:");
        let Spot::Message { channel, ts } = to else {
            panic!("people react to messages");
        };
        {
            let mut state = self.slack.lock();
            let ts: Ts = ts.parse().expect("the ts of a message");
            let place = (self.team.as_str(), channel.as_str(), ts);
            let did = if is_new {
                state.react(place, emoji, &self.id)
            } else {
                state.unreact(place, emoji, &self.id)
            };
            assert!(did, "the reaction was as it should be already");
        }
        self.slack.0.shared.flush_and_wait().await;
    }

    /// Says an address in a channel.
    pub async fn shares_link(&self, channel: &Channel, url: &str) -> Said {
        self.says(channel, url).await
    }

    /// Pastes an address into the box below a channel, without sending it yet.
    /// <https://docs.slack.dev/reference/events/link_shared>
    pub async fn pastes_link(&self, channel: &Channel, url: &str) {
        {
            let mut state = self.slack.lock();
            let ts = state.new_ts();
            self.tell_of_links(&mut state, &channel.id, ts, &[url.to_owned()]);
        }
        self.slack.0.shared.flush_and_wait().await;
    }

    /// <https://docs.slack.dev/reference/events/link_shared>
    fn tell_of_links(&self, state: &mut State, channel: &str, ts: Ts, links: &[String]) {
        let team = state.team(&self.team);
        let domain_of = |link: &String| {
            let host = url::Url::parse(link).ok()?.host_str()?.to_owned();
            let domains = &team.app.unfurl_domains;
            let is_watched =
                |domain: &String| host == *domain || host.ends_with(&format!(".{domain}"));
            domains.iter().any(is_watched).then_some(host)
        };
        let watched: Vec<(String, String)> = links
            .iter()
            .filter_map(|link| Some((domain_of(link)?, link.clone())))
            .collect();
        if watched.is_empty() || !team.app.scopes.contains("links:read") {
            return;
        }
        let is_member = team.bot_is_in(&team.channels[channel]);
        let message = team.channels[channel].messages.get(&ts);
        let thread = message.and_then(|message| message.thread);
        let (place, message_ts, source) = match message {
            Some(_) => (channel.to_owned(), ts.to_string(), "conversations_history"),
            None => ("COMPOSER".to_owned(), format!("composer-{ts}"), "composer"),
        };
        let unfurl_id = format!("{}.{}.unfurl", ts, self.id);
        let shown: Vec<_> = watched
            .iter()
            .map(|(domain, url)| json!({"domain": domain, "url": url}))
            .collect();
        let mut event = json!({
            "type": "link_shared",
            "channel": place,
            "is_bot_user_member": is_member,
            "user": self.id,
            "message_ts": message_ts,
            "unfurl_id": unfurl_id,
            "source": source,
            "links": shown,
            "event_ts": ts.to_string(),
        });
        if let Some(root) = thread {
            event["thread_ts"] = root.to_string().into();
        }
        let unfurl = Unfurl {
            channel: channel.to_owned(),
            ts,
            links: watched.into_iter().map(|(_, link)| link).collect(),
            by: self.id.clone(),
            in_composer: BTreeMap::new(),
        };
        let unfurls = &mut state.team_mut(&self.team).unfurls;
        unfurls.insert(unfurl_id, unfurl);
        state.tell(&self.team, "link_shared", &event);
    }

    /// Joins a channel.
    pub async fn joins(&self, channel: &Channel) {
        self.slack.lock().join(&self.team, &channel.id, &self.id);
        self.slack.0.shared.flush_and_wait().await;
    }

    /// Leaves a channel.
    pub async fn leaves(&self, channel: &Channel) {
        self.slack.lock().leave(&self.team, &channel.id, &self.id);
        self.slack.0.shared.flush_and_wait().await;
    }

    /// Brings the app into a channel.
    pub async fn invites_bot(&self, channel: &Channel) {
        {
            let mut state = self.slack.lock();
            let bot = state.team(&self.team).app.bot_user.clone();
            state.join(&self.team, &channel.id, &bot);
        }
        self.slack.0.shared.flush_and_wait().await;
    }
}
