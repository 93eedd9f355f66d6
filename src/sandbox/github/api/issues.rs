//! Reading issues, pull requests, comments and reviews.

use http::StatusCode;

use super::{Answer, Call, Outcome, Refusal, State, Token};
use crate::sandbox::github::{
    answer::page,
    repository::{Gone, Issue, Moment, Openness, Repository},
};

impl State {
    /// Issues and, because each pull request is one, pull requests.
    /// <https://docs.github.com/en/rest/issues/issues#list-repository-issues>
    pub(super) fn issues(&self, call: &Call, id: u64) -> Outcome {
        let repository = self.at(id);
        let filter = self.filter(call, repository)?;
        let issues = repository.issues.values();
        let mut issues: Vec<_> = issues
            .filter(|issue| repository.has_issues || issue.pull.is_some())
            .filter(|issue| filter.takes(issue))
            .collect();
        let sort = call.word("sort", &["created", "updated", "comments"]);
        issues.sort_by_key(|issue| match sort {
            "updated" => (issue.updated_at.timestamp(), issue.number),
            "comments" => (
                issue.comments.len().try_into().unwrap_or(i64::MAX),
                issue.number,
            ),
            _ => (issue.created_at.timestamp(), issue.number),
        });
        if call.word("direction", &["desc", "asc"]) == "desc" {
            issues.reverse();
        }
        Ok(page(call, &self.base, &issues, |issue| {
            self.show_issue(repository, issue)
        }))
    }

    fn filter(&self, call: &Call, repository: &Repository) -> Result<Filter, Refusal> {
        let labels = call
            .parameter("labels")
            .unwrap_or_default()
            .split(',')
            .map(str::trim);
        let labels = labels.filter(|name| !name.is_empty());
        let milestone = match call.parameter("milestone") {
            None => Asked::Anything,
            Some("*") => Asked::Something,
            Some("none") => Asked::Nothing,
            Some(number) => match number.parse() {
                Ok(number) if repository.milestones.contains_key(&number) => Asked::This(number),
                _ => return Err(Refusal::invalid("Issue", "milestone", "invalid")),
            },
        };
        let assignee = match call.parameter("assignee") {
            None => Asked::Anything,
            Some("*") => Asked::Something,
            Some("none") => Asked::Nothing,
            Some(login) => match self.find_user(login) {
                Some(user) => Asked::This(user),
                None => return Err(Refusal::invalid("Issue", "assignee", "invalid")),
            },
        };
        Ok(Filter {
            openness: openness(call),
            since: call.since()?,
            // A label nobody made is on no issue.
            labels: labels
                .map(|name| Some(repository.label(name)?.id))
                .collect(),
            milestone,
            assignee,
            creator: match call.parameter("creator") {
                None => Asked::Anything,
                Some(login) => self.find_user(login).map_or(Asked::Nothing, Asked::This),
            },
        })
    }

    /// <https://docs.github.com/en/rest/issues/issues#get-an-issue>
    pub(super) fn one_issue(&self, token: &Token, id: u64, number: &str) -> Outcome {
        let issue = self.issue(token, id, number, "")?;
        if !self.at(id).has_issues && issue.pull.is_none() {
            return Err(Refusal::gone(
                "Issues has been disabled in this repository.",
            ));
        }
        Ok(Answer::ok(&self.show_issue(self.at(id), issue)))
    }

    /// The issue of this number, or what became of it: "If the issue was transferred to another
    /// repository, the API returns a 301 Moved Permanently status. If the issue was transferred to or
    /// deleted from a repository where the authenticated user lacks read access, the API returns a
    /// 404 Not Found status. If the issue was deleted […] a 410 Gone status."
    /// <https://docs.github.com/en/rest/issues/issues#get-an-issue>
    pub(in crate::sandbox::github) fn issue(
        &self,
        token: &Token,
        id: u64,
        number: &str,
        rest: &str,
    ) -> Result<&Issue, Refusal> {
        let number: u64 = number.parse().map_err(|_| Refusal::not_found())?;
        let repository = self.at(id);
        if let Some(issue) = repository.issues.get(&number) {
            return Ok(issue);
        }
        match repository.gone.get(&number) {
            None => Err(Refusal::not_found()),
            Some(Gone::Deleted) => Err(Refusal::gone("This issue was deleted")),
            Some(Gone::Transferred { repository, number }) => {
                let target = self.numbered(*repository, token)?;
                let to = format!("{}/repositories/{target}/issues/{number}{rest}", self.base);
                Err(Refusal::moved(StatusCode::MOVED_PERMANENTLY, to))
            }
        }
    }

    /// <https://docs.github.com/en/rest/issues/comments#list-issue-comments>: oldest first.
    pub(super) fn comments_of(&self, call: &Call, token: &Token, id: u64, number: &str) -> Outcome {
        let issue = self.issue(token, id, number, "/comments")?;
        let (repository, since) = (self.at(id), call.since()?);
        let comments = repository.comments_on(issue.number);
        let comments: Vec<_> = comments
            .filter(|comment| is_since(since, comment.updated_at))
            .collect();
        Ok(page(call, &self.base, &comments, |comment| {
            self.show_comment(repository, comment)
        }))
    }

    /// What was done to an issue or a pull request, oldest first.
    /// <https://docs.github.com/en/rest/issues/events#list-issue-events>
    pub(super) fn events_of(&self, call: &Call, token: &Token, id: u64, number: &str) -> Outcome {
        let issue = self.issue(token, id, number, "/events")?;
        let repository = self.at(id);
        Ok(page(call, &self.base, &issue.events, |event| {
            self.show_event(repository, event)
        }))
    }

    /// All comments of a repository. "direction: Ignored without the sort parameter."
    /// <https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository>
    pub(super) fn all_comments(&self, call: &Call, id: u64) -> Outcome {
        let (repository, since) = (self.at(id), call.since()?);
        let comments = repository.comments.values();
        let comments = comments.filter(|comment| is_since(since, comment.updated_at));
        let comments = sorted(call, comments.collect(), |comment| {
            (comment.created_at, comment.updated_at)
        });
        Ok(page(call, &self.base, &comments, |comment| {
            self.show_comment(repository, comment)
        }))
    }

    pub(super) fn comment(&self, id: u64, number: &str) -> Outcome {
        let repository = self.at(id);
        let number: u64 = number.parse().map_err(|_| Refusal::not_found())?;
        let comment = repository
            .comments
            .get(&number)
            .ok_or_else(Refusal::not_found)?;
        Ok(Answer::ok(&self.show_comment(repository, comment)))
    }

    /// All comments on lines of a repository's pull requests.
    /// <https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository>
    pub(super) fn all_review_comments(&self, call: &Call, id: u64) -> Outcome {
        let (repository, since) = (self.at(id), call.since()?);
        let comments = repository.review_comments.values();
        let comments = comments.filter(|comment| is_since(since, comment.updated_at));
        let comments = sorted(call, comments.collect(), |comment| {
            (comment.created_at, comment.updated_at)
        });
        Ok(page(call, &self.base, &comments, |comment| {
            self.show_review_comment(repository, comment)
        }))
    }

    /// "By default, review comments are in ascending order by ID."
    /// <https://docs.github.com/en/rest/pulls/comments#list-review-comments-on-a-pull-request>
    pub(super) fn review_comments_of(&self, call: &Call, id: u64, number: &str) -> Outcome {
        self.pull(id, number)?;
        let (repository, since) = (self.at(id), call.since()?);
        let comments = repository.review_comments.values();
        let comments: Vec<_> = comments
            .filter(|comment| number == comment.pull.to_string())
            .filter(|comment| is_since(since, comment.updated_at))
            .collect();
        Ok(page(call, &self.base, &comments, |comment| {
            self.show_review_comment(repository, comment)
        }))
    }

    pub(super) fn review_comment(&self, id: u64, number: &str) -> Outcome {
        let repository = self.at(id);
        let number: u64 = number.parse().map_err(|_| Refusal::not_found())?;
        let comment = repository
            .review_comments
            .get(&number)
            .ok_or_else(Refusal::not_found)?;
        Ok(Answer::ok(&self.show_review_comment(repository, comment)))
    }

    /// <https://docs.github.com/en/rest/pulls/pulls#list-pull-requests>
    pub(super) fn pulls(&self, call: &Call, id: u64) -> Answer {
        let (repository, openness) = (self.at(id), openness(call));
        let pulls = repository
            .issues
            .values()
            .filter(|issue| issue.pull.is_some());
        let pulls = pulls.filter(|pull| openness.is_none_or(|wanted| wanted == pull.openness()));
        let mut pulls: Vec<_> = pulls.collect();
        let sort = call.word("sort", &["created", "updated"]);
        pulls.sort_by_key(|pull| match sort {
            "updated" => (pull.updated_at, pull.number),
            _ => (pull.created_at, pull.number),
        });
        // "Default: desc when sort is created or sort is not specified, otherwise asc."
        let default = if sort == "created" {
            ["desc", "asc"]
        } else {
            ["asc", "desc"]
        };
        if call.word("direction", &default) == "desc" {
            pulls.reverse();
        }
        page(call, &self.base, &pulls, |pull| {
            self.show_pull(repository, pull)
        })
    }

    /// <https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request>
    pub(super) fn pull(&self, id: u64, number: &str) -> Outcome {
        let repository = self.at(id);
        let number: u64 = number.parse().map_err(|_| Refusal::not_found())?;
        let issue = repository
            .issues
            .get(&number)
            .filter(|issue| issue.pull.is_some());
        Ok(Answer::ok(&self.show_pull(
            repository,
            issue.ok_or_else(Refusal::not_found)?,
        )))
    }

    /// "The list of reviews returns in chronological order."
    /// <https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request>
    pub(super) fn reviews(&self, call: &Call, id: u64, number: &str) -> Outcome {
        self.pull(id, number)?;
        let repository = self.at(id);
        let reviews = repository.reviews.values();
        let reviews: Vec<_> = reviews
            .filter(|review| number == review.pull.to_string())
            .collect();
        Ok(page(call, &self.base, &reviews, |review| {
            self.show_review(repository, review)
        }))
    }
}

enum Asked {
    Anything,
    Something,
    Nothing,
    This(u64),
}

impl Asked {
    fn takes(&self, given: &[u64]) -> bool {
        match self {
            Self::Anything => true,
            Self::Something => !given.is_empty(),
            Self::Nothing => given.is_empty(),
            Self::This(wanted) => given.contains(wanted),
        }
    }
}

struct Filter {
    openness: Option<Openness>,
    since: Option<Moment>,
    labels: Vec<Option<u64>>,
    milestone: Asked,
    assignee: Asked,
    creator: Asked,
}

impl Filter {
    fn takes(&self, issue: &Issue) -> bool {
        let has = |label: &Option<u64>| label.is_some_and(|label| issue.labels.contains(&label));
        self.openness
            .is_none_or(|wanted| wanted == issue.openness())
            && is_since(self.since, issue.updated_at)
            && self.labels.iter().all(has)
            && self.milestone.takes(issue.milestone.as_slice())
            && self.assignee.takes(&issue.assignees)
            && self.creator.takes(&[issue.author])
    }
}

/// `state`, which is `open` unless said otherwise; `None` for all.
pub(super) fn openness(call: &Call) -> Option<Openness> {
    match call.word("state", &["open", "closed", "all"]) {
        "all" => None,
        "closed" => Some(Openness::Closed),
        _ => Some(Openness::Open),
    }
}

/// `since` includes the moment itself.
fn is_since(since: Option<Moment>, updated_at: Moment) -> bool {
    since.is_none_or(|since| updated_at >= since)
}

/// Sorts what comes in the order of its numbers, when it was asked to.
fn sorted<'a, T>(
    call: &Call,
    mut items: Vec<&'a T>,
    times: impl Fn(&T) -> (Moment, Moment),
) -> Vec<&'a T> {
    match call.parameter("sort") {
        Some("created") => items.sort_by_key(|item| times(item).0),
        Some("updated") => items.sort_by_key(|item| times(item).1),
        _ => return items,
    }
    if call.word("direction", &["desc", "asc"]) == "desc" {
        items.reverse();
    }
    items
}
