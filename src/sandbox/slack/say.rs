//! What happens to messages, whoever does it: said, changed, deleted, reacted to. Each tells the app
//! what Slack tells it.

use std::collections::BTreeMap;

use super::{
    channel::{Channel, ChannelKind, Content, Message},
    state::State,
    ts::Ts,
};

impl State {
    pub(super) fn say(&mut self, team: &str, channel: &str, message: Message) {
        let copy = message.clone();
        self.channel_mut(team, channel).add(message);
        self.tell_of_message(team, channel, &copy);
        self.touch();
    }

    /// Changes what a message says. A change of nothing leaves no mark.
    /// <https://docs.slack.dev/reference/events/message/message_changed>
    pub(super) fn revise(&mut self, team: &str, channel: &str, ts: Ts, content: Content) {
        let at = self.new_ts();
        let message = self.message_mut(team, channel, ts);
        let before = message.clone();
        message.content = content;
        if message.content == before.content {
            return;
        }
        // "If blocks are used and a message is being updated, the edited flag will not be displayed".
        // https://docs.slack.dev/reference/methods/chat.update
        let is_shown = !message.is_app || message.content.blocks.is_none();
        if message.only_for.is_none() && is_shown {
            message.edited = Some((message.user.clone(), at));
        }
        if message.is_app {
            message.is_looked_at = false;
        }
        let after = message.clone();
        self.tell_of_change(team, channel, &before, Some(&after));
        self.touch();
    }

    /// Deletes a message. A root with replies leaves a tombstone.
    /// <https://docs.slack.dev/messaging/retrieving-messages#deleted_messages>
    pub(super) fn erase(&mut self, team: &str, channel: &str, ts: Ts) {
        let has_replies = self.channel(team, channel).replies(ts).next().is_some();
        let before = self.message_mut(team, channel, ts).clone();
        if has_replies {
            let message = self.message_mut(team, channel, ts);
            message.subtype = Some("tombstone");
            message.content = Content::default();
            message.reactions.clear();
            message.unfurls.clear();
            let after = message.clone();
            self.tell_of_change(team, channel, &before, Some(&after));
        } else {
            self.channel_mut(team, channel).remove(ts);
            self.tell_of_change(team, channel, &before, None);
        }
        self.touch();
    }

    /// Whether it was not there yet.
    pub(super) fn react(&mut self, place: (&str, &str, Ts), name: &str, user: &str) -> bool {
        let (team, channel, ts) = place;
        let message = self.message_mut(team, channel, ts);
        let known = message.reactions.iter_mut().find(|(own, _)| own == name);
        match known {
            Some((_, users)) if users.iter().any(|own| own == user) => return false,
            Some((_, users)) => users.push(user.to_owned()),
            None => message
                .reactions
                .push((name.to_owned(), vec![user.to_owned()])),
        }
        let message = message.clone();
        self.tell_of_reaction(team, channel, &message, ("reaction_added", name, user));
        self.touch();
        true
    }

    /// Whether it was there.
    pub(super) fn unreact(&mut self, place: (&str, &str, Ts), name: &str, user: &str) -> bool {
        let (team, channel, ts) = place;
        let message = self.message_mut(team, channel, ts);
        let Some((_, users)) = message.reactions.iter_mut().find(|(own, _)| own == name) else {
            return false;
        };
        let before = users.len();
        users.retain(|own| own != user);
        if users.len() == before {
            return false;
        }
        message.reactions.retain(|(_, users)| !users.is_empty());
        let message = message.clone();
        self.tell_of_reaction(team, channel, &message, ("reaction_removed", name, user));
        self.touch();
        true
    }

    /// The direct messages of the app with these people, opened when they were not yet.
    pub(super) fn direct(&mut self, team: &str, people: &[String]) -> String {
        let bot = self.team(team).app.bot_user.clone();
        let mut members = people.to_vec();
        members.push(bot.clone());
        if let Some(known) = self.team(team).find_direct(&members) {
            return known.id.clone();
        }
        let is_pair = people.len() == 1;
        let id = self.new_id(if is_pair { "D" } else { "G" });
        let created = self.now();
        let channel = Channel {
            id: id.clone(),
            name: if is_pair {
                String::new()
            } else {
                format!("mpdm-{}-1", members.join("--").to_lowercase())
            },
            kind: if is_pair {
                ChannelKind::Im
            } else {
                ChannelKind::Mpim
            },
            is_archived: false,
            created,
            creator: bot,
            topic: String::new(),
            members,
            messages: BTreeMap::new(),
            replied: BTreeMap::new(),
        };
        self.team_mut(team).channels.insert(id.clone(), channel);
        self.touch();
        id
    }

    pub(super) fn join(&mut self, team: &str, channel: &str, user: &str) -> bool {
        let members = &mut self.channel_mut(team, channel).members;
        if members.iter().any(|member| member == user) {
            return false;
        }
        members.push(user.to_owned());
        self.tell_of_member(team, channel, user, "member_joined_channel");
        self.touch();
        true
    }

    pub(super) fn leave(&mut self, team: &str, channel: &str, user: &str) {
        let members = &mut self.channel_mut(team, channel).members;
        members.retain(|member| member != user);
        self.tell_of_member(team, channel, user, "member_left_channel");
        self.touch();
    }
}
