//! What somebody is told by direct message, in the conversation that the workspace has for that.

use super::{Bridge, Undecided};
use crate::{
    domain::bridge::{Below, ChannelAt, Effect, Key, Lane, NewEffect, Saying},
    ports::{ChatError, outbox::Settled},
};

impl Bridge<'_> {
    pub(super) async fn tell_directly(
        &self,
        key: &Key,
        to: &ChannelAt,
        sayings: &[Saying],
    ) -> Result<Settled, Undecided> {
        let Some(channel) = self.direct_with(&to.workspace, &to.id).await? else {
            tracing::info!(%to, "somebody who has left is told nothing");
            return Ok(Settled::default());
        };
        let first = key.then("post");
        let post = |(at, saying): (usize, &Saying)| {
            let (key, below) = match at {
                0 => (first.clone(), Below::Direct),
                at => (first.then(&at.to_string()), Below::Key(first.clone())),
            };
            let post = Effect::Post {
                channel: channel.clone(),
                below,
                saying: saying.clone(),
            };
            NewEffect::now(key, Lane::Later(first.clone()), post)
        };
        Ok(Settled {
            then: sayings.iter().enumerate().map(post).collect(),
            ..Settled::default()
        })
    }

    /// The direct conversation with a member of a workspace; `None` where they have left.
    pub(super) async fn direct_with(
        &self,
        workspace: &str,
        user: &str,
    ) -> Result<Option<ChannelAt>, ChatError> {
        let id = match self.chat(workspace)?.direct(user).await {
            Ok(id) => id,
            // An app that was installed before it asked for `im:write`. A person stands for the
            // conversation with them: <https://docs.slack.dev/reference/methods/chat.postMessage>
            Err(ChatError::Unauthorized(why)) if *why == *"missing_scope" => user.into(),
            Err(ChatError::NoChannel(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(ChannelAt::new(workspace, &id)))
    }
}
