//! The ways by which words get from Slack to a tracking issue.

use std::time::Duration;

use kep_liaison::sandbox::slack::{Fault, On, Workspace};

use super::{BOTH, ISSUE, RELAY, Scene, Transport, bridged};

#[tokio::test]
async fn a_reaction_puts_a_message_on_the_tracking_issue() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let text = "KEP-5825 is merged, and ships in 2.4.";
        let said = scene.mike.says(&scene.sig_node, text).await;
        scene.sam.reacts(&said, RELAY).await;
        let comment = scene.commented("merged").await;
        let story = scene.story().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(format!("{comment}\n\n{story}"));
        }
        let said = scene.sig_node.message(&said.ts).expect("it stands there");
        let bot = scene.workspace.bot_user();
        assert!(
            said.reactions
                .contains(&("white_check_mark".to_owned(), vec![bot]))
        );
        scene.end().await;
    }
}

#[tokio::test]
async fn the_menu_opens_a_dialog_with_what_can_be_guessed() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let text = "The CRI part of KEP-5825 is merged.";
        let said = scene.mike.says(&scene.sig_node, text).await;
        scene.sam.shortcut("relay", &said).await;
        let is_open = |_: &Workspace| scene.sam.modal().is_some();
        scene.workspace.until("a dialog", is_open).await;
        let dialog = scene.sam.modal().expect("it is open");
        assert_eq!(dialog.title, "Relay to KEP issue");
        assert_eq!(
            dialog.json["state"]["values"]["kep"]["kep"]["value"],
            "5825"
        );
        assert_eq!(
            dialog.json["state"]["values"]["text"]["text"]["value"],
            text
        );
        scene.sam.submits(&dialog, &[]).await;
        assert!(scene.sam.modal().is_none());
        let comment = scene.commented("merged").await;
        assert!(comment.contains("mikebrow") && comment.contains("relayed by samuelkarp"));
        scene.hears().await;
        scene.end().await;
    }
}

#[tokio::test]
async fn a_text_that_was_edited_in_the_dialog_goes_as_it_was_edited() {
    let scene = bridged(Transport::Socket, "").await;
    let said = scene.mike.says(&scene.sig_node, "it is in, at last").await;
    let text = "The CRI part is *merged*; thanks, @mikebrow.";
    scene
        .relays(&scene.sam, &said, &[("KEP", "KEP-5825"), ("Text", text)])
        .await;
    insta::assert_snapshot!(scene.commented("merged").await);
    scene.hears().await;
    // What was worded anew does not follow the message.
    scene.mike.edits(&said, "it is out again").await;
    scene.rest().await;
    assert!(scene.comments()[0].contains("merged"));
    scene.mike.deletes(&said).await;
    scene.commented("<del>").await;
    scene.hears_all(1).await;
    scene.end().await;
}

#[tokio::test]
async fn a_text_is_edited_without_the_signs_of_slack() {
    let scene = bridged(Transport::Socket, "").await;
    let text = format!(
        "KEP-5825: thanks <@{}>! Latency < 5 ms, see <https://example.com/a|the chart> and <https://example.com/b>.",
        scene.mike.id()
    );
    let said = scene.sam.says(&scene.sig_node, &text).await;
    scene.sam.shortcut("relay", &said).await;
    let is_open = |_: &Workspace| scene.sam.modal().is_some();
    scene.workspace.until("a dialog", is_open).await;
    let dialog = scene.sam.modal().expect("it is open");
    let shown = &dialog.json["state"]["values"]["text"]["text"]["value"];
    let shown = shown.as_str().expect("a text").to_owned();
    let edited = shown.replace("thanks", "many thanks");
    scene.sam.submits(&dialog, &[("Text", &edited)]).await;
    let comment = scene.commented("many thanks").await;
    insta::assert_snapshot!(format!("{shown}\n\n{}", Scene::unmarked(&comment)));
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn a_dialog_opens_though_slack_does_not_tell_a_name() {
    let scene = bridged(Transport::Socket, "").await;
    let text = format!("KEP-5825: thanks <@{}>!", scene.mike.id());
    let said = scene.sam.says(&scene.sig_node, &text).await;
    scene.slack.fault(On::method("users.info"), Fault::Hang);
    scene.sam.shortcut("relay", &said).await;
    let asked = || !scene.slack.calls_of("users.info").is_empty();
    scene.until("a question", asked).await;
    // Within the three seconds for which Slack waits.
    scene.clock.advance(Duration::from_secs(2));
    let is_open = |_: &Workspace| scene.sam.modal().is_some();
    scene.workspace.until("a dialog", is_open).await;
    scene.end().await;
}

#[tokio::test]
async fn a_number_that_is_no_keps_is_said_beside_it() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let said = scene.mike.says(&scene.sig_node, "it is in").await;
        scene.sam.shortcut("relay", &said).await;
        let is_open = |_: &Workspace| scene.sam.modal().is_some();
        scene.workspace.until("a dialog", is_open).await;
        let mut found = Vec::new();
        for typed in ["soon", "99999", "127"] {
            let dialog = scene.sam.modal().expect("it is open");
            scene.sam.submits(&dialog, &[("KEP", typed)]).await;
            let dialog = scene.sam.modal().expect("it stays open");
            found.push(dialog.errors["kep"].as_str().unwrap_or("").to_owned());
        }
        insta::allow_duplicates! {
            insta::assert_snapshot!(found.join("\n"));
        }
        let dialog = scene.sam.modal().expect("it is open");
        scene.sam.submits(&dialog, &[("KEP", "5825")]).await;
        scene.commented("it is in").await;
        scene.hears().await;
        scene.end().await;
    }
}

#[tokio::test]
async fn an_update_stands_on_the_issue_and_in_the_thread() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let shown = scene
            .sam
            .types(&scene.sig_node, "/kep update 5825 *merged*, ships in 2.4")
            .await;
        let comment = scene.commented("**merged**").await;
        let story = scene.story().await;
        insta::allow_duplicates! {
            let comment = Scene::unmarked(&comment);
            insta::assert_snapshot!(format!("{}\n\n{comment}\n\n{story}", shown.words()));
        }
        scene.end().await;
    }
}

#[tokio::test]
async fn an_update_without_a_number_or_a_text_says_what_to_type() {
    let scene = bridged(Transport::Socket, "").await;
    for (typed, said) in [
        ("/kep update", "Type the KEP and what is new"),
        ("/kep update soon", "\"soon\" is no KEP's number"),
        ("/kep update 5825", "What is new?"),
        ("/kep update 99999 merged", "I know no KEP-99999"),
    ] {
        let shown = scene.sam.types(&scene.sig_node, typed).await;
        assert!(shown.words().contains(said), "{typed}: {}", shown.words());
    }
    assert!(scene.comments().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn an_update_typed_where_the_bot_is_not_is_answered_all_the_same() {
    let scene = bridged(Transport::Socket, "").await;
    let elsewhere = scene.workspace.private_channel("reviewers");
    let elsewhere = elsewhere.with(&[&scene.sam]);
    elsewhere.remove_bot();
    scene.sam.types(&elsewhere, "/kep update 5825 merged").await;
    scene.rest().await;
    let receipt = scene.sam.direct().next().await;
    assert!(receipt.words().contains("(KEP-5825)"));
    assert_eq!(scene.all_said().await.len(), 2, "the card and the update");
    assert_eq!(scene.comments().len(), 1);
    // Slack has refused to say it there first.
    assert_eq!(scene.slack.take_violations().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn replies_in_a_keps_thread_go_where_all_go() {
    for transport in BOTH {
        let scene = bridged(transport, "replies = \"all\"").await;
        let root = scene.thread().await;
        let reply = scene.sam.replies(&root, "It ships in 2.4.").await;
        scene.commented("ships in 2.4").await;
        // Nobody else reads of it.
        let receipt = scene.hears().await;
        assert_eq!(receipt.thread.as_deref(), Some(&*root.ts));
        assert!(receipt.is_ephemeral());
        scene.sam.edits(&reply, "It ships in 2.5.").await;
        scene.commented("ships in 2.5").await;
        // What others write there is talk, and so is what stands elsewhere.
        scene.person("stranger").replies(&root, "When?").await;
        scene.person("shepherd").replies(&root, "Yes, when?").await;
        let talk = scene.sam.says(&scene.sig_node, "KEP-5825?").await;
        scene.sam.replies(&talk, "Soon.").await;
        scene.rest().await;
        assert_eq!(scene.comments().len(), 2);
        scene.sam.clicks(&receipt, "Undo").await;
        let told = scene.whispers(&scene.sam).await;
        assert!(told.contains("Taken back"), "{told}");
        assert_eq!(scene.comments().len(), 1);
        scene.end().await;
    }
}

#[tokio::test]
async fn replies_in_a_keps_thread_go_where_they_are_marked() {
    let scene = bridged(Transport::Socket, "replies = \"marked\"").await;
    let root = scene.thread().await;
    let reply = scene.sam.replies(&root, "It ships in 2.4.").await;
    let other = scene.sam.replies(&root, "Lunch?").await;
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1);
    scene.sam.reacts(&reply, RELAY).await;
    scene.commented("ships in 2.4").await;
    scene.hears().await;
    scene.sam.reacts(&other, "eyes").await;
    scene.rest().await;
    assert_eq!(scene.comments().len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn replies_in_a_keps_thread_go_nowhere_where_they_are_off() {
    let scene = bridged(Transport::Socket, "replies = \"off\"").await;
    let root = scene.thread().await;
    let reply = scene.sam.replies(&root, "It ships in 2.4.").await;
    scene.sam.reacts(&reply, RELAY).await;
    let no = scene.whispers(&scene.sam).await;
    assert!(no.starts_with("Replies in KEPs' threads do not go"), "{no}");
    assert_eq!(scene.comments().len(), 1);
    // What is said in the channel itself does.
    scene.relayed("KEP-5825 ships in 2.4.").await;
    assert_eq!(scene.comments().len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn several_keps_in_one_message_make_it_ask_which() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let liaison = scene.person("liaison");
        let text = "KEP-5825 and KEP-4680 are merged.";
        let said = liaison.says(&scene.sig_node, text).await;
        liaison.reacts(&said, RELAY).await;
        let asked = scene.hears().await;
        assert!(asked.is_ephemeral());
        insta::allow_duplicates! {
            insta::assert_snapshot!(scene.shown(&asked));
        }
        assert!(scene.comments().is_empty());
        liaison.clicks(&asked, "KEP-5825").await;
        scene.commented("are merged").await;
        let receipt = scene.hears().await;
        assert_eq!(receipt.thread.as_deref(), Some(&*said.ts));
        // It may be meant for both.
        liaison.clicks(&asked, "KEP-4680").await;
        let second = scene.hears().await;
        assert_eq!(scene.containerd().comments_on(super::OTHER).len(), 1);
        liaison.clicks(&asked, "KEP-5825").await;
        let already = scene.whispers(&liaison).await;
        assert!(already.contains("already"), "{already}");
        // The tick stays as long as it stands on one of them.
        let ticked = || {
            let said = scene.sig_node.message(&said.ts).expect("it stands there");
            said.reactions
                .iter()
                .any(|(name, _)| name == "white_check_mark")
        };
        liaison.clicks(&receipt, "Undo").await;
        scene.hears_all(1).await;
        assert!(ticked());
        liaison.clicks(&second, "Undo").await;
        scene.hears_all(1).await;
        assert!(!ticked());
        scene.end().await;
    }
}

#[tokio::test]
async fn a_message_that_names_no_kep_says_how_to_name_it() {
    let scene = bridged(Transport::Socket, "").await;
    let said = scene.sam.says(&scene.sig_node, "It is merged.").await;
    scene.sam.reacts(&said, RELAY).await;
    let no = scene.whispers(&scene.sam).await;
    assert!(no.contains("I see no KEP in that message"), "{no}");
    scene.end().await;
}

#[tokio::test]
async fn a_kep_without_a_tracking_issue_says_what_to_do() {
    let scene = bridged(Transport::Socket, "").await;
    let liaison = scene.person("liaison");
    let said = liaison.says(&scene.sig_node, "KEP-127 is done.").await;
    liaison.reacts(&said, RELAY).await;
    let no = scene.whispers(&liaison).await;
    insta::assert_snapshot!(no);
    let shown = liaison.types(&scene.sig_node, "/kep update 127 done").await;
    assert!(shown.words().starts_with(&no), "{}", shown.words());
    scene.end().await;
}

#[tokio::test]
async fn a_tracking_issue_that_is_closed_is_to_be_reopened() {
    let scene = bridged(Transport::Socket, "").await;
    scene.containerd().close(ISSUE, "completed");
    scene.poll().await;
    scene.all_said().await;
    let shown = scene
        .sam
        .types(&scene.sig_node, "/kep update 5825 *merged* &amp; out")
        .await;
    insta::assert_snapshot!(shown.words());
    scene.end().await;
}
