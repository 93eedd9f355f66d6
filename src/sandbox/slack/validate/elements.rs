//! Block elements: what one can press, pick and fill in.
//!
//! <https://docs.slack.dev/reference/block-kit/block-elements>

use serde_json::Value;

use super::{
    objects::{
        CONFIRM, DISPATCH, FILTER, MARKED_OPTION, OPTION, OPTION_GROUP, OVERFLOW_OPTION, SLACK_FILE,
    },
    rule::{Field, Kind, Rule, may, must, nothing_else},
};

const ACTION_ID: Field = may("action_id", Rule::String(1, 255));
const CONFIRMS: Field = may("confirm", Rule::Of(&CONFIRM));
const FOCUS: Field = may("focus_on_load", Rule::Bool);
const PLACEHOLDER: Field = may("placeholder", Rule::Plain(150));
const MOST_SELECTED: Field = may("max_selected_items", Rule::Integer(1, i64::MAX));
const DISPATCHES: Field = may("dispatch_action_config", Rule::Of(&DISPATCH));
static AN_OPTION: Rule = Rule::Of(&OPTION);
static A_GROUP: Rule = Rule::Of(&OPTION_GROUP);
static A_MARKED_OPTION: Rule = Rule::Of(&MARKED_OPTION);
const OPTIONS: Field = may("options", Rule::List(1, 100, &AN_OPTION));
const GROUPS: Field = may("option_groups", Rule::List(1, 100, &A_GROUP));
const FEW: Rule = Rule::List(1, 10, &A_MARKED_OPTION);

/// <https://docs.slack.dev/reference/block-kit/block-elements/button-element>
static BUTTON: Kind = Kind {
    name: "button",
    fields: &[
        must("text", Rule::Plain(75)),
        ACTION_ID,
        may("url", Rule::Url(3000)),
        may("value", Rule::String(0, 2000)),
        may("style", Rule::Word(&["primary", "danger"])),
        CONFIRMS,
        may("accessibility_label", Rule::String(1, 75)),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element>
static CHECKBOXES: Kind = Kind {
    name: "checkboxes",
    fields: &[
        ACTION_ID,
        must("options", FEW),
        may("initial_options", FEW),
        CONFIRMS,
        FOCUS,
    ],
    also: initial_is_offered,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element>
static RADIO_BUTTONS: Kind = Kind {
    name: "radio_buttons",
    fields: &[
        ACTION_ID,
        must("options", FEW),
        may("initial_option", Rule::Of(&MARKED_OPTION)),
        CONFIRMS,
        FOCUS,
    ],
    also: initial_is_offered,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element>
static OVERFLOW: Kind = Kind {
    name: "overflow",
    fields: &[
        ACTION_ID,
        must("options", Rule::List(1, 5, &Rule::Of(&OVERFLOW_OPTION))),
        CONFIRMS,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/date-picker-element>
static DATEPICKER: Kind = Kind {
    name: "datepicker",
    fields: &[
        ACTION_ID,
        may("initial_date", Rule::Date),
        CONFIRMS,
        FOCUS,
        PLACEHOLDER,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element>
static DATETIMEPICKER: Kind = Kind {
    name: "datetimepicker",
    fields: &[
        ACTION_ID,
        may(
            "initial_date_time",
            Rule::Integer(1_000_000_000, 9_999_999_999),
        ),
        CONFIRMS,
        FOCUS,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/time-picker-element>
static TIMEPICKER: Kind = Kind {
    name: "timepicker",
    fields: &[
        ACTION_ID,
        may("initial_time", Rule::String(5, 5)),
        CONFIRMS,
        FOCUS,
        PLACEHOLDER,
        may("timezone", Rule::String(1, 255)),
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/image-element>
pub(super) static IMAGE: Kind = Kind {
    name: "image",
    fields: &[
        must("alt_text", Rule::String(1, 2000)),
        may("image_url", Rule::Url(3000)),
        may("slack_file", Rule::Of(&SLACK_FILE)),
    ],
    also: has_one_picture,
};

pub(super) fn has_one_picture(image: &Value) -> Option<String> {
    let sources = [image.get("image_url"), image.get("slack_file")];
    (sources.iter().flatten().count() != 1)
        .then(|| "exactly one of image_url, slack_file is needed".to_owned())
}

/// <https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>
static PLAIN_TEXT_INPUT: Kind = Kind {
    name: "plain_text_input",
    fields: &[
        ACTION_ID,
        may("initial_value", Rule::String(0, 3000)),
        may("multiline", Rule::Bool),
        may("min_length", Rule::Integer(0, 3000)),
        may("max_length", Rule::Integer(1, 3000)),
        DISPATCHES,
        FOCUS,
        PLACEHOLDER,
    ],
    also: |input| {
        let bound = |name| input.get(name).and_then(Value::as_i64);
        let (least, most) = (bound("min_length")?, bound("max_length")?);
        (least > most).then(|| "min_length must be less than max_length".to_owned())
    },
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/number-input-element>
static NUMBER_INPUT: Kind = Kind {
    name: "number_input",
    fields: &[
        ACTION_ID,
        must("is_decimal_allowed", Rule::Bool),
        may("initial_value", Rule::String(0, 255)),
        may("min_value", Rule::String(0, 255)),
        may("max_value", Rule::String(0, 255)),
        DISPATCHES,
        FOCUS,
        PLACEHOLDER,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/email-input-element>
static EMAIL_INPUT: Kind = Kind {
    name: "email_text_input",
    fields: &[
        ACTION_ID,
        may("initial_value", Rule::String(0, 3000)),
        DISPATCHES,
        FOCUS,
        PLACEHOLDER,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/url-input-element>
static URL_INPUT: Kind = Kind {
    name: "url_text_input",
    fields: &[
        ACTION_ID,
        may("initial_value", Rule::String(0, 3000)),
        DISPATCHES,
        FOCUS,
        PLACEHOLDER,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/rich-text-input-element>
static RICH_TEXT_INPUT: Kind = Kind {
    name: "rich_text_input",
    fields: &[
        ACTION_ID,
        may("initial_value", Rule::Of(&super::rich_text::RICH_TEXT)),
        DISPATCHES,
        FOCUS,
        PLACEHOLDER,
    ],
    also: nothing_else,
};

/// <https://docs.slack.dev/reference/block-kit/block-elements/file-input-element>
static FILE_INPUT: Kind = Kind {
    name: "file_input",
    fields: &[
        ACTION_ID,
        may("filetypes", Rule::List(1, 100, &Rule::String(1, 50))),
        may("max_files", Rule::Integer(1, 10)),
    ],
    also: nothing_else,
};

/// Declares a select menu and the one of the same kind that takes several.
/// <https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element>
/// <https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element>
macro_rules! selects {
    ($($one:ident $many:ident $name:literal: [$($field:expr),*], $initial:literal $rule:expr,
        $initials:literal, $also:expr;)*) => {$(
        static $one: Kind = Kind {
            name: $name,
            fields: &[
                ACTION_ID, CONFIRMS, FOCUS, PLACEHOLDER, may($initial, $rule), $($field),*
            ],
            also: $also,
        };
        static $many: Kind = Kind {
            name: concat!("multi_", $name),
            fields: &[
                ACTION_ID, CONFIRMS, FOCUS, PLACEHOLDER, MOST_SELECTED,
                may($initials, Rule::List(1, 100, &$rule)), $($field),*
            ],
            also: $also,
        };
    )*};
}

selects! {
    STATIC_SELECT MULTI_STATIC_SELECT "static_select": [OPTIONS, GROUPS],
        "initial_option" Rule::Of(&OPTION), "initial_options", static_choice;
    EXTERNAL_SELECT MULTI_EXTERNAL_SELECT "external_select":
        [may("min_query_length", Rule::Integer(0, i64::MAX))],
        "initial_option" Rule::Of(&OPTION), "initial_options", nothing_else;
    USERS_SELECT MULTI_USERS_SELECT "users_select": [],
        "initial_user" Rule::String(1, 255), "initial_users", nothing_else;
    CONVERSATIONS_SELECT MULTI_CONVERSATIONS_SELECT "conversations_select":
        [
            may("default_to_current_conversation", Rule::Bool),
            may("response_url_enabled", Rule::Bool),
            may("filter", Rule::Of(&FILTER))
        ],
        "initial_conversation" Rule::String(1, 255), "initial_conversations", nothing_else;
    CHANNELS_SELECT MULTI_CHANNELS_SELECT "channels_select":
        [may("response_url_enabled", Rule::Bool)],
        "initial_channel" Rule::String(1, 255), "initial_channels", nothing_else;
}

fn static_choice(select: &Value) -> Option<String> {
    let lists = [select.get("options"), select.get("option_groups")];
    if lists.iter().flatten().count() != 1 {
        return Some("exactly one of options, option_groups is needed".to_owned());
    }
    initial_is_offered(select)
}

/// "This option must exactly match one of the options": of the initial ones, which are offered.
fn initial_is_offered(element: &Value) -> Option<String> {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut offered = list(element.get("options"));
    for group in list(element.get("option_groups")) {
        offered.extend(list(group.get("options")));
    }
    let one = element.get("initial_option").cloned();
    let initial = list(element.get("initial_options")).into_iter().chain(one);
    let stray = initial.filter(|option| !offered.contains(option)).count();
    (stray > 0).then(|| "an initial option is none of the options".to_owned())
}

/// <https://docs.slack.dev/reference/block-kit/blocks/actions-block>
pub(super) static IN_ACTIONS: &[&Kind] = &[
    &BUTTON,
    &CHECKBOXES,
    &RADIO_BUTTONS,
    &OVERFLOW,
    &DATEPICKER,
    &DATETIMEPICKER,
    &TIMEPICKER,
    &STATIC_SELECT,
    &EXTERNAL_SELECT,
    &USERS_SELECT,
    &CONVERSATIONS_SELECT,
    &CHANNELS_SELECT,
    &MULTI_STATIC_SELECT,
    &MULTI_EXTERNAL_SELECT,
    &MULTI_USERS_SELECT,
    &MULTI_CONVERSATIONS_SELECT,
    &MULTI_CHANNELS_SELECT,
    &RICH_TEXT_INPUT,
];

/// <https://docs.slack.dev/reference/block-kit/blocks/section-block>
pub(super) static BESIDE_A_SECTION: &[&Kind] = &[
    &BUTTON,
    &CHECKBOXES,
    &RADIO_BUTTONS,
    &OVERFLOW,
    &DATEPICKER,
    &TIMEPICKER,
    &IMAGE,
    &STATIC_SELECT,
    &EXTERNAL_SELECT,
    &USERS_SELECT,
    &CONVERSATIONS_SELECT,
    &CHANNELS_SELECT,
    &MULTI_STATIC_SELECT,
    &MULTI_EXTERNAL_SELECT,
    &MULTI_USERS_SELECT,
    &MULTI_CONVERSATIONS_SELECT,
    &MULTI_CHANNELS_SELECT,
];

/// <https://docs.slack.dev/reference/block-kit/blocks/input-block>
pub(super) static IN_INPUT: &[&Kind] = &[
    &PLAIN_TEXT_INPUT,
    &NUMBER_INPUT,
    &EMAIL_INPUT,
    &URL_INPUT,
    &RICH_TEXT_INPUT,
    &FILE_INPUT,
    &CHECKBOXES,
    &RADIO_BUTTONS,
    &DATEPICKER,
    &DATETIMEPICKER,
    &TIMEPICKER,
    &STATIC_SELECT,
    &EXTERNAL_SELECT,
    &USERS_SELECT,
    &CONVERSATIONS_SELECT,
    &CHANNELS_SELECT,
    &MULTI_STATIC_SELECT,
    &MULTI_EXTERNAL_SELECT,
    &MULTI_USERS_SELECT,
    &MULTI_CONVERSATIONS_SELECT,
    &MULTI_CHANNELS_SELECT,
];

/// What an external select is answered with.
pub(super) static SUGGESTIONS: Kind = Kind {
    name: "",
    fields: &[
        may("options", Rule::List(0, 100, &Rule::Of(&OPTION))),
        may(
            "option_groups",
            Rule::List(0, 100, &Rule::Of(&OPTION_GROUP)),
        ),
    ],
    also: |answer| {
        let lists = [answer.get("options"), answer.get("option_groups")];
        (lists.iter().flatten().count() != 1)
            .then(|| "exactly one of options, option_groups is needed".to_owned())
    },
};
