//! A message as a phone shows it: 40 columns, fields one below the other, so that a person can
//! judge it by reading.

use serde_json::Value;

/// How many letters of Slack's text stand beside one another on a phone.
const WIDTH: usize = 40;

/// The message's blocks as text.
pub(crate) fn phone(message: &Value) -> String {
    let blocks = message["blocks"].as_array().expect("blocks");
    let shown: Vec<String> = blocks.iter().map(block).collect();
    shown.join("\n\n")
}

fn block(block: &Value) -> String {
    match block["type"].as_str().expect("a type") {
        "header" => wrapped(&format!("# {}", text(&block["text"])), "", "  "),
        "section" => {
            let fields = block["fields"].as_array().into_iter().flatten();
            let parts = block.get("text").into_iter().chain(fields);
            let parts: Vec<String> = parts.map(|part| wrapped(&text(part), "", "  ")).collect();
            parts.join("\n")
        }
        "context" => {
            let elements = block["elements"].as_array().into_iter().flatten();
            let parts: Vec<String> = elements
                .map(|part| wrapped(&text(part), "  ° ", "    "))
                .collect();
            parts.join("\n")
        }
        "actions" => {
            let elements = block["elements"].as_array().into_iter().flatten();
            let labels: Vec<String> = elements
                .map(|button| format!("[{}]", text(&button["text"])))
                .collect();
            labels.join(" ")
        }
        "rich_text" => {
            let parts = block["elements"].as_array().into_iter().flatten();
            parts.map(rich).collect::<Vec<_>>().join("\n")
        }
        "divider" => "―".repeat(WIDTH),
        other => panic!("a block of type {other}"),
    }
}

/// A part of formatted text.
fn rich(part: &Value) -> String {
    match part["type"].as_str().expect("a type") {
        "rich_text_section" => wrapped(&line(part), "", "  "),
        "rich_text_quote" => wrapped(&line(part), "▏ ", "▏ "),
        "rich_text_preformatted" => wrapped(&line(part), "  ", "  "),
        "rich_text_list" => {
            let indent = part["indent"].as_u64().unwrap_or_default();
            let indent: String = (0..indent).map(|_| "  ").collect();
            let items = part["elements"].as_array().into_iter().flatten();
            let items = items.map(|item| {
                let (first, next) = (format!("{indent}• "), format!("{indent}  "));
                wrapped(&line(item), &first, &next)
            });
            items.collect::<Vec<_>>().join("\n")
        }
        other => panic!("a part of type {other}"),
    }
}

fn line(part: &Value) -> String {
    let elements = part["elements"].as_array().into_iter().flatten();
    let shown = elements.map(|element| {
        let text = |name: &str| element[name].as_str().map(str::to_owned);
        match element["type"].as_str().expect("a type") {
            "text" => text("text"),
            "link" => text("text").or_else(|| text("url")),
            "emoji" => text("name").map(|name| format!(":{name}:")),
            other => panic!("an element of type {other} may ping"),
        }
        .expect("something to show")
    });
    shown.collect()
}

/// A text object as it is shown: links as their labels, people as `@id`, days as their fallback.
fn text(object: &Value) -> String {
    let text = object["text"].as_str().expect("a text");
    if object["type"] == "plain_text" {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('<') {
        let (token, after) = tail.split_once('>').expect("the end of what begins");
        shown.push_str(before);
        shown.push_str(match token.split_once('|') {
            Some((_, label)) => label,
            None => token,
        });
        rest = after;
    }
    shown.push_str(rest);
    shown
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace('\u{2060}', "")
}

fn wrapped(text: &str, first: &str, next: &str) -> String {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(next);
    let lines: Vec<String> = text
        .lines()
        .flat_map(|line| textwrap::wrap(line, &options))
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}
