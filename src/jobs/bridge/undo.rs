//! A text that was put on a tracking issue is taken back, or the time for that is over.

use super::{Bridge, Undecided, whisper};
use crate::{
    domain::{
        bridge::{Asked, Effect, Key, Lane, NewEffect, Saying},
        people::Role,
    },
    ports::outbox::Settled,
};

impl Bridge<'_> {
    pub(super) async fn undo(
        &self,
        key: &Key,
        written: &Key,
        asked: &Asked,
    ) -> Result<Settled, Undecided> {
        let Some(queued) = self.outbox.queued(written).await? else {
            let text = "That is too long ago for me to know; take it back on GitHub.";
            return Ok(whisper(key, asked, None, text.to_owned()));
        };
        let Effect::Comment { kep, .. } = queued.effect else {
            return Ok(Settled::default());
        };
        let person = self.people.by_slack(&asked.channel.workspace, &asked.user);
        let is_admin = person.is_some_and(|person| person.roles.contains(&Role::Admin));
        if let Some(entry) = self.board.get(kep)
            && !is_admin
            && !self.may_speak(person, entry)
        {
            return Ok(whisper(key, asked, None, self.may_not(asked, entry)));
        }
        let delete = Effect::DeleteComment {
            written: written.clone(),
            asked: asked.clone(),
        };
        // It stands there already, so nothing that waits below the issue comes before it; and an edit
        // that comes later finds nothing to edit.
        let undo = written.then("undo");
        let lane = Lane::Later(undo.clone());
        Ok(Settled {
            anew: vec![NewEffect::now(undo, lane, delete)],
            ..Settled::default()
        })
    }

    /// The button goes; the link stays.
    pub(super) async fn settle(&self, key: &Key, written: &Key) -> Result<Settled, Undecided> {
        let receipt = written.then("receipt");
        let Some((
            _,
            Effect::Post {
                channel,
                mut saying,
                ..
            },
        )) = self.outbox.last(&receipt).await?
        else {
            return Ok(Settled::default());
        };
        let Saying::Receipt { undo, .. } = &mut saying else {
            return Ok(Settled::default());
        };
        *undo = false;
        let lane = match self.outbox.written(&receipt).await? {
            Some(crate::domain::bridge::Written::Message(at)) => Lane::Message(at),
            _ => return Ok(Settled::default()),
        };
        let edit = Effect::EditPost {
            channel,
            written: receipt,
            saying,
        };
        Ok(Settled {
            then: vec![NewEffect::now(key.then("edit"), lane, edit)],
            ..Settled::default()
        })
    }
}
