//! What one person sees of the workspace.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    command::{self, HelpFor},
    config::WorkspaceMode,
    domain::reply::Audience,
    sandbox::{
        slack::{Channel, ChannelKind, OpenView, Person, Said},
        town::{Resident, Shortcut, Town},
    },
};

/// The most messages of a channel that are shown, the latest of them.
const MOST: usize = 300;

/// Everything at once: it is little, and the page compares.
#[derive(Serialize)]
pub(super) struct Sight {
    revision: u64,
    now: DateTime<Utc>,
    digest: Option<Digest>,
    workspace: String,
    mode: &'static str,
    you: String,
    bot: String,
    people: Vec<Somebody>,
    command: Hint,
    shortcuts: Vec<Shortcut>,
    /// The repository on GitHub, by its full name.
    repository: String,
    channels: Vec<Place>,
    home: Option<Shown>,
    modal: Option<Shown>,
    /// How many calls there were.
    calls: usize,
}

/// The digest that is due next.
#[derive(Serialize)]
struct Digest {
    at: DateTime<Utc>,
    /// When, by the clocks that it goes by.
    words: String,
    /// Where.
    channel: String,
}

#[derive(Serialize)]
struct Somebody {
    id: String,
    name: String,
    about: &'static str,
    /// Whether one can be them.
    playable: bool,
}

#[derive(Serialize)]
struct Hint {
    name: &'static str,
    usage: String,
    /// Everything that help shows, shortest first.
    forms: Vec<Form>,
}

#[derive(Serialize)]
struct Form {
    words: String,
    does: String,
}

#[derive(Serialize)]
struct Place {
    id: String,
    name: String,
    kind: &'static str,
    members: Vec<String>,
    messages: Vec<Line>,
}

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark beside a message"
)]
struct Line {
    ts: String,
    author: String,
    is_app: bool,
    text: String,
    blocks: Vec<Value>,
    /// The blocks of what stands below its links.
    previews: Vec<Value>,
    thread: Option<String>,
    is_broadcast: bool,
    is_ephemeral: bool,
    is_edited: bool,
    is_deleted: bool,
    reactions: Vec<Reaction>,
}

#[derive(Serialize)]
struct Reaction {
    name: String,
    people: Vec<String>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    title: String,
    blocks: Vec<Value>,
    values: Map<String, Value>,
    errors: Map<String, Value>,
    submit: Option<String>,
    close: Option<String>,
}

pub(super) fn of(town: &Town, resident: &Resident, revision: u64) -> Sight {
    let person = &resident.person;
    let channels = town.channels(person);
    let bot = town.workspace.bot();
    let residents = town.residents.iter();
    let mut people: Vec<Somebody> = residents
        .map(|resident| Somebody {
            id: resident.person.id().to_owned(),
            name: resident.person.name(),
            about: resident.about,
            playable: true,
        })
        .collect();
    people.push(Somebody {
        id: bot.id().to_owned(),
        name: bot.name(),
        about: "the bot",
        playable: false,
    });
    Sight {
        revision,
        now: town.now(),
        digest: town.next_digest().map(|due| Digest {
            at: due.slot.at,
            words: due.slot.in_words(&due.zone),
            channel: due.channel.name(),
        }),
        workspace: town.workspace.domain(),
        mode: match town.mode {
            WorkspaceMode::Socket => "Socket Mode",
            WorkspaceMode::Http => "request URLs",
        },
        you: person.id().to_owned(),
        bot: bot.id().to_owned(),
        people,
        command: hint(),
        shortcuts: town.shortcuts.clone(),
        repository: town.runtime().full_name(),
        channels: channels.iter().map(|one| place(one, person)).collect(),
        home: person.home().map(shown),
        modal: person.modal().map(shown),
        calls: super::calls::many(town),
    }
}

/// Whoever tries the bot may be anybody.
const EVERYTHING: HelpFor = HelpFor {
    audience: Audience::Asker,
    is_admin: true,
};

fn hint() -> Hint {
    let names = command::Name::ALL.iter().copied().map(Some);
    let mut forms: Vec<Form> = Vec::new();
    for line in std::iter::once(None)
        .chain(names)
        .flat_map(|name| command::help(name, EVERYTHING).lines)
    {
        if forms.iter().all(|form| form.words != line.type_this) {
            forms.push(Form {
                words: line.type_this,
                does: line.does,
            });
        }
    }
    Hint {
        name: "/kep",
        usage: command::usage_hint(),
        forms,
    }
}

fn place(channel: &Channel, person: &Person) -> Place {
    let mut messages = channel.seen_by(person);
    let older = messages.len().saturating_sub(MOST);
    let messages = messages.drain(older..).map(line).collect();
    Place {
        id: channel.id().to_owned(),
        name: channel.name(),
        kind: match channel.kind() {
            ChannelKind::Public => "public",
            ChannelKind::Private => "private",
            ChannelKind::Im | ChannelKind::Mpim => "direct",
        },
        members: channel.members(),
        messages,
    }
}

fn line(said: Said) -> Line {
    let reaction = |(name, people)| Reaction { name, people };
    let previews = said.previews.values();
    let previews = previews.map(|preview| preview["blocks"].clone());
    Line {
        is_ephemeral: said.is_ephemeral(),
        is_deleted: said.is_tombstone(),
        ts: said.ts,
        author: said.author,
        is_app: said.is_app,
        text: said.text,
        blocks: said.blocks,
        previews: previews.collect(),
        thread: said.thread,
        is_broadcast: said.is_broadcast,
        is_edited: said.is_edited,
        reactions: said.reactions.into_iter().map(reaction).collect(),
    }
}

fn shown(view: OpenView) -> Shown {
    let words = |name: &str| view.json[name]["text"].as_str().map(str::to_owned);
    Shown {
        submit: words("submit"),
        close: words("close"),
        id: view.id,
        title: view.title,
        blocks: view.blocks,
        values: view.values,
        errors: view.errors,
    }
}
