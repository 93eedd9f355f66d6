//! A message that stands on a tracking issue was edited or deleted: the comment follows it.

use super::{
    Bridge, Undecided,
    relay::{SIGN, shortened, signed},
};
use crate::{
    domain::bridge::{Effect, Key, Lane, MessageAt, NewEffect, Relayed},
    ports::{
        chat::Message,
        outbox::{Queued, Settled},
    },
};

impl Bridge<'_> {
    pub(super) async fn again(&self, key: &Key, at: &MessageAt) -> Result<Settled, Undecided> {
        let MessageAt { channel, ts } = at;
        let relayed = Key::of(["comment", &*channel.workspace, &*channel.id, &**ts]);
        let mut then = Vec::new();
        let comments = self.outbox.comments_below(&relayed).await?;
        let Some(thread) = comments
            .iter()
            .find_map(|(_, queued)| match &queued.effect {
                Effect::Comment { of: Some(of), .. } => Some(of.thread.clone()),
                _ => None,
            })
        else {
            return Ok(Settled::default());
        };
        let chat = self.chat(&channel.workspace)?;
        let message = chat.message(&channel.id, ts, thread.as_deref()).await?;
        let message = message.filter(|message| !message.is_tombstone);
        let waiting = Key::of(["again", &*channel.workspace, &*channel.id, &**ts]);
        let waiting = self.outbox.edits_below(&waiting).await?;
        for (comment, queued) in comments {
            let Effect::Comment {
                issue,
                body,
                of: Some(of),
                ..
            } = queued.effect
            else {
                continue;
            };
            let Some(standing) = self.standing(&comment, body, &waiting).await? else {
                continue;
            };
            let body = match &message {
                None => struck(&standing),
                Some(message) => match worded(&of, message) {
                    Some(body) => body,
                    None => continue,
                },
            };
            if body == standing {
                continue;
            }
            then.push(NewEffect::now(
                key.then(comment.as_str()),
                Lane::Issue(issue),
                Effect::EditComment {
                    written: comment.clone(),
                    body,
                    asked: None,
                },
            ));
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// The text that a comment has, or will have; `None` where it was taken back or struck through.
    async fn standing(
        &self,
        comment: &Key,
        first: String,
        waiting: &[(Key, Queued)],
    ) -> Result<Option<String>, Undecided> {
        let undo = self.outbox.queued(&comment.then("undo")).await?;
        // What was given up took nothing back.
        if undo.is_some_and(|undo| !undo.is_dead) {
            return Ok(None);
        }
        let newest = waiting
            .iter()
            .rev()
            .find_map(|(_, edit)| match &edit.effect {
                Effect::EditComment { written, body, .. } if written == comment => Some(body),
                _ => None,
            });
        let text = match newest {
            Some(body) => body.clone(),
            None => match self.outbox.last(comment).await? {
                Some((_, Effect::Comment { body, .. } | Effect::EditComment { body, .. })) => body,
                _ => first,
            },
        };
        Ok((!text.starts_with(STRUCK)).then_some(text))
    }
}

/// What the comment of a message has to say as the message is by now; `None` where that follows no
/// edits.
pub fn worded(of: &Relayed, message: &Message) -> Option<String> {
    if of.reworded || message.text.is_empty() {
        return None;
    }
    let markdown = shortened(&message.text);
    let (permalink, by) = (Some(&*of.permalink), of.by.as_deref());
    Some(signed(&markdown, &of.who, permalink, by))
}

/// What a text begins with that was deleted where it was said.
pub(super) const STRUCK: &str = "<del>";

/// A text that was deleted where it was said.
fn struck(body: &str) -> String {
    let (text, sign) = body.rsplit_once(SIGN).unwrap_or((body, ""));
    let sign = sign.trim_end_matches("</sub>");
    format!("{STRUCK}\n\n{text}\n\n</del>{SIGN}{sign}; deleted there</sub>")
}
