//! What somebody wants to be told, when and where.

use std::time::Duration;

use kep_liaison::{
    domain::Zone,
    sandbox::slack::{Fault, On, Person},
};

use super::{super::Scene, begun};
use crate::scenarios::bridge::ISSUE;

impl Scene {
    /// What somebody is answered who types something.
    pub(super) async fn answers(&self, person: &Person, typed: &str) -> String {
        let shown = person.types(&self.sig_node, typed).await;
        assert!(shown.said().is_ephemeral());
        shown.words()
    }

    async fn mentions_sam(&self) {
        self.comments_on_it("author", "@samuelkarp, please look.")
            .await;
    }
}

#[tokio::test]
async fn one_sees_what_one_is_told() {
    let scene = begun().await;
    let shown = scene.answers(&scene.sam, "/kep notify").await;
    insta::assert_snapshot!(shown);
    let stranger = scene.person("stranger");
    let shown = scene.answers(&stranger, "/kep notify").await;
    assert!(
        shown.contains("I do not know who you are on GitHub"),
        "{shown}"
    );
    scene.end().await;
}

#[tokio::test]
async fn a_kind_or_all_of_it_is_left_out() {
    let scene = begun().await;
    for (typed, is_told) in [
        ("/kep notify mentions off", false),
        ("/kep notify mentions on", true),
        ("/kep notify off", false),
        ("/kep notify on", true),
        ("/kep notify mute 5825", false),
        ("/kep notify mute 4680", false),
        ("/kep notify unmute 5825", true),
    ] {
        scene.answers(&scene.sam, typed).await;
        scene.pass(Duration::from_mins(2)).await;
        scene.mentions_sam().await;
        if is_told {
            scene.told_once(&scene.sam).await;
        } else {
            scene.nobody_is_told().await;
        }
    }
    let shown = scene.answers(&scene.sam, "/kep notify changes off").await;
    insta::assert_snapshot!(shown, @r"
    I tell you no more when a KEP that you shepherd or follow moves. /kep notify changes on brings it back.
    Not of: changes.
    Muted: KEP-4680.
    /kep notify shows all of it.
    ");
    scene.end().await;
}

#[tokio::test]
async fn off_for_a_while_is_over_by_itself() {
    let scene = begun().await;
    let shown = scene.answers(&scene.sam, "/kep notify off 3d").await;
    assert!(
        shown.contains("until 9 Jul 2026, 05:00 America/Los_Angeles"),
        "{shown}"
    );
    scene.mentions_sam().await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_hours(72)).await;
    scene.mentions_sam().await;
    scene.told_once(&scene.sam).await;
    scene.end().await;
}

#[tokio::test]
async fn each_change_is_said_first_and_waits_for_nobody() {
    let scene = begun().await;
    scene.sam.set_time_zone(Zone::named("UTC").expect("a zone"));
    let mut all = String::new();
    for typed in [
        "mentions off",
        "mentions on",
        "quiet 22:00-08:00",
        "mute 4680",
        "mute 5825",
        "off 2w",
        "here",
        "on",
        "unmute 4680",
        "unmute 5825",
        "quiet off",
    ] {
        let typed = format!("/kep notify {typed}");
        let shown = scene.answers(&scene.sam, &typed).await;
        all.extend(["> ", &typed, "\n", &shown, "\n\n"]);
    }
    insta::assert_snapshot!(all);
    // Slack does not say by which clock they live: it is told without.
    scene
        .answers(&scene.sam, "/kep notify quiet 22:00-08:00")
        .await;
    let zones = || scene.slack.calls_of("users.info").len();
    let asked = zones();
    scene.slack.fault(On::method("users.info"), Fault::Hang);
    let late = async {
        scene.until("the question", || zones() > asked).await;
        scene.clock.advance(Duration::from_secs(1));
    };
    let (shown, ()) = tokio::join!(scene.answers(&scene.sam, "/kep notify"), late);
    assert!(
        shown.contains("Quiet hours: 22:00–08:00 by your clock on Slack."),
        "{shown}"
    );
    scene.end().await;
}

#[tokio::test]
async fn quiet_hours_hold_what_comes_and_tell_it_as_one() {
    let scene = begun().await;
    // Noon in UTC is six in the evening in Almaty, minus the hour that it gave up.
    scene
        .sam
        .set_time_zone(Zone::named("Asia/Almaty").expect("a zone"));
    let shown = scene
        .answers(&scene.sam, "/kep notify quiet 17:00-18:30")
        .await;
    insta::assert_snapshot!(shown, @r"
    Quiet hours: 17:00–18:30, Asia/Almaty; quiet now until 18:30. What comes meanwhile comes as one message after.
    /kep notify shows all of it.
    ");
    scene.mentions_sam().await;
    scene.pass(Duration::from_mins(30)).await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_hours(1)).await;
    let told = scene.told_once(&scene.sam).await;
    let words = told.words();
    assert!(
        words.contains("please look") && words.contains("stage alpha → beta"),
        "{words}"
    );
    // Others hear of theirs meanwhile, and so do they by day.
    scene.answers(&scene.sam, "/kep notify quiet off").await;
    scene.pass(Duration::from_mins(5)).await;
    scene.mentions_sam().await;
    scene.told_once(&scene.sam).await;
    scene.end().await;
}

#[tokio::test]
async fn what_is_edited_in_quiet_hours_holds_up_nothing_and_loses_nothing() {
    let scene = begun().await;
    scene.sam.set_time_zone(Zone::named("UTC").expect("a zone"));
    let first = scene.comments_on_it("author", "@samuelkarp, one.").await;
    let told = scene.told_once(&scene.sam).await;
    scene.pass(Duration::from_mins(5)).await;
    scene
        .answers(&scene.sam, "/kep notify quiet 12:00-14:00")
        .await;
    // Both are found by one poll: what one was told of is gone, and there is more.
    let containerd = scene.containerd();
    containerd.edit_comment(first, "Never mind.");
    containerd.comment("author", ISSUE, "@samuelkarp, two.");
    scene.github.take_deliveries();
    scene.poll().await;
    let edited = scene.told_once(&scene.sam).await;
    assert_eq!(edited.ts, told.ts);
    assert!(
        edited.words().contains("mentions you no more"),
        "{}",
        edited.words()
    );
    // Who wants no quiet any more need not wait for its end.
    scene.answers(&scene.sam, "/kep notify quiet off").await;
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("two."), "{}", told.words());
    scene.end().await;
}

#[tokio::test]
async fn what_is_more_than_a_message_holds_stands_below_it() {
    let scene = begun().await;
    scene.sam.set_time_zone(Zone::named("UTC").expect("a zone"));
    scene
        .answers(&scene.sam, "/kep notify quiet 12:00-14:00")
        .await;
    for nth in 0..25 {
        let text = format!("@samuelkarp, number {nth}.");
        scene.containerd().comment("author", ISSUE, &text);
    }
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_hours(2)).await;
    let told = scene.told(&scene.sam).await;
    assert_eq!(told.len(), 3);
    assert!(
        told[1..]
            .iter()
            .all(|it| it.thread.as_deref() == Some(&*told[0].ts))
    );
    let words: String = told
        .iter()
        .map(kep_liaison::sandbox::slack::Said::words)
        .collect();
    for nth in 0..25 {
        assert_eq!(words.matches(&format!("number {nth}.")).count(), 1);
    }
    scene.end().await;
}

#[tokio::test]
async fn buttons_mute_a_kep_show_the_settings_and_remind() {
    let scene = begun().await;
    scene.mentions_sam().await;
    let told = scene.told_once(&scene.sam).await;
    let direct = scene.sam.direct();

    scene.sam.clicks(&told, "Settings").await;
    let said = scene.told_once(&scene.sam).await;
    assert!(
        said.is_ephemeral() && said.words().contains("(mentions)"),
        "{}",
        said.words()
    );

    scene.sam.clicks(&told, "Remind me tomorrow").await;
    let said = scene.told_once(&scene.sam).await;
    // Each reader sees it by their own clock.
    let words = said.words();
    let is_dated = words.starts_with("I remind you of that <!date^");
    assert!(
        is_dated && words.ends_with("|7 Jul 2026 12:00 UTC>."),
        "{words}"
    );

    scene.pass(Duration::from_hours(24)).await;
    let again = scene.told_once(&scene.sam).await;
    assert_eq!((&*again.channel, &again.thread), (direct.id(), &None));
    assert!(
        again.words().contains("You wanted to be reminded"),
        "{}",
        again.words()
    );

    // Who wants to hear no more of it is not reminded either.
    scene.sam.clicks(&again, "Remind me tomorrow").await;
    scene.told_once(&scene.sam).await;
    scene.sam.clicks(&again, "Mute KEP-5825").await;
    let said = scene.told_once(&scene.sam).await;
    insta::assert_snapshot!(said.words(), @r"
    KEP-5825 is muted: you hear nothing more of it from me, and get no questions about it. /kep notify unmute 5825 brings it back.
    /kep notify shows all of it.
    ");
    scene.mentions_sam().await;
    scene.pass(Duration::from_hours(25)).await;
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn who_has_left_is_told_nothing_and_holds_up_nobody() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    scene.sam.deactivate();
    scene
        .comments_on_it("author", "@samuelkarp and @shepherd, please look.")
        .await;
    scene.told_once(&shepherd).await;
    // Only by asking one knows that they have left.
    let scolded = scene.slack.take_violations();
    assert_eq!(scolded.len(), 1, "{scolded:?}");
    scene.end().await;
}
