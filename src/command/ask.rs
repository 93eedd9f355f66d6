//! A line after `/kep`, as the command that it asks for; or a sentence that says what to type.

use super::{
    meaning::meaning,
    query::{Query, issue_link, takes_people},
    table::Name,
    typed::Typed,
};
use crate::domain::{
    KepNumber, Login, Release,
    answer::Plain,
    people::{Asker, People},
    reply::Audience,
};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What can be asked; with a name, that command in full.
    Help(Option<Name>),
    /// One KEP, the cycle, or those with some words.
    Status(Query),
    /// Several KEPs.
    List(Query),
    /// What ships in a release.
    Release {
        /// Whose release, where it was said: a runtime's name as typed.
        runtime: Option<Box<str>>,
        /// Which; the current one of Kubernetes where none was said.
        release: Option<Release>,
    },
    /// Who has a part in a KEP.
    Who(Query),
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What it asks for, or what to say instead.
    pub command: Result<Command, Plain>,
    /// Whether everybody is to see the answer.
    pub here: bool,
    /// Whether no command was named, so that it may be something else altogether.
    pub guessed: bool,
}

/// Who asks, for what a line says of people.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The asker.
    pub asker: Asker<'a>,
    /// Who is who.
    pub people: &'a People,
}

impl Command {
    /// Its name.
    pub fn name(&self) -> Name {
        match self {
            Self::Help(_) => Name::Help,
            Self::Status(_) => Name::Status,
            Self::List(_) => Name::List,
            Self::Release { .. } => Name::Release,
            Self::Who(_) => Name::Who,
        }
    }

    /// The words that ask the same again.
    pub fn words(&self) -> String {
        let rest = match self {
            Self::Help(name) => name.map_or("", Name::word).to_owned(),
            Self::Status(query) | Self::List(query) | Self::Who(query) => query.words(),
            Self::Release { runtime, release } => {
                let release = release.map(|release| release.to_string());
                let parts = runtime.as_deref().map(str::to_owned).into_iter();
                parts.chain(release).collect::<Vec<_>>().join(" ")
            }
        };
        let name = self.name().word();
        if rest.is_empty() {
            name.to_owned()
        } else {
            format!("{name} {rest}")
        }
    }
}

impl Ask {
    /// Reads what was typed after `/kep`.
    pub fn read(typed: &str, asking: Asking<'_>) -> Self {
        let typed = Typed::read(typed);
        if typed.too_long {
            return Self {
                command: Err(plain(
                    "That is too long to be a question. Ask with a number or a few words, such as /kep status 5825.",
                )),
                here: false,
                guessed: false,
            };
        }
        let (command, guessed) = asking.command_of(&typed.words);
        Self {
            command,
            here: typed.here,
            guessed,
        }
    }

    /// Who is to see the answer.
    pub fn audience(&self) -> Audience {
        if self.here {
            Audience::Channel
        } else {
            Audience::Asker
        }
    }

    /// The words that ask the same again, where that does not depend on who asks: not for help, which
    /// offers to each what they may do.
    pub fn words(&self) -> Option<String> {
        let command = self.command.as_ref().ok()?;
        let is_the_same_for_all = !self.guessed && !matches!(command, Command::Help(_));
        is_the_same_for_all.then(|| command.words())
    }

    /// Reads the words of [`Command::words`], in which nothing is left to understand.
    pub fn again(words: &str, asking: Asking<'_>) -> Result<Command, Plain> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        asking.command_of(&words).0
    }
}

impl<'a> Asking<'a> {
    pub(super) fn command_of(self, words: &[String]) -> (Result<Command, Plain>, bool) {
        let words = match words.split_first() {
            Some((slash, rest)) if slash == "/kep" => rest,
            _ => words,
        };
        let Some((first, rest)) = words.split_first() else {
            return (Ok(Command::Help(None)), false);
        };
        if let Some(name) = Name::parse(first) {
            return (self.named(name, rest), false);
        }
        if let [release] = words
            && let Some(release) = Release::parse(release)
        {
            let runtime = None;
            let release = Some(release);
            return (Ok(Command::Release { runtime, release }), false);
        }
        if let Some((query, rest)) = leading_reference(words) {
            // `5825 who` is `who 5825`.
            let name = rest.iter().find_map(|word| Name::parse(word));
            return (
                Ok(match name {
                    Some(Name::Who) => Command::Who(query),
                    Some(
                        Name::Help
                        | Name::Status
                        | Name::List
                        | Name::Release
                        | Name::Update
                        | Name::Ping
                        | Name::Digest
                        | Name::Notify
                        | Name::Follow
                        | Name::Link
                        | Name::Outbox,
                    )
                    | None => Command::Status(query),
                }),
                false,
            );
        }
        if is_mine(words) {
            return (self.named(Name::Status, words), false);
        }
        if let Some(near) = Name::nearest(first) {
            return (Err(self.did_you_mean(first, near, rest)), false);
        }
        if words.iter().any(|word| is_filter(word)) {
            return (self.named(Name::List, words), false);
        }
        // A number among them may belong to a command that there is not, so it is one word of several.
        (self.query(Name::List, words).map(Command::List), true)
    }

    fn did_you_mean(self, typed: &str, near: Name, rest: &[String]) -> Plain {
        let meant = self.named(near, rest).ok().map(|command| command.words());
        let shown = meant.clone().unwrap_or_else(|| near.word().to_owned());
        Plain {
            text: format!("There is no /kep {typed}. Did you mean /kep {shown}?"),
            instead: meant,
        }
    }

    fn named(self, name: Name, rest: &[String]) -> Result<Command, Plain> {
        if let [word] = rest
            && Name::parse(word) == Some(Name::Help)
        {
            return Ok(Command::Help(Some(name)));
        }
        match name {
            Name::Help => help(rest),
            Name::Status => match self.query(name, rest)? {
                Query::List(filter) => Ok(Command::Status(
                    Some(rest)
                        .filter(|_| filter.is_words_alone())
                        .and_then(only_reference)
                        .unwrap_or(Query::List(filter)),
                )),
                query => Ok(Command::Status(query)),
            },
            Name::List if rest.is_empty() => Ok(Command::List(Query::List(Box::default()))),
            Name::List => self.query(name, rest).map(Command::List),
            Name::Who if rest.is_empty() => Err(Plain {
                text:
                    "Of which KEP? Write its number or words of its title, such as /kep who 5825."
                        .to_owned(),
                instead: None,
            }),
            Name::Who => match only_reference(rest) {
                Some(query) => Ok(Command::Who(query)),
                None => self.query(name, rest).map(Command::Who),
            },
            Name::Release => release(rest),
            Name::Update => Err(Plain {
                text: "An update is typed as a command, so that it is yours alone until it is sent: /kep update 5825 and then the text."
                    .to_owned(),
                instead: Some("help update".to_owned()),
            }),
            Name::Ping => Err(Plain {
                text: "A question to shepherds is typed as a command in a channel: /kep ping 5825 and then the question."
                    .to_owned(),
                instead: Some("help ping".to_owned()),
            }),
            Name::Digest => Err(Plain {
                text: "The digest is asked for by a command: /kep digest.".to_owned(),
                instead: Some("help digest".to_owned()),
            }),
            Name::Notify => Err(Plain {
                text: "What you get by direct message is set by a command: /kep notify.".to_owned(),
                instead: Some("help notify".to_owned()),
            }),
            Name::Follow => Err(Plain {
                text: "What you follow is set by a command: /kep follow 5825.".to_owned(),
                instead: Some("help follow".to_owned()),
            }),
            Name::Link => Err(Plain {
                text: "You sign in at GitHub by a command, so that you alone see the code: /kep link."
                    .to_owned(),
                instead: Some("help link".to_owned()),
            }),
            Name::Outbox => Err(Plain {
                text: "What waits is shown to whom it concerns alone, who types it as a command: /kep outbox."
                    .to_owned(),
                instead: Some("help outbox".to_owned()),
            }),
        }
    }

    /// Words and filters behind a command, with people as logins.
    fn query(self, name: Name, words: &[String]) -> Result<Query, Plain> {
        let resolved: Result<Vec<String>, Plain> = if is_mine(words) {
            self.login("me", "person")
                .map(|login| vec![format!("person:{login}")])
        } else {
            words.iter().map(|word| self.resolved(word)).collect()
        };
        let resolved = resolved?;
        Query::parse(resolved.iter().map(String::as_str)).map_err(|error| Plain {
            text: error.to_string(),
            instead: error
                .instead()
                .map(|words| format!("{} {words}", name.word())),
        })
    }

    /// A word in which everybody is a login.
    fn resolved(self, word: &str) -> Result<String, Plain> {
        if user_id(word).is_some() {
            return Ok(format!("person:{}", self.login(word, "person")?));
        }
        if word.eq_ignore_ascii_case("mine") {
            return Ok(format!("person:{}", self.login("me", "person")?));
        }
        let Some((key, values)) = word.split_once(':').filter(|(key, _)| takes_people(key)) else {
            return Ok(word.to_owned());
        };
        let values = values.split(',').map(|value| {
            if is_me(value) || user_id(value).is_some() {
                self.login(value, key).map(ToString::to_string)
            } else {
                Ok(value.to_owned())
            }
        });
        let values: Vec<String> = values.collect::<Result<_, _>>()?;
        Ok(format!("{key}:{}", values.join(",")))
    }

    /// Who a person's mark is on GitHub, or the asker.
    fn login(self, person: &str, key: &str) -> Result<&'a Login, Plain> {
        let Asker { workspace, user } = self.asker;
        let id = user_id(person);
        let found = self.people.by_slack(workspace, id.unwrap_or(user));
        found.map(|found| &found.login).ok_or_else(|| {
            plain(&match id {
                None => not_tied(self.people, self.asker),
                Some(id) => format!("Who that is on GitHub is not known here: the settings tie {id} to no login. Write the login itself, such as {key}:@samuelkarp."),
            })
        })
    }
}

/// That somebody's GitHub login is not known, and how to make it known.
pub fn not_tied(people: &People, asker: Asker<'_>) -> String {
    let ask = people.ask_to_be_known(asker);
    format!(
        "I do not know who you are on GitHub: {ask}. Until then write your login, such as /kep list person:@your-login."
    )
}

fn plain(text: &str) -> Plain {
    Plain {
        text: text.to_owned(),
        instead: None,
    }
}

fn help(rest: &[String]) -> Result<Command, Plain> {
    let Some(word) = rest.first() else {
        return Ok(Command::Help(None));
    };
    if let Some(meaning) = meaning(&rest.join(" ")) {
        return Err(meaning);
    }
    let word = word.trim_start_matches('/');
    let name = Name::parse(word).or_else(|| Name::nearest(word));
    name.map(|name| Command::Help(Some(name)))
        .ok_or_else(|| Plain {
            text: format!("There is no /kep {word}. /kep help lists what there is."),
            instead: Some("help".to_owned()),
        })
}

/// A release, perhaps behind the name of whose it is.
fn release(rest: &[String]) -> Result<Command, Plain> {
    let mut runtime = None;
    let mut release = None;
    for word in rest {
        let named = Release::parse(word);
        match (named, word.to_lowercase().as_str()) {
            (Some(named), _) if release.is_none() => release = Some(named),
            (None, "of" | "in" | "the" | "kubernetes" | "k8s" | "current") => {}
            (None, _) if runtime.is_none() => runtime = Some(word.as_str().into()),
            _ => {
                return Err(plain(
                    "One release at a time: /kep release 1.38, or /kep release 2.4.",
                ));
            }
        }
    }
    if runtime.is_some() && release.is_none() {
        return Err(plain(&format!(
            "{} is no release. Write it as /kep release 1.38 (Kubernetes) or /kep release 2.4 (a runtime's).",
            rest.join(" ")
        )));
    }
    Ok(Command::Release { runtime, release })
}

/// The id of `<@U012AB3CD>`.
pub(super) fn user_id(word: &str) -> Option<&str> {
    let id = word.strip_prefix("<@")?.strip_suffix('>')?;
    let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    is_id.then_some(id)
}

/// `mine`, `me`, `my keps`
fn is_mine(words: &[String]) -> bool {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(words.as_slice(), ["mine" | "me"] | ["my", "keps" | "kep"])
}

/// Whether the value of a filter is whoever asks.
fn is_me(value: &str) -> bool {
    let me = ["me", "@me", "mine"];
    me.iter().any(|me| value.eq_ignore_ascii_case(me))
}

/// The filter of people by which somebody asks for what is theirs, `mine` or `shepherd:me`: who that is
/// has to be known.
pub fn asks_for_own(words: &[String]) -> Option<&str> {
    if is_mine(words) || words.iter().any(|word| word.eq_ignore_ascii_case("mine")) {
        return Some("person");
    }
    words.iter().find_map(|word| {
        let (key, values) = word.split_once(':').filter(|(key, _)| takes_people(key))?;
        values.split(',').any(is_me).then_some(key)
    })
}

fn is_filter(word: &str) -> bool {
    word.split_once(':')
        .is_some_and(|(key, value)| super::query::is_key(key) && !value.starts_with("//"))
}

/// The KEP that words begin with, and what follows.
fn leading_reference(words: &[String]) -> Option<(Query, &[String])> {
    let (first, rest) = words.split_first()?;
    if first.eq_ignore_ascii_case("kep")
        && let Some((number, rest)) = rest.split_first()
        && let Some(number) = KepNumber::from_reference(number)
    {
        return Some((Query::One(number), rest));
    }
    reference(first).map(|query| (query, rest))
}

/// One word that names a KEP.
fn reference(word: &str) -> Option<Query> {
    let word = word.trim_end_matches([':', '?', '!']);
    let number = KepNumber::from_reference(word).map(Query::One);
    number.or_else(|| issue_link(word))
}

/// The KEP that words name in passing, if they name just one: `KEP-5825: CRI List Streaming`. A
/// bare number of one or two digits may be anything.
pub(super) fn only_reference(words: &[String]) -> Option<Query> {
    let after_kep = |at: usize| at > 0 && words[at - 1].eq_ignore_ascii_case("kep");
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let is_vague = word.len() < 3 && word.bytes().all(|b| b.is_ascii_digit());
        if is_vague && words.len() > 1 && !after_kep(at) {
            continue;
        }
        let Some(query) = reference(word) else {
            continue;
        };
        if found.as_ref().is_some_and(|other| *other != query) {
            return None;
        }
        found = Some(query);
    }
    found
}
