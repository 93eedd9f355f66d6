//! Words to the bot, as others are told of them.

use super::Said;

impl Said {
    /// The words without the bot's name, for whoever they are brought to.
    pub fn without_bot(&self) -> String {
        let Some(bot) = self.bot.as_deref() else {
            return self.text.to_string();
        };
        let mark = format!("<@{bot}");
        let mut parts = self.text.split(mark.as_str());
        let mut text = parts.next().unwrap_or_default().trim().to_owned();
        for part in parts {
            // `<@U012AB3CD>`, or `<@U012AB3CD|name>`; a longer id is somebody else's.
            match part.split_once('>') {
                Some((label, rest)) if label.is_empty() || label.starts_with('|') => {
                    let rest = rest.trim_start_matches([' ', ',', ':']);
                    if !text.is_empty() && !text.ends_with(char::is_whitespace) {
                        text.push(' ');
                    }
                    text.push_str(rest);
                }
                _ => text.extend([mark.as_str(), part]),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slack::inbound::From;

    #[test]
    fn what_is_said_to_the_bot_is_passed_on_without_its_name() {
        for (text, words) in [
            ("<@U0BOT> who shepherds 5825?", "who shepherds 5825?"),
            ("<@U0BOT|kep-liaison>: who?", "who?"),
            ("hey <@U0BOT>, who?", "hey who?"),
            ("who? <@U0BOT>", "who? "),
            ("<@U0BOT><@U0BOTH> who?", "<@U0BOTH> who?"),
            ("<@U0BOT", "<@U0BOT"),
            ("", ""),
        ] {
            let said = Said {
                from: From {
                    team: "T1".into(),
                    user: "U1".into(),
                    channel: None,
                },
                event_id: "Ev1".into(),
                text: text.into(),
                ts: "1.000000".into(),
                thread_ts: None,
                is_direct: false,
                bot: Some("U0BOT".into()),
            };
            assert_eq!(said.without_bot(), words, "{text}");
        }
    }
}
