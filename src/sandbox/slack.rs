//! Slack as a stateful, strict model behind real HTTP and WebSockets: what holds there holds here,
//! also when it is inconvenient. Apps speak to it as they speak to Slack, and people act in it as
//! they act in Slack.
//!
//! Each rule names the page of Slack's documentation it imitates. What is not modelled is answered
//! with `unknown_method`, never with something invented. Time is the clock's it was started with;
//! only the sockets live in real time.
//!
//! A call that Slack would refuse is refused, and also noted in [`Slack::violations`], together with
//! what Slack lets pass and people suffer from; a test asserts that there are none.

mod acts;
mod answer;
mod api;
mod arguments;
mod channel;
mod content;
mod deliver;
mod fault;
mod limits;
mod log;
mod look;
mod outgoing;
mod say;
mod seed;
mod serve;
mod show;
mod socket;
mod state;
mod team;
mod ts;
pub mod validate;
mod view;

use std::{
    fmt,
    sync::{Arc, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use tokio::{net::TcpListener, sync::watch, task::AbortHandle};

pub use acts::{Shown, Spot};
pub use channel::ChannelKind;
pub use deliver::http::Signed;
pub use fault::{Fault, Gate, On};
pub use log::{ApiCall, Attempt, Kind, Outcome, Violation, Wrong};
pub use look::{OpenView, Said};
pub use seed::{Channel, Person, Workspace};

use serve::Shared;
use state::State;

use crate::ports::Clock;

/// A running model of Slack, with any number of workspaces. Copies are the same Slack; it goes away
/// with the last of them.
#[derive(Clone)]
pub struct Slack(Arc<Server>);

struct Server {
    shared: Arc<Shared>,
    origin: String,
    task: AbortHandle,
}

impl Server {
    fn stop(&self) {
        self.task.abort();
        let background = &self.shared.background;
        background
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
        self.shared.lock().sockets.drop_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Slack").field(&self.0.origin).finish()
    }
}

impl Slack {
    /// Starts a Slack without workspaces on a free port of this machine.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let origin = format!("http://{address}");
        let state = State::new(clock.clone(), origin.clone());
        let shared = Arc::new(Shared::new(state, clock));
        let task = tokio::spawn(serve::serve(listener, shared.clone())).abort_handle();
        Self(Arc::new(Server {
            shared,
            origin,
            task,
        }))
    }

    /// The base of the Web API, `https://slack.com/api` elsewhere; without a slash at its end.
    pub fn api_url(&self) -> String {
        format!("{}/api", self.0.origin)
    }

    /// Ends the server, all its connections, and deliveries under way.
    pub fn stop(&self) {
        self.0.stop();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.shared.lock()
    }

    /// Lets calls and deliveries go wrong.
    pub fn fault(&self, on: On, fault: Fault) {
        self.lock().faults.add(on, fault);
    }

    /// Lets all go well from now on.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// Lets messages show a file only so long after its upload. At first they do at once.
    pub fn processing_takes(&self, long: TimeDelta) {
        self.lock().processing = long;
    }

    /// Lets everybody call as often as they like.
    pub fn without_limits(&self) {
        self.lock().limits.is_off = true;
    }

    /// The calls of the Web API and of `response_url`s since the start.
    pub fn calls(&self) -> Vec<ApiCall> {
        self.lock().calls.clone()
    }

    /// The calls of one method.
    pub fn calls_of(&self, method: &str) -> Vec<ApiCall> {
        let mut calls = self.calls();
        calls.retain(|call| call.method == method);
        calls
    }

    /// Each try to deliver something to an app since the start.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.lock().attempts.clone()
    }

    /// Whether something is being delivered to an app.
    pub fn is_delivering(&self) -> bool {
        let state = self.lock();
        state.attempts.iter().any(|one| one.outcome.is_none())
    }

    /// What Slack would scold an app for, and what it lets pass and people suffer from.
    pub fn violations(&self) -> Vec<Violation> {
        self.lock().violations.clone()
    }

    /// Takes the violations out, for a test that expects some.
    pub fn take_violations(&self) -> Vec<Violation> {
        std::mem::take(&mut self.lock().violations)
    }

    /// Panics when there were violations.
    pub fn nothing_was_wrong(&self) {
        let violations = self.violations();
        let words: Vec<String> = violations.iter().map(ToString::to_string).collect();
        assert!(words.is_empty(), "Slack would scold:\n{}", words.join("\n"));
    }

    /// A number that grows whenever anything is different.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.lock().revision.subscribe()
    }
}
