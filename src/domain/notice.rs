//! What somebody is told by direct message, because it concerns them.

mod preferences;
mod told;
mod wish;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::{
    preferences::{Off, Preferences, Quiet},
    told::Told,
    wish::Wish,
};
use super::{
    KepNumber, Login, Release,
    bridge::{ChannelAt, IssueAt},
    change::{Change, Role, What},
    field::is_placeholder,
    people::People,
};

/// Who is told: somebody with a login, wherever they are, or a member of a workspace without one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Somebody whose login is known.
    Login(Login),
    /// A member, by workspace and id.
    Member(ChannelAt),
}

impl Recipient {
    /// Every name by which the same person is known, this one in front: their login, and who they are in
    /// each workspace. What they want stands under all of them, so that it stays theirs where one comes
    /// or goes.
    pub fn names(&self, people: &People) -> Vec<Self> {
        let person = match self {
            Self::Login(login) => people.by_login(login),
            Self::Member(member) => people.by_slack(&member.workspace, &member.id),
        };
        let mut names = vec![self.clone()];
        if let Some(person) = person {
            let members = person.slack.iter();
            let members = members.map(|(at, id)| Self::Member(ChannelAt::new(at, id)));
            let others = [Self::Login(person.login.clone())]
                .into_iter()
                .chain(members);
            names.extend(others.filter(|name| name != self));
        }
        names
    }

    /// Whom something that waited is for by now. A login may have changed hands, so they are found as the
    /// members who they were when it began to wait; `None` where these have no login any more.
    pub fn by_now(&self, to: &[ChannelAt], people: &People) -> Option<Self> {
        let mut to = to.iter();
        match self {
            Self::Login(_) if to.len() > 0 => to
                .find_map(|member| people.by_slack(&member.workspace, &member.id))
                .map(|person| Self::Login(person.login.clone())),
            who => Some(who.clone()),
        }
    }

    /// Who somebody is in each workspace, the one that they chose in front.
    pub fn members(&self, people: &People, preferences: &Preferences) -> Vec<ChannelAt> {
        let mut members: Vec<ChannelAt> = match self {
            Self::Member(member) => vec![member.clone()],
            Self::Login(login) => {
                let person = people.by_login(login).into_iter();
                let slack = person.flat_map(|person| &person.slack);
                slack.map(|(at, id)| ChannelAt::new(at, id)).collect()
            }
        };
        let chosen = preferences.workspace.as_ref();
        members.sort_by_key(|member| Some(&member.workspace) != chosen);
        members
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login(login) => write!(f, "github/{}", login.as_str().to_ascii_lowercase()),
            Self::Member(member) => write!(f, "slack/{member}"),
        }
    }
}

/// Something that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What names it in keys: the same however it became known, and to whomever it is told.
    pub id: Box<str>,
    /// The KEP.
    pub kep: KepNumber,
    /// Its title.
    pub title: Box<str>,
    /// The issue or pull request that it is about, where it is about one.
    pub at: Option<IssueAt>,
    /// The page to look at.
    pub url: Box<str>,
    /// What it is.
    pub matter: Matter,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Somebody mentioned them.
    Mention {
        /// Who, a login; none where it is the text of the issue itself.
        by: Option<Box<str>>,
        /// The team by whose name they were mentioned, `@containerd/reviewers`; none where it was
        /// their own.
        #[serde(default)]
        team: Option<Box<str>>,
        /// What was said around it, Markdown; none where it is not to be repeated.
        said: Option<String>,
        /// How many others were named with them.
        others: usize,
        /// Whether it mentions them no more, or is gone.
        gone: bool,
    },
    /// They are asked for their review of a pull request.
    Review {
        /// Who asks, a login.
        by: Option<Box<str>>,
        /// The team that is asked, `@containerd/reviewers`; none where it is they.
        #[serde(default)]
        team: Option<Box<str>>,
        /// Whether they are asked no more.
        gone: bool,
    },
    /// They became a shepherd of the KEP, or are one no more.
    Shepherd {
        /// Whether they are one now.
        joined: bool,
    },
    /// The KEP moved.
    Change(Change),
    /// A freeze is near, and something is still to be mended.
    Freeze {
        /// `Code Freeze`
        what: Box<str>,
        /// Of which release.
        release: Release,
        /// On which day it is.
        day: NaiveDate,
        /// What is wrong, each in a few words.
        wrong: Vec<Box<str>>,
    },
}

/// The kinds of notices that somebody may want or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Being mentioned on GitHub.
    Mentions,
    /// Being asked for a review.
    Reviews,
    /// Becoming a shepherd, or being one no more.
    Assignments,
    /// What changes of one's KEPs.
    Changes,
    /// A freeze that one's KEPs are not ready for.
    Freezes,
}

impl Kind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Mentions,
        Self::Reviews,
        Self::Assignments,
        Self::Changes,
        Self::Freezes,
    ];

    /// The words for all but the first, as a list: where an example has that one.
    pub fn others() -> String {
        Self::ALL[1..]
            .iter()
            .map(|kind| kind.word())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::Reviews => "reviews",
            Self::Assignments => "assignments",
            Self::Changes => "changes",
            Self::Freezes => "freezes",
        }
    }

    /// What it tells of.
    pub fn about(self) -> &'static str {
        match self {
            Self::Mentions => "somebody mentions you on a KEP's issue or pull request",
            Self::Reviews => "somebody asks you for a review of a KEP's pull request",
            Self::Assignments => "you become a shepherd, or are one no more",
            Self::Changes => "a KEP that you shepherd or follow moves",
            Self::Freezes => {
                "a freeze is near and a KEP that you shepherd or follow is not ready for it"
            }
        }
    }

    /// Reads a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Notice {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self.matter {
            Matter::Mention { .. } => Kind::Mentions,
            Matter::Review { .. } => Kind::Reviews,
            Matter::Shepherd { .. } => Kind::Assignments,
            Matter::Change(_) => Kind::Changes,
            Matter::Freeze { .. } => Kind::Freezes,
        }
    }

    /// Whether it was taken back since.
    pub fn is_gone(&self) -> bool {
        matches!(
            self.matter,
            Matter::Mention { gone: true, .. } | Matter::Review { gone: true, .. }
        )
    }

    /// What further notices belong together with it: those of one issue, or of the KEP itself.
    pub fn subject(&self) -> String {
        match &self.at {
            Some(at) => at.to_string(),
            None => format!("kep/{}", self.kep),
        }
    }
}

/// Whether a change is worth a direct message to those whose KEP it is: what changes their plans.
pub fn is_for_its_people(change: &Change) -> bool {
    match &change.what {
        What::Stage(..)
        | What::Status(..)
        | What::IssueClosed
        | What::IssueReopened
        | What::IssueGone => true,
        // A later one is a plan; one that is gone leaves none, and a placeholder is none.
        What::LatestMilestone(_, new) | What::IssueMilestone(_, new) => {
            new.as_deref().is_none_or(is_placeholder)
        }
        _ => false,
    }
}

/// Who became a shepherd by a change, and who is one no more.
pub fn shepherds(change: &Change) -> Option<(&[Login], &[Login])> {
    match &change.what {
        What::IssuePeople(Role::Shepherd, joined, left) => Some((joined, left)),
        _ => None,
    }
}
