//! The events of an issue or a pull request: who did what to it.
//! <https://docs.github.com/en/rest/using-the-rest-api/issue-event-types>

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::wire::{WireTeam, WireUser, reviewer};
use crate::domain::{Did, Doing};

/// An event; most kinds of them are not read.
#[derive(Deserialize)]
pub(super) struct WireEvent {
    id: u64,
    event: Box<str>,
    created_at: DateTime<Utc>,
    #[serde(default)]
    actor: Option<WireUser>,
    #[serde(default)]
    assignee: Option<WireUser>,
    #[serde(default)]
    assigner: Option<WireUser>,
    #[serde(default)]
    review_requester: Option<WireUser>,
    #[serde(default)]
    requested_reviewer: Option<WireUser>,
    #[serde(default)]
    requested_team: Option<WireTeam>,
}

impl WireEvent {
    /// `None` for what concerns nobody. `organisation` is that of the repository.
    pub(super) fn into_domain(self, organisation: &str) -> Option<Doing> {
        let login = |user: Option<WireUser>| user.and_then(|user| user.login());
        let actor = login(self.actor);
        let person = self.requested_reviewer.as_ref();
        let reviewer = reviewer(person, self.requested_team.as_ref(), organisation);
        let (what, by) = match &*self.event {
            "review_requested" => (
                Did::AskedForReview(reviewer?),
                login(self.review_requester).or(actor),
            ),
            "review_request_removed" => (Did::UnaskedForReview(reviewer?), actor),
            "assigned" => (
                Did::Assigned(login(self.assignee)?),
                login(self.assigner).or(actor),
            ),
            "unassigned" => (
                Did::Unassigned(login(self.assignee)?),
                login(self.assigner).or(actor),
            ),
            "closed" => (Did::Closed, actor),
            "reopened" => (Did::Reopened, actor),
            "demilestoned" => (Did::Demilestoned, actor),
            _ => return None,
        };
        Some(Doing {
            id: self.id,
            by,
            at: self.created_at,
            what,
        })
    }
}
