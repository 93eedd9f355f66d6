//! Digests of people's own: who asks for one gets it, of their own KEPs and no other, until they want
//! no more.

use kep_liaison::sandbox::slack::{Fault, On, Person, Said};
use serde_json::json;

use super::{
    Scene,
    digest::{at, planned},
};
use crate::desk::phone::phone;

/// A plan by UTC that brings the channel no digest in the months of these tests.
const NEW_YEAR: &str = r#"schedule = "0 8 1 1 *", timezone = "UTC""#;
/// The tracking issue of KEP-4680, which `shepherd` shepherds.
const THEIRS: u64 = 2;

/// A bot that Sam looks after, and that has taken in what there is at a moment.
async fn begun(now: &str) -> Scene {
    let mut scene = planned(NEW_YEAR).await;
    let sam = "github = \"samuelkarp\"\n";
    let admin = format!("{sam}roles = [\"admin\"]\n");
    scene.settings = scene.settings.replacen(sam, &admin, 1);
    scene.clock.set(at(now));
    scene.begins().await;
    scene
}

/// The clock comes to each of these moments, and nothing is said.
async fn is_quiet_at(scene: &Scene, moments: &[&str]) {
    for moment in moments {
        scene.it_is(moment).await;
        let unseen = scene.workspace.unseen();
        let words: Vec<String> = unseen.iter().map(Said::words).collect();
        assert!(words.is_empty(), "{moment}: {words:#?}");
    }
}

/// The one digest that comes to somebody at a moment, on time, and to nobody else.
async fn comes_to(scene: &Scene, person: &Person, moment: &str) -> Said {
    scene.it_is(moment).await;
    scene
        .until("a digest", || !scene.workspace.unseen().is_empty())
        .await;
    scene.rest().await;
    let direct = person.direct();
    let mut said = scene.workspace.unseen();
    direct.look_at_all();
    let words: Vec<String> = said.iter().map(Said::words).collect();
    assert_eq!(said.len(), 1, "{moment}: {words:#?}");
    let digest = said.remove(0);
    assert_eq!(digest.channel, direct.id());
    assert_eq!((&digest.thread, digest.is_ephemeral()), (&None, false));
    assert!(!words[0].contains("comes late"), "{moment}: {words:#?}");
    digest
}

/// What somebody is answered.
async fn types(scene: &Scene, person: &Person, typed: &str) -> String {
    let shown = person.types(&scene.sig_node, typed).await;
    assert!(shown.said().is_ephemeral());
    shown.words()
}

#[tokio::test]
async fn a_weekly_one_tells_of_ones_own_keps_once_each_monday() {
    let mut scene = begun("2026-07-06T12:00").await;
    let shepherd = scene.person("shepherd");
    let answer = types(&scene, &shepherd, "/kep notify digest weekly").await;
    insta::assert_snapshot!(answer, @"You get a digest of your KEPs each Monday, by direct message. It stays away where nothing is new, and says once a week what still needs somebody. The next is due on Mon 13 Jul 2026, 08:00 (UTC). To stop it: /kep notify digest off.");
    is_quiet_at(&scene, &["2026-07-07T08:00", "2026-07-13T07:40"]).await;
    let first = comes_to(&scene, &shepherd, "2026-07-13T08:00").await;
    insta::assert_snapshot!(phone(&json!({ "blocks": first.blocks })));
    is_quiet_at(&scene, &["2026-07-13T09:00"]).await;

    // A restart brings none again, and what others do is not told.
    scene.is_back("2026-07-13T10:00").await;
    is_quiet_at(&scene, &["2026-07-13T11:00"]).await;
    scene.pushes("stage: alpha", "stage: beta");
    let containerd = scene.containerd();
    containerd.comment("shepherd", THEIRS, "The tests are in.");
    is_quiet_at(&scene, &["2026-07-14T08:00"]).await;
    let second = comes_to(&scene, &shepherd, "2026-07-20T08:00")
        .await
        .words();
    assert!(second.contains("The tests are in."), "{second}");
    assert!(!second.contains("5825"), "{second}");
    assert!(!second.contains("/kep notify"), "{second}");

    let answer = types(&scene, &shepherd, "/kep notify digest off").await;
    insta::assert_snapshot!(answer, @"You get no digest of your KEPs from now on. /kep notify digest weekly brings it back.");
    is_quiet_at(&scene, &["2026-07-27T08:00", "2026-08-03T08:00"]).await;
    // Who wants it again is not told of what was due meanwhile.
    types(&scene, &shepherd, "/kep notify digest weekly").await;
    is_quiet_at(&scene, &["2026-08-03T09:00"]).await;
    comes_to(&scene, &shepherd, "2026-08-10T08:00").await;
    scene.end().await;
}

#[tokio::test]
async fn a_daily_one_comes_on_working_days() {
    let scene = begun("2026-07-10T12:00").await;
    let shepherd = scene.person("shepherd");
    types(&scene, &shepherd, "/kep notify digest weekly").await;
    let answer = types(&scene, &shepherd, "/kep notify digest daily").await;
    insta::assert_snapshot!(answer, @"You get a digest of your KEPs each working day, by direct message. It stays away where nothing is new, and says once a week what still needs somebody. The next is due on Mon 13 Jul 2026, 08:00 (UTC). To stop it: /kep notify digest off.");
    let shown = types(&scene, &shepherd, "/kep notify").await;
    assert!(shown.contains(&answer), "{shown}");
    is_quiet_at(&scene, &["2026-07-11T08:00", "2026-07-12T08:00"]).await;
    comes_to(&scene, &shepherd, "2026-07-13T08:00").await;
    // Nothing is new, and that somebody is needed was said: once a week is enough.
    is_quiet_at(&scene, &["2026-07-14T08:00", "2026-07-17T08:00"]).await;
    let second = comes_to(&scene, &shepherd, "2026-07-20T08:00").await;
    insta::assert_snapshot!(phone(&json!({ "blocks": second.blocks })));
    scene.end().await;
}

#[tokio::test]
async fn one_without_anything_to_tell_stays_away() {
    let scene = begun("2026-07-06T12:00").await;
    let liaison = scene.person("liaison");
    types(&scene, &liaison, "/kep notify digest weekly").await;
    let first = comes_to(&scene, &liaison, "2026-07-13T08:00").await.words();
    assert!(first.contains("nobody is needed"), "{first}");
    is_quiet_at(&scene, &["2026-07-20T08:00", "2026-07-27T08:00"]).await;
    scene.end().await;
}

#[tokio::test]
async fn what_is_long_stands_below_it_once_though_slack_answers_500() {
    let scene = begun("2026-07-06T12:00").await;
    let shepherd = scene.person("shepherd");
    types(&scene, &shepherd, "/kep notify digest weekly").await;
    let remarks: Vec<String> = (1..=20).map(|nth| format!("Remark {nth:02}.")).collect();
    for remark in &remarks {
        scene.containerd().comment("shepherd", THEIRS, remark);
    }
    is_quiet_at(&scene, &["2026-07-07T12:00"]).await;
    let posts = On::method("chat.postMessage").every(1);
    scene.slack.fault(posts, Fault::StatusAfter(500));
    scene.it_is("2026-07-13T08:00").await;
    let unseen = || scene.workspace.unseen().len() > 1;
    scene.until("a digest and what is below it", unseen).await;
    scene.rest().await;
    let direct = shepherd.direct();
    let said = scene.workspace.unseen();
    direct.look_at_all();
    let [root, below] = &said[..] else {
        panic!("{said:#?}");
    };
    for said in [root, below] {
        assert_eq!(said.channel, direct.id());
    }
    assert_eq!(root.thread, None);
    assert_eq!(below.thread.as_deref(), Some(&*root.ts));
    let words = [root.words(), below.words()].concat();
    for remark in &remarks {
        assert_eq!(words.matches(remark).count(), 1, "{remark}: {words}");
    }
    scene.end().await;
}

#[tokio::test]
async fn who_has_left_is_told_nothing_and_admins_are_not_bothered() {
    let scene = begun("2026-07-06T12:00").await;
    let shepherd = scene.person("shepherd");
    types(&scene, &shepherd, "/kep notify digest weekly").await;
    scene.slack.fault(
        On::method("conversations.open"),
        Fault::Error("user_disabled"),
    );
    let later = ["2026-07-13T08:00", "2026-07-13T08:10", "2026-07-13T09:00"];
    is_quiet_at(&scene, &later).await;
    assert_eq!(scene.slack.calls_of("conversations.open").len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn who_is_not_known_or_types_something_else_is_told_what_to_do() {
    let scene = begun("2026-07-06T12:00").await;
    let stranger = scene.person("stranger");
    for typed in ["/kep notify", "/kep notify digest daily"] {
        let no = types(&scene, &stranger, typed).await;
        assert!(no.contains("I do not know who you are on GitHub"), "{no}");
        assert!(
            no.contains("ask who looks after this bot (samuelkarp)"),
            "{no}"
        );
        assert!(no.contains(stranger.id()), "{no}");
    }
    let none = types(&scene, &scene.sam, "/kep notify").await;
    assert!(none.contains("You get no digest of your own. Type /kep notify digest weekly for one each Monday, or /kep notify digest daily for one each working day"), "{none}");
    let wrong = types(&scene, &scene.sam, "/kep notify weekly").await;
    assert!(
        wrong.contains("/kep notify digest weekly, daily or off"),
        "{wrong}"
    );
    let direct = scene.sam.direct();
    scene.sam.says(&direct, "notify").await;
    let answer = direct.next().await.words();
    assert!(
        answer.contains("set by a command: /kep notify."),
        "{answer}"
    );
    is_quiet_at(&scene, &["2026-07-07T08:00", "2026-07-13T08:00"]).await;
    scene.end().await;
}
