//! A question goes to a KEP's shepherds by direct message, on whichever workspace they are, and their
//! answer to where it was asked.

mod reply;

use super::{Bridge, Undecided, relay::shortened};
use crate::{
    domain::{
        KepNumber, Login,
        board::Entry,
        bridge::{
            Asked, Below, ChannelAt, Effect, Key, Lane, MessageAt, NewEffect, Ping, Question,
            Saying, Step, Written,
        },
        notice::{Preferences, Recipient},
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
            Ping::Passed { .. } => Ok(Settled::default()),
            Ping::Tell { question, to } => self.question_tell(key, question, to).await,
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

    /// The shepherds of a KEP who can be asked, each with their accounts, in front the one that they
    /// chose, else one where the question was asked. Not those who ask, or want to hear nothing.
    async fn askable(
        &self,
        entry: &Entry,
        asked: &Asked,
    ) -> Result<Vec<(&Person, Vec<ChannelAt>)>, StoreError> {
        let here = &asked.channel.workspace;
        let mut askable = Vec::new();
        for login in entry.shepherds() {
            let Some(person) = self.people.by_login(login) else {
                continue;
            };
            let preferences = self.wishes(login).await?;
            let is_asking = person.slack.get(here).is_some_and(|id| *id == asked.user);
            let hears = self.hears(&preferences, entry.kep.number);
            let accounts = person.slack.iter();
            let mut accounts: Vec<_> = accounts
                .filter(|(name, _)| self.chats.contains_key(*name))
                .collect();
            accounts.sort_by_key(|(name, _)| {
                (Some(*name) != preferences.workspace.as_ref(), *name != here)
            });
            if hears && !is_asking && !accounts.is_empty() {
                let accounts = accounts.into_iter();
                let accounts = accounts.map(|(workspace, user)| ChannelAt::new(workspace, user));
                askable.push((person, accounts.collect()));
            }
            if askable.len() == MOST_ASKED {
                break;
            }
        }
        Ok(askable)
    }

    async fn wishes(&self, login: &Login) -> Result<Preferences, StoreError> {
        self.preferences(&Recipient::Login(login.clone())).await
    }

    /// Whether somebody can be asked about a KEP.
    fn hears(&self, preferences: &Preferences, kep: KepNumber) -> bool {
        !preferences.is_off(self.now) && !preferences.muted.contains(&kep)
    }

    /// Who is asked, and when where these are their quiet hours. Where a workspace does not say what
    /// time it is for them, nobody waits for that.
    async fn whom(&self, askable: &[(&Person, Vec<ChannelAt>)]) -> Result<String, StoreError> {
        let mut whom = Vec::new();
        for (Person { login, .. }, accounts) in askable {
            let preferences = self.wishes(login).await?;
            let mut is_quiet = false;
            if let Some(to) = accounts.first() {
                let until = self.quiet_until(&preferences, to).await;
                is_quiet = until.is_ok_and(|until| until.is_some());
            }
            whom.push(match preferences.quiet.filter(|_| is_quiet) {
                Some(quiet) => format!("{login} (at {} their time)", quiet.to.format("%H:%M")),
                None => login.to_string(),
            });
        }
        Ok(whom.join(", "))
    }

    /// Whether a question of somebody about a KEP can be brought to anybody; or why not, and whom else
    /// to ask.
    pub async fn can_ask(
        &self,
        asked: &Asked,
        kep: KepNumber,
    ) -> Result<Result<String, String>, StoreError> {
        let to_ask = self.whom_to_ask(asked, kep).await?;
        Ok(to_ask.map(|(_, whom)| listed(whom.iter().map(|(person, _)| &person.login))))
    }

    /// Whom to ask about a KEP; or why nobody can be.
    async fn whom_to_ask(
        &self,
        asked: &Asked,
        kep: KepNumber,
    ) -> Result<Result<(&Entry, Vec<(&Person, Vec<ChannelAt>)>), String>, StoreError> {
        let Some(entry) = self.board.get(kep) else {
            return Ok(Err(format!("I know no KEP with the number {kep}.")));
        };
        let askable = self.askable(entry, asked).await?;
        Ok(if askable.is_empty() {
            Err(self.nobody_to_ask(entry, asked))
        } else {
            Ok((entry, askable))
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

    fn nobody_to_ask(&self, entry: &Entry, asked: &Asked) -> String {
        let own = self
            .people
            .by_slack(&asked.channel.workspace, &asked.user)
            .map(|person| &person.login);
        let sides = entry.runtimes.iter().zip(&self.settings.runtimes);
        let (tracked, others): (Vec<_>, Vec<_>) =
            sides.partition(|(side, _)| !side.issues.is_empty());
        let runtimes = if tracked.is_empty() { others } else { tracked };
        let maintainers = runtimes.iter().flat_map(|(_, of)| &of.maintainers);
        let maintainers = each_once(maintainers.filter(|login| Some(*login) != own));
        let then = match &maintainers[..] {
            [] => "Ask on its tracking issue.".to_owned(),
            all => format!("Ask a maintainer: {}.", listed(all.iter().copied())),
        };
        let shepherded = Self::shepherded(entry);
        let shepherds = entry.shepherds();
        let is_own = |login: &&Login| Some(*login) == own;
        match (&shepherds[..], shepherds.iter().any(is_own)) {
            ([], _) => format!("{shepherded} {then}"),
            ([_], true) => format!(
                "You shepherd KEP-{} yourself, and nobody else does. {then}",
                entry.kep.number
            ),
            (_, true) => format!(
                "{shepherded} You are one of them, and I can ask none of the others just now. {then}"
            ),
            (_, false) => format!("{shepherded} I can ask none of them just now. {then}"),
        }
    }

    /// What is said where another question of somebody about a KEP than the one with this key was passed
    /// on within the hour, so that theirs is not.
    pub async fn passed_lately(
        &self,
        key: &Key,
        asked: &Asked,
        kep: KepNumber,
    ) -> Result<Option<String>, StoreError> {
        for hour in Question::passed(asked, kep) {
            let queued = self.outbox.queued(&hour).await?;
            if let Some(Effect::Step(Step::Ping(Ping::Passed {
                question,
                asked: before,
            }))) = queued.map(|queued| queued.effect)
                && question != *key
                && asked.at_ms < Question::next_ms(&before)
            {
                let left = Question::next_ms(&before) - self.now.timestamp_millis();
                // Rounded up.
                let next = match (left + 59_999).div_euclid(60_000) {
                    ..=1 => "a minute".to_owned(),
                    minutes => format!("{minutes} minutes"),
                };
                let shepherded = self.board.get(kep).map(Self::shepherded);
                return Ok(Some(format!(
                    "{} I passed a question of yours about it on already, and pass on one in an hour: the next in {next}.",
                    shepherded.unwrap_or_default(),
                )));
            }
        }
        Ok(None)
    }

    async fn question_ask(&self, key: &Key, question: &Question) -> Result<Settled, Undecided> {
        let Question {
            asked, kep, text, ..
        } = question;
        if let Some(why) = self.passed_lately(key, asked, *kep).await? {
            // Both came in at once.
            let thread = question.message.as_ref().and_then(|(_, of)| of.as_deref());
            return Ok(super::whisper(key, asked, thread, why));
        }
        let to_ask = self.whom_to_ask(asked, *kep).await?;
        let can_ask = to_ask.is_ok();
        let (below, saying) = match (&question.message, to_ask) {
            (Some((at, thread)), to_ask) => {
                let said = match to_ask {
                    Ok((entry, askable)) => format!(
                        "{} I pass the question on to {} by direct message; an answer comes here.",
                        Self::shepherded(entry),
                        self.whom(&askable).await?
                    ),
                    Err(why) => why,
                };
                let root = thread.as_ref().unwrap_or(&at.ts);
                (Below::Message(root.clone()), Saying::from(said))
            }
            (None, Err(why)) => return Ok(super::whisper(key, asked, None, why)),
            (None, Ok((_, askable))) => {
                let note = format!(
                    "I pass this on to {} by direct message; an answer comes into this thread.",
                    self.whom(&askable).await?
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
        let lane = Question::lane(asked, *kep);
        let post = Effect::Post {
            channel: asked.channel.clone(),
            below,
            saying,
        };
        let mut then = vec![NewEffect::now(key.then("post"), lane.clone(), post)];
        if can_ask {
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
        let Question { asked, kep, .. } = &question;
        if self.outbox.written(&key.then("post")).await?.is_none() {
            let why = format!(
                "Your question about KEP-{kep} could not be posted in its channel, so I asked nobody. Am I in that channel?"
            );
            return Ok(sorry(key, asked, &why));
        }
        let Some(entry) = self.board.get(*kep) else {
            return Ok(Settled::default());
        };
        let mut then = Vec::new();
        for (_, accounts) in self.askable(entry, asked).await? {
            let Some(to) = self.first_reached(accounts).await? else {
                continue;
            };
            let told = Question::told(key, &to.workspace, &to.id);
            let question = key.clone();
            let step = Effect::Step(Step::Ping(Ping::Tell { question, to }));
            then.push(NewEffect::now(told.clone(), Lane::Later(told), step));
        }
        if then.is_empty() {
            let why = format!("I reached none of the shepherds of KEP-{kep} on Slack.");
            return Ok(sorry(key, asked, &why));
        }
        let [hour, _] = Question::passed(asked, *kep);
        let passed = Effect::Step(Step::Ping(Ping::Passed {
            question: key.clone(),
            asked: asked.clone(),
        }));
        then.push(NewEffect::now(hour, Question::lane(asked, *kep), passed));
        Ok(Settled {
            then,
            ..Settled::default()
        })
    }

    /// Somebody's first account that has not left its workspace.
    async fn first_reached(
        &self,
        accounts: Vec<ChannelAt>,
    ) -> Result<Option<ChannelAt>, Undecided> {
        for to in accounts {
            if self.direct_with(&to.workspace, &to.id).await?.is_some() {
                return Ok(Some(to));
            }
        }
        Ok(None)
    }

    /// Tells one of them, once their quiet hours are over; not where it was answered meanwhile, or they
    /// want to hear nothing any more.
    async fn question_tell(
        &self,
        key: &Key,
        of: &Key,
        to: &ChannelAt,
    ) -> Result<Settled, Undecided> {
        let person = self.people.by_slack(&to.workspace, &to.id);
        let (Some(question), Some(person)) = (self.question(of).await?, person) else {
            return Ok(Settled::default());
        };
        let kep = question.kep;
        let preferences = self.wishes(&person.login).await?;
        let is_answered = self.outbox.written(&Question::answered(of)).await?;
        if is_answered.is_some() || !self.hears(&preferences, kep) {
            return Ok(Settled::default());
        }
        if let Some(over) = self.quiet_until(&preferences, to).await? {
            return Err(Undecided::Later(over, "these are their quiet hours"));
        }
        let (at, note) = match &question.message {
            Some((at, _)) => (
                Some(at.clone()),
                format!(
                    "You get this because you shepherd KEP-{kep}: whoever asks for its shepherds may need one."
                ),
            ),
            None => {
                let posted = self.outbox.written(&of.then("post")).await?;
                let at = match posted {
                    Some(Written::Message(at)) => Some(at),
                    _ => None,
                };
                (at, format!("You get this because you shepherd KEP-{kep}."))
            }
        };
        let permalink = match at {
            Some(MessageAt { channel, ts }) => {
                let chat = self.chat(&channel.workspace)?;
                Some(chat.permalink(&channel.id, &ts).await?)
            }
            None => None,
        };
        let saying = Saying::Question {
            kep,
            who: self.name_of(&question.asked).await,
            markdown: self.markdown(&question.asked, &question.text).await?,
            note: note.into(),
            permalink,
            answer: Some(of.clone()),
        };
        self.tell_directly(key, to, &[saying]).await
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
