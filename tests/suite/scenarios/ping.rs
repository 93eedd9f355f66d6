//! Questions to a KEP's shepherds: they get them by direct message, wherever they are, and what they
//! answer comes back to where it was asked.

use std::time::Duration;

use kep_liaison::sandbox::slack::{Channel, Fault, Kind, On, Person, Said, Workspace};
use serde_json::json;

mod meanwhile;

use super::{BOTH, Scene, Transport, bridge::unstarted};
use crate::desk::phone::phone;

const ASK: &str = "/kep ping 5825 who *reviews* the CRI change?";
const POST: &str = "chat.postMessage";

async fn begun(mut scene: Scene) -> Scene {
    scene.tells_people = true;
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene
}

async fn bridged(transport: Transport) -> Scene {
    begun(unstarted(transport, "").await).await
}

fn shown(said: &Said) -> String {
    phone(&json!({ "blocks": said.blocks }))
}

/// Whom Slack notifies of a message because it names them.
fn notified(said: &Said) -> Vec<String> {
    let json = said.json["blocks"].to_string();
    assert!(
        !json.contains("<!") && !json.contains(r#""type":"user"#),
        "{json}"
    );
    let named = json.split("<@").skip(1);
    let ids = named.map(|behind| behind.split('>').next().unwrap_or_default());
    ids.map(ToOwned::to_owned).collect()
}

/// What was said in a conversation with somebody.
async fn told(scene: &Scene, person: &Person) -> Vec<Said> {
    scene.rest().await;
    person.direct().look_at_all();
    person.direct_messages()
}

/// What stands in the channel.
async fn said(scene: &Scene) -> Vec<Said> {
    scene.rest().await;
    scene.sig_node.look_at_all();
    scene.sig_node.messages()
}

/// Answers the question of a direct message.
async fn answers(scene: &Scene, person: &Person, question: &Said, text: &str) {
    person.clicks(question, "Answer").await;
    let is_open = |_: &Workspace| person.modal().is_some();
    scene.workspace.until("a dialog", is_open).await;
    let dialog = person.modal().expect("it is open");
    let shown = person.submits(&dialog, &[("Answer", text)]).await;
    assert_eq!(shown.error, None);
}

#[tokio::test]
async fn a_question_goes_to_the_shepherd_and_the_answer_back() {
    for transport in BOTH {
        let scene = bridged(transport).await;
        let answer = scene.mike.types(&scene.sig_node, ASK).await;
        assert!(answer.said().is_ephemeral());
        let words = answer.words();
        assert!(words.starts_with("On its way to samuelkarp:"), "{words}");
        let [question] = &said(&scene).await[..] else {
            panic!("not one message");
        };
        insta::assert_snapshot!("the_question_in_the_channel", shown(question));
        let [brought] = &told(&scene, &scene.sam).await[..] else {
            panic!("not one message");
        };
        insta::assert_snapshot!("the_question_to_the_shepherd", shown(brought));
        assert!(
            brought
                .json
                .to_string()
                .contains(&question.ts.replace('.', ""))
        );

        answers(
            &scene,
            &scene.sam,
            brought,
            "I do, with @mikebrow & others <soon>, <!channel>.",
        )
        .await;
        let replies: Vec<Said> = said(&scene)
            .await
            .into_iter()
            .filter(|it| it.thread.is_some())
            .collect();
        let [reply] = &replies[..] else {
            panic!("{replies:#?}");
        };
        assert_eq!(reply.thread.as_deref(), Some(&*question.ts));
        insta::assert_snapshot!("the_answer_in_the_thread", shown(reply));
        assert_eq!(notified(reply), [scene.mike.id()]);
        let [brought] = &told(&scene, &scene.sam).await[..] else {
            panic!("not one message");
        };
        insta::assert_snapshot!("the_question_after_the_answer", shown(brought));
        scene.end().await;
    }
}

#[tokio::test]
async fn whoever_asks_the_bot_by_mention_is_answered_below() {
    for transport in BOTH {
        let scene = bridged(transport).await;
        let text = "@kep-liaison who shepherds 5825?";
        let asked = scene.mike.says(&scene.sig_node, text).await;
        let [_, passed] = &said(&scene).await[..] else {
            panic!("not one answer");
        };
        assert_eq!(passed.thread.as_deref(), Some(&*asked.ts));
        assert_eq!(
            passed.words(),
            "KEP-5825 is shepherded by samuelkarp. I pass the question on to samuelkarp by direct message; an answer comes here."
        );
        let [brought] = &told(&scene, &scene.sam).await[..] else {
            panic!("not one message");
        };
        insta::assert_snapshot!("the_question_by_mention", shown(brought));
        answers(&scene, &scene.sam, brought, "Me.").await;
        let all = said(&scene).await;
        let answer = all.last().expect("an answer");
        assert_eq!(answer.thread.as_deref(), Some(&*asked.ts));
        assert!(answer.words().contains("Me."), "{}", answer.words());
        // It is a thread of theirs.
        assert!(notified(answer).is_empty());

        // In a thread, it is answered in that.
        let root = scene
            .person("liaison")
            .says(&scene.sig_node, "About KEP-4680:")
            .await;
        let reply = scene
            .mike
            .replies(&root, "@kep-liaison KEP-4680 shepherd?")
            .await;
        let all = said(&scene).await;
        let passed = all.last().expect("an answer");
        assert_eq!(passed.thread.as_deref(), Some(&*root.ts));
        let shepherd = scene.person("shepherd");
        let [brought] = &told(&scene, &shepherd).await[..] else {
            panic!("not one message");
        };
        assert!(
            brought
                .json
                .to_string()
                .contains(&reply.ts.replace('.', ""))
        );
        told(&scene, &scene.sam).await;
        scene.end().await;
    }
}

#[tokio::test]
async fn a_shepherd_on_another_workspace_is_asked_there() {
    let mut scene = unstarted(Transport::Socket, "").await;
    let cncf = scene.cncf();
    let sam = cncf.person("sam");
    let here = format!("slack = {{ kubernetes = \"{}\" }}", scene.sam.id());
    let there = format!("slack = {{ cncf = \"{}\" }}", sam.id());
    scene.settings = scene.settings.replace(&here, &there);
    let scene = begun(scene).await;
    cncf.connected(2).await;
    scene.mike.types(&scene.sig_node, ASK).await;
    let [question] = &said(&scene).await[..] else {
        panic!("not one message");
    };
    let [brought] = &told(&scene, &sam).await[..] else {
        panic!("not one message");
    };
    answers(&scene, &sam, brought, "I do.").await;
    let all = said(&scene).await;
    let answer = all.last().expect("an answer");
    assert_eq!(answer.thread.as_deref(), Some(&*question.ts));
    assert!(answer.words().contains("I do."), "{}", answer.words());
    assert_eq!(notified(answer), [scene.mike.id()]);
    assert!(told(&scene, &sam).await[0].words().contains("sam answered"));
    cncf.nothing_more_was_said();
    scene.end().await;
}

#[tokio::test]
async fn one_question_in_an_hour_about_one_kep() {
    let scene = bridged(Transport::Http).await;
    let types = async |person: &Person, typed: &str| {
        let shown = person.types(&scene.sig_node, typed).await;
        scene.rest().await;
        shown.words()
    };
    types(&scene.mike, ASK).await;
    said(&scene).await;
    let again = types(&scene.mike, "/kep ping KEP-5825: and when?").await;
    let lately = |left| {
        format!(
            "KEP-5825 is shepherded by samuelkarp. I passed a question of yours about it on already, and pass on one in an hour: the next in {left}."
        )
    };
    assert_eq!(again, lately("60 minutes"));
    // By mention neither.
    let mention = "@kep-liaison KEP-5825 shepherd?";
    scene.mike.says(&scene.sig_node, mention).await;
    let no = scene.hears().await;
    assert_eq!(no.only_for.as_deref(), Some(scene.mike.id()));
    assert_eq!(no.words(), again);
    // Another KEP is another matter, and so is another asker.
    types(&scene.mike, "/kep ping 4680 who?").await;
    types(&scene.person("stranger"), "/kep ping 5825 who?").await;
    let shepherd = scene.person("shepherd");
    assert_eq!(told(&scene, &shepherd).await.len(), 1);
    assert_eq!(told(&scene, &scene.sam).await.len(), 2);

    scene.pass(Duration::from_mins(58)).await;
    assert_eq!(types(&scene.mike, ASK).await, lately("2 minutes"));
    scene.pass(Duration::from_mins(3)).await;
    let on_its_way = types(&scene.mike, ASK).await;
    assert!(on_its_way.starts_with("On its way"), "{on_its_way}");
    assert_eq!(told(&scene, &scene.sam).await.len(), 3);
    said(&scene).await;
    scene.end().await;
}

#[tokio::test]
async fn what_was_brought_to_nobody_does_not_count() {
    let scene = bridged(Transport::Socket).await;
    for nth in 1..=2 {
        let mention = "@kep-liaison who shepherds KEP-24?";
        scene.mike.says(&scene.sig_node, mention).await;
        let all = said(&scene).await;
        assert_eq!(all.len(), 2 * nth, "{all:#?}");
        let no = all.last().expect("an answer").words();
        assert!(no.starts_with("Nobody shepherds KEP-24 yet."), "{no}");
        scene.pass(Duration::from_mins(5)).await;
    }
    // Nor what could not be posted.
    scene.sig_node.remove_bot();
    scene.mike.types(&scene.sig_node, ASK).await;
    assert_eq!(told(&scene, &scene.mike).await.len(), 1);
    scene.mike.invites_bot(&scene.sig_node).await;
    let on_its_way = scene.mike.types(&scene.sig_node, ASK).await.words();
    assert!(on_its_way.starts_with("On its way"), "{on_its_way}");
    assert_eq!(told(&scene, &scene.sam).await.len(), 1);
    assert_eq!(said(&scene).await.len(), 5);
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn it_happens_once_whatever_goes_wrong() {
    for transport in BOTH {
        for fault in [
            Fault::StatusAfter(500),
            Fault::DropAfter,
            Fault::TooManyRequests(3),
            Fault::Status(503),
        ] {
            let scene = bridged(transport).await;
            // The answer in the thread, and the direct message.
            scene.slack.fault(On::method(POST).first(2), fault);
            scene
                .mike
                .says(&scene.sig_node, "@kep-liaison who shepherds 5825?")
                .await;
            let stands = || !scene.sam.direct_messages().is_empty();
            scene.until("the question", stands).await;
            scene.slack.clear_faults();
            assert_eq!(told(&scene, &scene.sam).await.len(), 1);
            let all = said(&scene).await;
            assert_eq!(all.len(), 2, "{all:#?}");
            scene.end().await;
        }
    }
}

#[tokio::test]
async fn where_nobody_can_be_asked_it_says_whom_else_to_ask() {
    let mut scene = unstarted(Transport::Socket, "").await;
    // Sam shepherds KEP-5825, and is nobody whom the bot knows.
    let sam = format!("slack = {{ kubernetes = \"{}\" }}", scene.sam.id());
    scene.settings = scene.settings.replace(&sam, "slack = {}");
    let scene = begun(scene).await;
    let types = async |typed: &str| {
        let shown = scene.mike.types(&scene.sig_node, typed).await;
        shown.words()
    };
    let no = types(ASK).await;
    assert!(
        no.starts_with("KEP-5825 is shepherded by samuelkarp. I can ask none of them just now."),
        "{no}"
    );
    assert!(
        no.contains("Ask a maintainer: ") && no.contains("mikebrow"),
        "{no}"
    );
    let no = types("/kep ping 24 who?").await;
    assert!(
        no.starts_with("Nobody shepherds KEP-24 yet. Ask a maintainer: "),
        "{no}"
    );
    let no = types("/kep ping 999999 who?").await;
    assert_eq!(no, "I know no KEP with the number 999999.");
    let help = types("/kep ping").await;
    assert!(help.starts_with("Type the KEP and the question"), "{help}");
    let mention = "@kep-liaison who shepherds KEP-24?";
    scene.mike.says(&scene.sig_node, mention).await;
    let all = said(&scene).await;
    assert_eq!(
        all.last().expect("an answer").words(),
        types("/kep ping 24 who?").await
    );
    assert_eq!(all.len(), 2);
    // Whoever shepherds it is not asked by themselves.
    let shepherd = scene.person("shepherd");
    let own = shepherd.types(&scene.sig_node, "/kep ping 4680 who?").await;
    let own = own.words();
    assert!(
        own.starts_with("You shepherd KEP-4680 yourself, and nobody else does. Ask a maintainer: "),
        "{own}"
    );
    assert!(told(&scene, &shepherd).await.is_empty());
    scene.end().await;
}

#[tokio::test]
async fn elsewhere_it_is_answered_as_ever_and_nobody_is_asked() {
    let scene = bridged(Transport::Socket).await;
    let random: Channel = scene.workspace.channel("random").with(&[&scene.mike]);
    scene.mike.invites_bot(&random).await;
    scene
        .mike
        .says(&random, "@kep-liaison who shepherds 5825?")
        .await;
    assert!(random.next().await.words().contains("samuelkarp"));
    let no = scene.mike.types(&random, ASK).await.words();
    assert!(no.contains("this is none"), "{no}");
    // Nor where it is another question.
    scene
        .mike
        .says(&scene.sig_node, "@kep-liaison who owns 5825?")
        .await;
    assert!(scene.hears().await.words().contains("bitoku"));
    assert!(told(&scene, &scene.sam).await.is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_question_that_cannot_be_posted_is_asked_of_nobody() {
    let scene = bridged(Transport::Http).await;
    scene.sig_node.remove_bot();
    scene.mike.types(&scene.sig_node, ASK).await;
    let [sorry] = &told(&scene, &scene.mike).await[..] else {
        panic!("not one message");
    };
    assert!(
        sorry.words().contains("could not be posted"),
        "{}",
        sorry.words()
    );
    assert!(told(&scene, &scene.sam).await.is_empty());
    scene.slack.take_violations();
    scene.end().await;
}

#[tokio::test]
async fn a_mention_that_is_delivered_again_is_passed_on_once() {
    let scene = bridged(Transport::Socket).await;
    // The acknowledgement is lost on its way.
    scene
        .slack
        .fault(On::envelope(Kind::Event), Fault::DropAfter);
    let patience = async {
        assert!(
            scene
                .sig_node
                .next()
                .await
                .words()
                .contains("I pass the question on")
        );
        scene.clock.advance(Duration::from_secs(4));
    };
    let asking = scene
        .mike
        .says(&scene.sig_node, "@kep-liaison who shepherds 5825?");
    tokio::join!(asking, patience);
    let is_again = |_: &Workspace| scene.slack.attempts().iter().any(|one| one.retry == 1);
    scene.workspace.until("another try", is_again).await;
    assert_eq!(told(&scene, &scene.sam).await.len(), 1);
    assert_eq!(said(&scene).await.len(), 2);
    scene.slack.take_violations();
    scene.end().await;
}
