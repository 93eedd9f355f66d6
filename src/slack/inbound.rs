//! What Slack sends, read with tolerance: whatever is not needed may be missing, null or new. The
//! same payloads come by HTTP and by Socket Mode.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use url::form_urlencoded;

/// Who sent it, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// The workspace's id, `T…`; with an app that belongs to a whole organisation the organisation's,
    /// `E…`.
    pub team: Box<str>,
    /// The person's id, `U…` or `W…`.
    pub user: Box<str>,
    /// The conversation's id, where it came from one.
    pub channel: Option<Box<str>>,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// A slash command.
    /// <https://docs.slack.dev/interactivity/implementing-slash-commands>
    Command(Command),
    /// A button of a message or of a view.
    /// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
    Pressed(Pressed),
    /// Words to the bot, in a channel or to it alone.
    /// <https://docs.slack.dev/reference/events/app_mention>
    Said(Said),
    /// Somebody looks at the bot's home.
    /// <https://docs.slack.dev/reference/events/app_home_opened>
    HomeOpened {
        /// Who.
        from: From,
        /// One for all deliveries of it.
        event_id: Box<str>,
    },
    /// Slack asks whether this is the address.
    /// <https://docs.slack.dev/reference/events/url_verification>
    Challenge(Box<str>),
    /// Something that needs no answer but the acknowledgement.
    Other {
        /// The workspace's id, where it says one.
        team: Option<Box<str>>,
        /// What it calls itself.
        kind: Box<str>,
    },
}

/// A slash command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who typed it.
    pub from: From,
    /// `/kep`
    pub command: Box<str>,
    /// What was typed after it.
    pub text: Box<str>,
    /// Where further answers go.
    pub response_url: Option<Box<str>>,
    /// One for each time that it was typed.
    pub trigger_id: Option<Box<str>>,
}

/// A button that was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// Who pressed it.
    pub from: From,
    /// Which button.
    pub action_id: Box<str>,
    /// What the button carries.
    pub value: Box<str>,
    /// Where answers go; a view has none.
    pub response_url: Option<Box<str>>,
    /// One for each press.
    pub trigger_id: Option<Box<str>>,
}

/// Words to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who said them.
    pub from: From,
    /// One for all deliveries of it.
    pub event_id: Box<str>,
    /// The words, in Slack's markup.
    pub text: Box<str>,
    /// The message.
    pub ts: Box<str>,
    /// The thread that it stands in.
    pub thread_ts: Option<Box<str>>,
    /// Whether nobody else hears it.
    pub is_direct: bool,
}

/// Slack's own bot is this user in every workspace, and has no `bot_id`. A workspace's automatic
/// responses come from it, and may mention the bot.
/// <https://slack.com/help/articles/202026038-An-introduction-to-Slackbot>
const SLACKBOT: &str = "USLACKBOT";

/// Why something cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(Box<str>);

impl Unreadable {
    /// It is not for the workspace that it came to.
    pub(super) fn of_another_team() -> Self {
        Self("it names another workspace".into())
    }
}

impl Inbound {
    /// The workspace that it names.
    pub fn team(&self) -> Option<&str> {
        match self {
            Self::Command(command) => Some(&command.from.team),
            Self::Pressed(pressed) => Some(&pressed.from.team),
            Self::Said(said) => Some(&said.from.team),
            Self::HomeOpened { from, .. } => Some(&from.team),
            Self::Challenge(_) => None,
            Self::Other { team, .. } => team.as_deref(),
        }
    }

    /// What is the same in each delivery of the same thing, where it has that.
    pub fn identity(&self) -> Option<&str> {
        match self {
            Self::Command(command) => command.trigger_id.as_deref(),
            Self::Pressed(pressed) => pressed.trigger_id.as_deref(),
            Self::Said(said) => Some(&said.event_id),
            Self::HomeOpened { event_id, .. } => Some(event_id),
            Self::Challenge(_) | Self::Other { .. } => None,
        }
    }

    /// What it is, for logs and counts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Pressed(_) => "button",
            Self::Said(said) if said.is_direct => "direct",
            Self::Said(_) => "mention",
            Self::HomeOpened { .. } => "home",
            Self::Challenge(_) => "challenge",
            Self::Other { .. } => "other",
        }
    }

    /// A slash command as a form, which is how it comes by HTTP.
    pub fn of_command_form(body: &[u8]) -> Result<Self, Unreadable> {
        let mut fields = CommandFields::default();
        let mut is_check = false;
        for (key, value) in form_urlencoded::parse(body) {
            let field = match &*key {
                "team_id" => &mut fields.team_id,
                "enterprise_id" => &mut fields.enterprise_id,
                "is_enterprise_install" => &mut fields.is_enterprise_install,
                "user_id" => &mut fields.user_id,
                "channel_id" => &mut fields.channel_id,
                "command" => &mut fields.command,
                "text" => &mut fields.text,
                "response_url" => &mut fields.response_url,
                "trigger_id" => &mut fields.trigger_id,
                "ssl_check" => {
                    is_check = true;
                    continue;
                }
                _ => continue,
            };
            *field = Some(value.into());
        }
        // Slack looks now and then whether the certificate is good.
        if is_check && fields.command.is_none() {
            return Ok(Self::Other {
                team: None,
                kind: "ssl_check".into(),
            });
        }
        fields.read()
    }

    /// A slash command as an object, which is how it comes by Socket Mode.
    pub fn of_command(json: &str) -> Result<Self, Unreadable> {
        read::<CommandFields>(json)?.read()
    }

    /// An interaction as a form with one field `payload`, which is how it comes by HTTP.
    pub fn of_interaction_form(body: &[u8]) -> Result<Self, Unreadable> {
        let payload = form_urlencoded::parse(body).find(|(key, _)| key == "payload");
        let (_, json) = payload.ok_or_else(|| missing("payload"))?;
        Self::of_interaction(&json)
    }

    /// An interaction.
    pub fn of_interaction(json: &str) -> Result<Self, Unreadable> {
        let payload: Interaction = read(json)?;
        let kind = payload.kind.ok_or_else(|| missing("type"))?;
        let enterprise = payload
            .enterprise
            .filter(|_| payload.is_enterprise_install.unwrap_or_default());
        let team = enterprise.or(payload.team).map(|team| team.id);
        let action = payload.actions.into_iter().flatten().next();
        let (Some(action), "block_actions") = (action, &*kind) else {
            return Ok(Self::Other { team, kind });
        };
        let container = payload.container.unwrap_or_default();
        Ok(Self::Pressed(Pressed {
            from: From {
                team: team.ok_or_else(|| missing("team.id"))?,
                user: payload.user.ok_or_else(|| missing("user.id"))?.id,
                channel: payload
                    .channel
                    .map(|channel| channel.id)
                    .or(container.channel_id),
            },
            action_id: action.action_id.ok_or_else(|| missing("action_id"))?,
            value: action.value.unwrap_or_default(),
            response_url: payload.response_url,
            trigger_id: payload.trigger_id,
        }))
    }

    /// An event with what is around it.
    /// <https://docs.slack.dev/apis/events-api#event-type-structure>
    pub fn of_event(json: &str) -> Result<Self, Unreadable> {
        let outer: Outer<'_> = read(json)?;
        let kind = outer.kind.ok_or_else(|| missing("type"))?;
        if &*kind == "url_verification" {
            let challenge = outer.challenge.ok_or_else(|| missing("challenge"))?;
            return Ok(Self::Challenge(challenge));
        }
        let first = outer.authorizations.into_iter().flatten().next();
        let organisation = first.filter(|first| first.is_enterprise_install.unwrap_or_default());
        let team = organisation
            .and_then(|first| first.enterprise_id)
            .or(outer.team_id);
        let (Some(event), "event_callback") = (outer.event, &*kind) else {
            return Ok(Self::Other { team, kind });
        };
        let kind = read::<EventKind>(event.get())?.kind;
        let kind = kind.ok_or_else(|| missing("event.type"))?;
        if !["app_mention", "message", "app_home_opened"].contains(&&*kind) {
            return Ok(Self::Other { team, kind });
        }
        let event: Event = read(event.get())?;
        let is_direct = event.channel_type.as_deref() == Some("im");
        // What bots say, the bot itself among them, is not for the bot; a message that was edited or
        // deleted was answered already.
        let is_of_a_person = event.bot_id.is_none()
            && event.user.as_deref() != Some(SLACKBOT)
            && event.subtype.as_deref().is_none_or(|it| it == "file_share");
        let is_words = match &*kind {
            // In a direct message both events come.
            "app_mention" => !is_direct,
            "message" => is_direct,
            _ => false,
        };
        let (is_home, is_words) = (&*kind == "app_home_opened", is_words && is_of_a_person);
        if !is_home && !is_words {
            return Ok(Self::Other { team, kind });
        }
        let from = From {
            team: team.ok_or_else(|| missing("team_id"))?,
            user: event.user.ok_or_else(|| missing("event.user"))?,
            channel: event.channel,
        };
        let event_id = outer.event_id.ok_or_else(|| missing("event_id"))?;
        if is_home {
            return Ok(match event.tab.as_deref() {
                None | Some("home") => Self::HomeOpened { from, event_id },
                Some(_) => Self::Other {
                    team: Some(from.team),
                    kind,
                },
            });
        }
        if from.channel.is_none() {
            return Err(missing("event.channel"));
        }
        Ok(Self::Said(Said {
            from,
            event_id,
            text: event.text.unwrap_or_default(),
            ts: event.ts.ok_or_else(|| missing("event.ts"))?,
            thread_ts: event.thread_ts,
            is_direct,
        }))
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(json).map_err(|error| {
        // The text of the error may quote what somebody wrote; its place does not.
        let (line, column) = (error.line(), error.column());
        Unreadable(format!("not the JSON that Slack sends, at {line}:{column}").into())
    })
}

fn missing(what: &str) -> Unreadable {
    Unreadable(format!("{what} is missing").into())
}

/// An absent text, a null, or one that is empty is none.
fn filled(text: Option<Box<str>>) -> Option<Box<str>> {
    text.filter(|text| !text.is_empty())
}

/// Either `true` or `"true"`: a form cannot tell them apart, and Slack uses both.
fn text_or_bool<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<str>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(Box<str>),
        Bool(bool),
    }
    let read = Option::<Either>::deserialize(from)?;
    Ok(read.map(|read| match read {
        Either::Text(text) => text,
        Either::Bool(yes) => yes.to_string().into(),
    }))
}

#[derive(Default, Deserialize)]
struct CommandFields {
    team_id: Option<Box<str>>,
    enterprise_id: Option<Box<str>>,
    #[serde(default, deserialize_with = "text_or_bool")]
    is_enterprise_install: Option<Box<str>>,
    user_id: Option<Box<str>>,
    channel_id: Option<Box<str>>,
    command: Option<Box<str>>,
    text: Option<Box<str>>,
    response_url: Option<Box<str>>,
    trigger_id: Option<Box<str>>,
}

impl CommandFields {
    fn read(self) -> Result<Inbound, Unreadable> {
        let is_organisation = self.is_enterprise_install.as_deref() == Some("true");
        let organisation = filled(self.enterprise_id).filter(|_| is_organisation);
        let team = organisation.or(filled(self.team_id));
        Ok(Inbound::Command(Command {
            from: From {
                team: team.ok_or_else(|| missing("team_id"))?,
                user: filled(self.user_id).ok_or_else(|| missing("user_id"))?,
                channel: filled(self.channel_id),
            },
            command: filled(self.command).ok_or_else(|| missing("command"))?,
            text: self.text.unwrap_or_default(),
            response_url: filled(self.response_url),
            trigger_id: filled(self.trigger_id),
        }))
    }
}

#[derive(Deserialize)]
struct Id {
    id: Box<str>,
}

#[derive(Default, Deserialize)]
struct Container {
    channel_id: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Action {
    action_id: Option<Box<str>>,
    value: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Interaction {
    #[serde(rename = "type")]
    kind: Option<Box<str>>,
    team: Option<Id>,
    enterprise: Option<Id>,
    is_enterprise_install: Option<bool>,
    user: Option<Id>,
    channel: Option<Id>,
    container: Option<Container>,
    actions: Option<Vec<Action>>,
    response_url: Option<Box<str>>,
    trigger_id: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Authorization {
    enterprise_id: Option<Box<str>>,
    is_enterprise_install: Option<bool>,
}

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(rename = "type")]
    kind: Option<Box<str>>,
    challenge: Option<Box<str>>,
    team_id: Option<Box<str>>,
    authorizations: Option<Vec<Authorization>>,
    event_id: Option<Box<str>>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
}

/// Fields have other shapes in other kinds of events, so the kind is read first.
#[derive(Deserialize)]
struct EventKind {
    #[serde(rename = "type")]
    kind: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Event {
    subtype: Option<Box<str>>,
    user: Option<Box<str>>,
    bot_id: Option<Box<str>>,
    channel: Option<Box<str>>,
    channel_type: Option<Box<str>>,
    text: Option<Box<str>>,
    ts: Option<Box<str>>,
    thread_ts: Option<Box<str>>,
    tab: Option<Box<str>>,
}
