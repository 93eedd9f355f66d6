//! The channels that take part in the bridge, and what passes through each.

use super::ChannelAt;

/// The first word of a comment that is meant for the channel.
pub const MARK: &str = "/sig-node";

/// A channel that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Which.
    pub at: ChannelAt,
    /// Of which runtime, by name.
    pub runtime: Box<str>,
    /// Whether news of the tracking issues comes here.
    pub to_chat: bool,
    /// Whether what is said here may go to the tracking issues.
    pub to_forge: bool,
    /// Which comments are news here.
    pub comments: Comments,
    /// Which replies in a KEP's thread go to its tracking issue without being asked for one by one.
    pub replies: Replies,
    /// Whether the channel sees great news, not its threads alone.
    pub broadcast: bool,
}

/// Which comments on a tracking issue are news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comments {
    /// Those of liaisons and of the KEP's shepherds.
    #[default]
    People,
    /// Of those, the ones whose first word is [`MARK`].
    Marked,
    /// Everybody's.
    All,
}

/// Which replies in a KEP's thread go to its tracking issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replies {
    /// None, not even with the reaction.
    Off,
    /// Those with the reaction.
    #[default]
    Marked,
    /// All that a liaison or a shepherd of the KEP writes.
    All,
}

/// All channels that take part, and what they have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channels {
    /// Each of them.
    pub channels: Vec<Channel>,
    /// Those that take no part, and may follow single KEPs.
    pub others: Vec<Channel>,
    /// The reaction that asks for a relay, `satellite_antenna`.
    pub reaction: Box<str>,
}

impl Channels {
    /// A channel, where it takes part.
    pub fn get(&self, at: &ChannelAt) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.at == *at)
    }

    /// What a channel is, whether it takes part or not.
    pub fn served(&self, at: &ChannelAt) -> Option<&Channel> {
        let mut all = self.channels.iter().chain(&self.others);
        all.find(|channel| channel.at == *at)
    }

    /// Whether what is said there may go to tracking issues.
    pub fn go_to_forge(&self, at: &ChannelAt) -> bool {
        self.get(at).is_some_and(|channel| channel.to_forge)
    }

    /// Those to which news of a runtime comes.
    pub fn with_news<'a>(&'a self, runtime: &'a str) -> impl Iterator<Item = &'a Channel> {
        let channels = self.channels.iter();
        channels.filter(move |channel| channel.to_chat && *channel.runtime == *runtime)
    }
}
