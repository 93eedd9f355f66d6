//! Effects in words, for those who look after the bot.

use std::fmt;

use super::{Below, Effect, Relay, Step};

impl Effect {
    /// The workspace from which it came, or where it is done.
    pub fn workspace(&self) -> Option<&str> {
        let channel = match self {
            Self::Comment { asked, .. }
            | Self::DeleteComment { asked, .. }
            | Self::Step(Step::Relay(Relay { asked, .. }) | Step::Undo { asked, .. }) => {
                &asked.channel
            }
            Self::EditComment { asked, .. } => &asked.as_ref()?.channel,
            Self::Post { channel, .. }
            | Self::EditPost { channel, .. }
            | Self::Whisper { channel, .. }
            | Self::Step(Step::Tell { channel, .. } | Step::News { channel, .. }) => channel,
            Self::React { message, .. }
            | Self::Unreact { message, .. }
            | Self::Step(Step::Again { message }) => &message.channel,
            Self::Step(Step::Direct { to, .. }) => to,
            Self::Step(Step::Ping(ping)) => return Some(ping.workspace()),
            Self::Step(_) => return None,
        };
        Some(&channel.workspace)
    }

    /// Whether somebody misses it who does not know: a sign on a message, and a word to one person,
    /// are nobody else's loss, and what tells the admins cannot tell them of itself.
    pub fn is_missed(&self) -> bool {
        match self {
            Self::Whisper { .. } | Self::React { .. } | Self::Unreact { .. } => false,
            Self::Post { below, .. } => *below != Below::Direct,
            Self::Step(step) => !matches!(
                step,
                Step::Direct { .. }
                    | Step::Settle { .. }
                    | Step::Alarm(_)
                    | Step::GoOn { .. }
                    | Step::Lifted { .. }
            ),
            Self::Comment { .. }
            | Self::EditComment { .. }
            | Self::DeleteComment { .. }
            | Self::EditPost { .. } => true,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(step) => step.fmt(f),
            Self::Comment { issue, kep, .. } => write!(f, "a comment on {issue} (KEP-{kep})"),
            Self::EditComment { written, .. } => write!(f, "the edit of a comment ({written})"),
            Self::DeleteComment { written, .. } => {
                write!(f, "the removal of a comment ({written})")
            }
            Self::Post { channel, below, .. } => match below {
                Below::Channel | Below::Direct | Below::Key(_) => {
                    write!(f, "a message in {channel}")
                }
                Below::Root(kep) => write!(f, "the thread of KEP-{kep} in {channel}"),
                Below::Message(ts) => write!(f, "a reply below {channel}/{ts}"),
                Below::Thread { kep, .. } => write!(f, "news of KEP-{kep} in {channel}"),
            },
            Self::EditPost {
                channel, written, ..
            } => write!(f, "the edit of a message in {channel} ({written})"),
            Self::Whisper { channel, user, .. } => write!(f, "a word to {user} in {channel}"),
            Self::React { message, .. } | Self::Unreact { message, .. } => {
                write!(f, "a sign on {message}")
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relay(relay) => match &relay.message {
                Some(message) => write!(f, "the relay of {message}"),
                None => write!(
                    f,
                    "a text of {} in {}",
                    relay.asked.user, relay.asked.channel
                ),
            },
            Self::Again { message } => write!(f, "what became of {message}"),
            Self::Undo { written, .. } => write!(f, "the removal of a comment ({written})"),
            Self::Tell { channel, kep, .. } => write!(f, "an update of KEP-{kep} in {channel}"),
            Self::News { channel, kep, .. } => write!(f, "news of KEP-{kep} in {channel}"),
            Self::Direct { to, .. } => write!(f, "a direct message to {to}"),
            Self::Ping(ping) => write!(f, "a question to shepherds, asked in {}", ping.workspace()),
            Self::Notify { who, .. } => write!(f, "a word to {who}"),
            Self::Remind { who, .. } => write!(f, "a reminder to {who}"),
            Self::Answer { issue, asked, .. } => {
                write!(f, "an answer of {} on {issue}", asked.user)
            }
            Self::Settle { written } => write!(f, "the button below {written}"),
            Self::Alarm(_) => f.write_str("a word to the admins"),
            Self::GoOn { lane, .. } | Self::Lifted { lane, .. } => {
                write!(f, "letting {lane} go on")
            }
        }
    }
}
