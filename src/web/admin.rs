//! `GET /healthz`, `/readyz` and `/metrics`, on a listener of their own: for those who look after
//! the program, and not for the public.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::time::timeout;

use super::serve::Limits;

/// Probes give up after some seconds, and learn more from an answer than from silence.
const LONGEST: Duration = Duration::from_secs(2);

/// Prometheus' text format: <https://prometheus.io/docs/instrumenting/exposition_formats/>
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the connections of this listener may take: probes and a collector need no more.
pub const LIMITS: Limits = Limits {
    listener: "admin",
    connections: 16,
    undisturbed: Duration::from_millis(500),
    head_within: Duration::from_secs(5),
    read_within: Duration::from_secs(5),
    finish_within: Duration::from_secs(1),
};

/// What is needed before questions can be answered, and how it is with what waits.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// What is missing, a line each, such as `no board is loaded yet`; empty when all is there.
    async fn missing(&self) -> Vec<String>;

    /// Measures what is measured only when somebody asks.
    async fn measure(&self) {}
}

struct Admin<M> {
    readiness: Arc<dyn Readiness>,
    metrics: M,
}

/// The routes. `metrics` gives the metrics in Prometheus' text format.
pub fn router(
    readiness: Arc<dyn Readiness>,
    metrics: impl Fn() -> String + Send + Sync + 'static,
) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
        .with_state(Arc::new(Admin { readiness, metrics }))
}

async fn ready<M>(State(admin): State<Arc<Admin<M>>>) -> Response {
    let missing = timeout(LONGEST, admin.readiness.missing()).await;
    let missing = missing.unwrap_or_else(|_| {
        let seconds = LONGEST.as_secs();
        vec![format!("looking took longer than {seconds} seconds")]
    });
    if missing.is_empty() {
        return "ready\n".into_response();
    }
    let lines = missing.join("\n") + "\n";
    (StatusCode::SERVICE_UNAVAILABLE, lines).into_response()
}

async fn measured<M: Fn() -> String>(State(admin): State<Arc<Admin<M>>>) -> Response {
    // What takes too long to measure is told as it was before.
    let _ = timeout(LONGEST, admin.readiness.measure()).await;
    ([(header::CONTENT_TYPE, METRICS)], (admin.metrics)()).into_response()
}
