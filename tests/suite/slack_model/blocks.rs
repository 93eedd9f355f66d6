//! Block Kit: each rule by what breaks it.

use kep_liaison::sandbox::slack::{
    Wrong,
    validate::{message_blocks, suggestions, view},
};
use serde_json::{Value, json};

use super::world;

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn button(more: &Value) -> Value {
    let mut button = json!({"type": "button", "text": plain("Press"), "action_id": "a"});
    add(&mut button, more);
    button
}

fn add(to: &mut Value, more: &Value) {
    for (name, value) in more.as_object().expect("an object") {
        to[name] = value.clone();
    }
}

fn actions(elements: &Value) -> Value {
    json!([{"type": "actions", "elements": elements}])
}

fn option(text: &str, value: &str) -> Value {
    json!({"text": plain(text), "value": value})
}

fn select(more: &Value) -> Value {
    let mut select = json!({"type": "static_select", "options": [option("One", "1")]});
    add(&mut select, more);
    actions(&json!([select]))
}

fn input(element: &Value) -> Value {
    json!({"type": "input", "label": plain("Label"), "element": element})
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

#[track_caller]
fn breaks(blocks: &Value, expected: &[&str]) {
    let problems = message_blocks(blocks);
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected, "{blocks}");
}

#[test]
fn good_blocks_of_every_kind() {
    let rich = json!({"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "hi", "style": {"bold": true}},
            {"type": "link", "url": "https://k8s.io"},
            {"type": "user", "user_id": "U1"},
            {"type": "emoji", "name": "tada"},
        ]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": []},
        ]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}]},
    ]});
    let raw = |text: &str| json!({"type": "raw_text", "text": text});
    let menu = json!({"type": "static_select", "option_groups": [
        {"label": plain("Group"), "options": [option("One", "1"), option("Two", "2")]},
    ], "initial_option": option("Two", "2")});
    let overflow = json!({"type": "overflow", "options": [
        {"text": plain("One"), "value": "1", "url": "https://k8s.io"},
    ]});
    let confirm = json!({
        "title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"),
        "deny": plain("No"), "style": "danger",
    });
    breaks(
        &json!([
            section("hello"),
            {"type": "section", "fields": [plain("a"), plain("b")], "accessory": overflow},
            {"type": "header", "text": plain("Title")},
            {"type": "divider", "block_id": "d"},
            {"type": "context", "elements": [
                plain("small"),
                {"type": "image", "image_url": "https://k8s.io/a.png", "alt_text": "A"},
            ]},
            {"type": "actions", "elements": [
                button(&json!({"style": "primary", "value": "v", "confirm": confirm})),
                menu,
                {"type": "users_select", "placeholder": plain("Who")},
                {"type": "multi_channels_select", "max_selected_items": 3},
                {"type": "datepicker", "initial_date": "2026-11-06"},
                {"type": "radio_buttons", "options": [option("One", "1")]},
            ]},
            {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A", "title": plain("T")},
            input(&json!({"type": "plain_text_input", "multiline": true, "max_length": 10})),
            {"type": "markdown", "text": "**bold**"},
            {"type": "table", "rows": [[raw("a"), raw("b")], [raw("c"), rich]],
             "column_settings": [{"align": "right"}, null]},
            rich,
        ]),
        &[],
    );
}

#[test]
fn blocks_have_types_and_fields() {
    breaks(&json!({}), &["must be an array [json-pointer:/blocks]"]);
    breaks(
        &json!(["x"]),
        &["must be an object [json-pointer:/blocks/0]"],
    );
    breaks(
        &json!([{}]),
        &["missing required field: type [json-pointer:/blocks/0]"],
    );
    breaks(
        &json!([{"type": "banner"}]),
        &["unsupported type: banner [json-pointer:/blocks/0/type]"],
    );
    breaks(
        &json!([{"type": "divider", "colour": "red"}]),
        &["invalid additional property: colour [json-pointer:/blocks/0]"],
    );
    breaks(
        &json!([{"type": "header"}]),
        &["missing required field: text [json-pointer:/blocks/0]"],
    );
    breaks(
        &json!([{"type": "section"}]),
        &["one of text, fields is needed [json-pointer:/blocks/0]"],
    );
    let many: Vec<Value> = (0..51).map(|_| json!({"type": "divider"})).collect();
    breaks(
        &many.into(),
        &["no more than 50 items allowed [json-pointer:/blocks]"],
    );
    breaks(
        &json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]),
        &["`block_id` \"a\" already exists for another element [json-pointer:/blocks/1/block_id]"],
    );
    breaks(
        &json!([{"type": "divider", "block_id": x(256)}]),
        &["must be less than 256 characters [json-pointer:/blocks/0/block_id]"],
    );
}

#[test]
fn texts_have_lengths_and_kinds() {
    let text = "/blocks/0/text";
    breaks(&json!([section(&x(3000))]), &[]);
    let long = format!("must be less than 3001 characters [json-pointer:{text}/text]");
    breaks(&json!([section(&x(3001))]), &[&long]);
    // As UTF-16 counts.
    breaks(&json!([section(&"🚀".repeat(1501))]), &[&long]);
    breaks(
        &json!([section("")]),
        &["must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
    );
    let header = |text: Value| json!([{"type": "header", "text": text}]);
    breaks(
        &header(plain(&x(151))),
        &["must be less than 151 characters [json-pointer:/blocks/0/text/text]"],
    );
    breaks(
        &header(json!({"type": "mrkdwn", "text": "x"})),
        &["must be one of: plain_text [json-pointer:/blocks/0/text/type]"],
    );
    breaks(
        &header(json!({"type": "plain_text", "text": "x", "verbatim": true})),
        &["invalid additional property: verbatim [json-pointer:/blocks/0/text]"],
    );
    breaks(
        &json!([{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": true}}]),
        &["invalid additional property: emoji [json-pointer:/blocks/0/text]"],
    );
    breaks(
        &header("x".into()),
        &["must be an object [json-pointer:/blocks/0/text]"],
    );
    let fields = |fields: Vec<Value>| json!([{"type": "section", "fields": fields}]);
    breaks(
        &fields(vec![plain("x"); 11]),
        &["no more than 10 items allowed [json-pointer:/blocks/0/fields]"],
    );
    breaks(
        &fields(vec![plain(&x(2001))]),
        &["must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"],
    );
    breaks(
        &json!([{"type": "context", "elements": vec![plain("x"); 11]}]),
        &["no more than 10 items allowed [json-pointer:/blocks/0/elements]"],
    );
    breaks(
        &json!([{"type": "markdown", "text": x(12_001)}]),
        &["must be less than 12001 characters [json-pointer:/blocks/0/text]"],
    );
}

#[test]
fn buttons_and_actions() {
    let at = "/blocks/0/elements/0";
    for (more, problem) in [
        (
            json!({"text": plain(&x(76))}),
            "must be less than 76 characters|/text/text",
        ),
        (
            json!({"value": x(2001)}),
            "must be less than 2001 characters|/value",
        ),
        (
            json!({"action_id": x(256)}),
            "must be less than 256 characters|/action_id",
        ),
        (json!({"url": "k8s.io"}), "must be a valid URL|/url"),
        (
            json!({"url": format!("https://k8s.io/{}", x(2986))}),
            "must be less than 3001 characters|/url",
        ),
        (
            json!({"style": "loud"}),
            "must be one of: primary, danger|/style",
        ),
        (
            json!({"confirm": {}}),
            "missing required field: title|/confirm",
        ),
    ] {
        let problems = message_blocks(&actions(&json!([button(&more)])));
        let (message, pointer) = problem.split_once('|').expect("a bar");
        let expected = format!("{message} [json-pointer:{at}{pointer}]");
        assert_eq!(problems[0].to_string(), expected);
    }
    breaks(
        &actions(&json!([])),
        &["no less than 1 items allowed [json-pointer:/blocks/0/elements]"],
    );
    let many: Vec<Value> = (0..26)
        .map(|n| button(&json!({"action_id": n.to_string()})))
        .collect();
    breaks(
        &actions(&Value::from(many)),
        &["no more than 25 items allowed [json-pointer:/blocks/0/elements]"],
    );
    breaks(
        &actions(&json!([button(&json!({})), button(&json!({}))])),
        &[
            "`action_id` \"a\" already exists for another element [json-pointer:/blocks/0/elements/1/action_id]",
        ],
    );
    breaks(
        &actions(&json!([{"type": "plain_text_input"}])),
        &["unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"],
    );
    let input_beside =
        json!([{"type": "section", "text": plain("x"), "accessory": {"type": "plain_text_input"}}]);
    breaks(
        &input_beside,
        &["unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]"],
    );
}

#[test]
fn menus() {
    let at = "[json-pointer:/blocks/0/elements/0";
    let many: Vec<Value> = (0..101).map(|n| option("x", &n.to_string())).collect();
    breaks(
        &select(&json!({"options": many})),
        &[&format!("no more than 100 items allowed {at}/options]")],
    );
    breaks(
        &select(&json!({"options": [option(&x(76), &x(151))]})),
        &[
            &format!("must be less than 76 characters {at}/options/0/text/text]"),
            &format!("must be less than 151 characters {at}/options/0/value]"),
        ],
    );
    breaks(
        &select(&json!({"option_groups": [{"label": plain("G"), "options": [option("a", "b")]}]})),
        &[&format!(
            "exactly one of options, option_groups is needed {at}]"
        )],
    );
    breaks(
        &select(&json!({"initial_option": option("Two", "2")})),
        &[&format!("an initial option is none of the options {at}]")],
    );
    breaks(
        &select(&json!({"placeholder": plain(&x(151))})),
        &[&format!(
            "must be less than 151 characters {at}/placeholder/text]"
        )],
    );
    let overflow = |count: usize| {
        let options: Vec<Value> = (0..count).map(|n| option("x", &n.to_string())).collect();
        actions(&json!([{"type": "overflow", "options": options}]))
    };
    breaks(
        &overflow(6),
        &[&format!("no more than 5 items allowed {at}/options]")],
    );
    let radio = |count: usize| {
        let options: Vec<Value> = (0..count).map(|n| option("x", &n.to_string())).collect();
        actions(&json!([{"type": "radio_buttons", "options": options}]))
    };
    breaks(
        &radio(11),
        &[&format!("no more than 10 items allowed {at}/options]")],
    );
    breaks(
        &actions(&json!([{"type": "datepicker", "initial_date": "tomorrow"}])),
        &[&format!(
            "must be a date of the form YYYY-MM-DD {at}/initial_date]"
        )],
    );
    let offered = suggestions(&json!({"options": [{"text": plain("x")}]}));
    assert_eq!(
        offered[0].to_string(),
        "missing required field: value [json-pointer:/options/0]"
    );
}

#[test]
fn pictures_inputs_and_tables() {
    breaks(
        &json!([{"type": "image", "image_url": "https://k8s.io/a.png"}]),
        &["missing required field: alt_text [json-pointer:/blocks/0]"],
    );
    breaks(
        &json!([{"type": "image", "alt_text": "A"}]),
        &["exactly one of image_url, slack_file is needed [json-pointer:/blocks/0]"],
    );
    breaks(
        &json!([input(
            &json!({"type": "plain_text_input", "min_length": 9, "max_length": 3})
        )]),
        &["min_length must be less than max_length [json-pointer:/blocks/0/element]"],
    );
    breaks(
        &json!([input(
            &json!({"type": "plain_text_input", "max_length": 3001})
        )]),
        &["must be a number from 1 to 3000 [json-pointer:/blocks/0/element/max_length]"],
    );
    breaks(
        &json!([input(&button(&json!({})))]),
        &["unsupported type: button [json-pointer:/blocks/0/element/type]"],
    );
    let cell = json!({"type": "raw_text", "text": "x"});
    let table = |rows: Vec<Vec<Value>>| json!({"type": "table", "rows": rows});
    let at = "[json-pointer:/blocks/0";
    breaks(
        &json!([table(vec![vec![cell.clone(); 21]])]),
        &[&format!("no more than 20 items allowed {at}/rows/0]")],
    );
    breaks(
        &json!([table(vec![vec![cell.clone()]; 101])]),
        &[&format!("no more than 100 items allowed {at}/rows]")],
    );
    breaks(
        &json!([table(vec![
            vec![cell.clone()],
            vec![cell.clone(), cell.clone()]
        ])]),
        &[&format!(
            "all rows must have the same number of cells {at}]"
        )],
    );
    let long = json!({"type": "raw_text", "text": x(5001)});
    breaks(
        &json!([table(vec![vec![long.clone(), long]])]),
        &[&format!("must have less than 10001 characters {at}]")],
    );
    breaks(
        &json!([table(vec![vec![cell.clone()]]), table(vec![vec![cell]])]),
        &["only one table is allowed [json-pointer:/blocks/1]"],
    );
    breaks(
        &json!([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}]),
        &["unsupported type: text [json-pointer:/blocks/0/elements/0/type]"],
    );
}

#[test]
fn views() {
    let modal = |more: &Value| {
        let mut modal =
            json!({"type": "modal", "title": plain("Triage"), "blocks": [section("x")]});
        add(&mut modal, more);
        let problems = view(&modal);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(modal(&json!({})), [] as [&str; 0]);
    let question = input(&json!({"type": "plain_text_input"}));
    let many: Vec<Value> = (0..101).map(|_| json!({"type": "divider"})).collect();
    for (more, problem) in [
        (
            json!({"title": plain(&x(25))}),
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        (
            json!({"submit": plain(&x(25))}),
            "must be less than 25 characters [json-pointer:/view/submit/text]",
        ),
        (
            json!({"private_metadata": x(3001)}),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            json!({"callback_id": x(256)}),
            "must be less than 256 characters [json-pointer:/view/callback_id]",
        ),
        (
            json!({"blocks": [question]}),
            "missing required field: submit, which input blocks need [json-pointer:/view]",
        ),
        (
            json!({"blocks": many}),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (
            json!({"blocks": [{"type": "table", "rows": []}]}),
            "unsupported type: table [json-pointer:/view/blocks/0/type]",
        ),
        (
            json!({"colour": 1}),
            "invalid additional property: colour [json-pointer:/view]",
        ),
    ] {
        assert_eq!(modal(&more), [problem]);
    }
    let home = view(&json!({"type": "home", "title": plain("x"), "blocks": []}));
    assert_eq!(
        home[0].to_string(),
        "invalid additional property: title [json-pointer:/view]"
    );
}

#[tokio::test]
async fn the_api_says_where_the_mistake_is() {
    let world = world().await;
    let message = json!({"channel": world.channel(), "text": "x", "blocks": [section(&x(3001))]});
    let answer = world.call("chat.postMessage", message).await;
    assert_eq!(answer["error"], "invalid_blocks");
    let words = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]";
    assert_eq!(answer["errors"], json!([words]));
    assert_eq!(
        answer["response_metadata"]["messages"],
        json!([format!("[ERROR] {words}")])
    );
    let long = vec![section(&x(2700)); 5];
    let message = json!({"channel": world.channel(), "text": "x", "blocks": long});
    assert_eq!(
        world.error("chat.postMessage", message).await,
        "msg_blocks_too_long"
    );
    assert_eq!(world.scolded(), [Wrong::InvalidBlocks, Wrong::TooLong]);
}
