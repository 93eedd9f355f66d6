//! Takes in questions to a KEP's shepherds, and their answers.

use super::inlet::Inlet;
use crate::{
    command::{asks_for_shepherds, ping},
    domain::{
        KepNumber,
        bridge::{
            ChannelAt, Effect, Key, Lane, MessageAt, NewEffect, Ping, Question, Saying, Step,
        },
    },
    jobs::bridge::Bridge,
    ports::StoreError,
    slack::{
        inbound::{Command, Said, Submitted},
        question,
    },
};

impl Inlet {
    /// The KEP whose shepherds somebody asks for in a channel that takes part.
    pub(super) fn asks_shepherds(&self, workspace: &str, said: &Said) -> Option<KepNumber> {
        let channel = said.from.channel.as_deref()?;
        let at = ChannelAt::new(workspace, channel);
        self.hear.channels.get(&at)?;
        asks_for_shepherds(&said.text)
    }

    /// `/kep ping 5825 question`: what can be said at once is, and what is to follow is stored.
    pub(super) async fn ping(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        command: &Command,
        identity: &Key,
    ) -> Result<Saying, StoreError> {
        let channel = command.from.channel.as_deref().unwrap_or_default();
        let asked = self.hear.asked(workspace, channel, &command.from.user);
        let (kep, text) = match ping(&command.text) {
            Ok(typed) => typed,
            Err(why) => return Ok(why.into()),
        };
        if self.hear.channels.get(&asked.channel).is_none() {
            let why = "Questions to shepherds are asked in a channel that takes part in the bridge, where others can read along; this is none. /kep who names them.";
            return Ok(why.to_owned().into());
        }
        let whom = match bridge.can_ask(&asked, kep).await? {
            Ok(whom) => whom,
            Err(why) => return Ok(why.into()),
        };
        let key = Key::of(["ping"]).then(identity.as_str());
        if let Some(why) = bridge.passed_lately(&key, &asked, kep).await? {
            return Ok(why.into());
        }
        let question = Question {
            asked,
            kep,
            text: text.to_owned(),
            message: None,
        };
        self.ask(identity, key, question).await?;
        Ok(format!("On its way to {whom}: your question stands in this channel, and an answer comes into its thread.").into())
    }

    /// Somebody asks the bot who shepherds a KEP.
    pub(super) async fn ping_by_mention(
        &self,
        bridge: &Bridge<'_>,
        workspace: &str,
        said: &Said,
        kep: KepNumber,
    ) -> Result<(), StoreError> {
        let channel = said.from.channel.as_deref().unwrap_or_default();
        let asked = self.hear.asked(workspace, channel, &said.from.user);
        let at = MessageAt::new(workspace, channel, &said.ts);
        // The message itself comes as another event.
        let key = Key::of(["ping"]).then(at.came(None).as_str());
        if let Some(why) = bridge.passed_lately(&key, &asked, kep).await? {
            let effect = Effect::Whisper {
                channel: asked.channel.clone(),
                user: asked.user.clone(),
                thread: said.thread_ts.clone(),
                saying: why.into(),
            };
            let lane = Lane::Person(asked.channel, asked.user);
            let no = key.then("no");
            let effect = NewEffect::now(no.clone(), lane, effect);
            return self.hear.accept(&no, effect).await.map(drop);
        }
        let question = Question {
            asked,
            kep,
            text: said.without_bot(),
            message: Some((at, said.thread_ts.clone())),
        };
        self.ask(&key, key.clone(), question).await
    }

    /// Takes a question in. Whether it is passed on is decided when those that came before are over.
    async fn ask(&self, identity: &Key, key: Key, question: Question) -> Result<(), StoreError> {
        let lane = Question::lane(&question.asked, question.kep);
        let step = Effect::Step(Step::Ping(Ping::Ask(question)));
        let effect = NewEffect::now(key, lane, step);
        self.hear.accept(identity, effect).await.map(drop)
    }

    /// An answer was sent from its dialog.
    pub(super) async fn question_answered(
        &self,
        workspace: &str,
        submitted: &Submitted,
        identity: &Key,
    ) -> Result<(), StoreError> {
        let read = question::read(&submitted.private_metadata, &submitted.values);
        let Some((of, text)) = read else {
            return Ok(());
        };
        let step = Effect::Step(Step::Ping(Ping::Answer {
            question: of.question,
            asked: self
                .hear
                .asked(workspace, &of.channel, &submitted.from.user),
            text,
        }));
        let key = Key::of(["pinged"]).then(identity.as_str());
        let effect = NewEffect::now(key.clone(), Lane::Later(key), step);
        self.hear.accept(identity, effect).await.map(drop)
    }
}
