//! Sign-ins that are under way: each person gets a code, and GitHub is asked at its pace whether the code
//! was approved. A restart forgets them, and they are begun anew.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, stream::FuturesUnordered};
use tokio::sync::mpsc;

use super::links::{Linked, Links};
use crate::{
    domain::people::Asker,
    ports::{
        Clock,
        sign_in::{Begun, Proved, SignIn, SignInError, Stand},
    },
    slack::{
        Message,
        api::{Api, Showing},
        blocks,
    },
};

/// How many people sign in at once, at most.
const MOST: usize = 50;
/// "5 extra seconds are added to the minimum interval".
/// <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow>
const SLOWER: Duration = Duration::from_secs(5);

/// Where GitHub does not answer it is asked less often, too, but whoever said yes meanwhile waits no longer
/// than this once it does.
const SLOWEST: Duration = Duration::from_secs(20);

const WAIT: &str = "I ask GitHub for a code, which you see in a moment.";
const TOO_MANY: &str =
    "Too many people sign in at this moment. Type /kep link again in some minutes.";

/// A member of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Member {
    workspace: Box<str>,
    user: Box<str>,
}

/// One person's sign-in.
struct Running {
    /// The address by which they alone are answered, the latest.
    answer_to: Box<str>,
    shown: Option<Shown>,
}

/// What they enter, where, and until when.
#[derive(Clone)]
struct Shown {
    code: Box<str>,
    page: Box<str>,
    until: DateTime<Utc>,
}

/// Everybody's sign-ins.
pub(super) struct SignIns {
    github: Arc<dyn SignIn>,
    links: Arc<Links>,
    bots: HashMap<Box<str>, Api>,
    clock: Arc<dyn Clock>,
    running: Mutex<HashMap<Member, Running>>,
    begins: mpsc::UnboundedSender<Member>,
}

impl SignIns {
    /// Sign-ins, and what carries them through.
    pub(super) fn new(
        github: Arc<dyn SignIn>,
        links: Arc<Links>,
        bots: HashMap<Box<str>, Api>,
        clock: Arc<dyn Clock>,
    ) -> (Arc<Self>, impl Future<Output = ()>) {
        let (begins, begun) = mpsc::unbounded_channel();
        let all = Arc::new(Self {
            github,
            links,
            bots,
            clock,
            running: Mutex::default(),
            begins,
        });
        (all.clone(), all.run(begun))
    }

    /// Begins a sign-in; or shows the code of the one that is under way.
    pub(super) fn begin(&self, asker: Asker<'_>, answer_to: &str) -> Message {
        let member = Member {
            workspace: asker.workspace.into(),
            user: asker.user.into(),
        };
        let mut running = self.running();
        let is_full = running.len() >= MOST;
        match running.entry(member) {
            Entry::Occupied(mut one) => {
                let one = one.get_mut();
                one.answer_to = answer_to.into();
                let shown = one.shown.as_ref();
                shown.map_or_else(|| blocks::plain(WAIT), |shown| self.message(shown))
            }
            Entry::Vacant(_) if is_full => blocks::plain(TOO_MANY),
            Entry::Vacant(place) => {
                let _ = self.begins.send(place.key().clone());
                place.insert(Running {
                    answer_to: answer_to.into(),
                    shown: None,
                });
                blocks::plain(WAIT)
            }
        }
    }

    fn message(&self, shown: &Shown) -> Message {
        let good_for = (shown.until - self.clock.now()).max(TimeDelta::zero());
        blocks::sign_in(&shown.code, &shown.page, good_for)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Member, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(self: Arc<Self>, mut begun: mpsc::UnboundedReceiver<Member>) {
        let mut under_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(member) = begun.recv() => under_way.push(self.carry_through(member)),
                Some(()) = under_way.next() => {}
                else => return,
            }
        }
    }

    async fn carry_through(&self, member: Member) {
        let said = match self.github.begin().await {
            Ok(begun) => self.follow(&member, &begun).await,
            Err(error) => failed(&error),
        };
        let ended = self.running().remove(&member);
        if let Some(Running { answer_to, .. }) = ended {
            self.tell(&member, &answer_to, &blocks::plain(&said)).await;
        }
    }

    /// What came of it, for the person.
    async fn follow(&self, member: &Member, begun: &Begun) -> String {
        let until = self.clock.now() + begun.expires_in;
        let shown = Shown {
            code: begun.code.clone(),
            page: begun.page.clone(),
            until,
        };
        let message = self.message(&shown);
        let answer_to = self.running().get_mut(member).map(|running| {
            running.shown = Some(shown);
            running.answer_to.clone()
        });
        self.tell(member, &answer_to.unwrap_or_default(), &message)
            .await;
        let mut pace = begun.interval;
        loop {
            self.clock.sleep(pace).await;
            let is_late = self.clock.now() >= until;
            match self.github.look(begun).await {
                Ok(Stand::Approved(proved)) => return self.approved(member, proved).await,
                Ok(Stand::Denied) => {
                    return "You said no on GitHub, so nothing was linked. /kep link begins anew."
                        .to_owned();
                }
                Ok(Stand::Pending | Stand::SlowDown(_)) if is_late => return expired(),
                Ok(Stand::Expired) => return expired(),
                Ok(Stand::Pending) => {}
                Ok(Stand::SlowDown(said)) => {
                    pace = (pace + SLOWER).max(said.unwrap_or_default());
                }
                Err(error @ SignInError::Unavailable(_)) if is_late => return failed(&error),
                Err(SignInError::Unavailable(_)) => pace = pace.max((pace + SLOWER).min(SLOWEST)),
                Err(error) => return failed(&error),
            }
        }
    }

    async fn approved(&self, member: &Member, proved: Proved) -> String {
        let asker = Asker {
            workspace: &member.workspace,
            user: &member.user,
        };
        let login = proved.login.clone();
        let linked = self.links.link(asker, proved, self.clock.now()).await;
        tracing::info!(
            workspace = %member.workspace, user = %member.user, %login, ?linked,
            "somebody signed in at GitHub"
        );
        match linked {
            Ok(Linked::New(None)) => format!(
                "I know you as {login} on GitHub now. /kep status mine shows your KEPs; /kep unlink takes it back."
            ),
            Ok(Linked::New(Some(before))) => {
                format!("I know you as {login} on GitHub now, and no more as {before}.")
            }
            Ok(Linked::Already) => {
                format!("I knew you as {login} on GitHub already. It stays so.")
            }
            Ok(Linked::Others) => {
                let ask = self.links.settings().ask_to_be_added(asker);
                format!(
                    "You signed in as {login}, and my settings say that this is somebody else here. What they say counts, so nothing was linked. If that is you, {ask}."
                )
            }
            Err(_) => "You signed in, but I cannot reach my store just now, so nothing was linked. Type /kep link again in some minutes.".to_owned(),
        }
    }

    async fn tell(&self, member: &Member, answer_to: &str, message: &Message) {
        let Some(bot) = self.bots.get(&member.workspace) else {
            return;
        };
        if let Err(error) = bot.respond(answer_to, message, Showing::Presser).await {
            tracing::warn!(%error, user = %member.user, "what came of a sign-in could not be told");
        }
    }
}

fn expired() -> String {
    "Nobody entered your code on GitHub in time, so nothing was linked. /kep link gives you another."
        .to_owned()
}

/// What a person is told of a sign-in that does not go on.
fn failed(error: &SignInError) -> String {
    tracing::warn!(%error, "a sign-in does not go on");
    match error {
        SignInError::Unavailable(_) => {
            "GitHub does not answer just now, so nothing was linked. Type /kep link again in some minutes."
        }
        SignInError::Disabled => {
            "GitHub does not let me sign people in: whoever runs this bot has to enable the device flow in its App there. Nothing was linked."
        }
        SignInError::NoApp => {
            "GitHub does not know my App, so nothing was linked: whoever runs this bot finds its client id in the App's settings."
        }
        SignInError::Lost(_) => {
            "You said yes on GitHub, but it did not tell me who you are, so nothing was linked. Type /kep link again."
        }
        SignInError::Refused(_) => {
            "GitHub refuses the sign-in, so nothing was linked. Type /kep link again; if it stays so, whoever runs this bot finds the reason in its log."
        }
    }
    .to_owned()
}
