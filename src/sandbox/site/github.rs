//! The GitHub side of the page: the issues of the runtime's repository, what is said on one, and what
//! people do there. What nobody there could do is refused in words before anything happens.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Refused;
use crate::sandbox::{
    github::{Repository, Right},
    town::Town,
};

/// "Body is too long (maximum is 65536 characters)".
const LONGEST: usize = 65_536;
/// What labels of Kubernetes releases begin with, which say for which one an issue is.
const RELEASE_LABEL: &str = "target/kubernetes/";

/// The repository's issues, and one of them whole.
#[derive(Serialize)]
pub(super) struct Sight {
    repository: String,
    /// Who the bot is there.
    bot: &'static str,
    people: Vec<Somebody>,
    /// Those that are open first, the latest of them first.
    issues: Vec<Listed>,
    release_labels: Vec<String>,
    issue: Option<Whole>,
}

#[derive(Serialize)]
struct Somebody {
    login: String,
    about: &'static str,
    /// Whether they may label, close and reopen what others opened.
    may_triage: bool,
}

/// What the page shows of an issue, of all that the API does.
#[derive(Deserialize, Serialize)]
struct Listed {
    number: u64,
    title: String,
    state: String,
    labels: Vec<Label>,
    milestone: Option<Milestone>,
    user: Account,
    comments: u64,
    created_at: String,
}

#[derive(Deserialize, Serialize)]
struct Label {
    name: String,
}

#[derive(Deserialize, Serialize)]
struct Milestone {
    title: String,
}

#[derive(Deserialize, Serialize)]
struct Account {
    login: String,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    listed: Listed,
    body: String,
    said: Vec<Comment>,
}

#[derive(Deserialize, Serialize)]
struct Comment {
    id: u64,
    user: Account,
    body: String,
    created_at: String,
    updated_at: String,
}

pub(super) fn of(town: &Town, issue: Option<u64>) -> Sight {
    let runtime = town.runtime();
    let people = town.logins().map(|(login, about)| Somebody {
        may_triage: may_triage(&runtime, &login),
        login,
        about,
    });
    let numbers = runtime.numbers().into_iter().rev();
    let mut issues: Vec<Listed> = numbers
        .filter_map(|number| listed(&shown(&runtime, number)?))
        .collect();
    issues.sort_by_key(|issue| issue.state != "open");
    let mut release_labels = runtime.labels();
    release_labels.retain(|label| label.starts_with(RELEASE_LABEL));
    release_labels.sort();
    Sight {
        repository: runtime.full_name(),
        bot: town.bot_login(),
        people: people.collect(),
        issues,
        release_labels,
        issue: issue.and_then(|number| whole(&runtime, number)),
    }
}

/// An issue as the API shows it; `None` for a pull request and for what is not there.
fn shown(runtime: &Repository, number: u64) -> Option<Value> {
    let shown = runtime.issue(number);
    (shown.is_object() && shown.get("pull_request").is_none()).then_some(shown)
}

fn listed(shown: &Value) -> Option<Listed> {
    Listed::deserialize(shown).ok()
}

fn whole(runtime: &Repository, number: u64) -> Option<Whole> {
    let shown = shown(runtime, number)?;
    Some(Whole {
        listed: listed(&shown)?,
        body: shown["body"].as_str().unwrap_or_default().to_owned(),
        said: said(runtime, number),
    })
}

fn said(runtime: &Repository, number: u64) -> Vec<Comment> {
    let comments = runtime.comments(number);
    let comments = comments.iter();
    comments
        .filter_map(|comment| Comment::deserialize(comment).ok())
        .collect()
}

fn may_triage(runtime: &Repository, login: &str) -> bool {
    runtime.right_of(login) >= Right::Triage
}

/// Something that one can do on an issue.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    /// Comments.
    Comment { issue: u64, text: String },
    /// Changes a comment of theirs.
    EditComment {
        issue: u64,
        comment: u64,
        text: String,
    },
    /// Deletes a comment of theirs.
    DeleteComment { issue: u64, comment: u64 },
    /// Closes it as completed.
    Close { issue: u64 },
    /// Opens it again.
    Reopen { issue: u64 },
    /// Puts the label of a Kubernetes release on it.
    Label { issue: u64, label: String },
    /// Takes one off.
    Unlabel { issue: u64, label: String },
    /// Enters the code of a sign-in, and authorizes it or cancels.
    EnterCode { code: String, is_authorized: bool },
}

impl Act {
    fn issue(&self) -> Option<u64> {
        match self {
            Self::EnterCode { .. } => None,
            Self::Comment { issue, .. }
            | Self::EditComment { issue, .. }
            | Self::DeleteComment { issue, .. }
            | Self::Close { issue }
            | Self::Reopen { issue }
            | Self::Label { issue, .. }
            | Self::Unlabel { issue, .. } => Some(*issue),
        }
    }
}

/// Does it as somebody. The bot is told by a webhook.
pub(super) fn perform(town: &Town, login: &str, act: Act) -> Result<(), Refused> {
    if !town.logins().any(|(known, _)| known == login) {
        return Err(Refused::because("Nobody here has this login on GitHub."));
    }
    let runtime = town.runtime().acting_as(login);
    if let Act::EnterCode {
        code,
        is_authorized,
    } = &act
    {
        let entered = town.github.enter_code(login, code, *is_authorized);
        return entered.map_err(Refused::because);
    }
    let issue = act.issue().unwrap_or_default();
    let found = shown(&runtime, issue);
    let found = found.ok_or_else(|| Refused::because("There is no issue of this number."))?;
    match act {
        Act::EnterCode { .. } => {}
        Act::Comment { text, .. } => {
            runtime.comment(login, issue, text_of(&text)?);
        }
        Act::EditComment { comment, text, .. } => {
            own(&runtime, login, issue, comment)?;
            runtime.edit_comment(comment, text_of(&text)?);
        }
        Act::DeleteComment { comment, .. } => {
            own(&runtime, login, issue, comment)?;
            runtime.delete_comment(comment);
        }
        Act::Close { .. } => {
            triages(&runtime, login, Some(&found))?;
            runtime.close(issue, "completed");
        }
        Act::Reopen { .. } => {
            triages(&runtime, login, Some(&found))?;
            runtime.reopen(issue);
        }
        Act::Label { label, .. } => {
            triages(&runtime, login, None)?;
            if !runtime.labels().contains(&label) || !label.starts_with(RELEASE_LABEL) {
                let why = "There is no label of a Kubernetes release that is called so.";
                return Err(Refused::because(why));
            }
            runtime.label(issue, &label);
        }
        Act::Unlabel { label, .. } => {
            triages(&runtime, login, None)?;
            let mut labels = found["labels"].as_array().into_iter().flatten();
            let is_on = labels.any(|on| on["name"] == *label);
            if !is_on || !label.starts_with(RELEASE_LABEL) {
                let why = "No label of a Kubernetes release that is called so is on this issue.";
                return Err(Refused::because(why));
            }
            runtime.unlabel(issue, &label);
        }
    }
    Ok(())
}

fn text_of(text: &str) -> Result<&str, Refused> {
    if text.trim().is_empty() {
        return Err(Refused::because("There is nothing in this comment."));
    }
    if text.chars().count() > LONGEST {
        return Err(Refused::because(format!(
            "A comment has at most {LONGEST} characters."
        )));
    }
    Ok(text)
}

/// A comment is changed by who wrote it; nobody in the town has the right to change those of others.
fn own(runtime: &Repository, login: &str, issue: u64, comment: u64) -> Result<(), Refused> {
    let mut said = said(runtime, issue).into_iter();
    let comment = said.find(|known| known.id == comment);
    let comment = comment.ok_or_else(|| Refused::because("There is no such comment any more."))?;
    if comment.user.login != login {
        let why = "People edit and delete their own comments, and no others.";
        return Err(Refused::because(why));
    }
    Ok(())
}

/// Labels are for those with the right to triage; closing is for who opened the issue, too.
fn triages(runtime: &Repository, login: &str, opened: Option<&Value>) -> Result<(), Refused> {
    let is_theirs = opened.is_some_and(|issue| issue["user"]["login"] == login);
    if is_theirs || may_triage(runtime, login) {
        return Ok(());
    }
    Err(Refused::because(format!(
        "{login} has no right to triage issues in this repository."
    )))
}
