//! Both directions of the bridge, as people play them on the page.

use kep_liaison::config::WorkspaceMode;
use serde_json::{Value, json};

use super::{Sandbox, words};

/// The tracking issue of KEP-5825, whose shepherd is a liaison too.
const ISSUE: u64 = 12814;
/// The tracking issue of KEP-5474, and its shepherd.
const SHEPHERDED: (u64, &str) = (15004, "fuweid");

impl Sandbox {
    async fn on_github(&self, who: &str, login: &str, does: Value) {
        let act = json!({"act": "on_github", "login": login, "does": does});
        self.act(who, act).await;
    }

    async fn issue(&self, number: u64) -> Value {
        let sight = self.get(&format!("/api/github?issue={number}")).await;
        sight.json()["issue"].clone()
    }

    /// The texts below an issue, once they are as somebody waits for.
    async fn comments(&self, issue: u64, are_so: impl Fn(&[String]) -> bool) -> Vec<String> {
        self.eventually("comments", async || {
            let issue = self.issue(issue).await;
            let said = issue["said"].as_array().expect("what is said");
            let text = |comment: &Value| comment["body"].as_str().expect("a text").to_owned();
            let said: Vec<String> = said.iter().map(text).collect();
            are_so(&said).then_some(said)
        })
        .await
    }

    /// The first message that somebody sees in `#sig-node` of which this holds.
    pub(super) async fn sees(&self, who: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let channel = self.sig_node();
        self.eventually("a message", async || {
            let messages = self.messages(who, &channel).await;
            messages.into_iter().find(&is_it)
        })
        .await
    }

    /// Says something in `#sig-node`, and gives the message.
    async fn says(&self, who: &str, text: &str) -> Value {
        let act = json!({"act": "writes", "channel": self.sig_node(), "text": text});
        self.act(who, act).await;
        let messages = self.messages(who, &self.sig_node()).await;
        messages.last().expect("a message").clone()
    }
}

#[tokio::test]
async fn a_reaction_relays_and_undo_takes_back() {
    for mode in [WorkspaceMode::Socket, WorkspaceMode::Http] {
        let sandbox = Sandbox::new(mode).await;
        let (who, channel) = ("samuelkarp", sandbox.sig_node());
        let said = sandbox.says(who, "KEP-5825 is merged. :tada:").await;
        let react = json!({"act": "reacts", "channel": channel, "ts": said["ts"], "emoji": "satellite_antenna"});
        sandbox.act(who, react).await;
        let comments = sandbox.comments(ISSUE, |said| said.len() == 1).await;
        assert!(comments[0].contains("is merged. 🎉"), "{}", comments[0]);
        let receipt = |message: &Value| words(message).contains("bridge_undo");
        let receipt = sandbox.sees(who, receipt).await;
        let bot = sandbox.state(who).await["bot"].clone();
        let ticked = |message: &Value| {
            let reactions = message["reactions"].as_array().expect("reactions");
            message["ts"] == said["ts"] && reactions.iter().any(|one| one["people"][0] == bot)
        };
        sandbox.sees(who, ticked).await;
        let on = json!({"channel": channel, "ts": receipt["ts"]});
        let undo = json!({"act": "clicks", "on": on, "action": "bridge_undo"});
        sandbox.act(who, undo).await;
        sandbox.comments(ISSUE, <[_]>::is_empty).await;
        sandbox.end().await;
    }
}

#[tokio::test]
async fn the_menu_opens_the_dialog_and_edits_follow() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let (who, channel) = ("samuelkarp", sandbox.sig_node());
    let said = sandbox.says(who, "It ships in 2.4.").await;
    let shortcuts = sandbox.state(who).await["shortcuts"].clone();
    assert_eq!(shortcuts[0]["name"], "Relay to KEP issue");
    let on = |act: &str| json!({"act": act, "channel": channel, "ts": said["ts"]});
    let mut uses = on("uses_shortcut");
    uses["shortcut"] = shortcuts[0]["callback_id"].clone();
    sandbox.act(who, uses).await;
    let modal = sandbox
        .eventually("a dialog", async || {
            let modal = sandbox.state(who).await["modal"].clone();
            (!modal.is_null()).then_some(modal)
        })
        .await;
    let send = |kep: &str| {
        let values = json!({"kep": kep, "text": "It ships in 2.4."});
        json!({"act": "submits", "view": modal["id"], "values": values})
    };
    sandbox.act(who, send("none")).await;
    let errors = sandbox.state(who).await["modal"]["errors"].clone();
    assert!(errors["kep"].is_string(), "{errors}");
    sandbox.act(who, send("5825")).await;
    assert_eq!(sandbox.state(who).await["modal"], Value::Null);
    let relayed = |said: &[String]| said.iter().any(|one| one.contains("It ships in 2.4."));
    sandbox.comments(ISSUE, relayed).await;

    let mut edit = on("edits");
    edit["text"] = "It ships in 2.5.".into();
    sandbox.act(who, edit).await;
    let messages = sandbox.messages(who, &channel).await;
    assert_eq!(messages[0]["is_edited"], true);
    let edited = |said: &[String]| said.iter().any(|one| one.contains("It ships in 2.5."));
    sandbox.comments(ISSUE, edited).await;
    sandbox.act(who, on("deletes")).await;
    let struck = |said: &[String]| said.iter().any(|one| one.contains("<del>"));
    sandbox.comments(ISSUE, struck).await;
    sandbox.end().await;
}

#[tokio::test]
async fn what_a_shepherd_says_on_github_is_told_at_once_and_again() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let (issue, shepherd) = SHEPHERDED;
    let who = "bitoku";
    let comment = |text: &str| json!({"comment": {"issue": issue, "text": text}});
    sandbox
        .on_github(who, "stranger", comment("Is this *alive*?"))
        .await;
    sandbox
        .on_github(who, shepherd, comment("In **review**."))
        .await;
    let reply = sandbox
        .sees(who, |message| {
            message["thread"].is_string() && words(message).contains("review")
        })
        .await;
    let root = sandbox
        .sees(who, |message| message["ts"] == reply["thread"])
        .await;
    assert!(words(&root).contains("KEP-5474"), "{root}");
    let own = sandbox.issue(issue).await["said"][1]["id"].clone();
    let edit =
        json!({"edit_comment": {"issue": issue, "comment": own, "text": "It is **merged**."}});
    sandbox.on_github(who, shepherd, edit).await;
    let edited =
        |message: &Value| message["ts"] == reply["ts"] && words(message).contains("merged");
    sandbox.sees(who, edited).await;
    let all = sandbox.messages(who, &sandbox.sig_node()).await;
    assert!(!json!(all).to_string().contains("alive"), "{all:?}");

    let calls = sandbox.get("/api/calls").await.json();
    let calls = calls.as_array().expect("calls").iter();
    let told: Vec<&Value> = calls.filter(|call| call["from"] == "GitHub").collect();
    let what: Vec<&Value> = told.iter().map(|call| &call["what"]).collect();
    assert_eq!(
        what,
        [
            "ping",
            "issue_comment created",
            "issue_comment created",
            "issue_comment edited"
        ]
    );
    let id = told[1]["id"].as_str().expect("an id");
    let whole = sandbox.get(&format!("/api/call?id={id}")).await.json();
    assert_eq!(whole["request"]["comment"]["body"], "Is this *alive*?");
    sandbox.end().await;
}

#[tokio::test]
async fn an_issue_is_labelled_closed_and_opened_again() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let who = "bitoku";
    let sight = sandbox.get("/api/github").await.json();
    assert_eq!(sight["repository"], "containerd/containerd");
    assert_eq!(sight["issue"], Value::Null);
    let issues = sight["issues"].as_array().expect("issues");
    let is_pull = |issue: &Value| issue["number"] == 12518;
    assert!(!issues.iter().any(is_pull), "a pull request among issues");
    // Small news is told where there is a thread.
    let comment = json!({"comment": {"issue": ISSUE, "text": "In review."}});
    sandbox.on_github(who, "samuelkarp", comment).await;
    let label = "target/kubernetes/v1.37";
    let named = json!({"issue": ISSUE, "label": label});
    sandbox
        .on_github(who, "mikebrow", json!({"label": named}))
        .await;
    let has_label = |issue: &Value| issue["labels"].to_string().contains(label);
    assert!(has_label(&sandbox.issue(ISSUE).await));
    sandbox
        .sees(who, |message| words(message).contains(label))
        .await;
    sandbox
        .on_github(who, "mikebrow", json!({"unlabel": named}))
        .await;
    assert!(!has_label(&sandbox.issue(ISSUE).await));
    // Who opened an issue may close it.
    for (does, state) in [("close", "closed"), ("reopen", "open")] {
        let act = json!({does: {"issue": 12489}});
        sandbox.on_github(who, "HirazawaUi", act).await;
        assert_eq!(sandbox.issue(12489).await["state"], state);
    }
    sandbox.end().await;
}

/// Somebody here looks after the bot, so that one can see what that is like.
#[tokio::test]
async fn one_of_them_looks_after_the_bot() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    for (who, answer) in [
        ("samuelkarp", "Nothing waits to be written."),
        (
            "mikebrow",
            "That is for those who look after this bot: samuelkarp.",
        ),
    ] {
        let channel = sandbox.sig_node();
        let act = json!({"act": "writes", "channel": channel, "text": "/kep outbox"});
        sandbox.act(who, act).await;
        sandbox
            .sees(who, |message| message.to_string().contains(answer))
            .await;
    }
    sandbox.end().await;
}

#[tokio::test]
async fn a_mention_is_answered_from_slack() {
    let sandbox = Sandbox::new(WorkspaceMode::Socket).await;
    let text = "@samuelkarp, may this go in before the freeze?";
    let comment = json!({"comment": {"issue": ISSUE, "text": text}});
    sandbox.on_github("bitoku", "bitoku", comment).await;
    // Somebody else now: the page shows what they see.
    let who = "samuelkarp";
    let direct = sandbox.town.workspace.person(who).direct().id().to_owned();
    let told = sandbox.until(who, &direct, 1).await.remove(0);
    assert!(words(&told).contains("may this go in"), "{told}");
    let on = json!({"channel": direct, "ts": told["ts"]});
    sandbox
        .act(
            who,
            json!({"act": "clicks", "on": on, "action": "notice_reply_0"}),
        )
        .await;
    let modal = sandbox
        .eventually("a dialog", async || {
            let modal = sandbox.state(who).await["modal"].clone();
            (!modal.is_null()).then_some(modal)
        })
        .await;
    let values = json!({"text": "It may."});
    sandbox
        .act(
            who,
            json!({"act": "submits", "view": modal["id"], "values": values}),
        )
        .await;
    let answered = |said: &[String]| said.iter().any(|one| one.contains("It may."));
    let comments = sandbox.comments(ISSUE, answered).await;
    assert!(
        comments
            .iter()
            .any(|one| one.contains("samuelkarp, on Slack"))
    );
    sandbox.end().await;
}
