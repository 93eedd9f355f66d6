//! Health, readiness and metrics, over HTTP.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::web::admin::{LIMITS, Readiness, router};

use super::Served;

/// What is missing, as the test says.
#[derive(Default)]
struct Said(Mutex<Vec<&'static str>>);

#[async_trait]
impl Readiness for Said {
    async fn missing(&self) -> Vec<String> {
        let missing = self.0.lock().expect("no panic");
        missing.iter().map(ToString::to_string).collect()
    }
}

/// A store that does not answer, say.
struct Stuck;

#[async_trait]
impl Readiness for Stuck {
    async fn missing(&self) -> Vec<String> {
        std::future::pending().await
    }
}

async fn start(readiness: Arc<dyn Readiness>) -> Served {
    let metrics = || "kep_liaison_up 1\n".to_owned();
    Served::start(router(readiness, metrics), LIMITS).await
}

async fn ask(served: &Served, method: Method, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", served.address))
        .body(Empty::<Bytes>::new())
        .expect("a request");
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.expect("an answer");
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8(body.to_vec()).expect("text");
    (head.status, head.headers, body)
}

async fn get(served: &Served, path: &str) -> (u16, String) {
    let (status, _, body) = ask(served, Method::GET, path).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn readiness_names_what_is_missing_and_health_does_not_care() {
    let said = Arc::new(Said::default());
    let served = start(said.clone()).await;
    assert_eq!(get(&served, "/readyz").await, (200, "ready\n".to_owned()));
    *said.0.lock().expect("no panic") = vec!["no board is loaded yet", "kubernetes: no connection"];
    let lines = "no board is loaded yet\nkubernetes: no connection\n";
    assert_eq!(get(&served, "/readyz").await, (503, lines.to_owned()));
    assert_eq!(get(&served, "/healthz").await, (200, "ok\n".to_owned()));
    said.0.lock().expect("no panic").clear();
    assert_eq!(get(&served, "/readyz").await.0, 200);
    served.stop().await;
}

#[tokio::test]
async fn readiness_that_cannot_be_found_out_is_none() {
    let served = start(Arc::new(Stuck)).await;
    let (status, said) = get(&served, "/readyz").await;
    assert_eq!(
        (status, &*said),
        (503, "looking took longer than 2 seconds\n")
    );
    served.stop().await;
}

#[tokio::test]
async fn metrics_are_text_for_prometheus() {
    let served = start(Arc::new(Said::default())).await;
    let (status, headers, body) = ask(&served, Method::GET, "/metrics").await;
    assert_eq!((status, &*body), (StatusCode::OK, "kep_liaison_up 1\n"));
    let media_type = &headers["content-type"];
    assert_eq!(media_type, "text/plain; version=0.0.4; charset=utf-8");
    served.stop().await;
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let served = start(Arc::new(Said::default())).await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        let (status, headers, body) = ask(&served, Method::HEAD, path).await;
        assert_eq!((status, &*body), (StatusCode::OK, ""), "{path}");
        assert_ne!(headers["content-length"], "0", "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let (status, headers, _) = ask(&served, method.clone(), path).await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(headers["allow"], "GET,HEAD");
        }
    }
    for path in ["/", "/healthz/", "/slack/commands", "/metrics/../x"] {
        assert_eq!(get(&served, path).await.0, 404, "{path}");
    }
    served.stop().await;
}
