//! Messages: posting, changing, deleting, reading them.

use kep_liaison::sandbox::slack::Wrong;
use serde_json::{Value, json};

use super::world;

#[tokio::test]
async fn a_message_is_the_apps_own() {
    let world = world().await;
    let metadata = json!({"event_type": "kep_liaison", "event_payload": {"key": "digest-7"}});
    let blocks = json!([{"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}]);
    let answer = world
        .ok(
            "chat.postMessage",
            json!({
                "channel": world.sig_node.id(), "text": "a & b <https://k8s.io>",
                "blocks": blocks, "metadata": metadata,
            }),
        )
        .await;
    let message = &answer["message"];
    assert_eq!(message["user"], world.workspace.bot_user());
    assert_eq!(message["app_id"], world.workspace.app_id());
    assert_eq!(message["text"], "a &amp; b <https://k8s.io>");
    assert_eq!(message["metadata"], metadata);
    assert!(message["blocks"][0]["block_id"].is_string(), "{message}");
    let history = json!({"channel": world.sig_node.id(), "include_all_metadata": true});
    let history = world.ok("conversations.history", history).await;
    assert_eq!(history["messages"][0], *message);
    let history = world
        .ok("conversations.history", json!({"channel": world.channel()}))
        .await;
    let plain = &history["messages"][0]["metadata"];
    assert_eq!(*plain, json!({"event_type": "kep_liaison"}));
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn not_every_message_is_taken() {
    let world = world().await;
    let steering = world.workspace.private_channel("steering");
    steering.remove_bot();
    let elsewhere = world.workspace.channel("elsewhere");
    elsewhere.remove_bot();
    let archived = world.workspace.channel("archived");
    archived.archive();
    let long = "x".repeat(40_001);
    for (message, error) in [
        (json!({"text": "hi"}), "invalid_arguments"),
        (json!({"channel": "C0", "text": "hi"}), "channel_not_found"),
        (
            json!({"channel": steering.id(), "text": "hi"}),
            "channel_not_found",
        ),
        (
            json!({"channel": elsewhere.id(), "text": "hi"}),
            "not_in_channel",
        ),
        (
            json!({"channel": archived.id(), "text": "hi"}),
            "is_archived",
        ),
        (json!({"channel": world.channel()}), "no_text"),
        (json!({"channel": world.channel(), "text": "  "}), "no_text"),
        (
            json!({"channel": world.channel(), "text": long}),
            "msg_too_long",
        ),
        (
            json!({"channel": world.channel(), "text": "hi", "blocks": "[{"}),
            "invalid_blocks_format",
        ),
        (
            json!({"channel": world.channel(), "text": "hi", "blocks": [{}]}),
            "invalid_blocks",
        ),
        (
            json!({"channel": world.channel(), "text": "hi", "thread_ts": "1.5"}),
            "thread_not_found",
        ),
        (
            json!({"channel": world.channel(), "text": "hi", "metadata": {"event_type": "x"}}),
            "invalid_metadata_format",
        ),
        (
            json!({"channel": world.channel(), "text": "hi", "markdown_text": "hi"}),
            "markdown_text_conflict",
        ),
    ] {
        assert_eq!(
            world.error("chat.postMessage", message.clone()).await,
            error,
            "{message}"
        );
    }
    assert_eq!(world.sig_node.messages(), []);
    assert_eq!(world.scolded().len(), 13);
    world.workspace.with_scope("chat:write.public");
    world
        .ok(
            "chat.postMessage",
            json!({"channel": elsewhere.id(), "text": "hi"}),
        )
        .await;
}

#[tokio::test]
async fn what_people_suffer_from_is_noted() {
    let world = world().await;
    let post = async |more: Value| {
        let mut message = json!({"channel": world.channel(), "text": "hello"});
        for (name, value) in more.as_object().expect("an object") {
            message[name] = value.clone();
        }
        world.ok("chat.postMessage", message).await;
        world.scolded()
    };
    let section = |text: Value| json!({"text": "x", "blocks": [{"type": "section", "text": text}]});
    assert_eq!(
        post(json!({"text": "see <!channel>"})).await,
        [Wrong::PingsMany]
    );
    assert_eq!(
        post(json!({"text": "see <!subteam^S1>"})).await,
        [Wrong::PingsMany]
    );
    assert_eq!(post(json!({"text": "see @here"})).await, []);
    world.advance(60);
    assert_eq!(
        post(json!({"text": "see @here", "link_names": true})).await,
        [Wrong::PingsMany]
    );
    let loose = section(json!({"type": "mrkdwn", "text": "@here"}));
    assert_eq!(post(loose).await, [Wrong::PingsMany]);
    let verbatim = section(json!({"type": "mrkdwn", "text": "@here", "verbatim": true}));
    assert_eq!(post(verbatim).await, []);
    world.advance(60);
    let bare = json!({"text": "", "blocks": [{"type": "divider"}]});
    assert_eq!(post(bare).await, [Wrong::MissingFallback]);
    assert_eq!(
        post(json!({"text": "x".repeat(4001)})).await,
        [Wrong::TooLong]
    );
}

#[tokio::test]
async fn a_message_is_changed() {
    let world = world().await;
    let ts = world.post("first").await;
    let change = |more: Value| {
        let mut change = json!({"channel": world.channel(), "ts": ts});
        for (name, value) in more.as_object().expect("an object") {
            change[name] = value.clone();
        }
        change
    };
    let answer = world
        .ok("chat.update", change(json!({"text": "second"})))
        .await;
    assert_eq!(answer["message"]["text"], "second");
    assert_eq!(
        answer["message"]["edited"]["user"],
        world.workspace.bot_user()
    );
    assert_eq!(world.sig_node.message(&ts).expect("it").text, "second");

    let divider = json!([{"type": "divider", "block_id": "d"}]);
    world
        .ok(
            "chat.update",
            change(json!({"text": "x", "blocks": divider})),
        )
        .await;
    assert_eq!(
        world.sig_node.message(&ts).expect("it").blocks,
        divider.as_array().expect("a list").clone()
    );
    world
        .ok("chat.update", change(json!({"text": "third"})))
        .await;
    assert!(world.sig_node.message(&ts).expect("it").blocks.is_empty());

    let said = world.sam.says(&world.sig_node, "mine").await;
    let others = json!({"channel": world.channel(), "ts": said.ts, "text": "x"});
    assert_eq!(
        world.error("chat.update", others).await,
        "cant_update_message"
    );
    let nothing = json!({"channel": world.channel(), "ts": "1.000001", "text": "x"});
    assert_eq!(
        world.error("chat.update", nothing).await,
        "message_not_found"
    );
    let long = change(json!({"text": "x".repeat(4001)}));
    assert_eq!(world.error("chat.update", long).await, "msg_too_long");
}

#[tokio::test]
async fn one_person_can_be_spoken_to_in_a_channel() {
    let world = world().await;
    let whisper = |user: &str| json!({"channel": world.channel(), "user": user, "text": "psst"});
    world
        .ok("chat.postEphemeral", whisper(world.sam.id()))
        .await;
    assert_eq!(world.sig_node.messages(), []);
    assert_eq!(world.sig_node.seen_by(&world.mike), []);
    let seen = world.sig_node.seen_by(&world.sam);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].only_for.as_deref(), Some(world.sam.id()));
    let history = world
        .ok("conversations.history", json!({"channel": world.channel()}))
        .await;
    assert_eq!(history["messages"], json!([]));
    let stranger = world.workspace.person("stranger");
    assert_eq!(
        world
            .error("chat.postEphemeral", whisper(stranger.id()))
            .await,
        "user_not_in_channel"
    );
    let change = json!({"channel": world.channel(), "ts": seen[0].ts, "text": "x"});
    assert_eq!(
        world.error("chat.update", change).await,
        "message_not_found"
    );
}

#[tokio::test]
async fn a_message_to_a_person_is_a_direct_one() {
    let world = world().await;
    let answer = world
        .ok(
            "chat.postMessage",
            json!({"channel": world.sam.id(), "text": "hi"}),
        )
        .await;
    assert_eq!(answer["channel"], world.sam.direct().id());
    assert_eq!(world.sam.direct_messages()[0].text, "hi");
    assert_eq!(world.mike.direct_messages(), []);
}

#[tokio::test]
async fn a_test_must_look_at_all_that_was_said() {
    let world = world().await;
    world.post("one").await;
    world.post("two").await;
    assert_eq!(world.sig_node.next().await.text, "one");
    let unseen = world.workspace.unseen();
    assert_eq!(
        unseen
            .iter()
            .map(|said| said.text.as_str())
            .collect::<Vec<_>>(),
        ["two"]
    );
    let workspace = world.workspace.clone();
    let asked = tokio::spawn(async move { workspace.nothing_more_was_said() }).await;
    let words = asked.expect_err("it is unseen").into_panic();
    assert!(
        words
            .downcast_ref::<String>()
            .expect("words")
            .contains("two")
    );
    world.sig_node.look_at_all();
    world.workspace.nothing_more_was_said();
}

#[tokio::test]
async fn the_bot_of_another_app_has_ids_of_its_own_and_any_metadata() {
    let world = world().await;
    let other = world.workspace.person("other-bot");
    other.make_bot();
    other.joins(&world.sig_node).await;
    let metadata = json!({"event_type": "kep_liaison", "event_payload": {"key": {"nested": [1]}}});
    other
        .posts(&world.sig_node, "hello", metadata.clone())
        .await;
    let history = json!({"channel": world.channel(), "include_all_metadata": true});
    let history = world.ok("conversations.history", history).await;
    let message = &history["messages"][0];
    assert_eq!(message["metadata"], metadata);
    let own = world.ok("auth.test", json!({})).await;
    assert!(message["bot_id"].is_string(), "{message}");
    assert_ne!(message["bot_id"], own["bot_id"]);
    assert_ne!(message["app_id"], world.workspace.app_id());
    let change = json!({"channel": world.channel(), "ts": message["ts"], "text": "x"});
    let error = world.error("chat.update", change).await;
    assert_eq!(error, "cant_update_message");
    // People have neither.
    world.sam.says(&world.sig_node, "hello").await;
    let history = json!({"channel": world.channel(), "limit": 1});
    let history = world.ok("conversations.history", history).await;
    assert_eq!(history["messages"][0]["bot_id"], Value::Null);
}
