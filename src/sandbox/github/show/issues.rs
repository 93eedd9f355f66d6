//! How issues, pull requests, comments and reviews look in JSON.

use serde_json::{Value, json};

use super::{State, association, node_id, time};
use crate::sandbox::github::repository::{
    Comment, Event, Issue, Repository, Review, ReviewComment, ReviewState,
};

impl State {
    /// An issue; a pull request is one too, and says so in `pull_request`.
    /// <https://docs.github.com/en/rest/issues/issues#get-an-issue>
    pub(in crate::sandbox::github) fn show_issue(
        &self,
        repository: &Repository,
        issue: &Issue,
    ) -> Value {
        let url = self.url(repository, &format!("/issues/{}", issue.number));
        let mut shown = self.show_common(repository, issue);
        let own = json!({
            "id": issue.id,
            "node_id": node_id(if issue.pull.is_some() { "PR" } else { "I" }, issue.id),
            "url": url,
            "repository_url": self.url(repository, ""),
            "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "timeline_url": format!("{url}/timeline"),
            "state_reason": state_reason(issue),
            "closed_by": issue.closed.as_ref().map(|closed| self.show_user(closed.by)),
            "performed_via_github_app": issue.app.map(|app| self.show_app(&self.apps[&app])),
            "type": issue.kind.as_ref().map(|kind| show_type(kind)),
            "reactions": no_reactions(&url),
        });
        extend(&mut shown, own);
        if let Some(pull) = &issue.pull {
            let web = self.web(repository, &format!("/pull/{}", issue.number));
            shown["draft"] = false.into();
            shown["pull_request"] = json!({
                "url": self.url(repository, &format!("/pulls/{}", issue.number)),
                "html_url": web,
                "diff_url": format!("{web}.diff"),
                "patch_url": format!("{web}.patch"),
                "merged_at": pull.merged.as_ref().map(|merged| time(merged.at)),
            });
        }
        shown
    }

    /// What an issue and a pull request's own answer have in common.
    fn show_common(&self, repository: &Repository, issue: &Issue) -> Value {
        let number = issue.number;
        let web = self.web(repository, &format!("/{}/{number}", issue.web_path()));
        let labels = issue.labels.iter().map(|id| &repository.labels[id]);
        let labels: Vec<_> = labels
            .map(|label| self.show_label(repository, label))
            .collect();
        let assignees: Vec<_> = issue
            .assignees
            .iter()
            .map(|id| self.show_user(*id))
            .collect();
        let milestone = issue
            .milestone
            .map(|number| &repository.milestones[&number]);
        json!({
            "number": number,
            "title": issue.title,
            "body": issue.body,
            "html_url": web,
            "user": self.show_user(issue.author),
            "author_association": association(repository, issue.author),
            "labels": labels,
            "assignee": assignees.first(),
            "assignees": assignees,
            "milestone": milestone.map(|milestone| self.show_milestone(repository, milestone)),
            "state": issue.openness().as_str(),
            "locked": issue.is_locked,
            "active_lock_reason": issue.lock_reason,
            "comments": issue.comments.len(),
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": issue.closed.as_ref().map(|closed| time(closed.at)),
        })
    }

    /// A pull request; panics when the issue is none.
    /// <https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request>
    pub(in crate::sandbox::github) fn show_pull(
        &self,
        repository: &Repository,
        issue: &Issue,
    ) -> Value {
        let pull = issue.pull.as_ref().expect("a pull request");
        let number = issue.number;
        let url = self.url(repository, &format!("/pulls/{number}"));
        let issue_url = self.url(repository, &format!("/issues/{number}"));
        let web = self.web(repository, &format!("/pull/{number}"));
        let merged = pull.merged.as_ref();
        let review_comments = repository.review_comments.values();
        let review_comments = review_comments.filter(|comment| comment.pull == number);
        let author = &self.users[&issue.author].login;
        let reviewers = pull.reviewers.iter().map(|user| self.show_user(*user));
        let teams = pull.teams.iter();
        let teams = teams.map(|team| self.show_team(repository.owner, team));
        let mut shown = self.show_common(repository, issue);
        let own = json!({
            "id": pull.id,
            "node_id": node_id("PR", pull.id),
            "url": url,
            "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"),
            "issue_url": issue_url,
            "commits_url": format!("{url}/commits"),
            "review_comments_url": format!("{url}/comments"),
            "review_comment_url": self.url(repository, "/pulls/comments{/number}"),
            "comments_url": format!("{issue_url}/comments"),
            "statuses_url": self.url(repository, &format!("/statuses/{}", pull.head)),
            "_links": {
                "self": {"href": url},
                "html": {"href": web},
                "issue": {"href": issue_url},
                "comments": {"href": format!("{issue_url}/comments")},
                "review_comments": {"href": format!("{url}/comments")},
                "review_comment": {"href": self.url(repository, "/pulls/comments{/number}")},
                "commits": {"href": format!("{url}/commits")},
                "statuses": {"href": self.url(repository, &format!("/statuses/{}", pull.head))},
            },
            "draft": false,
            "requested_reviewers": reviewers.collect::<Value>(),
            "requested_teams": teams.collect::<Value>(),
            "head": {
                "label": format!("{author}:topic-{number}"),
                "ref": format!("topic-{number}"),
                "sha": pull.head,
                "user": self.show_user(issue.author),
                "repo": self.show_repository(repository, None),
            },
            "base": {
                "label": format!("{}:{}", self.users[&repository.owner].login, pull.base),
                "ref": pull.base,
                "sha": repository.git.branch(&pull.base).map_or("", |commit| &*commit.sha),
                "user": self.show_user(repository.owner),
                "repo": self.show_repository(repository, None),
            },
            "auto_merge": null,
            "merged": merged.is_some(),
            "merged_at": merged.map(|merged| time(merged.at)),
            "merged_by": merged.map(|merged| self.show_user(merged.by)),
            "merge_commit_sha": merged.map(|merged| &merged.commit),
            "mergeable": null,
            "rebaseable": null,
            "mergeable_state": "unknown",
            "review_comments": review_comments.count(),
            "maintainer_can_modify": false,
            "commits": 1,
            "additions": 0,
            "deletions": 0,
            "changed_files": 0,
        });
        extend(&mut shown, own);
        shown
    }

    /// <https://docs.github.com/en/rest/issues/events#list-issue-events>
    pub(in crate::sandbox::github) fn show_event(
        &self,
        repository: &Repository,
        event: &Event,
    ) -> Value {
        let Event { id, by, .. } = event;
        let mut shown = json!({
            "id": id,
            "node_id": node_id("EV", *id),
            "url": self.url(repository, &format!("/issues/events/{id}")),
            "actor": self.show_user(by.user),
            "event": event.name,
            "commit_id": null,
            "commit_url": null,
            "created_at": time(event.at),
            "performed_via_github_app": by.app.map(|app| self.show_app(&self.apps[&app])),
        });
        extend(&mut shown, event.more.clone());
        shown
    }

    /// <https://docs.github.com/en/rest/issues/comments#get-an-issue-comment>
    pub(in crate::sandbox::github) fn show_comment(
        &self,
        repository: &Repository,
        comment: &Comment,
    ) -> Value {
        let (id, number) = (comment.id, comment.issue);
        let place = repository.issues[&number].web_path();
        let url = self.url(repository, &format!("/issues/comments/{id}"));
        json!({
            "id": id,
            "node_id": node_id("IC", id),
            "url": url,
            "reactions": no_reactions(&url),
            "html_url": self.web(repository, &format!("/{place}/{number}#issuecomment-{id}")),
            "issue_url": self.url(repository, &format!("/issues/{number}")),
            "body": comment.body,
            "user": self.show_user(comment.author),
            "author_association": association(repository, comment.author),
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at),
            "performed_via_github_app": comment.app.map(|app| self.show_app(&self.apps[&app])),
        })
    }

    /// <https://docs.github.com/en/rest/pulls/comments#get-a-review-comment-for-a-pull-request>
    pub(in crate::sandbox::github) fn show_review_comment(
        &self,
        repository: &Repository,
        comment: &ReviewComment,
    ) -> Value {
        let (id, number) = (comment.id, comment.pull);
        let pull = repository.issues[&number].pull.as_ref();
        let head = pull.map_or("", |pull| &pull.head);
        let url = self.url(repository, &format!("/pulls/comments/{id}"));
        let web = self.web(repository, &format!("/pull/{number}#discussion_r{id}"));
        let pull_url = self.url(repository, &format!("/pulls/{number}"));
        json!({
            "id": id,
            "node_id": node_id("PRRC", id),
            "url": url,
            "reactions": no_reactions(&url),
            "html_url": web,
            "pull_request_url": pull_url,
            "pull_request_review_id": null,
            "diff_hunk": "@@ -1 +1 @@",
            "path": comment.path,
            "position": 1,
            "original_position": 1,
            "line": 1,
            "original_line": 1,
            "start_line": null,
            "original_start_line": null,
            "start_side": null,
            "side": "RIGHT",
            "subject_type": "line",
            "commit_id": head,
            "original_commit_id": head,
            "user": self.show_user(comment.author),
            "body": comment.body,
            "author_association": association(repository, comment.author),
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at),
            "_links": {
                "self": {"href": url},
                "html": {"href": web},
                "pull_request": {"href": pull_url},
            },
        })
    }

    /// A review, its state in the capitals of the REST API.
    /// <https://docs.github.com/en/rest/pulls/reviews#get-a-review-for-a-pull-request>
    pub(in crate::sandbox::github) fn show_review(
        &self,
        repository: &Repository,
        review: &Review,
    ) -> Value {
        let (id, number) = (review.id, review.pull);
        let pull = repository.issues[&number].pull.as_ref();
        let web = self.web(
            repository,
            &format!("/pull/{number}#pullrequestreview-{id}"),
        );
        let pull_url = self.url(repository, &format!("/pulls/{number}"));
        json!({
            "id": id,
            "node_id": node_id("PRR", id),
            "user": self.show_user(review.author),
            "body": review.body,
            "state": match review.state {
                ReviewState::Approved => "APPROVED",
                ReviewState::ChangesRequested => "CHANGES_REQUESTED",
                ReviewState::Commented => "COMMENTED",
                ReviewState::Dismissed => "DISMISSED",
            },
            "html_url": web,
            "pull_request_url": pull_url,
            "author_association": association(repository, review.author),
            "submitted_at": time(review.submitted_at),
            "commit_id": pull.map(|pull| &pull.head),
            "_links": {"html": {"href": web}, "pull_request": {"href": pull_url}},
        })
    }
}

/// Why an issue is as it is: on an open one `reopened` or nothing.
/// <https://docs.github.com/en/rest/issues/issues#update-an-issue>
fn state_reason(issue: &Issue) -> Option<&str> {
    match &issue.closed {
        Some(closed) => closed.reason.as_deref(),
        None if issue.was_reopened => Some("reopened"),
        None => None,
    }
}

/// <https://docs.github.com/en/rest/orgs/issue-types>
pub(in crate::sandbox::github) fn show_type(name: &str) -> Value {
    json!({
        "id": 1,
        "node_id": node_id("IT", 1),
        "name": name,
        "description": null,
        "color": "gray",
        "is_enabled": true,
    })
}

/// Reactions are not modelled: nobody has any.
fn no_reactions(url: &str) -> Value {
    json!({
        "url": format!("{url}/reactions"),
        "total_count": 0,
        "+1": 0,
        "-1": 0,
        "laugh": 0,
        "hooray": 0,
        "confused": 0,
        "heart": 0,
        "rocket": 0,
        "eyes": 0,
    })
}

fn extend(shown: &mut Value, by: Value) {
    if let (Value::Object(shown), Value::Object(by)) = (shown, by) {
        shown.extend(by);
    }
}
