//! The events of an issue or a pull request: who did what to it.
//! <https://docs.github.com/en/rest/using-the-rest-api/issue-event-types>

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::{Did, Doing, Login, mention::Mentioned};

/// An event; most kinds of them are not read.
#[derive(Deserialize)]
pub(super) struct WireEvent {
    id: u64,
    event: Box<str>,
    created_at: DateTime<Utc>,
    #[serde(default)]
    actor: Option<WireAccount>,
    #[serde(default)]
    assignee: Option<WireAccount>,
    #[serde(default)]
    assigner: Option<WireAccount>,
    #[serde(default)]
    review_requester: Option<WireAccount>,
    #[serde(default)]
    requested_reviewer: Option<WireAccount>,
    #[serde(default)]
    requested_team: Option<WireTeam>,
}

/// An account as other things show it.
#[derive(Deserialize)]
pub(super) struct WireAccount {
    login: Box<str>,
}

#[derive(Deserialize)]
struct WireTeam {
    slug: Box<str>,
}

impl WireAccount {
    pub(super) fn into_domain(self) -> Option<Login> {
        Login::parse(&self.login)
    }
}

impl WireEvent {
    /// `None` for what concerns nobody. `organisation` is that of the repository.
    pub(super) fn into_domain(self, organisation: &str) -> Option<Doing> {
        let login = |account: Option<WireAccount>| account.and_then(WireAccount::into_domain);
        let actor = login(self.actor);
        let reviewer = match self.requested_team {
            Some(team) => Some(Mentioned::Team {
                organisation: organisation.to_ascii_lowercase().into(),
                team: team.slug.to_ascii_lowercase().into(),
            }),
            None => login(self.requested_reviewer).map(Mentioned::Person),
        };
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
