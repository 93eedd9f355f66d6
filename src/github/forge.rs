//! GitHub as a [`Forge`]: which request each question is.

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    answer::{
        complete, missing_labels, missing_people, ordered, packed_blob, page, read,
        written_comment, written_issue,
    },
    archive, blob_sha,
    commit::{self, NEWEST_COMMITS},
    doings::WireEvent,
    exchange::{Ask, RAW},
    shared::GitHub,
    wire::{WireComment, WireIssue, WireMilestone, WireRepository, WireReview, WireUser},
};
use crate::{
    domain::{Comment, CommentKind, Doing, Issue, IssueState, Login, Repository},
    ports::{
        Forge, ForgeError,
        forge::{
            Account, Fetched, FileFilter, FileSink, Found, IssueEdit, NewIssue, NumberedMilestone,
            Page, Review, Since, Tree, TreeEntry, Validator,
        },
    },
};

#[derive(Deserialize)]
struct WireTree {
    sha: Box<str>,
    #[serde(default)]
    tree: Vec<WireTreeEntry>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct WireTreeEntry {
    path: Box<str>,
    #[serde(rename = "type")]
    kind: Box<str>,
    sha: Box<str>,
}

#[derive(Deserialize)]
struct WireLabel {
    name: Box<str>,
}

#[async_trait]
impl Forge for GitHub {
    /// <https://docs.github.com/en/rest/git/trees#get-a-tree>
    async fn tree(
        &self,
        repository: &Repository,
        sha: Option<&str>,
        recursive: bool,
        known: Option<&Validator>,
    ) -> Result<Fetched<Tree>, ForgeError> {
        let recursive = if recursive { "?recursive=1" } else { "" };
        let sha = sha.unwrap_or("HEAD");
        let path = format!("/repos/{repository}/git/trees/{sha}{recursive}");
        let ask = Ask::get("GET /repos/{repo}/git/trees/{sha}", path).known(known);
        let answer = self.get(repository, ask).await?;
        if answer.is_same() {
            return Ok(Fetched::Same);
        }
        let tree: WireTree = read(&answer)?;
        let entries = tree.tree.into_iter().map(|entry| TreeEntry {
            path: entry.path,
            sha: entry.sha,
            is_tree: &*entry.kind == "tree",
        });
        let tree = Tree {
            sha: tree.sha,
            entries: entries.collect(),
            truncated: tree.truncated,
        };
        Ok(Fetched::New(tree, answer.validator()))
    }

    /// <https://docs.github.com/en/rest/commits/commits#list-commits>
    async fn tree_at(
        &self,
        repository: &Repository,
        moment: DateTime<Utc>,
    ) -> Result<Option<Box<str>>, ForgeError> {
        let until = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
        let path = format!("/repos/{repository}/commits?until={until}&per_page={NEWEST_COMMITS}");
        let ask = Ask::get("GET /repos/{repo}/commits", path);
        let answer = self.get(repository, ask).await?;
        Ok(commit::tip(read(&answer)?))
    }

    /// <https://docs.github.com/en/rest/git/blobs#get-a-blob>
    async fn blob(&self, repository: &Repository, sha: &str) -> Result<String, ForgeError> {
        let path = format!("/repos/{repository}/git/blobs/{sha}");
        let ask = Ask {
            accept: RAW,
            ..Ask::get("GET /repos/{repo}/git/blobs/{sha}", path)
        };
        let answer = self.get(repository, ask).await?;
        let bytes = if blob_sha(&answer.body) == sha {
            answer.body.to_vec()
        } else {
            // A stand-in may know only the other form.
            packed_blob(&answer)?
        };
        if blob_sha(&bytes) != sha {
            return Err(ForgeError::Unreadable(format!("{sha} is another file")));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// <https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-tar>
    async fn files(
        &self,
        repository: &Repository,
        wanted: FileFilter,
        sink: FileSink<'_>,
    ) -> Result<(), ForgeError> {
        let path = format!("/repos/{repository}/tarball/HEAD");
        let ask = Ask::get("GET /repos/{repo}/tarball/{ref}", path);
        archive::files(self.client(repository), &ask, self.urgency, wanted, sink).await
    }

    /// <https://docs.github.com/en/rest/issues/issues#list-repository-issues>
    async fn issues(
        &self,
        repository: &Repository,
        since: Since,
        known: Option<&Validator>,
    ) -> Result<Fetched<Page<Issue>>, ForgeError> {
        let path = format!("/repos/{repository}/issues?state=all&{}", ordered(since));
        let ask = Ask::get("GET /repos/{repo}/issues", path).known(known);
        let answer = self.get(repository, ask).await?;
        let name = repository.to_string();
        page(&answer, "#", |item: WireIssue| {
            // A list of a renamed repository's issues gives its new name.
            let issue = Issue {
                repository: name.as_str().into(),
                ..item.into_domain()
            };
            let updated_at = issue.updated_at;
            Some((issue, updated_at))
        })
    }

    /// <https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository> and
    /// <https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository>
    async fn comments(
        &self,
        repository: &Repository,
        kind: CommentKind,
        since: Since,
        known: Option<&Validator>,
    ) -> Result<Fetched<Page<Comment>>, ForgeError> {
        let (endpoint, folder) = match kind {
            CommentKind::Issue => ("GET /repos/{repo}/issues/comments", "issues"),
            CommentKind::Review => ("GET /repos/{repo}/pulls/comments", "pulls"),
            // No list of a repository has them.
            CommentKind::Summary | CommentKind::Request | CommentKind::Text => {
                return Ok(Fetched::Same);
            }
        };
        let path = format!("/repos/{repository}/{folder}/comments?{}", ordered(since));
        let ask = Ask::get(endpoint, path).known(known);
        let answer = self.get(repository, ask).await?;
        let name = repository.to_string();
        page(&answer, " comment ", |item: WireComment| {
            let comment = item.into_domain(kind, None)?;
            let updated_at = Some(comment.updated_at);
            let repository = name.as_str().into();
            Some((
                Comment {
                    repository,
                    ..comment
                },
                updated_at,
            ))
        })
    }

    /// <https://docs.github.com/en/rest/issues/comments#list-issue-comments> and
    /// <https://docs.github.com/en/rest/pulls/comments#list-review-comments-on-a-pull-request>
    async fn comments_of(
        &self,
        repository: &Repository,
        kind: CommentKind,
        issue: u64,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<Comment>>, ForgeError> {
        let (endpoint, folder) = match kind {
            CommentKind::Issue => ("GET /repos/{repo}/issues/{number}/comments", "issues"),
            CommentKind::Review => ("GET /repos/{repo}/pulls/{number}/comments", "pulls"),
            CommentKind::Summary | CommentKind::Request | CommentKind::Text => {
                return Ok(Fetched::Same);
            }
        };
        let path = format!("/repos/{repository}/{folder}/{issue}/comments");
        let fetched = self
            .whole_list::<WireComment>(repository, endpoint, &path, known)
            .await?;
        Ok(match fetched {
            Fetched::Same => Fetched::Same,
            Fetched::New(items, validator) => {
                let comments = items.into_iter().filter_map(|item| {
                    let comment = item.into_domain(kind, Some(issue))?;
                    let repository = repository.to_string().into();
                    Some(Comment {
                        repository,
                        ..comment
                    })
                });
                Fetched::New(comments.collect(), validator)
            }
        })
    }

    /// <https://docs.github.com/en/rest/issues/comments#get-an-issue-comment> and
    /// <https://docs.github.com/en/rest/pulls/comments#get-a-review-comment-for-a-pull-request>
    async fn one_comment(
        &self,
        repository: &Repository,
        kind: CommentKind,
        id: u64,
    ) -> Result<Option<Comment>, ForgeError> {
        let (endpoint, folder) = match kind {
            CommentKind::Issue => ("GET /repos/{repo}/issues/comments/{id}", "issues"),
            CommentKind::Review => ("GET /repos/{repo}/pulls/comments/{id}", "pulls"),
            CommentKind::Summary | CommentKind::Request | CommentKind::Text => return Ok(None),
        };
        let path = format!("/repos/{repository}/{folder}/comments/{id}");
        let answer = match self.get(repository, Ask::get(endpoint, path)).await {
            Ok(answer) => answer,
            Err(ForgeError::Gone(_) | ForgeError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let comment = read::<WireComment>(&answer)?.into_domain(kind, None);
        Ok(comment.map(|comment| Comment {
            repository: repository.to_string().into(),
            ..comment
        }))
    }

    /// <https://docs.github.com/en/rest/issues/issues#get-an-issue>: a transferred issue leads to
    /// its new place, a deleted one is gone.
    async fn issue(
        &self,
        repository: &Repository,
        number: u64,
        known: Option<&Validator>,
    ) -> Result<Fetched<Found>, ForgeError> {
        let path = format!("/repos/{repository}/issues/{number}");
        let ask = Ask::get("GET /repos/{repo}/issues/{number}", path).known(known);
        let answer = match self.get(repository, ask).await {
            Ok(answer) => answer,
            Err(ForgeError::Gone(_) | ForgeError::NotFound(_)) => {
                return Ok(Fetched::New(Found::Gone, None));
            }
            Err(error) => return Err(error),
        };
        if answer.is_same() {
            return Ok(Fetched::Same);
        }
        let issue = read::<WireIssue>(&answer)?.into_domain();
        let found = if self.is_there(&issue, repository, number).await? {
            Found::Here(Box::new(Issue {
                repository: repository.to_string().into(),
                ..issue
            }))
        } else {
            Found::Moved(issue.url)
        };
        Ok(Fetched::New(found, answer.validator()))
    }

    /// <https://docs.github.com/en/rest/issues/milestones#list-milestones>
    async fn milestones(
        &self,
        repository: &Repository,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<NumberedMilestone>>, ForgeError> {
        let endpoint = "GET /repos/{repo}/milestones";
        let path = format!("/repos/{repository}/milestones?state=all&direction=desc");
        let fetched = self
            .whole_list::<WireMilestone>(repository, endpoint, &path, known)
            .await?;
        Ok(fetched.map(|items| {
            let numbered = items.into_iter().map(|item| NumberedMilestone {
                number: item.number,
                milestone: item.into_domain(),
            });
            numbered.collect()
        }))
    }

    /// <https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository>
    async fn labels(
        &self,
        repository: &Repository,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<Box<str>>>, ForgeError> {
        let endpoint = "GET /repos/{repo}/labels";
        let path = format!("/repos/{repository}/labels");
        let fetched = self
            .whole_list::<WireLabel>(repository, endpoint, &path, known)
            .await?;
        Ok(fetched.map(|items| items.into_iter().map(|label| label.name).collect()))
    }

    /// <https://docs.github.com/en/rest/issues/comments#create-an-issue-comment>
    async fn comment(
        &self,
        repository: &Repository,
        issue: u64,
        body: &str,
    ) -> Result<Comment, ForgeError> {
        let endpoint = (Method::POST, "POST /repos/{repo}/issues/{number}/comments");
        let path = format!("/repos/{repository}/issues/{issue}/comments");
        let answer = self
            .write(repository, endpoint, path, Some(json!({ "body": body })))
            .await?;
        written_comment(&answer, repository, body)
    }

    /// <https://docs.github.com/en/rest/issues/comments#update-an-issue-comment>
    async fn edit_comment(
        &self,
        repository: &Repository,
        id: u64,
        body: &str,
    ) -> Result<Comment, ForgeError> {
        let endpoint = (Method::PATCH, "PATCH /repos/{repo}/issues/comments/{id}");
        let path = format!("/repos/{repository}/issues/comments/{id}");
        let answer = self
            .write(repository, endpoint, path, Some(json!({ "body": body })))
            .await?;
        written_comment(&answer, repository, body)
    }

    /// <https://docs.github.com/en/rest/issues/comments#delete-an-issue-comment>
    async fn delete_comment(&self, repository: &Repository, id: u64) -> Result<(), ForgeError> {
        let endpoint = (Method::DELETE, "DELETE /repos/{repo}/issues/comments/{id}");
        let path = format!("/repos/{repository}/issues/comments/{id}");
        self.write(repository, endpoint, path, None).await?;
        Ok(())
    }

    /// <https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request>
    async fn reviews(&self, repository: &Repository, pull: u64) -> Result<Vec<Review>, ForgeError> {
        let endpoint = "GET /repos/{repo}/pulls/{number}/reviews";
        let path = format!("/repos/{repository}/pulls/{pull}/reviews");
        let listed = self.whole_list::<WireReview>(repository, endpoint, &path, None);
        let Fetched::New(reviews, _) = listed.await? else {
            return Ok(Vec::new());
        };
        let name = repository.to_string();
        let reviews = reviews.into_iter();
        Ok(reviews
            .map(|review| review.into_domain(&name, pull))
            .collect())
    }

    /// <https://docs.github.com/en/rest/issues/events#list-issue-events>
    async fn doings(&self, repository: &Repository, issue: u64) -> Result<Vec<Doing>, ForgeError> {
        let endpoint = "GET /repos/{repo}/issues/{number}/events";
        let path = format!("/repos/{repository}/issues/{issue}/events");
        let listed = self.whole_list::<WireEvent>(repository, endpoint, &path, None);
        let Fetched::New(events, _) = listed.await? else {
            return Ok(Vec::new());
        };
        let events = events.into_iter();
        Ok(events
            .filter_map(|event| event.into_domain(repository.owner()))
            .collect())
    }

    /// <https://docs.github.com/en/rest/teams/members#list-team-members>
    async fn team_members(
        &self,
        repository: &Repository,
        team: &str,
    ) -> Result<Option<Vec<Login>>, ForgeError> {
        let endpoint = "GET /orgs/{org}/teams/{team}/members";
        let path = format!("/orgs/{}/teams/{team}/members", repository.owner());
        let listed = self.whole_list::<WireUser>(repository, endpoint, &path, None);
        match listed.await {
            Ok(Fetched::New(members, _)) => {
                let members = members.iter().filter_map(WireUser::login);
                Ok(Some(members.collect()))
            }
            Ok(Fetched::Same) | Err(ForgeError::NotFound(_) | ForgeError::Forbidden(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// <https://docs.github.com/en/rest/repos/repos#get-a-repository>
    async fn is_private(&self, repository: &Repository) -> Result<bool, ForgeError> {
        let ask = Ask::get("GET /repos/{repo}", format!("/repos/{repository}"));
        let answer = self.get(repository, ask).await?;
        // What does not say that it is public is taken for private.
        Ok(read::<WireRepository>(&answer)?.private != Some(false))
    }

    async fn own_account(&self, repository: &Repository) -> Result<Option<Account>, ForgeError> {
        self.client(repository).own_account(self.urgency).await
    }

    /// <https://docs.github.com/en/rest/issues/issues#create-an-issue>: labels, assignees and a
    /// milestone that one has no right to set are dropped in silence.
    async fn open_issue(
        &self,
        repository: &Repository,
        new: &NewIssue,
    ) -> Result<Issue, ForgeError> {
        let endpoint = (Method::POST, "POST /repos/{repo}/issues");
        let path = format!("/repos/{repository}/issues");
        let body = json!({
            "title": new.title,
            "body": new.body,
            "labels": new.labels,
            "assignees": new.assignees,
            "milestone": new.milestone,
        });
        let answer = self.write(repository, endpoint, path, Some(body)).await?;
        let (issue, milestone) = written_issue(&answer, repository)?;
        let mut missing = missing_labels(&issue, &new.labels);
        missing.extend(missing_people(&issue, &new.assignees));
        if new.milestone != milestone && new.milestone.is_some() {
            missing.push("the milestone".to_owned());
        }
        complete(issue, &missing)
    }

    /// <https://docs.github.com/en/rest/issues/issues#update-an-issue>
    async fn edit_issue(
        &self,
        repository: &Repository,
        number: u64,
        edit: &IssueEdit,
    ) -> Result<Issue, ForgeError> {
        let endpoint = (Method::PATCH, "PATCH /repos/{repo}/issues/{number}");
        let path = format!("/repos/{repository}/issues/{number}");
        let mut body = serde_json::Map::new();
        if let Some(title) = &edit.title {
            body.insert("title".to_owned(), json!(title));
        }
        if let Some(text) = &edit.body {
            body.insert("body".to_owned(), json!(text));
        }
        if let Some(milestone) = edit.milestone {
            body.insert("milestone".to_owned(), json!(milestone));
        }
        if let Some(state) = edit.state {
            body.insert("state".to_owned(), json!(state.as_str()));
            let reason = match state {
                IssueState::Open => "reopened",
                IssueState::Completed => "completed",
                IssueState::NotPlanned => "not_planned",
                IssueState::Duplicate => "duplicate",
            };
            body.insert("state_reason".to_owned(), json!(reason));
        }
        let answer = self
            .write(repository, endpoint, path, Some(Value::Object(body)))
            .await?;
        let (issue, milestone) = written_issue(&answer, repository)?;
        let mut missing = Vec::new();
        if edit.milestone.is_some_and(|wanted| wanted != milestone) {
            missing.push("the milestone".to_owned());
        }
        if edit
            .title
            .as_deref()
            .is_some_and(|title| *title.trim() != *issue.title)
        {
            missing.push("the title".to_owned());
        }
        if edit
            .state
            .is_some_and(|state| state.as_str() != issue.state.as_str())
        {
            missing.push("the state".to_owned());
        }
        complete(issue, &missing)
    }

    /// <https://docs.github.com/en/rest/issues/labels#add-labels-to-an-issue>
    async fn add_labels(
        &self,
        repository: &Repository,
        issue: u64,
        labels: &[String],
    ) -> Result<(), ForgeError> {
        let endpoint = (Method::POST, "POST /repos/{repo}/issues/{number}/labels");
        let path = format!("/repos/{repository}/issues/{issue}/labels");
        let body = json!({ "labels": labels });
        let answer = self.write(repository, endpoint, path, Some(body)).await?;
        let now: Vec<WireLabel> = read(&answer)?;
        let missing = labels
            .iter()
            .filter(|label| {
                !now.iter()
                    .any(|other| other.name.eq_ignore_ascii_case(label))
            })
            .map(|label| format!("the label {label}"));
        complete((), &missing.collect::<Vec<_>>())
    }

    /// <https://docs.github.com/en/rest/issues/labels#remove-a-label-from-an-issue>: one that is
    /// not there is as good as removed.
    async fn remove_label(
        &self,
        repository: &Repository,
        issue: u64,
        label: &str,
    ) -> Result<(), ForgeError> {
        let endpoint = (
            Method::DELETE,
            "DELETE /repos/{repo}/issues/{number}/labels/{name}",
        );
        let label: String = form_urlencoded::byte_serialize(label.as_bytes()).collect();
        let label = label.replace('+', "%20");
        let path = format!("/repos/{repository}/issues/{issue}/labels/{label}");
        match self.write(repository, endpoint, path, None).await {
            Err(ForgeError::NotFound(what)) if what.contains("Label does not exist") => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// <https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue>: who cannot be
    /// assigned is dropped in silence.
    async fn assign(
        &self,
        repository: &Repository,
        issue: u64,
        people: &[Login],
    ) -> Result<(), ForgeError> {
        let endpoint = (Method::POST, "POST /repos/{repo}/issues/{number}/assignees");
        let path = format!("/repos/{repository}/issues/{issue}/assignees");
        let body = json!({ "assignees": people });
        let answer = self.write(repository, endpoint, path, Some(body)).await?;
        let (issue, _) = written_issue(&answer, repository)?;
        complete((), &missing_people(&issue, people))
    }

    /// <https://docs.github.com/en/rest/issues/assignees#remove-assignees-from-an-issue>
    async fn unassign(
        &self,
        repository: &Repository,
        issue: u64,
        people: &[Login],
    ) -> Result<(), ForgeError> {
        let endpoint = (
            Method::DELETE,
            "DELETE /repos/{repo}/issues/{number}/assignees",
        );
        let path = format!("/repos/{repository}/issues/{issue}/assignees");
        let body = json!({ "assignees": people });
        let answer = self.write(repository, endpoint, path, Some(body)).await?;
        let (issue, _) = written_issue(&answer, repository)?;
        let left = people
            .iter()
            .filter(|login| issue.assignees.contains(login));
        let left: Vec<String> = left
            .map(|login| format!("@{login} stays assigned"))
            .collect();
        complete((), &left)
    }
}
