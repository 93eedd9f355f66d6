//! How people want to be told of things, whatever they are called.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kep_liaison::domain::{
    KepNumber, Login,
    bridge::ChannelAt,
    link::Link,
    notice::{Kind, Off, Preferences, Recipient, Wish},
};
use tokio::task::JoinSet;

use super::{Both, Place, at};

fn login(login: &str) -> Recipient {
    Recipient::Login(Login::parse(login).unwrap())
}

fn member(user: &str) -> Recipient {
    Recipient::Member(ChannelAt::new("kubernetes", user))
}

fn link(user: &str, login: &str, github_id: u64) -> Link {
    Link {
        workspace: "kubernetes".into(),
        user: user.into(),
        login: Login::parse(login).unwrap(),
        github_id,
        at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

pub(super) async fn the_newest_of_all_names(place: &dyn Place) {
    let store = place.open_both().await;
    let no_mentions = Wish::Kind(Kind::Mentions, false);
    let both = [login("shepherd"), member("U1")];
    assert_eq!(
        store.preferences(&both).await.unwrap(),
        Preferences::default()
    );
    store.wish(&both, &no_mentions, at(10)).await.unwrap();
    for name in &both {
        let alone = std::slice::from_ref(name);
        let found = store.preferences(alone).await.unwrap();
        assert!(found.without.contains(&Kind::Mentions), "{name}");
    }
    // Without their login for a while, they want something else.
    let off = Wish::Off(Some(Off::ForGood));
    store.wish(&both[1..], &off, at(20)).await.unwrap();
    let found = store.preferences(&both[..1]).await.unwrap();
    assert_eq!(found.off, None);
    let found = store.preferences(&both).await.unwrap();
    assert_eq!(found.off, Some(Off::ForGood));
    assert!(found.without.contains(&Kind::Mentions));
    // By a clock that was set back, and by a name in capitals.
    let now = store.wish(&both, &Wish::Off(None), at(0)).await.unwrap();
    let found = store
        .preferences(&[login("SHEPHERD"), member("U1")])
        .await
        .unwrap();
    assert_eq!(found, now);
    assert_eq!(found.off, None);
    // Others want nothing else by that.
    let other = store
        .preferences(&[login("liaison"), member("U2")])
        .await
        .unwrap();
    assert_eq!(other, Preferences::default());
}

pub(super) async fn two_wishes_at_once(place: &dyn Place) {
    let stores: [Arc<dyn Both>; 2] =
        [place.open_both().await, place.open_both().await].map(Arc::from);
    let mut tasks = JoinSet::new();
    for (number, store) in (1..=40).zip(stores.iter().cycle()) {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let wish = Wish::Mute(KepNumber::new(number).unwrap(), true);
            store.wish(&[member("U1")], &wish, at(0)).await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let found = stores[0].preferences(&[member("U1")]).await.unwrap();
    assert_eq!(found.muted.len(), 40);
}

pub(super) async fn a_login_that_changes_hands(place: &dyn Place) {
    let store = place.open_both().await;
    let off = Wish::Off(Some(Off::ForGood));
    let is_off = async |name: Recipient| {
        let found = store.preferences(&[name]).await.unwrap();
        found.off.is_some()
    };
    store.link(&link("U1", "shepherd", 1)).await.unwrap();
    let names = [login("shepherd"), member("U1")];
    store.wish(&names, &off, at(0)).await.unwrap();
    // Their account has another login: what they want stays theirs.
    store.link(&link("U1", "Herder", 1)).await.unwrap();
    assert!(!is_off(login("shepherd")).await && is_off(member("U1")).await);
    let names = [login("herder"), member("U1")];
    store.wish(&names, &off, at(1)).await.unwrap();
    // Another account has it: what the former one wanted does not.
    store.link(&link("U2", "herder", 2)).await.unwrap();
    assert!(!is_off(login("herder")).await && !is_off(member("U2")).await);
    assert!(is_off(member("U1")).await);
}

pub(super) async fn a_login_that_was_given_up(place: &dyn Place) {
    let store = place.open_both().await;
    let off = Wish::Off(Some(Off::ForGood));
    let is_off = async |name: Recipient| {
        let found = store.preferences(&[name]).await.unwrap();
        found.off.is_some()
    };
    // By unlinking, and by being another account from then on.
    for (user, github_id) in [("U1", 1), ("U2", 3)] {
        store
            .link(&link(user, "shepherd", github_id))
            .await
            .unwrap();
        let names = [login("shepherd"), member(user)];
        store.wish(&names, &off, at(0)).await.unwrap();
        if user == "U1" {
            store.unlink("kubernetes", user).await.unwrap();
        } else {
            store.link(&link(user, "other", 4)).await.unwrap();
            assert!(is_off(login("other")).await);
        }
        assert!(is_off(member(user)).await && !is_off(login("shepherd")).await);
    }
    store.link(&link("U3", "shepherd", 5)).await.unwrap();
    assert!(!is_off(login("shepherd")).await && !is_off(member("U3")).await);
}

pub(super) async fn who_turns_out_to_be_one(place: &dyn Place) {
    let store = place.open_both().await;
    store.link(&link("U1", "shepherd", 1)).await.unwrap();
    let first = [login("shepherd"), member("U1")];
    let off = Wish::Off(Some(Off::ForGood));
    store.wish(&first, &off, at(10)).await.unwrap();
    // Elsewhere they say something before they are known there.
    let kep = KepNumber::new(5825).unwrap();
    let there = Recipient::Member(ChannelAt::new("cncf", "U9"));
    let mute = Wish::Mute(kep, true);
    store
        .wish(std::slice::from_ref(&there), &mute, at(20))
        .await
        .unwrap();
    let linked = Link {
        workspace: "cncf".into(),
        ..link("U9", "shepherd", 1)
    };
    store.link(&linked).await.unwrap();
    let all = [login("shepherd"), member("U1"), there];
    let found = store.preferences(&all).await.unwrap();
    assert_eq!(found.off, Some(Off::ForGood));
    assert!(found.muted.contains(&kep));
}
