//! What somebody wants to be told, when and where.

use std::time::Duration;

use kep_liaison::{domain::Zone, sandbox::slack::Person};

use super::{super::Scene, begun};

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
        shown.starts_with("I do not know who you are on GitHub"),
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
    assert!(shown.contains("Not of: changes."), "{shown}");
    assert!(shown.contains("Nothing of KEP-4680."), "{shown}");
    scene.end().await;
}

#[tokio::test]
async fn off_for_a_while_is_over_by_itself() {
    let scene = begun().await;
    let shown = scene.answers(&scene.sam, "/kep notify off 3d").await;
    assert!(shown.contains("until 9 Jul 2026, 12:00 UTC"), "{shown}");
    scene.mentions_sam().await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_hours(72)).await;
    scene.mentions_sam().await;
    scene.told_once(&scene.sam).await;
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
    assert!(
        shown.contains("Not from 17:00–18:30 by your clock"),
        "{shown}"
    );
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
    insta::assert_snapshot!(said.words(), @"I remind you of that in a day.");

    scene.sam.clicks(&told, "Mute KEP-5825").await;
    let said = scene.told_once(&scene.sam).await;
    insta::assert_snapshot!(said.words(), @"You hear nothing more of KEP-5825 from me. /kep notify unmute 5825 brings it back.");
    scene.mentions_sam().await;
    scene.nobody_is_told().await;

    scene.pass(Duration::from_hours(24)).await;
    let again = scene.told_once(&scene.sam).await;
    assert_eq!((&*again.channel, &again.thread), (direct.id(), &None));
    assert!(
        again.words().contains("You wanted to be reminded"),
        "{}",
        again.words()
    );
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
