//! What somebody answers on GitHub from Slack, to what they were told of.

use super::{
    Bridge, Undecided,
    relay::{shortened, signed},
};
use crate::{
    domain::{
        KepNumber,
        bridge::{Asked, Effect, IssueAt, Key, Lane, NewEffect},
    },
    ports::outbox::Settled,
};

impl Bridge<'_> {
    pub(super) async fn answer(
        &self,
        key: &Key,
        (issue, kep): (&IssueAt, KepNumber),
        text: &str,
        asked: &Asked,
    ) -> Result<Settled, Undecided> {
        let text = self.chat(&asked.channel.workspace)?.read(text).await?;
        if text.is_empty() {
            return Ok(Settled::default());
        }
        let who = self.name_of(asked).await;
        let comment = Effect::Comment {
            issue: issue.clone(),
            kep,
            body: signed(&shortened(&text), &who, None, None),
            of: None,
            asked: asked.clone(),
        };
        let lane = Lane::Issue(issue.clone());
        Ok(Settled {
            then: vec![NewEffect::now(key.then("comment"), lane, comment)],
            ..Settled::default()
        })
    }
}
