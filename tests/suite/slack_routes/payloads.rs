//! What Slack's pages show as payloads, and what is read of it.

use kep_liaison::slack::inbound::Inbound;
use serde_json::{Value, json};

/// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
pub(super) fn press() -> Value {
    json!({
        "type": "block_actions",
        "team": {"id": "T9TK3CUKW", "domain": "example"},
        "user": {"id": "UA8RXUSPL", "username": "jtorrance", "team_id": "T9TK3CUKW"},
        "api_app_id": "AABA1ABCD",
        "token": "9s8d9as89d8as9d8as989",
        "container": {
            "type": "message_attachment", "message_ts": "1548261231.000200",
            "attachment_id": 1, "channel_id": "CBR2V3XEX",
            "is_ephemeral": false, "is_app_unfurl": false
        },
        "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "channel": {"id": "CBR2V3XEX", "name": "review-updates"},
        "message": {"bot_id": "BAH5CA16Z", "type": "message", "text": "This content can't be displayed.",
            "user": "UAJ2RU415", "ts": "1548261231.000200"},
        "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
        "actions": [{
            "action_id": "WaXA", "block_id": "=qXel",
            "text": {"type": "plain_text", "text": "View", "emoji": true},
            "value": "click_me_123", "type": "button", "action_ts": "1548426417.840180"
        }]
    })
}

/// <https://docs.slack.dev/reference/events/app_mention>
pub(super) fn mention() -> Value {
    json!({
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ", "team_id": "T123ABC456", "api_app_id": "A123ABC456",
        "event": {
            "type": "app_mention", "user": "U123ABC456", "text": "<@U0LAN0Z89> who shepherds 5825?",
            "ts": "1515449522.000016", "channel": "C123ABC456", "event_ts": "1515449522000016"
        },
        "type": "event_callback", "event_id": "Ev123ABC456", "event_time": 1_515_449_522,
        "authed_users": ["U0LAN0Z89"]
    })
}

pub(super) fn interaction(payload: &Value) -> Inbound {
    Inbound::of_interaction(&payload.to_string()).expect("an interaction")
}

pub(super) fn event(payload: &Value) -> Inbound {
    Inbound::of_event(&payload.to_string()).expect("an event")
}

#[test]
fn a_press() {
    let Inbound::Pressed(pressed) = interaction(&press()) else {
        panic!("a press");
    };
    assert_eq!(
        (&*pressed.action_id, &*pressed.value),
        ("WaXA", "click_me_123")
    );
    assert_eq!(&*pressed.from.team, "T9TK3CUKW");
    assert_eq!(pressed.from.channel.as_deref(), Some("CBR2V3XEX"));
    assert!(pressed.response_url.is_some() && pressed.trigger_id.is_some());
    assert_eq!(pressed.ts.as_deref(), Some("1548261231.000200"));
    assert_eq!((pressed.thread_ts, pressed.is_ephemeral), (None, false));
    let mut payload = press();
    payload["container"] = json!({"message_ts": "2.0", "thread_ts": "1.0", "is_ephemeral": true});
    payload["message"] = Value::Null;
    let Inbound::Pressed(pressed) = interaction(&payload) else {
        panic!("a press");
    };
    let place = (pressed.ts.as_deref(), pressed.thread_ts.as_deref());
    assert_eq!(
        (place, pressed.is_ephemeral),
        ((Some("2.0"), Some("1.0")), true)
    );
}

#[test]
fn a_press_of_an_app_that_belongs_to_an_organisation() {
    let mut payload = press();
    payload["team"] = Value::Null;
    payload["enterprise"] = json!({"id": "E1", "name": "CNCF"});
    payload["is_enterprise_install"] = json!(true);
    assert_eq!(interaction(&payload).team(), Some("E1"));
    // In a workspace of an organisation the app is the workspace's.
    let mut payload = press();
    payload["enterprise"] = json!({"id": "E1", "name": "CNCF"});
    payload["is_enterprise_install"] = json!(false);
    assert_eq!(interaction(&payload).team(), Some("T9TK3CUKW"));
}

#[test]
fn a_press_in_a_view_has_no_place_to_answer() {
    let mut payload = press();
    for gone in ["response_url", "message", "channel"] {
        payload[gone] = Value::Null;
    }
    payload["container"] = json!({"type": "view", "view_id": "V1"});
    let Inbound::Pressed(pressed) = interaction(&payload) else {
        panic!("a press");
    };
    assert_eq!((pressed.response_url, pressed.from.channel), (None, None));
}

#[test]
fn interactions_that_nobody_waits_for() {
    for kind in ["block_suggestion", "shortcut", "of_next_year"] {
        let mut payload = press();
        payload["type"] = json!(kind);
        let Inbound::Other { team, kind: seen } = interaction(&payload) else {
            panic!("{kind}");
        };
        assert_eq!((team.as_deref(), &*seen), (Some("T9TK3CUKW"), kind));
    }
}

#[test]
fn words_in_a_channel() {
    let Inbound::Said(said) = event(&mention()) else {
        panic!("words");
    };
    assert_eq!(&*said.text, "<@U0LAN0Z89> who shepherds 5825?");
    assert_eq!((said.is_direct, said.thread_ts), (false, None));
    assert_eq!(&*said.event_id, "Ev123ABC456");
}

#[test]
fn words_to_the_bot_alone_count_once() {
    let mut payload = mention();
    payload["event"]["type"] = json!("message");
    payload["event"]["channel_type"] = json!("im");
    assert!(matches!(event(&payload), Inbound::Said(said) if said.is_direct));
    // A mention there comes as both.
    payload["event"]["type"] = json!("app_mention");
    assert!(matches!(event(&payload), Inbound::Other { .. }));
    // Words in a channel are for others.
    let mut payload = mention();
    payload["event"]["type"] = json!("message");
    payload["event"]["channel_type"] = json!("channel");
    assert!(matches!(event(&payload), Inbound::Heard(_)));
}

#[test]
fn what_bots_say_and_what_was_changed_is_left_alone() {
    for (key, value) in [
        ("bot_id", "B1"),
        ("user", "USLACKBOT"),
        ("subtype", "message_changed"),
        ("subtype", "bot_message"),
    ] {
        let mut payload = mention();
        payload["event"][key] = json!(value);
        assert!(
            matches!(event(&payload), Inbound::Other { .. }),
            "{key} {value}"
        );
    }
    let mut payload = mention();
    payload["event"]["subtype"] = json!("file_share");
    assert!(matches!(event(&payload), Inbound::Said(_)));
}

#[test]
fn homes() {
    let mut payload = mention();
    payload["event"] = json!({
        "type": "app_home_opened", "user": "U123ABC456", "channel": "D123ABC456",
        "event_ts": "1515449522000016", "tab": "home", "view": {"id": "VPASKP233"}
    });
    assert!(matches!(event(&payload), Inbound::HomeOpened { .. }));
    payload["event"]["tab"] = json!("messages");
    assert!(matches!(event(&payload), Inbound::Other { .. }));
}

/// <https://docs.slack.dev/reference/events/link_shared>
#[test]
fn links() {
    let mut payload = mention();
    payload["event"] = json!({
        "type": "link_shared", "channel": "COMPOSER", "is_bot_user_member": true, "user": "U123ABC456",
        "message_ts": "Uxxxxxxx-909b5454-75f8-4ac4-b325-1b40e230bbd8-gryl3kb80b3wm49ihzoo35fyqoq08n2y",
        "unfurl_id": "Uxxxxxxx-909b5454-75f8-4ac4-b325-1b40e230bbd8", "source": "composer",
        "links": [
            {"domain": "example.com", "url": "https://example.com/12345"},
            {"domain": "example.com"},
            {"domain": "another-example.com", "url": "https://yet.another-example.com/v/abcde"}
        ],
        "event_ts": "1515449522000016"
    });
    let Inbound::Linked(linked) = event(&payload) else {
        panic!("links");
    };
    assert_eq!(&*linked.source, "composer");
    assert_eq!(
        &*linked.unfurl_id,
        "Uxxxxxxx-909b5454-75f8-4ac4-b325-1b40e230bbd8"
    );
    let links = [
        "https://example.com/12345",
        "https://yet.another-example.com/v/abcde",
    ];
    assert_eq!(
        linked.links.iter().map(|link| &**link).collect::<Vec<_>>(),
        links
    );

    // The bot's own.
    payload["authorizations"] = json!([{"team_id": "T1", "user_id": "U123ABC456", "is_bot": true}]);
    assert!(matches!(event(&payload), Inbound::Other { .. }));
    payload["authorizations"] = json!([]);
    payload["event"]["links"] = json!(null);
    assert!(matches!(event(&payload), Inbound::Linked(_)));
    payload["event"]["unfurl_id"] = json!(null);
    assert!(Inbound::of_event(&payload.to_string()).is_err());
}

#[test]
fn events_that_nobody_waits_for() {
    for event_of in [
        json!({"type": "message_metadata_posted", "x": 1}),
        json!({"type": "team_join", "user": {"id": "U1"}}),
    ] {
        let mut payload = mention();
        payload["event"] = event_of.clone();
        assert!(
            matches!(event(&payload), Inbound::Other { .. }),
            "{event_of}"
        );
    }
    let payload = json!({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1});
    assert!(matches!(event(&payload), Inbound::Other { .. }));
}

#[test]
fn a_command_by_socket_and_by_http_is_the_same() {
    let form = "team_id=T1&enterprise_id=E1&is_enterprise_install=false&user_id=U1&channel_id=C1&command=%2Fkep&text=status+5825%20caf%C3%A9&response_url=https%3A%2F%2Fhooks.slack.com%2Fx&trigger_id=1.2.3";
    let json = json!({
        "team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "false",
        "user_id": "U1", "channel_id": "C1", "command": "/kep", "text": "status 5825 café",
        "response_url": "https://hooks.slack.com/x", "trigger_id": "1.2.3", "new": {"x": null}
    });
    let by_form = Inbound::of_command_form(form.as_bytes());
    assert_eq!(by_form, Inbound::of_command(&json.to_string()));
    assert!(by_form.is_ok());
    let check = Inbound::of_command_form(b"ssl_check=1&token=x");
    assert!(matches!(check, Ok(Inbound::Other { .. })));
}
