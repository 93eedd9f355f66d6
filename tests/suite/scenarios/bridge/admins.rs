//! What those who look after the bot are told, and what they can do.

use std::time::Duration;

use kep_liaison::{
    ports::{Clock as _, Outbox as _},
    sandbox::slack::{Fault, On, Person, Said},
    store::{Mode, SqliteStore},
};

use super::{ISSUE, Scene, Transport, unstarted};
use crate::github_model::http::Http;

const ANTENNA: &str = "satellite_antenna";

/// A bot that Sam looks after.
pub(super) async fn looked_after(transport: Transport) -> Scene {
    let mut scene = unstarted(transport, "").await;
    let sam = "github = \"samuelkarp\"\n";
    let admin = format!("{sam}roles = [\"admin\"]\n");
    scene.settings = scene.settings.replacen(sam, &admin, 1);
    scene.start().await;
    scene.synced().await;
    scene
}

/// The numbers of things depend on what came between them.
fn unnumbered(said: &str) -> String {
    let word = |word: &str| match word.strip_suffix([':', ',']) {
        Some(number) if number.parse::<u32>().is_ok() => word.replace(number, "N"),
        _ => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    said.lines().map(line).collect::<Vec<_>>().join("\n")
}

impl Scene {
    async fn relays_text(&self, text: &str) {
        let said = self.sam.says(&self.sig_node, text).await;
        self.sam.reacts(&said, ANTENNA).await;
    }

    /// What somebody reads next in their direct messages.
    async fn is_told(&self, person: &Person) -> Said {
        let direct = person.direct();
        let unseen = || {
            let mut unseen = self.workspace.unseen().into_iter();
            unseen.any(|said| said.channel == direct.id())
        };
        self.until("a direct message", unseen).await;
        direct.next().await
    }

    async fn measured(&self, name: &str) -> String {
        let base = format!("http://{}", self.bot().admin_address());
        let reply = Http::new(&base, None).get("/metrics").await;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or_else(|| panic!("no {name} in {text}"), str::to_owned)
    }

    /// Has two texts given up.
    async fn loses_two(&self) {
        self.github
            .repository("containerd/containerd")
            .lock(ISSUE, None);
        for text in ["KEP-5825 is merged.", "KEP-5825 ships in 2.4."] {
            self.relays_text(text).await;
            let whispered = self.hears().await;
            assert!(
                whispered.words().contains("is not on"),
                "{}",
                whispered.words()
            );
        }
    }
}

#[tokio::test]
async fn admins_are_told_once_of_what_is_given_up_and_have_it_tried_again() {
    let scene = looked_after(Transport::Socket).await;
    scene.loses_two().await;
    assert_eq!(scene.measured("kep_liaison_outbox_dead").await, "2");
    scene.pass(Duration::from_mins(5)).await;
    let told = scene.is_told(&scene.sam).await;
    insta::assert_snapshot!(unnumbered(&told.words()));

    let shown = scene.mike.types(&scene.sig_node, "/kep outbox").await;
    insta::assert_snapshot!(shown.words(), @"That is for those who look after this bot: samuelkarp. Ask one of them.");
    let shown = scene
        .mike
        .types(&scene.sig_node, "/kep outbox retry all")
        .await;
    assert!(
        shown.words().contains("Ask one of them"),
        "{}",
        shown.words()
    );
    let shown = scene.sam.types(&scene.sig_node, "/kep outbox").await;
    let shown = unnumbered(&shown.words());
    // The message to the admins may be about to be settled.
    let (_, given_up) = shown.split_once('\n').expect("lines");
    insta::assert_snapshot!(given_up);
    let shown = scene
        .sam
        .types(&scene.sig_node, "/kep outbox retry 99")
        .await;
    insta::assert_snapshot!(shown.words(), @"There is no 99 that was given up; /kep outbox lists them.");

    scene
        .github
        .repository("containerd/containerd")
        .unlock(ISSUE);
    let shown = scene
        .sam
        .types(&scene.sig_node, "/kep outbox retry all")
        .await;
    insta::assert_snapshot!(shown.words(), @"2 things are tried again.");
    for text in ["is merged", "ships in 2.4"] {
        scene.commented(text).await;
        scene.hears().await;
    }
    let shown = scene.sam.types(&scene.sig_node, "/kep outbox").await;
    assert!(
        shown.words().contains("Nothing was given up."),
        "{}",
        shown.words()
    );
    assert_eq!(scene.measured("kep_liaison_outbox_dead").await, "0");
    scene.pass(Duration::from_mins(5)).await;
    scene.end().await;
}

#[tokio::test]
async fn what_was_given_up_is_written_once_whoever_has_it_tried_again() {
    let scene = looked_after(Transport::Socket).await;
    let containerd = scene.github.repository("containerd/containerd");
    containerd.lock(ISSUE, None);
    let said = scene.sam.says(&scene.sig_node, "KEP-5825 is merged.").await;
    scene.sam.reacts(&said, ANTENNA).await;
    scene.whispers(&scene.sam).await;
    // Who asks again in vain is told again.
    scene.pass(Duration::from_secs(1)).await;
    scene.relays(&scene.sam, &said, &[]).await;
    let why = scene.whispers(&scene.sam).await;
    assert!(why.contains("is not on"), "{why}");
    containerd.unlock(ISSUE);
    // It is written as it was worded last.
    let text = "KEP-5825 is in.";
    scene.relays(&scene.sam, &said, &[("Text", text)]).await;
    scene.commented("is in.").await;
    scene.hears().await;
    let typed = "/kep outbox retry all";
    let shown = scene.sam.types(&scene.sig_node, typed).await;
    insta::assert_snapshot!(shown.words(), @"Nothing was given up.");
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn an_update_that_was_given_up_is_told_nobody_and_typed_again_is_one() {
    let scene = looked_after(Transport::Socket).await;
    let containerd = scene.github.repository("containerd/containerd");
    containerd.lock(ISSUE, None);
    let typed = "/kep update 5825 merged";
    scene.sam.types(&scene.sig_node, typed).await;
    let why = scene.whispers(&scene.sam).await;
    assert!(why.contains("is not on"), "{why}");
    scene.rest().await;
    containerd.unlock(ISSUE);
    scene.sam.types(&scene.sig_node, typed).await;
    scene.commented("merged").await;
    // A receipt, and the thread's root and the update.
    scene.hears_all(3).await;
    let retry = "/kep outbox retry all";
    scene.sam.types(&scene.sig_node, retry).await;
    scene.rest().await;
    assert_eq!(scene.comments().len(), 1);
    // Now it is another one.
    scene.sam.types(&scene.sig_node, typed).await;
    scene.hears_all(2).await;
    assert_eq!(scene.comments().len(), 2);
    scene.end().await;
}

#[tokio::test]
async fn a_root_that_is_tried_again_begins_no_second_thread() {
    let scene = looked_after(Transport::Socket).await;
    scene.rest().await;
    let containerd = scene.github.repository("containerd/containerd");
    let archived = Fault::Error("is_archived");
    scene.slack.fault(On::method("chat.postMessage"), archived);
    containerd.comment("samuelkarp", ISSUE, "It is in review.");
    scene.poll().await;
    scene.pass(Duration::from_mins(5)).await;
    scene.is_told(&scene.sam).await;
    containerd.comment("samuelkarp", ISSUE, "It is merged.");
    scene.poll().await;
    let said = scene.hears_all(2).await;
    let typed = "/kep outbox retry all";
    let shown = scene.sam.types(&scene.sig_node, typed).await;
    insta::assert_snapshot!(shown.words(), @"2 things are tried again.");
    let late = scene.hears_all(1).await;
    assert_eq!(late[0].thread.as_ref(), Some(&said[0].ts));
    assert!(late[0].words().contains("in review"));
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn what_is_tried_again_from_the_command_line_is_taken_up() {
    let scene = looked_after(Transport::Http).await;
    scene.loses_two().await;
    scene.pass(Duration::from_mins(5)).await;
    scene.is_told(&scene.sam).await;
    scene
        .github
        .repository("containerd/containerd")
        .unlock(ISSUE);
    let path = scene.folder.path().join("store.db");
    let store = SqliteStore::open(path, Mode::Write)
        .await
        .expect("the store");
    for dead in store.dead().await.expect("a list") {
        assert!(
            store
                .retry(dead.id, scene.clock.now())
                .await
                .expect("it is written")
        );
    }
    store.close().await;
    scene.next_poll().await;
    for text in ["is merged", "ships in 2.4"] {
        scene.commented(text).await;
        scene.hears().await;
    }
    scene.end().await;
}

#[tokio::test]
async fn an_issue_where_too_much_is_written_is_held_until_an_admin_lets_it_go_on() {
    let scene = looked_after(Transport::Http).await;
    for nth in 1..=20 {
        scene.relays_text(&format!("KEP-5825, part {nth}.")).await;
        scene.hears().await;
    }
    scene.relays_text("KEP-5825, part 21.").await;
    let told = scene.is_told(&scene.sam).await;
    insta::assert_snapshot!(told.words());
    assert_eq!(scene.comments().len(), 20);
    assert_eq!(scene.measured("kep_liaison_outbox_held_lanes").await, "1");

    scene.sam.clicks(&told, "Let it go on").await;
    let told_again = scene.is_told(&scene.sam).await;
    assert_eq!(told_again.ts, told.ts);
    let words = told_again.words();
    assert!(
        words.starts_with("samuelkarp lets containerd/containerd#1 go on, until 13:"),
        "{words}"
    );
    scene.commented("part 21.").await;
    scene.hears().await;
    scene.relays_text("KEP-5825, part 22.").await;
    scene.commented("part 22.").await;
    scene.hears().await;
    assert_eq!(scene.measured("kep_liaison_outbox_held_lanes").await, "0");
    scene.end().await;
}

#[tokio::test]
async fn what_is_taken_back_waits_behind_nothing_that_is_held() {
    let scene = looked_after(Transport::Http).await;
    let mut receipts = Vec::new();
    for nth in 1..=20 {
        scene.relays_text(&format!("KEP-5825, part {nth}.")).await;
        receipts.push(scene.hears().await);
    }
    scene.relays_text("KEP-5825, part 21.").await;
    let told = scene.is_told(&scene.sam).await;
    scene.sam.clicks(&receipts[19], "Undo").await;
    let is_gone = || scene.comments().len() == 19;
    scene.until("one less", is_gone).await;
    let taken_back = scene.hears().await;
    assert_eq!(taken_back.ts, receipts[19].ts);
    scene.sam.clicks(&told, "Let it go on").await;
    scene.is_told(&scene.sam).await;
    scene.commented("part 21.").await;
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn an_issue_that_is_held_goes_on_as_the_hour_passes() {
    let mut scene = looked_after(Transport::Socket).await;
    for nth in 1..=20 {
        scene.relays_text(&format!("KEP-5825, part {nth}.")).await;
        scene.hears().await;
    }
    for nth in 21..=22 {
        scene.relays_text(&format!("KEP-5825, part {nth}.")).await;
    }
    scene.is_told(&scene.sam).await;
    let both = || scene.comments().len() == 22;
    for _ in 0..7 {
        scene.pass(Duration::from_mins(10)).await;
    }
    scene.until("both", both).await;
    // The buttons below the others have gone meanwhile.
    scene.stop().await;
    scene.sig_node.look_at_all();
    scene.end().await;
}
