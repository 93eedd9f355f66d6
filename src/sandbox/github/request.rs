//! A request as the model reads it.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method};
use serde_json::Value;
use url::form_urlencoded;

use super::answer::Refusal;

/// One request, read to its end.
pub(super) struct Call {
    pub(super) method: Method,
    /// The path below the API's base, decoded and cut at the slashes.
    pub(super) segments: Vec<String>,
    /// The path that links to other pages begin with: GitHub names repositories by number there.
    pub(super) link_path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(
        method: Method,
        path: &str,
        query: Option<&str>,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        let segments = path.trim_matches('/').split('/');
        Self {
            method,
            segments: segments.map(decoded).collect(),
            link_path: path.to_owned(),
            query: form_urlencoded::parse(query.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            headers,
            body,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.parameter(name)?.parse().ok()
    }

    /// A parameter that takes one of a few words. GitHub ignores a word it does not know.
    pub(super) fn word<'a>(&self, name: &str, of: &[&'a str]) -> &'a str {
        let asked = self.parameter(name);
        of.iter()
            .copied()
            .find(|word| Some(*word) == asked)
            .unwrap_or(of[0])
    }

    /// `since`, in ISO 8601.
    pub(super) fn since(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        self.moment("since")
    }

    /// A moment in ISO 8601.
    /// <https://docs.github.com/en/rest/using-the-rest-api/timezones-and-the-rest-api>
    pub(super) fn moment(&self, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let Some(text) = self.parameter(name) else {
            return Ok(None);
        };
        match DateTime::parse_from_rfc3339(text) {
            Ok(moment) => Ok(Some(moment.to_utc())),
            Err(_) => Err(Refusal::unprocessable(format!(
                "Invalid request.\n\nInvalid `{name}` parameter: {text}"
            ))),
        }
    }

    /// The same request for another page.
    pub(super) fn at_page(&self, base: &str, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(key, _)| key != "page"));
        query.append_pair("page", &page.to_string());
        format!("{base}{}?{}", self.link_path, query.finish())
    }

    /// Another address with this request's query.
    pub(super) fn with_query(&self, address: String) -> String {
        if self.query.is_empty() {
            return address;
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        format!("{address}?{}", query.finish())
    }

    pub(super) fn wants(&self, media_type: &str) -> bool {
        let accept = self.header("accept").unwrap_or_default();
        accept
            .split([',', ';'])
            .any(|wanted| wanted.trim() == media_type)
    }

    /// Whether the raw media type is asked for.
    /// <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#media-types>
    pub(super) fn wants_raw(&self) -> bool {
        [
            "application/vnd.github.raw+json",
            "application/vnd.github.raw",
            "application/vnd.github.v3.raw",
        ]
        .iter()
        .any(|raw| self.wants(raw))
    }

    /// The body as a JSON object; an absent one is an empty object.
    /// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#invalid-json>
    pub(super) fn json(&self) -> Result<Value, Refusal> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        match serde_json::from_slice(&self.body) {
            Ok(value @ Value::Object(_)) => Ok(value),
            Ok(_) => Err(Refusal::bad_request("Body should be a JSON object")),
            Err(_) => Err(Refusal::bad_request("Problems parsing JSON")),
        }
    }
}

fn decoded(segment: &str) -> String {
    // In a path, unlike in a form, a plus sign and an ampersand mean themselves.
    let pair = format!("k={}", segment.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
