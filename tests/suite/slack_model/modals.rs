//! Modals and Home tabs.

use kep_liaison::sandbox::slack::Wrong;
use serde_json::{Value, json};

use super::{
    World,
    app::{Answer, Socketeer},
    world,
};

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn modal(title: &str) -> Value {
    let input = |label: &str, element: Value| json!({"type": "input", "block_id": label.to_lowercase(), "label": plain(label), "element": element});
    let mut question = input(
        "Why",
        json!({"type": "plain_text_input", "action_id": "a", "max_length": 20}),
    );
    question["optional"] = true.into();
    json!({
        "type": "modal", "callback_id": "triage", "title": plain(title), "submit": plain("Save"),
        "private_metadata": "5825", "notify_on_close": true,
        "blocks": [input("Shepherd", json!({"type": "users_select", "action_id": "a"})), question],
    })
}

/// An app that answers a submitted modal so.
async fn app(world: &World, answer: Answer) -> Socketeer {
    Socketeer::connect(world, move |envelope| {
        match envelope["payload"]["type"].as_str() {
            Some("view_submission") => answer.clone(),
            _ => Answer::Ack,
        }
    })
    .await
}

/// Sam asks, and a modal opens.
async fn opened(world: &World) -> kep_liaison::sandbox::slack::OpenView {
    let shown = world.sam.types(&world.sig_node, "/kep triage 5825").await;
    let open = json!({"trigger_id": shown.trigger_id(), "view": modal("Triage")});
    world.ok("views.open", open).await;
    world.sam.modal().expect("a modal")
}

#[tokio::test]
async fn a_modal_opens_is_filled_in_and_sent() {
    let world = world().await;
    let app = app(&world, Answer::Ack).await;
    let view = opened(&world).await;
    assert_eq!(view.title, "Triage");
    assert_eq!(world.mike.modal(), None);
    world
        .sam
        .submits(&view, &[("Shepherd", "mikebrow"), ("why", "knows it")])
        .await;
    assert_eq!(world.sam.modal(), None);
    let payload = &app.payloads("interactive")[0];
    assert_eq!(payload["view"]["private_metadata"], "5825");
    assert_eq!(payload["view"]["callback_id"], "triage");
    let values = &payload["view"]["state"]["values"];
    assert_eq!(
        values["shepherd"]["a"],
        json!({"type": "users_select", "selected_user": world.mike.id()})
    );
    assert_eq!(
        values["why"]["a"],
        json!({"type": "plain_text_input", "value": "knows it"})
    );
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn slack_itself_holds_back_what_is_not_filled_in() {
    let world = world().await;
    let app = app(&world, Answer::Ack).await;
    let view = opened(&world).await;
    world
        .sam
        .submits(&view, &[("Why", "much too long for this input")])
        .await;
    assert_eq!(app.payloads("interactive").len(), 0);
    let errors = world.sam.modal().expect("still open").errors;
    assert_eq!(errors["shepherd"], "Please complete this required field.");
    assert_eq!(errors["why"], "Must be less than 21 characters.");
    let view = world.sam.modal().expect("still open");
    world
        .sam
        .submits(&view, &[("Shepherd", "mikebrow"), ("Why", "")])
        .await;
    let values = &app.payloads("interactive")[0]["view"]["state"]["values"];
    assert_eq!(values["why"]["a"]["value"], "");
    assert_eq!(world.sam.modal(), None);
}

#[tokio::test]
async fn the_app_says_what_becomes_of_a_sent_modal() {
    let world = world().await;
    let errors = json!({"response_action": "errors", "errors": {"shepherd": "not a maintainer"}});
    let update = json!({"response_action": "update", "view": modal("Again")});
    let push = json!({"response_action": "push", "view": modal("Second")});
    for (answer, titles) in [
        (errors, vec!["Triage"]),
        (update, vec!["Again"]),
        (push, vec!["Triage", "Second"]),
        (json!({"response_action": "clear"}), vec![]),
    ] {
        let app = app(&world, Answer::Say(answer)).await;
        let view = opened(&world).await;
        let shown = world.sam.submits(&view, &[("Shepherd", "mikebrow")]).await;
        assert_eq!(shown.error, None);
        let open: Vec<String> = world
            .sam
            .modals()
            .into_iter()
            .map(|view| view.title)
            .collect();
        assert_eq!(open, titles);
        drop(app);
        world.workspace.connected(0).await;
    }
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn an_answer_to_a_modal_must_be_good() {
    let world = world().await;
    for answer in [
        json!({"response_action": "errors", "errors": {"elsewhere": "no such block"}}),
        json!({"response_action": "errors", "errors": {}}),
        json!({"response_action": "update", "view": {"type": "modal"}}),
        json!({"response_action": "explode"}),
        json!({"text": "hello"}),
    ] {
        let app = app(&world, Answer::Say(answer)).await;
        let view = opened(&world).await;
        let shown = world.sam.submits(&view, &[("Shepherd", "mikebrow")]).await;
        assert_eq!(shown.error.as_deref(), Some("invalid_response"));
        assert_eq!(world.scolded(), [Wrong::BadAck]);
        assert!(world.sam.modal().is_some());
        drop(app);
        world.workspace.connected(0).await;
    }
}

#[tokio::test]
async fn a_trigger_is_good_once_and_for_three_seconds() {
    let world = world().await;
    let _app = app(&world, Answer::Ack).await;
    let ask = async || {
        let shown = world.sam.types(&world.sig_node, "/kep").await;
        json!({"trigger_id": shown.trigger_id(), "view": modal("Triage")})
    };
    let open = ask().await;
    world.ok("views.open", open.clone()).await;
    assert_eq!(
        world.error("views.open", open).await,
        "exchanged_trigger_id"
    );
    let open = ask().await;
    world.advance(3);
    world.ok("views.open", open).await;
    let open = ask().await;
    world.advance(4);
    assert_eq!(world.error("views.open", open).await, "expired_trigger_id");
    let junk = json!({"trigger_id": "1.2.3", "view": modal("Triage")});
    assert_eq!(world.error("views.open", junk).await, "invalid_trigger_id");
    let spent = [Wrong::TriggerSpent, Wrong::TriggerSpent, Wrong::BadArgument];
    assert_eq!(world.scolded(), spent);
}

#[tokio::test]
async fn modals_are_changed_and_stacked() {
    let world = world().await;
    let app = app(&world, Answer::Ack).await;
    let view = opened(&world).await;
    let hash = view.json["hash"].clone();
    let update = |hash: &Value| json!({"view_id": view.id, "hash": hash, "view": modal("Changed")});
    world.sam.fills(&view, "Why", "kept").await;
    world.ok("views.update", update(&hash)).await;
    assert_eq!(
        world.error("views.update", update(&hash)).await,
        "hash_conflict"
    );
    let changed = world.sam.modal().expect("a modal");
    assert_eq!(
        (changed.title.as_str(), &changed.values["why"]["a"]["value"]),
        ("Changed", &json!("kept"))
    );

    let mut with_button = modal("Pressed");
    let button = json!({"type": "actions", "elements": [{"type": "button", "action_id": "more", "text": plain("More")}]});
    with_button["blocks"]
        .as_array_mut()
        .expect("a list")
        .push(button);
    world
        .ok(
            "views.update",
            json!({"view_id": view.id, "view": with_button}),
        )
        .await;
    for depth in 2..=4 {
        let top = world.sam.modal().expect("a modal");
        let shown = world.sam.clicks(&top, "More").await;
        assert_eq!(shown.payload["view"]["id"], top.id);
        let push = json!({"trigger_id": shown.trigger_id(), "view": with_button});
        let answer = world.call("views.push", push).await;
        assert_eq!(answer["ok"], depth <= 3, "{answer}");
    }
    let top = world.sam.modal().expect("a modal");
    assert_eq!(top.json["root_view_id"], view.id);
    world.sam.closes(&top).await;
    assert_eq!(world.sam.modals().len(), 2);
    let closed = app.payloads("interactive").pop().expect("an interaction");
    assert_eq!(
        (&closed["type"], &closed["view"]["id"]),
        (&json!("view_closed"), &json!(top.id))
    );
    assert_eq!(
        world
            .error(
                "views.update",
                json!({"view_id": top.id, "view": modal("x")})
            )
            .await,
        "not_found"
    );
}

#[tokio::test]
async fn home_tabs_are_published() {
    let world = world().await;
    let home =
        json!({"type": "home", "blocks": [{"type": "section", "text": plain("Yours: 5825")}]});
    let publish = |user: &str, view: &Value| json!({"user_id": user, "view": view});
    let first = world
        .ok("views.publish", publish(world.sam.id(), &home))
        .await;
    let second = world
        .ok("views.publish", publish(world.sam.id(), &home))
        .await;
    assert_eq!(first["view"]["id"], second["view"]["id"]);
    assert_ne!(first["view"]["hash"], second["view"]["hash"]);
    assert_eq!(world.sam.home().expect("a home").words(), "Yours: 5825");
    assert_eq!(world.mike.home(), None);
    let mut stale = publish(world.sam.id(), &home);
    stale["hash"] = first["view"]["hash"].clone();
    assert_eq!(world.error("views.publish", stale).await, "hash_conflict");
    let modal = publish(world.sam.id(), &modal("x"));
    assert_eq!(
        world.error("views.publish", modal).await,
        "invalid_arguments"
    );
    assert_eq!(
        world.error("views.publish", publish("U0", &home)).await,
        "invalid_arguments"
    );
}
