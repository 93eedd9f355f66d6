//! Several workspaces: the same news comes to each, and one that is down holds up only its own.

use std::time::Duration;

use chrono::TimeDelta;
use kep_liaison::{
    ports::Clock as _,
    sandbox::{
        github::{self, On as OnGitHub},
        slack::{Channel, Fault, On, Person, Said, Workspace},
    },
};

use super::{ISSUE, RELAY, Scene, Transport, unstarted};

/// `#containerd-dev` in another workspace.
struct Elsewhere {
    cncf: Workspace,
    channel: Channel,
    sam: Person,
}

async fn two_workspaces() -> (Scene, Elsewhere) {
    let mut scene = unstarted(Transport::Socket, "").await;
    let cncf = scene.cncf();
    let sam = cncf.person("sam");
    let channel = cncf.channel("containerd-dev").with(&[&sam]);
    let (at, is) = (
        format!("slack = {{ kubernetes = \"{}\" }}", scene.sam.id()),
        format!(
            "slack = {{ kubernetes = \"{}\", cncf = \"{}\" }}",
            scene.sam.id(),
            sam.id()
        ),
    );
    scene.settings = scene.settings.replace(&at, &is);
    let more = format!(
        r#"
        [[channels]]
        workspace = "cncf"
        id = "{}"
        bridge = "both"
        "#,
        channel.id()
    );
    scene.settings.push_str(&more);
    scene.start().await;
    cncf.connected(2).await;
    scene.synced().await;
    scene.rest().await;
    (scene, Elsewhere { cncf, channel, sam })
}

impl Elsewhere {
    /// What the bot says there in the end has these words, and not those.
    fn reads(&self, words: &str, not: &str) {
        self.channel.look_at_all();
        let said = self.channel.messages().into_iter().map(|said| said.words());
        let said: Vec<String> = said.collect();
        assert!(said.iter().any(|it| it.contains(words)), "{said:#?}");
        assert!(!said.iter().any(|it| it.contains(not)), "{said:#?}");
    }

    async fn end(self, scene: Scene) {
        self.cncf.nothing_more_was_said();
        scene.end().await;
    }
}

#[tokio::test]
async fn the_same_news_comes_to_both() {
    let (scene, elsewhere) = two_workspaces().await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    let here = scene.hears_all(2).await;
    for said in &here {
        let there = elsewhere.channel.next().await;
        assert_eq!(there.words(), said.words());
    }
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn what_is_said_in_one_is_told_in_the_other_and_follows_it() {
    let (scene, elsewhere) = two_workspaces().await;
    let (said, receipt) = scene.relayed("KEP-5825 is in review.").await;
    let root = elsewhere.channel.next().await;
    assert!(root.words().contains("CRI List Streaming"));
    let update = elsewhere.channel.next().await;
    insta::assert_snapshot!(update.words());
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.commented("is merged").await;
    scene.rest().await;
    let edited = elsewhere.channel.next().await;
    assert_eq!(edited.ts, update.ts);
    assert!(edited.words().contains("is merged"), "{}", edited.words());
    // It is the bot's own comment, and news to nobody.
    scene.poll().await;
    scene.sam.clicks(&receipt, "Undo").await;
    scene.hears_all(1).await;
    let taken_back = elsewhere.channel.next().await;
    assert_eq!(taken_back.ts, update.ts);
    assert!(taken_back.words().contains("Taken back"));
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn what_is_deleted_in_one_is_said_to_be_in_the_other() {
    let (scene, elsewhere) = two_workspaces().await;
    let (said, _) = scene.relayed("KEP-5825 is in review.").await;
    elsewhere.channel.next().await;
    let update = elsewhere.channel.next().await;
    scene.sam.deletes(&said).await;
    scene.commented("<del>").await;
    scene.hears_all(1).await;
    let gone = elsewhere.channel.next().await;
    assert_eq!(gone.ts, update.ts);
    assert!(!gone.words().contains("review"), "{}", gone.words());
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn what_is_edited_before_it_stands_is_told_as_it_was_edited() {
    let (scene, elsewhere) = two_workspaces().await;
    let revoked = OnGitHub::post("/repos/containerd").every(1);
    scene.github.fault(revoked, github::Fault::Status(401));
    let text = "KEP-5825 is in review.";
    let said = scene.sam.says(&scene.sig_node, text).await;
    scene.sam.reacts(&said, RELAY).await;
    scene.rest().await;
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.rest().await;
    scene.github.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    scene.hears().await;
    scene.rest().await;
    elsewhere.reads("is merged", "in review");
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn what_is_taken_back_before_the_other_was_told_is_taken_back_there() {
    let (scene, elsewhere) = two_workspaces().await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "Work on this has begun.");
    scene.poll().await;
    scene.all_said().await;
    // The cards cannot be edited, and what is told of the KEP waits behind that.
    let down = On::method("chat.update").every(1);
    scene.slack.fault(down, Fault::Status(503));
    scene.containerd().label(ISSUE, "target/kubernetes/v1.38");
    scene.poll().await;
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is out.").await;
    scene.sam.reacts(&said, RELAY).await;
    let is_receipt = |said: &Said| said.words().contains("✅ Posted as");
    let is_there = || scene.workspace.unseen().iter().any(is_receipt);
    scene.until("a receipt", is_there).await;
    let said = scene.all_said().await;
    let receipt = said.iter().find(|said| is_receipt(said));
    let receipt = receipt.expect("a receipt");
    scene.sam.clicks(receipt, "Undo").await;
    scene.until("nothing", || scene.comments().len() == 1).await;
    scene.slack.clear_faults();
    scene.pass(Duration::from_mins(11)).await;
    scene.all_said().await;
    elsewhere.reads("Taken back", "is out");
    scene.slack.take_violations();
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn what_is_told_in_a_thread_that_began_anew_follows_an_edit() {
    let (scene, elsewhere) = two_workspaces().await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "Work on this has begun.");
    scene.poll().await;
    scene.all_said().await;
    let root = elsewhere.channel.next().await;
    let reply = elsewhere.channel.next().await;
    elsewhere.sam.removes(&reply).await;
    elsewhere.sam.removes(&root).await;
    let (said, _) = scene.relayed("KEP-5825 is in review.").await;
    scene.sam.edits(&said, "KEP-5825 is merged.").await;
    scene.commented("is merged").await;
    scene.rest().await;
    elsewhere.reads("is merged", "in review");
    scene.slack.take_violations();
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn one_that_is_down_holds_up_only_its_own() {
    let (scene, elsewhere) = two_workspaces().await;
    // The first posts are those of one workspace or the other; a channel that is down has both.
    elsewhere.channel.archive();
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, RELAY).await;
    scene.hears_all(1).await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It ships in 2.4.");
    scene.poll().await;
    scene.hears_all(2).await;
    scene.slack.take_violations();
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn one_that_hangs_holds_up_only_its_own() {
    let (scene, elsewhere) = two_workspaces().await;
    // More messages than are looked at side by side are edited where no answer comes.
    let mut said = Vec::new();
    for nth in 0..20 {
        let text = format!("KEP-5825, part {nth}.");
        said.push(elsewhere.sam.says(&elsewhere.channel, &text).await);
    }
    for method in ["conversations.history", "conversations.replies"] {
        scene.slack.fault(On::method(method), Fault::Hang);
    }
    for said in &said {
        elsewhere.sam.reacts(said, RELAY).await;
    }
    scene.hook();
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.deliver().await;
    let pace = TimeDelta::seconds(1);
    let told = async {
        while scene.workspace.unseen().len() < 2 {
            scene.give_way().await;
            // The channel's pace; nothing that hangs is over by then.
            let wait = scene.clock.next_wake().map(|wake| wake - scene.clock.now());
            if let Some(wait) = wait.filter(|wait| *wait <= pace) {
                scene.clock.advance(wait.to_std().unwrap_or_default());
            }
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(20), told).await;
    assert!(told.is_ok(), "no card and no news");
    scene.sig_node.look_at_all();
    elsewhere.channel.look_at_all();
    drop(scene);
}

#[tokio::test]
async fn what_one_did_not_take_it_is_told_later() {
    let (scene, elsewhere) = two_workspaces().await;
    let down = On::method("chat.postMessage").first(2);
    scene.slack.fault(down, Fault::Status(503));
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    scene.hears_all(2).await;
    elsewhere.channel.next().await;
    elsewhere.channel.next().await;
    elsewhere.end(scene).await;
}

#[tokio::test]
async fn somebody_speaks_from_either() {
    let (scene, elsewhere) = two_workspaces().await;
    let text = "KEP-5825 is merged.";
    let said = elsewhere.sam.says(&elsewhere.channel, text).await;
    elsewhere.sam.reacts(&said, RELAY).await;
    let comment = scene.commented("is merged").await;
    assert!(comment.contains("https://cncf.slack.com/"), "{comment}");
    scene.hears_all(2).await;
    elsewhere.channel.next().await;
    elsewhere.end(scene).await;
}
