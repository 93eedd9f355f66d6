//! `/kep digest`, and the buttons below a digest.

use std::fmt::Write as _;

use kep_liaison::{ports::Clock as _, sandbox::slack::Person};
use ring::hmac;
use url::form_urlencoded;

use super::{super::bridge::ISSUE, MONDAYS, Scene, posting};
use crate::github_model::http::Http;

const WHEN: &str = "Mon 13 Jul 2026, 08:00 (UTC)";

impl Scene {
    /// What somebody types in `#sig-node`, and that they alone see.
    async fn asks(&self, person: &Person, line: &str) -> String {
        let shown = person.types(&self.sig_node, line).await;
        assert_eq!(shown.said().only_for.as_deref(), Some(person.id()));
        shown.words()
    }

    /// Slack tells the last command once more, as it does when it did not hear the answer.
    async fn tells_again(&self) {
        let attempts = self.slack.attempts();
        let told = attempts.last().expect("a command");
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in told.payload.as_object().into_iter().flatten() {
            form.append_pair(name, value.as_str().unwrap_or_default());
        }
        let form = form.finish();
        let at = self.clock.now().timestamp();
        let secret = self.workspace.signing_secret();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, format!("v0:{at}:{form}").as_bytes());
        let mut signature = "v0=".to_owned();
        for byte in tag.as_ref() {
            write!(signature, "{byte:02x}").expect("a text grows");
        }
        let slack = Http::new(&format!("http://{}", self.bot().address()), None)
            .with("content-type", "application/x-www-form-urlencoded")
            .with("x-slack-request-timestamp", &at.to_string())
            .with("x-slack-signature", &signature);
        let reply = slack.post_text("/slack/commands", &form).await;
        assert_eq!(reply.status, 200);
    }
}

#[tokio::test]
async fn a_preview_is_for_whoever_asks() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    for person in [&scene.mike, &scene.sam] {
        let words = scene.asks(person, "/kep digest").await;
        assert!(words.contains("containerd, 6 Jul"), "{words}");
        assert!(words.contains("A preview that only you see."), "{words}");
        assert!(
            words.contains(&format!("Here it comes on {WHEN}.")),
            "{words}"
        );
    }
    scene.poll().await;
    assert!(scene.slack.calls_of("chat.postMessage").is_empty());
    assert!(
        scene
            .slack
            .calls_of("files.getUploadURLExternal")
            .is_empty()
    );
    // It took nothing from the digest itself.
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "Half of it is in.");
    scene.it_is("2026-07-12T12:00").await;
    let words = scene.asks(&scene.mike, "/kep digest").await;
    assert!(words.contains("Half of it is in."), "{words}");
    let words = scene.digest_at("2026-07-13T08:00").await;
    assert!(words.contains("Half of it is in."), "{words}");
    scene.end().await;
}

#[tokio::test]
async fn where_no_digest_comes_it_says_where_one_does() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    let other = scene.workspace.channel("random");
    let liaison = scene.workspace.person("liaison");
    let _ = other.clone().with(&[&liaison]);
    let words = liaison.types(&other, "/kep digest").await.words();
    let where_ = format!(
        "It comes to another channel ({}) on {WHEN}.",
        scene.sig_node.id()
    );
    assert!(words.contains(&where_), "{words}");
    let words = liaison.types(&other, "/kep digest now").await.words();
    assert!(words.contains("none is posted here"), "{words}");
    assert!(words.contains(&where_), "{words}");
    scene.poll().await;
    assert!(other.messages().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_liaison_has_it_posted_now_and_once() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "Half of it is in.");
    scene.it_is("2026-07-08T12:00").await;
    let liaison = scene.workspace.person("liaison");
    let words = scene.asks(&liaison, "/kep digest now").await;
    assert!(words.contains("on its way"), "{words}");
    scene.tells_again().await;
    let posted = scene.digest().await;
    let words = posted.words();
    assert!(words.contains("Half of it is in."), "{words}");
    assert!(words.contains(&format!("Next: {WHEN}")), "{words}");
    // What is told is not told again.
    scene
        .containerd()
        .comment("samuelkarp", ISSUE, "So is the rest.");
    scene.it_is("2026-07-09T12:00").await;
    let words = scene.digest_at("2026-07-13T08:00").await;
    assert!(words.contains("So is the rest."), "{words}");
    assert!(!words.contains("Half of it is in."), "{words}");
    // Who asks again gets another one.
    scene.asks(&liaison, "/kep digest now").await;
    let words = scene.digest().await.words();
    assert!(words.contains("a quiet week"), "{words}");
    scene.end().await;
}

#[tokio::test]
async fn nobody_else_has_it_posted() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    for person in [&scene.mike, &scene.sam] {
        let words = scene.asks(person, "/kep digest now").await;
        assert!(words.contains("is for liaisons"), "{words}");
        assert!(words.contains("Ask one of them: liaison."), "{words}");
        assert!(words.contains(WHEN), "{words}");
    }
    let words = scene.asks(&scene.mike, "/kep digest tomorrow").await;
    assert!(words.contains("Type /kep digest"), "{words}");
    scene.poll().await;
    scene.end().await;
}

#[tokio::test]
async fn its_buttons_answer_their_presser_and_leave_it_as_it_is() {
    let scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.it_is("2026-07-13T08:00").await;
    let posted = scene.digest().await;
    let labels: Vec<String> = posted
        .root
        .blocks
        .iter()
        .filter(|block| block["type"] == "actions")
        .flat_map(|block| block["elements"].as_array().cloned().unwrap_or_default())
        .filter_map(|button| button["text"]["text"].as_str().map(str::to_owned))
        .collect();
    let [mend, mine, all] = &labels[..] else {
        panic!("{labels:?}");
    };
    assert!(mend.starts_with("Mend KEP-"), "{labels:?}");
    assert_eq!([&**mine, &**all], ["My KEPs", "All of 1.37"]);
    let kep = mend.trim_start_matches("Mend ").to_owned();
    for (person, label, words) in [
        (&scene.mike, mend, &*kep),
        (&scene.sam, mine, "samuelkarp"),
        (&scene.mike, mine, scene.mike.id()),
        (&scene.sam, all, "1.37"),
    ] {
        person.clicks(&posted.root, label).await;
        let answer = scene.hears().await;
        assert_eq!(answer.only_for.as_deref(), Some(person.id()), "{label}");
        assert!(
            answer.words().contains(words),
            "{label}: {}",
            answer.words()
        );
    }
    let stands = scene.sig_node.message(&posted.root.ts).expect("it stands");
    assert_eq!(
        (stands.blocks, stands.is_edited),
        (posted.root.blocks, false)
    );
    assert!(scene.slack.calls_of("chat.update").is_empty());
    scene.end().await;
}
