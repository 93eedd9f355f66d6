//! What is read from Slack, and written to it.

use std::time::{Duration, Instant};

use kep_liaison::{
    domain::rich::Rich,
    sandbox::slack::validate::message_blocks,
    slack::rich::{blocks, read},
};
use serde_json::{Value, json};

use super::page::Page;

fn section(elements: &Value) -> Value {
    json!({"type": "rich_text_section", "elements": elements})
}

fn message(elements: &Value) -> Value {
    json!({"text": "the fallback", "blocks": [{"type": "rich_text", "elements": elements}]})
}

#[test]
fn rich_text_becomes_a_comment() {
    let said = message(&json!([
        section(&json!([
            {"type": "text", "text": "Hey "},
            {"type": "user", "user_id": "U1"},
            {"type": "text", "text": " and "},
            {"type": "broadcast", "range": "here"},
            {"type": "text", "text": ", see "},
            {"type": "link", "url": "https://e.org/a", "text": "the plan", "style": {"bold": true}},
            {"type": "text", "text": " in "},
            {"type": "channel", "channel_id": "C1"},
            {"type": "text", "text": " #123 <!here> "},
            {"type": "emoji", "name": "tada", "unicode": "1f389"},
            {"type": "emoji", "name": "shipit"},
            {"type": "text", "text": "\n\nThe points:\n"},
        ])),
        {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": [
            section(&json!([{"type": "text", "text": "one", "style": {"code": true}}])),
        ]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [
            section(&json!([{"type": "text", "text": "deeper"}])),
        ]},
        {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": [
            section(&json!([{"type": "text", "text": "two"}])),
        ]},
        {"type": "rich_text_preformatted", "elements": [
            {"type": "text", "text": "a := `@liaison`\n"},
            {"type": "link", "url": "https://e.org"},
        ]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said\nthen"}]},
        {"type": "rich_text_list", "border": 1, "style": "ordered", "offset": 4, "elements": [
            section(&json!([{"type": "text", "text": "five"}])),
        ]},
        {"type": "rich_text_future", "elements": [
            {"type": "thing", "text": "unknown"},
            {"type": "group", "elements": [{"type": "text", "text": " parts"}]},
            {"type": "date", "timestamp": 1_720_710_212, "format": "{date}"},
        ]},
    ]));
    let mut said = said;
    said["files"] = json!([{"name": "log.txt", "permalink": "https://e.org/f"}, {}]);
    let rich = read(&said);
    assert_eq!(rich.people(), ["U1"]);
    let markdown = rich.to_markdown();
    insta::assert_snapshot!(markdown);
    assert_eq!(Page::of(&markdown).accidents(), [""; 0]);
}

/// What is typed in Slack's markup, and the same as a comment.
const TYPED: &[(&str, &str)] = &[
    ("*bold* _it_ ~no~ `code`", "**bold** *it* ~~no~~ `code`"),
    ("*_both_*", "***both***"),
    (
        "2*3*4 snake_case_word a~b~c",
        "2\\*3\\*4 snake_case_word a\\~b\\~c",
    ),
    ("* no * _ no _", "\\* no \\* \\_ no \\_"),
    ("<@U1|stranger> <@U2>", "stranger someone"),
    ("<#C1|sig-node> <#C2>", "#sig-node a channel"),
    (
        "<!here> <!channel> <!everyone|x>",
        "@<!-- -->here @<!-- -->channel @<!-- -->everyone",
    ),
    (
        "<!subteam^S1|@leads> <!subteam^S2>",
        "@<!-- -->leads a group",
    ),
    ("<!date^1720710212^{date}^https://e.org|11 July>", "11 July"),
    ("<!date^1720710212^{date}>", "11 Jul 2024 15:03 UTC"),
    (
        "<https://e.org/a_b_c|label> <https://e.org>",
        "[label](https://e.org/a_b_c) <https://e.org>",
    ),
    (
        "_see <https://e.org/a_|it> now_",
        "*see [it](https://e.org/a_) now*",
    ),
    (
        "<mailto:a@e.org|a@e.org> <tel:1|one>",
        "[a@<!-- -->e.org](mailto:a@e.org) one",
    ),
    ("a &amp; b &lt;i&gt; &amp;lt;", "a & b &lt;i> \\&lt;"),
    ("`a &lt; <https://e.org|b>`", "`a < b`"),
    ("a ```x\n*y*``` b", "a\n\n```\nx\n*y*\n```\n\nb"),
    (
        "```never ends @liaison",
        "\\`\\`\\`never ends @<!-- -->liaison",
    ),
    ("&gt; said\n> more\nreply", "> said\n> more\n\nreply"),
    ("&gt;&gt;&gt; all\nof it", "> all\n> of it"),
    ("• one\n    ◦ deeper\n• two", "- one\n  - deeper\n- two"),
    ("- one\n- two\n\n3. three", "- one\n- two\n\n3. three"),
    (":tada: ship *it*!", ":tada: ship **it**!"),
    ("<nothing of Slack's> <", "&lt;nothing of Slack's> &lt;"),
    ("<!-- kep-liaison key=1 -->", "\\-- kep-liaison key=1 --"),
    (
        "&lt;!-- kep-liaison key=1 --&gt;",
        "&lt;!-- kep-liaison key=1 -->",
    ),
    ("שלום *עולם*", "שלום **עולם**"),
];

#[test]
fn markup_becomes_a_comment() {
    for (typed, expected) in TYPED {
        let markdown = read(&json!({"text": typed})).to_markdown();
        assert_eq!(markdown, *expected, "{typed}");
        assert_eq!(Page::of(&markdown).accidents(), [""; 0], "{typed}");
    }
}

#[test]
fn what_is_no_message_says_nothing() {
    for message in [
        json!(null),
        json!([]),
        json!({"blocks": 1, "files": "x", "text": {}}),
    ] {
        assert!(read(&message).is_empty(), "{message}");
    }
    let elements = json!([1, {}, {"type": "rich_text_list", "elements": [null]}]);
    assert_eq!(read(&message(&elements)).text(), "");
    let linked = json!([section(
        &json!([{"type": "link", "url": "javascript:x", "text": "a"}])
    )]);
    assert_eq!(read(&message(&linked)).to_markdown(), "a");
}

#[test]
fn the_longest_message_is_read_and_no_more() {
    let text = "word ".repeat(8000);
    let read_text = |text: &str| read(&json!({"text": text})).text();
    assert_eq!(read_text(&text), text.trim_end());
    assert_eq!(read_text(&format!("{text}more")), text.trim_end());
    let elements = json!([section(&json!([
        {"type": "text", "text": text},
        {"type": "text", "text": "more"},
    ]))]);
    assert_eq!(read(&message(&elements)).text(), text.trim_end());
}

#[test]
fn hostile_nesting_is_quick_and_shallow() {
    let parts = [
        "*a ",
        "*_~",
        "*a* ",
        "_",
        "<",
        "<a|",
        "`",
        "```",
        "``",
        "&gt;",
        "&gt; *a\n",
        "- a\n",
        "<@U1>",
        "*a `b ",
        "*<",
        "1. ",
        "&amp;",
        ":a:",
        "www.",
        "\n\n",
        "~a <b> ",
    ];
    for part in parts {
        let text = part.repeat(40_000 / part.len());
        let start = Instant::now();
        let rich = read(&json!({"text": text}));
        let posted = Value::Array(blocks(&rich));
        let took = start.elapsed();
        assert!(took < Duration::from_secs(5), "{part:?}: {took:?}");
        assert_eq!(message_blocks(&posted), [], "{part:?}");
        assert_eq!(
            Page::of(&rich.to_markdown()).accidents(),
            [""; 0],
            "{part:?}"
        );
    }
    let lists = (0..5000).map(|indent| {
        let item = section(&json!([{"type": "text", "text": "x"}]));
        let style = if indent % 2 == 0 { "bullet" } else { "ordered" };
        json!({"type": "rich_text_list", "style": style, "indent": indent, "elements": [item]})
    });
    let lists: Vec<_> = lists.collect();
    let text = read(&message(&Value::Array(lists))).text();
    assert_eq!(text.matches('x').count(), 5000);
    let deep = (0..100).fold(
        json!({"type": "text", "text": "x"}),
        |inner, _| json!({"type": "future", "elements": [inner]}),
    );
    assert!(read(&message(&json!([section(&json!([deep]))]))).is_empty());
}

const COMMENT: &str = "\
## Plan
First *this*, then **that** ~~not~~ `code`, cc @liaison @everyone <!here> &lt;!channel>.

Next [link](https://e.org/a) and https://e.org/b.
- one
  1. deeper
     ```go
     x := 1
     ```
  2. after code
- [x] done
- [ ] not yet

> said
> - in a list
> > before

---
| KEP | Stage | Release |
| --- | --- | --- |
| 5825 | alpha | 1.36 |
| 4639 | | 1.35 |
";

#[test]
fn a_comment_becomes_a_post() {
    let rich = Rich::from_markdown(COMMENT);
    let blocks = Value::Array(blocks(&rich));
    assert_eq!(message_blocks(&blocks), []);
    let text = serde_json::to_string_pretty(&blocks).expect("JSON");
    assert!(
        !text.contains("\"user\"") && !text.contains("broadcast"),
        "{text}"
    );
    insta::assert_snapshot!(shown(&blocks));
    // Read again it is the same, tables, rules and headings aside.
    let again = read(&json!({"blocks": blocks}));
    insta::assert_snapshot!(again.to_markdown());
}

/// Blocks as lines: the kind of each element, its indent and border, and what it says.
fn shown(blocks: &Value) -> String {
    let mut lines = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        lines.push(block["type"].as_str().unwrap_or("").to_owned());
        for element in block["elements"].as_array().into_iter().flatten() {
            let kind = element["type"].as_str().unwrap_or("");
            let mut head = format!("  {}", kind.trim_start_matches("rich_text_"));
            for (name, value) in element.as_object().into_iter().flatten() {
                if !["type", "elements"].contains(&name.as_str()) {
                    head.extend([" ", name, "=", &value.to_string()]);
                }
            }
            lines.push(head);
            for inline in element["elements"].as_array().into_iter().flatten() {
                let parts = inline["elements"].as_array();
                let parts: Vec<_> =
                    parts.map_or_else(|| vec![inline], |parts| parts.iter().collect());
                let texts = parts.iter().map(|part| {
                    let text = part["text"].as_str().or(part["name"].as_str());
                    let text = text.or(part["url"].as_str()).unwrap_or("");
                    match &part["style"] {
                        Value::Object(looks) => {
                            let looks: Vec<_> = looks.keys().map(String::as_str).collect();
                            format!("[{} {text}]", looks.join("+"))
                        }
                        _ => text.to_owned(),
                    }
                });
                let texts: String = texts.collect();
                lines.push(format!("    {texts:?}"));
            }
        }
    }
    lines.join("\n")
}
