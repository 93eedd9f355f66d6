//! What is taken in, and in which order it is leased.

use kep_liaison::{
    domain::bridge::{Key, Lane, NewEffect},
    ports::{StoreError, outbox::Cause},
};

use super::{
    super::{Place, at},
    accept, after, channel, comment, done, key, lane, lease, lease_one, moment, names, post,
    queued, step,
};

pub(super) async fn a_cause_counts_once(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    assert!(accept(outbox, 0, "Ev1", &[queued("a", 1, step())]).await);
    assert!(!accept(outbox, 1, "Ev1", &[queued("b", 2, step())]).await);
    assert!(accept(outbox, 2, "ev1", &[]).await);
    assert_eq!(names(&lease(outbox, 3).await), ["a"]);
    assert_eq!(
        outbox.queued(&key("a")).await.unwrap().map(|it| it.effect),
        Some(step())
    );
    assert_eq!(outbox.queued(&key("b")).await.unwrap(), None);
}

pub(super) async fn a_digest_counts_once_and_with_its_note(place: &dyn Place) {
    let store = &*place.open_both().await;
    let digest = |is| Cause::Digest {
        due: "digest/kubernetes/C1/2026-07-06T08:00",
        note: "digest/kubernetes/C1",
        was: None,
        is,
    };
    let post = |name| [queued(name, 1, post("C1"))];
    assert!(
        store
            .accept(at(0), digest("first"), &post("a"))
            .await
            .unwrap()
    );
    let note = async || store.note("digest/kubernetes/C1").await.unwrap();
    assert_eq!(note().await.as_deref(), Some("first"));
    assert!(
        !store
            .accept(at(1), digest("second"), &post("b"))
            .await
            .unwrap()
    );
    assert_eq!(note().await.as_deref(), Some("first"));
    assert_eq!(store.queued(&key("b")).await.unwrap(), None);
    assert_eq!(names(&lease(store, 2).await), ["a"]);
    // What cannot be queued sets no note.
    let other = Cause::Digest {
        due: "digest/kubernetes/C1/2026-07-13T08:00",
        note: "digest/kubernetes/C1",
        was: Some("first"),
        is: "third",
    };
    let unreadable = NewEffect::now(Key::of(["x".repeat(501)]), lane(1), step());
    let refused = store.accept(at(3), other, &[unreadable]).await;
    assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
    assert_eq!(note().await.as_deref(), Some("first"));
    assert!(store.accept(at(4), other, &[]).await.unwrap());
    assert_eq!(note().await.as_deref(), Some("third"));
    // Who read the note before that comes too late.
    let late = Cause::Digest {
        due: "digest/kubernetes/C1/now",
        note: "digest/kubernetes/C1",
        was: Some("first"),
        is: "fourth",
    };
    assert!(!store.accept(at(5), late, &[]).await.unwrap());
    assert_eq!(note().await.as_deref(), Some("third"));
}

pub(super) async fn a_key_counts_once(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let twice = [
        queued("a", 1, comment("first")),
        queued("a", 2, comment("second")),
        queued("b", 1, step()),
    ];
    assert!(accept(outbox, 0, "Ev1", &twice).await);
    let first = lease_one(outbox, 1).await;
    assert_eq!(first.effect, comment("first"));
    assert!(done(outbox, 1, &first).await);
    // Not even when it is done.
    assert!(accept(outbox, 2, "Ev2", &twice).await);
    assert_eq!(names(&lease(outbox, 3).await), ["b"]);
}

pub(super) async fn one_after_the_other_in_a_lane(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = ["a", "b", "c"].map(|name| queued(name, 1, step()));
    accept(outbox, 0, "Ev1", &effects).await;
    for name in ["a", "b", "c"] {
        let leased = lease_one(outbox, 1).await;
        assert_eq!(leased.key, key(name));
        assert_eq!(*leased.lane, *"message/kubernetes/C1/1");
        assert_eq!((leased.attempt, leased.failures), (1, 0));
        assert_eq!(leased.unclear_since, None);
        assert_eq!(leased.queued_at, at(0));
        assert!(lease(outbox, 2).await.is_empty(), "its lane is held");
        assert!(done(outbox, 2, &leased).await);
    }
    assert!(lease(outbox, 3).await.is_empty());
}

pub(super) async fn lanes_do_not_wait_for_each_other(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, step()),
        queued("b", 1, step()),
        queued("c", 2, step()),
        NewEffect::now(key("d"), Lane::Person(channel("C1"), "U1".into()), step()),
        NewEffect::now(key("e"), Lane::Person(channel("C1"), "U2".into()), step()),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    assert_eq!(names(&lease(outbox, 0).await), ["a", "c", "d", "e"]);
}

pub(super) async fn a_place_at_a_time(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, post("C1")),
        queued("b", 2, post("C1")),
        queued("c", 3, post("C2")),
        queued("d", 4, comment("one")),
        queued("e", 5, comment("two")),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    assert_eq!(names(&lease(outbox, 0).await), ["a", "c", "d"]);
    // Whether a place is busy from the last time is for the one who asks to say.
    assert_eq!(names(&lease(outbox, 0).await), ["b", "e"]);
}

pub(super) async fn here_nobody_is_kept_busy(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects: Vec<_> = (0..50)
        .map(|nth| queued(&nth.to_string(), nth, step()))
        .chain([queued("post", 50, post("C1"))])
        .collect();
    accept(outbox, 0, "Ev1", &effects).await;
    assert_eq!(lease(outbox, 0).await.len(), 51);
}

pub(super) async fn a_busy_place_is_passed_over(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, comment("one")),
        queued("b", 2, post("C1")),
        queued("c", 3, step()),
        queued("d", 4, post("C2")),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    let busy = ["github", "slack/kubernetes/C1", "here", "nowhere"].map(str::to_owned);
    let leased = outbox.lease(at(0), at(10), &busy, 1).await.unwrap();
    assert_eq!(names(&leased), ["d"]);
    assert_eq!(outbox.next_due(&busy[..3]).await.unwrap(), Some(at(10)));
    assert_eq!(outbox.next_due(&busy[..2]).await.unwrap(), Some(at(0)));
    let leased = outbox.lease(at(0), at(10), &busy[..2], 9).await.unwrap();
    assert_eq!(names(&leased), ["c"]);
}

pub(super) async fn what_waits_longest_goes_first(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        after(3000, queued("a", 1, step())),
        after(1000, queued("b", 2, post("C1"))),
        after(1000, queued("c", 3, step())),
        after(2000, queued("d", 4, post("C1"))),
        after(-5, queued("e", 5, comment("text"))),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    assert_eq!(names(&lease(outbox, 3).await), ["e", "b", "c", "a"]);
    assert_eq!(names(&lease(outbox, 3).await), ["d"]);
}

pub(super) async fn a_delay_holds_its_lane(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        after(1500, queued("a", 1, step())),
        queued("b", 1, step()),
        queued("c", 2, step()),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    assert_eq!(names(&lease(outbox, 1).await), ["c"]);
    let early = outbox.lease(moment(1499), at(10), &[], 9).await.unwrap();
    assert!(early.is_empty());
    let leased = outbox.lease(moment(1500), at(10), &[], 9).await.unwrap();
    assert_eq!(names(&leased), ["a"]);
}

pub(super) async fn no_more_than_asked_for(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, comment("text")),
        queued("b", 2, step()),
        queued("c", 3, post("C1")),
        queued("d", 4, step()),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    for (most, expected) in [
        (0, &[][..]),
        (1, &["a"]),
        (2, &["b", "c"]),
        (usize::MAX, &["d"]),
    ] {
        let leased = outbox.lease(at(0), at(10), &[], most).await.unwrap();
        assert_eq!(names(&leased), expected, "{most}");
    }
}

pub(super) async fn when_the_next_is_due(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    assert_eq!(outbox.next_due(&[]).await.unwrap(), None);
    let effects = [
        after(7001, queued("a", 1, comment("text"))),
        queued("b", 1, step()),
        after(i64::MAX, queued("c", 2, post("C1"))),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(moment(7001)));
    let leased = lease_one(outbox, 8).await;
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(18)));
    let busy = ["github".to_owned()];
    let never = outbox.next_due(&busy).await.unwrap().unwrap();
    assert!(never > at(1_000_000_000), "{never}");
    assert!(done(outbox, 9, &leased).await);
    assert_eq!(outbox.next_due(&[]).await.unwrap(), Some(at(0)));
}

pub(super) async fn a_key_that_nobody_could_read(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    for name in ["x".repeat(501), String::new()] {
        let new = NewEffect::now(Key::of([name]), lane(1), step());
        let effects = [queued("a", 1, step()), new];
        let refused = outbox.accept(at(0), Cause::Came("Ev1"), &effects).await;
        assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
    }
    // Nothing of it was taken in.
    assert!(lease(outbox, 1).await.is_empty());
    let longest = queued(&"x".repeat(500), 1, step());
    assert!(accept(outbox, 0, "Ev1", &[longest]).await);
    lease_one(outbox, 1).await;
}
