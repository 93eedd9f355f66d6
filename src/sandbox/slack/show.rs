//! What things look like in answers and payloads.

use serde_json::{Value, json};

use super::{
    channel::{Channel, ChannelKind, Message},
    state::{State, object},
    team::{File, Group, Team, User},
    ts::Ts,
    view::View,
};

impl State {
    /// <https://docs.slack.dev/reference/objects/message-object>
    pub(super) fn show_message(
        &self,
        team: &Team,
        channel: &Channel,
        message: &Message,
        with_metadata: bool,
    ) -> Value {
        if message.is_tombstone() {
            return show_tombstone(channel, message);
        }
        let content = &message.content;
        let mut shown = object([
            ("type", Some("message".into())),
            ("user", Some(message.user.clone().into())),
            ("ts", Some(message.ts.to_string().into())),
            ("team", Some(team.id.clone().into())),
            ("text", Some(content.text.clone().into())),
            ("subtype", message.subtype.map(Into::into)),
            ("blocks", content.blocks.clone().map(Into::into)),
        ]);
        if message.is_app {
            let app = &team.app;
            shown["bot_id"] = app.bot_id.clone().into();
            shown["app_id"] = app.id.clone().into();
            shown["bot_profile"] = json!({
                "id": app.bot_id,
                "app_id": app.id,
                "user_id": app.bot_user,
                "name": app.name,
                "icons": {"image_36": format!("{}/icon_36.png", self.origin)},
                "deleted": false,
                "updated": 1_700_000_000,
                "team_id": team.id,
            });
        } else if let Some(other) = team.users.get(&message.user).filter(|it| it.is_bot) {
            let number = other.id.trim_start_matches('U');
            shown["bot_id"] = format!("B{number}").into();
            shown["app_id"] = format!("A{number}").into();
        } else {
            shown["client_msg_id"] =
                format!("00000000-0000-4000-8000-{:012x}", message.ts.0).into();
        }
        if let Some(metadata) = &content.metadata {
            shown["metadata"] = if with_metadata {
                metadata.clone()
            } else {
                json!({"event_type": metadata["event_type"]})
            };
        }
        let mut attachments = content.attachments.clone().unwrap_or_default();
        attachments.extend(message.unfurls.values().cloned());
        if !attachments.is_empty() {
            shown["attachments"] = attachments.into();
        }
        if let Some((user, ts)) = &message.edited {
            shown["edited"] = json!({"user": user, "ts": ts.to_string()});
        }
        if !message.reactions.is_empty() {
            let reactions = message
                .reactions
                .iter()
                .map(|(name, users)| json!({"name": name, "users": users, "count": users.len()}));
            shown["reactions"] = reactions.collect();
        }
        if !message.files.is_empty() {
            let files = message.files.iter().filter_map(|id| team.files.get(id));
            shown["files"] = files.map(|file| self.show_file(team, file)).collect();
        }
        show_thread(channel, message, &mut shown);
        shown
    }

    /// <https://docs.slack.dev/reference/objects/file-object>
    pub(super) fn show_file(&self, team: &Team, file: &File) -> Value {
        let kind = file.name.rsplit('.').next().unwrap_or_default();
        let address = format!(
            "{}/files-pri/{}-{}/{}",
            self.origin, team.id, file.id, file.name
        );
        json!({
            "id": file.id,
            "created": file.created.timestamp(),
            "timestamp": file.created.timestamp(),
            "name": file.name,
            "title": file.title,
            "alt_txt": file.alt_text,
            "mimetype": match kind { "png" => "image/png", _ => "text/plain" },
            "filetype": kind,
            "user": team.app.bot_user,
            "size": file.length,
            "mode": "hosted",
            "is_external": false,
            "is_public": false,
            "url_private": address,
            "url_private_download": format!("{address}?download"),
            "permalink": format!("https://{}.slack.com/files/{}/{}", team.domain, file.id, file.name),
            "channels": file.channels,
            "groups": [],
            "ims": [],
        })
    }
}

/// <https://docs.slack.dev/reference/objects/view-object>
pub(super) fn show_view(team: &Team, view: &View) -> Value {
    let mut shown = json!({
        "id": view.id,
        "team_id": team.id,
        "title": {"type": "plain_text", "text": "View Title", "emoji": true},
        "close": null,
        "submit": null,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": false,
        "notify_on_close": false,
        "submit_disabled": false,
        "state": {"values": view.values},
        "hash": view.hash,
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": team.app.id,
        "app_installed_team_id": team.id,
        "bot_id": team.app.bot_id,
    });
    for (name, value) in view.sent.as_object().into_iter().flatten() {
        shown[name] = value.clone();
    }
    shown
}

/// The count of replies at a root; the root at a reply.
/// <https://docs.slack.dev/messaging/retrieving-messages#finding_threads>
fn show_thread(channel: &Channel, message: &Message, shown: &mut Value) {
    if let Some(root) = message.thread {
        shown["thread_ts"] = root.to_string().into();
        if let Some(parent) = channel.messages.get(&root)
            && root != message.ts
        {
            shown["parent_user_id"] = parent.user.clone().into();
        }
    }
    let replies: Vec<&Message> = channel.replies(message.ts).collect();
    let Some(latest) = replies.last() else {
        return;
    };
    let mut users: Vec<&str> = Vec::new();
    for reply in &replies {
        if !users.contains(&reply.user.as_str()) {
            users.push(&reply.user);
        }
    }
    shown["thread_ts"] = message.ts.to_string().into();
    shown["reply_count"] = replies.len().into();
    shown["reply_users_count"] = users.len().into();
    shown["reply_users"] = users.into_iter().collect();
    shown["latest_reply"] = latest.ts.to_string().into();
    shown["is_locked"] = false.into();
    shown["subscribed"] = false.into();
}

/// What is left of a root that was deleted while it had replies.
/// <https://docs.slack.dev/messaging/retrieving-messages#deleted_messages>
fn show_tombstone(channel: &Channel, message: &Message) -> Value {
    let mut shown = json!({
        "type": "message",
        "subtype": "tombstone",
        "hidden": true,
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "ts": message.ts.to_string(),
        "thread_ts": message.ts.to_string(),
    });
    show_thread(channel, message, &mut shown);
    shown
}

/// <https://docs.slack.dev/reference/objects/conversation-object>
pub(super) fn show_channel(team: &Team, channel: &Channel, with_count: bool) -> Value {
    let kind = channel.kind;
    let mut shown = json!({
        "id": channel.id,
        "created": channel.created.timestamp(),
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_channel": kind == ChannelKind::Public,
        "is_group": kind == ChannelKind::Private,
        "is_im": kind == ChannelKind::Im,
        "is_mpim": kind == ChannelKind::Mpim,
        "is_private": kind != ChannelKind::Public,
        "is_general": false,
        "is_shared": false,
        "is_ext_shared": false,
        "is_org_shared": false,
        "is_member": team.bot_is_in(channel),
        "context_team_id": team.id,
        "updated": channel.created.timestamp_millis(),
    });
    if kind == ChannelKind::Im {
        let other = channel.members.iter().find(|member| !team.is_bot(member));
        shown["user"] = other.cloned().into();
        return shown;
    }
    shown["name"] = channel.name.clone().into();
    shown["name_normalized"] = channel.name.clone().into();
    shown["topic"] = json!({"value": channel.topic, "creator": channel.creator, "last_set": 0});
    shown["purpose"] = json!({"value": "", "creator": "", "last_set": 0});
    if with_count {
        shown["num_members"] = channel.members.len().into();
    }
    shown
}

/// <https://docs.slack.dev/reference/objects/user-object>
pub(super) fn show_user(team: &Team, user: &User, now: chrono::DateTime<chrono::Utc>) -> Value {
    json!({
        "id": user.id,
        "team_id": team.id,
        "name": user.name,
        "deleted": user.is_deleted,
        "color": "9f69e7",
        "real_name": user.real_name,
        "tz": user.tz.name(),
        "tz_label": user.tz.name(),
        "tz_offset": user.tz.ahead_of_utc(now),
        "profile": {
            "title": "",
            "phone": "",
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.display_name,
            "display_name_normalized": user.display_name,
            "status_text": "",
            "status_emoji": "",
            "team": team.id,
        },
        "is_admin": false,
        "is_owner": false,
        "is_primary_owner": false,
        "is_restricted": false,
        "is_ultra_restricted": false,
        "is_bot": user.is_bot,
        "is_app_user": false,
        "updated": 1_700_000_000,
    })
}

/// <https://docs.slack.dev/reference/objects/usergroup-object>
pub(super) fn show_group(team: &Team, group: &Group, with_users: bool) -> Value {
    let mut shown = json!({
        "id": group.id,
        "team_id": team.id,
        "is_usergroup": true,
        "is_subteam": true,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": false,
        "date_create": 1_700_000_000,
        "date_update": 1_700_000_000,
        "date_delete": 0,
        "auto_type": null,
        "created_by": team.app.bot_user,
        "updated_by": team.app.bot_user,
        "deleted_by": null,
        "prefs": {"channels": [], "groups": []},
        "user_count": group.users.len(),
    });
    if with_users {
        shown["users"] = group.users.clone().into();
    }
    shown
}

/// Where a message can be seen in a browser.
/// <https://docs.slack.dev/reference/methods/chat.getPermalink>
pub(super) fn permalink(team: &Team, channel: &str, ts: Ts, thread: Option<Ts>) -> String {
    let place = ts.to_string().replace('.', "");
    let link = format!(
        "https://{}.slack.com/archives/{channel}/p{place}",
        team.domain
    );
    match thread.filter(|root| *root != ts) {
        Some(root) => format!("{link}?thread_ts={root}&cid={channel}"),
        None => link,
    }
}
