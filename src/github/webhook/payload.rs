//! The parts of a payload and what they make.

use serde::{Deserialize, de::DeserializeOwned};

use super::{Part, Wrong};
use crate::{
    domain::{CommentKind, Did, Issue, Login, Repository},
    github::wire::{WireComment, WireIssue, WirePull, WireReview, WireTeam, WireUser, reviewer},
    ports::forge::{Departure, ForgeEvent},
};

/// What the events that are read have, each some of it. Objects are read when an event needs them.
#[derive(Deserialize)]
pub(super) struct Payload<'a> {
    #[serde(default)]
    action: Option<Box<str>>,
    #[serde(default)]
    repository: Option<WireRepository>,
    #[serde(borrow, default)]
    issue: Part<'a>,
    #[serde(borrow, default)]
    pull_request: Part<'a>,
    #[serde(borrow, default)]
    comment: Part<'a>,
    #[serde(borrow, default)]
    review: Part<'a>,
    #[serde(borrow, default)]
    changes: Part<'a>,
    #[serde(default)]
    assignee: Option<WireUser>,
    #[serde(default)]
    requested_reviewer: Option<WireUser>,
    #[serde(default)]
    requested_team: Option<WireTeam>,
    /// Who did it.
    #[serde(default)]
    sender: Option<WireUser>,
    /// What a push moved.
    #[serde(default, rename = "ref")]
    reference: Option<Box<str>>,
}

#[derive(Deserialize)]
struct WireRepository {
    full_name: Box<str>,
    #[serde(default)]
    default_branch: Option<Box<str>>,
}

/// What an edited text, an issue's way out, and a repository's new name say of before and after.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireChanges {
    body: Option<WireFrom<Option<Box<str>>>>,
    new_issue: Option<WireAddress>,
    new_repository: Option<WireAddress>,
    repository: Option<WireRenaming>,
    owner: Option<WireFrom<WireOwner>>,
}

#[derive(Deserialize)]
struct WireAddress {
    html_url: Box<str>,
}

#[derive(Deserialize)]
struct WireRenaming {
    name: WireFrom<Box<str>>,
}

#[derive(Deserialize)]
struct WireFrom<T> {
    from: T,
}

/// The former owner is under one of two names.
#[derive(Deserialize)]
struct WireOwner {
    #[serde(default)]
    user: Option<WireAccount>,
    #[serde(default)]
    organization: Option<WireAccount>,
}

#[derive(Deserialize)]
struct WireAccount {
    login: Box<str>,
}

impl Payload<'_> {
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues>
    pub(super) fn issue_event(&self) -> Result<Option<ForgeEvent>, Wrong> {
        let to = match self.action()? {
            "deleted" => Departure::Deleted,
            "transferred" | "converted_to_discussion" => Departure::Moved(self.new_address()),
            _ => return Ok(Some(self.changed(self.issue()?)?)),
        };
        Ok(Some(ForgeEvent::Left {
            repository: self.repository()?,
            number: self.issue()?.number,
            to,
            by: self.sender(),
        }))
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
    pub(super) fn pull_event(&self) -> Result<Option<ForgeEvent>, Wrong> {
        let pull = self.pull()?;
        Ok(Some(match self.action()? {
            "review_requested" => ForgeEvent::AskedForReview {
                pull: Box::new(pull),
                whom: reviewer(
                    self.requested_reviewer.as_ref(),
                    self.requested_team.as_ref(),
                    self.repository()?.owner(),
                ),
            },
            "review_request_removed" => ForgeEvent::AskedForReview {
                pull: Box::new(pull),
                whom: None,
            },
            _ => self.changed(pull)?,
        }))
    }

    /// An issue or a pull request as it is now, and who made it so.
    fn changed(&self, issue: Issue) -> Result<ForgeEvent, Wrong> {
        let assignee = || self.assignee.as_ref().and_then(WireUser::login);
        let did = match self.action()? {
            "edited" => {
                let body = self.changes()?.body;
                let from = body.map(|body| body.from.unwrap_or_default());
                from.map(|from| Did::Edited { from })
            }
            "assigned" => assignee().map(Did::Assigned),
            "unassigned" => assignee().map(Did::Unassigned),
            "closed" => Some(Did::Closed),
            "reopened" => Some(Did::Reopened),
            "demilestoned" => Some(Did::Demilestoned),
            _ => None,
        };
        Ok(ForgeEvent::Changed {
            issue: Box::new(issue),
            did: self.sender().zip(did),
        })
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment> and
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review_comment>
    pub(super) fn comment_event(&self, kind: CommentKind) -> Result<Option<ForgeEvent>, Wrong> {
        let is_deleted = self.action()? == "deleted";
        let repository = self.repository()?;
        let (number, below) = match kind {
            CommentKind::Issue => {
                let below = self.issue()?;
                (below.number, self.is_whole().then(|| Box::new(below)))
            }
            CommentKind::Review | CommentKind::Summary | CommentKind::Request => {
                let below = self.pull()?;
                (below.number, Some(Box::new(below)))
            }
        };
        let comment: WireComment = part("comment", self.comment)?;
        let mut comment = comment
            .into_domain(kind, Some(number))
            .ok_or_else(|| Wrong::missing("place of the comment"))?;
        comment.repository = repository.to_string().into();
        let id = sound("comment", comment.id)?;
        sound("issue", comment.issue)?;
        Ok(Some(if is_deleted {
            ForgeEvent::Uncommented {
                repository,
                kind,
                id,
                below,
            }
        } else {
            let comment = Box::new(comment);
            ForgeEvent::Commented { comment, below }
        }))
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review>
    pub(super) fn review_event(&self) -> Result<Option<ForgeEvent>, Wrong> {
        self.action()?;
        let review: WireReview = part("review", self.review)?;
        let below = Box::new(self.pull()?);
        let review = Box::new(review.into_domain(&below.repository, below.number));
        sound("review", review.id)?;
        Ok(Some(ForgeEvent::Reviewed { review, below }))
    }

    /// A push to the default branch, where the files are that tell facts.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
    pub(super) fn push_event(&self) -> Result<Option<ForgeEvent>, Wrong> {
        let reference = self.reference.as_deref();
        let branch = reference
            .ok_or_else(|| Wrong::missing("ref"))?
            .strip_prefix("refs/heads/");
        let repository = self.repository.as_ref();
        let default = repository.and_then(|repository| repository.default_branch.as_deref());
        // Better once too often than never, should GitHub not say which is the default.
        let is_side = default.is_some() && branch != default;
        if is_side || branch.is_none() {
            return Ok(None);
        }
        self.hint()
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository>
    pub(super) fn repository_event(&self) -> Result<Option<ForgeEvent>, Wrong> {
        let now = self.repository()?;
        let changes = self.changes()?;
        let before = match self.action()? {
            "renamed" => {
                let renaming = changes.repository;
                renaming.map(|renaming| format!("{}/{}", now.owner(), renaming.name.from))
            }
            "transferred" => {
                let owner = changes.owner;
                let owner = owner.and_then(|owner| owner.from.user.or(owner.from.organization));
                owner.map(|owner| format!("{}/{}", owner.login, now.name()))
            }
            _ => return Ok(None),
        };
        let before = before.ok_or_else(|| Wrong::missing("former name of the repository"))?;
        let repository = named(&before)?;
        Ok(Some(ForgeEvent::Hint {
            repository,
            labels: false,
        }))
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#label>
    pub(super) fn label_event(&self) -> Result<Option<ForgeEvent>, Wrong> {
        let repository = self.repository()?;
        Ok(Some(ForgeEvent::Hint {
            repository,
            labels: true,
        }))
    }

    /// Something of the repository is new.
    pub(super) fn hint(&self) -> Result<Option<ForgeEvent>, Wrong> {
        let repository = self.repository()?;
        Ok(Some(ForgeEvent::Hint {
            repository,
            labels: false,
        }))
    }

    fn sender(&self) -> Option<Login> {
        self.sender.as_ref()?.login()
    }

    fn action(&self) -> Result<&str, Wrong> {
        let action = self.action.as_deref();
        action.ok_or_else(|| Wrong::missing("action"))
    }

    fn repository(&self) -> Result<Repository, Wrong> {
        let repository = self.repository.as_ref();
        let repository = repository.ok_or_else(|| Wrong::missing("repository"))?;
        named(&repository.full_name)
    }

    fn changes(&self) -> Result<WireChanges, Wrong> {
        match self.changes {
            None => Ok(WireChanges::default()),
            changes => part("changes", changes),
        }
    }

    fn issue(&self) -> Result<Issue, Wrong> {
        let issue: WireIssue = part("issue", self.issue)?;
        self.placed("issue", issue.into_domain())
    }

    /// The pull request, which here has another shape than in a list of issues.
    fn pull(&self) -> Result<Issue, Wrong> {
        let issue: WireIssue = part("pull_request", self.pull_request)?;
        let pull: WirePull = part("pull_request", self.pull_request)?;
        let issue = Issue {
            pull: Some(pull.into_domain()),
            ..issue.into_domain()
        };
        self.placed("pull_request", issue)
    }

    fn placed(&self, what: &str, issue: Issue) -> Result<Issue, Wrong> {
        sound(what, issue.number)?;
        Ok(Issue {
            repository: self.repository()?.to_string().into(),
            ..issue
        })
    }

    /// Whether the issue of a comment is shown whole. Of a pull request older payloads leave out
    /// whether it was merged, and nothing must look unmerged for that.
    fn is_whole(&self) -> bool {
        #[derive(Deserialize)]
        struct Marked<'a> {
            #[serde(borrow, default)]
            pull_request: Part<'a>,
        }
        let is_marked = |issue: &serde_json::value::RawValue| {
            let marked: Marked<'_> = serde_json::from_str(issue.get()).ok()?;
            Some(marked.pull_request?.get().contains("\"merged_at\""))
        };
        self.issue.and_then(is_marked) != Some(false)
    }

    /// Where an issue went; that it went is certain even where the address is missing.
    fn new_address(&self) -> Box<str> {
        let changes = self.changes().unwrap_or_default();
        let address = changes.new_issue.or(changes.new_repository);
        address.map_or_else(|| "another place".into(), |address| address.html_url)
    }
}

fn part<T: DeserializeOwned>(name: &str, part: Part<'_>) -> Result<T, Wrong> {
    let part = part.ok_or_else(|| Wrong::missing(name))?;
    serde_json::from_str(part.get()).map_err(|error| Wrong::within(name, &error))
}

fn named(full_name: &str) -> Result<Repository, Wrong> {
    Repository::parse(full_name)
        .ok_or_else(|| Wrong("the repository is not called owner/name".to_owned()))
}

/// A number that counts something on GitHub: a store can hold no other.
fn sound(what: &str, number: u64) -> Result<u64, Wrong> {
    let is_sound = number > 0 && i64::try_from(number).is_ok();
    is_sound
        .then_some(number)
        .ok_or_else(|| Wrong(format!("{number} is no number of {what}")))
}
