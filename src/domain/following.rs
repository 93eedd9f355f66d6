//! Who follows which KEPs: members of a workspace, and channels.

use std::collections::{BTreeSet, HashMap};

use super::{KepNumber, bridge::ChannelAt};

/// Who follows a KEP.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Follower {
    /// A member of a workspace, by their id.
    Member(ChannelAt),
    /// Everybody in a channel.
    Channel(ChannelAt),
}

impl Follower {
    /// Where they are, and their id there.
    pub fn at(&self) -> &ChannelAt {
        let (Self::Member(at) | Self::Channel(at)) = self;
        at
    }
}

/// Everybody who follows a KEP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followers {
    by_kep: HashMap<KepNumber, BTreeSet<Follower>>,
    by_follower: HashMap<Follower, BTreeSet<KepNumber>>,
}

impl FromIterator<(Follower, KepNumber)> for Followers {
    fn from_iter<T: IntoIterator<Item = (Follower, KepNumber)>>(all: T) -> Self {
        let mut followers = Self::default();
        for (follower, kep) in all {
            let of = followers.by_kep.entry(kep).or_default();
            of.insert(follower.clone());
            followers
                .by_follower
                .entry(follower)
                .or_default()
                .insert(kep);
        }
        followers
    }
}

impl Followers {
    /// Who follows a KEP, members first.
    pub fn of(&self, kep: KepNumber) -> impl Iterator<Item = &Follower> {
        self.by_kep.get(&kep).into_iter().flatten()
    }

    /// What somebody follows, by number.
    pub fn keps(&self, follower: &Follower) -> impl Iterator<Item = KepNumber> {
        self.by_follower
            .get(follower)
            .into_iter()
            .flatten()
            .copied()
    }

    /// Whether somebody follows a KEP.
    pub fn has(&self, follower: &Follower, kep: KepNumber) -> bool {
        let keps = self.by_follower.get(follower);
        keps.is_some_and(|keps| keps.contains(&kep))
    }
}
