//! Answers what comes from Slack, by whichever transport: questions at once, from the board in
//! memory; what makes the bot speak elsewhere follows by itself.

mod acknowledge;
mod home;
mod links;
mod pace;
mod patience;
mod shepherds;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::{runtime::Handle, sync::watch};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use self::{
    acknowledge::{acknowledged, alone, told_alone, whispered},
    pace::{Pace, What},
    patience::Patience,
};
use super::{
    inlet::Inlet,
    memo::{Memo, Question},
};
use crate::{
    command::{is_digest, is_follow, is_link, is_notify, is_outbox, is_ping},
    domain::{
        Settings,
        people::{Asker, People},
        reply::Audience,
    },
    handlers::desk::Desk,
    jobs::follow::Known,
    ports::{Clock, Dice, StoreError, chat::PostAt, request::RequestId},
    slack::{
        api::{Api, ApiError, Showing},
        blocks::{self, button::Press},
        inbound::{Command, From, Inbound, Pressed, Said},
        question::QUESTION,
        receive::{NotTaken, Receive},
    },
    web::seen::Seen,
};

/// How many events and presses are remembered: Slack delivers an event again for an hour at most,
/// <https://docs.slack.dev/apis/events-api#retries>
const MOST_SEEN: usize = 16_384;

/// What a command is answered with that could not be kept. It may have been, where the store was late
/// with saying so; then what is to follow follows.
const NOT_KEPT: &str = "I cannot reach my store just now, so I may not have taken that in. If you hear nothing more of it within some minutes, send it again.";

/// What a command is answered with where there were too many.
const TOO_MUCH: &str =
    "That is a lot of questions for one minute. I answer you again when the next one begins.";

/// What answers.
pub struct FrontDesk {
    /// What is known.
    pub known: watch::Receiver<Arc<Known>>,
    /// What the operator decides.
    pub settings: Arc<Settings>,
    /// Who is who.
    pub people: watch::Receiver<Arc<People>>,
    /// Each workspace's bot, by the name that the settings give it.
    pub bots: HashMap<Box<str>, Api>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Gives requests their names.
    pub dice: Arc<dyn Dice>,
    /// What is still being said.
    pub speaking: TaskTracker,
    /// Where it is said from.
    pub runtime: Handle,
    /// How many different commands of one person are answered in a minute.
    pub commands_per_minute: u64,
    /// What came already.
    pub came: Came,
    /// What was answered just now.
    pub memo: Memo<Known, People>,
    /// What the bridge is for.
    pub inlet: Inlet,
}

/// What came already, from whom how much of it, and how the store took it.
#[derive(Debug)]
pub struct Came {
    seen: Mutex<Seen<Box<str>>>,
    pace: Mutex<Pace>,
    patience: Patience,
}

impl Default for Came {
    fn default() -> Self {
        Self {
            seen: Mutex::new(Seen::new(MOST_SEEN)),
            pace: Mutex::default(),
            patience: Patience::default(),
        }
    }
}

#[async_trait]
impl Receive for FrontDesk {
    async fn receive(
        &self,
        workspace: &str,
        inbound: Inbound,
        again: bool,
    ) -> Result<Option<Bytes>, NotTaken> {
        let began = Instant::now();
        let kind = inbound.kind();
        let span = RequestId::roll(&*self.dice).span(kind, workspace);
        let asks_shepherds = match &inbound {
            Inbound::Said(said) => self.inlet.asks_shepherds(workspace, said).is_some(),
            _ => false,
        };
        let answer = if asks_shepherds || Inlet::is_for(&inbound) {
            self.kept(workspace, &inbound, again).instrument(span).await
        } else {
            Ok(span.in_scope(|| self.answer(workspace, inbound, again)))
        };
        metrics::counter!("kep_liaison_slack_requests_total", "kind" => kind).increment(1);
        metrics::histogram!("kep_liaison_answer_seconds", "kind" => kind)
            .record(began.elapsed().as_secs_f64());
        answer
    }
}

impl FrontDesk {
    fn answer(&self, workspace: &str, inbound: Inbound, again: bool) -> Option<Bytes> {
        match inbound {
            // Asking twice is no harm, and who asks in vain asks again.
            Inbound::Command(command) => self.command(workspace, &command),
            _ if again | self.came_before(&inbound) => {
                tracing::debug!("this came before");
                None
            }
            Inbound::Pressed(pressed) => self.pressed(workspace, pressed),
            Inbound::Said(said) => self.said(workspace, said),
            Inbound::HomeOpened { from, .. } => self.home_opened(workspace, from),
            Inbound::Linked(linked) => self.linked(workspace, linked),
            // The bridge's, and what nobody waits for.
            Inbound::Heard(_)
            | Inbound::Reacted(_)
            | Inbound::Shortcut(_)
            | Inbound::Submitted(_)
            | Inbound::Closed(_)
            | Inbound::Challenge(_) => None,
            Inbound::Other { kind, .. } => {
                tracing::debug!(%kind, "nothing to do");
                None
            }
        }
    }

    /// What the bridge is for: it is stored before it is acknowledged, or is not acknowledged. Events
    /// come again then; commands do not, so whoever typed one is told.
    async fn kept(
        &self,
        workspace: &str,
        inbound: &Inbound,
        again: bool,
    ) -> Result<Option<Bytes>, NotTaken> {
        let is_command = match inbound {
            Inbound::Command(command) if !self.may_ask(&command.from, What::Command) => {
                return Ok(whispered(TOO_MUCH));
            }
            Inbound::Command(_) => true,
            _ => false,
        };
        let storing = self.bridge(workspace, inbound, again);
        match self.came.patience.wait(storing).await {
            Ok(answer) => Ok(answer),
            Err(why) => {
                tracing::error!(%why, "what came could not be kept");
                let kind = inbound.kind();
                metrics::counter!("kep_liaison_slack_not_taken_total", "kind" => kind).increment(1);
                is_command.then(|| whispered(NOT_KEPT)).ok_or(NotTaken)
            }
        }
    }

    async fn bridge(
        &self,
        workspace: &str,
        inbound: &Inbound,
        again: bool,
    ) -> Result<Option<Bytes>, StoreError> {
        let known = self.known.borrow().clone();
        let people = self.people.borrow().clone();
        let followers = self.inlet.follow.followers().borrow().clone();
        if let Inbound::Said(said) = inbound {
            let bridge = self.inlet.bridge(&known, (&people, &followers), self);
            return self.shepherds(&bridge, workspace, said).await;
        }
        let Some(identity) = inbound.content_identity(workspace) else {
            return Ok(None);
        };
        match inbound {
            Inbound::Command(command) if is_outbox(&command.text) => {
                let said = self.inlet.outbox(&people, workspace, command).await?;
                Ok(whispered(&said))
            }
            Inbound::Command(command) if is_digest(&command.text) => {
                let asked = self.inlet.digest(&known, workspace, command, &identity);
                Ok(told_alone(&asked.await?))
            }
            Inbound::Command(command) if is_notify(&command.text) => {
                Ok(whispered(&self.inlet.notify(workspace, command).await?))
            }
            Inbound::Command(command) if is_follow(&command.text) => {
                let said = self.inlet.follow(&known, &people, workspace, command);
                Ok(whispered(&said.await?))
            }
            Inbound::Command(command) if is_link(&command.text) => {
                Ok(alone(&self.inlet.link(workspace, command).await?))
            }
            Inbound::Command(command) if is_ping(&command.text) => {
                let bridge = self.inlet.bridge(&known, (&people, &followers), self);
                let asked = self.inlet.ping(&bridge, workspace, command, &identity);
                Ok(told_alone(&asked.await?))
            }
            Inbound::Command(command) => {
                let bridge = self.inlet.bridge(&known, (&people, &followers), self);
                let taken = self.inlet.update(&bridge, workspace, command, &identity);
                Ok(told_alone(&taken.await?))
            }
            Inbound::Shortcut(shortcut) => {
                if again || self.came_before(inbound) {
                    return Ok(None);
                }
                let bridge = self.inlet.bridge(&known, (&people, &followers), self);
                let dialog = self.inlet.dialog(&bridge, workspace, shortcut).await?;
                let trigger = shortcut.trigger_id.clone();
                Ok(self.speak(workspace, "a dialog", async move |bot| {
                    bot.open_view(&trigger, &dialog.await).await
                }))
            }
            Inbound::Submitted(submitted) if *submitted.callback_id == *QUESTION => {
                let answered = self
                    .inlet
                    .question_answered(workspace, submitted, &identity);
                answered.await?;
                Ok(None)
            }
            Inbound::Pressed(pressed) if Inlet::opens_dialog(pressed) => {
                let view = self.inlet.answer_dialog(workspace, pressed).await?;
                let trigger = pressed.trigger_id.clone().filter(|_| !again);
                Ok(trigger.zip(view).and_then(|(trigger, view)| {
                    self.speak(workspace, "a dialog", async move |bot| {
                        bot.open_view(&trigger, &view).await
                    })
                }))
            }
            Inbound::Pressed(pressed) if let Some(typed) = blocks::wished(pressed) => {
                let from = pressed.from.clone();
                self.inlet.wished(workspace, &from, typed).await?;
                Ok(self.home_opened(workspace, from))
            }
            Inbound::Submitted(submitted) => {
                let bridge = self.inlet.bridge(&known, (&people, &followers), self);
                let taken = self
                    .inlet
                    .submitted(&bridge, workspace, submitted, &identity);
                taken.await
            }
            _ => {
                self.inlet.take(workspace, &identity, inbound).await?;
                Ok(None)
            }
        }
    }

    fn came_before(&self, inbound: &Inbound) -> bool {
        let Some(identity) = inbound.identity() else {
            return false;
        };
        let mut seen = self
            .came
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        !seen.insert(identity.into())
    }

    /// Whether somebody may ask for this once more.
    fn may_ask(&self, from: &From, what: What) -> bool {
        let most = match what {
            What::Command => self.commands_per_minute,
            What::Speech => pace::MOST_SPEECHES,
        };
        let minute = self.clock.now().timestamp().div_euclid(60);
        let mut pace = self
            .came
            .pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let allowed = pace.count(from, what, minute) <= most;
        drop(pace);
        if !allowed {
            tracing::info!(user = %from.user, "too much from one person; it is turned away");
            metrics::counter!("kep_liaison_slack_turned_away_total").increment(1);
        }
        allowed
    }

    /// Borrows the board for one question.
    fn ask<T>(
        &self,
        workspace: &str,
        from: &From,
        ask: impl FnOnce(&Desk<'_>, &Asker<'_>) -> T,
    ) -> T {
        let known = self.known.borrow().clone();
        let people = self.people.borrow().clone();
        let asker = Asker {
            workspace,
            user: &from.user,
        };
        ask(&self.desk(&known, &people), &asker)
    }

    fn desk<'a>(&'a self, known: &'a Known, people: &'a People) -> Desk<'a> {
        Desk {
            board: &known.board,
            settings: &self.settings,
            people,
            now: self.clock.now(),
            synced_at: known.synced_at,
        }
    }

    fn command(&self, workspace: &str, command: &Command) -> Option<Bytes> {
        let known = self.known.borrow().clone();
        let people = self.people.borrow().clone();
        let desk = self.desk(&known, &people);
        let asker = Asker {
            workspace,
            user: &command.from.user,
        };
        let ask = desk.read(&asker, &command.text);
        let audience = match ask.audience() {
            Audience::Asker if command.from.is_direct() => Audience::Direct,
            audience => audience,
        };
        let question = ask.words().map(|words| Question {
            workspace: workspace.into(),
            words,
            audience,
        });
        // What was laid out already costs nothing, and is not counted.
        let answer = || {
            let may_ask = self.may_ask(&command.from, What::Command);
            may_ask.then(|| acknowledged(&desk.typed(&asker, ask, audience)))?
        };
        let answer = match question {
            Some(question) => {
                let of = (&known, &people);
                self.memo.answer(of, desk.now, question, answer)
            }
            None => answer(),
        };
        answer.or_else(|| whispered(TOO_MUCH))
    }

    fn pressed(&self, workspace: &str, pressed: Pressed) -> Option<Bytes> {
        let Some(button) = blocks::Pressed::read(&pressed.action_id, &pressed.value) else {
            tracing::debug!(action = %pressed.action_id, "a button that is none of ours");
            return None;
        };
        let response_url = pressed.response_url?;
        if !self.may_ask(&pressed.from, What::Speech) {
            return None;
        }
        let ask = |desk: &Desk<'_>, asker: &Asker<'_>| {
            desk.again(asker, &button.asked, button.page, button.audience)
        };
        let reply = self.ask(workspace, &pressed.from, ask);
        let showing = match button.press {
            Press::Replace => Showing::Instead,
            Press::Post => Showing::Everybody,
            Press::Ask => Showing::Presser,
        };
        let message = blocks::message(&reply);
        self.speak(workspace, "an answer", async move |bot| {
            bot.respond(&response_url, &message, showing).await
        })
    }

    fn said(&self, workspace: &str, said: Said) -> Option<Bytes> {
        let channel = said.from.channel.clone()?;
        if !self.may_ask(&said.from, What::Speech) {
            return None;
        }
        let audience = if said.is_direct {
            Audience::Direct
        } else {
            Audience::Channel
        };
        let ask = |desk: &Desk<'_>, asker: &Asker<'_>| desk.said(asker, &said.text, audience);
        let message = blocks::message(&self.ask(workspace, &said.from, ask));
        // In a channel an answer belongs below the question.
        let thread = said.thread_ts.or((!said.is_direct).then_some(said.ts));
        let key = format!("answer {}", said.event_id);
        self.speak(workspace, "an answer", async move |bot| {
            let at = PostAt {
                channel: &channel,
                thread: thread.as_deref(),
                broadcast: false,
            };
            bot.post(at, &message, &key).await.map(drop)
        })
    }

    /// Says something by itself, after the acknowledgement.
    fn speak<F>(
        &self,
        workspace: &str,
        what: &'static str,
        say: impl FnOnce(Api) -> F,
    ) -> Option<Bytes>
    where
        F: Future<Output = Result<(), ApiError>> + Send + 'static,
    {
        let bot = self.bots.get(workspace)?.clone();
        let saying = say(bot);
        let saying = async move {
            match saying.await {
                Ok(()) => tracing::debug!("{what} was given"),
                Err(error) => tracing::warn!(%error, "{what} could not be given"),
            }
        };
        self.speaking
            .spawn_on(saying.in_current_span(), &self.runtime);
        None
    }
}
