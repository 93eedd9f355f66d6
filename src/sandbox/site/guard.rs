//! Who may ask: only pages of this very address. Without that, any page that is open in the browser
//! could read and act here, by a name that leads to this machine or by a request of its own.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Refused;

/// Nothing from elsewhere, nothing written into the page, no frame around it.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// Lets a request through, or refuses it; what is answered belongs to this page alone.
pub(super) async fn check(port: u16, request: Request, next: Next) -> Response {
    let mut response = match refusal(port, request.method(), request.headers()) {
        Some(refused) => refused.into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn refusal(port: u16, method: &Method, headers: &HeaderMap) -> Option<Refused> {
    let refuse = |why: String| Some(Refused(StatusCode::FORBIDDEN, why));
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let names = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
    let Some(host) = text(header::HOST).filter(|host| names.iter().any(|name| name == host)) else {
        return refuse(format!("Ask at http://{}, by no other name.", names[0]));
    };
    if [Method::GET, Method::HEAD].contains(method) {
        return None;
    }
    // A browser says where a request comes from, whenever it may change something.
    if text(header::ORIGIN) != Some(&format!("http://{host}")) {
        return refuse("Only the page of this address may do that.".to_owned());
    }
    let is_json = |kind: &str| kind.split(';').next() == Some("application/json");
    if !text(header::CONTENT_TYPE).is_some_and(is_json) {
        return Some(Refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "What is sent must be application/json.".to_owned(),
        ));
    }
    None
}
