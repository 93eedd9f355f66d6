//! Blocks: what a message or a view is made of.
//!
//! <https://docs.slack.dev/reference/block-kit/blocks>

use serde_json::Value;

use super::{
    check_unique,
    elements::{BESIDE_A_SECTION, IMAGE, IN_ACTIONS, IN_INPUT, has_one_picture},
    objects::SLACK_FILE,
    rich_text::{CELL, RICH_TEXT},
    rule::{Checker, Field, Kind, Node, Rule, may, must, nothing_else},
    shown_characters,
};

const BLOCK_ID: Field = may("block_id", Rule::String(1, 255));
/// The most characters in all the cells of a table.
const TABLE: usize = 10_000;

/// <https://docs.slack.dev/reference/block-kit/blocks/section-block>
static SECTION: Kind = Kind {
    name: "section",
    fields: &[
        may("text", Rule::Text(3000)),
        may("fields", Rule::List(1, 10, &Rule::Text(2000))),
        may("accessory", Rule::Typed(BESIDE_A_SECTION)),
        may("expand", Rule::Bool),
        BLOCK_ID,
    ],
    also: |section| {
        let has = section.get("text").or_else(|| section.get("fields"));
        has.is_none()
            .then(|| "one of text, fields is needed".to_owned())
    },
};

/// <https://docs.slack.dev/reference/block-kit/blocks/header-block>
static HEADER: Kind = Kind {
    name: "header",
    fields: &[
        must("text", Rule::Plain(150)),
        may("level", Rule::Integer(1, 6)),
        BLOCK_ID,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/divider-block>
static DIVIDER: Kind = Kind {
    name: "divider",
    fields: &[BLOCK_ID],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/actions-block>
static ACTIONS: Kind = Kind {
    name: "actions",
    fields: &[
        must("elements", Rule::List(1, 25, &Rule::Typed(IN_ACTIONS))),
        BLOCK_ID,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/context-block>
static CONTEXT: Kind = Kind {
    name: "context",
    fields: &[must("elements", Rule::List(1, 10, &Rule::Any)), BLOCK_ID],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/image-block>
static PICTURE: Kind = Kind {
    name: "image",
    fields: &[
        must("alt_text", Rule::String(1, 2000)),
        may("image_url", Rule::Url(3000)),
        may("slack_file", Rule::Of(&SLACK_FILE)),
        may("title", Rule::Plain(2000)),
        BLOCK_ID,
    ],
    also: has_one_picture,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/input-block>
static INPUT: Kind = Kind {
    name: "input",
    fields: &[
        must("label", Rule::Plain(2000)),
        must("element", Rule::Typed(IN_INPUT)),
        may("dispatch_action", Rule::Bool),
        may("hint", Rule::Plain(2000)),
        may("optional", Rule::Bool),
        BLOCK_ID,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/markdown-block>
static MARKDOWN: Kind = Kind {
    name: "markdown",
    fields: &[must("text", Rule::String(1, 12_000)), BLOCK_ID],
    also: nothing_else,
};

static COLUMN: Kind = Kind {
    name: "",
    fields: &[
        may("align", Rule::Word(&["left", "center", "right"])),
        may("is_wrapped", Rule::Bool),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/table-block>
static TABLE_BLOCK: Kind = Kind {
    name: "table",
    fields: &[
        must("rows", Rule::List(1, 100, &Rule::List(1, 20, &CELL))),
        may("column_settings", Rule::List(1, 20, &Rule::Any)),
        BLOCK_ID,
    ],
    also: |table| {
        let rows = table.get("rows")?.as_array()?;
        let width = |row: &Value| row.as_array().map_or(0, Vec::len);
        if rows.iter().any(|row| width(row) != width(&rows[0])) {
            return Some("all rows must have the same number of cells".to_owned());
        }
        (shown_characters(table) > TABLE)
            .then(|| format!("must have less than {} characters", TABLE + 1))
    },
};

/// <https://docs.slack.dev/reference/block-kit/blocks/video-block>
static VIDEO: Kind = Kind {
    name: "video",
    fields: &[
        must("alt_text", Rule::String(1, 2000)),
        must("title", Rule::Plain(199)),
        must("thumbnail_url", Rule::Url(3000)),
        must("video_url", Rule::Url(3000)),
        may("author_name", Rule::String(1, 49)),
        may("description", Rule::Plain(200)),
        may("provider_icon_url", Rule::Url(3000)),
        may("provider_name", Rule::String(1, 255)),
        may("title_url", Rule::Url(3000)),
        BLOCK_ID,
    ],
    also: nothing_else,
};

static EVERYWHERE: &[&Kind] = &[
    &SECTION, &HEADER, &DIVIDER, &ACTIONS, &CONTEXT, &PICTURE, &INPUT, &RICH_TEXT, &VIDEO,
];
static IN_MESSAGES: &[&Kind] = &[
    &SECTION,
    &HEADER,
    &DIVIDER,
    &ACTIONS,
    &CONTEXT,
    &PICTURE,
    &INPUT,
    &RICH_TEXT,
    &VIDEO,
    &MARKDOWN,
    &TABLE_BLOCK,
];

/// Where blocks stand: some kinds are for messages only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    Message,
    View,
}

/// Checks blocks, and what must be unique among them.
pub(super) fn check_list(
    checker: &mut Checker,
    at: &Node<'_>,
    (least, most): (usize, usize),
    surface: Surface,
) {
    if !checker.list(at, least, most) {
        return;
    }
    let kinds = match surface {
        Surface::Message => IN_MESSAGES,
        Surface::View => EVERYWHERE,
    };
    let blocks = at.items();
    for block in &blocks {
        checker.typed(block, kinds);
        check_more(checker, block);
    }
    check_unique(
        checker,
        "block_id",
        blocks.iter().filter_map(|block| {
            let id = block.value.get("block_id")?.as_str()?;
            Some((id, format!("{}/block_id", block.pointer)))
        }),
    );
    // "only_one_table_allowed": <https://docs.slack.dev/reference/block-kit/blocks/table-block>
    let mut tables = blocks.iter().filter(|block| is(block, "table")).skip(1);
    if let Some(second) = tables.next() {
        checker.report(second.pointer.clone(), "only one table is allowed");
    }
}

fn is(block: &Node<'_>, kind: &str) -> bool {
    block.value.get("type").and_then(Value::as_str) == Some(kind)
}

/// Rules that the tables cannot say.
fn check_more(checker: &mut Checker, block: &Node<'_>) {
    let Some(elements) = block.below("elements").filter(|_| !is(block, "rich_text")) else {
        for column in block
            .below("column_settings")
            .iter()
            .flat_map(Node::items)
            .filter(|column| !column.value.is_null())
        {
            checker.kind(&column, &COLUMN);
        }
        return;
    };
    let elements = elements.items();
    if is(block, "context") {
        for element in &elements {
            if is(element, "image") {
                checker.kind(element, &IMAGE);
            } else {
                checker.rule(element, &Rule::Text(3000));
            }
        }
    }
    // "Should be unique among all other action_ids in the containing block":
    // <https://docs.slack.dev/reference/block-kit/block-elements/button-element>
    check_unique(
        checker,
        "action_id",
        elements.iter().filter_map(|element| {
            let id = element.value.get("action_id")?.as_str()?;
            Some((id, format!("{}/action_id", element.pointer)))
        }),
    );
}
