//! What happens to a question, and to those it is for, before it is answered.

use std::time::Duration;

use kep_liaison::{
    domain::Zone,
    sandbox::slack::{Fault, On, Person, Workspace},
};

use super::{ASK, Scene, Transport, answers, begun, bridged, said, shown, told};
use crate::scenarios::bridge::unstarted;

/// A bot in whose settings Mike is known, and with Sam shepherds KEP-5825.
async fn of_two() -> Scene {
    let mut scene = unstarted(Transport::Socket, "").await;
    let mike = format!(
        "[[people]]\ngithub = \"mikebrow\"\nslack = {{ kubernetes = \"{}\" }}\n",
        scene.mike.id()
    );
    scene.settings.push_str(&mike);
    scene.rewrites("@samuelkarp", "@samuelkarp @mikebrow");
    begun(scene).await
}

async fn types(scene: &Scene, person: &Person, typed: &str) -> String {
    person.types(&scene.sig_node, typed).await.words()
}

/// Whoever shepherds it is not asked by themselves, nor told to ask themselves.
#[tokio::test]
async fn one_of_two_shepherds_who_asks_reaches_the_other() {
    let scene = of_two().await;
    let on_its_way = types(&scene, &scene.mike, ASK).await;
    assert!(
        on_its_way.starts_with("On its way to samuelkarp:"),
        "{on_its_way}"
    );
    said(&scene).await;
    assert_eq!(told(&scene, &scene.sam).await.len(), 1);
    assert!(told(&scene, &scene.mike).await.is_empty());
    types(&scene, &scene.sam, "/kep notify off").await;
    let no = types(&scene, &scene.mike, ASK).await;
    insta::assert_snapshot!(no, @"KEP-5825 is shepherded by samuelkarp, mikebrow. You are one of them, and I can ask none of the others just now. Ask a maintainer: samuelkarp, fuweid.");
    scene.end().await;
}

/// It is noon in UTC, and Sam has quiet hours for an hour more.
async fn is_quiet(scene: &Scene) {
    let almaty = Zone::named("Asia/Almaty").expect("a zone");
    scene.sam.set_time_zone(almaty);
    let quiet = types(scene, &scene.sam, "/kep notify quiet 16:00-18:00").await;
    assert!(quiet.contains("16:00–18:00"), "{quiet}");
}

#[tokio::test]
async fn who_wants_to_be_left_alone_is() {
    let scene = bridged(Transport::Socket).await;
    is_quiet(&scene).await;
    let on_its_way = types(&scene, &scene.mike, ASK).await;
    assert!(on_its_way.starts_with("On its way"), "{on_its_way}");
    let early = told(&scene, &scene.sam).await;
    assert!(early.is_empty(), "{early:#?}");
    // Whoever asks sees when it comes there.
    let [question] = &said(&scene).await[..] else {
        panic!("not one message");
    };
    let words = question.words();
    assert!(
        words.contains("I pass this on to samuelkarp (at 18:00 their time) by direct message"),
        "{words}"
    );
    scene.pass(Duration::from_mins(55)).await;
    assert!(told(&scene, &scene.sam).await.is_empty());
    scene.pass(Duration::from_mins(6)).await;
    assert_eq!(told(&scene, &scene.sam).await.len(), 1);

    types(&scene, &scene.sam, "/kep notify off").await;
    let no = types(&scene, &scene.person("stranger"), ASK).await;
    assert!(no.contains("can ask none of them"), "{no}");
    said(&scene).await;
    scene.end().await;
}

#[tokio::test]
async fn what_another_answered_does_not_come_after_the_quiet_hours() {
    let scene = of_two().await;
    is_quiet(&scene).await;
    let stranger = scene.person("stranger");
    types(&scene, &stranger, ASK).await;
    let [question] = &said(&scene).await[..] else {
        panic!("not one message");
    };
    let words = question.words();
    assert!(
        words.contains("samuelkarp (at 18:00 their time)") && words.contains("mikebrow"),
        "{words}"
    );
    let [brought] = &told(&scene, &scene.mike).await[..] else {
        panic!("not one message");
    };
    answers(&scene, &scene.mike, brought, "I do.").await;
    assert_eq!(said(&scene).await.len(), 2);
    let [brought] = &told(&scene, &scene.mike).await[..] else {
        panic!("not one message");
    };
    assert!(brought.words().contains("mikebrow answered"));
    scene.pass(Duration::from_mins(61)).await;
    assert!(told(&scene, &scene.sam).await.is_empty());
    scene.end().await;
}

/// The question does not wait until Slack says what time it is for a shepherd.
#[tokio::test]
async fn where_slack_does_not_say_the_time_the_question_stands_all_the_same() {
    let scene = bridged(Transport::Socket).await;
    is_quiet(&scene).await;
    scene
        .slack
        .fault(On::method("users.info"), Fault::Status(503));
    types(&scene, &scene.mike, ASK).await;
    let [question] = &said(&scene).await[..] else {
        panic!("not one message");
    };
    let words = question.words();
    assert!(words.contains("on to samuelkarp by"), "{words}");
    scene.slack.clear_faults();
    assert!(told(&scene, &scene.sam).await.is_empty());
    scene.pass(Duration::from_mins(61)).await;
    assert_eq!(told(&scene, &scene.sam).await.len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn who_has_had_enough_meanwhile_is_not_asked() {
    let scene = bridged(Transport::Socket).await;
    is_quiet(&scene).await;
    types(&scene, &scene.mike, ASK).await;
    said(&scene).await;
    types(&scene, &scene.sam, "/kep notify mute 5825").await;
    scene.pass(Duration::from_mins(61)).await;
    assert!(told(&scene, &scene.sam).await.is_empty());
    scene.end().await;
}

#[tokio::test]
async fn all_who_were_asked_see_who_answered() {
    let scene = of_two().await;
    let stranger = scene.person("stranger");
    types(&scene, &stranger, ASK).await;
    said(&scene).await;
    for person in [&scene.sam, &scene.mike] {
        assert_eq!(told(&scene, person).await.len(), 1);
    }
    // Sam has the dialog open while Mike answers.
    let sams = told(&scene, &scene.sam).await.remove(0);
    scene.sam.clicks(&sams, "Answer").await;
    let is_open = |_: &Workspace| scene.sam.modal().is_some();
    scene.workspace.until("a dialog", is_open).await;
    let mikes = told(&scene, &scene.mike).await.remove(0);
    answers(&scene, &scene.mike, &mikes, "One.").await;
    said(&scene).await;
    for person in [&scene.sam, &scene.mike] {
        let [brought] = &told(&scene, person).await[..] else {
            panic!("not one message");
        };
        let shown = shown(brought);
        assert!(
            shown.contains("mikebrow answered") && !shown.contains("[Answer]"),
            "{shown}"
        );
    }
    let dialog = scene.sam.modal().expect("it is open");
    scene.sam.submits(&dialog, &[("Answer", "Two.")]).await;
    let all = said(&scene).await;
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(all.last().expect("it stands").words().contains("Two."));
    told(&scene, &scene.sam).await;
    told(&scene, &scene.mike).await;
    scene.end().await;
}

/// Whoever was asked may answer.
#[tokio::test]
async fn an_answer_of_who_is_a_shepherd_and_known_no_more_stands() {
    let mut scene = bridged(Transport::Http).await;
    types(&scene, &scene.mike, ASK).await;
    said(&scene).await;
    let [brought] = &told(&scene, &scene.sam).await[..] else {
        panic!("not one message");
    };
    let person = format!(
        "[[people]]\n            github = \"samuelkarp\"\n            slack = {{ kubernetes = \"{}\" }}\n",
        scene.sam.id()
    );
    assert!(scene.settings.contains(&person), "{}", scene.settings);
    scene.settings = scene.settings.replace(&person, "");
    scene.rewrites("@samuelkarp", "@shepherd");
    scene.stop().await;
    let scene = begun(scene).await;
    answers(&scene, &scene.sam, brought, "I did.").await;
    let all = said(&scene).await;
    let answer = all.last().expect("an answer");
    assert!(answer.thread.is_some() && answer.words().contains("I did."));
    let [brought] = &told(&scene, &scene.sam).await[..] else {
        panic!("not one message");
    };
    assert!(brought.words().contains("samuelkarp answered"));
    // Who shepherds it now is told that they do, and no more.
    let shepherd = scene.person("shepherd");
    told(&scene, &shepherd).await;
    scene.end().await;
}

#[tokio::test]
async fn of_questions_that_come_at_once_one_is_passed_on() {
    for mention in [false, true] {
        let scene = bridged(Transport::Http).await;
        let asks = async || {
            if mention {
                let text = "@kep-liaison who shepherds 5825?";
                scene.mike.says(&scene.sig_node, text).await;
            } else {
                scene.mike.types(&scene.sig_node, ASK).await;
            }
        };
        tokio::join!(asks(), asks(), asks(), asks());
        assert_eq!(told(&scene, &scene.sam).await.len(), 1);
        let all = said(&scene).await;
        let passed = all.iter().filter(|it| it.words().contains("pass"));
        let passed = passed.filter(|it| !it.is_ephemeral());
        assert_eq!(passed.count(), 1, "{all:#?}");
        scene.end().await;
    }
}
