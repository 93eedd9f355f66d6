//! GitHub's REST API as a stateful, strict model behind real HTTP: what holds there holds here,
//! also when it is inconvenient. Clients speak to it as they speak to GitHub.
//!
//! Each rule names the page of GitHub's documentation it imitates. What is not modelled is answered
//! with 404, never with something invented. Time is the clock's it was started with; only the
//! sockets live in real time.

mod acts;
mod answer;
mod api;
mod auth;
mod deliver;
mod device;
mod fault;
mod git;
mod limits;
mod log;
mod people;
mod repository;
mod request;
mod seed;
mod serve;
mod show;
mod state;
mod webhook;

use std::{
    fmt,
    sync::{Arc, MutexGuard},
};

use tokio::{net::TcpListener, sync::watch, task::AbortHandle};

pub use fault::{Fault, Gate, On};
pub use log::{Delivered, Logged};
pub use people::Right;
pub use repository::{Openness, ReviewState};
pub use seed::{App, Repository};
pub use webhook::Delivery;

use people::{Caller, Team, Token};
use serve::Shared;
use state::State;

use crate::ports::Clock;

/// A running model of GitHub. Copies are the same GitHub; it goes away with the last of them.
#[derive(Clone)]
pub struct GitHub(Arc<Server>);

struct Server {
    shared: Arc<Shared>,
    url: String,
    task: AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GitHub").field(&self.0.url).finish()
    }
}

impl GitHub {
    /// Starts an empty GitHub on a free port of this machine.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        Self::start_at("", clock).await
    }

    /// Starts one whose API has a base path, `/api/v3` on an Enterprise server.
    /// <https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api>
    pub async fn start_at(base_path: &str, clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let url = format!("http://{address}{base_path}");
        let state = State::new(clock, url.clone());
        let shared = Arc::new(Shared::new(state, base_path));
        let task = tokio::spawn(serve::serve(listener, shared.clone())).abort_handle();
        Self(Arc::new(Server { shared, url, task }))
    }

    /// The base of the API, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Ends the server and all its connections.
    pub fn stop(&self) {
        self.0.task.abort();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.shared.lock()
    }

    /// The repository `owner/name`, made when it is new: public, empty, with issues, on `main`.
    pub fn repository(&self, full_name: &str) -> Repository {
        let id = self.lock().repository(full_name);
        Repository {
            github: self.clone(),
            id,
            actor: None,
        }
    }

    /// A personal access token (classic) of somebody who has these rights; it can do what its owner
    /// can. Two tokens of one person share their limits.
    /// <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens>
    pub fn token(&self, login: &str, rights: &[(&str, Right)]) -> String {
        for (repository, right) in rights {
            self.repository(repository).grant(login, *right);
        }
        let mut state = self.lock();
        let user = state.user(login);
        let token = format!("ghp_{:036}", state.new_id());
        state
            .tokens
            .insert(token.clone(), Token::lasting(Caller::User(user)));
        token
    }

    /// A team of an organisation, `containerd/reviewers`, and who is in it from now on.
    pub fn team(&self, name: &str, members: &[&str]) {
        let (organisation, team) = name.split_once('/').expect("a name like owner/team");
        let mut state = self.lock();
        let members = members.iter().map(|login| state.user(login)).collect();
        let (organisation, id) = (state.user(organisation), state.new_id());
        let team = (organisation, team.to_lowercase());
        state.teams.insert(team, Team { id, members });
    }

    /// Makes a token worthless.
    pub fn revoke(&self, token: &str) {
        self.lock().tokens.remove(token);
    }

    /// Sets how many requests somebody may make an hour, all their tokens together.
    pub fn set_budget(&self, login: &str, requests: usize) {
        let mut state = self.lock();
        let user = state.user(login);
        state.limits.set(Caller::User(user), requests);
    }

    /// Sets how many requests may be made an hour without a token.
    pub fn set_anonymous_budget(&self, requests: usize) {
        self.lock().limits.set(Caller::Anonymous, requests);
    }

    /// Sets the points a minute of one of the secondary limits: 900, a read costing 1 and a write 5.
    pub fn set_points_a_minute(&self, points: usize) {
        self.lock().limits.points_a_minute = points;
    }

    /// How many requests came from callers who had been told to wait, by `x-ratelimit-remaining: 0`
    /// or by a refusal. Of requests made at once, those behind the first refused count too.
    pub fn violations(&self) -> usize {
        self.lock().limits.violations
    }

    /// Leaves out ETags, as plain stand-ins for GitHub do.
    pub fn without_etags(&self) {
        self.lock().with_etags = false;
    }

    /// Sets the most entries a recursive tree shows before it is truncated: 100,000.
    pub fn set_tree_limit(&self, entries: usize) {
        self.lock().tree_limit = entries;
    }

    /// Lets requests go wrong.
    pub fn fault(&self, on: On, fault: Fault) {
        self.lock().faults.add(on, fault);
    }

    /// Lets all go well from now on.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// The requests since the start or the last reset.
    pub fn requests(&self) -> Vec<Logged> {
        self.lock().log.entries().to_vec()
    }

    /// How many of them were answered 304.
    pub fn not_modified(&self) -> usize {
        let state = self.lock();
        state
            .log
            .entries()
            .iter()
            .filter(|entry| entry.status == Some(304))
            .count()
    }

    /// The bytes of all their answers' bodies.
    pub fn bytes(&self) -> u64 {
        self.lock()
            .log
            .entries()
            .iter()
            .map(|entry| entry.bytes)
            .sum()
    }

    /// Keeps the bodies of requests and answers in the log, from now on.
    pub fn keep_bodies(&self) {
        self.lock().log.with_bodies = true;
    }

    /// The deliveries of webhooks since the start or the last reset.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.lock().log.delivered().to_vec()
    }

    /// A number that grows whenever the log is different, or there is something to deliver.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.lock().log.revision.subscribe()
    }

    /// Forgets the requests and deliveries so far.
    pub fn reset_log(&self) {
        self.lock().log.reset();
    }
}
