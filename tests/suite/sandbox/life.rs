//! What people do in the sandbox, and who sees what comes of it.

use http::{Request, header};
use kep_liaison::{
    config::WorkspaceMode,
    sandbox::slack::{Fault, Kind, On},
};
use serde_json::{Value, json};

use super::{STATUS, Sandbox, ask, words};

#[tokio::test]
async fn an_answer_is_its_askers_until_it_is_posted() {
    for mode in [WorkspaceMode::Socket, WorkspaceMode::Http] {
        let sandbox = Sandbox::new(mode).await;
        let channel = sandbox.sig_node();
        let came = sandbox
            .act(
                "mikebrow",
                json!({"act": "writes", "channel": channel, "text": STATUS}),
            )
            .await;
        assert_eq!(came["error"], Value::Null);
        assert!(came["ms"].as_f64().is_some_and(|ms| ms < 3000.0), "{came}");
        let [answer] = &sandbox.messages("mikebrow", &channel).await[..] else {
            panic!("not one answer");
        };
        assert_eq!(answer["is_ephemeral"], true);
        for said in ["CRI List Streaming", "containerd 2.3", "15022"] {
            assert!(words(answer).contains(said), "no {said}: {answer}");
        }
        // The facts are as of now by the clock of the town, so nothing says that they are old.
        for age in ["As of ", "Sample data", "not everything has arrived"] {
            assert!(!words(answer).contains(age), "{age}: {answer}");
        }
        assert!(sandbox.messages("bitoku", &channel).await.is_empty());

        let on = json!({"channel": channel, "ts": answer["ts"]});
        let press = json!({"act": "clicks", "on": on, "action": "kep_post"});
        sandbox.act("mikebrow", press).await;
        let posted = sandbox.until("bitoku", &channel, 1).await;
        assert_eq!(posted[0]["is_ephemeral"], false);
        assert!(words(&posted[0]).contains("CRI List Streaming"));
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_link_to_a_kep_gets_its_card() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let link = "https://github.com/kubernetes/enhancements/issues/5825";
    let say = json!({"act": "writes", "channel": channel, "text": link});
    sandbox.act("bitoku", say).await;
    let preview = async || {
        let messages = sandbox.until("mikebrow", &channel, 1).await;
        messages[0]["previews"].to_string()
    };
    let looks = async {
        while !preview().await.contains("CRI List Streaming") {
            tokio::task::yield_now().await;
        }
    };
    let seen = tokio::time::timeout(std::time::Duration::from_secs(10), looks).await;
    assert!(seen.is_ok(), "{}", preview().await);
    sandbox.end().await;
}

#[tokio::test]
async fn a_mention_is_answered_in_its_thread_and_a_message_among_two() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let asked = "@kep-liaison who shepherds 5825?";
    let say = json!({"act": "writes", "channel": channel, "text": asked});
    sandbox.act("bitoku", say).await;
    let messages = sandbox.until("fuweid", &channel, 2).await;
    assert_eq!(messages[0]["author"], sandbox.id("bitoku"));
    assert_eq!(messages[1]["thread"], messages[0]["ts"]);
    assert!(words(&messages[1]).contains("samuelkarp"));

    let reply = json!({"act": "replies", "channel": channel, "thread": messages[0]["ts"], "text": "thanks"});
    sandbox.act("fuweid", reply).await;
    let react =
        json!({"act": "reacts", "channel": channel, "ts": messages[1]["ts"], "emoji": "eyes"});
    sandbox.act("fuweid", react.clone()).await;
    let messages = sandbox.messages("bitoku", &channel).await;
    assert_eq!(messages[2]["thread"], messages[0]["ts"]);
    let eyes = json!([{"name": "eyes", "people": [sandbox.id("fuweid")]}]);
    assert_eq!(messages[1]["reactions"], eyes);
    sandbox.act("fuweid", react).await;
    let messages = sandbox.messages("bitoku", &channel).await;
    assert_eq!(messages[1]["reactions"], json!([]));

    let person = sandbox.town.workspace.person("bitoku");
    let direct = person.direct().id().to_owned();
    let say = json!({"act": "writes", "channel": direct, "text": "5825"});
    sandbox.act("bitoku", say).await;
    let messages = sandbox.until("bitoku", &direct, 2).await;
    assert!(words(&messages[1]).contains("CRI List Streaming"));
    let others = sandbox.state("fuweid").await.to_string();
    assert!(!others.contains(&direct), "others see that they talk");
    sandbox.end().await;
}

#[tokio::test]
async fn a_home_is_that_of_who_opens_it() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    for (who, said) in [
        ("samuelkarp", "samuelkarp on GitHub"),
        ("HirazawaUi", "GitHub"),
    ] {
        assert_eq!(sandbox.state(who).await["home"], Value::Null);
        sandbox.act(who, json!({"act": "opens_home"})).await;
        let person = sandbox.town.workspace.person(who);
        let there = |_: &_| person.home().is_some();
        sandbox.town.workspace.until("a home", there).await;
        let home = sandbox.state(who).await["home"].to_string();
        assert!(home.contains(said), "{home}");
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_dialog_is_filled_in_and_sent() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let write = json!({"act": "writes", "channel": channel, "text": STATUS});
    sandbox.act("fuweid", write).await;
    // The bot has no dialog yet, so one is opened in its name.
    let attempts = sandbox.town.slack.attempts();
    let trigger = &attempts.last().expect("the command").payload["trigger_id"];
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let view = json!({
        "type": "modal",
        "title": plain("Triage"),
        "submit": plain("Save"),
        "blocks": [{
            "type": "input",
            "block_id": "why",
            "label": plain("Why?"),
            "element": {"type": "plain_text_input", "action_id": "why"},
        }],
    });
    let open = Request::post(format!("{}/views.open", sandbox.town.slack.api_url()))
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", sandbox.town.workspace.bot_token()),
        );
    let asked = json!({"trigger_id": trigger, "view": view}).to_string();
    let open = ask(open, &asked).await;
    assert_eq!(open.json()["ok"], true, "{}", open.body);

    let modal = sandbox.state("fuweid").await["modal"].clone();
    assert_eq!(
        (&modal["title"], &modal["submit"]),
        (&json!("Triage"), &json!("Save"))
    );
    assert_eq!(sandbox.state("mikebrow").await["modal"], Value::Null);
    let send = |values: Value| json!({"act": "submits", "view": modal["id"], "values": values});
    sandbox.act("fuweid", send(json!({}))).await;
    let errors = sandbox.state("fuweid").await["modal"]["errors"].clone();
    assert_eq!(errors["why"], "Please complete this required field.");
    sandbox
        .act("fuweid", send(json!({"why": "no change to CRI"})))
        .await;
    assert_eq!(sandbox.state("fuweid").await["modal"], Value::Null);
    sandbox.end().await;
}

#[tokio::test]
async fn what_slack_says_of_a_failure_is_told() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let channel = sandbox.sig_node();
    let failed = async |text: &str| {
        let act = json!({"act": "writes", "channel": channel, "text": text});
        let came = sandbox.act("samuelkarp", act).await;
        came["error"].as_str().expect("an error").to_owned()
    };
    assert_eq!(failed("/kpe 5825").await, "/kpe is not a valid command.");
    sandbox
        .town
        .slack
        .fault(On::envelope(Kind::Command), Fault::Hang);
    let error = failed(STATUS).await;
    assert!(
        error.contains("operation_timeout") && error.contains("3 seconds"),
        "{error}"
    );
    // That is what it was for.
    let wrong = sandbox.town.slack.take_violations();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    sandbox.end().await;
}
