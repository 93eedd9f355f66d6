//! What changed when, how the board stood on past days, small values, and what is not kept forever.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kep_liaison::{
    domain::{
        CommentKind, KepNumber, Login,
        bridge::ChannelAt,
        digest::{Often, Subscription},
        following::{Follower, Followers},
        link::Link,
    },
    ports::{
        Store,
        store::{Feed, Position, Version},
    },
};

use super::{Place, REPO, at, change, comment, file, revision, tell};

async fn tell_at(store: &dyn Store, seconds: i64, titles: &[&str]) {
    let changes: Vec<_> = titles.iter().map(|title| change(9001, title)).collect();
    let files = [file("a", &format!("{seconds} {titles:?}"))];
    store.put_files(&files).await.unwrap();
    let revision = revision(store).await;
    assert!(
        store
            .tell(at(seconds), revision, &changes, &[])
            .await
            .unwrap()
    );
}

async fn titles(store: &dyn Store, since: DateTime<Utc>) -> Vec<String> {
    let changes = store.changes(since).await.unwrap();
    let titles = changes.into_iter().map(|told| match told.change.what {
        kep_liaison::domain::change::What::IssueTitle(_, title) => title.into(),
        other => panic!("{other:?}"),
    });
    titles.collect()
}

pub(super) async fn changes_by_time(place: &dyn Place) {
    let store = &*place.open().await;
    tell_at(store, 20, &["b", "c"]).await;
    tell_at(store, 10, &["a"]).await;
    tell_at(store, 20, &["d"]).await;
    assert_eq!(titles(store, at(0)).await, ["a", "b", "c", "d"]);
    assert_eq!(titles(store, at(20)).await, ["b", "c", "d"]);
    assert!(titles(store, at(21)).await.is_empty());
    assert_eq!(titles(store, DateTime::<Utc>::MIN_UTC).await.len(), 4);
    assert!(titles(store, DateTime::<Utc>::MAX_UTC).await.is_empty());
}

pub(super) async fn changes_by_number(place: &dyn Place) {
    let store = &*place.open_both().await;
    assert_eq!(store.changes_after(0).await.unwrap(), []);
    tell_at(store, 20, &["a", "b"]).await;
    // By the clock it comes before them.
    tell_at(store, 10, &["c"]).await;
    let all = store.changes_after(0).await.unwrap();
    let expected = ["a", "b", "c"].map(|title| change(9001, title));
    let changes: Vec<_> = all.iter().map(|(_, change)| change.clone()).collect();
    assert_eq!(changes, expected);
    assert!(all.is_sorted_by(|(one, _), (other, _)| one < other));
    for (nth, (id, _)) in all.iter().enumerate() {
        let after = store.changes_after(*id).await.unwrap();
        assert_eq!(after, all[nth + 1..]);
    }
    let last = all.last().map(|(id, _)| *id);
    assert_eq!(Some(store.latest().await.unwrap().change), last);
    // A number is never given again.
    store.prune(at(-1_000_000), at(1_000)).await.unwrap();
    tell_at(store, 2_000, &["d"]).await;
    let after = store.changes_after(last.unwrap()).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].1, change(9001, "d"));
}

pub(super) async fn changes_stay_as_they_are(place: &dyn Place) {
    let store = &*place.open().await;
    let precise = at(0) + TimeDelta::milliseconds(123);
    store.put_files(&[file("a", "1")]).await.unwrap();
    let changes = [change(9001, "a \0 'strange' 🎉 \"title\""), change(2, "")];
    let revision = revision(store).await;
    assert!(store.tell(precise, revision, &changes, &[]).await.unwrap());
    let found = store.changes(precise).await.unwrap();
    assert!(found.iter().all(|told| told.at == precise));
    let found: Vec<_> = found.into_iter().map(|told| told.change).collect();
    assert_eq!(found, changes);
    let later = precise + TimeDelta::milliseconds(1);
    assert!(store.changes(later).await.unwrap().is_empty());
}

pub(super) async fn the_last_of_a_day(place: &dyn Place) {
    let store = &*place.open().await;
    let day = |seconds| at(seconds).date_naive();
    store.synced(at(0), Some("morning")).await.unwrap();
    store.synced(at(60), Some("noon")).await.unwrap();
    store.synced(at(90), None).await.unwrap();
    let facts = store.facts(Version::Now).await.unwrap();
    assert_eq!(facts.synced_at, Some(at(90)));
    assert_eq!(facts.revision, 0);
    let week = 7 * 24 * 3600;
    store.synced(at(week), Some("later")).await.unwrap();
    let precise = at(-week) + TimeDelta::milliseconds(7);
    store.synced(precise, Some("earlier")).await.unwrap();
    // What is filled in leaves what is known, and gives way to what becomes known.
    for (days, summary) in [
        (-week, "filled"),
        (-2 * week, "filled"),
        (-2 * week, "again"),
    ] {
        store.fill_day(day(days), summary).await.unwrap();
    }
    store.fill_day(day(2 * week), "filled").await.unwrap();
    store.synced(at(2 * week), Some("latest")).await.unwrap();
    store.synced(precise, None).await.unwrap();
    let facts = store.facts(Version::Told).await.unwrap();
    assert_eq!(facts.synced_at, Some(precise));
    let expected = [
        (day(-2 * week), "filled".to_owned()),
        (day(-week), "earlier".to_owned()),
        (day(0), "noon".to_owned()),
        (day(week), "later".to_owned()),
        (day(2 * week), "latest".to_owned()),
    ];
    assert_eq!(store.days(NaiveDate::MIN).await.unwrap(), expected);
    assert_eq!(store.days(day(0)).await.unwrap(), expected[2..]);
    assert!(store.days(NaiveDate::MAX).await.unwrap().is_empty());
}

pub(super) async fn notes(place: &dyn Place) {
    let store = &*place.open().await;
    assert_eq!(store.note("a").await.unwrap(), None);
    for value in ["1", "", "it's \"2\""] {
        store.set_note("a", value).await.unwrap();
        assert_eq!(store.note("a").await.unwrap().as_deref(), Some(value));
    }
    assert_eq!(store.note("A").await.unwrap(), None);
}

pub(super) async fn subscriptions(place: &dyn Place) {
    let store = &*place.open().await;
    assert_eq!(store.subscriptions().await.unwrap(), []);
    for (workspace, user, often) in [
        ("kubernetes", "U2", Some(Often::Weekly)),
        ("kubernetes", "U1", Some(Often::Weekly)),
        ("cncf", "U1", Some(Often::Daily)),
        ("kubernetes", "U1", Some(Often::Daily)),
        ("kubernetes", "U2", None),
        ("kubernetes", "U3", None),
    ] {
        store.subscribe(workspace, user, often).await.unwrap();
    }
    let daily = |workspace: &str| Subscription {
        workspace: workspace.into(),
        user: "U1".into(),
        often: Often::Daily,
    };
    let expected = [daily("cncf"), daily("kubernetes")];
    assert_eq!(store.subscriptions().await.unwrap(), expected);
}

pub(super) async fn links(place: &dyn Place) {
    let store = &*place.open().await;
    assert_eq!(store.links().await.unwrap(), []);
    let link = |workspace: &str, user: &str, login: &str, github_id, seconds| Link {
        workspace: workspace.into(),
        user: user.into(),
        login: Login::parse(login).unwrap(),
        github_id,
        at: at(seconds),
    };
    let put = async |one: &Link| store.link(one).await.unwrap();
    put(&link("kubernetes", "U1", "shepherd", 1, 1)).await;
    put(&link("cncf", "U1", "Shepherd", 1, 2)).await;
    put(&link("kubernetes", "U2", "liaison", u64::MAX, 3)).await;
    // Another login of the same account: it is the same person everywhere.
    put(&link("kubernetes", "U1", "renamed", 1, 4)).await;
    let expected = [
        link("cncf", "U1", "renamed", 1, 2),
        link("kubernetes", "U2", "liaison", u64::MAX, 3),
        link("kubernetes", "U1", "renamed", 1, 4),
    ];
    assert_eq!(store.links().await.unwrap(), expected);
    // Another member of a workspace, another account by a login that was given up.
    put(&link("kubernetes", "U3", "renamed", 1, 5)).await;
    put(&link("kubernetes", "U4", "Liaison", 2, 6)).await;
    let expected = [
        link("cncf", "U1", "renamed", 1, 2),
        link("kubernetes", "U3", "renamed", 1, 5),
        link("kubernetes", "U4", "Liaison", 2, 6),
    ];
    assert_eq!(store.links().await.unwrap(), expected);
    for user in ["U3", "U3", "U9"] {
        store.unlink("kubernetes", user).await.unwrap();
    }
    let left = store.links().await.unwrap();
    assert_eq!(left, [expected[0].clone(), expected[2].clone()]);
    // Two take each other's logins at once.
    let login = |login| Login::parse(login);
    let now = [(1, login("Liaison")), (2, login("renamed"))];
    store.set_logins(&now).await.unwrap();
    let left = store.links().await.unwrap();
    let logins: Vec<&str> = left.iter().map(|link| link.login.as_str()).collect();
    assert_eq!(logins, ["Liaison", "renamed"]);
    // One is gone, and of another nobody knows.
    store
        .set_logins(&[(1, None), (9, login("x"))])
        .await
        .unwrap();
    assert_eq!(store.links().await.unwrap(), left[1..]);
}

pub(super) async fn followers(place: &dyn Place) {
    let store = &*place.open().await;
    let kep = |number| KepNumber::new(number).unwrap();
    let member = Follower::Member(ChannelAt::new("kubernetes", "U1"));
    let elsewhere = Follower::Member(ChannelAt::new("cncf", "U1"));
    let channel = Follower::Channel(ChannelAt::new("kubernetes", "C1"));
    for (follower, number, follows) in [
        (&member, 5825, true),
        (&channel, 5825, true),
        (&member, 4680, true),
        (&member, 4680, true),
        (&elsewhere, 4680, true),
        (&member, 5825, false),
        (&member, 5825, false),
    ] {
        store.follow(follower, kep(number), follows).await.unwrap();
    }
    let found = store.followers().await.unwrap();
    let expected = [
        (elsewhere.clone(), kep(4680)),
        (member.clone(), kep(4680)),
        (channel.clone(), kep(5825)),
    ];
    assert_eq!(found, expected);
    let followers: Followers = found.into_iter().collect();
    let of: Vec<_> = followers.of(kep(4680)).collect();
    assert_eq!(of, [&elsewhere, &member]);
    assert!(followers.of(kep(1)).next().is_none());
    assert_eq!(followers.keps(&member).collect::<Vec<_>>(), [kep(4680)]);
    assert!(followers.has(&channel, kep(5825)) && !followers.has(&member, kep(5825)));
}

pub(super) async fn pruning_comments(place: &dyn Place) {
    let store = &*place.open().await;
    let mut said = [1, 2, 3].map(|id| {
        let seconds = 10 * i64::try_from(id).unwrap();
        comment(CommentKind::Issue, id, 7, seconds, "text")
    });
    // Said long ago and edited since.
    said[0].updated_at = at(20);
    let position = Position {
        since: Some(at(30)),
        ..Position::default()
    };
    let feed = Some((CommentKind::Issue, &position));
    store.put_comments(REPO, &said, feed).await.unwrap();
    tell_at(store, 0, &["stays"]).await;
    let long_ago = at(-1_000_000);
    let pruned = store.prune(at(20), long_ago).await.unwrap();
    assert_eq!(pruned, 0);
    let just_after = at(20) + TimeDelta::milliseconds(1);
    assert_eq!(store.prune(just_after, long_ago).await.unwrap(), 2);
    assert_eq!(store.comments(REPO, 7).await.unwrap(), said[2..]);
    // The text of an issue stays, however old it is.
    let text = [comment(CommentKind::Text, 8, 8, 0, "text")];
    store.put_comments(REPO, &text, None).await.unwrap();
    assert_eq!(store.prune(just_after, long_ago).await.unwrap(), 0);
    assert_eq!(store.comments(REPO, 8).await.unwrap(), text);
    let feed = Feed::Comments(CommentKind::Issue);
    assert_eq!(store.position(REPO, feed).await.unwrap(), position);
    assert_eq!(titles(store, long_ago).await, ["stays"]);
}

pub(super) async fn pruning_history(place: &dyn Place) {
    let store = &*place.open().await;
    let hour = 3600;
    store.put_files(&[file("a", "1")]).await.unwrap();
    for (at_hour, summary) in [(-48, "first"), (-24, "second"), (0, "third")] {
        tell_at(store, at_hour * hour, &[summary]).await;
        let synced = at(at_hour * hour);
        store.synced(synced, Some(summary)).await.unwrap();
    }
    let said = [comment(CommentKind::Issue, 1, 7, -72 * hour, "stays")];
    store.put_comments(REPO, &said, None).await.unwrap();
    let never = at(-1_000_000);
    // A change at the very moment stays, and so does the day that the moment is in.
    let pruned = store.prune(never, at(-24 * hour)).await.unwrap();
    assert_eq!(pruned, 2);
    assert_eq!(titles(store, never).await, ["second", "third"]);
    let days = store.days(NaiveDate::MIN).await.unwrap();
    assert_eq!(days.len(), 2);
    assert_eq!(days[0].1, "second");
    assert_eq!(store.prune(never, at(-24 * hour)).await.unwrap(), 0);
    assert_eq!(store.comments(REPO, 7).await.unwrap(), said);
    assert_eq!(store.facts(Version::Now).await.unwrap().files.len(), 1);
    let all = store.prune(DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!(all.await.unwrap(), 5);
    tell(store, &[]).await;
    assert_eq!(store.facts(Version::Told).await.unwrap().files.len(), 1);
}
