//! The admins are told what somebody must look at, by direct messages; and a lane that is held goes
//! on when one of them says so.

use super::{Bridge, Undecided, whisper};
use crate::{
    domain::{
        bridge::{
            Alarm, Asked, Below, ChannelAt, Effect, Key, Lane, MessageAt, NewEffect, Saying, Step,
            Written,
        },
        people::{Asker, Person},
    },
    ports::{
        ChatError, StoreError,
        outbox::{Dead, Settled, retry_hint},
    },
};

/// How many that were given up are named in one message.
const MOST_NAMED: usize = 10;

impl Bridge<'_> {
    pub(super) async fn alarm(&self, key: &Key, alarm: &Alarm) -> Result<Settled, Undecided> {
        let (workspace, saying) = match alarm {
            Alarm::Dead {
                workspace,
                from_ms,
                until_ms,
            } => {
                let mut dead = self.outbox.dead().await?;
                dead.retain(|dead| {
                    let is_now = (*from_ms..*until_ms).contains(&dead.at.timestamp_millis());
                    is_now
                        && dead.effect.is_missed()
                        && dead.effect.workspace() == workspace.as_deref()
                });
                // All of it was tried again meanwhile.
                if dead.is_empty() {
                    return Ok(Settled::default());
                }
                (workspace, Saying::Plain(given_up(&dead).into()))
            }
            Alarm::Held {
                workspace,
                lane,
                what,
            } => {
                let saying = Saying::Held {
                    lane: lane.clone(),
                    what: what.clone(),
                    alarm: key.clone(),
                };
                (workspace, saying)
            }
        };
        let mut then = Vec::new();
        for admin in self.people.admins() {
            let Some((at, user)) = self.direct(admin, workspace.as_deref()).await? else {
                continue;
            };
            let effect = Effect::Post {
                channel: at.clone(),
                below: Below::Direct,
                saying: saying.clone(),
            };
            let lane = Lane::Person(at, user.into());
            then.push(NewEffect::now(told(key, admin), lane, effect));
        }
        if then.is_empty() {
            tracing::warn!(%key, "there is no admin to be told; the settings name them");
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// The direct conversation with an admin, in the workspace where it matters, else in another.
    async fn direct<'p>(
        &self,
        admin: &'p Person,
        workspace: Option<&str>,
    ) -> Result<Option<(ChannelAt, &'p str)>, ChatError> {
        let accounts = admin.slack.iter().map(|(name, user)| (&**name, &**user));
        let served = accounts.filter(|(name, _)| self.chats.contains_key(*name));
        let there = served.clone().find(|(name, _)| Some(*name) == workspace);
        let Some((name, user)) = there.or_else(|| served.clone().next()) else {
            return Ok(None);
        };
        let at = self.direct_with(name, user).await?;
        Ok(at.map(|at| (at, user)))
    }

    /// Somebody wants a lane that is held to go on.
    pub(super) async fn go_on(
        &self,
        key: &Key,
        alarm: &Key,
        lane: &str,
        asked: &Asked,
    ) -> Result<Settled, Undecided> {
        let who = Asker {
            workspace: &asked.channel.workspace,
            user: &asked.user,
        };
        if let Err(why) = self.people.must_be_admin(who) {
            return Ok(whisper(key, asked, None, why));
        }
        let lifted = Alarm::lifted(lane, self.now);
        let step = Step::Lifted {
            lane: lane.into(),
            at_ms: self.now.timestamp_millis(),
        };
        let mut then = vec![NewEffect::now(
            lifted.clone(),
            Lane::Later(lifted),
            Effect::Step(step),
        )];
        let by = self.name_of(asked).await;
        let until = (self.now + Alarm::LIFT).format("%H:%M UTC");
        let (_, place) = lane.split_once('/').unwrap_or(("", lane));
        let text = format!("{by} lets {place} go on, until {until} however much is written there.");
        for admin in self.people.admins() {
            let written = told(alarm, admin);
            let Some(Written::Message(MessageAt { channel, .. })) =
                self.outbox.written(&written).await?
            else {
                continue;
            };
            let edit = Effect::EditPost {
                channel: channel.clone(),
                written: written.clone(),
                saying: Saying::Plain(text.clone().into()),
            };
            let lane = Lane::Person(channel, asked.user.clone());
            then.push(NewEffect::now(written.then("lifted"), lane, edit));
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// From now on a lane goes on.
    pub(super) async fn lifted(&self, lane: &str) -> Result<Settled, Undecided> {
        self.outbox.hurry(lane, self.now).await?;
        Ok(Settled::default())
    }

    /// Whether somebody lets a lane go on at the moment, however much was written in it.
    pub async fn is_lifted(&self, lane: &str) -> Result<bool, StoreError> {
        for at in [self.now, self.now - Alarm::LIFT] {
            let queued = self.outbox.queued(&Alarm::lifted(lane, at)).await?;
            if let Some(Effect::Step(Step::Lifted { at_ms, .. })) = queued.map(|it| it.effect)
                && self.now.timestamp_millis() - at_ms < Alarm::LIFT.num_milliseconds()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The key of what an admin is told.
fn told(alarm: &Key, admin: &Person) -> Key {
    alarm.then(admin.login.as_str())
}

fn given_up(dead: &[Dead]) -> String {
    let mut lines = vec![match dead {
        [_] => "Something could not be written, and is given up:".to_owned(),
        dead => format!(
            "{} things could not be written, and are given up:",
            dead.len()
        ),
    }];
    lines.extend(dead.iter().take(MOST_NAMED).map(Dead::line));
    if dead.len() > MOST_NAMED {
        let more = dead.len() - MOST_NAMED;
        lines.push(format!("and {more} more, which /kep outbox lists."));
    }
    lines.push(retry_hint("/kep outbox", dead));
    lines.join("\n")
}
