//! Questions that somebody has for a KEP's shepherds, and the answers to them.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Asked, ChannelAt, Key, Lane, MessageAt};
use crate::domain::KepNumber;

/// How often somebody's questions about one KEP are passed on.
const ONCE_IN: TimeDelta = TimeDelta::hours(1);

/// What is to be done about a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ping {
    /// Somebody asks.
    Ask(Question),
    /// It stands in its channel, and is to be brought to the shepherds.
    Bring {
        /// Its key.
        question: Key,
        /// The workspace in which it was asked.
        workspace: Box<str>,
    },
    /// It is being brought to somebody, and for an hour no other one of who asked it is. Nothing is left
    /// to be done.
    Passed {
        /// Its key.
        question: Key,
        /// Who asked, where and when.
        asked: Asked,
    },
    /// One of them is to be told, outside of their quiet hours.
    Tell {
        /// Its key.
        question: Key,
        /// Who: the workspace, and their member id.
        to: ChannelAt,
    },
    /// Somebody answers.
    Answer {
        /// The key of the question.
        question: Key,
        /// Who, and in which direct conversation.
        asked: Asked,
        /// What, in the chat's markup.
        text: String,
    },
    /// The answer was posted, or given up.
    Answered {
        /// The key of the question.
        question: Key,
        /// The key of the answer.
        answer: Key,
        /// Who answered.
        asked: Asked,
    },
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who asks, where and when.
    pub asked: Asked,
    /// Of which KEP.
    pub kep: KepNumber,
    /// What, in the chat's markup.
    pub text: String,
    /// The message that asks it and its thread; none where it was typed as a command, which nobody sees.
    pub message: Option<(MessageAt, Option<Box<str>>)>,
}

impl Ping {
    /// The workspace that is asked for names, or where it was asked.
    pub(super) fn workspace(&self) -> &str {
        match self {
            Self::Ask(Question { asked, .. })
            | Self::Passed { asked, .. }
            | Self::Answer { asked, .. }
            | Self::Answered { asked, .. } => &asked.channel.workspace,
            Self::Bring { workspace, .. } => workspace,
            Self::Tell { to, .. } => &to.workspace,
        }
    }
}

impl Question {
    /// The lane of somebody's questions about a KEP: what becomes of one is known before the next has
    /// its turn.
    pub fn lane(asked: &Asked, kep: KepNumber) -> Lane {
        Lane::Later(Self::of(asked, kep))
    }

    /// Under which keys it stands that a question of somebody about a KEP was passed on, which they
    /// asked at a moment, or not long before: each hour has one. The first is that of the moment's own
    /// hour.
    pub fn passed(asked: &Asked, kep: KepNumber) -> [Key; 2] {
        let hour = asked.at_ms.div_euclid(ONCE_IN.num_milliseconds());
        [hour, hour - 1].map(|hour| Self::of(asked, kep).then(&hour.to_string()))
    }

    fn of(asked: &Asked, kep: KepNumber) -> Key {
        let who = [&*asked.channel.workspace, &*asked.user];
        Key::of(["ping"].into_iter().chain(who)).then(&kep.to_string())
    }

    /// From when on another one is passed on after one that was, in milliseconds since 1970.
    pub fn next_ms(passed: &Asked) -> i64 {
        passed.at_ms + ONCE_IN.num_milliseconds()
    }

    /// The key under which its latest answer is found, made from its own.
    pub fn answered(question: &Key) -> Key {
        question.then("answer")
    }

    /// The key of what somebody is told of it, made from its own.
    pub fn told(question: &Key, workspace: &str, user: &str) -> Key {
        question.then("to").then(workspace).then(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_an_hour_wherever_it_begins() {
        let asked = |minutes: i64| Asked {
            user: "U1".into(),
            channel: ChannelAt::new("kubernetes", "C1"),
            at_ms: TimeDelta::minutes(minutes).num_milliseconds(),
        };
        let kep = KepNumber::new(5825).expect("a number");
        let keys = |minutes| Question::passed(&asked(minutes), kep);
        for (minutes, is_too_soon) in [(51, true), (61, true), (109, true), (110, false)] {
            let is_before = asked(minutes).at_ms < Question::next_ms(&asked(50));
            assert_eq!(is_before, is_too_soon, "{minutes}");
            assert!(keys(minutes).contains(&keys(50)[0]), "{minutes}");
        }
        assert!(!keys(120).contains(&keys(50)[0]));
        assert_eq!(keys(50)[0].as_str(), "ping/kubernetes/U1/5825/0");
    }
}
