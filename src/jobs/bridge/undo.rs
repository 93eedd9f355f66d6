//! A text that was put on a tracking issue is taken back, or the time for that is over.

use super::{Bridge, UNDO_WITHIN, Undecided, again::STRUCK, whisper};
use crate::{
    domain::{
        bridge::{Asked, Effect, Key, Lane, NewEffect, Refusal, Saying, Written},
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
        let Effect::Comment {
            kep,
            asked: posted_by,
            ..
        } = queued.effect
        else {
            return Ok(Settled::default());
        };
        let person = self.people.by_slack(&asked.channel.workspace, &asked.user);
        let has = |role| person.is_some_and(|person| person.roles.contains(&role));
        // Whoever was mentioned may answer, and takes their own words back.
        let is_theirs =
            posted_by.user == asked.user && posted_by.channel.workspace == asked.channel.workspace;
        if !is_theirs && !has(Role::Admin) {
            match self.board.get(kep) {
                Some(entry) if self.may_speak(person, entry) => {}
                Some(entry) => {
                    return Ok(whisper(key, asked, None, self.may_not(asked, entry)));
                }
                // Nobody is shepherd of what is no KEP any more.
                None if has(Role::Liaison) => {}
                None => return Ok(whisper(key, asked, None, self.speaks_nowhere(asked))),
            }
        }
        let delete = Effect::DeleteComment {
            written: written.clone(),
            asked: asked.clone(),
        };
        let undone = self.outbox.queued(&written.then("undo")).await?;
        if undone.is_some_and(|undo| !undo.is_dead) {
            let text = "That is taken back already.".to_owned();
            return Ok(whisper(key, asked, None, text));
        }
        // A receipt that only one person sees keeps its button.
        let stands_since = queued
            .over_at
            .map_or(posted_by.at_ms, |at| at.timestamp_millis());
        let posted_at_ms = self.posted_at_ms(written, stands_since).await?;
        if asked.at_ms - posted_at_ms > UNDO_WITHIN.num_milliseconds()
            && let Some(Written::Comment { at, url }) = self.outbox.written(written).await?
        {
            let late = Refusal {
                why: "The fifteen minutes are over. Take it back on GitHub.".into(),
                issue: Some((at.issue, url)),
                typed: None,
            };
            return Ok(whisper(key, asked, None, late));
        }
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
        let edit = self.receipt_again(key, written, false).await?;
        Ok(Settled {
            then: edit.into_iter().collect(),
            ..Settled::default()
        })
    }

    /// The receipt of a comment without its button; where the comment was struck through it says so.
    pub(super) async fn receipt_again(
        &self,
        key: &Key,
        written: &Key,
        is_struck: bool,
    ) -> Result<Option<NewEffect>, Undecided> {
        // Of what was taken back another edit tells.
        if self.outbox.written(written).await?.is_none() {
            return Ok(None);
        }
        let comment = self.outbox.last(written).await?;
        let is_struck = is_struck
            || matches!(
                comment,
                Some((_, Effect::Comment { body, .. } | Effect::EditComment { body, .. }))
                    if body.starts_with(STRUCK)
            );
        let receipt = written.then("receipt");
        let Some(Written::Message(at)) = self.outbox.written(&receipt).await? else {
            return Ok(None);
        };
        let last = self.outbox.last(&receipt).await?;
        let Some(Effect::Post { mut saying, .. } | Effect::EditPost { mut saying, .. }) =
            last.map(|(_, effect)| effect)
        else {
            return Ok(None);
        };
        let Saying::Receipt { undo, struck, .. } = &mut saying else {
            return Ok(None);
        };
        if !*undo && *struck == is_struck {
            return Ok(None);
        }
        *undo = false;
        *struck |= is_struck;
        let edit = Effect::EditPost {
            channel: at.channel.clone(),
            written: receipt,
            saying,
        };
        Ok(Some(NewEffect::now(
            key.then("edit"),
            Lane::Message(at),
            edit,
        )))
    }

    /// When it was said that a text stands there, where a message says so; else since when it does.
    async fn posted_at_ms(&self, written: &Key, stands_since: i64) -> Result<i64, Undecided> {
        let receipt = self.outbox.written(&written.then("receipt")).await?;
        let said_at = match receipt {
            Some(Written::Message(at)) => at.said_at(),
            _ => None,
        };
        Ok(said_at.map_or(stands_since, |at| at.timestamp_millis()))
    }
}
