//! How accounts, repositories, labels and milestones look in JSON.
//!
//! Shapes: the response schemas of the pages under <https://docs.github.com/en/rest>.

mod git;
mod issues;
mod repository;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{
    people::{App, UserKind},
    repository::{Label, Milestone, Moment, Repository},
    state::State,
};

pub(super) use git::base64_lines;
pub(super) use issues::show_type;

/// Where people read what the API serves.
const WEB: &str = "https://github.com";

/// ISO 8601 in UTC, to the second.
/// <https://docs.github.com/en/rest/using-the-rest-api/timezones-and-the-rest-api>
pub(super) fn time(moment: Moment) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// An opaque identifier for GraphQL, which begins with the kind of thing it names.
fn node_id(kind: &str, id: u64) -> String {
    format!("{kind}_kwDO{id:010x}")
}

/// How an author stands to a repository.
/// <https://docs.github.com/en/graphql/reference/enums#commentauthorassociation>
fn association(repository: &Repository, author: u64) -> &'static str {
    if repository.owner == author {
        "OWNER"
    } else if repository.rights.contains_key(&author) {
        "COLLABORATOR"
    } else if repository.contributors.contains(&author) {
        "CONTRIBUTOR"
    } else {
        "NONE"
    }
}

impl State {
    /// An account as other things show it.
    pub(super) fn show_user(&self, id: u64) -> Value {
        let user = &self.users[&id];
        let login = &user.login;
        let url = format!("{}/users/{login}", self.base);
        json!({
            "login": login,
            "id": id,
            "node_id": node_id("U", id),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
            "gravatar_id": "",
            "url": url,
            "html_url": format!("{WEB}/{login}"),
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": match user.kind {
                UserKind::User => "User",
                UserKind::Bot => "Bot",
            },
            "user_view_type": "public",
            "site_admin": false,
        })
    }

    /// A team as other things show it.
    /// <https://docs.github.com/en/rest/teams/teams#get-a-team-by-name>
    pub(super) fn show_team(&self, organisation: u64, team: &str) -> Value {
        let login = &self.users[&organisation].login;
        let key = (organisation, team.to_owned());
        let id = self.teams.get(&key).map_or(0, |team| team.id);
        let url = format!("{}/organizations/{organisation}/team/{id}", self.base);
        json!({
            "id": id,
            "node_id": node_id("T", id),
            "name": team,
            "slug": team,
            "description": null,
            "privacy": "closed",
            "notification_setting": "notifications_enabled",
            "permission": "pull",
            "url": url,
            "html_url": format!("{WEB}/orgs/{login}/teams/{team}"),
            "members_url": format!("{url}/members{{/member}}"),
            "repositories_url": format!("{url}/repos"),
            "type": "organization",
            "parent": null,
        })
    }

    /// The address of a repository's part in the API.
    pub(super) fn url(&self, repository: &Repository, rest: &str) -> String {
        let owner = &self.users[&repository.owner].login;
        format!("{}/repos/{owner}/{}{rest}", self.base, repository.name)
    }

    /// The address of a repository's part on the web.
    pub(super) fn web(&self, repository: &Repository, rest: &str) -> String {
        let owner = &self.users[&repository.owner].login;
        format!("{WEB}/{owner}/{}{rest}", repository.name)
    }

    /// An account with all that its own page shows.
    /// <https://docs.github.com/en/rest/users/users#get-a-user>
    pub(super) fn show_profile(&self, id: u64) -> Value {
        let mut shown = self.show_user(id);
        for member in [
            "name", "company", "blog", "location", "email", "hireable", "bio",
        ] {
            shown[member] = Value::Null;
        }
        for member in ["public_repos", "public_gists", "followers", "following"] {
            shown[member] = 0.into();
        }
        for member in ["created_at", "updated_at"] {
            shown[member] = time(self.users[&id].created_at).into();
        }
        shown
    }

    /// <https://docs.github.com/en/rest/issues/labels#get-a-label>
    pub(super) fn show_label(&self, repository: &Repository, label: &Label) -> Value {
        let name: String = url::form_urlencoded::byte_serialize(label.name.as_bytes()).collect();
        json!({
            "id": label.id,
            "node_id": node_id("LA", label.id),
            "url": self.url(repository, &format!("/labels/{}", name.replace('+', "%20"))),
            "name": label.name,
            "color": label.color,
            "default": false,
            "description": label.description,
        })
    }

    /// A milestone. Its due date is a day, shown as that day's morning in GitHub's home.
    /// <https://docs.github.com/en/rest/issues/milestones#get-a-milestone>
    pub(super) fn show_milestone(&self, repository: &Repository, milestone: &Milestone) -> Value {
        let number = milestone.number;
        let url = self.url(repository, &format!("/milestones/{number}"));
        json!({
            "url": url,
            "html_url": self.web(repository, &format!("/milestone/{number}")),
            "labels_url": format!("{url}/labels"),
            "id": milestone.id,
            "node_id": node_id("MI", milestone.id),
            "number": number,
            "title": milestone.title,
            "description": null,
            "creator": self.show_user(milestone.creator),
            "open_issues": milestone.open.len(),
            "closed_issues": milestone.closed.len(),
            "state": milestone.openness().as_str(),
            "created_at": time(milestone.created_at),
            "updated_at": time(milestone.updated_at),
            "due_on": milestone.due.map(|day| format!("{day}T07:00:00Z")),
            "closed_at": milestone.closed_at.map(time),
        })
    }

    /// <https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app>
    pub(super) fn show_app(&self, app: &App) -> Value {
        json!({
            "id": app.id,
            "slug": app.slug,
            "node_id": node_id("A", app.id),
            "client_id": app.client_id(),
            "owner": self.show_user(app.bot),
            "name": app.slug,
            "description": null,
            "external_url": format!("{WEB}/apps/{}", app.slug),
            "html_url": format!("{WEB}/apps/{}", app.slug),
            "created_at": time(app.created_at),
            "updated_at": time(app.created_at),
            "permissions": {"contents": "read", "issues": "write", "metadata": "read", "pull_requests": "write"},
            "events": [],
        })
    }
}
