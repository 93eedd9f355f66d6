//! What becomes of an answer to a question: it stands below it, and those who were asked see that.

use chrono::TimeDelta;

use super::sorry;
use crate::{
    domain::{
        bridge::{
            Asked, Below, ChannelAt, Effect, Key, Lane, NewEffect, Ping, Question, Saying, Step,
            Written,
        },
        text::each_once,
    },
    jobs::bridge::{Bridge, Undecided},
    ports::outbox::Settled,
};

/// How long a message takes, most likely, that is under way.
const UNDER_WAY: TimeDelta = TimeDelta::seconds(2);

impl Bridge<'_> {
    pub(super) async fn question_answer(
        &self,
        key: &Key,
        question: &Key,
        asked: &Asked,
        text: &str,
    ) -> Result<Settled, Undecided> {
        let told = Question::told(question, &asked.channel.workspace, &asked.user);
        // Whoever was not asked has no button.
        let was_asked = self.outbox.queued(&told).await?.is_some();
        let Some(of) = self.question(question).await?.filter(|_| was_asked) else {
            return Ok(sorry(
                key,
                asked,
                "That question is too old to be answered here.",
            ));
        };
        let (below, to_notify) = match of.message {
            // It is in a thread of their own.
            Some((at, thread)) => (Below::Message(thread.unwrap_or(at.ts)), None),
            None => (Below::Key(question.then("post")), Some(of.asked.user)),
        };
        let saying = Saying::Update {
            kep: of.kep,
            who: self.name_of(asked).await,
            by: None,
            markdown: self.markdown(asked, text).await?,
            permalink: None,
            answers: Some(question.clone()),
            asker: to_notify,
        };
        let post = Effect::Post {
            channel: of.asked.channel,
            below,
            saying,
        };
        let answered = Effect::Step(Step::Ping(Ping::Answered {
            question: question.clone(),
            answer: key.clone(),
            asked: asked.clone(),
        }));
        let lane = Lane::Later(key.clone());
        Ok(Settled {
            then: vec![
                NewEffect::now(key.then("post"), lane.clone(), post),
                NewEffect::now(key.then("answered"), lane, answered),
            ],
            ..Settled::default()
        })
    }

    /// Those who were asked see who answered, in place of the button.
    pub(super) async fn question_answered(
        &self,
        question: &Key,
        answer: &Key,
        asked: &Asked,
    ) -> Result<Settled, Undecided> {
        let Some(Written::Message(at)) = self.outbox.written(&answer.then("post")).await? else {
            return Ok(sorry(
                answer,
                asked,
                "Your answer could not be posted where the question was asked.",
            ));
        };
        let Some(of) = self.question(question).await? else {
            return Ok(Settled::default());
        };
        let link = self.chat(&at.channel.workspace)?;
        let link = link.permalink(&at.channel.id, &at.ts).await?;
        let who = self.name_of(asked).await;
        let entry = self.board.get(of.kep);
        let askable = match entry {
            Some(entry) => self.askable(entry, &of.asked).await?,
            None => Vec::new(),
        };
        let askable = askable.into_iter().flat_map(|(_, accounts)| accounts);
        let own = ChannelAt::new(&asked.channel.workspace, &asked.user);
        let mut then = Vec::new();
        for to in each_once(askable.chain([own])) {
            let told = Question::told(question, &to.workspace, &to.id);
            let written = told.then("post");
            let queued = self.outbox.queued(&written).await?;
            if queued.is_some_and(|post| !post.is_over()) {
                let soon = self.now + UNDER_WAY;
                return Err(Undecided::Later(soon, "the question is being brought"));
            }
            let stands = self.outbox.written(&written).await?;
            let last = self.outbox.last(&written).await?;
            if let (Some(Written::Message(dm)), Some((_, effect))) = (stands, last)
                && let Effect::Post { saying, .. } | Effect::EditPost { saying, .. } = effect
                && let Saying::Question {
                    kep,
                    who: asker,
                    markdown,
                    ..
                } = saying
            {
                let saying = Saying::Question {
                    kep,
                    who: asker,
                    markdown,
                    note: format!("{who} answered; the link leads there.").into(),
                    permalink: Some(link.clone()),
                    answer: None,
                };
                let edit = Effect::EditPost {
                    channel: dm.channel,
                    written,
                    saying,
                };
                let key = answer.then("seen").then(&to.workspace).then(&to.id);
                then.push(NewEffect::now(key.clone(), Lane::Later(key), edit));
            }
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }
}
