//! Whatever people write: it reads the same on the other side, and nothing in it pings, refers or
//! breaks out.

use kep_liaison::sandbox::slack::Said;
use serde_json::{Value, json};

use super::{ISSUE, RELAY, Scene, Transport, bridged};
use crate::rich::page::Page;

/// What pings on GitHub, and what does on Slack.
const PINGS: &str = "@everyone @liaison @org/team #123 containerd/containerd#1 \
    49c88117b1b1b3c8fb8ba5ea4ab0cf1a4f1b0e14 <b>bold</b> \
    https://github.com/containerd/containerd/issues/1";

/// The comment that a message of Sam's became.
async fn comment_of(scene: &Scene, words: &str) -> String {
    scene.relayed(words).await;
    let comments = scene.comments();
    comments.last().expect("a comment").clone()
}

fn is_harmless(comment: &str) {
    let (text, mark) = comment.rsplit_once("\n\n").expect("a mark");
    assert!(mark.starts_with("<!-- kep-liaison key="), "{mark}");
    let (text, sign) = text.rsplit_once("\n\n<sub>").expect("a sign");
    assert!(sign.ends_with("</sub>"), "{sign}");
    assert_eq!(Page::of(text).accidents(), [""; 0], "{text}");
}

#[tokio::test]
async fn what_pings_on_slack_or_on_github_pings_nobody_on_github() {
    let scene = bridged(Transport::Socket, "").await;
    let liaison = scene.person("liaison");
    let group = scene.workspace.group("sig-node-leads", &[&liaison]);
    let mention = liaison.mention();
    let text = format!(
        "KEP-5825: {PINGS} {mention} <!here> <!channel> <!subteam^{group}> @sig-node-leads #sig-node"
    );
    let comment = comment_of(&scene, &text).await;
    is_harmless(&comment);
    insta::assert_snapshot!(comment);
    let typed = format!("/kep update 5825 {PINGS} {mention} <!here> <!subteam^{group}>");
    scene.sam.types(&scene.sig_node, &typed).await;
    let said = scene.hears_all(3).await;
    is_harmless(&scene.comments()[1]);
    said.iter().for_each(is_quiet);
    scene.end().await;
}

/// Nothing in a message pings or is markup of somebody else's.
pub(in super::super) fn is_quiet(said: &Said) {
    for mark in ["<!", "<@", "<#"] {
        assert!(!said.text.contains(mark), "{}", said.text);
    }
    let mut open: Vec<&Value> = said.blocks.iter().collect();
    while let Some(value) = open.pop() {
        let kind = value["type"].as_str().unwrap_or_default();
        assert!(
            !["user", "usergroup", "broadcast"].contains(&kind),
            "{value}"
        );
        if kind == "mrkdwn" {
            let text = value["text"].as_str().unwrap_or_default();
            // A date is no mention.
            let text = text.replace("<!date^", "");
            assert!(!["<!", "<@", "<#"].iter().any(|mark| text.contains(mark)));
        }
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn what_pings_on_slack_or_on_github_pings_nobody_on_slack() {
    let scene = bridged(Transport::Socket, "").await;
    let liaison = scene.person("liaison");
    let text = format!(
        "{PINGS} <!-- hidden --> {} <!here> <!channel> <!subteam^S1> &lt;!here&gt; <https://e.org|x> *not bold*",
        liaison.mention()
    );
    scene.containerd().comment("samuelkarp", ISSUE, &text);
    scene.poll().await;
    let said = scene.hears_all(2).await;
    said.iter().for_each(is_quiet);
    insta::assert_snapshot!(scene.shown(&said[1]));
    scene.end().await;
}

#[tokio::test]
async fn formatted_words_keep_their_form() {
    let scene = bridged(Transport::Socket, "").await;
    let text = |text: &str| json!({"type": "text", "text": text});
    let styled =
        |words: &str, style: &str| json!({"type": "text", "text": words, "style": {style: true}});
    let section = |elements: Value| json!({"type": "rich_text_section", "elements": elements});
    let blocks = vec![json!({"type": "rich_text", "elements": [
        section(json!([
            text("KEP-5825 is "), styled("merged", "bold"), text(" "),
            {"type": "emoji", "name": "tada", "unicode": "1f389"}, text(" "),
            {"type": "emoji", "name": "shipit"}, text("; see "),
            {"type": "link", "url": "https://kubernetes.io/", "text": "the page"}, text(", and run:"),
        ])),
        {"type": "rich_text_preformatted", "elements": [text("crictl ps # @all\n```\nls")]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            section(json!([text("docs")])), section(json!([text("tests: "), styled("make", "code")])),
        ]},
        {"type": "rich_text_quote", "elements": [text("when?")]},
        section(json!([text("<!-- hidden --> <!-- kep-liaison key=a --> @everyone #1")])),
        section(json!([text("שלום, \u{202e}evil\u{202c} 👩‍💻 e\u{301}")])),
    ]})];
    let fallback = "KEP-5825 is *merged* :tada:";
    let said = scene.sam.says_blocks(&scene.sig_node, fallback, blocks);
    let said = said.await;
    scene.sam.reacts(&said, RELAY).await;
    let comment = scene.commented("merged").await;
    is_harmless(&comment);
    insta::assert_snapshot!(comment);
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn formatted_comments_keep_their_form() {
    let scene = bridged(Transport::Socket, "").await;
    let text = "The CRI part is **merged** :tada: 🎉; see [the page](https://kubernetes.io/).\n\n\
        ```sh\ncrictl ps # @all\n```\n\n- [x] docs\n- [ ] tests: `make`\n\n> when?\n\n\
        שלום, \u{202e}evil\u{202c} 👩‍💻\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\
        <details><summary>log</summary>a lot</details>\n\n![a picture](https://e.org/a.png)";
    scene.containerd().comment("samuelkarp", ISSUE, text);
    scene.poll().await;
    let said = scene.hears_all(2).await;
    said.iter().for_each(is_quiet);
    insta::assert_snapshot!(scene.shown(&said[1]));
    scene.end().await;
}

#[tokio::test]
async fn a_file_goes_as_a_link() {
    let scene = bridged(Transport::Socket, "").await;
    let said = scene
        .sam
        .shares_file(&scene.sig_node, "trace.txt", "KEP-5825: this is why.")
        .await;
    scene.sam.reacts(&said, RELAY).await;
    let comment = scene.commented("this is why").await;
    is_harmless(&comment);
    insta::assert_snapshot!(comment);
    scene.hears().await;
    scene.end().await;
}

#[tokio::test]
async fn forty_thousand_characters_go_as_far_as_github_takes_them() {
    let scene = bridged(Transport::Socket, "").await;
    for filling in ["Lorem ipsum dolor. ", "*", "@a "] {
        let text = format!("KEP-5825: {}", filling.repeat(39_000 / filling.len()));
        let comment = comment_of(&scene, &text).await;
        let length = comment.chars().count();
        assert!((20_000..65_536).contains(&length), "{length}");
        is_harmless(&comment);
        scene.rest().await;
    }
    scene.end().await;
}

#[tokio::test]
async fn a_comment_of_sixty_thousand_characters_is_told_in_part() {
    let scene = bridged(Transport::Socket, "").await;
    let text = format!("It is merged. {}", "Lorem ipsum dolor. ".repeat(3_200));
    scene.containerd().comment("samuelkarp", ISSUE, &text);
    scene.poll().await;
    let said = scene.hears_all(2).await;
    let words = said[1].words();
    assert!(words.contains("It is merged.") && words.contains("more on GitHub"));
    assert!(words.chars().count() < 1_000);
    scene.end().await;
}
