//! What happens in channels, and to dialogs: what Slack's pages show as payloads, what is read of
//! it, and what is the same in each telling.

use kep_liaison::slack::inbound::{Author, Happened, Inbound, Spoken};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::payloads::{event, interaction, mention, press};

/// <https://docs.slack.dev/reference/events/message.channels>
fn said() -> Value {
    let mut payload = mention();
    payload["authorizations"] = json!([{"enterprise_id": null, "team_id": "T123ABC456", "user_id": "U0LAN0Z89", "is_bot": true}]);
    payload["event"] = json!({
        "type": "message", "channel": "C123ABC456", "user": "U123ABC456", "text": "Hello",
        "ts": "1355517523.000005", "event_ts": "1355517523.000005", "channel_type": "channel",
        "blocks": [{"type": "rich_text", "elements": []}]
    });
    payload
}

fn happened(payload: &Value) -> Option<Happened> {
    match event(payload) {
        Inbound::Heard(heard) => {
            assert_eq!(
                (&*heard.team, &*heard.channel),
                ("T123ABC456", "C123ABC456")
            );
            Some(heard.what)
        }
        Inbound::Other { .. } => None,
        other => panic!("{other:?}"),
    }
}

fn new(payload: &Value) -> Spoken {
    match happened(payload) {
        Some(Happened::New(said)) => said,
        other => panic!("{other:?}"),
    }
}

fn identity(payload: &Value) -> String {
    let identity = event(payload).content_identity("kubernetes");
    identity.expect("an identity").to_string()
}

#[test]
fn what_people_say_in_a_channel() {
    let heard = new(&said());
    assert_eq!(heard.author, Author::Person("U123ABC456".into()));
    assert_eq!(
        (heard.thread_ts.as_deref(), heard.is_broadcast),
        (None, false)
    );
    assert_eq!(heard.message["blocks"][0]["type"], "rich_text");
    assert_eq!(
        identity(&said()),
        "message/kubernetes/C123ABC456/1355517523.000005"
    );
    for (subtype, is_broadcast) in [("thread_broadcast", true), ("file_share", false)] {
        let mut payload = said();
        payload["event"]["subtype"] = json!(subtype);
        payload["event"]["thread_ts"] = json!("1355517500.000001");
        let heard = new(&payload);
        assert_eq!(heard.thread_ts.as_deref(), Some("1355517500.000001"));
        assert_eq!(heard.is_broadcast, is_broadcast);
    }
}

#[test]
fn apps_are_told_apart() {
    for (fields, author) in [
        (json!({"bot_id": "B1", "app_id": "A1"}), Author::Other),
        (
            json!({"bot_id": "B1", "app_id": null, "user": null}),
            Author::Other,
        ),
        (
            json!({"subtype": "bot_message", "user": null}),
            Author::Other,
        ),
        (json!({"user": "USLACKBOT"}), Author::Other),
        (
            json!({"bot_id": "B2", "app_id": "A123ABC456", "user": null}),
            Author::Own,
        ),
        (json!({"bot_id": "B2", "user": "U0LAN0Z89"}), Author::Own),
    ] {
        let mut payload = said();
        for (name, value) in fields.as_object().expect("an object") {
            payload["event"][name] = value.clone();
        }
        assert_eq!(new(&payload).author, author, "{fields}");
    }
    // The token of a person would make all that they say the bot's.
    let mut payload = said();
    payload["authorizations"][0] = json!({"user_id": "U123ABC456", "is_bot": false});
    assert!(matches!(new(&payload).author, Author::Person(_)));
}

#[test]
fn what_nobody_said_is_left_alone() {
    let mut replied = said();
    // Slack's own bug: the subtype is missing.
    replied["event"]["user"] = Value::Null;
    replied["event"]["message"] = json!({"user": "U1", "ts": "1.0", "reply_count": 1});
    assert_eq!(happened(&replied), None);
    for subtype in [
        "channel_join",
        "channel_topic",
        "message_replied",
        "pinned_item",
    ] {
        let mut payload = said();
        payload["event"]["subtype"] = json!(subtype);
        assert_eq!(happened(&payload), None, "{subtype}");
    }
    let mut payload = said();
    payload["event"]["channel_type"] = json!("mpim");
    assert_eq!(happened(&payload), None);
}

/// <https://docs.slack.dev/reference/events/message/message_changed>
fn changed(message: &Value) -> Value {
    let mut payload = said();
    payload["event"] = json!({
        "type": "message", "subtype": "message_changed", "channel": "C123ABC456",
        "ts": "1358878755.000001", "channel_type": "channel", "hidden": true, "message": message
    });
    payload
}

#[test]
fn edits_are_told_apart_by_their_own_number() {
    let message = json!({
        "type": "message", "user": "U123ABC456", "text": "Hello, world!",
        "ts": "1355517523.000005", "edited": {"user": "U123ABC456", "ts": "1358878755.000001"}
    });
    let payload = changed(&message);
    let Some(Happened::Changed(heard)) = happened(&payload) else {
        panic!("a change");
    };
    assert_eq!(heard.message["text"], "Hello, world!");
    assert_eq!(heard.edited.as_deref(), Some("1358878755.000001"));
    assert_eq!(
        identity(&payload),
        "message/kubernetes/C123ABC456/1355517523.000005/1358878755.000001"
    );
    // A preview came: it says what it said before.
    let mut previewed = message;
    previewed["edited"] = Value::Null;
    assert_eq!(identity(&changed(&previewed)), identity(&said()));
    assert_eq!(happened(&changed(&Value::Null)), None);
}

#[test]
fn deleted_is_deleted_with_replies_and_without() {
    let mut payload = changed(&Value::Null);
    payload["event"]["subtype"] = json!("message_deleted");
    payload["event"]["deleted_ts"] = json!("1355517523.000005");
    payload["event"]["previous_message"] = json!({"thread_ts": "1355517500.000001"});
    let gone = |thread: Option<&str>| Happened::Gone {
        ts: "1355517523.000005".into(),
        thread_ts: thread.map(Into::into),
    };
    assert_eq!(happened(&payload), Some(gone(Some("1355517500.000001"))));
    let tombstone = changed(&json!({
        "type": "message", "subtype": "tombstone", "user": "USLACKBOT",
        "text": "This message was deleted.", "ts": "1355517523.000005",
        "thread_ts": "1355517523.000005"
    }));
    assert_eq!(happened(&tombstone), Some(gone(Some("1355517523.000005"))));
    assert_eq!(identity(&payload), identity(&tombstone));
}

/// <https://docs.slack.dev/reference/events/reaction_added>
#[test]
fn reactions() {
    let mut payload = mention();
    payload["event"] = json!({
        "type": "reaction_added", "user": "U123ABC456", "reaction": "satellite_antenna",
        "item_user": "U222222222", "event_ts": "1465244570.336841",
        "item": {"type": "message", "channel": "C123ABC456", "ts": "1464196127.000002"}
    });
    let Inbound::Reacted(given) = event(&payload) else {
        panic!("a reaction");
    };
    assert!(given.is_given);
    assert_eq!(
        (&*given.emoji, &*given.ts),
        ("satellite_antenna", "1464196127.000002")
    );
    assert_eq!(given.item_user.as_deref(), Some("U222222222"));
    assert_eq!(
        identity(&payload),
        "reaction/kubernetes/C123ABC456/1464196127.000002/satellite_antenna/U123ABC456"
    );
    let first = identity(&payload);
    payload["event_id"] = json!("Ev2");
    payload["event"]["event_ts"] = json!("1465244580.336841");
    assert_eq!(identity(&payload), first);
    payload["event"]["type"] = json!("reaction_removed");
    assert!(matches!(event(&payload), Inbound::Reacted(taken) if !taken.is_given));
    assert!(identity(&payload).starts_with(&format!("{first}/off/")));
    payload["event"]["item"] = json!({"type": "file", "file": "F1"});
    assert!(matches!(event(&payload), Inbound::Other { .. }));
}

/// <https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload>
#[test]
fn a_message_shortcut() {
    let mut payload = press();
    payload["type"] = json!("message_action");
    payload["callback_id"] = json!("relay");
    payload["message"]["thread_ts"] = json!("1548261200.000100");
    let Inbound::Shortcut(shortcut) = interaction(&payload) else {
        panic!("a shortcut");
    };
    assert_eq!(
        (&*shortcut.callback_id, &*shortcut.ts),
        ("relay", "1548261231.000200")
    );
    assert_eq!(shortcut.thread_ts.as_deref(), Some("1548261200.000100"));
    assert_eq!(shortcut.from.channel.as_deref(), Some("CBR2V3XEX"));
    let inbound = Inbound::Shortcut(shortcut);
    let identity = inbound.content_identity("kubernetes").expect("an identity");
    let trigger = inbound.identity().expect("a trigger");
    assert_eq!(identity.as_str(), format!("trigger/kubernetes/{trigger}"));
    payload["message"] = Value::Null;
    assert!(Inbound::of_interaction(&payload.to_string()).is_err());
}

/// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>
#[test]
fn a_dialog_is_sent_or_closed() {
    let mut payload = press();
    payload["type"] = json!("view_submission");
    payload["view"] = json!({
        "id": "VNHU13V36", "type": "modal", "private_metadata": "relay/1", "callback_id": "relay",
        "state": {"values": {"kep": {"number": {"type": "plain_text_input", "value": "5825"}}}},
        "hash": "156663117.cd33ad1f"
    });
    let Inbound::Submitted(sent) = interaction(&payload) else {
        panic!("a dialog");
    };
    assert_eq!(
        (&*sent.callback_id, &*sent.private_metadata),
        ("relay", "relay/1")
    );
    assert_eq!(sent.values["kep"]["number"]["value"], "5825");
    payload["view"]["state"] = Value::Null;
    assert!(matches!(interaction(&payload), Inbound::Submitted(sent) if sent.values.is_null()));
    payload["type"] = json!("view_closed");
    let Inbound::Closed(closed) = interaction(&payload) else {
        panic!("a dialog");
    };
    assert_eq!(
        (&*closed.callback_id, &*closed.private_metadata),
        ("relay", "relay/1")
    );
}

/// In a channel that is shared with another workspace the person may be one of that workspace, and
/// the dialog is the app's: "the `app_installed_team_id` … is the workspace where the app is
/// installed". <https://docs.slack.dev/reference/views>
#[test]
fn a_dialog_of_somebody_in_another_workspace_is_the_apps_own() {
    let mut payload = press();
    payload["type"] = json!("view_submission");
    payload["team"] = json!({"id": "T0STRANGE", "domain": "partner"});
    payload["user"] = json!({"id": "U0STRANGE", "team_id": "T0STRANGE"});
    payload["view"] = json!({
        "id": "VNHU13V36", "team_id": "T9TK3CUKW", "app_id": "A02",
        "app_installed_team_id": "T9TK3CUKW", "type": "modal", "callback_id": "relay"
    });
    for kind in ["view_submission", "view_closed", "block_actions"] {
        payload["type"] = json!(kind);
        let inbound = interaction(&payload);
        assert_eq!(inbound.team(), Some("T9TK3CUKW"), "{inbound:?}");
    }
    payload["view"]["app_installed_team_id"] = Value::Null;
    assert_eq!(interaction(&payload).team(), Some("T0STRANGE"));
    // With an app of a whole organisation it is the organisation that counts.
    payload["view"]["app_installed_team_id"] = json!("T9TK3CUKW");
    payload["enterprise"] = json!({"id": "E1", "name": "CNCF"});
    payload["is_enterprise_install"] = json!(true);
    assert_eq!(interaction(&payload).team(), Some("E1"));
}

/// A value of any shape.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,8}", inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    /// Whatever stands where, it is read or refused.
    #[test]
    fn nothing_panics(value in anything(), at in 0_usize..40) {
        for mut payload in [said(), changed(&json!({"ts": "1.0", "user": "U1"})), press()] {
            let mut pointers = Vec::new();
            places(&payload, &mut String::new(), &mut pointers);
            let place = pointers[at % pointers.len()].clone();
            *payload.pointer_mut(&place).expect("a place") = value.clone();
            let text = payload.to_string();
            for inbound in [Inbound::of_event(&text), Inbound::of_interaction(&text)].into_iter().flatten() {
                inbound.content_identity("kubernetes");
            }
        }
    }
}

/// Every place in a value, as a pointer.
fn places(value: &Value, at: &mut String, all: &mut Vec<String>) {
    let length = at.len();
    let mut visit = |name: String, value: &Value, all: &mut Vec<String>| {
        at.push('/');
        at.push_str(&name);
        all.push(at.clone());
        places(value, at, all);
        at.truncate(length);
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                visit(name.clone(), value, all);
            }
        }
        Value::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                visit(place.to_string(), value, all);
            }
        }
        _ => {}
    }
}
