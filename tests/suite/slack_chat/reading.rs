//! What was said: messages, histories, names, and the bot's own among them.

use kep_liaison::{
    ports::chat::{Chat as _, ChatError},
    sandbox::slack::{Fault, On},
};
use serde_json::json;

use super::{World, at, chat, key, only_refused, plain, speech, world};

#[tokio::test]
async fn what_a_person_said() {
    let world = world().await;
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let text = "KEP-5825 is merged, @mikebrow";
    let said = world.sam.says(&world.sig_node, text).await;
    let reply = world.mike.replies(&said, "in which release?").await;
    world.mike.reacts(&said, "satellite_antenna").await;
    world
        .sam
        .edits(&said, "KEP-5825 is merged, @mikebrow!")
        .await;
    world.mike.set_names("Mike of the runtime", "mike");
    let root = chat.message(channel, &said.ts, None).await;
    let root = root.expect("an answer").expect("a message");
    assert_eq!(root.user.as_deref(), Some(world.sam.id()));
    assert_eq!(
        (root.is_own, root.is_tombstone, root.replies),
        (false, false, 1)
    );
    assert_eq!(root.latest_reply.as_deref(), Some(&*reply.ts));
    assert!(root.edited.is_some());
    assert_eq!(root.text.text(), "KEP-5825 is merged, mike!");
    let mike: Vec<Box<str>> = vec![world.mike.id().into()];
    assert_eq!(root.reactions, [("satellite_antenna".into(), mike)]);
    // With and without its thread.
    for thread in [Some(&*said.ts), None] {
        let found = chat.message(channel, &reply.ts, thread).await;
        let found = found.expect("an answer").expect("a message");
        assert_eq!(
            (&*found.ts, found.thread.as_deref()),
            (&*reply.ts, Some(&*said.ts))
        );
    }
    only_refused(&world);
}

#[tokio::test]
async fn what_was_deleted_is_gone_and_a_root_with_replies_a_tombstone() {
    let world = world().await;
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let alone = world.sam.says(&world.sig_node, "alone").await;
    let root = world.sam.says(&world.sig_node, "root").await;
    let reply = world.mike.replies(&root, "reply").await;
    let last = world.mike.replies(&root, "last").await;
    world.sam.deletes(&alone).await;
    world.sam.deletes(&root).await;
    world.mike.deletes(&reply).await;
    assert_eq!(chat.message(channel, &alone.ts, None).await, Ok(None));
    for thread in [Some(&*root.ts), None] {
        assert_eq!(chat.message(channel, &reply.ts, thread).await, Ok(None));
    }
    let tombstone = chat.message(channel, &root.ts, None).await;
    let tombstone = tombstone.expect("an answer").expect("a tombstone");
    assert!(tombstone.is_tombstone);
    assert_eq!((tombstone.user, tombstone.is_own), (None, false));
    let never = chat.message(channel, &last.ts, Some("1.000001")).await;
    assert_eq!(never, Ok(None));
    only_refused(&world);
}

#[tokio::test]
async fn histories_come_page_by_page() {
    let world = world().await;
    world.slack.without_limits();
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let first = world.sam.says(&world.sig_node, "first").await;
    for number in 0..250 {
        world.sam.says(&world.sig_node, &number.to_string()).await;
    }
    let root = world.sam.says(&world.sig_node, "root").await;
    for number in 0..201 {
        world.mike.replies(&root, &number.to_string()).await;
    }
    let newest = chat
        .history(channel, &first.ts, None)
        .await
        .expect("a page");
    assert_eq!(newest.messages.len(), 200);
    assert_eq!(newest.messages[0].ts, root.ts.as_str().into());
    let next = newest.next.as_deref();
    let oldest = chat
        .history(channel, &first.ts, next)
        .await
        .expect("a page");
    // Neither the first message nor what stands in the thread.
    assert_eq!((oldest.messages.len(), oldest.next), (51, None));

    let page = chat.replies(channel, &root.ts, "0", None).await;
    let page = page.expect("a page");
    assert_eq!(page.messages.len(), 200);
    let next = page.next.as_deref();
    let last = chat.replies(channel, &root.ts, "0", next).await;
    let last = last.expect("a page");
    assert_eq!((last.messages.len(), last.next), (1, None));
    assert!(last.messages[0].ts > page.messages[199].ts);
    world.slack.nothing_was_wrong();
}

/// Another app's bot that puts our key into its message.
async fn impostor(world: &World) -> String {
    let impostor = world.workspace.person("impostor");
    impostor.make_bot();
    impostor.joins(&world.sig_node).await;
    let metadata = json!({"event_type": "kep_liaison", "event_payload": {"key": "news/1"}});
    impostor.posts(&world.sig_node, "me too", metadata).await.ts
}

#[tokio::test]
async fn a_key_counts_only_on_what_the_bot_wrote() {
    let world = world().await;
    world.slack.without_limits();
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let foreign = impostor(&world).await;
    assert_eq!(
        chat.find(channel, None, &key("news/1"), "0").await,
        Ok(None)
    );
    let said = plain("news");
    let own = chat
        .post(at(channel, None), &speech(&said), &key("news/1"))
        .await;
    let own = own.expect("it is posted");
    impostor(&world).await;
    let found = chat.find(channel, None, &key("news/1"), "0").await;
    assert_eq!(found.as_ref(), Ok(&Some(own.clone())));
    // Far back, with much said since.
    for number in 0..450 {
        world.sam.says(&world.sig_node, &number.to_string()).await;
    }
    let found = chat.find(channel, None, &key("news/1"), "0").await;
    assert_eq!(found, Ok(Some(own.clone())));
    assert_eq!(chat.find(channel, None, &key("news"), &own).await, Ok(None));

    let message = chat.message(channel, &foreign, None).await;
    let message = message.expect("an answer").expect("a message");
    assert_eq!(
        (message.is_own, message.key, message.user),
        (false, None, None)
    );
    let message = chat.message(channel, &own, None).await;
    let message = message.expect("an answer").expect("a message");
    assert_eq!((message.is_own, message.key), (true, Some(key("news/1"))));
    world.sig_node.look_at_all();
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn more_than_can_be_looked_through_is_no_absence() {
    let world = world().await;
    world.slack.without_limits();
    let chat = chat(&world);
    for number in 0..4_001 {
        let text = number.to_string();
        world.sam.says(&world.sig_node, &text).await;
    }
    let found = chat.find(world.sig_node.id(), None, &key("a"), "0").await;
    assert!(matches!(found, Err(ChatError::Unclear(_))), "{found:?}");
    assert_eq!(world.slack.calls_of("conversations.history").len(), 20);
}

#[tokio::test]
async fn a_name_is_asked_for_once_an_hour() {
    let world = world().await;
    let chat = chat(&world);
    world.sam.set_names("Sam of the runtime", "sam");
    world.mike.set_names("Mike of the runtime", " ");
    let name = async |person: &kep_liaison::sandbox::slack::Person| {
        chat.name_of(person.id()).await.expect("an answer")
    };
    assert_eq!(name(&world.sam).await.as_deref(), Some("sam"));
    assert_eq!(
        name(&world.mike).await.as_deref(),
        Some("Mike of the runtime")
    );
    world.sam.set_names("Sam of the runtime", "samuel");
    world.advance(3_599);
    assert_eq!(name(&world.sam).await.as_deref(), Some("sam"));
    assert_eq!(chat.name_of("U000000").await, Ok(None));
    assert_eq!(world.slack.calls_of("users.info").len(), 3);
    world.advance(1);
    assert_eq!(name(&world.sam).await.as_deref(), Some("samuel"));
    world
        .slack
        .fault(On::method("users.info"), Fault::TooManyRequests(3));
    let limited = chat.name_of("U000001").await;
    assert_eq!(
        limited,
        Err(ChatError::Limited(std::time::Duration::from_secs(3)))
    );
    world.advance(3);
    world.workspace.without_scope("users:read");
    assert_eq!(chat.name_of("U000001").await, Ok(None));
}
