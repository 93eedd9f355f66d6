//! Where something stands, on either side.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::Repository;

/// A channel, or a direct conversation, of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChannelAt {
    /// The workspace, as the settings call it.
    pub workspace: Box<str>,
    /// `C0BP8PW9G`
    pub id: Box<str>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageAt {
    /// Where it was said.
    pub channel: ChannelAt,
    /// Its number there, `1767600000.000100`.
    pub ts: Box<str>,
}

/// An issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IssueAt {
    /// `containerd/containerd`
    pub repository: Box<str>,
    /// Its number there.
    pub number: u64,
}

/// A comment below an issue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommentAt {
    /// The issue.
    pub issue: IssueAt,
    /// The comment's number in the repository.
    pub id: u64,
}

/// Where one effect at a time is carried out: it has a pace of its own, or may be down while others
/// are not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Slack takes about one message a second for a channel.
    Channel(ChannelAt),
    /// GitHub takes writes one after the other, for all repositories together.
    Forge,
    /// Steps that ask a workspace something, which may not answer.
    Asking(Box<str>),
    /// What a channel is to be told is decided piece by piece.
    News(ChannelAt),
    /// Alarms, which look for the admins in any workspace.
    Alarms,
    /// A workspace opens so many conversations with people and no more, and is asked for one after the
    /// other.
    Told(Box<str>),
    /// Of many who are told of one thing, one after the other has their turn, each of several such
    /// crowds in a workspace included.
    Turns(Box<str>),
    /// Nobody is asked outside.
    Here,
}

impl MessageAt {
    /// A message in a channel.
    pub fn new(workspace: &str, channel: &str, ts: &str) -> Self {
        Self {
            channel: ChannelAt::new(workspace, channel),
            ts: ts.into(),
        }
    }

    /// When it was said; `None` where its number is none.
    pub fn said_at(&self) -> Option<DateTime<Utc>> {
        moment_of(&self.ts)
    }
}

/// The moment of a number such as messages and events have; `None` where it is none.
pub fn moment_of(ts: &str) -> Option<DateTime<Utc>> {
    let (seconds, micros) = ts.split_once('.')?;
    let micros: u32 = micros.parse().ok().filter(|micros| *micros < 1_000_000)?;
    DateTime::from_timestamp(seconds.parse().ok()?, micros * 1_000)
}

/// A moment as messages are numbered.
pub fn ts_of(moment: DateTime<Utc>) -> String {
    let (seconds, micros) = (moment.timestamp(), moment.timestamp_subsec_micros());
    format!("{seconds}.{micros:06}")
}

impl IssueAt {
    /// Reads `containerd/containerd#12814`.
    pub fn parse(text: &str) -> Option<Self> {
        let (repository, number) = text.rsplit_once('#')?;
        Some(Self {
            repository: Repository::parse(repository)?.to_string().into(),
            number: number.parse().ok()?,
        })
    }
}

impl ChannelAt {
    /// A channel of a workspace.
    pub fn new(workspace: &str, id: &str) -> Self {
        Self {
            workspace: workspace.into(),
            id: id.into(),
        }
    }
}

impl fmt::Display for ChannelAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.workspace, self.id)
    }
}

impl fmt::Display for MessageAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.channel, self.ts)
    }
}

impl fmt::Display for IssueAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.repository, self.number)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(channel) => write!(f, "slack/{channel}"),
            Self::Forge => f.write_str("github"),
            Self::Asking(workspace) => write!(f, "asking/{workspace}"),
            Self::News(channel) => write!(f, "news/{channel}"),
            Self::Alarms => f.write_str("alarms"),
            Self::Told(workspace) => write!(f, "told/{workspace}"),
            Self::Turns(workspace) => write!(f, "turns/{workspace}"),
            Self::Here => f.write_str("here"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_when_it_was_said() {
        let said_at = |ts| MessageAt::new("kubernetes", "C1", ts).said_at();
        let at = said_at("1767600000.000100").expect("a moment");
        assert_eq!(ts_of(at), "1767600000.000100");
        for none in ["", "1767600000", "1767600000.", "a.b", "1.1000000", "-.5"] {
            assert_eq!(said_at(none), None, "{none}");
        }
    }
}
