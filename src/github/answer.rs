//! What GitHub's answers say, and whether a write did all that was asked.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    exchange::Answer,
    wire::{WireComment, WireIssue, read_items},
};
use crate::{
    domain::{Comment, CommentKind, Issue, Login, Repository},
    ports::{
        ForgeError,
        forge::{Fetched, Page, Since},
    },
};

/// The most that GitHub gives at once.
pub(super) const PER_PAGE: usize = 100;

#[derive(Deserialize)]
struct WireBlob {
    content: String,
    encoding: String,
}

/// A file in the form that is JSON.
pub(super) fn packed_blob(answer: &Answer) -> Result<Vec<u8>, ForgeError> {
    let blob: WireBlob = read(answer)?;
    let packed: String = blob.content.split_whitespace().collect();
    let unpacked = (blob.encoding == "base64").then(|| BASE64_STANDARD.decode(packed));
    let wrong = || ForgeError::Unreadable("a file is packed in an unknown way".to_owned());
    unpacked.and_then(Result::ok).ok_or_else(wrong)
}

/// By last change, oldest first, so that what comes next always stands behind what came.
pub(super) fn ordered(since: Since) -> String {
    let from = since.moment.map(|moment| {
        let moment = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("&since={moment}")
    });
    format!(
        "sort=updated&direction=asc&per_page={PER_PAGE}&page={}{}",
        since.page,
        from.unwrap_or_default()
    )
}

pub(super) fn text_of(answer: &Answer) -> Result<&str, ForgeError> {
    std::str::from_utf8(&answer.body)
        .map_err(|error| ForgeError::Unreadable(format!("not UTF-8: {error}")))
}

pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ForgeError> {
    serde_json::from_slice(&answer.body).map_err(|error| ForgeError::Unreadable(error.to_string()))
}

/// One page of a list; an item that cannot be read costs itself.
pub(super) fn page<W: DeserializeOwned, T>(
    answer: &Answer,
    place: &str,
    take: impl Fn(W) -> Option<(T, Option<DateTime<Utc>>)>,
) -> Result<Fetched<Page<T>>, ForgeError> {
    if answer.is_same() {
        return Ok(Fetched::Same);
    }
    let mut page = Page {
        items: Vec::new(),
        problems: Vec::new(),
        latest: None,
        length: 0,
        has_next: answer.has_next(),
    };
    read_items(text_of(answer)?, "items", |item: Result<W, _>| {
        page.length += 1;
        match item {
            Ok(item) => {
                if let Some((item, updated_at)) = take(item) {
                    page.latest = page.latest.max(updated_at);
                    page.items.push(item);
                }
            }
            Err(broken) => {
                page.latest = page.latest.max(broken.updated_at);
                let place = broken.number.map_or_else(
                    || format!("{place}without a number"),
                    |number| format!("{place}{number}"),
                );
                page.problems.push((place.into(), broken.why));
            }
        }
    })
    .map_err(ForgeError::Unreadable)?;
    Ok(Fetched::New(page, answer.validator()))
}

/// A write was accepted, so an answer that cannot be read leaves its outcome open.
pub(super) fn accepted<T: DeserializeOwned>(answer: &Answer) -> Result<T, ForgeError> {
    read(answer).map_err(|error| ForgeError::Unclear(error.to_string()))
}

pub(super) fn written_comment(
    answer: &Answer,
    repository: &Repository,
    body: &str,
) -> Result<Comment, ForgeError> {
    let comment = accepted::<WireComment>(answer)?.into_domain(CommentKind::Issue, None);
    let comment = comment.ok_or_else(|| {
        ForgeError::Unclear("the answer does not say where the comment stands".to_owned())
    })?;
    let comment = Comment {
        repository: repository.to_string().into(),
        ..comment
    };
    // Line ends come back as they went, give or take a carriage return.
    let same = |text: &str| text.replace('\r', "").trim_end().to_owned();
    if same(&comment.body) == same(body) {
        Ok(comment)
    } else {
        Err(ForgeError::Partly(
            "the comment's text is another".to_owned(),
        ))
    }
}

/// An issue as it is after a write, with its milestone's number.
pub(super) fn written_issue(
    answer: &Answer,
    repository: &Repository,
) -> Result<(Issue, Option<u64>), ForgeError> {
    let item: WireIssue = accepted(answer)?;
    let milestone = item.milestone_number();
    let issue = Issue {
        repository: repository.to_string().into(),
        ..item.into_domain()
    };
    Ok((issue, milestone))
}

pub(super) fn missing_labels(issue: &Issue, wanted: &[String]) -> Vec<String> {
    let has = |wanted: &str| {
        issue
            .labels
            .iter()
            .any(|label| label.eq_ignore_ascii_case(wanted))
    };
    let missing = wanted.iter().filter(|label| !has(label));
    missing.map(|label| format!("the label {label}")).collect()
}

pub(super) fn missing_people(issue: &Issue, wanted: &[Login]) -> Vec<String> {
    let missing = wanted
        .iter()
        .filter(|login| !issue.assignees.contains(login));
    missing
        .map(|login| format!("the assignment of @{login}"))
        .collect()
}

/// What was written, unless the answer shows that something is missing.
pub(super) fn complete<T>(written: T, missing: &[String]) -> Result<T, ForgeError> {
    if missing.is_empty() {
        return Ok(written);
    }
    Err(ForgeError::Partly(format!(
        "{} is missing; the credentials may lack the right",
        missing.join(", ")
    )))
}
