//! Pressing, choosing, shortcuts.

use kep_liaison::sandbox::slack::{Spot, Wrong};
use serde_json::{Value, json};

use super::{
    World,
    app::{Answer, Endpoint, Socketeer},
    world,
};

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn message() -> Value {
    let option = |name: &str| json!({"text": plain(name), "value": name.to_lowercase()});
    json!({"text": "Who shepherds?", "blocks": [{"type": "actions", "block_id": "row", "elements": [
        {"type": "button", "action_id": "me", "value": "5825", "text": plain("I do")},
        {"type": "static_select", "action_id": "release", "options": [option("V1"), option("V2")]},
        {"type": "users_select", "action_id": "who"},
        {"type": "multi_users_select", "action_id": "all"},
        {"type": "datepicker", "action_id": "when"},
        {"type": "overflow", "action_id": "more", "options": [option("Mute")]},
        {"type": "external_select", "action_id": "kep", "min_query_length": 2},
    ]}]})
}

async fn posted(world: &World) -> kep_liaison::sandbox::slack::Said {
    let mut post = message();
    post["channel"] = world.channel();
    world.ok("chat.postMessage", post).await;
    world.sig_node.next().await
}

#[tokio::test]
async fn a_button_says_what_it_is_and_where() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let said = posted(&world).await;
    let shown = world.sam.clicks(&said, "I do").await;
    assert_eq!((shown.error, shown.ack), (None, Value::Null));
    let payload = &app.payloads("interactive")[0];
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(payload["user"]["id"], world.sam.id());
    assert_eq!(
        payload["channel"],
        json!({"id": world.sig_node.id(), "name": "sig-node"})
    );
    assert_eq!(payload["container"]["message_ts"], said.ts);
    assert_eq!(
        payload["message"],
        world.sig_node.message(&said.ts).expect("it").json
    );
    let action = &payload["actions"][0];
    assert_eq!(action["action_id"], "me");
    assert_eq!(action["block_id"], "row");
    assert_eq!(action["value"], "5825");
    assert_eq!(action["text"]["text"], "I do");
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn menus_say_what_was_chosen() {
    let world = world().await;
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let said = posted(&world).await;
    let sam = &world.sam;
    for (what, choice, name, value) in [
        (
            "release",
            "V2",
            "selected_option",
            json!({"text": plain_shown("V2"), "value": "v2"}),
        ),
        ("who", "mikebrow", "selected_user", json!(world.mike.id())),
        (
            "all",
            "mikebrow, samuelkarp",
            "selected_users",
            json!([world.mike.id(), sam.id()]),
        ),
        ("when", "2026-11-06", "selected_date", json!("2026-11-06")),
        (
            "more",
            "mute",
            "selected_option",
            json!({"text": plain_shown("Mute"), "value": "mute"}),
        ),
    ] {
        sam.selects(&said, what, choice).await;
        let payload = app.payloads("interactive").pop().expect("an interaction");
        assert_eq!(
            payload["actions"][0][name]["value"], value["value"],
            "{payload}"
        );
        if !value.is_object() {
            assert_eq!(payload["actions"][0][name], value);
        }
    }
    let state = &app.payloads("interactive")[4]["state"]["values"]["row"];
    assert_eq!(state["who"]["selected_user"], world.mike.id());
    assert_eq!(state["when"]["selected_date"], "2026-11-06");
}

fn plain_shown(text: &str) -> Value {
    json!({"type": "plain_text", "text": text, "emoji": true})
}

#[tokio::test]
async fn an_external_menu_offers_what_the_app_says() {
    let world = world().await;
    let option = json!({"text": plain("KEP-5825"), "value": "5825"});
    let app = Socketeer::connect(&world, move |envelope| {
        match envelope["payload"]["type"].as_str() {
            Some("block_suggestion") if envelope["payload"]["value"] == "junk" => {
                Answer::Say(json!({"options": [{}]}))
            }
            Some("block_suggestion") => Answer::Say(json!({"options": [option]})),
            _ => Answer::Ack,
        }
    })
    .await;
    let said = posted(&world).await;
    assert_eq!(
        world.sam.is_offered(&said, "kep", "5").await,
        [] as [&str; 0]
    );
    assert_eq!(app.payloads("interactive").len(), 0);
    assert_eq!(world.sam.is_offered(&said, "kep", "58").await, ["KEP-5825"]);
    let suggestion = &app.payloads("interactive")[0];
    assert_eq!(suggestion["value"], "58");
    assert_eq!(suggestion["trigger_id"], Value::Null);
    world.sam.selects(&said, "kep", "KEP-5825").await;
    let chosen = app.payloads("interactive").pop().expect("an interaction");
    assert_eq!(chosen["actions"][0]["selected_option"]["value"], "5825");
    world.slack.nothing_was_wrong();
    assert_eq!(
        world.sam.is_offered(&said, "kep", "junk").await,
        [] as [&str; 0]
    );
    assert_eq!(world.scolded(), [Wrong::BadAck]);
}

#[tokio::test]
async fn an_ephemeral_message_is_not_in_the_payload() {
    let world = world().await;
    let app = Socketeer::connect(&world, |envelope| match envelope["type"].as_str() {
        Some("slash_commands") => Answer::Say(message()),
        _ => Answer::Ack,
    })
    .await;
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    world.sam.clicks(&shown, "me").await;
    let payload = &app.payloads("interactive")[0];
    assert_eq!(payload["container"]["is_ephemeral"], true);
    assert_eq!(payload.get("message"), None);
    let url = payload["response_url"].as_str().expect("an address");
    let http = world
        .http("")
        .with("content-type", "application/json; charset=utf-8");
    http.post(url, json!({"text": "done", "replace_original": true}))
        .await;
    assert_eq!(world.sam.sees(&shown).expect("it").text, "done");
}

#[tokio::test]
async fn one_presses_what_one_sees() {
    let world = world().await;
    let _app = Socketeer::connect(&world, |_| Answer::Ack).await;
    let said = posted(&world).await;
    let press = async |what: &'static str| {
        let (sam, spot) = (world.sam.clone(), Spot::from(&said));
        let pressed = tokio::spawn(async move { sam.clicks(spot, what).await });
        pressed.await.is_ok()
    };
    assert!(press("I do").await);
    assert!(!press("You do").await);
    let stranger = world.workspace.person("stranger");
    let whisper = json!({"channel": world.channel(), "user": world.mike.id(), "text": "x"});
    world.ok("chat.postEphemeral", whisper).await;
    let whispered = world.sig_node.next().await;
    assert_eq!(stranger.sees(&whispered), None);
}

#[tokio::test]
async fn a_failed_click_is_shown() {
    let world = world().await;
    let app = Endpoint::start(|heard| match heard.path.as_str() {
        "/slack/events" => (200, vec![], String::new()),
        _ => (500, vec![], String::new()),
    })
    .await;
    world.workspace.deliver_to(&app.url);
    let said = posted(&world).await;
    let shown = world.sam.clicks(&said, "me").await;
    assert_eq!(shown.error.as_deref(), Some("http_service_error"));
    assert_eq!(world.scolded(), [Wrong::BadAck]);
    let heard = app.heard();
    let form = heard
        .iter()
        .find(|heard| heard.path == "/slack/interactions");
    let form = url::form_urlencoded::parse(form.expect("it").body.as_bytes()).into_owned();
    let fields: Vec<(String, String)> = form.collect();
    assert_eq!(fields[0].0, "payload");
    let payload: Value = serde_json::from_str(&fields[0].1).expect("JSON");
    assert_eq!(payload["type"], "block_actions");
}

#[tokio::test]
async fn a_message_shortcut_brings_the_message() {
    let world = world().await;
    world.workspace.shortcut("relay");
    let app = Socketeer::connect(&world, |_| Answer::Ack).await;
    world.sig_node.remove_bot();
    let said = world.mike.says(&world.sig_node, "the API is agreed").await;
    let shown = world.sam.shortcut("relay", &said).await;
    assert_eq!(shown.error, None);
    let payload = &app.payloads("interactive")[0];
    assert_eq!(payload["type"], "message_action");
    assert_eq!(payload["callback_id"], "relay");
    assert_eq!(payload["message"]["text"], "the API is agreed");
    assert_eq!(payload["message"]["user"], world.mike.id());
    world.workspace.shortcut("anywhere");
    world.sam.global_shortcut("anywhere").await;
    assert_eq!(app.payloads("interactive")[1]["type"], "shortcut");
}
