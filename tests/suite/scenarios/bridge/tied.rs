//! Threads that grew by themselves, and are tied to a KEP.

use kep_liaison::sandbox::slack::Workspace;

use std::time::Duration;

use super::{BOTH, RELAY, Transport, bridged};

const TIE: &str = "Tie the whole thread to this KEP";

#[tokio::test]
async fn replies_in_a_tied_thread_go_where_all_go() {
    for transport in BOTH {
        let scene = bridged(transport, "replies = \"all\"").await;
        let root = scene.mike.says(&scene.sig_node, "When is it in?").await;
        let first = scene.sam.replies(&root, "It is merged.").await;
        scene
            .relays(&scene.sam, &first, &[("KEP", "5825"), ("Thread", TIE)])
            .await;
        scene.commented("It is merged.").await;
        let story = scene.story().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(story);
        }

        scene.sam.replies(&root, "It ships in 2.4.").await;
        scene.commented("ships in 2.4").await;
        let receipt = scene.hears().await.words();
        assert!(!receipt.contains("tied"), "{receipt}");
        // What others write there is talk.
        scene.person("stranger").replies(&root, "Great!").await;
        scene.rest().await;
        assert_eq!(scene.comments().len(), 2);
        // Its news has a thread of its own.
        scene.thread().await;
        scene.end().await;
    }
}

#[tokio::test]
async fn what_was_said_before_a_thread_was_tied_goes_nowhere() {
    for transport in BOTH {
        let mut scene = bridged(transport, "replies = \"all\"").await;
        let root = scene.mike.says(&scene.sig_node, "When is it in?").await;
        scene.sam.replies(&root, "I ask around.").await;
        scene.pass(Duration::from_mins(1)).await;
        let answer = scene.sam.replies(&root, "It is merged.").await;
        let values = [("KEP", "5825"), ("Thread", TIE)];
        scene.relays(&scene.sam, &answer, &values).await;
        scene.commented("It is merged.").await;
        scene.hears().await;
        scene.pass(Duration::from_mins(1)).await;
        scene.goes_away().await;
        scene.sam.replies(&root, "It ships in 2.4.").await;
        scene.starts_again().await;
        scene.commented("ships in 2.4").await;
        scene.hears().await;
        scene.misses_nothing().await;
        assert_eq!(scene.comments().len(), 2, "{:#?}", scene.comments());
        scene.sig_node.look_at_all();
        scene.end().await;
    }
}

#[tokio::test]
async fn a_reply_in_a_tied_thread_need_not_name_the_kep() {
    let scene = bridged(Transport::Socket, "").await;
    let root = scene.mike.says(&scene.sig_node, "When is it in?").await;
    let reply = scene.sam.replies(&root, "Next week.").await;
    scene.sam.reacts(&reply, RELAY).await;
    let no = scene.whispers(&scene.sam).await;
    assert!(no.starts_with("I see no KEP in that message."), "{no}");

    scene
        .relays(&scene.sam, &root, &[("KEP", "5825"), ("Thread", TIE)])
        .await;
    scene.commented("When is it in?").await;
    scene.hears().await;
    let later = scene.sam.replies(&root, "It is merged.").await;
    scene.sam.reacts(&later, RELAY).await;
    scene.commented("It is merged.").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn a_thread_is_tied_to_another_kep_or_to_none_by_the_same_dialog() {
    let scene = bridged(Transport::Http, "").await;
    let liaison = scene.person("liaison");
    let root = liaison.says(&scene.sig_node, "It is in.").await;
    scene
        .relays(&liaison, &root, &[("KEP", "5825"), ("Thread", TIE)])
        .await;
    scene.commented("It is in.").await;
    scene.hears().await;

    liaison.shortcut("relay", &root).await;
    let is_open = |_: &Workspace| liaison.modal().is_some();
    scene.workspace.until("a dialog", is_open).await;
    let dialog = liaison.modal().expect("it is open");
    let values = &dialog.json["state"]["values"];
    assert_eq!(values["kep"]["kep"]["value"], "5825");
    assert_eq!(values["tie"]["tie"]["selected_options"][0]["value"], "tie");
    liaison.submits(&dialog, &[("KEP", "4680")]).await;
    scene.hears().await;
    let reply = liaison.replies(&root, "It ships in 2.4.").await;
    liaison.reacts(&reply, RELAY).await;
    scene.hears().await;
    assert_eq!(scene.comments().len(), 1);
    let others = scene.containerd().comments_on(super::OTHER);
    assert!(others[1].contains("ships in 2.4"), "{others:?}");

    // It stands on both issues already; that it is tied no more is all that is new.
    scene
        .relays(&liaison, &root, &[("KEP", "4680"), ("Thread", "")])
        .await;
    let said = scene.whispers(&liaison).await;
    assert_eq!(
        said,
        "That stands on the tracking issue of KEP-4680 already."
    );
    let reply = liaison.replies(&root, "It is documented.").await;
    liaison.reacts(&reply, RELAY).await;
    let no = scene.whispers(&liaison).await;
    assert!(no.starts_with("I see no KEP in that message."), "{no}");
    scene.end().await;
}

#[tokio::test]
async fn what_ties_nothing_offers_no_tie() {
    for more in ["replies = \"off\"", ""] {
        let scene = bridged(Transport::Socket, more).await;
        // A KEP's own thread stays its own.
        let root = if more.is_empty() {
            scene.thread().await
        } else {
            scene.sam.says(&scene.sig_node, "KEP-5825 is in.").await
        };
        let said = if more.is_empty() {
            scene.sam.replies(&root, "It ships in 2.4.").await
        } else {
            root
        };
        scene.sam.shortcut("relay", &said).await;
        let is_open = |_: &Workspace| scene.sam.modal().is_some();
        scene.workspace.until("a dialog", is_open).await;
        let dialog = scene.sam.modal().expect("it is open");
        assert!(dialog.json["state"]["values"]["tie"].is_null());
        scene.end().await;
    }
}
