//! What a field may hold, and the walk that finds where it does not.

use serde_json::Value;

use super::{Problem, length};

/// What a field may hold.
pub(super) enum Rule {
    /// Anything.
    Any,
    Bool,
    /// A whole number between two.
    Integer(i64, i64),
    /// A string with so many characters at least, and at most.
    String(usize, usize),
    /// The address of a web page, at most so long.
    Url(usize),
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A day such as `2026-11-06`.
    Date,
    /// A text object of type `plain_text`, at most so long.
    Plain(usize),
    /// A text object of either type, at most so long.
    Text(usize),
    /// So many at least, and at most, of one rule.
    List(usize, usize, &'static Rule),
    /// A thing of this kind, that has no `type`.
    Of(&'static Kind),
    /// A thing of one of these kinds, as its `type` says.
    Typed(&'static [&'static Kind]),
}

/// A kind of thing: the fields it has. Others are refused.
pub(super) struct Kind {
    /// What `type` says; empty for things without a type.
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
    /// A rule about more than one field: what is wrong, if something is.
    pub(super) also: fn(&Value) -> Option<String>,
}

pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) rule: Rule,
}

pub(super) const fn must(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        required: true,
        rule,
    }
}

pub(super) const fn may(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        required: false,
        rule,
    }
}

pub(super) fn nothing_else(_: &Value) -> Option<String> {
    None
}

/// A value, and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) pointer: String,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value, pointer: String) -> Self {
        Self { value, pointer }
    }

    pub(super) fn below(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self::new(value, format!("{}/{name}", self.pointer)))
    }

    pub(super) fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items
            .map(|(place, value)| Self::new(value, format!("{}/{place}", self.pointer)))
            .collect()
    }
}

#[derive(Default)]
pub(super) struct Checker {
    pub(super) problems: Vec<Problem>,
}

impl Checker {
    pub(super) fn report(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem {
            pointer: pointer.into(),
            message: message.into(),
        });
    }

    fn expect(&mut self, at: &Node<'_>, holds: bool, message: impl Into<String>) {
        if !holds {
            self.report(at.pointer.clone(), message);
        }
    }

    pub(super) fn rule(&mut self, at: &Node<'_>, rule: &Rule) {
        match rule {
            Rule::Any => {}
            Rule::Bool => self.expect(at, at.value.is_boolean(), "must be a boolean"),
            Rule::Integer(least, most) => {
                let fits = at
                    .value
                    .as_i64()
                    .is_some_and(|n| (*least..=*most).contains(&n));
                self.expect(at, fits, format!("must be a number from {least} to {most}"));
            }
            Rule::String(least, most) => self.string(at, *least, *most),
            Rule::Url(most) => {
                self.string(at, 1, *most);
                let is_url = at.value.as_str().is_none_or(is_web_address);
                self.expect(at, is_url, "must be a valid URL");
            }
            Rule::Word(words) => {
                let known = at.value.as_str().is_some_and(|word| words.contains(&word));
                self.expect(at, known, format!("must be one of: {}", words.join(", ")));
            }
            Rule::Date => {
                let date = at.value.as_str().and_then(|text| text.parse().ok());
                let is_date = date.is_some_and(|_: chrono::NaiveDate| true);
                self.expect(at, is_date, "must be a date of the form YYYY-MM-DD");
            }
            Rule::Plain(most) => self.text(at, &["plain_text"], *most),
            Rule::Text(most) => self.text(at, &["plain_text", "mrkdwn"], *most),
            Rule::List(least, most, of) => {
                if self.list(at, *least, *most) {
                    for item in at.items() {
                        self.rule(&item, of);
                    }
                }
            }
            Rule::Of(kind) => self.kind(at, kind),
            Rule::Typed(kinds) => self.typed(at, kinds),
        }
    }

    fn string(&mut self, at: &Node<'_>, least: usize, most: usize) {
        let Some(text) = at.value.as_str() else {
            return self.report(at.pointer.clone(), "must be a string");
        };
        let length = length(text);
        let message = format!("must be less than {} characters", most + 1);
        self.expect(at, length <= most, message);
        let message = match least {
            0 => return,
            least => format!("must be more than {} characters", least - 1),
        };
        self.expect(at, length >= least, message);
    }

    /// Whether it is an array of a fitting length.
    pub(super) fn list(&mut self, at: &Node<'_>, least: usize, most: usize) -> bool {
        let Some(items) = at.value.as_array() else {
            self.report(at.pointer.clone(), "must be an array");
            return false;
        };
        let count = items.len();
        self.expect(
            at,
            count <= most,
            format!("no more than {most} items allowed"),
        );
        self.expect(
            at,
            count >= least,
            format!("no less than {least} items allowed"),
        );
        (least..=most).contains(&count)
    }

    /// <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>
    fn text(&mut self, at: &Node<'_>, types: &[&str], most: usize) {
        let Some(object) = at.value.as_object() else {
            return self.report(at.pointer.clone(), "must be an object");
        };
        let kind = object.get("type").and_then(Value::as_str);
        let own = match kind {
            None => return self.report(at.pointer.clone(), "missing required field: type"),
            Some(kind) if !types.contains(&kind) => {
                let pointer = format!("{}/type", at.pointer);
                return self.report(pointer, format!("must be one of: {}", types.join(", ")));
            }
            Some("plain_text") => "emoji",
            Some(_) => "verbatim",
        };
        for name in object.keys() {
            if !["type", "text", own].contains(&name.as_str()) {
                let message = format!("invalid additional property: {name}");
                self.report(at.pointer.clone(), message);
            }
        }
        match at.below("text") {
            Some(text) => self.string(&text, 1, most),
            None => self.report(at.pointer.clone(), "missing required field: text"),
        }
        if let Some(flag) = at.below(own) {
            self.rule(&flag, &Rule::Bool);
        }
    }

    pub(super) fn typed(&mut self, at: &Node<'_>, kinds: &[&Kind]) {
        if !at.value.is_object() {
            return self.report(at.pointer.clone(), "must be an object");
        }
        let Some(name) = at.value.get("type").and_then(Value::as_str) else {
            return self.report(at.pointer.clone(), "missing required field: type");
        };
        match kinds.iter().find(|kind| kind.name == name) {
            Some(kind) => self.kind(at, kind),
            None => self.report(
                format!("{}/type", at.pointer),
                format!("unsupported type: {name}"),
            ),
        }
    }

    pub(super) fn kind(&mut self, at: &Node<'_>, kind: &Kind) {
        let Some(object) = at.value.as_object() else {
            return self.report(at.pointer.clone(), "must be an object");
        };
        for name in object.keys() {
            let is_known = kind.fields.iter().any(|field| field.name == name)
                || (name == "type" && !kind.name.is_empty());
            if !is_known {
                let message = format!("invalid additional property: {name}");
                self.report(at.pointer.clone(), message);
            }
        }
        for field in kind.fields {
            match at.below(field.name) {
                Some(below) => self.rule(&below, &field.rule),
                None if field.required => {
                    let message = format!("missing required field: {}", field.name);
                    self.report(at.pointer.clone(), message);
                }
                None => {}
            }
        }
        if let Some(message) = (kind.also)(at.value) {
            self.report(at.pointer.clone(), message);
        }
    }
}

fn is_web_address(text: &str) -> bool {
    let address = url::Url::parse(text);
    address.is_ok_and(|address| ["http", "https", "mailto", "slack"].contains(&address.scheme()))
}
