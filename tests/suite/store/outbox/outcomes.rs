//! What comes of a lease: done, again, dead, or nothing at all.

use kep_liaison::ports::outbox::{HELD, Load, Outcome};

use super::{
    super::{Place, at},
    accept, after, again, comment, dead, done, key, lane, lease, lease_one, names, post, queued,
    settle, step,
};

pub(super) async fn a_lease_runs_out(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [queued("a", 1, comment("text")), queued("b", 1, step())];
    accept(outbox, 0, "Ev1", &effects).await;
    let first = lease_one(outbox, 1).await;
    assert!(lease(outbox, 10).await.is_empty());
    // Nobody knows what became of it since it was leased.
    for (seconds, attempt) in [(11, 2), (21, 3)] {
        let next = lease_one(outbox, seconds).await;
        assert_eq!((next.id, next.attempt), (first.id, attempt));
        assert_eq!(next.unclear_since, Some(at(1)));
        assert_eq!(next.failures, 0);
    }
}

pub(super) async fn a_stale_settle(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    accept(outbox, 0, "Ev1", &[queued("a", 1, step())]).await;
    let stale = lease_one(outbox, 0).await;
    let current = lease_one(outbox, 10).await;
    for outcome in [Outcome::Done, again(0, true, true), dead()] {
        assert!(!settle(outbox, 11, &stale, outcome).await);
    }
    assert!(lease(outbox, 12).await.is_empty(), "the lease holds");
    assert!(done(outbox, 12, &current).await);
}

pub(super) async fn a_settle_counts_once(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    accept(outbox, 0, "Ev1", &[queued("a", 1, comment("text"))]).await;
    let leased = lease_one(outbox, 0).await;
    for (outcome, counts) in [
        (again(5, false, true), true),
        (Outcome::Done, false),
        (again(99, true, true), false),
    ] {
        assert_eq!(settle(outbox, 1, &leased, outcome).await, counts);
    }
    let leased = lease_one(outbox, 5).await;
    assert_eq!((leased.attempt, leased.failures), (2, 1));
    assert_eq!(leased.unclear_since, None);
    assert!(settle(outbox, 6, &leased, dead()).await);
    assert!(!done(outbox, 6, &leased).await);
    assert!(outbox.retry(leased.id, at(7)).await.unwrap());
    assert!(!done(outbox, 7, &leased).await, "that was the time before");
}

pub(super) async fn a_late_settle_still_counts(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [queued("a", 1, step()), queued("b", 1, step())];
    accept(outbox, 0, "Ev1", &effects).await;
    let leased = lease_one(outbox, 0).await;
    assert!(done(outbox, 1000, &leased).await);
    assert_eq!(names(&lease(outbox, 1000).await), ["b"]);
}

pub(super) async fn trying_again(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [queued("a", 1, post("C1")), queued("b", 1, post("C1"))];
    accept(outbox, 0, "Ev1", &effects).await;
    let mut seconds = 0;
    for (failed, failures) in [(false, 0), (true, 1), (false, 1), (true, 2)] {
        let leased = lease_one(outbox, seconds).await;
        assert_eq!(leased.key, key("a"));
        let until = seconds + 5;
        assert!(settle(outbox, seconds, &leased, again(until, false, failed)).await);
        assert!(lease(outbox, until - 1).await.is_empty());
        assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(until)));
        let next = lease_one(outbox, until).await;
        assert_eq!(
            (next.failures, next.attempt),
            (failures, leased.attempt + 1)
        );
        // Handed back without having been tried.
        assert!(settle(outbox, until, &next, again(until, false, false)).await);
        seconds = until;
    }
}

pub(super) async fn unclear_until_it_is_done(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    accept(outbox, 0, "Ev1", &[queued("a", 1, comment("text"))]).await;
    let mut expected = None;
    for (seconds, unclear) in [(1, false), (2, true), (3, false), (4, true)] {
        let leased = lease_one(outbox, seconds * 10).await;
        assert_eq!(leased.unclear_since, expected);
        let settled = settle(outbox, seconds * 10 + 1, &leased, again(0, unclear, true));
        assert!(settled.await);
        if unclear && expected.is_none() {
            expected = Some(at(seconds * 10));
        }
    }
    assert_eq!(expected, Some(at(20)));
    // Who gives it up knows no better.
    let leased = lease_one(outbox, 50).await;
    assert!(settle(outbox, 51, &leased, dead()).await);
    assert!(outbox.retry(leased.id, at(60)).await.unwrap());
    let leased = lease_one(outbox, 60).await;
    assert_eq!(leased.unclear_since, expected);
    assert_eq!((leased.failures, leased.queued_at), (0, at(60)));
}

pub(super) async fn what_is_dead_holds_up_nothing(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, comment("text")),
        queued("b", 1, step()),
        queued("c", 2, step()),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    let leased = lease(outbox, 0).await;
    for (seconds, leased) in [2, 1].into_iter().zip(&leased) {
        assert!(settle(outbox, seconds, leased, dead()).await);
    }
    assert_eq!(names(&lease(outbox, 2).await), ["b"]);
    let given_up = outbox.dead().await.unwrap();
    let given_up: Vec<_> = (given_up.iter())
        .map(|dead| (dead.key.as_str(), dead.at, &*dead.why))
        .collect();
    let why = "the channel is gone";
    assert_eq!(given_up, [("c", at(1), why), ("a", at(2), why)]);
    let given_up = outbox.dead().await.unwrap();
    assert_eq!(given_up[1].effect, comment("text"));
    assert_eq!(given_up[1].id, leased[0].id);
    for (id, is_one) in [(leased[0].id, true), (leased[0].id, false), (-1, false)] {
        assert_eq!(outbox.retry(id, at(3)).await.unwrap(), is_one);
    }
    assert_eq!(outbox.dead().await.unwrap().len(), 1);
}

pub(super) async fn a_retry_waits_for_what_is_leased(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = ["a", "b", "c"].map(|name| queued(name, 1, step()));
    accept(outbox, 0, "Ev1", &effects).await;
    let a = lease_one(outbox, 0).await;
    assert!(settle(outbox, 0, &a, dead()).await);
    let b = lease_one(outbox, 1).await;
    assert!(outbox.retry(a.id, at(2)).await.unwrap());
    assert!(lease(outbox, 2).await.is_empty(), "its lane is held");
    // A lease that ran out is taken up again first.
    let b_again = lease_one(outbox, 11).await;
    assert_eq!((b_again.id, b_again.attempt), (b.id, 2));
    assert!(settle(outbox, 12, &b_again, again(12, false, true)).await);
    for name in ["a", "b", "c"] {
        let leased = lease_one(outbox, 13).await;
        assert_eq!(leased.key, key(name));
        assert!(done(outbox, 13, &leased).await);
    }
}

pub(super) async fn a_retry_goes_before_what_waits(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, comment("one")),
        queued("b", 1, post("C1")),
        queued("c", 2, post("C1")),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    let leased = lease(outbox, 0).await;
    assert_eq!(names(&leased), ["a", "c"]);
    assert!(settle(outbox, 0, &leased[0], dead()).await);
    assert!(done(outbox, 0, &leased[1]).await);
    assert!(outbox.retry(leased[0].id, at(5)).await.unwrap());
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(5)));
    assert!(lease(outbox, 4).await.is_empty());
    let a = lease_one(outbox, 5).await;
    assert_eq!((a.key.as_str(), a.attempt), ("a", 2));
    assert!(done(outbox, 5, &a).await);
    assert_eq!(names(&lease(outbox, 5).await), ["b"]);
}

pub(super) async fn counting_what_was_done(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects: Vec<_> = [
        comment("one"),
        step(),
        post("C1"),
        post("C2"),
        comment("two"),
    ]
    .into_iter()
    .enumerate()
    .map(|(nth, effect)| queued(&nth.to_string(), 1, effect))
    .chain([queued("elsewhere", 2, comment("three"))])
    .collect();
    accept(outbox, 0, "Ev1", &effects).await;
    for seconds in 0..4 {
        for leased in lease(outbox, seconds).await {
            let is_last = seconds == 3;
            let outcome = if is_last { dead() } else { Outcome::Done };
            assert!(settle(outbox, seconds, &leased, outcome).await);
        }
    }
    let count = async |nth, seconds| {
        outbox
            .done_since(&lane(nth).to_string(), at(seconds))
            .await
            .unwrap()
    };
    assert_eq!(count(1, 0).await, 2);
    assert_eq!(count(1, 2).await, 1);
    assert_eq!(count(1, 3).await, 0);
    assert_eq!(count(2, 0).await, 1);
    assert_eq!(count(3, 0).await, 0);
}

pub(super) async fn how_much_waits(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    assert_eq!(outbox.load().await.unwrap(), Load::default());
    accept(outbox, 5, "Ev1", &[queued("a", 1, step())]).await;
    let late = [
        queued("b", 2, comment("text")),
        after(9999, queued("c", 2, step())),
    ];
    accept(outbox, 6, "Ev2", &late).await;
    let leased = lease(outbox, 7).await;
    assert!(settle(outbox, 7, &leased[0], dead()).await);
    let mut load = Load {
        waiting: 2,
        dead: 1,
        oldest: Some(at(6)),
        held: 0,
    };
    assert_eq!(outbox.load().await.unwrap(), load);
    let held = Outcome::Again {
        at: at(600),
        unclear: false,
        failed: false,
        why: format!("{HELD}two bots argue"),
    };
    assert!(settle(outbox, 8, &leased[1], held).await);
    load.held = 1;
    assert_eq!(outbox.load().await.unwrap(), load);
    let leased = lease(outbox, 600).await;
    assert!(done(outbox, 601, &leased[0]).await);
    // What is left was put off on purpose.
    load = Load {
        waiting: 1,
        dead: 1,
        ..Load::default()
    };
    assert_eq!(outbox.load().await.unwrap(), load);
}

pub(super) async fn hurrying(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        after(600_000, queued("a", 1, comment("text"))),
        queued("b", 1, step()),
        after(600_000, queued("c", 2, comment("text"))),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    let hurry = async |nth: usize, seconds| {
        let lane = lane(nth).to_string();
        outbox.hurry(&lane, at(seconds)).await.unwrap();
    };
    hurry(3, 1).await;
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(600)));
    hurry(1, 5).await;
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(5)));
    assert_eq!(names(&lease(outbox, 5).await), ["a"]);
    // What is under way is left alone, and so is what was due before.
    hurry(1, 6).await;
    hurry(2, 6).await;
    hurry(2, 9).await;
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(6)));
    assert_eq!(names(&lease(outbox, 7).await), ["c"]);
}

pub(super) async fn a_clock_that_was_set_back(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let early = [after(100_000_000, queued("early", 1, step()))];
    accept(outbox, 1_000, "Ev1", &early).await;
    let effects = [
        queued("done", 2, comment("text")),
        queued("again", 3, step()),
        queued("leased", 4, step()),
        after(900_000, queued("later", 5, step())),
    ];
    accept(outbox, 10_000, "Ev2", &effects).await;
    let leased = lease(outbox, 10_000).await;
    assert_eq!(names(&leased), ["done", "again", "leased"]);
    assert!(done(outbox, 10_001, &leased[0]).await);
    assert!(settle(outbox, 10_001, &leased[1], again(10_600, false, true)).await);
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(10_010)));

    outbox.clock_set_back(at(5_000)).await.unwrap();
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(5_000)));
    let due = lease(outbox, 5_000).await;
    assert_eq!(names(&due), ["again", "leased", "later"]);
    assert_eq!(due[0].queued_at, at(5_000));
    assert_eq!(due[1].unclear_since, Some(at(10_000)));
    // The former lease is over.
    assert!(!done(outbox, 5_001, &leased[2]).await);
    for leased in &due {
        assert!(done(outbox, 5_001, leased).await);
    }
    // What was put off before that moment is put off for as long as it was meant to be.
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(101_000)));
    // What was done counts as done now.
    let lane = lane(2).to_string();
    for (since, many) in [(5_000, 1), (5_001, 0)] {
        assert_eq!(outbox.done_since(&lane, at(since)).await.unwrap(), many);
    }
}

pub(super) async fn forgetting(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects: Vec<_> = ["done", "dead", "again", "leased", "waiting"]
        .into_iter()
        .enumerate()
        .map(|(nth, name)| queued(name, nth.min(3), step()))
        .collect();
    accept(outbox, 0, "Ev1", &effects).await;
    let leased = lease(outbox, 10).await;
    assert!(done(outbox, 11, &leased[0]).await);
    assert!(settle(outbox, 12, &leased[1], dead()).await);
    assert!(settle(outbox, 12, &leased[2], again(50, true, true)).await);
    assert!(accept(outbox, 12, "Ev2", &[]).await);
    assert_eq!(outbox.forget(at(0)).await.unwrap(), 0);
    // The first cause and what was done; what was settled at the very moment stays.
    assert_eq!(outbox.forget(at(12)).await.unwrap(), 2);
    assert_eq!(outbox.queued(&key("done")).await.unwrap(), None);
    assert_eq!(outbox.dead().await.unwrap().len(), 1);
    assert_eq!(outbox.forget(at(1000)).await.unwrap(), 2);
    assert!(outbox.dead().await.unwrap().is_empty());
    assert!(!outbox.retry(leased[1].id, at(50)).await.unwrap());
    assert!(!done(outbox, 50, &leased[0]).await);
    // What waits stays, however old, and is still whole.
    let next = lease(outbox, 50).await;
    assert_eq!(names(&next), ["leased", "again"]);
    assert_eq!(next[1].unclear_since, Some(at(10)));
    assert!(done(outbox, 50, &next[0]).await);
    assert_eq!(names(&lease(outbox, 50).await), ["waiting"]);
    // What was forgotten may come anew.
    assert!(accept(outbox, 51, "Ev1", &effects[..1]).await);
    assert_eq!(names(&lease(outbox, 51).await), ["done"]);
}
