//! How a repository looks in JSON.

use serde_json::{Value, json};

use super::{State, node_id, time};
use crate::sandbox::github::{people::Right, repository::Repository};

/// The addresses of a repository's parts, most of which are not modelled.
const PARTS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl State {
    /// A repository, and what the caller may do there, where there is a caller.
    /// <https://docs.github.com/en/rest/repos/repos#get-a-repository>
    pub(in crate::sandbox::github) fn show_repository(
        &self,
        repository: &Repository,
        right: Option<Right>,
    ) -> Value {
        let open = repository
            .issues
            .values()
            .filter(|issue| issue.closed.is_none())
            .count();
        let full_name = self.full_name(repository.id);
        let web = self.web(repository, "");
        let mut shown = json!({
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": repository.name,
            "full_name": full_name,
            "private": repository.is_private,
            "visibility": if repository.is_private { "private" } else { "public" },
            "owner": self.show_user(repository.owner),
            "html_url": web,
            "clone_url": format!("{web}.git"),
            "svn_url": web,
            "ssh_url": format!("git@github.com:{full_name}.git"),
            "mirror_url": null,
            "description": null,
            "homepage": null,
            "language": null,
            "license": null,
            "topics": [],
            "fork": false,
            "archived": repository.is_archived,
            "disabled": false,
            "is_template": false,
            "allow_forking": true,
            "web_commit_signoff_required": false,
            "created_at": time(repository.created_at),
            "updated_at": time(repository.pushed_at),
            "pushed_at": time(repository.pushed_at),
            "default_branch": repository.default_branch,
            "has_issues": repository.has_issues,
            "has_projects": false,
            "has_wiki": false,
            "has_pages": false,
            "has_downloads": true,
            "has_discussions": true,
            "open_issues": open,
            "open_issues_count": open,
        });
        for (member, part) in PARTS {
            shown[member] = self.url(repository, part).into();
        }
        shown["git_url"] = format!("git://github.com/{full_name}.git").into();
        for member in ["forks", "stargazers", "watchers", "network", "subscribers"] {
            shown[format!("{member}_count")] = 0.into();
        }
        for member in ["forks", "watchers", "size"] {
            shown[member] = 0.into();
        }
        if let Some(right) = right {
            shown["permissions"] = json!({
                "admin": false,
                "maintain": false,
                "push": right >= Right::Write,
                "triage": right >= Right::Triage,
                "pull": true,
            });
        }
        shown
    }
}
