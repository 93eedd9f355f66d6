//! What somebody does: what no person could do is refused in words before anything happens.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Refused, github};
use crate::sandbox::{
    slack::{Channel, OpenView, Person, Said, Shown, Spot},
    town::Town,
};

/// The most characters in a message: "split into multiple messages" beyond.
const LONGEST: usize = 4000;

/// An act, and whose it is.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "as")]
    pub(super) who: String,
    #[serde(flatten)]
    pub(super) act: Act,
}

/// Something that one can do.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum Act {
    /// Writes into the box below a channel: a message, or a command.
    Writes { channel: String, text: String },
    /// Writes into the box of a thread.
    Replies {
        channel: String,
        thread: String,
        text: String,
    },
    /// Presses a button, by its action.
    Clicks { on: On, action: String },
    /// Chooses in a menu, by its action.
    Selects {
        on: On,
        action: String,
        choice: String,
    },
    /// Reacts to a message with an emoji, or takes that back.
    Reacts {
        channel: String,
        ts: String,
        emoji: String,
    },
    /// Changes what a message of theirs says.
    Edits {
        channel: String,
        ts: String,
        text: String,
    },
    /// Deletes a message of theirs.
    Deletes { channel: String, ts: String },
    /// Uses a shortcut in the menu of a message, by its callback.
    UsesShortcut {
        channel: String,
        ts: String,
        shortcut: String,
    },
    /// Opens the bot's home.
    OpensHome,
    /// Sends a modal, with what was filled in, by block.
    Submits {
        view: String,
        values: BTreeMap<String, String>,
    },
    /// Closes a modal.
    Closes { view: String },
    /// Moves the clock on.
    SetsClock { to: DateTime<Utc> },
    /// Does something on GitHub, by a login.
    OnGithub { login: String, does: github::Act },
}

/// What something is pressed in.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum On {
    Message { channel: String, ts: String },
    View { view: String },
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Outcome {
    /// What Slack says, where it failed.
    error: Option<String>,
    /// How long the bot took to acknowledge it, in milliseconds.
    ms: Option<f64>,
}

impl Outcome {
    fn of(shown: &Shown, what: &str) -> Self {
        Self {
            error: shown.error.as_deref().map(|error| words(error, what)),
            ms: Some(shown.took.as_secs_f64() * 1000.0),
        }
    }

    fn failed(error: &str) -> Self {
        Self {
            error: Some(error.to_owned()),
            ms: None,
        }
    }
}

/// What a person reads when the bot did not do its part.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_basic_receipt>
fn words(error: &str, what: &str) -> String {
    let why = match error {
        "operation_timeout" => "the bot did not answer within 3 seconds",
        "dispatch_failed" => "the bot is not connected",
        "http_client_error" => "the bot refused the request",
        "http_service_error" => "the bot broke down over it",
        "invalid_command_response" => "the bot's answer is not what Slack takes",
        // A sentence by itself.
        _ => return error.to_owned(),
    };
    format!("{what} failed with the error \"{error}\": {why}.")
}

pub(super) async fn perform(town: &Town, person: &Person, act: Act) -> Result<Outcome, Refused> {
    let channel = |id: &str| {
        let mut channels = town.channels(person).into_iter();
        let found = channels.find(|channel| channel.id() == id);
        found.ok_or_else(|| Refused::because("They are in no channel of this id."))
    };
    match act {
        Act::Writes { channel: id, text } => {
            let (channel, text) = (channel(&id)?, text_of(&text)?);
            Ok(writes(person, &channel, text).await)
        }
        Act::Replies {
            channel: id,
            thread,
            text,
        } => {
            let (channel, text) = (channel(&id)?, text_of(&text)?);
            let root = message(person, &channel, &thread)?;
            if root.is_ephemeral() {
                let why = "A message that only one person sees has no thread.";
                return Err(Refused::because(why));
            }
            if text.starts_with('/') {
                let command = text.split(' ').next().unwrap_or(text);
                let error = format!("{command} is not supported in threads. Sorry!");
                return Ok(Outcome::failed(&error));
            }
            person.replies(&root, text).await;
            Ok(Outcome::default())
        }
        Act::Clicks { on, action } => {
            let spot = spot(town, person, on, &action)?;
            let shown = person.clicks(spot, &action).await;
            Ok(Outcome::of(&shown, "The button"))
        }
        Act::Selects { on, action, choice } => {
            let spot = spot(town, person, on, &action)?;
            let shown = person.selects(spot, &action, &choice).await;
            Ok(Outcome::of(&shown, "The menu"))
        }
        Act::Reacts {
            channel: id,
            ts,
            emoji,
        } => {
            let said = message(person, &channel(&id)?, &ts)?;
            if said.is_ephemeral() {
                let why = "Nobody can react to a message that only one person sees.";
                return Err(Refused::because(why));
            }
            let did = |(name, people): &(String, Vec<String>)| {
                *name == emoji && people.iter().any(|id| id == person.id())
            };
            if said.reactions.iter().any(did) {
                person.unreacts(&said, &emoji).await;
            } else {
                person.reacts(&said, &emoji).await;
            }
            Ok(Outcome::default())
        }
        Act::Edits {
            channel: id,
            ts,
            text,
        } => {
            let said = own(person, &channel(&id)?, &ts)?;
            person.edits(&said, text_of(&text)?).await;
            Ok(Outcome::default())
        }
        Act::Deletes { channel: id, ts } => {
            let said = own(person, &channel(&id)?, &ts)?;
            person.deletes(&said).await;
            Ok(Outcome::default())
        }
        Act::UsesShortcut {
            channel: id,
            ts,
            shortcut,
        } => {
            let said = message(person, &channel(&id)?, &ts)?;
            if said.is_ephemeral() || said.is_tombstone() {
                return Err(Refused::because("This message has no menu."));
            }
            let mut known = town.shortcuts.iter();
            let known = known.find(|known| known.callback_id == shortcut);
            let known = known.ok_or_else(|| Refused::because("The menu has no such entry."))?;
            let shown = person.shortcut(&known.callback_id, &said).await;
            Ok(Outcome::of(&shown, &known.name))
        }
        Act::OpensHome => {
            person.opens_home().await;
            Ok(Outcome::default())
        }
        Act::Submits { view, values } => {
            let view = on_top(person, &view)?;
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(block, value)| (block.as_str(), value.as_str()))
                .collect();
            let shown = person.submits(&view, &values).await;
            let is_told = person.modal().is_some_and(|now| !now.errors.is_empty());
            if is_told {
                // It says itself what is wrong with which input.
                return Ok(Outcome::default());
            }
            Ok(Outcome::of(&shown, "The dialog"))
        }
        Act::Closes { view } => {
            let view = on_top(person, &view)?;
            person.closes(&view).await;
            Ok(Outcome::default())
        }
        Act::SetsClock { to } => sets_clock(town, to).await,
        Act::OnGithub { login, does } => {
            github::perform(town, &login, does)?;
            Ok(Outcome::default())
        }
    }
}

async fn sets_clock(town: &Town, to: DateTime<Utc>) -> Result<Outcome, Refused> {
    match town.advance(to).await {
        Ok(()) => Ok(Outcome::default()),
        Err(why) => Err(Refused::because(why.to_string())),
    }
}

async fn writes(person: &Person, channel: &Channel, text: &str) -> Outcome {
    if text.starts_with('/') {
        let command = text.split(' ').next().unwrap_or(text);
        let shown = person.types(channel, text).await;
        return Outcome::of(&shown, command);
    }
    person.says(channel, text).await;
    Outcome::default()
}

fn text_of(text: &str) -> Result<&str, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refused::because("There is nothing in this message."));
    }
    if text.chars().count() > LONGEST {
        return Err(Refused::because(format!(
            "A message has at most {LONGEST} characters here."
        )));
    }
    Ok(text)
}

/// A message that they see.
fn message(person: &Person, channel: &Channel, ts: &str) -> Result<Said, Refused> {
    let spot = Spot::Message {
        channel: channel.id().to_owned(),
        ts: ts.to_owned(),
    };
    let said = person.sees(spot);
    said.ok_or_else(|| Refused::because("They see no such message; it may be gone."))
}

/// A message of their own.
fn own(person: &Person, channel: &Channel, ts: &str) -> Result<Said, Refused> {
    let said = message(person, channel, ts)?;
    if said.author != person.id() || said.is_tombstone() {
        let why = "People edit and delete their own messages, and no others.";
        return Err(Refused::because(why));
    }
    Ok(said)
}

fn on_top(person: &Person, view: &str) -> Result<OpenView, Refused> {
    let modal = person.modal().filter(|modal| modal.id == view);
    modal.ok_or_else(|| Refused::because("This dialog is not open before them."))
}

/// Where something of this action can be pressed, once it is certain that it is there.
fn spot(town: &Town, person: &Person, on: On, action: &str) -> Result<Spot, Refused> {
    let (spot, blocks) = match on {
        On::Message { channel, ts } => {
            let channels = town.channels(person);
            let channel = channels.iter().find(|known| known.id() == channel);
            let channel = channel.ok_or_else(|| Refused::because("They see no such channel."))?;
            let said = message(person, channel, &ts)?;
            (Spot::from(&said), said.blocks)
        }
        On::View { view } => {
            let mut views = person.modals().into_iter().chain(person.home());
            let view = views.find(|open| open.id == view);
            let view = view.ok_or_else(|| Refused::because("They have no such view open."))?;
            (Spot::from(&view), view.blocks)
        }
    };
    match times(&blocks, action) {
        1 => Ok(spot),
        0 => Err(Refused::because(
            "There is nothing like that to press; it may have changed.",
        )),
        many => Err(Refused::because(format!(
            "{many} things here have this action, so it is not certain which is meant."
        ))),
    }
}

/// How many elements of these blocks have this action.
fn times(blocks: &[Value], action: &str) -> usize {
    let elements = blocks.iter().flat_map(|block| {
        let one = [block.get("accessory"), block.get("element")];
        let more = block["elements"].as_array().into_iter().flatten();
        one.into_iter().flatten().chain(more)
    });
    elements
        .filter(|element| element["action_id"] == action)
        .count()
}
