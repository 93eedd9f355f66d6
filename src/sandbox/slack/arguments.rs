//! The arguments of a call: JSON, a form, or a query, which all mean the same.
//!
//! <https://docs.slack.dev/apis/web-api#posting_forms> <https://docs.slack.dev/apis/web-api#post_bodies>

use http::{HeaderMap, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{answer::Refusal, log::Wrong, ts::Ts};

/// What a method was called with.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments(pub(super) Map<String, Value>);

impl Arguments {
    pub(super) fn read(
        headers: &HeaderMap,
        query: Option<&str>,
        body: &[u8],
    ) -> Result<Self, Refusal> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let mut arguments = form(query.unwrap_or_default().as_bytes());
        if kind.starts_with("application/json") {
            match serde_json::from_slice(body) {
                Ok(Value::Object(own)) => arguments.extend(own),
                Ok(_) => return Err(bad("json_not_object")),
                Err(_) if body.is_empty() => {}
                Err(_) => return Err(bad("invalid_json")),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") || body.is_empty() {
            if std::str::from_utf8(body).is_err() {
                return Err(bad("invalid_form_data"));
            }
            arguments.extend(form(body));
        } else {
            return Err(bad("invalid_post_type"));
        }
        Ok(Self(arguments))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// A string; numbers are taken for one. Empty is absent.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn need(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            Some(Value::Number(number)) => number.as_u64() == Some(1),
            _ => false,
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse().map(Some);
        number.map_err(|_| {
            Refusal::arguments(&[format!("[ERROR] must be an integer [json-pointer:/{name}]")])
        })
    }

    pub(super) fn ts(&self, name: &str, error: &str) -> Result<Option<Ts>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let ts = text.parse().map(Some);
        ts.map_err(|()| Refusal::of(error).wrong(Wrong::BadArgument))
    }

    /// A structure, which a form, and JSON too, may hold as a string of JSON.
    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, ()> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| ()),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// A list of ids: an array, or words between commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let array = match self.0.get(name) {
            Some(Value::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        let words = self.text(name).unwrap_or_default();
        let array = array.iter().filter_map(Value::as_str).map(str::to_owned);
        let words = words.split(',').map(|word| word.trim().to_owned());
        array.chain(words.filter(|word| !word.is_empty())).collect()
    }
}

fn bad(error: &str) -> Refusal {
    Refusal::of(error).wrong(Wrong::BadArgument)
}

fn form(text: &[u8]) -> Map<String, Value> {
    let pairs = form_urlencoded::parse(text).into_owned();
    pairs.map(|(name, value)| (name, value.into())).collect()
}
