//! Events, with what is around them.
//!
//! <https://docs.slack.dev/apis/events-api#event-type-structure>

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    Author, From, Happened, Heard, Inbound, Linked, Reacted, Said, Spoken, Unreadable, missing,
    read,
};

/// Slack's own bot is this user in every workspace, and has no `bot_id`. A workspace's automatic
/// responses come from it, and may mention the bot.
/// <https://slack.com/help/articles/202026038-An-introduction-to-Slackbot>
const SLACKBOT: &str = "USLACKBOT";

impl Inbound {
    /// An event with what is around it.
    pub fn of_event(json: &str) -> Result<Self, Unreadable> {
        let outer: Outer<'_> = read(json)?;
        let kind = outer.kind.ok_or_else(|| missing("type"))?;
        if &*kind == "url_verification" {
            let challenge = outer.challenge.ok_or_else(|| missing("challenge"))?;
            return Ok(Self::Challenge(challenge));
        }
        let first = outer.authorizations.into_iter().flatten().next();
        let first = first.unwrap_or_default();
        let organisation = first.enterprise_id.filter(|_| first.is_enterprise_install);
        // In a channel that is shared with another workspace the outer one may be that workspace's:
        // <https://docs.slack.dev/apis/slack-connect>
        let team = organisation.or(first.team_id).or(outer.team_id);
        let (Some(event), "event_callback") = (outer.event, &*kind) else {
            return Ok(Self::Other { team, kind });
        };
        let kind = read::<EventKind>(event.get())?.kind;
        let kind = kind.ok_or_else(|| missing("event.type"))?;
        let read = match &*kind {
            "app_home_opened" => Around::home,
            "app_mention" => Around::mention,
            "link_shared" => Around::links,
            "message" => Around::message,
            "reaction_added" | "reaction_removed" => Around::reaction,
            _ => return Ok(Self::Other { team, kind }),
        };
        let around = Around {
            team: team.clone().ok_or_else(|| missing("team_id")),
            event_id: outer.event_id.ok_or_else(|| missing("event_id")),
            app: outer.api_app_id,
            // Of a person's token it would be the person.
            bot_user: first.user_id.filter(|_| first.is_bot),
        };
        Ok(read(around, event)?.unwrap_or(Self::Other { team, kind }))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Authorization {
    enterprise_id: Option<Box<str>>,
    team_id: Option<Box<str>>,
    user_id: Option<Box<str>>,
    #[serde(deserialize_with = "or_no")]
    is_bot: bool,
    #[serde(deserialize_with = "or_no")]
    is_enterprise_install: bool,
}

/// Null is no.
fn or_no<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(from)?.unwrap_or_default())
}

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(rename = "type")]
    kind: Option<Box<str>>,
    challenge: Option<Box<str>>,
    team_id: Option<Box<str>>,
    api_app_id: Option<Box<str>>,
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

#[derive(Deserialize)]
struct Reaction {
    user: Option<Box<str>>,
    #[serde(rename = "reaction")]
    emoji: Option<Box<str>>,
    item_user: Option<Box<str>>,
    item: Option<Item>,
    event_ts: Option<Box<str>>,
}

/// What a reaction stands at: a message, or something that has no channel.
#[derive(Deserialize)]
struct Item {
    channel: Option<Box<str>>,
    ts: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Changed {
    message: Option<Value>,
    previous_message: Option<Value>,
    deleted_ts: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Shared {
    user: Option<Box<str>>,
    channel: Option<Box<str>>,
    unfurl_id: Option<Box<str>>,
    source: Option<Box<str>>,
    links: Option<Vec<Link>>,
}

#[derive(Deserialize)]
struct Link {
    url: Option<Box<str>>,
}

/// What stands around an event. What it lacks matters only where it is needed.
struct Around {
    team: Result<Box<str>, Unreadable>,
    event_id: Result<Box<str>, Unreadable>,
    app: Option<Box<str>>,
    bot_user: Option<Box<str>>,
}

/// What is read of an event; `None` where nothing in it is for the bot.
type Read = Result<Option<Inbound>, Unreadable>;

impl Around {
    fn home(self, event: &RawValue) -> Read {
        let event: Event = read(event.get())?;
        if event.tab.as_deref().is_some_and(|tab| tab != "home") {
            return Ok(None);
        }
        Ok(Some(Inbound::HomeOpened {
            from: From {
                team: self.team?,
                user: event.user.ok_or_else(|| missing("event.user"))?,
                channel: event.channel,
            },
            event_id: self.event_id?,
        }))
    }

    fn mention(self, event: &RawValue) -> Read {
        let event: Event = read(event.get())?;
        // In a direct message both events come.
        if event.is_direct() {
            return Ok(None);
        }
        self.words(event)
    }

    fn message(self, raw: &RawValue) -> Read {
        let event: Event = read(raw.get())?;
        match event.channel_type.as_deref() {
            Some("im") => self.words(event),
            // Direct messages of several are nobody's channel.
            Some("mpim") => Ok(None),
            _ => self.heard(event, raw),
        }
    }

    /// Words to the bot.
    fn words(self, event: Event) -> Read {
        if !event.is_of_a_person() {
            return Ok(None);
        }
        let is_direct = event.is_direct();
        let from = From {
            team: self.team?,
            user: event.user.ok_or_else(|| missing("event.user"))?,
            channel: Some(event.channel.ok_or_else(|| missing("event.channel"))?),
        };
        Ok(Some(Inbound::Said(Said {
            from,
            event_id: self.event_id?,
            text: event.text.unwrap_or_default(),
            ts: event.ts.ok_or_else(|| missing("event.ts"))?,
            thread_ts: event.thread_ts,
            is_direct,
            bot: self.bot_user,
        })))
    }

    /// Something that happened to a message in a channel. Of much that happens there nobody said
    /// anything, such as that somebody joined.
    fn heard(self, event: Event, raw: &RawValue) -> Read {
        let what = match event.subtype.as_deref() {
            None | Some("file_share" | "thread_broadcast" | "me_message" | "bot_message") => {
                self.spoken(read(raw.get())?).map(Happened::New)
            }
            Some("message_changed") => {
                let changed: Changed = read(raw.get())?;
                changed.message.and_then(|message| self.changed(message))
            }
            Some("message_deleted") => {
                let changed: Changed = read(raw.get())?;
                let before = changed.previous_message.unwrap_or_default();
                changed.deleted_ts.map(|ts| Happened::Gone {
                    ts,
                    thread_ts: text(&before, "thread_ts"),
                })
            }
            Some(_) => None,
        };
        let Some(what) = what else { return Ok(None) };
        Ok(Some(Inbound::Heard(Heard {
            team: self.team?,
            channel: event.channel.ok_or_else(|| missing("event.channel"))?,
            event_id: self.event_id?,
            what,
        })))
    }

    /// A root that is deleted while replies stand below it becomes a tombstone.
    fn changed(&self, message: Value) -> Option<Happened> {
        if message["subtype"] == "tombstone" {
            return Some(Happened::Gone {
                ts: text(&message, "ts")?,
                thread_ts: text(&message, "thread_ts"),
            });
        }
        self.spoken(message).map(Happened::Changed)
    }

    /// What was said; `None` where it has no number, or nobody said it.
    fn spoken(&self, message: Value) -> Option<Spoken> {
        let is_broadcast = message["subtype"] == "thread_broadcast";
        Some(Spoken {
            ts: text(&message, "ts")?,
            thread_ts: text(&message, "thread_ts"),
            author: self.author(&message)?,
            is_broadcast,
            edited: text(&message["edited"], "ts"),
            message,
        })
    }

    fn author(&self, message: &Value) -> Option<Author> {
        let user = text(message, "user");
        let is_own = user.is_some() && user == self.bot_user;
        let app = text(message, "app_id");
        let is_by_app = ["bot_id", "bot_profile"]
            .iter()
            .any(|it| !message[it].is_null())
            || message["subtype"] == "bot_message";
        match user {
            _ if is_own || (is_by_app && app.is_some() && app == self.app) => Some(Author::Own),
            _ if is_by_app => Some(Author::Other),
            Some(user) if *user == *SLACKBOT => Some(Author::Other),
            Some(user) => Some(Author::Person(user)),
            None => None,
        }
    }

    /// Links; the bot's own get no previews.
    fn links(self, raw: &RawValue) -> Read {
        let event: Shared = read(raw.get())?;
        let user = event.user.ok_or_else(|| missing("event.user"))?;
        if self.bot_user.as_deref() == Some(&*user) {
            return Ok(None);
        }
        let links = event.links.into_iter().flatten();
        Ok(Some(Inbound::Linked(Linked {
            from: From {
                team: self.team?,
                user,
                channel: event.channel,
            },
            event_id: self.event_id?,
            unfurl_id: event.unfurl_id.ok_or_else(|| missing("event.unfurl_id"))?,
            source: event.source.ok_or_else(|| missing("event.source"))?,
            links: links.filter_map(|link| link.url).collect(),
        })))
    }

    fn reaction(self, raw: &RawValue) -> Read {
        let kind = read::<EventKind>(raw.get())?.kind;
        let event: Reaction = read(raw.get())?;
        let item = event.item.ok_or_else(|| missing("event.item"))?;
        let (Some(channel), Some(ts)) = (item.channel, item.ts) else {
            return Ok(None);
        };
        Ok(Some(Inbound::Reacted(Reacted {
            from: From {
                team: self.team?,
                user: event.user.ok_or_else(|| missing("event.user"))?,
                channel: Some(channel.clone()),
            },
            channel,
            ts,
            emoji: event.emoji.ok_or_else(|| missing("event.reaction"))?,
            is_given: kind.as_deref() == Some("reaction_added"),
            item_user: event.item_user,
            event_ts: event.event_ts.unwrap_or_default(),
            event_id: self.event_id?,
        })))
    }
}

impl Event {
    fn is_direct(&self) -> bool {
        self.channel_type.as_deref() == Some("im")
    }

    /// What bots say, the bot itself among them, is not for the bot; a message that was edited or
    /// deleted was answered already.
    fn is_of_a_person(&self) -> bool {
        self.bot_id.is_none()
            && self.user.as_deref() != Some(SLACKBOT)
            && self.subtype.as_deref().is_none_or(|it| it == "file_share")
    }
}

fn text(object: &Value, name: &str) -> Option<Box<str>> {
    let text = object.get(name)?.as_str();
    text.filter(|text| !text.is_empty()).map(Into::into)
}
