//! Other channels are told what a comment says that stands on a tracking issue, and see it follow.

use super::{Bridge, Undecided, again::STRUCK, place_of, relay::unsigned};
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
        if of.is_none() && !self.is_update(issue, kep, asked) {
            return Vec::new();
        }
        let who = match of {
            Some(of) => of.who.clone(),
            None => self.name_of(asked).await,
        };
        let saying = Saying::Update {
            kep,
            who,
            by: of.and_then(|of| of.by.clone()),
            markdown: unsigned(body).to_owned(),
            permalink: of.map(|of| of.permalink.clone()),
            answers: None,
            asker: None,
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

    /// Whether somebody's words below an issue are for those who follow the KEP: they speak for it, and it
    /// is its tracking issue.
    fn is_update(&self, issue: &IssueAt, kep: KepNumber, asked: &Asked) -> bool {
        let Some(entry) = self.board.get(kep) else {
            return false;
        };
        let mut issues = entry.issues().map(|tracking| place_of(&tracking.issue));
        let person = self.people.by_slack(&asked.channel.workspace, &asked.user);
        issues.any(|at| at == *issue) && self.may_speak(person, entry)
    }

    /// Has them see what it says since an edit. It follows from the edit as what they are told follows
    /// from the comment, so the last text is the last that they see.
    pub(super) async fn tell_again(
        &self,
        edit: &Key,
        comment: &Key,
        body: &str,
    ) -> Result<Vec<NewEffect>, Undecided> {
        // What was taken back says nothing any more.
        if self.outbox.written(comment).await?.is_none() {
            return Ok(Vec::new());
        }
        let queued = self.outbox.queued(comment).await?;
        let Some(Effect::Comment {
            kep, of: Some(of), ..
        }) = queued.map(|queued| queued.effect)
        else {
            return Ok(Vec::new());
        };
        let saying = if body.starts_with(STRUCK) {
            Saying::Plain("This update was deleted where it was said.".into())
        } else {
            Saying::Update {
                kep,
                who: of.who,
                by: of.by,
                markdown: unsigned(body).to_owned(),
                permalink: Some(of.permalink),
                answers: None,
                asker: None,
            }
        };
        let told = self.told_elsewhere(comment).await?;
        let edit = |(channel, written): (ChannelAt, Key)| {
            let lane = Lane::Thread(channel.clone(), kep);
            let key = edit.then(&channel.to_string());
            let saying = saying.clone();
            let edit = Effect::EditPost {
                channel,
                written,
                saying,
            };
            NewEffect::now(key, lane, edit)
        };
        Ok(told.into_iter().map(edit).collect())
    }

    /// The messages by which other channels were told what a comment says, or will be, by their keys.
    pub(super) async fn told_elsewhere(
        &self,
        comment: &Key,
    ) -> Result<Vec<(ChannelAt, Key)>, Undecided> {
        let mut told = Vec::new();
        for channel in &self.channels.channels {
            let tell = comment.then(&channel.at.to_string());
            let post = tell.then("post");
            if self.outbox.queued(&tell).await?.is_some()
                || self.outbox.queued(&post).await?.is_some()
            {
                told.push((channel.at.clone(), post));
            }
        }
        Ok(told)
    }
}
