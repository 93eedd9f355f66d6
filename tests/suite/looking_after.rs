//! `kep-liaison audit` and `kep-liaison outbox`, as those who look after the bot run them; and that
//! people's words are forgotten.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    domain::bridge::{Asked, ChannelAt, CommentAt, Effect, IssueAt, Key, Lane, NewEffect, Written},
    jobs::forget::Forget,
    ports::{
        Outbox,
        outbox::{Cause, Outcome, Record, Settled},
    },
    sandbox::clock::ManualClock,
    store::{Mode, SqliteStore},
};

use crate::{terminal::Folder, world::number};

const SETTINGS: &str = r#"
[[workspaces]]
name = "kubernetes"
[[people]]
github = "samuelkarp"
slack = { kubernetes = "U1" }
"#;

fn noon() -> DateTime<Utc> {
    "2026-07-06T12:00:00Z".parse().expect("a moment")
}

fn issue() -> IssueAt {
    IssueAt {
        repository: "containerd/containerd".into(),
        number: 12814,
    }
}

fn asked(user: &str) -> Asked {
    Asked {
        user: user.into(),
        channel: ChannelAt::new("kubernetes", "C1"),
        at_ms: noon().timestamp_millis(),
    }
}

fn comment(name: &str, user: &str) -> NewEffect {
    let effect = Effect::Comment {
        issue: issue(),
        kep: number(5825),
        body: "Merged.".to_owned(),
        of: None,
        asked: asked(user),
    };
    let key = Key::of(["comment", name]);
    NewEffect::now(key.clone(), Lane::Later(key), effect)
}

/// Settles what is leased next, with a record of it.
async fn settle(store: &SqliteStore, outcome: Outcome, url: Option<&str>) {
    let now = noon() + TimeDelta::seconds(2);
    let leased = store.lease(now, now + TimeDelta::minutes(2), &[], 1).await;
    let leased = leased.expect("the store").pop().expect("an effect");
    let Effect::Comment { asked, .. } = &leased.effect else {
        panic!("a comment: {leased:?}");
    };
    let outcome_words = match &outcome {
        Outcome::Dead { why } => why.clone(),
        _ => url.unwrap_or("done").to_owned(),
    };
    let settled = Settled {
        written: url.map(|url| Written::Comment {
            at: CommentAt {
                issue: issue(),
                id: 7,
            },
            url: url.into(),
        }),
        record: Some(Record {
            at: now,
            asked: Some(asked.clone()),
            what: leased.effect.name().into(),
            on: issue().to_string().into(),
            outcome: outcome_words,
        }),
        ..Settled::default()
    };
    let counts = store.settle(now, &leased, &outcome, &settled).await;
    assert!(counts.expect("the store"));
}

/// A folder with a store in which one comment was written, one was given up and one waits.
async fn busy() -> Folder {
    let folder = Folder::new();
    folder.file("kep-liaison.toml", SETTINGS);
    let place = folder.path().join("kep-liaison.db");
    let store = SqliteStore::open(place, Mode::Write)
        .await
        .expect("a store");
    let effects = [comment("a", "U1"), comment("b", "U2"), comment("c", "U1")];
    let accepted = store.accept(noon(), Cause::Came("Ev1"), &effects).await;
    assert!(accepted.expect("the store"));
    let page = "https://github.com/containerd/containerd/issues/12814#issuecomment-7";
    settle(&store, Outcome::Done, Some(page)).await;
    let why = "GitHub forbids it (403): the issue is locked".to_owned();
    settle(&store, Outcome::Dead { why }, None).await;
    store.close().await;
    folder
}

const NOW: [&str; 2] = ["--now", "2026-07-06T13:00:00Z"];

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_what_was_written() {
    let folder = busy().await;
    let audit = |more: &[&str]| {
        let words = [&["audit"][..], &NOW, more].concat();
        folder.run(&words).answer()
    };
    insta::assert_snapshot!(audit(&[]));
    insta::assert_snapshot!(audit(&["--format", "json"]));
    assert_eq!(audit(&["--since", "2026-07-06"]), audit(&[]));
    let later = ["--since", "2026-07-06T12:00:03Z"];
    insta::assert_snapshot!(audit(&later), @"Nothing was written to GitHub in this time.");
    assert_eq!(audit(&[&later[..], &["--format", "json"]].concat()), "[]\n");
    let said = folder.run(&["audit", "--since", "yesterday"]).complaint(2);
    assert!(said.contains("want a day such as"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_tried_again() {
    let folder = busy().await;
    let outbox = |more: &[&str]| {
        let words = [&["outbox"][..], &NOW, more].concat();
        folder.run(&words).answer()
    };
    insta::assert_snapshot!(outbox(&[]));
    assert_eq!(outbox(&["list"]), outbox(&[]));
    let none = folder.run(&["outbox", "retry", "3"]).complaint(1);
    insta::assert_snapshot!(none, @"There is no 3 that was given up; kep-liaison outbox lists them.");
    insta::assert_snapshot!(outbox(&["retry", "2"]), @"2 is tried again.");
    insta::assert_snapshot!(outbox(&["retry", "all"]), @"Nothing was given up.");
    insta::assert_snapshot!(outbox(&[]), @"
    2 wait to be written, the oldest since 6 Jul 12:00 UTC.
    Nothing was given up.
    ");
    let said = folder.run(&["outbox", "retry", "some"]).complaint(2);
    assert!(
        said.contains("want a number from the list, or all"),
        "{said}"
    );
}

#[test]
fn without_a_store_there_is_nothing_and_none_is_made() {
    let settings = "--config /etc/kep-liaison/kep-liaison.toml";
    for (words, what) in [
        (&["audit"][..], "there is nothing to list"),
        (&["outbox"], "there is nothing to list"),
        (&["outbox", "retry", "17"], "nothing can be tried again"),
        (&["outbox", "retry", "all"], "nothing can be tried again"),
    ] {
        let folder = Folder::new();
        let store = folder.path().join("kep-liaison.db");
        let why = format!("There is no store at kep-liaison.db, so {what}. ");
        let said = folder.run(words).complaint(1);
        assert_eq!(
            said,
            format!("{why}Name the bot's settings with {settings}\n")
        );
        assert!(!store.exists());
        // Whoever names them already is not told to.
        let config = folder.file("settings.toml", SETTINGS);
        let named = [words, &["--config", config.to_str().expect("UTF-8")]].concat();
        let said = folder.run(&named).complaint(1);
        assert_eq!(said, format!("{why}The bot makes it when it starts.\n"));
        // An empty file is no store either, and stays as it is.
        folder.file("kep-liaison.db", "");
        assert!(folder.run(words).complaint(1).starts_with(&why));
        assert_eq!(store.metadata().expect("the file").len(), 0);
    }
}

#[tokio::test]
async fn words_are_forgotten_when_they_are_old() {
    let clock = ManualClock::at(noon());
    let store = SqliteStore::open(":memory:", Mode::Write).await;
    let store = Arc::new(store.expect("a store"));
    let effects = [comment("a", "U1")];
    let accepted = store.accept(noon(), Cause::Came("Ev1"), &effects).await;
    assert!(accepted.expect("the store"));
    settle(&store, Outcome::Done, Some("https://github.com/")).await;
    let forget = Forget {
        outbox: store.clone(),
        clock: Arc::new(clock.clone()),
        keep: TimeDelta::days(30),
    };
    let forgetting = tokio::spawn(forget.run());
    let asleep = async || {
        let asleep = async {
            while clock
                .next_wake()
                .is_none_or(|wake| wake <= kep_liaison::ports::Clock::now(&clock))
            {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(10), asleep).await;
        waited.expect("a pause");
    };
    let queued = async || {
        let queued = store.queued(&effects[0].key).await;
        queued.expect("the store").is_some()
    };
    for _ in 0..30 {
        asleep().await;
        assert!(queued().await);
        clock.advance(Duration::from_hours(24));
    }
    asleep().await;
    clock.advance(Duration::from_hours(24));
    asleep().await;
    assert!(!queued().await);
    let records = store.records(noon()).await.expect("the store");
    assert_eq!(records.len(), 1, "the record stays");
    forgetting.abort();
}
