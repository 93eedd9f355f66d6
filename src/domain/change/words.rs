//! A change in words, as every place that tells it says it.

use std::fmt;

use super::{Change, Direction, New, Old, What};

impl Change {
    /// What it is about, where that has a number of its own: `#12814`, `pull request #13012`.
    pub fn place(&self) -> Option<String> {
        let (_, number) = self.issue.as_ref()?;
        Some(match self.what {
            What::PullOpened | What::PullMerged | What::PullClosed => {
                format!("pull request #{number}")
            }
            _ => format!("#{number}"),
        })
    }

    /// What is different, to be read behind the place: `stage alpha → beta`. The words of people
    /// stand in it as they are.
    pub fn words(&self) -> String {
        let back = match self.direction {
            Direction::Backward if self.what.says_a_way() => " (back)",
            _ => "",
        };
        format!("{}{back}", self.what)
    }
}

impl What {
    /// Whether it only tells two values, so that which way it went must be said.
    pub(in crate::domain) fn says_a_way(&self) -> bool {
        matches!(
            self,
            Self::Status(_, Some(_))
                | Self::Stage(_, Some(_))
                | Self::LatestMilestone(_, Some(_))
                | Self::Milestone(_, _, Some(_))
                | Self::IssueStage(_, Some(_))
                | Self::IssueMilestone(_, Some(_))
        )
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KepAdded => f.write_str("new"),
            Self::KepRemoved | Self::IssueGone => f.write_str("gone"),
            Self::KepRenamed(_, to) => write!(f, "moved to {to}"),
            Self::Title(_, to) | Self::IssueTitle(_, to) => write!(f, "title: {to}"),
            Self::Status(old, new) => from_to(f, "status", old, new),
            Self::Stage(old, new) | Self::IssueStage(old, new) => from_to(f, "stage", old, new),
            Self::LatestMilestone(old, new) => from_to(f, "latest milestone", old, new),
            Self::Milestone(stage, old, new) => {
                from_to(f, &format!("release of {stage}"), old, new)
            }
            Self::KepPeople(role, joined, left) | Self::IssuePeople(role, joined, left) => {
                moved(f, role.plural(), joined, left)
            }
            Self::IssueOpened => f.write_str("opened"),
            Self::IssueClosed => f.write_str("closed"),
            Self::IssueReopened => f.write_str("opened again"),
            Self::Labels(added, removed) => {
                let is_one = added.len() + removed.len() == 1;
                let labels = if is_one { "label" } else { "labels" };
                moved(f, labels, added, removed)
            }
            Self::IssueMilestone(old, new) => from_to(f, "milestone", old, new),
            Self::Named(names) => write!(f, "mentions {}", names.join(", ")),
            Self::PullOpened => f.write_str("linked"),
            Self::PullMerged => f.write_str("merged"),
            Self::PullClosed => f.write_str("closed without merging"),
        }
    }
}

fn from_to(f: &mut fmt::Formatter<'_>, what: &str, old: &Old, new: &New) -> fmt::Result {
    match (old, new) {
        (Some(old), Some(new)) => write!(f, "{what} {old} → {new}"),
        (Some(old), None) => write!(f, "{what} {old} removed"),
        (None, new) => write!(f, "{what} set to {}", new.as_deref().unwrap_or("none")),
    }
}

fn moved<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    joined: &[T],
    left: &[T],
) -> fmt::Result {
    f.write_str(what)?;
    let mut between = "";
    for (way, all) in [("added", joined), ("removed", left)] {
        for (at, one) in all.iter().enumerate() {
            if at == 0 {
                write!(f, "{between} {way}: {one}")?;
            } else {
                write!(f, ", {one}")?;
            }
            between = ";";
        }
    }
    Ok(())
}
