//! A small HTTP client, so that the model is not judged by the client it is made for.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    headers: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Http {
    pub(crate) fn new(base: &str, token: Option<&str>) -> Self {
        let http = Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            base: base.to_owned(),
            headers: Vec::new(),
        };
        let http = http.with("user-agent", "test");
        match token {
            Some(token) => http.with("authorization", &format!("Bearer {token}")),
            None => http,
        }
    }

    /// The same with a header more, or another value for it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a header less.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let sent = self.try_send(method, path, body).await;
        sent.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// `path` may be a whole address too. `Err` when the connection broke.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, String> {
        let address = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.transmit(method, address, body).await
    }

    /// A `POST` whose body may be anything.
    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Reply {
        let address = format!("{}{path}", self.base);
        let sent = self.transmit(Method::POST, address, body.to_owned()).await;
        sent.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Reads a body until it ends or has so many bytes; how many were read.
    pub(crate) async fn read_at_most(&self, path: &str, most: usize) -> usize {
        let address = format!("{}{path}", self.base);
        let request = Request::get(address).header("user-agent", "test");
        let request = request.body(Full::default()).expect("a request");
        let mut body = self
            .client
            .request(request)
            .await
            .expect("an answer")
            .into_body();
        let mut read = 0;
        while read < most {
            let Some(frame) = body.frame().await else {
                break;
            };
            read += frame.expect("a frame").data_ref().map_or(0, Bytes::len);
        }
        read
    }

    async fn transmit(
        &self,
        method: Method,
        address: String,
        body: String,
    ) -> Result<Reply, String> {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::from(body)).expect("a request");
        let response = self.client.request(request).await;
        let response = response.map_err(|error| error.to_string())?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// The status and the message that comes with it.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (
            self.status,
            self.json()["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    }

    /// One member of each object of a list.
    pub(crate) fn each(&self, member: &str) -> Vec<Value> {
        let list = self.json();
        let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
        list.iter().map(|item| item[member].clone()).collect()
    }
}

/// The address a Link header gives for a relation.
pub(crate) fn link(reply: &Reply, relation: &str) -> Option<String> {
    let wanted = format!("rel=\"{relation}\"");
    let mut links = reply.header("link").split(", ");
    let found = links.find(|link| link.ends_with(&wanted))?;
    let (address, _) = found.split_once('>')?;
    Some(address.trim_start_matches('<').to_owned())
}
