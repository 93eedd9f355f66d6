//! The manifest of the Slack app: what it shows, what it hears and what it may do, and why.
//!
//! A feature adds what it needs to [`SCOPES`] and [`EVENTS`], with the reason and with what it is
//! needed for. Nothing is asked for that the settings do not use: each scope is asked of those who
//! install the app.
//!
//! <https://docs.slack.dev/reference/app-manifest>

use serde::Serialize;

use super::dialog::RELAY;
use crate::domain::preview;

/// What the app is used for. Answering questions is always among it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Public channels are bridged, one way or both, or have a digest.
    Public,
    /// Private channels are. No setting tells which are private, so whoever bridges one says so.
    Private,
    /// What is said in channels goes to GitHub.
    Relay,
    /// Channels have a digest.
    Digest,
}

/// A name, what for, and the uses all of which it is needed for.
type Need = (&'static str, &'static str, &'static [Use]);

/// What the bot may do, and what for.
///
/// What needs none: answers to a command or a button go to its `response_url`, to the asker alone or
/// to the channel; App Home is published for who opened it; dates are shown in the reader's own time
/// zone by Slack itself; a message's address can be asked for, and a dialog opened.
const SCOPES: &[Need] = &[
    ("app_mentions:read", "hears a mention of the bot", &[]),
    (
        "channels:history",
        "reads in bridged channels what is relayed, and there and where a digest goes whether its own words stand there already",
        &[Use::Public],
    ),
    (
        "chat:write",
        "answers a mention in its thread, and a direct message; posts news where it is to",
        &[],
    ),
    (
        "commands",
        "offers /kep, and the shortcut where there is one",
        &[],
    ),
    ("files:write", "shows the chart of a digest", &[Use::Digest]),
    (
        "groups:history",
        "reads the same in private channels",
        &[Use::Private],
    ),
    ("im:history", "hears a direct message to the bot", &[]),
    (
        "im:write",
        "opens the conversation in which the bot's admins hear of what could not be written",
        &[Use::Public],
    ),
    (
        "links:read",
        "hears of links to GitHub, and of nothing that is said around them",
        &[],
    ),
    ("links:write", "shows a KEP's card below a link to it", &[]),
    (
        "reactions:read",
        "hears the reaction with which a message is relayed",
        &[Use::Relay],
    ),
    (
        "reactions:write",
        "marks the messages that were relayed",
        &[Use::Relay],
    ),
    (
        "users:read",
        "names on GitHub who is quoted and who is mentioned",
        &[Use::Relay],
    ),
];

/// What the bot can do without, and what is not there then.
const WISHES: &[(&str, &str)] = &[
    ("files:write", "digests go without their chart"),
    ("links:read", "links to KEPs get no preview"),
    ("links:write", "links to KEPs get no preview"),
];

/// What Slack tells the bot, and what for.
const EVENTS: &[Need] = &[
    ("app_home_opened", "shows App Home to who opened it", &[]),
    ("app_mention", "answers in the thread", &[]),
    ("link_shared", "shows the card of a KEP that is linked", &[]),
    (
        "message.channels",
        "relays replies in threads, and what becomes of relayed messages",
        &[Use::Public, Use::Relay],
    ),
    (
        "message.groups",
        "relays the same in private channels",
        &[Use::Private, Use::Relay],
    ),
    ("message.im", "answers there", &[]),
    ("reaction_added", "relays the message", &[Use::Relay]),
    (
        "reaction_removed",
        "hears that it is taken off",
        &[Use::Relay],
    ),
];

/// The shortcut in a message's menu.
const SHORTCUT: Shortcut = Shortcut {
    name: "Relay to KEP issue",
    kind: "message",
    callback_id: RELAY,
    description: "Puts this message on a KEP's tracking issue.",
};

const ABOUT: &str = "Where a KEP stands in Kubernetes and in the container runtime.";

/// Slack wants 175 characters at least.
const MORE_ABOUT: &str = "Follows Kubernetes Enhancement Proposals (KEPs) through a container \
    runtime. Type `/kep status 5825`, mention the bot or write to it directly: it says where a KEP \
    stands in Kubernetes and in the runtime, who shepherds it, which release it ships in, what is \
    missing and what to do next. What `/kep` answers is for you alone unless you post it.";

/// How Slack delivers to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// Over connections that the bot opens.
    Socket,
    /// To the bot's request URLs below this address, which does not end with `/`.
    Http(&'a str),
}

/// A manifest, in the order in which Slack's documentation describes it.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    display_information: Display,
    features: Features,
    oauth_config: OAuth,
    settings: Settings,
}

#[derive(Debug, Clone, Serialize)]
struct Display {
    name: &'static str,
    description: &'static str,
    long_description: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Features {
    app_home: AppHome,
    bot_user: BotUser,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortcuts: Vec<Shortcut>,
    slash_commands: [SlashCommand; 1],
    unfurl_domains: [&'static str; 2],
}

#[derive(Debug, Clone, Serialize)]
struct AppHome {
    home_tab_enabled: bool,
    messages_tab_enabled: bool,
    messages_tab_read_only_enabled: bool,
}

#[derive(Debug, Clone, Serialize)]
struct BotUser {
    display_name: &'static str,
    always_online: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Shortcut {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    callback_id: &'static str,
    description: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct SlashCommand {
    command: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    description: &'static str,
    usage_hint: String,
    should_escape: bool,
}

#[derive(Debug, Clone, Serialize)]
struct OAuth {
    scopes: Scopes,
}

#[derive(Debug, Clone, Serialize)]
struct Scopes {
    bot: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
struct Settings {
    event_subscriptions: Subscriptions,
    interactivity: Interactivity,
    org_deploy_enabled: bool,
    socket_mode_enabled: bool,
    token_rotation_enabled: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Subscriptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    request_url: Option<String>,
    bot_events: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
struct Interactivity {
    is_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_url: Option<String>,
}

impl Manifest {
    /// The manifest for a way of delivery and what the app is used for. `usage_hint` is what Slack
    /// shows beside `/kep` while one types.
    pub fn new(delivery: Delivery<'_>, usage_hint: &str, uses: &[Use]) -> Self {
        let url = |path: &str| match delivery {
            Delivery::Socket => None,
            Delivery::Http(base) => Some(format!("{base}{path}")),
        };
        Self {
            display_information: Display {
                name: "KEP liaison",
                description: ABOUT,
                long_description: MORE_ABOUT,
            },
            features: Features {
                app_home: AppHome {
                    home_tab_enabled: true,
                    messages_tab_enabled: true,
                    messages_tab_read_only_enabled: false,
                },
                bot_user: BotUser {
                    display_name: "kep-liaison",
                    always_online: true,
                },
                shortcuts: Vec::from_iter(uses.contains(&Use::Relay).then_some(SHORTCUT)),
                slash_commands: [SlashCommand {
                    command: "/kep",
                    url: url("/slack/commands"),
                    description: ABOUT,
                    usage_hint: usage_hint.to_owned(),
                    // So that @people and #channels arrive as their ids.
                    should_escape: true,
                }],
                unfurl_domains: preview::DOMAINS,
            },
            oauth_config: OAuth {
                scopes: Scopes {
                    bot: scopes(uses).map(|(name, _)| name).collect(),
                },
            },
            settings: Settings {
                event_subscriptions: Subscriptions {
                    request_url: url("/slack/events"),
                    bot_events: needed(EVENTS, uses).map(|(name, _)| name).collect(),
                },
                interactivity: Interactivity {
                    is_enabled: true,
                    request_url: url("/slack/interactions"),
                },
                // One internal app in one workspace, with a token that stays.
                org_deploy_enabled: false,
                socket_mode_enabled: delivery == Delivery::Socket,
                token_rotation_enabled: false,
            },
        }
    }

    /// As YAML, with the reason above each scope and event.
    pub fn yaml(&self) -> Result<String, serde_saphyr::ser::Error> {
        let mut text = String::new();
        for line in serde_saphyr::to_string(self)?.lines() {
            let item = line.trim_start();
            let indent = &line[..line.len() - item.len()];
            if let Some(why) = item.strip_prefix("- ").and_then(reason) {
                text.extend([indent, "# ", why, "\n"]);
            }
            text.extend([line, "\n"]);
        }
        Ok(text)
    }
}

/// What the bot may do where it is used so, each with what for.
pub fn scopes(uses: &[Use]) -> impl Iterator<Item = (&'static str, &'static str)> {
    needed(SCOPES, uses)
}

/// What is not there without a scope, where the rest works without it.
pub fn without(scope: &str) -> Option<&'static str> {
    let wish = WISHES.iter().find(|(name, _)| *name == scope);
    wish.map(|(_, then)| *then)
}

fn needed(all: &[Need], uses: &[Use]) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_needed = |need: &&Need| need.2.iter().all(|it| uses.contains(it));
    let needed = all.iter().filter(is_needed);
    needed.map(|(name, why, _)| (*name, *why))
}

/// What a scope or an event is there for.
fn reason(item: &str) -> Option<&'static str> {
    let item = item.trim_matches(['"', '\'']);
    let both = SCOPES.iter().chain(EVENTS);
    both.copied()
        .find_map(|(name, why, _)| (name == item).then_some(why))
}
