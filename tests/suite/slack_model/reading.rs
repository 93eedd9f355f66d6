//! Reading what was said, and the smaller methods: threads, reactions, files, previews, lists.

use bytes::Bytes;
use chrono::TimeDelta;
use kep_liaison::sandbox::slack::Wrong;
use serde_json::{Value, json};

use super::{
    World,
    app::{Answer, Socketeer},
    world,
};
use crate::github_model::http::Http;

fn texts(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array().expect("messages");
    messages
        .iter()
        .map(|message| message["text"].as_str().expect("a text"))
        .collect()
}

#[tokio::test]
async fn history_is_paged_newest_first() {
    let world = world().await;
    let mut stamps = Vec::new();
    for number in 1..=5 {
        stamps.push(
            world
                .sam
                .says(&world.sig_node, &number.to_string())
                .await
                .ts,
        );
        world.advance(1);
    }
    let read = |more: Value| {
        let mut read = json!({"channel": world.channel()});
        for (name, value) in more.as_object().expect("an object") {
            read[name] = value.clone();
        }
        read
    };
    let page = world
        .ok("conversations.history", read(json!({"limit": 2})))
        .await;
    assert_eq!(
        (texts(&page), &page["has_more"]),
        (vec!["5", "4"], &json!(true))
    );
    let cursor = &page["response_metadata"]["next_cursor"];
    let page = world
        .ok(
            "conversations.history",
            read(json!({"limit": 3, "cursor": cursor})),
        )
        .await;
    assert_eq!(
        (texts(&page), &page["has_more"]),
        (vec!["3", "2", "1"], &json!(false))
    );
    assert_eq!(page["response_metadata"]["next_cursor"], "");
    for (span, expected) in [
        (json!({"oldest": stamps[2]}), vec!["5", "4"]),
        (
            json!({"oldest": stamps[2], "inclusive": true}),
            vec!["5", "4", "3"],
        ),
        (json!({"latest": stamps[1]}), vec!["1"]),
        (
            json!({"oldest": stamps[0], "latest": stamps[2], "inclusive": "true"}),
            vec!["3", "2", "1"],
        ),
        (json!({"oldest": "1772442003"}), vec!["5"]),
    ] {
        let page = world.ok("conversations.history", read(span.clone())).await;
        assert_eq!(texts(&page), expected, "{span}");
    }
    for (bad, error) in [
        (json!({"cursor": "???"}), "invalid_cursor"),
        (json!({"oldest": "yesterday"}), "invalid_ts_oldest"),
        (json!({"limit": 0}), "invalid_limit"),
        (json!({"limit": "many"}), "invalid_arguments"),
    ] {
        assert_eq!(world.error("conversations.history", read(bad)).await, error);
    }
    world.sig_node.remove_bot();
    assert_eq!(
        world.error("conversations.history", read(json!({}))).await,
        "not_in_channel"
    );
}

#[tokio::test]
async fn replies_stand_in_their_thread() {
    let world = world().await;
    let root = world.sam.says(&world.sig_node, "root").await;
    let reply = world.mike.replies(&root, "one").await;
    world.sam.replies(&reply, "two").await;
    world.sam.replies_to_all(&root, "three").await;
    let history = world
        .ok("conversations.history", json!({"channel": world.channel()}))
        .await;
    assert_eq!(texts(&history), ["three", "root"]);
    let shown = &history["messages"][1];
    assert_eq!(
        (&shown["reply_count"], &shown["reply_users_count"]),
        (&json!(3), &json!(2))
    );
    let read = json!({"channel": world.channel(), "ts": reply.ts, "limit": 2});
    let thread = world.ok("conversations.replies", read.clone()).await;
    assert_eq!(
        (texts(&thread), &thread["has_more"]),
        (vec!["root", "one", "two"], &json!(true))
    );
    assert_eq!(thread["messages"][1]["parent_user_id"], world.sam.id());
    let mut rest = read;
    rest["cursor"] = thread["response_metadata"]["next_cursor"].clone();
    let thread = world.ok("conversations.replies", rest).await;
    assert_eq!(texts(&thread), ["root", "three"]);
    let nothing = json!({"channel": world.channel(), "ts": "1.000001"});
    assert_eq!(
        world.error("conversations.replies", nothing).await,
        "thread_not_found"
    );
    assert_eq!(world.sig_node.thread(&root.ts).len(), 4);
}

#[tokio::test]
async fn a_deleted_root_leaves_a_tombstone() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let root = world.sam.says(&world.sig_node, "root").await;
    let lone = world.sam.says(&world.sig_node, "lone").await;
    world.mike.replies(&root, "reply").await;
    world.sam.deletes(&root).await;
    world.sam.deletes(&lone).await;
    let mut told = app.events();
    told.retain(|event| event["hidden"] == true);
    assert_eq!(told[0]["subtype"], "message_changed");
    assert_eq!(told[0]["message"]["subtype"], "tombstone");
    assert_eq!(told[0]["previous_message"]["text"], "root");
    assert_eq!(told[1]["subtype"], "message_deleted");
    assert_eq!(told[1]["deleted_ts"], lone.ts);
    let history = world
        .ok("conversations.history", json!({"channel": world.channel()}))
        .await;
    assert_eq!(texts(&history), ["This message was deleted."]);
    let ts = world.post("mine").await;
    world
        .ok("chat.delete", json!({"channel": world.channel(), "ts": ts}))
        .await;
    assert_eq!(
        world
            .error("chat.delete", json!({"channel": world.channel(), "ts": ts}))
            .await,
        "message_not_found"
    );
    let others = json!({"channel": world.channel(), "ts": root.ts});
    assert_eq!(
        world.error("chat.delete", others).await,
        "cant_delete_message"
    );
}

#[tokio::test]
async fn edits_and_reactions_are_told() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let said = world.sam.says(&world.sig_node, "frist").await;
    let edited = world.sam.edits(&said, "first").await;
    assert!(edited.is_edited);
    world.mike.reacts(&said, "satellite_antenna").await;
    let on = |name: &str| json!({"channel": world.channel(), "timestamp": said.ts, "name": name});
    world.ok("reactions.add", on("eyes")).await;
    assert_eq!(
        world.error("reactions.add", on("eyes")).await,
        "already_reacted"
    );
    assert_eq!(
        world.error("reactions.add", on("kep_shepherd")).await,
        "invalid_name"
    );
    let get = json!({"channel": world.channel(), "timestamp": said.ts});
    let answer = world.ok("reactions.get", get).await;
    assert_eq!(
        answer["message"]["reactions"][0]["users"],
        json!([world.mike.id()])
    );
    world.ok("reactions.remove", on("eyes")).await;
    assert_eq!(
        world.error("reactions.remove", on("eyes")).await,
        "no_reaction"
    );
    world.mike.unreacts(&said, "satellite_antenna").await;
    assert_eq!(world.sig_node.message(&said.ts).expect("it").reactions, []);
    world
        .workspace
        .until("all is told", |_| app.events().len() == 6)
        .await;
    let events = app.events();
    assert_eq!(events[1]["message"]["text"], "first");
    assert_eq!(events[1]["message"]["edited"]["user"], world.sam.id());
    assert_eq!(events[2]["type"], "reaction_added");
    assert_eq!(events[2]["reaction"], "satellite_antenna");
    assert_eq!(events[2]["item_user"], world.sam.id());
    assert_eq!(events[2]["item"]["ts"], said.ts);
}

#[tokio::test]
async fn channels_and_people_are_listed_page_by_page() {
    let world = world().await;
    world.workspace.private_channel("steering");
    let hidden = world.workspace.private_channel("hidden");
    hidden.remove_bot();
    world.workspace.channel("old").archive();
    world.sam.direct();
    let list = async |arguments: Value| {
        let answer = world.ok("conversations.list", arguments).await;
        let channels = answer["channels"].as_array().expect("channels").clone();
        let name = |channel: &Value| channel["name"].as_str().unwrap_or("dm").to_owned();
        channels.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(list(json!({})).await, ["sig-node", "old"]);
    assert_eq!(list(json!({"exclude_archived": true})).await, ["sig-node"]);
    let all = json!({"types": "public_channel,private_channel,im", "exclude_archived": "true"});
    assert_eq!(list(all).await, ["sig-node", "steering", "dm"]);
    assert_eq!(
        world
            .error("conversations.list", json!({"types": "loud"}))
            .await,
        "invalid_types"
    );
    let first = world.ok("conversations.list", json!({"limit": 1})).await;
    let cursor = &first["response_metadata"]["next_cursor"];
    let second = world
        .ok("conversations.list", json!({"limit": 1, "cursor": cursor}))
        .await;
    assert_eq!(second["channels"][0]["name"], "old");
    let info = json!({"channel": hidden.id()});
    assert_eq!(
        world.error("conversations.info", info).await,
        "channel_not_found"
    );

    let answer = world
        .ok("users.conversations", json!({"user": world.sam.id()}))
        .await;
    assert_eq!(answer["channels"][0]["name"], "sig-node");
    let people = world.ok("users.list", json!({})).await;
    assert_eq!(people["members"].as_array().map(Vec::len), Some(3));
    let group = world.workspace.group("node-leads", &[&world.sam]);
    let groups = world
        .ok("usergroups.list", json!({"include_users": true}))
        .await;
    assert_eq!(groups["usergroups"][0]["id"], group);
    assert_eq!(groups["usergroups"][0]["users"], json!([world.sam.id()]));

    let open = world.workspace.channel("open");
    open.remove_bot();
    world
        .ok("conversations.join", json!({"channel": open.id()}))
        .await;
    let again = world
        .ok("conversations.join", json!({"channel": open.id()}))
        .await;
    assert_eq!(again["warning"], "already_in_channel");
    let archived = json!({"channel": world.workspace.channel("old").id()});
    assert_eq!(
        world.error("conversations.join", archived).await,
        "is_archived"
    );
}

#[tokio::test]
async fn links_lead_to_messages() {
    let world = world().await;
    let root = world.sam.says(&world.sig_node, "root").await;
    let reply = world.sam.replies(&root, "reply").await;
    let link = async |ts: &str| {
        let ask = json!({"channel": world.channel(), "message_ts": ts});
        world.ok("chat.getPermalink", ask).await["permalink"]
            .as_str()
            .expect("a link")
            .to_owned()
    };
    let channel = world.sig_node.id();
    let place = |ts: &str| {
        format!(
            "https://kubernetes.slack.com/archives/{channel}/p{}",
            ts.replace('.', "")
        )
    };
    assert_eq!(link(&root.ts).await, place(&root.ts));
    let expected = format!("{}?thread_ts={}&cid={channel}", place(&reply.ts), root.ts);
    assert_eq!(link(&reply.ts).await, expected);
}

async fn uploaded(world: &World, bytes: &'static [u8]) -> (u16, Value) {
    let ask = json!({"filename": "chart.png", "length": 5});
    let answer = world.ok("files.getUploadURLExternal", ask).await;
    let url = answer["upload_url"]
        .as_str()
        .expect("an address")
        .to_owned();
    let body = std::str::from_utf8(bytes).expect("text");
    let http = Http::new(&url, None);
    (
        http.post_text("", body).await.status,
        answer["file_id"].clone(),
    )
}

#[tokio::test]
async fn a_picture_goes_up_in_three_steps() {
    let world = world().await;
    let (status, file) = uploaded(&world, b"12345").await;
    assert_eq!(status, 200);
    let picture = json!({"type": "image", "slack_file": {"id": file}, "alt_text": "burn-down"});
    let post = json!({"channel": world.channel(), "text": "x", "blocks": [picture]});
    let answer = world.call("chat.postMessage", post.clone()).await;
    assert_eq!(
        answer["errors"][0],
        "invalid slack file [json-pointer:/blocks/0/slack_file]"
    );
    let complete = json!({"files": [{"id": file, "title": "Burn-down"}]});
    let answer = world
        .ok("files.completeUploadExternal", complete.clone())
        .await;
    assert_eq!(answer["files"][0]["title"], "Burn-down");
    world.ok("chat.postMessage", post).await;
    assert_eq!(
        world.error("files.completeUploadExternal", complete).await,
        "file_already_completed"
    );

    let (status, _) = uploaded(&world, b"123").await;
    assert_eq!(status, 400);
    let (_, file) = uploaded(&world, b"1234").await;
    for (file, error) in [(file, "file_not_uploaded"), (json!("F0"), "file_not_found")] {
        let complete = json!({"files": [{"id": file}]});
        assert_eq!(
            world.error("files.completeUploadExternal", complete).await,
            error
        );
    }
    assert_eq!(Bytes::from_static(b"12345").len(), 5);
}

#[tokio::test]
async fn a_picture_is_shown_once_its_file_is_processed() {
    let world = world().await;
    world.slack.processing_takes(TimeDelta::seconds(2));
    let (_, file) = uploaded(&world, b"12345").await;
    let complete = json!({"files": [{"id": file}]});
    world.ok("files.completeUploadExternal", complete).await;
    let picture = json!({"type": "image", "slack_file": {"id": file}, "alt_text": "burn-down"});
    let post = json!({"channel": world.channel(), "text": "x", "blocks": [picture]});
    for seconds in [0, 1] {
        world.advance(seconds);
        let answer = world.call("chat.postMessage", post.clone()).await;
        assert_eq!(
            answer["response_metadata"]["messages"],
            json!(["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"])
        );
    }
    world.advance(1);
    world.ok("chat.postMessage", post).await;

    let long = json!({"filename": "a.png", "length": 5, "alt_txt": "x".repeat(1001)});
    let error = world.error("files.getUploadURLExternal", long).await;
    assert_eq!(error, "alt_txt_too_large");
}

#[tokio::test]
async fn links_are_previewed() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let url = "https://github.com/kubernetes/enhancements/issues/5825";
    let said = world
        .sam
        .says(&world.sig_node, &format!("see {url} and https://k8s.io."))
        .await;
    assert_eq!(said.text, format!("see <{url}> and <https://k8s.io>."));
    let mut told = app.events();
    told.retain(|event| event["type"] == "link_shared");
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0]["links"],
        json!([{"domain": "github.com", "url": url}])
    );
    assert_eq!(told[0]["message_ts"], said.ts);
    let preview = |url: &str| {
        let section =
            json!({"type": "section", "text": {"type": "plain_text", "text": "KEP-5825"}});
        json!({"channel": world.channel(), "ts": said.ts, "unfurls": {url: {"blocks": [section]}}})
    };
    world.ok("chat.unfurl", preview(url)).await;
    let seen = world.sig_node.message(&said.ts).expect("it");
    assert_eq!(seen.previews[url]["blocks"][0]["text"]["text"], "KEP-5825");
    assert_eq!(
        world.error("chat.unfurl", preview("https://k8s.io")).await,
        "cannot_unfurl_url"
    );
    let mut elsewhere = preview(url);
    elsewhere["ts"] = "1.000001".into();
    assert_eq!(
        world.error("chat.unfurl", elsewhere).await,
        "cannot_find_message"
    );
    assert_eq!(world.scolded(), [Wrong::BadArgument; 2]);

    world.sam.pastes_link(&world.sig_node, url).await;
    let pasted = app.events().pop().expect("an event");
    assert_eq!(
        (&pasted["source"], &pasted["channel"]),
        (&json!("composer"), &json!("COMPOSER"))
    );
    let by_id = json!({"source": "composer", "unfurl_id": pasted["unfurl_id"], "unfurls": {url: {"blocks": []}}});
    world.ok("chat.unfurl", by_id).await;
    // The writer alone sees it.
    let seen = world.sam.sees_in_composer();
    assert_eq!(seen.keys().collect::<Vec<_>>(), [url]);
    assert!(world.mike.sees_in_composer().is_empty());
}
