//! What somebody does with what they were told: they answer it on GitHub, or want to hear of it again.

use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::Value;

use super::{Inlet, whisper};
use crate::{
    domain::{
        bridge::{Asked, Effect, Key, Lane, MessageAt, NewEffect, Saying, Step, Written},
        people::Asker,
    },
    jobs::bridge::Bridge,
    ports::{StoreError, outbox::Cause},
    slack::{
        answer,
        blocks::bridge::press::Press,
        inbound::{Pressed, Submitted},
    },
};

/// When somebody is reminded who wants to be.
const REMIND_AFTER: TimeDelta = TimeDelta::days(1);

impl Inlet {
    /// Somebody wants to be told again of what stands in a message.
    pub(super) async fn snooze(
        &self,
        identity: &Key,
        asked: &Asked,
        ts: &str,
    ) -> Result<Option<NewEffect>, StoreError> {
        let Asked { channel, .. } = asked;
        let outbox = &self.hear.outbox;
        let at = MessageAt::new(&channel.workspace, &channel.id, ts);
        let Some(of) = outbox.key_of(&Written::Message(at)).await? else {
            return Ok(None);
        };
        let told = outbox.last(&of).await?.map(|(_, effect)| effect);
        let Some(
            Effect::Post {
                saying: Saying::Notices(notices),
                ..
            }
            | Effect::EditPost {
                saying: Saying::Notices(notices),
                ..
            },
        ) = told
        else {
            return Ok(None);
        };
        let who = notices.who;
        let key = identity.then("remind");
        let remind = NewEffect {
            key: key.clone(),
            lane: Lane::Later(key),
            effect: Effect::Step(Step::Remind {
                who,
                workspace: channel.workspace.clone(),
                of,
            }),
            delay_ms: REMIND_AFTER.num_milliseconds(),
        };
        let now = self.hear.clock.now();
        let at = (now + REMIND_AFTER).format("%a %-d %b, %H:%M UTC");
        let whisper = whisper(identity, asked, format!("I remind you of that on {at}."));
        let cause = Cause::Came(identity.as_str());
        outbox.accept(now, cause, &[remind, whisper]).await?;
        self.hear.queued.notify_one();
        Ok(None)
    }

    /// The dialog in which somebody answers on GitHub.
    pub(in crate::app) fn answer_dialog(pressed: &Pressed) -> Option<Value> {
        match Press::read(&pressed.action_id, &pressed.value)? {
            Press::Reply(issue, kep) => {
                let channel = pressed.from.channel.clone().unwrap_or_default();
                Some(
                    answer::To {
                        issue,
                        kep,
                        channel,
                    }
                    .view(),
                )
            }
            _ => None,
        }
    }

    /// Somebody has answered: it goes to GitHub, where they may.
    pub(super) async fn answered(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        submitted: &Submitted,
        identity: &Key,
    ) -> Result<Option<Bytes>, StoreError> {
        let read = answer::To::read(&submitted.private_metadata, &submitted.values);
        let Some((to, text)) = read else {
            return Ok(None);
        };
        let user = &submitted.from.user;
        if bridge.people.by_slack(workspace, user).is_none() {
            let asker = Asker { workspace, user };
            let ask = bridge.people.ask_to_be_known(asker);
            let why = format!("I do not know any more who you are on GitHub: {ask}.");
            return Ok(Some(answer::wrong(&why)));
        }
        let asked = self.hear.asked(workspace, &to.channel, user);
        let lane = Lane::Person(asked.channel.clone(), asked.user.clone());
        let step = Step::Answer {
            issue: to.issue,
            kep: to.kep,
            text,
            asked,
        };
        let key = Key::of(["answer"]).then(identity.as_str());
        let effect = NewEffect::now(key, lane, Effect::Step(step));
        self.hear.accept(identity, effect).await?;
        Ok(None)
    }
}
