//! Rich text, and the cells of a table that may hold it.
//!
//! <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>

use super::rule::{Field, Kind, Rule, may, must, nothing_else};

const STYLE: Field = may("style", Rule::Of(&STYLES));

static STYLES: Kind = Kind {
    name: "",
    fields: &[
        may("bold", Rule::Bool),
        may("italic", Rule::Bool),
        may("strike", Rule::Bool),
        may("code", Rule::Bool),
        may("underline", Rule::Bool),
        may("highlight", Rule::Bool),
        may("client_highlight", Rule::Bool),
        may("unlink", Rule::Bool),
    ],
    also: nothing_else,
};

static TEXT: Kind = Kind {
    name: "text",
    fields: &[must("text", Rule::String(1, 12_000)), STYLE],
    also: nothing_else,
};
static LINK: Kind = Kind {
    name: "link",
    fields: &[
        must("url", Rule::Url(3000)),
        may("text", Rule::String(0, 3000)),
        may("unsafe", Rule::Bool),
        STYLE,
    ],
    also: nothing_else,
};
static USER: Kind = Kind {
    name: "user",
    fields: &[must("user_id", Rule::String(1, 255)), STYLE],
    also: nothing_else,
};
static USER_GROUP: Kind = Kind {
    name: "usergroup",
    fields: &[must("usergroup_id", Rule::String(1, 255)), STYLE],
    also: nothing_else,
};
static CHANNEL: Kind = Kind {
    name: "channel",
    fields: &[must("channel_id", Rule::String(1, 255)), STYLE],
    also: nothing_else,
};
static EMOJI: Kind = Kind {
    name: "emoji",
    fields: &[
        must("name", Rule::String(1, 100)),
        may("unicode", Rule::String(1, 100)),
        may("skin_tone", Rule::Integer(1, 6)),
        STYLE,
    ],
    also: nothing_else,
};
static BROADCAST: Kind = Kind {
    name: "broadcast",
    fields: &[must("range", Rule::Word(&["here", "channel", "everyone"]))],
    also: nothing_else,
};
static COLOR: Kind = Kind {
    name: "color",
    fields: &[must("value", Rule::String(4, 7))],
    also: nothing_else,
};
static DATE: Kind = Kind {
    name: "date",
    fields: &[
        must("timestamp", Rule::Integer(0, i64::MAX)),
        must("format", Rule::String(1, 255)),
        may("url", Rule::Url(3000)),
        may("fallback", Rule::String(1, 255)),
        STYLE,
    ],
    also: nothing_else,
};

static INLINE_ELEMENT: Rule = Rule::Typed(&[
    &TEXT,
    &LINK,
    &USER,
    &USER_GROUP,
    &CHANNEL,
    &EMOJI,
    &BROADCAST,
    &COLOR,
    &DATE,
]);

static SECTION: Kind = Kind {
    name: "rich_text_section",
    fields: &[must("elements", Rule::List(0, 1000, &INLINE_ELEMENT))],
    also: nothing_else,
};
static LIST: Kind = Kind {
    name: "rich_text_list",
    fields: &[
        must("style", Rule::Word(&["bullet", "ordered"])),
        must("elements", Rule::List(0, 1000, &Rule::Typed(&[&SECTION]))),
        may("indent", Rule::Integer(0, 8)),
        may("offset", Rule::Integer(0, i64::MAX)),
        may("border", Rule::Integer(0, 1)),
    ],
    also: nothing_else,
};
static PREFORMATTED: Kind = Kind {
    name: "rich_text_preformatted",
    fields: &[
        must(
            "elements",
            Rule::List(0, 1000, &Rule::Typed(&[&TEXT, &LINK])),
        ),
        may("border", Rule::Integer(0, 1)),
        may("language", Rule::String(1, 50)),
    ],
    also: nothing_else,
};
static QUOTE: Kind = Kind {
    name: "rich_text_quote",
    fields: &[
        must("elements", Rule::List(0, 1000, &INLINE_ELEMENT)),
        may("border", Rule::Integer(0, 1)),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>
pub(super) static RICH_TEXT: Kind = Kind {
    name: "rich_text",
    fields: &[
        must(
            "elements",
            Rule::List(
                0,
                1000,
                &Rule::Typed(&[&SECTION, &LIST, &PREFORMATTED, &QUOTE]),
            ),
        ),
        may("block_id", Rule::String(1, 255)),
    ],
    also: nothing_else,
};

static RAW_TEXT: Kind = Kind {
    name: "raw_text",
    fields: &[must("text", Rule::String(1, 10_000))],
    also: nothing_else,
};

/// A cell of a table: <https://docs.slack.dev/reference/block-kit/blocks/table-block>
pub(super) static CELL: Rule = Rule::Typed(&[&RAW_TEXT, &RICH_TEXT]);
