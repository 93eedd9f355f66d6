//! Issues that exist already: taken in as the API shows them, with their numbers and times.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::{Repository, State};
use crate::sandbox::github::{
    acts::By,
    repository::{Closed, Issue, Merged, Milestone, Pull},
};

/// <https://docs.github.com/en/rest/issues/issues#list-repository-issues>
#[derive(Deserialize)]
struct Shown {
    number: u64,
    title: String,
    body: Option<String>,
    state: String,
    state_reason: Option<String>,
    user: Option<Account>,
    #[serde(default)]
    labels: Vec<Named>,
    #[serde(default)]
    assignees: Vec<Account>,
    milestone: Option<ShownMilestone>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    pull_request: Option<ShownPull>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct ShownMilestone {
    number: Option<u64>,
    title: String,
    state: Option<String>,
    due_on: Option<String>,
}

#[derive(Deserialize)]
struct ShownPull {
    merged_at: Option<DateTime<Utc>>,
}

impl Repository {
    /// Takes an issue or a pull request in, given as the API shows it. Nobody is told. What was said
    /// on it is not there: an issue only says how much that is.
    ///
    /// `Err` says in words why it cannot be taken in.
    pub fn take_in(&self, issue: &Value) -> Result<(), String> {
        let shown = Shown::deserialize(issue).map_err(|error| {
            let number = issue["number"].as_u64();
            let number = number.map_or_else(|| "an issue".to_owned(), |n| format!("issue #{n}"));
            format!("{number} cannot be read: {error}")
        })?;
        self.act(|state, id, by| state.take_in(id, by, shown));
        Ok(())
    }
}

impl State {
    fn take_in(&mut self, id: u64, by: By, shown: Shown) {
        let author = match &shown.user {
            Some(user) => self.user(&user.login),
            // What GitHub shows of whoever deleted their account.
            None => self.user("ghost"),
        };
        let assignees = shown.assignees.iter();
        let assignees = assignees.map(|account| self.user(&account.login)).collect();
        let labels = shown.labels.iter();
        let labels = labels
            .map(|label| self.label_named(id, by, &label.name))
            .collect();
        let milestone = shown.milestone.as_ref();
        let milestone = milestone.map(|milestone| self.milestone_of(id, by, milestone));
        let pull = shown.pull_request.as_ref().map(|pull| {
            let pull_id = self.new_id();
            let head = format!("{pull_id:040x}");
            Pull {
                id: pull_id,
                base: self.at(id).default_branch.clone(),
                merged: pull.merged_at.map(|at| Merged {
                    at,
                    by: author,
                    commit: head.clone(),
                }),
                head,
                reviewers: Vec::new(),
                teams: Vec::new(),
            }
        });
        let closed = (shown.state == "closed").then(|| Closed {
            at: shown.closed_at.unwrap_or(shown.updated_at),
            by: author,
            reason: shown.state_reason,
        });
        let issue = Issue {
            id: self.new_id(),
            number: shown.number,
            title: shown.title,
            body: shown.body,
            author,
            app: None,
            closed,
            was_reopened: false,
            is_locked: false,
            lock_reason: None,
            labels,
            assignees,
            milestone,
            kind: None,
            created_at: shown.created_at,
            updated_at: shown.updated_at,
            comments: Vec::new(),
            events: Vec::new(),
            pull,
        };
        let repository = self.at_mut(id);
        repository.last_number = repository.last_number.max(shown.number);
        repository.issues.insert(shown.number, issue);
        repository.book(shown.number);
    }

    /// The milestone's number, made when it is new.
    fn milestone_of(&mut self, id: u64, by: By, shown: &ShownMilestone) -> u64 {
        let milestones = &self.at(id).milestones;
        let known = milestones.values().find(|known| known.title == shown.title);
        if let Some(known) = known {
            return known.number;
        }
        let next = milestones.keys().last().copied().unwrap_or_default() + 1;
        let number = shown.number.unwrap_or(next);
        let (now, milestone) = (self.now(), self.new_id());
        let due = shown.due_on.as_deref().and_then(|due| due.get(..10));
        let due: Option<NaiveDate> = due.and_then(|day| day.parse().ok());
        let closed = shown.state.as_deref() == Some("closed");
        let milestone = Milestone {
            id: milestone,
            number,
            title: shown.title.clone(),
            creator: by.user,
            open: BTreeSet::new(),
            closed: BTreeSet::new(),
            due,
            closed_at: closed.then_some(now),
            created_at: now,
            updated_at: now,
        };
        self.at_mut(id).milestones.insert(number, milestone);
        number
    }
}
