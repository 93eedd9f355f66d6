//! What the model answers: bodies, refusals in GitHub's words, and the links of a paged list.

use bytes::Bytes;
use http::{HeaderName, Response, StatusCode, header};
use serde_json::{Value, json};

use super::request::Call;

/// An answer before limits, caching and faults had their say.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Bytes,
}

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    errors: Option<Value>,
    /// The path of the documentation page the body points to.
    page: &'static str,
    location: Option<String>,
}

pub(super) type Outcome = Result<Answer, Refusal>;

impl Answer {
    pub(super) fn json(status: StatusCode, body: &Value) -> Self {
        Self::bytes(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(super) fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(super) fn created(body: &Value) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    pub(super) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(super) fn bytes(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, content_type.to_owned())],
            body: body.into(),
        }
    }

    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response
            .body(self.body)
            .expect("the model's headers are valid")
    }
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>, page: &'static str) -> Self {
        Self {
            status,
            message: message.into(),
            errors: None,
            page,
            location: None,
        }
    }

    pub(super) fn of(status: StatusCode, message: &str) -> Self {
        Self::new(status, message, "rest")
    }

    /// Nothing there, or nothing this caller may know of.
    /// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource>
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", "rest")
    }

    pub(super) fn not_found_because(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message, "rest")
    }

    /// <https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api>
    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message, "rest")
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message, "rest")
    }

    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>
    pub(super) fn limited(message: impl Into<String>) -> Self {
        let page = "rest/using-the-rest-api/rate-limits-for-the-rest-api";
        Self::new(StatusCode::FORBIDDEN, message, page)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message, "rest")
    }

    pub(super) fn conflict(message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, message, "rest")
    }

    /// <https://docs.github.com/en/rest/issues/issues#get-an-issue>
    pub(super) fn gone(message: &str) -> Self {
        Self::new(StatusCode::GONE, message, "rest/issues/issues#get-an-issue")
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message, "rest")
    }

    /// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed>
    pub(super) fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let error = json!({"resource": resource, "field": field, "code": code});
        Self::unprocessable("Validation Failed").saying(&error)
    }

    pub(super) fn saying(mut self, error: &Value) -> Self {
        self.errors = Some(json!([error]));
        self
    }

    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects>
    pub(super) fn moved(status: StatusCode, to: String) -> Self {
        let message = match status {
            StatusCode::TEMPORARY_REDIRECT => "Temporary Redirect",
            _ => "Moved Permanently",
        };
        Self {
            location: Some(to),
            ..Self::new(
                status,
                message,
                "rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
            )
        }
    }

    pub(super) fn into_answer(self) -> Answer {
        let mut body = json!({
            "message": self.message,
            "documentation_url": format!("https://docs.github.com/{}", self.page),
            "status": self.status.as_u16().to_string(),
        });
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        if let Some(location) = &self.location {
            body["url"] = location.as_str().into();
        }
        let answer = Answer::json(self.status, &body);
        match self.location {
            Some(location) => answer.with(header::LOCATION, location),
            None => answer,
        }
    }
}

/// One page of a list, its neighbours named in the Link header and nowhere else.
/// <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>
pub(super) fn page<T>(
    call: &Call,
    base: &str,
    items: &[T],
    mut show: impl FnMut(&T) -> Value,
) -> Answer {
    let per_page = call.number("per_page").unwrap_or(30).clamp(1, 100);
    let page = call.number("page").unwrap_or(1).max(1);
    let last = items.len().div_ceil(per_page).max(1);
    let from = (page - 1).saturating_mul(per_page).min(items.len());
    let until = from.saturating_add(per_page).min(items.len());
    let body: Value = items[from..until].iter().map(&mut show).collect();
    let answer = Answer::json(StatusCode::OK, &body);

    let mut links = Vec::new();
    if page > 1 {
        links.push(("prev", (page - 1).min(last)));
    }
    if page < last {
        links.extend([("next", page + 1), ("last", last)]);
    }
    if page > 1 {
        links.push(("first", 1));
    }
    if links.is_empty() {
        return answer;
    }
    let links: Vec<_> = links
        .into_iter()
        .map(|(relation, page)| format!("<{}>; rel=\"{relation}\"", call.at_page(base, page)))
        .collect();
    answer.with(header::LINK, links.join(", "))
}
