//! Carries out what is queued: one effect of a lane at a time, each place at its own pace, and
//! whatever may have been done already is looked for before it is done again.

mod alarm;
mod change;
mod comment;
mod picture;
mod places;
mod record;
mod trouble;
mod write;

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use self::{places::Places, trouble::Trouble, write::Made};
use super::follow::Known;
use crate::{
    domain::{
        Settings,
        bridge::{Below, Channels, Effect, Place, Saying},
        following::Followers,
        people::People,
    },
    jobs::bridge::{Bridge, Failed, PACE, Undecided, failed},
    ports::{
        Chat, ChatError, Clock, Dice, Forge, Outbox, Painter, StoreError,
        outbox::{HELD, Leased, Outcome, Settled},
    },
};

/// How long one effect may take; then it is anybody's.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How many are carried out at once.
const MOST: usize = 16;
/// Slack takes about one message a second for a channel:
/// <https://docs.slack.dev/apis/web-api/rate-limits>
const CHANNEL_PACE: TimeDelta = TimeDelta::seconds(1);
/// How long after the store failed it is asked again.
const BREATH: Duration = Duration::from_secs(5);
/// An effect that can never be done is given up after so many times that a deliverer took it.
const MOST_ATTEMPTS: i64 = 1_000;
/// More writes than this to one issue or thread within an hour are most likely two bots that argue.
const MOST_AN_HOUR: u64 = 20;
/// How long a lane that wrote so much is held.
const HOLD: TimeDelta = TimeDelta::minutes(10);

/// What carries effects out.
pub struct Deliver {
    /// What is queued.
    pub outbox: Arc<dyn Outbox>,
    /// Each workspace's chat.
    pub chats: Arc<HashMap<Box<str>, Arc<dyn Chat>>>,
    /// Where the tracking issues are.
    pub forge: Arc<dyn Forge>,
    /// What is known.
    pub known: watch::Receiver<Arc<Known>>,
    /// What the operator decides.
    pub settings: Arc<Settings>,
    /// Who is who.
    pub people: watch::Receiver<Arc<People>>,
    /// Who follows which KEPs.
    pub followers: watch::Receiver<Arc<Followers>>,
    /// What passes where.
    pub channels: Arc<Channels>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What draws a digest's chart.
    pub painter: Arc<dyn Painter>,
    /// Keeps second tries apart.
    pub dice: Arc<dyn Dice>,
    /// Told when something was queued.
    pub queued: Arc<Notify>,
}

/// What came of an effect.
struct Carried {
    outcome: Outcome,
    settled: Settled,
    /// What became of what was to be written, where it was.
    made: Made,
    /// What was done, where that is not what was queued.
    instead: Option<Effect>,
    /// Until when nobody may write to the place, where it has said so.
    limited: Option<DateTime<Utc>>,
}

impl Carried {
    fn new(outcome: Outcome, settled: Settled) -> Self {
        Self {
            outcome,
            settled,
            made: Made::Wholly,
            instead: None,
            limited: None,
        }
    }
}

/// An effect that was carried out: its place, and when that may be written to again.
struct Over {
    place: String,
    free_at: Option<DateTime<Utc>>,
}

impl Deliver {
    /// Delivers until `stop`; then what is under way is finished.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut places = Places::default();
        // Who has something tried again from the command line cannot tell this process: so it looks
        // after each poll, too.
        let mut known = self.known.clone();
        let mut under_way: JoinSet<Over> = JoinSet::new();
        loop {
            let now = self.clock.now();
            let due = match self.begin(&mut places, &mut under_way, now).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::error!(%error, "nothing can be delivered");
                    Some(now + BREATH)
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                Some(over) = under_way.join_next() => self.over(&mut places, over),
                () = self.queued.notified() => {}
                Ok(()) = known.changed() => {}
                () = async {
                    match due {
                        // To ask the store took time as well.
                        Some(due) => {
                            let wait = due - self.clock.now();
                            self.clock.sleep(wait.to_std().unwrap_or_default()).await;
                        }
                        None => std::future::pending().await,
                    }
                } => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Begins whatever can be begun, and says when to look again.
    async fn begin(
        self: &Arc<Self>,
        places: &mut Places,
        under_way: &mut JoinSet<Over>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        if places.is_set_back(now) {
            self.outbox.clock_set_back(now).await?;
            // Whoever still wants no more says so again.
            places.free_at.clear();
        }
        places.looked_at = Some(now);
        let busy = places.busy(now);
        let room = MOST - under_way.len();
        if room == 0 {
            return Ok(None);
        }
        let leased = self.outbox.lease(now, now + LEASE, &busy, room).await?;
        let has_more = leased.len() == room;
        for leased in leased {
            let place = leased.effect.place();
            if place != Place::Here {
                places.taken.insert(place.to_string());
            }
            let deliver = Arc::clone(self);
            under_way.spawn(async move { deliver.deliver(leased).await });
        }
        if has_more {
            return Ok(None);
        }
        let busy = places.busy(now);
        let due = self.outbox.next_due(&busy).await?;
        let free = places.free_at.values().min().copied();
        Ok(match (due, free) {
            (Some(due), Some(free)) => Some(due.min(free)),
            (due, free) => due.or(free),
        })
    }

    fn over(&self, places: &mut Places, over: Result<Over, tokio::task::JoinError>) {
        // Whatever panics is caught inside.
        let Ok(Over { place, free_at }) = over else {
            return;
        };
        places.taken.remove(&place);
        if let Some(free_at) = free_at.filter(|at| *at > self.clock.now()) {
            places.free_at.insert(place, free_at);
        }
    }

    /// Carries one effect out and settles it. Whatever breaks, its place is free again.
    async fn deliver(&self, leased: Leased) -> Over {
        let place = leased.effect.place().to_string();
        let over = AssertUnwindSafe(self.carry_through(&leased))
            .catch_unwind()
            .await;
        let free_at = over.unwrap_or_else(|_| {
            tracing::error!(key = %leased.key, "settling panicked");
            None
        });
        Over { place, free_at }
    }

    /// When the place may be written to again.
    async fn carry_through(&self, leased: &Leased) -> Option<DateTime<Utc>> {
        let carried = AssertUnwindSafe(self.carry_out(leased))
            .catch_unwind()
            .await;
        let carried = carried.unwrap_or_else(|_| self.broken(leased));
        let limited = carried.limited;
        let now = self.clock.now();
        self.settle(now, leased, carried).await;
        match leased.effect.place() {
            Place::Channel(_) => limited.or(Some(now + CHANNEL_PACE)),
            // The client keeps GitHub's pace.
            Place::Forge | Place::Told(_) => limited,
            // Also where many are late, or of several KEPs.
            Place::Turns(_) => Some(now + PACE),
            Place::Asking(_) | Place::News(_) | Place::Alarms | Place::Here => None,
        }
    }

    /// What breaks every time is given up in the end like what fails every time.
    fn broken(&self, leased: &Leased) -> Carried {
        tracing::error!(key = %leased.key, "delivering panicked");
        let trouble = Trouble::Passing {
            unclear: true,
            why: "it broke something inside".to_owned(),
        };
        self.after(leased, trouble)
    }

    async fn settle(&self, now: DateTime<Utc>, leased: &Leased, carried: Carried) {
        let Carried {
            outcome,
            mut settled,
            made,
            instead,
            ..
        } = carried;
        let instead = instead.map(|effect| Leased {
            effect,
            ..leased.clone()
        });
        let leased = instead.as_ref().unwrap_or(leased);
        let name = leased.effect.name();
        let said = match &outcome {
            Outcome::Done => {
                tracing::debug!(key = %leased.key, effect = name, "done");
                "done"
            }
            Outcome::Again { why, .. } => {
                tracing::info!(key = %leased.key, effect = name, why, "to be tried again");
                "again"
            }
            Outcome::Dead { why } => {
                tracing::error!(key = %leased.key, effect = name, why, "given up");
                "dead"
            }
        };
        metrics::counter!("kep_liaison_effects_total", "effect" => name, "outcome" => said)
            .increment(1);
        settled.record = self
            .record(leased, &outcome, settled.written.as_ref(), made)
            .await;
        if matches!(outcome, Outcome::Dead { .. }) {
            settled.then.extend(alarm::of_loss(leased, now));
        }
        match self.outbox.settle(now, leased, &outcome, &settled).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(key = %leased.key, "settled too late: another took it"),
            // The lease runs out, and who takes it next looks whether it was done.
            Err(error) => tracing::error!(key = %leased.key, %error, "it could not be settled"),
        }
    }

    async fn carry_out(&self, leased: &Leased) -> Carried {
        let known = self.known.borrow().clone();
        let people = self.people.borrow().clone();
        let followers = self.followers.borrow().clone();
        let bridge = Bridge {
            board: &known.board,
            settings: &self.settings,
            people: &people,
            followers: &followers,
            channels: &self.channels,
            outbox: &*self.outbox,
            chats: &self.chats,
            now: self.clock.now(),
        };
        let key = &leased.key;
        if let Effect::Step(step) = &leased.effect {
            return match bridge.decide(key, step).await {
                Ok(settled) => Carried::new(Outcome::Done, settled),
                Err(Undecided::Later(at, why)) => {
                    let outcome = Outcome::Again {
                        at,
                        unclear: false,
                        failed: false,
                        why: why.to_owned(),
                    };
                    Carried::new(outcome, Settled::default())
                }
                Err(Undecided::Chat(error)) => {
                    let trouble = self.of_chat(&error);
                    self.after(leased, trouble)
                }
                Err(Undecided::Forge(error)) => self.after(leased, error.into()),
                Err(Undecided::Store(error)) => self.again(leased, false, &error.to_string()),
            };
        }
        match self.is_too_much(&bridge, leased).await {
            Ok(false) => {}
            Ok(true) => return self.hold(leased),
            Err(error) => return self.again(leased, false, &error.to_string()),
        }
        match self.write(&bridge, leased).await {
            Ok(wrote) => {
                let effect = wrote.instead.as_ref().unwrap_or(&leased.effect);
                let settled = match wrote.made {
                    Made::Wholly | Made::NotThere => {
                        bridge.done(key, effect, wrote.written.as_ref()).await
                    }
                    Made::TooLate | Made::Withdrawn | Made::ClosedOff => Ok(Settled::default()),
                };
                match settled {
                    Ok(settled) => Carried {
                        made: wrote.made,
                        instead: wrote.instead,
                        ..Carried::new(Outcome::Done, settled)
                    },
                    // It is done, and found to be so the next time.
                    Err(error) => self.again(leased, true, &error.to_string()),
                }
            }
            Err(trouble) => self.after(leased, trouble),
        }
    }

    /// What to do about a write, or a question, that went wrong.
    fn after(&self, leased: &Leased, trouble: Trouble) -> Carried {
        let is_over = leased.attempt >= MOST_ATTEMPTS || trouble::is_old(leased, self.clock.now());
        match trouble {
            Trouble::Limited { until, why } => {
                let outcome = Outcome::Again {
                    at: until,
                    unclear: false,
                    failed: false,
                    why,
                };
                Carried {
                    limited: Some(until),
                    ..Carried::new(outcome, Settled::default())
                }
            }
            Trouble::Passing { unclear, why } if !is_over => self.again(leased, unclear, &why),
            Trouble::Passing { why, .. } => Self::give_up(leased, why, false),
            Trouble::Final { why, is_rootless } => Self::give_up(leased, why, is_rootless),
        }
    }

    fn give_up(leased: &Leased, why: String, is_rootless: bool) -> Carried {
        let reason = Failed {
            why: why.clone(),
            is_rootless,
        };
        let settled = failed(&leased.key, &leased.effect, &reason);
        // What begins anew is not lost: to try this again would say it twice.
        let outcome = if settled.ended.is_empty() {
            Outcome::Dead { why }
        } else {
            Outcome::Done
        };
        Carried::new(outcome, settled)
    }

    /// A later try: the more often it failed, the later.
    fn again(&self, leased: &Leased, unclear: bool, why: &str) -> Carried {
        let wait = trouble::backoff(leased.failures, unclear, self.dice.roll());
        let outcome = Outcome::Again {
            at: self.clock.now() + wait,
            unclear,
            failed: true,
            why: why.to_owned(),
        };
        Carried::new(outcome, Settled::default())
    }

    fn of_chat(&self, error: &ChatError) -> Trouble {
        trouble::of_chat(error, self.clock.now())
    }

    async fn is_too_much(&self, bridge: &Bridge<'_>, leased: &Leased) -> Result<bool, StoreError> {
        // What somebody asked for by hand is theirs to bear; an admin is told what there is to tell;
        // a digest has an end, and of what concerns somebody they say themselves what is too much.
        let is_theirs = matches!(
            leased.effect,
            Effect::Whisper { .. }
                | Effect::Post {
                    below: Below::Direct,
                    ..
                }
                | Effect::Post {
                    saying: Saying::Digest(_) | Saying::Notices(_),
                    ..
                }
        );
        if is_theirs || !leased.effect.is_read() {
            return Ok(false);
        }
        let since = bridge.now - TimeDelta::hours(1);
        let is_much = self.outbox.done_since(&leased.lane, since).await? >= MOST_AN_HOUR;
        Ok(is_much && !bridge.is_lifted(&leased.lane).await?)
    }

    fn hold(&self, leased: &Leased) -> Carried {
        tracing::error!(lane = %leased.lane, "more than {MOST_AN_HOUR} writes in an hour: held");
        metrics::counter!("kep_liaison_bridge_held_total").increment(1);
        let outcome = Outcome::Again {
            at: self.clock.now() + HOLD,
            unclear: false,
            failed: false,
            why: format!("{HELD}{MOST_AN_HOUR} writes in an hour: two bots may be arguing"),
        };
        let settled = Settled {
            then: vec![alarm::of_hold(leased, self.clock.now())],
            ..Settled::default()
        };
        Carried::new(outcome, settled)
    }
}
