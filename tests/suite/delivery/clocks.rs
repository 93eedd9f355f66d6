//! The bot's clock is wrong for a while, and then it is set: nothing is put off by that, and nothing
//! is done twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    domain::bridge::{Key, NewEffect},
    jobs::deliver::Deliver,
    ports::{Clock, Outbox as _, outbox::Cause},
    sandbox::{
        github::{Fault as Broken, On as Request},
        slack::{Fault, Gate, On, Said},
    },
};
use tokio_util::sync::CancellationToken;

use super::{
    driven::Driven,
    stage::{Mortals, Stage},
};
use crate::sync::{mortal::Fate, world::noon};

const HOURS: i64 = 3;

/// The stage's clock and some hours more, until it is set right. Who sleeps does so by no clock.
#[derive(Clone)]
struct Wrong {
    right: Driven,
    hours: Arc<AtomicI64>,
}

impl Wrong {
    fn new(stage: &Stage, hours: i64) -> Self {
        Self {
            right: stage.clock.clone(),
            hours: Arc::new(AtomicI64::new(hours)),
        }
    }

    fn set(&self, hours: i64) {
        self.hours.store(hours, Ordering::Relaxed);
    }

    /// The deliverer of a process that goes by this clock.
    fn deliver(&self, stage: &Stage) -> Arc<Deliver> {
        let deliver = stage.deliver(&Arc::new(Fate::none()), Mortals::FarSides);
        let mut deliver = Arc::into_inner(deliver).expect("nobody else has it");
        deliver.clock = Arc::new(self.clone());
        Arc::new(deliver)
    }

    async fn accept(&self, stage: &Stage, effects: &[NewEffect]) {
        let cause = Cause::Came("all of it");
        let accepted = stage.store.accept(self.now(), cause, effects).await;
        assert!(accepted.expect("a store that works"));
    }
}

#[async_trait]
impl Clock for Wrong {
    fn now(&self) -> DateTime<Utc> {
        self.right.now() + TimeDelta::hours(self.hours.load(Ordering::Relaxed))
    }

    async fn sleep(&self, duration: Duration) {
        self.right.sleep(duration).await;
    }

    async fn expire(&self, duration: Duration) {
        self.right.expire(duration).await;
    }
}

fn said(stage: &Stage) -> Vec<String> {
    let messages = stage.channels[0].messages();
    let own = messages.iter().filter(|said| said.is_app);
    own.map(Said::words).collect()
}

#[tokio::test]
async fn a_clock_that_is_set_back_puts_nothing_off() {
    let stage = Stage::new(1, 1).await;
    stage.github.reset_log();
    let clock = Wrong::new(&stage, HOURS);
    let (a, b, c) = (
        stage.comment("a", 1),
        stage.post("b", 0, "x"),
        stage.post("c", 0, "y"),
    );
    clock.accept(&stage, &[a, b, c]).await;
    // One is leased by a process that was killed, one is tried in vain, the place of one is limited.
    let now = clock.now();
    let until = now + TimeDelta::minutes(2);
    let busy = ["github".to_owned()];
    let leased = stage.store.lease(now, until, &busy, 1).await;
    assert_eq!(leased.expect("a store")[0].key, Key::of(["b"]));
    stage
        .github
        .fault(Request::post("").first(3), Broken::Status(502));
    let limit = Fault::TooManyRequests(600);
    stage.slack.fault(On::method("chat.postMessage"), limit);
    let work = async {
        let tried =
            async || stage.commented().len() == 3 && stage.called("chat.postMessage").len() == 1;
        stage.until("some tries", tried).await;
        clock.set(0);
        stage.queued.notify_one();
        stage.until_empty().await;
    };
    stage.deliver_beside(clock.deliver(&stage), work).await;
    let took = stage.clock.now() - noon();
    assert!(took < TimeDelta::minutes(30), "{took}");
    assert_eq!(stage.containerd.comments_on(1).len(), 1);
    let said = said(&stage);
    for name in ["b", "c"] {
        let many = said.iter().filter(|words| *words == name).count();
        assert_eq!(many, 1, "{name} in {said:?}");
    }
}

#[tokio::test]
async fn what_was_written_before_the_clock_was_set_back_is_found() {
    let stage = Stage::new(1, 1).await;
    let clock = Wrong::new(&stage, HOURS);
    let effects = [stage.post("a", 0, "x"), stage.post("b", 0, "x")];
    clock.accept(&stage, &effects).await;
    let unanswered = Fault::DropAfter;
    stage
        .slack
        .fault(On::method("chat.postMessage"), unanswered);
    let work = async {
        let tried = async || stage.called("chat.postMessage").len() == 1;
        stage.until("a try", tried).await;
        clock.set(0);
        stage.queued.notify_one();
        stage.until_empty().await;
    };
    stage.deliver_beside(clock.deliver(&stage), work).await;
    assert_eq!(said(&stage), ["a", "b"]);
}

/// A process that still waits for its answer takes nothing from the one that came after it.
#[tokio::test]
async fn a_clock_that_is_set_forward_ends_leases_and_doubles_nothing() {
    let stage = Stage::new(1, 1).await;
    let clock = Wrong::new(&stage, 0);
    let effects = [stage.post("a", 0, "x"), stage.post("b", 0, "x")];
    clock.accept(&stage, &effects).await;
    let gate = Gate::default();
    let held = Fault::HeldAfter(gate.clone());
    stage.slack.fault(On::method("chat.postMessage"), held);
    let stop = CancellationToken::new();
    let first = tokio::spawn(clock.deliver(&stage).run(stop.clone()));
    gate.arrived(1).await;
    clock.set(HOURS);
    // It asks the store by a clock that was set, too, and has the effect no more.
    let second = tokio::spawn(clock.deliver(&stage).run(stop.clone()));
    let is_taken = async || {
        let queued = stage.store.queued(&Key::of(["a"])).await;
        queued.expect("a store").expect("it is kept").is_over()
    };
    while !is_taken().await {
        tokio::task::yield_now().await;
    }
    gate.open();
    stage.until_empty().await;
    stop.cancel();
    first.await.expect("it ends well");
    second.await.expect("it ends well");
    assert_eq!(said(&stage), ["a", "b"]);
    stage.slack.nothing_was_wrong();
}
