//! Takes in from Slack what the bridge is for: it is stored, with what is to follow, before Slack is
//! told that it was received.

mod told;

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use super::{
    desk::FrontDesk,
    digests::{AskDigest, Asking},
    follow::{self, AskFollow},
    link::AskLink,
    notify::AskNotify,
};
use crate::{
    command::{
        is_digest, is_follow, is_link, is_notify, is_outbox, is_ping, is_update, outbox, update,
    },
    domain::{
        bridge::{
            Asked, ChannelAt, Effect, Key, Lane, MessageAt, NewEffect, Relay, Replies, Saying,
            Step, Way, keps_in, moment_of,
        },
        following::Followers,
        people::{Asker, People},
    },
    handlers,
    jobs::{
        bridge::Bridge,
        follow::Known,
        hear::{self, Hear, relay},
    },
    ports::{Chat, StoreError},
    slack::{
        Message, answer,
        blocks::{self, bridge::press::Press},
        dialog::{self, Dialog, Tie},
        inbound::{Author, Command, From, Happened, Heard, Inbound, Shortcut, Spoken, Submitted},
    },
};

/// How long a dialog waits for the names of those whom its text mentions.
const NAMES_WITHIN: Duration = Duration::from_millis(1500);

/// Each workspace's chat, by the name that the settings give the workspace.
pub type Chats = Arc<HashMap<Box<str>, Arc<dyn Chat>>>;

/// Where what people say on Slack comes in.
pub struct Inlet {
    /// What is taken in.
    pub hear: Arc<Hear>,
    /// Where it is said.
    pub chats: Chats,
    /// What tells of the weeks.
    pub(super) digests: AskDigest,
    /// What people get by direct message.
    pub(super) notify: AskNotify,
    /// Who they are on GitHub.
    pub(super) link: AskLink,
    /// Which KEPs they follow.
    pub(super) follow: AskFollow,
}

impl Inlet {
    /// Whether something is for the bridge.
    pub(super) fn is_for(inbound: &Inbound) -> bool {
        match inbound {
            Inbound::Heard(_)
            | Inbound::Reacted(_)
            | Inbound::Shortcut(_)
            | Inbound::Submitted(_) => true,
            Inbound::Pressed(pressed) => {
                Press::read(&pressed.action_id, &pressed.value).is_some()
                    || blocks::wished(pressed).is_some()
            }
            Inbound::Command(command) => {
                let text = &command.text;
                is_update(text)
                    || is_outbox(text)
                    || is_digest(text)
                    || is_notify(text)
                    || is_link(text)
                    || is_ping(text)
                    || is_follow(text)
            }
            _ => false,
        }
    }

    /// What decisions are made from.
    pub(super) fn bridge<'a>(
        &'a self,
        known: &'a Known,
        (people, followers): (&'a People, &'a Followers),
        desk: &'a FrontDesk,
    ) -> Bridge<'a> {
        Bridge {
            board: &known.board,
            settings: &desk.settings,
            people,
            followers,
            channels: &self.hear.channels,
            outbox: &*self.hear.outbox,
            chats: &self.chats,
            now: self.hear.clock.now(),
        }
    }

    /// Takes in what concerns the bridge. `identity` is the same in each telling of it.
    pub(super) async fn take(
        &self,
        workspace: &str,
        identity: &Key,
        inbound: &Inbound,
    ) -> Result<(), StoreError> {
        match inbound {
            // That a reaction is taken off again undoes nothing.
            Inbound::Reacted(reacted) if reacted.is_given => {
                let at = MessageAt::new(workspace, &reacted.channel, &reacted.ts);
                let what = hear::Happened::Reacted {
                    emoji: &reacted.emoji,
                    user: &reacted.from.user,
                    given_at: moment_of(&reacted.event_ts),
                };
                self.hear.hear(&at, what).await?;
            }
            Inbound::Heard(heard) => self.heard(workspace, heard).await?,
            Inbound::Pressed(pressed) => {
                let Some(press) = Press::read(&pressed.action_id, &pressed.value) else {
                    return Ok(());
                };
                let channel = pressed.from.channel.as_deref().unwrap_or_default();
                let asked = self.hear.asked(workspace, channel, &pressed.from.user);
                let ts = pressed.ts.as_deref().unwrap_or_default();
                if let Some(effect) = self.pressed(identity, press, asked, ts).await? {
                    self.hear.accept(identity, effect).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Something happened to a message.
    async fn heard(&self, workspace: &str, heard: &Heard) -> Result<(), StoreError> {
        let (ts, what) = match &heard.what {
            Happened::New(said) => {
                let user = match &said.author {
                    Author::Person(user) => Some(&**user),
                    Author::Own | Author::Other => None,
                };
                let thread = said.thread_ts.as_deref();
                (&said.ts, hear::Happened::Said { user, thread })
            }
            Happened::Changed(Spoken {
                ts,
                edited: Some(edited),
                ..
            }) => (ts, hear::Happened::Edited(edited)),
            Happened::Changed(_) => return Ok(()),
            Happened::Gone { ts, .. } => (ts, hear::Happened::Gone),
        };
        let at = MessageAt::new(workspace, &heard.channel, ts);
        self.hear.hear(&at, what).await.map(drop)
    }

    async fn pressed(
        &self,
        identity: &Key,
        press: Press,
        asked: Asked,
        ts: &str,
    ) -> Result<Option<NewEffect>, StoreError> {
        let lane = Lane::Person(asked.channel.clone(), asked.user.clone());
        let presser = Asker {
            workspace: &asked.channel.workspace,
            user: &asked.user,
        };
        let now = self.hear.clock.now();
        let step = match press {
            // Its dialog is opened elsewhere.
            Press::Reply(..) | Press::Answer(..) => return Ok(None),
            Press::Snooze => return self.snooze(identity, &asked, ts).await,
            Press::Mute(kep) => {
                let said = self.notify.mute(presser, kep, now).await?;
                return Ok(Some(whisper(identity, &asked, said)));
            }
            Press::Settings => {
                let said = self.notify.show(presser, now).await?;
                return Ok(Some(whisper(identity, &asked, said)));
            }
            Press::Undo(written) => Step::Undo { written, asked },
            Press::GoOn(lane, alarm) => Step::GoOn { alarm, lane, asked },
            Press::Which(kep, of) => {
                let queued = self.hear.outbox.queued(&of).await?;
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
    ) -> Result<Saying, StoreError> {
        let channel = command.from.channel.as_deref().unwrap_or_default();
        let asked = self.hear.asked(workspace, channel, &command.from.user);
        let (kep, text) = match update(&command.text) {
            Ok(typed) => typed,
            Err(why) => return Ok(why.into()),
        };
        if let Some(why) = bridge.refuses(&asked, kep) {
            return Ok(why.of_typed(Some(text)).into());
        }
        let lane = Lane::Person(asked.channel.clone(), asked.user.clone());
        let step = Effect::Step(Step::Relay(Relay {
            asked,
            way: Way::Command,
            message: None,
            thread: None,
            kep: Some(kep),
            text: Some(text.to_owned()),
            ties: None,
        }));
        let effect = NewEffect::now(Key::of(["update"]).then(identity.as_str()), lane, step);
        self.hear.accept(identity, effect).await?;
        Ok(format!(
            "On its way to the tracking issue of KEP-{kep}. I tell you when it stands there."
        )
        .into())
    }

    /// `/kep digest`: what it would say, or that it is posted.
    pub(super) async fn digest(
        &self,
        known: &Known,
        workspace: &str,
        command: &Command,
        identity: &Key,
    ) -> Result<Saying, StoreError> {
        let channel = command.from.channel.as_deref().unwrap_or_default();
        let asking = Asking {
            asker: asker(workspace, command),
            channel: &ChannelAt::new(workspace, channel),
            identity,
            now: self.hear.clock.now(),
        };
        self.digests.answer(&command.text, asking, known).await
    }

    /// `/kep notify`: what they get by direct message from now on.
    pub(super) async fn notify(
        &self,
        workspace: &str,
        command: &Command,
    ) -> Result<String, StoreError> {
        let asker = asker(workspace, command);
        let now = self.hear.clock.now();
        self.notify.answer(&command.text, asker, now).await
    }

    /// The same by a button of the home, which says what would be typed.
    pub(super) async fn wished(
        &self,
        workspace: &str,
        from: &From,
        typed: &str,
    ) -> Result<(), StoreError> {
        let user = &from.user;
        let asker = Asker { workspace, user };
        let now = self.hear.clock.now();
        self.notify.wished(typed, asker, now).await
    }

    /// `/kep link` and `/kep unlink`: who they are on GitHub.
    pub(super) async fn link(
        &self,
        workspace: &str,
        command: &Command,
    ) -> Result<Message, StoreError> {
        let asker = asker(workspace, command);
        let answer_to = command.response_url.as_deref();
        self.link.answer(&command.text, asker, answer_to).await
    }

    /// `/kep follow` and `/kep unfollow`: which KEPs they follow.
    pub(super) async fn follow(
        &self,
        known: &Known,
        people: &People,
        workspace: &str,
        command: &Command,
    ) -> Result<String, StoreError> {
        let channel = command.from.channel.as_deref().unwrap_or_default();
        let asking = follow::Asking {
            asker: asker(workspace, command),
            channel: &ChannelAt::new(workspace, channel),
            board: &known.board,
            people,
        };
        self.follow.answer(&command.text, &asking).await
    }

    /// `/kep outbox`: what waits and what was given up; or that is tried again.
    pub(super) async fn outbox(
        &self,
        people: &People,
        workspace: &str,
        command: &Command,
    ) -> Result<String, StoreError> {
        let asker = asker(workspace, command);
        let queue = handlers::outbox::Queue {
            outbox: &*self.hear.outbox,
            typed: "/kep outbox",
            now: self.hear.clock.now(),
        };
        let answer = match (people.must_be_admin(asker), outbox(&command.text)) {
            (Err(why), _) | (_, Err(why)) => return Ok(why),
            (Ok(()), Ok(ask)) => queue.answer(&ask).await?,
        };
        self.hear.queued.notify_one();
        Ok(answer)
    }

    /// The dialog of the shortcut, with what can be guessed filled in; or one that says why it
    /// would be in vain.
    pub(super) async fn dialog(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        shortcut: &Shortcut,
    ) -> Result<impl Future<Output = Value> + use<>, StoreError> {
        let channel = shortcut.from.channel.as_deref().unwrap_or_default();
        let asked = self.hear.asked(workspace, channel, &shortcut.from.user);
        let refused = bridge.refuses_all(&asked);
        let dialog = match refused {
            Some(why) => Err(dialog::no(&why)),
            None => Ok(self.guessed(bridge, workspace, channel, shortcut).await?),
        };
        let chat = self.chats.get(workspace).cloned();
        let clock = self.hear.clock.clone();
        Ok(async move {
            let mut dialog = match dialog {
                Ok(dialog) => dialog,
                Err(no) => return no,
            };
            if let Some(chat) = chat {
                // Slack waits three seconds for the dialog.
                tokio::select! {
                    typed = chat.typed(&dialog.text) => {
                        if let Ok(typed) = typed {
                            dialog.text = typed.into();
                        }
                    }
                    () = clock.expire(NAMES_WITHIN) => {}
                }
            }
            dialog.view()
        })
    }

    async fn guessed(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        channel: &str,
        shortcut: &Shortcut,
    ) -> Result<Dialog, StoreError> {
        let text = shortcut.message["text"].as_str().unwrap_or_default();
        let root = shortcut.thread_ts.as_ref().unwrap_or(&shortcut.ts);
        let root = MessageAt::new(workspace, channel, root);
        let own = self.hear.outbox.thread_at(&root).await?;
        let tied = self.hear.outbox.tie_at(&root).await?.map(|tie| tie.kep);
        let channel_of = self.hear.channels.get(&root.channel);
        let tie = channel_of
            .filter(|channel| own.is_none() && channel.replies != Replies::Off)
            .map(|channel| Tie {
                is_tied: tied.is_some(),
                replies: channel.replies,
            });
        let kep = own.map(|thread| thread.kep).or(tied);
        Ok(Dialog {
            channel: channel.into(),
            ts: shortcut.ts.clone(),
            thread: shortcut.thread_ts.clone(),
            kep: kep.or_else(|| keps_in(text, bridge.board).first().copied()),
            text: text.into(),
            tie,
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
        if *submitted.callback_id == *answer::ANSWER {
            return self.answered(bridge, workspace, submitted, identity).await;
        }
        let Some(sent) = dialog::read(&submitted.private_metadata, &submitted.values) else {
            return Ok(None);
        };
        let asked = self
            .hear
            .asked(workspace, &sent.of.channel, &submitted.from.user);
        let kep = sent.kep.as_ref().ok().copied();
        let wrong = match (kep, &sent.kep) {
            (Some(kep), _) => bridge.refuses_here(&asked, kep),
            (None, Err(typed)) => Some(format!("\"{typed}\" is no KEP's number").into()),
            (None, Ok(_)) => None,
        };
        if let Some(wrong) = wrong {
            return Ok(Some(dialog::wrong(&wrong.why)));
        }
        let of = sent.of;
        let message = MessageAt::new(workspace, &of.channel, &of.ts);
        let mut effect = relay(asked, Way::Shortcut, message, of.thread);
        if let Effect::Step(Step::Relay(relay)) = &mut effect.effect {
            relay.kep = kep;
            relay.text = sent.reworded;
            relay.ties = sent.ties;
        }
        effect.key = Key::of(["relay"]).then(identity.as_str());
        self.hear.accept(identity, effect).await?;
        Ok(None)
    }
}

/// Says a sentence to who pressed a button, where they pressed it.
fn whisper(identity: &Key, asked: &Asked, said: impl Into<Saying>) -> NewEffect {
    let effect = Effect::Whisper {
        channel: asked.channel.clone(),
        user: asked.user.clone(),
        thread: None,
        saying: said.into(),
    };
    let lane = Lane::Person(asked.channel.clone(), asked.user.clone());
    NewEffect::now(identity.then("said"), lane, effect)
}

/// Who typed a command.
fn asker<'a>(workspace: &'a str, command: &'a Command) -> Asker<'a> {
    Asker {
        workspace,
        user: &command.from.user,
    }
}
