//! A question goes to a KEP's shepherds by direct message, on whichever workspace they are, and their
//! answer to where it was asked.

use super::{Bridge, Undecided, relay::shortened};
use crate::{
    domain::{
        KepNumber, Login,
        board::Entry,
        bridge::{
            Asked, Below, ChannelAt, Effect, Key, Lane, NewEffect, Ping, Question, Saying, Step,
            Written,
        },
        notice::Recipient,
        people::Person,
        text::each_once,
    },
    ports::{StoreError, outbox::Settled},
};

/// How many are asked: anybody can write names into an issue.
const MOST_ASKED: usize = 5;

impl Bridge<'_> {
    pub(super) async fn ping(&self, key: &Key, ping: &Ping) -> Result<Settled, Undecided> {
        match ping {
            Ping::Ask(question) => self.question_ask(key, question).await,
            Ping::Bring { question, .. } => self.question_bring(question).await,
            Ping::Answer {
                question,
                asked,
                text,
            } => self.question_answer(key, question, asked, text).await,
            Ping::Answered {
                question,
                answer,
                asked,
            } => self.question_answered(question, answer, asked).await,
        }
    }

    /// The shepherds of a KEP who can be asked, with the account on which they are: the one that they
    /// chose, else one where the question was asked. Not those who ask, or want to hear nothing.
    async fn askable(
        &self,
        entry: &Entry,
        asked: &Asked,
    ) -> Result<Vec<(&Person, ChannelAt)>, StoreError> {
        let here = &asked.channel.workspace;
        let mut askable = Vec::new();
        for login in entry.shepherds() {
            let Some(person) = self.people.by_login(login) else {
                continue;
            };
            let who = Recipient::Login(login.clone());
            let preferences = self.preferences(&who).await?;
            let is_asking = person.slack.get(here).is_some_and(|id| *id == asked.user);
            let hears =
                !preferences.is_off(self.now) && !preferences.muted.contains(&entry.kep.number);
            let accounts = person.slack.iter();
            let mut accounts: Vec<_> = accounts
                .filter(|(name, _)| self.chats.contains_key(*name))
                .collect();
            accounts.sort_by_key(|(name, _)| {
                (Some(*name) != preferences.workspace.as_ref(), *name != here)
            });
            if let Some((workspace, user)) = accounts.first()
                && hears
                && !is_asking
            {
                askable.push((person, ChannelAt::new(workspace, user)));
            }
            if askable.len() == MOST_ASKED {
                break;
            }
        }
        Ok(askable)
    }

    /// Whether a question of somebody about a KEP can be brought to anybody; or why not, and whom else
    /// to ask.
    pub async fn can_ask(
        &self,
        asked: &Asked,
        kep: KepNumber,
    ) -> Result<Result<String, String>, StoreError> {
        let Some(entry) = self.board.get(kep) else {
            return Ok(Err(format!("I know no KEP with the number {kep}.")));
        };
        let askable = self.askable(entry, asked).await?;
        Ok(if askable.is_empty() {
            Err(self.nobody_to_ask(entry))
        } else {
            Ok(listed(askable.iter().map(|(person, _)| &person.login)))
        })
    }

    /// Who shepherds a KEP.
    fn shepherded(entry: &Entry) -> String {
        let number = entry.kep.number;
        match &entry.shepherds()[..] {
            [] => format!("Nobody shepherds KEP-{number} yet."),
            all => format!(
                "KEP-{number} is shepherded by {}.",
                listed(all.iter().copied())
            ),
        }
    }

    fn nobody_to_ask(&self, entry: &Entry) -> String {
        let sides = entry.runtimes.iter().zip(&self.settings.runtimes);
        let (tracked, others): (Vec<_>, Vec<_>) =
            sides.partition(|(side, _)| !side.issues.is_empty());
        let runtimes = if tracked.is_empty() { others } else { tracked };
        let maintainers = each_once(runtimes.iter().flat_map(|(_, of)| &of.maintainers));
        let then = match &maintainers[..] {
            [] => "Ask on its tracking issue.".to_owned(),
            all => format!("Ask a maintainer: {}.", listed(all.iter().copied())),
        };
        let shepherded = Self::shepherded(entry);
        if entry.shepherds().is_empty() {
            format!("{shepherded} {then}")
        } else {
            format!("{shepherded} I can ask none of them just now. {then}")
        }
    }

    /// What is said where somebody's question is passed on no more than once in a while.
    pub fn asked_lately(&self, question: &Question) -> String {
        let shepherded = self.board.get(question.kep).map(Self::shepherded);
        let at = question.next_at().unwrap_or(self.now);
        format!(
            "{} I passed a question of yours about it on already, and pass on one in an hour: the next from {} on.",
            shepherded.unwrap_or_default(),
            at.format("%H:%M UTC")
        )
    }

    async fn question_ask(&self, key: &Key, question: &Question) -> Result<Settled, Undecided> {
        let Question {
            asked, kep, text, ..
        } = question;
        let can_ask = self.can_ask(asked, *kep).await?;
        let (below, saying) = match (&question.message, &can_ask) {
            (Some((at, thread)), can_ask) => {
                let said = match (can_ask, self.board.get(*kep)) {
                    (Ok(whom), Some(entry)) => format!(
                        "{} I passed the question on to {whom} by direct message; an answer comes here.",
                        Self::shepherded(entry)
                    ),
                    (Ok(why) | Err(why), _) => why.clone(),
                };
                let root = thread.as_ref().unwrap_or(&at.ts);
                (Below::Message(root.clone()), Saying::from(said))
            }
            (None, Err(why)) => return Ok(super::whisper(key, asked, None, why.clone())),
            (None, Ok(whom)) => {
                let note = format!(
                    "I pass this on to {whom} by direct message; an answer comes into this thread."
                );
                let saying = Saying::Question {
                    kep: *kep,
                    who: self.name_of(asked).await,
                    markdown: self.markdown(asked, text).await?,
                    note: note.into(),
                    permalink: None,
                    answer: None,
                };
                (Below::Channel, saying)
            }
        };
        let lane = Lane::Later(key.clone());
        let post = Effect::Post {
            channel: asked.channel.clone(),
            below,
            saying,
        };
        let mut then = vec![NewEffect::now(key.then("post"), lane.clone(), post)];
        if can_ask.is_ok() {
            let bring = Effect::Step(Step::Ping(Ping::Bring {
                question: key.clone(),
                workspace: asked.channel.workspace.clone(),
            }));
            then.push(NewEffect::now(key.then("bring"), lane, bring));
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// Brings a question that stands in its channel to those who can be asked.
    async fn question_bring(&self, key: &Key) -> Result<Settled, Undecided> {
        let Some(question) = self.question(key).await? else {
            return Ok(Settled::default());
        };
        let Question {
            asked, kep, text, ..
        } = &question;
        let Some(Written::Message(posted)) = self.outbox.written(&key.then("post")).await? else {
            let why = format!(
                "Your question about KEP-{kep} could not be posted in its channel, so I asked nobody. Am I in that channel?"
            );
            return Ok(sorry(key, asked, &why));
        };
        let Some(entry) = self.board.get(*kep) else {
            return Ok(Settled::default());
        };
        let at = question.message.as_ref().map_or(&posted, |(at, _)| at);
        let chat = self.chat(&at.channel.workspace)?;
        let saying = Saying::Question {
            kep: *kep,
            who: self.name_of(asked).await,
            markdown: self.markdown(asked, text).await?,
            note: format!("You get this because you shepherd KEP-{kep}.").into(),
            permalink: Some(chat.permalink(&at.channel.id, &at.ts).await?),
            answer: Some(key.clone()),
        };
        let mut then = Vec::new();
        for (person, to) in self.askable(entry, asked).await? {
            let delay_ms = self.quiet_for(&person.login, &to).await?;
            let key = Question::told(key, &to.workspace, &to.id);
            let sayings = vec![saying.clone()];
            let step = Effect::Step(Step::Direct { to, sayings });
            let lane = Lane::Later(key.clone());
            then.push(NewEffect {
                delay_ms,
                ..NewEffect::now(key, lane, step)
            });
        }
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// How long somebody's quiet hours last from now on, in milliseconds.
    async fn quiet_for(&self, login: &Login, at: &ChannelAt) -> Result<i64, Undecided> {
        let who = Recipient::Login(login.clone());
        let Some(quiet) = self.preferences(&who).await?.quiet else {
            return Ok(0);
        };
        let zone = self.chat(&at.workspace)?.zone_of(&at.id).await?;
        let over = quiet.over_at(self.now, &zone.unwrap_or_default());
        Ok(over.map_or(0, |over| (over - self.now).num_milliseconds()))
    }

    async fn question_answer(
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
        let below = match of.message {
            Some((at, thread)) => Below::Message(thread.unwrap_or(at.ts)),
            None => Below::Key(question.then("post")),
        };
        let saying = Saying::Update {
            kep: of.kep,
            who: self.name_of(asked).await,
            by: None,
            markdown: self.markdown(asked, text).await?,
            permalink: None,
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
    async fn question_answered(
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
        let askable = askable.into_iter().map(|(_, to)| to);
        let own = ChannelAt::new(&asked.channel.workspace, &asked.user);
        let mut then = Vec::new();
        for to in each_once(askable.chain([own])) {
            let told = Question::told(question, &to.workspace, &to.id);
            let written = told.then("post");
            let queued = self.outbox.queued(&told).await?.map(|it| it.effect);
            let stands = self.outbox.written(&written).await?;
            if let (Some(Effect::Step(Step::Direct { sayings, .. })), Some(Written::Message(dm))) =
                (queued, stands)
                && let Some(Saying::Question {
                    kep,
                    who: asker,
                    markdown,
                    ..
                }) = sayings.into_iter().next()
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

    async fn question(&self, key: &Key) -> Result<Option<Question>, Undecided> {
        let queued = self.outbox.queued(key).await?;
        Ok(match queued.map(|queued| queued.effect) {
            Some(Effect::Step(Step::Ping(Ping::Ask(question)))) => Some(question),
            _ => None,
        })
    }

    async fn markdown(&self, asked: &Asked, text: &str) -> Result<String, Undecided> {
        let chat = self.chat(&asked.channel.workspace)?;
        Ok(shortened(&chat.read(text).await?))
    }
}

/// Tells whoever asked or answered that it was in vain.
fn sorry(key: &Key, asked: &Asked, why: &str) -> Settled {
    let to = ChannelAt::new(&asked.channel.workspace, &asked.user);
    let sayings = vec![Saying::Plain(why.into())];
    let step = Effect::Step(Step::Direct { to, sayings });
    let key = key.then("failed");
    Settled {
        then: vec![NewEffect::now(key.clone(), Lane::Later(key), step)],
        ..Settled::default()
    }
}

fn listed<'a>(logins: impl IntoIterator<Item = &'a Login>) -> String {
    let names: Vec<&str> = logins.into_iter().map(Login::as_str).collect();
    names.join(", ")
}
