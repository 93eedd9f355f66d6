//! Composition objects: options, confirm dialogs, filters.
//!
//! <https://docs.slack.dev/reference/block-kit/composition-objects>

use super::rule::{Kind, Rule, may, must, nothing_else};

/// <https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object>
pub(super) static CONFIRM: Kind = Kind {
    name: "",
    fields: &[
        must("title", Rule::Plain(100)),
        must("text", Rule::Text(300)),
        must("confirm", Rule::Plain(30)),
        must("deny", Rule::Plain(30)),
        may("style", Rule::Word(&["primary", "danger"])),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>
pub(super) static OPTION: Kind = Kind {
    name: "",
    fields: &[
        must("text", Rule::Plain(75)),
        must("value", Rule::String(1, 150)),
        may("description", Rule::Plain(75)),
    ],
    also: nothing_else,
};

/// An option of checkboxes or radio buttons, which may hold markup.
pub(super) static MARKED_OPTION: Kind = Kind {
    name: "",
    fields: &[
        must("text", Rule::Text(75)),
        must("value", Rule::String(1, 150)),
        may("description", Rule::Text(75)),
    ],
    also: nothing_else,
};

/// An option of an overflow menu, which may lead somewhere.
pub(super) static OVERFLOW_OPTION: Kind = Kind {
    name: "",
    fields: &[
        must("text", Rule::Plain(75)),
        must("value", Rule::String(1, 150)),
        may("description", Rule::Plain(75)),
        may("url", Rule::Url(3000)),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object>
pub(super) static OPTION_GROUP: Kind = Kind {
    name: "",
    fields: &[
        must("label", Rule::Plain(75)),
        must("options", Rule::List(1, 100, &Rule::Of(&OPTION))),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object>
pub(super) static FILTER: Kind = Kind {
    name: "",
    fields: &[
        may(
            "include",
            Rule::List(1, 4, &Rule::Word(&["im", "mpim", "private", "public"])),
        ),
        may("exclude_external_shared_channels", Rule::Bool),
        may("exclude_bot_users", Rule::Bool),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object>
pub(super) static DISPATCH: Kind = Kind {
    name: "",
    fields: &[may(
        "trigger_actions_on",
        Rule::List(
            1,
            2,
            &Rule::Word(&["on_enter_pressed", "on_character_entered"]),
        ),
    )],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object>
pub(super) static SLACK_FILE: Kind = Kind {
    name: "",
    fields: &[may("id", Rule::String(1, 255)), may("url", Rule::Url(3000))],
    also: |file| {
        let named = [file.get("id"), file.get("url")];
        (named.iter().flatten().count() != 1).then(|| "exactly one of id, url is needed".to_owned())
    },
};
