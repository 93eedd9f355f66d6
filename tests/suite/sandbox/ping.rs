//! A question to a shepherd, as people play it on the page.

use kep_liaison::config::WorkspaceMode;
use serde_json::{Value, json};

use super::{Sandbox, words};

#[tokio::test]
async fn a_question_comes_to_the_shepherd_and_the_answer_back() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let (asker, shepherd) = ("HirazawaUi", "mikebrow");
    let typed = "/kep ping 5607 who *reviews* it?";
    let act = json!({"act": "writes", "channel": sandbox.sig_node(), "text": typed});
    sandbox.act(asker, act).await;
    let question = sandbox
        .sees(asker, |message| {
            words(message).contains("asks about KEP-5607")
        })
        .await;
    // The shepherd has the question before them, with a button.
    let direct = sandbox.town.workspace.person(shepherd).direct();
    let direct = direct.id().to_owned();
    let told = sandbox.until(shepherd, &direct, 1).await.remove(0);
    assert!(words(&told).contains("reviews"), "{told}");
    let action = told["blocks"]
        .as_array()
        .expect("blocks")
        .iter()
        .find_map(|block| block["elements"][0]["action_id"].as_str())
        .expect("a button");
    let on = json!({"channel": direct, "ts": told["ts"]});
    let act = json!({"act": "clicks", "on": on, "action": action});
    sandbox.act(shepherd, act).await;
    let modal = sandbox
        .eventually("a dialog", async || {
            let modal = sandbox.state(shepherd).await["modal"].clone();
            (!modal.is_null()).then_some(modal)
        })
        .await;
    let values = json!({"text": "I do."});
    let act = json!({"act": "submits", "view": modal["id"], "values": values});
    sandbox.act(shepherd, act).await;
    let is_answer = |message: &Value| words(message).contains("I do.");
    let answer = sandbox.sees(asker, is_answer).await;
    assert_eq!(answer["thread"], question["ts"]);
    let answered = async || {
        let told = sandbox.messages(shepherd, &direct).await;
        words(&told[0]).contains("mikebrow answered").then_some(())
    };
    sandbox.eventually("who answered", answered).await;
    sandbox.end().await;
}
