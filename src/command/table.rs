//! The commands: one table that parsing, help, the manifest and the nearest word are made from. A
//! command that is not in it cannot be asked for, and one that is cannot go undocumented.

use super::query::Query;
use crate::domain::{
    answer::{Help, HelpLine},
    reply::Audience,
    text::nearest,
};

/// What to type, and what that answers.
type Form = (&'static str, &'static str);

/// What the table says of a command.
struct Row {
    /// What everybody should know.
    front: &'static [Form],
    /// More ways to ask.
    more: &'static [Form],
    /// What else is good to know.
    notes: &'static [&'static str],
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $word:literal {
        front: $front:expr, more: $more:expr, notes: $notes:expr,
    })*) => {
        /// The commands that there are, those with the shortest question first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Name {
            $($(#[$doc])* $name,)*
        }

        impl Name {
            /// Every command.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word that is typed.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row { front: &$front, more: &$more, notes: &$notes },)*
                }
            }
        }
    };
}

commands! {
    /// One KEP, or the current cycle.
    Status = "status" {
        front: [
            ("5825", "one KEP: stage, people, what to do"),
            ("mine", "your KEPs"),
            ("status", "the current cycle at a glance"),
        ],
        more: [
            ("status user namespaces", "KEPs with these words"),
            ("status swap stage:beta", "with filters, see /kep help list"),
        ],
        notes: [
            "A number may be written 5825, KEP-5825, #5825, or as a link to the KEP, its issue or its tracking issue. The word status may be left out.",
        ],
    }
    /// What ships where.
    Release = "release" {
        front: [("release", "what ships where, the freezes ahead")],
        more: [
            ("release 1.38", "the KEPs of a Kubernetes release"),
            ("release 2.4", "the KEPs of a runtime's release"),
            ("release containerd 2.4", "the same, where both have such a number"),
        ],
        notes: [
            "A runtime's release is known from the tracking issue's milestone, else from a pull request's; else it is a guess, and said to be one.",
        ],
    }
    /// Who has a part in a KEP.
    Who = "who" {
        front: [("who 5825", "owners, shepherds, liaison, reviewers")],
        more: [("who user namespaces", "the same, by words of its title")],
        notes: ["Where nobody shepherds it, it says whom to ask."],
    }
    /// Several KEPs.
    List = "list" {
        front: [("list stage:beta", "KEPs that pass filters")],
        more: [
            ("list swap", "KEPs with a word"),
            ("list shepherd:me", "KEPs that you shepherd"),
            ("list shepherd:none", "tracked KEPs that nobody shepherds"),
            ("list finding:no-milestone", "KEPs where something is missing"),
            ("list release:1.38 stage:alpha,beta", "several filters; a comma means or"),
        ],
        notes: [],
    }
    /// A text for a tracking issue.
    Update = "update" {
        front: [("update 5825 merged", "your text, on the tracking issue and in the KEP's threads")],
        more: [],
        notes: [
            "For liaisons, and for shepherds of the KEP. The text may have several lines, lists and links. Only you see what you type. It then stands with your name on the tracking issue AND in the KEP's thread in each channel that follows the runtime, wherever you type it; you can take it back for fifteen minutes.",
            "A message of the channel goes there by its menu, Relay to KEP issue, or by the reaction 📡 (:satellite_antenna:).",
        ],
    }
    /// A question to shepherds.
    Ping = "ping" {
        front: [("ping 5825 who reviews?", "asks the KEP's shepherds, here and by direct message")],
        more: [],
        notes: [
            "It stands in the channel with your name. Whoever of the shepherds I know on Slack, on this workspace or another, gets it by direct message with a button to answer; the answer comes into its thread. I pass on one question of yours about a KEP in an hour.",
            "Mention me and ask who shepherds a KEP, and I do the same with that message.",
        ],
    }
    /// What is posted once a week.
    Digest = "digest" {
        front: [("digest", "what the next digest would say now")],
        more: [("digest now", "posts it in this channel; for liaisons")],
        notes: [
            "It tells what needs somebody, what moved, what was said, and what ships where, since the last one. The settings say where and when it comes by itself.",
        ],
    }
    /// What somebody gets by direct message.
    Notify = "notify" {
        front: [
            ("notify", "what comes to you by direct message, and how to change it"),
            ("notify digest weekly", "a digest of your KEPs, by direct message"),
        ],
        more: [
            ("notify digest daily", "the same on each working day; off ends it"),
            ("notify reviews off", "no more of a kind; on brings it back"),
            ("notify quiet 22:00-08:00", "your quiet hours; what comes then waits"),
            ("notify mute 5825", "no more of a KEP; unmute brings it back"),
            ("notify off 3d", "nothing for three days; on ends it"),
            ("notify here", "in this workspace, where you are on several"),
        ],
        notes: ["The digest comes at eight in the morning. It stays away where nothing is new, and says once a week what still needs somebody."],
    }
    /// Which KEPs somebody follows.
    Follow = "follow" {
        front: [("follow 5825", "what changes of a KEP, by direct message")],
        more: [
            ("follow 5825 here", "the same, told in this channel"),
            ("unfollow 5825", "no more of it; with here, not in this channel"),
            ("follow", "what you follow"),
        ],
        notes: [
            "What counts: its stage or status, a release or milestone that it loses, its tracking issue closed, reopened or gone.",
            "What changes of KEPs that you shepherd comes to you anyway, once I know who you are on GitHub.",
        ],
    }
    /// Who somebody is on GitHub.
    Link = "link" {
        front: [("link", "sign in at GitHub, so that I know who you are")],
        more: [("unlink", "takes that back")],
        notes: ["You enter a code on GitHub's page. I read your login there and nothing else, and keep no access. What the settings of this bot say of somebody stays as it is."],
    }
    /// What waits to be written.
    Outbox = "outbox" {
        front: [("outbox", "for admins: what waits, and what could not be written")],
        more: [
            ("outbox retry 17", "tries that again, by its number"),
            ("outbox retry all", "tries everything again that could not be written"),
        ],
        notes: ["For those who look after this bot: the settings give them the role admin."],
    }
    /// What can be asked.
    Help = "help" {
        front: [("help list", "more on one command")],
        more: [],
        notes: [],
    }
}

impl Name {
    /// Whether everybody may use it, and not only those who look after the bot.
    const fn is_for_all(self) -> bool {
        !matches!(self, Self::Outbox)
    }

    /// The command of a word, as it stands.
    pub fn parse(word: &str) -> Option<Self> {
        let word = match word {
            "?" | "-h" | "--help" => "help",
            "releases" => "release",
            "unlink" => "link",
            "unfollow" => "follow",
            word => word,
        };
        Self::ALL
            .iter()
            .copied()
            .find(|name| name.word().eq_ignore_ascii_case(word))
    }

    /// The command that a word was most likely meant to be.
    pub fn nearest(word: &str) -> Option<Self> {
        let near = nearest(word, Self::ALL.iter().map(|name| name.word()))?;
        // Two slips are many for a word of three letters.
        nearest(near, [word]).and_then(|_| Self::parse(near))
    }
}

/// Who reads help.
#[derive(Debug, Clone, Copy)]
pub struct HelpFor {
    /// Who sees it.
    pub audience: Audience,
    /// Whether whoever asks looks after the bot.
    pub is_admin: bool,
}

/// What can be asked; with a command, that one in full. What is for admins alone is offered to them
/// alone, and not where others read along.
pub fn help(name: Option<Name>, reader: HelpFor) -> Help {
    let line = |(form, does): &Form| HelpLine {
        type_this: (*form).to_owned(),
        does: (*does).to_owned(),
    };
    let Some(name) = name else {
        let is_admin = reader.is_admin && reader.audience != Audience::Channel;
        let offered = Name::ALL
            .iter()
            .filter(|name| is_admin || name.is_for_all());
        let mut notes =
            vec!["`/kep help words` says what a shepherd, a liaison and the like are.".to_owned()];
        if reader.audience != Audience::Direct {
            notes.push("Only you see an answer, unless you add `here`.".to_owned());
        }
        return Help {
            title: "Ask about KEPs".to_owned(),
            lines: offered
                .flat_map(|name| name.row().front)
                .map(line)
                .collect(),
            notes,
        };
    };
    let row = name.row();
    let mut notes: Vec<String> = row.notes.iter().map(ToString::to_string).collect();
    if name == Name::List {
        let filters = Query::filters().map(|(key, value)| format!("{key}:{value}"));
        notes.push(format!(
            "Filters: {}",
            filters.collect::<Vec<_>>().join("  ")
        ));
        notes.push(
            "A person is a GitHub login, an @mention, or me. A comma between values means or."
                .to_owned(),
        );
    }
    Help {
        title: format!("/kep {}", name.word()),
        lines: row.front.iter().chain(row.more).map(line).collect(),
        notes,
    }
}

/// What Slack shows beside `/kep` while one types, whoever it is.
pub fn usage_hint() -> String {
    let offered = Name::ALL.iter().filter(|name| name.is_for_all());
    let forms = offered.flat_map(|name| name.row().front);
    let forms: Vec<&str> = forms.map(|(form, _)| *form).collect();
    forms.join(" | ")
}
