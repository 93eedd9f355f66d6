//! A comment is written: looked for first where it may be there already, and in the words that its
//! message has by then.

use chrono::TimeDelta;

use super::{
    Deliver, Trouble,
    write::{Made, Wrote, repository},
};
use crate::{
    domain::{
        Comment, CommentKind, Repository,
        bridge::{CommentAt, Effect, IssueAt, Key, Relayed, Written, marked, unmarked},
    },
    jobs::bridge::worded,
    ports::{ChatError, forge::Fetched, outbox::Leased},
};

/// Within this a message says what it said when its comment was queued.
const JUST_NOW: TimeDelta = TimeDelta::seconds(10);

impl Deliver {
    pub(super) async fn comment(&self, leased: &Leased) -> Result<Wrote, Trouble> {
        let Effect::Comment {
            issue, body, of, ..
        } = &leased.effect
        else {
            return Ok(Wrote::new(Made::Wholly, None));
        };
        let repository = repository(&issue.repository)?;
        let found = match leased.unclear_since {
            Some(_) => self.find_comment(&repository, issue, &leased.key).await?,
            None => None,
        };
        if let Some(comment) = found {
            // The try that wrote it may have found other words.
            let said = unmarked(&comment.body).0.to_owned();
            return Ok(wrote(leased, body, said, stands(issue, comment)));
        }
        // What waited for a channel from which nothing goes any more stays there.
        let is_closed = |of: &Relayed| !self.channels.go_to_forge(&of.message.channel);
        if of.as_ref().is_some_and(is_closed) {
            return Ok(Wrote::new(Made::ClosedOff, None));
        }
        let said = match of {
            // It may have waited for long, or have been given up.
            Some(of) if leased.attempt > 1 || self.has_waited(leased) => {
                match self.said_by_now(of, body).await? {
                    Some(said) => said,
                    None => return Ok(Wrote::new(Made::Withdrawn, None)),
                }
            }
            _ => body.clone(),
        };
        let marked = marked(&said, &leased.key);
        let comment = self.forge.comment(&repository, issue.number, &marked);
        let written = stands(issue, comment.await?);
        Ok(wrote(leased, body, said, written))
    }

    /// Whether its message was not just read.
    fn has_waited(&self, leased: &Leased) -> bool {
        (self.clock.now() - leased.queued_at).abs() > JUST_NOW
    }

    /// What is to be written of a message as it is by now; `None` where it was deleted. Where it can be
    /// read no more, it is what it was.
    async fn said_by_now(&self, of: &Relayed, body: &str) -> Result<Option<String>, Trouble> {
        let at = &of.message;
        let Some(chat) = self.chats.get(&at.channel.workspace) else {
            return Ok(Some(body.to_owned()));
        };
        let message = chat.message(&at.channel.id, &at.ts, of.thread.as_deref());
        match message.await {
            Ok(message) => Ok(message
                .filter(|message| !message.is_tombstone)
                .map(|message| worded(of, &message).unwrap_or_else(|| body.to_owned()))),
            Err(ChatError::NoChannel(_) | ChatError::NoMessage(_) | ChatError::Refused(_)) => {
                Ok(Some(body.to_owned()))
            }
            // It is Slack that wants to be left alone, and GitHub that waits.
            Err(error) => Err(Trouble::Passing {
                unclear: false,
                why: error.to_string(),
            }),
        }
    }

    /// The bot's own comment with a key; a mark counts on nobody else's.
    async fn find_comment(
        &self,
        repository: &Repository,
        issue: &IssueAt,
        key: &Key,
    ) -> Result<Option<Comment>, Trouble> {
        let Some(own) = self.forge.own_account(repository).await? else {
            return Ok(None);
        };
        let kind = CommentKind::Issue;
        let comments = self.forge.comments_of(repository, kind, issue.number, None);
        let Fetched::New(comments, _) = comments.await? else {
            return Ok(None);
        };
        Ok(comments
            .into_iter()
            .find(|comment| own.wrote(comment) && unmarked(&comment.body).1.as_ref() == Some(key)))
    }
}

fn stands(issue: &IssueAt, comment: Comment) -> Written {
    Written::Comment {
        at: CommentAt {
            issue: issue.clone(),
            id: comment.id,
        },
        url: comment.url,
    }
}

/// `said` is what stands there, `body` what was to.
fn wrote(leased: &Leased, body: &str, said: String, written: Written) -> Wrote {
    let mut wrote = Wrote::new(Made::Wholly, Some(written));
    if said != body {
        let mut effect = leased.effect.clone();
        if let Effect::Comment { body, .. } = &mut effect {
            *body = said;
        }
        wrote.instead = Some(effect);
    }
    wrote
}
