//! What becomes of what people write: names, channels and links turn into Slack's markup.
//!
//! <https://docs.slack.dev/messaging/formatting-message-text>

use serde_json::{Value, json};

use crate::sandbox::slack::team::Team;

/// Where it is written: names look different in the text of a command.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands#escaping>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Message,
    Command,
}

/// The text as Slack sends it on.
pub(super) fn written(team: &Team, text: &str, form: Form) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut at_start = true;
    while let Some(c) = rest.chars().next() {
        let (piece, length) = token(team, rest, form, at_start).unwrap_or_else(|| {
            let piece = match c {
                '&' => "&amp;".to_owned(),
                '<' => "&lt;".to_owned(),
                '>' => "&gt;".to_owned(),
                c => c.to_string(),
            };
            (piece, c.len_utf8())
        });
        out.push_str(&piece);
        at_start = !c.is_alphanumeric();
        rest = &rest[length..];
    }
    out
}

/// What begins here and is more than a character: its markup, and how much of the text it takes.
fn token(team: &Team, rest: &str, form: Form, at_start: bool) -> Option<(String, usize)> {
    if let Some(inner) = rest.strip_prefix('<') {
        // Markup that the test wrote itself.
        let end = inner.find('>')?;
        let is_markup = inner.starts_with(['@', '#', '!']) || inner.starts_with("http");
        return is_markup.then(|| (rest[..end + 2].to_owned(), end + 2));
    }
    if rest.starts_with("https://") || rest.starts_with("http://") {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '<' || c == '>')
            .unwrap_or(rest.len());
        let link = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        return Some((format!("<{}>", link.replace('&', "&amp;")), link.len()));
    }
    if !at_start || !rest.starts_with(['@', '#']) {
        return None;
    }
    let (mark, tail) = rest.split_at(1);
    let is_name = |c: char| c.is_alphanumeric() || "._-".contains(c);
    let end = tail.find(|c| !is_name(c)).unwrap_or(tail.len());
    let name = tail[..end].trim_end_matches(['.', '-']);
    let markup = match mark {
        "#" => {
            let channel = team
                .channels
                .values()
                .find(|channel| channel.name == name)?;
            format!("<#{}|{name}>", channel.id)
        }
        _ => mention(team, name, form)?,
    };
    Some((markup, 1 + name.len()))
}

fn mention(team: &Team, name: &str, form: Form) -> Option<String> {
    if ["here", "channel", "everyone"].contains(&name) {
        return Some(format!("<!{name}>"));
    }
    if let Some(group) = team.groups.values().find(|group| group.handle == name) {
        return Some(format!("<!subteam^{}|@{name}>", group.id));
    }
    let mut users = team.users.values();
    let user = users.find(|user| user.name == name || user.display_name == name)?;
    Some(match form {
        Form::Message => format!("<@{}>", user.id),
        Form::Command => format!("<@{}|{}>", user.id, user.name),
    })
}

/// The addresses in a text.
pub(super) fn links_in(text: &str) -> Vec<String> {
    let tokens = text
        .split('<')
        .skip(1)
        .filter_map(|tail| tail.split_once('>'));
    tokens
        .map(|(token, _)| token.split('|').next().unwrap_or(token))
        .filter(|token| token.starts_with("http"))
        .map(|link| link.replace("&amp;", "&"))
        .collect()
}

/// Emoji that people type by their names, with the number of each. Slack knows some thousands.
const EMOJI: [(&str, &str); 8] = [
    ("+1", "1f44d"),
    ("eyes", "1f440"),
    ("rocket", "1f680"),
    ("satellite_antenna", "1f4e1"),
    ("tada", "1f389"),
    ("warning", "26a0-fe0f"),
    ("wave", "1f44b"),
    ("white_check_mark", "2705"),
];

/// Words, and the emoji among them, which Slack makes elements of their own.
fn say_with_emoji(text: &str, elements: &mut Vec<Value>) {
    let found = EMOJI.iter().filter_map(|(name, number)| {
        let typed = format!(":{name}:");
        text.find(&typed).map(|at| (at, typed.len(), name, number))
    });
    let Some((at, length, name, number)) = found.min() else {
        if !text.is_empty() {
            elements.push(json!({"type": "text", "text": text}));
        }
        return;
    };
    if at > 0 {
        elements.push(json!({"type": "text", "text": text[..at]}));
    }
    elements.push(json!({"type": "emoji", "name": name, "unicode": number}));
    say_with_emoji(&text[at + length..], elements);
}

/// The block that holds what a person wrote.
/// <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>
pub(super) fn rich_text(text: &str, block_id: &str) -> Value {
    let mut elements = Vec::new();
    let mut say = |text: &str| {
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        say_with_emoji(&text, &mut elements);
        elements.len()
    };
    let mut marked: Vec<(usize, Value)> = Vec::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('<') {
        let Some((token, after)) = tail.split_once('>') else {
            break;
        };
        let place = say(before);
        let name = token.split('|').next().unwrap_or(token);
        marked.push((
            place,
            match name.split_at_checked(1) {
                Some(("@", user)) => json!({"type": "user", "user_id": user}),
                Some(("#", channel)) => json!({"type": "channel", "channel_id": channel}),
                Some(("!", range)) => match range.strip_prefix("subteam^") {
                    Some(group) => json!({"type": "usergroup", "usergroup_id": group}),
                    None => json!({"type": "broadcast", "range": range}),
                },
                _ => json!({"type": "link", "url": name.replace("&amp;", "&")}),
            },
        ));
        rest = after;
    }
    say(rest);
    for (shift, (place, element)) in marked.into_iter().enumerate() {
        elements.insert(place + shift, element);
    }
    let section = json!({"type": "rich_text_section", "elements": elements});
    json!({"type": "rich_text", "block_id": block_id, "elements": [section]})
}
