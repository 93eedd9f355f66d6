//! A sentence in which somebody asks the bot: in a direct message, or behind a mention of it.

use super::{
    ask::{Ask, Asking, Command, only_reference, user_id},
    meaning::{asked, meaning},
    query::Query,
    table::Name,
    typed::Typed,
};
use crate::domain::{Release, board::Filter};

/// Words that ask for people.
const WHO: [&str; 22] = [
    "who",
    "whos",
    "who's",
    "whose",
    "whom",
    "shepherd",
    "shepherds",
    "shepherding",
    "owner",
    "owners",
    "owns",
    "author",
    "authors",
    "liaison",
    "liaisons",
    "reviewer",
    "reviewers",
    "reviews",
    "approver",
    "approvers",
    "approves",
    "contact",
];

/// Words that ask for releases.
const RELEASE: [&str; 9] = [
    "release",
    "releases",
    "ship",
    "ships",
    "shipping",
    "freeze",
    "freezes",
    "deadline",
    "deadlines",
];

/// Words that ask for nothing by themselves.
const FILLERS: [&str; 62] = [
    "a", "about", "again", "all", "an", "and", "any", "are", "at", "can", "could", "current",
    "cycle", "do", "does", "find", "for", "from", "get", "give", "going", "have", "hello", "hey",
    "hi", "how", "i", "in", "info", "is", "it", "kep", "keps", "know", "list", "me", "of", "on",
    "please", "pls", "search", "see", "show", "some", "state", "status", "tell", "that", "the",
    "there", "this", "to", "us", "was", "what", "what's", "whats", "when", "where", "which",
    "with", "you",
];

impl Ask {
    /// Reads what was said to the bot. `None` where nothing of it can be understood; words that may
    /// be a KEP's title are a guess.
    pub fn said(text: &str, asking: Asking<'_>) -> Option<Self> {
        let mut typed = Typed::read(text);
        if typed.too_long {
            return None;
        }
        // The bot itself, and whoever else is called to read along.
        typed.words.retain(|word| user_id(word).is_none());
        if let Some(first) = typed.words.first_mut() {
            *first = first.trim_end_matches([',', ':']).to_owned();
        }
        typed.words.retain(|word| !word.is_empty());
        let words = &typed.words;
        let plain: Vec<String> = words.iter().map(|word| bare(word)).collect();
        let has = |any: &[&str]| plain.iter().any(|word| any.contains(&word.as_str()));
        let read = |command| {
            Some(Self {
                command,
                here: typed.here,
                guessed: false,
            })
        };
        let understood = |command: Command| read(Ok(command));
        if let Some(meaning) = asked(&plain).and_then(|word| meaning(&word)) {
            return read(Err(meaning));
        }
        if let Some(query) = only_reference(words) {
            return understood(if has(&WHO) {
                Command::Who(query)
            } else {
                Command::Status(query)
            });
        }
        let begins = words
            .first()
            .filter(|word| *word != "/kep")
            .or(words.get(1));
        let command = begins.and_then(|word| Name::parse(word));
        let is_filtered = words.iter().any(|word| {
            word.split_once(':')
                .is_some_and(|(key, _)| super::query::is_filter(key))
        });
        // `list swap`, `status`, `release 2.4`: what follows `/kep`.
        if let Some(name) = command
            && (is_filtered || words.len() <= 2 || name == Name::List)
        {
            let (command, _) = asking.command_of(words);
            return read(command);
        }
        if is_filtered {
            let wanted = words.iter().zip(&plain);
            let wanted = wanted.filter(|(_, word)| !FILLERS.contains(&word.as_str()));
            let wanted: Vec<String> = wanted.map(|(word, _)| word.clone()).collect();
            let (command, _) = asking.command_of(&wanted);
            return read(command);
        }
        if has(&["help", "commands"]) || plain.iter().all(|word| is_greeting(word)) {
            return understood(Command::Help(None));
        }
        if has(&["my", "mine"]) {
            let (command, _) = asking.command_of(&["mine".to_owned()]);
            return read(command);
        }
        let releases: Vec<Release> = plain
            .iter()
            .filter_map(|word| Release::parse(word))
            .collect();
        if has(&RELEASE) || !releases.is_empty() {
            return understood(Command::Release {
                runtime: None,
                release: releases.first().copied(),
            });
        }
        let asks =
            |word: &&String| !FILLERS.contains(&word.as_str()) && !WHO.contains(&word.as_str());
        let left: Vec<&str> = plain.iter().filter(asks).map(String::as_str).collect();
        if left.is_empty() {
            let asks = has(&["status", "cycle", "state", "keps"]);
            return understood(Command::Status(Query::Cycle)).filter(|_| asks);
        }
        let query = Query::List(Box::new(Filter {
            words: left.join(" "),
            ..Filter::default()
        }));
        Some(Self {
            command: Ok(if has(&WHO) {
                Command::Who(query)
            } else {
                Command::Status(query)
            }),
            here: typed.here,
            guessed: true,
        })
    }
}

/// A word in lower case, without what ends a sentence.
fn bare(word: &str) -> String {
    word.trim_matches(['.', ',', '?', '!', ';', ':', '(', ')', '\''])
        .to_lowercase()
}

fn is_greeting(word: &str) -> bool {
    matches!(
        word,
        "hi" | "hello" | "hey" | "" | "there" | "morning" | "good"
    )
}
