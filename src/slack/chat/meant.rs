//! What Slack's refusals mean for whoever wrote: whether to come again, and when.
//!
//! Names: <https://docs.slack.dev/reference/methods/chat.postMessage#errors> and the pages of the
//! other methods.

use std::time::Duration;

use super::ApiError;
use crate::ports::chat::ChatError;

/// How long to wait where Slack says in words that there was too much.
const PAUSE: Duration = Duration::from_secs(30);

/// What an error of the Web API means.
pub(super) fn meant(error: ApiError) -> ChatError {
    match error {
        ApiError::Refused(name) => refused(name),
        ApiError::Limited(pause) => ChatError::Limited(pause),
        ApiError::Unreachable(why) => ChatError::Unavailable(why),
        ApiError::Unclear(why) => ChatError::Unclear(why),
        ApiError::NoPicture | ApiError::NotSlack => ChatError::Refused(error.to_string().into()),
    }
}

fn refused(name: Box<str>) -> ChatError {
    match &*name {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => ChatError::Limited(PAUSE),
        "invalid_auth"
        | "not_authed"
        | "token_revoked"
        | "token_expired"
        | "account_inactive"
        | "no_permission"
        | "not_allowed_token_type"
        | "missing_scope"
        | "access_denied"
        | "two_factor_setup_required" => ChatError::Unauthorized(name),
        "channel_not_found"
        | "not_in_channel"
        | "is_archived"
        | "channel_is_archived"
        | "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "restricted_action_non_threadable_channel"
        | "restricted_action_thread_locked"
        | "user_not_in_channel"
        | "user_not_found"
        | "user_disabled"
        | "user_not_visible"
        | "cannot_dm_bot"
        | "messages_tab_disabled"
        | "team_access_not_granted"
        | "method_not_supported_for_channel_type" => ChatError::NoChannel(name),
        "message_not_found"
        | "cant_update_message"
        | "cant_delete_message"
        | "compliance_exports_prevent_deletion"
        | "edit_window_closed"
        | "thread_not_found"
        | "cannot_reply_to_message"
        | "invalid_thread_ts"
        | "invalid_ts"
        | "bad_timestamp"
        | "thread_locked"
        | "is_inactive" => ChatError::NoMessage(name),
        // "The team … is currently undergoing migration"; nothing was looked at.
        "team_added_to_org" | "accesslimited" => ChatError::Unavailable(name),
        // "It's possible some aspect of the operation succeeded before the error was raised."
        "fatal_error" | "internal_error" | "service_unavailable" | "request_timeout" => {
            ChatError::Unclear(name)
        }
        _ => ChatError::Refused(name),
    }
}
