//! Answers whoever asks in Slack: a command, a sentence to the bot, a pressed button, the bot's
//! home. Everything comes from memory; a desk is borrowed for one question.

use chrono::{DateTime, Utc};

use super::{
    home::home,
    release::release,
    status::{self, Extent},
    unnumbered::unnumbered,
    who::who,
};
use crate::{
    command::{Ask, Asking, Command, HelpFor, Name, help},
    domain::{
        KepNumber, Settings,
        answer::{Answer, Plain},
        board::Board,
        finding::Inspector,
        origin::Origin,
        people::People,
        reply::{Audience, Home, Reply},
    },
};

pub use crate::domain::people::Asker;

/// What a question is answered from.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The KEPs.
    pub board: &'a Board,
    /// What the operator decides.
    pub settings: &'a Settings,
    /// Who is who.
    pub people: &'a People,
    /// The moment of the question.
    pub now: DateTime<Utc>,
    /// When the last sync that went through began; `None` before the first one.
    pub synced_at: Option<DateTime<Utc>>,
}

impl Desk<'_> {
    /// Answers what was typed after `/kep` in a channel.
    pub fn command(&self, asker: &Asker<'_>, typed: &str) -> Reply {
        let ask = self.read(asker, typed);
        let audience = ask.audience();
        self.typed(asker, ask, audience)
    }

    /// Reads what was typed after `/kep`.
    pub fn read(&self, asker: &Asker<'_>, typed: &str) -> Ask {
        Ask::read(typed, self.asking(asker))
    }

    /// Answers what was read.
    pub fn typed(&self, asker: &Asker<'_>, ask: Ask, audience: Audience) -> Reply {
        self.reply(asker, ask, 0, audience)
    }

    /// Answers the same words again, at a page from 0 on: a pressed button.
    pub fn again(&self, asker: &Asker<'_>, words: &str, page: usize, audience: Audience) -> Reply {
        let command = Ask::again(words, self.asking(asker));
        let ask = Ask {
            command,
            here: false,
            guessed: false,
        };
        self.reply(asker, ask, page, audience)
    }

    /// Answers what was said to the bot, in a direct message or behind a mention of it.
    pub fn said(&self, asker: &Asker<'_>, text: &str, audience: Audience) -> Reply {
        let not_understood = || {
            Plain {
            text: "I did not understand that. Try \"status 5825\" or \"who 5825\"; \"help\" shows what else I know."
                .to_owned(),
            instead: Some("help".to_owned()),
        }
        };
        let ask = Ask::said(text, self.asking(asker)).unwrap_or_else(|| Ask {
            command: Err(not_understood()),
            here: false,
            guessed: false,
        });
        let guessed = ask.guessed;
        let reply = self.reply(asker, ask, 0, audience);
        match reply.answer {
            Answer::Unknown { .. } if guessed => Reply {
                answer: Answer::Plain(not_understood()),
                ..reply
            },
            _ => reply,
        }
    }

    /// What the bot's home shows to somebody who follows these KEPs.
    pub fn home(&self, asker: &Asker<'_>, follows: &[KepNumber]) -> Home {
        home(self, asker, follows)
    }

    fn asking<'a>(&'a self, asker: &Asker<'a>) -> Asking<'a> {
        Asking {
            asker: *asker,
            people: self.people,
        }
    }

    /// How old the answers are.
    pub fn origin(&self) -> Origin {
        Origin::Store(self.synced_at)
    }

    fn reply(&self, asker: &Asker<'_>, ask: Ask, page: usize, audience: Audience) -> Reply {
        let (answer, words) = match ask.command {
            Ok(command) => {
                let answer = self.answer(asker, &command, page, audience);
                (
                    no_such_command(answer, &command, ask.guessed),
                    command.words(),
                )
            }
            // Nothing that could be asked again.
            Err(plain) => (Answer::Plain(plain), String::new()),
        };
        Reply {
            answer,
            asked: words,
            page,
            audience,
            origin: self.origin(),
            now: self.now,
        }
    }

    fn answer(
        &self,
        asker: &Asker<'_>,
        command: &Command,
        page: usize,
        audience: Audience,
    ) -> Answer {
        if self.board.entries().is_empty() && !matches!(command, Command::Help(_)) {
            return Answer::Plain(nothing_yet());
        }
        match command {
            Command::Help(name) => {
                let is_admin = self.people.is_admin(*asker);
                Answer::Help(help(*name, HelpFor { audience, is_admin }))
            }
            Command::Status(query) | Command::List(query) => {
                if let Some(answer) = unnumbered(query, self.board) {
                    return answer;
                }
                let inspector = self.inspector();
                let found = status::find(query, self.board, self.settings, &inspector);
                let extent = Extent::Page(page);
                status::shown(found, query, extent, self.board, self.settings, &inspector)
            }
            Command::Release {
                runtime,
                release: named,
            } => release(runtime.as_deref(), *named, self),
            Command::Who(query) => who(query, page, asker, self),
        }
    }

    pub(super) fn inspector(&self) -> Inspector<'_> {
        Inspector::new(self.board, self.settings, self.now)
    }
}

/// Before the first sync there is nothing to answer from.
fn nothing_yet() -> Plain {
    let text = "I have only just started, and nothing has arrived from GitHub yet. Ask again in a minute. If this stays so, whoever runs me finds the reason in my log.";
    Plain {
        text: text.to_owned(),
        instead: None,
    }
}

/// Words that begin with no command and name no KEP: most likely a command that there is not.
fn no_such_command(answer: Answer, command: &Command, guessed: bool) -> Answer {
    let Answer::Unknown { asked, near } = answer else {
        return answer;
    };
    if !guessed || command.name() != Name::Status || !near.is_empty() && !asked.contains(' ') {
        return Answer::Unknown { asked, near };
    }
    Answer::Plain(Plain {
        text: format!(
            "I know no KEP or command of that name: \"{asked}\". /kep help lists what one can ask."
        ),
        instead: Some("help".to_owned()),
    })
}
