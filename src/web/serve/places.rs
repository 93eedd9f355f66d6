//! Who is connected, and who of them makes way where all places are taken and one more comes.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use metrics::{Counter, Gauge};
use tokio::{
    task::{AbortHandle, Id, JoinError, JoinSet},
    time::sleep,
};

use super::Limits;

/// One connection, as far as it matters for its place.
#[derive(Debug)]
pub(super) struct Guest {
    /// When the listener began.
    began: Instant,
    /// When it came, or when its last request began or ended: microseconds after `began`.
    since: AtomicU64,
    /// Whether it is at a request.
    is_busy: AtomicBool,
    /// Whether a request was granted, which strangers' are not.
    is_known: AtomicBool,
}

/// In which order guests make way: the first of them does first.
type Rank = (bool, bool, u64);

impl Guest {
    fn new(began: Instant) -> Self {
        let guest = Self {
            began,
            since: AtomicU64::new(0),
            is_busy: AtomicBool::new(false),
            is_known: AtomicBool::new(false),
        };
        guest.touch();
        guest
    }

    fn touch(&self) {
        self.since.store(micros(self.began.elapsed()), Relaxed);
    }

    /// A request begins.
    pub(super) fn begins(&self) {
        self.is_busy.store(true, Relaxed);
        self.touch();
    }

    /// The request has its answer.
    pub(super) fn ends(&self, is_granted: bool) {
        if is_granted {
            self.is_known.store(true, Relaxed);
        }
        self.is_busy.store(false, Relaxed);
        self.touch();
    }

    /// `None` for one that never makes way: it is known, and at a request.
    fn rank(&self) -> Option<Rank> {
        let (is_known, is_busy) = (self.is_known.load(Relaxed), self.is_busy.load(Relaxed));
        (!(is_known && is_busy)).then(|| (is_known, is_busy, self.since.load(Relaxed)))
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The places of a listener.
pub(super) struct Places {
    began: Instant,
    most: usize,
    undisturbed: Duration,
    guests: HashMap<Id, (Arc<Guest>, AbortHandle)>,
    connections: JoinSet<()>,
    in_use: Gauge,
    cut: Counter,
}

impl Places {
    pub(super) fn new(limits: &Limits) -> Self {
        let listener = limits.listener;
        Self {
            began: Instant::now(),
            most: limits.connections,
            undisturbed: limits.undisturbed,
            guests: HashMap::new(),
            connections: JoinSet::new(),
            in_use: metrics::gauge!("kep_liaison_connections", "listener" => listener),
            cut: metrics::counter!("kep_liaison_connections_cut_total", "listener" => listener),
        }
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        self.guests.len()
    }

    /// Gives a place to a connection, which has it until it ends.
    pub(super) fn take<F>(&mut self, connection: impl FnOnce(Arc<Guest>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let guest = Arc::new(Guest::new(self.began));
        let task = self.connections.spawn(connection(guest.clone()));
        self.guests.insert(task.id(), (guest, task));
        self.count();
    }

    /// Waits until a connection has ended; for ever where there is none.
    pub(super) async fn ended(&mut self) {
        match self.connections.join_next_with_id().await {
            Some(ended) => self.leaves(&ended),
            None => std::future::pending().await,
        }
    }

    /// Waits until no connection is left.
    pub(super) async fn empty(&mut self) {
        while let Some(ended) = self.connections.join_next_with_id().await {
            self.leaves(&ended);
        }
    }

    /// Waits until there is a place, and cuts a connection for it where one has had its time.
    pub(super) async fn make_room(&mut self) {
        while self.taken() >= self.most {
            let (first, left) = match self.first_to_go(self.began.elapsed()) {
                Some((id, left)) => (Some(id), left),
                None => (None, self.undisturbed),
            };
            if let Some((_, task)) = first
                .filter(|_| left.is_zero())
                .and_then(|id| self.guests.remove(&id))
            {
                task.abort();
                self.cut.increment(1);
                self.count();
                continue;
            }
            tokio::select! {
                () = self.ended() => {}
                () = sleep(left) => {}
            }
        }
    }

    /// Who makes way first, and how long it still has.
    fn first_to_go(&self, now: Duration) -> Option<(Id, Duration)> {
        let ranked = self.guests.iter();
        let ranked = ranked.filter_map(|(id, (guest, _))| Some((guest.rank()?, *id)));
        let left = |since| {
            let until = Duration::from_micros(since) + self.undisturbed;
            until.saturating_sub(now)
        };
        // Where the idle have just come, one that is long at a request goes before them.
        let ((.., since), id) = ranked.min_by_key(|(rank, _)| (left(rank.2), *rank))?;
        Some((id, left(since)))
    }

    fn leaves(&mut self, ended: &Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        self.guests.remove(&id);
        self.count();
    }

    fn count(&self) {
        #[expect(clippy::cast_precision_loss, reason = "there are not so many")]
        self.in_use.set(self.guests.len() as f64);
    }
}
