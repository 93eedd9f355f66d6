//! A request and its answer, as far as HTTP goes, and the count of them.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use crate::ports::forge::Validator;

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// The path without its variable parts, for metrics and logs.
    pub(super) endpoint: &'static str,
    /// Below the API's address.
    pub(super) path: String,
    pub(super) accept: &'static str,
    pub(super) known: Option<Validator>,
    pub(super) body: Option<Value>,
    /// Whether it counts as content that is created, of which GitHub takes only so much.
    pub(super) creates: bool,
}

pub(super) const JSON: &str = "application/vnd.github+json";
pub(super) const RAW: &str = "application/vnd.github.raw+json";

impl Ask {
    pub(super) fn get(endpoint: &'static str, path: String) -> Self {
        Self {
            method: Method::GET,
            endpoint,
            path,
            accept: JSON,
            known: None,
            body: None,
            creates: false,
        }
    }

    pub(super) fn write(
        method: Method,
        endpoint: &'static str,
        path: String,
        body: Option<Value>,
    ) -> Self {
        Self {
            method,
            body,
            creates: true,
            ..Self::get(endpoint, path)
        }
    }

    /// A question of the sign-in, which creates nothing. Without this media type the answer is a form.
    pub(super) fn sign_in(endpoint: &'static str, path: String, body: Value) -> Self {
        Self {
            accept: "application/json",
            creates: false,
            ..Self::write(Method::POST, endpoint, path, Some(body))
        }
    }

    pub(super) fn known(self, known: Option<&Validator>) -> Self {
        Self {
            known: known.cloned(),
            ..self
        }
    }

    pub(super) fn writes(&self) -> bool {
        self.method != Method::GET
    }
}

/// What came back, understood as far as HTTP goes.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// To whom the answer was given.
    pub(super) identity: Box<str>,
}

impl Answer {
    /// The mark to ask with next time.
    pub(super) fn validator(&self) -> Option<Validator> {
        let tag = self.headers.get(header::ETAG)?.to_str().ok()?;
        Some(Validator {
            tag: tag.into(),
            identity: self.identity.clone(),
        })
    }

    pub(super) fn is_same(&self) -> bool {
        self.status == StatusCode::NOT_MODIFIED
    }

    /// Whether the list goes on:
    /// <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>
    pub(super) fn has_next(&self) -> bool {
        self.headers
            .get_all(header::LINK)
            .iter()
            .filter_map(|link| link.to_str().ok())
            .any(|link| link.contains("rel=\"next\""))
    }
}

/// What was asked so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent.
    pub requests: u64,
    /// Answers that said "the same as before".
    pub not_modified: u64,
    /// Bytes of answers' bodies.
    pub bytes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) requests: AtomicU64,
    pub(super) not_modified: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            not_modified: self.not_modified.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    pub(super) fn add_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
