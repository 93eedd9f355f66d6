//! Issues and pull requests as GitHub's REST API gives them, read tolerantly: an item that cannot
//! be understood costs itself.
//!
//! Shapes: <https://docs.github.com/en/rest/issues/issues#list-repository-issues>

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Value, value::RawValue};

use crate::{
    domain::{Comment, CommentKind, Issue, IssueState, Login, Milestone, Pull, mention::Mentioned},
    ports::forge::{Review, Verdict},
};

/// A repository.
#[derive(Debug, Deserialize)]
pub(super) struct WireRepository {
    pub(super) private: Option<bool>,
}

/// What a JSON array of issues gave.
#[derive(Debug, Default)]
pub struct Issues {
    /// Those that were understood.
    pub issues: Vec<Issue>,
    /// One sentence for each that was not.
    pub problems: Vec<String>,
}

/// Reads a JSON array of issue objects. `Err` when the text is no JSON array at all.
pub fn read_issues(json: &str) -> Result<Issues, String> {
    let mut read = Issues::default();
    read_items(json, "GitHub issues", |item| match item {
        Ok(item) => read.issues.push(WireIssue::into_domain(item)),
        Err(broken) => read.problems.push(match broken.number {
            Some(number) => format!("issue #{number} cannot be read: {}", broken.why),
            None => format!(
                "item {} of the array cannot be read: {}",
                broken.position, broken.why
            ),
        }),
    })?;
    Ok(read)
}

/// An item that could not be read.
pub(super) struct Broken {
    /// Its place in the array, from 1.
    pub(super) position: usize,
    /// Its number or id, where that can be read.
    pub(super) number: Option<u64>,
    /// When it was last changed, where that can be read.
    pub(super) updated_at: Option<DateTime<Utc>>,
    /// What is wrong with it.
    pub(super) why: String,
}

/// Reads a JSON array item by item, so that a broken one costs itself.
pub(super) fn read_items<T: DeserializeOwned>(
    json: &str,
    what: &str,
    mut take: impl FnMut(Result<T, Broken>),
) -> Result<(), String> {
    let items: Vec<&RawValue> = serde_json::from_str(json)
        .map_err(|error| format!("not a JSON array of {what}: {error}"))?;
    for (at, item) in items.into_iter().enumerate() {
        take(serde_json::from_str(item.get()).map_err(|error| {
            let value: Value = serde_json::from_str(item.get()).unwrap_or_default();
            let number = ["number", "id"]
                .into_iter()
                .find_map(|key| value[key].as_u64());
            Broken {
                position: at + 1,
                number,
                updated_at: value["updated_at"].as_str().and_then(|at| at.parse().ok()),
                why: error.to_string(),
            }
        }));
    }
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct WireIssue {
    #[serde(deserialize_with = "sound")]
    number: u64,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    state_reason: Option<String>,
    #[serde(default)]
    html_url: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    labels: Vec<WireLabel>,
    #[serde(default)]
    user: Option<WireUser>,
    #[serde(default)]
    assignees: Option<Vec<WireUser>>,
    #[serde(default)]
    milestone: Option<WireMilestone>,
    #[serde(default)]
    created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    updated_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pull_request: Option<WirePull>,
}

/// Labels are objects, and plain strings in some answers.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireLabel {
    Name(String),
    Object { name: Option<String> },
}

#[derive(Deserialize)]
pub(super) struct WireUser {
    login: String,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireTeam {
    slug: String,
}

/// Who is asked for a review: a person, or a team of the organisation that the repository belongs to.
pub(super) fn reviewer(
    person: Option<&WireUser>,
    team: Option<&WireTeam>,
    organisation: &str,
) -> Option<Mentioned> {
    match team {
        Some(team) => Some(Mentioned::team(organisation, &team.slug)),
        None => person?.login().map(Mentioned::Person),
    }
}

#[derive(Deserialize)]
pub(super) struct WireMilestone {
    #[serde(default, deserialize_with = "sound")]
    pub(super) number: u64,
    title: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    due_on: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WirePull {
    #[serde(default)]
    merged_at: Option<DateTime<Utc>>,
}

impl WirePull {
    pub(super) fn into_domain(self) -> Pull {
        Pull {
            merged_at: self.merged_at,
        }
    }
}

impl WireUser {
    /// Who it is; an App's account is called as the App is.
    pub(super) fn login(&self) -> Option<Login> {
        Login::parse(self.login.trim_end_matches("[bot]"))
    }
}

impl WireIssue {
    /// The number of its milestone.
    pub(super) fn milestone_number(&self) -> Option<u64> {
        self.milestone.as_ref().map(|milestone| milestone.number)
    }

    pub(super) fn into_domain(self) -> Issue {
        let address = self.html_url.or(self.url).unwrap_or_default();
        let closed = self.state.as_deref() == Some("closed");
        let reason = self.state_reason.as_deref();
        Issue {
            repository: repository_of(&address).into(),
            number: self.number,
            title: self.title.unwrap_or_default().into(),
            body: self.body.unwrap_or_default().into(),
            state: match (closed, reason) {
                (false, _) => IssueState::Open,
                (true, Some("not_planned")) => IssueState::NotPlanned,
                (true, Some("duplicate")) => IssueState::Duplicate,
                (true, _) => IssueState::Completed,
            },
            labels: self
                .labels
                .into_iter()
                .filter_map(|label| match label {
                    WireLabel::Name(name) => Some(name.into()),
                    WireLabel::Object { name } => name.map(Into::into),
                })
                .collect(),
            author: self.user.as_ref().and_then(WireUser::login),
            assignees: self
                .assignees
                .unwrap_or_default()
                .iter()
                .filter_map(|user| Login::parse(&user.login))
                .collect(),
            milestone: self.milestone.map(WireMilestone::into_domain),
            created_at: self.created_at,
            updated_at: self.updated_at,
            pull: self.pull_request.map(WirePull::into_domain),
            url: address.into(),
        }
    }
}

impl WireMilestone {
    pub(super) fn into_domain(self) -> Milestone {
        Milestone {
            open: self.state.as_deref() != Some("closed"),
            due: self.due_on.as_deref().and_then(day),
            title: self.title.into(),
        }
    }
}

/// A comment below an issue, or at a line of a pull request's change.
///
/// Shapes: <https://docs.github.com/en/rest/issues/comments> and
/// <https://docs.github.com/en/rest/pulls/comments>
#[derive(Deserialize)]
pub(super) struct WireComment {
    #[serde(deserialize_with = "sound")]
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: Option<WireUser>,
    #[serde(default)]
    html_url: Option<String>,
    #[serde(default)]
    issue_url: Option<String>,
    #[serde(default)]
    pull_request_url: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl WireComment {
    /// The comment; `issue` where the answer does not say below which it stands.
    pub(super) fn into_domain(self, kind: CommentKind, issue: Option<u64>) -> Option<Comment> {
        let address = self.issue_url.or(self.pull_request_url).unwrap_or_default();
        let by_address = address
            .rsplit('/')
            .next()
            .and_then(|number| number.parse().ok())
            .filter(|number| i64::try_from(*number).is_ok());
        let user = self.user.as_ref();
        Some(Comment {
            repository: repository_of(&address).into(),
            id: self.id,
            kind,
            issue: by_address.or(issue)?,
            author: user.and_then(WireUser::login),
            by_app: user.is_some_and(|user| user.kind.as_deref() == Some("Bot")),
            url: self.html_url.unwrap_or_default().into(),
            body: self.body.unwrap_or_default().into(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// A number by which GitHub knows something. One that no store can hold costs the item that has it.
fn sound<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(from)?;
    i64::try_from(number)
        .map_err(|_| D::Error::custom(format!("{number} is no number on GitHub")))?;
    Ok(number)
}

/// GitHub gives a milestone's date as an instant; only its day means anything.
fn day(due_on: &str) -> Option<NaiveDate> {
    due_on.get(..10)?.parse().ok()
}

/// `owner/name` of `https://host/owner/name/issues/1` and of the API's address of the same.
fn repository_of(address: &str) -> String {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let start = parts
        .iter()
        .position(|part| *part == "repos")
        .map_or(0, |at| at + 1);
    let mut parts = parts.into_iter().skip(start);
    match (parts.next(), parts.next()) {
        (Some(owner), Some(name)) => format!("{owner}/{name}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_item_costs_itself() {
        let json = r#"[{"number": 1, "html_url": "https://github.com/o/n/issues/1", "labels": ["a", {"name": "b"}]},
                       {"number": "x"}, {"number": 3, "labels": 7}, 4,
                       {"number": 18446744073709551615}]"#;
        let read = read_issues(json).unwrap();
        assert_eq!(read.issues.len(), 1);
        assert_eq!(&*read.issues[0].repository, "o/n");
        assert_eq!(read.issues[0].labels.len(), 2);
        assert_eq!(read.problems.len(), 4);
        assert!(read.problems[3].contains("is no number on GitHub"));
        assert!(read.problems[1].starts_with("issue #3 cannot be read"));
        assert!(read_issues("{}").is_err());
    }

    #[test]
    fn repositories_from_addresses() {
        assert_eq!(repository_of("https://github.com/o/n/issues/1"), "o/n");
        assert_eq!(
            repository_of("https://api.github.com/repos/o/n/issues/1"),
            "o/n"
        );
        assert_eq!(
            repository_of("https://ghe.example/api/v3/repos/o/n/issues/1"),
            "o/n"
        );
        assert_eq!(repository_of("nonsense"), "");
    }
}

/// A review of a pull request. <https://docs.github.com/en/rest/pulls/reviews>
#[derive(Deserialize)]
pub(super) struct WireReview {
    #[serde(deserialize_with = "sound")]
    id: u64,
    #[serde(default)]
    user: Option<WireUser>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    body: Option<Box<str>>,
    #[serde(default)]
    html_url: Option<Box<str>>,
    /// None while its author has not sent it.
    #[serde(default)]
    submitted_at: Option<DateTime<Utc>>,
}

impl WireReview {
    pub(super) fn into_domain(self, repository: &str, pull: u64) -> Review {
        let state = self.state.unwrap_or_default();
        let user = self.user.as_ref();
        Review {
            repository: repository.into(),
            id: self.id,
            pull,
            author: user.and_then(WireUser::login),
            by_app: user.is_some_and(|user| user.kind.as_deref() == Some("Bot")),
            verdict: match state.to_ascii_lowercase().as_str() {
                "approved" => Verdict::Approved,
                "changes_requested" => Verdict::ChangesRequested,
                "dismissed" => Verdict::Dismissed,
                _ => Verdict::Commented,
            },
            body: self.body.unwrap_or_default(),
            url: self.html_url.unwrap_or_default(),
            submitted_at: self.submitted_at,
        }
    }
}
