//! Other channels are told what a comment says that stands on a tracking issue, and see it follow.

use super::{Bridge, Undecided, relay::unsigned};
use crate::domain::{
    KepNumber,
    bridge::{Asked, ChannelAt, Effect, IssueAt, Key, Lane, NewEffect, Relayed, Saying, Step},
};

impl Bridge<'_> {
    /// Tells them once it stands.
    pub(super) async fn tell_elsewhere(
        &self,
        comment: &Key,
        issue: &IssueAt,
        kep: KepNumber,
        body: &str,
        of: Option<&Relayed>,
        asked: &Asked,
    ) -> Vec<NewEffect> {
        let who = match of {
            Some(of) => of.who.clone(),
            None => self.name_of(asked).await,
        };
        let saying = Saying::Update {
            kep,
            who,
            markdown: unsigned(body).to_owned(),
            permalink: of.map(|of| of.permalink.clone()),
        };
        let mut runtimes = self.settings.runtimes.iter();
        let runtime = runtimes.find(|it| it.repository.eq_ignore_ascii_case(&issue.repository));
        let channels = runtime
            .into_iter()
            .flat_map(|runtime| self.channels.with_news(&runtime.name))
            .filter(|channel| of.is_none_or(|of| channel.at != of.message.channel));
        channels
            .map(|channel| {
                NewEffect::now(
                    comment.then(&channel.at.to_string()),
                    Lane::Thread(channel.at.clone(), kep),
                    Effect::Step(Step::Tell {
                        channel: channel.at.clone(),
                        kep,
                        saying: saying.clone(),
                    }),
                )
            })
            .collect()
    }

    /// Other channels see the same text.
    pub(super) async fn tell_again(
        &self,
        key: &Key,
        comment: &Key,
        kep: KepNumber,
        of: &Relayed,
        markdown: Option<String>,
        then: &mut Vec<NewEffect>,
    ) -> Result<(), Undecided> {
        for (channel, written) in self.told_elsewhere(comment).await? {
            let saying = match &markdown {
                Some(markdown) => Saying::Update {
                    kep,
                    who: of.who.clone(),
                    markdown: markdown.clone(),
                    permalink: Some(of.permalink.clone()),
                },
                None => Saying::Plain("This update was deleted where it was said.".into()),
            };
            then.push(NewEffect::now(
                key.then(written.as_str()),
                Lane::Thread(channel.clone(), kep),
                Effect::EditPost {
                    channel,
                    written,
                    saying,
                },
            ));
        }
        Ok(())
    }

    /// The messages by which other channels were told what a comment says, by their keys.
    pub(super) async fn told_elsewhere(
        &self,
        comment: &Key,
    ) -> Result<Vec<(ChannelAt, Key)>, Undecided> {
        let mut told = Vec::new();
        for channel in &self.channels.channels {
            let post = comment.then(&channel.at.to_string()).then("post");
            if self.outbox.queued(&post).await?.is_some() {
                told.push((channel.at.clone(), post));
            }
        }
        Ok(told)
    }
}
