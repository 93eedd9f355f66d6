//! What people and programs do to issues: each act changes the state, moves `updated_at`, and makes
//! the webhook deliveries GitHub makes. The web's buttons and the API's writes both end here.
//!
//! An act that changes nothing moves no time and tells nobody.

mod comments;
mod events;
mod moves;
mod reviewers;
mod things;

pub(super) use reviewers::Reviewer;
use serde_json::{Value, json};

use super::{
    repository::{Closed, Issue, Merged, Pull},
    state::State,
};

/// Who acts: an account, and the App through which it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct By {
    pub(super) user: u64,
    pub(super) app: Option<u64>,
}

impl By {
    pub(super) fn user(user: u64) -> Self {
        Self { user, app: None }
    }
}

impl State {
    pub(super) fn open(
        &mut self,
        id: u64,
        by: By,
        title: &str,
        body: Option<String>,
        is_pull: bool,
    ) -> u64 {
        let now = self.now();
        let issue_id = self.new_id();
        let pull_id = is_pull.then(|| self.new_id());
        let repository = self.at_mut(id);
        repository.last_number += 1;
        let number = repository.last_number;
        let pull = pull_id.map(|id| Pull {
            id,
            head: format!("{id:040x}"),
            base: repository.default_branch.clone(),
            merged: None,
            reviewers: Vec::new(),
            teams: Vec::new(),
        });
        repository.issues.insert(
            number,
            Issue {
                id: issue_id,
                number,
                title: title.to_owned(),
                body,
                author: by.user,
                app: by.app,
                closed: None,
                was_reopened: false,
                is_locked: false,
                lock_reason: None,
                labels: Vec::new(),
                assignees: Vec::new(),
                milestone: None,
                kind: None,
                created_at: now,
                updated_at: now,
                comments: Vec::new(),
                events: Vec::new(),
                pull,
            },
        );
        self.tell(id, by, number, "opened", json!({}));
        number
    }

    /// The issue, which is certain to be there: acts come after the reading that looked for it.
    pub(super) fn issue_mut(&mut self, id: u64, number: u64) -> &mut Issue {
        let found = self.at_mut(id).issues.get_mut(&number);
        found.unwrap_or_else(|| panic!("no issue #{number} in this repository"))
    }

    /// Moves an issue's `updated_at` to now.
    pub(super) fn touch(&mut self, id: u64, number: u64) {
        self.issue_mut(id, number).updated_at = self.now();
        self.at_mut(id).book(number);
    }

    /// Tells the hooks about an issue, or about a pull request, which has an event of its own.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues>
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
    fn tell(&mut self, id: u64, by: By, number: u64, action: &str, more: Value) {
        self.remember(id, by, number, action, &more);
        let is_pull = self.issue_mut(id, number).pull.is_some();
        let event = if is_pull { "pull_request" } else { "issues" };
        self.notify(id, by, event, Some(action), |state, repository| {
            let issue = &repository.issues[&number];
            let mut payload = more;
            if is_pull {
                payload["number"] = number.into();
                payload["pull_request"] = state.show_pull(repository, issue);
            } else {
                payload["issue"] = state.show_issue(repository, issue);
            }
            payload
        });
    }

    pub(super) fn edit_title(&mut self, id: u64, by: By, number: u64, title: &str) {
        let issue = self.issue_mut(id, number);
        if issue.title == title {
            return;
        }
        let from = std::mem::replace(&mut issue.title, title.to_owned());
        self.touch(id, number);
        self.tell(
            id,
            by,
            number,
            "edited",
            json!({"changes": {"title": {"from": from}}}),
        );
    }

    pub(super) fn edit_body(&mut self, id: u64, by: By, number: u64, body: Option<String>) {
        let issue = self.issue_mut(id, number);
        if issue.body == body {
            return;
        }
        let from = std::mem::replace(&mut issue.body, body).unwrap_or_default();
        self.touch(id, number);
        self.tell(
            id,
            by,
            number,
            "edited",
            json!({"changes": {"body": {"from": from}}}),
        );
    }

    /// Closes an issue for a reason, and a pull request without one.
    pub(super) fn close(&mut self, id: u64, by: By, number: u64, reason: &str) {
        let at = self.now();
        let issue = self.issue_mut(id, number);
        let reason = issue.pull.is_none().then(|| reason.to_owned());
        if issue
            .closed
            .as_ref()
            .is_some_and(|closed| closed.reason == reason)
        {
            return;
        }
        let user = by.user;
        issue.closed = Some(Closed {
            at,
            by: user,
            reason,
        });
        self.touch(id, number);
        self.tell(id, by, number, "closed", json!({}));
    }

    pub(super) fn reopen(&mut self, id: u64, by: By, number: u64) {
        let issue = self.issue_mut(id, number);
        if issue.closed.take().is_none() {
            return;
        }
        issue.was_reopened = issue.pull.is_none();
        self.touch(id, number);
        self.tell(id, by, number, "reopened", json!({}));
    }

    pub(super) fn merge(&mut self, id: u64, by: By, number: u64) {
        let at = self.now();
        let issue = self.issue_mut(id, number);
        let pull = issue
            .pull
            .as_mut()
            .expect("only a pull request can be merged");
        pull.merged = Some(Merged {
            at,
            by: by.user,
            commit: pull.head.clone(),
        });
        issue.closed = Some(Closed {
            at,
            by: by.user,
            reason: None,
        });
        let author = issue.author;
        self.at_mut(id).contributors.insert(author);
        self.touch(id, number);
        self.tell(id, by, number, "closed", json!({}));
    }

    pub(super) fn add_label(&mut self, id: u64, by: By, number: u64, name: &str) {
        let label = self.label_named(id, by, name);
        let issue = self.issue_mut(id, number);
        if issue.labels.contains(&label) {
            return;
        }
        issue.labels.push(label);
        self.tell_of_label(id, by, number, label, "labeled");
    }

    pub(super) fn remove_label(&mut self, id: u64, by: By, number: u64, label: u64) {
        let labels = &mut self.issue_mut(id, number).labels;
        if let Some(place) = labels.iter().position(|own| *own == label) {
            labels.remove(place);
            self.tell_of_label(id, by, number, label, "unlabeled");
        }
    }

    fn tell_of_label(&mut self, id: u64, by: By, number: u64, label: u64, action: &str) {
        self.touch(id, number);
        let repository = self.at(id);
        let label = self.show_label(repository, &repository.labels[&label]);
        self.tell(id, by, number, action, json!({"label": label}));
    }

    pub(super) fn assign(&mut self, id: u64, by: By, number: u64, user: u64) {
        let issue = self.issue_mut(id, number);
        if !issue.assignees.contains(&user) {
            issue.assignees.push(user);
            self.tell_of_assignee(id, by, number, user, "assigned");
        }
    }

    pub(super) fn unassign(&mut self, id: u64, by: By, number: u64, user: u64) {
        let assignees = &mut self.issue_mut(id, number).assignees;
        if let Some(place) = assignees.iter().position(|own| *own == user) {
            assignees.remove(place);
            self.tell_of_assignee(id, by, number, user, "unassigned");
        }
    }

    fn tell_of_assignee(&mut self, id: u64, by: By, number: u64, user: u64, action: &str) {
        self.touch(id, number);
        let assignee = self.show_user(user);
        self.tell(id, by, number, action, json!({"assignee": assignee}));
    }

    /// Puts an issue into a milestone, or takes it out of its own.
    pub(super) fn set_milestone(&mut self, id: u64, by: By, number: u64, to: Option<u64>) {
        let milestone = &mut self.issue_mut(id, number).milestone;
        let from = std::mem::replace(milestone, to);
        if from == to {
            return;
        }
        self.at_mut(id).unbook(number, from);
        self.touch(id, number);
        let told = [(from, "demilestoned"), (to, "milestoned")];
        for (milestone, action) in told {
            let Some(milestone) = milestone else { continue };
            let repository = self.at(id);
            let shown = self.show_milestone(repository, &repository.milestones[&milestone]);
            self.tell(id, by, number, action, json!({"milestone": shown}));
        }
    }

    pub(super) fn lock_issue(&mut self, id: u64, by: By, number: u64, reason: Option<String>) {
        let issue = self.issue_mut(id, number);
        issue.is_locked = true;
        issue.lock_reason = reason;
        self.touch(id, number);
        self.tell(id, by, number, "locked", json!({}));
    }

    pub(super) fn unlock_issue(&mut self, id: u64, by: By, number: u64) {
        let issue = self.issue_mut(id, number);
        issue.is_locked = false;
        issue.lock_reason = None;
        self.touch(id, number);
        self.tell(id, by, number, "unlocked", json!({}));
    }

    /// Gives an issue one of its organisation's types.
    pub(super) fn set_type(&mut self, id: u64, by: By, number: u64, kind: &str) {
        self.issue_mut(id, number).kind = Some(kind.to_owned());
        self.touch(id, number);
        let shown = super::show::show_type(kind);
        self.tell(id, by, number, "typed", json!({"type": shown}));
    }
}
