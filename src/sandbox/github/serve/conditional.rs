//! Conditional requests: whoever has this version already is told so, and no more.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>

use bytes::Bytes;
use http::{Method, StatusCode, header};
use ring::digest::{Context, SHA256};

use crate::sandbox::github::{answer::Answer, git::hex, request::Call, state::State};

impl State {
    /// The answer with its tag, or no body when the request names that tag.
    ///
    /// The tag is bound to whom the answer is for: GitHub answers with `Vary: Accept,
    /// Authorization`, so that another token, the next hour's included, has another tag for the same
    /// body.
    pub(super) fn conditionally(&self, call: &Call, answer: Answer) -> Answer {
        if call.method != Method::GET || !self.with_etags || answer.status != StatusCode::OK {
            return answer;
        }
        let mut context = Context::new(&SHA256);
        for header in ["authorization", "accept"] {
            context.update(call.header(header).unwrap_or_default().as_bytes());
            context.update(b"\n");
        }
        context.update(&answer.body);
        let tag = format!("W/\"{}\"", hex(context.finish().as_ref()));
        let known = call.header("if-none-match").unwrap_or_default();
        let is_known = known.split(',').any(|known| is_same(known.trim(), &tag));
        let mut answer = answer
            .with(header::ETAG, tag)
            .with(header::CACHE_CONTROL, "private, max-age=60, s-maxage=60")
            .with(header::VARY, "Accept, Authorization, Cookie, X-GitHub-OTP");
        if is_known {
            answer.status = StatusCode::NOT_MODIFIED;
            answer.body = Bytes::new();
            answer
                .headers
                .retain(|(name, _)| *name != header::CONTENT_TYPE);
        }
        answer
    }
}

/// Weak comparison: <https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2>
fn is_same(one: &str, other: &str) -> bool {
    one == "*" || one.trim_start_matches("W/") == other.trim_start_matches("W/")
}
