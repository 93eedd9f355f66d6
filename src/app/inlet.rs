//! Takes in from Slack what the bridge is for: it is stored, with what is to follow, before Slack is
//! told that it was received.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use tokio::sync::Notify;

use super::desk::FrontDesk;
use crate::{
    command::{is_update, update},
    domain::bridge::{
        Asked, ChannelAt, Channels, Effect, Key, Lane, MessageAt, NewEffect, Relay, Replies, Step,
        Way, keps_in,
    },
    jobs::bridge::Bridge,
    jobs::follow::Known,
    ports::{Chat, Clock, Outbox, StoreError, outbox::Cause},
    slack::{
        blocks::bridge::press::Press,
        dialog::{self, Dialog},
        inbound::{
            Author, Command, Happened, Heard, Inbound, Reacted, Shortcut, Spoken, Submitted,
        },
    },
};

/// Each workspace's chat, by the name that the settings give the workspace.
pub type Chats = Arc<HashMap<Box<str>, Arc<dyn Chat>>>;

/// Where what people say on Slack comes in.
pub struct Inlet {
    /// What is queued.
    pub outbox: Arc<dyn Outbox>,
    /// Told when something was queued.
    pub queued: Arc<Notify>,
    /// What passes where.
    pub channels: Arc<Channels>,
    /// Where it is said.
    pub chats: Chats,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Inlet {
    /// Whether something is for the bridge.
    pub(super) fn is_for(inbound: &Inbound) -> bool {
        match inbound {
            Inbound::Heard(_)
            | Inbound::Reacted(_)
            | Inbound::Shortcut(_)
            | Inbound::Submitted(_) => true,
            Inbound::Pressed(pressed) => Press::read(&pressed.action_id, &pressed.value).is_some(),
            Inbound::Command(command) => is_update(&command.text),
            _ => false,
        }
    }

    /// What decisions are made from.
    pub(super) fn bridge<'a>(&'a self, known: &'a Known, desk: &'a FrontDesk) -> Bridge<'a> {
        Bridge {
            board: &known.board,
            settings: &desk.settings,
            people: &desk.people,
            channels: &self.channels,
            outbox: &*self.outbox,
            chats: &self.chats,
            now: self.clock.now(),
        }
    }

    /// Takes in what concerns the bridge. `identity` is the same in each telling of it.
    pub(super) async fn take(
        &self,
        workspace: &str,
        identity: &Key,
        inbound: &Inbound,
    ) -> Result<(), StoreError> {
        let effect = match inbound {
            Inbound::Reacted(reacted) => self.reacted(workspace, reacted),
            Inbound::Heard(heard) => self.heard(workspace, heard).await?,
            Inbound::Pressed(pressed) => {
                let Some(press) = Press::read(&pressed.action_id, &pressed.value) else {
                    return Ok(());
                };
                let channel = pressed.from.channel.as_deref().unwrap_or_default();
                let asked = self.asked(workspace, channel, &pressed.from.user);
                self.pressed(identity, press, asked).await?
            }
            _ => None,
        };
        match effect {
            Some(effect) => self.accept(identity, effect).await,
            None => Ok(()),
        }
    }

    async fn accept(&self, identity: &Key, effect: NewEffect) -> Result<(), StoreError> {
        let cause = Cause::Came(identity.as_str());
        let effects = [effect];
        let is_new = self.outbox.accept(self.clock.now(), cause, &effects);
        if is_new.await? {
            self.queued.notify_one();
        }
        Ok(())
    }

    fn asked(&self, workspace: &str, channel: &str, user: &str) -> Asked {
        Asked {
            user: user.into(),
            channel: ChannelAt::new(workspace, channel),
            at_ms: self.clock.now().timestamp_millis(),
        }
    }

    /// Somebody asks for a relay with the reaction.
    fn reacted(&self, workspace: &str, reacted: &Reacted) -> Option<NewEffect> {
        let message = MessageAt::new(workspace, &reacted.channel, &reacted.ts);
        self.channels.get(&message.channel)?;
        if !reacted.is_given || *reacted.emoji != *self.channels.reaction {
            return None;
        }
        let asked = self.asked(workspace, &reacted.channel, &reacted.from.user);
        Some(relay(asked, Way::Reaction, message, None))
    }

    /// A reply in a KEP's thread; or something that stands on a tracking issue was changed.
    async fn heard(&self, workspace: &str, heard: &Heard) -> Result<Option<NewEffect>, StoreError> {
        let at = |ts: &str| MessageAt::new(workspace, &heard.channel, ts);
        match &heard.what {
            Happened::New(said) => {
                let message = at(&said.ts);
                let (Some(thread), Author::Person(user)) = (&said.thread_ts, &said.author) else {
                    return Ok(None);
                };
                let channel = self.channels.get(&message.channel);
                let goes = channel
                    .is_some_and(|channel| channel.to_forge && channel.replies == Replies::All);
                if !goes || self.outbox.thread_at(&at(thread)).await?.is_none() {
                    return Ok(None);
                }
                let asked = self.asked(workspace, &heard.channel, user);
                let thread = Some(thread.clone());
                Ok(Some(relay(asked, Way::Reply, message, thread)))
            }
            Happened::Changed(Spoken { ts, edited, .. }) => {
                let Some(edited) = edited else {
                    return Ok(None);
                };
                self.again(at(ts), edited).await
            }
            Happened::Gone { ts, .. } => self.again(at(ts), "gone").await,
        }
    }

    async fn again(&self, message: MessageAt, what: &str) -> Result<Option<NewEffect>, StoreError> {
        let MessageAt { channel, ts } = &message;
        // It may be on its way to an issue, with the text that was read a moment ago.
        let may_be_relayed = self.channels.get(channel).is_some_and(|it| it.to_forge);
        let relayed = Key::of(["comment", &*channel.workspace, &*channel.id, &**ts]);
        if !may_be_relayed && self.outbox.comments_below(&relayed).await?.is_empty() {
            return Ok(None);
        }
        let key = Key::of(["again", &*channel.workspace, &*channel.id, &**ts, what]);
        let lane = Lane::Message(message.clone());
        let step = Effect::Step(Step::Again { message });
        Ok(Some(NewEffect::now(key, lane, step)))
    }

    async fn pressed(
        &self,
        identity: &Key,
        press: Press,
        asked: Asked,
    ) -> Result<Option<NewEffect>, StoreError> {
        let lane = Lane::Person(asked.channel.clone(), asked.user.clone());
        let step = match press {
            Press::Undo(written) => Step::Undo { written, asked },
            Press::Which(kep, of) => {
                let queued = self.outbox.queued(&of).await?;
                let Some(Effect::Step(Step::Relay(relay))) = queued.map(|queued| queued.effect)
                else {
                    return Ok(None);
                };
                Step::Relay(Relay {
                    kep: Some(kep),
                    ..relay
                })
            }
        };
        Ok(Some(NewEffect::now(
            identity.then("do"),
            lane,
            Effect::Step(step),
        )))
    }

    /// `/kep update 5825 text`: what can be said at once is, and what is to follow is stored.
    pub(super) async fn update(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        command: &Command,
        identity: &Key,
    ) -> Result<String, StoreError> {
        let channel = command.from.channel.as_deref().unwrap_or_default();
        let asked = self.asked(workspace, channel, &command.from.user);
        let (kep, text) = match update(&command.text) {
            Ok(typed) => typed,
            Err(why) => return Ok(why),
        };
        if let Some(why) = bridge.refuses(&asked, kep) {
            return Ok(why);
        }
        let lane = Lane::Person(asked.channel.clone(), asked.user.clone());
        let step = Effect::Step(Step::Relay(Relay {
            asked,
            way: Way::Command,
            message: None,
            thread: None,
            kep: Some(kep),
            text: Some(text.to_owned()),
        }));
        let effect = NewEffect::now(Key::of(["update"]).then(identity.as_str()), lane, step);
        self.accept(identity, effect).await?;
        Ok(format!(
            "On its way to the tracking issue of KEP-{kep}. I tell you when it stands there."
        ))
    }

    /// The dialog of the shortcut, with what can be guessed filled in.
    pub(super) async fn dialog(
        &self,
        workspace: &str,
        shortcut: &Shortcut,
        known: &Known,
    ) -> Result<Dialog, StoreError> {
        let channel = shortcut.from.channel.as_deref().unwrap_or_default();
        let text = shortcut.message["text"].as_str().unwrap_or_default();
        let mut kep = None;
        if let Some(root) = &shortcut.thread_ts {
            let root = MessageAt::new(workspace, channel, root);
            kep = self.outbox.thread_at(&root).await?.map(|thread| thread.kep);
        }
        Ok(Dialog {
            channel: channel.into(),
            ts: shortcut.ts.clone(),
            thread: shortcut.thread_ts.clone(),
            kep: kep.or_else(|| keps_in(text, &known.board).first().copied()),
            text: text.into(),
        })
    }

    /// The dialog was sent: what is wrong with it is said beside its fields.
    pub(super) async fn submitted(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        submitted: &Submitted,
        identity: &Key,
    ) -> Result<Option<Bytes>, StoreError> {
        let Some(sent) = dialog::read(&submitted.private_metadata, &submitted.values) else {
            return Ok(None);
        };
        let asked = self.asked(workspace, &sent.of.channel, &submitted.from.user);
        let kep = sent.kep.as_ref().ok().copied();
        let wrong = match (kep, &sent.kep) {
            (Some(kep), _) => bridge.refuses_here(&asked, kep),
            (None, Err(typed)) => Some(format!("\"{typed}\" is no KEP's number")),
            (None, Ok(_)) => None,
        };
        if let Some(wrong) = wrong {
            return Ok(Some(dialog::wrong(&wrong)));
        }
        let of = sent.of;
        let message = MessageAt::new(workspace, &of.channel, &of.ts);
        let mut effect = relay(asked, Way::Shortcut, message, of.thread);
        if let Effect::Step(Step::Relay(relay)) = &mut effect.effect {
            relay.kep = kep;
            relay.text = sent.reworded;
        }
        effect.key = Key::of(["relay"]).then(identity.as_str());
        self.accept(identity, effect).await?;
        Ok(None)
    }
}

/// Somebody wants a message to stand on a tracking issue.
fn relay(asked: Asked, way: Way, message: MessageAt, thread: Option<Box<str>>) -> NewEffect {
    let MessageAt { channel, ts } = &message;
    let by = [
        "relay",
        &*channel.workspace,
        &*channel.id,
        &**ts,
        "by",
        &*asked.user,
    ];
    let key = Key::of(by);
    let lane = Lane::Message(message.clone());
    let step = Step::Relay(Relay {
        asked,
        way,
        message: Some(message),
        thread,
        kep: None,
        text: None,
    });
    NewEffect::now(key, lane, Effect::Step(step))
}
