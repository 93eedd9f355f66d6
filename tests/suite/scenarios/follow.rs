//! Which KEPs people and channels follow: set by a command, kept over a restart, and shown at home.

use kep_liaison::sandbox::slack::Person;

use super::{Scene, Transport};
use crate::desk::phone::phone;

/// A bot that serves `#sig-node`.
async fn serving(transport: Transport) -> Scene {
    let mut scene = Scene::before_start(transport).await;
    let channel = format!("[[channels]]\nid = \"{}\"\n", scene.sig_node.id());
    scene.settings.push_str(&channel);
    scene.start().await;
    scene.synced().await;
    scene
}

impl Scene {
    /// The home of somebody, as a phone shows it.
    async fn home_of(&self, person: &Person) -> String {
        person.opens_home().await;
        self.until("a home", || person.home().is_some()).await;
        let view = person.home().expect("a home");
        phone(&serde_json::json!({ "blocks": view.blocks }))
    }
}

#[tokio::test]
async fn a_member_follows_and_no_more() {
    let mut scene = serving(Transport::Http).await;
    let (sam, mike) = (scene.sam.clone(), scene.mike.clone());
    let told = scene.is_answered(&sam, "/kep follow").await;
    assert_eq!(
        told,
        "You follow no KEP. Type /kep follow 5825 for what changes of it, by direct message; for those you own or shepherd you need not."
    );
    let told = scene.is_answered(&sam, "/kep follow KEP-4680").await;
    assert_eq!(
        told,
        "You follow KEP-4680 (Add Resource Health Status to the Pod Status for Device Plugin and DRA) from now on: what changes of it comes to you by direct message. /kep unfollow 4680 ends it."
    );
    assert_eq!(
        scene.is_answered(&sam, "/kep follow 4680").await,
        "You follow KEP-4680 already."
    );
    // Nobody needs a login for that.
    let id = mike.id();
    let told = scene.is_answered(&mike, "/kep follow 5825").await;
    assert_eq!(
        told,
        format!(
            "You follow KEP-5825 (CRI List Streaming) from now on: what changes of it comes to you by direct message. /kep unfollow 5825 ends it. Who mentions you there I can tell you only once I know who you are on GitHub: ask whoever runs this bot to add you, with your login and your Slack member id {id}."
        )
    );
    let home = scene.home_of(&mike).await;
    assert!(
        home.contains("I do not know who you are on GitHub"),
        "{home}"
    );
    assert!(home.contains("You follow 1 KEP"), "{home}");
    assert!(home.contains("CRI List Streaming"), "{home}");
    scene.is_answered(&sam, "/kep follow 5825").await;
    scene.stop().await;
    scene.start().await;
    let told = scene.is_answered(&sam, "/kep follow").await;
    assert_eq!(
        told,
        "You follow, by direct message:\nKEP-4680 (Add Resource Health Status to the Pod Status for Device Plugin and DRA)\nKEP-5825 (CRI List Streaming)"
    );
    insta::assert_snapshot!(scene.home_of(&sam).await);
    scene.is_answered(&sam, "/kep notify mute 4680").await;
    assert_eq!(
        scene.is_answered(&sam, "/kep follow 4680").await,
        "You follow KEP-4680 already. You muted it, so you hear nothing of it until you type /kep notify unmute 4680."
    );
    assert_eq!(
        scene.is_answered(&sam, "/kep unfollow 4680").await,
        "You follow KEP-4680 no more."
    );
    assert_eq!(
        scene.is_answered(&sam, "/kep unfollow 4680").await,
        "You do not follow KEP-4680, so there is nothing to end."
    );
    // Neither is one that there is not.
    assert_eq!(
        scene.is_answered(&sam, "/kep unfollow 9999").await,
        "You do not follow KEP-9999, so there is nothing to end."
    );
    assert_eq!(
        scene.is_answered(&sam, "/kep follow 9999").await,
        "I know no KEP-9999, so there is nothing to follow. /kep list and a word of its title finds its number."
    );
    scene.end().await;
}

#[tokio::test]
async fn a_channel_follows_where_the_bot_is_set_up() {
    let scene = serving(Transport::Socket).await;
    let sam = scene.sam.clone();
    let told = scene.is_answered(&sam, "/kep follow 5825 here").await;
    assert_eq!(
        told,
        "This channel follows KEP-5825 (CRI List Streaming) from now on: what changes of it is told here. /kep unfollow 5825 here ends it."
    );
    assert_eq!(
        scene
            .is_answered(&scene.mike, "/kep follow here 5825")
            .await,
        "Type /kep follow 5825 for what changes of a KEP by direct message, /kep follow 5825 here for the same in this channel, and unfollow for no more of it. /kep follow lists what you follow."
    );
    assert_eq!(
        scene
            .is_answered(&scene.mike, "/kep follow 5825 here")
            .await,
        "This channel follows KEP-5825 already."
    );
    let told = scene.is_answered(&sam, "/kep follow").await;
    assert!(
        told.ends_with("\nThis channel follows:\nKEP-5825 (CRI List Streaming)"),
        "{told}"
    );
    assert_eq!(
        scene.is_answered(&sam, "/kep unfollow 5825").await,
        "You do not follow KEP-5825, so there is nothing to end."
    );
    assert_eq!(
        scene.is_answered(&sam, "/kep unfollow 5825 here").await,
        "This channel follows KEP-5825 no more."
    );
    // Elsewhere it is told what to do.
    let elsewhere = scene.workspace.channel("elsewhere").with(&[&sam]);
    let told = sam.types(&elsewhere, "/kep follow 5825 here").await.words();
    assert_eq!(
        told,
        "This channel is none of those that I serve, so nothing can be followed here: whoever runs me adds it to the settings, under [[channels]]. Without the word here I tell you alone."
    );
    let told = sam.types(&elsewhere, "/kep follow 5825").await.words();
    assert!(told.starts_with("You follow KEP-5825"), "{told}");
    scene.end().await;
}
