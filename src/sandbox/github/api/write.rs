//! Writing issues: who may, what is checked, and what is dropped in silence.

mod comments;
mod labels;

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Call, Caller, Outcome, Refusal, State, Token, not_for_apps};
use crate::sandbox::github::{acts::By, people::Right};

/// The most characters of a title, and of a text.
const TITLE: usize = 256;
const TEXT: usize = 65_536;

/// Somebody who may at least comment.
struct Writer {
    by: By,
    right: Right,
}

impl Writer {
    /// What the documentation calls push access, for labels, assignees and milestones: the triage
    /// role has it too.
    /// <https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization#permissions-for-each-role>
    fn may_triage(&self) -> bool {
        self.right >= Right::Triage
    }

    fn may_change(&self, author: u64) -> bool {
        self.right >= Right::Write || self.by.user == author
    }
}

impl State {
    pub(super) fn write(&mut self, call: &Call, token: &Token, id: u64, rest: &[&str]) -> Outcome {
        let writer = self.writer(token, id)?;
        match (&call.method, rest) {
            (&Method::POST, ["issues"]) => self.create_issue(call, &writer, id),
            (&Method::PATCH, ["issues", "comments", number]) => {
                self.update_comment(call, &writer, id, number)
            }
            (&Method::DELETE, ["issues", "comments", number]) => {
                self.remove_comment(&writer, id, number)
            }
            (_, ["issues", number, rest @ ..]) => {
                let below = rest.iter().flat_map(|part| ["/", part]).collect::<String>();
                let number = self.issue(token, id, number, &below)?.number;
                self.write_issue(call, &writer, id, number, rest)
            }
            _ => Err(Refusal::not_found()),
        }
    }

    fn write_issue(
        &mut self,
        call: &Call,
        writer: &Writer,
        id: u64,
        number: u64,
        rest: &[&str],
    ) -> Outcome {
        match (&call.method, rest) {
            (&Method::PATCH, []) => self.update_issue(call, writer, id, number),
            (&Method::POST, ["comments"]) => self.create_comment(call, writer, id, number),
            (&Method::POST, ["labels"]) => self.put_labels(call, writer, id, number, false),
            (&Method::PUT, ["labels"]) => self.put_labels(call, writer, id, number, true),
            // A label's name may hold slashes, and clients leave them as they are.
            (&Method::DELETE, ["labels", name @ ..]) => {
                self.take_label(writer, id, number, &name.join("/"))
            }
            (&Method::POST | &Method::DELETE, ["assignees"]) => {
                self.change_assignees(call, writer, id, number)
            }
            _ => Err(Refusal::not_found()),
        }
    }

    /// Who writes. An installation needs the permission to write issues:
    /// <https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps>.
    /// "Once a repository is archived, you cannot […] change code, issues, labels, milestones":
    /// <https://docs.github.com/en/repositories/archiving-a-github-repository/archiving-repositories>
    fn writer(&self, token: &Token, id: u64) -> Result<Writer, Refusal> {
        let right = self.right(token, id).ok_or_else(Refusal::not_found)?;
        let by = match token.caller {
            Caller::Anonymous => return Err(Refusal::unauthorized("Requires authentication")),
            Caller::App(_) => return Err(not_for_apps()),
            Caller::User(user) => By::user(user),
            Caller::Installation(_) if right < Right::Triage => return Err(not_for_apps()),
            Caller::Installation(installation) => {
                let app = self.installations[&installation].app;
                By {
                    user: self.apps[&app].bot,
                    app: Some(app),
                }
            }
        };
        if self.at(id).is_archived {
            return Err(Refusal::forbidden(
                "Repository was archived so is read-only.",
            ));
        }
        Ok(Writer { by, right })
    }

    /// "Only users with push access can set labels for new issues. Labels are silently dropped
    /// otherwise", and so are assignees and the milestone.
    /// <https://docs.github.com/en/rest/issues/issues#create-an-issue>
    fn create_issue(&mut self, call: &Call, writer: &Writer, id: u64) -> Outcome {
        let asked = call.json()?;
        if !self.at(id).has_issues {
            return Err(Refusal::gone(
                "Issues has been disabled in this repository.",
            ));
        }
        let title = checked_title(&asked)?.ok_or_else(|| not_supplied("title"))?;
        let body = checked_body(&asked)?;
        let wanted = self.wanted(&asked, writer, id, None)?;
        let body = match body {
            Change::Keep => None,
            Change::To(body) => body,
        };
        let number = self.open(id, writer.by, &title, body, false);
        self.grant_wanted(writer.by, id, number, wanted);
        let repository = self.at(id);
        Ok(Answer::created(
            &self.show_issue(repository, &repository.issues[&number]),
        ))
    }

    /// "Issue owners and users with push access or Triage role can edit an issue." Without push
    /// access, changes of labels, assignees and milestone "are silently dropped".
    /// <https://docs.github.com/en/rest/issues/issues#update-an-issue>
    fn update_issue(&mut self, call: &Call, writer: &Writer, id: u64, number: u64) -> Outcome {
        let asked = call.json()?;
        let issue = &self.at(id).issues[&number];
        let is_author = issue.author == writer.by.user;
        let is_merged = issue
            .pull
            .as_ref()
            .is_some_and(|pull| pull.merged.is_some());
        let changes_text = asked.get("title").or(asked.get("body")).is_some();
        if !(is_author || writer.may_triage()) || (changes_text && !writer.may_change(issue.author))
        {
            return Err(not_admin());
        }
        let title = checked_title(&asked)?;
        let body = checked_body(&asked)?;
        let state = word(&asked, "state", &["open", "closed"])?;
        let reasons = ["completed", "not_planned", "duplicate", "reopened"];
        let reason = word(&asked, "state_reason", &reasons)?;
        if state == Some("open") && is_merged {
            let message = "state cannot be changed. The pull request cannot be reopened.";
            return Err(failed(
                &json!({"resource": "PullRequest", "code": "custom", "field": "state", "message": message}),
            ));
        }
        let wanted = self.wanted(&asked, writer, id, Some(number))?;

        let by = writer.by;
        if let Some(title) = title {
            self.edit_title(id, by, number, &title);
        }
        if let Change::To(body) = body {
            self.edit_body(id, by, number, body);
        }
        match state {
            Some("closed") => {
                let reason = reason.filter(|reason| *reason != "reopened");
                self.close(id, by, number, reason.unwrap_or("completed"));
            }
            Some(_) => self.reopen(id, by, number),
            None => {}
        }
        self.grant_wanted(by, id, number, wanted);
        let repository = self.at(id);
        Ok(Answer::ok(
            &self.show_issue(repository, &repository.issues[&number]),
        ))
    }

    /// What of labels, assignees and milestone the writer asks for and may have.
    fn wanted(
        &self,
        asked: &Value,
        writer: &Writer,
        id: u64,
        number: Option<u64>,
    ) -> Result<Wanted, Refusal> {
        if !writer.may_triage() {
            return Ok(Wanted::default());
        }
        let labels = match asked.get("labels") {
            None | Some(Value::Null) => None,
            Some(labels) => Some(labels::names(labels)?),
        };
        let assignees = match asked.get("assignees") {
            None | Some(Value::Null) => None,
            Some(logins) => Some(self.known_assignees(logins, id, number)?),
        };
        let milestone = match asked.get("milestone") {
            None => Change::Keep,
            Some(milestone) if milestone.is_null() || milestone == "" => Change::To(None),
            Some(milestone) => {
                // "string or integer", says the documentation.
                let spelled = milestone.as_str().and_then(|number| number.parse().ok());
                let known = milestone.as_u64().or(spelled);
                let known = known.filter(|known| self.at(id).milestones.contains_key(known));
                let invalid = || {
                    failed(
                        &json!({"value": milestone, "resource": "Issue", "field": "milestone", "code": "invalid"}),
                    )
                };
                Change::To(Some(known.ok_or_else(invalid)?))
            }
        };
        Ok(Wanted {
            labels,
            assignees,
            milestone,
        })
    }

    fn grant_wanted(&mut self, by: By, id: u64, number: u64, wanted: Wanted) {
        if let Some(labels) = wanted.labels {
            self.replace_labels(by, id, number, &labels);
        }
        if let Some(assignees) = wanted.assignees {
            let own = self.at(id).issues[&number].assignees.clone();
            for user in own.iter().filter(|user| !assignees.contains(user)) {
                self.unassign(id, by, number, *user);
            }
            for user in assignees {
                self.assign(id, by, number, user);
            }
        }
        if let Change::To(milestone) = wanted.milestone {
            self.set_milestone(id, by, number, milestone);
        }
    }
}

/// Whether something is spoken of at all, which JSON tells from its being null.
#[derive(Default)]
enum Change<T> {
    #[default]
    Keep,
    To(T),
}

/// What is to be set; nothing where nothing was asked for.
#[derive(Default)]
struct Wanted {
    labels: Option<Vec<String>>,
    assignees: Option<Vec<u64>>,
    milestone: Change<Option<u64>>,
}

/// GitHub's words for whoever may not change what belongs to others.
fn not_admin() -> Refusal {
    Refusal::forbidden("Must have admin rights to Repository.")
}

fn not_supplied(field: &str) -> Refusal {
    Refusal::unprocessable(format!("Invalid request.\n\n\"{field}\" wasn't supplied."))
}

fn failed(error: &Value) -> Refusal {
    Refusal::unprocessable("Validation Failed").saying(error)
}

fn wrong_type(field: &str, value: &Value) -> Refusal {
    Refusal::unprocessable(format!(
        "Invalid request.\n\nFor 'properties/{field}', {value} is not a string."
    ))
}

/// The title, where there is one: neither blank nor too long.
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed>
fn checked_title(asked: &Value) -> Result<Option<String>, Refusal> {
    match asked.get("title") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(title)) if title.trim().is_empty() => {
            Err(Refusal::invalid("Issue", "title", "missing_field"))
        }
        Some(Value::String(title)) => {
            too_long("Issue", "title", title, TITLE)?;
            Ok(Some(title.clone()))
        }
        Some(other) => Err(wrong_type("title", other)),
    }
}

/// The text, where it is spoken of: `null` empties it.
fn checked_body(asked: &Value) -> Result<Change<Option<String>>, Refusal> {
    match asked.get("body") {
        None => Ok(Change::Keep),
        Some(Value::Null) => Ok(Change::To(None)),
        Some(Value::String(body)) => {
            too_long("Issue", "body", body, TEXT)?;
            Ok(Change::To(Some(body.clone())))
        }
        Some(other) => Err(wrong_type("body", other)),
    }
}

fn too_long(resource: &str, field: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() <= most {
        return Ok(());
    }
    let message = format!("{field} is too long (maximum is {most} characters)");
    Err(failed(
        &json!({"resource": resource, "code": "custom", "field": field, "message": message}),
    ))
}

/// One of a few words, or nothing.
fn word<'a>(asked: &Value, field: &str, of: &[&'a str]) -> Result<Option<&'a str>, Refusal> {
    match asked.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let known = of.iter().copied().find(|word| value == word);
            known
                .map(Some)
                .ok_or_else(|| Refusal::invalid("Issue", field, "invalid"))
        }
    }
}
