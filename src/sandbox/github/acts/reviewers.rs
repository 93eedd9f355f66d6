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
    /// Asks for a review, or takes that back.
    /// <https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request>
    /// <https://docs.github.com/en/rest/pulls/review-requests#remove-requested-reviewers-from-a-pull-request>
    pub(in crate::sandbox::github) fn set_asked_for_review(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        whom: &Reviewer,
        is_asked: bool,
    ) {
        let pull = self.pull_mut(id, number);
        let is_new = match whom {
            Reviewer::User(user) => set(&mut pull.reviewers, user, is_asked),
            Reviewer::Team(team) => set(&mut pull.teams, team, is_asked),
        };
        if is_new {
            let action = if is_asked {
                "review_requested"
            } else {
                "review_request_removed"
            };
            self.tell_of_reviewer(id, by, number, whom, action);
        }
    }

    /// "Once a requested reviewer submits a review, they are no longer considered a requested
    /// reviewer." No event tells of that.
    /// <https://docs.github.com/en/rest/pulls/review-requests#get-all-requested-reviewers-for-a-pull-request>
    pub(super) fn has_reviewed(&mut self, id: u64, number: u64, user: u64) {
        set(&mut self.pull_mut(id, number).reviewers, &user, false);
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

/// Has something among others, or not; whether that was otherwise.
fn set<T: PartialEq + Clone>(all: &mut Vec<T>, one: &T, is_there: bool) -> bool {
    let place = all.iter().position(|other| other == one);
    match (place, is_there) {
        (None, true) => all.push(one.clone()),
        (Some(place), false) => drop(all.remove(place)),
        _ => return false,
    }
    true
}
