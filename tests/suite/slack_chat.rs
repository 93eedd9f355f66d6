//! The port `Chat` on Slack: through real HTTP, against the model of Slack.

mod errors;
mod pictures;
mod reading;
mod writing;

use std::sync::Arc;

use kep_liaison::{
    domain::{
        Secret,
        bridge::{Key, Saying},
    },
    ports::chat::{PostAt, Speech},
    sandbox::slack::Wrong,
    slack::{api, chat::SlackChat},
};

use crate::slack_model::{World, world};

/// The bot's chat in a world.
fn chat(world: &World) -> SlackChat {
    chat_at(world, &world.slack.api_url(), &world.workspace.bot_token())
}

fn chat_at(world: &World, api_url: &str, token: &str) -> SlackChat {
    let client = api::client(api_url).expect("a client");
    let clock = Arc::new(world.clock.clone());
    let api = api::Api::new(client, &Secret::new(token), clock.clone());
    SlackChat::new(api, clock)
}

fn key(text: &str) -> Key {
    Key::parse(text).expect("a key")
}

fn plain(text: &str) -> Saying {
    Saying::Plain(text.into())
}

fn speech(saying: &Saying) -> Speech<'_> {
    Speech {
        saying,
        card: None,
        url: None,
        picture: None,
    }
}

fn at<'a>(channel: &'a str, thread: Option<&'a str>) -> PostAt<'a> {
    PostAt {
        channel,
        thread,
        broadcast: false,
    }
}

/// Nothing was wrong but that Slack said no.
fn only_refused(world: &World) {
    for violation in world.slack.take_violations() {
        assert_eq!(violation.what, Wrong::Refused, "{violation}");
    }
}
