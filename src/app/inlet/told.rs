//! What somebody does with what they were told: they answer it on GitHub, or want to hear of it again.

use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::Value;

use super::{Inlet, whisper};
use crate::{
    domain::{
        bridge::{
            Asked, ChannelAt, Effect, IssueAt, Key, Lane, MessageAt, NewEffect, Saying, Step,
            Written,
        },
        notice::Matter,
        people::Asker,
    },
    jobs::bridge::Bridge,
    ports::{StoreError, outbox::Cause},
    slack::{
        answer,
        blocks::bridge::press::Press,
        inbound::{Pressed, Submitted},
        question,
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
        let Some((of, Saying::Notices(notices))) = self.saying_at(at).await? else {
            return Ok(None);
        };
        let who = notices.who;
        let key = identity.then("remind");
        let remind = NewEffect {
            key: key.clone(),
            lane: Lane::Later(key),
            effect: Effect::Step(Step::Remind {
                who,
                to: vec![ChannelAt::new(&channel.workspace, &asked.user)],
                of,
            }),
            delay_ms: REMIND_AFTER.num_milliseconds(),
        };
        let now = self.hear.clock.now();
        let whisper = whisper(identity, asked, Saying::Reminds(now + REMIND_AFTER));
        let cause = Cause::Came(identity.as_str());
        outbox.accept(now, cause, &[remind, whisper]).await?;
        self.hear.queued.notify_one();
        Ok(None)
    }

    /// Whether a button opens a dialog for an answer.
    pub(in crate::app) fn opens_dialog(pressed: &Pressed) -> bool {
        let press = Press::read(&pressed.action_id, &pressed.value);
        matches!(press, Some(Press::Reply(..) | Press::Answer(..)))
    }

    /// The dialog in which somebody answers what a message says, on GitHub or in a question's thread.
    pub(in crate::app) async fn answer_dialog(
        &self,
        workspace: &str,
        pressed: &Pressed,
    ) -> Result<Option<Value>, StoreError> {
        let channel = pressed.from.channel.clone().unwrap_or_default();
        let ts = pressed.ts.as_deref().unwrap_or_default();
        let at = MessageAt::new(workspace, &channel, ts);
        let saying = self.saying_at(at).await?.map(|(_, saying)| saying);
        Ok(match Press::read(&pressed.action_id, &pressed.value) {
            Some(Press::Reply(issue, kep)) => {
                let said = saying.as_ref().and_then(|saying| said_on(saying, &issue));
                let to = answer::To {
                    issue: issue.clone(),
                    kep,
                    channel,
                };
                Some(to.view(said))
            }
            Some(Press::Answer(kep, question)) => {
                let asked = match &saying {
                    Some(Saying::Question { markdown, .. }) => Some(markdown.as_str()),
                    _ => None,
                };
                let of = question::Of { question, channel };
                Some(question::view(kep, &of, asked))
            }
            _ => None,
        })
    }

    /// What a message of the bot's says, and its key, while that is kept.
    async fn saying_at(&self, at: MessageAt) -> Result<Option<(Key, Saying)>, StoreError> {
        let outbox = &self.hear.outbox;
        let Some(key) = outbox.key_of(&Written::Message(at)).await? else {
            return Ok(None);
        };
        Ok(match outbox.last(&key).await? {
            Some((_, Effect::Post { saying, .. } | Effect::EditPost { saying, .. })) => {
                Some((key, saying))
            }
            _ => None,
        })
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

/// What was said on an issue, of which a message tells: the latest.
fn said_on<'a>(saying: &'a Saying, issue: &IssueAt) -> Option<&'a str> {
    let Saying::Notices(notices) = saying else {
        return None;
    };
    let items = notices.items.iter().rev();
    let mut said = items.filter_map(|item| match &item.matter {
        Matter::Mention { said, .. } if item.at.as_ref() == Some(issue) => said.as_deref(),
        _ => None,
    });
    said.next()
}
