//! Asking people and teams for their review of a pull request.

use serde_json::{Value, json};

use super::{By, State};
use crate::sandbox::github::repository::Pull;

/// Who is asked for a review.
#[derive(Debug, Clone)]
pub(in crate::sandbox::github) enum Reviewer {
    User(u64),
    /// By its short name, of the organisation that the repository belongs to.
    Team(String),
}

impl State {
    /// <https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request>
    pub(in crate::sandbox::github) fn ask_for_review(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        whom: &Reviewer,
    ) {
        let pull = self.pull_mut(id, number);
        let is_new = match whom {
            Reviewer::User(user) => insert(&mut pull.reviewers, *user),
            Reviewer::Team(team) => insert(&mut pull.teams, team.clone()),
        };
        if is_new {
            self.tell_of_reviewer(id, by, number, whom, "review_requested");
        }
    }

    /// <https://docs.github.com/en/rest/pulls/review-requests#remove-requested-reviewers-from-a-pull-request>
    pub(in crate::sandbox::github) fn unask_for_review(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        whom: &Reviewer,
    ) {
        let pull = self.pull_mut(id, number);
        let was_there = match whom {
            Reviewer::User(user) => take(&mut pull.reviewers, user),
            Reviewer::Team(team) => take(&mut pull.teams, team),
        };
        if was_there {
            self.tell_of_reviewer(id, by, number, whom, "review_request_removed");
        }
    }

    /// "Once a requested reviewer submits a review, they are no longer considered a requested
    /// reviewer." No event tells of that.
    /// <https://docs.github.com/en/rest/pulls/review-requests#get-all-requested-reviewers-for-a-pull-request>
    pub(super) fn has_reviewed(&mut self, id: u64, number: u64, user: u64) {
        take(&mut self.pull_mut(id, number).reviewers, &user);
    }

    fn pull_mut(&mut self, id: u64, number: u64) -> &mut Pull {
        let pull = self.issue_mut(id, number).pull.as_mut();
        pull.expect("only a pull request is reviewed")
    }

    /// "requested_reviewer" or "requested_team" says who is meant.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads?actionType=review_requested#pull_request>
    fn tell_of_reviewer(&mut self, id: u64, by: By, number: u64, whom: &Reviewer, action: &str) {
        self.touch(id, number);
        let more: Value = match whom {
            Reviewer::User(user) => json!({"requested_reviewer": self.show_user(*user)}),
            Reviewer::Team(team) => {
                let organisation = self.at(id).owner;
                json!({"requested_team": self.show_team(organisation, team)})
            }
        };
        self.tell(id, by, number, action, more);
    }
}

fn insert<T: PartialEq>(all: &mut Vec<T>, one: T) -> bool {
    let is_new = !all.contains(&one);
    if is_new {
        all.push(one);
    }
    is_new
}

fn take<T: PartialEq>(all: &mut Vec<T>, one: &T) -> bool {
    let place = all.iter().position(|other| other == one);
    place.map(|place| all.remove(place)).is_some()
}
