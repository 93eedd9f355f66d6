//! What there is to see: messages, modals, Home tabs; and waiting for what the app says.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    channel::{self, Message},
    seed::{Channel, Person, Workspace},
    show::show_view,
    state::State,
    ts::Ts,
    view::View,
};

/// How long a test waits, in real time, for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message, as it stood when it was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// The channel's id.
    pub channel: String,
    /// Its `ts`.
    pub ts: String,
    /// Whose it is, by id.
    pub author: String,
    /// Whether the app wrote it.
    pub is_app: bool,
    /// Its text: what notifications say when there are blocks.
    pub text: String,
    /// Its blocks, with all their ids.
    pub blocks: Vec<Value>,
    /// The `ts` of the thread's root, for a reply.
    pub thread: Option<String>,
    /// Whether a reply stands in the channel too.
    pub is_broadcast: bool,
    /// The one person who sees it, by id.
    pub only_for: Option<String>,
    /// Each reaction, and who made it.
    pub reactions: Vec<(String, Vec<String>)>,
    /// Its metadata.
    pub metadata: Option<Value>,
    /// Previews of links, by address.
    pub previews: Map<String, Value>,
    /// Whether it was changed.
    pub is_edited: bool,
    /// As the Web API shows it.
    pub json: Value,
}

impl Said {
    pub(super) fn of(
        state: &State,
        team: &str,
        channel: &channel::Channel,
        message: &Message,
    ) -> Self {
        let content = &message.content;
        let thread = message.thread.filter(|root| *root != message.ts);
        let previews = message.unfurls.clone().into_iter().collect();
        Self {
            channel: channel.id.clone(),
            ts: message.ts.to_string(),
            author: message.user.clone(),
            is_app: message.is_app,
            text: content.text.clone(),
            blocks: content.blocks.clone().unwrap_or_default(),
            thread: thread.map(|root| root.to_string()),
            is_broadcast: message.is_broadcast,
            only_for: message.only_for.clone(),
            reactions: message.reactions.clone(),
            metadata: content.metadata.clone(),
            previews,
            is_edited: message.edited.is_some(),
            json: state.show_message(state.team(team), channel, message, true),
        }
    }

    /// All that one reads in it, line by line: its blocks', or else its text.
    pub fn words(&self) -> String {
        if self.blocks.is_empty() {
            return self.text.clone();
        }
        let mut lines = Vec::new();
        self.blocks.iter().for_each(|block| read(block, &mut lines));
        lines.join("\n")
    }

    /// Whether it is what is left of a deleted root.
    pub fn is_tombstone(&self) -> bool {
        self.json["subtype"] == "tombstone"
    }

    /// Whether only one person sees it.
    pub fn is_ephemeral(&self) -> bool {
        self.only_for.is_some()
    }
}

/// The texts in blocks, in their order.
fn read(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| read(item, lines)),
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get("text") {
                lines.push(text.clone());
            }
            let inner = [
                "title",
                "label",
                "text",
                "fields",
                "elements",
                "element",
                "accessory",
                "rows",
                "options",
                "placeholder",
                "hint",
            ];
            for name in inner {
                if let Some(inner @ (Value::Array(_) | Value::Object(_))) = fields.get(name) {
                    read(inner, lines);
                }
            }
        }
        _ => {}
    }
}

/// A modal or a Home tab, as it stood when it was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenView {
    /// Its id, `V…`.
    pub id: String,
    /// `modal` or `home`.
    pub kind: String,
    /// Its title; empty for a Home tab.
    pub title: String,
    /// Its blocks, with all their ids.
    pub blocks: Vec<Value>,
    /// What its inputs hold: by block, by action.
    pub values: Map<String, Value>,
    /// What the app said is wrong with them, by block.
    pub errors: Map<String, Value>,
    /// As the Web API shows it.
    pub json: Value,
}

impl OpenView {
    fn of(state: &State, team: &str, view: &View) -> Self {
        let blocks = view.sent["blocks"].as_array();
        Self {
            id: view.id.clone(),
            kind: view.text("type").to_owned(),
            title: view.sent["title"]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            blocks: blocks.cloned().unwrap_or_default(),
            values: view.values.clone(),
            errors: view.errors.clone(),
            json: show_view(state.team(team), view),
        }
    }

    /// All that one reads in it, line by line.
    pub fn words(&self) -> String {
        let mut lines = Vec::new();
        self.blocks.iter().for_each(|block| read(block, &mut lines));
        lines.join("\n")
    }
}

impl Workspace {
    /// Everybody, the app among them.
    pub fn people(&self) -> Vec<Person> {
        let state = self.slack.lock();
        let ids: Vec<String> = state.team(&self.id).users.keys().cloned().collect();
        drop(state);
        ids.into_iter().map(|id| self.person_of(id)).collect()
    }

    /// All channels, direct messages among them.
    pub fn channels(&self) -> Vec<Channel> {
        let state = self.slack.lock();
        let ids: Vec<String> = state.team(&self.id).channels.keys().cloned().collect();
        drop(state);
        ids.into_iter().map(|id| self.channel_of(id)).collect()
    }

    /// What the app said and no test has looked at yet, oldest first. A changed message counts anew.
    pub fn unseen(&self) -> Vec<Said> {
        let state = self.slack.lock();
        let mut unseen: Vec<(Ts, Said)> = Vec::new();
        for channel in state.team(&self.id).channels.values() {
            let messages = channel.messages.values();
            for message in messages.filter(|message| is_unseen(message)) {
                unseen.push((message.ts, Said::of(&state, &self.id, channel, message)));
            }
        }
        unseen.sort_by_key(|(ts, _)| *ts);
        unseen.into_iter().map(|(_, said)| said).collect()
    }

    /// How many messages there are of those; which they are takes longer to tell.
    pub fn many_unseen(&self) -> usize {
        let state = self.slack.lock();
        let channels = state.team(&self.id).channels.values();
        let messages = channels.flat_map(|channel| channel.messages.values());
        messages.filter(|message| is_unseen(message)).count()
    }

    /// Panics when the app said something that no test has looked at.
    pub fn nothing_more_was_said(&self) {
        let unseen = self.unseen();
        let words = |said: &Said| format!("in {}: {}", said.channel, said.words());
        let words: Vec<String> = unseen.iter().map(words).collect();
        assert!(words.is_empty(), "The app also said:\n{}", words.join("\n"));
    }

    /// What is in a file that messages can show.
    pub fn file(&self, id: &str) -> Option<Bytes> {
        let state = self.slack.lock();
        let file = state.team(&self.id).files.get(id)?;
        let is_shown = file.shown_from.is_some_and(|from| from <= state.now());
        file.bytes.clone().filter(|_| is_shown)
    }

    /// Returns when this holds; panics when it does not within ten seconds of real time.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut changed = self.slack.changed();
        let wait = async {
            while !holds(self) {
                // The sender lives in `self`, so it cannot be gone.
                let _ = changed.changed().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        assert!(waited.is_ok(), "{what}: not within ten seconds");
    }
}

fn is_unseen(message: &Message) -> bool {
    message.is_app && !message.is_looked_at && !message.is_tombstone()
}

impl Channel {
    fn said(&self, wanted: impl Fn(&channel::Channel, &Message) -> bool) -> Vec<Said> {
        let state = self.slack.lock();
        let channel = state.channel(&self.team, &self.id);
        let messages = channel.messages.values();
        messages
            .filter(|message| wanted(channel, message))
            .map(|message| Said::of(&state, &self.team, channel, message))
            .collect()
    }

    /// The messages that all in the channel see, replies among them, oldest first.
    pub fn messages(&self) -> Vec<Said> {
        self.said(|_, message| message.only_for.is_none())
    }

    /// What one person sees: with what is for them alone.
    pub fn seen_by(&self, person: &Person) -> Vec<Said> {
        self.said(|channel, message| channel.is_visible_to(message, &person.id))
    }

    /// A message and its replies.
    pub fn thread(&self, root: &str) -> Vec<Said> {
        let root: Result<Ts, ()> = root.parse();
        self.said(|_, message| {
            message.only_for.is_none() && root.is_ok_and(|root| message.is_in_thread(root))
        })
    }

    /// The message of this `ts`.
    pub fn message(&self, ts: &str) -> Option<Said> {
        let ts: Result<Ts, ()> = ts.parse();
        self.said(|_, message| Ok(message.ts) == ts).pop()
    }

    /// The next message of the app that no test has looked at, in this channel: it waits for one,
    /// and panics when none comes within ten seconds of real time. It counts as looked at.
    pub async fn next(&self) -> Said {
        let mut changed = self.slack.changed();
        let wait = async {
            loop {
                if let Some(said) = self.look_at_next() {
                    return said;
                }
                // The sender lives in `self`, so it cannot be gone.
                let _ = changed.changed().await;
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(said) => said,
            Err(_) => {
                let name = self.name();
                panic!(
                    "The app said nothing in {name:?} ({}) within ten seconds",
                    self.id
                )
            }
        }
    }

    fn look_at_next(&self) -> Option<Said> {
        let mut state = self.slack.lock();
        let channel = state.channel_mut(&self.team, &self.id);
        let message = channel
            .messages
            .values_mut()
            .find(|message| is_unseen(message))?;
        message.is_looked_at = true;
        let ts = message.ts;
        let channel = state.channel(&self.team, &self.id);
        Some(Said::of(
            &state,
            &self.team,
            channel,
            &channel.messages[&ts],
        ))
    }

    /// Counts everything the app said here as looked at.
    pub fn look_at_all(&self) {
        let mut state = self.slack.lock();
        let channel = state.channel_mut(&self.team, &self.id);
        for message in channel.messages.values_mut() {
            message.is_looked_at = true;
        }
    }
}

impl Person {
    /// The direct messages between them and the app, opened when they were not yet.
    pub fn direct(&self) -> Channel {
        let id = self
            .slack
            .lock()
            .direct(&self.team, std::slice::from_ref(&self.id));
        self.workspace().channel_of(id)
    }

    /// The previews that they see below what they are writing, by address.
    pub fn sees_in_composer(&self) -> Map<String, Value> {
        let state = self.slack.lock();
        let unfurls = state.team(&self.team).unfurls.values();
        let theirs = unfurls.filter(|unfurl| unfurl.by == self.id);
        theirs
            .flat_map(|unfurl| unfurl.in_composer.clone())
            .collect()
    }

    /// What was said between them and the app.
    pub fn direct_messages(&self) -> Vec<Said> {
        let state = self.slack.lock();
        let team = state.team(&self.team);
        let members = [self.id.clone(), team.app.bot_user.clone()];
        let Some(channel) = team.find_direct(&members) else {
            return Vec::new();
        };
        let messages = channel.messages.values();
        messages
            .map(|message| Said::of(&state, &self.team, channel, message))
            .collect()
    }

    fn view(&self, id: impl Fn(&super::team::User) -> Option<String>) -> Option<OpenView> {
        let state = self.slack.lock();
        let team = state.team(&self.team);
        let view = team.views.get(&id(&team.users[&self.id])?)?;
        Some(OpenView::of(&state, &self.team, view))
    }

    /// The Home tab that the app published for them.
    pub fn home(&self) -> Option<OpenView> {
        self.view(|user| user.home.clone())
    }

    /// The modal that is open before them: the top one.
    pub fn modal(&self) -> Option<OpenView> {
        self.view(|user| user.modals.last().cloned())
    }

    /// The modals open before them, the top one last.
    pub fn modals(&self) -> Vec<OpenView> {
        let state = self.slack.lock();
        let team = state.team(&self.team);
        let views = team.users[&self.id].modals.iter().map(|id| &team.views[id]);
        views
            .map(|view| OpenView::of(&state, &self.team, view))
            .collect()
    }
}
