//! Who may have something stand on a tracking issue, and from where.

use super::{BOTH, OTHER, RELAY, Transport, bridged};

#[tokio::test]
async fn a_stranger_is_told_whom_to_ask() {
    let scene = bridged(Transport::Socket, "").await;
    let stranger = scene.person("stranger");
    let said = stranger.says(&scene.sig_node, "KEP-5825 is done!").await;
    stranger.reacts(&said, RELAY).await;
    let no = scene.whispers(&stranger).await;
    insta::assert_snapshot!(no);
    let typed = "/kep update 5825 done!";
    let shown = stranger.types(&scene.sig_node, typed).await;
    let shown = shown.words();
    insta::assert_snapshot!(shown);
    // They have it nowhere else.
    assert!(shown.ends_with("What you typed:\ndone!"), "{shown}");
    // Once a day is enough.
    stranger.unreacts(&said, RELAY).await;
    stranger.reacts(&said, RELAY).await;
    let other = stranger.says(&scene.sig_node, "KEP-4680 is done!").await;
    stranger.reacts(&other, RELAY).await;
    scene.rest().await;
    assert!(scene.comments().is_empty());
    // Somebody who may can still have it there.
    scene.sam.reacts(&said, RELAY).await;
    scene.commented("done!").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn a_shepherd_speaks_for_their_own_keps() {
    let scene = bridged(Transport::Socket, "").await;
    let shepherd = scene.person("shepherd");
    let said = shepherd.says(&scene.sig_node, "KEP-5825 is done.").await;
    shepherd.reacts(&said, RELAY).await;
    let no = scene.whispers(&shepherd).await;
    assert!(no.contains("its shepherds (samuelkarp)"), "{no}");
    let own = shepherd.says(&scene.sig_node, "KEP-4680 is done.").await;
    shepherd.reacts(&own, RELAY).await;
    scene.hears().await;
    assert_eq!(scene.containerd().comments_on(OTHER).len(), 1);
    assert!(scene.comments().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_liaison_speaks_for_every_kep() {
    let scene = bridged(Transport::Socket, "").await;
    let liaison = scene.person("liaison");
    for kep in ["5825", "4680"] {
        let typed = format!("/kep update {kep} merged");
        let shown = liaison.types(&scene.sig_node, &typed).await;
        assert!(shown.words().contains("On its way"), "{}", shown.words());
    }
    let said = scene.all_said().await;
    assert_eq!(said.len(), 6, "{said:?}");
    assert_eq!(scene.comments().len(), 1);
    assert_eq!(scene.containerd().comments_on(OTHER).len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn nothing_goes_from_a_channel_that_was_not_meant_to() {
    let scene = bridged(Transport::Socket, "").await;
    let general = scene.workspace.channel("general");
    let general = general.with(&[&scene.sam]);
    let said = scene.sam.says(&general, "KEP-5825 is done.").await;
    scene.sam.reacts(&said, RELAY).await;
    scene.rest().await;
    scene.sam.shortcut("relay", &said).await;
    let is_open = |_: &_| scene.sam.modal().is_some();
    scene.workspace.until("a dialog", is_open).await;
    let dialog = scene.sam.modal().expect("it is open");
    let no = dialog.json["blocks"][0]["text"]["text"].as_str();
    let no = no.unwrap_or_default();
    assert!(no.starts_with("Nothing goes from this channel"), "{no}");
    assert!(dialog.json["submit"].is_null());
    assert!(scene.comments().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn the_dialog_tells_at_once_who_may_not() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let said = scene.sam.says(&scene.sig_node, "KEP-5825 is done.").await;
        let stranger = scene.person("stranger");
        stranger.shortcut("relay", &said).await;
        let is_open = |_: &_| stranger.modal().is_some();
        scene.workspace.until("a dialog", is_open).await;
        let dialog = stranger.modal().expect("it is open");
        assert!(dialog.json["submit"].is_null());
        let no = dialog.json["blocks"][0]["text"]["text"].as_str();
        let no = no.unwrap_or_default().replace(stranger.id(), "UXXX");
        insta::allow_duplicates! {
            insta::assert_snapshot!(no);
        }
        scene.end().await;
    }
}

#[tokio::test]
async fn what_the_bot_says_is_not_relayed() {
    let scene = bridged(Transport::Socket, "replies = \"all\"").await;
    let root = scene.thread().await;
    scene.sam.reacts(&root, RELAY).await;
    let no = scene.whispers(&scene.sam).await;
    assert!(no.contains("is mine"), "{no}");
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}
