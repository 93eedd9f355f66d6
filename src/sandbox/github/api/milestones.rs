//! Reading what issues refer to: milestones, labels and people to assign.

use std::cmp::Reverse;

use super::{Answer, Call, Outcome, Refusal, State, Token, issues::openness};
use crate::sandbox::github::{answer::page, repository::Milestone};

impl State {
    /// <https://docs.github.com/en/rest/issues/milestones#list-milestones>
    pub(super) fn milestones(&self, call: &Call, id: u64) -> Answer {
        let (repository, openness) = (self.at(id), openness(call));
        let milestones = repository.milestones.values();
        let mut milestones: Vec<_> = milestones
            .filter(|milestone| openness.is_none_or(|wanted| wanted == milestone.openness()))
            .collect();
        if call.word("sort", &["due_on", "completeness"]) == "completeness" {
            milestones.sort_by_key(|milestone| completeness(milestone));
        } else {
            // Those without a date come last.
            milestones.sort_by_key(|milestone| (milestone.due.is_none(), milestone.due));
        }
        if call.word("direction", &["asc", "desc"]) == "desc" {
            milestones.reverse();
        }
        page(call, &self.base, &milestones, |milestone| {
            self.show_milestone(repository, milestone)
        })
    }

    /// <https://docs.github.com/en/rest/issues/milestones#get-a-milestone>
    pub(super) fn milestone(&self, id: u64, number: &str) -> Outcome {
        let repository = self.at(id);
        let number: u64 = number.parse().map_err(|_| Refusal::not_found())?;
        let milestone = repository
            .milestones
            .get(&number)
            .ok_or_else(Refusal::not_found)?;
        Ok(Answer::ok(&self.show_milestone(repository, milestone)))
    }

    /// <https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository>
    pub(super) fn labels(&self, call: &Call, id: u64) -> Answer {
        let repository = self.at(id);
        let labels: Vec<_> = repository.labels.values().collect();
        page(call, &self.base, &labels, |label| {
            self.show_label(repository, label)
        })
    }

    /// <https://docs.github.com/en/rest/issues/labels#get-a-label>
    pub(super) fn label(&self, id: u64, name: &str) -> Outcome {
        let repository = self.at(id);
        let label = repository.label(name).ok_or_else(Refusal::not_found)?;
        Ok(Answer::ok(&self.show_label(repository, label)))
    }

    /// <https://docs.github.com/en/rest/issues/labels#list-labels-for-an-issue>
    pub(super) fn labels_of(&self, call: &Call, token: &Token, id: u64, number: &str) -> Outcome {
        let issue = self.issue(token, id, number, "/labels")?;
        let repository = self.at(id);
        Ok(page(call, &self.base, &issue.labels, |label| {
            self.show_label(repository, &repository.labels[label])
        }))
    }

    /// <https://docs.github.com/en/rest/issues/assignees#list-assignees>
    pub(super) fn assignees(&self, call: &Call, id: u64) -> Answer {
        let users = self.users.keys().copied();
        let mut users: Vec<_> = users
            .filter(|user| self.may_be_assigned(id, None, *user))
            .collect();
        users.sort_unstable();
        page(call, &self.base, &users, |user| self.show_user(*user))
    }

    /// "If the assignee can be assigned to issues in the repository, a 204 header with no content is
    /// returned. Otherwise a 404 status code is returned."
    /// <https://docs.github.com/en/rest/issues/assignees#check-if-a-user-can-be-assigned>
    pub(super) fn is_assignable(&self, id: u64, login: &str) -> Outcome {
        let user = self.find_user(login);
        if user.is_some_and(|user| self.may_be_assigned(id, None, user)) {
            return Ok(Answer::no_content());
        }
        Err(Refusal::not_found())
    }

    /// Whether somebody can be assigned: "yourself, anyone who has commented on the issue or pull
    /// request, anyone with write permissions to the repository, and organization members with read
    /// permissions". Who has any right here counts as such a member.
    /// <https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/assigning-issues-and-pull-requests-to-other-github-users>
    pub(in crate::sandbox::github) fn may_be_assigned(
        &self,
        id: u64,
        number: Option<u64>,
        user: u64,
    ) -> bool {
        let repository = self.at(id);
        repository.owner == user
            || repository.rights.contains_key(&user)
            || number.is_some_and(|number| {
                repository
                    .comments_on(number)
                    .any(|comment| comment.author == user)
            })
    }
}

/// The share of a milestone's issues that are closed, least complete first.
fn completeness(milestone: &Milestone) -> (usize, Reverse<u64>) {
    let (open, closed) = (milestone.open.len(), milestone.closed.len());
    let per_mille = closed * 1_000 / (open + closed).max(1);
    (per_mille, Reverse(milestone.number))
}
