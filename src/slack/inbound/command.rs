//! Slash commands, as a form or as an object.

use serde::{Deserialize, Deserializer};
use url::form_urlencoded;

use super::{Command, From, Inbound, Unreadable, missing, read};

impl Inbound {
    /// A slash command as a form, which is how it comes by HTTP.
    pub fn of_command_form(body: &[u8]) -> Result<Self, Unreadable> {
        let mut fields = CommandFields::default();
        let mut is_check = false;
        for (key, value) in form_urlencoded::parse(body) {
            let field = match &*key {
                "team_id" => &mut fields.team_id,
                "enterprise_id" => &mut fields.enterprise_id,
                "is_enterprise_install" => &mut fields.is_enterprise_install,
                "user_id" => &mut fields.user_id,
                "channel_id" => &mut fields.channel_id,
                "command" => &mut fields.command,
                "text" => &mut fields.text,
                "response_url" => &mut fields.response_url,
                "trigger_id" => &mut fields.trigger_id,
                "ssl_check" => {
                    is_check = true;
                    continue;
                }
                _ => continue,
            };
            *field = Some(value.into());
        }
        // Slack looks now and then whether the certificate is good.
        if is_check && fields.command.is_none() {
            return Ok(Self::Other {
                team: None,
                kind: "ssl_check".into(),
            });
        }
        fields.read()
    }

    /// A slash command as an object, which is how it comes by Socket Mode.
    pub fn of_command(json: &str) -> Result<Self, Unreadable> {
        read::<CommandFields>(json)?.read()
    }
}

/// An absent text, a null, or one that is empty is none.
fn filled(text: Option<Box<str>>) -> Option<Box<str>> {
    text.filter(|text| !text.is_empty())
}

/// Either `true` or `"true"`: a form cannot tell them apart, and Slack uses both.
fn text_or_bool<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<str>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(Box<str>),
        Bool(bool),
    }
    let read = Option::<Either>::deserialize(from)?;
    Ok(read.map(|read| match read {
        Either::Text(text) => text,
        Either::Bool(yes) => yes.to_string().into(),
    }))
}

#[derive(Default, Deserialize)]
struct CommandFields {
    team_id: Option<Box<str>>,
    enterprise_id: Option<Box<str>>,
    #[serde(default, deserialize_with = "text_or_bool")]
    is_enterprise_install: Option<Box<str>>,
    user_id: Option<Box<str>>,
    channel_id: Option<Box<str>>,
    command: Option<Box<str>>,
    text: Option<Box<str>>,
    response_url: Option<Box<str>>,
    trigger_id: Option<Box<str>>,
}

impl CommandFields {
    fn read(self) -> Result<Inbound, Unreadable> {
        let is_organisation = self.is_enterprise_install.as_deref() == Some("true");
        let organisation = filled(self.enterprise_id).filter(|_| is_organisation);
        let team = organisation.or(filled(self.team_id));
        Ok(Inbound::Command(Command {
            from: From {
                team: team.ok_or_else(|| missing("team_id"))?,
                user: filled(self.user_id).ok_or_else(|| missing("user_id"))?,
                channel: filled(self.channel_id),
            },
            command: filled(self.command).ok_or_else(|| missing("command"))?,
            text: self.text.unwrap_or_default(),
            response_url: filled(self.response_url),
            trigger_id: filled(self.trigger_id),
        }))
    }
}
