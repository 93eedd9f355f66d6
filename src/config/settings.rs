//! What of the configuration the domain needs, in the domain's own types.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{Bridge, Config, CurrentRelease, Role};
use crate::domain::{
    Runtime, Settings,
    bridge::{Channel, ChannelAt, Channels},
    digest::{Plan, Scope},
    people::{self, People},
};

impl Config {
    /// The settings that readings and findings depend on.
    pub fn settings(&self) -> Settings {
        let kubernetes = &self.kubernetes;
        let liaison = |person: &&super::Person| person.roles.contains(&Role::Liaison);
        Settings {
            enhancements_repository: kubernetes.enhancements_repository.to_string().into(),
            sigs: kubernetes
                .sigs
                .iter()
                .map(|sig| sig.as_str().into())
                .collect(),
            current_release: match kubernetes.current_release {
                CurrentRelease::Auto => None,
                CurrentRelease::Fixed(release) => Some(release),
            },
            runtimes: self.runtimes.iter().map(runtime).collect(),
            liaisons: self
                .people
                .iter()
                .filter(liaison)
                .map(|person| (person.github.clone(), person.liaison_for.clone()))
                .collect(),
        }
    }

    /// The channels that take part in the bridge.
    pub fn bridged(&self) -> Channels {
        let channels = self.channels.iter();
        let (others, channels) =
            channels.partition::<Vec<_>, _>(|channel| channel.bridge == Bridge::Off);
        Channels {
            channels: channels.into_iter().map(bridged).collect(),
            others: others.into_iter().map(bridged).collect(),
            reaction: self.slack.relay_reaction.as_str().into(),
        }
    }

    /// The channels that the bot serves at all.
    pub fn served(&self) -> BTreeSet<ChannelAt> {
        let channels = self.channels.iter();
        let at = |channel: &super::Channel| {
            ChannelAt::new(channel.workspace.as_str(), channel.id.as_str())
        };
        channels.map(at).collect()
    }

    /// The channels that get a digest.
    pub fn digests(&self) -> Vec<Plan> {
        let plan = |channel: &super::Channel| {
            let digest = channel.digest.as_ref()?;
            Some(Plan {
                at: ChannelAt::new(channel.workspace.as_str(), channel.id.as_str()),
                schedule: digest.schedule.clone(),
                zone: digest.timezone.clone(),
                scope: Scope {
                    runtime: channel.runtime.as_str().into(),
                    sigs: digest.sigs.iter().map(|sig| sig.as_str().into()).collect(),
                    sections: digest.sections.clone(),
                    length: digest.length,
                    person: None,
                },
            })
        };
        self.channels.iter().filter_map(plan).collect()
    }

    /// Who is who.
    pub fn people(&self) -> People {
        let person = |person: &super::Person| people::Person {
            login: person.github.clone(),
            slack: person
                .slack
                .iter()
                .map(|(workspace, user)| (workspace.as_str().into(), user.as_str().into()))
                .collect(),
            roles: person.roles.clone(),
            liaison_for: person.liaison_for.clone(),
        };
        People::new(self.people.iter().map(person).collect())
    }
}

fn bridged(channel: &super::Channel) -> Channel {
    Channel {
        at: ChannelAt::new(channel.workspace.as_str(), channel.id.as_str()),
        runtime: channel.runtime.as_str().into(),
        to_chat: matches!(channel.bridge, Bridge::Both | Bridge::ToSlack),
        to_forge: matches!(channel.bridge, Bridge::Both | Bridge::ToGithub),
        comments: channel.comments,
        replies: channel.replies,
        broadcast: channel.broadcast,
    }
}

fn runtime(runtime: &super::Runtime) -> Runtime {
    Runtime {
        name: runtime.name.as_str().into(),
        repository: runtime.repository.to_string().into(),
        title: runtime.title.as_str().into(),
        release_label: runtime.release_label.as_str().into(),
        maintainers: runtime.maintainers.clone(),
        form_assignees: runtime.form_assignees.clone(),
        // The configuration allows at most ten years.
        stale_after: TimeDelta::from_std(runtime.stale_after).unwrap_or(TimeDelta::MAX),
    }
}
