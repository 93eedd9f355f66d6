//! The table of methods.

use super::{
    Method, TokenKind, auth, chat, conversations, files, history, reactions, unfurl, users, views,
};
use crate::sandbox::slack::limits::Tier;

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &[
    "channels:history",
    "groups:history",
    "im:history",
    "mpim:history",
];

/// Declares the methods: name, tier, token, scopes, arguments, and what it does.
macro_rules! methods {
    ($($name:literal $tier:ident $token:ident $scopes:expr, [$($argument:literal)*] => $run:expr;)*) => {
        static METHODS: &[Method] = &[$(Method {
            name: $name,
            tier: Tier::$tier,
            token: TokenKind::$token,
            scopes: $scopes,
            arguments: &[$($argument),*],
            run: $run,
        }),*];
    };
}

methods! {
    // https://docs.slack.dev/reference/methods/auth.test
    "auth.test" Hundreds Bot &[], [] => |state, call| Ok(auth::test(state, call));
    // https://docs.slack.dev/reference/methods/apps.connections.open
    "apps.connections.open" One App &["connections:write"], [] => |state, call| Ok(auth::open_connection(state, call));
    // https://docs.slack.dev/reference/methods/chat.postMessage
    "chat.postMessage" Posting Bot &["chat:write"],
        ["channel" "text" "blocks" "attachments" "metadata" "markdown_text" "thread_ts"
         "reply_broadcast" "unfurl_links" "unfurl_media" "link_names" "parse" "mrkdwn" "as_user"
         "icon_emoji" "icon_url" "username" "client_msg_id"] => chat::post;
    // https://docs.slack.dev/reference/methods/chat.update
    "chat.update" Three Bot &["chat:write"],
        ["channel" "ts" "text" "blocks" "attachments" "metadata" "markdown_text" "link_names"
         "parse" "as_user" "reply_broadcast" "file_ids"] => chat::update;
    // https://docs.slack.dev/reference/methods/chat.delete
    "chat.delete" Three Bot &["chat:write"], ["channel" "ts" "as_user"] => chat::delete;
    // https://docs.slack.dev/reference/methods/chat.postEphemeral
    "chat.postEphemeral" Four Bot &["chat:write"],
        ["channel" "user" "text" "blocks" "attachments" "markdown_text" "thread_ts" "link_names"
         "parse" "as_user" "icon_emoji" "icon_url" "username"] => chat::post_ephemeral;
    // https://docs.slack.dev/reference/methods/chat.getPermalink
    "chat.getPermalink" Hundreds Bot &[], ["channel" "message_ts"] => chat::permalink;
    // https://docs.slack.dev/reference/methods/chat.unfurl
    "chat.unfurl" Three Bot &["links:write"],
        ["channel" "ts" "source" "unfurl_id" "unfurls" "metadata" "user_auth_message"
         "user_auth_required" "user_auth_url" "user_auth_blocks"] => unfurl::unfurl;
    // https://docs.slack.dev/reference/methods/conversations.info
    "conversations.info" Three Bot READ,
        ["channel" "include_locale" "include_num_members"] => conversations::info;
    // https://docs.slack.dev/reference/methods/conversations.list
    "conversations.list" Two Bot READ,
        ["cursor" "limit" "exclude_archived" "types" "team_id"] => conversations::list;
    // https://docs.slack.dev/reference/methods/conversations.members
    "conversations.members" Four Bot READ, ["channel" "cursor" "limit"] => conversations::members;
    // https://docs.slack.dev/reference/methods/conversations.join
    "conversations.join" Three Bot &["channels:join"], ["channel"] => conversations::join;
    // https://docs.slack.dev/reference/methods/conversations.open
    "conversations.open" Three Bot &["im:write", "mpim:write"],
        ["channel" "users" "return_im" "prevent_creation"] => conversations::open;
    // https://docs.slack.dev/reference/methods/conversations.history
    "conversations.history" Three Bot HISTORY,
        ["channel" "cursor" "limit" "latest" "oldest" "inclusive" "include_all_metadata"]
        => history::history;
    // https://docs.slack.dev/reference/methods/conversations.replies
    "conversations.replies" Three Bot HISTORY,
        ["channel" "ts" "cursor" "limit" "latest" "oldest" "inclusive" "include_all_metadata"]
        => history::replies;
    // https://docs.slack.dev/reference/methods/users.info
    "users.info" Four Bot &["users:read"], ["user" "include_locale"] => users::info;
    // https://docs.slack.dev/reference/methods/users.list
    "users.list" Two Bot &["users:read"],
        ["cursor" "limit" "include_locale" "team_id"] => users::list;
    // https://docs.slack.dev/reference/methods/users.conversations
    "users.conversations" Three Bot READ,
        ["cursor" "limit" "exclude_archived" "types" "user" "team_id"] => users::conversations;
    // https://docs.slack.dev/reference/methods/usergroups.list
    "usergroups.list" Two Bot &["usergroups:read"],
        ["include_count" "include_disabled" "include_users" "team_id"] => |state, call| Ok(users::groups(state, call));
    // https://docs.slack.dev/reference/methods/reactions.add
    "reactions.add" Three Bot &["reactions:write"],
        ["channel" "name" "timestamp"] => reactions::add;
    // https://docs.slack.dev/reference/methods/reactions.remove
    "reactions.remove" Two Bot &["reactions:write"],
        ["channel" "name" "timestamp"] => reactions::remove;
    // https://docs.slack.dev/reference/methods/reactions.get
    "reactions.get" Three Bot &["reactions:read"],
        ["channel" "timestamp" "full"] => reactions::get;
    // https://docs.slack.dev/reference/methods/views.open
    "views.open" Four Bot &[], ["trigger_id" "interactivity_pointer" "view"] => views::open;
    // https://docs.slack.dev/reference/methods/views.push
    "views.push" Four Bot &[], ["trigger_id" "interactivity_pointer" "view"] => views::push;
    // https://docs.slack.dev/reference/methods/views.update
    "views.update" Four Bot &[], ["view" "view_id" "external_id" "hash"] => views::update;
    // https://docs.slack.dev/reference/methods/views.publish
    "views.publish" Four Bot &[], ["user_id" "view" "hash"] => views::publish;
    // https://docs.slack.dev/reference/methods/files.getUploadURLExternal
    "files.getUploadURLExternal" Four Bot &["files:write"],
        ["filename" "length" "alt_txt" "snippet_type"] => files::upload_url;
    // https://docs.slack.dev/reference/methods/files.completeUploadExternal
    "files.completeUploadExternal" Four Bot &["files:write"],
        ["files" "channel_id" "channels" "initial_comment" "blocks" "thread_ts"]
        => files::complete;
}

/// The method of this name.
pub(in crate::sandbox::slack) fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}
