//! What is typed in Slack after `/kep`, typed in a terminal: most of it is a question to `status`.

use std::ffi::OsString;

use clap::{
    Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{command::Name, domain::KepNumber};

/// Says in an error about a word that is no subcommand how it is asked here.
pub(super) fn add(error: &mut Error, words: &[OsString]) {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    let after = words.iter().skip_while(|one| *one != word.as_str()).skip(1);
    let after = after.filter_map(|one| one.to_str());
    let plain = |one: &&str| !one.starts_with('-') && !one.contains(char::is_control);
    let after: Vec<&str> = after.take_while(plain).collect();
    if let Some(tip) = tip(word, &after.join(" ")) {
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
}

fn tip(word: &str, after: &str) -> Option<String> {
    let asked = match Name::parse(&word.to_lowercase()) {
        Some(Name::Update) => return Some("an update is typed in Slack: /kep update".to_owned()),
        Some(Name::Ping) => {
            return Some("questions to shepherds are asked in Slack: /kep ping".to_owned());
        }
        Some(Name::Digest) => return Some("in a terminal that is 'kep-liaison digest'".to_owned()),
        Some(Name::Notify) => {
            return Some("a digest of your own is asked for in Slack: /kep notify".to_owned());
        }
        Some(Name::Follow) => {
            return Some("what one follows is set in Slack: /kep follow".to_owned());
        }
        Some(Name::Link) => {
            return Some("who you are on GitHub is proved in Slack: /kep link".to_owned());
        }
        Some(Name::Release) if !after.is_empty() => format!("release:{after}"),
        Some(Name::Release | Name::List | Name::Who) => after.to_owned(),
        None if word.eq_ignore_ascii_case("mine") => "person:@you".to_owned(),
        None if word.contains(':') || KepNumber::from_reference(word).is_some() => {
            format!("{word} {after}")
        }
        Some(Name::Status | Name::Outbox | Name::Help) | None => return None,
    };
    let asked = format!("kep-liaison status {asked}");
    Some(format!("in a terminal that is '{}'", asked.trim_end()))
}
