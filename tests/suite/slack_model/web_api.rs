//! Tokens, scopes, arguments, limits: what all methods share.

use kep_liaison::sandbox::slack::{ChannelKind, Wrong};
use serde_json::json;

use super::{World, world};
use crate::github_model::http::Http;

#[tokio::test]
async fn a_token_says_who_one_is() {
    let world = world().await;
    let answer = world.ok("auth.test", json!({})).await;
    assert_eq!(answer["team_id"], world.workspace.id());
    assert_eq!(answer["user_id"], world.workspace.bot_user());
    assert_eq!(answer["url"], "https://kubernetes.slack.com/");
    world.slack.nothing_was_wrong();

    let anonymous = Http::new(&world.slack.api_url(), None);
    let answer = anonymous.post("/auth.test", json!({})).await.json();
    assert_eq!(answer["error"], "not_authed");
    let answer = world.http("xoxb-wrong").get("/auth.test").await.json();
    assert_eq!(answer["error"], "invalid_auth");
    let app_token = world.http(&world.workspace.app_token());
    let answer = app_token.post("/auth.test", json!({})).await.json();
    assert_eq!(answer["error"], "not_allowed_token_type");
    assert_eq!(world.scolded(), [Wrong::Token; 3]);

    world.workspace.uninstall();
    assert_eq!(
        world.error("auth.test", json!({})).await,
        "account_inactive"
    );
}

#[tokio::test]
async fn a_token_may_stand_in_the_form() {
    let world = world().await;
    let form = Http::new(&world.slack.api_url(), None)
        .with("content-type", "application/x-www-form-urlencoded");
    let token = world.workspace.bot_token();
    let body = format!(
        "token={token}&channel={}&text=hi+there",
        world.sig_node.id()
    );
    let answer = form.post_text("/chat.postMessage", &body).await.json();
    assert_eq!(answer["message"]["text"], "hi there");
    let path = format!("/users.info?user={}&token={token}", world.sam.id());
    assert_eq!(form.get(&path).await.json()["user"]["name"], "samuelkarp");
    assert!(!format!("{:?}", world.slack.calls()).contains(&token));
}

#[tokio::test]
async fn workspaces_do_not_know_of_one_another() {
    let world = world().await;
    let cncf = world.slack.workspace("cloud-native");
    let http = world.http(&cncf.bot_token());
    let message = json!({"channel": world.sig_node.id(), "text": "hello"});
    let answer = http.post("/chat.postMessage", message).await.json();
    assert_eq!(answer["error"], "channel_not_found");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let world = world().await;
    world.workspace.set_scopes(&["chat:write", "channels:read"]);
    let reply = world
        .reply("users.info", json!({"user": world.sam.id()}))
        .await;
    let answer = reply.json();
    assert_eq!(answer["error"], "missing_scope");
    assert_eq!(answer["needed"], "users:read");
    assert_eq!(answer["provided"], "channels:read,chat:write");
    assert_eq!(reply.header("x-oauth-scopes"), "channels:read,chat:write");
    assert_eq!(reply.header("x-accepted-oauth-scopes"), "users:read");

    let private = world.workspace.private_channel("steering");
    let info = json!({"channel": private.id()});
    let answer = world.call("conversations.info", info).await;
    assert_eq!(
        (&answer["error"], &answer["needed"]),
        (&json!("missing_scope"), &json!("groups:read"))
    );
    assert_eq!(world.scolded(), [Wrong::MissingScope; 2]);
}

#[tokio::test]
async fn bodies_must_be_what_they_say() {
    let world = world().await;
    let http = world.http(&world.workspace.bot_token());
    for (kind, body, error) in [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[]", "json_not_object"),
        ("text/plain", "x", "invalid_post_type"),
    ] {
        let http = Http::new(&world.slack.api_url(), Some(&world.workspace.bot_token()))
            .with("content-type", kind);
        let answer = http.post_text("/auth.test", body).await.json();
        assert_eq!(answer["error"], error);
    }
    let bare = http.with("content-type", "application/json");
    let answer = bare.post("/auth.test", json!({})).await.json();
    assert_eq!(answer["warning"], "missing_charset");
}

#[tokio::test]
async fn unknown_methods_and_arguments_are_noted() {
    let world = world().await;
    assert_eq!(world.error("chat.shout", json!({})).await, "unknown_method");
    world.ok("auth.test", json!({"colour": "blue"})).await;
    assert_eq!(
        world.scolded(),
        [Wrong::UnknownMethod, Wrong::UnknownArgument]
    );
}

#[tokio::test]
async fn a_channel_takes_one_message_a_second_and_short_bursts() {
    let world = world().await;
    for _ in 0..5 {
        world.post("hello").await;
    }
    let message = json!({"channel": world.sig_node.id(), "text": "hello"});
    let reply = world.reply("chat.postMessage", message.clone()).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "1"));
    assert_eq!(reply.json()["error"], "ratelimited");
    assert_eq!(world.scolded(), [Wrong::TooFast]);
    assert_eq!(world.reply("chat.postMessage", message).await.status, 429);
    assert_eq!(world.scolded(), [Wrong::DidNotWait]);
    let other = world.workspace.channel("sig-release");
    world
        .ok(
            "chat.postMessage",
            json!({"channel": other.id(), "text": "hello"}),
        )
        .await;
    world.advance(1);
    world.post("hello").await;
    assert_eq!(world.sig_node.messages().len(), 6);
}

#[tokio::test]
async fn methods_have_tiers() {
    let world = world().await;
    for _ in 0..20 {
        world.ok("users.list", json!({})).await;
    }
    let reply = world.reply("users.list", json!({})).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "60"));
    world
        .ok("users.info", json!({"user": world.sam.id()}))
        .await;
    world.advance(60);
    world.ok("users.list", json!({})).await;
}

#[tokio::test]
async fn ids_can_be_chosen() {
    let world = world().await;
    let channel =
        world
            .workspace
            .channel_with_id("C0BP8PW9G", "sig-node-containerd", ChannelKind::Public);
    let person = world.workspace.person_with_id("U012AB3CD", "fuweid");
    let channel = channel.with(&[&person]);
    let answer = world
        .ok("conversations.members", json!({"channel": "C0BP8PW9G"}))
        .await;
    assert_eq!(
        answer["members"],
        json!([world.workspace.bot_user(), "U012AB3CD"])
    );
    assert_eq!(
        world.workspace.channel("sig-node-containerd").id(),
        channel.id()
    );
}

/// The methods that others build on answer what their pages say.
#[tokio::test]
async fn people_and_channels_are_described() {
    let world = world().await;
    let user = world
        .ok("users.info", json!({"user": world.sam.id()}))
        .await;
    assert_eq!(user["user"]["tz"], "America/Los_Angeles");
    assert_eq!(user["user"]["tz_offset"], -28_800);
    assert_eq!(user["user"]["profile"]["display_name"], "samuelkarp");
    assert_eq!(
        world.error("users.info", json!({"user": "U0"})).await,
        "user_not_found"
    );
    let about = json!({"channel": world.sig_node.id(), "include_num_members": true});
    let channel = world.ok("conversations.info", about).await;
    assert_eq!(channel["channel"]["name"], "sig-node");
    assert_eq!(channel["channel"]["num_members"], 3);
    assert_eq!(channel["channel"]["is_member"], true);
    opens_direct_messages(&world).await;
}

async fn opens_direct_messages(world: &World) {
    let open = |users: String| json!({"users": users, "return_im": true});
    let first = world
        .ok("conversations.open", open(world.sam.id().to_owned()))
        .await;
    let again = world
        .ok("conversations.open", open(world.sam.id().to_owned()))
        .await;
    assert_eq!(first["channel"]["id"], again["channel"]["id"]);
    assert_eq!(first["channel"]["user"], world.sam.id());
    assert_eq!(
        (&first["already_open"], &again["already_open"]),
        (&json!(null), &json!(true))
    );
    let both = format!("{},{}", world.sam.id(), world.mike.id());
    let group = world.ok("conversations.open", open(both)).await;
    assert_eq!(group["channel"]["is_mpim"], true);
    for (users, error) in [
        (String::new(), "users_list_not_supplied"),
        ("U0".to_owned(), "user_not_found"),
        (world.workspace.bot_user(), "cannot_dm_bot"),
    ] {
        assert_eq!(world.error("conversations.open", open(users)).await, error);
    }
    world.mike.deactivate();
    let error = world
        .error("conversations.open", open(world.mike.id().to_owned()))
        .await;
    assert_eq!(error, "user_disabled");
}
