//! What was said is edited, deleted, or taken back, on either side.

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{self, On as OnGitHub},
    slack::{Fault, Gate, On, Workspace},
};

use super::{BOTH, ISSUE, RELAY, Transport, bridged};

#[tokio::test]
async fn an_edit_on_slack_edits_the_comment() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, _) = scene.relayed("KEP-5825 is in review.").await;
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    let edited = scene.commented("is merged").await;
    assert!(!edited.contains("in review"), "{edited}");
    scene.sam.edits(&said, "KEP-5825 is out.").await;
    scene.commented("is out").await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn who_had_it_relayed_stays_below_it_after_an_edit() {
    let scene = bridged(Transport::Socket, "").await;
    let text = "KEP-5825 is in review.";
    let said = scene.mike.says(&scene.sig_node, text).await;
    scene.sam.reacts(&said, RELAY).await;
    scene.commented("in review").await;
    scene.hears().await;
    scene.mike.edits(&said, "KEP-5825 is merged.").await;
    let edited = scene.commented("is merged").await;
    let signs = edited.matches("; relayed by samuelkarp</sub>").count();
    assert_eq!(signs, 1, "{edited}");
    scene.mike.deletes(&said).await;
    let struck = scene.commented("<del>").await;
    let signs = struck.matches("; relayed by samuelkarp; deleted there</sub>");
    assert_eq!(signs.count(), 1, "{struck}");
    scene.rest().await;
    scene.sig_node.look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn an_edit_while_the_text_is_on_its_way_is_not_lost() {
    let scene = bridged(Transport::Socket, "").await;
    let text = "KEP-5825 is in review.";
    let said = scene.sam.says(&scene.sig_node, text).await;
    // The bot has read the message, and has stored nothing of it yet.
    let gate = Gate::default();
    let held = Fault::Held(gate.clone());
    scene.slack.fault(On::method("chat.getPermalink"), held);
    scene.sam.reacts(&said, RELAY).await;
    gate.arrived(1).await;
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    let taken_in = |_: &Workspace| !scene.slack.is_delivering();
    scene
        .workspace
        .until("the edit is taken in", taken_in)
        .await;
    gate.open();
    scene.commented("is merged").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn an_edit_that_is_taken_back_before_it_was_made_is_taken_back() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, _) = scene.relayed("KEP-5825 is in review.").await;
    let gate = Gate::default();
    let held = github::Fault::Held(gate.clone());
    scene
        .github
        .fault(OnGitHub::patch("/repos/containerd"), held);
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    gate.arrived(1).await;
    scene.sam.edits(&said, "KEP-5825 is in review.").await;
    // The step that looks at it is done: the second edit of the comment waits behind the first.
    let mut store = scene.store().await;
    let done = "SELECT COUNT(*) FROM effects WHERE name = 'again' AND state = 'done'";
    let is_decided = async {
        while sqlx::query_scalar::<_, i64>(done)
            .fetch_one(&mut store)
            .await
            .expect("a number")
            < 2
        {
            scene.nudge().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), is_decided)
        .await
        .expect("it is decided");
    gate.open();
    scene.rest().await;
    let comments = scene.comments();
    assert!(comments[0].contains("in review"), "{comments:?}");
    scene.end().await;
}

#[tokio::test]
async fn what_is_deleted_on_slack_is_struck_through() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    // The receipt stands below it, so Slack keeps a tombstone.
    scene.sam.deletes(&said).await;
    let tombstone = scene.sig_node.message(&said.ts).expect("it is kept");
    assert!(tombstone.is_tombstone());
    insta::assert_snapshot!(scene.commented("<del>").await);
    let struck = scene.hears_all(1).await;
    assert_eq!(struck[0].ts, receipt.ts);
    insta::assert_snapshot!(scene.shown(&struck[0]));
    // The end of the fifteen minutes changes nothing more.
    scene.pass(Duration::from_mins(16)).await;
    scene.end().await;
}

#[tokio::test]
async fn a_reply_that_is_deleted_leaves_no_tombstone_and_is_struck_through() {
    let scene = bridged(Transport::Socket, "replies = \"all\"").await;
    let root = scene.thread().await;
    let reply = scene.sam.replies(&root, "It is in review.").await;
    scene.commented("in review").await;
    scene.hears().await;
    scene.rest().await;
    scene.sam.deletes(&reply).await;
    scene.commented("<del>").await;
    assert_eq!(scene.comments().len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn undo_takes_the_comment_back() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    scene.sam.clicks(&receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    let taken_back = scene.all_said().await;
    assert_eq!(taken_back.len(), 1);
    assert_eq!(taken_back[0].ts, receipt.ts);
    insta::assert_snapshot!(scene.shown(&taken_back[0]));
    let page = format!(
        "<{}",
        scene.containerd().issue(ISSUE)["html_url"]
            .as_str()
            .expect("a page")
    );
    assert!(
        taken_back[0].words().contains(&page),
        "{}",
        taken_back[0].words()
    );
    let now = scene.sig_node.message(&said.ts).expect("it stands there");
    let signs: Vec<&str> = now.reactions.iter().map(|(name, _)| &**name).collect();
    assert_eq!(signs, ["satellite_antenna"]);
    // An edit brings nothing back.
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.rest().await;
    assert!(scene.comments().is_empty());
    scene.pass(Duration::from_mins(16)).await;
    scene.end().await;
}

#[tokio::test]
async fn who_reacts_again_after_an_undo_has_it_stand_there_again() {
    for transport in BOTH {
        let mut scene = bridged(transport, "").await;
        let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
        scene.sam.clicks(&receipt, "Undo").await;
        scene.until("nothing", || scene.comments().is_empty()).await;
        scene.hears_all(1).await;
        scene.sam.unreacts(&said, RELAY).await;
        scene.rest().await;
        assert!(scene.comments().is_empty());
        scene.pass(Duration::from_secs(5)).await;
        scene.sam.reacts(&said, RELAY).await;
        scene.commented("in review").await;
        scene.hears_all(1).await;
        // That it is found in the history is no news.
        scene.goes_away().await;
        scene.starts_again().await;
        scene.rest().await;
        assert_eq!(scene.comments().len(), 1);
        // The button has gone meanwhile.
        scene.sig_node.look_at_all();
        scene.end().await;
    }
}

#[tokio::test]
async fn what_was_taken_back_twice_is_not_brought_back_by_the_history() {
    let mut scene = bridged(Transport::Socket, "").await;
    let said = scene.mike.says(&scene.sig_node, "KEP-5825 is in review.");
    let said = said.await;
    scene.relays(&scene.sam, &said, &[]).await;
    for again in [true, false] {
        scene.commented("in review").await;
        let receipt = scene.hears().await;
        scene.sam.clicks(&receipt, "Undo").await;
        scene.until("nothing", || scene.comments().is_empty()).await;
        scene.hears_all(1).await;
        scene.pass(Duration::from_secs(5)).await;
        if again {
            scene.sam.reacts(&said, RELAY).await;
        }
    }
    // The reaction stays where it is.
    scene.misses_nothing().await;
    assert!(scene.comments().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn who_relays_again_while_an_undo_waits_has_it_stand_there_in_the_end() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let unavailable = OnGitHub::delete("/repos/containerd").every(1);
    scene.github.fault(unavailable, github::Fault::Status(503));
    scene.sam.clicks(&receipt, "Undo").await;
    let tried = || {
        scene
            .github
            .requests()
            .iter()
            .any(|it| it.method == "DELETE")
    };
    scene.until("a try", tried).await;
    scene.pass(Duration::from_secs(2)).await;
    scene.sam.unreacts(&said, RELAY).await;
    scene.sam.reacts(&said, RELAY).await;
    scene.pass(Duration::from_secs(2)).await;
    scene.github.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    // The receipt that says so, and a new one.
    scene.hears_all(2).await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn a_receipt_that_says_taken_back_says_so_for_good() {
    let scene = bridged(Transport::Socket, "").await;
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    scene.pass(Duration::from_mins(12)).await;
    scene.rest().await;
    // Slack fails while the fifteen minutes end.
    let updates = On::method("chat.update").every(1);
    scene.slack.fault(updates, Fault::Status(503));
    scene.sam.clicks(&receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    for _ in 0..8 {
        scene.rest().await;
        scene.pass(Duration::from_secs(30)).await;
    }
    scene.slack.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    scene.rest().await;
    let taken_back = scene.hears_all(1).await;
    let words = taken_back[0].words();
    assert!(words.starts_with("↩️ Taken back"), "{words}");
    scene.end().await;
}

#[tokio::test]
async fn a_reply_that_waited_can_be_taken_back_once_it_stands() {
    let scene = bridged(Transport::Socket, "replies = \"all\"").await;
    let root = scene.thread().await;
    let unavailable = OnGitHub::post("/repos/containerd").every(1);
    scene.github.fault(unavailable, github::Fault::Status(503));
    scene.sam.replies(&root, "It is in review.").await;
    for _ in 0..20 {
        scene.rest().await;
        scene.pass(Duration::from_mins(1)).await;
    }
    scene.github.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    scene.commented("in review").await;
    let receipt = scene.hears().await;
    scene.sam.clicks(&receipt, "Undo").await;
    let told = scene.whispers(&scene.sam).await;
    assert!(told.starts_with("↩️ Taken back"), "{told}");
    scene.end().await;
}

#[tokio::test]
async fn an_undo_that_failed_blocks_nothing_and_can_be_pressed_again() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let forbidden = OnGitHub::delete("/repos/containerd").every(1);
    scene.github.fault(forbidden, github::Fault::Status(403));
    for _ in 0..2 {
        scene.sam.clicks(&receipt, "Undo").await;
        let why = scene.whispers(&scene.sam).await;
        assert!(why.contains("could not take that back"), "{why}");
        scene.rest().await;
        scene.pass(Duration::from_secs(1)).await;
    }
    scene.github.clear_faults();
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.commented("is merged").await;
    scene.sam.clicks(&receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    let taken_back = scene.hears_all(1).await;
    assert_eq!(taken_back[0].ts, receipt.ts);
    scene.end().await;
}

#[tokio::test]
async fn a_stranger_undoes_nothing() {
    let scene = bridged(Transport::Socket, "").await;
    let stranger = scene.person("stranger");
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    stranger.clicks(&receipt, "Undo").await;
    let no = scene.whispers(&stranger).await;
    assert!(no.contains("ask one of them"), "{no}");
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn for_a_kep_that_is_gone_nobody_but_a_liaison_undoes() {
    let scene = bridged(Transport::Socket, "").await;
    let (stranger, liaison) = (scene.person("stranger"), scene.person("liaison"));
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let enhancements = scene.github.repository("kubernetes/enhancements");
    enhancements.remove("keps/sig-node/5825-cri-pagination/kep.yaml");
    // A tracking issue alone keeps it known.
    scene.containerd().edit_title(ISSUE, "List streaming");
    scene.containerd().edit_body(ISSUE, "We shall see.");
    scene.poll().await;
    scene.all_said().await;
    // It had a shepherd, who is one no more.
    stranger.clicks(&receipt, "Undo").await;
    let no = scene.whispers(&stranger).await;
    assert!(no.contains("shepherds or the liaisons (liaison)"), "{no}");
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1);
    liaison.clicks(&receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    let taken_back = scene.hears_all(1).await;
    assert_eq!(taken_back[0].ts, receipt.ts);
    scene.end().await;
}

#[tokio::test]
async fn what_was_taken_back_can_be_relayed_again() {
    let scene = bridged(Transport::Socket, "").await;
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    scene.sam.clicks(&receipt, "Undo").await;
    scene.all_said().await;
    assert!(scene.comments().is_empty());
    scene.relays(&scene.sam, &said, &[]).await;
    scene.commented("in review").await;
    let second = scene.hears().await;
    assert_ne!(second.ts, receipt.ts);
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.commented("merged").await;
    // The second has a button of its own.
    scene.sam.clicks(&second, "Undo").await;
    scene.all_said().await;
    assert!(scene.comments().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn after_fifteen_minutes_the_button_is_gone() {
    let scene = bridged(Transport::Socket, "").await;
    let (_, receipt) = scene.relayed("KEP-5825 is in review.").await;
    scene.pass(Duration::from_mins(14)).await;
    scene.rest().await;
    let now = scene.sig_node.message(&receipt.ts).expect("a receipt");
    assert!(now.words().contains("Undo"), "{}", now.words());
    scene.pass(Duration::from_mins(1)).await;
    let settled = scene.hears().await;
    assert_eq!(settled.ts, receipt.ts);
    assert!(!settled.words().contains("Undo"), "{}", settled.words());
    assert!(settled.words().contains("✅ Posted as"));
    scene.end().await;
}

#[tokio::test]
async fn an_update_that_was_typed_is_taken_back_everywhere() {
    let scene = bridged(Transport::Socket, "").await;
    scene
        .sam
        .types(&scene.sig_node, "/kep update 5825 merged")
        .await;
    let said = scene.all_said().await;
    let receipt = said.iter().find(|said| said.is_ephemeral());
    let receipt = receipt.expect("a receipt");
    scene.sam.clicks(receipt, "Undo").await;
    scene.until("nothing", || scene.comments().is_empty()).await;
    insta::assert_snapshot!(scene.story().await);
    // Its button stays, which only its reader has.
    scene.sam.clicks(receipt, "Undo").await;
    let already = scene.whispers(&scene.sam).await;
    assert_eq!(already, "That is taken back already.");
    scene.end().await;
}

#[tokio::test]
async fn an_update_that_was_typed_is_taken_back_in_time() {
    let scene = bridged(Transport::Socket, "").await;
    scene
        .sam
        .types(&scene.sig_node, "/kep update 5825 merged")
        .await;
    let said = scene.all_said().await;
    let receipt = said.iter().find(|said| said.is_ephemeral());
    let receipt = receipt.expect("a receipt");
    scene.pass(Duration::from_mins(16)).await;
    scene.sam.clicks(receipt, "Undo").await;
    let late = scene.whispers(&scene.sam).await;
    assert!(late.starts_with("The fifteen minutes are over."), "{late}");
    assert!(late.contains("#issuecomment-"), "{late}");
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn an_edit_on_github_edits_what_was_told_of_it() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.containerd();
    let comment = containerd.comment("samuelkarp", ISSUE, "It is **in review**.");
    scene.poll().await;
    let told = scene.all_said().await;
    containerd.edit_comment(comment, "It is **merged**.");
    scene.poll().await;
    let edited = scene.hears_all(1).await;
    assert_eq!(edited[0].ts, told[1].ts);
    let words = edited[0].words();
    assert!(
        words.contains("merged") && !words.contains("review"),
        "{words}"
    );
    scene.end().await;
}

#[tokio::test]
async fn what_is_deleted_on_github_is_said_to_be() {
    let scene = bridged(Transport::Socket, "").await;
    scene.hook();
    let containerd = scene.containerd();
    let comment = containerd.comment("samuelkarp", ISSUE, "It is in review.");
    scene.deliver().await;
    let told = scene.hears_all(2).await;
    containerd.delete_comment(comment);
    scene.deliver().await;
    let gone = scene.hears_all(1).await;
    assert_eq!(gone[0].ts, told[1].ts);
    insta::assert_snapshot!(scene.shown(&gone[0]));
    scene.end().await;
}

#[tokio::test]
async fn what_is_deleted_before_anybody_was_told_is_told_to_nobody() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.containerd();
    let comment = containerd.comment("samuelkarp", ISSUE, "Oops.");
    containerd.delete_comment(comment);
    scene.poll().await;
    scene.end().await;
}
