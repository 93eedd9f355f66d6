//! Whoever follows a KEP hears of it: members, also those who are known by no login, and channels.

use chrono::TimeDelta;
use kep_liaison::{ports::Clock as _, sandbox::slack::Person};

use super::{begun, shown};
use crate::scenarios::{
    Scene, Transport,
    bridge::{ISSUE, OTHER, unstarted},
};

#[tokio::test]
async fn a_member_hears_of_what_they_follow() {
    let scene = begun().await;
    let stranger = scene.person("stranger");
    stranger.types(&scene.sig_node, "/kep follow 5825").await;
    scene.answers(&scene.sam, "/kep notify off").await;
    // Nobody knows their login, so no mention is theirs.
    scene.comments_on_it("author", "@stranger, look.").await;
    scene.nobody_is_told().await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    let told = scene.told_once(&stranger).await;
    insta::assert_snapshot!(shown(&told));
    stranger.types(&scene.sig_node, "/kep unfollow 5825").await;
    scene.pushes("stage: alpha", "stage: alpha");
    scene.poll().await;
    // It went back, which the channel hears of, and they do not.
    let said = scene.all_said().await;
    assert!(said.iter().all(|said| said.channel == scene.sig_node.id()));
    scene.end().await;
}

#[tokio::test]
async fn a_channel_hears_of_what_it_follows_and_of_nothing_else() {
    let mut scene = unstarted(Transport::Socket, "").await;
    let other = scene
        .workspace
        .channel("node-features")
        .with(&[&scene.mike]);
    scene.mike.invites_bot(&other).await;
    let section = format!(
        "[[channels]]\nworkspace = \"kubernetes\"\nid = \"{}\"\nbridge = \"off\"\n",
        other.id()
    );
    scene.settings.push_str(&section);
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene.mike.types(&other, "/kep follow 5825 here").await;
    scene
        .containerd()
        .comment("samuelkarp", 2, "Of another KEP.");
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    let said = scene.workspace.unseen();
    let there: Vec<_> = said
        .iter()
        .filter(|said| said.channel == other.id())
        .collect();
    assert_eq!(there.len(), 2);
    assert!(there[1].words().contains("stage alpha → beta"));
    other.look_at_all();
    scene.all_said().await;
    scene.end().await;
}

#[tokio::test]
async fn many_followers_are_told_in_their_turn_and_hold_up_nobody() {
    follow(120).await;
}

#[tokio::test]
async fn a_thousand_followers_are_told_in_their_turn_and_hold_up_nobody() {
    follow(1_000).await;
}

#[tokio::test]
async fn the_followers_of_two_keps_take_turns() {
    let scene = begun().await;
    let first = followers(&scene, "first", 90, 5825).await;
    let second = followers(&scene, "second", 90, 4680).await;
    scene.answers(&scene.sam, "/kep notify changes off").await;
    scene
        .answers(&scene.person("shepherd"), "/kep notify changes off")
        .await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.next_poll().await;
    let told = || scene.workspace.many_unseen();
    scene.until("the first", || told() > 10).await;
    scene.containerd().close(OTHER, "completed");
    scene.deliver().await;
    for nth in (20..180).step_by(10) {
        scene.until("the others", || told() >= nth).await;
    }
    let hears = |person: &Person| !person.direct_messages().is_empty();
    let all = || first.iter().chain(&second).all(hears);
    scene.until("the last", all).await;
    each_was_told_once(&first);
    each_was_told_once(&second);
    scene.all_said().await;
    scene.end().await;
}

/// People who follow a KEP.
async fn followers(scene: &Scene, name: &str, many: usize, kep: u32) -> Vec<Person> {
    let people: Vec<_> = (0..many)
        .map(|nth| scene.person(&format!("{name}-{nth}")))
        .collect();
    for person in &people {
        let typed = format!("/kep follow {kep}");
        person.types(&scene.sig_node, &typed).await;
    }
    people
}

fn each_was_told_once(people: &[Person]) {
    for person in people {
        assert_eq!(person.direct_messages().len(), 1, "{}", person.name());
        person.direct().look_at_all();
    }
}

/// So many follow one KEP, which moves.
async fn follow(many: usize) {
    let scene = begun().await;
    let followers = followers(&scene, "follower", many, 5825).await;
    scene.answers(&scene.sam, "/kep notify changes off").await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.next_poll().await;
    let began = scene.clock.now();
    // To look at each message each time would take minutes.
    let told = || scene.workspace.many_unseen();
    scene.until("the first", || told() >= 5).await;
    assert!(told() < 50, "{}", told());
    // Whoever is told of something else meanwhile does not wait for them.
    scene
        .containerd()
        .comment("author", ISSUE, "@samuelkarp, look.");
    let mentioned = scene.clock.now();
    scene.deliver().await;
    scene
        .until("a word to Sam", || !scene.sam.direct_messages().is_empty())
        .await;
    assert!(scene.clock.now() - mentioned < TimeDelta::seconds(10));
    assert!(told() < 100, "{}", told());
    for nth in (20..=many).step_by(10) {
        scene.until("the others", || told() > nth).await;
    }
    scene.rest().await;
    assert_eq!(told(), many + 1);
    // A thousand turns take 33 minutes, and the clock leaps over some.
    assert!(scene.clock.now() - began < TimeDelta::minutes(60));
    each_was_told_once(&followers);
    scene.sam.direct().look_at_all();
    // The end sees that Slack had nothing to refuse.
    scene.end().await;
}
