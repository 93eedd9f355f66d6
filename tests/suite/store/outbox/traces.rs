//! What is set with an outcome: what was written where, threads, the record, and what follows.

use kep_liaison::{
    domain::bridge::{Asked, CommentAt, Effect, IssueAt, Key, MessageAt, Written},
    ports::{
        Outbox,
        outbox::{LatestNews, Leased, Outcome, Record, Settled, Thread},
    },
};

use super::{
    super::{Place, REPO, at},
    accept, after, again, channel, comment, done, kep, key, lane, lease, lease_one, names, post,
    queued, step,
};

fn a_comment(id: u64) -> Written {
    Written::Comment {
        at: CommentAt {
            issue: IssueAt {
                repository: REPO.into(),
                number: 7,
            },
            id,
        },
        url: format!("https://github.com/{REPO}/issues/7#issuecomment-{id}").into(),
    }
}

fn a_message(ts: &str) -> Written {
    Written::Message(MessageAt::new("kubernetes", "C1", ts))
}

/// Queues an effect of its own and leases it.
async fn leased(outbox: &dyn Outbox, name: &str) -> Leased {
    accept(outbox, 0, name, &[queued(name, 0, comment("text"))]).await;
    let leased = lease_one(outbox, 0).await;
    assert_eq!(leased.key, key(name));
    leased
}

async fn settle(outbox: &dyn Outbox, seconds: i64, leased: &Leased, settled: &Settled) {
    let counts = outbox
        .settle(at(seconds), leased, &Outcome::Done, settled)
        .await;
    assert!(counts.unwrap());
}

async fn write(outbox: &dyn Outbox, seconds: i64, name: &str, written: Written, erased: &[&str]) {
    let settled = Settled {
        written: Some(written),
        erased: erased.iter().map(|name| key(name)).collect(),
        ..Settled::default()
    };
    let leased = leased(outbox, name).await;
    settle(outbox, seconds, &leased, &settled).await;
}

async fn key_of(outbox: &dyn Outbox, written: &Written) -> Option<Key> {
    outbox.key_of(written).await.unwrap()
}

pub(super) async fn what_was_written(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let written = [a_comment(1), a_message("1.2"), a_message("1.3")];
    for (name, written) in ["a", "b", "c"].into_iter().zip(&written) {
        assert_eq!(outbox.written(&key(name)).await.unwrap(), None);
        assert_eq!(key_of(outbox, written).await, None);
        write(outbox, 0, name, written.clone(), &[]).await;
        assert_eq!(
            outbox.written(&key(name)).await.unwrap().as_ref(),
            Some(written)
        );
        assert_eq!(key_of(outbox, written).await, Some(key(name)));
    }
    // A comment is known by its number, on whatever issue and page it stands by now.
    let Written::Comment { mut at, .. } = a_comment(1) else {
        unreachable!()
    };
    at.issue.number = 8;
    let moved = Written::Comment {
        at: at.clone(),
        url: "https://example.com".into(),
    };
    assert_eq!(key_of(outbox, &moved).await, Some(key("a")));
    at.issue.repository = "containerd/nri".into();
    let elsewhere = Written::Comment { at, url: "".into() };
    assert_eq!(key_of(outbox, &elsewhere).await, None);
    let elsewhere = Written::Message(MessageAt::new("cncf", "C1", "1.2"));
    assert_eq!(key_of(outbox, &elsewhere).await, None);
    // One that stands no more makes room for another, in the same breath.
    write(outbox, 0, "d", a_message("1.2"), &["a", "b", "unknown"]).await;
    for name in ["a", "b"] {
        assert_eq!(outbox.written(&key(name)).await.unwrap(), None);
    }
    assert_eq!(key_of(outbox, &written[1]).await, Some(key("d")));
    outbox.forget(super::super::at(1_000_000)).await.unwrap();
    assert_eq!(key_of(outbox, &written[1]).await, Some(key("d")));
    // The key can be used again, and then it stands somewhere else.
    write(outbox, 0, "d", a_comment(9), &["d"]).await;
    assert_eq!(outbox.written(&key("d")).await.unwrap(), Some(a_comment(9)));
    assert_eq!(key_of(outbox, &written[1]).await, None);
}

pub(super) async fn a_place_with_two_keys(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    for (seconds, name) in [(0, "b"), (2, "a"), (1, "c")] {
        write(outbox, seconds, name, a_message("1.2"), &[]).await;
    }
    assert_eq!(key_of(outbox, &a_message("1.2")).await, Some(key("a")));
    assert_eq!(
        outbox.written(&key("b")).await.unwrap(),
        Some(a_message("1.2"))
    );
}

fn thread(id: &str, number: u32, root: &str) -> Thread {
    Thread {
        channel: channel(id),
        kep: kep(number),
        root: root.into(),
        root_key: key("card"),
        latest: None,
    }
}

pub(super) async fn threads(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let bare = thread("C2", 9001, "1.2");
    let full = Thread {
        root_key: key("root"),
        latest: Some(LatestNews {
            key: key("news"),
            at: super::moment(123),
        }),
        ..thread("C1", 9001, "1.2")
    };
    let other = thread("C1", 5825, "1.3");
    let settled = Settled {
        threads: vec![bare.clone(), full.clone(), other.clone()],
        ..Settled::default()
    };
    let first = leased(outbox, "a").await;
    settle(outbox, 0, &first, &settled).await;
    let all = [other.clone(), full.clone(), bare.clone()];
    assert_eq!(outbox.threads().await.unwrap(), all);
    for thread in &all {
        let found = outbox.thread_of(&thread.channel, thread.kep).await;
        assert_eq!(found.unwrap().as_ref(), Some(thread));
        let root = MessageAt {
            channel: thread.channel.clone(),
            ts: thread.root.clone(),
        };
        let found = outbox.thread_at(&root).await.unwrap();
        assert_eq!(found.as_ref(), Some(thread));
    }
    let nowhere = MessageAt::new("cncf", "C1", "1.2");
    assert_eq!(outbox.thread_at(&nowhere).await.unwrap(), None);
    assert_eq!(
        outbox.thread_of(&channel("C3"), kep(9001)).await.unwrap(),
        None
    );
    // One ends and begins anew elsewhere, one only ends.
    let anew = thread("C1", 9001, "1.4");
    let settled = Settled {
        ended: vec![
            (channel("C1"), kep(9001)),
            (channel("C2"), kep(9001)),
            (channel("C3"), kep(9001)),
        ],
        threads: vec![anew.clone()],
        ..Settled::default()
    };
    let second = leased(outbox, "b").await;
    settle(outbox, 0, &second, &settled).await;
    assert_eq!(outbox.threads().await.unwrap(), [other, anew]);
}

pub(super) async fn ties(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let own = thread("C1", 9001, "1.1");
    let [own_root, tied, other] = ["1.1", "1.2", "1.3"].map(|ts| MessageAt::new("cncf", "C1", ts));
    let own = Thread {
        channel: own_root.channel.clone(),
        ..own
    };
    let settled = Settled {
        threads: vec![own],
        ties: vec![
            (tied.clone(), Some(kep(5825))),
            (other.clone(), Some(kep(1))),
        ],
        ..Settled::default()
    };
    let first = leased(outbox, "a").await;
    settle(outbox, 0, &first, &settled).await;
    assert_eq!(
        outbox.tie_at(&tied).await.unwrap().map(|tie| tie.kep),
        Some(kep(5825))
    );
    assert_eq!(outbox.tie_at(&own_root).await.unwrap(), None);
    assert_eq!(outbox.kep_at(&tied).await.unwrap(), Some(kep(5825)));
    assert_eq!(outbox.kep_at(&own_root).await.unwrap(), Some(kep(9001)));
    // One is tied to another KEP, one to none any more.
    let settled = Settled {
        ties: vec![(tied.clone(), Some(kep(4680))), (other.clone(), None)],
        ..Settled::default()
    };
    let second = leased(outbox, "b").await;
    settle(outbox, 0, &second, &settled).await;
    assert_eq!(outbox.kep_at(&tied).await.unwrap(), Some(kep(4680)));
    assert_eq!(outbox.kep_at(&other).await.unwrap(), None);
}

fn record(seconds: i64, outcome: &str) -> Record {
    Record {
        at: at(seconds),
        asked: (seconds > 0).then(|| Asked {
            user: "U012AB3CD".into(),
            channel: channel("C1"),
            at_ms: 1_780_000_000_123,
        }),
        what: "comment".into(),
        on: "containerd/containerd#12814".into(),
        outcome: outcome.to_owned(),
    }
}

pub(super) async fn records(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let made = [
        record(5, "it's written"),
        record(0, "\"no\""),
        record(5, ""),
    ];
    for (name, record) in ["a", "b", "c"].into_iter().zip(&made) {
        let settled = Settled {
            record: Some(record.clone()),
            ..Settled::default()
        };
        let leased = leased(outbox, name).await;
        settle(outbox, 9, &leased, &settled).await;
    }
    let in_order = [made[1].clone(), made[0].clone(), made[2].clone()];
    assert_eq!(outbox.records(at(0)).await.unwrap(), in_order);
    assert_eq!(outbox.records(at(5)).await.unwrap(), in_order[1..]);
    outbox.forget(at(1000)).await.unwrap();
    assert_eq!(outbox.records(at(6)).await.unwrap(), []);
    assert_eq!(outbox.records(at(0)).await.unwrap().len(), 3);
}

pub(super) async fn what_follows(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [queued("a", 1, step()), queued("b", 1, step())];
    accept(outbox, 0, "Ev1", &effects).await;
    let first = lease_one(outbox, 0).await;
    let settled = Settled {
        then: vec![
            queued("c", 1, step()),
            queued("d", 2, post("C1")),
            after(1500, queued("e", 3, comment("text"))),
            // Known already.
            queued("a", 4, step()),
            queued("b", 4, step()),
        ],
        ..Settled::default()
    };
    settle(outbox, 5, &first, &settled).await;
    // In its own lane what follows comes before what was behind.
    let next = lease(outbox, 5).await;
    assert_eq!(names(&next), ["c", "d"]);
    assert_eq!(
        outbox.next_due(&[]).await.unwrap(),
        Some(super::moment(6500))
    );
    let settled = Settled {
        then: vec![queued("f", 1, step())],
        ..Settled::default()
    };
    settle(outbox, 5, &next[0], &settled).await;
    let f = lease_one(outbox, 5).await;
    assert_eq!(f.key.as_str(), "f");
    assert!(done(outbox, 5, &f).await);
    assert_eq!(names(&lease(outbox, 5).await), ["b"]);
    let e = lease_one(outbox, 7).await;
    assert_eq!((e.key.as_str(), e.queued_at), ("e", at(5)));
}

/// Makes what was written by `a` say something else.
fn edit(text: &str) -> Effect {
    Effect::EditComment {
        written: key("a"),
        body: text.to_owned(),
        asked: None,
    }
}

pub(super) async fn an_older_edit_comes_too_late(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    // One waits behind what it is to change, in another lane.
    let effects = [
        after(5_000_000, queued("early", 2, edit("zeroth"))),
        queued("a", 1, comment("first")),
        queued("b", 1, edit("second")),
        queued("c", 1, edit("third")),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    let is_late = async |one: &Leased| {
        let superseded = outbox.is_superseded(one.id, &one.effect).await;
        superseded.unwrap()
    };
    let is_listed_so = async || outbox.dead().await.unwrap()[0].is_superseded;
    let posted = lease_one(outbox, 0).await;
    let written = Settled {
        written: Some(a_comment(1)),
        ..Settled::default()
    };
    settle(outbox, 0, &posted, &written).await;
    let early = outbox.is_superseded(posted.id - 1, &edit("zeroth")).await;
    assert!(!early.unwrap());
    let second = lease_one(outbox, 1).await;
    assert!(!is_late(&second).await);
    assert!(super::settle(outbox, 1, &second, super::dead()).await);
    assert!(!is_listed_so().await, "nothing has changed it since");
    let third = lease_one(outbox, 2).await;
    assert!(!is_late(&third).await);
    assert!(done(outbox, 2, &third).await);
    assert!(is_late(&second).await && is_listed_so().await);
    let dead = outbox.dead().await.unwrap();
    assert!(dead[0].line().contains("superseded"));
    // Where it is tried again, what stands there stays known.
    assert!(outbox.retry(second.id, at(4)).await.unwrap());
    let second = lease_one(outbox, 4).await;
    assert!(done(outbox, 4, &second).await);
    let last = outbox.last(&key("a")).await.unwrap();
    assert_eq!(last, Some((key("a"), edit("third"))));
    // A comment that was taken back is not edited either.
    let effects = [queued("d", 1, edit("fourth")), queued("e", 1, step())];
    accept(outbox, 5, "Ev2", &effects).await;
    let fourth = lease_one(outbox, 5).await;
    assert!(super::settle(outbox, 5, &fourth, super::dead()).await);
    assert!(!is_listed_so().await);
    let erased = Settled {
        erased: vec![key("a")],
        ..Settled::default()
    };
    let undo = lease_one(outbox, 6).await;
    settle(outbox, 6, &undo, &erased).await;
    assert!(is_listed_so().await);
}

pub(super) async fn what_follows_anew(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let effects = [
        queued("a", 1, comment("old")),
        queued("b", 2, step()),
        queued("c", 3, post("C1")),
    ];
    accept(outbox, 0, "Ev1", &effects).await;
    let leased = lease(outbox, 0).await;
    assert!(super::settle(outbox, 1, &leased[0], super::dead()).await);
    assert!(outbox.queued(&key("a")).await.unwrap().unwrap().is_dead);
    let settled = Settled {
        anew: vec![
            queued("a", 4, comment("new")),
            // What was not given up is left as it is.
            queued("c", 4, comment("new")),
            queued("d", 4, step()),
        ],
        ..Settled::default()
    };
    settle(outbox, 5, &leased[1], &settled).await;
    let a = lease_one(outbox, 5).await;
    assert_eq!(a.effect, comment("new"));
    assert_eq!((&*a.lane, a.queued_at), (&*lane(4).to_string(), at(5)));
    assert!(outbox.dead().await.unwrap().is_empty());
    let c = outbox.queued(&key("c")).await.unwrap().unwrap();
    assert_eq!((c.is_over(), c.effect), (false, post("C1")));
    assert!(done(outbox, 5, &a).await);
    let d = lease_one(outbox, 5).await;
    assert_eq!(d.key, key("d"));
}

fn tied() -> MessageAt {
    MessageAt::new("cncf", "C1", "1.3")
}

fn everything(name: &str) -> Settled {
    Settled {
        written: Some(a_comment(1)),
        aliases: vec![key("another")],
        erased: vec![key("old")],
        threads: vec![thread("C1", 5825, "1.2")],
        ended: vec![(channel("C2"), kep(9001))],
        ties: vec![(tied(), Some(kep(5825)))],
        then: vec![queued(name, 2, step())],
        anew: vec![queued("c", 3, step())],
        record: Some(record(1, "done")),
    }
}

/// None of it is there.
async fn expect_nothing(outbox: &dyn Outbox, before: &[Thread]) {
    assert_eq!(key_of(outbox, &a_comment(1)).await, None);
    assert_eq!(outbox.queued(&key("c")).await.unwrap(), None);
    assert_eq!(outbox.tie_at(&tied()).await.unwrap(), None);
    assert_eq!(key_of(outbox, &a_message("1.1")).await, Some(key("old")));
    assert_eq!(outbox.threads().await.unwrap(), before);
    assert_eq!(outbox.records(at(0)).await.unwrap(), []);
}

pub(super) async fn a_stale_settle_leaves_no_trace(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let before = [thread("C2", 9001, "1.1")];
    let settled = Settled {
        written: Some(a_message("1.1")),
        threads: before.to_vec(),
        ..Settled::default()
    };
    let old = leased(outbox, "old").await;
    settle(outbox, 0, &old, &settled).await;
    let stale = leased(outbox, "a").await;
    let current = lease_one(outbox, 10).await;
    for outcome in [Outcome::Done, again(0, true, true)] {
        let settled = everything("b");
        let counts = outbox.settle(at(10), &stale, &outcome, &settled).await;
        assert!(!counts.unwrap());
    }
    expect_nothing(outbox, &before).await;
    assert!(done(outbox, 10, &current).await);
    assert!(lease(outbox, 10).await.is_empty());
}

pub(super) async fn all_or_nothing(place: &dyn Place) {
    let outbox = &*place.open_both().await;
    let before = [thread("C2", 9001, "1.1")];
    let settled = Settled {
        written: Some(a_message("1.1")),
        threads: before.to_vec(),
        ..Settled::default()
    };
    let old = leased(outbox, "old").await;
    settle(outbox, 0, &old, &settled).await;
    let leased = leased(outbox, "a").await;
    let too_long = "x".repeat(501);
    let mut unreadable = everything(&too_long);
    let mut beyond_all = everything("b");
    beyond_all.written = Some(a_comment(u64::MAX));
    for settled in [&unreadable, &beyond_all] {
        let failed = outbox.settle(at(1), &leased, &Outcome::Done, settled).await;
        assert!(failed.is_err());
        expect_nothing(outbox, &before).await;
    }
    // The lease holds, and what can be stored still goes in.
    assert!(lease(outbox, 1).await.is_empty());
    unreadable.then = everything("b").then;
    settle(outbox, 1, &leased, &unreadable).await;
    assert_eq!(key_of(outbox, &a_comment(1)).await, Some(key("a")));
    assert_eq!(key_of(outbox, &a_message("1.1")).await, None);
    assert_eq!(outbox.threads().await.unwrap(), [thread("C1", 5825, "1.2")]);
    assert_eq!(
        outbox.tie_at(&tied()).await.unwrap().map(|tie| tie.kep),
        Some(kep(5825))
    );
    assert_eq!(outbox.records(at(0)).await.unwrap(), [record(1, "done")]);
    assert_eq!(names(&lease(outbox, 1).await), ["c", "b"]);
}
