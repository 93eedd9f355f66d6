//! Signing in at GitHub, as people play it on the page.

use chrono::TimeDelta;
use kep_liaison::config::WorkspaceMode;
use serde_json::{Value, json};

use super::{Sandbox, words};

/// Somebody whom the settings do not name.
const WHO: &str = "HirazawaUi";

impl Sandbox {
    async fn types_link(&self) -> String {
        let act = json!({"act": "writes", "channel": self.sig_node(), "text": "/kep link"});
        self.act(WHO, act).await;
        let message = self
            .eventually("a code", async || {
                let mut messages = self.messages(WHO, &self.sig_node()).await;
                messages.retain(|message| words(message).contains("Enter this code"));
                messages.pop()
            })
            .await;
        let button = &message["blocks"][1]["elements"][0]["url"];
        let page = format!("{}/login/device", self.town.github.url());
        assert_eq!(*button, page);
        let text = message["blocks"][0]["text"]["text"].as_str();
        let code = text.expect("a text").split('`').nth(1);
        code.expect("a code").to_owned()
    }

    async fn enters(&self, login: &str, code: &str, is_authorized: bool) -> Value {
        let does = json!({"enter_code": {"code": code, "is_authorized": is_authorized}});
        let mut act = json!({"act": "on_github", "login": login, "does": does});
        act["as"] = self.id(WHO).into();
        super::ask(self.post(), &act.to_string()).await.json()
    }

    /// Once the bot has asked GitHub.
    async fn sees_at_last(&self, sentence: &str) {
        let soon = self.town.now() + TimeDelta::seconds(10);
        self.town.advance(soon).await.expect("the clock moves");
        self.eventually(sentence, async || {
            let messages = self.messages(WHO, &self.sig_node()).await;
            let mut messages = messages.iter();
            messages
                .any(|message| words(message).contains(sentence))
                .then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn somebody_signs_in_or_cancels() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let code = sandbox.types_link().await;
    let refused = sandbox.enters(WHO, "ABCD-EFGH", true).await;
    assert_eq!(
        refused["error"],
        "GitHub knows no such code, or it is too old."
    );
    sandbox.enters(WHO, &code, false).await;
    sandbox.sees_at_last("You said no on GitHub").await;
    sandbox.end().await;
    let sandbox = Sandbox::new(WorkspaceMode::Http).await;
    let code = sandbox.types_link().await;
    assert_eq!(
        sandbox.enters("stranger", &code.to_lowercase(), true).await["error"],
        Value::Null
    );
    sandbox
        .sees_at_last("I know you as stranger on GitHub now")
        .await;
    sandbox.end().await;
}
