//! Finding what a person presses, by what it says or is called, and what pressing it says.

use serde_json::{Map, Value, json};

use crate::sandbox::slack::{api::value_field, team::Team};

/// Something that can be pressed or filled in.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) block_id: String,
    /// The label of an input.
    label: Option<String>,
    /// Whether it is in an input block that may stay empty.
    pub(super) is_optional: bool,
    /// Whether it is in an input block, which tells the app only when it was asked to.
    pub(super) is_quiet: bool,
    pub(super) value: Value,
}

impl Element {
    fn text(&self, name: &str) -> &str {
        self.value[name].as_str().unwrap_or_default()
    }

    pub(super) fn kind(&self) -> &str {
        self.text("type")
    }

    pub(super) fn action_id(&self) -> &str {
        self.text("action_id")
    }

    fn is_called(&self, name: &str) -> bool {
        let texts = [
            Some(self.action_id()),
            self.value["text"]["text"].as_str(),
            self.value["placeholder"]["text"].as_str(),
            self.label.as_deref(),
            self.label.as_ref().map(|_| self.block_id.as_str()),
        ];
        texts.contains(&Some(name))
    }
}

/// Everything that can be pressed or filled in, in its order.
pub(super) fn elements(blocks: &[Value]) -> Vec<Element> {
    let mut found = Vec::new();
    for block in blocks.iter().filter(|block| block["type"] != "rich_text") {
        let one = [block.get("accessory"), block.get("element")];
        let more = block["elements"].as_array().into_iter().flatten();
        for value in one.into_iter().flatten().chain(more) {
            if value.get("action_id").is_none() {
                continue;
            }
            found.push(Element {
                block_id: block["block_id"].as_str().unwrap_or_default().to_owned(),
                label: block["label"]["text"].as_str().map(str::to_owned),
                is_optional: block["optional"] == true,
                is_quiet: block["type"] == "input" && block["dispatch_action"] != true,
                value: value.clone(),
            });
        }
    }
    found
}

/// The one that is called so: by its `action_id`, what stands on it, its label, or the id of its
/// input block. Panics when there is none, or several.
pub(super) fn find(blocks: &[Value], name: &str) -> Element {
    let mut found = elements(blocks);
    let all: Vec<String> = found
        .iter()
        .map(|element| {
            format!(
                "{} ({})",
                element.action_id(),
                element.value["text"]["text"]
            )
        })
        .collect();
    found.retain(|element| element.is_called(name));
    assert!(
        found.len() == 1,
        "{} of what can be pressed here is called {name:?}: {}",
        found.len(),
        all.join(", ")
    );
    found.remove(0)
}

/// What an action says of pressing something, or of choosing something in it.
/// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
pub(super) fn action(element: &Element, chosen: Option<&Value>, action_ts: &str) -> Value {
    let mut action = json!({
        "type": element.kind(),
        "action_id": element.action_id(),
        "block_id": element.block_id,
        "action_ts": action_ts,
    });
    let own: &[&str] = match element.kind() {
        "button" => &["text", "value", "style", "url"],
        _ => &["placeholder"],
    };
    for name in own {
        if let Some(value) = element.value.get(*name) {
            action[*name] = value.clone();
        }
    }
    if element.kind() == "overflow" {
        action["selected_option"] = chosen.cloned().unwrap_or_default();
    } else if let Some((name, _)) = value_field(element.kind()) {
        action[name] = chosen.cloned().unwrap_or_default();
    }
    action
}

/// What an element holds once something was chosen.
pub(super) fn held(element: &Element, chosen: &Value) -> Option<Value> {
    let (name, _) = value_field(element.kind())?;
    let mut value = Map::from_iter([("type".to_owned(), element.value["type"].clone())]);
    value.insert(name.to_owned(), chosen.clone());
    Some(value.into())
}

/// What a person means by a word, in such an element: one of the options, a person, a channel, or
/// the word itself. Several are named with commas. `offered` are the options of an external select.
pub(super) fn choice(team: &Team, element: &Element, word: &str, offered: &[Value]) -> Value {
    let kind = element.kind();
    let is_many = kind.starts_with("multi_") || kind == "checkboxes";
    if is_many {
        let words = word
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        return words
            .map(|word| one(team, element, word, offered))
            .collect();
    }
    one(team, element, word, offered)
}

fn one(team: &Team, element: &Element, word: &str, offered: &[Value]) -> Value {
    let kind = element.kind().trim_start_matches("multi_");
    match kind {
        "static_select" | "external_select" | "radio_buttons" | "checkboxes" | "overflow" => {
            let mut options = options(&element.value);
            options.extend_from_slice(offered);
            let is_meant =
                |option: &&Value| option["value"] == word || option["text"]["text"] == word;
            let found = options.iter().find(is_meant);
            found.cloned().unwrap_or_else(|| {
                panic!("{word:?} is none of the options of {}", element.action_id())
            })
        }
        "users_select" => {
            let user = team.find_user(word);
            let user = user.unwrap_or_else(|| panic!("nobody is called {word:?}"));
            user.id.clone().into()
        }
        "channels_select" | "conversations_select" => {
            let channel = team.find_channel(word);
            let channel = channel.map(|channel| channel.id.clone().into());
            channel.unwrap_or_else(|| panic!("no channel is called {word:?}"))
        }
        _ => word.into(),
    }
}

/// The options in an element, or in the answer of an app.
pub(super) fn options(value: &Value) -> Vec<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut options = list(&value["options"]);
    for group in list(&value["option_groups"]) {
        options.extend(list(&group["options"]));
    }
    options
}
